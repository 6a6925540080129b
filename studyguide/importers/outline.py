"""What every family of guides looks at: lines, blocks, and which of them may open a question.

An ``Outline`` is made of a text once. A family finds ``Candidate``s in it; those that are written alike share a form, and
``choose`` judges forms, not single lines.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from studyguide.importers.model import Line, Note, words_of
from studyguide.markdown_blocks import Block, parse_blocks

LABEL = re.compile(
    r"^[(\[]?(?:q(?:uestion|ues|uest|ue|us|n|ns)?|frage|pregunta|pergunta|domanda|вопрос|问题|问|質問|질문|interviewer)\s*[-#.№]?\s*"
    r"(?:\d{1,2}\.(?=\d))*(?P<number>\d{1,4})?"
    # `Q-learning`, `Q–Q plots` and `Q.E.D.` are names, and so is `Q3 and Q1`.
    r"(?:\s*[.:)\]：](?!\w\.)[\s.:)\]：–—-]*|(?:\s+|(?<=\d))[–—-]+\s*|[–—-]+(?=\s)\s*|"
    r"(?<=\d)\s+(?!(?:and|or|of|to|in|for|vs|versus|und|oder|et|ou|y|o)\b|&|20\d\d\b)|$)(?=\S|$)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"^(?:#\s*)?(?:[(\[](?P<boxed>\d{1,4})[)\]]|(?P<keys>\d{1,2})\ufe0f?\u20e3|(?:\d{1,3}\.){1,3}(?P<last>\d{1,4})[.):、]?(?=\s+\D)|"
    r"(?P<number>\d{1,4})\s*(?:\\?[.):、]+|\s[-–—]))\s*(?=\S)"
)
ASKING = words_of("""
    what whats why how when where which who whom whose is are was were do does did can could should would will has have
    explain describe define compare discuss differentiate implement calculate suppose imagine consider
    que qué cuál cuáles cómo como por explica describe quel quelle quels quelles comment pourquoi expliquez qual quais cosa
    was wie warum wieso weshalb welche welcher welches wozu wofür wann nenne nennen erkläre erklären beschreibe beschreiben
    что как какие какой какая какое почему зачем чем где когда сколько объясните опишите назовите
""")
"""Words that open a question or a task."""
TELLING = words_of("""
    name list give write find tell state mention design create difference differences convert print true
