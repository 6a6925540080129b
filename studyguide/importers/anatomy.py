"""Take apart the text below a question's title: Lines → Body with stem, options, hint, answer and explanation."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from studyguide.importers.document import strip_heading
from studyguide.importers.model import Line
from studyguide.importers.options import (
    LETTERS,
    Option,
    Options,
    find_key_beyond,
    match_answer_text,
    name_option,
    read_key,
    read_last_list,
    read_letter,
    read_number_key,
    read_options,
)
from studyguide.importers.wording import Wording
from studyguide.text import keep_letters

_LINK = re.compile(r"\[[^\[\]]*\]\s?\([^()]*\)|https?://\S+")
_PICTURE = re.compile(r"!\[|<(?:img|svg)\b", re.IGNORECASE)
_LETTERED_ITEM = re.compile(r"^\s*[-*+]\s+\W{0,3}[b-pr-z]\W{0,3}:", re.IGNORECASE)
_SECOND_LETTER = re.compile(
    r"^\s*(?:[-*+]\s+)?\W{0,3}B\d*\W{0,3}[.:)]|^\s*[-*+]\s+\W{0,3}[b-pr-z]\W{0,3}:", re.IGNORECASE
)
_FIRST_LETTER = re.compile(r"^\s*(?:[-*+]\s+)?\W*A\d*\W", re.IGNORECASE)
_ITEM = re.compile(r"\s*[-*+]\s+(?=\S)")
_ASIDE = re.compile(r"\(.*\)\W*$")
_BREAK = re.compile(r"\s*(?:[-*_=](?:\s*[-*_=]){2,}|<br\s*/?>|\\|&nbsp;)?\s*")
_MAX_KEY_LENGTH = 200
"""Characters of an answer that is the text of an option."""
_MAX_KEY_LINES = 6
"""A key stands in one of so many first lines of an answer."""
_MAX_LETTER_DISTANCE = 14  # lines
_MAX_STEM_WORDS = 30
"""A line of more words above letters is one of an answer that lists things."""
_MAX_OPTION_WORDS = 8
_INDEX_LABEL = re.compile(r"^\W*(?:correct\s+)?(?:index|option)\W*\d+\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    stem: tuple[Line, ...] = ()
    options: tuple[Option, ...] = ()
    hint: tuple[Line, ...] = ()
    answer: tuple[Line, ...] = ()
    explanation: tuple[Line, ...] = ()
    more: tuple[Line, ...] = ()
    """Sources and follow-up questions of a question that has no answer."""
    labels: tuple[Line, ...] = ()
    """The words that only label something, which our format has its own for."""
    placeholder: Line | None = None
    pitfalls: tuple[Line, ...] = ()
    is_announced: bool = False
    """True if a label or the title of a fold says where the answer begins."""
    has_key_label: bool = False
    """True if the label of the answer is that of a right option."""
    key_words: Line | None = None
    """The words that stand behind the letter of the key."""
    faults: tuple[tuple[str, Line], ...] = ()
    """Keys that cannot be right, by the kind of a Note."""
    is_unsure: bool = False
    """True if the text above a fold, whose title names no answer, may be the question's or the answer."""


def take_apart(
    lines: Sequence[Line],
    wording: Wording,
    is_below: bool = True,
    by_letter: bool = True,
    title: str = "",
    shows_answers: bool = False,
) -> Body:
    """Return the parts of a question, told apart by the labels and folds that its author put between them.

    A label that nothing follows closes the answer, unless the answer can only stand below it (``is_below``). An `A` may be the
    label of an answer in more places if ``by_letter``. The number of an option is no key if the ``title`` asks for a number.
    The text above a fold with a title such as `Click` is the answer if ``shows_answers``, as other questions of the file do.
    """
    parts = _Parts(
        wording,
        by_letter=by_letter,
        has_number_keys=not wording.asks_number(title),
        shows_answers=shows_answers,
        may_answer_at_once=_may_answer_at_once(lines, wording, by_letter, title),
    )
    for at, line in enumerate(lines):
        if line.tag:
            parts.take_tag(line)
        elif line.code:
            parts.texts[parts.target].append(line)
        elif re.match(r"\s{0,3}#{1,6}\s", line.text):
            parts.take_heading(line)
        else:
            parts.take_text(line, has_label=not (_is_first_letter(lines, at) or _is_marked_option(lines, at, wording)))
    return _settle(parts, is_below)


