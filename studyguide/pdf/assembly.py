"""Put a section together: SectionJob, Galleys → SectionPages, SectionContent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from studyguide.output import JobsNeededError
from studyguide.pdf.blocks import Block, divide_section
from studyguide.pdf.galley import Galley
from studyguide.pdf.jobs import GalleyJob, SectionJob, find_assets
from studyguide.pdf.locators import fill_entry, measure_ruler, measure_shape
from studyguide.pdf.makeup import Material, PageLayout, Placed, lay_out_section
from studyguide.pdf.section_pages import POINTS, SectionContent, SectionPages
from studyguide.pdf.section_writer import SectionWriter

_SHEET = re.compile(r'<section class="sheet ([\w-]+)"[^>]*>')
_SPECIMEN = '<div class="specimen'
_SPECIMENS = 4
"""A verso, a recto, and both as the first page of a section."""
_NOTE_RULE = '<div class="notes"></div>'
_NUMBER = '<span class="at"'
_HIDDEN_NUMBER = '<span style="display:none" class="at"'
_STYLED_ROLE = re.compile(r"\.sheet\.([\w-]+)")
_LANGUAGE = re.compile(r'<html lang="([^"]*)"')
_DOCTYPE = re.compile(r"<!DOCTYPE html>\s*")
_MAX_ROUNDS = 4  # of leaving page numbers out and putting them back


Galleys = Mapping[str, tuple[Galley, ...]]
"""The galleys of each job, by its key."""


def assemble_section(job: SectionJob, galleys: Galleys) -> tuple[SectionPages, SectionContent]:
    """Return the section's pages and their content. Raises JobsNeededError with the jobs whose galleys are lacking."""
    if job.is_paged:
        (pages,) = _find_galleys([_make_paged_job(job)], galleys)
        layouts = [PageLayout([Placed(number, 0, 0.0, 0.0)]) for number in range(len(pages))]
        return SectionWriter(job, pages, [()] * len(pages), [()] * len(pages), layouts, ()).write()
    section = _divide_section(job)
    *_, furniture = found = _find_galleys(
        [*section.jobs, *section.note_jobs, section.rule_job, *section.specimen_jobs, section.furniture_job], galleys
    )
    count, last = len(section.jobs), len(section.jobs) + len(section.note_jobs)
    single = [each[0] for each in found[: last + 1]]
    specimens = {part.key: galleys[part.key][0] for part in section.specimen_jobs}
    material = Material(
        page=job.page,
        blocks=section.blocks,
        galleys=section.fill_entries(single[:count], specimens),
        notes=section.notes,
        note_galleys=single[count:-1],
        note_rule=single[-1],
        columns=section.columns,
        column_pitch=section.column_pitch,
    )
    layouts = lay_out_section(material)
    hidden: dict[int, set[int]] = {}
    settled: set[tuple[int, int]] = set()
    for _ in range(_MAX_ROUNDS):
        own = _find_own_references(material, section, layouts)
        shown = {(block, serial) for block, serials in hidden.items() for serial in serials} - own
        # What is put back stays: a number whose absence moves its target away would come and go for ever.
        settled |= shown
        wanted: dict[int, set[int]] = {}
        for block, serial in own - settled:
            wanted.setdefault(block, set()).add(serial)
        if wanted == hidden:
            break
        hidden = wanted
        variants = [_hide_numbers(each, hidden.get(block, set())) for block, each in enumerate(section.jobs)]
        texts = [each[0] for each in _find_galleys(variants, galleys)]
        material = replace(material, galleys=section.fill_entries(texts, specimens))
        layouts = lay_out_section(material)
    return SectionWriter(
        job,
        [*material.galleys, *material.note_galleys, single[-1]],
        [block.path for block in section.blocks],
        [[count + note for note in notes] for notes in section.notes],
        layouts,
        furniture[-_SPECIMENS:] if section.has_furniture else (),
    ).write()


def list_block_html(job: SectionJob) -> list[str]:
    """Return the HTML of each block of a section, then of each of its footnotes; none of a section that is made up as a whole."""
    blocks = () if job.is_paged else _divide_section(job).blocks
    return [*(block.html for block in blocks), *(note for block in blocks for note in block.notes)]


def _find_galleys(jobs: Sequence[GalleyJob], galleys: Galleys) -> list[tuple[Galley, ...]]:
    """Return the galleys of these jobs. Raises JobsNeededError with all that are lacking."""
    found: list[tuple[Galley, ...]] = []
    missing: list[GalleyJob] = []
    for job in jobs:
        try:
            found.append(galleys[job.key])
        except KeyError:
            missing.append(job)
    if missing:
        raise JobsNeededError(missing)
    return found


def _make_paged_job(job: SectionJob) -> GalleyJob:
    """Return the job of a section whose pages WeasyPrint makes up itself."""
    html = job.html[_skip_doctype(job.html) :]
    return GalleyJob(
        html,
        0,
        _find_language(job.html),
        job.styles,
        find_assets(html, job.assets, job.styles),
        job.page,
        job.place,
        is_paged=True,
        faces=job.faces,
    )