""")
"""Words that open a task where enough follows them: `Write through` is the name of a thing."""
CLAUSE = re.compile(r"\W*(?:what|why|how|when|where)\s+(?:it|this|that|they|these|we|you|i)\b[^?]*$", re.IGNORECASE)
"""A clause that only opens like a question: `Why it matters`."""
ASKS = re.compile(
    r"[?？؟]|什么|如何|怎么|怎样|为何|哪些|哪个|哪几|几种|区别|是否|吗$|呢$|说说|谈谈|说一下|讲讲|介绍|解释|简述|列举|描述|"
    r"なぜ|とは|ですか|무엇|어떻게|차이|왜|설명"
)
ANSWER = (
    r"(?:(?:view|show|see|reveal|click(?: here)?(?: to (?:see|view|reveal|show))?|the|my|possible|sample|correct|right|short|"
    r"expected|suggested|official|model)\s+)*(?:answers?|ans|solutions?|explanations?|correct options?|correct|respuesta|réponse|"
    r"antwort|lösung|resposta|risposta|solución|explicación|ответ|решение|пояснение|答案|解析|解答|答|정답|답)"
)
ANSWER_TITLE = re.compile(r"\W*+(?:[\w’'-]+\s+){1,3}(?:answers?|solutions?)\W*", re.IGNORECASE)
"""A heading such as `Strong senior-level answer`."""
ANSWER_HEAD = re.compile(rf"^\W*{ANSWER}\b\W*(?P<rest>.*)$", re.IGNORECASE)
SHOW = re.compile(
    r"^\W*(?:show|view|reveal|expand|see|check|click|open|spoiler|details|toggle|anzeigen|zeigen|afficher|voir|mostrar|ver|показать|"
    r"查看|点击查看|展开)(?:\W+(?:me|here|to|it|more|the|this|expand|reveal|show|"
    r"see|view|contents?|details|hidden|below|code|result))*\W*$",
    re.IGNORECASE,
)
HINT = re.compile(
    r"^\W*(?:show\s+|view\s+)?(?:hints?|clue|tip|hinweis|tipp|indice|pista|подсказка|提示)\s*\d*\W*$", re.IGNORECASE
)
_ANSWER_LABEL = re.compile(
    rf"^\s*(?P<bullet>[-*+]\s+)?(?P<mark>[*_]{{0,3}})(?P<junk>[^\w$`\\|<=~^]{{0,3}})(?:(?P<letter>a)|(?P<name>candidate|interviewee|{ANSWER}))"
    r"\s*+\d{0,4}\s*+(?P<close>[*_]{0,3}+)(?P<sign>\s*+(?:[:：;]|[.)]+(?=[\s.:*]|$)|[=–—-]+>?)+)\s*(?:\.\s+)?(?P<after>[*_]{0,3})\s*",
    re.IGNORECASE,
)
_DASHED_NAME = re.compile(r"\W*(?:[A-Z]|ans\b)", re.ASCII)
"""The label of an answer that a dash may follow: `Answer - It is`, not `the answer - if there is one`."""
_OPTION_LETTER = re.compile(r"^\s*(?:[-*+]\s+)?[*_(\[]{0,3}([ABab])[*_]{0,2}[).:\]]")
ARROW = re.compile(r"^\s*(?:=>|⇒)\s+")
BARE_LABEL = re.compile(rf"^\s*(?:[-*+]\s+)?[*_]{{2,3}}\W*{ANSWER}\W*$", re.IGNORECASE)
ANCHOR_LINK = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?((?:https?://github\.com/[\w.-]+/[\w.-]+(?:/blob/[^()\s#]*)?/?|[\w./-]*readme\.md)?"
    r"#[^()\s>]*)>?[^()]*\)",
    re.IGNORECASE,
)
"""A link to a place of the same file, by its text and target."""
CONTENTS = re.compile(
    r"\W*(?:table of )?(?:contents?|toc|index|inhalt(?:sverzeichnis)?|目录|目次|목차|índice|sommaire|содержание|оглавление)(?: of questions)?\W*",
    re.IGNORECASE,
)
SECTION = re.compile(
    r"\W*(?:(?:chapter|part|section|unit|module|topic|day|week|level|kapitel|teil|abschnitt|глава|часть|раздел)\s+(?:\d+|[ivx]+\b|[a-h]\b|one|two|three)|"
    r"第\s*[一二三四五六七八九十百\d]+\s*[章节部分篇]|[（(]?[一二三四五六七八九十]+[)）]?\s*[、.．：:])",
    re.IGNORECASE,
)
"""How a heading begins that is that of a chapter, whatever it is called."""
TOP = re.compile(
    r"(?:(?:back|go|return|jump|scroll) )?(?:back )?(?:to )?(?:the )?(?:top|table of contents?|contents?|toc|index)(?: of (?:the )?page)?",
    re.IGNORECASE,
)
"""The words of a link to the top, one space between them."""
TOP_LINK = re.compile(r"(?:<br\s*/?>)?(?:\*\*|__)?\s*\[+(?:[^\[\]]|\[[^\[\]]*\])*\]+\(\s*#[^()]*\)\]?\s*(?:\*\*|__)?")
BADGE = re.compile(
    r"\[?!\[[^\[\]]*\]\([^()]*(?:shields\.io|badge|travis-ci|codecov)[^()]*\)(?:\]\([^()]*\))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines that may open a question."""

    dialect: str
    form: tuple[str, ...]
    """How it is written; candidates of one form are judged together."""
    start: int
    body: int
    """The first line below the title."""
    title: str
    number: int | None = None
    label: str = ""
    """What stood before the title and tells no more than its number."""
    level: int = 0
    """Of its heading; 0 where it has none."""
    column: int = 0
    """What the lines below it are indented by."""
    lead: tuple[Line, ...] = ()
    """What follows the title on its own lines."""
    end: int | None = None
    """Where it ends whatever follows, where its form says so."""
    group: int | None = None
    """Where the list begins that it is an item of."""
    certain: bool = False
    """Whether its form alone tells that it is a question."""
    asks: bool = False
    """Whether its words sound like a question."""


@lru_cache(maxsize=2)
def parsed(text: str) -> tuple[Block, ...]:
    """The blocks of a text, which several steps look at before one changes it."""
    return parse_blocks(text)


