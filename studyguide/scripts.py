"""The scripts whose faces are optional packages: their characters, languages, packages and faces.

The faces of the basic set have Latin, Greek, Cyrillic and Hebrew letters. A row of ``SCRIPTS`` adds a script: nothing else has to
be changed for it, besides requirements-scripts.txt and constraints.txt, which install its packages.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

BASIC_FACES = ("IBM Plex Serif", "IBM Plex Sans Condensed", "IBM Plex Mono")
FAMILIES = (*BASIC_FACES, "Fira Sans")
"""The families of the basic set that have all Latin letters, upright and italic, regular and bold."""
_GREEK = (*range(0x370, 0x400), *range(0x1F00, 0x2000))
_LENT_FACES = (
    ("Noto Serif", frozenset(_GREEK)),
    ("Fira Sans", frozenset((*_GREEK, *range(0x400, 0x530)))),
    ("Frank Ruhl Libre", frozenset(range(0x591, 0x5F5))),
)
"""The families of the basic set that have letters which the first three lack, and the code points of these letters."""
_STYLES = {400: "Regular", 600: "SemiBold", 700: "Bold"}
"""Weight → the end of the names of files that hold one weight."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face of a script, and the file that it is made from."""

    family: str
    package: str
    """The module that holds the file."""
    file: str
    """The path of the file in the module's folder."""
    weight: int
    is_italic: bool = False
    is_signs: bool = False
    """True if it has the signs of its script alone."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script that is printed from optional packages."""

    name: str
    languages: tuple[str, ...]
    """The tags whose books are set in it, the longest that fits: ``zh`` and ``zh-hant`` are two scripts."""
    ranges: tuple[range, ...]
    """Its characters, by code point."""
    requirements: tuple[str, ...]
    """The packages to install, by the names that pip knows."""
    text: str
    """The family of the text."""
    sans: str
    """The family of labels, tables and code."""
    faces: tuple[Face, ...]
    style: str
    """The file of ``styles/scripts/`` that a book in one of the languages uses."""
    signs: tuple[int, ...] = ()
    """Code points of signs that the basic faces have too, and that a book in one of the languages takes from this script."""

    @property
    def letter_faces(self) -> tuple[Face, ...]:
        """The upright faces of its letters."""
        return tuple(face for face in self.faces if not face.is_italic and not face.is_signs)

    @property
    def has_own_bold(self) -> bool:
        """False if bold text is set in the bold of the sans, as East Asian books do."""
        return any(face.family == self.text and face.weight > min(_STYLES) for face in self.faces)


def name_signs(family: str) -> str:
    """Return the name of the family of a family's signs."""
    return f"{family} Signs"


def _list_faces(
    family: str, package: str, file: str, weights: tuple[int, ...] = (400, 600), italic: bool = False
) -> tuple[Face, ...]:
    """Return a face for each weight; ``{}`` in the file's name stands for the weight if each has a file of its own."""
    return tuple(Face(family, package, file.format(_STYLES[each]), each, italic) for each in weights)


_EAST_ASIAN = (
    range(0x2E80, 0x2FE0), range(0x3000, 0x3130), range(0x3190, 0x31C0), range(0x31C0, 0x3300), range(0x3300, 0x4DC0),
    range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0xFE30, 0xFE50), range(0xFF00, 0xFFF0), range(0x20000, 0x323B0),
)  # fmt: skip
_KANA = (range(0x3041, 0x3100), range(0x31F0, 0x3200), range(0xFF66, 0xFFA0))
_HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xA960, 0xA980), range(0xAC00, 0xD800))
_FULL_WIDTH_SIGNS = (0x2014, 0x201C, 0x201D, 0x2026)
"""The dash, the quotation marks and the ellipsis: as wide as a letter, where Latin ones are narrow. The single marks are not among
them, because one of them is the apostrophe of Latin words."""
_SANS_PACKAGE = "justmytype_intl_cjk"


