"""Draws number-formats.svg: how five number formats divide their bits."""

from pathlib import Path

FORMATS = (  # name, exponent bits, fraction bits, what the numbers reach
    ("float32", 8, 23, ""),
    ("bfloat16", 8, 7, 'Largest: 3.4 × 10<tspan font-size="9" dy="-4">38</tspan>'),
    ("float16", 5, 10, "Largest: 65,504"),
    ("FP8, E5M2", 5, 2, "Largest: 57,344"),
    ("FP8, E4M3", 4, 3, "Largest: 448"),
)
LEFT, SIDE, ROW, TOP = 90, 11.8, 48, 44
ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'


def text(x, y, words, size=11, anchor="middle", fill="currentColor"):
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT}="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def row(y, name, exponent, fraction, words):
    out = [text(LEFT - 12, y + 14, name, 13, "end")]
    fills = ["none"] + [f'{ACCENT}" fill-opacity="0.45'] * exponent + ['currentColor" fill-opacity="0.1'] * fraction
    for i, fill in enumerate(fills):
        x = LEFT + SIDE * i
        out.append(
            f'<rect x="{x:.1f}" y="{y}" width="{SIDE}" height="18" fill="{fill}" stroke="currentColor" stroke-width="0.75"/>'
        )
    start = LEFT + SIDE * (1 + exponent)
    out.append(f'<path d="M{start:.1f} {y - 4}v26" fill="none" stroke="currentColor" stroke-width="1.5"/>')
    out.append(text(LEFT + SIDE / 2, y - 7, "1"))
    out.append(text(LEFT + SIDE * (1 + exponent / 2), y - 7, f"{exponent}", fill=ACCENT))
    out.append(text(start + SIDE * fraction / 2, y - 7, f"{fraction}"))
    if words:
        out.append(text(LEFT + SIDE * (1 + exponent + fraction) + 14, y + 13, words, anchor="start"))
    return out


def draw():
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 {TOP + ROW * len(FORMATS) - 20}" role="img">',
        "<title>Sign, exponent and fraction bits of five number formats</title>",
        text(LEFT + SIDE / 2, 16, "Sign", 11),
        text(LEFT + SIDE * 5, 16, "Exponent", 11, fill=ACCENT),
        text(LEFT + SIDE * 20.5, 16, "Fraction", 11),
    ]
    for i, kind in enumerate(FORMATS):
        out += row(TOP + ROW * i, *kind)
    return "\n".join([*out, "</svg>"]) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    for name, exponent, fraction, words in FORMATS:
        print(name, 1 + exponent + fraction, words)
