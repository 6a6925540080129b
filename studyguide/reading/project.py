"""Read a guide and the program's templates, styles and rules: disk → Project."""

import html
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from studyguide import RESOURCE_FOLDER
from studyguide.html_text import read_file_path
from studyguide.limits import LIMITS, check_limit
from studyguide.model import CHAPTER_ENDINGS, IMAGE_ENDINGS, Asset, Project, Source
from studyguide.problems import ContentError, Place, Problem, Rule
from studyguide.reading.dates import find_moment
from studyguide.reading.own_files import OWN_FOLDERS, find_figures, read_own_files
from studyguide.reading.own_files import find_unread_files as find_unread_own_files
from studyguide.reading.package import PACKAGE_ENDING, unpack_package
from studyguide.runtime.file_stamp import FileStamp, read_file_stamp
from studyguide.svg import simplify_drawing
from studyguide.text import INVALID_XML_CHARACTER
from studyguide.toml_text import parse_toml

DEFAULT_SOURCE = "content"
"""The folder of the guide where none is named."""
_PROGRAM_FILES = {"templates": ("*.html", "*.xhtml", "*.js"), "styles": ("*.css",)}
"""Folder of the program → the patterns of its files."""
_OTHER_FONT_ENDINGS = (".eot", ".otc", ".pfa", ".pfb", ".ttc")
_FONT_ENDINGS = (".ttf", ".otf", ".woff", ".woff2")
_MAX_READS = 5  # of a guide that somebody is saving at the same time
_MAX_PICTURES = 1_000  # that are suggested instead of one that is not there
_REPOSITORY_FILES = {
    "license",
    "licence",
    "contributing",
    "code_of_conduct",
    "changelog",
    "security",
    "authors",
    "pull_request_template",
}
"""Names, without endings, of files about a repository and not about its subject."""
_OTHER_MARKDOWN = (".mdx", ".qmd", ".rmd", ".mdwn", ".mkdn", ".mdtext", ".md.txt")
"""Endings of other kinds of Markdown, which are not read."""
_OTHER_SETTINGS = ("guide.toml", "guide.yml", "guide.yaml", "guide.json", ".guide.toml", "guide.toml.txt")
"""Names, in letters of any case, by which people may mean ``guide.toml``."""
_MAX_VISITED_FILES = 20_000  # in the search for files that are not read
_MAX_FOLDERS = 50  # inside each other; os.walk and Path.rglob recurse
# One pattern with these three as its branches takes four times as long.
_EMBEDDED = re.compile(r"!\[\[([^\[\]|#\n]+)")
_LINK_TARGETS = (
    re.compile(r"\]\(\s*(?:<([^<>\n]+)>|((?:[^()\s<\\]|\\.|\([^()\s]*\))+))"),
    re.compile(r"""(?:src|href)\s*=\s*(?:["']([^"'\n]+)["']|([^\s"'<>]+))"""),
    re.compile(r"^[ >]*\[[^\]\n]+\]:\s*(?:<([^<>\n]+)>|([^\s<>]+))", re.MULTILINE),
    re.compile(r"^[ >]*[`:]{3,}\{(?:figure|image)\}[ \t]+(?:<([^<>\n]+)>|([^\s<>]+))", re.MULTILINE),
)


_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_project(path: str, everything: bool = False) -> Project:
    """Read everything that a build of this folder, or of this one Markdown file, needs.

    With ``everything``, for guides of other formats, README files and the files of inner folders are chapters too. Raises
    ContentError if there is nothing to build, or if the files keep changing while they are read.
    """
    for _ in range(_MAX_READS):
        content = ContentFolder(Path(path), everything)
        project = _read_once(content)
        if content.is_unchanged():
            return project
    found, fix = "the files change while they are read", "build again when all of them are saved"
    raise ContentError([Problem(Place(path), "changing-content", found, fix)])