@dataclass(slots=True)
class _Parts:
    """The parts of a question while its lines are read one by one."""

    wording: Wording
    target: str = "stem"
    """The part that the next line belongs to."""
    by_letter: bool = True
    has_number_keys: bool = True
    """True if a number may be that of the right option."""
    shows_answers: bool = False
    """True if the file has answers that no fold hides."""
    may_answer_at_once: bool = False
    """True if the text above an explanation may be the answer: the title asks, and nothing announces an answer below."""
    is_unsure: bool = False
    is_announced: bool = False
    has_key_label: bool = False
    """True if the label of the answer is that of a right option."""
    texts: dict[str, list[Line]] = field(
        default_factory=lambda: {"stem": [], "hint": [], "answer": [], "explanation": [], "more": []}
    )
    labels: list[Line] = field(default_factory=list)
    folds: list[tuple[str, str]] = field(default_factory=list)
    """For each open container the part that it stands in, and the one that it holds."""

    def take_tag(self, line: Line) -> None:
        if line.tag == "details":
            self.folds.append((self.target, ""))
        elif line.tag == "/details" and self.folds:
            before, kind = self.folds.pop()
            self.target = before if kind in ("", "hint") else self.target
        elif line.tag == "/summary":
            # What stood in the title of the question's own container, such as code.
            self.target, self.is_announced = "answer", True
        elif line.tag == "summary" and self._adds_to_answer(line.text):
            self._take_addition(line)
        elif line.tag == "summary" and self.wording.is_answer_summary(line.text):
            self._mark_fold("answer")
            self._begin_answer(line, "explanation" if self.target == "explanation" else "answer")
        elif line.tag == "summary" and self.wording.is_hint(line.text):
            self._mark_fold("hint")
            self._begin_hint(line)
        elif line.tag == "summary":
            self._show_title(line)

    def _show_title(self, line: Line) -> None:
        """Take the title of a fold as words in bold."""
        name = line.text.strip().strip("*").strip()
        self.texts[self.target] += [Line(text, line.origin) for text in ("", f"**{name}**", "")]

    def _adds_to_answer(self, title: str) -> bool:
        """Return True if the fold of this title holds more about the answer, which stands in sight above it."""
        wording = self.wording
        is_addition = wording.explains(title) or wording.is_more(title)
        is_button = wording.is_answer_summary(title) and not wording.names_answer(title)
        self.is_unsure = self.is_unsure or (is_button and not is_addition and self._is_answered_at_once())
        if self.target == "answer":
            return is_addition and not _is_empty(self.texts["answer"]) and not wording.names_answer(title)
        return (is_addition or (is_button and self.shows_answers)) and self._is_answered_at_once()

    def _is_answered_at_once(self) -> bool:
        """Return True if the text that was read so far is the answer, although nothing announces it."""
        return self.target == "stem" and self.may_answer_at_once and _is_statement(self.texts["stem"], self.wording)

    def _close_answer(self) -> None:
        """Take the text that was read so far as the answer."""
        self.texts["answer"], self.texts["stem"] = [*self.texts["answer"], *self.texts["stem"]], []
        self.target, self.is_announced = "answer", True

    def _take_addition(self, line: Line) -> None:
        """Take the title of a fold that says more about the answer above it."""
        if self.target == "stem":
            self._close_answer()
        self.folds[-1:] = [("answer", "")] if self.folds else []
        if self.wording.explains(line.text):
            self._begin_answer(line, "explanation")
        elif self.wording.is_more(line.text):
            self._show_title(line)
        else:
            self.labels.append(line)
            self.texts["answer"].append(Line("", line.origin))

    def take_heading(self, line: Line) -> None:
        title = strip_heading(line.text)
        if self.wording.is_hint(title) and self.target == "stem":
            self._begin_hint(line)
        elif self.wording.is_answer_title(title) and (self.target != "answer" or _is_empty(self.texts["answer"])):
            is_explaining = self.wording.explains(title) and self.target == "stem"
            if is_explaining and self._is_answered_at_once():
                self._close_answer()
            self._begin_answer(replace(line, text=title), "explanation" if is_explaining else "answer")
        else:
            self.take_text(line)

    def take_text(self, line: Line, has_label: bool = True) -> None:
        """Take a line of text, which may begin with the label of an answer if ``has_label``."""
        hint = self.wording.hint_label.match(line.text) if self.target == "stem" else None
        follow_up = self.wording.follow_up_label.match(line.text) if self.target in ("answer", "explanation") else None
        quoted = re.sub(r"^\s*>\s?", "", line.text) if self.target == "answer" and ">" in line.text[:4] else ""
        if quoted and self.wording.explains(quoted) and self.wording.is_answer_label(quoted, by_letter=False):
            self._begin_answer(replace(line, text=quoted), "explanation")
        elif hint:
            self._begin_hint(replace(line, text=hint[0]))
            self.texts["hint"].append(replace(line, text=line.text[hint.end() :]))
        elif follow_up:
            self.target = "more"
            self.labels.append(replace(line, text=follow_up[0]))
            self.texts["more"].append(replace(line, text=line.text[follow_up.end() :]))
        elif has_label and self.target in ("stem", "hint") and self.wording.is_answer_label(line.text, self.by_letter):
            is_explaining = self.wording.explains(line.text)
            if is_explaining and self._is_answered_at_once():
                self._close_answer()
            self._begin_answer(line, "explanation" if is_explaining else "answer")
        else:
            self.texts[self.target].append(line)

    def _mark_fold(self, part: str) -> None:
        """Note that the innermost container holds this part."""
        self.folds[-1:] = [(self.folds[-1][0], part)] if self.folds else []

    def _begin_hint(self, label: Line) -> None:
        self.target = "hint"
        self.labels.append(label)

    def _begin_answer(self, line: Line, part: str) -> None:
        self.target, self.is_announced = part, True
        self.has_key_label = self.has_key_label or bool(self.wording.correct_label.match(line.text.lstrip()))
        rest = self.wording.cut_answer_label(line.text)
        self.labels.append(replace(line, text="".join(line.text.rsplit(rest, 1)) if rest else line.text))
        self.texts[part] += [replace(line, text=rest, tag="")] if rest else []


