"""The stages in their order: Project → Artifacts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from time import perf_counter

from studyguide.assemble import assemble
from studyguide.check import check
from studyguide.compose import compose
from studyguide.config import configure
from studyguide.markup import markup
from studyguide.model import Artifact, Edition, Guide, Project, Volume
from studyguide.outputs import epub, pdf
from studyguide.parse import parse
from studyguide.problems import ContentError, instead

# The forms that an edition can have: `output = "pdf"` in guide.toml.
OUTPUTS: dict[str, Callable[[Volume], Artifact]] = {
    "pdf": pdf.bind,
    "epub": epub.pack,
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


def build(project: Project, guide: Guide, editions: Iterable[Edition]) -> Iterator[Artifact]:
    """One file for each edition, in their order."""
    for edition in editions:
        start = perf_counter()
        artifact = OUTPUTS[edition.output](compose(project, guide, edition))
        yield replace(artifact, seconds=perf_counter() - start)
