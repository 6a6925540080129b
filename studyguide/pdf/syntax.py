"""Write numbers, strings and references as PDF has them (ISO 32000-1, 7.3): values of Python → bytes."""

from collections.abc import Iterable
from functools import lru_cache


def write_references(numbers: Iterable[int]) -> bytes:
    """Return references to the objects with these numbers, with spaces between them."""
    return b" ".join(b"%d 0 R" % number for number in numbers)


@lru_cache(maxsize=20_000)
def write_decimal(number: float) -> bytes:
    """Return a number with at most three digits behind the point."""
    return f"{round(number, 3) + 0.0:.3f}".rstrip("0").rstrip(".").encode()  # + 0.0, for PDF has no -0


def write_box(numbers: Iterable[float]) -> bytes:
    """Return the numbers of a rectangle, without the brackets around them."""
    return b" ".join(map(write_decimal, numbers))


def write_string(text: str) -> bytes:
    """Return a text string (7.9.2.2)."""
    if text.isascii():
        return b"(" + text.translate({40: r"\(", 41: r"\)", 92: r"\\", 10: r"\n", 13: r"\r"}).encode() + b")"
    return b"<feff" + text.encode("utf-16-be").hex().encode() + b">"


def write_stream(number: int, head: bytes, data: bytes) -> bytes:
    """Return a stream (7.3.8) as an object with this number; ``head`` is its dictionary."""
    return b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, head, data)


def write_key(key: int | bytes) -> bytes:
    """Return a key of a number tree, or of a name tree; a name outside ASCII is written in hexadecimal digits."""
    return (
        b"%d" % key
        if isinstance(key, int)
        else write_string(key.decode())
        if key.isascii()
        else b"<" + key.hex().encode() + b">"
    )
