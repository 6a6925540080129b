"""Leave of the HTML of a text what a book may hold: HTML → HTML, and the Problems of what it loses.

The only file that knows the sanitiser. SECURITY.md lists what stays, and a test compares the lists.
"""

import re
from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase

import nh3

from studyguide.limits import LIMITS, check_limit
from studyguide.problems import Place, Problem
from studyguide.text import INVALID_XML_CHARACTER

ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title"},
    "a": {"href"},
    "img": {"alt", "src"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
}
TAGS = nh3.ALLOWED_TAGS | {"section", "figure", "figcaption", "mark"}
SWALLOWED = frozenset({"script", "style", "svg", "math", "template"})
"""Elements that go with all that is in them."""
REFUSED = SWALLOWED | {
    "applet", "audio", "base", "basefont", "bgsound", "big", "blink", "body", "button", "canvas", "command", "datalist",
    "dialog", "dir", "embed", "fieldset", "font", "form", "frame", "frameset", "head", "html", "iframe", "image", "input",
    "isindex", "keygen", "label", "legend", "link", "listing", "main", "marquee", "menu", "meta", "meter", "nobr",
    "noembed", "noframes", "noscript", "object", "optgroup", "option", "output", "param", "picture", "plaintext",
    "portal", "progress", "search", "select", "slot", "source", "textarea", "title", "track", "video", "xmp",
}  # fmt: skip
"""Elements of HTML that no book holds."""
RAW = SWALLOWED | {"iframe", "noembed", "noframes", "noscript", "plaintext", "select", "textarea", "title", "xmp"}
"""Elements whose beginning, without an end, would take along what follows it."""
KNOWN = TAGS | REFUSED
SCHEMES = {"http", "https", "mailto"}
ALIGNED = re.compile(r"\s*text-align:\s*(left|right|center|justify)\s*;?\s*")
SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Of all letters, which some languages change the number of, a tag has none but these."""
TAG = re.compile(r"<(/?)([A-Za-z][^\s<>/]*)([^<>]*)")
ATTRIBUTE = re.compile(r"\s*([^\s=\"'/<>]+)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
BARE = frozenset({
    "allowfullscreen", "async", "autoplay", "checked", "controls", "defer", "disabled", "hidden", "loop", "multiple",
    "muted", "open", "readonly", "required", "reversed", "selected",
})  # fmt: skip
"""Attributes that stand without a value."""
DECLARATION = re.compile(r"<(?:!--|[!?][^\s<>]*)")
SHOWN = 40
"""Characters of a tag that a message shows."""
TOLD = 100
"""Tags of one text that there are messages of."""
CHECKBOX = re.compile(r'<li class="task-list-item">(\s*<p>)?\s*<input type="checkbox" disabled( checked)?/>\s*')
"""What the task lists of Python-Markdown have for a box."""


def sanitised(page: str, locate: Callable[[str], Place]) -> tuple[str, list[Problem]]:
    """The HTML of a text with nothing in it but what the tables above allow, and what had to be left out of it.

    ``locate`` tells where in the text some characters stand.
    """
    page = CHECKBOX.sub(lambda box: f'<li class="task-list-item{" done" if box[2] else ""}">{box[1] or ""}', page)
    sieve = Sieve(locate)
    for pass_ in (sieve.opened, sieve.relieved, sieve.worded):
        page = pass_(page)
    problems = list(sieve.told.values())

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name in ("colspan", "rowspan"):
            span = int(value) if re.fullmatch("[0-9]{1,18}", value) else 0
            problems.extend(check_limit("span", span, f"`{name}`", locate(value)))
            return value if 0 < span <= LIMITS["span"].maximum else None
        if name == "style":
            return value if ALIGNED.fullmatch(value) else None
        return value

    clean = nh3.clean(
        page,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        filter_style_properties={"text-align"},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    for strange in dict.fromkeys(INVALID_XML_CHARACTER.findall(clean)):  # an entity may stand for what no file can hold
        found, fix = f"the character U+{ord(strange):04X} cannot be printed", "delete the entity that stands for it"
        problems.append(Problem(locate("&#"), "control-character", found, fix))
    return INVALID_XML_CHARACTER.sub("\ufffd", clean), problems


class Sieve:
    """What the sanitiser would drop in silence: what is text becomes text, and of the rest there are Problems."""

    def __init__(self, locate: Callable[[str], Place]) -> None:
        self.locate = locate
        self.told: dict[str, Problem] = {}
        """By the tag."""

    def stray(self, tag: str, found: str) -> str:
        """The tag as text."""
        shown = tag[:SHOWN].rstrip()
        if shown not in self.told and len(self.told) < TOLD:
            found = f"`{shown}{'' if tag[1] in '!?' else '>'}` {found}, and is printed as it stands"
            fix = "write `&lt;` for `<`, or put it into backticks"
            self.told[shown] = Problem(self.locate(shown), "stray-tag", found, fix)
        return "&lt;" + tag[1:]

    def left_out(self, name: str, more: str = "") -> None:
        tag = f"<{name}"
        if tag not in self.told and len(self.told) < TOLD:
            found = f"`{tag}>` is left out of the books{more}"
            fix = "save it as a figure" if name.lower() == "svg" else "take it out, or write what it says"
            self.told[tag] = Problem(self.locate(tag), "left-out", found, fix)

    def opened(self, page: str) -> str:
        """The page with a comment that has no end as text, and so instructions and the like, which a browser drops."""
        last = page.rfind("-->")

        def kept(mark: re.Match[str]) -> str:
            if mark[0] != "<!--":
                return self.stray(mark[0], "is no tag of HTML")
            return mark[0] if mark.start() < last else self.stray(mark[0], "has no end")

        return DECLARATION.sub(kept, page)

    def relieved(self, page: str) -> str:
        """The page without the elements that go with all that is in them."""
        small = page.translate(SMALL)
        last = {name: small.rfind(f"</{name}") for name in SWALLOWED}
        kept, done = [], 0
        for tag in TAG.finditer(page):
            name = tag[2].translate(SMALL)
            if tag[1] or tag.start() < done or tag.start() > last.get(name, -1):
                continue
            self.left_out(tag[2], ", with all that is in it")
            kept.append(page[done : tag.start()])
            done = small.find(">", small.find(f"</{name}", tag.start())) + 1 or len(page)
        return "".join([*kept, page[done:]])

    def worded(self, page: str) -> str:
        """The page with what only looks like a tag, as in ``vector<int>`` and ``a<b and c>d``, as text.

        An unknown element would be left out, and some of them, ``<set>`` and ``<int>`` among them, with all that follows.
        """
        small = page.translate(SMALL)
        last = {name: small.rfind(f"</{name}") for name in RAW}

        def kept(tag: re.Match[str]) -> str:
            name, closes = tag[2].translate(SMALL), bool(tag[1])
            ended = closes or tag.start() < last.get(name, len(page))
            if name in KNOWN and ended and are_attributes(tag[3]):
                if name in REFUSED and not closes:
                    self.left_out(tag[2])
                return tag[0]
            return "&lt;" + tag[0][1:] if closes else self.stray(tag[0], "is no tag of HTML" if ended else "has no end")

        return TAG.sub(kept, page)


def are_attributes(text: str) -> bool:
    """Whether this may stand behind the name of an element."""
    end = 0
    while found := ATTRIBUTE.match(text, end):
        if not found[2] and found[1].lower() not in BARE:
            return False
        end = found.end()
    return not text[end:].strip(" \t\n/\"'=")
