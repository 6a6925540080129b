r"""Read the gaps of a text in Moodle's notation: ``{1:SHORTANSWER:=Paris~%50%Lutetia#old}``, ``{1:NUMERICAL:=9.81:0.05}``."""

import re
from html import unescape

from studyguide.exercises import GAP, Gap, GapAnswer
from studyguide.importers.quizzes.texts import make_gap, read_share

_GAP = re.compile(r"(?<!\\)\{(\d{0,3}):([A-Z_]{2,30}):((?:\\.|[^}\\]){0,5000})\}", re.DOTALL)
_ANSWER = re.compile(r"(?:%(-?[\d.]+)%|(=))?(.*)", re.DOTALL)
_NUMBERS = frozenset(("NUMERICAL", "NM"))
_WORDS = frozenset(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"))
_ALL = 100.0


def read_cloze(markup: str) -> tuple[str, tuple[Gap, ...], dict[str, list[str]]]:
    """Return the text with ``GAP`` for each gap, the gaps, and what these have beside their answers, by the kind of its note."""
    gaps: list[Gap] = []
    asides: dict[str, list[str]] = {"reason": [], "setting": [], "part-worth": [], "unknown-kind": []}

    def read(found: re.Match[str]) -> str:
        is_number = found[2] in _NUMBERS
        asides["setting"].append(f"{found[1]} {found[2]}")
        if not is_number and found[2] not in _WORDS:
            asides["unknown-kind"].append(f"{found[2]} {_show(found[3])}")
        gaps.append(make_gap(_read_answers(found[3], is_number, asides), is_number))
        return GAP

    return _GAP.sub(read, markup), tuple(gaps), asides


def _read_answers(told: str, is_number: bool, asides: dict[str, list[str]]) -> list[GapAnswer]:
    answers = []
    for each in re.split(r"(?<!\\)~", told):
        words, _, reason = _split(each, "#")
        found = _ANSWER.fullmatch(words)
        assert found is not None
        share = _ALL if found[2] else read_share(found[1] or "0")
        text, _, tolerance = _split(found[3], ":") if is_number else (found[3], "", "")
        if reason:
            asides["reason"].append(_show(reason))
        if share < _ALL:
            asides["part-worth"].append(_show(words))
        else:
            answers.append(GapAnswer(_show(text).strip(), tolerance.strip() or "0"))
            asides["setting"].append(f"{_show(words)} {tolerance}")
    return answers


def _split(text: str, sign: str) -> tuple[str, str, str]:
    """Return the text before and behind the first ``sign`` without a backslash."""
    parts = re.split(rf"(?<!\\){sign}", text, maxsplit=1)
    return parts[0], sign, parts[1] if len(parts) > 1 else ""


def _show(text: str) -> str:
    return unescape(re.sub(r"\\(.)", r"\1", text))
