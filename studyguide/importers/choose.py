"""Choose among the lines that may open a question, by judging how their kinds do in the whole file.

The form with the most evidence comes first; another counts where the first leaves room, in a section of its own or where
the file goes over to it.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from studyguide.importers.choices import TASK
from studyguide.importers.outline import SECTION, Candidate, Outline, asks, unique
from studyguide.markdown_blocks import Block

# What a heading of a README says that is no question.
FURNITURE = re.compile(
    r"\W*(?:table of )?(?:contents?|toc|index|licen[sc]e|contribut\w+|contributors?|how to contribute|acknowledge?ments?|credits?|authors?|"
    r"references?|resources?|further reading|sources?|introduction|intro|preface|foreword|about(?: (?:me|this|the) ?\w*)?|"
    r"support|sponsors?|donate|stargazers.*|star history|disclaimer|changelog|feedback|contact.*|translations?|usage|"
    r"additional (?:links|resources)|useful links|links|see also|examples?|output|note|notes|summary|conclusion)\W*",
    re.IGNORECASE,
)
WEIGHTS = {
    "labelled": 1.5,
    "details": 1.3,
    "tables": 1.5,
    "cards": 1.2,
    "bold": 0.8,
    "bare": 0.2,
}
"""Weight of a question of each family when the reader chooses between forms; 1 for a family that is not listed."""
ABOUT = re.compile(
    r"interview|questions?\b|quiz|\bq\s*&\s*a\b|\bfaq|flash ?cards?|fragen|preguntas|perguntas|вопрос|собеседован|面试|题|질문|面接",
    re.IGNORECASE,
)
LABELLED = 3.0
"""What makes a heading that says `Question 7` outdo the lists below it."""
INTRODUCTION = 12
"""So many lines may introduce a section."""
FEW = 3
"""So many items that ask make a list of questions."""
MOST_SILENT = 0.3
"""The share of headings beside questions, which do not ask, that may be questions too."""
MANY = 4
"""So many questions of another form inside of one question show that the file goes over to that form."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a form is taken for that of questions."""

    dialect: str
    form: str
    found: int
    asking: int
    """Those whose words sound like a question."""
    answered: int
    """Those that something below them says the answer of."""
    chosen: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    name: tuple[str, ...]
    members: tuple[Candidate, ...]
    answered: frozenset[int]
    """Where those of its members start below which an answer is announced."""
    titled: bool = False
    """Whether the title of the file says that it holds questions."""

    @property
    def dialect(self) -> str:
        return self.members[0].dialect

    @property
    def good(self) -> int:
        return sum(each.asks or each.certain or each.start in self.answered for each in self.members)

    @property
    def score(self) -> float:
        style = 1.3 if self.name[:1] == ("item",) and self.name[2] == "heading" else 1.0
        style = 0.45 if self.name[:1] == ("item",) and self.name[2] == "plain" else style
        style = LABELLED if self.dialect == "headings" and self.name[2] == "labelled" else style
        return self.good * WEIGHTS.get(self.dialect, 1.0) * style * (1 + 0.5 * len(self.answered) / len(self.members))

    @property
    def accepted(self) -> bool:
        """Whether its members are questions rather than not."""
        size, share = len(self.members), self.good / len(self.members)
        if self.dialect in ("labelled", "tables"):
            return True
        if self.dialect == "details":
            return share >= 0.3 or size >= 5
        if self.dialect == "headings":
            marked = self.name[2] != ""
            return (
                (size >= 2 and share >= (0.3 if marked else 0.5))
                or len(self.answered) == size
                or (marked and size >= 8)
            )
        if self.name[0] == "item" and self.name[2] == "heading":
            return size >= 2 and (share >= 0.3 or size >= 6)
        if self.dialect == "cards":
            is_sure = all(each.certain for each in self.members) or (size > 1 and share == 1)
            return is_sure or (size >= FEW and (share >= 0.5 or self.name[-1] != "definition"))
        if self.dialect == "bare":
            return size >= (2 if self.name[-1] == "options" else MANY) and share >= 0.5
        return (size >= 3 and share >= 0.5) or bool(size >= 2 and self.answered and share == 1)

    @property
    def plausible(self) -> bool:
        """Whether its members may be questions where nothing else is: topics that are numbered, or many headings."""
        numbers = [each.number for each in self.members if each.number is not None]
        counted = len(numbers) == len(self.members) >= 3 and all(b in (a + 1, 1) for a, b in pairwise(numbers))
        if self.dialect == "headings":
            size = len(self.members)
            return counted or (int(self.name[1]) > 1 and size >= MANY and (self.titled or self.good >= 0.25 * size))
        return counted and self.name[-1] in ("bold", "whole", "heading")