def _describe_east_asian(
    name: str, languages: tuple[str, ...], region: str, package: str, style: str, signs: tuple[int, ...]
) -> Script:
    """Return the row of an East Asian script: its text is in a serif, which has one weight, and its bold in a sans."""
    text, sans = f"Noto Serif {region}", f"Noto Sans {region}"
    module = package.replace("-", "_")
    sans_file = f"fonts/ofl/notosans{region.lower()}/NotoSans{region}[wght].ttf"
    faces: tuple[Face, ...] = (
        *_list_faces(text, module, f"NotoSerif{region}-{{}}.otf", (400,)),
        *_list_faces(sans, _SANS_PACKAGE, sans_file),
    )
    if signs:
        of_text = faces[0], faces[-1]
        faces += tuple(replace(face, family=name_signs(text), is_signs=True) for face in of_text)
        faces += tuple(replace(face, family=name_signs(sans), is_signs=True) for face in faces[1:3])
    ranges = (*_EAST_ASIAN, *_HANGUL) if region == "KR" else _EAST_ASIAN
    requirements = (package, _SANS_PACKAGE.replace("_", "-"))
    return Script(name, languages, ranges, requirements, text, sans, faces, style, signs)


_SIMPLIFIED = _describe_east_asian("Chinese", ("zh",), "SC", "pylopdf-fonts-zh-cn", "east-asian.css", _FULL_WIDTH_SIGNS)
_TRADITIONAL = _describe_east_asian(
    "Traditional Chinese", ("zh-hant", "zh-tw", "zh-hk", "zh-mo"), "TC", "pylopdf-fonts-zh-tw", "east-asian.css", _FULL_WIDTH_SIGNS
)  # fmt: skip
_JAPANESE = _describe_east_asian("Japanese", ("ja",), "JP", "pylopdf-fonts-jp", "east-asian.css", _FULL_WIDTH_SIGNS)
_KOREAN = _describe_east_asian("Korean", ("ko",), "KR", "pylopdf-fonts-ko", "korean.css", ())

_DEVANAGARI_MODULE = "pylopdf_fonts_hi"
_DANDAS = range(0x964, 0x966)
"""The ends of sentences, which several scripts of India share."""
_OTHERS = (
    Script(
        "Arabic", ("ar", "fa", "ur"),
        (range(0x600, 0x700), range(0x750, 0x780), range(0x8A0, 0x900), range(0xFB50, 0xFE00), range(0xFE70, 0xFEFD)),
        ("fontpkg-amiri", "fontpkg-ibm-plex-sans-arabic"), "Amiri", "IBM Plex Sans Arabic",
        (
            *_list_faces("Amiri", "fontpkg_amiri", "files/Amiri-{}.ttf", (400, 700)),
            *_list_faces("IBM Plex Sans Arabic", "fontpkg_ibm_plex_sans_arabic", "files/IBMPlexSansArabic-{}.ttf"),
        ),
        "arabic.css",
    ),
    Script(
        "Devanagari", ("hi", "mr", "ne", "sa"),
        (range(0x900, 0x964), range(0x966, 0x980), range(0x1CD0, 0x1D00), range(0xA8E0, 0xA900), _DANDAS),
        ("pylopdf-fonts-hi",), "Noto Serif Devanagari", "Noto Sans Devanagari",
        (
            *_list_faces("Noto Serif Devanagari", _DEVANAGARI_MODULE, "NotoSerifDevanagari-Variable.ttf"),
            *_list_faces("Noto Sans Devanagari", _DEVANAGARI_MODULE, "NotoSansDevanagari-Variable.ttf"),
        ),
        "indic.css",
    ),
    Script(
        "Bengali", ("bn", "as"), (range(0x980, 0xA00), _DANDAS),
        ("fontpkg-hind-siliguri",), "Hind Siliguri", "Hind Siliguri",
        _list_faces("Hind Siliguri", "fontpkg_hind_siliguri", "files/HindSiliguri-{}.ttf"), "indic.css",
    ),
    Script(
        "Tamil", ("ta",), (range(0xB80, 0xC00),),
        ("fontpkg-noto-sans-tamil",), "Noto Sans Tamil", "Noto Sans Tamil",
        _list_faces("Noto Sans Tamil", "fontpkg_noto_sans_tamil", "files/NotoSansTamil[wdth,wght].ttf"), "indic.css",
    ),
    Script(
        "Telugu", ("te",), (range(0xC00, 0xC80),),
        ("fontpkg-noto-sans-telugu",), "Noto Sans Telugu", "Noto Sans Telugu",
        _list_faces("Noto Sans Telugu", "fontpkg_noto_sans_telugu", "files/NotoSansTelugu[wdth,wght].ttf"), "indic.css",
    ),
    Script(
        "Thai", ("th",), (range(0xE01, 0xE5C),),
        ("fontpkg-sarabun",), "Sarabun", "Sarabun",
        (
            *_list_faces("Sarabun", "fontpkg_sarabun", "files/Sarabun-{}.ttf"),
            Face("Sarabun", "fontpkg_sarabun", "files/Sarabun-Italic.ttf", 400, is_italic=True),
            Face("Sarabun", "fontpkg_sarabun", "files/Sarabun-SemiBoldItalic.ttf", 600, is_italic=True),
        ),
        "thai.css",
    ),
)  # fmt: skip
SCRIPTS = (_SIMPLIFIED, _TRADITIONAL, _JAPANESE, _KOREAN, *_OTHERS)


