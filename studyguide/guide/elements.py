"""Figures, tables, and paragraphs that introduce what follows: changes of the tree of a passage in place."""

import re

from lxml import etree
from lxml.html import HtmlElement

from studyguide.guide.links import HEADINGS
from studyguide.guide.nesting import INLINE_TAGS
from studyguide.guide.passage_tree import PassageTree
from studyguide.html_text import make_file_address, read_file_path
from studyguide.model import Figure
from studyguide.problems import Place, Problem

_LIST_STYLES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_STYLE_SIZE = re.compile(r"(?:^|;)\s*(width|height)\s*:([^;]*)")
_SIZE = re.compile(r"\s*((?:[1-9]\d{0,3}|0)(?:\.\d{1,3})?)\s*(px|%|em|ex|cm|mm|in|pt|pc)?\s*")
_THEME = re.compile(r"#(?:gh-|only-)?(light|dark)(?:-mode-only|-only)?$")
_SUCCESSORS = {
    "acronym": ("abbr", ""),
    "big": ("span", "font-size: 1.2em"),
    "center": ("div", "text-align: center"),
    "strike": ("s", ""),
    "tt": ("code", ""),
}
"""The name and the style of what stands for an element of HTML 4."""
_ALIGNED = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "thead", "tbody", "caption"}
_SIDES = {"left": "margin-left: 0", "right": "margin-right: 0"}
"""The style of a picture that stands at one side of the measure."""
_CLOSING_MARKS = (".", ",", ":", ";", "!", "?", ")", "]", "}", "/")
"""Marks that no line begins with, whatever stands before them."""
_MANY_COLUMNS = 6  # columns from which on the words of a table are divided on a small screen


def renew_old_markup(tree: PassageTree) -> None:
    """Replace elements and attributes of HTML 4 that HTML 5, and with it EPUB, no longer has by what looks alike."""
    for element in tree.root.iter():
        if element.tag in _SUCCESSORS:
            element.tag, style = _SUCCESSORS[element.tag]
            _add_style(element, style)
        if element.tag == "img":
            continue
        align = element.attrib.pop("align", "").lower().replace("middle", "center")
        if element.tag == "table" and align == "center":
            _add_style(element, "margin-left: auto; margin-right: auto")
        elif element.tag in _ALIGNED and align in ("left", "right", "center", "justify"):
            _add_style(element, f"text-align: {align}")


def _add_style(element: HtmlElement, style: str) -> None:
    """Add a declaration to those that an element has; its own come last, and count."""
    if style:
        element.set("style", "; ".join(filter(None, (style, element.get("style", "")))))


def set_figures(tree: PassageTree) -> None:
    """Turn a picture that is a paragraph by itself into a ``<figure>``, and find all pictures, also those within text."""
    figures = []
    _wrap_bare_images(tree.root)
    _choose_light_pictures(tree.root)
    for image in list(tree.root.iter("img")):
        path, alt = read_file_path(image.get("src", "")), image.get("alt", "")
        figures.append(Figure(path, alt, tree.find_place(image)))
        image.set("alt", alt)
        if "src" in image.attrib and "://" not in path and not path.startswith("data:"):
            image.set("src", make_file_address(path))
        side = image.attrib.pop("align", "").lower()
        _set_size(image)
        if _is_alone(image):
            _add_style(image, _SIDES.get(side, ""))
            paragraph = image.getparent()
            figure = paragraph.getparent()
            if figure.tag != "figure":
                figure = etree.Element("figure")
                paragraph.addprevious(figure)
                figure.tail, paragraph.tail = paragraph.tail, None
                figure.append(paragraph)
            paragraph.text = image.tail = None
            if class_ := image.attrib.pop("class", None):
                figure.set("class", class_)
    tree.figures = tuple(figures)


def _is_alone(image: HtmlElement) -> bool:
    """Return True if a picture is a paragraph by itself."""
    paragraph = image.getparent()
    is_only_child = paragraph.tag == "p" and len(paragraph) == 1
    is_without_text = not (paragraph.text or "").strip() and not (image.tail or "").strip()
    return is_only_child and is_without_text and next(paragraph.iterancestors(*INLINE_TAGS), None) is None


def print_titles(tree: PassageTree) -> None:
    """Make captions of the titles of figures, for paper has no pointer, and report each other title of a picture."""
    for image in tree.root.iter("img") if tree.has_captions else ():
        title, paragraph = image.get("title"), image.getparent()
        if title and _is_alone(image) and paragraph.getparent().find("figcaption") is None:
            del image.attrib["title"]
            caption = etree.Element("figcaption")
            caption.text = re.sub(r"(?<=\w)'(?=\w)", "’", title)
            paragraph.addnext(caption)
        elif title and title != image.get("alt"):
            tree.problems.append(_report_title(title, read_file_path(image.get("src", "")), tree.find_place(image)))


def _report_title(title: str, path: str, place: Place) -> Problem:
    found = f"the title `{title}` of the picture `{path}` is not printed"
    fix = "let the picture be a paragraph by itself, or write the words into the text"
    return Problem(place, "lost-title", found, fix, severity="warning")


def _choose_light_pictures(root: HtmlElement) -> None:
    """Keep the picture for a light page of two that are the same, and drop what tells them apart from their addresses."""
    pictures = [(image, _THEME.search(image.get("src", ""))) for image in root.iter("img")]
    has_light = any(mark and "light" in mark[1] for _, mark in pictures)
    for image, mark in pictures:
        if mark and "dark" in mark[1] and has_light:
            image.drop_tree()
        elif mark:
            image.set("src", image.get("src")[: mark.start()])


