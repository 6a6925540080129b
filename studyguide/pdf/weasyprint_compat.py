"""What WeasyPrint 70 gets wrong in lines of text and their notes, put right from outside."""

import inspect
from functools import cache
from math import inf
from typing import Any


@cache
def apply() -> None:
    """Change WeasyPrint in this process, once."""
    from weasyprint.layout import block, inline
    from weasyprint.text import line_break

    split = inline.split_first_line

    def split_first_line(text: str, style: Any, context: Any, max_width: Any, justification: Any, **more: Any) -> Any:
        """As WeasyPrint's, but the last word is not divided, and a text that fits but for the space at its end fits.

        WeasyPrint takes the first word of such a text alone, which leaves a line of one word before a link or a word in bold.
        """
        line = split(text, style, context, max_width, justification, **more)
        if parts_last_word(text, line[2], style):
            unparted = style.copy()
            unparted["hyphens"] = "manual"
            other = split(text, unparted, context, max_width, justification, **more)
            line = other if other[3] <= max_width else line
        trimmed = text.rstrip(" ")
        cut = line[1] < len(trimmed.encode())
        if not cut or trimmed == text or max_width in (None, inf) or style["white_space"] not in ("normal", "pre-line"):
            return line
        if len(trimmed) * style["font_size"] > max_width * WIDEST:
            return line
        layout = line_break.create_layout(trimmed, style, context, max_width, justification)
        first, rest = layout.get_first_line()
        if rest is not None or line_break.line_size(first, style)[0] > max_width:
            return line
        end = len(trimmed.encode()) + 1
        return line_break.first_line_metrics(first, text, layout, end, True, style)

    inline.split_first_line = split_first_line
    keep_notes(block)


def parts_last_word(text: str, end: int | None, style: Any) -> bool:
    """Whether a line that ends at this byte leaves no more than the end of a word for the next one."""
    if not end or style["hyphens"] != "auto":
        return False
    data = text.encode()
    before, rest = data[:end].decode(), data[end:].decode()
    return before[-1:].isalpha() and rest[:1].isalpha() and " " not in rest.strip()


# Where a paragraph may go on here but not stay behind, WeasyPrint makes room for it by sending notes to the next page: those
# of earlier paragraphs, whatever their policy says.
SENT_AWAY = "report = not context.in_column and can_break_now and not could_break_before"


def keep_notes(block: Any) -> None:
    """Have notes stay on the page of their marks."""
    source = inspect.getsource(block._linebox_layout)
    if SENT_AWAY not in source:
        raise RuntimeError("this WeasyPrint is not the one that constraints.txt pins: run `make setup`")
    exec(compile(source.replace(SENT_AWAY, "report = False"), block.__file__, "exec"), vars(block))  # noqa: S102


WIDEST = 4
"""Characters as wide as the size that a line may have at most, for texts that need no second look."""
