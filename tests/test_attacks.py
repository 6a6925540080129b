"""Tests of attacks by the guide of a stranger. SECURITY.md lists every attack of this file."""

import base64
import copy
import io
import json
import os
import pickle
import re
import socket
import sqlite3
import stat
import struct
import subprocess
import threading
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import sleep
from typing import Any

import pikepdf
import pytest
from conftest import PIXEL, ROOT, SMALL, commit, conforms, entries, lay, page_texts, save_until_built, until, watching
from lxml import etree, html
from PIL import Image

import build
from studyguide import app, limits, pipeline, problems
from studyguide.compose.composition import Composition
from studyguide.maths import convert_to_mathml
from studyguide.model import FigureFault
from studyguide.reading import dates
from studyguide.reading.project import read_project
from studyguide.rules.figure_faults import FigureJob, judge_figure
from studyguide.rules.reporting import FORMATS

ONE = ["-q", "-j", "1", "-e", "guide", "-e", "tablet"]
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SECRET = "a secret of this machine"
Files = dict[str, str | bytes | Callable[[Path], None]]


def svg(inside: str, attributes: str = "") -> Files:
    """The small guide's figure with something in it."""
    return {"figures/dots.svg": f'<svg {NAMESPACES} viewBox="0 0 9 9" {attributes}>{inside}<circle r="3"/></svg>'}


def shown(name: str, data: bytes | Callable[[Path], None] | None) -> Files:
    """A figure of another name in the place of the small guide's."""
    chapter = {"01-first-things.md": SMALL["01-first-things.md"].replace("figures/dots.svg", name)}
    return chapter if data is None else {**chapter, name: data}


def answer(text: str, marks: str = "") -> Files:
    return {"02-more.md": f"## Why? {marks}\n\n### Answer\n{text}\n"}


def front(text: str) -> Files:
    return {"02-more.md": f"---\n{text}\n---\n## Why?\n\n### Answer\nSo.\n"}


def settings(text: str) -> Files:
    return {"guide.toml": SMALL["guide.toml"] + text}


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def png(width: int, height: int) -> bytes:
    """A picture of one colour, of a byte for a thousand pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(-(-width // 8))) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def data_of(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def put(files: Files) -> None:
    """The small guide with these files, in ./content."""
    texts = {name: text for name, text in SMALL.items() if name not in files}
    lay(Path("content"), texts)
    for name, held in files.items():
        path = Path("content", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(held):
            held(path)
        else:
            path.write_bytes(held.encode() if isinstance(held, str) else held)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, with a secret and a drawing outside of the content folder."""
    monkeypatch.chdir(tmp_path)
    lay(tmp_path, {"secret.md": f"## {SECRET}\n\n### Answer\nSo.\n", "elsewhere/dots.svg": SMALL["figures/dots.svg"]})
    return tmp_path


@pytest.fixture
def refused(folder: Path, capfd: pytest.CaptureFixture[str], reached: list[str]) -> Callable[[Files, str], str]:
    """Builds the small guide with other files, and sees it refused by a rule, in words, with nothing written or fetched."""

    def judge(files: Files, rule: str, *args: str) -> str:
        put(files)
        before = {path for path in folder.rglob("*") if path.is_file()}
        code = build.main([*ONE, *args])
        said = "".join(capfd.readouterr())
        assert code == 1, said
        assert f"[{rule}]" in said, said
        assert "Traceback" not in said
        assert SECRET not in said
        assert {path for path in folder.rglob("*") if path.is_file()} == before
        assert reached == []
        return said

    return judge


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the connections that were made, and the requests to a server on loopback at `http://127.0.0.1:PORT`."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    whole = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX:  # by which the processes of a build speak with each other
            seen.append(str(address))
        whole(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setenv("ATTACKED_PORT", str(server.server_port))
    yield seen
    server.shutdown()
    server.server_close()


# ---------------------------------------------------------------- figures

WEB = "http://127.0.0.1:9"
USES = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 9))
PATTERNS = "".join(
    f'<pattern id="p{n}" width="1" height="1">'
    + f'<rect width="1" height="1" fill="url(#p{n - 1})"/>' * 10
    + "</pattern>"
    for n in range(1, 9)
)
LAUGHS = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))

RECTANGLES = '<rect width="1" height="1"/>' * 900
LARGE_PATH = f'<path id="p" d="M0 0{"L1 1" * 100_000}"/>'
ZIGZAG = f'd="M0 0{"L1 1" * 900}"'
JPEG = io.BytesIO()
Image.new("L", (900, 900)).save(JPEG, "JPEG", progressive=True)
SCAN = JPEG.getvalue()[JPEG.getvalue().rfind(b"\xff\xda") : -2]

STOPS = '<stop stop-color="red"/><stop offset="1"/>'
FILLED = '<rect width="9" height="9" fill="url(#a)"/>'

