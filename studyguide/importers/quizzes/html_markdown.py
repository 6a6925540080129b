"""Turn the HTML of a quiz into our Markdown."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from studyguide.exercises import GAP
from studyguide.importers.quizzes.xml_tree import measure_depth
from studyguide.limits import LIMITS

Element = Any  # lxml.html.HtmlElement

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_HEADING = re.compile(r"h[1-6]")
_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "del": "~~", "s": "~~", "strike": "~~"}
_KEPT_TAGS = frozenset(("ins", "kbd", "mark", "sub", "sup", "u"))
_CODE = frozenset(("code", "samp", "tt"))
_UNSEEN = frozenset(("script", "style", "template"))
_FORMULA = re.compile(r"\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]|\$\$(.{1,2000}?)\$\$", re.DOTALL)
_DISPLAYED = re.compile(r"\\\[.{1,2000}?\\\]|\$\$.{1,2000}?\$\$", re.DOTALL)
_SIGNS = re.compile(
    r"[\\`*\[\]$]|(?<=\])\(|(?<!\w)_(?!__)|(?<!__)_(?!\w)|&(?=#?\w+;)|<(?=[A-Za-z/!?])|~(?=~)|=(?==)|\+(?=\+)|%(?=%)|\{(?=[-+~=>])|:(?=\w+:)"
)
"""The characters that Markdown would take for more."""
_LINE_START = re.compile(r"(?:[-+#>=:~|!?](?=\s|[-+#>=:~|!?])|_(?=__+\s*$)|\d{1,9}(?=[.)]\s))")
_OUTER_LINK = ("https:", "http:", "mailto:")


def convert_html(markup: str) -> str:
    """Return the Markdown of a piece of HTML; of one that is nested too deep, its words."""
    if not markup.strip():
        return ""
    try:
        root = lxml_html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return escape_text(markup)
    if measure_depth(root) > LIMITS["nesting"].maximum:
        return escape_text(" ".join(root.itertext()))
    return "\n\n".join(_write_blocks(root))


def escape_text(text: str) -> str:
    """Return the Markdown of plain text on one line, its formulas as ours."""
    text = re.sub(r"[ \t\r\n\f]+", " ", text)
    pieces, done = [], 0
    for formula in _FORMULA.finditer(text):
        pieces += [_escape(text[done : formula.start()]), f"${(formula[1] or formula[2] or formula[3]).strip()}$"]
        done = formula.end()
    return "".join((*pieces, _escape(text[done:])))


def escape_start(line: str) -> str:
    """Return a line of Markdown that begins no list, heading or quotation."""
    start = _LINE_START.match(line)
    if not start:
        return line
    return f"{start[0]}\\{line[start.end() :]}" if start[0][0].isdecimal() else f"\\{line}"


def _escape(text: str) -> str:
    return _SIGNS.sub(lambda sign: f"\\{sign[0]}", text)


# ---------------------------------------------------------------- blocks


def _write_blocks(element: Element) -> list[str]:
    """Return what is in an element as blocks; texts between blocks are paragraphs."""
    blocks: list[str] = []
    run = [escape_text(element.text or "")]

    def end_paragraph() -> None:
        blocks.extend(_write_paragraph("".join(run)))
        run.clear()

    for child in element:
        if isinstance(child.tag, str) and child.tag in _BLOCKS:
            end_paragraph()
            blocks += _write_block(child)
        elif isinstance(child.tag, str):
            run.append(_write_inline(child))
        run.append(escape_text(child.tail or ""))
    end_paragraph()
    return blocks


def _write_paragraph(text: str) -> Iterator[str]:
    """Yield a paragraph, if there is a text."""
    lines = [escape_start(re.sub(r" {2,}", " ", line.strip())) for line in text.split("\n")]
    while lines and lines[-1] in ("", "\\"):
        lines.pop()
    if lines:
        yield "\n".join(lines).removesuffix("\\").strip()


def _write_block(element: Element) -> list[str]:
    tag = element.tag
    writers: dict[str, Callable[[Element], list[str]]] = {
        "pre": _write_code_block,
        "ul": _write_list,
        "ol": _write_list,
        "table": _write_table,
        "blockquote": _write_quotation,
        "hr": lambda _: ["***"],
    }
    if writer := writers.get(tag):
        return writer(element)
    if _HEADING.fullmatch(tag):
        words = " ".join(_write_inside(element).split())
        return [f"#### {words}"] if words else []
    if display := _find_display(element):
        return [f"$$\n{display}\n$$"]
    return _write_blocks(element)


def _find_display(element: Element) -> str:
    """Return the LaTeX of a paragraph that is one formula on a line of its own; empty for others."""
    text = "".join(element.itertext()).strip()
    formula = _FORMULA.fullmatch(text) if _DISPLAYED.fullmatch(text) else None
    return (formula[2] or formula[3] or "").strip() if formula else ""


def _write_code_block(element: Element) -> list[str]:
    text = "".join(element.itertext()).strip("\n")
    ticks = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    return [f"{fence}\n{text}\n{fence}"]


def _write_list(element: Element) -> list[str]:
    items = []
    for number, item in enumerate((each for each in element if each.tag == "li"), 1):
        mark = f"{number}. " if element.tag == "ol" else "- "
        blocks = _write_blocks(item)
        items.append(mark + "\n\n".join(blocks).replace("\n", f"\n{' ' * len(mark)}"))
    return ["\n".join(re.sub(r"\n +(?=\n|$)", "\n", item) for item in items)] if items else []


def _write_quotation(element: Element) -> list[str]:
    lines = "\n\n".join(_write_blocks(element)).split("\n")
    return ["\n".join(f"> {line}".rstrip() for line in lines)]


def _write_table(element: Element) -> list[str]:
    rows = [[_write_cell(cell) for cell in row if cell.tag in ("td", "th")] for row in element.iter("tr")]
    rows = [row for row in rows if row]
    if not rows:
        return _write_blocks(element) if element.tag != "table" else []
    width = max(map(len, rows))
    head, *others = [[*row, *[""] * (width - len(row))] for row in rows]
    lines = [head, ["---"] * width, *others]
    return ["\n".join(f"| {' | '.join(line)} |" for line in lines)]


def _write_cell(cell: Element) -> str:
    return re.sub(r"\\?\n+", " ", " ".join(_write_blocks(cell))).replace("|", "\\|")


# ---------------------------------------------------------------- in a line


def _write_inside(element: Element) -> str:
    pieces = [escape_text(element.text or "")]
    for child in element:
        if isinstance(child.tag, str):
            pieces.append(_write_inline(child))
        pieces.append(escape_text(child.tail or ""))
    return "".join(pieces)


def _write_inline(element: Element) -> str:
    tag = element.tag
    if tag in _UNSEEN:
        return ""
    if tag == "br":
        return "\\\n"
    if tag == "img":
        return _write_picture(element)
    if tag in _CODE:
        return _write_code(" ".join("".join(element.itertext()).split()))
    inside = _write_inside(element)
    if tag == "a" and (element.get("href") or "").startswith(_OUTER_LINK) and inside.strip():
        return f"[{inside}]({_write_address(element.get('href'))})"
    if tag in _MARKS:
        return _mark(inside, _MARKS[tag])
    if tag in _KEPT_TAGS and inside.strip():
        return f"<{tag}>{inside}</{tag}>"
    return inside


def _mark(text: str, sign: str) -> str:
    """Return a text between signs, its outer spaces outside of them."""
    words = text.strip()
    if not words or GAP in words:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{sign}{words}{sign}{after}"


def _write_code(text: str) -> str:
    if not text:
        return ""
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if "`" in (text[0], text[-1]) else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _write_picture(element: Element) -> str:
    words = _escape(" ".join((element.get("alt") or "").split()))
    return f"![{words}]({_write_address(element.get('src') or '')})"


def _write_address(address: str) -> str:
    return re.sub(r"[\s<>()]", lambda sign: f"%{ord(sign[0]):02X}", address.strip())
