"""The table of all checks, and the function that runs them: Project, Guide → Problems.

To add a check, write a function ``(project, guide) -> Iterator[Problem]`` in the module of its subject, with a docstring that says
why the rule exists; put it into ``ERRORS`` or ``WARNINGS`` below; and describe the rule in docs/rules/, on a page that has the
function's name with hyphens. If it judges each chapter by itself, put it into ``CHAPTER_CHECKS`` too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from studyguide.model import Chapter, Guide, Project
from studyguide.problems import Problem
from studyguide.rules import (
    answers,
    choices,
    controls,
    editions,
    exams,
    figures,
    kinds,
    labels,
    latex,
    links,
    look,
    markdown,
    questions,
    styles,
    twins,
    words,
)
from studyguide.rules.ignore import find_unknown_rules
from studyguide.store import NULL_STORE, CacheStore, digest

Check = Callable[[Project, Guide], Iterator[Problem]]

# The book would be wrong.
ERRORS: tuple[Check, ...] = (
    questions.missing_title,
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
    choices.true_and_false,
    kinds.missing_items,
    kinds.missing_partner,
    kinds.empty_blank,
    kinds.marks_sum,
    kinds.subquestion_order,
    kinds.empty_section,
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
    styles.unsafe_style,
    styles.broken_style,
    look.unknown_face,
    editions.unknown_selection,
    editions.empty_edition,
    editions.press_date,
    exams.too_few_questions,
)

# The book could be better. A false alarm is worse than a miss; an `[[ignore]]` of guide.toml lets a warning stand.
WARNINGS: tuple[Check, ...] = (
    questions.lone_tag,
    labels.bold_label,
    links.file_link,
    links.unmarked_meaning,
    answers.echoed_question,
    answers.given_away,
    answers.long_answer,
    answers.long_speech,
    choices.longest_option,
    choices.same_letter,
    choices.missing_unit,
    choices.unmarked_option,
    choices.repeated_option,
    choices.single_option,
    twins.near_twins,
    markdown.raw_markdown,
    latex.raw_latex,
    markdown.lost_cell,
    markdown.missing_cell,
    markdown.unused_note,
    markdown.repeated_definition,
    markdown.diagram_source,
    words.lost_word,
    controls.bidi_control,
    editions.english_words,
    editions.review_start,
    editions.undated_deck,
    figures.small_label,
    figures.cut_label,
    kinds.tolerance_unit,
    styles.unused_token,
    look.missing_style,
    look.unread_file,
    look.low_contrast,
    look.small_text,
    look.tight_lines,
    look.narrow_measure,
    look.wide_measure,
)

_FIGURE_CHECKS: tuple[Check, ...] = (
    figures.broken_figure,
    figures.unsafe_figure,
    figures.figure_outside,
    figures.figure_name,
    figures.missing_alt,
    figures.small_label,
    figures.cut_label,
)
"""The checks that the figure of the cover has to pass, as those of each chapter have."""

CHAPTER_CHECKS: frozenset[Check] = frozenset({
    *_FIGURE_CHECKS,
    questions.missing_title,
    questions.missing_answer,
    questions.unknown_part,
    questions.repeated_part,
    questions.empty_part,
    questions.unknown_mark,
    questions.bad_language,
    questions.heading_level,
    questions.no_questions,
    choices.no_correct_choice,
    choices.true_and_false,
    kinds.missing_items,
    kinds.missing_partner,
    kinds.empty_blank,
    kinds.marks_sum,
    kinds.subquestion_order,
    kinds.empty_section,
    kinds.tolerance_unit,
    labels.bold_label,
    links.no_terms,
    links.unmarked_meaning,
    answers.echoed_question,
    answers.given_away,
    choices.missing_unit,
    choices.unmarked_option,
    choices.repeated_option,
    choices.single_option,
    markdown.raw_markdown,
    latex.raw_latex,
    markdown.lost_cell,
    markdown.missing_cell,
    markdown.unused_note,
    markdown.repeated_definition,
    markdown.diagram_source,
    words.lost_word,
    controls.bidi_control,
})  # fmt: skip
"""The checks of which each reads no more than one chapter at a time, its figures, the words for parts and the width of the pages. Their Problems are
kept in the cache until one of these changes; all other checks run in every build."""

# Warnings that other functions find, where the text is read or words are looked up.
_OTHER_WARNINGS = frozenset({
    "empty-link", "foreign-key", "left-out", "lost-title", "spelling", "stray-tag", "unused-ignore",
})  # fmt: skip


def name_rule(check: Check) -> str:
    """Return the name of the rule that a function checks: ``missing-answer``."""
    return check.__name__.replace("_", "-")


def list_warnings() -> frozenset[str]:
    """Return the names of all rules whose Problems are warnings."""
    return frozenset(map(name_rule, WARNINGS)) | _OTHER_WARNINGS


def find_problems(project: Project, guide: Guide, store: CacheStore = NULL_STORE) -> Iterator[Problem]:
    """Yield everything that is wrong, the problems that the earlier stages found included; ``store`` keeps those of a chapter."""
    yield from project.problems
    yield from guide.config.problems
    yield from find_unknown_rules(guide, list_warnings())
    yield from _run_checks(project, replace(guide, chapters=()), _FIGURE_CHECKS)
    page = figures.find_narrowest_page(project, guide.config)
    figures_by_path = {asset.path: asset.digest for asset in project.assets}
    for chapter in guide.chapters:
        yield from chapter.problems
        # A tag without an end that takes in what follows is reported once.
        unclosed = {problem.place for problem in chapter.problems if problem.rule == "unclosed-html"}
        for passage in chapter.passages:
            yield from (problem for problem in passage.problems if problem.place not in unclosed)
        yield from _check_or_recall(project, guide, chapter, figures_by_path, page, store)
    yield from _run_checks(project, guide, (check for check in (*ERRORS, *WARNINGS) if check not in CHAPTER_CHECKS))


def _check_or_recall(
    project: Project,
    guide: Guide,
    chapter: Chapter,
    figures_by_path: Mapping[str, str],
    page: tuple[float, str] | None,
    store: CacheStore,
) -> tuple[Problem, ...]:
    """Return what the checks of ``CHAPTER_CHECKS`` find in a chapter, from the store if it was checked before."""
    paths = dict.fromkeys(figure.path for passage in chapter.passages for figure in passage.figures)
    # The key of a chapter covers its text, the words for parts and the language. A chapter without one was not read by the pipeline.
    key = (
        digest("problems", chapter.key, page, *((path, figures_by_path.get(path)) for path in paths))
        if chapter.key
        else ""
    )
    found: tuple[Problem, ...] | None = store.get(key) if key else None
    if found is None:
        alone = replace(guide, chapters=(chapter,), config=replace(guide.config, cover="", logo="", own_figures=()))
        found = tuple(_run_checks(project, alone, (check for check in (*ERRORS, *WARNINGS) if check in CHAPTER_CHECKS)))
        if key:
            store.put(key, found)
    return found


def _run_checks(project: Project, guide: Guide, checks: Iterable[Check]) -> Iterator[Problem]:
    for check in checks:
        found = check(project, guide)
        yield from (replace(problem, severity="warning") for problem in found) if check in WARNINGS else found
