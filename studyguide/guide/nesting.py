"""Make elements stand where HTML allows them, in the tree of a passage: EPUB is XML, and its readers refuse what a browser mends."""

from lxml import etree
from lxml.html import HtmlElement

from studyguide.guide.passage_tree import PassageTree

_LISTS = ("ul", "ol")
_PARENTS = {
    "li": _LISTS,
    "dt": ("dl",),
    "dd": ("dl",),
    "figcaption": ("figure",),
    "summary": ("details",),
    "rt": ("ruby",),
    "rp": ("ruby",),
    "area": ("map",),
}
"""The elements that each of these has to stand in."""
_NOT_WITHIN = {"dfn": ("dfn",), "header": ("header", "footer"), "footer": ("header", "footer")}
"""The elements that each of these may not stand in, at any depth (HTML, 4.5.8, 4.3.8 and 4.3.9)."""
_LINES = ("li", "dt", "dd", "figcaption", "summary")
"""Elements that a line begins with, wherever they stand."""
INLINE_TAGS = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "kbd", "mark",
    "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var",
}  # fmt: skip
"""Elements that hold words and no blocks."""
_TRANSPARENT_TAGS = {"a", "del", "ins"}
"""Inline elements that may hold whatever the element around them may hold (HTML, 3.2.5.3)."""
_BLOCK_TAGS = (
    "article", "aside", "blockquote", "details", "div", "dl", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "nav", "ol", "p", "pre", "section", "table", "ul",
)  # fmt: skip


def mend_nesting(tree: PassageTree) -> None:
    """Give each element that stands where it may not another name, or what it lacks; all words stay."""
    root = tree.root
    for element in list(root.iter("data", "map", "rtc", "time", "bdo")):
        if element.tag != "bdo" or element.get("dir") not in ("ltr", "rtl"):
            element.tag = "span"
    for group in list(root.iter("hgroup")):  # it must have one heading, and nothing says more than a `div` would
        group.tag = "div"
    for inner in list(root.iter(*_NOT_WITHIN)):
        if any(around.tag in _NOT_WITHIN[inner.tag] for around in inner.iterancestors()):
            inner.tag = "span" if inner.tag in INLINE_TAGS else "div"
    for block in list(root.iter(*_BLOCK_TAGS)):
        _turn_parents_into_blocks(block)
    for word_break in list(root.iter("wbr")):  # libxml2 knows no `wbr`, and puts what follows into it
        word_break.addprevious(etree.Element("wbr"))
        word_break.drop_tag()
    for holder in list(root.iter("ul", "ol", "dl", "details", "ruby", "figure")):
        _mend_holder(holder)
    for element in list(root.iter(*_PARENTS)):
        parent = element.getparent()
        if parent.tag not in _PARENTS[element.tag]:
            if element.tag == "area":
                element.drop_tree()
            else:
                element.tag = "div" if element.tag in _LINES and parent.tag not in INLINE_TAGS else "span"


def _turn_parents_into_blocks(block: HtmlElement) -> None:
    """Turn the inline elements around a block into `div` elements."""
    for around in block.iterancestors():
        if around.tag in INLINE_TAGS - _TRANSPARENT_TAGS:
            around.tag = "div"


def _mend_holder(holder: HtmlElement) -> None:
    """Mend an element that may hold certain others alone."""
    tags = [child.tag for child in holder]
    if holder.tag in _LISTS:
        _wrap_strays(holder, ("li",), "li")
    elif holder.tag == "dl":
        if not {"dt", "dd"} <= set(tags):
            holder.tag = "div"
        else:
            _wrap_strays(holder, ("dt", "dd"), "dd")
    elif holder.tag == "details":
        _mend_details(holder)
    elif holder.tag == "ruby":
        _mend_ruby(holder)
    elif holder.tag == "figure":
        _mend_figure(holder)


def _mend_ruby(ruby: HtmlElement) -> None:
    """Move what has no annotation behind it out of a `ruby`, which ends with an annotation."""
    children = list(ruby)
    notes = [number for number, child in enumerate(children) if child.tag == "rt"]
    if not notes:
        ruby.tag = "span"
        return
    last = notes[-1]
    while last + 1 < len(children) and children[last + 1].tag == "rp" and not (children[last].tail or "").strip():
        last += 1
    rest, after = children[last + 1 :], ruby.tail or ""
    ruby.tail, children[last].tail = children[last].tail, None
    for child in reversed(rest):
        ruby.addnext(child)  # with its own tail, behind that of the ruby
    end = rest[-1] if rest else ruby
    end.tail = (end.tail or "") + after


def _mend_figure(figure: HtmlElement) -> None:
    """Keep one caption, the first or the last thing of a figure."""
    captions = [child for child in figure if child.tag == "figcaption"]
    for number, caption in enumerate(captions):
        is_first = caption.getprevious() is None and not (figure.text or "").strip()
        is_last = caption.getnext() is None and not (caption.tail or "").strip()
        if number or not (is_first or is_last):
            caption.tag = "div"


def _wrap_strays(holder: HtmlElement, allowed: tuple[str, ...], tag: str) -> None:
    """Put whatever else stands in a list into items of it."""
    item = None
    if (holder.text or "").strip():
        item = etree.Element(tag)
        item.text, holder.text = holder.text, None
        holder.insert(0, item)
    for child in list(holder):
        if child is item:
            continue
        if child.tag not in allowed and isinstance(child.tag, str):
            if item is None:
                item = etree.Element(tag)
                child.addprevious(item)
            item.append(child)
        elif (child.tail or "").strip():
            item = etree.Element(tag)
            item.text, child.tail = child.tail, None
            child.addnext(item)
        else:
            item = None


def _mend_details(details: HtmlElement) -> None:
    """Put the summary first; a text without one is a text like others."""
    summary = next((child for child in details if child.tag == "summary"), None)
    if summary is None:
        details.tag = "div"
        return
    before = details.text or ""
    if not before.strip() and details[0] is summary:
        return
    text = summary.tail or ""
    summary.tail = None
    previous = summary.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + text
        text = ""
    details.text = None
    details.insert(0, summary)
    summary.tail = before + text
