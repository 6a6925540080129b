"""Judge what the templates of a guide print: HTML → the first Danger in it, or None.

A book holds words, figures, formulas and links. What runs, fetches, asks or leads to a program is a danger, and so is HTML that
readers of XML refuse: two readers could take it for different things.
"""

import re
from collections.abc import Container
from typing import NamedTuple
from xml.parsers import expat

from studyguide.html_text import read_file_path
from studyguide.limits import LIMITS

_HTML = frozenset({
    "a", "abbr", "acronym", "area", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "body", "br", "caption", "center", "cite",
    "code", "col", "colgroup", "data", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "img", "ins", "kbd", "li", "link", "main", "map", "mark", "meta",
    "nav", "ol", "p", "pre", "q", "rp", "rt", "rtc", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tr", "tt", "u", "ul", "var", "wbr",
})  # fmt: skip
_DRAWINGS = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "defs", "use", "symbol", "title", "desc", "text",
    "tspan", "clipPath", "linearGradient", "radialGradient", "stop", "marker", "mask", "pattern",
})  # fmt: skip
_FORMULAS = frozenset({
    "math", "mi", "mn", "mo", "ms", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "merror", "mpadded", "mphantom",
    "mfenced", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none", "mtable",
    "mtr", "mtd", "mlabeledtr", "semantics", "annotation",
})  # fmt: skip
_ELEMENTS = _HTML | _DRAWINGS | _FORMULAS
_CONTROLS = frozenset({"button", "dialog", "form", "input", "label", "option", "progress", "select", "template"})
"""Elements of controls, which only a page with a script may have."""
_INPUTS = ("checkbox", "radio", "search", "text")
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'"
)
"""The Content Security Policy of a web page: a browser loads and runs nothing else."""
_POLICY_TAG = {"http-equiv": "Content-Security-Policy", "content": POLICY}
_SCRIPT_TAG = {"src": "site.js"}
_ICON_TAG = {"rel": "icon", "href": "data:,"}
_DECLARATION = re.compile(r"<!(?!DOCTYPE html>|--(?!-?>)[^<>]*-->)", re.IGNORECASE)
"""Comments and CDATA sections that a browser reads in another way than a reader of XML."""
_FIELD = re.compile(r"\{\{[#^/]?(?:hint:)?(\w+)\}\}")
_COMMAND = re.compile(r"\[(?:sound:|anki:|/?latex\]|/?\$\$?\])", re.IGNORECASE)
"""The commands of Anki that play a sound, speak a text or run LaTeX."""
_NAMESPACES = {
    "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "http://www.idpf.org/2007/ops",
    "http://www.w3.org/1999/xlink",
}  # fmt: skip
_ADDRESSES = ("href", "src", "xlink:href")
_REFUSED_ATTRIBUTES = frozenset({
    "action", "background", "base", "data", "formaction", "http-equiv", "manifest", "ping", "poster", "srcdoc", "srcset", "xml:base",
})  # fmt: skip
_SCHEME = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
_LINK = re.compile(r"(?:#|https?://|mailto:)", re.IGNORECASE)
_FETCHING_STYLE = re.compile(r"url|src|image|element|expression|import|[@\\]", re.IGNORECASE)
_STYLESHEET = {"rel": "stylesheet", "href": "style.css", "type": "text/css"}
_DEEPEST = LIMITS["nesting"].maximum + 20  # those of a text, and around it those of the program's templates
_DECLARED = ("<?xml", "<!DOCTYPE")


class Danger(NamedTuple):
    """A thing that no template may print."""

    found: str
    """In words."""
    sign: str
    """A piece of text that a template which prints it is likely to hold."""
    is_broken: bool = False
    """True if the HTML cannot be read."""
    fix: str = "leave it out: a template prints words, figures and links"
    """The remedy."""


class Medium(NamedTuple):
    """The permissions of an output: its documents may hold these things besides words, figures, formulas and links."""

    has_script: bool = False
    """True for pages of the web, with the program's script and the buttons that it serves."""
    card_fields: tuple[str, ...] = ()
    """The fields that a face of a card may show, for cards."""

    @property
    def is_browsed(self) -> bool:
        """True if a browser reads the documents as HTML, and no e-reader as XML."""
        return self.has_script or bool(self.card_fields)


BOOK = Medium()


def is_document(html: str) -> bool:
    """Return True for a whole document, and False for a piece of one."""
    return html.lstrip().startswith(_DECLARED)


