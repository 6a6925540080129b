"""Measure what speaks for and against each candidate: Document, Candidates → features, numbers from 0 to 1 by name.

A feature is of the candidate itself, of its form (the share of its members), or of what stands around and inside it. None
depends on a language or names a family; a family's form is a feature of its own, so that a new one needs no line here.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from studyguide.importers.candidates import Candidate, read_title
from studyguide.importers.document import Document, Scope
from studyguide.importers.options import TASK, read_letter
from studyguide.text import keep_letters, strip_markdown

_LONG_TITLE = 180  # characters
_MIN_REPEATED = 3
_MOST = 0.8
_GOOD_SHARE = 0.5
_LINK = re.compile(r"\[[^\[\]]*\]\([^()]*\)|https?://\S+")
_SIGN_AT_END = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\\s*_\ufe0f]*$")
"""An emoji or a star, which may say how hard a question is."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LETTERS_NEAR = 6
"""Lines below an option A among which B stands."""


@dataclass(frozen=True, eq=False)
class Survey:
    """The candidates of a document, in the order of their lines, with the relations between them."""

    document: Document
    candidates: tuple[Candidate, ...]

    @cached_property
    def forms(self) -> Mapping[tuple[str, ...], tuple[Candidate, ...]]:
        """The candidates of each form."""
        forms: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
        for each in self.candidates:
            forms[each.form].append(each)
        return {form: tuple(members) for form, members in forms.items()}

    @cached_property
    def places(self) -> Mapping[int, int]:
        """The place of each candidate among those of its form."""
        return {each.start: place for members in self.forms.values() for place, each in enumerate(members)}

    @cached_property
    def cues(self) -> tuple[int, ...]:
        """The lines that say that an answer follows, or begin options."""
        return tuple(_find_cues(self.document))

    @cached_property
    def scopes(self) -> Mapping[int, Scope]:
        """The scope that each candidate stands in, by the line of the candidate."""
        found: dict[int, Scope] = {}
        starts = [each.start for each in self.candidates]
        for scope in self.document.root.walk():
            first = scope.start + (scope.opener is not None)
            for place in range(bisect_left(starts, first), bisect_left(starts, scope.end)):
                found[starts[place]] = scope
        return found

    @cached_property
    def ends(self) -> Mapping[int, int]:
        """The line after the text of each candidate, if it is a question: where the next of its form begins, or its scope ends."""
        ends: dict[int, int] = {}
        for members in self.forms.values():
            starts = [each.start for each in members]
            for place, each in enumerate(members):
                scope_end = self._extend(each.scope) if each.scope else self.scopes[each.start].end
                following = starts[place + 1] if place + 1 < len(starts) else scope_end
                ends[each.start] = each.end if each.end is not None else min(following, scope_end)
        return ends

    def _extend(self, scope: Scope) -> int:
        """Return the line after a scope and the answers that follow it below headings of their own."""
        end = scope.end
        while following := self._headings.get(end):
            title = self.document.read_title(following.opener) if following.opener else ""
            if not self.document.wording.is_answer_title(title):
                break
            end = following.end
        return end

    @cached_property
    def _headings(self) -> Mapping[int, Scope]:
        """The scopes that headings open, by their first lines."""
        return {
            scope.start: scope for scope in self.document.root.walk() if scope.opener and scope.opener.kind == "heading"
        }

    @cached_property
    def numbered_headings(self) -> Sequence[Candidate]:
        """The headings with numbers, of all levels."""
        return [each for each in self.candidates if each.level and each.number is not None]

    @cached_property
    def owners(self) -> Mapping[int, Candidate]:
        """The nearest candidate of another form in whose text each candidate stands, by the line of the latter.

        One that stands beside it in the same scope owns it only if its form begins there first.
        """
        owners: dict[int, Candidate] = {}
        firsts: dict[tuple[int, tuple[str, ...]], int] = {}
        last: dict[tuple[str, ...], Candidate] = {}
        for each in self.candidates:
            scope = self.scopes[each.start]
            first = firsts.setdefault((id(scope), each.form), each.start)
            around: list[Candidate] = []
            for form, other in last.items():
                if form == each.form or other.start < scope.start or self.ends[other.start] <= each.start:
                    continue
                is_other_list = other.group == -1 or other.group != each.group
                if other.scope is scope or (is_other_list and firsts.get((id(scope), form), first) < first):
                    around.append(other)
            if around:
                owners[each.start] = max(around, key=lambda other: other.start)
            last[each.form] = each
        return owners

    def get_place(self, candidate: Candidate) -> tuple[object, ...]:
        """Return what names the candidates beside one: its form, and the list or the scope that it stands in."""
        around = candidate.group if candidate.group >= 0 else id(self.scopes[candidate.start])
        return candidate.form, around

    def list_inner(self, candidate: Candidate) -> Sequence[Candidate]:
        """Return the candidates of other forms that stand in the text of a candidate."""
        starts = self._starts
        first, last = bisect_right(starts, candidate.start), bisect_left(starts, self.ends[candidate.start])
        return [each for each in self.candidates[first:last] if each.form != candidate.form]

    @cached_property
    def _starts(self) -> list[int]:
        return [each.start for each in self.candidates]

    def is_answered(self, candidate: Candidate) -> bool:
        """Return True if an answer is announced below a candidate, and to no other that asks and stands between."""
        at = bisect_right(self.cues, candidate.start)
        if at >= len(self.cues) or self.cues[at] >= self.ends[candidate.start]:
            return False
        between = self.candidates[
            bisect_right(self._starts, candidate.start) : bisect_left(self._starts, self.cues[at])
        ]
        return not any(each.asks or each.is_labelled for each in between)

    def is_in_answer(self, candidate: Candidate) -> bool:
        """Return True if the answer to a candidate of another form has begun above a candidate."""
        owner = self.owners.get(candidate.start)
        if not owner:
            return False
        at = bisect_right(self.cues, owner.start)
        return at < len(self.cues) and self.cues[at] < candidate.start and self.is_answered(owner)


