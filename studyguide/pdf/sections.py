"""Make sections and keep their content: SectionJob, Galleys → SectionPages; SectionJob → SectionContent.

Most of a section is its content, which binding seldom needs, so the store keeps it apart from the pages.
"""

from collections.abc import Callable, Mapping

from studyguide.output import JobsNeededError
from studyguide.pdf.assembly import assemble_section
from studyguide.pdf.galley import Galley
from studyguide.pdf.jobs import GalleyJob, SectionJob, batch_jobs
from studyguide.pdf.section_pages import SectionContent, SectionPages
from studyguide.pdf.typeset import typeset_batch
from studyguide.store import CacheStore, MemoryStore, digest


def assemble(job: SectionJob, galleys: Mapping[str, tuple[Galley, ...]], store: CacheStore) -> SectionPages:
    """Return the pages of a section, and keep their content in the store, which also has galleys.

    Raises JobsNeededError with the jobs whose galleys are lacking.
    """
    made_up, content = assemble_section(job, _StoredGalleys(galleys, store))
    store.put(_make_content_key(job.key), content)
    return made_up


class _StoredGalleys(dict[str, tuple[Galley, ...]]):
    """The galleys of jobs by their keys: some are at hand, others are read from the store when they are asked for."""

    def __init__(self, galleys: Mapping[str, tuple[Galley, ...]], store: CacheStore) -> None:
        super().__init__(galleys)
        self._store = store

    def __missing__(self, key: str) -> tuple[Galley, ...]:
        galleys: tuple[Galley, ...] | None = self._store.get(key)
        if galleys is None:
            raise KeyError(key)
        self[key] = galleys
        return galleys


def read_content(key: str, find_job: Callable[[str], SectionJob], store: CacheStore) -> SectionContent:
    """Return the content of the section whose job has this key; it is typeset once more, here, if the store has lost it."""
    content: SectionContent | None = store.get(_make_content_key(key))
    if content is None:
        typeset_section(find_job(key), memory := MemoryStore())
        content = memory.get(_make_content_key(key))
    return content


def typeset_section(job: SectionJob, store: CacheStore) -> SectionPages:
    """Typeset all blocks of a section in this process, return its pages, and keep their content in the store."""
    galleys: dict[str, tuple[Galley, ...]] = {}
    while True:
        try:
            return assemble(job, galleys, store)
        except JobsNeededError as needed:
            waiting = {each.key: each for each in needed.jobs}
            for batch in batch_jobs([each for each in waiting.values() if isinstance(each, GalleyJob)]):
                galleys |= dict(zip((each.key for each in batch), typeset_batch(batch), strict=True))


def _make_content_key(key: str) -> str:
    return digest("content", key)
