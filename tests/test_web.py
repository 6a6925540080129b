"""A guide as web pages, in a browser: read, answered by mouse and keyboard, searched, tested, in the dark, on a phone, without JavaScript.

The pages come from a server that has them in a folder below its root, as GitHub Pages does.
"""

import hashlib
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pagefind_bin
import pytest
from conftest import PIXEL, ROOT, SMALL, lay, module, until
from every_kind import EVERY_KIND
from filelock import FileLock
from fontTools.ttLib import TTFont

import build
from studyguide.model import Source, WebOptions
from studyguide.pipeline import OUTPUTS
from studyguide.reading.config import configure
from studyguide.runtime import search_index
from studyguide.web.pages import make_page_address

WEB = '\n[editions.web]\noutput = "web"\n'
GUIDE = {
    "guide.toml": f'{SMALL["guide.toml"]}description = "Two dots & more"\n{WEB}site-url = "https://example.org/books/"\n',
    "00-welcome.md": SMALL["00-welcome.md"],
    "01-first-things.md": f"{SMALL['01-first-things.md']}\n![A cross.](figures/a%20cross.png)\n",
    "02-every-kind.md": EVERY_KIND.replace("{#first}", "{#ask}"),
    "03-words.md": "---\ntitle: Words\nkind: glossary\n---\nNetwork\n: Many neurons.\n",
    "figures/dots.svg": SMALL["figures/dots.svg"],
}
NAME = "a-small-guide-web"
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1440, "height": 900}
PAGES = (
    "index.html",
    "chapter-first-things.html",
    "chapter-every-kind.html",
    "chapter-words.html",
    "by-subject.html",
    "404.html",
)


def make(folder: Path, files: dict[str, str], *options: str) -> Path:
    """The folder of the web pages of a guide."""
    content = lay(folder / "content", files)
    (content / "figures" / "a cross.png").write_bytes(PIXEL)
    assert build.main(["build", str(content), "--out", str(folder / "dist"), "--quiet", "-e", "web", *options]) == 0
    return folder / "dist" / NAME


@pytest.fixture(scope="session")
def site(shared: Path) -> Path:
    """The pages, with the page numbers of the printed guide, built by the first process that asks."""
    folder = shared / "web"
    with FileLock(shared / "web.lock"):
        if not (folder / "dist").exists():
            make(folder, GUIDE, "-e", "guide")
    return folder / "dist" / NAME


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of a folder's parent on a server of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder.parent.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{folder.parent.name}/{folder.name}/"
    server.shutdown()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with serve(site) as found:
        yield found


Open = Callable[..., Any]


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[Open]:
    """Opens a page in a browser of its own, which must find no fault with it and ask nobody else."""
    faults: list[str] = []
    contexts: list[Any] = []

    def open_page(name: str, base: str = address, **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: request.url.startswith((base, "data:")) or faults.append(request.url))
        page.goto(base + name)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def is_open(page: Any, question: str) -> bool:
    return bool(page.locator(f"[id='{question}'] details.answer").evaluate("each => each.open"))


# ---------------------------------------------------------------- reading


def test_an_answer_opens_by_mouse_and_says_all(open_page: Open) -> None:
    page = open_page("chapter-first-things.html#second")
    answer = page.locator("#second details.answer")
    assert not answer.locator("figure svg").is_visible()
    answer.locator("summary").click()
    assert "Right: B" in answer.inner_text()
    assert answer.locator("figure svg").get_attribute("aria-label") == "Two dots side by side."
    assert answer.locator("math[display=block]").is_visible()
    assert answer.locator("img").evaluate("each => each.naturalWidth") == 1


def test_questions_are_read_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("chapter-first-things.html")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "first"
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "second"
    page.keyboard.press("o")
    assert is_open(page, "second")
    page.keyboard.press("k")
    page.keyboard.press(" ")
    assert is_open(page, "first")
    page.keyboard.press("+")
    assert page.locator("#first .verdict [data-do=known]").get_attribute("aria-pressed") == "true"
    page.keyboard.press("?")
    assert page.locator("dialog[data-name=help]").is_visible()
    page.locator("[data-do=keys]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('article')?.id ?? ''") != "second"


