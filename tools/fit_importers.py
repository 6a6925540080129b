"""Fit the weights by which importers judge the candidates of a foreign guide; print the errors with each file left out.

    python tools/fit_importers.py [FOLDER …] [--write]

A FOLDER has guides in ``files/`` and their questions in ``truth/``: ``[{"q": title, "alt": [titles], "secondary": bool}]``.
The guides of ``tests/dialects`` and the synthetic ones of ``tools/foreign_guides.py`` are always there. The model is a logistic
regression with L2 regularisation, by Newton's method; each guide weighs the same, whatever its size.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from studyguide.importers.answer_keys import take_answer_keys  # noqa: E402
from studyguide.importers.assign import choose_questions  # noqa: E402
from studyguide.importers.candidates import Candidate  # noqa: E402
from studyguide.importers.detect import read_front_matter  # noqa: E402
from studyguide.importers.document import Document  # noqa: E402
from studyguide.importers.families import find_candidates  # noqa: E402
from studyguide.importers.features import Survey, measure_features  # noqa: E402
from studyguide.importers.lines import read_lines  # noqa: E402
from studyguide.importers.separate import separate_questions  # noqa: E402
from studyguide.importers.tidy import tidy  # noqa: E402
from studyguide.importers.wording import recognise_wording  # noqa: E402
from studyguide.text import strip_markdown  # noqa: E402
from tools.foreign_guides import FORMS, LANGUAGES, write_guide  # noqa: E402

REGULARISATION = 0.5
MAX_STEPS = 40
SMALL_WEIGHT = 2.0
SYNTHETIC_WEIGHT = 0.1
HEAD = """\
# The weights by which importers judge candidates, in logarithms of odds. `tools/fit_importers.py --write` makes this file: a
# logistic regression over real guides with checked questions, the guides of tests/dialects, and synthetic ones in thirteen languages.
"""
WEIGHTS = ROOT / "studyguide/importers/weights.toml"


@dataclass(frozen=True, slots=True)
class Guide:
    name: str
    text: str
    titles: tuple[frozenset[str], ...]
    """The titles that each question may have, normalised."""
    secondary: frozenset[str] = frozenset()
    """Titles of which nobody can say whether they are questions."""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A guide as numbers: a row for each candidate."""

    guide: Guide
    document: Document
    candidates: tuple[Candidate, ...]
    rows: tuple[dict[str, float], ...]
    answers: tuple[bool, ...]
    """True for the candidates that are questions."""


def normalise(title: str) -> str:
    """Return the letters of a title without a number or a label before it."""
    text = re.sub(r"\[+([^\]]*)\]+\([^)]*\)", r"\1", strip_markdown(title))
    text = re.sub(r"<[^>]+>", " ", text)
    text = re.sub(r"^[\s*_#>]*(?:[QF]|Question|Frage)?[\s-]*\d+(?:\.?[a-z])?\s*[.):]+\s+", "", text)
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def read_folder(folder: Path) -> Iterator[Guide]:
    for path in sorted((folder / "files").glob("*.md")):
        truth = json.loads((folder / "truth" / f"{path.stem}.json").read_text(encoding="utf-8"))
        main = [each for each in truth if not each.get("secondary")]
        titles = tuple(frozenset(map(normalise, (each["q"], *each.get("alt", ())))) for each in main)
        secondary = frozenset(normalise(each["q"]) for each in truth if each.get("secondary"))
        yield Guide(path.stem, path.read_text(encoding="utf-8"), titles, secondary)


def read_traps(path: Path) -> Iterator[Guide]:
    for piece in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, rest = piece.partition("\n")
        text, _, truth = rest.partition("%%%\n")
        lines = [line for line in truth.strip().splitlines() if line.startswith(("+ ", "- ", "? "))]
        titles = tuple(frozenset([normalise(line[2:])]) for line in lines)
        yield Guide(head.split()[0], text, titles, weight=SMALL_WEIGHT)


def measure(guide: Guide) -> Sample:
    lines, notes = read_lines(read_front_matter(guide.text)[1])
    document = separate_questions(tidy(lines, notes, recognise_wording(guide.text)))
    candidates = list(find_candidates(document))
    document, answers = take_answer_keys(document, candidates)
    candidates = list(find_candidates(document)) if answers else candidates
    survey = Survey(document, tuple(sorted(candidates, key=lambda each: each.start)))
    features = measure_features(survey)
    wanted = {title for titles in guide.titles for title in titles}
    kept = [each for each in survey.candidates if normalise(each.title) not in guide.secondary]
    rows = tuple(dict(features[each.start]) for each in kept)
    return Sample(guide, document, survey.candidates, rows, tuple(normalise(each.title) in wanted for each in kept))


