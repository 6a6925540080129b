"""Tests of the look of code, and of lines and words that stay together on the printed page."""

import pytest
from lxml.html import fragment_fromstring

from studyguide.compose.typography import add_no_break_spaces
from studyguide.guide.code import divide_listings
from studyguide.guide.passage_tree import PassageTree
from studyguide.guide.places import SourceLines
from studyguide.model import NOWHERE, Html, Passage
from studyguide.text import slugify, split_words

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


def divide(html: str) -> str:
    """A passage of this HTML with its listings divided."""
    tree = PassageTree(fragment_fromstring(html, create_parent="div"), SourceLines(Passage("", NOWHERE)))
    divide_listings(tree)
    return tree.write_html()


def split(code: str) -> list[str]:
    """The pieces of a listing that no page divides."""
    listing = divide(f"<pre><code>{code}</code></pre>").removesuffix("</code></pre>")
    return [piece.removesuffix("</span>") for piece in listing.split('<span class="kept">')[1:]]


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
    ("tokens", "printed"),
    [
        (
            '<span class="k">def</span><span class="w"> </span><span class="nf">f</span><span class="p">():</span>',
            '<span class="bold">def f</span>():',
        ),
        (
            '<span class="kn">import</span><span class="w"> </span><span class="nn">os</span>  <span class="c1"># files</span>',
            '<span class="bold">import</span> os  <span class="italic"># files</span>',
        ),
        (
            '<span class="k">if</span> <span class="c1"># or</span> <span class="c1">not</span>',
            '<span class="bold">if</span> <span class="italic"># or not</span>',
        ),
        ('<span class="note">by the author</span>', '<span class="note">by the author</span>'),
    ],
)
def test_code_has_a_span_for_each_run_that_looks_different(tokens: str, printed: str) -> None:
    assert split(tokens) == [printed]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        (
            "<pre><code>one <b>bold\ntwo</b> three\n</code></pre>",
            "one <b>bold\n</b><b>two</b> three\n",
        ),
        ('<pre><code>a<br/>b <a href="#c">d <i>e</i> f</a>\n</code></pre>', 'a<br/>b <a href="#c">d <i>e</i> f</a>\n'),
    ],
)
def test_what_an_author_marks_in_code_stays_marked_on_each_line(typed: str, printed: str) -> None:
    assert divide(typed) == f'<pre><code><span class="kept">{printed}</span></code></pre>'


@pytest.mark.parametrize("html", ["<pre>no code\nhere</pre>", "<p>a <code>word</code></p>"])
def test_only_listings_are_divided(html: str) -> None:
    assert divide(html) == html


def test_a_long_run_of_code_may_break_between_tokens_that_look_alike() -> None:
    names = "".join(f'<span class="n">name{number}</span><span class="p">.</span>' for number in range(9))
    assert "name0<wbr/>.<wbr/>name1" in split(names)[0]


@pytest.mark.parametrize(
    ("typed", "together"),
    [
        ("<p>an image of 5 × 5, and</p>", "5\u00a0×\u00a05,"),
        ("<p>a product 5 × 5 × 3</p>", "5 × 5 ×\u00a03"),
        ("<p>it costs 40 / 50 of all</p>", "40\u00a0/\u00a050"),
        (
            "<p>a 20-layer network, 64-bit</p>",
            '<span class="nowrap">20-layer</span> network, <span class="nowrap">64-bit</span>',
        ),
        ("<p>from 2019-bis-2020, page-20-left</p>", "2019-bis-2020, page-20-left"),
        ("<p>есть 40 слоёв и 2,5 секунды тут</p>", "40\u00a0слоёв и 2,5\u00a0секунды"),
        ("<p>इसमें 40 सेकंड हैं और भी</p>", "40\u00a0सेकंड"),
        ("<p>Сеть — функция с параметрами — и всё</p>", "Сеть\u00a0— функция с параметрами\u00a0— и"),
        ("<p>in arXiv:1607.06450, too</p>", '<span class="nowrap">arXiv:1607.06450</span>'),
        ("<p>one<span>A paper, CVPR 2016.</span> two</p>", "CVPR\u00a02016.</span>"),
        ("<pre>5 × 5 and interpolated.</pre>", "<pre>5 × 5 and interpolated.</pre>"),
    ],
)
def test_what_belongs_together_stands_on_one_line(typed: str, together: str) -> None:
    assert together in add_no_break_spaces(Html(typed))


def test_a_word_holds_its_vowel_signs_and_accents() -> None:
    assert split_words("क्या प्रश्न है, nai\u0308ve, 2 слоя") == ("क्या", "प्रश्न", "है", "nai\u0308ve", "2", "слоя")
    assert slugify("तंत्रिका जाल क्या है?") == "तंत्रिका-जाल-क्या-है"
