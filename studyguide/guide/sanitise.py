"""Remove from the HTML of a text what a book may not hold: HTML → HTML, and a Problem for everything that is lost.

The only module that uses nh3. SECURITY.md lists what stays, and a test compares the lists.
"""

import re
from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase

import nh3

from studyguide.guide.classes import OWN_CLASS, SANITISED_CLASS
from studyguide.guide.links import REFUSED
from studyguide.guide.places import PLACE, forget_place
from studyguide.limits import LIMITS, check_limit
from studyguide.problems import Place, Problem
from studyguide.text import INVALID_XML_CHARACTER

ALLOWED_ATTRIBUTES = {
    "*": {"align", "class", "dir", "id", "lang", "title"},
    "a": {"href", "name"},
    "img": {"alt", "height", "src", "style", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
}
ALLOWED_TAGS = nh3.ALLOWED_TAGS | {"big", "section", "figure", "figcaption", "mark"}
_DROPPED_WITH_CONTENT = frozenset({"script", "style", "svg", "math", "template"})
"""Elements that are removed with everything in them."""
_REFUSED_TAGS = _DROPPED_WITH_CONTENT | {
    "applet", "audio", "base", "basefont", "bgsound", "blink", "body", "button", "canvas", "command", "datalist",
    "dialog", "dir", "embed", "fieldset", "font", "form", "frame", "frameset", "head", "html", "iframe", "image", "input",
    "isindex", "keygen", "label", "legend", "link", "listing", "main", "marquee", "menu", "meta", "meter", "nobr",
    "noembed", "noframes", "noscript", "object", "optgroup", "option", "output", "param", "picture", "plaintext",
    "portal", "progress", "search", "select", "slot", "source", "textarea", "title", "track", "video", "xmp",
}  # fmt: skip
"""Elements of HTML that no book holds."""
_NEEDS_END_TAG = _DROPPED_WITH_CONTENT | {
    "iframe", "noembed", "noframes", "noscript", "plaintext", "select", "textarea", "title", "xmp",
}  # fmt: skip
"""Elements whose start tag, without an end tag, would take along the text that follows."""
_KNOWN_TAGS = ALLOWED_TAGS | _REFUSED_TAGS
URL_SCHEMES = {"http", "https", "mailto"}
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_VALUES = {
    "dir": re.compile("ltr|rtl|auto", re.IGNORECASE),
    "id": re.compile(r"\S+"),
    "reversed": re.compile("|reversed"),
    "scope": re.compile("row|col|rowgroup|colgroup"),
    "start": _INTEGER,
    "type": re.compile("[1aAiI]"),
    "value": _INTEGER,
}
"""The values that attributes may have (HTML, 4.4 and 4.9); another one means nothing to a browser, and is left out."""
_TEXT_ALIGN = re.compile(r"\s*text-align:\s*(left|right|center|justify)\s*;?\s*")
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""For names of tags; ``str.lower`` changes the length of some texts (``İ``), and with it the positions in them."""
_TAG = re.compile(r"<(/?)([A-Za-z][^\s<>/]*)([^<>]*)")
_ATTRIBUTE = re.compile(r"\s*([^\s=\"'/<>]+)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_BOOLEAN_ATTRIBUTES = frozenset({
    "allowfullscreen", "async", "autoplay", "checked", "compact", "controls", "defer", "disabled", "hidden", "loop", "multiple",
    "muted", "noshade", "nowrap", "open", "readonly", "required", "reversed", "selected",
})  # fmt: skip
"""Attributes without a value."""
_DECLARATION = re.compile(r"<(?:!--|[!?][^\s<>]*)")
_MAX_SHOWN_TAG = 40  # characters of a tag in a message
_MAX_MESSAGES = 100  # about the tags of one text


def sanitise_html(page: str, locate: Callable[[str], Place]) -> tuple[str, list[Problem]]:
    """Return the HTML with nothing in it but what the tables above allow, and a Problem for everything removed.

    ``locate`` returns the place of some characters in the source of the text.
    """
    tag_filter = _TagFilter(locate)
    page = tag_filter.escape_declarations(page)
    page = tag_filter.drop_elements_with_content(page)
    page = tag_filter.escape_unknown_tags(page)
    problems = list(tag_filter.problems.values())

    def filter_attribute(tag: str, name: str, value: str) -> str | None:
        if name in ("colspan", "rowspan"):
            span = int(value) if re.fullmatch("[0-9]{1,18}", value) else 0
            problems.extend(check_limit("span", span, f"`{name}`", locate(value)))
            return value if 0 < span <= LIMITS["span"].maximum else None
        if name in _VALUES and not _VALUES[name].fullmatch(value):
            return None
        if name == "style":
            return value if tag == "img" or _TEXT_ALIGN.fullmatch(value) else None
        return value

    clean = nh3.clean(
        page,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES
        | {"*": ALLOWED_ATTRIBUTES["*"] | {PLACE, OWN_CLASS}, "a": ALLOWED_ATTRIBUTES["a"] | {REFUSED}},
        attribute_filter=filter_attribute,
        filter_style_properties={"height", "text-align", "width"},
        url_schemes=URL_SCHEMES,
        link_rel=None,
    ).replace(f" {OWN_CLASS}=", f" {SANITISED_CLASS}=")
    for character in dict.fromkeys(INVALID_XML_CHARACTER.findall(clean)):  # an entity may stand for one
        found, fix = f"the character U+{ord(character):04X} cannot be printed", "delete the entity that stands for it"
        problems.append(Problem(locate("&#"), "control-character", found, fix))
    return INVALID_XML_CHARACTER.sub("\ufffd", clean), problems


class _TagFilter:
    """Escapes or reports the tags that nh3 would drop silently."""

    def __init__(self, locate: Callable[[str], Place]) -> None:
        self.locate = locate
        self.problems: dict[str, Problem] = {}
        """By the tag, so that each is reported once."""

    def escape_declarations(self, page: str) -> str:
        """Escape comments without an end, and declarations and instructions (``<!x``, ``<?x``), which a browser drops."""
        last_end = page.rfind("-->")

        def escape(mark: re.Match[str]) -> str:
            if mark[0] != "<!--":
                return self._escape(mark[0], "is no tag of HTML")
            return mark[0] if mark.start() < last_end else self._escape(mark[0], "has no end")

        return _DECLARATION.sub(escape, page)

    def drop_elements_with_content(self, page: str) -> str:
        """Remove the elements that must go with everything in them."""
        lower = page.translate(_ASCII_LOWER)
        last_end = {name: lower.rfind(f"</{name}") for name in _DROPPED_WITH_CONTENT}
        kept, done = [], 0
        for tag in _TAG.finditer(page):
            name = tag[2].translate(_ASCII_LOWER)
            if tag[1] or tag.start() < done or tag.start() > last_end.get(name, -1):
                continue
            self._report_removal(tag[0], ", with all that is in it")
            kept.append(page[done : tag.start()])
            done = lower.find(">", lower.find(f"</{name}", tag.start())) + 1 or len(page)
        return "".join([*kept, page[done:]])

    def escape_unknown_tags(self, page: str) -> str:
        """Escape what only looks like a tag, as in ``vector<int>`` and ``a<b and c>d``, and report refused elements.

        nh3 would drop an unknown element, and some of them, ``<set>`` and ``<int>`` among them, with all that follows.
        """
        lower = page.translate(_ASCII_LOWER)
        last_end = {name: lower.rfind(f"</{name}") for name in _NEEDS_END_TAG}

        def escape(tag: re.Match[str]) -> str:
            name, is_end = tag[2].translate(_ASCII_LOWER), bool(tag[1])
            has_end = is_end or tag.start() < last_end.get(name, len(page))
            if name in _KNOWN_TAGS and has_end and _are_attributes(tag[3]):
                if name in _REFUSED_TAGS and not is_end:
                    self._report_removal(tag[0])
                return tag[0]
            if is_end:
                return "&lt;" + forget_place(tag[0])[1:]
            return self._escape(tag[0], "is no tag of HTML" if has_end else "has no end")

        return _TAG.sub(escape, page)

    def _escape(self, tag: str, finding: str) -> str:
        """Return the tag as text, and report it."""
        marked, tag = tag, forget_place(tag)
        shown = tag[:_MAX_SHOWN_TAG].rstrip()
        if self._needs_report(shown):
            place = self.locate(marked)
            found = f"`{shown}{'' if tag[1] in '!?' else '>'}` {finding}, and is printed as it stands"
            fix = "write `&lt;` for `<`, or put it into backticks"
            self.problems[shown] = Problem(place, "stray-tag", found, fix, severity="warning")
        return "&lt;" + tag[1:]

    def _report_removal(self, start: str, extent: str = "") -> None:
        """Report that the element with this start tag is left out."""
        name = start[1:].split(maxsplit=1)[0].rstrip("/>")
        tag = f"<{name}"
        if self._needs_report(tag):
            found = f"`{tag}>` is left out of the books{extent}"
            fix = "save it as a figure" if name.lower() == "svg" else "take it out, or write what it says"
            self.problems[tag] = Problem(self.locate(start), "left-out", found, fix, severity="warning")

    def _needs_report(self, tag: str) -> bool:
        return tag not in self.problems and len(self.problems) < _MAX_MESSAGES


def _are_attributes(text: str) -> bool:
    """Return True if the text may follow the name of an element in a start tag."""
    end = 0
    while found := _ATTRIBUTE.match(text, end):
        if not found[2] and found[1].lower() not in _BOOLEAN_ATTRIBUTES:
            return False
        end = found.end()
    return not text[end:].strip(" \t\n/\"'=")