def _wrap_bare_images(root: HtmlElement) -> None:
    """Make a paragraph of each picture that stands beside paragraphs, as an ``<img>`` on a line of its own does."""
    for image in root.xpath("./img"):
        before = image.getprevious()
        text_before = (root.text if before is None else before.tail) or ""
        if text_before.strip() or (image.tail or "").strip():
            continue
        paragraph = etree.Element("p")
        image.addprevious(paragraph)
        paragraph.tail, image.tail = image.tail, None
        paragraph.append(image)


def _set_size(image: HtmlElement) -> None:
    """Keep the size that the author asks for: a length, in pixels without a unit, or a share of the measure.

    Of two lengths the width is kept, so that a picture keeps its proportions where the measure is narrower.
    """
    typed = {name: image.attrib.pop(name, "") for name in ("width", "height")}
    typed |= dict(_STYLE_SIZE.findall(image.attrib.pop("style", "")))
    name = "width" if typed["width"] else "height"
    if match := _SIZE.fullmatch(typed[name]):
        _add_style(image, f"{name}: {match[1]}{match[2] or 'px'}")


def number_lists(tree: PassageTree) -> None:
    """Let lists begin and count as they are written: WeasyPrint knows no ``start`` and no ``type``, EPUB none that are wrong."""
    for element in tree.root.xpath(".//*[@value][not(self::li and parent::ol)]"):
        del element.attrib["value"]
    for each in tree.root.iter("ol"):
        _number_backwards(each)
        start, kind = _pop_number(each, "start"), each.get("type")
        if start is not None:
            each.set("start", str(start))
            _add_style(each, f"counter-reset: list-item {start - 1}")
        _number_items(each, 1 if start is None else start)
        if kind in _LIST_STYLES:
            _add_style(each, f"list-style-type: {_LIST_STYLES[kind]}")
        else:
            each.attrib.pop("type", None)


def _pop_number(element: HtmlElement, name: str) -> int | None:
    """Take an attribute away; return its value if that is a whole number."""
    value = element.attrib.pop(name, "")
    return int(value) if re.fullmatch(r"\s*-?\d{1,9}\s*", value) else None


def _number_backwards(numbered: HtmlElement) -> None:
    """Give each item of a list that counts backwards its number."""
    if numbered.attrib.pop("reversed", None) is None:
        return
    items = [child for child in numbered if child.tag == "li"]
    start = _pop_number(numbered, "start")
    number = len(items) if start is None else start
    for item in items:
        own = _pop_number(item, "value")
        number = number if own is None else own
        item.set("value", str(number))
        number -= 1


def _number_items(numbered: HtmlElement, number: int) -> None:
    """Let the items of a list count on from those that say their number, in WeasyPrint, which does not know ``value``."""
    for item in numbered.iterchildren("li"):
        own = _pop_number(item, "value")
        if own is not None:
            item.set("value", str(own))
            _add_style(item, f"counter-increment: list-item {own - number + 1}")
            number = own
        number += 1


def mark_lead_ins(tree: PassageTree) -> None:
    """Mark each paragraph that must stay with the block below it: one that ends in a colon, or stands between heading and table."""
    for paragraph in tree.root.iter("p"):
        above, below = paragraph.getprevious(), paragraph.getnext()
        if below is None:
            continue
        introduces_table = below.tag == "table" and above is not None and above.tag in HEADINGS
        if introduces_table or "".join(paragraph.itertext()).rstrip().endswith(":"):
            paragraph.set("class", "lead-in")


def allow_breaks_before_code(tree: PassageTree) -> None:
    """Let a line end before code that begins with a mark such as the point of `.md`.

    Unicode's rules for lines (UAX #14, LB13) keep such a mark with the word before it, even behind a space.
    """
    for code in list(tree.root.iter("code")):
        previous, parent = code.getprevious(), code.getparent()
        before = previous.tail if previous is not None else parent.text if parent is not None else ""
        if (before or "").endswith((" ", "\n")) and (code.text or "").startswith(_CLOSING_MARKS):
            code.addprevious(etree.Element("wbr"))


def set_tables(tree: PassageTree) -> None:
    """Mark wide tables, and give each cell a head of its column or row."""
    for table in tree.root.iter("table"):
        rows = [row for row in table.iter("tr") if len(row)]
        # The styles of e-readers cannot count columns.
        if max(map(len, rows), default=0) >= _MANY_COLUMNS:
            table.set("class", "many")
        if rows and all(cell.tag == "th" for cell in rows[0]):
            _complete_heads(*rows)
    for cell in tree.root.iter("th"):
        cell.set("scope", cell.get("scope", "col"))


def _complete_heads(head: HtmlElement, *rows: HtmlElement) -> None:
    """Fill the empty cells of a table's first row; below an empty corner, make the first cell of each row its head."""
    empty = [cell for cell in head if cell.find(".//img") is None and not "".join(cell.itertext()).strip()]
    for cell in empty:
        cell.text = "–"
    if head[0] in empty:
        head[0].tag, head[0].text = "td", ""
        for row in rows:
            row[0].tag = "th"
            row[0].set("scope", "row")
    if len(empty) == len(head):
        part = head.getparent()
        part.remove(head)
        if not len(part):
            part.getparent().remove(part)