def test_without_javascript_everything_can_be_read(open_page: Open, address: str) -> None:
    page = open_page("index.html", java_script_enabled=False)
    page.locator("summary", has_text="First things").click()
    page.locator("a", has_text="What is one?").click()
    assert page.url == f"{address}chapter-first-things.html#first"
    page.locator("#first summary", has_text="Show the answer").click()
    assert page.get_by_text("The number").is_visible()
    assert page.locator("button:visible").count() == 0


def test_a_question_says_its_page_in_print(open_page: Open) -> None:
    page = open_page("chapter-first-things.html")
    assert re.fullmatch(r"p\.\s\d+ in print", page.locator("#first .in-print").inner_text())


def test_a_link_into_a_folded_answer_opens_it(open_page: Open) -> None:
    page = open_page("chapter-first-things.html#second.explanation")
    assert is_open(page, "second")


def test_an_address_with_a_lone_percent_sign_is_no_fault_of_the_page(open_page: Open) -> None:
    page = open_page("chapter-first-things.html#50%")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "first"


def test_a_footnote_leads_there_and_back(open_page: Open) -> None:
    page = open_page("chapter-welcome.html")
    page.locator("a.noteref").click()
    assert page.locator("p:target").inner_text() == "1. A note at the foot."
    page.locator("p:target [role=doc-backlink]").click()
    assert page.evaluate("location.hash") == "#-note-1.ref"


def test_on_paper_all_answers_are_open(open_page: Open) -> None:
    page = open_page("chapter-first-things.html")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("main details:not([open])").count() == 0
    assert not page.locator(".top").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main details[open]").count() == 0


# ---------------------------------------------------------------- answering


def mark(page: Any, question: str) -> str:
    page.locator(f"#{question} [data-do=check]").click()
    return page.locator(f"#{question} .check [role=status]").inner_text()


def test_options_are_judged_in_the_page(open_page: Open) -> None:
    page = open_page("chapter-every-kind.html")
    inputs = page.locator("#mammals li input")
    inputs.nth(0).check()
    inputs.nth(1).check()
    assert mark(page, "mammals") == "Not right yet"
    assert page.locator("#mammals li").nth(1).get_attribute("data-mark") == "wrong"
    inputs.nth(1).uncheck()
    page.locator("#mammals li", has_text="A bat").click()
    assert mark(page, "mammals") == "Right"


def test_pairs_orders_and_blanks_are_judged_in_the_page(open_page: Open) -> None:
    page = open_page("chapter-every-kind.html")
    for question, count in (("match", 3), ("steps", 3)):
        letters = page.locator(f"#{question}").get_attribute("data-right").split(" ")
        assert mark(page, question) == "Not right yet"
        for place in range(count):
            item = page.locator(f"#{question} {'tr' if question == 'match' else 'ol.choices > li'}").nth(place)
            own = item.locator(".letter").inner_text()
            value = letters[place] if question == "match" else str(letters.index(own) + 1)
            item.locator("select").select_option(value)
        assert mark(page, question) == "Right"
    first, second = page.locator("#water input").nth(0), page.locator("#water input").nth(1)
    first.fill(" Hydrogen ")
    second.fill("helium")
    assert mark(page, "water") == "Not right yet"
    second.fill("o2")
    assert mark(page, "water") == "Right"
    for given, judgement in (("19,55", "Right"), ("20", "Not right yet")):
        page.locator("#stone input").fill(given)
        assert mark(page, "stone") == judgement


# ---------------------------------------------------------------- search


