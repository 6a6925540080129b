"""Checks of the questions, their parts, marks and headings: Project, Guide → Problems."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from studyguide.html_text import strip_tags
from studyguide.kinds import KINDS
from studyguide.limits import check_limit
from studyguide.marks import MARKS
from studyguide.model import ANSWERING_PARTS, DIFFICULTIES, Chapter, Division, Guide, Project, Question
from studyguide.problems import NameSuggester, Place, Problem, shorten_quotation
from studyguide.rules.boxes import find_glued_boxes
from studyguide.rules.labels import find_bold_labels
from studyguide.rules.markdown import find_glued_headings
from studyguide.text import find_foreign_character, is_language_tag, slugify, suggest_language_tag

_MARKS = {
    (each.example if each.example.startswith(".") else name): each.example
    for name, each in MARKS.items()
    if name not in (*DIFFICULTIES, "id", "time", "questions")
}
"""Marks that may follow a question's heading besides its identifier and its difficulty, with an example of each."""
_TIME_FIX = "write the seconds in which the answer is said behind the answer: `### Answer {time=30}`"
_WRITTEN_CATEGORIES = ("L", "N", "S")
"""The first letters of the Unicode categories of letters, numbers and symbols: a title has one of them at least."""
_LIKE_SUBQUESTION = re.compile(r"\(?(?:[A-Za-z]|\d{1,2}|[ivx]{1,4})[.)]\s")
"""The beginning of a heading that was meant as a question within a question."""
_QUESTION_MARKS = ("?", "\uff1f", "\u061f", "\u037e")
"""The marks behind a question in the scripts of the languages whose words the program has."""
_PICTURE = re.compile(r"<(?:code|img|math|svg)\b")
_MIN_TAG_SIMILARITY = 0.85
"""Ratio of difflib from which one tag is taken for another that is misspelt: `regularization` is (of `regularisation`),
`tokenisation` is not (of `optimisation`)."""
_MIN_KIND_SIMILARITY = 0.75
"""Ratio of difflib from which a mark is taken for that of a kind."""
_MIN_TAGGED_QUESTIONS = 20  # in a guide; with fewer, a tag that is used once is no surprise


def missing_answer(project: Project, guide: Guide) -> Iterator[Problem]:
    """Readers who turn to the key must find an answer there."""
    words = {word: part.name for part in guide.config.parts for word in part.words}
    suggester = NameSuggester(words)
    for chapter in guide.chapters:
        for question in chapter.questions:
            # Under a misspelt heading, or in code that has no end, there may be an answer; another rule reports those.
            headings = [part.heading for part in question.parts if not part.name]
            is_misspelt = any(words.get(suggester.find_nearest(each)) == "answer" for each in headings)
            if (
                question.is_answered
                or question.kind
                or question.choices  # `no_correct_choice` reports them
                or question.subquestions
                or is_misspelt
                or _has_misspelt_kind(question)
                or _is_part(question, guide)
                or is_cut_short(chapter)
            ):
                continue
            title = question.title.markdown
            if empty := next((part for part in question.parts if part.name == "answer"), None):
                found, fix = f"the answer to the question `{title}` is empty", f"write it below `### {empty.heading}`"
                yield Problem(empty.place, "missing-answer", found, fix)
            elif box := next(find_glued_boxes(question.stem), None):
                yield Problem(
                    box.place,
                    "missing-answer",
                    "the question has no answer, for its options have no blank behind their boxes",
                    box.fix,
                )
            else:
                found, fix = f"the question `{title}` has no answer", _find_answer_fix(guide, chapter, question)
                yield Problem(question.place, "missing-answer", found, fix)


def _has_misspelt_kind(question: Question) -> bool:
    """Return True for a question with a mark such as `.orderng`, which `unknown_mark` reports: its items are its answer."""
    suggester = NameSuggester(f".{kind}" for kind in KINDS)
    return any(mark.startswith(".") and suggester.find_nearest(mark, _MIN_KIND_SIMILARITY) for mark in question.unknown)