def _is_empty(lines: Sequence[Line]) -> bool:
    return not any(line.text.strip() for line in lines)


def _may_answer_at_once(lines: Sequence[Line], wording: Wording, by_letter: bool, title: str) -> bool:
    """Return True if a title asks, without pointing to a text below it, and no label and no fold announces its answer."""
    if not wording.asks(title) or wording.points_below(title):
        return False
    for line in lines:
        if line.tag == "summary":
            if wording.names_answer(line.text):
                return False
        elif line.code or line.tag:
            continue
        elif line.text.lstrip().startswith("#"):
            name = strip_heading(line.text)
            if wording.is_answer_title(name) and not wording.explains(name):
                return False
        elif wording.is_answer_label(line.text, by_letter) and not wording.explains(line.text):
            return False
    return True


def _is_statement(lines: Sequence[Line], wording: Wording) -> bool:
    """Return True for a text that may be an answer: words without code, pictures and options, which ask nothing."""
    if any(line.code or _PICTURE.search(line.text) for line in lines) or read_options(lines, wording):
        return False
    words = [line.text for line in lines if re.search(r"\w", line.text)]
    return any(not wording.is_detail(text) for text in words) and not any(map(wording.asks, words))


def _is_first_letter(lines: Sequence[Line], at: int) -> bool:
    """Return True if an ``A:`` is the first of several options, or of several letters that are explained."""
    if not _FIRST_LETTER.match(lines[at].text):
        return False
    above, below = lines[max(0, at - 3) : at], lines[at + 1 : at + _MAX_LETTER_DISTANCE]
    is_followed = read_letter(lines[at].text) == "A" and any(read_letter(line.text) == "B" for line in below)
    return (
        is_followed
        or any(_SECOND_LETTER.match(line.text) for line in below)
        or any(_LETTERED_ITEM.match(line.text) for line in above)
    )


