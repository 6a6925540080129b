"""Draws gradient-norms.svg: the gradient of the loss for the signal, on its way back through 20 layers."""

from pathlib import Path

import numpy as np

DEPTH, WIDTH, EXAMPLES = 20, 64, 256
LEFT, RIGHT, TOP, BOTTOM, LOWEST = 52, 318, 30, 226, -14
ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


def steep(z):
    return (z > 0).astype(float)


CASES = {  # name: (function, slope, variance of a weight times the width, style, shift of the label)
    "ReLU, He": (relu, steep, 2, f'stroke="{ACCENT}" stroke-width="2"', -4),
    "Tanh, Xavier": (
        np.tanh,
        lambda z: 1 - np.tanh(z) ** 2,
        1,
        'stroke="currentColor" stroke-width="1.5" stroke-dasharray="8 3"',
        12,
    ),
    "ReLU, Xavier": (relu, steep, 1, f'stroke="{ACCENT}" stroke-width="2" stroke-dasharray="3 3"', 4),
    "Sigmoid, Xavier": (
        sigmoid,
        lambda z: sigmoid(z) * (1 - sigmoid(z)),
        1,
        'stroke="currentColor" stroke-width="1.5"',
        4,
    ),
}


def norms(function, slope, factor):
    """The size of the gradient behind each layer, divided by that at the output."""
    rng = np.random.default_rng(0)
    h, kept = rng.normal(size=(EXAMPLES, WIDTH)), []
    for _ in range(DEPTH):
        w = rng.normal(size=(WIDTH, WIDTH)) * np.sqrt(factor / WIDTH)
        z = h @ w
        kept.append((w, z))
        h = function(z)
    back = rng.normal(size=h.shape)  # a random gradient at the output
    out = [np.linalg.norm(back)]
    for w, z in reversed(kept):
        back = (back * slope(z)) @ w.T
        out.append(np.linalg.norm(back))
    return np.array(out[::-1]) / out[0]


def px(layer):
    return LEFT + (RIGHT - LEFT) * layer / DEPTH


def py(power):
    return TOP + (BOTTOM - TOP) * power / LOWEST


def text(x, y, words, size=11, anchor="middle", fill="currentColor"):
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT}="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def draw():
    thin = 'fill="none" stroke="currentColor" stroke-width="0.75"'
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 274" role="img">',
        "<title>Size of the gradient on its way back through 20 layers</title>",
        f'<path d="M{LEFT} {TOP - 8}V{BOTTOM}H{RIGHT}" {thin}/>',
    ]
    for power in (0, -4, -8, -12):
        words = "1" if power == 0 else f'10<tspan dy="-4" font-size="9">−{-power}</tspan>'
        out.append(f'<path d="M{LEFT} {py(power):.1f}h-5" {thin}/>')
        out.append(text(LEFT - 9, py(power) + 4, words, anchor="end"))
    for layer in (0, 5, 10, 15, 20):
        out.append(f'<path d="M{px(layer):.1f} {BOTTOM}v5" {thin}/>')
        out.append(text(px(layer), BOTTOM + 18, layer))
    for name, (function, slope, factor, style, shift) in CASES.items():
        sizes = np.log10(norms(function, slope, factor))
        points = " ".join(f"{px(DEPTH - k):.1f} {py(s):.1f}" for k, s in enumerate(sizes))
        out.append(f'<path d="M{points}" fill="none" stroke-linejoin="round" {style}/>')
        out.append(text(RIGHT + 10, py(sizes[0]) + shift, name, anchor="start"))
    out += [
        text(LEFT + 8, TOP - 11, "Size of the gradient, 1 at the output", anchor="start"),
        text((LEFT + RIGHT) / 2, BOTTOM + 38, "Layers passed on the way back"),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    for name, case in CASES.items():
        print(name, norms(*case[:3])[0])
