"""The values that the page shows, as its script reads them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import Any

from studyguide.pdf.picture import AnchorSpot
from studyguide.preview.printed import Printed
from studyguide.preview.reader import Reader
from studyguide.problems import Problem, replace_invisible

_MAX_SHOWN = 200
"""Problems on the page; the terminal has the rest."""
READER, PRINTED = "reader", "printed"
"""The names of the panes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The choice of the person who looks at the page."""

    edition: str = ""
    """The name of the printed edition; empty for the first one."""
    page: str = ""
    """The name of the page size; empty for the edition's own."""


@dataclass(frozen=True, slots=True)
class ReaderPane:
    """The reader's view."""

    serial: int
    """Another number for another book."""
    book: Reader
    place: str = ""
    """The address of the last edit in the book, or ""."""
    edit: int = 0
    """The number of that edit."""


@dataclass(frozen=True, slots=True)
class PrintedPane:
    """The printed pages."""

    serial: int
    book: Printed
    place: AnchorSpot | None = None
    edit: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """All that the page shows at one moment."""

    title: str = ""
    source: str = ""
    message: str = ""
    """One line for the foot of the page."""
    is_building: bool = True
    reader: ReaderPane | None = None
    printed: PrintedPane | None = None
    stale: tuple[str, ...] = ()
    """The panes that show an older book, because the newest one has errors."""
    problems: tuple[Problem, ...] = ()
    editions: tuple[tuple[str, str], ...] = ()
    """Name and title of each printed edition."""
    sizes: tuple[str, ...] = ()
    choice: Choice = Choice()
    phases: dict[str, float] = field(default_factory=dict)
    """The seconds of each phase of the last build."""

    def describe(self) -> dict[str, Any]:
        """Return the state as plain data for the script of the page."""
        return {
            "title": self.title,
            "source": self.source,
            "message": self.message,
            "building": self.is_building,
            "reader": _describe_reader(self.reader) if self.reader else None,
            "printed": _describe_printed(self.printed) if self.printed else None,
            "stale": self.stale,
            "problems": [_describe_problem(each) for each in _sort_problems(self.problems)[:_MAX_SHOWN]],
            "count": len(self.problems),
            "editions": [{"name": name, "title": title} for name, title in self.editions],
            "sizes": self.sizes,
            "choice": asdict(self.choice),
            "phases": {name: round(seconds, 3) for name, seconds in self.phases.items()},
        }


class Board:
    """Holds the newest state. One thread changes it, and any thread reads it."""

    def __init__(self) -> None:
        self.state, self.version = State(), 0
        self.is_closed = False
        self.notify: Callable[[], None] = lambda: None
        """Called after each change, by the thread that makes it."""
        self._lock = Lock()

    def publish(self, **changes: Any) -> None:
        """Change fields of the state."""
        with self._lock:
            self.state, self.version = replace(self.state, **changes), self.version + 1
        self.notify()

    def read(self) -> tuple[State, int]:
        """Return the state and its number, which grows with each change."""
        with self._lock:
            return self.state, self.version

    def close(self) -> None:
        """Tell those who wait for a change that there will be none."""
        self.is_closed = True
        self.notify()


def _describe_reader(pane: ReaderPane) -> dict[str, Any]:
    documents = [{"name": each.name, "title": each.title} for each in pane.book.documents]
    return {
        "serial": pane.serial,
        "documents": documents,
        "style": pane.book.style_checksum,
        "place": pane.place,
        "edit": pane.edit,
    }


def _describe_printed(pane: PrintedPane) -> dict[str, Any]:
    book = pane.book
    return {
        "serial": pane.serial,
        "edition": book.edition,
        "pages": book.labels,
        "width": book.width,
        "height": book.height,
        "versos": book.has_versos,
        "direction": book.direction,
        "place": asdict(pane.place) if pane.place else None,
        "edit": pane.edit,
    }


def _sort_problems(problems: Sequence[Problem]) -> list[Problem]:
    """Return the errors, and then the warnings."""
    return sorted(problems, key=lambda each: each.severity != "error")


def _describe_problem(problem: Problem) -> dict[str, str]:
    return {
        "place": replace_invisible(str(problem.place)),
        "severity": problem.severity,
        "rule": problem.rule,
        "found": replace_invisible(problem.found),
        "fix": replace_invisible(problem.fix),
    }
