"""A guide made to break readers: long code, wide tables, deep lists, formulas in titles, pictures and questions of every kind, 300 questions."""

import io
from pathlib import Path

from conftest import lay
from every_kind import EVERY_KIND
from PIL import Image, ImageDraw

QUESTIONS = 300
KINDS = ("png", "jpg", "gif", "webp")

GUIDE = """\
title = "Hard & <Strange>: a Guide"
authors = ["Ada Example", "Bø Ęxample"]
language = "en"
version = "1"
date = 2026-01-31
"""

STRANGE = r"""---
title: Strange things & <others>
summary: What breaks readers — “quotes”, ampersands & brackets.
---
Words from right to left, <span lang="he" dir="rtl">שלום עולם</span>, stand in a sentence, and Greek, λόγος.[^one]

[^one]: A note with `code`, a formula $x^2$ and a [link](#wide).

## Why is $\sum_{i=1}^{n} x_i \ne \frac{1}{2}$, and what of `a<b && c>d`? {#formula .hard tags="maths strange"}

### Hint
Look at $\frac{\partial L}{\partial w_{ij}}$.

### Answer
$$
\mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}} + a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9 + a_{10} + a_{11}
$$

## What is wide? {#wide .medium tags="tables"}

| One | Two | Three | Four | Five | Six | Seven | Eight | Nine | Ten |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| incomprehensibilities | uncharacteristically | 1,000,000,000 | `a_very_long_identifier_name` | five | six | seven | eight | nine | ten |

### Answer
```python
def a_function_with_a_long_name(first_argument, second_argument, third_argument, fourth_argument=None, *rest, **more):
    return {"key": [value for value in range(1_000_000) if value % 2 == 0 and value % 3 == 0 and value % 5 == 0]}


unbroken = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
```

Averylongwordwithoutanyspacesinitthatgoesonandonandonandonandonandonandonandonandonandonandonandonandonuntilitends.

## What is deep? {#deep .easy tags="lists"}

- One
  - Two
    1. Three
       - Four
         - Five, with a sentence that is long enough to need more than a single line on a small screen
           ```sh
           echo "code in a list, six deep" | tee /dev/null | cat -n | sort --reverse --numeric-sort | uniq --count
           ```
- Again

> A quotation
>
> > with another in it.

### Answer
- [ ] a task
- [x] another

### Pitfalls
Term
: Its meaning.

## Which is right? {#choice .easy tags="choice"}

- [ ] `1 < 0`
  > It is not: $1 > 0$.
- [x] The one with the **bold** word
  > So it is.
- [x] <span lang="he" dir="rtl">נכון</span>

### Hint
There are two.

## מהי רשת נוירונים? {#hebrew lang=he}

### Answer
רשת של יחידות פשוטות.

## What do they show? {#pictures tags="pictures"}

![A drawing.](figures/drawing.svg "A drawing, with a caption.")

![A drawing with a gradient.](figures/gradient.svg)

### Answer
"""

DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100"><rect x="5" y="5" width="90" height="90" fill="none" stroke="#000"/>
<text x="120" y="55" font-size="20" font-family="sans-serif">text in a drawing</text></svg>
"""
GRADIENT = """\
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 400 100"><defs>
<linearGradient id="g"><stop offset="0" stop-color="#000"/><stop offset="1" stop-color="#fff"/></linearGradient></defs>
<rect width="400" height="100" fill="url(#g)"/></svg>
"""


def hard(folder: Path) -> Path:
    """The guide in a folder of its own."""
    shown = "".join(f"\n![A cross, as {kind}.](figures/cross.{kind})\n" for kind in KINDS)
    many = "".join(
        f'## Question number {number}? {{#many-{number} .easy tags="many"}}\n\n### Hint\nCount to {number}.\n\n'
        f"### Answer\nIt is ${number}$, as [the one before](#many-{max(1, number - 1)}) is not.\n\n"
        for number in range(1, QUESTIONS + 1)
    )
    lay(
        folder,
        {
            "guide.toml": GUIDE,
            "01-strange.md": STRANGE + shown,
            "03-every-kind.md": EVERY_KIND,
            "02-many.md": f"---\ntitle: Many questions\n---\n{many}",
            "figures/drawing.svg": DRAWING,
            "figures/gradient.svg": GRADIENT,
        },
    )
    for kind in KINDS:
        (folder / "figures" / f"cross.{kind}").write_bytes(cross(kind))
    return folder


def cross(kind: str) -> bytes:
    """A picture made of pixels, two lines across it."""
    image = Image.new("RGB", (300, 120), "white")
    pen = ImageDraw.Draw(image)
    pen.line((0, 0, 300, 120), fill="black", width=5)
    pen.line((0, 120, 300, 0), fill="black", width=5)
    out = io.BytesIO()
    image.save(out, {"jpg": "JPEG"}.get(kind, kind.upper()))
    return out.getvalue()
