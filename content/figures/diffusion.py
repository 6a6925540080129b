"""Draws diffusion.svg: points on a ring, noised by the schedule of the DDPM paper (1,000 steps, beta from 0.0001 to 0.02)."""

import pathlib

import numpy as np

ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif"'

rng = np.random.default_rng(4)
angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
ring = 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
kept = np.concatenate([[1.0], np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))])
noise = rng.normal(size=ring.shape)


def text(x: float, y: float, words: str, size: int = 11, fill: str = "currentColor") -> str:
    return f'<text x="{x:g}" y="{y:g}" {FONT} font-size="{size}" text-anchor="middle" fill="{fill}">{words}</text>'


def arrow(x: float, y: float, end: float, colour: str) -> str:
    way = 1 if end > x else -1
    return (
        f'<path d="M{x:g} {y:g}H{end - 5 * way:g}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        f'<path d="M{end:g} {y:g}l{-7 * way} -3.5v7z" fill="{colour}"/>'
    )


parts = []
side, gap, top = 84, 11, 46
for column, step in enumerate([0, 50, 100, 200, 1000]):
    left = 8 + column * (side + gap)
    points = np.sqrt(kept[step]) * ring + np.sqrt(1 - kept[step]) * noise
    colour = ACCENT if step == 0 else "currentColor"
    parts.append(
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" rx="4" fill="currentColor" fill-opacity="0.06"'
        f' stroke="{colour}" stroke-width="1.5"/>'
    )
    for x, y in points / 2.8 * side / 2 + (left + side / 2, top + side / 2):
        if left + 3 < x < left + side - 3 and top + 3 < y < top + side - 3:
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.3" fill="{colour}"/>')
    name = f'<tspan font-style="italic">t</tspan> = {step:,}'
    parts.append(text(left + side / 2, top + side + 17, name))
parts.append(text(240, 20, "Forward: a fixed rule adds noise"))
parts.append(arrow(24, 32, 456, "currentColor"))
parts.append(arrow(456, 162, 24, ACCENT))
parts.append(text(240, 180, "Reverse: the network takes noise away, step by step", fill=ACCENT))

svg = "\n".join(
    [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 192" role="img">',
        "<title>Diffusion: noise is added step by step and taken away again</title>",
        *parts,
        "</svg>",
    ]
)
pathlib.Path(__file__).with_suffix(".svg").write_text(svg + "\n", encoding="utf-8")
