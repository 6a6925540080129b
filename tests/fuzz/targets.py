"""Targets that a fuzzer feeds: each takes any bytes, and raises nothing but the errors that the program raises on purpose."""

from collections.abc import Callable

from studyguide.drawings import inline_drawing
from studyguide.importers import translate
from studyguide.locale import load_locale
from studyguide.maths import MathsError, set_formula
from studyguide.model import Asset, Project, Source
from studyguide.pipeline import OUTPUTS, read_guide
from studyguide.problems import ContentError
from studyguide.reading.config import configure
from studyguide.rules.check import find_problems
from studyguide.rules.figure_faults import judge_asset
from studyguide.svg import BrokenDrawingError


def text(data: bytes) -> str:
    """As a file would be read: valid, with line ends of one kind."""
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def project(data: bytes) -> Project:
    return Project("content", None, (Source("content/01-case.md", text(data)),))


def chapter(data: bytes) -> None:
    guide = read_guide(project(data))
    for problem in find_problems(project(data), guide):
        str(problem)


def foreign(data: bytes) -> None:
    try:
        ours, _ = translate(project(data))
    except ContentError:
        return
    guide = read_guide(ours)
    for problem in find_problems(ours, guide):
        str(problem)


def config(data: bytes) -> None:
    configure(Source("content/guide.toml", text(data)), OUTPUTS, ("a4", "letter"))


def maths(data: bytes) -> None:
    for display in (False, True):
        try:
            set_formula(text(data), display, load_locale("en"))
        except MathsError as error:
            str(error)


def drawing(data: bytes) -> None:
    for fault in judge_asset(Asset("x.svg", data)):
        str(fault)
    try:
        inline_drawing(data, "A drawing.", "x")
    except BrokenDrawingError as error:
        str(error)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (chapter, foreign, config, maths, drawing)
}
