"""What WeasyPrint 70 gets wrong in a line of text, put right from outside."""

from functools import cache
from math import inf
from typing import Any


@cache
def apply() -> None:
    """Change WeasyPrint in this process, once."""
    from weasyprint.layout import inline
    from weasyprint.text import line_break

    split = inline.split_first_line

    def split_first_line(text: str, style: Any, context: Any, max_width: Any, justification: Any, **more: Any) -> Any:
        """A text that fits but for the space at its end fits.

        WeasyPrint takes its first word alone, which leaves a line of one word before a link or a word in bold.
        """
        line = split(text, style, context, max_width, justification, **more)
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


WIDEST = 4
"""Characters as wide as the size that a line may have at most, for texts that need no second look."""