def find_danger(html: str, medium: Medium = BOOK, is_card_face: bool = False) -> Danger | None:
    """Return the first danger in a document, or in a piece of one; ``is_card_face`` is true for one that Anki fills in."""
    if medium.is_browsed and (mark := _DECLARATION.search(html)):
        return Danger("a comment that a browser could read otherwise", html[mark.start() : mark.start() + 4])
    if is_card_face and (danger := _find_card_danger(html, medium.card_fields)):
        return danger
    judge = _Judge(medium, is_card_face)
    parser = expat.ParserCreate()
    parser.StartElementHandler = judge.see_element
    parser.EndElementHandler = judge.see_end
    parser.CharacterDataHandler = judge.see_text
    parser.ProcessingInstructionHandler = judge.see_instruction
    parser.StartDoctypeDeclHandler = judge.see_doctype
    is_whole = is_document(html)
    try:
        parser.Parse((html.lstrip() if is_whole else f"<body>{html}</body>").encode(), True)
    except expat.ExpatError as error:
        if judge.danger is None:
            found = f"what it prints is not well-formed: {expat.errors.messages[error.code]}"
            return Danger(
                found, "", is_broken=True, fix="close each element, and write each attribute in quotation marks"
            )
    if medium.has_script and is_whole and not judge.has_policy:
        fix = 'print the head of the program: `{% from "frame.html" import head %}`, as its `web/document.html` does'
        return judge.danger or Danger("a page without the policy of the program", "<head", fix=fix)
    return judge.danger


def _find_card_danger(html: str, fields: Container[str]) -> Danger | None:
    """Return what Anki would run, or fill in as more than the text of a field."""
    rest = _FIELD.sub(lambda match: "" if match[1] in fields else match[0], html)
    if "{{" in rest:
        return Danger("what Anki replaces, and what is no field of a card", "{{")
    command = _COMMAND.search(html)
    return Danger(f"what Anki takes for a command: `{command[0]}`", command[0]) if command else None


class _Judge:
    """Collects the first danger of a document that expat reads."""

    def __init__(self, medium: Medium, is_card_face: bool) -> None:
        self.medium, self.is_card_face = medium, is_card_face
        self.elements = _ELEMENTS | _CONTROLS if medium.has_script else _ELEMENTS
        self.has_policy = False
        """True once the page has said what a browser may load."""
        self.danger: Danger | None = None
        self.depth = 0
        self.ids: set[str] = set()
        self.hole: list[str] | None = None
        """The text of the hole that is open."""

    def report(self, found: str, sign: str) -> None:
        self.danger = self.danger or Danger(found, sign)

    def break_off(self, found: str, sign: str, fix: str) -> None:
        self.danger = self.danger or Danger(found, sign, is_broken=True, fix=fix)

    def see_end(self, _: str) -> None:
        self.depth -= 1
        if self.hole is not None and not "".join(self.hole).isdigit():
            self.break_off("a hole holds digits", "hole", "print it as `{{ hole }}`, which has them")
        self.hole = None

    def see_text(self, text: str) -> None:
        if self.hole is not None:
            self.hole.append(text)

    def see_element(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            found = f"its elements are more than {_DEEPEST} deep inside each other"
            self.break_off(found, f"<{tag}", "write fewer elements inside each other")
        if self.hole is not None or "hole" in attributes.get("class", "").split():
            self.hole = []
        if name := attributes.get("id"):
            # A card's fields are written without identifiers.
            if name in self.ids and not self.medium.card_fields:
                self.break_off(f"two elements have the identifier `{name}`", name, "give each an `id` of its own")
            self.ids.add(name)
        if self.medium.has_script and self.see_frame(tag, attributes):
            return
        if tag not in self.elements:
            self.report(f"the element `{tag}`", f"<{tag}")
        if tag == "input" and attributes.get("type") not in _INPUTS:
            self.report("a field of this kind", "<input")
        if tag == "link" and any(_STYLESHEET.get(name) != value for name, value in attributes.items()):
            self.report("a link to another file", "<link")
        for name, value in attributes.items():
            self.see_attribute(tag, name, value)

    def see_frame(self, tag: str, attributes: dict[str, str]) -> bool:
        """Return True for what stands around the text of every page of the web: its policy, and after it its script."""
        if tag == "meta" and attributes == _POLICY_TAG:
            self.has_policy = True
            return True
        if tag == "script" and attributes == _SCRIPT_TAG:
            return self.has_policy
        return tag == "link" and attributes == _ICON_TAG

    def see_attribute(self, tag: str, name: str, value: str) -> None:
        folded = name.lower()
        if self.is_card_face and "{{" in value:
            self.report("a field inside of an element", "{{")
        if folded.startswith("on") or folded in _REFUSED_ATTRIBUTES:
            self.report(f"the attribute `{name}`", name)
        elif folded.startswith("xmlns") and value not in _NAMESPACES:
            self.report(f"elements of `{value[:40]}`", value[:40])
        elif folded == "style" and _FETCHING_STYLE.search(value):
            self.report("a style that reaches outside", "style=")
        elif folded in _ADDRESSES and not _is_inside(tag, value):
            self.report(f"a reference to `{value[:40]}`", value[:40])

    def see_instruction(self, target: str, _: str) -> None:
        self.report(f"an instruction `<?{target}`", "<?")

    def see_doctype(self, name: str, system: str | None, public: str | None, has_subset: bool) -> None:
        if system or public or has_subset or name != "html":
            self.report("a document type of its own", "<!DOCTYPE")


def _is_inside(tag: str, address: str) -> bool:
    """Return True for the address of something in the book, and for that of a page of the web in a link."""
    if tag == "a" and _LINK.match(address):
        return True
    if tag in _DRAWINGS and tag != "a":
        return address.startswith("#")
    path = read_file_path(address)
    return not (_SCHEME.match(address) or _SCHEME.match(path) or path.startswith(("/", "\\", "..")))