def test_a_search_finds_a_question_below_another_folder(open_page: Open, address: str) -> None:
    page = open_page("index.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert asked == []
    page.keyboard.press("/")
    page.keyboard.type("mammal")
    page.locator(".results a", has_text="Which animals are mammals?").click()
    page.wait_for_url(f"{address}chapter-every-kind.html#mammals")
    assert any("/search/pagefind.js" in url for url in asked)
    assert not page.locator("dialog[data-name=search]").is_visible()


def test_a_search_says_that_it_finds_nothing(open_page: Open) -> None:
    page = open_page("chapter-words.html")
    page.locator("[data-do=search]").click()
    page.locator("input[type=search]").fill("xylophone")
    page.get_by_text("Nothing found.").wait_for()


def test_words_of_a_script_without_spaces_are_found(chromium: Any, tmp_path: Path) -> None:
    files = {
        "guide.toml": f'title = "书"\nname = "a-small-guide"\nlanguage = "zh"\n{WEB}',
        "01-a.md": "---\ntitle: 章\n---\n## 什么是神经网络？ {#net}\n\n### 答案\n许多神经元。\n",
        "figures/dots.svg": SMALL["figures/dots.svg"],
    }
    with serve(make(tmp_path, files)) as base:
        page = chromium.new_page()
        page.goto(f"{base}index.html")
        page.keyboard.press("/")
        page.keyboard.insert_text("网络")
        page.locator(".results a", has_text="什么是神经网络？").wait_for()
        assert "什么是神经网络" in page.locator(".results p").first.inner_text()
        page.close()


def test_on_a_disk_the_search_says_that_it_needs_a_server(chromium: Any, site: Path) -> None:
    page = chromium.new_page()
    page.goto(f"{site.as_uri()}/index.html")
    page.locator("[data-do=search]").click()
    page.locator("dialog .status", has_text="web server").wait_for()
    page.keyboard.press("Escape")
    page.locator("summary", has_text="First things").click()
    page.locator("a", has_text="What is one?").click()
    assert page.locator("#first h2").is_visible()
    page.close()


def test_without_its_program_an_edition_has_no_search_and_a_warning(
    chromium: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(search_index, "PACKAGE", "no_such_package")
    site = make(tmp_path, {**GUIDE, "guide.toml": f"{SMALL['guide.toml']}{WEB}"}, "--no-cache")
    assert "the web pages have no search" in capsys.readouterr().err
    assert not (site / "search").exists()
    assert not (site / "search.js").exists()
    for path in site.glob("*.html"):
        assert not re.search(r"data-(?:do|name)=\W?search|<!--/?search", path.read_text()), path
    monkeypatch.undo()
    faults: list[str] = []
    with serve(site) as address:
        page = chromium.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{address}chapter-first-things.html")
        page.keyboard.press("/")
        page.keyboard.press("?")
        assert [dialog.get_attribute("data-name") for dialog in page.locator("dialog").all()] == ["help"]
        assert "/" not in page.locator("dialog kbd").all_inner_texts()
        page.close()
    assert faults == []


@pytest.mark.parametrize("lack", ["its program", "a machine that runs it", "an end that is good"])
def test_a_search_program_that_does_not_run_is_one_message(
    lack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "pagefind"
    program.write_bytes(
        {"a machine that runs it": b"\x7fELF", "an end that is good": b"#!/bin/sh\nexit 3\n"}.get(lack, b"")
    )
    program.chmod(0o755)
    if lack == "its program":
        program.unlink()
    monkeypatch.setattr(pagefind_bin, "get_candidate_paths", lambda: [program])
    content = lay(tmp_path / "content", {**SMALL, "guide.toml": f"{SMALL['guide.toml']}{WEB}"})
    command = ["build", str(content), "--out", str(tmp_path / "dist"), "-q", "--no-cache", "-e", "web"]
    assert build.main(command) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert "Pagefind, which makes the search of web pages, failed: " in said
    assert said.endswith("or write `search = false` for the edition; nothing was replaced")
    assert not (tmp_path / "dist").exists()
    (content / "guide.toml").write_text(f"{SMALL['guide.toml']}{WEB}search = false\n")
    assert build.main(command) == 0


# ---------------------------------------------------------------- self-test


def test_a_self_test_keeps_what_was_known_over_a_reload(open_page: Open, address: str) -> None:
    page = open_page("index.html")
    assert page.locator("[data-count]").inner_text() == "0 of 12 known"
    page.locator("select[name=chapter]").select_option(label="1 First things")
    page.locator("button", has_text="Start").click()
    page.wait_for_url("**/chapter-first-things.html*")
    assert page.locator("article.question:visible").count() == 1
    assert page.locator("#first").is_visible()
    page.locator(".test-bar [data-do=known]").click()
    assert page.locator("#second").is_visible()
    page.reload()
    assert page.locator("#second").is_visible()
    assert page.locator(".test-bar [role=status]").inner_text() == "Question 2 of 2"
    page.locator(".test-bar [data-do=again]").click()
    assert page.locator(".test-bar [role=status]").inner_text() == "That was the last question. 1 of 2 known"
    page.keyboard.press("j")
    assert page.locator(".test-bar [role=status]").inner_text() == "That was the last question. 1 of 2 known"
    page.locator(".test-bar [data-do=end]").click()
    page.wait_for_url(f"{address}index.html")
    assert page.locator("[data-count]").inner_text() == "1 of 12 known"
    page.locator("input[name=unknown]").check()
    page.locator("select[name=difficulty]").select_option("easy")
    page.locator("button", has_text="Start").click()
    page.wait_for_url("**/chapter-every-kind.html*")
    assert page.locator("#capital").is_visible()


@pytest.mark.parametrize(("width", "least"), [(1280, 600), (390, 330)])
def test_a_self_test_gives_the_question_the_column_of_the_text(open_page: Open, width: int, least: int) -> None:
    page = open_page("chapter-first-things.html")
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("[data-do=test]").click()
    box = page.locator("#first").bounding_box()
    assert box["width"] >= least
    assert abs(box["x"] + box["width"] / 2 - width / 2) < 20, "in the middle of the window"


def test_a_question_may_have_any_name(open_page: Open) -> None:
    page = open_page("chapter-first-things.html")
    page.evaluate("document.getElementById('first').id = '__proto__'")
    page.locator("#__proto__ .verdict [data-do=known]").click()
    assert page.locator("#__proto__").get_attribute("data-state") == "known"
    assert page.evaluate("studyguide.readProgress()['__proto__']") == 1


def test_a_self_test_goes_from_chapter_to_chapter(open_page: Open) -> None:
    page = open_page("index.html")
    page.locator("button", has_text="Start").click()
    for _ in range(2):
        page.locator(".test-bar [data-do=skip]").click()
    page.wait_for_url("**/chapter-every-kind.html*")
    assert page.locator(".test-bar [role=status]").inner_text() == "Question 3 of 12"


def test_progress_can_be_deleted(open_page: Open) -> None:
    page = open_page("chapter-first-things.html")
    page.locator("#first .verdict [data-do=known]").click()
    page.locator("a.home").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("[data-do=reset]").click()
    assert page.locator("[data-count]").inner_text() == "0 of 12 known"
    page.reload()
    assert page.locator("[data-count]").inner_text() == "0 of 12 known"


def test_a_browser_that_keeps_nothing_says_so_and_works(open_page: Open) -> None:
    page = open_page("404.html")
    block = "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new Error() } })"
    page.add_init_script(block)
    page.goto(page.url.replace("404.html", "index.html"))
    assert page.get_by_text("This browser keeps no data").is_visible()
    page.goto(page.url.replace("index.html", "chapter-first-things.html"))
    page.locator(".opener [data-do=test]").click()
    page.locator(".test-bar [data-do=known]").click()
    assert page.locator("#second").is_visible()


# ---------------------------------------------------------------- looks


def test_the_switch_of_dark_pages_is_kept(open_page: Open) -> None:
    page = open_page("index.html", color_scheme="light")

    def ground() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = ground()
    page.locator("[data-do=theme]").click()
    dark = ground()
    assert light != dark
    page.locator("summary", has_text="First things").click()
    page.locator("a", has_text="What is one?").click()
    assert ground() == dark
    page.emulate_media(color_scheme="dark")
    page.locator("[data-do=theme]").click()
    assert ground() == light


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_and_nothing_is_wider_than_the_screen(
    chromium: Any, address: str, size: dict[str, int], scheme: str
) -> None:
    axe = (module("axe-core") / "axe.min.js").read_text(encoding="utf-8")
    # The policy of the pages would keep axe out.
    context = chromium.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for name in PAGES:
        page.goto(address + name)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.evaluate(axe)
        found = page.evaluate("axe.run().then(result => result.violations.map(each => [each.id, each.nodes[0].html]))")
        assert found == [], name
    context.close()


WIDE = r"""---
title: Acids
---
## What is the constant of this acid? {#acid}

$$
\ce{CH3COOH + H2O <=> CH3COO- + H3O+} \qquad K_a = \frac{[\ce{CH3COO-}][\ce{H3O+}]}{[\ce{CH3COOH}]} = 1.8 \cdot 10^{-5}\ \mathrm{mol/L}
$$

### Answer
$\ce{Zn(s) + 2HCl(aq) -> ZnCl2(aq) + H2(g) ^}$

One that cannot shrink enough for a phone can be moved: $a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q = 1{,}000$.
"""


@pytest.fixture(scope="module")
def wide_formulas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    files = {"guide.toml": GUIDE["guide.toml"], "01-acids.md": WIDE, "figures/dots.svg": SMALL["figures/dots.svg"]}
    with serve(make(tmp_path_factory.mktemp("wide"), files)) as found:
        yield found


@pytest.mark.parametrize(("width", "scrolls"), [(320, True), (800, False), (1000, False), (1280, False), (1600, False)])
def test_a_formula_that_is_a_little_wider_than_its_column_shrinks_and_is_not_cut(
    open_page: Open, wide_formulas: str, width: int, scrolls: bool
) -> None:
    page = open_page("chapter-acids.html", wide_formulas, viewport={"width": width, "height": 900})
    page.locator("details.answer summary").click()
    is_cut = "each => each.scrollWidth > each.clientWidth"
    formula = page.locator("div.formula")
    # The formulas are fitted after the answer is open and when their font is there.
    until(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    until(lambda: formula.evaluate(is_cut) == scrolls)
    assert formula.get_attribute("tabindex") == ("0" if scrolls else None)
    sizes = page.locator("div.formula math").evaluate(
        "each => [each, document.body].map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes[0] >= 0.8 * sizes[1]
    page.locator("[data-do=test]").first.click()
    until(lambda: formula.evaluate(is_cut) == scrolls)


@pytest.mark.parametrize("language", ["he"])
def test_a_guide_from_right_to_left_is_mirrored(chromium: Any, tmp_path: Path, language: str) -> None:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "tests" / "scripts" / language, content)
    with (content / "guide.toml").open("a") as config:
        config.write(WEB)
    assert build.main(["build", str(content), "--out", str(tmp_path / "dist"), "-q", "-e", "web"]) == 0
    (site,) = (tmp_path / "dist").iterdir()
    with serve(site) as base:
        page = chromium.new_page(viewport=DESK)
        page.goto(f"{base}{next(path.name for path in site.glob('chapter-*.html'))}")
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert page.locator(".chapters").bounding_box()["x"] > page.locator("main").bounding_box()["x"]
        page.close()


# ---------------------------------------------------------------- as files


def test_no_page_names_anything_elsewhere_that_a_browser_would_load(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="?(?:https?:)?//', text), path
        assert re.search("<script(?! src)", text) is None, path
    pages = [path for path in site.glob("*.html") if path.name != "404.html"]
    assert len(pages) >= 7
    assert all("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';" in path.read_text() for path in pages)


def test_the_pages_say_what_they_are(site: Path) -> None:
    start = (site / "index.html").read_text()
    assert "<html lang=en>" in start
    assert '<meta name=description content="Two dots &amp; more">' in start
    assert '<meta property=og:url content="https://example.org/books/">' in start
    assert "<loc>https://example.org/books/chapter-words.html</loc>" in (site / "sitemap.xml").read_text()
    assert 'href="https://example.org/books/"' in (site / "404.html").read_text()
    assert (site / ".nojekyll").exists()


def test_the_face_of_formulas_has_the_sign_that_a_browser_draws_for_a_root(tmp_path: Path) -> None:
    guide = {"01-a.md": "---\ntitle: Roots\n---\n## How high is it?\n\n### Answer\n$h = \\frac{3\\sqrt{3}}{2}$.\n"}
    content = lay(tmp_path / "content", {**guide, "guide.toml": 'name = "roots"\n[editions.web]\noutput = "web"\n'})
    assert build.main(["build", str(content), "--out", str(tmp_path), "--quiet", "-e", "web"]) == 0
    face = TTFont(tmp_path / "roots-web" / "maths.woff2")
    assert {0x221A, ord("3")} <= set(face.getBestCmap())


def weigh_page(page: Path) -> int:
    """The bytes of a page without its drawings, and of the styles and scripts that a browser loads with it."""
    text = page.read_text()
    has_checks = re.search(r"<article[^>]* data-(kind|words)=", text)
    files = ("style.css", "site.js", *(["checks.js"] if has_checks else []))
    html = re.sub("<svg.*?</svg>", "", text, flags=re.DOTALL)
    return len(html.encode()) + sum((page.parent / name).stat().st_size for name in files)


MOST_BYTES = 200_000
LARGE = 32  # questions
DENSE_QUESTION = """## What does network {number} do, and what does it cost? {{#q{number} .medium tags="cost, depth"}}

### Hint
A network has a weight for each pair of neurons.

### Answer
{text}

### Explanation
The cost is $\\frac{{a_{{{number}}}}}{{1 + b_i^2}}$, and with a rate of $\\hat y_i = 0.1$ it is[^n{number}]

$$ L = -\\sum_{{i=1}}^{{n}} y_i \\log \\hat y_i $$

| Layer | Weights | Cost |
| --- | ---: | ---: |
| first | {number} | 2 |
| second | 3 | 4 |

```python
def train(network, rate=0.1):  # one pass over everything that there is to learn in a long, long line of code
    for batch in network.batches:
        network.weights -= rate * network.find_gradient(batch)
```

[^n{number}]: As in [another question](#q1).

### Pitfalls
- **Forgetting the bias.** {text}

### Follow-ups
- **Is a deeper network better?** {text}

"""


def test_a_long_line_of_code_is_moved_and_not_broken(tmp_path: Path, chromium: Any) -> None:
    line = (
        "print((find_the_largest_of_all_values(first, second) - find_the_largest_of_all_values(first, first)).round(3))"
    )
    files = {
        "guide.toml": GUIDE["guide.toml"],
        "01-first-things.md": f"## Which value?\n\n```python\n{line}\n```\n\n### Answer\nThis one.\n",
        "figures/dots.svg": SMALL["figures/dots.svg"],
    }
    with serve(make(tmp_path, files)) as base:
        page = chromium.new_page(viewport={"width": 360, "height": 800})
        page.goto(f"{base}chapter-first-things.html")
        heights = "each => [each.clientHeight, parseFloat(getComputedStyle(each).lineHeight), each.parentElement.scrollWidth > innerWidth]"
        height, line_height, is_wide = page.locator(".code pre").evaluate(heights)
        assert height < 1.5 * line_height and is_wide
        page.close()


def test_a_page_of_a_large_chapter_is_light(tmp_path: Path) -> None:
    names = [
        "network",
        "neuron",
        "weight",
        "gradient",
        "layer",
        "bias",
        "batch",
        "label",
        "optimiser",
        "momentum",
        "kernel",
    ]
    terms = "\n\n".join(f"{name.capitalize()}\n: One of the words." for name in names)
    sentence = f"It has a {', a '.join(names)} and, after years of work, much else that takes a sentence of some length to say."
    questions = "".join(
        DENSE_QUESTION.format(number=number, text=f"{sentence} {'It goes on. ' * 25}") for number in range(1, LARGE + 1)
    )
    files = {
        "guide.toml": f"{SMALL['guide.toml']}{WEB}",
        "01-large.md": f"---\ntitle: Large\n---\nA chapter.\n\n{questions}",
        "02-words.md": f"---\ntitle: Words\nkind: glossary\n---\n{terms}\n",
        "figures/dots.svg": SMALL["figures/dots.svg"],
    }
    page = make(tmp_path, files) / "chapter-large.html"
    assert page.read_text().count("<math") == LARGE * 3
    assert page.stat().st_size > 0.7 * MOST_BYTES
    assert weigh_page(page) < MOST_BYTES


def test_the_pages_of_the_sample_are_light(site: Path) -> None:
    assert all(weigh_page(page) < MOST_BYTES / 2 for page in site.glob("*.html"))


@pytest.mark.nightly
def test_each_page_of_the_guide_is_light(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content)
    if "[editions.web]" not in (content / "guide.toml").read_text():
        with (content / "guide.toml").open("a") as config:
            config.write(WEB)
    assert build.main(["build", str(content), "--out", str(tmp_path / "dist"), "-q", "-e", "web"]) == 0
    (site,) = (tmp_path / "dist").iterdir()
    heavy = {page.name: size for page in site.glob("*.html") if (size := weigh_page(page)) >= MOST_BYTES}
    assert heavy == {}


def hash_files(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_the_same_guide_gives_the_same_pages(site: Path, tmp_path: Path) -> None:
    again = make(tmp_path, GUIDE, "-e", "guide", "--no-cache")
    assert hash_files(again) == hash_files(site)


def test_a_file_in_the_place_of_the_folder_is_one_message_and_stays(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"guide.toml": 'title = "A small guide"\n[editions.web]\noutput = "web"\nsearch = false\n'})
    file = small / "books" / "a-small-guide-web"
    lay(small, {"books/a-small-guide-web": "mine"})
    assert build.main(["build", str(small), "-q", "-e", "web", "-o", str(file.parent)]) == 1
    assert f"{file}: there is a file of this name, and not a folder; nothing was replaced" in capsys.readouterr().err
    assert file.read_text() == "mine"


def test_pages_that_a_guide_has_no_more_are_deleted_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make(tmp_path, GUIDE)
    own, changed = site / "CNAME", site / "chapter-words.html"
    own.write_text("example.org")
    changed.write_text("mine")
    before = json.loads((site / ".studyguide-files").read_text())
    for name in ("02-every-kind.md", "03-words.md"):
        (tmp_path / "content" / name).unlink()
    assert build.main(["build", str(tmp_path / "content"), "--out", str(tmp_path / "dist"), "-e", "web"]) == 0
    assert not (site / "chapter-every-kind.html").exists()
    assert (own.read_text(), changed.read_text()) == ("example.org", "mine")
    assert "chapter-every-kind.html" in before
    assert f"{NAME}/" in capsys.readouterr().out
    assert build.main(["build", str(tmp_path / "content"), "--out", str(tmp_path / "dist"), "-e", "web"]) == 0
    assert "nothing has changed" in capsys.readouterr().out
    (site / "index.html").unlink()
    assert build.main(["build", str(tmp_path / "content"), "--out", str(tmp_path / "dist"), "-e", "web"]) == 0
    assert (site / "index.html").exists()


@pytest.mark.parametrize(
    "address",
    [
        "example.org", "https://[::1", "https://", "https://:80/", "https://example.org:99999/", "https://me@example.org/",
        "https://example.org/?a=b", "https://example.org/#top", "https://example.org/guide/index.html", "ftp://example.org/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    config = configure(Source("guide.toml", f'{WEB}site-url = "{address}"\n'), OUTPUTS, ("a4",))
    assert [str(each) for each in config.problems] == [
        f"guide.toml:4:1: `site-url` is `{address}` [wrong-value]\n"
        "  fix: write the address of a folder, such as `https://example.org/guide/`"
    ]


@pytest.mark.parametrize("address", ["https://example.org", "https://example.org/", "http://[::1]:8080/guide", ""])
def test_the_address_of_a_folder_ends_with_a_slash(address: str) -> None:
    config = configure(Source("guide.toml", f'{WEB}site-url = "{address}"\n'), OUTPUTS, ("a4",))
    (edition,) = [each for each in config.editions if each.name == "web"]
    assert not config.problems
    assert isinstance(edition.options, WebOptions) and edition.options.site_url == (
        f"{address.rstrip('/')}/" if address else ""
    )


def test_addresses_for_other_programs_have_letters_of_ascii_only() -> None:
    address = make_page_address("https://example.org/führer/a%20b/", "chapter-größe.html")
    assert address == "https://example.org/f%C3%BChrer/a%20b/chapter-gr%C3%B6%C3%9Fe.html"
