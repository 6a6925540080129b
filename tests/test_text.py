"""Lines of code and words that stay together on the printed page."""

import re

import pytest

from studyguide.compose.typography import add_no_break_spaces
from studyguide.guide.code import divide_listings
from studyguide.model import Html

LONG = """\
import numpy as np
import os


def f(x):
    y = x
    return y


@cached
def g(x):
    for a in x:
        print(a)
    return x
print(g(1))
# 1
print(g(2))
print(g(3))
"""


def split(code: str) -> list[str]:
    """The pieces of a listing that no page divides."""
    return re.findall(r'<span class="kept">(.*?)</span>', divide_listings(f"<pre><code>{code}</code></pre>"), re.DOTALL)


def test_a_listing_is_divided_before_statements_and_in_no_block() -> None:
    pieces = split(LONG)
    assert "".join(pieces) == LONG
    assert [piece.splitlines()[0] for piece in pieces] == ["import numpy as np", "@cached"]


def test_a_long_run_is_divided_before_statements() -> None:
    code = "".join(f"x{number} = f(\n    {number}\n)\n" for number in range(6))
    pieces = split(code)
    assert "".join(pieces) == code
    assert len(pieces) > 1
    assert all(piece.startswith("x") and piece.endswith("\n)\n") for piece in pieces)


@pytest.mark.parametrize(
    ("typed", "together"),
    [
        ("<p>an image of 5 × 5, and</p>", "5\u00a0×\u00a05,"),
        ("<p>a product 5 × 5 × 3</p>", "5 × 5 ×\u00a03"),
        ("<p>it costs 40 / 50 of all</p>", "40\u00a0/\u00a050"),
        ("<p>in arXiv:1607.06450, too</p>", '<span class="nowrap">arXiv:1607.06450</span>'),
        ("<p>one<span>A paper, CVPR 2016.</span> two</p>", "CVPR\u00a02016.</span>"),
        ("<pre>5 × 5 and interpolated.</pre>", "<pre>5 × 5 and interpolated.</pre>"),
    ],
)
def test_what_belongs_together_stands_on_one_line(typed: str, together: str) -> None:
    assert together in add_no_break_spaces(Html(typed))
