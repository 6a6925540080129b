"""Write questions as a package of QTI 2.1: Exercises → ZIP.

imsmanifest.xml lists the files (IMS Content Packaging 1.1), test.xml the order of the items, ``items/`` has a file for each
question. The sections named below are those of `IMS Question and Test Interoperability: Assessment Test, Section and Item Information Model`, 2.1.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

from studyguide.exchange.formats import Export, Format, Loss, describe_absence, describe_losses, describe_obstacle
from studyguide.exchange.markup import write_feedback
from studyguide.exchange.qti_item import QTI, SCHEMA, write_item
from studyguide.exercises import Exercise
from studyguide.maths import convert_to_mathml
from studyguide.model import Asset
from studyguide.runtime.zip_archive import Archive

__all__ = ["FORMAT"]

_MANIFEST = "http://www.imsglobal.org/xsd/imscp_v1p1"


def _write(exercises: Sequence[Exercise], title: str, assets: Mapping[str, Asset]) -> Export:
    losses: list[Loss] = []
    written: list[Exercise] = []
    for exercise in exercises:
        if reason := describe_obstacle(exercise):
            losses.append(describe_absence(exercise, reason))
            continue
        missing = [f"the picture `{path}`" for path in exercise.pictures if path not in assets]
        tags = ["its tags"] if exercise.tags else []
        losses += describe_losses(exercise, [*missing, *tags])
        written.append(exercise)
    pictures = {path: assets[path] for each in written for path in each.pictures if path in assets}
    files = {
        "imsmanifest.xml": _write_manifest(written, assets).encode(),
        "test.xml": _write_test(written, title).encode(),
    }
    files |= {_name_file(each): write_item(each, write_feedback(each.parts)).encode() for each in written}
    files |= {f"pictures/{path}": asset.data for path, asset in sorted(pictures.items())}
    target = io.BytesIO()
    with Archive(target, zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return Export(target.getvalue(), len(written), tuple(losses))


def _name_item(exercise: Exercise) -> str:
    # An identifier of QTI has no colon, and one of a guide no point.
    return exercise.id.replace(":", ".")


def _name_file(exercise: Exercise) -> str:
    return f"items/{_name_item(exercise)}.xml"


def _write_manifest(exercises: Sequence[Exercise], assets: Mapping[str, Asset]) -> str:
    def write_resources() -> Iterator[str]:
        names = "".join(f'<dependency identifierref="item-{_name_item(each)}"/>' for each in exercises)
        yield '<resource identifier="test" type="imsqti_test_xmlv2p1" href="test.xml">'
        yield f'<file href="test.xml"/>{names}</resource>'
        for each in exercises:
            href = escape(quote(_name_file(each)))
            yield f'<resource identifier="item-{_name_item(each)}" type="imsqti_item_xmlv2p1" href="{href}">'
            shown = (f'<file href="{escape(quote(f"pictures/{path}"))}"/>' for path in each.pictures if path in assets)
            yield f'<file href="{href}"/>{"".join(shown)}</resource>'

    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="{_MANIFEST}" identifier="manifest">\n'
        "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>\n"
        "<organizations/>\n<resources>\n" + "\n".join(write_resources()) + "\n</resources>\n</manifest>\n"
    )


def _write_test(exercises: Sequence[Exercise], title: str) -> str:
    """Return the test, in which each chapter is a section, and each section of it one inside."""

    def write_sections(group: Iterable[Exercise], level: int, name: str) -> Iterator[str]:
        """Yield what is in a section; ``level`` is the number of sections around it."""
        for number, (titles, inner) in enumerate(groupby(group, lambda each: each.category[level : level + 1]), 1):
            if titles:
                inner_name = f"{name}-{number}"
                yield f'<assessmentSection identifier="{inner_name}" title="{escape(titles[0])}" visible="true">'
                yield from write_sections(inner, level + 1, inner_name)
                yield "</assessmentSection>"
            else:
                yield from map(write_reference, inner)

    def write_reference(exercise: Exercise) -> str:
        return f'<assessmentItemRef identifier="item-{_name_item(exercise)}" href="{escape(quote(_name_file(exercise)))}"/>'

    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentTest xmlns="{QTI}" {SCHEMA} identifier="test" title="{escape(title)}">\n'
        '<testPart identifier="part" navigationMode="nonlinear" submissionMode="individual">\n'
        + "\n".join(write_sections(exercises, 0, "section"))
        + "\n</testPart>\n</assessmentTest>\n"
    )


def _write_formula(latex: str, display: bool) -> str:
    """Return the MathML of a formula with its LaTeX as an annotation (MathML 3, 5.1), for those who edit it."""
    opening, _, inner = convert_to_mathml(latex, display).partition(">")
    note = f'<annotation encoding="application/x-tex">{escape(latex, quote=False)}</annotation>'
    return f"{opening}><semantics>{inner.removesuffix('</math>')}{note}</semantics></math>"


def _write_address(path: str) -> str:
    return quote(f"../pictures/{path}")


FORMAT = Format("qti", "QTI 2.1", ".zip", _write_formula, _write_address, False, _write)