def _is_marked_option(lines: Sequence[Line], at: int, wording: Wording) -> bool:
    """Return True if a line with the label of the right answer is one of several items of a list, and so an option."""
    item = _ITEM.match(lines[at].text)
    if not item or not wording.correct_label.match(lines[at].text[item.end() :]):
        return False
    beside = [line for line in (*lines[max(0, at - 1) : at], *lines[at + 1 : at + 2]) if _ITEM.match(line.text)]
    return any(
        line.indent == lines[at].indent and not wording.is_answer_label(line.text, by_letter=False) for line in beside
    )


def _settle(parts: _Parts, is_below: bool) -> Body:
    texts = {name: tuple(trim(lines)) for name, lines in parts.texts.items()}
    stem, answer, explanation = texts["stem"], texts["answer"], texts["explanation"]
    labels, is_announced = tuple(parts.labels), parts.is_announced
    options = read_options(stem, parts.wording, parts.has_key_label)
    if not options and is_announced and answer:
        options = _find_named_options(stem, answer, parts)
    if not options and is_announced and (key := _find_key_above(answer, parts.wording)):
        stem, answer = (*stem, *answer[1:]), (key,)
        options = read_options(stem, parts.wording)
    if options and is_announced and (answers := _read_answers_to_parts(answer, options, parts.wording)):
        stem = (*options.before, Line("", 0), *_list_options(options), Line("", 0), *options.after)
        answer = (*answers.before, *_list_options(answers), Line("", 0), *answers.after)
        labels = (*labels, *(each.label for each in (*options.options, *answers.options)))
        options = None
    if options and not is_announced and not _are_options(options, parts.wording):
        options, answer, stem = None, stem, ()
    elif options and not is_announced:
        answer, stem = options.after, (*options.before,)
    elif options:
        stem = (*options.before, *options.after)
    elif not is_announced:
        size = _measure_details(stem, parts.wording)
        stem, answer = stem[:size], tuple(trim(stem[size:]))
    body = Body(
        stem=tuple(trim(stem)), more=texts["more"], hint=texts["hint"], answer=tuple(trim(answer)), explanation=explanation, labels=labels,
        is_announced=is_announced, has_key_label=parts.has_key_label, is_unsure=parts.is_unsure,
    )  # fmt: skip
    if options:
        return _apply_key(replace(body, labels=(*labels, *(each.label for each in options.options))), options, parts)
    if is_below and is_announced and not body.answer and not body.explanation:
        body = replace(body, stem=(), answer=body.stem)
    return _drop_placeholders(body, parts.wording)


def _read_answers_to_parts(answer: Sequence[Line], options: Options, wording: Wording) -> Options | None:
    """Return the answers if each letter has one, so that the lines with letters in the question are its parts, and no options."""
    first = next((line for line in answer if line.text.strip()), None)
    found = read_options(answer, wording) if first and not first.code and read_letter(first.text) == "A" else None
    if not found or len(found.options) != len(options.options):
        return None
    if any(read_letter(each.label.text) != name_option(at) for at, each in enumerate(options.options)):
        return None
    own, texts = ([keep_letters(each.lines[0].text) for each in both.options] for both in (options, found))
    return None if any(each.correct for each in options.options) or set(own) & set(texts) else found


