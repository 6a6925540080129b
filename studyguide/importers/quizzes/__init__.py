"""Read a file of a program for quizzes: Source → DraftGuide.

gift, moodle_xml    text → Quiz: Exercises, pictures, and notes of what is left out
qti_package, qti_item    the files of a package of QTI, or one item → Quiz; they use qti_markup, its texts, and qti_answers, what is right
cloze, texts, html_markdown    gaps within a text; what the formats have alike; HTML → Markdown
xml_tree, pictures  the XML of strangers; pictures that a quiz brings along
drafts              Quiz → DraftGuide, of which ``importers`` makes chapters
detect              which files are quizzes, and which of them cannot be read
values              Quiz, and the error of a file that is none
"""
