"""Tell whether a file is one of a program for quizzes, and read it: Source → Quiz, or Problems."""

import re
from collections.abc import Iterator

from studyguide.importers.quizzes.gift import is_gift, read_gift
from studyguide.importers.quizzes.moodle_xml import is_moodle_xml, read_moodle_xml
from studyguide.importers.quizzes.qti_package import read_qti_item, read_qti_package
from studyguide.importers.quizzes.values import BrokenQuizError, Quiz
from studyguide.limits import check_limit
from studyguide.model import Source
from studyguide.problems import Place, Problem

_QTI_ITEM = re.compile(r"\s*(?:<\?xml[^<>]*\?>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:\w+:)?assessmentItem\b", re.DOTALL)
_FIX_OF_QTI = "export the questions again, as a package of `QTI 2.1`"


def is_quiz(source: Source) -> bool:
    """Return True for a file of a program for quizzes, or one that has the name of such a file."""
    return bool(source.files) or _is_package(source) or _is_xml(source) or is_gift(source.path, source.text)


def _is_package(source: Source) -> bool:
    return source.path.lower().endswith(".zip")


def _is_qti_item(source: Source) -> bool:
    return _QTI_ITEM.match(source.text) is not None


def _is_xml(source: Source) -> bool:
    return source.path.lower().endswith(".xml") or is_moodle_xml(source.text) or _is_qti_item(source)


def read_quiz(source: Source) -> Quiz:
    """Return what a file of a program for quizzes holds. Raises BrokenQuizError."""
    if _is_package(source):
        return read_qti_package(source.path, source.files)
    if _is_qti_item(source):
        return read_qti_item(source.path, source.text)
    if _is_xml(source):
        return read_moodle_xml(source.path, source.text)
    return read_gift(source.path, source.text)


def find_broken_quiz(source: Source) -> Iterator[Problem]:
    """Yield why a file of a program for quizzes cannot be read."""
    is_qti = _is_package(source) or _is_qti_item(source)
    fix = _FIX_OF_QTI if is_qti else "export the questions from Moodle again, as `Moodle XML format` or `GIFT format`"
    try:
        quiz = read_quiz(source)
    except BrokenQuizError as error:
        path = f"{source.path}/{error.path}" if error.path else source.path
        place = Place(path) if _is_package(source) and not error.path else Place(path, error.line, 1)
        yield Problem(place, "not-markdown", str(error), fix)
        return
    if not quiz.exercises:
        place = Place(source.path) if _is_package(source) else Place(source.path, 1, 1)
        yield Problem(place, "not-markdown", "no question is found in this quiz", fix)
    for picture in quiz.pictures:
        yield from check_limit("figure", len(picture.data), f"the figure `{picture.path}`", Place(source.path))