def forms(outline: Outline, candidates: Iterable[Candidate]) -> list[Form]:
    groups: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for each in candidates:
        groups[each.form].append(each)
    boxes = {at for at, line in enumerate(outline.lines) if not line.code and TASK.match(line.text)}
    told = sorted(outline.answers | boxes)
    asking = sorted(each.start for members in groups.values() for each in members if each.asks or each.certain)
    titled = any(ABOUT.search(outline.heading(each)) for each in outline.headings if each.level == 1)
    closing = closings(outline)
    found = []
    for name, members in groups.items():
        if name[-1] == "task" and len(members) < 0.5 * len(boxes):
            # The options of questions, of which a few ask.
            continue
        members.sort(key=lambda each: each.start)
        ends = [each.start for each in members[1:]] + [len(outline.lines)]
        answered = frozenset(
            each.start
            for each, end in zip(members, ends, strict=True)
            if is_answered(each, min(end, closing.get(each.start, end)), told, asking)
        )
        kept = tuple(sifted(name, members, answered)) or tuple(members)
        found.append(Form(name, kept, answered, titled))
    return sorted(found, key=lambda form: -form.score)


def is_answered(candidate: Candidate, end: int, told: Sequence[int], asking: Sequence[int]) -> bool:
    """Whether an answer is announced before ``end``, and to no other question that stands between."""
    at = bisect_right(told, candidate.start)
    if at >= len(told) or told[at] >= end:
        return False
    return bisect_left(asking, told[at]) <= bisect_right(asking, candidate.start)


def closings(outline: Outline) -> dict[int, int]:
    """The next heading that is not below it, for each heading; the end of the text where there is none."""
    out: dict[int, int] = {}
    open_: list[Block] = []
    for block in outline.headings:
        while open_ and open_[-1].level >= block.level:
            out[open_.pop().start] = block.start
        open_.append(block)
    return out | {block.start: len(outline.lines) for block in open_}


def sifted(name: tuple[str, ...], members: Sequence[Candidate], answered: frozenset[int]) -> Iterable[Candidate]:
    """The members without those that only look like the others."""
    counts = Counter(each.title.casefold() for each in members)
    if name[0] == "bold" and len(name) > len(("bold", "whole")):
        # A sign before each of them tells.
        yield from members
        return
    if name[0] == "bold" or (name[0] == "item" and name[2] == "bold"):
        asking = [each for each in members if each.asks]
        marked = bool(asking) and sum(has_tail(each.title) for each in asking) >= 0.7 * len(asking)
        numbered = bool(asking) and sum(each.number is not None for each in asking) >= 0.7 * len(asking)
        groups = Counter(each.group for each in members)
        asked = Counter(each.group for each in asking)
        for each in members:
            told = (
                has_tail(each.title) if marked else each.number is not None if numbered and name[0] == "bold" else False
            )
            if (
                told
                or each.certain
                or (each.asks and not (marked and len(asking) > 9 and name[0] == "bold"))
                or (name[0] == "item" and (numbered or asked[each.group] >= max(FEW, 0.6 * groups[each.group])))
            ):
                yield each
        return
    for each in members:
        furniture = FURNITURE.fullmatch(each.title) and not each.asks and name[0] in ("heading", "details")
        repeated = counts[each.title.casefold()] > 2 and not each.asks and each.start not in answered and not name[-1]
        if not furniture and not repeated:
            yield each


