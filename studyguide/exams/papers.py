"""Make the books of an exam: Edition, Exam → Editions, three for each form."""

from collections.abc import Iterator
from dataclasses import replace

from studyguide.locale import Locale
from studyguide.model import Edition, Exam, Paper, PrintOptions

_RULED_LINES = 4
"""Below a question, at the least, unless the edition says another number."""


def make_papers(edition: Edition, exam: Exam, locale: Locale) -> Iterator[Edition]:
    """Yield, for each form of the exam, its questions, its answer sheet and its key for graders."""
    words = {"questions": "", "sheet": locale.exam.answer_sheet, "key": locale.exam.key}
    for form in exam.forms or ("",):
        for kind, word in words.items():
            ending = "-".join(filter(None, [form, "" if kind == "questions" else kind]))
            named_form = locale.exam.form.format(form=form) if form else ""
            yield replace(
                edition,
                name="-".join(filter(None, [edition.name, ending])),
                suffix=f"{edition.suffix}-{ending}" if ending else edition.suffix,
                title=" · ".join(filter(None, [edition.title, named_form, word])),
                questions=kind != "key",
                key="book-end" if kind == "key" else "none",
                with_question=edition.with_question or (),
                options=_add_ruled_lines(edition.options)
                if isinstance(edition.options, PrintOptions)
                else edition.options,
                paper=Paper(exam, edition.name, edition.title, kind, form),
            )


def _add_ruled_lines(options: PrintOptions) -> PrintOptions:
    return replace(options, space=options.space or _RULED_LINES)
