"""Write a page in fewer bytes: HTML → HTML that a browser shows in the same way.

A chapter is marked up once for all editions. What only a printed page or an EPUB needs of that is left out here.
"""

import re
from functools import lru_cache
from xml.etree import ElementTree

_ARTICLE = '<article class="question"'
_QUESTION = re.compile(rf"{_ARTICLE}[^<>]*>")
_TERM_LINK = re.compile(r'<a id="[^"]*" class="term" href="([^"]*)">(.*?)</a>', re.DOTALL)
_TERM_ANCHOR = re.compile(r'<span id="[^"]*" class="term">((?:(?!<span\b).)*?)</span>', re.DOTALL)
_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_NAMESPACE = re.compile(r' xmlns="[^"]*"')
_DISPLAY = "display"
_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_SPAN = re.compile(r"<span(?: class=\"(\w+)\"[^>]*|[^>]*)>|</span>")
_FACES = {"bold": "b", "italic": "i"}
"""Classes of highlighted code, and elements that look so."""
_LAYERS = ("kept", "long")
"""Classes of code that tell a printed page where it may break, and where its long lines go on."""
_LINE_BREAK = "<wbr/>"
"""A place where a long line of code may break. Code on a web page moves sideways, and a browser would break it all the same."""
_BLANK_LINES = re.compile(r"\n(?=\n)(?![^<]*</pre>)")
_MARKS = re.compile("<!--/?text-->")
_SORTING = re.compile(r' data-(?:number|difficulty|tags)="[^"]*"')
"""Attributes that sort the texts of the search; the start page repeats them for the self-test."""
_LEAD_IN = ' class="lead-in"'
_TAG = re.compile(r"<[a-z][^<>]*>")
_QUOTED = re.compile(r' ([a-z-]+)="([\w.#:-]+)"(?=[ >])')
_BRACKETS = tuple("()[]{}⌊⌋⌈⌉⟨⟩")


def make_lean(html: str) -> str:
    """Return a page whose formulas are MathML with less in it."""
    html = _ARTICLE.join(map(_keep_first_terms, html.split(_ARTICLE)))
    html = _TERM_ANCHOR.sub(r"\1", html)
    html = _FORMULA.sub(lambda formula: _lighten_formula(formula[0]), html)
    html = _CODE.sub(lambda code: _lighten_code(code[0]), html)
    html = _QUESTION.sub(lambda tag: _SORTING.sub("", tag[0]), html)
    html = _BLANK_LINES.sub("\n", _MARKS.sub("", html.replace(_LEAD_IN, "")))
    return _TAG.sub(lambda tag: _QUOTED.sub(r" \1=\2", tag[0]), html)


def _keep_first_terms(piece: str) -> str:
    """Return a question in which a term is a link where it is used first. On paper a link takes no room, and here it is most of a page."""
    known: set[str] = set()

    def keep(link: re.Match[str]) -> str:
        if link[1] in known:
            return link[2]
        known.add(link[1])
        return f'<a class="term" href="{link[1]}">{link[2]}</a>'

    return _TERM_LINK.sub(keep, piece)


@lru_cache(maxsize=4096)
def _lighten_formula(formula: str) -> str:
    """Return MathML without its label, rows of a single element and attributes that say what is so without them."""
    root = ElementTree.fromstring(_NAMESPACE.sub("", formula))  # noqa: S314 - ``maths`` wrote it
    display = root.get(_DISPLAY)
    root.attrib = {_DISPLAY: "block"} if display == "block" else {}
    for sign in root.iter("mo"):
        sign.attrib.pop("fence", None)  # MathML Core knows it not
        if sign.text in _BRACKETS and sign.get("stretchy") == "true":
            del sign.attrib["stretchy"]
    for holder in root.iter():
        for place, child in enumerate(holder):
            holder[place] = _unwrap(child)
    if len(root) == 1 and _is_plain_row(root[0]):
        root[:] = list(root[0])
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def _unwrap(element: ElementTree.Element) -> ElementTree.Element:
    """Return the only element of a row, or of a row in a row; another element as it is."""
    while _is_plain_row(element) and len(element) == 1:
        element = element[0]
    return element


def _is_plain_row(element: ElementTree.Element) -> bool:
    return element.tag == "mrow" and not element.attrib


def _lighten_code(code: str) -> str:
    """Return code whose words in bold and italic are elements instead of classes, without marks for pages and for the ends of lines."""
    ends: list[str] = []

    def lighten(tag: re.Match[str]) -> str:
        if tag[0] == "</span>":
            return ends.pop()
        name = _FACES.get(tag[1] or "", "")
        ends.append(f"</{name}>" if name else "" if tag[1] in _LAYERS else "</span>")
        return f"<{name}>" if name else "" if tag[1] in _LAYERS else tag[0]

    return _SPAN.sub(lighten, code.replace(_LINE_BREAK, ""))