def fit(samples: Sequence[Sample]) -> dict[str, float]:
    """Return the weight of each feature."""
    names = list_names(samples)
    columns = {name: place for place, name in enumerate(names)}
    total = sum(len(sample.rows) for sample in samples)
    values, answers, weights = np.zeros((total, len(names))), np.zeros(total), np.zeros(total)
    at = 0
    for sample in samples:
        for row, answer in zip(sample.rows, sample.answers, strict=True):
            for name, value in row.items():
                if name in columns:
                    values[at, columns[name]] = value
            answers[at] = answer
            weights[at] = sample.guide.weight * 20 / max(1, len(sample.rows)) ** 0.7
            at += 1
    found = np.zeros(len(names))
    penalty = np.full(len(names), REGULARISATION)
    penalty[columns["bias"]] = 0.01
    for _ in range(MAX_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(values @ found, -30, 30)))
        slope = values.T @ (weights * (answers - chances)) - penalty * found
        curve = (values * (weights * np.maximum(chances * (1 - chances), 1e-6))[:, None]).T @ values + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found += step
        if np.abs(step).max() < 1e-4:
            break
    return dict(zip(names, map(float, found), strict=True))


def list_names(samples: Sequence[Sample]) -> list[str]:
    return sorted({name for sample in samples for row in sample.rows for name in row})


def write_synthetic_guides(seeds: int) -> Iterator[Guide]:
    """Yield guides of every form and language, so many of each."""
    for form in FORMS:
        for language in LANGUAGES:
            for seed in range(seeds):
                written = write_guide(form, language, seed)
                titles = tuple(frozenset([normalise(each.title)]) for each in written.questions)
                yield Guide(f"{form} {language} {seed}", written.text, titles, weight=SYNTHETIC_WEIGHT)


@dataclass(frozen=True, slots=True)
class Score:
    wanted: int
    found: int
    hits: int

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.wanted)

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.found)


def score(sample: Sample, weights: Mapping[str, float]) -> tuple[Score, list[str]]:
    """Return what importers find with these weights, and a line for each question that is missed or invented."""
    guide = sample.guide
    questions = choose_questions(sample.document, sample.candidates, weights=weights).questions
    found = [normalise(each.title) for each in questions]
    wanted = [next((title for title in titles if title in found), min(titles)) for titles in guide.titles]
    kept = [title for title in found if title not in guide.secondary or title in wanted]
    blocks = SequenceMatcher(None, wanted, kept, autojunk=False).get_matching_blocks()
    hits = sum(block.size for block in blocks)
    missed = set(range(len(wanted))) - {block.a + place for block in blocks for place in range(block.size)}
    invented = set(range(len(kept))) - {block.b + place for block in blocks for place in range(block.size)}
    lines = [f"    missed {wanted[place][:70]}" for place in sorted(missed)]
    lines += [f"    invented {kept[place][:70]}" for place in sorted(invented)]
    return Score(len(wanted), len(kept), hits), lines


def report(title: str, scores: Sequence[Score]) -> None:
    total = Score(*(sum(getattr(each, name) for each in scores) for name in ("wanted", "found", "hits")))
    worst = min(min(each.recall, each.precision) for each in scores)
    print(
        f"{title}: {len(scores)} guides, recall {total.recall:.3f}, precision {total.precision:.3f}, worst {worst:.3f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the program")
    parser.add_argument("--seeds", type=int, default=2, help="synthetic guides of each form and language (2)")
    parser.add_argument(
        "--leave-out", action="store_true", help="score each guide of the folders with weights fitted without it"
    )
    options = parser.parse_args()
    real = [measure(guide) for folder in options.folders for guide in read_folder(folder)]
    small = [measure(guide) for name in ("traps", "kinds") for guide in read_traps(ROOT / f"tests/dialects/{name}.txt")]
    synthetic = [measure(guide) for guide in write_synthetic_guides(options.seeds)]
    samples = [*real, *small, *synthetic]
    weights = fit(samples)
    for title, group in (("real", real), ("small", small), ("synthetic", synthetic)):
        scores = []
        for sample in group:
            found, lines = score(sample, weights)
            scores.append(found)
            if lines:
                print(f"{title} {sample.guide.name}: {found.hits} of {found.wanted}, {found.found} found")
                print("\n".join(lines[:6]))
        if scores:
            report(title, scores)
    if options.leave_out:
        scores = []
        for sample in real:
            others = [each for each in samples if each is not sample]
            found, lines = score(sample, fit(others))
            print(f"without {sample.guide.name}: recall {found.recall:.3f}, precision {found.precision:.3f}")
            print("\n".join(lines[:6]))
            scores.append(found)
        report("left out", scores)
    if options.write:
        rows = "\n".join(f'"{name}" = {value:.2f}' for name, value in sorted(weights.items()) if abs(value) >= 0.005)
        WEIGHTS.write_text(f"{HEAD}\n[weights]\n{rows}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
