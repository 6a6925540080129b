"""Turn a file of a program for quizzes into our own format: Source → Converted.

gift, moodle_xml    text → Quiz: Exercises, pictures, and notes of what is left out
cloze, texts, html_markdown    gaps within a text; what both formats have alike; HTML → Markdown
drafts              Quiz → Drafts of chapters, which ``importers.canonical`` writes
detect              which files are quizzes, and which of them cannot be read
convert             all of it, and the report
values              Quiz, and the error of a file that is none
"""
