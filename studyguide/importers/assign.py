"""Choose the candidates that are questions: features → Choice, under one rule: no question stands in the answer of another.

Evidence for a candidate is a sum of named terms, each a feature times its weight from ``weights.toml``; above 0 it is more
likely a question than not. Where one candidate stands in the text of another, the stronger side wins. A family or a form is
never named here.
"""

import tomllib
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import log

from studyguide.importers.candidates import Candidate
from studyguide.importers.document import Document, Scope
from studyguide.importers.features import Features, Survey, has_words, is_list_behind, measure_features

_MAX_EVIDENCE = 8.0
"""More evidence for one candidate than this counts no more when two are weighed against each other."""
_EVIDENCE_OF_NUMBER = 0.3
"""Evidence that e candidates inside another have more than one."""
_MIN_SIBLINGS = 0.6
"""The share of the headings of one level that are questions, if the others with a text of their own are too."""
_MIN_HELD = 3
"""So many questions below a heading show that it heads them."""
_MIN_CLEAR = 2.0
"""Less evidence for a question that does not ask leaves doubt, which the report names."""
_MIN_SURE = 1.5
"""Evidence for a single question that is enough not to guess."""
_MIN_TERM = 0.3
"""Terms of less evidence are not reported."""
_MAX_INTRODUCTION = 12
"""So many lines may introduce a section."""
_MAX_TITLE_WORDS = 10
_GUESSED_COVER = 0.6
"""The share of the text that a form covers which is taken for that of questions if there is no better."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The reasons why the candidates of a form are taken for questions."""

    family: str
    form: str
    found: int
    """Candidates of the form."""
    chosen: int
    asking: int
    """Chosen ones that sound like a question."""
    answered: int
    """Chosen ones below which an answer is announced."""
    terms: tuple[tuple[str, float], ...] = ()
    """The largest terms of the evidence, by name."""


@dataclass(frozen=True, slots=True)
class Choice:
    questions: tuple[Candidate, ...]
    sections: "tuple[Section, ...]"
    evidence: tuple[Evidence, ...]
    is_guessed: bool = False
    """True if no form has enough evidence, and the most regular one was taken."""
    unsure: "tuple[Candidate, ...]" = ()
    """The questions for which little speaks."""


@cache
def load_weights() -> Mapping[str, float]:
    """Return the weight of each feature."""
    text = files("studyguide.importers").joinpath("weights.toml").read_text(encoding="utf-8")
    weights: dict[str, float] = tomllib.loads(text)["weights"]
    return weights


