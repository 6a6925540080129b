"""Draws shortcut.svg: moles with and without a ruler, and the two boundaries that a model can learn."""

from pathlib import Path

import numpy as np

PHOTOS, AGREE = 120, 0.95
LEFT, RIGHT = 96, 466  # where the sign of the mole is LOW and HIGH
LOW, HIGH = -2.5, 3.5
ROWS = {1: 52, 0: 132}  # the top of the band with a ruler, and of that without
HEIGHT = 64
FONT = 'font-family="IBM Plex Sans, sans-serif" fill="currentColor"'
ACCENT = "#0c4a63"

rng = np.random.default_rng(2)
malignant = rng.integers(0, 2, PHOTOS)
mole = np.clip(malignant + rng.normal(0, 1, PHOTOS), LOW + 0.1, HIGH - 0.1)
ruler = np.where(rng.random(PHOTOS) < AGREE, malignant, 1 - malignant)
lift = rng.uniform(0.1, 0.9, PHOTOS)
order = np.argsort(ruler != malignant, kind="stable")  # the exceptions are drawn last


def text(x, y, words, anchor="middle", size=11):
    return f'<text x="{x:g}" y="{y:g}" {FONT} font-size="{size}" text-anchor="{anchor}">{words}</text>'


def across(value):
    return LEFT + (RIGHT - LEFT) * (value - LOW) / (HIGH - LOW)


def dot(x, y, filled):
    fill = f'fill="{ACCENT}"' if filled else 'fill="none"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" {fill} stroke="currentColor" stroke-width="0.75"/>'


def band(has_ruler, name):
    top = ROWS[has_ruler]
    yield f'<rect x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{HEIGHT}" fill="currentColor" fill-opacity="0.06"/>'
    yield text(LEFT - 10, top + HEIGHT / 2 + 4, name, "end")


honest = across(0.5)
parts = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 236" role="img">',
    "<title>Two boundaries between malignant and benign moles: by the ruler, and by the mole</title>",
    dot(102, 14, True),
    text(112, 18, "Malignant", "start"),
    dot(190, 14, False),
    text(200, 18, "Benign", "start"),
    *band(1, "With ruler"),
    *band(0, "No ruler"),
    *(dot(across(mole[i]), ROWS[int(ruler[i])] + HEIGHT * lift[i], malignant[i]) for i in order),
    f'<path d="M{LEFT - 4} 124H{RIGHT + 4}" fill="none" stroke="{ACCENT}" stroke-width="2.5"/>',
    text(LEFT - 10, 121, "Boundary by", "end"),
    text(LEFT - 10, 135, "the ruler", "end"),
    f'<path d="M{honest:g} 44V202" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 3"/>',
    text(honest, 38, "Boundary by the mole"),
    f'<path d="M{LEFT} 208H{RIGHT - 6}" fill="none" stroke="currentColor" stroke-width="0.75"/>',
    f'<path d="M{RIGHT} 208l-8 -4v8z" fill="currentColor"/>',
    text((LEFT + RIGHT) / 2, 228, "How malignant the mole itself looks"),
    "</svg>",
]
if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text("\n".join(parts) + "\n", encoding="utf-8")
    by_ruler, by_mole = (ruler == malignant).mean(), ((mole > 0.5) == malignant).mean()
    print((ruler != malignant).sum(), by_ruler, by_mole, ((mole > 0.5) == malignant)[ruler != malignant].mean())
