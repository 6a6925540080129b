"""Draws curve-cases.svg: six pairs of learning curves, from six runs of one small network."""

from pathlib import Path

import numpy as np

ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'
EPOCHS, HIGHEST, WIDE, HIGH = 100, 1.0, 112, 92


def sample(rng, n, noise):
    x = (np.arange(n)[:, None] * 2 + 1) / n - 1  # evenly spaced
    return x, np.sin(5 * x) + noise * rng.normal(size=(n, 1))


def run(n=200, rate=0.05, hidden=50, spread=4.0, dropout=0.0, batch=20, noise=0.3, seed=0):
    rng = np.random.default_rng(seed)
    train, valid = sample(rng, n, noise), sample(rng, 400, noise)
    p = [
        rng.normal(size=(1, hidden)) * spread,
        rng.normal(size=hidden) * spread / 2,
        np.zeros((hidden, 1)),
        np.zeros(1),
    ]
    curves = []
    for _ in range(EPOCHS):
        seen = []
        for part in np.array_split(rng.permutation(n), max(1, n // batch)):
            x, y = train[0][part], train[1][part]
            h = np.tanh(x @ p[0] + p[1])
            mask = (rng.random(h.shape) >= dropout) / (1 - dropout)
            out = (h * mask) @ p[2] + p[3]
            seen.append(float(np.mean((out - y) ** 2)))
            d = 2 * (out - y) / len(x)
            dh = d @ p[2].T * mask * (1 - h**2)
            gradients = [x.T @ dh, dh.sum(0), (h * mask).T @ d, d.sum(0)]
            for a, g in zip(p, gradients, strict=True):
                a -= rate * g
        out = np.tanh(valid[0] @ p[0] + p[1]) @ p[2] + p[3]
        curves.append((np.mean(seen), float(np.mean((out - valid[1]) ** 2))))
    return np.array(curves)


CASES = [
    {"rate": 0.0005},  # too low
    {"n": 12, "rate": 0.01, "hidden": 100, "spread": 8.0, "batch": 4, "noise": 0.5, "seed": 2},  # overfits
    {"rate": 0.01, "dropout": 0.5},
    {"rate": 0.06},  # too high
    {"rate": 0.01},  # as it should be
    {"hidden": 2, "spread": 4.0, "rate": 0.05},  # underfits
]


def text(x, y, words, size=11, anchor="middle", weight=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT}="{size}" text-anchor="{anchor}" fill="currentColor"{weight}>{words}</text>'


def curve(left, top, values, colour, dash=""):
    points = [
        f"{left + WIDE * i / (EPOCHS - 1):.1f} {top + HIGH * (1 - min(v, HIGHEST) / HIGHEST):.1f}"
        for i, v in enumerate(values)
    ]
    line = f'stroke="{colour}" stroke-width="1.5" stroke-linejoin="round"{dash}'
    return f'<path d="M{" ".join(points)}" fill="none" {line}/>'


def panel(left, top, letter, case):
    thin = 'fill="none" stroke="currentColor" stroke-width="0.75"'
    out = [f'<path d="M{left} {top - 6}V{top + HIGH}H{left + WIDE}" {thin}/>']
    for value in (0, 0.5, 1):
        y = top + HIGH * (1 - value)
        out.append(f'<path d="M{left} {y:.1f}h-5" {thin}/>')
        out.append(text(left - 8, y + 4, f"{value:g}", anchor="end"))
    for epoch in (1, 50, 100):
        x = left + WIDE * (epoch - 1) / (EPOCHS - 1)
        out.append(f'<path d="M{x:.1f} {top + HIGH}v5" {thin}/>')
        out.append(text(x, top + HIGH + 18, f"{epoch}"))
    curves = run(**case)
    out.append(curve(left, top, curves[:, 1], ACCENT))
    out.append(curve(left, top, curves[:, 0], "currentColor", ' stroke-dasharray="5 2.5"'))
    out.append(text(left + WIDE / 2, top - 12, letter, 13, weight=' font-weight="600"'))
    return out


def draw():
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 316" role="img">',
        "<title>Six pairs of learning curves, A to F</title>",
    ]
    for i, case in enumerate(CASES):
        out += panel(30 + 158 * (i % 3), 28 + 142 * (i // 3), "ABCDEF"[i], case)
    for x, words, colour, dash in (
        (110, "Training loss", "currentColor", ' stroke-dasharray="5 2.5"'),
        (270, "Validation loss", ACCENT, ""),
    ):
        out.append(f'<path d="M{x} 304h36" fill="none" stroke="{colour}" stroke-width="1.5"{dash}/>')
        out.append(text(x + 44, 308, words, 13, "start"))
    return "\n".join([*out, "</svg>"]) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    for letter, case in zip("ABCDEF", CASES, strict=True):
        ends = run(**case)
        print(letter, ends[[0, 49, -1]].round(2).tolist(), ends[:, 1].argmin() + 1, ends[:, 1].min().round(2))
