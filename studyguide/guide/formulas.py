"""Replace the formulas of a page by drawings: HTML → HTML and Problems."""

import html
import re
from collections.abc import Mapping

from studyguide import maths
from studyguide.guide.places import find_place
from studyguide.guide.wording import Wording
from studyguide.limits import check_limit
from studyguide.model import Passage
from studyguide.problems import Problem

# pymdownx.arithmatex in its generic form.
_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def draw_formulas(
    page: str, passage: Passage, wording: Wording, drawings: Mapping[tuple[str, bool], str]
) -> tuple[str, list[Problem]]:
    """Return the HTML with a drawing for each formula, and a Problem for each one that is too large or no LaTeX.

    ``drawings`` are those that were drawn before with the same wording, by LaTeX and whether they stand on lines of their own.
    """
    problems: list[Problem] = []

    def draw(match: re.Match[str]) -> str:
        is_display = match[2] == "["
        latex = html.unescape(match[3]).strip()
        place = find_place(passage, latex.splitlines()[0]) if latex else passage.place
        too_large = [
            *check_limit("formula", len(latex), "the formula", place),
            *check_limit("formula-nesting", maths.measure_nesting(latex), "the formula", place),
        ]
        if too_large:
            problems.extend(too_large)
            return ""
        try:
            known = drawings.get((latex, is_display))
            svg = known or maths.set_formula(latex, is_display, wording.locale, wording.is_borrowed)
        except maths.MathsError as error:
            fix = "write LaTeX that needs no package, such as `\\frac{1}{2}`"
            problems.append(Problem(place, "bad-maths", f"the formula `{latex}` cannot be set: {error}", fix))
            return ""
        return f'<div class="formula">{svg}</div>' if is_display else svg

    return _FORMULA.sub(draw, page), problems
