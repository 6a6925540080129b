"""Draws schedules.svg: three learning-rate schedules over 1,000 steps."""

from pathlib import Path

import numpy as np

STEPS, WARM, PEAK, MARKED = 1000, 100, 0.001, 325
WIDE, HIGH, TOP = 106, 120, 44
ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'


def constant(step):
    return PEAK


def halving(step):
    return PEAK * 0.5 ** min(step // 250, 3)


def cosine(step):
    if step < WARM:
        return PEAK * step / WARM
    return PEAK * (1 + np.cos(np.pi * (step - WARM) / (STEPS - WARM))) / 2


def text(x, y, words, size=11, anchor="middle", fill="currentColor"):
    return f'<text x="{x:.1f}" y="{y:.1f}" {FONT}="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def panel(left, title, words, rate, colour):
    bottom, thin = TOP + HIGH, 'fill="none" stroke="currentColor" stroke-width="0.75"'
    out = [f'<path d="M{left} {TOP - 8}V{bottom}H{left + WIDE}" {thin}/>']
    for value in (0, PEAK):
        y = bottom - HIGH * value / PEAK
        out.append(f'<path d="M{left} {y:.1f}h-5" {thin}/>')
        out.append(text(left - 8, y + 4, f"{value:g}", anchor="end"))
    for step in (0, 500, 1000):
        x = left + WIDE * step / STEPS
        out.append(f'<path d="M{x:.1f} {bottom}v5" {thin}/>')
        out.append(text(x, bottom + 18, f"{step:,}"))
    steps = [s for s in range(STEPS + 1) if s % 10 in (0, 9)]
    line = " ".join(f"{left + WIDE * s / STEPS:.1f} {bottom - HIGH * rate(s) / PEAK:.1f}" for s in steps)
    out.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="1.5" stroke-linejoin="round"/>')
    out.append(text(left + WIDE / 2, 20, title, 13, fill=colour))
    out.append(text(left + WIDE / 2, bottom + 36, words))
    return out


def mark(left):
    x, y = left + WIDE * MARKED / STEPS, TOP + HIGH * (1 - cosine(MARKED) / PEAK)
    return [
        f'<path d="M{x:.1f} {y:.1f}V{TOP + HIGH}" fill="none" stroke="{ACCENT}" stroke-width="0.75" stroke-dasharray="3 3"/>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ACCENT}"/>',
        text(x + 12, y - 8, f"Step {MARKED}:", anchor="start", fill=ACCENT),
        text(x + 12, y + 5, f"{cosine(MARKED):.6f}", anchor="start", fill=ACCENT),
    ]


def draw():
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 210" role="img">',
        "<title>Learning rate against step for three schedules</title>",
        *panel(45, "Constant", "One rate throughout", constant, "currentColor"),
        *panel(198, "Step decay", "Halved every 250 steps", halving, "currentColor"),
        *panel(351, "Warm-up, cosine", "100 steps up, 900 down", cosine, ACCENT),
        *mark(351),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    print([round(float(cosine(s)), 6) for s in (50, 100, 325, 550, 775, 1000)])
