"""Tests that each save is shown in the browser, in the reader's view and on the printed page, at the question that changed."""

import contextlib
import http.client
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from conftest import ROOT, SMALL, lay, module, until
from starlette.datastructures import Headers
from test_look import make_face

from studyguide import app, cli
from studyguide.preview import server, session
from studyguide.preview.board import Board
from studyguide.preview.reader import Reader
from studyguide.runtime import workers
from studyguide.runtime.workers import run_in_process

BOOK = "document.getElementById('book').contentDocument"


@dataclass(frozen=True)
class Preview:
    """A preview that runs in a process of its own."""

    address: str
    chapter: Path
    process: "subprocess.Popen[bytes]"
    said: Callable[[], str]

    @property
    def port(self) -> int:
        return int(self.address.rstrip("/").rpartition(":")[2])

    def read_state(self) -> dict[str, Any]:
        """The newest state, as the script of the page reads it."""
        with urllib.request.urlopen(f"{self.address}events", timeout=60) as stream:
            return next(json.loads(line[6:]) for line in stream if line.startswith(b"data: "))

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and text of an answer; a header's name has `_` for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, own)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def save(self, text: str) -> dict[str, Any]:
        """Save the chapter, wait until the preview has built it or refused it, and return the state."""
        before = self.said()
        self.chapter.write_text(text, encoding="utf-8")
        until(lambda: re.search(r"built in|problems: ", self.said()[len(before) :]) is not None)
        until(lambda: not self.read_state()["building"])
        return self.read_state()


def start_preview(content: Path, log: Path, *options: str) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-X",
        "faulthandler",
        str(ROOT / "build.py"),
        "preview",
        str(content),
        "--no-open",
        *options,
    ]
    # A shell lets what it starts in the background ignore Ctrl-C, and so all that is started there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("w") as file:
        return subprocess.Popen(
            command, stdout=file, stderr=file, env={**os.environ, "PYTHONUNBUFFERED": "1"}, cwd=log.parent
        )


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a preview as Ctrl-C does."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)  # which says where it hangs
        raise


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    folder = tmp_path_factory.mktemp("preview")
    content = lay(folder / "content", SMALL)
    log = folder / "log"
    process = start_preview(content, log)
    try:
        until(lambda: "built in" in log.read_text() or process.poll() is not None)
        address = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text())
        assert address, log.read_text()
        yield Preview(address[0], content / "01-first-things.md", process, log.read_text)
    finally:
        end(process)
    assert "Traceback" not in log.read_text()


@pytest.fixture(autouse=True)
def unedited(preview: Preview) -> Iterator[None]:
    """Put the chapter back after each test that edits it."""
    yield
    if preview.process.poll() is None and preview.chapter.read_text(encoding="utf-8") != SMALL["01-first-things.md"]:
        preview.save(SMALL["01-first-things.md"])