class _DividedSection:
    """A section's blocks and the jobs that set them."""

    def __init__(self, job: SectionJob) -> None:
        self.job = job
        sheet = _SHEET.search(job.html)
        assert sheet is not None
        self._role = sheet[1]
        end = job.html.rindex("</section>")
        self.has_furniture = _SPECIMEN in job.html[end:]
        self._sheet, self._inner = sheet, (sheet.end(), end)
        self.blocks: tuple[Block, ...] = divide_section(job.html[sheet.end() : end])
        numbers = iter(range(sum(len(block.notes) for block in self.blocks)))
        self.notes = [[next(numbers) for _ in block.notes] for block in self.blocks]
        self.columns, width, gap = job.page.get_columns(job.section.role)
        self.column_pitch = (width + gap) / POINTS
        self._column_width = width

    @cached_property
    def jobs(self) -> list[GalleyJob]:
        """A job for each block."""
        return [self._make_job(block.html, block) for block in self.blocks]

    @cached_property
    def note_jobs(self) -> list[GalleyJob]:
        """A job for each footnote."""
        return [self._make_job(note, block) for block in self.blocks for note in block.notes]

    @cached_property
    def specimen_jobs(self) -> list[GalleyJob]:
        """A job for the lines of each kind of entry, and for each shape of a locator."""
        jobs = (job for found in self._jobs_of_entries for job in found)
        return list({job.key: job for job in jobs}.values())

    @cached_property
    def _jobs_of_entries(self) -> list[list[GalleyJob]]:
        """The jobs of each block's specimens."""
        make_job = lru_cache(maxsize=None)(lambda html, path: self._make_job(html, Block(html, path)))
        return [
            [make_job(html, block.path) for html in block.entry.specimens] if block.entry else []
            for block in self.blocks
        ]

    def fill_entries(self, texts: Sequence[Galley], specimens: Mapping[str, Galley]) -> list[Galley]:
        """Return the galleys of the blocks with the page numbers of entries; ``specimens`` are those of ``specimen_jobs``."""
        filled = []
        get_ruler = lru_cache(maxsize=None)(lambda key: measure_ruler(specimens[key]))
        get_shape = lru_cache(maxsize=None)(lambda key: measure_shape(specimens[key]))
        for block, jobs, text in zip(self.blocks, self._jobs_of_entries, texts, strict=True):
            if not block.entry:
                filled.append(text)
                continue
            ruler, *shapes = jobs
            filled.append(fill_entry(block.entry, text, get_ruler(ruler.key), [get_shape(each.key) for each in shapes]))
        return filled

    @property
    def rule_job(self) -> GalleyJob:
        """The job that sets the rule above footnotes."""
        return self._make_job(_NOTE_RULE, Block(_NOTE_RULE))

    @property
    def furniture_job(self) -> GalleyJob:
        """The job that sets running heads, folios and tabs."""
        start, end = self._inner
        html = self.job.html[_skip_doctype(self.job.html) : start] + self.job.html[end:]
        return replace(self._make_job(html, Block(html)), html=html, depth=0, is_paged=True, is_furniture=True)

    def _make_job(self, html: str, block: Block) -> GalleyJob:
        # Only a role that a style names may make a difference, or an answer would be another block in every edition.
        role = f" {self._role}" if self._role in _STYLED_ROLE.findall(self.job.styles) else ""
        opening, closing = [f'<section class="sheet{role}">'], ["</section>"]
        for container in block.path:
            tag = container.opening
            if self.columns > 1 and container.classes in ("columns", "glossary"):
                tag = f'{tag[:-1]} style="width:{self._column_width:.3f}pt">'
            opening.append(tag)
            closing.append(f"</{container.tag}>")
        text = f"{''.join(opening)}\n{html}\n{''.join(reversed(closing))}"
        return GalleyJob(
            text,
            len(opening),
            _find_language(self.job.html),
            self.job.styles,
            find_assets(html, self.job.assets, self.job.styles),
            self.job.page,
            self.job.place,
            faces=self.job.faces,
        )


@lru_cache(maxsize=8)
def _divide_section(job: SectionJob) -> _DividedSection:
    """Return the section divided, once for all attempts to put it together."""
    return _DividedSection(job)


def _hide_numbers(job: GalleyJob, serials: set[int]) -> GalleyJob:
    """Return the job without these page numbers in the text: the first has the serial number 0."""
    if not serials:
        return job
    first, *rest = job.html.split(_NUMBER)
    numbered = enumerate(rest)
    html = first + "".join(f"{_HIDDEN_NUMBER if serial in serials else _NUMBER}{text}" for serial, text in numbered)
    return replace(job, html=html)


def _find_own_references(
    material: Material, section: _DividedSection, layouts: Sequence[PageLayout]
) -> set[tuple[int, int]]:
    """Return the page numbers, as block and serial number, that stand on the page that they state."""
    if not any(galley.page_references for galley in material.galleys):
        return set()
    page_of = {
        (placed.galley, placed.strip): number
        for number, layout in enumerate(layouts)
        for placed in layout.placed
        if not placed.is_repeated
    }
    anchors = dict[str, int]()
    for name, place in _list_anchors(material):
        anchors.setdefault(name, page_of[place])
    return {
        (block, serial)
        for block, galley in enumerate(material.galleys)
        for serial, reference in enumerate(galley.page_references)
        if anchors.get(section.job.find_target(reference.target.removeprefix("#"))) == page_of[block, reference.strip]
    }


def _list_anchors(material: Material) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the names of places with the block and the strip in which they begin."""
    for number, galley in enumerate(material.galleys):
        if not galley.strips:
            continue
        for container in material.blocks[number].path:
            if container.id:
                yield container.id, (number, 0)
        for index, strip in enumerate(galley.strips):
            for anchor in strip.anchors:
                yield anchor.name, (number, index)


def _skip_doctype(html: str) -> int:
    match = _DOCTYPE.match(html)
    return match.end() if match else 0


def _find_language(html: str) -> str:
    match = _LANGUAGE.search(html)
    return match[1] if match else "en"