def _find_answer_fix(guide: Guide, chapter: Chapter, question: Question) -> str:
    """Return what to do about a question without an answer: an answer may stand below a bold word; an import may go without."""
    fix = "write `### Answer` and the answer below it"
    if not chapter.headings:  # a file of another format
        return f"{fix}, or let such questions stand with `--allow-missing-answers`"
    labels = (each for each in find_bold_labels(guide, question) if each.name in ANSWERING_PARTS)
    if label := next(labels, None):
        return f"write `{label.heading}` in the place of `{label.typed}` in line {label.place.line}"
    return fix


def missing_title(project: Project, guide: Guide) -> Iterator[Problem]:
    """Lists of contents, links and page references name a question by its title."""
    for question in guide.questions:
        html = question.title.html
        is_written = any(unicodedata.category(each)[0] in _WRITTEN_CATEGORIES for each in strip_tags(html))
        if not (is_written or _PICTURE.search(html)):
            fix = "write the question behind `##`, or put its text below the question before"
            yield Problem(question.place, "missing-title", "this question has no title", fix)


def unknown_part(project: Project, guide: Guide) -> Iterator[Problem]:
    """An edition puts a part where its name says, so a part without a known name would be nowhere."""
    suggester = NameSuggester({word for part in guide.config.parts for word in part.words})
    for question in guide.questions:
        for part in question.parts:
            if not part.name:
                fix = suggester.suggest(part.heading)
                if _LIKE_SUBQUESTION.match(part.heading):
                    fix = "write `### (a) …` for a question within a question, and `(b)`, `(c)` for those that follow"
                elif fix.startswith("write one of"):  # no name is near
                    fix += f", or declare it in guide.toml: `[parts.{slugify(part.heading)}]`"
                yield Problem(part.place, "unknown-part", f"there is no part `{part.heading}`", fix)


def repeated_part(project: Project, guide: Guide) -> Iterator[Problem]:
    """A reader would take the second of two parts with one name for a part of another question."""
    glued = [heading.place for chapter in guide.chapters for heading in find_glued_headings(project, chapter)]
    for question in guide.questions:
        names = [part.name for part in question.parts]
        for place, part in enumerate(question.parts):
            is_of_other = any(
                each.path == part.place.path and question.place.line < each.line < part.place.line for each in glued
            )  # `heading_level` reports that
            if part.name and part.name in names[:place] and not is_of_other:
                found = f"this question has the part `{part.heading}` already"
                yield Problem(part.place, "repeated-part", found, "put both texts under one heading")


def empty_part(project: Project, guide: Guide) -> Iterator[Problem]:
    """A heading without text promises something that is not there."""
    for question in guide.questions:
        for part in question.parts:
            if not part.text and (question.is_answered or part.name != "answer"):
                found = f"the part `{part.heading}` is empty"
                yield Problem(part.place, "empty-part", found, "write its text, or take the heading out")
        for choice in question.choices:
            if not choice.text.markdown:
                found = f"the option `{choice.letter}` is empty"
                yield Problem(choice.text.place, "empty-part", found, "write its text, or take it out")


