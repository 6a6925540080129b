"""Tell whether a file is one of a program for quizzes, and read it: Source → Quiz, or Problems."""

from collections.abc import Iterator

from studyguide.importers.quizzes.gift import is_gift, read_gift
from studyguide.importers.quizzes.moodle_xml import is_moodle_xml, read_moodle_xml
from studyguide.importers.quizzes.values import BrokenQuizError, Quiz
from studyguide.limits import check_limit
from studyguide.model import Source
from studyguide.problems import Place, Problem


def is_quiz(source: Source) -> bool:
    """Return True for a file of a program for quizzes, or one that has the name of such a file."""
    return _is_xml(source) or is_gift(source.path, source.text)


def _is_xml(source: Source) -> bool:
    return source.path.lower().endswith(".xml") or is_moodle_xml(source.text)


def read_quiz(source: Source) -> Quiz:
    """Return what a file of a program for quizzes holds. Raises BrokenQuizError."""
    if _is_xml(source):
        return read_moodle_xml(source.path, source.text)
    return read_gift(source.path, source.text)


def find_broken_quiz(source: Source) -> Iterator[Problem]:
    """Yield why a file of a program for quizzes cannot be read."""
    fix = "export the questions from Moodle again, as `Moodle XML format` or `GIFT format`"
    try:
        quiz = read_quiz(source)
    except BrokenQuizError as error:
        yield Problem(Place(source.path, error.line, 1), "not-markdown", str(error), fix)
        return
    if not quiz.exercises:
        yield Problem(Place(source.path, 1, 1), "not-markdown", "no question is found in this quiz", fix)
    for picture in quiz.pictures:
        yield from check_limit("figure", len(picture.data), f"the figure `{picture.path}`", Place(source.path))