@dataclass(frozen=True, eq=False)
class Outline:
    """A text as lines and blocks; two of them are never compared, so that what is found in one can be remembered."""

    lines: tuple[Line, ...]
    notes: tuple[Note, ...] = ()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        found = parsed("\n".join(line.view for line in self.lines))
        return tuple(each for each in found if each.kind != "definition" and not self.lines[each.start].tag)

    @cached_property
    def hidden(self) -> tuple[int, ...]:
        """How many ``<details>`` each line is in."""
        out, depth = [], 0
        for line in self.lines:
            if line.tag == "/details":
                depth = max(0, depth - 1)
            out.append(depth)
            depth += line.tag == "details"
        return tuple(out)

    @cached_property
    def parents(self) -> dict[int, Block]:
        """The innermost item that each block of ``blocks`` is in, by its place there."""
        out: dict[int, Block] = {}
        open_: list[Block] = []
        for place, block in enumerate(self.blocks):
            while open_ and block.start >= open_[-1].end:
                open_.pop()
            if open_:
                out[place] = open_[-1]
            if block.kind in ("item", "quote"):
                open_.append(block)
        return out

    @cached_property
    def top(self) -> tuple[Block, ...]:
        """The outermost blocks outside of any ``<details>``."""
        return tuple(each for each in self.blocks if each.depth == 0 and not self.hidden[each.start])

    @cached_property
    def headings(self) -> tuple[Block, ...]:
        return tuple(each for each in self.top if each.kind == "heading")

    @cached_property
    def has_letter_labels(self) -> bool:
        """True if the questions have labels, and as many lines begin with an `A` as if it were that of their answers."""
        texts = [line.text for line in self.lines if not line.code]
        asked = sum(LABEL.match(text.strip().lstrip("*_-+#>| 0123456789.)")) is not None for text in texts)
        told = sum(bool(found and found["letter"]) for found in map(match_answer_label, texts))
        return asked > 0 and told >= 0.5 * asked

    @cached_property
    def answers(self) -> frozenset[int]:
        """The lines that say that an answer follows, or begin options with letters."""
        out = set()
        for at, line in enumerate(self.lines):
            if line.code or not line.text.strip():
                continue
            if (
                (line.tag == "summary" and is_answer_summary(line.text))
                or (line.text.lstrip().startswith("#") and is_answer_heading(heading_text(line.text)))
                or (not line.tag and is_answer_label(line.text, self.has_letter_labels))
                or (not line.tag and self._begins_options(at))
            ):
                out.add(at)
        return frozenset(out)

    def _begins_options(self, at: int) -> bool:
        """Return whether a line has the letter `A`, and one of the next few the letter `B`."""
        first = _OPTION_LETTER.match(self.lines[at].text)
        if not first or first[1].upper() != "A":
            return False
        letters = (_OPTION_LETTER.match(line.text) for line in self.lines[at + 1 : at + 7] if not line.code)
        return any(found and found[1].upper() == "B" for found in letters)

    def text(self, block: Block) -> str:
        return " ".join(line.text.strip() for line in self.lines[block.start : block.end]).strip()

    def heading(self, block: Block) -> str:
        lines = self.lines[block.start : block.end - (block.mark in "=-")]
        return heading_text(" ".join(line.text.strip() for line in lines))


def is_answer_summary(text: str) -> bool:
    found = ANSWER_HEAD.match(text)
    return bool((found and len(found["rest"].split()) <= 3) or SHOW.match(text)) or not re.search(r"\w", text)


def is_answer_heading(text: str) -> bool:
    if text.rstrip("*_ ").endswith("?") and len(text.split()) > 2:
        return False
    found = ANSWER_HEAD.match(text)
    named = ANSWER_TITLE.fullmatch(text) and not asks(text)
    return bool(
        named or (found and (len(found["rest"].split()) <= 4 or re.match(rf"^\W*{ANSWER}\W*:", text, re.IGNORECASE)))
    )


def is_answer_label(text: str, by_letter: bool = True) -> bool:
    return bool(match_answer_label(text, by_letter) or BARE_LABEL.match(text) or ARROW.match(text))


def match_answer_label(text: str, by_letter: bool = True) -> re.Match[str] | None:
    """Return the label of an answer that a line begins with, or None: a sum, a ratio, a compound and a name are none.

    Where questions have no labels (``by_letter`` is False), `A. Turing` is a name, and only `A:` is a label.
    """
    found = _ANSWER_LABEL.match(text)
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


def _is_letter_label(found: re.Match[str], behind: str, by_letter: bool) -> bool:
    """Return whether an `A` with a sign behind it is the label of an answer."""
    sign = found["sign"].strip()
    if by_letter:
        return ">" not in sign
    is_capital = found["letter"] == "A" and not found["bullet"]
    return is_capital and sign in (":", "：") and (sign == "：" or not behind or not re.match(r"\w", behind))


def heading_text(text: str) -> str:
    """A heading without its marks, those of its item included."""
    return re.sub(r"(^|\s+)#+\s*$", "", re.sub(r"^\s*(?:[-*+]\s+|\d{1,4}[.)]\s+)?#{1,6}(?=\s|$)", "", text)).strip()


