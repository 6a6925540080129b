"""Read a package of QTI 2.1: the files of a ZIP → Quiz. IMS Content Packaging 1.1 describes its manifest.

The items come in the order of the test, whose sections are the categories; then those that no test has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from studyguide.importers.folder import get_folder, join_path
from studyguide.importers.model import Note
from studyguide.importers.quizzes.html_markdown import convert_html
from studyguide.importers.quizzes.pictures import can_show, keep_picture
from studyguide.importers.quizzes.qti_answers import read_number
from studyguide.importers.quizzes.qti_item import ItemPlace, parse_qti, read_item
from studyguide.importers.quizzes.qti_markup import MarkupReader
from studyguide.importers.quizzes.values import BrokenQuizError, Quiz
from studyguide.importers.quizzes.xml_tree import Element
from studyguide.model import Asset

_MANIFEST = "imsmanifest.xml"
_MAX_SECTION_FILES = 100  # each may lead to the next, and is read inside of it
_SETTINGS = frozenset(
    ("itemSessionControl", "timeLimits", "preCondition", "branchRule", "selection", "ordering", "outcomeProcessing")
)


def read_qti_item(path: str, text: str) -> Quiz:
    """Return the question of one item that is no part of a package; it names its pictures as a guide does. Raises BrokenQuizError."""
    quiz = Quiz()
    read_item(quiz, parse_qti(text, "assessmentItem"), ItemPlace(path, 1), unquote)
    return quiz


def read_qti_package(path: str, files: Sequence[Asset]) -> Quiz:
    """Return the questions of a package. Raises BrokenQuizError."""
    return _PackageReader(path, {each.path: each.data for each in files}).read()


@dataclass(frozen=True, slots=True)
class _Reference:
    """An item as a test names it."""

    path: str
    category: tuple[str, ...] = ()
    weight: Decimal = Decimal(1)


@dataclass(slots=True)
class _Listing:
    """The items and sections that the tests of a package list."""

    items: list[_Reference] = field(default_factory=list)
    prose: list[tuple[tuple[str, ...], int, Element, str]] = field(default_factory=list)
    """Texts of sections: category, the number of the item that follows, element, the folder of the file."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Kind, and text."""
    read: set[str] = field(default_factory=set)
    """The files of sections that are read."""


