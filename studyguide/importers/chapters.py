"""Number the chapters of all files through: Converted → Sources, Reports. Files that are a question each share chapters."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from studyguide.importers.canonical import quoted
from studyguide.importers.folder import is_index, named
from studyguide.importers.report import Converted, Report
from studyguide.model import Source
from studyguide.text import slugify


def laid(
    done: Sequence[tuple[Source, Converted | None]], content: str, whole: bool
) -> tuple[tuple[Source, ...], tuple[Report, ...]]:
    """The chapters of these files, of which the own ones stay, and the reports of the others; ``whole`` files are questions."""
    shelf = Shelf(content, alone=len(done) == 1)
    for source, converted in done:
        if converted is None:
            shelf.sources.append(source)
        elif whole and converted.report.questions == len(converted.chapters) == 1 and not is_index(source):
            shelf.join(converted, PurePosixPath(source.path).parent)
        else:
            shelf.add(converted)
    return tuple(shelf.sources), tuple(shelf.reports)


@dataclass(slots=True)
class Shelf:
    """The chapters so far."""

    content: str
    alone: bool
    """Whether there is one file only, whose chapters have their names already."""
    sources: list[Source] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    shared: PurePosixPath | None = None
    """The folder whose questions are in the last chapter."""

    def add(self, converted: Converted) -> None:
        """Put these chapters behind the others."""
        self.shared = None
        chapters, report = converted.chapters, converted.report
        if not self.alone:
            chapters = tuple(self.renamed(each, place) for place, each in enumerate(chapters, len(self.sources) + 1))
        paths = {old.path: new.path for old, new in zip(converted.chapters, chapters, strict=True)}
        self.sources += chapters
        places = tuple((replace(made, path=paths[made.path]), place) for made, place in report.places)
        self.reports.append(replace(report, places=places))

    def join(self, converted: Converted, folder: PurePosixPath) -> None:
        """Put the question of a file into the chapter of its folder."""
        (chapter,), report = converted.chapters, converted.report
        front, text = headed(chapter.text)
        if self.shared != folder:
            name = named(str(folder))
            opened = replace(chapter, path=f"01-{slugify(name)}.md", text=f"---\ntitle: {quoted(name)}\n---\n{text}")
            places = tuple((replace(made, path=opened.path), place) for made, place in report.places)
            self.add(Converted(name, (opened,), replace(report, places=places)))
            self.shared = folder
            return
        last = self.sources[-1]
        below = last.text.rstrip().count("\n") + 1 - front.count("\n")
        self.sources[-1] = replace(last, text=f"{last.text.rstrip()}\n{text}")
        moved = [(replace(made, path=last.path, line=made.line + below), place) for made, place in report.places]
        self.reports.append(replace(report, places=tuple(moved[1:]), chapters=0))

    def renamed(self, chapter: Source, place: int) -> Source:
        name = PurePosixPath(chapter.path).name.partition("-")[2]
        return replace(chapter, path=str(PurePosixPath(self.content) / f"{place:02}-{name}"))


def headed(text: str) -> tuple[str, str]:
    """The front matter of a chapter as it was written, and the rest."""
    end = text.index("---\n", 4) + 4
    return text[:end], text[end:]
