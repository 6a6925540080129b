r"""Turn LaTeX into the elements of MathML: text → elements without a namespace.

latex2mathml converts what has no rows. What it leaves out or converts wrongly (environments, words among signs, names of operators,
arrows with labels …) is read here first: a character for private use stands in its place until the rest is converted.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from xml.etree.ElementTree import Element, fromstring

from studyguide.maths.chemistry import write_chemistry
from studyguide.maths.reading import (
    MathsError,
    expand_macros,
    find_closing_brace,
    read_argument,
    read_environment,
    read_option,
    skip_spaces,
    split_rows,
    strip_comments,
)
from studyguide.maths.tags import TAG, TAG_GAP
from studyguide.problems import NameSuggester

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_ACTIVE_ATTRIBUTES = ("href", "src", "style", "class", "id", "altimg", "actiontype", "encoding")
"""Attributes of MathML that link, fetch, or change the look of the text around a formula."""
_FIRST_PLACEHOLDER = 0xE000
_LAST_PLACEHOLDER = 0xF8FF

NAMED_OPERATORS = frozenset({
    "max", "min", "sup", "inf", "lim", "gcd", "det", "Pr", "lim\u2006sup", "lim\u2006inf", "arg\u2009max", "arg\u2009min", "plim",
})  # fmt: skip
"""Names of operators whose limits stand below them in a formula on a line of its own."""
LARGE_OPERATORS = frozenset("∑∏∐⋃⋂⨁⨂⨀⨄⨆⋁⋀")
"""Signs that are large in a formula on a line of its own, with their limits above and below."""
_LIMITS = frozenset({
    "sum", "prod", "coprod", "bigcup", "bigcap", "bigoplus", "bigotimes", "bigodot", "biguplus", "bigsqcup", "bigvee", "bigwedge",
    "max", "min", "sup", "inf", "lim", "gcd", "det", "Pr", "limsup", "liminf", "argmax", "argmin", "plim",
})  # fmt: skip
_ALIGNED = {"align", "aligned", "alignat", "alignedat", "flalign", "xalignat", "xxalignat", "split", "eqnarray"}
_CENTRED = {"gather", "gathered", "multline", "multlined", "equation", "math", "displaymath"}
_CASES = {"cases": False, "dcases": True, "rcases": False, "drcases": True}
"""Cases, and whether they are set as large as a formula on a line of its own."""
_MATRICES = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"), "smallmatrix": ("", ""), "psmallmatrix": ("(", ")"), "bsmallmatrix": ("[", "]"),
    "Bsmallmatrix": ("{", "}"), "vsmallmatrix": ("|", "|"), "Vsmallmatrix": ("‖", "‖"),
}  # fmt: skip
_PLAIN_TABLES = {"cases", "matrix", "pmatrix", "displaylines", "eqalign"}
"""Commands of plain TeX that take rows in braces."""
_ALIGNMENTS = {"l": "left", "c": "center", "r": "right"}
_RULES = {"hline": "solid", "hdashline": "dashed", "toprule": "solid", "midrule": "solid", "bottomrule": "solid"}

_TEXT_VARIANTS = {
    "text": "", "textrm": "", "textnormal": "", "textup": "", "textmd": "", "mbox": "", "hbox": "", "textbf": "bold",
    "textit": "italic", "emph": "italic", "texttt": "monospace", "textsf": "sans-serif",
}  # fmt: skip
_TEXT_SIGNS = {
    "%": "%", "&": "&", "#": "#", "_": "_", "$": "$", "{": "{", "}": "}", " ": " ", ",": "\u2009", ";": "\u2005", ":": "\u2005",
    "!": "", "-": "", "quad": "\u2003", "qquad": "\u2003\u2003", "ldots": "…", "dots": "…", "textbackslash": "\\",
    "textasciitilde": "~", "textquotesingle": "'", "S": "§", "ss": "ß", "euro": "€", "texteuro": "€", "degree": "°",
    "textdegree": "°", "textendash": "–", "textemdash": "—",
}  # fmt: skip
_LIGATURES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("'", "’"), ("`", "‘"), ("~", "\u00a0"))
_TEXT_PIECE = re.compile(r"\\([A-Za-z]+|.)|([$])|([{}])|<(?=[A-Za-z/!?])", re.DOTALL)

_ARROWS = {
    "xleftarrow": "←", "xrightarrow": "→", "xleftrightarrow": "↔", "xLeftarrow": "⇐", "xRightarrow": "⇒", "xLeftrightarrow": "⇔",
    "xmapsto": "↦", "xhookleftarrow": "↩", "xhookrightarrow": "↪", "xleftharpoonup": "↼", "xleftharpoondown": "↽",
    "xrightharpoonup": "⇀", "xrightharpoondown": "⇁", "xleftrightharpoons": "⇋", "xrightleftharpoons": "⇌",
    "xtwoheadleftarrow": "↞", "xtwoheadrightarrow": "↠", "xtofrom": "⇄", "xlongequal": "=",
}  # fmt: skip
_DELIMITERS = {
    "{": "{", "}": "}", "|": "‖", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "langle": "⟨", "rangle": "⟩",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "vert": "|", "lvert": "|", "rvert": "|", "Vert": "‖", "lVert": "‖",
    "rVert": "‖", "backslash": "\\", "uparrow": "↑", "downarrow": "↓", "updownarrow": "↕", "Uparrow": "⇑", "Downarrow": "⇓",
    "lparen": "(", "rparen": ")", "llbracket": "⟦", "rrbracket": "⟧",
}  # fmt: skip
_BIG = {"big": "1.2em", "Big": "1.623em", "bigg": "2.047em", "Bigg": "2.47em"}
_BIG_FORMS = {"l": "prefix", "r": "postfix", "m": "infix", "": ""}
_KINDS = {
    "mathbin": "0.222em",
    "mathrel": "0.278em",
    "mathopen": "",
    "mathclose": "",
    "mathord": "",
    "mathinner": "0.167em",
}
"""Commands that say what a sign is, and the room on both sides of it."""
_KNOWN_ALPHABETS = {
    "mathbb", "mathbf", "mathcal", "mathfrak", "mathit", "mathrm", "mathscr", "mathsf", "mathsfit", "mathtt", "mathring",
    "mathchoice", "mathstrut", "mathellipsis", "mathclap", "mathllap", "mathrlap", "mathpunct", "mathdollar", "mathsterling",
}  # fmt: skip
_ALPHABET_TWINS = {"mathds": "mathbb", "mathbbm": "mathbb", "Bbb": "mathbb", "mathnormal": ""}
_SPACES = ("hspace", "hskip", "kern", "mkern", "mskip", "mspace")
_LENGTH = re.compile(r"\s*(-?\s*(?:\d+\.?\d*|\.\d+))\s*(em|ex|mu|pt|mm|cm|in|pc|bp|px)(?:\s+(?:plus|minus)\s+\S+)*")
_SILENT = ("nonumber", "notag", "displaylimits", "allowbreak", "nobreak", "relax", "protect", "leavevmode", "noindent")
_COLOUR_FIX = "leave the colour out: a formula has the colour of the text around it"
_REFUSED = {
    "color": _COLOUR_FIX, "textcolor": _COLOUR_FIX, "colorbox": _COLOUR_FIX, "fcolorbox": _COLOUR_FIX,
    **dict.fromkeys(("chem", "cee", "chemfig", "chemform"), r"write chemistry as `\ce{2H2 + O2 -> 2H2O}`"),
    **dict.fromkeys(("si", "unit", "qty", "num"), r"write a unit with `\mathrm`, such as `5\,\mathrm{m}`, and a number as it is"),
    "pu": r"write the unit with `\mathrm`, such as `5\,\mathrm{m}`",
    "SI": r"write the unit with `\mathrm`, such as `5\,\mathrm{m}`",
    "ref": "write the number itself", "eqref": "write the number itself",
    "sideset": r"write what stands beside a sign with `{}_a^b`, and the sign after it",
    "varprojlim": r"write `\operatorname*{lim}`", "varinjlim": r"write `\operatorname*{lim}`",
    "varlimsup": r"write `\limsup`", "varliminf": r"write `\liminf`",
    "cline": r"write `\hline`, which goes through all columns",
    "multicolumn": "give each column a cell of its own", "multirow": "give each row a cell of its own",
    "skew": "leave it out", "unicode": "type the sign itself", "newenvironment": "write out what the environment means",
    "verb": r"write the words in `\text{…}`", "includegraphics": "put the picture beside the formula",
}  # fmt: skip
"""Commands that neither library sets as LaTeX does, and what to type instead."""
_TOKEN = re.compile(r"\\([A-Za-z]+)\*?|\\(.)|[{}&$]", re.DOTALL)


def convert_latex(latex: str, display: bool) -> list[Element]:
    """Return the elements of a formula, of which those of ``display`` stand on lines of their own. Raises MathsError."""
    latex = expand_macros(strip_comments(latex))
    if private := re.search(f"[{chr(_FIRST_PLACEHOLDER)}-{chr(_LAST_PLACEHOLDER)}]", latex):
        raise MathsError(f"it has the character U+{ord(private[0]):04X}, which has no meaning")
    tags: list[str] = []
    elements = _convert_lines(latex, display, tags)
    for tag in tags:
        words = Element("mrow", {TAG: "true"})
        words.extend(_set_text(tag, ""))
        elements += [_space(f"{TAG_GAP}em"), words]
    return elements


def _convert_lines(latex: str, display: bool, tags: list[str]) -> list[Element]:
    r"""Return the elements of LaTeX that ``\\`` may divide into lines."""
    rows = split_rows(latex)
    if any(len(row) > 1 for row in rows):
        raise MathsError(
            r"`&` has no rows around it", r"write `\begin{aligned}` before the rows and `\end{aligned}` after them"
        )
    if len(rows) == 1:
        return _Row(display, tags).convert(rows[0][0])
    return [_make_lines(rows, ["left"], "0em", tags)]


@dataclass
class _Row:
    """A piece of LaTeX without rows, and what has been read of it."""

    display: bool
    tags: list[str]
    """The texts of ``\\tag``, which stand behind the formula."""
    pieces: list[list[Element]] = field(default_factory=list)
    """The elements that stand at the places of the characters for private use."""

    def convert(self, latex: str) -> list[Element]:
        """Return the elements of the piece."""
        text = self._read(latex)
        if not text.strip():
            return []
        elements = _convert_plain(text, self.display)
        holder = Element("mrow")
        holder.extend(elements)
        self._put_pieces(holder)
        return list(holder)

    def _put_pieces(self, holder: Element) -> None:
        """Put the elements of the pieces at their places."""
        for place, child in enumerate(list(holder)):
            text = child.text or ""
            number = ord(text) - _FIRST_PLACEHOLDER if len(text) == 1 else -1
            if 0 <= number < len(self.pieces):
                holder[place] = _group(self.pieces[number])
            else:
                self._put_pieces(child)

    def _keep(self, *elements: Element) -> str:
        """Return the character that stands for elements."""
        self.pieces.append(list(elements))
        if len(self.pieces) > _LAST_PLACEHOLDER - _FIRST_PLACEHOLDER:
            raise MathsError("it has too many pieces", "write several formulas")
        return chr(_FIRST_PLACEHOLDER + len(self.pieces) - 1)

    def _inner(self, latex: str, display: bool | None = None) -> list[Element]:
        """Return the elements of a piece of this piece."""
        return _convert_lines(latex, self.display if display is None else display, self.tags)

    def _read(self, latex: str) -> str:
        """Return the LaTeX for latex2mathml, with characters for private use in place of what it does not know."""
        kept: list[str] = []
        at = depth = 0
        while piece := _TOKEN.search(latex, at):
            kept.append(latex[at : piece.start()])
            at, name = piece.end(), piece[1]
            if name:
                at = piece.end(1)
                text, at = self._read_command(name, latex, at)
                kept.append(text)
            elif piece[2] == "\\":
                raise MathsError(
                    r"`\\` has no rows around it",
                    r"write the rows in `\substack{…}` or `\begin{aligned}…\end{aligned}`",
                )
            elif piece[0] == "&":
                raise MathsError("`&` has no rows around it", r"write `\&` for the sign itself")
            elif piece[0] == "$":
                raise MathsError("a dollar sign stands in it", r"write `\$` for the sign itself")
            else:
                depth += {"{": 1, "}": -1}.get(piece[0], 0)
                if depth < 0:
                    raise MathsError(
                        "a brace `}` has none before it", "take it out, or write `\\}` for the sign itself"
                    )
                kept.append(piece[0])
        if depth:
            raise MathsError("a brace `{` is not closed", "write `}` where it ends, or `\\{` for the sign itself")
        return "".join([*kept, latex[at:]])

    def _read_command(self, name: str, latex: str, at: int) -> tuple[str, int]:
        """Return what stands for a command in the LaTeX for latex2mathml, and the place behind the command."""
        if name in _REFUSED:
            raise MathsError(rf"`\{name}` is not known", _REFUSED[name])
        if name in _SILENT:
            return " ", at
        if name in _TEXT_VARIANTS:
            content, at = read_argument(latex, at)
            return self._keep(*_set_text(content, _TEXT_VARIANTS[name])), at
        if name in _ARROWS:
            return self._read_arrow(_ARROWS[name], latex, at)
        if name in _SPACES:
            return self._read_space(name, latex, at)
        if name in _KINDS:
            content, at = read_argument(latex, at)
            room = [_space(_KINDS[name])] if _KINDS[name] else []
            return self._keep(*room, *self._inner(content), *(_space(_KINDS[name]) for _ in room)), at
        if big := re.fullmatch(r"(big|Big|bigg|Bigg)([lrm]?)", name):
            return self._read_big(_BIG[big[1]], _BIG_FORMS[big[2]], latex, at)
        if name in _LIMITS and (limits := re.compile(r"\s*\\nolimits(?![A-Za-z])").match(latex, at)):
            operator = _convert_plain(rf"\{name}", display=False)
            operator[0].attrib |= {"movablelimits": "never", "rspace": "0em"}
            return self._keep(*operator), limits.end()
        if name in _PLAIN_TABLES and latex.startswith("{", skip_spaces(latex, at)):
            content, at = read_argument(latex, at)
            name = {"displaylines": "gathered", "eqalign": "aligned"}.get(name, name)
            return self._keep(*self._make_environment(name, content)), at
        if name in _ALPHABET_TWINS:
            return (rf"\{_ALPHABET_TWINS[name]}" if _ALPHABET_TWINS[name] else ""), at
        if reader := _READERS.get(name):
            return reader(self, latex, at)
        if name.startswith("math") and name not in _KNOWN_ALPHABETS:
            raise _report_unknown(name)
        return rf"\{name}", at

    def _read_begin(self, latex: str, at: int) -> tuple[str, int]:
        name, content, at = read_environment(latex, at - len(r"\begin"))
        return self._keep(*self._make_environment(name, content)), at

    def _read_end(self, latex: str, at: int) -> tuple[str, int]:
        name, _ = read_argument(latex, at)
        raise MathsError(rf"`\end{{{name}}}` has no `\begin{{{name}}}`")

    def _read_operator_name(self, latex: str, at: int) -> tuple[str, int]:
        has_star = latex.startswith("*", at)
        content, at = read_argument(latex, at + has_star)
        return self._read_limits(self._make_operator(content), has_star, latex, at)

    def _read_limit_name(self, latex: str, at: int) -> tuple[str, int]:
        content, at = read_argument(latex, at)
        return self._read_limits(self._make_operator(content), True, latex, at)

    def _read_math_operator(self, latex: str, at: int) -> tuple[str, int]:
        content, at = read_argument(latex, at)
        content = content.strip()
        name = re.fullmatch(
            r"\{?\\(?:mathrm|rm|text|textrm|mathsf|operatorname\*?)\s*\{?([A-Za-z\s\\,]+)\}?\}?", content
        )
        return self._read_limits(self._make_operator(name[1] if name else content), True, latex, at)

    def _make_operator(self, content: str) -> Element:
        r"""Return the operator of a name, in which ``\,`` may stand; of anything else, a group."""
        name = re.sub(r"\\(?:mathrm|text|textrm|rm)\s*\{([^{}\\]*)\}", r"\1", content)
        name = re.sub(r"\\[,:; ]|~", "\u2009", name.replace(r"\!", "")).replace("{", "").replace("}", "")
        if re.fullmatch(r"[^\W_](?:[\w\u2009*–-]|\s)*", name):
            operator = Element("mo", {"lspace": "0em", "rspace": "0em"})
            operator.text = re.sub(r"[ \t\n]+", "", name)
            if len(operator.text) == 1:
                operator.tag, operator.attrib = "mi", {"mathvariant": "normal"}
            return operator
        group = Element("mrow")
        group.extend(self._inner(content))
        return group

    def _read_limits(self, operator: Element, has_limits: bool, latex: str, at: int) -> tuple[str, int]:
        """Return what stands for an operator, which says itself where its limits are to be."""
        place = re.compile(r"\s*\\(no)?limits(?![A-Za-z])").match(latex, at)
        if place:
            operator.set("movablelimits", "never" if place[1] else "always")
        else:
            operator.set("movablelimits", "true" if has_limits else "never")
        return self._keep(operator), place.end() if place else at

    def _read_arrow(self, sign: str, latex: str, at: int) -> tuple[str, int]:
        below, at = read_option(latex, at)
        above, at = read_argument(latex, at)
        arrow = Element("mo", {"stretchy": "true"})
        arrow.text = sign
        labels = []
        for text in (below, above):
            elements = self._inner(text or "", display=False)
            padded = Element("mpadded", {"width": "+0.8em", "lspace": "0.4em"})
            padded.extend(elements)
            labels.append(padded if elements else None)
        tag = {(True, True): "munderover", (True, False): "munder", (False, True): "mover"}.get(
            (labels[0] is not None, labels[1] is not None)
        )
        if not tag:
            return self._keep(arrow), at
        holder = Element(tag)
        holder.extend([arrow, *(label for label in labels if label is not None)])
        return self._keep(holder), at

    def _read_space(self, name: str, latex: str, at: int) -> tuple[str, int]:
        at += latex.startswith("*", at)
        start = skip_spaces(latex, at)
        has_braces = latex.startswith("{", start)
        length = _LENGTH.match(latex, start + has_braces)
        if not length or (has_braces and not latex.startswith("}", skip_spaces(latex, length.end()))):
            raise MathsError(rf"`\{name}` has no length", rf"write it as `\{name}{{1em}}`")
        number, unit = float(length[1].replace(" ", "")), length[2]
        if unit == "mu":
            number, unit = number / 18, "em"
        end = skip_spaces(latex, length.end()) + 1 if has_braces else length.end()
        return self._keep(_space(f"{number:.4g}{unit}")), end

    def _read_big(self, size: str, form: str, latex: str, at: int) -> tuple[str, int]:
        token, at = read_argument(latex, at)
        sign = _read_delimiter(token)
        if sign == ".":
            return " ", at
        bracket = Element("mo", {"minsize": size, "maxsize": size, "stretchy": "true"})
        if form in ("prefix", "postfix"):
            bracket.attrib |= {"form": form, "fence": "true"}
        room = "0.278em" if form == "infix" else "0em"
        bracket.attrib |= {"lspace": room, "rspace": room}
        bracket.text = sign
        return self._keep(bracket), at

    def _read_tag(self, latex: str, at: int) -> tuple[str, int]:
        has_star = latex.startswith("*", at)
        content, at = read_argument(latex, at + has_star)
        self.tags.append(content if has_star else f"({content})")
        return " ", at

    def _read_label(self, latex: str, at: int) -> tuple[str, int]:
        return " ", read_argument(latex, at)[1]

    def _read_contents(self, latex: str, at: int) -> tuple[str, int]:
        content, at = read_argument(latex, at)
        return f"{{{self._read(content)}}}", at

    def _read_modulo_sign(self, latex: str, at: int) -> tuple[str, int]:
        return self._keep(_space("0.222em"), _name("mod"), _space("0.222em")), at

    def _read_modulo(self, latex: str, at: int) -> tuple[str, int]:
        return self._keep(_space("1em" if self.display else "0.667em"), _name("mod"), _space("0.333em")), at

    def _read_modulo_in_brackets(self, latex: str, at: int) -> tuple[str, int]:
        return self._make_modulo([_name("mod"), _space("0.333em")], latex, at)

    def _read_modulus(self, latex: str, at: int) -> tuple[str, int]:
        return self._make_modulo([], latex, at)

    def _make_modulo(self, name: Sequence[Element], latex: str, at: int) -> tuple[str, int]:
        content, at = read_argument(latex, at)
        brackets = [_bracket("(", "prefix"), *name, *self._inner(content, display=False), _bracket(")", "postfix")]
        return self._keep(_space("1em" if self.display else "0.444em"), *brackets), at

    def _read_not(self, latex: str, at: int) -> tuple[str, int]:
        token, at = read_argument(latex, at)
        elements = _convert_plain(token, display=False) if token.strip() else []
        text = (elements[0].text or "") if len(elements) == 1 else ""
        negated = unicodedata.normalize("NFC", {"|": "∣", "‖": "∥"}.get(text, text) + "\u0338")
        if len(negated) != 1:
            raise MathsError(
                rf"`\not` before `{token}` is not known", r"write the sign's own command, such as `\neq` or `\notin`"
            )
        sign = Element("mo", {"lspace": "0.278em", "rspace": "0.278em"} if text in "∣∥|‖" else {})
        sign.text = negated
        return self._keep(sign), at

    def _read_stack(self, latex: str, at: int) -> tuple[str, int]:
        content, at = read_argument(latex, at)
        return self._keep(self._make_stack(content, "center")), at

    def _read_chemistry(self, latex: str, at: int) -> tuple[str, int]:
        content, at = read_argument(latex, at)
        return self._keep(*self._inner(write_chemistry(content))), at

    def _read_framed(self, latex: str, at: int) -> tuple[str, int]:
        content, at = read_argument(latex, at)
        frame = Element("menclose", {"notation": "box"})
        frame.extend(_set_text(content, ""))
        return self._keep(frame), at

    def _read_upright(self, latex: str, at: int) -> tuple[str, int]:
        content, end = read_argument(latex, at)
        # latex2mathml drops `\mathrm` of a single letter.
        return (self._keep(*_set_text(content, "")), end) if re.fullmatch("[A-Za-z]", content) else (r"\mathrm", at)

    def _read_italic(self, latex: str, at: int) -> tuple[str, int]:
        content, end = read_argument(latex, at)
        return (
            (self._keep(*_set_text(content, "italic")), end)
            if re.fullmatch("[A-Za-z]{2,}", content)
            else (r"\mathit", at)
        )

    def _read_colon(self, latex: str, at: int) -> tuple[str, int]:
        colon = Element("mo", {"lspace": "0em", "rspace": "0.278em"})
        colon.text = ":"
        return self._keep(colon), at

    def _read_fraction(self, latex: str, at: int) -> tuple[str, int]:
        """Read ``\\genfrac{(}{)}{0pt}{1}{a}{b}``."""
        values = []
        for _ in range(6):
            value, at = read_argument(latex, at)
            values.append(value.strip())
        left, right, thickness, style, above, below = values
        if thickness and not re.fullmatch(r"0(\.0*)?\s*[a-z]*", thickness):
            raise MathsError(r"`\genfrac` with a bar as thick as you say is not known", "leave the thickness empty")
        fraction = (
            rf"\left{left or '.'} {{{above} \atop {below}}} \right{right or '.'}"
            if thickness
            else rf"\frac{{{above}}}{{{below}}}"
        )
        if not thickness and (left or right):
            fraction = rf"\left{left or '.'} {fraction} \right{right or '.'}"
        size = {"0": r"\displaystyle ", "1": r"\textstyle ", "2": r"\scriptstyle "}.get(style, "")
        return self._keep(*self._inner(size + fraction)), at

    # ---------------------------------------------------------------- environments

    def _make_environment(self, name: str, content: str) -> list[Element]:
        """Return the elements of an environment. Raises MathsError if it is not known."""
        plain = name.removesuffix("*")
        if plain in _ALIGNED:
            if "at" in plain.removeprefix("fl"):
                _, at = read_argument(content, 0)
                content = content[at:]
            elif plain == "aligned":
                content = content[read_option(content, 0)[1] :]
            if plain == "eqnarray":
                return [_make_lines(split_rows(content), ["right", "center", "left"], "0em", self.tags)]
            return [_make_lines(split_rows(content), ["right", "left"], "0em 2em", self.tags)]
        if plain in _CENTRED:
            if plain == "gathered":
                content = content[read_option(content, 0)[1] :]
            return self._make_centred(plain, content)
        if plain in _CASES:
            table = _make_table(split_rows(content), ["left"], _CASES[plain], self.tags)
            table.attrib |= {"columnspacing": "1em", "rowspacing": "0.4em"}
            brace = _bracket("}", "postfix") if "r" in plain[:2] else _bracket("{", "prefix")
            return [_group([table, brace] if "r" in plain[:2] else [brace, table])]
        if plain in _MATRICES:
            return self._make_matrix(plain, content, has_option=plain != name)
        if plain in ("array", "subarray"):
            columns, at = read_argument(content, read_option(content, 0)[1])
            return [self._make_array(columns, content[at:], is_small=plain == "subarray")]
        raise MathsError(
            rf"the environment `{name}` is not known", r"write rows between `\begin{aligned}` and `\end{aligned}`"
        )

    def _make_centred(self, name: str, content: str) -> list[Element]:
        rows = split_rows(content)
        if any(len(row) > 1 for row in rows):
            raise MathsError(
                f"`&` has no place in `{name}`",
                r"write `\begin{aligned}` before the rows and `\end{aligned}` after them",
            )
        if name in ("equation", "math", "displaymath"):
            return self._inner(content, display=name != "math")
        table = _make_lines(rows, ["center"], "0em", self.tags)
        if name.startswith("multline") and len(table) > 1:
            for row, side in ((table[0], "left"), (table[-1], "right")):
                cell = row[0]
                cell.set("columnalign", side)
                cell.insert(len(cell) if side == "left" else 0, _space("2em"))
        return [table]

    def _make_matrix(self, name: str, content: str, has_option: bool) -> list[Element]:
        columns = ["center"]
        if has_option:
            option, at = read_option(content, 0)
            content = content[at:]
            columns = [_ALIGNMENTS.get(each, "center") for each in (option or "c").replace(" ", "")] or columns
        table = _make_table(split_rows(content), columns, False, self.tags)
        opening, closing = _MATRICES[name]
        if "small" in name:
            table.attrib |= {"rowspacing": "0.1em", "columnspacing": "0.2778em"}
            small = Element("mstyle", {"scriptlevel": "1", "displaystyle": "false"})
            small.append(table)
            table = small
        return [_bracket(opening, "prefix"), table, _bracket(closing, "postfix")] if opening else [table]

    def _make_array(self, columns: str, content: str, is_small: bool) -> Element:
        alignments, rules = _read_columns(columns)
        if is_small:
            return self._make_stack(content, alignments[0])
        lines: dict[int, str] = {}
        rows: list[list[str]] = []
        for row in split_rows(content):
            first = row[0]
            while rule := re.match(r"\s*\\(hline|hdashline|toprule|midrule|bottomrule)(?![A-Za-z])", first):
                lines[len(rows)] = "double" if len(rows) in lines else _RULES[rule[1]]
                first = first[rule.end() :]
            if first.strip() or len(row) > 1 or len(rows) not in lines:
                rows.append([first, *row[1:]])
        table = _make_table(rows, alignments, False, self.tags)
        if rules or lines:
            _draw_rules(table, rules, lines)
        return table

    def _make_stack(self, content: str, alignment: str) -> Element:
        table = _make_table(split_rows(content), [alignment], False, self.tags)
        table.attrib |= {"rowspacing": "0.1em", "columnspacing": "0em"}
        return table


_Reader = Callable[[_Row, str, int], tuple[str, int]]
_READERS: dict[str, _Reader] = {
    "begin": _Row._read_begin, "end": _Row._read_end, "operatorname": _Row._read_operator_name,
    "operatornamewithlimits": _Row._read_limit_name, "mathop": _Row._read_math_operator, "tag": _Row._read_tag,
    "label": _Row._read_label, "ensuremath": _Row._read_contents, "bmod": _Row._read_modulo_sign, "mod": _Row._read_modulo,
    "pmod": _Row._read_modulo_in_brackets, "pod": _Row._read_modulus, "not": _Row._read_not, "centernot": _Row._read_not,
    "substack": _Row._read_stack, "ce": _Row._read_chemistry, "fbox": _Row._read_framed, "mathrm": _Row._read_upright,
    "mathit": _Row._read_italic, "genfrac": _Row._read_fraction,
}  # fmt: skip


# ---------------------------------------------------------------- elements


def _group(elements: Sequence[Element]) -> Element:
    """Return one element that holds all."""
    if len(elements) == 1:
        return elements[0]
    group = Element("mrow")
    group.extend(elements)
    return group


def _space(width: str) -> Element:
    return Element("mspace", {"width": width})


def _name(text: str) -> Element:
    name = Element("mo", {"lspace": "0em", "rspace": "0em"})
    name.text = text
    return name


def _bracket(sign: str, form: str) -> Element:
    bracket = Element("mo", {"stretchy": "true", "fence": "true", "form": form})
    bracket.text = sign
    return bracket


def _make_lines(rows: Iterable[Sequence[str]], alignments: Sequence[str], spacing: str, tags: list[str]) -> Element:
    """Return a table of formulas below each other, each set as if it had a line of its own, with the tag of each behind it."""
    own_tags: list[list[str]] = []
    table = Element("mtable", {"displaystyle": "true", "columnspacing": spacing, "rowspacing": "0.35em"})
    for cells in rows:
        row, own = Element("mtr"), list[str]()
        for place, latex in enumerate(cells):
            cell = Element("mtd", {"columnalign": alignments[place % len(alignments)]})
            cell.extend(_Row(True, own).convert(latex))
            if place and len(cell) and cell[0].tag == "mo" and "form" not in cell[0].attrib:
                cell[0].set("form", "infix")
                cell.insert(0, Element("mrow"))
            row.append(cell)
        table.append(row)
        own_tags.append(own)
    if any(own_tags):
        width = max(len(row) for row in table)
        for row, own in zip(table, own_tags, strict=True):
            row.extend(Element("mtd") for _ in range(width - len(row)))
            cell = Element("mtd", {"columnalign": "right", TAG: "true"})
            cell.extend(_set_text(" ".join(own), "") if own else [])
            row.append(cell)
        gaps = [spacing.split()[place % len(spacing.split())] for place in range(width - 1)]
        table.set("columnspacing", " ".join([*gaps, f"{TAG_GAP}em"]))
    return table


def _make_table(rows: Iterable[Sequence[str]], alignments: Sequence[str], display: bool, tags: list[str]) -> Element:
    """Return a table; the last alignment is that of all further columns."""
    table = Element("mtable", {"displaystyle": "true"} if display else {})
    for cells in rows:
        row = Element("mtr")
        for place, latex in enumerate(cells):
            alignment = alignments[min(place, len(alignments) - 1)]
            cell = Element("mtd", {} if alignment == "center" else {"columnalign": alignment})
            cell.extend(_Row(display, tags).convert(latex))
            row.append(cell)
        table.append(row)
    return table


def _read_columns(columns: str) -> tuple[list[str], dict[int, str]]:
    """Return the alignments of the columns of an array, and the rules before each column and behind the last."""
    columns = re.sub(r"\*\s*\{(\d{1,2})\}\s*\{([^{}]*)\}", lambda match: match[2] * int(match[1]), columns)
    alignments: list[str] = []
    rules: dict[int, str] = {}
    at = 0
    while at < len(columns):
        sign = columns[at]
        at += 1
        if sign in _ALIGNMENTS:
            alignments.append(_ALIGNMENTS[sign])
        elif sign in "|:":
            rules[len(alignments)] = "double" if len(alignments) in rules else {"|": "solid", ":": "dashed"}[sign]
        elif sign in "@!" and columns.startswith("{", at):
            end = find_closing_brace(columns, at)
            if columns[at + 1 : end].strip(r" \,;:quad"):
                raise MathsError(
                    f"`{sign}{columns[at : end + 1]}` of `array` is not known", "give the sign a column of its own"
                )
            at = end + 1
        elif not sign.isspace():
            raise MathsError(f"the column `{sign}` of `array` is not known", "write `l`, `c` or `r` for each column")
    return alignments or ["center"], rules


def _draw_rules(table: Element, columns: dict[int, str], rows: dict[int, str]) -> None:
    """Give a table its rules: those between the rows and columns, and, in ``data-…``, also those at its edges."""
    width = max((len(row) for row in table), default=0)
    if any(0 < place < width for place in columns):
        table.set("columnlines", " ".join(_name_line(columns.get(place)) for place in range(1, width)))
    if any(0 < place < len(table) for place in rows):
        table.set("rowlines", " ".join(_name_line(rows.get(place)) for place in range(1, len(table))))
    table.attrib |= {"columnspacing": "1em", "rowspacing": "0.5em"}
    table.set("data-columns", " ".join(columns.get(place, "none") for place in range(width + 1)))
    table.set("data-rows", " ".join(rows.get(place, "none") for place in range(len(table) + 1)))


def _name_line(kind: str | None) -> str:
    """Return the name that MathML has for a rule: it knows no double ones."""
    return "solid" if kind == "double" else kind or "none"


def _read_delimiter(token: str) -> str:
    """Return the sign of a bracket. Raises MathsError."""
    token = token.strip()
    sign = _DELIMITERS.get(token[1:]) if token.startswith("\\") else {"<": "⟨", ">": "⟩"}.get(token, token)
    if not sign or len(sign) != 1:
        raise MathsError(f"`{token}` is no bracket")
    return sign


# ---------------------------------------------------------------- words


def _set_text(latex: str, variant: str) -> list[Element]:
    r"""Return words among the signs of a formula; between dollars they hold a formula again. Raises MathsError."""
    elements: list[Element] = []
    words: list[str] = []
    at = depth = 0

    def end_words() -> None:
        text = "".join(words)
        for typed, printed in _LIGATURES:
            text = text.replace(typed, printed)
        if text:
            element = Element("mtext", {"mathvariant": variant} if variant else {})
            element.text = re.sub(r"[ \n\t]", "\u00a0", text)
            elements.append(element)
        words.clear()

    while piece := _TEXT_PIECE.search(latex, at):
        words.append(latex[at : piece.start()])
        at = piece.end()
        name = piece[1]
        if piece[2] or name == "(":
            end = _find_end_of_formula(latex, at, "$" if piece[2] else r"\)")
            end_words()
            elements += _Row(False, []).convert(latex[at:end])
            at = end + (1 if piece[2] else 2)
        elif piece[3]:
            depth += 1 if piece[3] == "{" else -1
        elif name in _TEXT_VARIANTS:
            content, at = read_argument(latex, at)
            end_words()
            elements += _set_text(content, _TEXT_VARIANTS[name] or variant)
        elif name in _TEXT_SIGNS:
            words.append(_TEXT_SIGNS[name])
            at = skip_spaces(latex, at) if name.isalpha() else at
        elif name is None:
            raise MathsError("a tag of HTML stands in its words", "write words without HTML")
        else:
            raise MathsError(rf"`\{name}` has no place in words", rf"put it between dollars, `$\{name}$`")
    words.append(latex[at:])
    end_words()
    return elements


def _find_end_of_formula(latex: str, at: int, mark: str) -> int:
    end = latex.find(mark, at)
    while end > 0 and mark == "$" and latex[end - 1] == "\\":
        end = latex.find(mark, end + 1)
    if end < 0:
        raise MathsError("a formula among its words is not closed")
    return end


# ---------------------------------------------------------------- latex2mathml


@cache
def list_commands() -> frozenset[str]:
    """Return the names of the commands that a formula may have, without their backslashes."""
    from latex2mathml import commands, symbols_parser

    known = {*symbols_parser.SYMBOLS, *commands.CONVERSION_MAP}
    own = (
        *_LIMITS, *_ALIGNED, *_CENTRED, *_TEXT_VARIANTS, *_ARROWS, *_DELIMITERS, *_KINDS, *_KNOWN_ALPHABETS, *_ALPHABET_TWINS,
        *_SPACES, *_SILENT, *_READERS,
    )  # fmt: skip
    names = {name.removeprefix("\\") for name in (*known, *own)} - _REFUSED.keys()
    return frozenset(name for name in names if name.isascii() and name.isalpha())


_MIN_SIMILARITY = 0.75
"""Ratio of difflib from which a command is taken for a misspelt one: `farc` is (of `frac`)."""
_MIN_LETTERS = 4  # of a command that may be a misspelt one; shorter ones are like many
_LIBRARY_ERRORS = {
    "DoubleSubscriptsError": "two indices stand at one sign",
    "DoubleSuperscriptsError": "two powers stand at one sign",
    "ExtraLeftOrMissingRightError": r"`\left` has no `\right`, or `\right` no `\left`",
    "LimitsMustFollowMathOperatorError": r"`\limits` does not stand behind an operator",
}
"""Errors of latex2mathml, and what we say of them."""


def _report_unknown(name: str) -> MathsError:
    """Return the error for a command that is not known; its remedy names the one that it is a misspelling of."""
    # Names with the same first letter: a guide may have many unknown commands, and a comparison with all names takes long.
    near = [each for each in list_commands() if each[0] == name[0] and abs(len(each) - len(name)) <= 1]
    likely = NameSuggester(near).find_nearest(name, _MIN_SIMILARITY) if len(name) >= _MIN_LETTERS else ""
    found = rf"`\{name}` is not known"
    return MathsError(found, rf"write `\{likely}`") if likely else MathsError(found)


def _convert_plain(latex: str, display: bool) -> list[Element]:
    """Return the elements that latex2mathml makes. Raises MathsError for a command that it does not know."""
    import latex2mathml.converter

    try:
        mathml: str = latex2mathml.converter.convert(latex, display="block" if display else "inline")
    except ImportError:
        raise
    except Exception as error:  # any of Python's errors comes through
        raise MathsError(_LIBRARY_ERRORS.get(type(error).__name__, "something is missing in it")) from error
    root = fromstring(mathml)
    # latex2mathml copies the contents of a command's braces into attributes unchanged.
    for element in root.iter():
        element.tag = tag = element.tag.removeprefix(_MATHML)
        if not re.fullmatch(r"m[a-z]+", tag) or tag in ("mglyph", "maction", "merror"):
            raise MathsError(f"the element `{tag}` has no place in a formula")
        for name, value in element.attrib.items():
            if (
                name in _ACTIVE_ATTRIBUTES
                or name.startswith(("on", "data", "{"))
                or not re.fullmatch(r"[\w#.,%+\-() ]*", value)
            ):
                raise MathsError(f"the attribute `{name}` has no place in a formula")
        if tag != "math" and (unknown := re.match(r"\\[A-Za-z]+", element.text or "")):
            raise _report_unknown(unknown.group()[1:])
        if tag == "mi" and element.text == "~":  # `\\sim`
            element.tag, element.text = "mo", "∼"
        if tag == "mi" and (element.text or "") in LARGE_OPERATORS:
            element.tag = "mo"
    return list(root[0])
