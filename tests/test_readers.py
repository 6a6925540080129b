"""An EPUB in the hands of a reader, and under the eyes of two checkers: the sample, one made to break readers, and the real guide.

The reader is foliate-js in Chromium, on a tablet's screen; the checkers are EPUBCheck and Ace by DAISY.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import Built, build_all, conforms, documents, entries, find_epub_faults, module, need
from filelock import FileLock
from hard import QUESTIONS, hard
from PIL import Image

import build

XHTML = "{http://www.w3.org/1999/xhtml}"
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 780}


@pytest.fixture(scope="session")
def hard_book(shared: Path) -> Path:
    """The EPUB of the guide that is made to break readers, built by the first process that asks."""
    folder = shared / "hard"
    with FileLock(shared / "hard.lock"):
        if not (folder / "dist").exists():
            content = hard(folder / "content")
            assert build.main(["build", str(content), "--out", str(folder / "dist"), "-e", "tablet", "--quiet"]) == 0
    (path,) = (folder / "dist").glob("*.epub")
    return path


@pytest.fixture(scope="session", params=["sample", "hard", pytest.param("real", marks=pytest.mark.nightly)])
def book(request: pytest.FixtureRequest, shared: Path) -> Path:
    return request.getfixturevalue("hard_book") if request.param == "hard" else build_all(request.param, shared).epub


def is_sample(book: Path) -> bool:
    """True of the one that is too small to have many of what the others have."""
    return book.parent.name == "sample"


# ---------------------------------------------------------------- as a file


def test_epubcheck_finds_no_error_and_no_warning(book: Path) -> None:
    conforms(book)


def test_epubcheck_finds_faults(sample: Built, tmp_path: Path) -> None:
    """Controls: a file that is named and not there is an error, and a broken document is fatal; after them it judges on."""
    whole = entries(sample.epub)
    kept = [name for name in whole if name != "style.css"]
    broken = {**whole, "nav.xhtml": whole["nav.xhtml"].replace(b"</nav>", b"</nan>", 1)}
    for name, files in (("missing", {each: whole[each] for each in kept}), ("broken", broken)):
        path = tmp_path / f"{name}.epub"
        with zipfile.ZipFile(path, "w") as archive:
            for each, data in files.items():
                inside = each == "mimetype" or each.startswith("META-INF/")
                archive.writestr(each if inside else f"EPUB/{each}", data)
        assert any("ERROR" in line for line in find_epub_faults(path)), name
    conforms(sample.epub)


@pytest.mark.parametrize(
    "book", ["sample", *(pytest.param(each, marks=pytest.mark.nightly) for each in ("hard", "real"))], indirect=True
)
def test_ace_finds_no_violation(book: Path, tmp_path: Path) -> None:
    ace, node = module("@daisy/ace-cli"), need("node")
    environment = {**os.environ, "PUPPETEER_EXECUTABLE_PATH": need("chromium"), "HOME": str(tmp_path)}
    command = [node, str(ace / "bin" / "ace.js"), "-f", "-s", "-o", str(tmp_path / "report"), str(book)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    found = [
        (document["earl:testSubject"]["url"], each["earl:test"]["dct:title"], each["earl:result"]["dct:description"])
        for document in report["assertions"]
        for each in document["assertions"]
    ]
    assert len(report["assertions"]) >= 10
    assert found == []


def test_every_identifier_is_that_of_one_thing_in_the_whole_book(book: Path) -> None:
    count = Counter(
        each.get("id") for tree in documents(entries(book)).values() for each in tree.iter() if each.get("id")
    )
    assert [name for name, times in count.items() if times > 1] == []


def test_every_link_inside_the_book_leads_somewhere(book: Path) -> None:
    trees = documents(entries(book))
    anchors = {name: {each.get("id") for each in tree.iter()} for name, tree in trees.items()}
    links = [(name, each.get("href")) for name, tree in trees.items() for each in tree.iter(f"{XHTML}a")]
    inside = [(name, *href.partition("#")[::2]) for name, href in links if ":" not in href]
    assert len(inside) > (80 if is_sample(book) else 200)
    assert [each for each in inside if each[2] not in {"", *anchors[each[1] or each[0]]}] == []


def test_an_e_ink_reader_understands_every_style_and_has_the_words(book: Path, tmp_path: Path) -> None:
    """MuPDF, which is inside many of them, knows little CSS and no MathML."""
    command = [need("mutool"), "draw", "-q", "-F", "text", "-o", str(tmp_path / "text"), str(book)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if line.startswith("error") and "unknown image" not in line]
    assert complaints == []
    words = (tmp_path / "text").read_text(encoding="utf-8")
    assert "Answer" in words and len(words) > (10_000 if is_sample(book) else 20_000)


# ---------------------------------------------------------------- in a reader


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder at an address of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


VIEW = "document.querySelector('foliate-view')"
# foliate-js keeps its documents in a closed shadow root; its renderer hands them out.
DOCUMENT = f"{VIEW}.renderer.getContents()[0]?.doc"
SHOWN = f"{VIEW}.book.sections[{VIEW}.renderer.getContents()[0]?.index]?.id"


class Reader:
    """foliate-js with a book open."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def ask(self, expression: str) -> Any:
        return self.page.evaluate(f"async () => {expression}")

    def settle(self, expression: str, seconds: float = 20) -> bool:
        """Wait until it is so; whether it came to be."""
        # Playwright's own waiting evaluates a text, which the reader's policy forbids.
        for _ in range(int(seconds * 10)):
            if self.ask(f"Boolean({expression})"):
                return True
            self.page.wait_for_timeout(100)
        return False

    def go(self, target: str) -> None:
        """Open a document; while it loads another, the reader does not listen."""
        there = f"{DOCUMENT}?.readyState == 'complete' && {SHOWN} == {json.dumps(target.partition('#')[0])}"
        for _ in range(10):
            self.ask(f"{VIEW}.goTo({json.dumps(target)})")
            if self.settle(there, 2):
                return
        pytest.fail(f"the reader does not open {target}")

    def tap(self, selector: str) -> None:
        self.ask(f"{DOCUMENT}.querySelector({json.dumps(selector)}).click()")

    @property
    def shown(self) -> str:
        """The document that is open."""
        return str(self.ask(SHOWN))


