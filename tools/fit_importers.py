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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from studyguide.importers.answer_keys import take_answer_keys  # noqa: E402
from studyguide.importers.candidates import Candidate  # noqa: E402
from studyguide.importers.detect import front_matter  # noqa: E402
from studyguide.importers.families import find_candidates  # noqa: E402
from studyguide.importers.features import Survey, measure_features  # noqa: E402
from studyguide.importers.lines import read_lines  # noqa: E402
from studyguide.importers.separate import separate_questions  # noqa: E402
from studyguide.importers.tidy import tidy  # noqa: E402
from studyguide.importers.wording import recognise_wording  # noqa: E402
from studyguide.text import strip_markdown  # noqa: E402

REGULARISATION = 1.0
MAX_STEPS = 40
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
        titles = tuple(frozenset([normalise(line[2:])]) for line in truth.strip().splitlines())
        yield Guide(head.split()[0], text, titles, weight=0.5)


def measure(guide: Guide) -> Sample:
    lines, notes = read_lines(front_matter(guide.text)[1])
    document = separate_questions(tidy(lines, notes, recognise_wording(guide.text)))
    candidates = list(find_candidates(document))
    document, answers = take_answer_keys(document, candidates)
    candidates = list(find_candidates(document)) if answers else candidates
    survey = Survey(document, tuple(sorted(candidates, key=lambda each: each.start)))
    features = measure_features(survey)
    wanted = {title for titles in guide.titles for title in titles}
    kept = [each for each in survey.candidates if normalise(each.title) not in guide.secondary]
    rows = tuple(dict(features[each.start]) for each in kept)
    return Sample(guide, tuple(kept), rows, tuple(normalise(each.title) in wanted for each in kept))


def fit(samples: Sequence[Sample], names: Sequence[str]) -> np.ndarray:
    """Return the weight of each named feature."""
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
    return found


def list_names(samples: Sequence[Sample]) -> list[str]:
    return sorted({name for sample in samples for row in sample.rows for name in row})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the program")
    parser.add_argument("--errors", action="store_true", help="print the candidates that are judged wrongly")
    options = parser.parse_args()
    guides = [guide for folder in options.folders for guide in read_folder(folder)]
    guides += read_traps(ROOT / "tests/dialects/traps.txt")
    try:
        from tools.foreign_guides import list_samples
        guides += [Guide(each.name, each.text, tuple(frozenset([normalise(q.title)]) for q in each.questions), weight=0.3) for each in list_samples()]
    except ImportError:
        pass
    samples = [measure(guide) for guide in guides]
    names = list_names(samples)
    weights = fit(samples, names)
    for sample in samples:
        chosen = [sum(weights[names.index(name)] * value for name, value in row.items()) > 0 for row in sample.rows]
        wrong = [(each, answer) for each, answer, is_chosen in zip(sample.candidates, sample.answers, chosen, strict=True) if answer != is_chosen]
        found = {normalise(each.title) for each in sample.candidates}
        missing = [titles for titles in sample.guide.titles if not titles & found]
        if wrong or missing:
            print(f"{sample.guide.name}: {len(sample.rows)} candidates, {len(wrong)} wrong, {len(missing)} of {len(sample.guide.titles)} not found at all")
            if options.errors:
                for each, answer in wrong[:6]:
                    print(f"    {'missed' if answer else 'invented'} line {each.start + 1} {' '.join(each.form)}: {each.title[:70]}")
                for titles in missing[:4]:
                    print(f"    no candidate: {next(iter(titles))[:70]}")
    if options.write:
        rows = "\n".join(f'"{name}" = {value:.2f}' for name, value in zip(names, weights, strict=True) if abs(value) >= 0.005)
        WEIGHTS.write_text(f"# Made by tools/fit_importers.py.\n\n[weights]\n{rows}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
