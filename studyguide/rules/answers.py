"""Checks of what answers say, compared with their questions and with each other: Project, Guide → Problems."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import quantiles

from studyguide.html_text import VERBATIM, drop_notes, strip_tags
from studyguide.model import Choice, Guide, Passage, Project
from studyguide.problems import Problem
from studyguide.rules.markdown import blank_code_blocks
from studyguide.text import split_words, strip_markdown

_QUESTION_MARKS = ("?", "？", "؟", ";")  # the last is the Greek one, as Unicode normalises it
_MIN_SHARED_WORDS = 3  # in a row; fewer are found in two texts by chance
_MIN_WORD_LENGTH = 5
"""Letters of a word that identifies an option by itself; shorter words, and numbers, occur everywhere."""
_MIN_ANSWERS = 10  # in a guide; with fewer, none can be called long
_LONG_FACTOR = 3
"""An answer is long if it has this many times the median's words, and if it is this many times the interquartile range above the
upper quartile."""


def echoed_question(project: Project, guide: Guide) -> Iterator[Problem]:
    """A reader of the answer has just read the question."""
    for question in guide.questions:
        asked = split_words(question.title.markdown)
        if not strip_markdown(question.title.markdown).endswith(_QUESTION_MARKS) or len(asked) < _MIN_SHARED_WORDS:
            continue
        for part in question.pick(("answer",)):
            # The words in a later paragraph may be the title of a source.
            if _contains(split_words(part.text.markdown.split("\n\n")[0]), asked):
                found = "the answer repeats its question word for word"
                yield Problem(part.text.place, "echoed-question", found, "begin with what is new")


def given_away(project: Project, guide: Guide) -> Iterator[Problem]:
    """A question whose answer can be read from it tests nothing."""
    for question in guide.questions:
        texts = [("question", question.title, _MIN_SHARED_WORDS), ("question", question.stem, _MIN_SHARED_WORDS)]
        texts += [("hint", part.text, 1) for part in question.pick(("hint",))]
        for name, passage, min_words in texts:
            # Code that a question asks about contains its output in one way or another.
            words = split_words(blank_code_blocks(passage.markdown))
            if question.choices:
                right = _find_revealed_choice(question.choices, words)
                found = f"the {name} has the words of the right option, `{right.letter}`" if right else ""
            else:
                answers = [split_words(part.text.markdown) for part in question.pick(("answer",))]
                is_revealed = any(_is_revealed(answer, name, words, min_words) for answer in answers)
                found = f"the {name} has the words of the answer" if is_revealed else ""
            if found:
                yield Problem(passage.place, "given-away", found, "say it in other words, or ask for something else")


def long_answer(project: Project, guide: Guide) -> Iterator[Problem]:
    """An answer is as long as one would say it; the rest belongs into the explanation. One with a time is judged by its time."""
    timed = [text for text, _ in _list_timed_answers(guide)]
    lengths = [
        (part.text, len(split_words(part.text.markdown)))
        for question in guide.questions
        for part in question.pick(("answer",))
    ]
    if len(lengths) < _MIN_ANSWERS:
        return
    lower, median, upper = quantiles((length for _, length in lengths), n=4)
    # Where answers differ much, a long one is one of many.
    max_words = max(_LONG_FACTOR * median, _LONG_FACTOR * _MIN_ANSWERS, upper + _LONG_FACTOR * (upper - lower))
    for text, length in lengths:
        if length > max_words and text not in timed:
            found = f"this answer has {length} words, and half of all have {median:.0f} or fewer"
            yield Problem(text.place, "long-answer", found, "move what is not said at once to `### Explanation`")


def long_speech(project: Project, guide: Guide) -> Iterator[Problem]:
    """An answer with a time is practised aloud, and a reader who cannot be done in time takes the fault for his own."""
    for text, seconds in _list_timed_answers(guide):
        fitting = seconds * guide.config.words_per_minute // 60
        count = _count_spoken_words(text)
        if fitting and count > fitting:
            found = f"this answer has {count} words, and {fitting} can be said in {seconds} s"
            yield Problem(
                text.place, "long-speech", found, "move what is not said to `### Explanation`, or give more time"
            )


def _list_timed_answers(guide: Guide) -> Iterator[tuple[Passage, int]]:
    """Yield the answers that have a time, with its seconds: their own, or the shortest that an edition gives to all answers."""
    usual = min((each.speaking_time for each in guide.config.editions if each.speaking_time), default=0)
    for question in guide.questions:
        for part in question.all_parts:
            seconds = usual if part.seconds is None else part.seconds
            if part.is_answer and part.text and seconds:
                yield part.text, seconds


def _count_spoken_words(text: Passage) -> int:
    """Return the number of words that are said: those of code, formulas and footnotes are not."""
    said = strip_tags(VERBATIM.sub(" ", drop_notes(str(text.html))))
    return sum(any(map(str.isalnum, word)) for word in said.split())


def _find_revealed_choice(choices: Iterable[Choice], words: Sequence[str]) -> Choice | None:
    """Return the right option if the words of a text contain its words, and those of no other option."""
    texts = [(choice, split_words(choice.text.markdown)) for choice in choices]
    right = [(choice, option) for choice, option in texts if choice.correct]
    if len(right) != 1:
        return None
    choice, option = right[0]
    wrong = [each for other, each in texts if other is not choice]
    if any(_contains(words, each) or _contains(each, option) for each in wrong) or not _is_distinctive(option):
        return None
    return choice if _contains(words, option) else None


def _is_revealed(answer: Sequence[str], name: str, words: Sequence[str], min_words: int) -> bool:
    """True if a question or hint contains the whole of a short answer, or an answer the whole of a hint of some length."""
    if len(answer) >= min_words and _is_distinctive(answer) and _contains(words, answer):
        return True
    return name == "hint" and len(words) > _MIN_SHARED_WORDS and _contains(answer, words)


def _is_distinctive(words: Sequence[str]) -> bool:
    """True if the words mean something by themselves."""
    letters = [word for word in words if not word.isnumeric()]
    return len(letters) > 1 or any(len(word) >= _MIN_WORD_LENGTH for word in letters)


def _contains(words: Sequence[str], others: Sequence[str]) -> bool:
    """True if the words contain the others, one after another."""
    if not others or others[0] not in words:
        return False
    return f" {' '.join(others)} " in f" {' '.join(words)} "