def has_tail(title: str) -> bool:
    """Whether a sign such as an emoji stands at the end: a mark of difficulty."""
    end = title.rstrip("*_ \ufe0f\u200d")
    return (bool(end) and unicodedata.category(end[-1]) in ("So", "Sk")) or bool(
        re.search(r"[\u2b50\U0001f300-\U0001faff]\S{0,3}$", end)
    )


@dataclass(slots=True)
class Choice:
    """What is chosen: questions and the headings of sections, and why."""

    questions: list[Candidate]
    sections: list[Block]
    evidence: list[Evidence]


def choose(outline: Outline, candidates: Iterable[Candidate], dialect: str = "") -> Choice:
    found = [form for form in forms(outline, candidates) if not dialect or form.dialect == dialect]
    accepted = [form for form in found if form.accepted or dialect] or [form for form in found if form.plausible][:1]
    if accepted and accepted[0].dialect == "bare":
        accepted = [*topics(outline, accepted[0], found), *accepted]
    chosen: dict[int, Candidate] = {}
    sections: dict[int, Block] = {}
    taken: Counter[tuple[str, ...]] = Counter()
    claimed = {each.start for form in accepted for each in form.members if each.certain}
    for form in accepted:
        new = outside(outline, form, chosen, sections) if chosen else list(form.members)
        if not chosen:
            new += strays(outline, form, found)
        mine = {each.start: each for each in new if each.start not in chosen and each.start not in sections}
        chosen |= mine
        taken[form.name] += len(mine)
        if mine:
            ordered = sorted(chosen.values(), key=lambda each: each.start)
            sections |= {
                each.start: each for each in leading(outline, form, ordered, accepted[0].members[0].level, claimed)
            }
        for start in set(sections) & set(chosen):
            del sections[start]
    for each in siblings(outline, found, chosen, sections):
        chosen[each.start] = each
        taken[each.form] += 1
        sections.pop(each.start, None)
    evidence = [
        Evidence(
            f.dialect,
            " ".join(filter(None, f.name)),
            len(f.members),
            sum(e.asks for e in f.members),
            len(f.answered),
            taken[f.name],
        )
        for f in accepted
        if taken[f.name]
    ]
    return Choice([chosen[at] for at in sorted(chosen)], [sections[at] for at in sorted(sections)], evidence)


def siblings(
    outline: Outline, found: Sequence[Form], chosen: dict[int, Candidate], sections: dict[int, Block]
) -> list[Candidate]:
    """Headings of the level of the questions around them, which are written in another way: `Q-learning` beside plain ones."""
    bounds = sorted([*chosen, *sections])
    sized = Counter(each.level for each in chosen.values() if each.dialect == "headings")
    first = min(chosen, default=0)
    out: list[Candidate] = []
    for form in found:
        members = form.members if form.dialect == "headings" else ()
        mine: list[Candidate] = []
        for each in members:
            if each.start in chosen or not sized[each.level] or FURNITURE.fullmatch(each.title):
                continue
            at = bisect_left(bounds, each.start) - 1
            before = chosen.get(bounds[at]) if at >= 0 else None
            if each.start not in sections and before and _is_beside(outline, before, each):
                mine += [each] if _is_sibling(outline, each, before) else []
            elif each.start < first:
                after = chosen[first]
                opens = each.asks or each.certain or each.number is not None
                mine += [each] if opens and _has_text(outline, each) and _is_beside(outline, each, after) else []
        # Those without marks among questions with marks are parts of answers where they are many.
        silent = sum(not (each.asks or each.certain) for each in mine)
        is_few = silent <= max(1, MOST_SILENT * sized[mine[0].level]) if mine else True
        out += [each for each in mine if is_few or each.asks or each.certain]
    return out


