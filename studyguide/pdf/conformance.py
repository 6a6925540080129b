"""What a finished file says of itself: whose it is, which standards it keeps, and for which colours it is made.

Every file is PDF/UA-1 (ISO 14289-1), for those who listen, and PDF/A-3a (ISO 19005-3), for those who keep it; what is for
the press is PDF/X-4 (ISO 15930-7) too. PDF/A knows neither of the other two and wants their properties described.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from studyguide.locale import Locale
from studyguide.pdf.section_pages import SectionPages
from studyguide.pdf.syntax import write_string
from studyguide.problems import Place, Problem

NAMESPACES = {
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
    """An ICC profile: what the numbers of the file's colours mean."""

    name: str
    components: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Metadata:
    title: str
    authors: tuple[str, ...]
    description: str
    language: str
    date: str
    """As PDF writes it, ``D:20260131000000Z``; empty where there is none."""
    shift: float
    """How far the text block of a verso stands from where it stands on a recto, in points."""
    form: str
    """``screen``, ``duplex`` or ``press``."""
    profile: Profile
    locale: Locale

    @property
    def pressed(self) -> bool:
        return self.form == "press"


def strange(pages: SectionPages, form: str) -> Iterator[Problem]:
    """A file has one profile, which tells the meaning of one kind of colour."""
    for path, space in pages.pictures:
        if form == "press" and space != "/DeviceGray":
            found = f"the picture `{path}` has colours, and an edition for the press is printed in one ink"
            fix = f"convert it to grey: `magick {path} -colorspace Gray {path}`"
            yield Problem(Place(path), "press-picture", found, fix)
        elif space == "/DeviceCMYK":
            found = f"the picture `{path}` is made for a press of four inks, CMYK"
            fix = f"convert it: `magick {path} -colorspace sRGB {path}`"
            yield Problem(Place(path), "cmyk-picture", found, fix)


def intents(meta: Metadata, profile: int) -> bytes:
    """The output intents (14.11.5); all share one profile, as PDF/A has it."""
    kinds = ("GTS_PDFX", "GTS_PDFA1") if meta.pressed else ("GTS_PDFA1",)
    name = write_string(meta.profile.name)
    return b"".join(
        b"<</Type/OutputIntent/S/%b/OutputConditionIdentifier(Custom)/Info %b/DestOutputProfile %d 0 R>>"
        % (kind.encode(), name, profile)
        for kind in kinds
    )


def packet(meta: Metadata, identity: str) -> bytes:
    """The metadata once more, as XMP, with the standards that the file keeps; ``identity`` is the book's own."""
    date = f"{meta.date[2:6]}-{meta.date[6:8]}-{meta.date[8:10]}T00:00:00Z"
    facts = [
        ("dc:title", alternative(meta.title)),
        ("dc:creator", array("Seq", map(escape, meta.authors)) if meta.authors else ""),
        ("dc:description", alternative(meta.description) if meta.description else ""),
        ("dc:language", array("Bag", [escape(meta.language)])),
        *((f"xmp:{name}", date) for name in ("CreateDate", "ModifyDate", "MetadataDate") if meta.date),
        ("pdf:Producer", "studyguide"),
        ("pdfuaid:part", "1"),
        ("pdfaid:part", "3"),
        ("pdfaid:conformance", "A"),
    ]
    schemas = [schema("PDF/UA identification", "pdfuaid", "part", "Integer", "The part of ISO 14289 that is kept")]
    if meta.pressed:
        facts += [
            ("pdf:Trapped", "False"),
            ("pdfxid:GTS_PDFXVersion", "PDF/X-4"),
            ("xmpMM:DocumentID", f"uuid:{identity}"),
            ("xmpMM:VersionID", "1"),
            ("xmpMM:RenditionClass", "default"),
        ]
        schemas += [
            schema("PDF/X identification", "pdfxid", "GTS_PDFXVersion", "Text", "The part of ISO 15930 that is kept"),
            schema("PDF", "pdf", "Trapped", "Text", "Whether colours overlap where they meet"),
        ]
    facts.append(("pdfaExtension:schemas", array("Bag", schemas, ' rdf:parseType="Resource"')))
    names = "".join(f' xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
    said = "".join(f"<{name}>{value}</{name}>" for name, value in facts if value)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF{names}><rdf:Description rdf:about="">{said}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def schema(title: str, prefix: str, name: str, kind: str, description: str) -> str:
    """A property that PDF/A does not know (ISO 19005-3, 6.6.2.3.3)."""
    about = {"name": name, "valueType": kind, "category": "internal", "description": description}
    properties = "".join(f"<pdfaProperty:{key}>{value}</pdfaProperty:{key}>" for key, value in about.items())
    described = array("Seq", [properties], ' rdf:parseType="Resource"')
    return (
        f"<pdfaSchema:schema>{title}</pdfaSchema:schema><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:namespaceURI>{NAMESPACES[prefix]}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:property>{described}</pdfaSchema:property>"
    )


def alternative(text: str) -> str:
    """A text in the language of the book."""
    return array("Alt", [escape(text)], ' xml:lang="x-default"')


def array(kind: str, items: Iterable[str], attribute: str = "") -> str:
    inner = "".join(f"<rdf:li{attribute}>{item}</rdf:li>" for item in items)
    return f"<rdf:{kind}>{inner}</rdf:{kind}>"
