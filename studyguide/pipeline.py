"""The stages in their order: Project → Artifacts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from studyguide.assemble import assemble
from studyguide.check import check
from studyguide.compose import compose
from studyguide.config import configure
from studyguide.markup import markup
from studyguide.model import Artifact, Edition, Guide, Project, Volume
from studyguide.outputs import epub, pdf
from studyguide.outputs.pdf.bind import NarrowHoleError
from studyguide.outputs.pdf.typeset import typeset
from studyguide.parse import parse
from studyguide.problems import ContentError, instead


@dataclass(frozen=True, slots=True)
class Output:
    """A form that an edition can have: its work, in jobs that do not know of each other, and how that is put together."""

    jobs: Callable[[Volume], Sequence[Any]]
    work: Callable[[Any], Any]
    finish: Callable[[Volume, Sequence[Any]], Artifact]


# `output = "pdf"` in guide.toml.
OUTPUTS: dict[str, Output] = {
    "pdf": Output(pdf.jobs, typeset, pdf.finish),
    "epub": Output(epub.jobs, epub.document, epub.finish),
}


def understand(project: Project) -> Guide:
    """The guide that the project holds, with whatever is wrong in it; ``check`` tells what."""
    config = configure(project.config, OUTPUTS, page_sizes(project))
    return assemble(config, (markup(parse(source, config.parts)) for source in project.sources))


def page_sizes(project: Project) -> tuple[str, ...]:
    """What an edition's `page` may be."""
    return tuple(source.path[6:-4] for source in project.styles if source.path.startswith("pages/"))


def checked(project: Project) -> Guide:
    """The guide, if nothing is wrong with it. Raises ContentError with everything that is."""
    guide = understand(project)
    if problems := tuple(check(project, guide)):
        raise ContentError(problems)
    return guide


def chosen(guide: Guide, names: Iterable[str], page: str | None) -> tuple[Edition, ...]:
    """The editions of these names, or all of them; on another page where one is given. Raises LookupError."""
    known = {edition.name: edition for edition in guide.config.editions}
    for name in names:
        if name not in known:
            raise LookupError(f"there is no edition `{name}`: {instead(name, known)}")
    editions = tuple(known[name] for name in dict.fromkeys(names or known))
    return tuple(replace(edition, page=page) for edition in editions) if page else editions


def build(
    project: Project, guide: Guide, editions: Iterable[Edition], each: Callable[..., Iterable[Any]] = map
) -> Iterator[Artifact]:
    """One file for each edition, in their order."""
    for edition in editions:
        start = perf_counter()
        artifact = made(project, guide, edition, each)
        yield replace(artifact, seconds=perf_counter() - start)


def made(project: Project, guide: Guide, edition: Edition, each: Callable[..., Iterable[Any]]) -> Artifact:
    output = OUTPUTS[edition.output]
    digits = room(guide)
    while True:
        volume = compose(project, guide, edition, digits)
        try:
            return output.finish(volume, list(each(output.work, output.jobs(volume))))
        except NarrowHoleError:
            digits += 1


# Characters of Markdown on a printed page, measured on the guide itself and rounded down.
PAGE = 1500


def room(guide: Guide) -> int:
    """How many digits a page number will probably have."""
    length = sum(len(passage.markdown) for chapter in guide.chapters for passage in chapter.passages)
    return len(str(length // PAGE + 10))
