"""Write the metadata and the output intents of a file: Metadata → bytes; find pictures that break a standard → Problems.

Every file is PDF/UA-1 (ISO 14289-1), for screen readers, and PDF/A-3a (ISO 19005-3), for archives; a file for the press is
also PDF/X-4 (ISO 15930-7). PDF/A requires a description of the properties of the other two standards.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from studyguide.locale import Locale
from studyguide.pdf.section_pages import SectionPages
from studyguide.pdf.syntax import write_string
from studyguide.problems import Place, Problem

_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """An ICC profile: the meaning of the numbers of the file's colours."""

    name: str
    components: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The facts about a book that its file states."""

    title: str
    authors: tuple[str, ...]
    description: str
    language: str
    date: str
    """The date in the form of PDF, ``D:20260131000000Z``; empty if there is none."""
    shift: float
    """The distance in points by which the text of a verso is moved from its place on a recto."""
    form: str
    """``screen``, ``duplex`` or ``press``."""
    profile: Profile
    locale: Locale
    direction: str = "ltr"
    """``rtl`` for a book that opens from the other side."""

    @property
    def is_pressed(self) -> bool:
        """True if the file is for a printing press."""
        return self.form == "press"


def find_unfit_pictures(pages: SectionPages, form: str) -> Iterator[Problem]:
    """Yield a problem for each picture whose colours the file cannot have.

    A file has one profile, which gives a meaning to one kind of colour.
    """
    for path, space in pages.pictures:
        if form == "press" and space != "/DeviceGray":
            found = f"the picture `{path}` has colours, and an edition for the press is printed in one ink"
            fix = f"convert it to grey: `magick {path} -colorspace Gray {path}`"
            yield Problem(Place(path), "press-picture", found, fix)
        elif space == "/DeviceCMYK":
            found = f"the picture `{path}` is made for a press of four inks, CMYK"
            fix = f"convert it: `magick {path} -colorspace sRGB {path}`"
            yield Problem(Place(path), "cmyk-picture", found, fix)


def write_output_intents(meta: Metadata, profile: int) -> bytes:
    """Return the output intents (14.11.5), which share a profile, as PDF/A requires: the object ``profile``."""
    kinds = ("GTS_PDFX", "GTS_PDFA1") if meta.is_pressed else ("GTS_PDFA1",)
    name = write_string(meta.profile.name)
    return b"".join(
        b"<</Type/OutputIntent/S/%b/OutputConditionIdentifier(Custom)/Info %b/DestOutputProfile %d 0 R>>"
        % (kind.encode(), name, profile)
        for kind in kinds
    )


def write_xmp_packet(meta: Metadata, identity: str) -> bytes:
    """Return the metadata as an XMP packet, with the standards that the file keeps.

    ``identity`` is the identifier of the book, 32 hexadecimal digits.
    """
    date = f"{meta.date[2:6]}-{meta.date[6:8]}-{meta.date[8:10]}T00:00:00Z"
    facts = [
        ("dc:title", _write_alternative(meta.title)),
        ("dc:creator", _write_array("Seq", map(escape, meta.authors)) if meta.authors else ""),
        ("dc:description", _write_alternative(meta.description) if meta.description else ""),
        ("dc:language", _write_array("Bag", [escape(meta.language)])),
        *((f"xmp:{name}", date) for name in ("CreateDate", "ModifyDate", "MetadataDate") if meta.date),
        ("pdf:Producer", "studyguide"),
        ("pdfuaid:part", "1"),
        ("pdfaid:part", "3"),
        ("pdfaid:conformance", "A"),
    ]
    schemas = [
        _describe_property("PDF/UA identification", "pdfuaid", "part", "Integer", "The part of ISO 14289 that is kept")
    ]
    if meta.is_pressed:
        facts += [
            ("pdf:Trapped", "False"),
            ("pdfxid:GTS_PDFXVersion", "PDF/X-4"),
            ("xmpMM:DocumentID", f"uuid:{identity}"),
            ("xmpMM:VersionID", "1"),
            ("xmpMM:RenditionClass", "default"),
        ]
        schemas += [
            _describe_property(
                "PDF/X identification", "pdfxid", "GTS_PDFXVersion", "Text", "The part of ISO 15930 that is kept"
            ),
            _describe_property("PDF", "pdf", "Trapped", "Text", "Whether colours overlap where they meet"),
        ]
    facts.append(("pdfaExtension:schemas", _write_array("Bag", schemas, ' rdf:parseType="Resource"')))
    names = "".join(f' xmlns:{prefix}="{address}"' for prefix, address in _NAMESPACES.items())
    properties = "".join(f"<{name}>{value}</{name}>" for name, value in facts if value)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF{names}><rdf:Description rdf:about="">{properties}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _describe_property(title: str, prefix: str, name: str, kind: str, description: str) -> str:
    """Return the description of a property that PDF/A does not define (ISO 19005-3, 6.6.2.3.3)."""
    entries = {"name": name, "valueType": kind, "category": "internal", "description": description}
    properties = "".join(f"<pdfaProperty:{key}>{value}</pdfaProperty:{key}>" for key, value in entries.items())
    sequence = _write_array("Seq", [properties], ' rdf:parseType="Resource"')
    return (
        f"<pdfaSchema:schema>{title}</pdfaSchema:schema><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:namespaceURI>{_NAMESPACES[prefix]}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:property>{sequence}</pdfaSchema:property>"
    )


def _write_alternative(text: str) -> str:
    """Return a text as the default of its alternatives in other languages."""
    return _write_array("Alt", [escape(text)], ' xml:lang="x-default"')


def _write_array(kind: str, items: Iterable[str], attribute: str = "") -> str:
    """Return an RDF container of a kind: ``Alt``, ``Bag`` or ``Seq``."""
    inner = "".join(f"<rdf:li{attribute}>{item}</rdf:li>" for item in items)
    return f"<rdf:{kind}>{inner}</rdf:{kind}>"