def weigh(features: Features, weights: Mapping[str, float]) -> float:
    """Return the evidence of these features: the logarithm of the odds that the candidate is a question."""
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def choose_questions(
    document: Document,
    candidates: Sequence[Candidate],
    is_named: bool = False,
    weights: Mapping[str, float] | None = None,
) -> Choice:
    """Return the candidates that are questions; all of them if the author has named their family."""
    survey = Survey(document, tuple(sorted(candidates, key=lambda each: each.start)))
    features = measure_features(survey)
    weights = load_weights() if weights is None else weights
    evidence = {start: weigh(each, weights) for start, each in features.items()}
    if is_named:
        evidence = {start: max(value, 1.0) for start, value in evidence.items()}
    openers = {id(each.scope): each for each in survey.candidates if each.scope}
    flat: dict[int, list[Candidate]] = defaultdict(list)
    for each in survey.candidates:
        if not each.scope:
            flat[id(survey.scopes[each.start])].append(each)
    found = _Plan(survey, evidence, openers, flat).assign(document.root)
    evidence |= _support_levels(survey, found, evidence)
    evidence |= dict.fromkeys((*_find_introductions(survey, found), *_find_hollow_headings(survey, features)), -1.0)
    found = _Plan(survey, evidence, openers, flat).assign(document.root)
    is_sure = len(found) > 1 or any(evidence[each.start] > _MIN_SURE for each in found)
    guessed = [] if is_sure else list(_guess(survey, features))
    is_guessed = bool(guessed)
    found = guessed or found
    questions = tuple(_bound(survey, each) for each in sorted(found, key=lambda each: each.start))
    return Choice(
        questions,
        tuple(_list_sections(survey, questions)),
        tuple(_explain(survey, questions, features, weights)),
        is_guessed,
        tuple(each for each in questions if evidence[each.start] < _MIN_CLEAR and not each.asks and not is_named),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    survey: Survey
    evidence: Mapping[int, float]
    openers: Mapping[int, Candidate]
    """The candidate that each scope is opened by, by the identity of the scope."""
    flat: Mapping[int, Sequence[Candidate]]
    """The candidates that open no scope, by the identity of the scope that they stand in."""

    def assign(self, scope: Scope) -> list[Candidate]:
        """Return the questions of a scope: what opens it, or what stands in it."""
        inside = self._settle_flat(self.flat.get(id(scope), ()))
        for inner in scope.inner:
            inside += self.assign(inner)
        opener = self.openers.get(id(scope))
        value = self.evidence[opener.start] if opener else 0.0
        if opener and inside and value > 0 and self._ends_above(opener, inside[0]):
            return [replace(opener, end=inside[0].start), *inside]
        if opener and value > 0 and min(value, _MAX_EVIDENCE) >= self._weigh_together(inside):
            return [opener]
        return inside

    def _ends_above(self, opener: Candidate, first: Candidate) -> bool:
        """Return True if a question ends where others begin in its scope: the first has the next number, or both have labels and text."""
        if opener.number is not None and first.number == opener.number + 1:
            return True
        between = self.survey.document.lines[opener.body : first.start]
        has_text = any(line.code or has_words(line.text) for line in between if not line.text.lstrip().startswith("#"))
        return opener.is_labelled and first.is_labelled and has_text

    def _weigh_together(self, candidates: Sequence[Candidate]) -> float:
        """Return the evidence of several candidates against the one around them; 0 if there are none.

        They speak alike, so that it is their mean, and a little more if there are many.
        """
        if not candidates:
            return 0.0
        mean = sum(min(self.evidence[each.start], _MAX_EVIDENCE) for each in candidates) / len(candidates)
        return mean + _EVIDENCE_OF_NUMBER * log(len(candidates))

    def _settle_flat(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the likely questions of a scope, without those that stand in the text of a likelier one."""
        likely = [each for each in candidates if self.evidence[each.start] > 0]
        dropped: set[int] = set()
        groups: dict[int, list[Candidate]] = defaultdict(list)
        for each in likely:
            owner = self.survey.owners.get(each.start)
            if owner and not owner.scope and self.evidence[owner.start] > 0 and not is_list_behind(self.survey, each):
                groups[owner.start].append(each)
        owners = {each.start: each for each in likely}
        losing: Counter[tuple[str, ...]] = Counter()
        for start, members in groups.items():
            if start in owners:
                wins = self._weigh_together(members) > min(self.evidence[start], _MAX_EVIDENCE)
                losing[owners[start].form] += 1 if wins else -1
        for start, members in groups.items():
            if start not in owners or start in dropped:
                continue
            if losing[owners[start].form] <= 0:
                dropped.update(each.start for each in members)
        return [each for each in likely if each.start not in dropped]


def _bound(survey: Survey, question: Candidate) -> Candidate:
    """Return a question with its end, if that is the end of a heading's text or of the container that it stands in."""
    if question.end is not None:
        return question
    if question.scope:
        return replace(question, end=survey.ends[question.start])
    around = survey.scopes[question.start]
    is_in_container = around.opener is not None and around.opener.kind == "container"
    return replace(question, end=around.end - 1) if is_in_container else question


def _support_levels(survey: Survey, questions: Sequence[Candidate], evidence: Mapping[int, float]) -> dict[int, float]:
    """Return more evidence for the headings and containers with a text of their own, of whose form most of such are questions.

    One beside accepted ones is a question, unless it is about the file or opens a section of questions that are as likely.
    """
    chosen = {each.start for each in questions}
    first = min(chosen, default=0)
    found: dict[int, float] = {}
    for members in survey.forms.values():
        if not members[0].scope:
            continue
        full = [
            each
            for each in members
            if each.is_labelled or (_has_text(survey, each) and not _is_section_title(survey, each))
        ]
        taken = [each for each in full if each.start in chosen]
        if len(taken) < max(2, _MIN_SIBLINGS * len(full)):
            continue
        usual = sum(evidence[each.start] for each in taken) / len(taken)
        for each in full:
            owner = survey.owners.get(each.start)
            is_owned = owner is not None and owner.start in chosen
            is_one_of_topics = 2 * sum(other.asks for other in taken) < len(taken)
            if not is_owned and (each.start > first or each.asks or each.number is not None or is_one_of_topics):
                found[each.start] = max(evidence[each.start], usual)
    return found


def _find_introductions(survey: Survey, questions: Sequence[Candidate]) -> Iterator[int]:
    """Yield the headings above one that says that questions follow, of its level: they introduce the file, whatever they ask."""
    starts = sorted(each.start for each in questions)
    headings = {id(each.scope): each for each in questions if each.scope and each.level}
    for scope in survey.document.root.walk():
        for place, inner in enumerate(scope.inner):
            title = survey.document.read_title(inner.opener) if inner.opener and inner.opener.kind == "heading" else ""
            held = bisect_left(starts, inner.end) - bisect_right(starts, inner.start)
            if title and held >= _MIN_HELD and survey.document.wording.names_questions(title):
                yield from (
                    headings[id(each)].start
                    for each in scope.inner[:place]
                    if id(each) in headings and not headings[id(each)].number
                )


def _find_hollow_headings(survey: Survey, features: Mapping[int, Features]) -> Iterator[int]:
    """Yield the headings without a text, a label or a question, at a level where most have a text: they are sections."""
    for each in survey.candidates:
        own = features[each.start]
        if each.level and own["empty"] and own["form: empty"] < 0.5 and not each.asks and not each.is_labelled:
            yield each.start


def _is_section_title(survey: Survey, heading: Candidate) -> bool:
    """Return True if the words of a heading are those of a section, whatever stands beside it."""
    wording = survey.document.wording
    text = heading.label + heading.title
    return not heading.is_labelled and (
        wording.is_about(heading.title) or wording.is_section(text) or wording.names_questions(heading.title)
    )


def _has_text(survey: Survey, heading: Candidate) -> bool:
    """Return True if words stand below a heading, above the next."""
    scope = heading.scope
    first = (
        next((inner.start for inner in scope.inner if inner.opener and inner.opener.kind == "heading"), scope.end)
        if scope
        else 0
    )
    return any(line.code or has_words(line.text) for line in survey.document.lines[heading.body : first])


def _guess(survey: Survey, features: Mapping[int, Features]) -> Sequence[Candidate]:
    """Return the candidates of the deepest regular form that covers most of the text; none if there is none."""
    for _, members in sorted(survey.forms.items(), key=lambda item: -max(each.level for each in item[1])):
        first = features[members[0].start]
        if len(members) >= 3 and first["form: covers"] >= _GUESSED_COVER and first["form: empty"] < 0.5:
            return [each for each in members if not survey.document.wording.is_about(each.title)]
    return ()


# ---------------------------------------------------------------- sections


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a container or a line that opens a chapter or a part of one."""

    start: int
    body: int
    """First line below its title."""
    level: int
    """Level of its heading; 0 if it has none."""
    title: str


def _list_sections(survey: Survey, questions: Sequence[Candidate]) -> list[Section]:
    """Return what opens chapters: the headings outside of answers, containers of questions, and lines above questions."""
    document = survey.document
    taken = {id(each.scope) for each in questions if each.scope}
    starts = sorted(each.start for each in questions)
    open_scopes = list(_walk_open(document.root, taken))
    votes = _Votes(survey, questions, open_scopes)
    sections = [scope for scope in open_scopes if votes.is_section(scope) and not _is_in_text(scope, questions)]
    found = [_make_section(document, scope) for scope in sections if scope.opener]
    found += [Section(at, at + 1, 0, title) for at, title in _find_title_lines(survey, questions)]
    return sorted((each for each in found if each.start not in starts), key=lambda each: each.start)


def _walk_open(scope: Scope, taken: Set[int]) -> Iterator[Scope]:
    """Yield the scopes, below that of the file, that are not in the text of a question which opens one."""
    for inner in scope.inner:
        if id(inner) not in taken:
            yield inner
            yield from _walk_open(inner, taken)


def _is_in_text(scope: Scope, questions: Sequence[Candidate]) -> bool:
    """Return True if a scope stands in the text of a question whose end is known."""
    return any(each.end is not None and each.start < scope.start < each.end for each in questions)


def _make_section(document: Document, scope: Scope) -> Section:
    node = scope.opener
    if node is None:
        return Section(0, 0, 0, "")
    is_container = node.kind == "container"
    return Section(scope.start, node.body if is_container else node.end, node.level, document.read_title(node))


class _Votes:
    """Judge the headings below questions that open no scope: each may be one of an answer."""

    def __init__(self, survey: Survey, questions: Sequence[Candidate], scopes: Sequence[Scope]) -> None:
        self.document, self.scopes = survey.document, survey.scopes
        self.starts = sorted(each.start for each in questions)
        self.flat = [each for each in questions if not each.scope and each.end is None]
        votes: dict[int, list[bool]] = defaultdict(list)
        for scope in scopes:
            if self._follows_flat(scope) and self.starts and scope.start < self.starts[-1] and scope.opener:
                votes[scope.opener.level].append(self._leads(scope))
        self.open_levels = {level for level, cast in votes.items() if sum(cast) >= 0.5 * len(cast)}
        self.closed_levels = set(votes) - self.open_levels
        self.outermost = min(self.open_levels, default=2)

    def is_section(self, scope: Scope) -> bool:
        """Return True if what opens a scope opens a section, and is not part of an answer."""
        node = scope.opener
        if node is None:
            return False
        if node.kind == "container":
            return any(scope.start < at < scope.end for at in self.starts)
        if not self._follows_flat(scope):
            return True
        if node.level in self.closed_levels:
            return False
        if self.document.wording.is_about(self.document.read_title(node)) and node.level <= self.outermost:
            return True
        if scope.start > self.starts[-1]:
            return node.level <= self.outermost
        is_deep = node.level > self.outermost and not self._leads(scope, 0)
        return node.level in self.open_levels and not is_deep

    def _follows_flat(self, scope: Scope) -> bool:
        """Return True if a question that opens no scope stands above, so that its answer may go on here."""
        return any(each.start < scope.start < self.scopes[each.start].end for each in self.flat)

    def _leads(self, scope: Scope, most: int = _MAX_INTRODUCTION) -> bool:
        """Return True if a question follows below a heading, after so many lines of text at most, none of them code."""
        at = bisect_right(self.starts, scope.start)
        if at >= len(self.starts) or not scope.opener:
            return False
        between = self.document.lines[scope.opener.end : self.starts[at]]
        text = [line for line in between if line.text.strip() and not line.text.lstrip().startswith("#")]
        return len(text) <= most and not any(line.code for line in between)


def _find_title_lines(survey: Survey, questions: Sequence[Candidate]) -> Iterator[tuple[int, str]]:
    """Yield the lines without a mark of a heading that head the questions below them, and their words.

    They stand in a paragraph of questions, or are a short paragraph or an item above a list of questions without answers.
    """
    document = survey.document
    starts = {each.start: each for each in questions}
    for each in questions:
        if each.form[:2] == ("line", "plain") and each.start > 0 and each.start - 1 not in starts:
            line = document.lines[each.start - 1]
            if line.text.strip() and not line.code and not line.tag and not line.text.lstrip().startswith("#"):
                yield each.start - 1, line.text.strip(" *_:：")
    yield from _find_topic_lines(survey, questions)
    groups = {each.group for each in questions if each.group >= 0}
    for outer in document.root.walk():
        for above, node in pairwise(outer.nodes):
            text = document.read_text(above)
            is_short = (
                above.kind == "paragraph" and above.end == above.start + 1 and len(text.split()) <= _MAX_TITLE_WORDS
            )
            is_titled = is_short and (text.startswith(("**", "__")) or text.endswith((":", "：")))
            if (
                node.start in groups
                and is_titled
                and above.start not in starts
                and any(at < above.start for at in starts)
            ):
                first = min(each.start for each in questions if each.group == node.start)
                if first == node.start and not _is_answered_between(survey, questions, above.start):
                    yield above.start, text.strip(" *_:：")


def _find_topic_lines(survey: Survey, questions: Sequence[Candidate]) -> Iterator[tuple[int, str]]:
    """Yield the bold lines right above most questions of a form, which name their topics, and their words."""
    starts = {each.start for each in questions}
    bold = {
        each.body: each for each in survey.candidates if each.form == ("bold", "whole") and each.start not in starts
    }
    above: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for each in questions:
        at = each.start
        while at and not survey.document.lines[at - 1].text.strip():
            at -= 1
        if at in bold and not bold[at].asks:
            above[each.form].append(bold[at])
    for form, topics in above.items():
        if len(topics) > 1 and len(topics) >= _MIN_SIBLINGS * sum(each.form == form for each in questions):
            yield from ((each.start, each.title) for each in topics)


def _is_answered_between(survey: Survey, questions: Sequence[Candidate], at: int) -> bool:
    """Return True if the last question above a line has a text of its own, to which the line may belong."""
    last = max((each for each in questions if each.start < at), key=lambda each: each.start)
    return any(line.text.strip() for line in (*last.lead, *survey.document.lines[last.body : at]))


# ---------------------------------------------------------------- reasons


def _explain(
    survey: Survey, questions: Sequence[Candidate], features: Mapping[int, Features], weights: Mapping[str, float]
) -> list[Evidence]:
    """Return the evidence of each form that has questions, that of the most questions first."""
    chosen: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for each in questions:
        chosen[each.form].append(each)
    out = []
    for form, members in sorted(chosen.items(), key=lambda item: (-len(item[1]), item[0])):
        terms: defaultdict[str, float] = defaultdict(float)
        for each in members:
            for name, value in features[each.start].items():
                terms[name] += weights.get(name, 0.0) * value / len(members)
        large = tuple(
            (name, value)
            for name, value in sorted(terms.items(), key=lambda term: -term[1])
            if abs(value) >= _MIN_TERM and name != "bias"
        )
        asking = sum(each.asks for each in members)
        answered = sum(survey.is_answered(each) for each in members)
        out.append(
            Evidence(members[0].family, " ".join(form), len(survey.forms[form]), len(members), asking, answered, large)
        )
    return out