def has_words(text: str) -> bool:
    """Return True if a line has words outside of tags."""
    return bool(re.search(r"\w", _TAG.sub("", text) if "<" in text else text))


def _find_cues(document: Document) -> Iterator[int]:
    wording = document.wording
    for at, line in enumerate(document.lines):
        if line.code or not line.text.strip():
            continue
        if line.tag:
            if line.tag == "summary" and wording.is_answer_summary(line.text):
                yield at
        elif line.text.lstrip().startswith("#"):
            if wording.is_answer_title(re.sub(r"^\s*#+\s*|\s*#+\s*$", "", line.text)):
                yield at
        elif wording.is_answer_label(line.text, document.has_letter_labels) or _begins_options(document, at):
            yield at


def _begins_options(document: Document, at: int) -> bool:
    """Return True if a line is the first of several options."""
    text = document.lines[at].text
    if TASK.match(text):
        return not (at and TASK.match(document.lines[at - 1].text))
    if read_letter(text) != "A":
        return False
    near = document.lines[at + 1 : at + 1 + _LETTERS_NEAR]
    return any(read_letter(line.text) == "B" for line in near if not line.code)


# ---------------------------------------------------------------- features

Features = Mapping[str, float]


def measure_features(survey: Survey) -> Mapping[int, Features]:
    """Return the features of each candidate by its first line."""
    own = {each.start: _measure_own(survey, each) for each in survey.candidates}
    titles = Counter(keep_letters(strip_markdown(each.title)) for each in survey.candidates)
    for each in survey.candidates:
        own[each.start]["repeated"] = float(
            titles[keep_letters(strip_markdown(each.title))] >= _MIN_REPEATED and not each.asks
        )
    forms = {form: _measure_form(survey, members, own) for form, members in survey.forms.items()}
    owners = {form: _measure_owners(survey, members, forms) for form, members in survey.forms.items()}
    places: dict[tuple[object, ...], list[bool]] = defaultdict(list)
    for each in survey.candidates:
        places[survey.get_place(each)].append(each.asks or each.is_labelled)
    shares = {place: sum(asking) / len(asking) for place, asking in places.items()}
    places_sizes = {place: len(asking) for place, asking in places.items()}
    ends = _find_ends_of_good_forms(survey, forms)
    found: dict[int, Features] = {}
    for each in survey.candidates:
        measured = {**own[each.start], **forms[each.form], **owners[each.form], **_measure_owner(survey, each, forms)}
        beside = shares[survey.get_place(each)]
        first = survey.forms[each.form][0].start
        is_behind = any(end < first for form, end in ends.items() if form != each.form)
        measured |= {
            f"behind all of a good form, {each.form[0]}": float(is_behind),
            "owned, asks, with a text": measured["owner"] * measured["asks"] * (1 - measured["empty"]),
            "list behind that of its owner": float(is_list_behind(survey, each)),
            "owned, asks, without a text": measured["owner"] * measured["asks"] * measured["empty"],
            "asks in a form that asks": measured["asks"] * measured["form: asks"],
            "silent in a form that asks": (1 - measured["asks"]) * measured["form: asks"],
            "without a text, below a title of questions": measured["empty"] * measured["below a title of questions"],
            "among ones that ask, below none that asks": float(
                beside >= _MOST
                and places_sizes[survey.get_place(each)] >= _MIN_REPEATED
                and not max(measured["owner asks"], measured["owner labelled"], measured["owner of a good form"])
            ),
            "silent beside ones that ask": (1 - measured["asks"]) * beside,
            "asks beside ones that ask": measured["asks"] * beside,
            "none asks beside it": float(beside == 0),
            "without a sign at the end in a form with signs": (1 - measured["sign at the end"])
            * measured["form: sign at the end"],
            "without a label in a form with labels": (1 - measured["labelled"]) * measured["form: labelled"],
            "empty, without a label in a form with labels": measured["empty"]
            * (1 - measured["labelled"])
            * measured["form: labelled"],
            "numbered in a form in order": measured["in order"] * measured["form: in order"],
            "silent, without number, in a form in order": (1 - measured["asks"])
            * (1 - measured["numbered"])
            * measured["form: in order"],
            "bias": 1.0,
            f"form {' '.join(each.form)}": 1.0,
        }
        found[each.start] = measured
    return found