@contextlib.contextmanager
def looking(
    chromium: Any, preview: Preview, width: int = 1440, scheme: str = "light", state: str = "ready"
) -> Iterator[Any]:
    """The page in the browser; what the browser complains of is a failure."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(preview.address)
    settle(page, f"document.documentElement.dataset.state == {json.dumps(state)}")
    settle(page, f"{BOOK}?.querySelector('h1')")
    settle(page, "document.querySelector('.sheet img')")
    yield page
    context.close()
    assert complaints == []


def settle(page: Any, expression: str) -> None:
    """Wait until an expression is true in the page. Its own policy forbids what Playwright evaluates to wait."""
    until(lambda: page.evaluate(f"() => Boolean({expression})"))


# ---------------------------------------------------------------- what a person sees


def test_an_edit_is_shown_in_both_panes_at_the_question_that_changed(chromium: Any, preview: Preview) -> None:
    source = SMALL["01-first-things.md"]
    with looking(chromium, preview) as page:
        page.evaluate("() => { window.isSamePage = true }")
        state = preview.save(source.replace("The number $1$", "The smallest number $1$"))
        settle(page, f"{BOOK}?.body?.textContent.includes('The smallest number')")
        assert state["reader"]["place"] == "answers-first-things.xhtml#first.answer"
        settle(page, f"{BOOK}.URL.includes('answers-first-things')")
        top = page.evaluate(f"() => {BOOK}.getElementById('first.answer').getBoundingClientRect().top")
        assert 0 <= top < 700
        place = state["printed"]["place"]["page"]
        label = state["printed"]["pages"][place]
        settle(page, f"document.getElementById('page').value == {json.dumps(label)}")
        settle(
            page,
            f"document.querySelector('.sheet[data-page=\"{place}\"]').dataset.shown == {state['printed']['serial']}",
        )
        assert page.inner_text("#status") == state["message"]
        assert re.fullmatch(rf"built in [\d.]+ s: question 1\.1 on page {label}", state["message"])
        # The answer is on a page of the key, and not on that of its question.
        state = preview.save(source.replace("What is *one*?", "What is *the* one?"))
        assert state["reader"]["place"] == "chapter-first-things.xhtml#first"
        assert state["printed"]["place"]["page"] < place
        settle(page, f"{BOOK}?.querySelector('#first h2')?.textContent.includes('the one?')")
        assert page.evaluate("() => window.isSamePage"), "the page itself was not loaded again"


def test_a_mistake_is_told_on_the_page_and_the_last_good_book_stays(chromium: Any, preview: Preview) -> None:
    source = SMALL["01-first-things.md"]
    line = source.splitlines().index("### Pitfalls") + 1
    with looking(chromium, preview) as page:
        page.select_option("#document", "chapter-first-things.xhtml")
        settle(page, f"{BOOK}?.querySelector('#first h2')")
        preview.save(source.replace("### Pitfalls", "### Pitfals"))
        settle(page, "document.querySelector('#problems li.error')")
        assert page.inner_text("#problems .place") == f"{preview.chapter}:{line}:5"
        assert page.inner_text("#problems .rule") == "unknown-part"
        assert "there is no part Pitfals" in page.inner_text("#problems .found")
        assert page.inner_text("#problems .fix") == "Fix: write Pitfalls"
        assert page.evaluate("() => document.querySelectorAll('.pane.stale').length") == 2
        assert "What is one?" in page.evaluate(f"() => {BOOK}.body.textContent")
        assert page.evaluate("() => document.querySelectorAll('.sheet img').length") > 0
        preview.save(source)
        settle(page, "document.getElementById('problems').hidden")
        assert page.evaluate("() => document.querySelectorAll('.pane.stale').length") == 0


def test_an_edit_of_each_own_file_of_a_look_is_shown_on_the_page(preview: Preview) -> None:
    content = preview.chapter.parent
    block = '{% extends "program/colophon.html" %}{% block more %}<p>Ghent</p>{% endblock %}'
    for path, data in (
        ("styles/print.css", b"p { color: #123456 }"),
        ("templates/colophon.html", block.encode()),
        ("locale/en.toml", b'[headings]\ncontents = "Inside"'),
        ("fonts/a.ttf", make_face("Breadface")),
        ("guide.toml", f'{SMALL["guide.toml"]}[look]\ntext = "Breadface"\n'.encode()),
        ("fonts/a.ttf", make_face("Breadface", file="FiraSans-Black.ttf")),
    ):
        before = preview.said().count("built in")
        (content / path).parent.mkdir(exist_ok=True)
        (content / path).write_bytes(data)
        until(lambda before=before: preview.said().count("built in") > before)
    for folder in ("styles", "templates", "locale", "fonts"):
        shutil.rmtree(content / folder)
    (content / "guide.toml").write_text(SMALL["guide.toml"])
    until(lambda: preview.read_state()["message"].startswith("built in"))


def test_edition_page_size_and_appearance_are_chosen_on_the_page(chromium: Any, preview: Preview) -> None:
    with looking(chromium, preview) as page:
        before = preview.read_state()["printed"]
        page.select_option("#edition", "teacher")
        until(lambda: preview.read_state()["printed"]["edition"] == "teacher")
        page.select_option("#size", "a5")
        until(lambda: preview.read_state()["printed"]["width"] < before["width"] - 100)
        settle(page, "document.documentElement.dataset.state == 'ready'")
        settle(page, "document.querySelector('.sheet img')")
        page.select_option("#edition", "guide")
        page.select_option("#size", "")
        until(lambda: preview.read_state()["printed"]["width"] == before["width"])
        grounds = {}
        for look in ("dark", "grey", "light"):
            page.keyboard.press("a")
            assert page.evaluate("() => document.documentElement.dataset.look") == look
            grounds[look] = page.evaluate(f"() => getComputedStyle({BOOK}.documentElement).backgroundColor")
        assert grounds == {"dark": "rgb(18, 18, 18)", "grey": "rgb(220, 219, 214)", "light": "rgb(255, 255, 255)"}
        settle(page, "document.documentElement.dataset.state == 'ready'")


@pytest.mark.parametrize(("width", "per_row"), [(1200, 1), (1900, 2)])
def test_facing_pages_are_side_by_side_where_both_can_be_read(
    chromium: Any, preview: Preview, width: int, per_row: int
) -> None:
    def count_in_row(page: Any) -> int:
        found: int = page.evaluate(
            "() => Math.max(...[...document.querySelectorAll('.spread')].map(row => row.children.length))"
        )
        return found

    with looking(chromium, preview, width) as page:
        assert count_in_row(page) == per_row
        assert page.get_attribute("#facing", "aria-pressed") == ("true" if per_row == 2 else "false")
        page.keyboard.press("f")
        assert count_in_row(page) == 3 - per_row, "the reader chose otherwise"
        page.reload()
        settle(page, "document.querySelector('.sheet img')")
        assert count_in_row(page) == 3 - per_row, "the choice is kept"


def test_all_of_the_page_can_be_reached_with_the_keyboard(chromium: Any, preview: Preview) -> None:
    with looking(chromium, preview) as page:
        first = page.input_value("#page")
        page.keyboard.press("j")
        settle(page, f"document.getElementById('page').value != {json.dumps(first)}")
        page.keyboard.press("2")
        assert not page.is_visible("#printed") and page.is_visible("#reader")
        page.keyboard.press("1")
        name = page.evaluate(f"() => {BOOK}.URL")
        page.keyboard.press("]")
        settle(page, f"{BOOK}?.URL != {json.dumps(name)} && {BOOK}?.readyState == 'complete'")
        page.keyboard.press("?")
        assert page.is_visible("#shortcuts")
        page.keyboard.press("Escape")
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.id") == "divider":
                break
        share = page.get_attribute("#divider", "aria-valuenow")
        page.keyboard.press("ArrowRight")
        assert int(page.get_attribute("#divider", "aria-valuenow")) == int(share) + 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_checker_of_accessibility_finds_no_violation(chromium: Any, preview: Preview, scheme: str) -> None:
    checker = (module("axe-core") / "axe.min.js").read_text(encoding="utf-8")
    source = SMALL["01-first-things.md"]
    preview.save(source.replace("### Pitfalls", "### Pitfals"))
    with looking(chromium, preview, scheme=scheme, state="failed") as page:
        page.evaluate(checker)
        found = page.evaluate("() => axe.run({iframes: false})")
        assert len(found["passes"]) > 20
        faults = [(each["id"], node["target"]) for each in found["violations"] for node in each["nodes"]]
        assert faults == []
        page.keyboard.press("?")
        found = page.evaluate("() => axe.run({iframes: false})")
        assert [each["id"] for each in found["violations"]] == []


# ---------------------------------------------------------------- who is answered


def test_only_the_page_of_this_machine_is_answered(preview: Preview) -> None:
    own = f"127.0.0.1:{preview.port}"
    assert preview.ask("/", Host=own)[0] == 200
    assert preview.ask("/", Host=f"localhost:{preview.port}")[0] == 200
    for host in ("evil.example", f"evil.example:{preview.port}", "127.0.0.1", "127.0.0.1:1", ""):
        assert preview.ask("/", Host=host)[0] == 403, host
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1", f"https://{own}"):
        assert preview.ask("/events", Host=own, Origin=origin)[0] == 403, origin
    assert preview.ask("/reader/style.css", Host=own, Sec_Fetch_Site="cross-site")[0] == 403
    choice = json.dumps({"edition": "teacher", "page": "a5"})
    assert preview.ask("/choose", "POST", choice, Host=own, Origin="http://evil.example")[0] == 403
    assert preview.ask("/choose", "POST", '{"edition": "../teacher"}', Host=own)[0] == 404
    assert preview.ask("/choose", "POST", "[" * 2000, Host=own)[0] == 404


def test_a_browser_leaves_out_the_usual_port() -> None:
    for port, is_own in ((80, True), (8080, False)):
        guard = server._OwnPageOnly(server.PlainTextResponse(), port)
        for host in ("127.0.0.1", "localhost"):
            assert guard._is_own(Headers({"host": host, "origin": f"http://{host}"})) == is_own
        assert not guard._is_own(Headers({"host": "evil.example"}))


def test_a_request_for_a_web_socket_is_refused_without_a_word_in_the_terminal(preview: Preview) -> None:
    before = preview.said()
    wishes = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    assert preview.ask("/nothing", Host=f"127.0.0.1:{preview.port}", **wishes)[0] == 404
    assert preview.said() == before


def test_no_file_of_the_disk_is_answered(preview: Preview) -> None:
    newest = preview.read_state()["printed"]["serial"]
    for path in (
        "/reader/../guide.toml", "/reader/..%2fguide.toml", "/reader//etc/passwd", "/reader/%2e%2e/%2e%2e/etc/passwd",
        "/reader/content.opf", "/reader/", "/content/guide.toml", "/assets/preview.js", "/page/999/0.png",
        f"/page/{newest}/999.png", f"/page/{newest}/-1.png",
    ):  # fmt: skip
        assert preview.ask(path)[0] in (403, 404), path


def test_a_page_of_a_former_build_is_an_empty_answer_and_no_fault(preview: Preview) -> None:
    newest = preview.read_state()["printed"]["serial"]
    assert preview.ask(f"/page/{newest}/0.png")[0] == 200
    preview.save(SMALL["01-first-things.md"].replace("What is *one*?", "What is *the* one?"))
    status, _, data = preview.ask(f"/page/{newest}/0.png")
    assert (status, data) == (204, b"")


def test_what_is_answered_can_run_no_script(preview: Preview) -> None:
    name = preview.read_state()["reader"]["documents"][-1]["name"]
    for path in (f"/reader/{name}", "/reader/style.css", "/reader/cover.png"):
        status, headers, _ = preview.ask(path)
        assert status == 200
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "sandbox allow-same-origin" in policy and "script" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    status, headers, page = preview.ask("/")
    assert "unsafe" not in headers["content-security-policy"]
    assert b'sandbox="allow-same-origin"' in page and b"<script>" not in page


# ---------------------------------------------------------------- beginning and end


def test_the_page_tells_how_many_files_of_a_new_guide_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_PROGRESS_EVERY", 0)
    board = Board()
    run = session._tell_jobs(run_in_process, board)
    told = [(each, board.read()[0].message) for each in run(str.upper, ["a", "b"])]
    assert told == [("A", "reading and checking: 1 of 2 files"), ("B", "reading and checking: 2 of 2 files")]


def test_a_fault_of_the_program_is_a_problem_on_the_page_and_the_last_good_book_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*args: object) -> None:
        raise ValueError("nobody\nthought of this")

    content, board = lay(tmp_path / "content", SMALL), Board()
    with workers.open_workers(1) as started:
        options = app.BuildOptions(app.ReadingOptions(), use_cache=False)
        own = session._Session(str(content), options, started, cli.ConsoleReporter(), board)
        own.build([], is_first=True)
        book = board.state.reader
        assert book and not board.state.problems
        with monkeypatch.context() as patch:
            patch.setattr(app, "check_project", fail)
            own.answer([["01.md"]])
            own.answer([["01.md"]])
        assert [str(each) for each in board.state.problems] == [
            f"{content}: the program failed: ValueError: nobody thought of this [program-failed]\n"
            "  fix: undo what you changed last, and tell the makers of the program, with what the terminal shows"
        ]
        assert (board.state.is_building, board.state.reader, board.state.stale) == (False, book, ("reader", "printed"))
        assert capsys.readouterr().err.count("Traceback") == 1, "the same fault is printed once"
        own.answer([["01.md"]])
    assert (board.state.problems, board.state.stale) == ((), ())


def test_a_watch_that_fails_ends_the_preview_instead_of_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: str, stop: object) -> Iterator[list[str]]:
        yield ["01.md"]
        raise OSError("the system watches no more files")

    monkeypatch.setattr(session, "wait_for_changes", fail)
    messages: SimpleQueue[session._Message] = SimpleQueue()
    with session._watch_source("content", messages):
        pass
    messages.put(["02.md"])
    with pytest.raises(OSError, match="no more files"):
        session._take_messages(messages)


def test_the_reader_finds_what_moved_and_keeps_nothing_of_what_changed() -> None:
    first = Reader(pack({"a": '<p id="one">old</p>', "b": '<p id="two">same</p>'}))
    assert first.find_anchor(["one"]) == "a.xhtml#one"
    assert first.find_anchor(["two"]) == "b.xhtml#two"
    second = Reader(pack({"a": '<p id="new">old</p>', "b": '<p id="two">same</p>'}), first)
    assert second.find_anchor(["one", "new"]) == "a.xhtml#new"
    assert second.find_anchor(["one", "two"]) == "b.xhtml#two"
    assert second.find_anchor(["one"]) == ""


def pack(documents: dict[str, str]) -> bytes:
    """An EPUB of these documents, as far as a preview looks at it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("EPUB/content.opf", "".join(f'<itemref idref="{name}"/>' for name in documents))
        for name, text in documents.items():
            archive.writestr(f"EPUB/{name}.xhtml", f"<title>{name}</title>{text}")
    return out.getvalue()


