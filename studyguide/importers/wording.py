"""Recognise the words of a foreign guide: a Wording, made of the vocabularies of its languages, judges titles and labels.

Everything that depends on a language goes through this module; the families and the judgement of forms know no words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise

from studyguide.importers.vocabulary import LANGUAGES, Vocabulary, load_vocabulary
from studyguide.language_guess import guess_language, list_languages_of_letters
from studyguide.text import COMBINING_MARKS

_MIN_LETTERS = 20
"""So many letters of a script bring the words of its language, in whatever language the rest of a file is."""
_CHUNK = 500  # characters
_MAX_CHUNKS = 40
_MAX_READ = 200_000  # characters
_MIN_LABEL_LENGTH = 3  # letters
_MIN_LABELS = 5
"""A word with a number that goes up, at the start of so many lines, is the label of the file's questions."""
_LABEL_LINE = re.compile(
    r"^\W{0,20}(?P<word>[^\W\d_]{1,12}(?: [^\W\d_]{1,12})?)\s{0,3}[-#.]?\s{0,3}(?P<number>\d{1,4})\s{0,3}[.:)\]：]\W{0,4}(?=\w)"
)
_LABELLED_LINE = re.compile(
    r"^[\s*_#>+-]{0,12}(?P<word>[^\W\d_]{2,14}(?: [^\W\d_]{1,12}){0,2})\s?[-#.]?\s?\d{0,4}[ \t]?(?:[.:：)]|$)",
    re.MULTILINE,
)
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{COMBINING_MARKS}])*")
_HAS_WORDS = re.compile(r"\w")
_NEEDS_NUMBER = 2
"""A label of fewer letters is one only with a number or a colon behind it."""
_LONGEST_SHOW_TITLE = 5
"""Words of a title that only says that an answer follows."""
_CLAUSE = re.compile(r"\W*(?:what|why|how|when|where)\s+(?:it|this|that|they|these|we|you|i)\b[^?]*$", re.IGNORECASE)
"""An English clause that only opens like a question: `Why it matters`."""
_GAP = re.compile(r"_{3,}|\.{5,}|…{2,}|（\s*[A-J]{0,5}\s*）")
"""A gap that is to be filled in, or in which the letters of the right options stand."""
_SENTENCE_END = re.compile(r"[。।.!！]\s*\w|[。।]\s*$")
"""The end of a sentence that another follows, or that is no question: words for asking stand in such a text too."""
_QUESTION_MARKS = "?？؟"
_LABEL_SIGNS = r"(?P<sign>\s*+(?:[:：;]|[.)]+(?=[\s.:*]|$)|[=–—-]+>?|(?<=[A-Za-z])/(?=[\s*_:]))+)\s*(?:\.\s+)?(?P<after>[*_]{0,3})\s*"
_OPTION_LETTERS = frozenset("abcdeабвгд")
"""Letters that are those of options first."""
_ARROW = re.compile(r"^\s*(?:=>|⇒)\s+")
_DASHED_NAME = re.compile(r"\W*(?:[A-Z]|ans\b)", re.ASCII)
"""The label of an answer that a dash may follow: `Answer - It is`, not `the answer - if there is one`."""
_ARROWS_UP = re.compile(r"\W*[⬆↑▲🔝⇧⤴]\W*")


def _alternate(words: Iterable[str]) -> str:
    """Return a pattern of these words, the longest first; one that matches nothing if there are none."""
    ordered = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"[ \u00a0]+") for word in ordered) or r"(?!)"


def _has_spaces(word: str) -> bool:
    """Return True if spaces divide the words of the script of a word."""
    return not re.match(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]", word)


def _alternate_by_script(words: Sequence[str]) -> tuple[str, str]:
    """Return a pattern of the words between which spaces stand, and one of the others."""
    return _alternate(word for word in words if _has_spaces(word)), _alternate(
        word for word in words if not _has_spaces(word)
    )


