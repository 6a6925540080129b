"""Draws rope.svg: a query and a key before rotation and at two pairs of positions, half a radian for each position."""

from pathlib import Path

import numpy as np

ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'
STEP = 0.5
QUERY, KEY = np.array([2.0, 0.5]), np.array([1.0, 1.0])
UNIT, RADIUS, HEIGHT = 24, 62, 94


def text(x, y, words, size=12, fill="currentColor"):
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT}="{size}" text-anchor="middle" fill="{fill}">{words}</text>'


def rotate(x, position):
    a = STEP * position
    return np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ x


def arrow(centre, vector, name, colour, width, side):
    tip = centre + UNIT * vector * (1, -1)
    along = (tip - centre) / np.linalg.norm(tip - centre)
    across = np.array([-along[1], along[0]])
    base = tip - 8 * along
    left, right, label = base + 4 * across, base - 4 * across, tip + 3 * along + 11 * side * across
    italic = f'<tspan font-style="italic">{name}</tspan>'
    return [
        f'<path d="M{centre[0]:.1f} {centre[1]:.1f}L{base[0]:.1f} {base[1]:.1f}" stroke="{colour}" stroke-width="{width}"/>',
        f'<path d="M{tip[0]:.1f} {tip[1]:.1f}L{left[0]:.1f} {left[1]:.1f}L{right[0]:.1f} {right[1]:.1f}z" fill="{colour}"/>',
        text(label[0], label[1] + 4, italic, 13, colour),
    ]


def panel(middle, title, q, k):
    centre = np.array([middle, HEIGHT])
    out = [
        text(middle, 18, title, 12),
        f'<circle cx="{middle}" cy="{HEIGHT}" r="{RADIUS}" fill="currentColor" fill-opacity="0.06"/>',
    ]
    first, last = (np.arctan2(*v[::-1]) for v in (q, k))
    between = (first - last + np.pi) % (2 * np.pi) - np.pi
    arc = [centre + 15 * np.array([np.cos(a), -np.sin(a)]) for a in np.linspace(last, last + between, 13)]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in arc)
    out.append(f'<path d="M{line}" fill="none" stroke="currentColor" stroke-width="1.5"/>')
    side = -np.sign(between)
    out += arrow(centre, k, "k", "currentColor", 1.5, -side)
    out += arrow(centre, q, "q", ACCENT, 2.5, side)
    out.append(text(middle, HEIGHT + RADIUS + 20, f"Angle {abs(np.degrees(between)):.0f}°"))
    out.append(text(middle, HEIGHT + RADIUS + 37, f"Dot product {q @ k:.2f}"))
    return out


def draw():
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 202" role="img">',
        "<title>Rotary encoding: two vectors before rotation and at two pairs of positions</title>",
        *panel(82, "Before rotation", QUERY, KEY),
        *panel(240, "Positions 4 and 1", rotate(QUERY, 4), rotate(KEY, 1)),
        *panel(398, "Positions 9 and 6", rotate(QUERY, 9), rotate(KEY, 6)),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