def _list_options(options: Options) -> list[Line]:
    """Return options as the items of a list."""
    return [line for place, option in enumerate(options.options) for line in _list_option(option, place)]


def _find_named_options(stem: Sequence[Line], answer: Sequence[Line], parts: _Parts) -> Options | None:
    """Return the plain list that a question ends in as its options, if the answer is the number or the text of one of them."""
    options = read_last_list(stem)
    text = answer[0].text
    if not options or answer[0].code or len(text) > _MAX_KEY_LENGTH:
        return None
    is_named = match_answer_text(text, options.options) or (
        parts.has_number_keys and read_number_key(text, options.options, parts.wording)
    )
    return options if is_named else None


def _find_key_above(answer: Sequence[Line], wording: Wording) -> Line | None:
    """Return the first line of an answer if it is nothing but the letter of one of the options below it."""
    key = None if answer[:1] == () or answer[0].code else read_key(answer[0].text, len(LETTERS), wording)
    options = read_options(answer[1:], wording) if key and not key.rest else None
    if not key or not options or any(option.correct for option in options.options):
        return None
    return answer[0] if key.letters <= set(LETTERS[: len(options.options)]) else None


def _measure_details(lines: Sequence[Line], wording: Wording) -> int:
    """Return the number of first lines that belong to the question, such as its difficulty, or its choices in a line."""
    size = 0
    for at, line in enumerate(lines):
        if line.code or (line.text.strip() and not wording.is_detail(line.text)):
            break
        size = at + 1 if line.text.strip() else size
    return size


def _are_options(options: Options, wording: Wording) -> bool:
    """Return True for options, one of which is marked as right or below which nothing stands; others are a list in an answer."""
    if any(option.correct for option in options.options):
        return True
    after = [line for line in options.after if line.text.strip() and not line.code]
    count = len(options.options)
    if any(read_key(line.text, count, wording) or find_key_beyond(line.text, count, wording) for line in after[:4]):
        return True
    if any(wording.correct_label.match(line.text.lstrip()) for line in after[:4]):
        return True
    is_long = any(not line.code and len(line.text.split()) > _MAX_STEM_WORDS for line in options.before)
    return not after and not is_long


def _apply_key(body: Body, options: Options, parts: _Parts) -> Body:
    """Return the question with its right options marked, if it says which they are."""
    wording = parts.wording
    marked = frozenset(name_option(place) for place, option in enumerate(options.options) if option.correct)
    keys = list(_find_keys(body, options, parts))
    faults: list[tuple[str, Line]] = [("key-beyond", key.line) for key in keys if not key.letters]
    known = [key for key in keys if key.letters]
    first = known[0] if known else None
    lines = _join_keys(known)
    chosen = marked or frozenset().union(*(key.letters for key in lines))
    others = known if marked else known[len(lines) :]
    faults += [("two-keys", key.line) for key in others if key.letters != chosen and key.is_labelled]
    if first and first.is_contradicted and not marked:
        faults.append(("two-keys", first.line))
    used = [
        key
        for key in keys
        if not key.letters or (key in lines and not marked) or (key.letters == chosen and key.is_alone)
    ]
    key_words = replace(first.line, text=first.rest) if first and first.rest and not marked else None
    body = _take_keys(replace(body, faults=tuple(faults), key_words=key_words), used)
    if chosen:
        right = tuple(replace(each, correct=name_option(place) in chosen) for place, each in enumerate(options.options))
        explanation = tuple(trim([*body.answer, *([Line("", 0)] if body.answer else []), *body.explanation]))
        return _finish_choice(replace(body, options=right, answer=(), explanation=explanation), wording)
    stem = tuple(trim([*body.stem, Line("", 0), *_list_options(options)]))
    return _drop_placeholders(replace(body, stem=stem), wording)


