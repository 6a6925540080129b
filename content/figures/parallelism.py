"""Draws parallelism.svg: data, tensor and pipeline parallelism, the last with its bubble."""

from pathlib import Path

STAGES, MICRO = 3, 4
LEFT, CELL, ROW, TOP = 112, 29, 25, 208
ACCENT = "#0c4a63"
FONT = 'font-family="IBM Plex Sans, sans-serif" font-size'
THIN = 'stroke="currentColor" stroke-width="0.75"'
DASHED = f'fill="none" {THIN} stroke-dasharray="3 3"'


def text(x, y, words, size=11, anchor="middle", fill="currentColor"):
    return f'<text x="{x}" y="{y}" {FONT}="{size}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def box(x, y, wide, high, style):
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="2" {style}/>'


def down(x, y, end):
    line = f'<path d="M{x} {y}V{end - 6}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    return line + f'<path d="M{x} {end}l-4 -8h8z" fill="currentColor"/>'


def machine(x, name):
    return [box(x, 64, 92, 72, f'fill="currentColor" fill-opacity="0.06" {THIN}'), text(x + 46, 80, name)]


def exchange(left, words):
    a, b = left + 46, left + 158
    return [
        f'<path d="M{a} 146V153H{b}V146" fill="none" stroke="{ACCENT}" stroke-width="1.5"/>',
        f'<path d="M{a} 139l-4 8h8z" fill="{ACCENT}"/><path d="M{b} 139l-4 8h8z" fill="{ACCENT}"/>',
        text(left + 102, 169, words, fill=ACCENT),
    ]


def data_parallel(left):
    out = [text(left + 102, 18, "Data parallel", 13)]
    for x, name, part in ((left, "GPU 1", "Examples 1–4"), (left + 112, "GPU 2", "Examples 5–8")):
        out += [text(x + 46, 42, part), down(x + 46, 48, 63), *machine(x, name)]
        out += [box(x + 16, y, 60, 11, f'fill="currentColor" fill-opacity="0.2" {THIN}') for y in (87, 102, 117)]
    return out + exchange(left, "Average the gradients")


def tensor_parallel(left):
    out = [text(left + 102, 18, "Tensor parallel", 13)]
    for x, name, half in ((left, "GPU 1", 0), (left + 112, "GPU 2", 1)):
        out += [text(x + 46, 42, "Examples 1–8"), down(x + 46, 48, 63), *machine(x, name)]
        for y in (87, 102, 117):
            out.append(box(x + 16 + 30 * (1 - half), y, 30, 11, DASHED))
            out.append(box(x + 16 + 30 * half, y, 30, 11, f'fill="currentColor" fill-opacity="0.2" {THIN}'))
    return out + exchange(left, "Join the outputs of each layer")


def schedule():
    """The slot of time in which each stage works on each micro-batch: all forward, then all backward."""
    work = {}
    for stage in range(STAGES):
        for batch in range(MICRO):
            work[stage, stage + batch] = f"F{batch + 1}"
            work[stage, 2 * (MICRO + STAGES - 1) - 1 - stage - batch] = f"B{batch + 1}"
    return work


def pipeline_parallel():
    work, out = schedule(), [text(240, TOP - 12, "Pipeline parallel", 13)]
    slots = 2 * (MICRO + STAGES - 1)
    for stage in range(STAGES):
        y = TOP + stage * ROW
        out.append(text(LEFT - 8, y + 15, f"GPU {stage + 1}: layer {stage + 1}", anchor="end"))
        for slot in range(slots):
            x, name = LEFT + slot * CELL, work.get((stage, slot), "")
            if not name:
                out.append(box(x + 1, y, CELL - 2, ROW - 3, DASHED))
                continue
            colour = "currentColor" if name[0] == "F" else ACCENT
            out.append(box(x + 1, y, CELL - 2, ROW - 3, f'fill="{colour}" fill-opacity="0.2" {THIN}'))
            out.append(text(x + CELL / 2, y + 15, name))
    y = TOP + STAGES * ROW + 9
    out.append(f'<path d="M{LEFT} {y}H{LEFT + slots * CELL - 8}" fill="none" {THIN}/>')
    out.append(f'<path d="M{LEFT + slots * CELL} {y}l-8 -4v8z" fill="currentColor"/>')
    out.append(text(LEFT - 8, y + 4, "Time", anchor="end"))
    out.append(text(240, y + 24, "F1 is the forward pass of micro-batch 1, B1 its backward pass."))
    return [*out, text(240, y + 40, "Dashed: the GPU waits. These gaps are the bubble.")]


def draw():
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 340" role="img">',
        "<title>Three ways to divide the training of a model among GPUs</title>",
        *data_parallel(16),
        *tensor_parallel(260),
        *pipeline_parallel(),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
    slots = 2 * (MICRO + STAGES - 1)
    print(1 - len(schedule()) / (STAGES * slots))
