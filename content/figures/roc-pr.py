"""Draws roc-pr.svg: ROC and precision-recall curves of one model on imbalanced data."""

from pathlib import Path

import numpy as np

POSITIVES, NEGATIVES = 200, 19_800
SIDE, TOP, LEFT, RIGHT = 168, 30, 52, 296
FONT = 'font-family="IBM Plex Sans, sans-serif" fill="currentColor"'
ACCENT = "#0c4a63"

rng = np.random.default_rng(7)
scores = np.concatenate([rng.normal(2.2, 1, POSITIVES), rng.normal(0, 1, NEGATIVES)])
true = np.concatenate([np.ones(POSITIVES), np.zeros(NEGATIVES)])

true = true[np.argsort(-scores)]  # from the highest score to the lowest
hits, alarms = np.cumsum(true), np.cumsum(1 - true)
tpr, fpr, precision = hits / POSITIVES, alarms / NEGATIVES, hits / (hits + alarms)
roc_area = float(np.sum(np.diff(fpr, prepend=0) * tpr))
average_precision = float(np.sum(np.diff(tpr, prepend=0) * precision))
mark = int(np.argmax(hits >= 0.8 * POSITIVES))  # the first threshold with a recall of 0.8


def text(x, y, words, anchor="middle", size=11, more=""):
    return f'<text x="{x}" y="{y}" {FONT} font-size="{size}" text-anchor="{anchor}"{more}>{words}</text>'


def at(left, x, y):
    return f"{left + SIDE * x:.1f} {TOP + SIDE * (1 - y):.1f}"


def curve(left, xs, ys):
    """The curve thinned to whole steps of half a unit of the drawing."""
    points = [at(left, xs[0], ys[0])]
    last = np.array([xs[0], ys[0]])
    for x, y in zip(xs, ys, strict=True):
        if np.abs(np.array([x, y]) - last).max() * SIDE >= 0.5:
            points.append(at(left, x, y))
            last = np.array([x, y])
    points.append(at(left, xs[-1], ys[-1]))
    return (
        f'<path d="M{"L".join(points)}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>'
    )


def panel(left, title, across, up):
    yield text(left + SIDE / 2, 20, title, size=13)
    yield f'<rect x="{left}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="currentColor" fill-opacity="0.06" stroke="none"/>'
    yield f'<path d="M{left} {TOP}V{TOP + SIDE}H{left + SIDE}" fill="none" stroke="currentColor" stroke-width="0.75"/>'
    for value in (0, 0.5, 1):
        x, y = left + SIDE * value, TOP + SIDE * (1 - value)
        yield f'<path d="M{x:g} {TOP + SIDE}v4M{left} {y:g}h-4" fill="none" stroke="currentColor" stroke-width="0.75"/>'
        yield text(f"{x:g}", TOP + SIDE + 16, f"{value:g}")
        yield text(left - 8, f"{y + 4:g}", f"{value:g}", "end")
    yield text(left + SIDE / 2, TOP + SIDE + 34, across)
    middle = TOP + SIDE / 2
    yield text(left - 32, middle, up, more=f' transform="rotate(-90 {left - 32} {middle})"')


def dot(left, x, y):
    cx, cy = at(left, x, y).split()
    return f'<circle cx="{cx}" cy="{cy}" r="4.5" fill="{ACCENT}" stroke="currentColor" stroke-width="0.75"/>'


def leader(left, x, y, top):
    """A thin line from a label down to the dot that it names."""
    cx, cy = at(left, x, y).split()
    return f'<path d="M{cx} {top}V{float(cy) - 6:.1f}" fill="none" stroke="currentColor" stroke-width="0.75"/>'


def dashed(left, x1, y1, x2, y2):
    return f'<path d="M{at(left, x1, y1)}L{at(left, x2, y2)}" fill="none" stroke="currentColor" stroke-width="0.75" stroke-dasharray="3 3"/>'


share = POSITIVES / (POSITIVES + NEGATIVES)
parts = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 240" role="img">',
    "<title>ROC and precision-recall curves of the same model on imbalanced data</title>",
    *panel(LEFT, "ROC", "False positive rate", "Recall (true positive rate)"),
    dashed(LEFT, 0, 0, 1, 1),
    curve(LEFT, np.insert(fpr, 0, 0), np.insert(tpr, 0, 0)),
    dot(LEFT, fpr[mark], tpr[mark]),
    text(LEFT + 21, TOP + 43, f"False positives {fpr[mark]:.0%}", "start"),
    text(LEFT + SIDE - 8, TOP + 130, f"AUC {roc_area:.2f}", "end"),
    *panel(RIGHT, "Precision-recall", "Recall", "Precision"),
    dashed(RIGHT, 0, share, 1, share),
    curve(RIGHT, np.insert(tpr, 0, 0), np.insert(precision, 0, precision[0])),
    dot(RIGHT, tpr[mark], precision[mark]),
    text(RIGHT + SIDE - 8, TOP + 112, f"Precision {precision[mark]:.0%}", "end"),
    leader(RIGHT, tpr[mark], precision[mark], TOP + 117),
    text(RIGHT + SIDE - 8, TOP + 50, f"Average precision {average_precision:.2f}", "end"),
    "</svg>",
]
if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text("\n".join(parts) + "\n", encoding="utf-8")
    print(roc_area, average_precision, fpr[mark], tpr[mark], precision[mark], hits[mark], alarms[mark])
