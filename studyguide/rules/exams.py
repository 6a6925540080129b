"""Checks of exams: Project, Guide → Problems."""

from collections.abc import Iterator

from studyguide.exams.draw import Draw, draw_questions
from studyguide.model import Guide, Project, Take
from studyguide.problems import Problem
from studyguide.rules.editions import find_setting, find_unknown_names
from studyguide.selection import select_questions


def too_few_questions(project: Project, guide: Guide) -> Iterator[Problem]:
    """An exam has as many questions as its author counts on, or its marks would not be those that were announced."""
    exams = {edition.table: edition for edition in guide.config.editions if edition.paper}
    for name, edition in exams.items():
        if not (project.config and edition.paper) or any(find_unknown_names(guide, edition)):
            continue  # `unknown_selection` reports the names
        for draw in draw_questions(select_questions(guide, edition), edition.paper.exam, edition.seed or 0):
            take = draw.take
            wanted = (len(set(take.questions)) or 1) if take.count is None else take.count
            if len(draw.questions) < wanted:
                place = find_setting(project.config, "take", name)
                found = f"the exam `{name}` takes {_describe(take)}, and {_describe_shortage(draw)}"
                yield Problem(place, "too-few-questions", found, _find_remedy(draw))


def _describe(take: Take) -> str:
    """Return what a ``Take`` asks for, in words."""
    conditions = [("of the chapter", take.chapter), ("that are", take.difficulty), ("with the tag", take.tag)]
    words = [f"{word} `{value}`" for word, value in conditions if value]
    if take.questions:
        words.append("of those that it names")
    return " ".join(["all questions" if take.count is None else f"{take.count} questions", *words])


def _describe_shortage(draw: Draw) -> str:
    if draw.available > len(draw.questions):
        return f"{len(draw.questions)} of {draw.available} fit, because those of a shared text stay together"
    return f"{draw.available} of them are left" if draw.available else "none of them is left"


def _find_remedy(draw: Draw) -> str:
    if draw.questions and draw.take.count is not None:
        return f"write `count = {len(draw.questions)}`, or add questions"
    return (
        "ask for others; a question is taken once, and `chapters`, `difficulties`, `tags` and `without` hold here too"
    )
