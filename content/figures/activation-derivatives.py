"""Draws activation-derivatives.svg: five activation functions and their slopes."""

import math
from pathlib import Path

import numpy as np

SIDE, UP, DOWN = 3.5, 2, 1  # the range of the input, and of the value
UNIT_X, UNIT_Y = 17, 37
ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def cdf(x):
    return (1 + math.erf(x / math.sqrt(2))) / 2


def density(x):
    return math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


PANELS = {  # name: (value, slope, words)
    "Sigmoid": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)), "Slope at most 0.25"),
    "Tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2, "Slope at most 1"),
    "ReLU": (lambda x: max(0, x), lambda x: float(x > 0), "Slope 0 or 1"),
    "Leaky ReLU": (lambda x: max(0.1 * x, x), lambda x: 1.0 if x > 0 else 0.1, "Slope 0.1 or 1"),
    "GELU": (lambda x: x * cdf(x), lambda x: cdf(x) + x * density(x), "Slope −0.13 to 1.13"),
}


def text(x, y, words, size=11, anchor="middle", fill="currentColor"):
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT}="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def curve(x0, y0, function, style):
    xs = np.arange(-350, 351, 10) / 100
    parts, last = [[]], None
    for x in xs:
        y = function(float(x))
        if y > UP:
            break
        if last is not None and abs(y - last) > 0.5:  # a jump
            parts.append([])
        parts[-1].append(f"{x0 + UNIT_X * x:.1f} {y0 - UNIT_Y * y:.1f}")
        last = y
    line = "".join("M" + " ".join(part) for part in parts)
    return f'<path d="{line}" fill="none" {style}/>'


def panel(x0, y0, name):
    value, slope, words = PANELS[name]
    thin = 'fill="none" stroke="currentColor" stroke-width="0.75"'
    left, right, top = x0 - UNIT_X * SIDE, x0 + UNIT_X * SIDE, y0 - UNIT_Y * UP
    out = [f'<path d="M{left:.1f} {y0}H{right:.1f}M{x0} {y0 + UNIT_Y * DOWN}V{top - 6}" {thin}/>']
    for x in (-3, 3):
        out.append(f'<path d="M{x0 + UNIT_X * x} {y0 - 2.5}v5" {thin}/>')
        below = 27 if name == "Leaky ReLU" and x < 0 else 15  # under the line
        out.append(text(x0 + UNIT_X * x, y0 + below, f"{x}".replace("-", "−")))
    for y in (1, 2):
        out.append(f'<path d="M{x0 - 2.5} {y0 - UNIT_Y * y}h5" {thin}/>')
        out.append(text(x0 - 6, y0 - UNIT_Y * y - 3, y, anchor="end"))
    out.append(curve(x0, y0, value, 'stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"'))
    out.append(curve(x0, y0, slope, f'stroke="{ACCENT}" stroke-width="2" stroke-dasharray="5 3"'))
    out.append(text(x0, top - 22, name, 13))
    out.append(text(x0, y0 + UNIT_Y * DOWN + 17, words, fill=ACCENT))
    return out


def draw():
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 360" role="img">',
        "<title>Five activation functions and their slopes</title>",
    ]
    for place, name in enumerate(PANELS):
        out += panel((80, 240, 400)[place % 3], (114, 300)[place // 3], name)
    out += [
        '<path d="M352 236h30" fill="none" stroke="currentColor" stroke-width="1.5"/>',
        text(392, 240, "Value", 13, "start"),
        f'<path d="M352 264h30" fill="none" stroke="{ACCENT}" stroke-width="2" stroke-dasharray="5 3"/>',
        text(392, 268, "Slope", 13, "start", ACCENT),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    slopes = [PANELS["GELU"][1](x / 1000) for x in range(-4000, 4001)]
    print(round(min(slopes), 3), round(max(slopes), 3))
