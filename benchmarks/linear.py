"""Measure how the time of reading grows with the text: `linear.py`, or `linear.py 250` for that many kilobytes.

Each shape is text that a reader could take more than linear time for. It is read at one size, and at twice and four times
that; the seconds are those of the process, each the best of two, and the last column says how the last doubling grew: 2 is linear.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from studyguide.drawings import inline_drawing  # noqa: E402
from studyguide.importers import translate  # noqa: E402
from studyguide.model import Asset, Project, Source  # noqa: E402
from studyguide.pipeline import OUTPUTS, read_guide  # noqa: E402
from studyguide.problems import ContentError  # noqa: E402
from studyguide.reading.config import configure  # noqa: E402
from studyguide.rules.check import find_problems  # noqa: E402
from studyguide.rules.figure_faults import judge_asset  # noqa: E402
from studyguide.svg import BrokenDrawingError  # noqa: E402

KILOBYTES = 250
SENTENCE = "A network learns a *weight* for each of its inputs, and `x` is one. "

CHAPTERS: dict[str, Callable[[int], str]] = {
    "prose in one answer": lambda n: "## Why?\n\n### Answer\n" + (SENTENCE * 5 + "\n\n") * n,
    "long paragraphs": lambda n: (
        "## Why?\n\n### Answer\n" + "".join(SENTENCE * 5 + "\n" * (1 + (i % 250 == 0)) for i in range(n))
    ),
    "short questions": lambda n: "".join(f"## Why {i}? {{#q{i}}}\n\n### Answer\n{SENTENCE * 4}\n\n" for i in range(n)),
    "one list": lambda n: "## Why?\n\n### Answer\n" + "".join(f"- {SENTENCE * 5}\n" for _ in range(n)),
    "lists in lists": lambda n: (
        "## Why?\n\n### Answer\n" + "".join(f"{'  ' * (i % 9)}- {SENTENCE * 4}\n" for i in range(n))
    ),
    "options": lambda n: "".join(
        f"## Which {i}? {{#q{i}}}\n\n- [ ] {SENTENCE}\n- [x] {SENTENCE}\n\n### Explanation\n{SENTENCE}\n\n"
        for i in range(n)
    ),
    "one table": lambda n: (
        "## Why?\n\n### Answer\n| a | b |\n|---|---|\n" + f"| {SENTENCE * 2} | {SENTENCE * 2} |\n" * n
    ),
    "code": lambda n: "## Why?\n\n### Answer\n" + ("```python\n" + "x = f(x) + 1\n" * 22 + "```\n\n") * n,
    "formulas": lambda n: (
        "## Why?\n\n### Answer\n" + "".join(f"The loss $a_{{{i}}} + b$ falls. {SENTENCE * 4}\n\n" for i in range(n))
    ),
    "notes": lambda n: (
        "## Why?\n\n### Answer\n"
        + "".join(f"So it is.[^n{i}] {SENTENCE * 2}\n\n" for i in range(n))
        + "".join(f"[^n{i}]: {SENTENCE * 2}\n" for i in range(n))
    ),
    "links": lambda n: (
        "## Why? {#why}\n\n### Answer\n"
        + f"See [that](#why), [this][x] and <https://example.org>. {SENTENCE * 3}\n\n" * n
        + "[x]: #why\n"
    ),
    "tags of HTML": lambda n: (
        "## Why?\n\n### Answer\n" + f"<div><b>A</b> vector<int> <span>b</span></div> {SENTENCE * 4}\n\n" * n
    ),
    "openings of HTML": lambda n: "## Why?\n\n### Answer\n" + ("<script> <!-- <svg> <a " * 12 + SENTENCE + "\n\n") * n,
    "brackets": lambda n: "## Why?\n\n### Answer\n" + ("[" * 20 + "![" * 20 + SENTENCE * 4 + "\n\n") * n,
    "stars": lambda n: "## Why?\n\n### Answer\n" + ("*a **b _c __d ~~e ~f `" * 12 + SENTENCE + "\n\n") * n,
    "quotations": lambda n: "## Why?\n\n### Answer\n" + f"> > {SENTENCE * 4}\n\n" * n,
    "terms": lambda n: "---\nkind: glossary\n---\n" + "".join(f"term {i}\n: {SENTENCE * 4}\n\n" for i in range(n)),
}
FOREIGN: dict[str, Callable[[int], str]] = {
    "numbered, bold": lambda n: (
        "# Guide\n\n" + "".join(f"{i}. **Why {i}?**\n\n   {SENTENCE * 4}\n\n" for i in range(1, n))
    ),
    "headings": lambda n: "# Guide\n\n" + "".join(f"### {i}. Why {i}?\n\n{SENTENCE * 4}\n\n" for i in range(1, n)),
    "unfolded": lambda n: (
        "# Guide\n\n"
        + "".join(f"<details>\n<summary>Why {i}?</summary>\n\n{SENTENCE * 3}\n\n</details>\n\n" for i in range(n))
    ),
    "Q and A": lambda n: "# Guide\n\n" + "".join(f"**Q{i}: Why {i}?**\n\nA: {SENTENCE * 4}\n\n" for i in range(n)),
    "options and letters": lambda n: (
        "# Guide\n\n"
        + "".join(
            f"#### Q{i}. Which {i}?\n\n- [ ] {SENTENCE}\n- [x] {SENTENCE}\n- [ ] {SENTENCE}\n\n" for i in range(n)
        )
    ),
}


def chapter(text: str) -> None:
    project = Project("content", None, (Source("content/01-case.md", text),))
    guide = read_guide(project)
    list(find_problems(project, guide))


def foreign(text: str) -> None:
    try:
        project, _ = translate(Project("content", None, (Source("content/01-case.md", text),)))
    except ContentError:
        return
    read_guide(project)


def settings(text: str) -> None:
    configure(Source("content/guide.toml", text), OUTPUTS, ("a4", "letter"))


def drawing(text: str) -> None:
    try:
        judge_asset(Asset("x.svg", text.encode()))
        inline_drawing(text.encode(), "A drawing.", "x")
    except BrokenDrawingError:
        return


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
READERS: tuple[tuple[str, Callable[[str], None], dict[str, Callable[[int], str]]], ...] = (
    ("chapter", chapter, CHAPTERS),
    ("another format", foreign, FOREIGN),
    ("guide.toml", settings, {"editions": lambda n: "".join(f'[editions.e{i}]\npage = "a4"\nkey = "none"\n' for i in range(n))}),
    (
        "drawing",
        drawing,
        {
            "shapes": lambda n: SVG.format('<g fill="#aaa"><path d="M1 1L2 2 3 3z"/><text x="1">word</text></g>' * n),
            "references": lambda n: SVG.format("".join(f'<path id="p{i}" d="M1 1z"/><use href="#p{i}"/>' for i in range(n))),
        },
    ),
)  # fmt: skip


def seconds(reader: Callable[[str], None], text: str) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        reader(text)
        best = min(best, time.process_time() - start)
    return best


def rows(kilobytes: int) -> Iterator[str]:
    """Yield the rows of a table in Markdown."""
    sizes = [kilobytes, 2 * kilobytes, 4 * kilobytes]
    yield f"| reader | text | {' | '.join(f'{size} kB' for size in sizes)} | growth |"
    yield "| --- | --- | --: | --: | --: | --: |"
    for name, reader, shapes in READERS:
        for shape, make in shapes.items():
            per = len(make(200)) / 200
            times = [seconds(reader, make(int(size * 1000 / per))) for size in sizes]
            yield f"| {name} | {shape} | {' | '.join(f'{each:.2f}' for each in times)} | {times[2] / times[1]:.1f} |"


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else KILOBYTES):
        print(row, flush=True)