def unknown_mark(project: Project, guide: Guide) -> Iterator[Problem]:
    """A misspelt difficulty would leave its question out of every selection."""
    difficulties = [f".{each}" for each in DIFFICULTIES]
    suggester = NameSuggester((*difficulties, *_MARKS))
    for question in guide.questions:
        if question.has_own_id and (foreign := find_foreign_character(question.id)):
            found = f"the identifier `{question.id[:60]}` has `{foreign}` where none can be"
            fix = f"write letters, digits, `-` and `_`, a letter first: `{{#{slugify(question.id)[:60]}}}`"
            yield Problem(question.place, "unknown-mark", found, fix)
        for mark in question.unknown:
            word = mark.partition("=")[0]
            if word.removeprefix(".") in (*KINDS, "shared") and question.kind:
                found, fix = f"the mark `{mark[:60]}` is the second of its kind", "leave one of them"
            elif word in _MARKS:
                found, fix = f"the mark `{mark[:60]}` cannot be used", f"write it once, such as `{_MARKS[word]}`"
            elif word == "time":
                found, fix = f"the question has the mark `{mark[:60]}`", _TIME_FIX
            elif word == "questions":
                found = f"the mark `{mark[:60]}` belongs to a text that questions share"
                fix = "write `.shared` with it, or take it out"
            elif word in difficulties or word.startswith("#"):
                found, fix = f"the mark `{mark[:60]}` is the second of its kind", "leave one of them"
            else:
                found = f"the question has the unknown mark `{mark[:60]}`"
                fix = suggester.suggest(word)
            yield Problem(question.place, "unknown-mark", found, fix)
        for each in question.subquestions:
            for mark in each.unknown:
                found = f"the sub-question `({each.letter})` has the mark `{mark[:60]}`, which only a question can have"
                fix = "write it behind the question; a sub-question has `marks=2` alone"
                if mark.removeprefix(".") in KINDS:
                    fix = f"ask it as a question of its own, `## … {{{mark}}}`: a sub-question has neither pairs nor steps nor options"
                yield Problem(each.title.place, "unknown-mark", found, fix)
        yield from _find_marks_of_parts(question)
    yield from _find_marks_of_divisions(guide)


def _find_marks_of_divisions(guide: Guide) -> Iterator[Problem]:
    for chapter in guide.chapters:
        for division in (each for each in chapter.divisions if not is_meant_as_question(each, chapter)):
            for mark in division.unknown:
                kind, known = (
                    ("shared text", "`#id`, `.shared` and `questions=2`") if division.count else ("section", "`#id`")
                )
                found = f"the {kind} has the mark `{mark[:60]}`, which means nothing there"
                yield Problem(division.place, "unknown-mark", found, f"take it out: a {kind} has {known}")


def _find_marks_of_parts(question: Question) -> Iterator[Problem]:
    for part in (each for each in question.all_parts if each.marks):
        found = f"the part `{part.heading}` has the marks `{{{part.marks[:60]}}}`, which only a question can have"
        fix = "write them behind the question, or take them out"
        if part.marks.startswith("time="):
            found = f"the mark `{part.marks[:60]}` cannot be used behind `{part.heading}`"
            fix = "write the seconds alone: `{time=30}`" if part.is_answer else _TIME_FIX
        yield Problem(part.place, "unknown-mark", found, fix)


def bad_language(project: Project, guide: Guide) -> Iterator[Problem]:
    """A screen reader speaks a text in its language, and print hyphenates the words by it."""
    for question in guide.questions:
        if question.lang and not is_language_tag(question.lang):
            found = f"`{question.lang}` is no language"
            yield Problem(question.place, "bad-language", found, suggest_language_tag(question.lang, "lang="))


def heading_level(project: Project, guide: Guide) -> Iterator[Problem]:
    """`#` is the title, `##` a question, `###` a part of it; screen readers navigate by these levels."""
    for chapter in guide.chapters:
        above = 1
        meant = {each.place.line: each for each in chapter.divisions if is_meant_as_question(each, chapter)}
        glued = {each.place: each for each in find_glued_headings(project, chapter)}
        headings = [*chapter.headings, *((each.level, place) for place, each in glued.items())]
        for level, place in sorted(headings, key=lambda each: each[1].line):
            if heading := glued.get(place):
                signs = "#" * level
                found = f"`{shorten_quotation(signs + heading.title.strip())}` is no heading, for it has no blank behind `{signs}`"
                yield Problem(place, "heading-level", found, f"write a blank behind `{signs}`")
                above = level
                continue
            if level == 1 and (division := meant.get(place.line)):
                found = f"the question `{division.title.markdown}` has the level of a section"
                yield Problem(division.place, "heading-level", found, "write `##` for a question")
                above = 2
                continue
            if level == 1 and chapter.kind != "questions":
                found, fix = "the chapter has a second title", "write `##`, or put it in a file of its own"
                yield Problem(place, "heading-level", found, fix)
            elif level > max(above, 1) + 1:
                found = f"a heading of level {level} follows one of level {above}"
                yield Problem(place, "heading-level", found, f"write `{'#' * (above + 1)}`")
            above = max(level, 1)
    for question in guide.questions:
        if _is_part(question, guide):
            title = question.title.markdown
            found = f"the part `{title}` has the level of a question"
            yield Problem(question.place, "heading-level", found, f"write `### {title}`")


