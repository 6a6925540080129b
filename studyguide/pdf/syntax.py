"""Numbers, strings and references as PDF writes them (ISO 32000-1, 7.3)."""

from collections.abc import Iterable


def references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def decimal(number: float) -> bytes:
    return f"{round(number, 3) + 0.0:.3f}".rstrip("0").rstrip(".").encode()  # + 0.0, for PDF has no -0


def box(numbers: Iterable[float]) -> bytes:
    return b" ".join(map(decimal, numbers))


def string(text: str) -> bytes:
    """A text string (7.9.2.2)."""
    if text.isascii():
        return b"(" + text.translate({40: r"\(", 41: r"\)", 92: r"\\", 10: r"\n", 13: r"\r"}).encode() + b")"
    return b"<feff" + text.encode("utf-16-be").hex().encode() + b">"


def string_or_number(key: int | bytes) -> bytes:
    return (
        b"%d" % key
        if isinstance(key, int)
        else string(key.decode())
        if key.isascii()
        else b"<" + key.hex().encode() + b">"
    )
