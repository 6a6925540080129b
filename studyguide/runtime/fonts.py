"""The faces of the printed book: which they are, where their files are, and the parts of them that a book embeds."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.metadata import distribution, version
from importlib.resources import files
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from studyguide.bidi import get_direction, order_runs
from studyguide.limits import check_limit
from studyguide.model import Artifact, Asset, OwnFace, Typecase
from studyguide.problems import ContentError, Place, Problem
from studyguide.runtime import truetype
from studyguide.runtime.user_folder import find_user_folder, make_temporary_folder
from studyguide.runtime.write import write_artifacts
from studyguide.scripts import SCRIPTS, Face, Script, find_home_script, find_script
from studyguide.store import digest

# Packages of complete static TrueType files: a variable font or a split web font prints wrong letters.
_PACKAGES = (
    "fontpkg_ibm_plex_serif",
    "fontpkg_ibm_plex_sans_condensed",
    "fontpkg_ibm_plex_mono",
    "fontpkg_fira_sans",
)
# Within a run of a script, Pango takes spaces and hyphens from the face of that script.
_SPACES_AND_HYPHENS = (0x20, 0x2D, 0xA0, 0xAD)
_JOINERS = (0x200C, 0x200D, 0x25CC)
"""The signs that join and part letters, and the circle that stands for a letter below a mark."""
_GREEK = (*_SPACES_AND_HYPHENS, *range(0x370, 0x400), *range(0x1F00, 0x2000))
_SLANTED = (0x210E, *range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C))
"""The letters of formulas that Unicode calls mathematical italic."""
_ROOT_SIGN = 0x221A
"""The sign that a browser draws for a root, which no text of a formula has."""
_HEBREW = (*_SPACES_AND_HYPHENS, *range(0x591, 0x5F5), 0x20AA)
# Package, file and characters of each variable face that static ones are made of.
_VARIABLE_FACES = (
    ("fontpkg_noto_serif", "NotoSerif[wdth,wght].ttf", _GREEK),
    ("fontpkg_noto_serif", "NotoSerif-Italic[wdth,wght].ttf", _GREEK),
    ("fontpkg_frank_ruhl_libre", "FrankRuhlLibre[wght].ttf", _HEBREW),
)
_STATIC_WEIGHTS = (400, 600)
# Signs of logic, sets and mathematics in the text are printed from the face of the formulas. Bullets and triangles that point are not
# among them: they stand for others. The letters are double-struck, script and Fraktur ones.
_SIGN_RANGES = (
    range(0x2100, 0x2150), range(0x2190, 0x2300), range(0x2308, 0x230C), range(0x25A0, 0x25B6), range(0x25BB, 0x2600),
    range(0x2605, 0x2607), range(0x2660, 0x2668), range(0x266D, 0x2670), range(0x27C0, 0x2800), range(0x2900, 0x2B00),
    range(0x1D49C, 0x1D56C), range(0x1D7D8, 0x1D7E2),
)  # fmt: skip
_SIGNS = (*_SPACES_AND_HYPHENS, *(code for each in _SIGN_RANGES for code in each))
_SIGN_FACE = ("ziamath", "fonts/STIXTwoMath-Regular.ttf")
_MODEL_FACE = ("fontpkg_ibm_plex_serif", "IBMPlexSerif-Regular.ttf")
"""The face whose lines the signs stand in."""
_CHECKSUMS = "SHA256SUMS"
"""The name of the list of the static faces' checksums, as ``sha256sum --check`` reads it."""

HOLE_FAMILY = "Holes"
"""The family of the holes: room that is left for text, such as a page number, which only binding knows."""
HOLE_FILE = "holes-"
"""Before the name of a face's file in the addresses of styles: the face as one of holes."""
HOLE_FACES = {
    400: ("fontpkg_ibm_plex_serif", "IBMPlexSerif-Regular.ttf"),
    500: ("fontpkg_ibm_plex_sans_condensed", "IBMPlexSansCondensed-Regular.ttf"),
    600: ("fontpkg_ibm_plex_sans_condensed", "IBMPlexSansCondensed-SemiBold.ttf"),
    700: ("fontpkg_ibm_plex_serif", "IBMPlexSerif-SemiBold.ttf"),
}
"""Weight in the stylesheets → package and file of the face that binding writes with, unless a look has another."""
_LABEL_FACES = (
    ("Fira Sans", "fontpkg_fira_sans", "FiraSans-Regular.ttf"),
    ("Frank Ruhl Libre", "fontpkg_frank_ruhl_libre", "FrankRuhlLibre[wght].ttf"),
)
"""Family, package and file of the faces of the basic set that have the letters of a label that a hole face lacks."""


