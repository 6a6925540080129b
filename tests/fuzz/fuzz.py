"""Let a fuzzer that sees which lines run make up what could break a reader: `make fuzz`, or `fuzz.py TARGET SECONDS`.

Each input that raises what it should not, or that takes long, is kept in tests/fuzz/finds/, once for each place in the
program; `make test` tries them all again.
"""

import sys
import time
import traceback
from hashlib import sha256
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]
with atheris.instrument_imports(include=["studyguide"]):
    from targets import TARGETS

FINDS = HERE / "finds"
SLOW = 5
"""Seconds that no input of the fuzzer's size may take."""
SEEDS = {
    "chapter": ("docs/rules/*.md", "content/0[1-9]*.md"),
    "foreign": ("tests/dialects/*.md", "docs/rules/*.md"),
    "config": ("content/guide.toml", "tests/*.toml"),
    "maths": (),
    "drawing": ("content/figures/*.svg",),
}
FORMULAS = (
    r"\frac{a}{b}",
    r"\sum_{i=1}^n x_i^2",
    r"\left( \sqrt{x} \right)",
    r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}",
)


def place(error: BaseException) -> str:
    """Return the place in the program that an error came from, which tells one find from another."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "studyguide" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}-{Path(last.filename).stem}-{last.lineno}"


def keep(name: str, kind: str, data: bytes) -> None:
    FINDS.mkdir(exist_ok=True)
    path = FINDS / f"{name}-{kind}"
    if not path.exists():
        path.write_bytes(data)
        print(f"find: {path.name}", flush=True)


def seeds(name: str, folder: Path) -> None:
    """Small inputs to begin with: what the project's own files hold, in pieces."""
    texts = [path.read_bytes() for pattern in SEEDS[name] for path in sorted(ROOT.glob(pattern))]
    texts += [formula.encode() for formula in FORMULAS if name == "maths"]
    for data in texts:
        pieces = data.split(b"\n## ") if name in ("chapter", "foreign") else [data]
        for piece in pieces:
            (folder / sha256(piece).hexdigest()[:16]).write_bytes(piece[:4096])


def main(name: str, seconds: int) -> None:
    target = TARGETS[name]
    corpus = ROOT / ".cache" / "fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    seeds(name, corpus)

    def one(data: bytes) -> None:
        start = time.process_time()
        try:
            target(data)
        except Exception as error:  # every kind is a find
            keep(name, place(error), data)
        if time.process_time() - start > SLOW:
            keep(name, f"slow-{sha256(data).hexdigest()[:8]}", data)

    words = HERE / "markdown.dict"
    options = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=60", "-rss_limit_mb=3000", f"-dict={words}"]
    atheris.Setup([sys.argv[0], str(corpus), *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
