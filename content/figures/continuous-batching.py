"""Draws continuous-batching.svg: six texts on three slots, in fixed batches and in a continuous one."""

from pathlib import Path

TEXTS = [("A", 7), ("B", 2), ("C", 3), ("D", 5), ("E", 3), ("F", 2)]
PLACES, UNIT, ROW = 3, 32, 21
LEFT, ACCENT = 62, "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'


def fixed():
    plan, start = [], 0
    for first in range(0, len(TEXTS), PLACES):
        batch = TEXTS[first : first + PLACES]
        plan += [(name, place, start, length) for place, (name, length) in enumerate(batch)]
        start += max(length for _, length in batch)
    return plan, start


def continuous():
    plan, free = [], [0] * PLACES
    for name, length in TEXTS:
        place = free.index(min(free))
        plan.append((name, place, free[place], length))
        free[place] += length
    return plan, max(free)


def text(x, y, words, size=12, anchor="middle", fill="currentColor"):
    return f'<text x="{x:g}" y="{y:g}" {FONT}="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def panel(top, title, plan, end, colour):
    out = [text(LEFT, top, f"{title}: {end} steps", 13, "start", colour)]
    high = PLACES * ROW
    out.append(
        f'<rect x="{LEFT}" y="{top + 10}" width="{end * UNIT}" height="{high}" fill="none"'
        f' stroke="{colour}" stroke-width="0.75" stroke-dasharray="4 3"/>'
    )
    for place in range(PLACES):
        out.append(text(LEFT - 8, top + 24.5 + place * ROW, f"Slot {place + 1}", anchor="end"))
    for name, place, start, length in plan:
        x, y = LEFT + start * UNIT + 1, top + 12 + place * ROW
        out.append(
            f'<rect x="{x}" y="{y}" width="{length * UNIT - 2}" height="{ROW - 4}" rx="3" fill="{colour}"'
            f' fill-opacity="0.15" stroke="{colour}" stroke-width="1.5"/>'
        )
        out.append(text(x + length * UNIT / 2 - 1, y + 13, name, 12, fill=colour))
    return out


def draw():
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 196" role="img">',
        "<title>Six texts on three slots, in fixed batches and in a continuous one</title>",
        *panel(16, "Fixed batches", *fixed(), "currentColor"),
        *panel(114, "Continuous batching", *continuous(), ACCENT),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