# ---------------------------------------------------------------- files


@cache
def list_face_folders() -> tuple[Path, ...]:
    """Return the folders of the basic faces, that of the static faces last; make the faces that are missing or damaged there.

    Raises ContentError if a package is not installed.
    """
    return (*map(_find_package_folder, _PACKAGES), _keep_static_faces())


def _find_package_folder(package: str) -> Path:
    """Return the folder of a package's faces. Raises ContentError if it is not installed."""
    try:
        return Path(str(files(package) / "files"))
    except ModuleNotFoundError as error:
        found = "this package of faces is not installed"
        raise ContentError(
            [
                Problem(
                    Place(package), "missing-font", found, "install the program anew; in a checkout: run `make setup`"
                )
            ]
        ) from error


def _keep_static_faces() -> Path:
    """Return the folder of the static faces; make those that are not there as they were written."""
    made_of = repr((_VARIABLE_FACES, _STATIC_WEIGHTS, _SIGNS, _SIGN_FACE, version("fonttools")))
    return _keep_made_faces(_name_folder(made_of), dict(_list_recipes()))


def _name_folder(made_of: str) -> str:
    """Return the name of the folder of faces that are made of these facts."""
    return hashlib.sha256(made_of.encode()).hexdigest()[:16]


def _keep_made_faces(name: str, recipes: Mapping[str, Callable[[], bytes]]) -> Path:
    """Return the folder of this name with the faces that these functions make; make those that are not there as they were written."""
    folder = find_cache_folder() / name
    whole = _read_whole_files(folder)
    if whole.keys() == recipes.keys():
        return folder
    faces = {file: whole[file] if file in whole else make() for file, make in recipes.items()}
    checksums = "".join(f"{hashlib.sha256(data).hexdigest()}  {file}\n" for file, data in faces.items())
    return keep_files({**faces, _CHECKSUMS: checksums.encode()}, name)


def _list_recipes() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each static face's file, and the function that makes its bytes."""
    for package, file, characters in _VARIABLE_FACES:
        for weight in _STATIC_WEIGHTS:
            name = f"{package}-{version(package)}-{file.partition('[')[0]}-{weight}.ttf"
            yield name, partial(_make_static_face, package, file, characters, weight)
    package, file = _SIGN_FACE
    yield f"{package}-{version(package)}-{file.rpartition('/')[2]}", _make_sign_face


def _make_static_face(package: str, file: str, characters: tuple[int, ...], weight: int) -> bytes:
    return truetype.make_static((_find_package_folder(package) / file).read_bytes(), characters, weight)


def _make_sign_face() -> bytes:
    package, file = _SIGN_FACE
    # The file is found without loading the package, which takes 0.1 s.
    signs = Path(str(distribution(package).locate_file(f"{package}/{file}"))).read_bytes()
    model = _find_package_folder(_MODEL_FACE[0]) / _MODEL_FACE[1]
    return truetype.make_signs(signs, _SIGNS, model.read_bytes())


def _read_whole_files(folder: Path, wanted: str = "") -> dict[str, bytes]:
    """Return the files of a folder that have the checksums in its list, by their names; only that of a checksum if one is wanted."""
    whole: dict[str, bytes] = {}
    with suppress(OSError, ValueError):
        for line in (folder / _CHECKSUMS).read_text(encoding="ascii").splitlines():
            checksum, name = line.split(maxsplit=1)
            if wanted not in ("", checksum):
                continue
            with suppress(OSError):
                data = (folder / name).read_bytes()
                if hashlib.sha256(data).hexdigest() == checksum:
                    whole[name] = data
    return whole


# ---------------------------------------------------------------- scripts of optional packages


def is_installed(script: Script) -> bool:
    """True if the packages of a script's faces are installed."""
    return all(_find_module_folder(package) for package in {face.package for face in script.faces})


@cache
def _find_module_folder(package: str) -> Path | None:
    """Return the folder of a package without importing it, or None if it is not installed."""
    found = find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def keep_script_faces(script: Script) -> Path:
    """Return the folder of the faces of an installed script; make those that are missing or damaged there."""
    recipes = {
        f"{face.family}-{face.weight}{'i' if face.is_italic else ''}.{face.file.rpartition('.')[2]}": face
        for face in script.faces
    }
    return _keep_made_faces(
        _name_script_folder(script), {name: partial(_make_script_face, script, face) for name, face in recipes.items()}
    )