def _read_once(content: "ContentFolder") -> Project:
    if errors := list(_check_chapters_exist(content)):
        raise ContentError(errors)
    problems: list[Problem] = []
    config = _try_read_text(content, content.config, problems) if content.config else None
    sources = _read_chapters(content, problems)
    own = _read_own_files(content, problems)
    program = {name: tuple(read_program_files(name, *patterns)) for name, patterns in _PROGRAM_FILES.items()}
    own_figures = tuple(find_figures(own["templates"], own["styles"]))
    shown = {figure.path for figure in own_figures}
    names = sorted({*_list_figure_names(content, sources), *_find_title_figures(config), *shown})
    assets = tuple(_read_figures(content, {*names, *_find_embedded_figures(content, sources)}, problems))
    is_complete = {asset.path for asset in assets}.issuperset(names)
    for name, files in program.items():
        problems += find_unread_own_files(own[name], files, name)
    return Project(
        content=str(content.path),
        config=config,
        sources=tuple(sources),
        assets=assets,
        files=frozenset(_find_linked_files(content, sources)),
        pictures=() if is_complete else tuple(sorted(islice(_list_pictures(content), _MAX_PICTURES))),
        templates=(*program["templates"], *own["templates"]),
        styles=(*program["styles"], *own["styles"]),
        own_words=own["locale"],
        own_figures=own_figures,
        fonts=tuple(_read_fonts(content, problems)),
        problems=(*problems, *find_unread_files(content)),
        moment=find_moment(config, content.path),
    )


class ContentFolder:
    """The folder of a guide. No file outside of it can be read; the stamps of files that are read are kept."""

    def __init__(self, path: Path, everything: bool) -> None:
        self.path, self.everything = path, everything
        self.base = path if path.is_dir() else path.parent
        """The folder itself, also if ``path`` is one file in it."""
        # A user who names one file means it, wherever a link leads.
        self.root = self.base.resolve() if path.is_dir() else path.resolve().parent
        self._stamps: dict[Path, FileStamp] = {}
        self.chapters = self._list_chapters()
        config = self.base / "guide.toml"
        self.config = config if path.is_dir() and os.path.lexists(config) else None

    def read_bytes(self, path: Path, limit: int) -> bytes | None:
        """Return the bytes of a file, of a larger one the first ``limit`` + 1; None if it is not a file of the folder."""
        found = self._resolve_file(path)
        if found is None:
            return None
        with found.open("rb") as file:
            self._stamps[found] = read_file_stamp(found)
            return file.read(limit + 1)

    def has(self, name: str) -> bool:
        """Return True if a file or a folder of this name, which is relative to the folder, is in it."""
        try:
            return (self.root / name).resolve(strict=True).is_relative_to(self.root)
        except (OSError, ValueError, RuntimeError):
            return False

    def is_unchanged(self) -> bool:
        """Return True if the chapters are the same, and no file has changed since it was read."""
        try:
            return (
                all(read_file_stamp(path) == stamp for path, stamp in self._stamps.items())
                and self._list_chapters() == self.chapters
            )
        except OSError:
            return False

    def _list_chapters(self) -> list[Path]:
        """Return the chapters in the natural order of their names."""
        if not self.path.is_dir():
            return [self.path] if self.path.exists() else []
        if self.everything:
            paths = [path for path in _list_files(self.path) if _is_about_subject(path.relative_to(self.path))]
            paths = [path for path in paths if path.suffix.casefold() in CHAPTER_ENDINGS]
        else:
            paths = [path for path in self.path.glob("*.*") if _is_chapter_name(path.name)]
        return sorted(paths, key=_make_natural_key)

    def _resolve_file(self, path: Path) -> Path | None:
        """Follow all links; return the regular file that they lead to, or None if it is not in the folder."""
        try:
            found = path.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):  # no file, not a valid path, a loop of links
            return None
        return found if found.is_relative_to(self.root) and found.is_file() else None


def _make_natural_key(path: Path) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts `2-name.md` before `10-name.md`, and a folder's files before those of its inner folders."""
    names = [*("/" + name for name in path.parts[:-1]), path.name]
    return tuple(
        (int(each), "") if each.isdecimal() else (-1, each) for name in names for each in re.split(r"(\d+)", name)
    )


def _is_about_subject(path: Path) -> bool:
    """Return True if this file of a repository may hold something to learn; ``path`` is relative to the repository."""
    return not any(map(_is_internal, path.parts)) and path.stem.casefold() not in _REPOSITORY_FILES