def _is_beside(outline: Outline, above: Candidate, below: Candidate) -> bool:
    """Return whether both are headings of one level, and no heading of a higher level stands between them."""
    if not (above.dialect == below.dialect == "headings" and above.level == below.level):
        return False
    return all(each.level >= above.level for each in outline.headings if above.start < each.start < below.start)


def _is_sibling(outline: Outline, heading: Candidate, question: Candidate) -> bool:
    """Return whether a heading beside a question is a question too, and no section."""
    is_said = _has_text(outline, heading)
    is_marked = len(question.form) > 2 and question.form[2] != "" and heading.form[2] == ""
    if is_marked and not heading.title.rstrip("*_ ").endswith(("?", "？")):
        # Among questions with numbers or labels: a title such as `Coding questions` is that of a section.
        return is_said and not ABOUT.search(heading.title)
    return heading.asks or heading.certain or is_said


def _has_text(outline: Outline, heading: Candidate) -> bool:
    """Return whether anything but headings stands right below a heading."""
    following = next((block.start for block in outline.headings if block.start > heading.start), len(outline.lines))
    return any(line.text.strip() for line in outline.lines[heading.body : following])


def topics(outline: Outline, lines: Form, found: Sequence[Form]) -> list[Form]:
    """The headings of topics that most of these lines, which ask, stand right below: each is a question with its text."""
    above = {}
    for block in outline.headings:
        below = next((at for at in range(block.end, len(outline.lines)) if outline.lines[at].text.strip()), None)
        above[below] = block.start
    owners = {above[each.start] for each in lines.members if each.start in above}
    forms = [form for form in found if form.dialect == "headings"]
    best = max(forms, key=lambda form: sum(each.start in owners for each in form.members), default=None)
    if best and sum(each.start in owners for each in best.members) >= max(FEW, 0.6 * len(best.members)):
        return [replace(best, members=tuple(replace(each, form=(*each.form, "topic")) for each in best.members))]
    return []


def strays(outline: Outline, form: Form, found: Sequence[Form]) -> list[Candidate]:
    """Headings of another level whose numbers stand between those of their neighbours in this form."""
    numbers = {each.start: each.number for each in form.members if each.number is not None}
    if form.dialect != "headings" or len(numbers) < MANY:
        return []
    starts = sorted(numbers)
    out: list[Candidate] = []
    others = [each for other in found if other.dialect == "headings" and other is not form for each in other.members]
    for each in sorted(others, key=lambda each: each.start):
        at = bisect_left(starts, each.start)
        before = numbers[starts[at - 1]] if at else 0
        after = numbers[starts[at]] if at < len(starts) else None
        last = after is None and (each.asks or each.level <= form.members[0].level)
        if each.number is not None and each.number == (before or 0) + 1 and (after == each.number + 1 or last):
            out.append(each)
            starts.insert(at, each.start)
            numbers[each.start] = each.number
    return out