def _find_ends_of_good_forms(
    survey: Survey, forms: Mapping[tuple[str, ...], Mapping[str, float]]
) -> dict[tuple[str, ...], int]:
    """Return the line of the last member of each form of several members, most of which ask or are answered."""
    return {
        form: members[-1].start
        for form, members in survey.forms.items()
        if len(members) >= _MIN_REPEATED
        and max(forms[form]["form: asks"], forms[form]["form: answered"]) >= _GOOD_SHARE
    }


def _measure_own(survey: Survey, candidate: Candidate) -> dict[str, float]:
    document, wording = survey.document, survey.document.wording
    title = strip_markdown(candidate.title)
    text = [
        line
        for line in (*candidate.lead, *document.lines[candidate.body : survey.ends[candidate.start]])
        if line.text.strip()
    ]
    words = [line for line in text if line.code or has_words(line.text)]
    inner = survey.list_inner(candidate)
    asking = [each for each in inner if each.asks or each.is_labelled]
    members = survey.forms[candidate.form]
    place = survey.places[candidate.start]
    entries = document.contents
    bare = keep_letters(strip_markdown(candidate.title))
    return {
        "asks": float(candidate.asks),
        "question mark": float(title.rstrip('*_ )」"”').endswith(("?", "？", "؟"))),
        "labelled": float(candidate.is_labelled),
        "sign at the end": float(bool(_SIGN_AT_END.search(candidate.title))),
        "certain": float(candidate.is_certain),
        "numbered": float(candidate.number is not None),
        "in order": float(
            _is_in_order(members, place) or (candidate.level > 0 and _is_between(survey.numbered_headings, candidate))
        ),
        "long title": float(len(title) > _LONG_TITLE),
        "one word": float(len(title.split()) == 1 and len(title) < 20),
        "ends in colon": float(title.rstrip("*_ ").endswith((":", "："))),
        "about the file": float(wording.is_about(title)),
        "section word": float(wording.is_section(candidate.label + candidate.title)),
        "names questions": float(wording.names_questions(title) and not candidate.is_labelled),
        "below a title about the file": float(_is_below(survey, candidate, wording.is_about)),
        "below a title of questions": float(_is_below(survey, candidate, wording.names_questions)),
        "below a title of follow-ups": float(_is_below(survey, candidate, wording.is_follow_up)),
        "only links": float(not re.search(r"\w", _LINK.sub("", candidate.title))),
        "answered": float(survey.is_answered(candidate)),
        "empty": float(not words),
        "only links below": float(
            bool(words) and all(not re.search(r"\w", _LINK.sub("", line.text)) for line in words)
        ),
        "in contents": float(
            bool(entries) and any(entry.startswith(bare) or bare.startswith(entry) for entry in entries if entry)
        ),
        "one asks inside and nothing else": float(len(asking) == 1 and len(words) == 1),
        "two ask inside": float(len(asking) > 1),
        "only questions inside": float(
            len(asking) > 1 and len(asking) >= 0.8 * sum(line.indent < 4 and not line.code for line in words)
        ),
        "labels inside": float(any(each.is_labelled for each in inner)),
        "in an answer": float(survey.is_in_answer(candidate)),
    }