def _strip_signs(text: str) -> str:
    """Return a text without what is no letter and no digit at its ends."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", text)


def _is_phrase(text: str) -> bool:
    """Return True if a text has several words, or in a script without spaces several signs."""
    return len(_WORD.findall(text)) > 1 or (not _has_spaces(text) and len(text) > len("定义锁"))


@dataclass(frozen=True)
class Wording:
    """The words of the languages of a file.

    ``label`` is a word that the file itself puts before the numbers of its questions, whatever language that is.
    """

    vocabularies: tuple[Vocabulary, ...]
    label: str = ""

    def _gather(self, *keys: str) -> list[str]:
        return [word for each in self.vocabularies for key in keys for word in getattr(each, key)]

    # ---------------------------------------------------------------- questions

    @cached_property
    def _asking_pattern(self) -> re.Pattern[str]:
        spaced, joined = _alternate_by_script(self._gather("question_words"))
        return re.compile(rf"(?:{spaced})(?!\w)|(?:{joined})", re.IGNORECASE)

    @cached_property
    def _task_pattern(self) -> re.Pattern[str]:
        spaced, joined = _alternate_by_script(self._gather("task_words"))
        return re.compile(rf"(?:{spaced})(?!\w)(?=,?\s+\w|\s*[:«\"“`$*])|(?:{joined})", re.IGNORECASE)

    @cached_property
    def _task_end(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{_alternate(self._gather('task_endings'))})[\W_]*$", re.IGNORECASE)

    @cached_property
    def _asking_strings(self) -> re.Pattern[str]:
        return re.compile(_alternate(self._gather("question_strings")))

    def asks(self, title: str) -> bool:
        """Return True if a text sounds like a question or a task."""
        bare = re.sub(r"\([^()]*\)", "", title)
        if (
            any(mark in bare for mark in _QUESTION_MARKS)
            or any(mark in title[-3:] for mark in _QUESTION_MARKS)
            or _GAP.search(bare)
        ):
            return True
        if _CLAUSE.match(title):
            return False
        start = re.sub(r"^[\W_]+", "", bare)
        if self._asking_pattern.match(start):
            return True
        if self._task_pattern.match(start) and _is_phrase(start) and not start.rstrip("*_ ").endswith(":"):
            return True
        if self._task_end.search(start):
            return True
        return bool(self._asking_strings.search(title)) and not _SENTENCE_END.search(title)

    @cached_property
    def question_label(self) -> re.Pattern[str]:
        """The label of a question at the start of a text, its number in the group ``number``."""
        words = self._gather("question_labels") + ([self.label] if self.label else [])
        lists = {word for word in self._gather("contents_titles") if _has_spaces(word)}
        plurals = {word for word in lists if any(word[: -len(end)] in words for end in ("s", "n", "en", "es"))}
        words = [word for word in words if word not in plurals]  # `Questions` is the title of a list, and no label
        long = _alternate(word for word in words if len(word) >= _NEEDS_NUMBER or word in ("q", "问", "問", "문"))
        short = _alternate(word for word in words if len(word) < _NEEDS_NUMBER and word not in _OPTION_LETTERS)
        lettered = _alternate(word for word in words if word in _OPTION_LETTERS)
        number = r"\s{0,3}[-#.№]?\s{0,3}(?:\d{1,2}\.(?=\d))*(?P<number>\d{1,4})?"
        # `Q-learning`, `Q–Q plots` and `Q.E.D.` are names, and so is `Q3 and Q1`.
        ends = (
            r"(?:\s*[.:)\]：、](?!\w\.)[\s.:)\]：–—-]*|(?:\s+|(?<=\d))[–—-]+\s*|[–—-]+(?=\s)\s*|"
            r"(?<=\d)\s+(?!(?:and|or|of|to|in|for|vs|versus|und|oder|et|ou|y|o)\b|&|20\d\d\b)|$)(?=\S|$)"
        )
        return re.compile(
            rf"^[(\[]?(?:(?:{long}){number}|(?:{short})\s*(?=\d|[:：]){number.replace('number', 'short_number')}"
            rf"|第\s*(?P<ordinal>\d{{1,4}})\s*(?:题|題|问|問|个问题|道题)"
            rf"|(?:{lettered})\s?(?P<lettered_number>\d{{1,4}})(?=\s*[.:)]\s)){ends}",
            re.IGNORECASE,
        )

    def find_question_label(self, text: str) -> tuple[str, int | None] | None:
        """Return the label of a question that a text begins with, and its number; None if there is none."""
        found = self.question_label.match(text)
        if not found:
            return None
        digits = found["number"] or found["short_number"] or found["lettered_number"] or found["ordinal"]
        return found[0], int(digits) if digits else None

    # ---------------------------------------------------------------- answers

    @cached_property
    def _answer_names(self) -> str:
        """The labels of answers and explanations, but for words with which a question begins."""
        asking = set(self._gather("question_words"))
        words = self._gather("answer_labels", "explanation_labels", "correct_labels")
        return _alternate(word for word in words if len(word) > 1 and word not in asking)

    @cached_property
    def _title_names(self) -> str:
        """The labels that open no task either, so that they need no colon: `Explain` may be a label in some languages."""
        asking = set(self._gather("question_words", "task_words"))
        words = self._gather("answer_labels", "explanation_labels", "correct_labels")
        return _alternate(word for word in words if len(word) > 1 and word not in asking)

    @cached_property
    def _short_answer_names(self) -> str:
        """Single letters that answers have as their label where a colon follows."""
        words = self._gather("answer_labels")
        return _alternate(word for word in words if len(word) == 1 and word.isalpha() and word not in _OPTION_LETTERS)

    @cached_property
    def _answer_label(self) -> re.Pattern[str]:
        return re.compile(
            rf"^\s*(?P<bullet>[-*+]\s+)?(?P<mark>[*_]{{0,3}})(?P<junk>[^\w$`\\|<=~^]{{0,3}})(?:(?P<letter>a)|(?P<short>{self._short_answer_names})(?=\s*[*_]{{0,3}}[:：]|/[*_\s:])|(?P<name>{self._answer_names}))"
            rf"\s*+\d{{0,4}}\s*+(?P<close>[*_]{{0,3}}+){_LABEL_SIGNS}",
            re.IGNORECASE,
        )

    @cached_property
    def _bare_label(self) -> re.Pattern[str]:
        return re.compile(rf"^\s*(?:[-*+]\s+)?[*_]{{2,3}}\W*(?:{self._answer_names})\W*$", re.IGNORECASE)

    @cached_property
    def _answer_head(self) -> re.Pattern[str]:
        return re.compile(rf"^\W*(?:{self._title_names})(?!\w)\W*(?P<rest>.*)$", re.IGNORECASE)

    def match_answer_label(self, text: str, by_letter: bool = True) -> re.Match[str] | None:
        """Return the label of an answer that a line begins with, or None: a sum, a ratio, a compound and a name are none.

        Where questions have no labels (``by_letter`` is False), `A. Turing` is a name, and only `A:` is a label.
        """
        found = self._answer_label.match(text)
        if not found:
            return None
        sign, behind = found["sign"], text[found.end("sign") :]
        has_colon = ":" in sign or "：" in sign
        if "=" in sign and (found["letter"] or "=>" not in sign):
            return None
        if found["letter"] and not _is_letter_label(found, behind, by_letter):
            return None
        if "-" in sign or "–" in sign or "—" in sign:
            is_glued = re.match(r"\w", behind) and not sign[:1].isspace()
            is_short = (found["name"] or "").casefold() == "ans"
            if not has_colon and ((is_glued and not is_short) or not _DASHED_NAME.match(found[0])):
                return None
        return found

    def is_answer_label(self, text: str, by_letter: bool = True) -> bool:
        """Return True if a line begins with the label of an answer, is nothing but one in bold, or begins with an arrow."""
        return bool(self.match_answer_label(text, by_letter) or self._bare_label.match(text) or _ARROW.match(text))

    def cut_answer_label(self, text: str) -> str:
        """Return the words behind the label of an answer; empty if there are none."""
        text = text.strip()
        if _ARROW.match(text):
            return _ARROW.sub("", text)
        label = self.match_answer_label(text)
        if label and not self._bare_label.match(text):
            rest = text[label.end() :] if label["mark"] else text[label.start("after") :]
            if label["mark"] and not label["close"] and not label["after"] and label["mark"] in rest:
                rest = label["mark"] + rest
            return rest if rest.strip("*_ ") else ""
        found = self._answer_head.match(text)
        return found["rest"].strip("*_ ") if found else ""

    def explains(self, text: str) -> bool:
        """Return True if the label that a text begins with is that of an explanation."""
        start = re.sub(r"^[\W_]+", "", text)
        return bool(re.match(rf"(?:{_alternate(self._gather('explanation_labels'))})(?!\w)", start, re.IGNORECASE))

    def is_answer_title(self, text: str) -> bool:
        """Return True if a heading says that an answer follows: `Answer`, `Strong senior-level answer`."""
        if text.rstrip("*_ ")[-1:] in tuple(_QUESTION_MARKS) and len(text.split()) > 2:
            return False
        found = self._answer_head.match(text)
        if found and (
            len(found["rest"].split()) <= 4 or re.match(rf"^\W*(?:{self._answer_names})\W*:", text, re.IGNORECASE)
        ):
            return True
        return bool(self._named_answer.fullmatch(text)) and not self.asks(text)

    @cached_property
    def _named_answer(self) -> re.Pattern[str]:
        return re.compile(
            rf"\W*+(?:[\w’'-]+\s+){{1,3}}(?:{_alternate(word for word in self._gather('answer_labels') if len(word) > 2)})s?\W*",
            re.IGNORECASE,
        )

    @cached_property
    def _show_words(self) -> frozenset[str]:
        texts = self._gather("show_labels", "answer_labels", "explanation_labels", "correct_labels")
        fillers = ("the", "to", "me", "here", "it", "this", "more", "for", "is", "below", "a", "an", "and")
        return frozenset(word for text in texts for word in _WORD.findall(text)) | frozenset(fillers)

    def is_answer_summary(self, text: str) -> bool:
        """Return True if the title of a fold says no more than that an answer is in it."""
        words = _WORD.findall(text.casefold())
        found = self._answer_head.match(text)
        if found and len(found["rest"].split()) <= 3 and not text.rstrip("*_ ").endswith("?"):
            return True
        is_button = len(words) <= _LONGEST_SHOW_TITLE + 3 and all(word in self._show_words for word in words)
        if words and is_button and self._show_phrase.search(text):
            return True
        return not _HAS_WORDS.search(text) or self._equals(text, "show_labels")

    @cached_property
    def _show_phrase(self) -> re.Pattern[str]:
        """A label as a whole: `Example` is no title of an answer, although `example answer` is."""
        return self._find_phrase("show_labels", "answer_labels", "explanation_labels", "correct_labels")

    @cached_property
    def _answer_phrase(self) -> re.Pattern[str]:
        return self._find_phrase("answer_labels", "correct_labels", "key_titles")

    def _find_phrase(self, *keys: str) -> re.Pattern[str]:
        """Return the pattern of one of these labels anywhere in a text; single letters are none."""
        words = [word for word in self._gather(*keys) if len(word) > 1 or not word.isascii()]
        spaced, joined = _alternate_by_script(words)
        return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|(?:{joined})", re.IGNORECASE)

    def names_answer(self, text: str) -> bool:
        """Return True if the title of a fold has a word for an answer in it: `Show the solution`, but not `Click to expand`."""
        return self.is_answer_summary(text) and bool(self._answer_phrase.search(text))

    def is_more(self, text: str) -> bool:
        """Return True if the title of a fold says that more about the text above it is in it."""
        return self._equals(text, "more_labels")

    def is_hint(self, text: str) -> bool:
        """Return True if a title says that a hint follows."""
        return self._equals(re.sub(r"[\d\s]+$", "", text.strip(" *_:.-")), "hint_labels") or bool(
            re.fullmatch(
                rf"\W*(?:(?:show|view)\s+)?(?:{_alternate(self._gather('hint_labels'))})\s*\d*\W*", text, re.IGNORECASE
            )
        )

    def _make_label(self, *keys: str) -> re.Pattern[str]:
        """Return the pattern of a label of one of these keys with a colon, and what belongs to it."""
        names = _alternate(self._gather(*keys))
        return re.compile(
            rf"^\s*(?:[-*+]\s+)?(?:[*_]{{1,3}}(?:{names})\s*\d{{0,2}}\s*(?:[:：]\s*[*_]{{1,3}}|[*_]{{1,3}}\s*[:：])|(?:{names})\s*\d{{0,2}}\s*[:：])\s*(?=\S)",
            re.IGNORECASE,
        )

    @cached_property
    def hint_label(self) -> re.Pattern[str]:
        """The label of a hint with text behind it: `**Hint:** …`."""
        return self._make_label("hint_labels")

    @cached_property
    def follow_up_label(self) -> re.Pattern[str]:
        """The label of a question that follows another, with text behind it."""
        return self._make_label("follow_up_labels")

    @cached_property
    def single_choice(self) -> re.Pattern[str]:
        """The words that say that one option is right."""
        return re.compile(_alternate(self._gather("single_choice")), re.IGNORECASE)

    @cached_property
    def _count_pattern(self) -> re.Pattern[str]:
        spaced, joined = _alternate_by_script(self._gather("count_words"))
        return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|(?:{joined})", re.IGNORECASE)

    def asks_number(self, text: str) -> bool:
        """Return True if a question asks for a number, so that the number behind `Answer:` names no option."""
        return bool(self._count_pattern.search(text))

    @cached_property
    def choice_verdict(self) -> re.Pattern[str]:
        """A sentence that begins with the letter of an option and says that it is right: `C is correct because …`."""
        names = _alternate(self._gather("correct_labels"))
        return re.compile(
            rf"[\s>*_(]*(?:(?:{self.option_word})\s+)?[*_(]*(?P<letter>[A-J])[)*_]*\s+(?:is|ist|es|est|è|é)\s+"
            rf"(?:(?:the|die|la|a)\s+)?[*_]*(?:{names})(?!\w)",
            re.IGNORECASE,
        )

    @cached_property
    def key_label(self) -> str:
        """A pattern of the words that stand before the letter of a right option."""
        words = self._gather("correct_labels", "answer_labels", "key_titles")
        return _alternate(word for word in words if len(word) > 1 or not word.isascii())

    @cached_property
    def correct_label(self) -> re.Pattern[str]:
        """The label that marks an option as the right one: `Correct answer:`."""
        names = _alternate(self._gather("correct_labels"))
        return re.compile(rf"^\s*[*_]{{0,3}}\W{{0,2}}(?:{names})\s*[*_]{{0,3}}\s*[:：]\s*[*_]{{0,3}}\s*", re.IGNORECASE)

    @cached_property
    def correct_mark(self) -> re.Pattern[str]:
        """The words behind an option that say that it is right: `Wax (correct)`, `Wax ← correct answer`."""
        names = _alternate([*self._gather("correct_labels"), "true"])
        return re.compile(
            rf"\s*[*_]{{0,3}}(?:[:：(（\[]|<[-=]+|&lt;[-=]+|[←⬅⇐]\ufe0f?)\s*[*_]{{0,3}}(?:the\s+)?(?:{names})"
            r"\s*[)）\]]?\s*[.!]?\s*[*_]{0,3}\s*$",
            re.IGNORECASE,
        )

    @cached_property
    def inline_key(self) -> re.Pattern[str]:
        """The label of a key in the midst of a line, in bold or behind two blanks: `c) Wax  **Correct answer:** b`."""
        names = _alternate(
            self._gather("correct_labels") + [word for word in self._gather("answer_labels") if len(word) > 2]
        )
        return re.compile(
            rf"(?:\s+(?=[*_]{{2}})|\s{{2,}}|<br\s*/?>\s*)[*_]{{0,3}}(?:{names})\s*[*_]{{0,3}}\s*[:：]", re.IGNORECASE
        )

    @cached_property
    def option_word(self) -> str:
        """A pattern of the words for an option."""
        return _alternate(self._gather("option_labels"))

    @cached_property
    def _pointing_pattern(self) -> re.Pattern[str]:
        spaced, joined = _alternate_by_script(self._gather("pointing_words"))
        return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|(?:{joined})", re.IGNORECASE)

    def points_below(self, title: str) -> bool:
        """Return True if a question points to what stands below it, such as code: `What does this print?`."""
        return title.rstrip("*_ ").endswith((":", "：")) or bool(self._pointing_pattern.search(title))

    # ---------------------------------------------------------------- titles of sections

    def _equals(self, text: str, *keys: str) -> bool:
        """Return True if a text, without signs around it, is one of these words."""
        if keys not in self._sets:
            self._sets[keys] = frozenset(map(_strip_signs, self._gather(*keys)))
        return _strip_signs(text).casefold() in self._sets[keys]

    @cached_property
    def _sets(self) -> dict[tuple[str, ...], frozenset[str]]:
        """The words of each combination of keys that was asked for."""
        return {}

    def is_about(self, text: str) -> bool:
        """Return True if a title is that of a section about the file itself: `Contributing`."""
        if ":" in text and self._equals(text.partition(":")[0], "about_titles"):
            return True
        return self._equals(text, "about_titles", "contents_titles") or self._equals(
            text.partition("(")[0], "about_titles"
        )

    def is_contents(self, text: str) -> bool:
        """Return True if a title says that a list of contents follows."""
        return self._equals(text, "contents_titles")

    def is_follow_up(self, text: str) -> bool:
        """Return True if a title says that questions which follow another stand below."""
        return self._equals(text, "follow_up_labels")

    def is_key_title(self, text: str) -> bool:
        """Return True if a title says that the answers to several questions follow."""
        return self._equals(re.sub(r"\([^()]*\)", "", text), "key_titles")

    def is_source_title(self, text: str) -> bool:
        """Return True if a title says where an answer comes from, or where to read on."""
        return self._equals(text, "source_labels")

    @cached_property
    def _detail_label(self) -> re.Pattern[str]:
        names = _alternate(self._gather("option_labels", "level_labels"))
        return re.compile(rf"^\s*(?:[-*+]\s+)?[*_]{{0,3}}(?:{names})\s*[*_]{{0,3}}\s*[:：]", re.IGNORECASE)

    def is_detail(self, text: str) -> bool:
        """Return True if a line begins with the label of something that belongs to the question: `Choices:`, `Difficulty:`."""
        return bool(self._detail_label.match(text))

    def is_placeholder(self, text: str) -> bool:
        """Return True if a text only stands where an answer is still to be written."""
        return self._equals(text, "placeholders")

    def is_top_link(self, text: str) -> bool:
        """Return True if the words of a link to an anchor lead to the top of the page."""
        return self._equals(text, "top_links") or bool(_ARROWS_UP.fullmatch(text))

    @cached_property
    def _section(self) -> re.Pattern[str]:
        words = _alternate(word for word in self._gather("section_words") if _has_spaces(word))
        return re.compile(
            rf"\W*(?:(?:{words})\s+(?:\d+|[ivx]+\b|[a-h]\b|one|two|three)|"
            r"第\s*[一二三四五六七八九十百\d]+\s*[章节節部分篇]|[（(]?[一二三四五六七八九十]+[)）]?\s*[、.．：:])",
            re.IGNORECASE,
        )

    @cached_property
    def _question_noun(self) -> re.Pattern[str]:
        words = [
            word
            for word in self._gather("question_labels", "contents_titles")
            if len(word) > len("quiz") or not word.isascii()
        ]
        return re.compile(
            rf"(?:{_alternate(word for word in words if _has_spaces(word) and ' ' not in word)})\w{{0,3}}(?!\w)",
            re.IGNORECASE,
        )

    def names_questions(self, text: str) -> bool:
        """Return True if a title says that questions follow, and asks none: `Coding questions`."""
        return bool(self._question_noun.search(text)) and not self.asks(text)

    def is_section(self, text: str) -> bool:
        """Return True if a title begins like that of a chapter, whatever it is called: `Part 2`."""
        return bool(self._section.match(text)) and not self.asks(text)


def _is_letter_label(found: re.Match[str], behind: str, by_letter: bool) -> bool:
    """Return True if an `A` with a sign behind it is the label of an answer."""
    sign = found["sign"].strip()
    if by_letter:
        return ">" not in sign
    is_capital = found["letter"] == "A" and not found["bullet"]
    return is_capital and sign in (":", "：") and (sign == "：" or not behind or not re.match(r"\w", behind))


# ---------------------------------------------------------------- the languages and the label of a file


def recognise_wording(text: str) -> Wording:
    """Return the words that count in a text: those of English, of the language that it seems to be in, and of its scripts."""
    tags = ["en", guess_language(text)]
    tags += list_languages_of_letters(text[:_MAX_READ], _MIN_LETTERS)
    tags += _find_languages_of_labels(text)
    tags += map(guess_language, _cut_chunks(text))
    known = dict.fromkeys(base for tag in tags if (base := tag.partition("-")[0]) in LANGUAGES)
    return _make_wording(tuple(sorted(known)), _find_label(text.splitlines()))


@lru_cache(maxsize=32)
def _make_wording(tags: tuple[str, ...], label: str) -> Wording:
    """Return the words of these languages; the patterns that it compiles take longer than reading a short guide."""
    return Wording(tuple(map(load_vocabulary, tags)), label)


def _cut_chunks(text: str) -> Iterator[str]:
    """Yield pieces from all of a text, which may be in another language than most of it."""
    step = max(_CHUNK, len(text) // _MAX_CHUNKS)
    yield from (text[start : start + _CHUNK] for start in range(0, len(text), step))


def _find_languages_of_labels(text: str) -> Iterator[str]:
    """Yield the languages whose labels stand at the start of two lines or more."""
    starts = Counter(found["word"].casefold() for found in _LABELLED_LINE.finditer(text))
    for tag in LANGUAGES:
        labels = _gather_labels(tag)
        if sum(count for word, count in starts.items() if word in labels) > 1:
            yield tag


@cache
def _gather_labels(tag: str) -> frozenset[str]:
    """Return the labels of a language that are too long to be those of another by accident."""
    each = load_vocabulary(tag)
    labels = (*each.question_labels, *each.answer_labels, *each.correct_labels)
    return frozenset(label for label in labels if len(label) >= _MIN_LABEL_LENGTH)


def _find_label(lines: Sequence[str]) -> str:
    """Return the word that stands with a running number at the start of at least five lines; empty if none does."""
    numbers: dict[str, list[int]] = {}
    for line in lines:
        found = _LABEL_LINE.match(line)
        if found:
            numbers.setdefault(found["word"].casefold(), []).append(int(found["number"]))
    best = ""
    for word, values in numbers.items():
        steps = sum(after == before + 1 for before, after in pairwise(values))
        if len(values) >= _MIN_LABELS and steps >= 0.7 * (len(values) - 1) and len(values) > len(numbers.get(best, ())):
            best = word
    return best