def outside(outline: Outline, form: Form, chosen: dict[int, Candidate], sections: dict[int, Block]) -> list[Candidate]:
    """The members of a form that are not in the answer of a question chosen before."""
    bounds = sorted([*chosen, *sections])
    inside: dict[int, list[Candidate]] = defaultdict(list)
    free: list[Candidate] = []
    for each in form.members:
        at = bisect_right(bounds, each.start) - 1
        owner = chosen.get(bounds[at]) if at >= 0 else None
        if owner is None or (owner.end is not None and each.start >= owner.end):
            free.append(each)
        elif owner.start != each.start:
            inside[owner.start].append(each)
    usual = sum(len(each) >= MANY for each in inside.values()) > max(1, len(chosen) // 20)
    for start, members in inside.items():
        owner = chosen[start]
        number = owner.number
        for each in members:
            if (
                form.dialect == "headings"
                and owner.level
                and number is not None
                and each.number == number + 1
                and each.asks
            ):
                free.append(each)
                number = each.number
        good = sum(each.asks or each.certain for each in members)
        first = next((each for each in members if each.asks or each.certain), None)
        if is_list_apart(outline, owner, form, members):
            free += members
        if (
            not usual
            and good >= MANY
            and good >= 0.8 * len(members)
            and first
            and not (owner.dialect == form.dialect == "headings" and len(chosen) < 3)
        ):
            free += [each for each in members if each.start >= first.start]
    return sorted(grouped(form, free, bounds), key=lambda each: each.start)


def is_list_apart(outline: Outline, owner: Candidate, form: Form, members: Sequence[Candidate]) -> bool:
    """Whether these are a list of questions of its own, below the list that the item above them belongs to."""
    both = owner.form[0] == form.name[0] == "item" or (owner.dialect == "labelled" and owner.column > 0)
    return both and len(members) >= FEW and all(each.asks for each in members) and members[0].column <= owner.column


def grouped(form: Form, free: Iterable[Candidate], bounds: Sequence[int]) -> Iterable[Candidate]:
    """Those that stand together: an introduction may well hold a single line that asks."""
    groups: dict[int, list[Candidate]] = defaultdict(list)
    for each in unique(free):
        groups[bisect_right(bounds, each.start)].append(each)
    weak = form.dialect in ("bold", "bare") or form.name[0] == "item"
    for members in groups.values():
        good = [each for each in members if each.asks or each.certain]
        alone = not weak or all(each.start in form.answered for each in good)
        if len(good) >= (1 if alone else FEW) and 2 * len(good) >= len(members):
            yield from good if weak and form.name[-1] != "heading" else members


def leading(outline: Outline, form: Form, questions: Sequence[Candidate], most: int, claimed: Set[int]) -> list[Block]:
    """The headings that open a section of questions, and those that end the last one; none that may be a question."""
    starts = sorted(each.start for each in questions)
    own = form.members[0].level
    level = own or most
    taken = claimed | set(starts)
    headings = [each for each in outline.headings if each.start not in taken and (not level or each.level <= level)]
    leads = {each.start for each in headings if is_lead(outline, each, starts)}
    silent = {each.start for each in headings if not outline_text(outline, each, starts)}
    named = {
        each.start for each in headings if SECTION.match(outline.heading(each)) and not asks(outline.heading(each))
    }
    votes: dict[int, list[bool]] = defaultdict(list)
    for block in headings:
        if starts[0] < block.start < starts[-1]:
            votes[block.level].append(block.start in leads)
    open_levels = {each for each, cast in votes.items() if sum(cast) >= 0.5 * len(cast)}
    closed_levels = set(votes) - open_levels
    outermost = min(open_levels, default=2)

    def opens(block: Block) -> bool:
        """Whether it is one of a level whose headings open sections."""
        # Below the outermost level a heading with a text of its own may be one of an answer.
        deeper = block.level > outermost and block.start not in silent and not own
        return block.level in open_levels and (not level or block.level < level) and not deeper

    def ends(block: Block) -> bool:
        """Whether it stands behind the last question and above its level, or is furniture."""
        tail = block.start > starts[-1] and (block.level < level if level else block.level <= 2)
        furniture = FURNITURE.fullmatch(outline.heading(block)) is not None and block.level <= outermost
        return (tail or furniture) and block.level not in closed_levels

    return [
        block
        for block in headings
        if block.start < starts[0]
        or opens(block)
        or ends(block)
        or (block.level == level and block.start in leads & (silent | named))
    ]


def is_lead(outline: Outline, block: Block, starts: Sequence[int]) -> bool:
    """Whether a question follows, after a few lines of text at most."""
    at = bisect_right(starts, block.start)
    between = outline.lines[block.end : starts[at]] if at < len(starts) else ()
    said = [line for line in between if line.text.strip() and not line.text.lstrip().startswith("#")]
    return at < len(starts) and len(said) <= INTRODUCTION and not any(line.code for line in between)


def outline_text(outline: Outline, block: Block, starts: Sequence[int]) -> bool:
    """Whether anything is said between a heading and the next question."""
    at = bisect_right(starts, block.start)
    return at >= len(starts) or any(line.text.strip() for line in outline.lines[block.end : starts[at]])