def _is_below(survey: Survey, candidate: Candidate, judge: Callable[[str], bool]) -> bool:
    """Return True if a title of which ``judge`` is true stands above the heading or the container that a candidate is in."""
    scope = survey.scopes[candidate.start]
    return scope.opener is not None and judge(
        read_title(survey.document.read_title(scope.opener), survey.document.wording).text
    )


def _is_in_order(members: Sequence[Candidate], place: int) -> bool:
    """Return True if the number of a member of a form follows that of the one before, or precedes that of the next."""
    number = members[place].number
    if number is None:
        return False
    before = members[place - 1].number if place else None
    after = members[place + 1].number if place + 1 < len(members) else None
    return before == number - 1 or after == number + 1


def _is_between(headings: Sequence[Candidate], candidate: Candidate) -> bool:
    """Return True if the number of a heading stands between those of the headings around it, whatever their levels."""
    if candidate.number is None:
        return False
    place = bisect_left([each.start for each in headings], candidate.start)
    before = headings[place - 1].number if place else None
    after = headings[place + 1].number if place + 1 < len(headings) else None
    return before == candidate.number - 1 and after in (candidate.number + 1, None)


def _measure_form(
    survey: Survey, members: Sequence[Candidate], own: Mapping[int, Mapping[str, float]]
) -> dict[str, float]:
    size = len(members)
    shared = (
        "asks", "question mark", "labelled", "sign at the end", "in order", "ends in colon", "answered", "empty", "in contents", "two ask inside", "one asks inside and nothing else",
        "only questions inside", "repeated", "in an answer", "one word", "only links below", "labels inside",
    )  # fmt: skip
    shares = {name: sum(own[each.start][name] for each in members) / size for name in shared}
    covered = sum(survey.ends[each.start] - each.start for each in members)
    total = max(1, len(survey.document.lines))
    return {f"form: {name}": share for name, share in shares.items()} | {
        "form: most ask": float(shares["asks"] >= _MOST),
        "form: few ask": float(shares["asks"] < 0.2),
        "form: most are answered": float(shares["answered"] >= _MOST),
        "form: alone": float(size == 1),
        "form: fewer than four": float(size < 4),
        "form: eight or more": float(size >= 8),
        "form: long run in order": float(shares["in order"] >= _MOST and size >= 4),
        "form: covers": min(1.0, covered / total),
    }


def is_list_behind(survey: Survey, candidate: Candidate) -> bool:
    """Return True if a candidate that asks, with a text of its own, is in a list behind the last candidate of its owner's form."""
    owner = survey.owners.get(candidate.start)
    if not owner or owner.scope or not candidate.asks or candidate.group < 0:
        return False
    members, place = survey.forms[owner.form], survey.places[owner.start]
    is_last = place + 1 == len(members) or members[place + 1].start >= survey.scopes[candidate.start].end
    text = (*candidate.lead, *survey.document.lines[candidate.body : survey.ends[candidate.start]])
    return is_last and owner.group >= 0 and any(line.code or has_words(line.text) for line in text)


def _measure_owner(
    survey: Survey, candidate: Candidate, forms: Mapping[tuple[str, ...], Mapping[str, float]]
) -> dict[str, float]:
    """Return the features of the candidate in whose text another stands."""
    owner = survey.owners.get(candidate.start)
    return {
        "owner": float(owner is not None),
        "owner asks": float(bool(owner and owner.asks)),
        "owner labelled": float(bool(owner and owner.is_labelled)),
        "owner in order": float(bool(owner and forms[owner.form]["form: long run in order"])),
        "owner of a good form": float(bool(owner and _is_good(owner, forms))),
    }


def _measure_owners(
    survey: Survey, members: Sequence[Candidate], forms: Mapping[tuple[str, ...], Mapping[str, float]]
) -> dict[str, float]:
    """Return the shares of the candidates of a form that stand in the text of others of some sort."""
    owned = [survey.owners[each.start] for each in members if each.start in survey.owners]
    return {
        "form: owners ask": sum(each.asks for each in owned) / len(members),
        "form: owners of good forms": sum(_is_good(each, forms) for each in owned) / len(members),
        "form: owners in order": sum(forms[each.form]["form: long run in order"] for each in owned) / len(members),
    }


def _is_good(candidate: Candidate, forms: Mapping[tuple[str, ...], Mapping[str, float]]) -> bool:
    """Return True if a candidate has a label, or many of its form ask or are answered."""
    form = forms[candidate.form]
    return (
        candidate.is_labelled or candidate.is_certain or max(form["form: asks"], form["form: answered"]) >= _GOOD_SHARE
    )