@dataclass(frozen=True, slots=True)
class _Key:
    """A line that says which options are right."""

    part: str
    place: int
    """Its place among the lines of the part."""
    line: Line
    letters: frozenset[str]
    """Empty if it names an option that there is not."""
    rest: str
    """Other words of the line, without those of the option itself."""
    is_labelled: bool
    """True if a label says that it is a key, so that it is no start of a sentence."""
    is_contradicted: bool = False
    """True if its words are those of another option than its letter."""

    @property
    def is_alone(self) -> bool:
        """True if the line says nothing else."""
        return not re.search(r"\w", self.rest)


def _join_keys(keys: Sequence[_Key]) -> Sequence[_Key]:
    """Return the first key with those on the lines right below it that name a right option each and say nothing else."""
    size = min(len(keys), 1)
    while size < len(keys) and keys[0].is_alone:
        above, below = keys[size - 1], keys[size]
        is_next = below.part == above.part and below.place == above.place + 1
        if not is_next or below.is_labelled or below.is_contradicted or not below.is_alone:
            break
        size += 1
    return keys[:size]


def _find_keys(body: Body, options: Options, parts: _Parts) -> Iterator[_Key]:
    """Yield the keys in the first lines of the answer and in the explanation."""
    wording = parts.wording
    count = len(options.options)
    for part in ("answer", "explanation"):
        lines: tuple[Line, ...] = getattr(body, part)
        for place, line in enumerate(lines[:_MAX_KEY_LINES]):
            if line.code:
                continue
            has_label = wording.is_answer_label(line.text, by_letter=False) or bool(
                wording.correct_label.match(line.text.lstrip())
            )
            is_labelled = has_label or (part == "answer" and place == 0 and body.is_announced)
            text = wording.cut_answer_label(line.text) if has_label else line.text
            named = match_answer_text(text, options.options) if is_labelled else frozenset()
            key = read_key(line.text, count, wording)
            if not key and not named and is_labelled and parts.has_number_keys:
                key = read_number_key(text, options.options, wording)
            verdict = wording.choice_verdict.match(text)
            if named:
                yield _Key(part, place, line, named, "", True)
            elif verdict and verdict["letter"].upper() in LETTERS[:count]:
                yield _Key(part, place, line, frozenset(verdict["letter"].upper()), text, is_labelled)
            elif key:
                other = match_answer_text(key.rest, options.options)
                is_same = bool(other) and other <= key.letters
                is_other = bool(other) and not is_same and len(key.letters) == 1
                yield _Key(part, place, line, key.letters, "" if is_same else key.rest, is_labelled, is_other)
            elif is_labelled and (
                find_key_beyond(line.text, count, wording) or find_key_beyond(f"Answer: {text}", count, wording)
            ):
                yield _Key(part, place, line, frozenset(), "", True)
            elif (
                place == 0
                and (wording.correct_label.match(line.text.lstrip()) or (body.has_key_label and part == "answer"))
                and len(text.split()) <= _MAX_OPTION_WORDS
            ):
                yield _Key(part, place, line, frozenset(), text, True)


def _take_keys(body: Body, keys: Sequence[_Key]) -> Body:
    """Return the question without these lines, but for their other words; the label and the letters are noted."""
    labels = list(body.labels)
    parts: dict[str, list[Line]] = {"answer": list(body.answer), "explanation": list(body.explanation)}
    for key in keys:
        rest = key.rest if key.letters and not key.is_alone else ""
        labels.append(replace(key.line, text=key.line.text.replace(rest, "", 1) if rest else key.line.text))
        parts[key.part][key.place] = replace(key.line, text=rest)
    for lines in parts.values():
        for place, line in enumerate(lines):
            if keys and not line.code and _INDEX_LABEL.match(line.text):
                labels.append(line)
                lines[place] = replace(line, text="")
    answer, explanation = (tuple(trim(parts[name])) for name in ("answer", "explanation"))
    return replace(body, answer=answer, explanation=explanation, labels=tuple(labels))


