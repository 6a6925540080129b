"""Draws folding.svg: the tent function, applied once, twice and five times."""

from pathlib import Path

WIDE, HIGH, TOP = 116, 84, 40
ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'
CASES = ((1, "1 layer, 2 neurons"), (2, "2 layers, 4 neurons"), (5, "5 layers, 10 neurons"))


def tent(x):
    return 2 * max(x, 0) - 4 * max(x - 0.5, 0)


def corners(depth):
    """The ends of the straight pieces."""
    for k in range(2**depth + 1):
        y = k / 2**depth
        for _ in range(depth):
            y = tent(y)
        yield k / 2**depth, y


def text(x, y, words, size=11, anchor="middle", fill="currentColor"):
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT}="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def panel(left, depth, words):
    bottom, thin = TOP + HIGH, 'fill="none" stroke="currentColor" stroke-width="0.75"'
    line = " ".join(f"{left + WIDE * x:.1f} {bottom - HIGH * y:.1f}" for x, y in corners(depth))
    return [
        f'<path d="M{left} {TOP - 8}V{bottom}H{left + WIDE + 8}" {thin}/>',
        text(left - 7, TOP + 4, 1, anchor="end"),
        text(left, bottom + 16, 0),
        text(left + WIDE, bottom + 16, 1),
        f'<path d="M{left} {TOP}h-4M{left + WIDE} {bottom}v4" {thin}/>',
        f'<path d="M{line}" fill="none" stroke="{ACCENT}" stroke-width="1.5" stroke-linejoin="round"/>',
        text(left + WIDE / 2, 16, f"{2**depth} pieces", 13),
        text(left + WIDE / 2, bottom + 36, words),
    ]


def draw():
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 172" role="img">',
        "<title>A function that is folded once, twice and five times</title>",
    ]
    for place, (depth, words) in enumerate(CASES):
        out += panel(30 + 156 * place, depth, words)
    return "\n".join([*out, "</svg>"]) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    print(list(corners(2)))