def _is_internal(name: str) -> bool:
    """Return True for the name of a file or folder of a program: hidden, or with ``_`` before it."""
    return name.startswith((".", "_")) or name == "node_modules"


def find_source() -> str:
    """Return the guide that is meant where none is named: the folder ``content``, else the current folder if it is a guide."""
    return "." if not os.path.lexists(DEFAULT_SOURCE) and is_guide(Path()) else DEFAULT_SOURCE


def is_guide(folder: Path) -> bool:
    """Return True if a folder has a ``guide.toml`` or a chapter."""
    try:
        return any(each.name == "guide.toml" or _is_chapter_name(each.name) for each in os.scandir(folder))
    except OSError:  # there is no such folder, or nobody may read it
        return False


def _is_readme(name: str) -> bool:
    """Return True for the name of a README in Markdown."""
    stem, dot, ending = name.casefold().rpartition(".")
    return stem == "readme" and dot + ending in CHAPTER_ENDINGS


def _is_chapter_name(name: str) -> bool:
    """Return True if a file of this name is a chapter: no hidden one, such as the lock of an editor, and none about a repository."""
    stem, dot, ending = name.rpartition(".")
    is_other = name.startswith(".") or stem.casefold() in ("readme", *_REPOSITORY_FILES)
    return not is_other and f"{dot}{ending}".casefold() in CHAPTER_ENDINGS


# ---------------------------------------------------------------- files that are not read


def find_unread_files(content: ContentFolder) -> Iterator[Problem]:
    """Yield a warning for each file in a folder of our format that its author may take for a part of the guide and that is none."""
    if content.everything or not content.path.is_dir():
        return
    for path in sorted(_list_files(content.path / "fonts")) if content.config else ():
        if path.suffix.lower() in _OTHER_FONT_ENDINGS:
            found = (
                f"this file is not read: a face has the ending {', '.join(_FONT_ENDINGS[:-1])} or {_FONT_ENDINGS[-1]}"
            )
            fix = "convert it to one of these, or delete it"
            yield Problem(Place(str(path)), "unread-file", found, fix, severity="warning")
    names = sorted(path.name for path in content.path.iterdir())
    for name in names:
        if reason := _describe_unread_file(content, name):
            found, fix = reason
            yield Problem(Place(str(content.path / name)), "unread-file", found, fix, severity="warning")
    folders = [content.path / name for name in names if not _is_internal(name)]
    for paths in find_inner_chapters(each for each in folders if each.is_dir() and not each.is_symlink()):
        more = f", and neither are {len(paths) - 1} more in its folder" if len(paths) > 1 else ""
        found = f"this file is not read{more}: all chapters of a guide stand in one folder"
        fix = "move it beside the chapters, or write `_` before the name of its folder"
        yield Problem(Place(str(paths[0])), "unread-file", found, fix, severity="warning")


def _describe_unread_file(content: ContentFolder, name: str) -> tuple[str, str] | None:
    """Return why a file of the content folder is not read, and the remedy; None for all files that nobody expects to be read."""
    path, folded = content.path / name, name.casefold()
    if folded in _OTHER_SETTINGS:
        is_read = (
            content.config is not None and path.exists() and content.config.exists() and path.samefile(content.config)
        )
        fix = "rename it to `guide.toml`" if ".toml" in folded else "write its keys into `guide.toml`, as TOML"
        return None if is_read else ("this file is not read: the settings of a guide stand in `guide.toml`", fix)
    if name.startswith("."):
        return None
    if ending := next(filter(folded.endswith, _OTHER_MARKDOWN), None):
        return "this file is not read: a chapter has the ending `.md`", f"rename it to `{name[: -len(ending)]}.md`"
    stem, dot, ending = name.rpartition(".")
    if name == folded and stem in _REPOSITORY_FILES and dot + ending in CHAPTER_ENDINGS:
        fix = f"rename it to `01-{name}` if it is a chapter, and to `{stem.upper()}.{ending}` if not"
        return "this file is not read: it has the name of a file about a repository", fix
    return None