class _PackageReader:
    """Reads one package."""

    def __init__(self, path: str, files: Mapping[str, bytes]) -> None:
        self._path, self._files = path, files
        self._quiz = Quiz()

    def read(self) -> Quiz:
        tests, items = self._list_resources()
        listing = self._list_items(tests)
        named = {each.path for each in listing.items}
        listing.items += [_Reference(path) for path in items if path not in named]
        quiz = self._quiz
        quiz.files = list(dict.fromkeys(each.path for each in listing.items))
        numbers = {path: number for number, path in enumerate(quiz.files, 1)}
        quiz.notes += [Note(kind, 1, text) for kind, text in listing.notes]
        self._read_prose(listing)
        done: set[str] = set()
        for each in listing.items:
            self._read_item(each, numbers[each.path], each.path in done)
            done.add(each.path)
        return quiz

    def _read_item(self, item: _Reference, number: int, is_again: bool) -> None:
        if is_again or item.path not in self._files:
            self._quiz.notes.append(Note("item-again" if is_again else "missing-item", number, item.path))
            return
        place = ItemPlace(self._path, number, item.category, item.weight)
        root = self._parse(item.path, "assessmentItem")
        before = self._quiz.words.get(number, "")
        read_item(self._quiz, root, place, lambda address: self._find_picture(address, get_folder(item.path)))
        self._quiz.words[number] = f"{before} {self._quiz.words[number]}"

    def _parse(self, path: str, tag: str) -> Element:
        try:
            return parse_qti(self._files[path].decode("utf-8-sig"), tag)
        except UnicodeDecodeError as error:
            raise BrokenQuizError("this XML is not UTF-8", path=path) from error
        except BrokenQuizError as error:
            raise BrokenQuizError(str(error), error.line, path) from error

    def _find_picture(self, address: str, base: str) -> str:
        """Return the path of a picture in the guide; its address if the package has none there that a guide can show."""
        path = _follow(base, address)
        if path not in self._files or not can_show(path):
            return address
        return keep_picture(self._quiz, path, self._files[path])

    # ------------------------------------------------------------ what there is

    def _list_resources(self) -> tuple[list[str], list[str]]:
        """Return the paths of the tests and of the items that the manifest names."""
        found = [path for path in self._files if path.rpartition("/")[2] == _MANIFEST]
        if not found:
            raise BrokenQuizError(f"this package has no `{_MANIFEST}`")
        manifest = min(found, key=lambda path: (path.count("/"), path))
        paths: dict[str, list[str]] = {"test": [], "item": []}
        for resource in self._parse(manifest, "manifest").iter("resource"):
            kind = resource.get("type", "")
            if kind.startswith(("imsqti_xmlv1", "imsqti_item_xmlv1", "imsqti_assessment_xmlv1")):
                raise BrokenQuizError("this package is one of QTI 1.2", path=manifest)
            for name, listed in paths.items():
                if kind.startswith(f"imsqti_{name}") and resource.get("href"):
                    listed.append(_follow(get_folder(manifest), resource.get("href")))
        return paths["test"], list(dict.fromkeys(paths["item"]))

    def _list_items(self, tests: Sequence[str]) -> _Listing:
        listing = _Listing()
        for path in tests:
            if path not in self._files:
                listing.notes.append(("missing-item", path))
                continue
            root = self._parse(path, "assessmentTest")
            title = " ".join(root.get("title", "").split())
            self._quiz.title = title if len(tests) == 1 else ""
            outer = (title,) if len(tests) > 1 and title else ()
            for part in root:
                if part.tag == "testFeedback":
                    listing.notes.append(("test-feedback", " ".join("".join(part.itertext()).split())))
                self._list_section(part, outer, path, listing)
        return listing

    def _list_section(self, section: Element, category: tuple[str, ...], path: str, listing: _Listing) -> None:
        """Add what is in a section, or in a part of a test, to the listing."""
        for child in section:
            href = _follow(get_folder(path), child.get("href", ""))
            if child.tag == "assessmentItemRef":
                listing.items.append(_Reference(href, category, _read_weight(child)))
                self._note_settings(child, listing)
            elif child.tag == "assessmentSection":
                self._list_section(child, _enter(child, category), path, listing)
            elif child.tag == "assessmentSectionRef":
                self._follow_section(href, category, listing)
            elif child.tag == "rubricBlock":
                listing.prose.append((category, len(listing.items), child, get_folder(path)))
        self._note_settings(section, listing)

    def _follow_section(self, path: str, category: tuple[str, ...], listing: _Listing) -> None:
        """Add the section of another file, once."""
        if path not in self._files or path in listing.read:
            listing.notes.append(("item-again" if path in listing.read else "missing-item", path))
            return
        if len(listing.read) >= _MAX_SECTION_FILES:
            raise BrokenQuizError(f"the test has more than {_MAX_SECTION_FILES} files of sections", path=path)
        listing.read.add(path)
        root = self._parse(path, "assessmentSection")
        self._list_section(root, _enter(root, category), path, listing)

    def _note_settings(self, element: Element, listing: _Listing) -> None:
        found = [child for child in element if child.tag in _SETTINGS]
        listing.notes += [("setting", " ".join("".join(child.itertext()).split())) for child in found]

    def _read_prose(self, listing: _Listing) -> None:
        """Add the texts of sections to the quiz, each before the item that follows it."""
        paths = [each.path for each in listing.items]
        for category, place, element, base in listing.prose:
            number = self._quiz.files.index(paths[min(place, len(paths) - 1)]) + 1 if paths else 1

            def note(kind: str, text: str, number: int = number) -> None:
                self._quiz.notes.append(Note(kind, number, text))

            reader = MarkupReader(lambda address, base=base: self._find_picture(address, base), note)  # type: ignore[misc]
            self._quiz.prose.append((category, number, convert_html(reader.read(element))))
            self._quiz.words[number] = f"{self._quiz.words.get(number, '')} {' '.join(element.itertext())}"


def _follow(base: str, address: str) -> str:
    """Return the path in the package that an address leads to, as seen from a folder."""
    return join_path(base, unquote(address.partition("#")[0]))


def _enter(section: Element, category: tuple[str, ...]) -> tuple[str, ...]:
    title = " ".join(section.get("title", "").split())
    return (*category, title) if title else category


def _read_weight(reference: Element) -> Decimal:
    values: Iterator[Decimal | None] = (read_number(each.get("value", "")) for each in reference.findall("weight"))
    return next((each for each in values if each is not None and each > 0), Decimal(1))