def _finish_choice(body: Body, wording: Wording) -> Body:
    """Return a question with options without labels and placeholders that its explanation begins with."""
    lines = list(body.explanation)
    labels = list(body.labels)
    for at, line in enumerate(lines):
        if line.code or not line.text.strip():
            continue
        bare = re.sub(r"^\s*>\s?", "", line.text)
        if wording.is_answer_label(bare, by_letter=False) and wording.explains(bare):
            rest = wording.cut_answer_label(bare)
            prefix = line.text[: len(line.text) - len(bare)]
            labels.append(replace(line, text=bare.replace(rest, "", 1) if rest else bare))
            lines[at] = replace(line, text=f"{prefix}{rest}".rstrip(" >") if not rest else f"{prefix}{rest}")
        break
    return _drop_empty_explanation(replace(body, explanation=tuple(trim(lines)), labels=tuple(labels)), wording)


def _list_option(option: Option, place: int) -> list[Line]:
    """Return an option as the item of a list."""
    first, *below = option.lines
    text = f"- {name_option(place)}: {first.text}".rstrip()
    return [Line(text, first.origin), *(replace(line, text=f"  {line.text}" if line.text else "") for line in below)]


def _drop_placeholders(body: Body, wording: Wording) -> Body:
    """Return the question as open, if its answer is only a promise or a list of sources."""
    words = [line for line in body.answer if line.code or re.search(r"\w", line.text)]
    promise = next((line for line in words[:2] if not line.code and wording.is_placeholder(line.text)), None)
    if body.explanation:
        return _drop_empty_explanation(body, wording)
    rest = [line for line in body.answer if line is not promise]
    left = [line for line in rest if line.code or re.search(r"\w", line.text)]
    is_source = bool(left) and wording.is_source_title(strip_heading(left[0].text))
    if words and _has_only_sources(rest, wording) and (is_source or (promise and not left)):
        return replace(body, answer=(), more=tuple(trim(rest)), placeholder=promise)
    return body


def _drop_empty_explanation(body: Body, wording: Wording) -> Body:
    """Return the question without an explanation that only stands where one is to be written."""
    words = [line for line in body.explanation if line.code or re.search(r"\w", line.text)]
    if any(line.code or not wording.is_placeholder(re.sub(r"^\s*>\s?", "", line.text)) for line in words):
        return body
    return replace(body, explanation=(), placeholder=words[0] if words else body.placeholder)


def _has_only_sources(lines: Sequence[Line], wording: Wording) -> bool:
    """Return True for lines that only say where to read on."""
    words = [line for line in lines if line.text.strip() and not wording.is_source_title(strip_heading(line.text))]
    return not any(line.code for line in words) and all(is_link(line.text) for line in words)


def is_link(text: str) -> bool:
    """Return True for a line of links, with nothing else but words in parentheses at its end."""
    return not re.search(r"[\w<]", _ASIDE.sub("", _LINK.sub("", text)))


def trim(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines without blank ones and rules at either end."""
    start, end = 0, len(lines)
    while start < end and _is_break(lines[start]):
        start += 1
    while end > start and _is_break(lines[end - 1]):
        end -= 1
    return lines[start:end]


def _is_break(line: Line) -> bool:
    return not line.code and bool(_BREAK.fullmatch(line.text))


def dedent(lines: Iterable[Line], column: int) -> tuple[Line, ...]:
    """Return the lines of an item without its indentation; a block of code keeps its own shape."""
    out: list[Line] = []
    shift: int | None = None
    lines = tuple(lines)
    first = next((line.indent for line in lines if line.text.strip() and not line.tag), 0)
    column = first if column and 2 <= first <= column + 3 else column
    for line in lines:
        if line.code in ("fence", "code"):
            shift = min(column, line.indent) if shift is None else shift
            width = shift
            if line.code == "fence" and out and out[-1].code in ("code", "fence") and _is_fence_open(out):
                shift = None
        else:
            shift = None
            width = column
        out.append(replace(line, text=line.text[min(width, line.indent) :]))
    return tuple(out)


def _is_fence_open(lines: Sequence[Line]) -> bool:
    return sum(line.code == "fence" for line in lines) % 2 == 1
