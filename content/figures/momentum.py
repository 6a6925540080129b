"""Draws momentum.svg: gradient descent in a narrow valley, with three coefficients of momentum."""

from pathlib import Path

import numpy as np

CURVES = np.array([1.0, 20.0])  # L = (w1² + 20 w2²) / 2
START = np.array([-9.0, 1.8])
RATE, STEPS = 0.09, 20
SCALE, CENTRE = 19, 240
ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'


def path(momentum):
    w, v, points = START.copy(), np.zeros(2), [START]
    for _ in range(STEPS):
        v = momentum * v + CURVES * w
        w = w - RATE * v
        points.append(w)
    return np.array(points)


def text(x, y, words, size=11, anchor="start", fill="currentColor"):
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT}="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def panel(middle, title, momentum, colour):
    places = [(CENTRE + SCALE * a, middle - SCALE * b) for a, b in path(momentum)]
    out = []
    for level in (12.2, 10, 7.5, 5, 2.5):  # half the width of the ellipse
        across = SCALE * level
        out.append(
            f'<ellipse cx="{CENTRE}" cy="{middle}" rx="{across:.1f}" ry="{across / CURVES[1] ** 0.5:.1f}" '
            f'fill="currentColor" fill-opacity="{0.06 if level > 12 else 0}" '
            'stroke="currentColor" stroke-width="0.75" stroke-opacity="0.5"/>'
        )
    line = " ".join(f"{x:.1f} {y:.1f}" for x, y in places)
    out.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="1.5" stroke-linejoin="round"/>')
    out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{colour}"/>' for x, y in places]
    x, y = places[0]
    out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
    cross = f"M{CENTRE - 4} {middle - 4}l8 8m0 -8l-8 8"
    out.append(f'<path d="{cross}" fill="none" stroke="currentColor" stroke-width="1.5"/>')
    out.append(text(8, middle - 66, title, 13, fill=colour))
    out.append(text(472, middle - 66, f'<tspan font-style="italic">β</tspan> = {momentum:g}', anchor="end"))
    return out


def draw():
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 408" role="img">',
        "<title>Paths of gradient descent in a narrow valley, with three coefficients of momentum</title>",
        *panel(82, "Without momentum", 0, "currentColor"),
        *panel(216, "Some momentum", 0.5, ACCENT),
        *panel(350, "Too much for this valley", 0.9, "currentColor"),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    for momentum in (0, 0.5, 0.9):
        print(momentum, path(momentum)[[1, 2, -1]].round(3).tolist())