@contextlib.contextmanager
def opened(chromium: Any, book: Path, screen: dict[str, int] = TABLET, scheme: str = "light") -> Iterator[Reader]:
    """The book in the reader; what the browser complains of while it is open is a failure."""
    reading = module("foliate-js")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(reading, Path(folder) / "reader")
        shutil.copy(book, Path(folder) / "book.epub")
        (Path(folder) / "favicon.ico").touch()
        with served(Path(folder)) as address:
            context = chromium.new_context(viewport=screen, color_scheme=scheme)
            reader = Reader(context.new_page())
            reader.page.goto(f"{address}/reader/reader.html?url=/book.epub")
            assert reader.settle(f"{VIEW}?.renderer?.getContents()?.[0]?.doc?.readyState == 'complete'")
            yield reader
            context.close()
    assert reader.complaints == []


def test_a_reader_lists_the_chapters_and_questions(chromium: Any, book: Path) -> None:
    nav = documents(entries(book))["nav.xhtml"]
    with opened(chromium, book) as reader:
        listed = reader.ask(
            f"{VIEW}.book.toc.flatMap(function list(each) {{ return [each.href, ...(each.subitems ?? []).flatMap(list)] }})"
        )
        written = [each.get("href") for each in nav.find(f".//{XHTML}nav[@id='toc']").iter(f"{XHTML}a")]
        assert [each.removeprefix("EPUB/") for each in listed] == written
        assert reader.ask(f"{VIEW}.book.landmarks.length") >= 4
    if "hard" in book.name:
        assert len(listed) > QUESTIONS


def test_a_reader_lists_the_pages_of_the_printed_book(chromium: Any, built: Built) -> None:
    marked = [
        each.get("id")
        for tree in documents(entries(built.epub)).values()
        for each in tree.iter()
        if each.get("role") == "doc-pagebreak"
    ]
    with opened(chromium, built.epub) as reader:
        assert reader.ask(f"{VIEW}.book.pageList.length") == len(marked) > (50 if built.is_large else 10)


def test_a_tap_leads_from_a_question_to_its_answer_to_the_next_and_back(chromium: Any, hard_book: Path) -> None:
    with opened(chromium, hard_book) as reader:
        reader.go("EPUB/chapter-many.xhtml#many-7")
        reader.tap("#many-7 .ref a")
        assert reader.settle(f"{DOCUMENT}?.querySelector('#answer-many-7')")
        assert reader.shown == "EPUB/answers-many.xhtml"
        reader.tap("#answer-many-7 .ref a")
        assert reader.settle(f"{DOCUMENT}?.querySelector('#many-7')")
        assert reader.shown == "EPUB/chapter-many.xhtml"
        reader.go("EPUB/answers-many.xhtml#answer-many-7")
        reader.tap("#answer-many-7 .next a")
        assert reader.settle(f"{DOCUMENT}?.querySelector('#many-8')")


@pytest.mark.parametrize("screen", [TABLET, PHONE], ids=["tablet", "phone"])
def test_nothing_is_wider_than_its_column(chromium: Any, book: Path, screen: dict[str, int]) -> None:
    """A reader shows a document in columns as wide as the screen's: what is wider lies on the next one."""
    script = f"""(() => {{
      const {{doc}} = {VIEW}.renderer.getContents()[0]
      const wide = []
      for (const each of doc.body.querySelectorAll('table, pre, img, figure > svg, svg.formula, p, h1, h2, h3, li')) {{
        // What goes on in the next column has a rectangle in each.
        for (const one of each.getClientRects()) {{
          const column = doc.documentElement.clientWidth
          if (one.width > {screen["width"]}) wide.push(each.tagName + ' ' + one.width + ' ' + each.textContent.slice(0, 40))
        }}
      }}
      return wide
    }})()"""
    with opened(chromium, book, screen) as reader:
        names = list(reader.ask(f"{VIEW}.book.sections.map(each => each.id)"))
        assert len(names) > 5
        wide = {}
        for name in names:
            reader.go(name)
            wide[name] = reader.ask(script)
        assert {name: found for name, found in wide.items() if found} == {}


@pytest.mark.parametrize(("scheme", "ground"), [("light", 255), ("dark", 18)])
def test_text_and_figures_are_legible_by_day_and_by_night(
    chromium: Any, hard_book: Path, scheme: str, ground: int
) -> None:
    with opened(chromium, hard_book, scheme=scheme) as reader:
        reader.go("EPUB/chapter-strange.xhtml#pictures")
        reader.page.wait_for_timeout(500)
        shot = Image.open(io.BytesIO(reader.page.screenshot())).convert("L")
        inks = reader.ask(
            f"['body', 'figure svg', 'svg.formula'].map(one => getComputedStyle({DOCUMENT}.querySelector(one)).color)"
        )
    middle = shot.crop((100, 150, 720, 1080))
    histogram = middle.histogram()
    assert abs(histogram.index(max(histogram)) - ground) < 12, "the page has the reader's own ground"
    assert len(set(inks)) == 1, "figures and formulas have the colour of the text"
    darkest, brightest = middle.getextrema()
    assert brightest - darkest > 180
