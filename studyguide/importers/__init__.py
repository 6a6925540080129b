"""Make chapters of a guide in another format: Project → Project, Reports. A file in our own format is left alone.

detect, folder    which files are foreign, their order, and whether each of them is one question
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
audit, doubt, report    what became of each word; signs that a guide is misread; what is said about both
writer     Chapter → Markdown in our own format
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath

from studyguide.importers.answer_keys import take_answer_keys
from studyguide.importers.assign import Choice, Evidence, choose_questions
from studyguide.importers.audit import count_words, find_structure_notes, find_word_notes
from studyguide.importers.candidates import Candidate, read_title
from studyguide.importers.chapters import make_chapters
from studyguide.importers.detect import find_refusal, is_foreign, is_ours, read_front_matter
from studyguide.importers.document import Document
from studyguide.importers.doubt import find_doubts
from studyguide.importers.drafts import DraftChapter, DraftGuide, make_drafts
from studyguide.importers.families import FAMILIES, find_candidates
from studyguide.importers.folder import is_index, is_question_per_file, make_title, order_sources
from studyguide.importers.lines import read_lines
from studyguide.importers.links import Targets
from studyguide.importers.model import Line, Note
from studyguide.importers.names import Names, list_anchors, name_drafts
from studyguide.importers.quizzes.detect import is_quiz, read_quiz
from studyguide.importers.quizzes.drafts import draft_quiz
from studyguide.importers.report import Converted, Report
from studyguide.importers.separate import separate_questions
from studyguide.importers.tidy import tidy
from studyguide.importers.vault import NO_VAULT, make_vault
from studyguide.importers.wording import recognise_wording
from studyguide.importers.writer import quote_text, write_chapter, write_project
from studyguide.model import Chapter, Project, Source
from studyguide.problems import Place
from studyguide.text import slugify, strip_markdown

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
        return _read_foreign(source, dialect, is_question, may_be_prose=is_all_foreign)

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
        converted = list(_join_folders(sources, converted, names))
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
    guide = _read_foreign(source, dialect)
    if guide is None:
        return None
    names = Names()
    guide = name_drafts(guide, names)
    return _convert_guide(guide, names, Targets(list_anchors(guide)))


# ---------------------------------------------------------------- Source → DraftGuide


def _read_foreign(
    source: Source, dialect: str, is_question: bool = False, may_be_prose: bool = False
) -> DraftGuide | None:
    """Return what is found in a file; None where no question is found, unless it may be prose.

    With ``is_question`` the whole file is one question.
    """
    if is_quiz(source) and not dialect:
        return draft_quiz(read_quiz(source), source)
    front, body = read_front_matter(source.text)
    lines, found = read_lines(body)
    document = separate_questions(tidy(lines, found, recognise_wording(body)))
    answers: Mapping[int, tuple[Line, ...]] = {}
    candidates: Sequence[Candidate] = ()
    title = front.get("title", "") or _read_first_title(document) or make_title(source.path)
    if is_question:
        choice = _choose_whole(document, title)
    else:
        candidates = find_candidates(document, dialect)
        document, answers = take_answer_keys(document, candidates)
        candidates = find_candidates(document, dialect) if answers else candidates
        choice = choose_questions(document, candidates, is_named=bool(dialect))
    if not choice.questions and not may_be_prose:
        return None
    notes = [*document.notes]
    notes += [Note("front-matter", 1, f"{key} {value}") for key, value in front.items() if key != "title"]
    chapters = tuple(make_drafts(document, choice, title, answers, notes))
    if is_question:
        chapters = tuple(map(_move_prose, chapters))
    else:
        notes += find_doubts(document, candidates, choice, chapters)
    notes += find_structure_notes(document, choice.questions, chapters, notes)
    return DraftGuide(source, title, chapters, notes, source.text, tuple(choice.evidence), is_question)


def _choose_whole(document: Document, title: str) -> Choice:
    """Return the whole text as one question, whose heading comes first."""
    first = next((each for each in document.headings if strip_markdown(document.read_title(each)) == title), None)
    start, below = (first.start, first.end) if first else (0, 0)
    text = read_title(document.read_title(first) if first else title, document.wording)
    asks = document.wording.asks(title)
    question = Candidate("files", ("file",), start, below, text.text, text.number, text.label, asks=asks)
    return Choice((question,), (), (Evidence("files", "a file each", 1, 1, int(question.asks), 0),))


def _move_prose(chapter: DraftChapter) -> DraftChapter:
    """Return the chapter of a file that is one question with the text above the question as the beginning of its stem."""
    if not chapter.prose or not chapter.questions:
        return chapter
    first, *others = chapter.questions
    stem = (*chapter.prose, Line("", chapter.prose[-1].origin), *first.body.stem)
    return replace(chapter, prose=[], questions=[replace(first, body=replace(first.body, stem=stem)), *others])


def _read_first_title(document: Document) -> str:
    found = next((each for each in document.headings if each.level == 1), None)
    return strip_markdown(document.read_title(found)) if found else ""


# ---------------------------------------------------------------- DraftGuide → Converted


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


def _join_folders(
    sources: Sequence[Source], converted: Sequence[Converted | None], names: Names
) -> Iterator[Converted | None]:
    """Yield the files with one chapter for the questions of each folder, which belongs to the first of its files."""
    for folder, files in groupby(zip(sources, converted, strict=True), key=_find_shared_folder):
        found = [each for _, each in files]
        if folder is None:
            yield from found
            continue
        first, *others = (each for each in found if each)
        title = make_title(folder)
        chapters = [chapter for each in (first, *others) for chapter in each.chapters]
        yield replace(first, chapters=(_join_chapters(chapters, title, names.take(slugify(title))),))
        yield from (replace(each, chapters=(), report=replace(each.report, chapters=0)) for each in others)


def _find_shared_folder(file: tuple[Source, Converted | None]) -> str | None:
    """Return the folder of a file whose chapter holds nothing but one question; None for another file."""
    source, converted = file
    if converted is None or is_index(source) or not converted.report.questions == len(converted.chapters) == 1:
        return None
    return str(PurePosixPath(source.path).parent)


def _join_chapters(chapters: Sequence[Chapter], title: str, name: str) -> Chapter:
    """Return the questions of several chapters, which have no other text, as one chapter."""
    definitions, places = "", tuple[Place, ...]()
    for chapter in chapters:
        if definitions and chapter.definitions:
            definitions, places = f"{definitions}\n\n", (*places, chapter.definition_places[0])
        definitions, places = definitions + chapter.definitions, (*places, *chapter.definition_places)
    return replace(
        chapters[0],
        id=name,
        title=title,
        questions=tuple(question for chapter in chapters for question in chapter.questions),
        definitions=definitions,
        definition_places=places,
    )