def find_inner_chapters(folders: Iterable[Path]) -> Iterator[list[Path]]:
    """Yield the chapters below each of these folders that has any. No link is followed, and a folder with a ``guide.toml`` is another
    guide."""
    visited = 0
    for folder in folders:
        found: list[Path] = []
        for path, inner, names in _walk(folder):
            visited += len(names)
            if visited > _MAX_VISITED_FILES:
                return
            if "guide.toml" in names or "pyvenv.cfg" in names:
                inner.clear()
                continue
            inner[:] = [each for each in inner if not _is_internal(each)]
            found += [path / name for name in names if _is_chapter_name(name)]
        if found:
            yield sorted(found, key=_make_natural_key)


def _walk(folder: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield a folder and those in it, with the sorted names of their inner folders and of their files, as ``os.walk`` does.

    Folders that are removed from the list of inner ones are passed over. No link is followed.
    """
    waiting = [(folder, 0)]
    while waiting:
        path, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda each: each.name)
        except OSError:  # nobody may read it
            continue
        inner = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
        folders = set(inner)
        yield path, inner, [each.name for each in entries if each.name not in folders]
        if depth < _MAX_FOLDERS:
            waiting += [(path / name, depth + 1) for name in reversed(inner)]


def _list_files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and in those inside it."""
    return (path / name for path, _, names in _walk(folder) for name in names)


# ---------------------------------------------------------------- files of the guide that lie over the program's


def _read_own_files(content: ContentFolder, problems: list[Problem]) -> dict[str, tuple[Source, ...]]:
    """Return the guide's own templates, styles and words, by the folder; a folder without ``guide.toml`` has none."""
    if content.config is None:
        return dict.fromkeys(OWN_FOLDERS, ())
    folders = {name: sorted(_list_files(content.path / name)) for name in OWN_FOLDERS}
    return read_own_files(
        content.path, folders, lambda path: _try_read_text(content, path, problems, "own-file"), problems
    )


# ---------------------------------------------------------------- chapters and figures


def _check_chapters_exist(content: ContentFolder) -> Iterator[Problem]:
    place = Place(str(content.path))
    if content.path == Path(DEFAULT_SOURCE) and not content.path.exists():
        found = "there is no such folder, and no chapter in the current one"
        fix = "write `studyguide new my-guide` to start a guide, or `studyguide build FOLDER` to build one"
        if readme := next((each.name for each in sorted(Path().iterdir()) if _is_readme(each.name)), None):
            fix += f", or `studyguide import {readme} --to my-guide` to make a guide of this file"
        yield Problem(place, "no-content", found, fix)
    elif not content.path.exists():
        fix = "name the folder that holds the chapters"
        yield Problem(place, "no-content", "there is no such file or folder", fix)
    elif content.path.suffix == ".toml" and content.path.is_file():
        yield Problem(place, "no-content", "this is no chapter", "name the folder that it is in")
    elif not content.chapters:
        inner = next(find_inner_chapters([content.path]), None) if content.path.is_dir() else None
        folder = f"`{inner[0].parent}`, which has chapters" if inner else "another folder"
        fix = f"write the first chapter, `01-name.md`, or name {folder}; `studyguide new my-guide` starts a guide"
        yield Problem(place, "no-content", "there is no chapter in this folder", fix)
    else:
        yield from check_limit("chapters", len(content.chapters), "the guide", place)


def _read_chapters(content: ContentFolder, problems: list[Problem]) -> list[Source]:
    """Return the chapters that can be read, and add the others to the problems. Raises ContentError for too much text."""
    sources: list[Source] = []
    size = 0
    for path in content.chapters:
        source = _try_read_text(content, path, problems)
        if source:
            sources.append(source)
            size += len(source.text)
            if too_much := list(check_limit("guide", size, "the guide", Place(str(content.path)))):
                raise ContentError(too_much)
    return sources


def _try_read_text(content: ContentFolder, path: Path, problems: list[Problem], limit: str = "file") -> Source | None:
    """Return the text of a file, or None after adding to the problems why it cannot be part of the guide.

    ``limit`` is the name of the limit of its size.
    """
    try:
        return _read_text(content, path, limit)
    except ContentError as error:
        problems += error.problems
        return None


def _read_text(content: ContentFolder, path: Path, limit: str) -> Source:
    """Return the text of a file, with line feeds as line ends. Raises ContentError."""
    name = os.fsencode(path).decode("utf-8", "replace")
    if name != str(path):
        raise ContentError([Problem(Place(name), "not-utf8", "the name of this file is not UTF-8", "rename it")])
    is_package = path.suffix.lower() == PACKAGE_ENDING
    kind, limit = ("package", "package") if is_package else ("file", limit)
    data = content.read_bytes(path, LIMITS[limit].maximum)
    if data is None:
        found, fix = "this is no file of the content folder", "put the file itself there, not a link or a folder"
        raise ContentError([Problem(Place(name), "outside-content", found, fix)])
    if too_large := list(check_limit(limit, len(data), f"the {kind}", Place(name))):
        raise ContentError(too_large)
    if is_package:
        return Source(name, "", unpack_package(name, data))
    source = Source(name, _decode_utf8(name, data).replace("\r\n", "\n").replace("\r", "\n"))
    if unwritable := INVALID_XML_CHARACTER.search(source.text):
        place = source.at(source.text.count("\n", 0, unwritable.start()) + 1, unwritable[0])
        found = f"the character U+{ord(unwritable[0]):04X} cannot be printed"
        fix = "delete it; your editor may not show it"
        raise ContentError([Problem(place, "control-character", found, fix)])
    return source


# The beginnings of files that people take for text, or name so, and what they are.
_KINDS_OF_FILES = (
    (b"PK\x03\x04", "a document of Word or another archive"),
    (b"\xd0\xcf\x11\xe0", "a document of an old Word"),
    (b"{\\rtf", "a document in RTF"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)


def _decode_utf8(name: str, data: bytes) -> str:
    for beginning, kind in _KINDS_OF_FILES:
        if data.startswith(beginning):
            fix = (
                "save it as UTF-8 in your editor" if "UTF-16" in kind else "save its text as Markdown, in a file `.md`"
            )
            raise ContentError([Problem(Place(name, 1, 1), "not-utf8", f"this file is {kind}", fix)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        found, fix = f"the byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8 in your editor"
        raise ContentError([Problem(place, "not-utf8", found, fix)]) from error


def _read_figures(content: ContentFolder, names: Iterable[str], problems: list[Problem]) -> Iterator[Asset]:
    """Yield the figures of these names that are in the folder, and add those that are too large to the problems."""
    size = 0
    for name in sorted(names):
        place = Place(os.path.normpath(content.base / name))
        data = content.read_bytes(Path(os.path.normpath(content.root / name)), LIMITS["figure"].maximum)
        if data is None:
            continue
        if too_large := list(check_limit("figure", len(data), f"the figure `{name}`", place)):
            problems += too_large
            continue
        size += len(data)
        if too_large := list(check_limit("figures", size, "the guide", Place(str(content.path)))):
            problems += too_large
            return
        yield Asset(name, simplify_drawing(data) if name.lower().endswith(".svg") else data)


def _read_fonts(content: ContentFolder, problems: list[Problem]) -> Iterator[Asset]:
    """Yield the files of the guide's own faces, and add those that are too large or too many to the problems."""
    if content.config is None:
        return
    paths = [path for path in _list_files(content.path / "fonts") if path.suffix.lower() in _FONT_ENDINGS]
    if too_many := list(check_limit("faces", len(paths), "`fonts/`", Place(str(content.path / "fonts")))):
        problems += too_many
        return
    for path in paths:
        data = content.read_bytes(path, LIMITS["face"].maximum)
        if data is None:
            found, fix = "this is no file of the content folder", "put the file itself there, not a link or a folder"
            problems.append(Problem(Place(str(path)), "outside-content", found, fix))
        elif too_large := list(check_limit("face", len(data), "the file", Place(str(path)))):
            problems += too_large
        else:
            yield Asset(str(path), data)


def _find_embedded_figures(content: ContentFolder, sources: Sequence[Source]) -> Iterator[str]:
    """Yield the pictures that `![[name.png]]` shows, as Obsidian finds them: by their name alone, in whatever folder they are."""
    embedded = {(source.path, name.strip()) for source in sources for name in _EMBEDDED.findall(source.text)}
    wanted = {(path, name) for path, name in embedded if name.lower().endswith(IMAGE_ENDINGS)}
    if not wanted:
        return
    files: dict[str, list[str]] = {}
    for name in _list_pictures(content):
        files.setdefault(name.rpartition("/")[2].casefold(), []).append(name)
    for source, name in wanted:
        folder = Path(os.path.relpath(Path(source).parent, content.base))
        ending = f"/{name.removeprefix('./')}".casefold()
        found = [each for each in files.get(ending.rpartition("/")[2], ()) if f"/{each}".casefold().endswith(ending)]
        yield from sorted(found, key=lambda each: (Path(each).parent != folder, each.count("/"), each))[:1]


def _list_pictures(content: ContentFolder) -> Iterator[str]:
    """Yield the names of the pictures in the folder, relative to it."""
    # Around a single file may be anything.
    paths = _list_files(content.path) if content.path.is_dir() else content.base.glob("*.*")
    for path in paths:
        inner = path.relative_to(content.base)
        if path.suffix.lower() in IMAGE_ENDINGS and not any(part.startswith(".") for part in inner.parts):
            yield inner.as_posix()


def _list_figure_names(content: ContentFolder, sources: Iterable[Source]) -> list[str]:
    """Return the targets of links to pictures, relative to the content folder, sorted."""
    names = set()
    for source in sources:
        inner = os.path.relpath(Path(source.path).parent, content.base)
        found = {name for name in _list_targets(source.text) if name.lower().endswith(IMAGE_ENDINGS)}
        names |= {name if inner == "." else Path(os.path.normpath(Path(inner) / name)).as_posix() for name in found}
    return sorted(names)


def _find_title_figures(config: Source | None) -> Iterator[str]:
    """Yield the `cover` and the `logo` of guide.toml, if it has them; ``reading.config`` reports what is wrong with them."""
    try:
        table = parse_toml(config.text) if config else {}
    except ValueError:
        return
    for figure in (table.get("cover"), table.get("logo")):
        if isinstance(figure, str) and figure.strip().lower().endswith(IMAGE_ENDINGS):
            yield figure.strip()


def _find_linked_files(content: ContentFolder, sources: Iterable[Source]) -> Iterator[str]:
    """Yield the targets of links that are files or folders of the content folder, relative to it."""
    for source in sources:
        for path in dict.fromkeys(target.partition("#")[0] for target in _list_targets(source.text)):
            if path and ":" not in path and content.has(path):
                yield path


@lru_cache(maxsize=500)
def _list_targets(markdown: str) -> tuple[str, ...]:
    """Return the targets of links and pictures: as they are typed, and as Markdown means them, without the marks of escaping."""
    return tuple(_find_targets(markdown))


def _find_targets(markdown: str) -> Iterator[str]:
    for pattern in _LINK_TARGETS:
        for groups in pattern.findall(markdown):
            typed = html.unescape("".join(groups))
            yield read_file_path(typed)
            if "\\" in typed:
                yield read_file_path(_ESCAPE.sub(r"\1", typed))


# ---------------------------------------------------------------- files of the program


def read_styles() -> tuple[Source, ...]:
    """Read the style sheets; those of page sizes are in ``pages/``."""
    return tuple(read_program_files("styles", "*.css"))


def read_rules() -> dict[str, Rule]:
    """Read the pages in docs/rules: name → Rule.

    The second paragraph of a page has the severity and, after a colon, what breaks the rule.
    """
    rules = {}
    for source in read_program_files("docs/rules", "*.md"):
        name = source.path.removesuffix(".md")
        if name != "README":
            line = source.text.split("\n\n", 2)[1]
            severity, _, summary = line.removesuffix(".").partition(": ")
            rules[name] = Rule(name, "warning" if severity == "Warning" else "error", summary, source.text)
    return rules


def read_program_files(folder: str, *patterns: str) -> Iterator[Source]:
    """Yield the files of the program's folder that match a pattern, sorted, with paths relative to the folder."""
    root = RESOURCE_FOLDER / folder
    for path in sorted(path for pattern in patterns for path in root.rglob(pattern)):
        yield Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