def no_questions(project: Project, guide: Guide) -> Iterator[Problem]:
    """A chapter of prose must say so, or a forgotten `##` would go unnoticed."""
    for chapter in guide.chapters:
        if chapter.kind == "questions" and not chapter.questions and not find_glued_headings(project, chapter):
            fix = "begin each question with `## `, or write `kind: prose` in the front matter"
            yield Problem(chapter.place, "no-questions", "the chapter has no questions", fix)


def over_limit(project: Project, guide: Guide) -> Iterator[Problem]:
    """A guide must be buildable in a time and a memory that a machine has."""
    yield from check_limit("questions", len(guide.questions), "the guide", Place(project.content))
    for chapter in guide.chapters:
        yield from check_limit("title", len(chapter.title), "the title", chapter.place)
    for question in guide.questions:
        yield from check_limit("title", len(question.title.markdown), "the title", question.place)
        yield from check_limit("title", len(question.id), "the identifier", question.place)
        yield from check_limit("space", question.space or 0, "`space`", question.place)
        for part in question.all_parts:
            yield from check_limit("speaking-time", part.seconds or 0, "`time`", part.place)
        yield from check_limit("options", len(question.choices), "the question", question.place)
        yield from check_limit("items", len(question.items), "the question", question.place)
        yield from check_limit("blanks", len(question.blanks), "the question", question.place)
        for blank in question.blanks:
            yield from check_limit("answers", len(blank.answers), "this blank", blank.place)
        yield from check_limit("subquestions", len(question.subquestions), "the question", question.place)
        for marks in (question.marks, *(each.marks for each in question.subquestions)):
            yield from check_limit("marks", marks or 0, "`marks`", question.place)


def lone_tag(project: Project, guide: Guide) -> Iterator[Problem]:
    """A tag gathers questions; one that is used once is misspelt, or gathers nothing."""
    tagged = [(tag, question) for question in guide.questions for tag in question.tags]
    uses = Counter(tag for tag, _ in tagged)
    if len({question.id for _, question in tagged}) < _MIN_TAGGED_QUESTIONS:
        return
    suggester = NameSuggester(tag for tag, count in uses.items() if count > 1)
    for tag, question in tagged:
        if uses[tag] == 1:
            near = suggester.find_nearest(tag, _MIN_TAG_SIMILARITY)
            fix = (f"write `{near}`, " if near[:1] == tag[0] else "") + "give it to another question, or take it out"
            yield Problem(question.place, "lone-tag", f"no other question has the tag `{tag}`", fix)


def is_meant_as_question(division: Division, chapter: Chapter) -> bool:
    """Return True if the heading of a section was meant as that of a question: by its marks, by a part below it, or by its question mark."""
    if division.count or not chapter.headings:
        return False
    below = next((level for level, place in chapter.headings if place.line > division.place.line), 1)
    if below != 1:
        return below > 2
    known = {*_MARKS, *(f".{each}" for each in DIFFICULTIES)}
    has_marks = any(mark.partition("=")[0] in known for mark in division.unknown)
    return has_marks or division.title.markdown.rstrip().endswith(_QUESTION_MARKS)


def is_cut_short(chapter: Chapter) -> bool:
    """Return True if code or HTML without an end has swallowed the rest of the chapter."""
    return any(problem.rule in ("unclosed-fence", "unclosed-html") for problem in chapter.problems)


def _is_part(question: Question, guide: Guide) -> bool:
    """Return True if the heading of this question was meant as that of a part of the question before it."""
    words = {word.casefold() for part in guide.config.parts for word in part.words}
    return not question.is_answered and question.title.markdown.casefold() in words
