"""Formulas are set in SVG and told in words."""

import re

import pytest

from studyguide.maths import MathsError, typeset


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("a = b + 1", "a equals b plus 1"),
        (r"\hat{y}_i", "y hat sub i"),
        (r"x^2 + y^3", "x squared plus y cubed"),
        (r"\frac{a}{b}", "a over b"),
        (r"\sum_{i=1}^{n} w_i x_i", "sum from i equals 1 to n of w sub i x sub i"),
        (r"\mathbf{W}^\top", "W transposed"),
        (r"\sqrt{d_k}", "the square root of d sub k, end of root"),
    ],
)
def test_a_formula_is_told_as_a_teacher_would(latex: str, words: str) -> None:
    assert re.search("<title>(.*)</title>", typeset(latex, display=False))[1] == words


def test_brackets_round_a_large_sum_are_no_taller_than_the_sum() -> None:
    height = float(re.search(r"height:([\d.]+)em", typeset(r"\left(\sum_i x_i\right)", display=True))[1])
    assert 1.5 < height < 4


def test_what_cannot_be_set_is_said() -> None:
    with pytest.raises(MathsError, match="foo"):
        typeset(r"\foo", display=False)


def test_a_single_upright_letter_stays_upright() -> None:
    assert typeset(r"\mathrm{E}", False) != typeset("E", False)


def test_the_comma_of_a_number_has_no_space() -> None:
    narrow, wide = (float(typeset(latex, False).split('viewBox="')[1].split()[2]) for latex in ("1{,}000", "1,000"))
    assert narrow < wide - 5
