"""Draws learning-curves.svg: a small network that overfits 20 noisy points."""

from pathlib import Path

import numpy as np

rng = np.random.default_rng(2)
EPOCHS, HIDDEN, RATE, PATIENCE = 1500, 60, 0.02, 100


def sample(n):
    x = rng.uniform(-1, 1, (n, 1))
    return x, np.sin(3 * x) + 0.4 * rng.normal(size=(n, 1))


def forward(p, x):
    h = np.tanh(x @ p[0] + p[1])
    return h, h @ p[2] + p[3]


def loss(p, data):
    return float(np.mean((forward(p, data[0])[1] - data[1]) ** 2))


def gradients(p, x, y):
    h, out = forward(p, x)
    d_out = 2 * (out - y) / len(x)
    d_h = d_out @ p[2].T * (1 - h**2)
    return [x.T @ d_h, d_h.sum(0), h.T @ d_out, d_out.sum(0)]


train, valid = sample(20), sample(400)
p = [
    rng.normal(size=(1, HIDDEN)) * 4,
    rng.normal(size=HIDDEN) * 2,
    np.zeros((HIDDEN, 1)),
    np.zeros(1),
]
curves = [(loss(p, train), loss(p, valid))]
for _ in range(EPOCHS):  # gradient descent, all 20 points in every step
    for a, g in zip(p, gradients(p, *train), strict=True):
        a -= RATE * g
    curves.append((loss(p, train), loss(p, valid)))
curves = np.array(curves)
best = int(curves[:, 1].argmin())
stop = next(i for i in range(EPOCHS) if i - curves[: i + 1, 1].argmin() == PATIENCE)

LEFT, RIGHT, TOP, BOTTOM, HIGHEST = 44, 372, 24, 212, 0.3
ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif"'


def px(epoch):
    return LEFT + (RIGHT - LEFT) * epoch / EPOCHS


def py(value):
    return BOTTOM - (BOTTOM - TOP) * value / HIGHEST


def text(x, y, words, size=11, anchor="middle", fill="currentColor"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" {FONT} font-size="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'
    )


def curve(values, colour, dash=""):
    # the first epochs, whose loss is above the plot, are drawn at its top
    points = [f"{px(i):.1f} {py(min(v, HIGHEST)):.1f}" for i, v in enumerate(values) if i < 50 or i % 10 == 0]
    line = f'stroke="{colour}" stroke-width="1.5" stroke-linejoin="round"{dash}'
    return f'<path d="M{" ".join(points)}" fill="none" {line}/>'


def draw():
    x, y = px(best), py(curves[best, 1])
    thin = 'fill="none" stroke="currentColor" stroke-width="0.75"'
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 258" role="img">',
        "<title>Training and validation loss of a network that overfits</title>",
        f'<path d="M{LEFT} {TOP - 8}V{BOTTOM}H{RIGHT}" {thin}/>',
    ]
    for value in (0, 0.1, 0.2, 0.3):
        out.append(f'<path d="M{LEFT} {py(value):.1f}h-5" {thin}/>')
        out.append(text(LEFT - 9, py(value) + 4, f"{value:g}", anchor="end"))
    for epoch in (0, 500, 1000, 1500):
        out.append(f'<path d="M{px(epoch):.1f} {BOTTOM}v5" {thin}/>')
        out.append(text(px(epoch), BOTTOM + 18, f"{epoch:,}"))
    out += [
        text((LEFT + RIGHT) / 2, BOTTOM + 38, "Epoch", 13),
        text(LEFT + 12, TOP - 4, "Loss", 13, "start"),
        f'<path d="M{x:.1f} {BOTTOM}V{TOP + 26}" {thin} stroke-dasharray="3 3"/>',
        curve(curves[:, 0], "currentColor", ' stroke-dasharray="8 4"'),
        curve(curves[:, 1], ACCENT),
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ACCENT}"/>',
        f'<path d="M{px(stop):.1f} {BOTTOM}V{TOP + 48}" {thin} stroke-dasharray="1 2"/>',
        text(x - 2, TOP + 6, "Lowest validation loss:", 11, "start"),
        text(x - 2, TOP + 20, f"keep the weights of epoch {best}", 11, "start"),
        text(px(stop) + 5, TOP + 42, f"Patience of {PATIENCE} runs out: stop at epoch {stop}", 11, "start"),
        text(RIGHT + 8, py(curves[-1, 1]) + 4, "Validation", 13, "start", ACCENT),
        text(RIGHT + 8, py(curves[-1, 0]) + 4, "Training", 13, "start"),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    print(best, stop, *curves[[0, best, -1]].round(3))
