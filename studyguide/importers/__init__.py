"""Turn a guide in another format into our own: Project → Project, Reports. A file in our own format is left alone.

lines      text → Lines that CommonMark reads as the author meant them; each knows its line in the source.
           It uses fences (code), gift, boxes, shortcodes and tags (HTML)
tidy       Lines → Outline, without what a book has itself: contents lists, links to the top, badges
shape      Outline → Outline, each question and each answer on a line of its own
families   labelled, headings, details, cards, bold, items, tables, bare:
           Outline → Candidates, lines that may open a question
keys       answers at the end of the file, by the numbers of their questions
choose     judges the candidates together, so a file may mix families or change half-way
drafts     Outline, Choice → Drafts of chapters; body takes apart the text of a question, choices its options
canonical  Drafts → Markdown in our own format
audit, report    what became of each word; what is said about it
detect, folder, chapters    which files are foreign, their order, their numbers in the whole guide
quizzes    files of programs for quizzes, GIFT, Moodle XML and QTI, which take this way alone: Source → Converted
vault      links between the files of a folder
trace      Problems in our format → the lines of the file that they come from
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from studyguide.importers.answer_keys import take_answer_keys
from studyguide.importers.assign import Choice, Evidence, choose_questions
from studyguide.importers.audit import odd, words
from studyguide.importers.candidates import Candidate, read_title
from studyguide.importers.canonical import Writer, quoted
from studyguide.importers.chapters import laid
from studyguide.importers.detect import front_matter, is_foreign, is_ours, refused
from studyguide.importers.document import Document
from studyguide.importers.drafts import is_answered, make_drafts
from studyguide.importers.families import FAMILIES, find_candidates
from studyguide.importers.folder import folder, is_index, is_one_each, named, ordered
from studyguide.importers.lines import read_lines
from studyguide.importers.model import Line, Note
from studyguide.importers.quizzes.convert import convert_quiz
from studyguide.importers.quizzes.detect import is_quiz
from studyguide.importers.report import Converted, Report
from studyguide.importers.separate import separate_questions
from studyguide.importers.tidy import tidy
from studyguide.importers.trace import places
from studyguide.importers.vault import NO_VAULT, Vault, list_names, resolve_marks
from studyguide.importers.wording import recognise_wording
from studyguide.model import Project, Source
from studyguide.text import BOOK_NAMES, strip_markdown

__all__ = ["FAMILIES", "convert", "is_foreign", "is_ours", "refused", "translate"]


def translate(project: Project, dialect: str = "") -> tuple[Project, tuple[Report, ...]]:
    """The project with its foreign files in our own format, and what to say of each of them.

    In a folder without a file of ours the files without questions are chapters of prose, and may be a question each.
    """
    figures = frozenset(asset.path for asset in project.assets)
    refusals = {source.path: refusal for source in project.sources if (refusal := refused(source))}
    sources = [source for source in project.sources if source.path not in refusals]
    foreign = [source for source in sources if dialect or not is_ours(source)]
    many, whole, alike = len(project.sources) > 1, False, len(foreign) == len(sources)
    if many and alike and not project.config:
        sources = foreign = list(ordered(sources))
        whole = is_one_each(sources)
    vault = list_names(sources) if many else NO_VAULT
    taken = set(BOOK_NAMES)
    done: list[tuple[Source, Converted | None]] = []
    for source in sources:
        kind = ("question" if whole and not is_index(source) else "prose") if many and alike else ""
        base = str(PurePosixPath(source.path).parent.relative_to(project.content)) if kind else "."
        done.append(
            (source, convert(source, dialect, figures, taken, kind, base, vault) if source in foreign else None)
        )
    anchors = [each.anchors if each else {} for _, each in done]
    made, reports = laid([each for each in done if each[1] or many or not dialect], project.content, whole)
    made = tuple(replace(each, text=resolve_marks(each.text, anchors)) for each in made)
    config = project.config
    if reports and not config:
        heads = [each.title for source, each in done if each and is_index(source)]
        titles = [each.title for _, each in done if each]
        title = next(iter(heads), named(project.content) if whole else titles[0])
        config = Source(str(PurePosixPath(project.content).parent / "guide.toml"), f"title = {quoted(title)}\n")
    problems = (*project.problems, *refusals.values())
    pictures = (picture for _, each in done if each for picture in each.pictures)
    converted = replace(
        project,
        sources=made,
        assets=(*project.assets, *pictures),
        config=config,
        problems=problems,
        is_imported=bool(reports),
    )
    return converted, reports


def convert(
    source: Source,
    dialect: str = "",
    figures: frozenset[str] = frozenset(),
    taken: set[str] | None = None,
    kind: str = "",
    base: str = ".",
    vault: Vault = NO_VAULT,
) -> Converted | None:
    """The guide in our own format; none where no question is found in it, unless it is to be ``prose`` then.

    As a ``question`` the whole file is one. ``taken`` are the identifiers of the files before, and become those of this
    one too; its pictures are named as seen from the folder ``base``, and links may lead to the files of ``vault``.
    """
    if is_quiz(source) and not dialect:
        return convert_quiz(source, set(BOOK_NAMES) if taken is None else taken, figures)
    front, body = front_matter(source.text)
    lines, notes = read_lines(body)
    document = separate_questions(tidy(lines, notes, recognise_wording(body)))
    answers: Mapping[int, tuple[Line, ...]] = {}
    title = front.get("title", "") or first_title(document) or named(source.path)
    if kind == "question":
        choice = alone(document, title)
    else:
        candidates = list(find_candidates(document, dialect))
        document, answers = take_answer_keys(document, candidates)
        candidates = list(find_candidates(document, dialect)) if answers else candidates
        choice = choose_questions(document, candidates, is_named=bool(dialect))
    if not choice.questions and kind != "prose":
        return None
    said: list[Note] = [*document.notes]
    said += [Note("front-matter", 1, f"{key} {value}") for key, value in front.items() if key != "title"]
    drafts = list(make_drafts(document, choice, title, answers, said))
    writer = Writer(drafts, figures, folder(source.path), said, taken, base, vault)
    chapters = tuple(writer.write())
    said += odd(source, document, choice.questions, drafts, [title, *(each.text for each in chapters)], said)
    asked = [each for draft in drafts for each in draft.questions]
    report = Report(
        source.path,
        tuple(choice.evidence),
        len(asked),
        tuple(each.line for each in asked if not is_answered(each.body)),
        len(chapters),
        sum(words(source.text).values()),
        tuple(sorted(said, key=lambda note: (note.kind, note.line))),
        tuple(places(source, drafts, chapters)),
    )
    whole = next(iter(writer.ids.values()), "") if kind == "question" else writer.names[0]
    return Converted(title, chapters, report, anchors={**writer.anchors, "": whole})


def alone(document: Document, title: str) -> Choice:
    """The whole text as one question, whose heading comes first."""
    first = next((each for each in document.headings if strip_markdown(document.read_title(each)) == title), None)
    start, below = (first.start, first.end) if first else (0, 0)
    text = read_title(document.read_title(first) if first else title, document.wording)
    asks = document.wording.asks(title)
    question = Candidate("files", ("file",), start, below, text.text, text.number, text.label, asks=asks)
    return Choice((question,), (), (Evidence("files", "a file each", 1, 1, int(question.asks), 0),))


def first_title(document: Document) -> str:
    found = next((each for each in document.headings if each.level == 1), None)
    return strip_markdown(document.read_title(found)) if found else ""
