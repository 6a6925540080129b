"""Exams: an edition of guide.toml with ``take`` → the books that it is made into, and the questions of each form.

    papers.py   Edition, Exam → Editions: the questions of each form, its answer sheet, its key
    draw.py     the questions that an exam takes, chosen by its seed
    forms.py    the order of questions and options in a form; the marks

Everything here is pure.
"""
