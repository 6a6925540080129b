"""Two editions of the same name → the places where their bytes differ: entries of an EPUB, objects of a PDF."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping

MOST = 16
"""Places that are told of one file."""
BEFORE, AFTER = 24, 40
"""Bytes that are shown around a difference."""

STREAM = re.compile(rb"(\d+) 0 obj\n(<<.*?>>)\nstream\n", re.DOTALL)
# `/Length1` of a font is another key.
LENGTH = re.compile(rb"/Length (\d+)")
CONTENTS = re.compile(rb"<</Type/Page/.*?/Contents (\d+) 0 R", re.DOTALL)
HOLDER = re.compile(rb"/Type/ObjStm/N (\d+)/First (\d+)")
TYPE = re.compile(rb"/(?:Type|S|Subtype)\s?/(\w+)")


def differences(one: bytes, other: bytes) -> Iterator[str]:
    """What to look at, the first places only; nothing where the files are the same."""
    if one == other:
        return
    ours, theirs = parts(one), parts(other)
    names = [name for name in dict.fromkeys((*ours, *theirs)) if ours.get(name) != theirs.get(name)]
    if not names:
        yield f"the parts are the same, and are packed in another way from byte {first(one, other):,}"
    for name in names[:MOST]:
        if name not in ours or name not in theirs:
            yield f"{name}: only in the {'second' if name not in ours else 'first'}"
        else:
            yield from told(name, ours[name], theirs[name])
    if len(names) > MOST:
        yield f"and {len(names) - MOST} more places"


def told(name: str, one: bytes, other: bytes) -> Iterator[str]:
    at = first(one, other)
    kind = TYPE.search(one) if name.startswith("object") else None
    where = f"byte {at:,}" if b"\0" in one[:at] else f"line {one[:at].count(10) + 1}"
    yield f"{name}{f' ({kind[1].decode()})' if kind else ''}, {where}"
    for data in (one, other):
        shown = data[max(0, at - BEFORE) : at + AFTER].decode("utf-8", "backslashreplace")
        yield "  " + "".join(letter if letter.isprintable() else "·" for letter in shown)


def first(one: bytes, other: bytes) -> int:
    """Where two different strings of bytes begin to differ."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def parts(data: bytes) -> Mapping[str, bytes]:
    """The parts of a file by their names, unpacked."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    if not data.startswith(b"%PDF"):
        return {"the file": data}
    found = dict(objects(data))
    # Pages are numbered in their order when binding begins.
    contents = (CONTENTS.match(found[name]) for name in sorted(found, key=lambda name: int(name.split()[1])))
    pages = {f"object {match[1].decode()}": page for page, match in enumerate(filter(None, contents), 1)}
    return {f"{name} of page {pages[name]}" if name in pages else name: each for name, each in found.items()}


def objects(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The objects of a PDF of ours: `bind` writes each as a stream, or into one. What only counts bytes is left out."""
    position = 0
    while found := STREAM.search(data, position):
        number, head = found.groups()
        length = LENGTH.search(head)
        position = found.end() + (int(length[1]) if length else 0)
        body = data[found.end() : position]
        if b"/FlateDecode" in head:
            body = zlib.decompress(body)
        if holder := HOLDER.search(head):
            count, start = map(int, holder.groups())
            table = list(map(int, body[:start].split()))
            ends = [*table[3::2], len(body) - start]
            for inside in range(count):
                yield f"object {table[2 * inside]}", body[start + table[2 * inside + 1] : start + ends[inside]]
        elif b"/Type/XRef" not in head:
            yield f"object {int(number)}", LENGTH.sub(b"", head) + b"\n" + body