def test_a_port_that_is_taken_is_one_message(preview: Preview, tmp_path: Path) -> None:
    log = tmp_path / "log"
    second = start_preview(preview.chapter.parent, log, "--port", str(preview.port))
    assert second.wait(60) == 1
    assert re.search(
        rf"^Error: port {preview.port}: Address already in use; name another with `--port`", log.read_text()
    )


def test_a_wrong_name_is_one_message(preview: Preview, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert start_preview(preview.chapter.parent, log, "-e", "teecher").wait(60) == 2
    assert "there is no edition `teecher`: write `teacher`" in log.read_text()
    assert start_preview(tmp_path / "nothing", log).wait(60) == 1
    assert "[no-content]" in log.read_text() and "Traceback" not in log.read_text()


def test_an_edition_without_pages_is_reported_and_another_one_opens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, board = lay(tmp_path / "content", SMALL), Board()
    with workers.open_workers(1) as started:
        options = app.BuildOptions(app.ReadingOptions(), ("tablet",), use_cache=False)
        own = session._Session(str(content), options, started, cli.ConsoleReporter(), board)
        own.build([], is_first=True)
        own.answer([["01.md"]])
    line = "the edition `tablet` has no printed pages; beside the reader's view stands `guide`\n"
    assert capsys.readouterr().err.count(line) == 1
    assert board.state.choice.edition == "guide" and board.state.printed


def test_ctrl_c_ends_the_preview_and_all_that_it_started(tmp_path: Path) -> None:
    """With a page open that waits for the next build."""
    log = tmp_path / "log"
    process = start_preview(lay(tmp_path / "content", SMALL), log, "--jobs", "2")
    until(lambda: "built in" in log.read_text())
    address = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text())[0]
    children = find_children(process.pid)
    assert children
    with urllib.request.urlopen(f"{address}events", timeout=60) as stream:
        assert stream.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert log.read_text().endswith("\nthe preview ended\n")
    until(lambda: not any(Path(f"/proc/{each}").exists() for each in children))
    port = address.rstrip("/").rpartition(":")[2]
    again = start_preview(tmp_path / "content", log, "--port", port)
    until(lambda: "built in" in log.read_text())
    again.send_signal(signal.SIGINT)
    assert again.wait(60) == 130
    assert not (tmp_path / "dist").exists(), "a preview writes no book"


def find_children(parent: int) -> set[int]:
    """The processes that a process has started, and those that they have."""
    done = subprocess.run(["ps", "-eo", "pid,ppid"], check=True, capture_output=True, text=True)
    pairs = [tuple(map(int, line.split())) for line in done.stdout.splitlines()[1:]]
    found: set[int] = set()
    waiting = {parent}
    while waiting:
        waiting = {pid for pid, ppid in pairs if ppid in waiting} - found
        found |= waiting
    return found