def find_home_script(language: str) -> Script | None:
    """Return the script in which books of this language are set, or None if it is one of the basic set."""
    tag = language.lower().replace("_", "-")
    fitting = (
        (len(each), script)
        for script in SCRIPTS
        for each in script.languages
        if tag == each or tag.startswith(f"{each}-")
    )
    return max(fitting, key=lambda each: each[0], default=(0, None))[1]


def find_script(letter: str, language: str) -> Script | None:
    """Return the script of a letter in a book of this language, or None if it has none of ``SCRIPTS``.

    A letter of several East Asian scripts belongs to that of the language, and else is Japanese kana or simplified Chinese.
    """
    code = ord(letter)
    found = [script for script in SCRIPTS if any(code in each for each in script.ranges)]
    home = find_home_script(language)
    if home in found:
        return home
    if _JAPANESE in found and any(code in each for each in _KANA):
        return _JAPANESE
    return found[0] if found else None


def find_scripts(text: str, language: str) -> tuple[Script, ...]:
    """Return the scripts of a book's text, that of its language first, whether the text has letters of it or not."""
    home = find_home_script(language)
    letters = (letter for letter in sorted(set(text)) if letter >= "\u0600")
    found = filter(None, [home, *(find_script(letter, language) for letter in letters)])
    return tuple(dict.fromkeys(found))


def find_named_scripts(css: str) -> tuple[Script, ...]:
    """Return the scripts whose families a stylesheet names, in its order."""
    places = ((css.find(f'"{script.text}"'), script) for script in SCRIPTS)
    return tuple(script for place, script in sorted(places, key=lambda each: each[0]) if place >= 0)


def list_families(scripts: tuple[Script, ...], is_text: bool) -> Iterator[str]:
    """Yield the families of scripts, for text or for labels and code."""
    for script in scripts:
        yield script.text if is_text else script.sans


def list_faces(text: str, scripts: tuple[Script, ...]) -> Iterator[str]:
    """Yield the families that a text with letters of these scripts is printed in, each once."""
    letters = {ord(letter) for letter in set(text) if letter >= "\u0370"}
    lent = (family for family, codes in _LENT_FACES if any(code in codes for code in letters))
    of_scripts = (family for script in scripts for family in (script.text, script.sans))
    yield from dict.fromkeys([*BASIC_FACES, *lent, *of_scripts])


def write_install_command(script: Script) -> str:
    """Return the command that installs the faces of a script."""
    return f"pip install {' '.join(script.requirements)}"
