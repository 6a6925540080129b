"""The words that the book says itself, by language: a language is a row of this table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    contents: str
    answer_key: str
    answers_to: str
    to_answer: str
    to_question: str
    next_question: str
    page_short: str
    easy: str
    medium: str
    hard: str
    correct: str
    how_to_use: str
    by_subject: str
    by: str
    version: str
    licence: str
    cover: str
    start: str
    landmarks: str
    motif: str
    set_in: str
    months: tuple[str, ...]


MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

WORDS = {
    "en": Words(
        contents="Contents",
        answer_key="Answer key",
        answers_to="Answers",
        to_answer="Answer",
        to_question="Question",
        next_question="Next question",
        page_short="p.",
        easy="easy",
        medium="medium",
        hard="hard",
        correct="Right",
        how_to_use="How to use this book",
        by_subject="Questions by subject",
        by="by",
        version="Version",
        licence="Licence",
        cover="Cover",
        start="Start of the text",
        landmarks="Landmarks",
        motif="A network of circles and lines, one path through it in bold",
        set_in="Set in IBM Plex Serif, Sans Condensed and Mono; formulas in STIX Two, Greek labels in Fira Sans.",
        months=MONTHS,
    ),
}


def words(language: str) -> Words:
    """The row of a language tag such as ``en-GB``; English where there is none."""
    return WORDS.get(language[:2].lower(), WORDS["en"])
