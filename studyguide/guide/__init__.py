"""Markdown text → Guide, independent of edition and output.

parse      Source → Chapter: front matter, questions, options, parts, terms, each with its place; texts stay Markdown
syntax     text → markdown-it's tokens, with places: GitHub's Markdown, and what other programs add to it
fences     what stands behind the language of a block of code
lists      what syntax has from Pandoc: lettered lists, several terms of one meaning, verses
tree       tokens → the tree that Python-Markdown's extensions work on
typography quotation marks and dashes of a language
markup     Chapter → Chapter: each text also as safe HTML; ``sanitise`` removes what a book may not contain
classes    names of the book's own classes, apart from those that an author writes
passes     the changes of a text's tree, a PassageTree, by name and in their order; most other modules hold some of them
reuse      what an edit left as it was, taken from an earlier reading of the file
numbering  Config, Chapters → Guide: numbers, and identifiers that are unique in the whole book
dump       Guide → plain data for JSON
"""

from studyguide.model import Chapter, Html, Passage
from studyguide.problems import Place


def render_markdown(text: str) -> Html:
    """Return the HTML of a text, in English, before a book makes captions of the titles of its pictures."""
    from studyguide.guide.markup import render_passage  # takes 0.1 s

    place = Place("text.md", 1, 1)
    return render_passage(Passage(text, place), Chapter("text", place, ""), has_captions=False).html
