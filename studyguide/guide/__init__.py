"""Markdown text → Guide, independent of edition and output.

parse      Source → Chapter: front matter, questions, options, parts, terms, each with its place; texts stay Markdown
markup     Chapter → Chapter: each text also as safe HTML; ``sanitise`` removes what a book may not contain
reuse      what an edit left as it was, taken from an earlier reading of the file
numbering  Config, Chapters → Guide: numbers, and identifiers that are unique in the whole book
dump       Guide → plain data for JSON
"""
