"""Judge how the questions are asked: every rule is a sentence and a generator of warnings.

What one of them finds may be meant: guide.toml can say so, with a reason. Their names are in `problems.WARNINGS` too.
"""

import html
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice
from statistics import quantiles

from studyguide.hypertext import KEPT
from studyguide.model import Choice, Guide, Passage, Question
from studyguide.problems import Place, Problem
from studyguide.text import split_words, strip_markdown

ASKING = ("?", "？", "؟", ";")
SAID = 3
"""Words in a row that are no longer found in two places by chance."""
LONG_WORD = 5
"""Letters of a word that tells an option by itself; shorter ones, and numbers, are everywhere."""
CHANCE = 1 / 500
"""How unlikely a row of right options must be, or one random guide in a few would be told of."""
ALIKE = 0.75
"""The share of two texts' words, by their weight, from which the texts are twins."""
LOOKS = 300
"""Texts that one is compared with at the most, those that share its rarest words first; guides of real words need a few dozen."""
TELLING = 8
"""Words of an answer from which it may be compared with others: `Yes, always` is no twin."""
TIMES = 3
"""So many times longer than the one in the middle, and so many times the middle half's spread beyond it, an answer is far longer
than the rest."""
FEW = 10
"""Answers from which there is a rest."""
SPELT = 0.85
"""How near a tag must be to another to be the same misspelt: `regularization`, and not `tokenisation`, which is no `optimisation`."""
MANY = 20
"""Questions with tags from which a tag can be expected to come again."""


def echoed_question(guide: Guide) -> Iterator[Problem]:
    """Whoever reads the answer has just read the question."""
    for question in guide.questions:
        asked = split_words(question.title.markdown)
        if not strip_markdown(question.title.markdown).endswith(ASKING) or len(asked) < SAID:
            continue
        for section in question.pick(("answer",)):
            # What is further down may be the title of a source.
            if holds(split_words(section.text.markdown.split("\n\n")[0]), asked):
                yield Problem(
                    section.text.place,
                    "echoed-question",
                    "the answer repeats its question word for word",
                    "begin with what is new",
                )


def given_away(guide: Guide) -> Iterator[Problem]:
    """A question whose answer can be read from it tests nothing."""
    for question in guide.questions:
        hints = [("hint", section.text, 1) for section in question.pick(("hint",))]
        for name, passage, least in [("question", question.title, SAID), ("question", question.stem, SAID), *hints]:
            told = split_words(CODE.sub("", passage.markdown))
            if question.choices:
                right = told_choice(question.choices, told)
                found = f"the {name} has the words of the right option, `{right.letter}`" if right else ""
            else:
                answers = [split_words(section.text.markdown) for section in question.pick(("answer",))]
                found = f"the {name} has the words of the answer" if gives(name, told, answers, least) else ""
            if found:
                yield Problem(passage.place, "given-away", found, "say it in other words, or ask for something else")


# Code that is asked about has its output in it, one way or another.
CODE = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1", re.DOTALL | re.MULTILINE)


def told_choice(choices: Iterable[Choice], told: Sequence[str]) -> Choice | None:
    """The right option, if a text has its words and those of no other."""
    texts = [(choice, split_words(choice.text.markdown)) for choice in choices]
    right = [(choice, words) for choice, words in texts if choice.correct]
    if len(right) != 1:
        return None
    choice, words = right[0]
    wrong = [each for other, each in texts if other is not choice]
    if any(holds(told, each) or holds(each, words) for each in wrong) or not telling(words):
        return None
    return choice if holds(told, words) else None


def gives(name: str, told: Sequence[str], answers: Iterable[Sequence[str]], least: int) -> bool:
    """Whether a question or a hint has the whole of a short answer, or the answer the whole of a hint that says much."""
    for answer in answers:
        if len(answer) >= least and telling(answer) and holds(told, answer):
            return True
        if name == "hint" and len(told) > SAID and holds(answer, told):
            return True
    return False


def telling(words: Sequence[str]) -> bool:
    """Whether these words say something by themselves."""
    letters = [word for word in words if not word.isnumeric()]
    return len(letters) > 1 or any(len(word) >= LONG_WORD for word in letters)