def _name_script_folder(script: Script) -> str:
    made_of = (script, [version(each) for each in (*script.requirements, "uharfbuzz")], _digest_face_maker())
    return _name_folder(repr(made_of))


@cache
def _digest_face_maker() -> str:
    return hashlib.sha256(Path(truetype.__file__).read_bytes()).hexdigest()


def _make_script_face(script: Script, face: Face) -> bytes:
    data = _read_script_face(face)
    model = _find_package_folder(_MODEL_FACE[0]) / _MODEL_FACE[1]
    style = f"{face.weight}{' Italic' if face.is_italic else ''}"
    return truetype.make_script_face(
        data, _list_characters_of(script, face), (face.family, style), face.weight, model.read_bytes()
    )


def _list_characters_of(script: Script, face: Face) -> Iterator[int]:
    """Yield the characters that a face of a script may have."""
    yield from (*_SPACES_AND_HYPHENS, *_JOINERS)
    yield from script.signs if face.is_signs else (code for each in script.ranges for code in each)


def _read_script_face(face: Face) -> bytes:
    folder = _find_module_folder(face.package)
    assert folder is not None
    return (folder / face.file).read_bytes()


@cache
def _list_script_characters(script: Script) -> frozenset[int]:
    """Return the code points for which all faces of an installed script have a glyph."""
    found = [frozenset(truetype.list_characters(_read_script_face(face))) for face in script.letter_faces]
    return frozenset.intersection(*found)


# ---------------------------------------------------------------- the machine's folder


def find_cache_folder() -> Path:
    """Return the folder in which this machine keeps generated faces, settings of fontconfig and its cache."""
    return find_user_folder() / "fonts"


def keep_files(files: Mapping[str, bytes], name: str = "") -> Path:
    """Write files into the folder of this name in the machine's folder, all or none, and return it.

    A file that has its bytes already is left alone. If the machine's folder cannot be written to, a temporary one takes its place,
    for this process and those that it starts later. Raises OSError if that cannot be written to either.
    """
    folder = find_cache_folder() / name
    if any(_read_file(folder / file) != data for file, data in files.items()):
        artifacts = [Artifact(file, data) for file, data in files.items()]
        try:
            write_artifacts(artifacts, folder)
        except OSError:
            make_temporary_folder()
            folder = find_cache_folder() / name
            write_artifacts(artifacts, folder)
    return folder


