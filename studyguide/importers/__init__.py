"""Make chapters of a guide in another format: Project → Project, Reports. A file in our own format is left alone.

detect, folder    which files are foreign, their order, and whether each of them is one question
foreign_file    Source → DraftGuide, by the modules from here to ``quizzes``
lines      text → Lines that CommonMark reads as the author meant them; each knows its line in the source.
           It uses fences (code), gift, boxes, shortcodes and tags (HTML)
tidy       Lines → Document, without what a book has itself: contents lists, links to the top, badges
separate   Document → Document, each question and each answer on a line of its own
families   labelled, headings, folds, cards, bold, items, tables, lines …: Document → Candidates, lines that may open a question
answer_keys    answers at the end of the file, by the numbers of their questions
features, assign    what speaks for each form of candidates; the forms that are questions together, so a file may mix families
drafts     Document, Choice → DraftGuide; anatomy takes apart the text of a question, options its options
quizzes    files of programs for quizzes, GIFT, Moodle XML and QTI: Source → DraftGuide
names, vault, links    identifiers, unique in the whole guide; the files that links lead to; links and pictures in a text
chapters   DraftGuide → Chapters, each text with the lines of the file that it is made of
shared_chapters    one chapter for the questions of a folder whose files are a question each
audit, doubt, report    what became of each word; signs that a guide is misread; what is said about both
writer     Chapter → Markdown in our own format
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from studyguide.importers.audit import count_words, find_word_notes
from studyguide.importers.chapters import make_chapters
from studyguide.importers.detect import find_refusal, is_foreign, is_ours
from studyguide.importers.drafts import DraftGuide
from studyguide.importers.families import FAMILIES
from studyguide.importers.folder import is_index, is_question_per_file, make_title, order_sources
from studyguide.importers.foreign_file import read_foreign_file
from studyguide.importers.links import Targets
from studyguide.importers.names import Names, list_anchors, name_drafts
from studyguide.importers.report import Converted, Report
from studyguide.importers.shared_chapters import join_folders
from studyguide.importers.vault import NO_VAULT, make_vault
from studyguide.importers.writer import quote_text, write_chapter, write_project
from studyguide.model import Project, Source

__all__ = [
    "FAMILIES", "convert", "find_refusal", "is_foreign", "is_ours", "translate", "write_chapter", "write_project",
]  # fmt: skip


def translate(project: Project, dialect: str = "") -> tuple[Project, tuple[Report, ...]]:
    """Return the project with the chapters of its foreign files, and the report on each of them.

    In a folder without a file of ours the files without questions are chapters of prose, and may be a question each.
    """
    refusals = {source.path: refusal for source in project.sources if (refusal := find_refusal(source))}
    sources = [source for source in project.sources if source.path not in refusals]
    foreign = [source for source in sources if dialect or not is_ours(source)]
    is_folder = len(project.sources) > 1
    is_all_foreign = is_folder and len(foreign) == len(sources)
    is_per_file = False
    if is_all_foreign and not project.config:
        sources = foreign = list(order_sources(sources))
        is_per_file = is_question_per_file(sources)

    def read_source(source: Source) -> DraftGuide | None:
        if source not in foreign:
            return None
        is_question = is_per_file and not is_index(source)
        return read_foreign_file(source, dialect, is_question, may_be_prose=is_all_foreign)

    names = Names()
    drafts = [guide and name_drafts(guide, names) for guide in map(read_source, sources)]
    anchors = [list_anchors(guide) if guide else {} for guide in drafts]
    vault = make_vault(sources, anchors) if is_folder else NO_VAULT
    figures = frozenset(asset.path for asset in project.assets)

    def convert_draft(guide: DraftGuide | None, own: Mapping[str, str]) -> Converted | None:
        if guide is None:
            return None
        folder = PurePosixPath(guide.source.path).parent
        base = str(folder.relative_to(project.content)) if is_all_foreign else "."
        return _convert_guide(guide, names, Targets(own, figures, base, vault))

    converted = list(map(convert_draft, drafts, anchors))
    if is_per_file:
        converted = list(join_folders(sources, converted, names))
    config = project.config
    if any(drafts) and not config:
        titles = [guide.title for guide in drafts if guide]
        heads = [guide.title for guide in drafts if guide and is_index(guide.source)]
        title = next(iter(heads), make_title(project.content) if is_per_file else titles[0])
        config = Source(str(PurePosixPath(project.content).parent / "guide.toml"), f"title = {quote_text(title)}\n")
    reports = tuple(each.report for each in converted if each)
    return (
        replace(
            project,
            sources=tuple(
                replace(source, files=(), chapters=each.chapters) if each else source
                for source, each in zip(sources, converted, strict=True)
                if each or is_folder or not dialect
            ),
            assets=(*project.assets, *(picture for guide in drafts if guide for picture in guide.pictures)),
            config=config,
            problems=(*project.problems, *refusals.values()),
            is_imported=bool(reports),
        ),
        reports,
    )


def convert(source: Source, dialect: str = "") -> Converted | None:
    """Return the chapters of a file that stands alone; None where no question is found in it."""
    guide = read_foreign_file(source, dialect)
    if guide is None:
        return None
    names = Names()
    guide = name_drafts(guide, names)
    return _convert_guide(guide, names, Targets(list_anchors(guide)))


def _convert_guide(guide: DraftGuide, names: Names, targets: Targets) -> Converted:
    """Return the chapters of a guide whose questions have identifiers, and the report on it."""
    figures = targets.figures.union(picture.path for picture in guide.pictures)
    chapters = make_chapters(guide, names, replace(targets, figures=figures))
    notes = (*guide.notes, *find_word_notes(guide, chapters))
    report = Report(
        guide.source.path,
        guide.evidence,
        len(guide.questions),
        tuple(each.line for each in guide.questions if not each.is_answered),
        len(chapters),
        count_words(guide.text).total(),
        tuple(sorted(notes, key=lambda note: (note.kind, note.line))),
        guide.files,
    )
    return Converted(chapters, report)
