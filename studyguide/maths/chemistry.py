r"""Write a chemical formula of mhchem, ``\ce{2H2 + O2 -> 2H2O}``, as LaTeX; text → text."""

import re

from studyguide.maths.reading import MathsError, find_closing_brace

_FIX = r"write it without `\ce`, such as `\mathrm{H_2O}` or `\mathrm{A} \xrightarrow{\text{heat}} \mathrm{B}`"
_ARROWS = {
    "->": r"\xrightarrow", "<-": r"\xleftarrow", "<->": r"\xleftrightarrow", "<=>": r"\xrightleftharpoons",
    "=>": r"\xRightarrow",
}  # fmt: skip
_ARROW = re.compile(r"\s*(<=>|<->|->|<-|=>)(?![>-])")
_NUMBER = re.compile(r"(\d+)/(\d+)\s*|(\d+(?:\.\d+)?)\s*")
_DIGITS = re.compile(r"\d+")
_ELEMENTS = re.compile(r"[A-Z][a-z]?|[a-z]+")
_CHARGE = re.compile(r"[+-](?=$|[\s)\]}]|\([a-z]+\))")
_SCRIPT = re.compile(r"[A-Za-z]|\d*[+-]|\d+|\.")
_BONDS = {"-": r"\text{–}", "=": "{=}", "#": "{≡}"}
_DOT = r"\,{\cdot}\,"


def write_chemistry(formula: str) -> str:
    r"""Return LaTeX for what stands in the braces of ``\ce``. Raises MathsError that names what is not known."""
    latex: list[str] = []
    at = 0
    while at < len(formula):
        if arrow := _ARROW.match(formula, at):
            labels, at = _read_labels(formula, arrow.end())
            above, below, *_ = [*labels, "", ""]
            latex.append(f"{_ARROWS[arrow[1]]}[{below}]{{{above}}}")
        elif formula[at].isspace():
            at += 1
        elif formula[at] == "+":
            latex.append("+")
            at += 1
        elif sign := re.compile(r"[v^](?=\s|$)").match(formula, at):
            latex.append(r"\,{\downarrow}" if sign[0] == "v" else r"\,{\uparrow}")
            at += 1
        else:
            species, at = _read_species(formula, at)
            latex.append(species)
    return " ".join(latex)


def _read_labels(formula: str, at: int) -> tuple[list[str], int]:
    """Return the LaTeX of the labels of an arrow, in brackets behind it."""
    labels: list[str] = []
    while at < len(formula) and formula[at] == "[" and len(labels) < len(("above", "below")):
        end = formula.find("]", at)
        if end < 0:
            raise MathsError(r"a bracket `[` of `\ce` is not closed", _FIX)
        inside = formula[at + 1 : end].strip()
        labels.append(_write_label(inside))
        at = end + 1
    return labels, at


def _write_label(label: str) -> str:
    """Return the LaTeX of a label: words in braces, a formula of mathematics or one of chemistry."""
    if label.startswith("{") and label.endswith("}"):
        return rf"\text{{{label[1:-1]}}}"
    if "\\" in label or "$" in label:
        return label.replace("$", "")
    try:
        return write_chemistry(label)
    except MathsError:
        return rf"\text{{{label}}}"


def _read_species(formula: str, at: int) -> tuple[str, int]:
    """Return the LaTeX of a molecule with the number before it, and the place behind it."""
    latex, at = _read_number(formula, at)
    has_base = False
    while at < len(formula) and not formula[at].isspace() and not _ARROW.match(formula, at):
        sign = formula[at]
        if element := _ELEMENTS.match(formula, at):
            latex += rf"\text{{{element[0]}}}"
            has_base, at = True, element.end()
        elif has_base and (charge := _CHARGE.match(formula, at)):
            latex += f"^{{{charge[0]}}}"
            at = charge.end()
        elif digits := _DIGITS.match(formula, at):
            latex += f"_{{{digits[0]}}}"
            at = digits.end()
        elif sign in "_^":
            script, at = _read_script(formula, at + 1)
            latex += f"{'' if has_base else '{}'}{sign}{{{script}}}"
            has_base = True
        elif sign in "()[]":
            latex += rf"\text{{{sign}}}"
            has_base, at = sign in ")]", at + 1
        elif sign in "*.":
            number, at = _read_number(formula, at + 1)
            latex += _DOT + number
            has_base = False
        elif sign in _BONDS:
            latex += _BONDS[sign]
            has_base, at = False, at + 1
        elif sign == "{" and formula.startswith("{}", at):
            at += 2
        elif sign == "$" and formula.find("$", at + 1) > at:
            end = formula.find("$", at + 1)
            latex += f"{{{formula[at + 1 : end]}}}"
            has_base, at = True, end + 1
        elif sign == ",":
            latex += ","
            has_base, at = False, at + 1
        else:
            unknown = re.compile(r"\\[A-Za-z]+|.").match(formula, at)
            raise MathsError(rf"`\ce` does not know `{unknown[0] if unknown else sign}`", _FIX)
    return latex, at


def _read_number(formula: str, at: int) -> tuple[str, int]:
    """Return the LaTeX of the number before a molecule, or nothing."""
    number = _NUMBER.match(formula, at)
    if not number:
        return "", at
    return (rf"\tfrac{{{number[1]}}}{{{number[2]}}}" if number[1] else number[3]) + r"\,", number.end()


def _read_script(formula: str, at: int) -> tuple[str, int]:
    """Return what is raised or lowered, and the place behind it."""
    if formula.startswith("{", at):
        end = find_closing_brace(formula, at)
        inside = formula[at + 1 : end]
        return (inside if re.fullmatch(r"[\d+\-.\s]*", inside) else rf"\text{{{inside}}}"), end + 1
    script = _SCRIPT.match(formula, at)
    if not script:
        raise MathsError(r"something is missing in `\ce`", _FIX)
    return (rf"\text{{{script[0]}}}" if script[0].isalpha() else script[0]), script.end()