def holds(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the words have the others among them, one after another."""
    if not others or others[0] not in words:
        return False
    return f" {' '.join(others)} " in f" {' '.join(words)} "


# ---------------------------------------------------------------- multiple choice, over the book


@dataclass(frozen=True, slots=True)
class Pick:
    """The right option of a question that has one, among how many, and how the others read."""

    choice: Choice
    place: int
    others: tuple[Choice, ...]

    @property
    def share(self) -> float:
        """How often a guess is right."""
        return 1 / (len(self.others) + 1)

    @property
    def longest(self) -> bool:
        return letters(self.choice) > max(map(letters, self.others))


def letters(choice: Choice) -> int:
    return sum(map(len, split_words(choice.text.markdown)))


def picks(guide: Guide) -> Iterator[Pick]:
    for question in guide.questions:
        right = [place for place, choice in enumerate(question.choices) if choice.correct]
        if len(right) == 1 and len(question.choices) > 1:
            (place,) = right
            others = (*question.choices[:place], *question.choices[place + 1 :])
            yield Pick(question.choices[place], place, others)


def longest_option(guide: Guide) -> Iterator[Problem]:
    """Who knows nothing picks the longest option, for a right one needs its conditions."""
    every = list(picks(guide))
    longest = [pick for pick in every if pick.longest]
    if unlikely(len(longest), [pick.share for pick in every]):
        found = f"the right option is the longest in {len(longest)} of {len(every)} questions"
        fix = f"shorten it, or lengthen another, in some of them: {listed(pick.choice.text.place for pick in longest)}"
        yield Problem(longest[0].choice.text.place, "longest-option", found, fix)


def same_letter(guide: Guide) -> Iterator[Problem]:
    """Who knows nothing picks the letter that was right before."""
    every = list(picks(guide))
    for place in sorted({pick.place for pick in every}):
        possible = [pick for pick in every if len(pick.others) >= place]
        here = [pick for pick in possible if pick.place == place]
        if unlikely(len(here), [pick.share for pick in possible]):
            letter = here[0].choice.letter
            found = f"the right option is `{letter}` in {len(here)} of {len(possible)} questions"
            fix = f"move it in some of them: {listed(pick.choice.text.place for pick in here)}"
            yield Problem(here[0].choice.text.place, "same-letter", found, fix)


def unlikely(times: int, shares: Sequence[float]) -> bool:
    """Whether chance would hardly make it so often, of so many with these shares."""
    if not times:
        return False
    count, share = len(shares), sum(shares) / len(shares)
    logs = (
        math.lgamma(count + 1)
        - math.lgamma(hits + 1)
        - math.lgamma(count - hits + 1)
        + hits * math.log(share)
        + (count - hits) * math.log(1 - share)
        for hits in range(times, count + 1)
    )
    return sum(map(math.exp, logs)) < CHANCE


def listed(places: Iterable[Place]) -> str:
    """The first places, and whether there are more."""
    first, rest = (every := list(places))[:3], len(every) - 3
    return ", ".join(f"{place.path}:{place.line}" for place in first) + (f" and {rest} more" if rest > 0 else "")


# ---------------------------------------------------------------- texts beside each other


def near_twins(guide: Guide) -> Iterator[Problem]:
    """Who has learnt one of two like questions has learnt the other; one of them is a mistake, or too much."""
    asked = [(question, words_asked(question)) for question in guide.questions]
    answered = [
        (question, split_words(section.text.markdown))
        for question in guide.questions
        for section in question.pick(("answer",))
    ]
    told = set()
    for what, texts, least in (("question", asked, SAID), ("answer", answered, TELLING)):
        for question, other in twins([(question, words) for question, words in texts if len(set(words)) >= least]):
            if question.id not in told:
                told.add(question.id)
                of = "" if what == "question" else "that of "
                found = f"this {what} is nearly {of}`{strip_markdown(other.title.markdown)}`, {other.place}"
                yield Problem(question.place, "near-twins", found, "take one of them out, or say how they differ")


def words_asked(question: Question) -> tuple[str, ...]:
    passages: tuple[Passage, ...] = (question.title, question.stem, *(choice.text for choice in question.choices))
    return split_words("\n".join(passage.markdown for passage in passages))


def twins(texts: Sequence[tuple[Question, Sequence[str]]]) -> Iterator[tuple[Question, Question]]:
    """Each question whose text is nearly that of one before it, and that one.

    Two texts that share enough share one of the rarest words of each, so that few have to be looked at; and none is
    compared with one that is a twin itself.
    """
    sets = [(question, frozenset(words)) for question, words in texts]
    uses = Counter(word for _, words in sets for word in words)
    weights = {word: math.log(1 + len(sets) / count) for word, count in uses.items()}
    ranks = {word: rank for rank, word in enumerate(sorted(uses, key=lambda word: (uses[word], word)))}
    firsts: dict[str, list[tuple[Question, frozenset[str], float]]] = defaultdict(list)
    for question, words in sets:
        weight = sum(map(weights.__getitem__, words))
        heads = list(rarest(words, ranks, weights, (1 - ALIKE) * weight))
        looked_at = set()
        for other, theirs, heft in islice(chain.from_iterable(map(firsts.__getitem__, heads)), LOOKS):
            if other.id in looked_at or min(weight, heft) < ALIKE * max(weight, heft):
                continue
            looked_at.add(other.id)
            shared = sum(map(weights.__getitem__, words & theirs))
            if shared >= ALIKE * (weight + heft - shared):
                yield question, other
                break
        else:
            for word in heads:
                firsts[word].append((question, words, weight))


def rarest(
    words: Iterable[str], ranks: Mapping[str, int], weights: Mapping[str, float], enough: float
) -> Iterator[str]:
    """The rarest of the words, until the ones before weigh enough."""
    before = 0.0
    for word in sorted(words, key=ranks.__getitem__):
        if before > enough:
            return
        yield word
        before += weights[word]


def long_answer(guide: Guide) -> Iterator[Problem]:
    """An answer is what one would say; the rest belongs into the explanation."""
    lengths = [
        (section.text, len(split_words(section.text.markdown)))
        for question in guide.questions
        for section in question.pick(("answer",))
    ]
    if len(lengths) < FEW:
        return
    lower, usual, upper = quantiles((length for _, length in lengths), n=4)
    # Where answers differ much, a long one is one of many.
    most = max(TIMES * usual, TIMES * FEW, upper + TIMES * (upper - lower))
    for text, length in lengths:
        if length > most:
            found = f"this answer has {length} words, and half of all have {usual:.0f} or fewer"
            yield Problem(text.place, "long-answer", found, "move what is not said at once to `### Explanation`")


AMOUNT = re.compile(r"[^\w\s]?\s*(?P<number>\d[\d.,\s]*)(?P<unit>[^\W\d_]{1,12}|%|°C?)?\.?")


def missing_unit(guide: Guide) -> Iterator[Problem]:
    """Among options with a unit, one without it is no possible answer."""
    for question in guide.questions:
        amounts = [
            AMOUNT.fullmatch(strip_markdown(choice.text.markdown).replace("$", "")) for choice in question.choices
        ]
        units = [amount["unit"] for amount in amounts if amount and amount["unit"]]
        if len(units) < 2 or not all(amounts):
            continue
        for choice, amount in zip(question.choices, amounts, strict=True):
            if amount and not amount["unit"] and amount["number"].strip("0., "):
                found = f"`{strip_markdown(choice.text.markdown)}` has no unit, unlike other options"
                fix = f"write `{amount['number'].strip()} {units[0]}`, or in which unit it is"
                yield Problem(choice.text.place, "missing-unit", found, fix)


# What is left of Markdown in a text that has been understood, and what its author meant to type.
LEFT_OVER = (
    (re.compile(r"(?:>|\n)\s*((?:[-*+]\s*)?\[(?: |[xX])?\])\s"), "write `- [ ] ` or `- [x] ` before an option"),
    (re.compile(r"(\[\^[^\]\s<]+\])"), "write what the note says on a line of its own, behind that and a colon"),
    (re.compile(r"(\$\$)"), "close the formula with `$$`, and leave no blank line in it"),
    (re.compile(r"(?:>|\n)(\|[^\n<]*\|)\n\|[ :|—-]+\|"), "give each row as many columns as this one"),
    (re.compile(r"(\{[#.][A-Za-z][\w-]*)"), "close the braces, and let nothing stand behind them"),
    (re.compile(r"(\]\s?\((?:https?:|#|figures/))"), "write `](` without a space, and close both brackets"),
    (re.compile(r"((?:<|&lt;){7})\s"), "choose one of the two texts, and delete the marks"),
)
UNSPACED = re.compile(r"^#{2,6}[^\W\d][^\n]{0,40}", re.MULTILINE)


def raw_markdown(guide: Guide) -> Iterator[Problem]:
    """What Markdown does not understand is printed as it stands."""
    for chapter in guide.chapters:
        for passage in chapter.passages:
            text = KEPT.sub("", f">{passage.html}")
            left = [(html.unescape(each), fix) for pattern, fix in LEFT_OVER for each in pattern.findall(text)]
            # A heading to some, and no question and no part to us.
            left += [(each, "write a space behind `#`") for each in UNSPACED.findall(CODE.sub("", passage.markdown))]
            for words, fix in dict.fromkeys(left):
                place = passage.place.below(passage.markdown.partition(words)[0].count("\n"))
                yield Problem(place, "raw-markdown", f"`{words}` would be printed as it stands", fix)


def lone_tag(guide: Guide) -> Iterator[Problem]:
    """A tag gathers questions; one that is used once is misspelt, or gathers nothing."""
    tagged = [(tag, question) for question in guide.questions for tag in question.tags]
    uses = Counter(tag for tag, _ in tagged)
    if len({question.id for _, question in tagged}) < MANY:
        return
    for tag, question in tagged:
        if uses[tag] == 1:
            others = [other for other in uses if uses[other] > 1 and other[0] == tag[0]]
            near = get_close_matches(tag, others, n=1, cutoff=SPELT)
            fix = "".join(f"write `{each}`, " for each in near) + "give it to another question, or take it out"
            yield Problem(question.place, "lone-tag", f"no other question has the tag `{tag}`", fix)


RULES: tuple[Callable[[Guide], Iterator[Problem]], ...] = (
    echoed_question,
    given_away,
    longest_option,
    same_letter,
    near_twins,
    long_answer,
    missing_unit,
    lone_tag,
    raw_markdown,
)


def lint(guide: Guide) -> Iterator[Problem]:
    for rule in RULES:
        yield from rule(guide)
