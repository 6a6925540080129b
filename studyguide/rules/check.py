"""The table of all checks, and the function that runs them: Project, Guide → Problems.

To add a check, write a function ``(project, guide) -> Iterator[Problem]`` in the module of its subject, with a docstring that says
why the rule exists; put it into ``ERRORS`` or ``WARNINGS`` below; and describe the rule in docs/rules/, on a page that has the
function's name with hyphens.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from studyguide.model import Guide, Project
from studyguide.problems import Problem
from studyguide.rules import answers, choices, editions, figures, links, markdown, questions, twins
from studyguide.rules.ignore import find_unknown_rules

Check = Callable[[Project, Guide], Iterator[Problem]]

# The book would be wrong.
ERRORS: tuple[Check, ...] = (
    questions.missing_answer,
    questions.unknown_part,
    questions.repeated_part,
    questions.empty_part,
    questions.unknown_mark,
    questions.bad_language,
    questions.heading_level,
    questions.no_questions,
    questions.over_limit,
    choices.no_correct_choice,
    links.duplicate_id,
    links.broken_link,
    links.missing_term,
    links.no_terms,
    figures.missing_figure,
    figures.broken_figure,
    figures.unsafe_figure,
    figures.figure_outside,
    figures.figure_name,
    figures.missing_alt,
    editions.right_to_left_book,
    editions.unknown_selection,
    editions.empty_edition,
    editions.press_date,
)

# The book could be better. A false alarm is worse than a miss; an `[[ignore]]` of guide.toml lets a warning stand.
WARNINGS: tuple[Check, ...] = (
    questions.lone_tag,
    answers.echoed_question,
    answers.given_away,
    answers.long_answer,
    choices.longest_option,
    choices.same_letter,
    choices.missing_unit,
    twins.near_twins,
    markdown.raw_markdown,
    markdown.unused_note,
)

# Warnings that other functions find, where the text is read or words are looked up.
_OTHER_WARNINGS = frozenset({"left-out", "spelling", "stray-tag", "unused-ignore"})


def name_rule(check: Check) -> str:
    """Return the name of the rule that a function checks: ``missing-answer``."""
    return check.__name__.replace("_", "-")


def list_warnings() -> frozenset[str]:
    """Return the names of all rules whose Problems are warnings."""
    return frozenset(map(name_rule, WARNINGS)) | _OTHER_WARNINGS


def find_problems(project: Project, guide: Guide) -> Iterator[Problem]:
    """Yield everything that is wrong, the problems that the earlier stages found included."""
    yield from project.problems
    yield from guide.config.problems
    yield from find_unknown_rules(guide, list_warnings())
    for chapter in guide.chapters:
        yield from chapter.problems
        for passage in chapter.passages:
            yield from passage.problems
    for check in ERRORS:
        yield from check(project, guide)
    for check in WARNINGS:
        yield from (replace(problem, severity="warning") for problem in check(project, guide))