FIGURES: dict[str, tuple[Files, str]] = {
    "script": (svg("<script>alert(1)</script>"), "unsafe-figure"),
    "script from elsewhere": (svg(f'<script href="{WEB}/a.js"/>'), "unsafe-figure"),
    "handler": (svg("", 'onload="alert(1)"'), "unsafe-figure"),
    "handler in capitals": (svg('<g ONCLICK="alert(1)"/>'), "unsafe-figure"),
    "foreign object": (svg("<foreignObject><b>x</b></foreignObject>"), "unsafe-figure"),
    "page": (svg('<p xmlns="http://www.w3.org/1999/xhtml">x</p>'), "unsafe-figure"),
    "script of HTML": (svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>'), "unsafe-figure"),
    "link": (svg('<a xlink:href="javascript:alert(1)"><text>x</text></a>'), "unsafe-figure"),
    "animated link": (svg('<set attributeName="href" to="javascript:alert(1)"/>'), "unsafe-figure"),
    "frame": (svg('<iframe src="http://example.org"/>'), "unsafe-figure"),
    "picture from the web": (svg(f'<image xlink:href="{WEB}/a.png" width="9" height="9"/>'), "unsafe-figure"),
    "picture from the disk": (svg('<image href="file:///etc/passwd" width="9" height="9"/>'), "unsafe-figure"),
    "picture beside it": (svg('<image href="../../elsewhere/dots.svg" width="9" height="9"/>'), "unsafe-figure"),
    "part of another drawing": (svg(f'<use href="{WEB}/a.svg#b"/>'), "unsafe-figure"),
    "drawing in an address": (
        svg(f'<image href="{data_of("svg+xml", b"<svg/>")}" width="9" height="9"/>'),
        "unsafe-figure",
    ),
    "style from the web": (svg(f'<style>@import url("{WEB}/a.css");</style>'), "unsafe-figure"),
    "style from the web, written otherwise": (svg(f"<style>@\\69mport '{WEB}/a.css';</style>"), "unsafe-figure"),
    "face from the web": (svg(f"<style>@font-face {{font-family: x; src: url({WEB}/a.ttf)}}</style>"), "unsafe-figure"),
    "paint from the web": (svg(f'<rect width="9" height="9" fill="url({WEB}/a.svg#b)"/>'), "unsafe-figure"),
    "paint from the web, written otherwise": (
        svg(f'<rect width="9" height="9" style="fill: u\\72l({WEB}/a.svg#b)"/>'),
        "unsafe-figure",
    ),
    "set of pictures from the web": (
        svg(f"<style>svg {{background: image-set('{WEB}/a.png' 1x)}}</style>"),
        "unsafe-figure",
    ),
    "stylesheet of the file": (
        {"figures/dots.svg": f'<?xml-stylesheet href="{WEB}/a.css"?>' + svg("")["figures/dots.svg"]},
        "unsafe-figure",
    ),
    "base": (svg('<g xml:base="http://example.org/"/>'), "unsafe-figure"),
    "file as an entity": (
        {
            "figures/dots.svg": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + svg("<text>&x;</text>")["figures/dots.svg"]
        },
        "broken-figure",
    ),
    "entity that is not used": (
        {"figures/dots.svg": '<!DOCTYPE svg [<!ENTITY x "y">]>' + svg("")["figures/dots.svg"]},
        "unsafe-figure",
    ),
    "document type from the web": (
        {"figures/dots.svg": f'<!DOCTYPE svg SYSTEM "{WEB}/a.dtd">' + svg("")["figures/dots.svg"]},
        "unsafe-figure",
    ),
    "entities that multiply": (
        {"figures/dots.svg": f'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">{LAUGHS}]>' + svg("<text>&j;</text>")["figures/dots.svg"]},
        "broken-figure",
    ),
    "another encoding": (
        {"figures/dots.svg": "<?xml version='1.0' encoding='UTF-7'?>" + svg("")["figures/dots.svg"]},
        "unsafe-figure",
    ),
    "uses that multiply": (svg(f'<defs><g id="a0"><path d="M0 0"/></g>{USES}</defs><use href="#a8"/>'), "over-limit"),
    "patterns that multiply": (
        svg(f'<defs><pattern id="p0"/>{PATTERNS}</defs><rect width="9" height="9" fill="url(#p8)"/>'),
        "over-limit",
    ),
    "long path that multiplies": (svg(f"<defs>{LARGE_PATH}</defs>" + '<use href="#p"/>' * 900), "over-limit"),
    "markers that multiply": (svg(f'<marker id="m">{RECTANGLES}</marker><path {ZIGZAG} marker-mid="url(#m)"/>'), "over-limit"),
    "markers that multiply, by the group around": (
        svg(f'<marker id="m">{RECTANGLES}</marker><g style="marker: url(#m)"><path {ZIGZAG}/></g>'),
        "over-limit",
    ),
    "markers that multiply, by a stylesheet": (
        svg(f'<style>g > .a {{marker-mid: u\\72l("#m")}}</style><marker id="m">{RECTANGLES}</marker><path class="b a" {ZIGZAG}/>'),
        "over-limit",
    ),
    "clips that multiply, by a stylesheet": (
        svg(f'<style>@media all {{* {{clip-path: url(#c)}}}}</style><clipPath id="c">{RECTANGLES}</clipPath>{"<g/>" * 900}'),
        "over-limit",
    ),
    "masks that multiply, by a style": (
        svg(f'<mask id="c">{RECTANGLES}</mask>' + '<g style="mask: url(#c)"/>' * 900),
        "over-limit",
    ),
    "patterns that multiply, by the group around": (
        svg(f'<pattern id="c" width="1" height="1">{RECTANGLES}</pattern><g fill="url(#c)">{RECTANGLES}</g>'),
        "over-limit",
    ),
    "styles that multiply": (
        svg(
            f"<style>{''.join(f'g{{fill:url(#p{n})}}' for n in range(200))}</style>"
            + "".join(f'<g id="p{n}"/>' for n in range(200))
        ),
        "over-limit",
    ),
    "styles without a floor": (svg(f"<style>{'a{' * 9000}</style>"), "broken-figure"),
    "dashes without end": (svg('<path d="M0 0H1000000000" stroke-dasharray=".000001"/>'), "over-limit"),
    "dashes without end, by a style": (svg('<circle r="9" style="stroke-dasharray: 1e-9 1e-9"/>'), "over-limit"),
    "dashes without end, by a stylesheet": (
        svg("<style>text {stroke-dasharray: .00001}</style><text>abc</text>"),
        "over-limit",
    ),
    "dashes without end, by the length of the path": (
        svg('<path d="M0 0H9" pathLength="1e9" stroke-dasharray="1"/>'),
        "over-limit",
    ),
    "tiles without end": (svg('<pattern id="p" width=".00001" height=".00001"/>'), "over-limit"),
    "tiles without end, by a scale": (
        svg('<g transform="scale(.0001)"><pattern id="p" width=".1" height=".1" patternUnits="userSpaceOnUse"/></g>'),
        "over-limit",
    ),
    "tiles without end, in many shapes": (
        svg('<pattern id="p" width=".01" height=".01"/>' + '<rect width="9" height="9" fill="url(#p)"/>' * 150),
        "over-limit",
    ),
    "tiles without end, in the shapes of a group": (
        svg('<pattern id="p" width=".01" height=".01"/><g fill="url(#p)">' + '<rect width="9" height="9"/>' * 150 + "</g>"),
        "over-limit",
    ),
    "tiles without end, in many shapes by a stylesheet": (
        svg('<style>.a {fill: url(#p)}</style><pattern id="p" width=".01" height=".01"/>' + '<rect class="a"/>' * 150),
        "over-limit",
    ),
    "lines of miles": (svg(f'<path d="M0 0{"L1e6 1L0 0" * 900}"/>'), "over-limit"),
    "arcs of miles": (svg(f'<path d="M0 0{"a1e-6 1e6 7 1 1 1 1" * 900}"/>'), "over-limit"),
    "lines of miles, by a part": (svg('<path id="p" d="M0 0H1e6"/>' + '<use href="#p"/>' * 900), "over-limit"),
    "view of no width": ({"figures/dots.svg": f'<svg {NAMESPACES} viewBox="0 0 5e-324 5e-324"><circle r="3"/></svg>'}, "broken-figure"),
    "gradient that repeats without end": (
        svg(f'<linearGradient id="a" x2="1e-7" spreadMethod="repeat">{STOPS}</linearGradient>{FILLED}'),
        "broken-figure",
    ),
    "gradient that is reflected without end": (
        svg(f'<linearGradient id="a" x1="1e-7" x2="0" spreadMethod="reflect">{STOPS}</linearGradient>{FILLED}'),
        "broken-figure",
    ),
    "gradient that repeats without end, by a transform": (
        svg(f'<linearGradient id="a" gradientTransform="scale(1e-7 1)" spreadMethod="repeat">{STOPS}</linearGradient>{FILLED}'),
        "broken-figure",
    ),
    "circles that repeat without end": (
        svg(f'<radialGradient id="a" r="1e-7" spreadMethod="repeat">{STOPS}</radialGradient>{FILLED}'),
        "broken-figure",
    ),
    "circles that are reflected without end": (
        svg(f'<radialGradient id="a" r=".5" fr=".4999999" spreadMethod="reflect">{STOPS}</radialGradient>{FILLED}'),
        "broken-figure",
    ),
    "transforms beyond all numbers": (svg(f'<g transform="{"scale(1e9) " * 90}"><rect width="1" height="1"/></g>'), "broken-figure"),
    "transforms beyond all numbers, of a gradient": (
        svg(f'<linearGradient id="a">{STOPS}</linearGradient>' + '<g transform="scale(1e9)">' * 40 + FILLED + "</g>" * 40),
        "broken-figure",
    ),
    "pattern that is pressed flat": (
        svg(f'<pattern id="a" width="5" height="5" patternTransform="scale(0)"><circle r="1"/></pattern>{FILLED}'),
        "broken-figure",
    ),
    "part that holds itself": (svg('<g id="a"><use href="#a"/></g>'), "broken-figure"),
    "elements without end": (svg('<path d="M0 0"/>' * 20_000), "over-limit"),
    "attributes without end": (svg("<g " + " ".join(f'a{n}="b"' for n in range(900)) + "/>"), "over-limit"),
    "groups without end": (svg("<g>" * 90 + "</g>" * 90), "over-limit"),
    "groups beyond the parser": (svg("<g>" * 5000 + "</g>" * 5000), "broken-figure"),
    "bytes without end": (svg(f'<path d="{"M0 0" * 600_000}"/>'), "over-limit"),
    "picture that unpacks to gigabytes": (shown("figures/p.png", png(60_000, 60_000)), "over-limit"),
    "the same in a drawing": (
        svg(f'<image href="{data_of("png", png(60_000, 60_000))}" width="9" height="9"/>'),
        "over-limit",
    ),
    "picture that is drawn a thousand times": (
        shown("figures/p.jpg", JPEG.getvalue()[:-2] + SCAN * 1000 + b"\xff\xd9"),
        "over-limit",
    ),
    "program in the place of a picture": (shown("figures/p.png", b"%!PS-Adobe-3.0 EPSF-3.0\nshowpage\n"), "broken-figure"),
    "drawing in the place of a picture": (shown("figures/p.png", svg("")["figures/dots.svg"].encode()), "broken-figure"),
    "picture that is cut short": (shown("figures/p.png", png(900, 900)[:60]), "broken-figure"),
    "picture of another kind": (shown("figures/p.gif", png(9, 9)), "broken-figure"),
    "name of a file of the EPUB": (shown("cover.png", png(9, 9)), "figure-name"),
    "name that climbs on another system": (
        {**answer('<img src="a\\..\\..\\p.png" alt="x">'), "a\\..\\..\\p.png": png(9, 9)},
        "figure-name",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", FIGURES)
def test_a_figure_that_is_more_than_a_picture_is_refused(attack: str, refused: Callable[..., str]) -> None:
    refused(*FIGURES[attack])


def test_a_document_type_that_every_reader_knows_is_no_attack(folder: Path) -> None:
    known = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    put({"figures/dots.svg": known + svg("")["figures/dots.svg"]})
    assert build.main(["check"]) == 0


@pytest.mark.parametrize("args", [[], ["-j", "2"]], ids=["one process", "two processes"])
def test_a_figure_that_takes_long_is_stopped_within_c_code(args: list[str], refused: Callable[..., str]) -> None:
    out = io.BytesIO()
    Image.new("L", (7000, 7000)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    scan = data[data.rfind(b"\xff\xda") : -2]
    files = shown("figures/p.jpg", data[:-2] + scan * 90 + b"\xff\xd9")
    said = refused(files, "over-limit", "--sheet-time", "2", *args)
    assert said.startswith(
        "content/01-first-things.md:31:27: the figure `figures/p.jpg` takes more than 2 seconds of work"
    )


def test_a_figure_is_judged_once_wherever_and_however_often_it_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judged: list[str] = []

    def judge(job: FigureJob) -> tuple[FigureFault, ...]:
        judged.append(job.asset.path)
        return judge_figure(job)

    monkeypatch.setattr(pipeline, "judge_figure", judge)
    monkeypatch.setenv("STUDYGUIDE_CACHE", str(folder / "cache"))
    data = png(9, 9)[:40]
    put({**answer("![x](a.png)\n\n" * 3 + "![x](b.png)"), "a.png": data, "b.png": data})
    for _ in range(2):
        assert build.main(["check"]) == 1
        said = capsys.readouterr().err
        assert re.findall(r"^content/(.*): the figure `(\w\.png)` is no picture", said, re.MULTILINE) == [
            ("02-more.md:4:6", "a.png"),
            ("02-more.md:6:6", "a.png"),
            ("02-more.md:8:6", "a.png"),
            ("02-more.md:10:6", "b.png"),
        ]
    assert sorted(judged) == ["a.png", "figures/dots.svg"]


# ---------------------------------------------------------------- templates, styles, words and faces of a guide


def template(text: str) -> Files:
    """The small guide with this in its colophon."""
    return {
        "templates/colophon.html": f'{{% extends "program/colophon.html" %}}{{% block more %}}{text}{{% endblock %}}'
    }


def style(css: str, name: str = "print.css") -> Files:
    return {f"styles/{name}": css}


LOOKS: dict[str, tuple[Files, str]] = {
    "template with a script": (template("<script>alert(1)</script>"), "unsafe-template"),
    "template with a script in pieces": (template('{{ ("<scr" ~ "ipt>x</scr" ~ "ipt>") | safe }}'), "unsafe-template"),
    "template with a handler": (template('<p onclick="alert(1)">x</p>'), "unsafe-template"),
    "template with a frame": (template(f'<iframe src="{WEB}"></iframe>'), "unsafe-template"),
    "template with a form": (template('<form><input name="x"/></form>'), "unsafe-template"),
    "template with a picture from the web": (template(f'<img src="{WEB}/a.png" alt="x"/>'), "unsafe-template"),
    "template with a picture of the disk": (template('<img src="file:///etc/a.png" alt="x"/>'), "unsafe-template"),
    "template with a picture above the folder": (template('<img src="../../a.png" alt="x"/>'), "unsafe-template"),
    "template with a link to a program": (template('<a href="javascript:alert(1)">x</a>'), "unsafe-template"),
    "template with a style from the web": (template(f"<p style=\"background: url('{WEB}')\">x</p>"), "unsafe-template"),
    "template with another stylesheet": (template(f'<link rel="stylesheet" href="{WEB}"/>'), "unsafe-template"),
    "template with a page that moves on": (template(f'<meta http-equiv="refresh" content="0;{WEB}"/>'), "unsafe-template"),
    "template with a drawing that runs": (template("<svg><set attributeName='href' to='javascript:x'/></svg>"), "unsafe-template"),
    "template with elements of another namespace": (template('<x xmlns="http://example.org/x">y</x>'), "unsafe-template"),
    "template that looks behind a value": (template("{{ config.__class__.__mro__[-1].__subclasses__() }}"), "unsafe-template"),
    "template that looks behind a value, by a filter": (template('{{ config | attr("__class__") }}'), "unsafe-template"),
    "template that looks behind a value, by a format": (template('{{ "{0.__class__}".format(config) }}'), "unsafe-template"),
    "template that looks behind a function": (template("{{ edition.options.with_page.__globals__ }}"), "unsafe-template"),
    "template that asks for another": (template('{% include "../../../secret.md" %}'), "template-error"),
    "template that is a link": ({"templates/colophon.html": link("../../secret.md")}, "outside-content"),
    "template that calls itself": ({"templates/colophon.html": '{% include "colophon.html" %}'}, "template-error"),
    "template with a number without an end": (template("{{ 9 ** 9 ** 9 }}"), "unsafe-template"),
    "template with a text without an end": (template('{{ "x" * 999999999 }}'), "unsafe-template"),
    "template with a text without an end, by a format": (template('{{ "%999999999d" % 1 }}'), "unsafe-template"),
    "template with chance": (template("{{ [1, 2, 3] | random }}"), "template-error"),
    "template with a generator": (template('{{ [1] | map("upper") }}'), "template-error"),
    "template with a function": (template("{{ self.title }}"), "template-error"),
    "template with elements without an end": (template("<div>" * 200 + "</div>" * 200), "template-error"),
    "template that opens a hole in the page": (template('<span class="hole">x</span>'), "template-error"),
    "template that is no HTML": (template("<p>x<br></p>"), "template-error"),
    "template without an end": ({"templates/colophon.html": "{{ " + "(" * 5000}, "template-error"),
    "templates without an end": ({f"templates/x{n}.html": "x" for n in range(300)}, "over-limit"),
    "template of many bytes": ({"templates/colophon.html": "x" * 300_000}, "over-limit"),
    "style that imports another": (style(f'@import "{WEB}/a.css";'), "unsafe-style"),
    "style that imports another, written otherwise": (style(f'@\\69mport "{WEB}/a.css";'), "unsafe-style"),
    "style with a picture from the web": (style(f"h1 {{ background: url({WEB}/a.png) }}"), "unsafe-style"),
    "style with a picture from the web, written otherwise": (style(f"h1 {{ background: \\75rl({WEB}/a.png) }}"), "unsafe-style"),
    "style with a picture of the disk": (style("h1 { background: url(file:///etc/a.png) }"), "unsafe-style"),
    "style with a picture above the folder": (style("h1 { background: url(../a.png) }"), "unsafe-style"),
    "style with a picture in an address": (style("h1 { background: url(data:image/png;base64,AA==) }"), "unsafe-style"),
    "style with a face from the web": (style(f"@font-face {{ font-family: X; src: url({WEB}/a.ttf) }}"), "unsafe-style"),
    "style of an e-book with a picture from the web": (style(f"h1 {{ background: url({WEB}/a.png) }}", "ebook.css"), "unsafe-style"),
    "style of an e-book with a set of pictures": (style(f"h1 {{ background: image-set('{WEB}/a.png' 1x) }}", "ebook.css"), "unsafe-style"),
    "style that runs a program": (style("h1 { -moz-binding: none }", "ebook.css"), "unsafe-style"),
    "style with an unsafe figure": (
        {**style("h1 { background: url(figures/x.svg) }"), "figures/x.svg": f"<svg {NAMESPACES}><script/></svg>"},
        "unsafe-figure",
    ),
    "style of brackets without an end": (style("h1 { width: " + "calc(" * 5000 + "}"), "broken-style"),
    "style of selectors without an end": (style(":not(" * 5000 + "{}"), "broken-style"),
    "style whose variables stand for each other": (style(":root { --a: var(--b); --b: var(--a); } p { width: var(--a) }"), "broken-style"),
    "style with a variable that nothing sets": (style("p { color: var(--nothing) }"), "broken-style"),
    "style of a page without a size": (style(":root { --width: 0mm }"), "broken-style"),
    "style that is a link": ({"styles/print.css": link("../../secret.md")}, "outside-content"),
    "style of many bytes": (style(" " * 300_000), "over-limit"),
    "words with a script": ({"locale/en.toml": '[headings]\ncontents = "<script>alert(1)</script>"'}, "wrong-words"),
    "words that look behind a value": ({"locale/en.toml": '[page-references]\npage = "{number.__class__}"'}, "wrong-words"),
    "words with a tab": ({"locale/en.toml": '[headings]\ncontents = "a\\tb"'}, "wrong-words"),
    "words of two lines": ({"locale/en.toml": '[headings]\ncontents = "a\\nb"'}, "wrong-words"),
    "words that are a link": ({"locale/en.toml": link("../../secret.md")}, "outside-content"),
    "rule of the plural without an end": ({"locale/en.toml": f'plural = "{"n*" * 5000}n"'}, "wrong-words"),
    "colour that is more than a colour": (settings('[look]\naccent = "#000000; } body { display: none"'), "wrong-value"),
    "size without an end": (settings("[look]\nsize = inf"), "wrong-value"),
    "size that is no number": (settings("[look]\nsize = nan"), "wrong-value"),
    "face that is more than a name": (settings("[look]\ntext = '\"; } body { display: none'"), "unknown-face"),
    "face of the machine": (settings('[look]\ntext = "DejaVu Sans"'), "unknown-face"),
    "face that is a link": ({"fonts/x.ttf": link("../../secret.md")}, "outside-content"),
    "face that is a pipe": ({"fonts/x.ttf": os.mkfifo}, "outside-content"),
    "face that is none": ({"fonts/x.ttf": b"\0\1\0\0" + b"\xff" * 200}, "broken-face"),
    "face of the web that is none": ({"fonts/x.woff2": b"wOF2" + b"\0" * 200}, "broken-face"),
    "face that unpacks to gigabytes": ({"fonts/x.woff2": b"wOF2" + b"\xff" * 200}, "broken-face"),
    "several faces in a file": ({"fonts/x.ttf": b"ttcf" + b"\0" * 200}, "broken-face"),
    "faces without an end": ({f"fonts/x{n}.ttf": b"x" for n in range(30)}, "over-limit"),
}  # fmt: skip


@pytest.mark.parametrize("attack", LOOKS)
def test_the_look_of_a_guide_reaches_and_runs_nothing(attack: str, refused: Callable[..., str]) -> None:
    refused(*LOOKS[attack])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{% include "/etc/passwd" %}', "there is no template `/etc/passwd`"),
        ('{% extends "colophon.html" %}', "it asks for itself"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "it asks for itself"),
    ],
)
def test_a_template_gets_no_file_of_the_disk_and_not_itself(text: str, words: str, refused: Callable[..., str]) -> None:
    said = refused({"templates/colophon.html": text}, "template-error")
    assert f"content/templates/colophon.html:1: this template cannot be used: {words}" in said


def screen(name: str, text: str) -> Files:
    """A guide with web pages and a deck, and with a template for one of them."""
    return {**settings('[editions.web]\noutput = "web"\n[editions.anki]\noutput = "anki"'), f"templates/{name}": text}


def start_page(text: str) -> Files:
    return screen(
        "web/nav.html",
        f'{{% extends "program/nav.html" %}}{{% block contents %}}{text}{{{{ super() }}}}{{% endblock %}}',
    )


def card(text: str) -> Files:
    return screen("anki/card-front.html", f'{{% include "program/card-front.html" %}}{text}')


SCREENS: dict[str, tuple[Files, str, str]] = {
    "page with a script": (start_page("<script>alert(1)</script>"), "unsafe-template", "web"),
    "page with a script of its own": (start_page('<script src="figures/x.js"></script>'), "unsafe-template", "web"),
    "page with a handler": (start_page('<button onclick="alert(1)">x</button>'), "unsafe-template", "web"),
    "page with a form that sends": (start_page(f'<form action="{WEB}"></form>'), "unsafe-template", "web"),
    "page with a button that sends": (start_page(f'<button formaction="{WEB}">x</button>'), "unsafe-template", "web"),
    "page with a field for a password": (start_page('<input type="password"/>'), "unsafe-template", "web"),
    "page with a picture from the web": (start_page(f'<img src="{WEB}/a.png" alt="x"/>'), "unsafe-template", "web"),
    "page that moves on": (start_page(f'<meta http-equiv="refresh" content="0;{WEB}"/>'), "unsafe-template", "web"),
    "page with a comment that ends early": (
        start_page(f'<!--><meta http-equiv="refresh" content="0;{WEB}"/>-->'),
        "unsafe-template",
        "web",
    ),
    "page with a comment that ends otherwise": (start_page("<!--x--!><script>alert(1)</script>-->"), "unsafe-template", "web"),
    "page with characters that are none": (start_page("<![CDATA[><script>alert(1)</script>]]>"), "unsafe-template", "web"),
    "page without the policy": (
        screen("web/frame.html", '{% macro head(title, language, turned, guide_title) %}<!DOCTYPE html><html><head><title>x</title></head>'
        '{% endmacro %}{% macro top(locale, title) %}{% endmacro %}{% macro bottom(locale) %}{% endmacro %}'),
        "unsafe-template",
        "web",
    ),
    "page with a weaker policy": (
        screen("web/not-found.html", '<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="default-src *"/></head>'
        "<body></body></html>"),
        "unsafe-template",
        "web",
    ),
    "page with the script before the policy": (
        screen("web/not-found.html", '<!DOCTYPE html><html><head><script src="site.js"></script>'
        '<meta http-equiv="Content-Security-Policy" content="{{ policy }}"/></head><body></body></html>'),
        "unsafe-template",
        "web",
    ),
    "card with a script": (card("<script>alert(1)</script>"), "unsafe-template", "anki"),
    "card with a handler": (card('<p onclick="alert(1)">x</p>'), "unsafe-template", "anki"),
    "card with a field in an address": (card("""<a href='{{ "{{Question}}" }}'>x</a>"""), "unsafe-template", "anki"),
    "card with a field in an attribute": (card("""<p title='{{ "{{Question}}" }}'>x</p>"""), "unsafe-template", "anki"),
    "card with a field as plain text": (card('{{ "{{text:Question}}" }}'), "unsafe-template", "anki"),
    "card with the tags of a note": (card('{{ "{{Tags}}" }}'), "unsafe-template", "anki"),
    "card with braces of its own": (card('{{ "{{=<% %>=}}" }}'), "unsafe-template", "anki"),
    "card with a program of formulas": (card("[latex]x[/latex]"), "unsafe-template", "anki"),
    "card with a comment that ends early": (card("<!--><img src='x' onerror='alert(1)'/>-->"), "unsafe-template", "anki"),
    "style of a page with a picture from the web": (
        {**screen("x.html", ""), **style(f"h1 {{ background: url({WEB}/a.png) }}", "web.css")}, "unsafe-style", "web"),
    "style of a card with a picture from the web": (
        {**screen("x.html", ""), **style(f"h1 {{ background: url({WEB}/a.png) }}", "cards.css")}, "unsafe-style", "anki"),
}  # fmt: skip


@pytest.mark.parametrize("attack", SCREENS)
def test_the_look_of_web_pages_and_cards_reaches_and_runs_nothing(attack: str, refused: Callable[..., str]) -> None:
    files, rule, edition = SCREENS[attack]
    refused(files, rule, "-e", edition)


# ---------------------------------------------------------------- files from elsewhere

FILES: dict[str, tuple[Files, str]] = {
    "chapter that is a link": ({"02-more.md": link("../secret.md")}, "outside-content"),
    "chapter that is a link to the system": ({"02-more.md": link("/etc/passwd")}, "outside-content"),
    "chapter that is a link to a process": ({"02-more.md": link("/proc/self/environ")}, "outside-content"),
    "settings that are a link": ({"guide.toml": link("../secret.md")}, "outside-content"),
    "chapter that is a pipe": ({"02-more.md": os.mkfifo}, "outside-content"),
    "chapter that is a folder": ({"02-more.md": Path.mkdir}, "outside-content"),
    "chapter that is a ring of links": ({"02-more.md": link("02-more.md")}, "outside-content"),
    "figure that is a link": (shown("figures/p.svg", link("../../elsewhere/dots.svg")), "missing-figure"),
    "figure in a linked folder": (
        {**shown("drawn/dots.svg", None), "drawn": link("../elsewhere")},
        "missing-figure",
    ),
    "figure that is a ring of links": (shown("figures/p.svg", link("p.svg")), "missing-figure"),
    "figure above the folder": (shown("../elsewhere/dots.svg", None), "figure-outside"),
    "figure above the folder, by a detour": (shown("figures/../../elsewhere/dots.svg", None), "figure-outside"),
    "figure of the system": (shown("/usr/share/pixmaps/debian-logo.png", None), "figure-outside"),
    "figure by an address of the disk": (answer('<img src="file:///etc/a.png" alt="x">'), "missing-figure"),
    "figure from the web": (answer(f"![x]({WEB}/a.png)"), "figure-outside"),
    "figure in an address": (answer(f"![x]({data_of('png', png(9, 9))})"), "missing-figure"),
    "figure of a name too long": (answer(f"![x]({'a' * 4000}.png)"), "missing-figure"),
    "link to the disk": (answer("[x](file:///etc/passwd)"), "broken-link"),
    "link to a program": (answer("[x](javascript:alert(1))"), "broken-link"),
    "link to a program, written otherwise": (answer("[x](&#106;avascript&colon;alert(1))"), "broken-link"),
    "link to an address of its own": (answer("[x](data:text/html,<script>alert(1)</script>)"), "broken-link"),
    "name of the books that climbs": (settings('name = "../../evil"'), "wrong-value"),
    "name of the books from the root": (settings('name = "/tmp/evil"'), "wrong-value"),
    "end of a name that climbs": (settings('[editions.guide]\nsuffix = "/../../evil"'), "wrong-value"),
    "edition that climbs": (settings('[editions."../../evil"]\npage = "a5"'), "wrong-value"),
}  # fmt: skip


@pytest.mark.parametrize("attack", FILES)
def test_a_guide_reaches_nothing_outside_its_folder(attack: str, refused: Callable[..., str]) -> None:
    refused(*FILES[attack])


def test_a_link_inside_the_folder_is_no_attack(folder: Path) -> None:
    put(shown("figures/p.svg", link("dots.svg")))
    Path("content/02-more.md").symlink_to("../content/figures/other.md")
    Path("content/figures/other.md").write_text("## Why?\n\n### Answer\nSo.\n")
    assert build.main(["check"]) == 0


def dig(folder: Path) -> None:
    """Make more folders inside each other than Python has room for calls."""
    place = os.open(folder, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=place)
        inner = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


@pytest.mark.parametrize("text", ["So.", "![x](figures/none.png)", "![[none.png]]"])
@pytest.mark.parametrize("command", ["check", "import"])
def test_folders_without_a_floor_are_walked_in_part(
    text: str, command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(folder, {"content/01-a.md": f"## Why?\n\n### Answer\n{text}\n"})
    dig(folder / "content")
    assert build.main(["check", "content"] if command == "check" else ["import", "content", "--to", "new"]) in (0, 1)
    assert "Traceback" not in capsys.readouterr().err
    subprocess.run(["rm", "-r", "content"], check=True)  # which Python could not do


def test_settings_that_are_a_ring_of_links_beside_others_are_refused(refused: Callable[..., str]) -> None:
    refused({"guide.toml": link("guide.toml"), "GUIDE.toml": "title = 'x'"}, "outside-content")


def test_figures_whose_names_differ_in_capitals_alone_are_two_files_of_an_epub(folder: Path) -> None:
    put({**answer("![x](a.png)\n\n![x](A.png)"), "a.png": png(9, 9), "A.png": png(9, 9)})
    assert build.main(["-q", "-e", "tablet"]) == 0
    (book,) = Path("dist").glob("*.epub")
    names = [name.casefold() for name in zipfile.ZipFile(book).namelist()]
    assert len(set(names)) == len(names)
    assert sum(name.endswith(".png") for name in names) == 3


@pytest.mark.parametrize(
    "css",
    ["]", 'a{b:"', "a{b:c", "a{b}", "a{b:c}}", "a{b:url(#x}", "a{b:(}", "/* x", "a{/* }", "a{b:c;;d:e}", "{a:b}", "\\", "@media{", "a[b=c{d:e}", "$", "a{b:c}d"],
)  # fmt: skip
def test_a_stylesheet_that_is_none_is_left_out_of_an_epub(css: str, folder: Path) -> None:
    drawing = f"<style>a{{fill:red}} {css}</style>"
    # One is taken into the text, and one stays a file.
    put({**svg(drawing), **answer("![x](b.svg)"), "b.svg": svg(f"{drawing}<svg/>")["figures/dots.svg"]})
    assert build.main(["-q", "-e", "tablet"]) == 0
    (book,) = Path("dist").glob("*.epub")
    conforms(book)
    styles = [style.text for _, root in documents(folder) for style in root.iter("{*}style")]
    assert len(styles) == 2
    assert all("fill:red" in style for style in styles)


# ---------------------------------------------------------------- texts that are too much

BOMB = "\n".join(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in ("ab", "bc", "cd", "de"))

TEXTS: dict[str, tuple[Files, str]] = {
    "front matter that multiplies": (front(f"a: &a [x, x]\n{BOMB}\ntitle: *e"), "broken-yaml"),
    "front matter inside itself": (front("title: &a [*a]"), "broken-yaml"),
    "front matter without a floor": (front("title: " + "[" * 9000), "broken-yaml"),
    "front matter that calls": (front('title: !!python/object/apply:os.system ["touch pwned"]'), "broken-yaml"),
    "front matter that does not end": (front("title: x\n" + "# x\n" * 9000), "over-limit"),
    "front matter with a bell": (front(r'title: "\a"'), "broken-yaml"),
    "front matter with a number of no character": (front(r'title: "\U00110000"'), "broken-yaml"),
    "front matter with a number without an end": ({"02-more.md": f"+++\ntitle = 0x{'f' * 9000}\n+++\n## Why?\n"}, "broken-toml"),
    "front matter with a line separator": (front(r'title: "a\L"'), "broken-yaml"),
    "front matter of an annotation": (front("title: a\ufff9b"), "broken-yaml"),
    "settings without a floor": ({"guide.toml": "title = " + "[" * 9000}, "broken-toml"),
    "number of the settings": ({"guide.toml": "title = " + "9" * 9000}, "broken-toml"),
    "number of the settings, with 16 digits": ({"guide.toml": f"title = 0x{'f' * 9000}"}, "broken-toml"),
    "number of the settings, in a list": ({"guide.toml": f"authors = [0x{'f' * 9000}]"}, "broken-toml"),
    "number of the settings, in a table": ({"guide.toml": f"parts.x = {{label = [0o{'7' * 9000}]}}"}, "broken-toml"),
    "key of the settings without an end": ({"guide.toml": f"a{'.a' * 100_000} = 1"}, "broken-toml"),
    "key of the settings without an end, in quotation marks": ({"guide.toml": "[" + '"a" . ' * 100_000 + "a]"}, "broken-toml"),
    "keys of the settings": ({"guide.toml": "".join(f"k{n} = 1\n" for n in range(20_000))}, "over-limit"),
    "keys of a table of the settings": (settings("[editions.guide]\n" + "".join(f"k{n}.x = 1\n" for n in range(900))), "over-limit"),
    "line separator of the settings": ({"guide.toml": r'title = "a\u2028b"'}, "wrong-value"),
    "paragraph separator of the settings": ({"guide.toml": r'title = "a\u2029b"'}, "wrong-value"),
    "control of a terminal in the settings": ({"guide.toml": r'title = "a\u009b2Jb"'}, "wrong-value"),
    "character of the settings": ({"guide.toml": r'title = "\u0000"'}, "wrong-value"),
    "space of the settings": (settings("[editions.workbook]\nspace = 900000000"), "over-limit"),
    "reviews of the settings": (settings(f"[editions.guide]\nreview = {list(range(90))}"), "over-limit"),
    "day of a review of the settings": (settings("[editions.guide]\nreview = [1, 900000000]"), "over-limit"),
    "questions a day of the settings": (settings("[editions.guide]\nreview-per-day = 90000"), "over-limit"),
    "number below the floor of the settings": (settings("[editions.workbook]\nspace = -9"), "wrong-value"),
    "authors of the settings": ({"guide.toml": f"authors = {['x'] * 9000}"}, "over-limit"),
    "description of the settings": ({"guide.toml": f'description = "{"x" * 9000}"'}, "over-limit"),
    "editions of the settings": ({"guide.toml": "".join(f"[editions.e{n}]\n" for n in range(900))}, "over-limit"),
    "language of the settings": ({"guide.toml": 'language = "../../../etc/passwd"'}, "bad-language"),
    "two editions in one file": (settings('[editions.other]\nsuffix = "-teacher"'), "wrong-value"),
    "identifier of signs of HTML": (answer("So.", '{#a"><script>alert(1)</script>}'), "unknown-mark"),
    "name of a part of signs of HTML": (settings("[parts.'a\"><b>']"), "wrong-value"),
    "comment without an end": (answer("<!-- So."), "unclosed-html"),
    "title without an end": ({"guide.toml": f'title = "{"x" * 9000}"'}, "over-limit"),
    "question without an end": ({"02-more.md": f"## {'x' * 9000}\n\n### Answer\nSo.\n"}, "over-limit"),
    "space of a question": (answer("So.", "{space=900000000}"), "over-limit"),
    "time of an answer": ({"02-more.md": "## Why?\n\n### Answer {time=900000000}\nSo.\n"}, "over-limit"),
    "space of a number too long": (answer("So.", "{space=" + "9" * 9000 + "}"), "unknown-mark"),
    "quotations without a floor": (answer("> " * 3000 + "x"), "over-limit"),
    "lists without a floor": (answer("\n".join("    " * level + "- x" for level in range(90))), "over-limit"),
    "paragraph without an end": (answer("A network learns. " * 7000), "over-limit"),
    "brackets without an end": (answer("[ ![ " * 3000), "over-limit"),
    "elements without a floor": (answer("<div>" * 900 + "x"), "over-limit"),
    "cell of millions": (answer('<table><tr><td colspan="20000000">x</td></tr></table>'), "over-limit"),
    "code without an end": (answer("```\n" + "x = 1\n" * 2_000 + "```"), "over-limit"),
    "code without an end, indented": (answer("So:\n\n" + "    x = 1\n" * 2_001), "over-limit"),
    "code without an end, in a list": (answer("- ```\n" + "  x = 1\n" * 2_000 + "  ```"), "over-limit"),
    "code without an end, as HTML": (answer("<pre>\n" + "x = 1\n" * 2_000 + "</pre>"), "over-limit"),
    "rows of millions": (answer('<table><tr><td rowspan="20000000">x</td></tr></table>'), "over-limit"),
    "formula without an end": (answer(f"${'x+' * 900}x$"), "over-limit"),
    "formula without a floor": (answer(r"$" + r"\frac{1}{" * 40 + "x" + "}" * 40 + "$"), "over-limit"),
    "formula of brackets": (answer(r"$" + r"\left(" * 40 + "x" + r"\right)" * 40 + "$"), "over-limit"),
    "script in a formula": (answer(r"$\text{<script>alert(1)</script>}$"), "bad-maths"),
    "link in a formula": (answer(r"$\href{javascript:alert(1)}{x}$"), "bad-maths"),
    "attribute in a formula": (answer(r'$\color{red" onclick="alert(1)}{x}$'), "bad-maths"),
    "attribute in a length of a formula": (answer(r'$\hspace{1em" onclick="alert(1)}x$'), "bad-maths"),
    "style in a formula": (answer(r"$\style{background: url(http://example.org)}{x}$"), "bad-maths"),
    "class in a formula": (answer(r"$\class{x}{y}$"), "bad-maths"),
    "character that ends a string": (answer("a\0b"), "control-character"),
    "character that moves a terminal": (answer("\x1b[2J"), "control-character"),
    "entity of such a character": (answer("&#27;[2J"), "control-character"),
    "bytes that are no text": ({"02-more.md": b"## Why?\n\xff"}, "not-utf8"),
}  # fmt: skip


@pytest.mark.parametrize("attack", TEXTS)
def test_a_text_that_asks_for_too_much_is_refused(attack: str, refused: Callable[..., str]) -> None:
    refused(*TEXTS[attack])
    assert not Path("pwned").exists()


@pytest.mark.parametrize("digits", ["٣", "3٣", "३"])
def test_digits_of_any_script_come_to_an_end_in_chemistry(digits: str) -> None:
    assert convert_to_mathml(rf"\ce{{H{digits}O}}", display=False).count("<msub>") == 1


ADDED_NAMES = [
    "page-2",
    "page-iv",
    "chapter-more-note-1",
    "answers-more-note-1",
]


@pytest.mark.parametrize("name", ADDED_NAMES)
def test_an_identifier_that_a_book_adds_is_refused(name: str, refused: Callable[..., str]) -> None:
    refused(answer(f'So <span id="{name}">it</span> is.', "{#q}"), "duplicate-id")


def test_a_question_and_a_chapter_of_the_name_of_a_page_get_other_identifiers(folder: Path) -> None:
    put({"02-page-2.md": "## Page 1\n\n### Answer\nSo.\n\n## Page iv?\n\n### Answer\nSo.\n"})
    assert build.main(["-q", "-e", "guide", "-e", "tablet"]) == 0
    (book,) = Path("dist").glob("*.epub")
    conforms(book)
    text = b"".join(data for name, data in entries(book).items() if name.endswith(".xhtml"))
    assert all(b'id="%b"' % name in text for name in (b"page-1-2", b"page-iv-2", b"chapter-page-2"))


@pytest.mark.parametrize("limit", ["file", "guide", "chapters", "questions", "figure", "figures"])
def test_a_guide_that_is_too_large_is_refused(
    limit: str, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = limits.LIMITS[limit]
    monkeypatch.setitem(limits.LIMITS, limit, limits.Limit(1, held.unit, held.fix))
    assert f"and 1 are the most [over-limit]\n  fix: {held.fix}" in refused({}, "over-limit")


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("text", ["_a" * 49_000, "`a``b" * 19_000], ids=["marks", "ticks"])
def test_a_text_that_takes_for_ever_is_stopped(text: str, jobs: str, refused: Callable[..., str]) -> None:
    # The first of the chapters, so that a busy machine finds no other one too slow before it.
    (chapter,) = answer("\n\n".join([text] * 20)).values()
    said = refused({"00-long.md": chapter}, "over-limit", "-j", jobs, "--sheet-time", "1")
    assert "content/00-long.md" in said
    assert "this takes more than 1 seconds of work" in said


def wait_forever(*_: object, **__: object) -> None:
    while True:
        sleep(0.01)


@pytest.mark.parametrize(
    ("command", "module", "name", "subject"),
    [
        ("check", app, "read_project", "the reading of this guide"),
        ("build", app, "read_project", "the reading of this guide"),
        ("dump", app, "read_project", "the reading of this guide"),
        ("check", pipeline, "find_problems", "the check of this guide"),
        ("build", pipeline, "find_problems", "the check of this guide"),
        ("build", Composition, "compose", "the edition `guide`"),
    ],
)
def test_each_stage_of_a_build_is_stopped_in_time(
    command: str,
    module: object,
    name: str,
    subject: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put({})
    monkeypatch.setattr(module, name, wait_forever)
    assert build.main([command, "content", "--sheet-time", "2"]) == 1
    assert f"content: {subject} takes more than 2 seconds of work [over-limit]" in capsys.readouterr().err


def test_a_dump_is_stopped_in_time(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chapter,) = answer("\n\n".join(["_a" * 49_000] * 20)).values()
    put({"00-long.md": chapter})
    assert build.main(["dump", "content", "--sheet-time", "1"]) == 1
    assert "content/00-long.md: this takes more than 1 seconds of work [over-limit]" in capsys.readouterr().err


UNKNOWN_NAMES: dict[str, tuple[Files, str]] = {
    "links": (answer("[x](#w)\n\n" * 300), "broken-link"),
    "figures": (answer("![x](figures/dot.svg)\n\n" * 300), "missing-figure"),
    "terms": ({**answer("[x](#term-y)\n\n" * 300), "99-g.md": "---\nkind: glossary\n---\n\nyes\n: A word.\n"}, "missing-term"),
    "parts": (answer("So.\n\n" + "".join(f"### Hin {n}\n\nSo.\n\n" for n in range(300))), "unknown-part"),
    "marks": (answer("So.", "{" + "".join(f".eas{n} " for n in range(300)) + "}"), "unknown-mark"),
    "tags": ({"02-more.md": "".join(f"## Why {n}? {{tags=\"many t{n}\"}}\n\n### Answer\nSo.\n\n" for n in range(300))}, "lone-tag"),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNKNOWN_NAMES)
def test_unknown_names_are_compared_only_as_often_as_they_are_shown(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    compared: list[str] = []

    def compare(word: str, known: Sequence[str], n: int, cutoff: float) -> list[str]:
        compared.append(word)
        return get_close_matches(word, known, n, cutoff)

    monkeypatch.setattr(problems, "get_close_matches", compare)
    files, rule = UNKNOWN_NAMES[kind]
    put(files)
    build.main(["check"])
    said = capsys.readouterr()
    assert f"more [{rule}]" in said.err + said.out
    assert len(compared) <= 200  # of parts once for their rule, and once for the answer that may be among them


def test_a_word_is_compared_with_few_names_and_short_ones() -> None:
    names = problems.NameSuggester([*(f"name-{n}" for n in range(9000)), "x" * 500])
    assert names.find_nearest("name-4321x") == "name-4321"
    assert names.find_nearest("x" * 499) == ""


# ---------------------------------------------------------------- what is said


def test_no_name_of_a_file_moves_a_terminal_or_speaks_to_what_reads_the_log(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    put(
        {
            "02-\x1b[2J\n::error::\x9b\u202ex.md": "## Why?\n",
            b"03-\xff.md".decode("utf-8", "surrogateescape"): "## Why?\n",
        }
    )
    assert build.main(ONE) == 1
    said = "".join(capfd.readouterr())
    assert "\x1b" not in said
    assert not any(line.startswith("::") for line in said.splitlines())
    for form in FORMATS:
        assert build.main(["check", "--format", form]) == 1
        said = "".join(capfd.readouterr())
        assert "not-utf8" in said
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)
        assert form == "github" or not any(line.startswith("::") for line in said.splitlines())
        assert all(line.startswith("::error file=content/") for line in said.splitlines() if line.startswith("::"))


# ---------------------------------------------------------------- the finished books

HOSTILE_TITLE = "A) /OpenAction << /S /JavaScript /JS (app.alert(1)) >> ( \\ & <b>{{ 811*127 }}</b> %s"
HOSTILE = r"""---
title: "{{ 911*113 }} <script>alert(1)</script> ]]> -->"
summary: "<img src=figures/dots.svg alt=dots onerror=alert(1)> ${911*113} {% include '/etc/passwd' %}"
---
{{ 911*113 }} and {% include "/etc/passwd" %} and {{ config.__class__.__mro__ }} and \1 \g<0> %s %(x)s {0}.

<script>alert("script")</script>
<style>body { background: url(http://127.0.0.1:PORT/style.png) }</style>
<link rel="stylesheet" href="http://127.0.0.1:PORT/link.css">
<link rel="attachment" href="file:///etc/passwd">
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:PORT/meta">
<base href="http://127.0.0.1:PORT/">
<iframe src="http://127.0.0.1:PORT/iframe"></iframe>
<object data="http://127.0.0.1:PORT/object"></object><embed src="http://127.0.0.1:PORT/embed">
<form action="http://127.0.0.1:PORT/form"><input name="x" onfocus="alert(1)" autofocus><button>Send</button></form>
<video src="http://127.0.0.1:PORT/video" autoplay></video><audio src="http://127.0.0.1:PORT/audio"></audio>
<svg onload="alert(1)"><script>alert(1)</script><image href="http://127.0.0.1:PORT/svg.png"/></svg>
<math><maction actiontype="statusline" href="javascript:alert(1)">x</maction></math>

<p onclick="alert(1)" style="background: url(http://127.0.0.1:PORT/p.png)">A paragraph that is <b onmouseover="alert(1)">clicked</b>.</p>
<table background="http://127.0.0.1:PORT/table.png"><tr><td style="text-align: url(http://127.0.0.1:PORT/td.png)">A cell</td></tr></table>
<div class="specimen">A specimen</div> <span class="hole">0000</span> <span class="footnote">A note</span>
<a href="https://example.org/x)/S/JavaScript/JS(app.alert(1))" ping="http://127.0.0.1:PORT/ping" target="_top" rel="attachment">Away</a>

A [link of a title](https://example.org "x) /Launch (y"){ onclick="alert(1)" style="position: fixed" } and <javascript:alert(1)>.

## What is {{ 911*113 }} <script>alert(1)</script>? {#a)b<c .easy tags="{{811*127}} <i>"}

```{.python onclick="alert(1)" #x style="background: url(http://127.0.0.1:PORT/code.png)"}
print("{{ 911*113 }}")  # </code><script>alert(1)</script>
```

```python run
open("PWNED", "w").close()
```

<!-- check: open("PWNED", "w").close() is None -->

- [ ] <script>alert(1)</script> One
- [x] Two

### Hint
$\hspace{1em}x$ and $\text{a" onclick="alert(1)}$

### Answer
It is {{ 911*113 }}.[^1]

[^1]: <script>alert(1)</script> A note {{ 911*113 }}.

### Explanation
![x" onerror="alert(1)](figures/dots.svg "<script>alert(1)</script> {{ 911*113 }}")
"""


def list_book_classes() -> list[str]:
    """Return every class that the styles, the templates and the Markdown of a book know."""
    styles = [path.read_text() for path in (ROOT / "styles").rglob("*.css")]
    pages = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    code = [path.read_text() for path in (ROOT / "studyguide").rglob("*.py")]
    found = {name for text in styles for name in re.findall(r"\.([a-z][a-z-]+)(?=[^{}]*\{)", text)}
    found |= {
        name
        for text in (*pages, *code)
        for names in re.findall(r'class=\\?"([a-z -]+)', text)
        for name in names.split()
    }
    return sorted(found | {"arithmatex", "note-again", "footnote"})


CLASSES = list_book_classes()
IN_CLASSES = "\n\n".join(
    f'<div class="{name}">div{serial}q</div>\n\nA <span class="{name} verso">span{serial}q</span>\n\nWith{serial}q\n{{: .{name}}}'
    for serial, name in enumerate(CLASSES)
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """The books of a guide that tries all at once, and what was reached while they were made."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("hostile")
        patch.chdir(folder)
        seen = reached.__wrapped__(patch)
        asked = next(seen)
        authors = '["<script>alert(1)</script>", "B) /JS (x"]'
        keys = "".join(
            f'{key} = "{key} {{{{ 911*113 }}}} </x> --> <script>"\n'
            for key in ("subtitle", "series", "licence", "description")
        )
        title = HOSTILE_TITLE.replace("\\", "\\\\")
        put(
            {
                "guide.toml": f'title = "{title}"\nname = "books"\nauthors = {authors}\ndate = 2026-01-31\n{keys}'
                + "\n".join(f'[editions.{maths}]\noutput = "epub"\nmaths = "{maths}"' for maths in ("mathml", "both"))
                + '\n[editions.deck]\noutput = "anki"\n',
                "02-hostile.md": HOSTILE.replace("PORT", os.environ["ATTACKED_PORT"]).replace(
                    "PWNED", str(folder / "pwned")
                ),
                "03-classes.md": f"## Which classes are there?\n\n### Answer\n\n{IN_CLASSES}\n",
            }
        )
        editions = ("guide", "teacher", "tablet", "mathml", "both", "deck")
        assert build.main(["-q", "-j", "1", *(word for name in editions for word in ("-e", name))]) == 0
        yield folder, asked
        seen.close()


def documents(folder: Path) -> Iterator[tuple[str, etree._Element]]:
    """Every XML file of every EPUB."""
    for path in sorted((folder / "dist").glob("*.epub")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith((".xhtml", ".svg", ".opf", ".ncx", ".xml")):
                    yield f"{path.name}/{name}", etree.fromstring(archive.read(name))


def test_nothing_is_fetched_for_a_book(books: tuple[Path, list[str]]) -> None:
    assert books[1] == []


def test_no_code_of_a_guide_is_run_by_a_build(books: tuple[Path, list[str]]) -> None:
    assert not (books[0] / "pwned").exists()


def test_an_epub_holds_nothing_that_acts(books: tuple[Path, list[str]]) -> None:
    acting = {"script", "iframe", "frame", "object", "embed", "form", "input", "button", "base", "video", "audio", "foreignObject", "maction"}  # fmt: skip
    count = 0
    for where, root in documents(books[0]):
        for element in root.iter("*"):
            tag = etree.QName(element).localname
            assert tag not in acting, where
            assert tag != "style" or where.endswith(".svg"), where
            assert tag != "link" or (element.get("rel"), element.get("href")) == ("stylesheet", "style.css"), where
            assert not (tag == "meta" and element.get("http-equiv")), where
            for name, value in element.attrib.items():
                plain = etree.QName(name).localname.lower()
                assert not plain.startswith("on"), (where, name)
                assert plain not in ("ping", "target", "background", "srcset", "formaction", "base"), (where, name)
                if plain in ("href", "src"):
                    assert re.match(r"https?://|mailto:|[\w./-]*(#.*)?$", value), (where, value)
                if plain == "style":
                    assert "url" not in value, (where, value)
                    assert "position" not in value, (where, value)
            count += 1
    assert count > 1000


def test_a_deck_for_anki_holds_nothing_that_acts(books: tuple[Path, list[str]]) -> None:
    with zipfile.ZipFile(books[0] / "dist/books-deck.apkg") as archive:
        media = json.loads(archive.read("media"))
        database = sqlite3.connect(":memory:")
        database.deserialize(archive.read("collection.anki2"))
    assert all(re.fullmatch(r"[0-9a-f]{16}-[\w-]*\.(svg|png)", name) for name in media.values())
    ((types,),) = database.execute("select models from col")
    (kind,) = json.loads(types).values()
    faces = [kind["tmpls"][0][face] for face in ("qfmt", "afmt")]
    assert "911" not in "".join(faces)
    fields = [field for (row,) in database.execute("select flds from notes") for field in row.split("\x1f") if field]
    count = 0
    for text in (*faces, *fields):
        assert not re.search(r"\[(sound:|anki:|/?latex\]|/?\$)", text)
        for element in html.fragment_fromstring(text, create_parent=True).iter("*"):
            assert element.tag not in {
                "script",
                "iframe",
                "object",
                "embed",
                "form",
                "input",
                "style",
                "svg",
                "link",
                "meta",
            }
            assert not any(
                name.startswith("on") or name in ("id", "srcset") for name in element.attrib if text not in faces
            )
            assert re.match(r"https?://|mailto:|$", element.get("href", ""))
            assert element.get("src", "") in ("", *media.values())
            assert "url" not in element.get("style", "")
            count += 1
    assert count > 200


def test_a_pdf_holds_nothing_that_acts(books: tuple[Path, list[str]]) -> None:
    for path in sorted((books[0] / "dist").glob("*.pdf")):
        with pikepdf.open(path) as pdf:
            assert not {"/OpenAction", "/AA", "/AcroForm", "/URI"} & set(pdf.Root.keys())
            actions = set()
            for thing in pdf.objects:
                if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                    assert not {"/JS", "/JavaScript", "/Launch", "/AA", "/EmbeddedFiles", "/RichMedia"} & set(
                        thing.keys()
                    )
                    if thing.get("/S") in (
                        "/JavaScript",
                        "/Launch",
                        "/URI",
                        "/SubmitForm",
                        "/GoToR",
                        "/ImportData",
                        "/Named",
                    ):
                        actions.add((str(thing.S), str(thing.get("/URI"))))
            for page in pdf.pages:
                for note in page.get("/Annots", []):
                    if "/A" in note:
                        actions.add((str(note.A.S), str(note.A.get("/URI"))))
        assert {kind for kind, _ in actions} == {"/URI"}
        assert all(address.startswith("https://example.org") for _, address in actions)
        assert any(address.endswith("app.alert(1))") for _, address in actions)


def test_no_text_of_a_guide_is_a_template(books: tuple[Path, list[str]]) -> None:
    for path in sorted((books[0] / "dist").glob("*.pdf")):
        held("\n".join(page_texts(path)))
    for name in ("books.epub", "books-mathml.epub"):
        pages = [data for each, data in entries(books[0] / "dist" / name).items() if each.endswith(".xhtml")]
        held("\n".join("".join(etree.fromstring(page).itertext()) for page in pages))


def held(text: str) -> None:
    """Assert that the typed text is there, and nothing that it would turn into."""
    text = " ".join(text.split())
    assert text.count("{{ 911*113 }}") > 8
    assert "{% include" in text
    assert r"\1 \g<0> %s %(x)s {0}" in text
    assert "{{ 811*127 }}" in text
    assert not re.search(r"102943|102997", text)
    assert "root:" not in text
    assert "<class" not in text


def test_no_text_has_a_class_of_the_book(books: tuple[Path, list[str]]) -> None:
    wanted = {f"{word}{serial}q" for serial in range(len(CLASSES)) for word in ("div", "span", "With")}
    assert len(wanted) > 200
    for path in sorted((books[0] / "dist").glob("*.pdf")):
        assert wanted <= set(re.findall(r"\w+", "\n".join(page_texts(path)))), path.name
    for where, root in documents(books[0]):
        for element in root.iter("{http://www.w3.org/1999/xhtml}div", "{http://www.w3.org/1999/xhtml}span"):
            if re.fullmatch(r"(div|span)\d+q", element.text or ""):
                wanted -= {element.text}
                assert all(name.startswith("user-") for name in element.get("class").split()), where
    assert not [each for each in wanted if not each.startswith("With")]


def test_the_paths_in_an_epub_stay_in_it(books: tuple[Path, list[str]]) -> None:
    for path in sorted((books[0] / "dist").glob("*.epub")):
        names = zipfile.ZipFile(path).namelist()
        assert len({name.casefold() for name in names}) == len(names)
        assert all(re.fullmatch(r"mimetype|META-INF/container\.xml|EPUB/[\w.-]+(/[\w.-]+)*", name) for name in names)
        assert not any(".." in name.split("/") for name in names)


def test_the_books_of_a_hostile_guide_are_written_where_they_belong(books: tuple[Path, list[str]]) -> None:
    found = {str(path.relative_to(books[0])) for path in books[0].rglob("*") if "content" not in path.parts}
    assert found == {
        "dist",
        *(f"dist/books{end}" for end in (".pdf", "-teacher.pdf", ".epub", "-mathml.epub", "-both.epub", "-deck.apkg")),
    }


# ---------------------------------------------------------------- the machine's own folders


def test_a_link_in_the_place_of_a_book_is_replaced_and_not_followed(small: Path) -> None:
    Path("precious").write_text("old")
    Path("dist").mkdir()
    Path("dist/a-small-guide.epub").symlink_to("../precious")
    assert build.main(["-q", "-e", "tablet"]) == 0
    assert Path("precious").read_text() == "old"
    assert zipfile.is_zipfile("dist/a-small-guide.epub")
    assert not Path("dist/a-small-guide.epub").is_symlink()


def test_a_list_of_moves_that_came_with_a_folder_moves_nothing_out_of_it(small: Path) -> None:
    Path("dist").mkdir()
    Path("precious").write_text("old")
    Path("dist/way").symlink_to("..")
    names = ("../precious", "way/precious", str(Path("precious").absolute()), "a/../../precious", "", ".")
    moves = {f".studyguide-{number}.part": name for number, name in enumerate(names)}
    for part in moves:
        Path("dist", part).write_text("evil")
    moves |= {"../precious": "b.pdf", ".studyguide-b.part": 7}
    Path("dist/.studyguide-moves").write_text(json.dumps(moves))
    assert build.main(["-q", "-e", "tablet"]) == 0
    assert Path("precious").read_text() == "old"
    assert sorted(path.name for path in Path("dist").iterdir()) == ["a-small-guide.epub", "way"]


WEB = '[editions.web]\noutput = "web"\n'


def test_a_list_of_files_that_came_with_a_folder_deletes_nothing_outside_of_it(small: Path) -> None:
    lay(Path("content"), {"guide.toml": SMALL["guide.toml"] + WEB})
    site, precious = Path("dist/a-small-guide-web"), Path("dist/precious")
    site.mkdir(parents=True)
    precious.write_text("old")
    (site / "way").symlink_to("..")
    (site / "own").write_text("old")
    digest = sha256(b"old").hexdigest()
    names = ("../precious", str(precious.absolute()), "way/precious", "a/../../precious", "a\0b", "", ".", "way")
    (site / ".studyguide-files").write_text(json.dumps({**dict.fromkeys(names, digest), "own": digest, "x": 3}))
    assert build.main(["-q", "-e", "web"]) == 0
    assert precious.read_text() == "old"
    assert (site / "way").is_symlink()
    assert not (site / "own").exists()


def test_no_text_of_a_guide_runs_in_a_browser(small: Path, chromium: Any) -> None:
    evil = '</script><script>window.hacked = 1</script><img src=figures/dots.svg alt=dots onerror="window.hacked = 2">\'"--><svg onload=hacked=3>'
    escaped = evil.replace('"', '\\"')
    config = re.sub(r'title = ".*"', f'title = "T {escaped}"\ndescription = "D {escaped}"', SMALL["guide.toml"])
    chapter = (
        f"---\ntitle: C {evil}\nsummary: S {evil}\n---\n# Section {evil} {{#part}}\n\n## Q [____](one {evil}; two) {evil} "
        f'{{#one tags="a b"}}\n\n{evil}\n\n<p id="-text" onclick="hacked=4">x</p>\n\n`{evil}`[^n]\n\n- [ ] {evil}\n- [x] b\n\n'
        f"### Answer\n{evil}\n\n```js\n{evil}\n```\n\n[^n]: {evil}\n"
    )
    lay(
        Path("content"),
        {"guide.toml": config.replace("language", 'name = "evil"\nlanguage') + WEB, "02-evil.md": chapter},
    )
    assert build.main(["-q", "-e", "web"]) == 0
    page = chromium.new_page()
    for name in ("index", "chapter-evil", "by-subject"):
        page.goto(Path(f"dist/evil-web/{name}.html").absolute().as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.evaluate("document.querySelectorAll('main *').forEach(each => each.dispatchEvent(new Event('click')))")
        assert page.evaluate("typeof window.hacked") == "undefined", name
        scripts = page.evaluate("[...document.scripts].map(each => each.src.split('/').pop())")
        assert set(scripts) <= {"site.js", "checks.js", "search.js", "self-test.js"}, name
    page.close()


def test_a_pipe_in_the_place_of_a_book_is_left_alone(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("dist").mkdir()
    os.mkfifo("dist/a-small-guide.epub")
    assert build.main(["-q", "-e", "tablet"]) == 1
    said = "dist/a-small-guide.epub: there is a pipe or a device of this name; nothing was replaced"
    assert said in capsys.readouterr().err
    assert Path("dist/a-small-guide.epub").is_fifo()


@pytest.mark.parametrize("place", ["pipe", "link"])
def test_no_questions_are_written_in_the_place_of_a_pipe(
    place: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo("pipe")
    Path("link").symlink_to("pipe")
    assert build.main(["export", "content", "--to", "gift", "-o", place]) == 2
    assert f"`{place}` is no file; write the name of one" in capsys.readouterr().err
    assert Path("pipe").is_fifo()
    assert Path("link").is_symlink()


def test_no_name_of_a_file_begins_a_line_of_what_an_import_or_an_export_says(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "01-b\n::error::\x1b[2Jx.md"
    lay(folder, {f"old/{name}": "# What is it?\n\nSo.\n", "old/02-c.md": "# What is that?\n\nSo.\n"})
    lay(folder, {**SMALL, name: "---\nkind: prose\n---\nSo.\n"})
    assert build.main(["import", "old", "--to", "new"]) == 0
    assert build.main(["export", ".", "--to", "gift", "-o", "a.gift"]) == 0
    said = "".join(capsys.readouterr())
    assert said.count("01-b ::error::\ufffd[2Jx.md") == 2
    assert "\n::error::" not in said


JOURNALS: dict[str, bytes | Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "link to a device without an end": link("/dev/zero"),
    "ring of links": link(".studyguide-moves"),
    "lists without a floor": b"[" * 200_000,
    "objects without a floor": b'{"a":' * 100_000,
    "gigabytes": lambda path: (path.touch(), os.truncate(path, 20_000_000_000))[0],
    "name that ends early": rb'{".studyguide-a.part": "a\u0000b"}',
    "folder that ends early": rb'{".studyguide-a.part": "a\u0000b/c"}',
    "name that no system can write": rb'{".studyguide-a.part": "\ud800"}',
}


@pytest.mark.parametrize("attack", JOURNALS)
def test_a_list_of_moves_that_no_build_has_written_is_none(attack: str, small: Path) -> None:
    Path("dist").mkdir()
    Path("dist/.studyguide-a.part").write_text("evil")
    held = JOURNALS[attack]
    held(Path("dist/.studyguide-moves")) if callable(held) else Path("dist/.studyguide-moves").write_bytes(held)
    assert build.main(["-q", "-e", "tablet"]) == 0
    assert [path.name for path in Path("dist").iterdir()] == ["a-small-guide.epub"]


def test_an_import_writes_nothing_outside_of_its_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "# Old\n\n### What is it?\n\n![A](../old/a.svg)\n\n### Why is it?\n\nSo.\n"
    lay(folder, {"old/guide.md": text, "old/a.svg": SMALL["figures/dots.svg"]})
    assert build.main(["import", "old/guide.md", "--to", "new"]) == 1
    assert capsys.readouterr().err == "./build.py: new/../old/a.svg: this is not in the folder; nothing was replaced\n"
    assert list(Path("new").iterdir()) == []


@pytest.mark.parametrize("attack", ["**" * 20_000, "<details><summary>" * 4_000, "#### What?\n\nA. b\n" * 4_000])
def test_a_guide_of_another_format_is_stopped_in_time(
    attack: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(folder, {"guide.md": attack})
    assert build.main(["check", "guide.md", "--sheet-time", "0.001"]) == 1
    assert (
        "guide.md: the reading of this guide takes more than 0.001 seconds of work [over-limit]"
        in capsys.readouterr().err
    )


class Call:
    """Pickles as a call of something that a module of this program has imported."""

    def __init__(self, module: bytes, name: bytes, argument: str) -> None:
        self.data = (
            b"\x80\x04"
            + b"".join(b"\x8c" + bytes([len(word)]) + word for word in (module, name))
            + b"\x93\x8c" + bytes([len(argument)]) + argument.encode() + b"\x85R."
        )  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (b"os", b"mkdir"),
        (b"builtins", b"exec"),
        (b"studyguide.runtime.write", b"os.mkdir"),
        (b"studyguide.runtime.cache", b"glob"),
    ],
)
def test_an_entry_of_the_cache_calls_nothing(
    module: bytes, name: bytes, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDYGUIDE_CACHE", str(tmp_path / "cache"))
    assert build.main(["-q", "-e", "tablet"]) == 0
    made = Path("dist/a-small-guide.epub").read_bytes()
    evil = Call(module, name, str(tmp_path / "pwned")).data
    with suppress(TypeError, SyntaxError):
        pickle.loads(evil)  # it is an attack indeed
    if (tmp_path / "pwned").exists():
        (tmp_path / "pwned").rmdir()
    entries = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    for path in entries:
        path.write_bytes(sha256(evil).digest() + evil)
    Path("dist/a-small-guide.epub").unlink()
    assert build.main(["-q", "-e", "tablet"]) == 0
    assert not (tmp_path / "pwned").exists()
    assert Path("dist/a-small-guide.epub").read_bytes() == made


def replace_by(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Put something else into the place of a file."""

    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


ENTRIES: dict[str, Callable[[Path], None]] = {
    "pipe": replace_by(os.mkfifo),
    "link to a device without an end": replace_by(link("/dev/zero")),
    "link to another file": replace_by(link(str(ROOT / "README.md"))),
    "folder": replace_by(Path.mkdir),
    "gigabytes": lambda path: os.truncate(path, 20_000_000_000),
}


@pytest.mark.parametrize("attack", ENTRIES)
def test_what_is_no_file_in_a_cache_is_no_entry(
    attack: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDYGUIDE_CACHE", str(tmp_path / "cache"))
    assert build.main(["-q", "-e", "tablet"]) == 0
    made, text = Path("dist/a-small-guide.epub").read_bytes(), (ROOT / "README.md").read_bytes()
    for path in [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]:
        ENTRIES[attack](path)
    Path("dist/a-small-guide.epub").unlink()
    assert build.main(["-q", "-e", "tablet"]) == 0
    assert Path("dist/a-small-guide.epub").read_bytes() == made
    assert (ROOT / "README.md").read_bytes() == text


def test_a_watch_goes_on_whatever_takes_the_place_of_a_file(small: Path, tmp_path: Path) -> None:
    chapter = small / "01-first-things.md"
    source = chapter.read_text()
    with watching(tmp_path) as (_, said):
        save_until_built(chapter, source.replace("Zero is less.", "Zero is least."), said)
        (small / "b\n::error::x.txt").touch()
        until(lambda: "b ::error::x.txt" in said())
        nameless = small / os.fsdecode(b"\xff.md")
        nameless.touch()
        until(lambda: "[not-utf8]" in said())
        nameless.unlink()
        until(lambda: "problems: 1 mended, 0 to mend" in said())
        for make in (Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/etc/passwd")):
            count = said().count("[outside-content]")
            chapter.unlink()
            make(chapter)
            until(lambda: said().count("[outside-content]") > count)  # noqa: B023
            chapter.rmdir() if chapter.is_dir() else chapter.unlink()
            save_until_built(chapter, f"{source}\nRound {count}.\n", said)


# ---------------------------------------------------------------- what is promised is tried


def test_pictures_within_the_limits_are_no_attack(folder: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    put({**svg(f'<image href="{data_of("png", out.getvalue())}" width="9" height="9"/>')})
    assert build.main(["check"]) == 0


def test_a_strangers_repository_is_asked_for_its_day_and_starts_no_program(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(small, 1_600_000_000)
    trap = Path("trap").absolute()
    trap.write_text("#!/bin/sh\ntouch sprung\n")
    trap.chmod(0o755)
    settings = {
        "log.showSignature": "true",
        "gpg.program": str(trap),
        "core.fsmonitor": str(trap),
        "core.pager": str(trap),
        "core.sshCommand": str(trap),
        "core.alternateRefsCommand": str(trap),
        "diff.external": str(trap),
        "pager.rev-list": str(trap),
        "alias.rev-list": f"!{trap}",
    }
    for key, value in settings.items():
        subprocess.run(["git", "config", key, value], check=True)
    # The trap is one: git itself walks into it.
    subprocess.run(["git", "status"], check=True, capture_output=True)
    assert Path("sprung").exists()
    Path("sprung").unlink()
    lay(small, {"guide.toml": 'title = "Without a date"\n'})
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert read_project("content").date == date(2020, 9, 13)
    assert not Path("sprung").exists()


def replace_by_pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def append(text: str) -> Callable[[Path], None]:
    return lambda path: path.write_text((path.read_text() if path.exists() else "") + text)


REPOSITORIES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "settings that include what is typed": ("config", append("[include]\n\tpath = /dev/stdin\n")),
    "the same, on a line with others": ("config", append("[core] [ INCLUDE] path = /dev/stdin\n")),
    "the same, under a condition": ("config", append('[includeIf "gitdir:/"]\n\tpath = /dev/stdin\n')),
    "the same, in settings of a working tree": ("config.worktree", append("[include]\n\tpath = /dev/stdin\n")),
    "settings without an end": ("config", append("# x\n" * 100_000)),
    "settings that are a pipe": ("config", replace_by_pipe),
    "settings that are a link": ("config", lambda path: (path.unlink(), path.symlink_to("../secret"))),
    "branch of now that is a pipe": ("HEAD", replace_by_pipe),
    "branches that are a pipe": ("packed-refs", replace_by_pipe),
    "commits with other parents, without an end": ("info/grafts", link("/dev/zero")),
    "objects that are a pipe": ("objects/info/alternates", os.mkfifo),
    "branch that is a pipe": ("refs/heads/main", replace_by_pipe),
}


@pytest.mark.parametrize("attack", REPOSITORIES)
def test_a_strangers_repository_keeps_nobody_waiting(attack: str, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(small, 1_600_000_000)
    subprocess.run(["git", "branch", "-q", "-M", "main"], check=True)
    name, attempt = REPOSITORIES[attack]
    Path(".git", name).parent.mkdir(exist_ok=True)
    attempt(Path(".git", name))
    monkeypatch.setattr(dates, "_GIT_SECONDS", 1)
    lay(small, {"guide.toml": 'title = "Without a date"\n'})
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    found = read_project("content").date
    # Git need not read all branches.
    assert found is None or (attack == "branches that are a pipe" and found == date(2020, 9, 13))


POINTERS: dict[str, Callable[[Path], None]] = {
    "a file that names it": lambda path: path.write_text("gitdir: ../other/.git\n"),
    "a link to it": link("../other/.git"),
    "a ring of links": link(".git"),
    "a file of another working tree": lambda path: path.write_text("gitdir: ../other/.git/worktrees/tree\n"),
    "a file that is no text": lambda path: path.write_bytes(b"gitdir: \xff\0\n"),
    "a repository that takes its files from it": lambda path: (
        path.mkdir(),
        (path / "commondir").write_text("../../other/.git\n"),
        (path / "HEAD").write_bytes(Path("other/.git/HEAD").read_bytes()),
    ),
}


@pytest.mark.parametrize("attack", POINTERS)
def test_a_repository_of_this_machine_is_not_asked_for_a_strangers_guide(
    attack: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = lay(folder / "other", {"a.md": "x"})
    monkeypatch.chdir(other)
    commit(other, 1_600_000_000)
    subprocess.run(["git", "worktree", "add", "-q", "../tree"], check=True)
    monkeypatch.chdir(folder)
    put({"guide.toml": 'title = "Without a date"\n'})
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    POINTERS[attack](Path("content/.git"))
    assert read_project("content").date is None


def test_working_trees_and_submodules_have_a_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = lay(folder / "other", {"a.md": "## Why?\n\n### Answer\nSo.\n"})
    monkeypatch.chdir(other)
    commit(other, 1_600_000_000)
    outer = folder / "outer"
    for command in (
        ["git", "worktree", "add", "-q", "../tree"],
        ["git", "init", "-q", str(outer)],
        ["git", "-c", "protocol.file.allow=always", "-C", str(outer), "submodule", "add", "-q", str(other), "inner"],
    ):
        subprocess.run(command, check=True)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    for guide in (folder / "tree", outer / "inner"):
        assert read_project(str(guide)).date == date(2020, 9, 13)


@pytest.mark.parametrize("seconds", ["253402300800", "9223372036854775807", "99999999999999999999999", "-5"])
def test_a_day_that_no_calendar_has_is_none(seconds: str, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(small, 1_600_000_000)
    tree = subprocess.run(
        ["git", "rev-parse", "HEAD^{tree}"], check=True, capture_output=True, text=True
    ).stdout.strip()
    person = f"a <a@example.org> {seconds} +0000"
    text = f"tree {tree}\nauthor {person}\ncommitter {person}\n\nx\n"
    write = ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
    name = subprocess.run(write, check=True, capture_output=True, text=True, input=text).stdout
    for branch in Path(".git/refs/heads").iterdir():
        branch.write_text(name)
    lay(small, {"guide.toml": 'title = "Without a date"\n'})
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert read_project("content").date is None


def test_a_folder_that_git_would_take_for_a_repository_is_none(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(small, 1_600_000_000)
    for path in Path(".git").iterdir():
        path.rename(small / path.name)
    Path(".git").rmdir()
    lay(small, {"guide.toml": 'title = "Without a date"\n'})
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert read_project("content").date is None


def test_a_quiz_cannot_name_a_file_of_this_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret.txt").write_text("secret words", encoding="utf-8")
    entity = f'<!DOCTYPE quiz [<!ENTITY a SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    question = '<question type="essay"><questiontext><text>What? &a;</text></questiontext></question>'
    (tmp_path / "quiz.xml").write_text(f"{entity}\n<quiz>{question}</quiz>", encoding="utf-8")
    assert build.main(["import", str(tmp_path / "quiz.xml"), "--to", str(tmp_path / "new")]) == 1
    assert "this XML has a `<!DOCTYPE`" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


PACKAGES = {
    "file above": ("../up.xml", 0o644, "whose name leads out of it [outside-content]"),
    "file above in the middle": ("a/../../up.xml", 0o644, "whose name leads out of it [outside-content]"),
    "file of the machine": ("/etc/passwd.xml", 0o644, "whose name leads out of it [outside-content]"),
    "file of a drive": ("C:/a.xml", 0o644, "whose name leads out of it [outside-content]"),
    "file above, as another system writes it": ("..\\up.xml", 0o644, "whose name leads out of it [outside-content]"),
    "name that moves a cursor": ("a\x1b[2J.xml", 0o644, "whose name leads out of it [outside-content]"),
    "link": ("link.png", stat.S_IFLNK | 0o777, "the package has a link, `link.png` [outside-content]"),
    "file that is there twice": ("imsmanifest.xml", 0o644, "two files `imsmanifest.xml` [not-markdown]"),
}


@pytest.mark.parametrize("attack", PACKAGES)
def test_the_files_of_a_package_stay_in_it(attack: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, mode, found = PACKAGES[attack]
    entry = zipfile.ZipInfo("x")
    entry.filename, entry.external_attr, entry.create_system = name, mode << 16, 3
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "quiz.zip", "w") as archive:
        warnings.simplefilter("ignore")  # zipfile warns of a name that is there twice
        archive.writestr("imsmanifest.xml", "<manifest/>")
        archive.writestr(entry, "/etc/passwd")
    import_package(tmp_path, found, capsys)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["quiz.zip"]


def import_package(folder: Path, found: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Import a package that is refused with these words."""
    assert build.main(["import", str(folder / "quiz.zip"), "--to", str(folder / "new")]) == 1
    error = capsys.readouterr().err
    assert found in error
    assert "Traceback" not in error
    assert "\x1b" not in error


def fill_bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("a.xml", bytes(3_900_000))


def fill_many_bombs(archive: zipfile.ZipFile) -> None:
    archive.writestr("a.png", bytes(19_000_000))
    entry = archive.filelist[0]
    # All entries are the bytes of the first.
    for number in range(16):
        copied = copy.copy(entry)
        copied.filename = f"{number}.png"
        archive.filelist.append(copied)


def fill_files(archive: zipfile.ZipFile) -> None:
    for number in range(limits.LIMITS["package-files"].maximum + 1):
        archive.writestr(f"{number}.txt", b"")


def fill_long_text(archive: zipfile.ZipFile) -> None:
    archive.writestr("a.xml", os.urandom(limits.LIMITS["file"].maximum + 1))


BOMBS = {
    "file that unpacks to a thousand times its size": (fill_bomb, "times its own size when it is unpacked"),
    "bytes that are many files": (fill_many_bombs, "bytes when it is unpacked"),
    "too many files": (fill_files, "has 50,001 files, and 50,000 are the most"),
    "text that is too long": (fill_long_text, "quiz.zip/a.xml: the file has 4,000,001 bytes"),
}


@pytest.mark.parametrize("attack", BOMBS)
def test_a_package_that_grows_is_refused_before_it_is_unpacked(
    attack: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill, found = BOMBS[attack]
    with zipfile.ZipFile(tmp_path / "quiz.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    import_package(tmp_path, found, capsys)


def test_a_package_that_states_wrong_sizes_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "quiz.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", bytes(50_000_000))
        archive.filelist[0].file_size = 100
    import_package(tmp_path, "this package is broken", capsys)


def test_a_package_with_a_password_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "quiz.zip", "w") as archive:
        archive.writestr("imsmanifest.xml", "<manifest/>")
        archive.filelist[0].flag_bits |= 1
    import_package(tmp_path, "the file `imsmanifest.xml` needs a password", capsys)


def test_a_package_cannot_name_a_file_of_this_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entity = '<!DOCTYPE manifest [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    with zipfile.ZipFile(tmp_path / "quiz.zip", "w") as archive:
        archive.writestr("imsmanifest.xml", f"{entity}<manifest>&a;</manifest>")
    import_package(tmp_path, "this XML has a `<!DOCTYPE`, which no file of QTI has", capsys)


def test_a_package_shows_no_picture_from_outside_of_it(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PIXEL)
    item = (
        '<assessmentItem identifier="a" title="t"><itemBody><p>What is this?</p><p><img src="../../secret.png" alt="It"/></p>'
        '<extendedTextInteraction responseIdentifier="R"/></itemBody></assessmentItem>'
    )
    manifest = '<manifest><resource type="imsqti_item_xmlv2p1" href="../items/a.xml"/><resource type="imsqti_item_xmlv2p1" href="a.xml"/></manifest>'
    with zipfile.ZipFile(tmp_path / "quiz.zip", "w") as archive:
        archive.writestr("imsmanifest.xml", manifest)
        archive.writestr("a.xml", item)
    assert build.main(["import", str(tmp_path / "quiz.zip"), "--to", str(tmp_path / "new")]) == 0
    assert [*tmp_path.rglob("*.png")] == [tmp_path / "secret.png"]


def test_a_picture_in_a_quiz_is_written_nowhere_else(tmp_path: Path) -> None:
    text = (
        '<quiz><question type="essay"><name><text>n</text></name><questiontext format="html"><text>'
        '&lt;p&gt;What? &lt;img src="@@PLUGINFILE@@/../../up.png"&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;</text>'
        '<file name="up.png" path="/../../" encoding="base64">iVBORw0KGgo=</file></questiontext></question></quiz>'
    )
    folder = tmp_path / "inner"
    folder.mkdir()
    (folder / "quiz.xml").write_text(text, encoding="utf-8")
    assert build.main(["import", str(folder / "quiz.xml"), "--to", str(folder / "new")]) == 0
    assert [*tmp_path.rglob("*.png")] == [folder / "new" / "figures" / "up.png"]
    assert "alert" not in "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.md"))