def asks(title: str) -> bool:
    """Whether the words sound like a question or a task."""
    if CLAUSE.match(title):
        return False
    words = re.findall(r"[^\W_]+", re.sub(r"\([^()]*\)", "", title).casefold())
    return bool(ASKS.search(title)) or bool(words and (words[0] in ASKING or (words[0] in TELLING and len(words) > 2)))


def unwrapped(text: str) -> str:
    """The text without emphasis around the whole of it."""
    for mark in ("***", "**", "__", "*", "_"):
        size = len(mark)
        if len(text) > 2 * size and text.startswith(mark) and text.endswith(mark) and mark not in text[size:-size]:
            return unwrapped(text[size:-size].strip())
    return text


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    number: int | None
    labelled: bool
    label: str
    """What stood before the text, and is not in it."""


def read_title(text: str) -> Title:
    """A title without number and label, and what they were."""
    number, labelled, label = None, False, ""
    text = text.strip()
    for _ in range(4):
        before = text
        # `**Which …? ***`: the stars behind it are a mark of the author's.
        text = re.sub(r"\s+\*{3,}$", "", text)
        text = text[2:] if text.startswith("**") and "**" not in text[2:] else text
        text = unwrapped(text)
        opening = re.match(r"^(\*{2,3}|__)", text)
        mark = opening[0] if opening else ""
        bare = text[len(mark) :].lstrip()
        found = LABEL.match(bare) or NUMBER.match(bare)
        if found:
            rest = bare[found.end() :].strip()
            if not rest.strip("*_ "):
                break
            labelled = labelled or found.re is LABEL
            digits = next(filter(None, found.groups()), None)
            number = int(digits) if digits else number
            label += found[0]
            # `**Q1:** What …`: the emphasis closes behind the label.
            closed = mark and re.match(rf"^\s*{re.escape(mark)}\s*", rest)
            text = rest[closed.end() :] if closed else mark + rest if mark and mark in rest else rest
            text = text.strip()
        if text == before:
            break
    return Title(text, number, labelled, label)


def unique(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Each place once: the first family that finds it says how it is written."""
    seen: set[int] = set()
    for each in candidates:
        if each.start not in seen:
            seen.add(each.start)
            yield each


def make(
    outline: Outline, dialect: str, form: tuple[str, ...], start: int, body: int, text: str, **more: object
) -> Candidate | None:
    """The candidate that such a title opens, or none where nothing is left of it.

    Where the title is a label and nothing else, the lines below it are the question.
    """
    title = read_title(text)
    if not re.search(r"[^\W_]", title.text):
        return None
    candidate = Candidate(dialect, form, start, body, title.text, title.number, title.label)
    candidate = replace(candidate, certain=title.labelled, asks=asks(title.text))
    candidate = replace(candidate, **more)  # type: ignore[arg-type]
    label = LABEL.fullmatch(title.text.strip("*_ "))
    return below_label(outline, candidate, label) if label else candidate


def below_label(outline: Outline, candidate: Candidate, label: re.Match[str]) -> Candidate:
    """The candidate with the paragraph below its title as its title."""
    lines = candidate.lead or outline.lines[candidate.body :]
    start = 0 if candidate.lead else next((at for at, line in enumerate(lines) if line.text.strip()), 0)
    size = start
    while (
        size < len(lines)
        and lines[size].text.strip()
        and not (lines[size].code or lines[size].tag or lines[size].text.lstrip().startswith(("#", "- [", "|")))
        and not is_answer_label(lines[size].text)
        and not (size > start and lines[size - 1].text.rstrip().endswith("?"))
    ):
        size += 1
    if size == start:
        return candidate
    words = " ".join(line.text.strip() for line in lines[start:size])
    candidate = replace(candidate, title=words, label=label[0], certain=True, asks=asks(words))
    candidate = replace(candidate, number=int(label["number"]) if label["number"] else candidate.number)
    if candidate.lead:
        return replace(candidate, lead=candidate.lead[size:])
    return replace(candidate, body=candidate.body + size)


def items(outline: Outline) -> Iterator[tuple[Block, Block, Block | None, int]]:
    """Every item of an outermost list outside of details: list, item, its first block, its column."""
    current: Block | None = None
    found = outline.blocks
    for place, block in enumerate(found):
        if block.kind == "list" and block.depth == 0:
            current = block
        if block.kind != "item" or block.depth != 1 or current is None or outline.hidden[block.start]:
            continue
        inner = found[place + 1] if place + 1 < len(found) and found[place + 1].start < block.end else None
        line = outline.lines[block.start].text
        mark = re.match(r"\s*(?:[-*+]|\d{1,9}[.)])\s*", line)
        yield current, block, inner, mark.end() if mark else 0