def _read_file(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


@cache
def _load_faces() -> dict[str, bytes]:
    """Return the file of every face of the book, by its SHA-256."""
    paths = sorted(path for folder in list_face_folders() for path in folder.glob("*.ttf"))
    return {hashlib.sha256(data).hexdigest(): data for data in (path.read_bytes() for path in paths)}


# ---------------------------------------------------------------- characters and subsets


@cache
def _list_basic_characters() -> frozenset[int]:
    """Return the code points that a face of the basic set has a glyph for."""
    return frozenset(code for data in _load_faces().values() for code in truetype.list_characters(data))


def has_face(letter: str, case: Typecase) -> bool:
    """True if a book has a face with a glyph for the letter: of the guide, in the basic set, or in an installed package."""
    if ord(letter) in _list_basic_characters() or any(ord(letter) in _list_own_characters(face) for face in case.faces):
        return True
    script = find_script(letter, case.language)
    return script is not None and is_installed(script) and ord(letter) in _list_script_characters(script)


def subset_face(checksum: str, glyphs: tuple[int, ...], own: Iterable[OwnFace] = ()) -> bytes:
    """Return the face whose file has this SHA-256 with these glyphs only, which keep their numbers. Raises KeyError.

    ``own`` are the faces of the guide.
    """
    data = next((face.data for face in own if face.digest == checksum), None)
    return truetype.subset_to_glyphs(data or _load_faces().get(checksum) or _find_script_face(checksum), glyphs)


def _find_script_face(checksum: str) -> bytes:
    """Return the file with this SHA-256 among the faces of scripts. Raises KeyError."""
    for script in SCRIPTS:
        folder = find_cache_folder() / _name_script_folder(script) if is_installed(script) else None
        for data in _read_whole_files(folder, checksum).values() if folder else ():
            return data
    raise KeyError(checksum)


def subset_named_face(name: str, letters: str, own: Iterable[OwnFace] = ()) -> bytes:
    """Return the face of this file name with these letters only, for an EPUB. Raises KeyError.

    ``own`` are the faces of the guide.
    """
    return truetype.subset_to_letters(_read_named_face(name, own), letters)


def subset_web_face(name: str, letters: str, own: Iterable[OwnFace] = ()) -> bytes:
    """Return the face of this file name as WOFF2, with these letters only. Raises KeyError.

    ``own`` are the faces of the guide.
    """
    return truetype.subset_to_letters(_read_named_face(name, own), letters, flavor="woff2")


def _read_named_face(name: str, own: Iterable[OwnFace]) -> bytes:
    for face in own:
        if face.file_name == name:
            return face.data
    paths = {path.name: path for folder in map(_find_package_folder, _PACKAGES) for path in folder.glob("*.ttf")}
    return paths[name].read_bytes()


def subset_maths_face(letters: str) -> bytes:
    """Return the face of formulas as WOFF2, with these letters and those that a browser shows in the place of others or adds."""
    # The file is found without loading the package.
    path = Path(str(distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")))
    return truetype.subset_for_maths(path.read_bytes(), "".join(sorted({*letters, *map(chr, (*_SLANTED, _ROOT_SIGN))})))


# ---------------------------------------------------------------- faces of a guide


_FAMILY_FILES = {
    "IBM Plex Serif": ("fontpkg_ibm_plex_serif", "IBMPlexSerif"),
    "IBM Plex Sans Condensed": ("fontpkg_ibm_plex_sans_condensed", "IBMPlexSansCondensed"),
    "IBM Plex Mono": ("fontpkg_ibm_plex_mono", "IBMPlexMono"),
    "Fira Sans": ("fontpkg_fira_sans", "FiraSans"),
}
"""Family of ``scripts.FAMILIES`` → its package, and the beginning of the names of its files."""
_OTHER_FAMILIES = (
    "Noto Serif",
    "Frank Ruhl Libre",
    "STIX Two Math",
    "IBM Plex Sans",
    "serif",
    "sans-serif",
    "monospace",
)
_RESTRICTED, _NO_SUBSETTING, _BITMAPS_ONLY = 0x2, 0x100, 0x200
_USAGE = 0xF
"""The bits of ``fsType`` that say how a face may be used; of several the least strict counts (OpenType, ``OS/2``)."""


@dataclass(frozen=True, slots=True)
class FaceJob:
    """A file of a guide's face, to be read."""

    asset: Asset

    @property
    def key(self) -> str:
        return digest("face of a guide", self.asset.path, self.asset.digest, version("uharfbuzz"), _digest_face_maker())

    @property
    def place(self) -> Place:
        return Place(self.asset.path)

    @property
    def subject(self) -> str:
        return f"the face `{self.asset.path}`"


def read_own_face(job: FaceJob) -> tuple[tuple[OwnFace, ...], tuple[Problem, ...]]:
    """Return the faces that are made of a file, of a variable one a regular and a bold one, and what is wrong with it."""
    place = job.place
    try:
        data = truetype.unpack_face(job.asset.data)
        facts = truetype.describe_face(data)
        if too_much := tuple(check_limit("glyphs", facts.glyphs, "the face", place)):
            return (), too_much
        if restriction := _describe_restriction(facts.embedding):
            fix = "ask its maker for a licence, or take another face; a font editor shows the setting as `fsType`"
            return (), (Problem(place, "restricted-face", restriction, fix),)
        return tuple(_make_own_faces(job.asset.path, data, facts)), ()
    except truetype.BrokenFaceError as error:
        fix = "save it again as TTF, OTF or WOFF2, one face in a file, or take another face"
        return (), (Problem(place, "broken-face", f"no book can use this face: {error}", fix),)


def _describe_restriction(embedding: int) -> str:
    """Return in words why a face may not be part of a book (OpenType, ``OS/2``, fsType); empty if it may."""
    if embedding & _USAGE == _RESTRICTED:
        return "the licence of this face forbids to embed it"
    if embedding & _NO_SUBSETTING:
        return "the licence of this face forbids to embed a part of it, and a book holds only the letters that it shows"
    if embedding & _BITMAPS_ONLY:
        return "the licence of this face allows to embed pictures of its letters only"
    return ""


def _make_own_faces(path: str, data: bytes, facts: truetype.FaceFacts) -> Iterator[OwnFace]:
    """Yield the faces of a file. Raises BrokenFaceError."""
    if not facts.family.strip():
        raise truetype.BrokenFaceError("its family has no name")
    family = _name_family(facts.family)
    weights = {facts.weight: facts.weight}
    if facts.weights:
        low, high = facts.weights
        weights = {max(low, min(weight, high)): weight for weight in _STATIC_WEIGHTS}
    model = (_find_package_folder(_MODEL_FACE[0]) / _MODEL_FACE[1]).read_bytes()
    for location, weight in weights.items():
        name = family, f"{weight}{' Italic' if facts.is_italic else ''}"
        made = truetype.make_plain_face(data, name, location, weight, model)
        yield OwnFace(path, facts.family, family, weight, facts.is_italic, made, facts.space, facts.letter)


def _name_family(name: str) -> str:
    """Return a name for a family of a guide that stylesheets and PDF can write, and that no family of the program has."""
    plain = " ".join(re.findall("[A-Za-z0-9-]+", name))
    if plain == name and name not in _list_taken_families():
        return name
    return f"{plain or 'Face'} Own {digest(name)[:4]}"


@cache
def _list_taken_families() -> frozenset[str]:
    """Return the families of the program, which a face of a guide cannot be called too."""
    faces = (face.family for script in SCRIPTS for face in script.faces)
    return frozenset({*_FAMILY_FILES, *faces, HOLE_FAMILY, *_OTHER_FAMILIES})


@cache
def measure_family(family: str) -> tuple[float, float]:
    """Return the width of a space and the mean width of a letter of one of ``scripts.FAMILIES``, in parts of the type size."""
    package, stem = _FAMILY_FILES[family]
    facts = truetype.describe_face((_find_package_folder(package) / f"{stem}-Regular.ttf").read_bytes())
    return facts.space, facts.letter


@lru_cache(maxsize=4096)
def measure_words(words: str, family: str) -> float | None:
    """Return the width of words in the regular face of one of ``scripts.FAMILIES``, in parts of the type size; None for letters it lacks."""
    widths = _measure_regular_face(family)
    return sum(widths[letter] for letter in words) / 1000 if all(letter in widths for letter in words) else None


@cache
def _measure_regular_face(family: str) -> dict[str, int]:
    """Return the width of each character of a face, in thousandths of the type size."""
    package, stem = _FAMILY_FILES[family]
    data = (_find_package_folder(package) / f"{stem}-Regular.ttf").read_bytes()
    return {letter: width for letter, (_, width) in truetype.measure_characters(data).items()}


def name_family_files(family: str) -> Mapping[tuple[int, bool], str]:
    """Return the names of the files of one of ``scripts.FAMILIES``, by their weights and whether they are italic."""
    _, stem = _FAMILY_FILES[family]
    return {
        (400, False): f"{stem}-Regular.ttf",
        (400, True): f"{stem}-Italic.ttf",
        (600, False): f"{stem}-SemiBold.ttf",
        (600, True): f"{stem}-SemiBoldItalic.ttf",
    }


# ---------------------------------------------------------------- holes


@lru_cache(maxsize=16)
def make_hole_face(name: str, own: tuple[OwnFace, ...] = ()) -> bytes:
    """Return the face of this file name as one of holes, under the name ``HOLE_FAMILY``: WeasyPrint tells faces apart by name.

    ``own`` are the faces of the guide. Raises KeyError.
    """
    data = _read_named_face(name, own)
    return truetype.make_hole_face(data, HOLE_FAMILY, hashlib.sha256(data).hexdigest())


def digest_hole_face(data: bytes) -> str:
    """Return the SHA-256 of the file that a face of holes was made of; the glyphs are the same."""
    return truetype.read_unique_name(data)


def has_digits(face: OwnFace) -> bool:
    """True if a face of the guide has the digits of page numbers."""
    return _list_own_characters(face).issuperset(range(0x30, 0x3A))


@lru_cache(maxsize=64)
def _list_own_characters(face: OwnFace) -> frozenset[int]:
    """Return the code points that a face of the guide has a glyph for."""
    return frozenset(truetype.list_characters(face.data))


class LabelFace(NamedTuple):
    """A face with letters that a hole face lacks."""

    family: str
    digest: str
    """The SHA-256 of its file."""
    ascent: int
    descent: int
    """In thousandths of the type size; the descent is negative."""


class LabelRun(NamedTuple):
    """A piece of a label, in one face."""

    face: LabelFace | None
    """None for the hole face."""
    glyphs: tuple[truetype.ShapedGlyph, ...]

    @property
    def width(self) -> int:
        """Its length in thousandths of the type size."""
        return sum(glyph.advance for glyph in self.glyphs)


@lru_cache(maxsize=4096)
def set_label(label: str, checksum: str, language: str, own: tuple[OwnFace, ...] = ()) -> tuple[LabelRun, ...]:
    """Return what is written into a hole, set in its face and in those of the book's language, from left to right.

    The face of the hole is that whose file has this SHA-256; ``own`` are the faces of the guide. A letter that no face has is left out; a book whose language has no face is not printed.
    """
    metrics = measure_hole_face(checksum, own)
    if all(letter in metrics for letter in label):
        return (LabelRun(None, tuple(_set_letter(letter, metrics) for letter in label)),)
    faces = [(face, data, frozenset(truetype.list_characters(data))) for face, data in _load_label_faces(language)]

    def choose_face(letter: str) -> int:
        """Return the place of the face of a letter among ``faces``, -1 for that of the hole, and -2 if none has it."""
        if letter in metrics:
            return -1
        return next((place for place, (_, _, has) in enumerate(faces) if ord(letter) in has), -2)

    runs = []
    for text, direction in order_runs(label, get_direction(language)):
        pieces = [(place, "".join(letters)) for place, letters in groupby(text, choose_face)]
        for place, piece in pieces if direction == "ltr" else reversed(pieces):
            if place >= 0:
                face, data, _ = faces[place]
                runs.append(LabelRun(face, truetype.shape_text(data, piece, direction)))
            elif place == -1:
                letters = piece if direction == "ltr" else piece[::-1]
                runs.append(LabelRun(None, tuple(_set_letter(letter, metrics) for letter in letters)))
    return tuple(runs)


def _set_letter(letter: str, metrics: Mapping[str, tuple[int, int]]) -> truetype.ShapedGlyph:
    glyph, width = metrics[letter]
    return truetype.ShapedGlyph(glyph, width, width, 0, 0, letter)


@cache
def _load_label_faces(language: str) -> tuple[tuple[LabelFace, bytes], ...]:
    """Return the upright faces of labels beside the hole face, and their files: that of the language's script first."""
    home = find_home_script(language)
    found = []
    if home and is_installed(home):
        found += [(home.sans, path) for path in keep_script_faces(home).glob(f"{home.sans}-{_STATIC_WEIGHTS[0]}.*")]
    for family, package, file in _LABEL_FACES:
        whole = _find_package_folder(package) / file
        static = f"*-{file.partition('[')[0]}-{_STATIC_WEIGHTS[0]}.ttf"
        found += [(family, path) for path in ([whole] if "[" not in file else _keep_static_faces().glob(static))]
    faces = []
    for family, path in found:
        data = path.read_bytes()
        faces.append((LabelFace(family, hashlib.sha256(data).hexdigest(), *truetype.measure_ascent(data)), data))
    return tuple(faces)


@lru_cache(maxsize=16)
def measure_hole_face(checksum: str, own: tuple[OwnFace, ...] = ()) -> dict[str, tuple[int, int]]:
    """Return the glyph number and the width, in thousandths of the type size, of each character of the face with this SHA-256.

    ``own`` are the faces of the guide. Raises KeyError.
    """
    data = next((face.data for face in own if face.digest == checksum), None)
    return truetype.measure_characters(data or _load_hole_faces().get(checksum) or _load_faces()[checksum])


@lru_cache(maxsize=16)
def measure_digit(checksum: str, own: tuple[OwnFace, ...] = ()) -> int:
    """Return the width that each digit of a hole has room for, in thousandths of the type size."""
    metrics = measure_hole_face(checksum, own)
    return max(metrics[digit][1] for digit in "0123456789")


@cache
def _load_hole_faces() -> dict[str, bytes]:
    """Return the files of the program's hole faces, by their SHA-256."""
    found = ((_find_package_folder(package) / file).read_bytes() for package, file in HOLE_FACES.values())
    return {hashlib.sha256(data).hexdigest(): data for data in found}


def read_srgb_profile() -> bytes:
    """Return the ICC profile in WeasyPrint's files, without loading its modules, which takes 0.6 s."""
    return Path(str(distribution("weasyprint").locate_file("weasyprint/pdf/sRGB2014.icc"))).read_bytes()
