r"""Find the pieces of LaTeX: groups in braces, options in brackets, environments, rows and cells; text → text."""

import re

_MISSING = "something is missing in it"
_DEFAULT_FIX = r"write LaTeX that needs no package, such as `\frac{1}{2}`"
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_PIECE = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}|\\(?:cr|tabularnewline)(?![A-Za-z])|\\.|[{}&]", re.DOTALL)
_AFTER_ROW = re.compile(r"\*?(\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?")
"""The star and the distance that may stand behind the end of a row."""


class MathsError(ValueError):
    """A formula cannot be set; the message says why, and ``fix`` what to type."""

    def __init__(self, message: str, fix: str = _DEFAULT_FIX) -> None:
        super().__init__(message)
        self.fix = fix


def skip_spaces(latex: str, at: int) -> int:
    """Return the next place that holds no space."""
    while at < len(latex) and latex[at].isspace():
        at += 1
    return at


def find_closing_brace(latex: str, at: int) -> int:
    """Return the place of the brace that closes the one at ``at``. Raises MathsError."""
    depth = 0
    for piece in re.compile(r"\\.|[{}]", re.DOTALL).finditer(latex, at):
        depth += {"{": 1, "}": -1}.get(piece[0], 0)
        if depth == 0 and piece[0] == "}":
            return piece.start()
    raise MathsError("a brace `{` is not closed", "write `}` where it ends, or `\\{` for the sign itself")


def read_argument(latex: str, at: int) -> tuple[str, int]:
    """Return what a command takes, without its braces, and the place behind it. Raises MathsError if nothing is left."""
    at = skip_spaces(latex, at)
    if at >= len(latex):
        raise MathsError(_MISSING)
    if latex[at] == "{":
        end = find_closing_brace(latex, at)
        return latex[at + 1 : end], end + 1
    command = _COMMAND.match(latex, at)
    end = command.end() if command else at + 1
    return latex[at:end], end


def read_option(latex: str, at: int) -> tuple[str | None, int]:
    """Return what stands in brackets, if anything does, and the place behind it."""
    start = skip_spaces(latex, at)
    if not latex.startswith("[", start):
        return None, at
    depth = 0
    for piece in re.compile(r"\\.|[{}\]]", re.DOTALL).finditer(latex, start):
        depth += {"{": 1, "}": -1}.get(piece[0], 0)
        if piece[0] == "]" and depth == 0:
            return latex[start + 1 : piece.start()], piece.end()
    raise MathsError("a bracket `[` is not closed")


def read_environment(latex: str, at: int) -> tuple[str, str, int]:
    r"""Return the name and the contents of the environment whose ``\begin`` is at ``at``, and the place behind it."""
    start = end = None
    name, depth = "", 0
    for piece in _PIECE.finditer(latex, at):
        if piece[1] is None:
            continue
        if start is None:
            name, start = piece[2].strip(), piece.end()
        depth += 1 if piece[1] == "begin" else -1
        if depth == 0:
            end = piece
            break
    if start is None or end is None:
        raise MathsError(rf"`\begin{{{name}}}` has no `\end{{{name}}}`")
    if end[2].strip() != name:
        raise MathsError(rf"`\begin{{{name}}}` is closed by `\end{{{end[2].strip()}}}`")
    return name, latex[start : end.start()], end.end()


def split_rows(latex: str) -> list[list[str]]:
    r"""Return the cells of the rows, which ``&`` and ``\\`` divide; an empty row at the end is none."""
    rows, cells, depth, start, skip = [], list[str](), 0, 0, 0
    for piece in _PIECE.finditer(latex):
        if piece.start() < skip:
            continue
        if piece[1]:
            depth += 1 if piece[1] == "begin" else -1
        elif piece[0] in "{}":
            depth += 1 if piece[0] == "{" else -1
        elif depth == 0 and piece[0] == "&":
            cells.append(latex[start : piece.start()])
            start = piece.end()
        elif depth == 0 and piece[0] in ("\\\\", r"\cr", r"\tabularnewline"):
            rows.append([*cells, latex[start : piece.start()]])
            behind = _AFTER_ROW.match(latex, piece.end())
            cells, start = [], behind.end() if behind else piece.end()
            skip = start
    last = [*cells, latex[start:]]
    return rows if rows and not any(cell.strip() for cell in last) else [*rows, last]


def strip_comments(latex: str) -> str:
    """Return LaTeX without its comments, which a per cent sign begins."""
    return re.sub(r"(\\.)|%[^\n]*\n?", lambda match: match[1] or "", latex, flags=re.DOTALL)


_DEFINITION = re.compile(
    r"\\(?:(?P<define>def)|(?P<operator>DeclareMathOperator\*?)|(?:re|provide)?newcommand\*?|(?:re|provide)command\*?)(?![A-Za-z])"
)
_MOST_MACROS = 200
_LONGEST = 5_000
"""Characters of a formula in which its own commands are replaced by what they mean."""


def expand_macros(latex: str) -> str:
    r"""Return a formula with the commands that it defines itself, by ``\newcommand`` and its like, replaced by what they mean."""
    if not _DEFINITION.search(latex):
        return latex
    macros: dict[str, tuple[int, str]] = {}
    at = count = 0
    while command := _COMMAND.search(latex, at):
        start, name = command.start(), command[0]
        if definition := _DEFINITION.match(latex, start):
            name, macro, end = _read_definition(latex, definition)
            macros[name] = macro
            latex, at = latex[:start] + latex[end:], start
        elif name in macros:
            parameters, body = macros[name]
            end = command.end()
            for number in range(1, parameters + 1):
                value, end = read_argument(latex, end)
                body = body.replace(f"#{number}", value)
            # A space keeps a command at the end of the body apart from a letter that follows.
            latex, at, count = f"{latex[:start]}{body} {latex[end:]}", start, count + 1
            if count > _MOST_MACROS or len(latex) > _LONGEST:
                raise MathsError(f"its own command `{name}` makes it too long", "write out what the command means")
        else:
            at = command.end()
    return latex


def _read_definition(latex: str, definition: re.Match[str]) -> tuple[str, tuple[int, str], int]:
    """Return the name of a command that is defined, how many arguments it takes, its body, and the place behind it."""
    name, at = read_argument(latex, definition.end())
    name = name.strip()
    if not _COMMAND.fullmatch(name):
        raise MathsError(f"`{name}` is no name of a command")
    if definition["operator"]:
        body, at = read_argument(latex, at)
        star = "*" if definition["operator"].endswith("*") else ""
        return name, (0, rf"\operatorname{star}{{{body}}}"), at
    if definition["define"]:
        brace = latex.find("{", at)
        count = latex[at : brace if brace >= 0 else None].count("#")
        body, at = read_argument(latex, brace if brace >= 0 else len(latex))
        return name, (count, body), at
    number, at = read_option(latex, at)
    default, at = read_option(latex, at)
    if default is not None or not (number or "0").strip().isdecimal():
        raise MathsError(f"`{name}` has an argument in brackets, which is not known")
    body, at = read_argument(latex, at)
    return name, (int(number or 0), body), at
