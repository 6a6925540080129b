"""Turn a file of a program for quizzes into our own format: Source → Converted.

gift, moodle_xml    text → Quiz: Exercises, pictures, and notes of what is left out
qti_package, qti_item    the files of a package of QTI, or one item → Quiz; they use qti_markup, its texts, and qti_answers, what is right
cloze, texts, html_markdown    gaps within a text; what the formats have alike; HTML → Markdown
xml_tree, pictures  the XML of strangers; pictures that a quiz brings along
drafts              Quiz → Drafts of chapters, which ``importers.canonical`` writes
detect              which files are quizzes, and which of them cannot be read
convert             all of it, and the report
values              Quiz, and the error of a file that is none
"""
