"""Take apart what stands below a question's title: stem, options, hint, answer, and what leads further."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase

from studyguide.importers.choices import Option, Options, read_key, read_options
from studyguide.importers.model import Line
from studyguide.importers.outline import (
    ANSWER_HEAD,
    ARROW,
    BARE_LABEL,
    HINT,
    heading_text,
    is_answer_heading,
    is_answer_label,
    is_answer_summary,
    match_answer_label,
)

PLACEHOLDER = re.compile(
    r"^[\W_]*(?:to be (?:completed|done|added|continued|answered|filled(?: in)?)|to-?do|tbd|tba|tbc|wip|coming soon|"
    r"(?:your |the |add |write )*answers?(?: goes| is)?(?: coming)?(?: here| soon| pending| needed)|no answer(?: yet)?|not answered(?: yet)?|"
    r"unanswered|n/?a|work in progress|in progress|under construction|pending|help wanted|待补充|待完善|待完成|待续|未完待续|略|todo later)[\W_]*$",
    re.IGNORECASE,
)
RESOURCES = re.compile(
    r"^\W*(?:useful |additional |more |further |external |related )*(?:sources?|references?|resources?|links?|readings?|read more|"
    r"see also|learn more|参考|参考资料|quellen?|fuentes?|источники?|ссылки)\W*$",
    re.IGNORECASE,
)
ORIGIN = re.compile(r"^\W*(?:sources?|quellen?|fuentes?|источники?|出处)\W*$", re.IGNORECASE)
LINK = re.compile(r"\[[^\[\]]*\]\([^()]*\)|https?://\S+")
_LETTER = re.compile(r"^\s*(?:[-*+]\s+)?\W{0,3}B\d*\W{0,3}[.:)]|^\s*[-*+]\s+\W{0,3}[b-pr-z]\W{0,3}:", re.IGNORECASE)
_LETTERED_ITEM = re.compile(r"^\s*[-*+]\s+\W{0,3}[b-pr-z]\W{0,3}:", re.IGNORECASE)
ASIDE = re.compile(r"\(.*\)\W*$")


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


def dedented(lines: Iterable[Line], column: int) -> tuple[Line, ...]:
    """The lines of an item without its indentation; a block of code keeps its own shape."""
    out: list[Line] = []
    shift: int | None = None
    lines = tuple(lines)
    first = next((line.indent for line in lines if line.text.strip() and not line.tag), 0)
    column = first if column and 2 <= first <= column + 3 else column
    for line in lines:
        if line.code in ("fence", "code"):
            if shift is None:
                shift = min(column, line.indent)
            width = shift
            if line.code == "fence" and out and out[-1].code in ("code", "fence") and is_closing(out):
                shift = None
        else:
            shift = None
            width = column
        out.append(replace(line, text=line.text[min(width, line.indent) :]))
    return tuple(out)


def is_closing(out: Sequence[Line]) -> bool:
    """Return True if a fence is open at the end of these lines."""
    return sum(line.code == "fence" for line in out) % 2 == 1


def anatomy(lines: Sequence[Line], below: bool = True, by_letter: bool = True) -> Body:
    """The parts of a question, told apart by what its author wrote between them.

    A label that nothing follows closes the answer, unless what answers can only stand ``below`` it. An `A` may be the label of
    an answer in more places if ``by_letter``.
    """
    parts = Parts(by_letter=by_letter)
    for at, line in enumerate(lines):
        if line.tag:
            parts.take_tag(line)
        elif line.code:
            parts.said[parts.target].append(line)
        elif re.match(r"\s{0,3}#{1,6}\s", line.text):
            parts.take_heading(line)
        else:
            parts.take_text(line, labels=not lettered_next(lines, at))
    return settled(parts, below)


@dataclass(slots=True)
class Parts:
    """The parts of a question while its lines are read one by one."""

    target: str = "stem"
    """The part that the next line belongs to."""
    by_letter: bool = True
    """True if answers have the label `A` in this file."""
    marked: bool = False
    """True once a line has announced the answer."""
    said: dict[str, list[Line]] = field(
        default_factory=lambda: {"stem": [], "hint": [], "answer": [], "explanation": []}
    )
    labels: list[Line] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)
    """For each open ``<details>`` the part that it stands in, and the one that it holds."""

    def take_tag(self, line: Line) -> None:
        if line.tag == "details":
            self.opened.append((self.target, ""))
        elif line.tag == "/details" and self.opened:
            before, kind = self.opened.pop()
            self.target = before if kind in ("", "hint") else self.target
        elif line.tag == "/summary":
            # What stood in the summary of the question itself, such as code.
            self.target, self.marked = "answer", True
        elif line.tag == "summary" and is_answer_summary(line.text):
            self.open("answer")
            self.answer(line, "explanation" if self.target == "explanation" else "answer")
        elif line.tag == "summary" and HINT.match(line.text):
            self.open("hint")
            self.hint(line)
        elif line.tag == "summary":
            name = line.text.strip().strip("*").strip()
            texts = ("", f"**{name}**", "")
            self.said[self.target] += [Line(text, line.origin) for text in texts]

    def take_heading(self, line: Line) -> None:
        title = heading_text(line.text)
        if HINT.match(title) and self.target == "stem":
            self.hint(line)
        elif is_answer_heading(title) and (self.target != "answer" or at_start(self.said["answer"])):
            explains = is_explaining(line.text) and self.target == "stem"
            self.answer(replace(line, text=title), "explanation" if explains else "answer")
        else:
            self.take_text(line)

    def take_text(self, line: Line, labels: bool = True) -> None:
        """A line of text, which may be that of a label where ``labels`` are looked for."""
        if labels and self.target in ("stem", "hint") and is_answer_label(line.text, self.by_letter):
            self.answer(line, "explanation" if is_explaining(line.text) else "answer")
        else:
            self.said[self.target].append(line)

    def open(self, part: str) -> None:
        """The innermost ``<details>`` holds this part."""
        self.opened[-1:] = [(self.opened[-1][0], part)] if self.opened else []

    def hint(self, label: Line) -> None:
        self.target = "hint"
        self.labels.append(label)

    def answer(self, label: Line, part: str) -> None:
        self.target, self.marked = part, True
        self.said[part] += unlabelled(label, self.labels)


def is_explaining(text: str) -> bool:
    return (
        bool(re.search(r"expla|пояснение|解析|explic", text[:40], re.IGNORECASE)) and "answer" not in text[:30].lower()
    )


def at_start(lines: Sequence[Line]) -> bool:
    return not any(line.text.strip() for line in lines)


def unlabelled(line: Line, labels: list[Line]) -> list[Line]:
    """Return the words behind the label of an answer, and add the label to the labels."""
    rest = key_line(line)
    said = rest[0].text if rest else ""
    labels.append(replace(line, text="".join(line.text.rsplit(said, 1)) if said else line.text))
    return rest


def key_line(line: Line) -> list[Line]:
    """Return the words behind the label of an answer; the label stays where it may name the right option."""
    text = line.text.strip()
    if ARROW.match(line.text):
        return [replace(line, text=ARROW.sub("", line.text))]
    label = match_answer_label(text)
    if label and not BARE_LABEL.match(text):
        rest = text[label.end() :]
        if label["mark"] and not label["close"] and not label["after"] and label["mark"] in rest:
            rest = label["mark"] + rest
        return [replace(line, text=rest, tag="")] if rest.strip("*_ ") else []
    found = ANSWER_HEAD.match(text)
    rest = found["rest"].strip("*_ ") if found else ""
    return [replace(line, text=rest, tag="")] if rest else []


def lettered_next(lines: Sequence[Line], at: int) -> bool:
    """True if an ``A:`` is the first of several options, or of several letters that are explained."""
    if not re.match(r"^\s*(?:[-*+]\s+)?\W*A\d*\W", lines[at].text, re.IGNORECASE):
        return False
    near = lines[max(0, at - 3) : at], lines[at + 1 : at + 14]
    return any(_LETTER.match(line.text) for line in near[1]) or any(_LETTERED_ITEM.match(line.text) for line in near[0])


def settled(parts: Parts, below: bool) -> Body:
    said = {name: tuple(trimmed(lines)) for name, lines in parts.said.items()}
    stem, answer, explanation = said["stem"], said["answer"], said["explanation"]
    labels, marked = tuple(parts.labels), parts.marked
    options = read_options(stem)
    if options and not marked and not told(options):
        options, answer, stem = None, stem, ()
    elif options and not marked:
        answer, stem = options.after, (*options.before,)
    elif options:
        stem = (*options.before, *options.after)
    elif not marked:
        stem, answer = (), stem
    body = Body(
        stem=tuple(trimmed(stem)),
        hint=said["hint"],
        answer=tuple(trimmed(answer)),
        explanation=explanation,
        labels=labels,
    )
    if options:
        return keyed(replace(body, labels=(*labels, *(each.label for each in options.options))), options)
    if below and marked and not body.answer and not body.explanation:
        body = replace(body, stem=(), answer=body.stem)
    return opened(body)


def told(options: Options) -> bool:
    """Return True for options, one of which is marked as right or beside which nothing stands; others are a list in an answer."""
    if any(option.correct for option in options.options):
        return True
    after = [line for line in options.after if line.text.strip() and not line.code]
    if any(read_key(line.text, len(options.options)) for line in after[:4]):
        return True
    return (
        not after
        and len(options.options) > 2
        and not any(not line.code and len(line.text.split()) > 30 for line in options.before)
    )


def keyed(body: Body, options: Options) -> Body:
    """The question with its right options marked, where it says which they are."""
    marked = any(option.correct for option in options.options)
    for name in ("answer", "explanation"):
        lines: tuple[Line, ...] = getattr(body, name)
        for at, line in enumerate(lines[:6]):
            key = None if line.code or marked else read_key(line.text, len(options.options))
            if key:
                chosen = tuple(
                    replace(option, correct=name_option(place) in key.letters)
                    for place, option in enumerate(options.options)
                )
                rest = [replace(line, text=key.rest)] if re.search(r"\w", key.rest) else []
                label = replace(line, text=line.text.replace(key.rest, "", 1) if rest else line.text)
                body = replace(body, labels=(*body.labels, label))
                text = tuple(trimmed([*lines[:at], *rest, *lines[at + 1 :]]))
                both = (*text, Line("", line.origin), *body.explanation) if name == "answer" else (*body.answer, *text)
                return replace(body, options=chosen, answer=(), explanation=tuple(trimmed(both)))
    if marked:
        both = (*body.answer, Line("", 0), *body.explanation)
        return replace(body, options=options.options, answer=(), explanation=tuple(trimmed(both)))
    listed = [line for place, option in enumerate(options.options) for line in plain_option(option, place)]
    stem = tuple(trimmed([*body.stem, Line("", 0), *listed]))
    return opened(replace(body, stem=stem))


def name_option(place: int) -> str:
    """Return the letter of an option by its place, from 0; from the 27th option on its number."""
    return ascii_uppercase[place] if place < len(ascii_uppercase) else str(place + 1)


def plain_option(option: Option, place: int) -> list[Line]:
    first, *below = option.lines
    text = f"- {name_option(place)}: {first.text}".rstrip()
    return [Line(text, first.origin), *(replace(line, text=f"  {line.text}" if line.text else "") for line in below)]


def opened(body: Body) -> Body:
    """The question as open, where its answer is only a promise or a list of sources."""
    said = [line for line in body.answer if line.text.strip()]
    promise = next((line for line in said[:2] if not line.code and PLACEHOLDER.match(line.text)), None)
    rest = [line for line in body.answer if line is not promise]
    if body.explanation:
        return body
    words = [line for line in rest if line.text.strip()]
    origin = bool(words) and ORIGIN.match(heading_text(words[0].text)) is not None
    if said and only_sources(rest) and (origin or (promise and not words)):
        return replace(body, answer=(), more=tuple(trimmed(rest)), placeholder=promise)
    return body


def only_sources(lines: Sequence[Line]) -> bool:
    """Return True for lines that only say where to read on."""
    words = [line for line in lines if line.text.strip() and not RESOURCES.match(heading_text(line.text))]
    return not any(line.code for line in words) and all(is_link(line.text) for line in words)


def is_link(text: str) -> bool:
    """Return True for a line of links, with nothing else but words in parentheses at its end."""
    return not re.search(r"[\w<]", ASIDE.sub("", LINK.sub("", text)))


def trimmed(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without blank ones and rules at either end."""
    start, end = 0, len(lines)
    while start < end and is_empty(lines[start]):
        start += 1
    while end > start and is_empty(lines[end - 1]):
        end -= 1
    return lines[start:end]


def is_empty(line: Line) -> bool:
    return not line.code and bool(re.fullmatch(r"\s*(?:[-*_=](?:\s*[-*_=]){2,}|<br\s*/?>|\\|&nbsp;)?\s*", line.text))
