"""Answer the browser: the page, the state as it changes, the files of the EPUB, pictures of pages. Only this machine is answered.

A web page of a stranger cannot ask: a request must name this server's own address as its ``Host``, which a name that is made to
lead to 127.0.0.1 does not, and the browser must not say that another origin sends it. No path of a request is a path on the disk.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from threading import Thread
from time import sleep
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studyguide.preview.board import Board, Choice

_HOST = "127.0.0.1"
_USUAL_PORT = 80  # which a browser leaves out of the name of the host
_MAX_BODY = 2_000  # bytes of a request
_HEARTBEAT = 15  # seconds after which a silent stream says something, so that a lost browser is noticed
_START_WAIT, _END_WAIT = 0.005, 5  # seconds
_ASSETS = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/preview.css": ("preview.css", "text/css; charset=utf-8"),
    "/preview.js": ("preview.js", "text/javascript; charset=utf-8"),
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The books contain no script; what a fault of the program let through could not run here.
_BOOK_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class PortTakenError(Exception):
    """Another program uses the port; the message says what to do."""


@contextmanager
def open_socket(port: int) -> Iterator[socket.socket]:
    """Open a socket of this machine; 0 is any port that is free. Raises PortTakenError."""
    with socket.socket() as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((_HOST, port))
            opened.listen()
        except OSError as error:
            reason = error.strerror or error
            raise PortTakenError(f"port {port}: {reason}; name another with `--port`, or leave it out") from error
        yield opened


@contextmanager
def serving(board: Board, choose: Callable[[Choice], None], opened: socket.socket) -> Iterator[str]:
    """Answer from a thread of its own, and yield the address of the page. ``choose`` is called with the reader's choices."""
    port = opened.getsockname()[1]
    answers = _Answers(board, choose)
    settings = uvicorn.Config(
        _OwnPageOnly(answers.make_application(), port),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # not a warning for each browser that asks for more than this server has
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(settings)
    thread = Thread(target=server.run, args=([opened],), name="server", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        sleep(_START_WAIT)
    try:
        yield f"http://{_HOST}:{port}/"
    finally:
        server.should_exit = True
        board.close()
        thread.join(_END_WAIT)


class _OwnPageOnly:
    """Refuses requests that a page of another origin sends, and adds the headers that every answer has."""

    def __init__(self, application: ASGIApp, port: int) -> None:
        self._application = application
        names = (_HOST, "localhost")
        self._hosts = {f"{name}:{port}" for name in names} | ({*names} if port == _USUAL_PORT else set())
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        if scope["type"] == "http" and not self._is_own(Headers(scope=scope)):
            refusal = PlainTextResponse("this preview answers only its own page\n", status_code=403)
            await refusal(scope, receive, send_with_headers)
        elif scope["type"] == "http":
            await self._application(scope, receive, send_with_headers)

    def _is_own(self, headers: Headers) -> bool:
        """True if the request names this server, and no other page sends it."""
        return (
            headers.getlist("host") != []
            and all(host in self._hosts for host in headers.getlist("host"))
            and headers.get("origin", "") in {"", *self._origins}
            and headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        )


class _Answers:
    """The answers to the requests of the page."""

    def __init__(self, board: Board, choose: Callable[[Choice], None]) -> None:
        self._board, self._choose = board, choose
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        board.notify = self._notify

    def make_application(self) -> Starlette:
        """Return the application: paths, and what answers each."""
        return Starlette(
            routes=[
                *(Route(path, self.send_asset) for path in _ASSETS),
                Route("/events", self.send_events),
                Route("/reader/{name:path}", self.send_file),
                Route("/page/{serial:int}/{number:int}.png", self.send_page),
                Route("/choose", self.take_choice, methods=["POST"]),
            ]
        )

    # ------------------------------------------------------------ the page

    def send_asset(self, request: Request) -> Response:
        name, media_type = _ASSETS[request.url.path]
        data = files("studyguide.preview").joinpath("assets", name).read_bytes()
        headers = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-store"}
        return Response(data, media_type=media_type, headers=headers)

    # ------------------------------------------------------------ the state

    def _notify(self) -> None:
        """Wake the streams; called by any thread."""
        if self._loop:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def send_events(self, request: Request) -> Response:
        """Send the state now, and after each change."""
        self._loop = asyncio.get_running_loop()
        return StreamingResponse(
            self._stream_states(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _stream_states(self) -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        sent = -1
        while not self._board.is_closed:
            changed = self._changed
            state, version = self._board.read()
            if version != sent:
                sent = version
                yield f"data: {json.dumps(state.describe())}\n\n"
                continue
            try:
                await asyncio.wait_for(changed.wait(), _HEARTBEAT)
            except TimeoutError:
                yield ": waiting\n\n"

    # ------------------------------------------------------------ the books

    def send_file(self, request: Request) -> Response:
        """Send a file of the EPUB. The browser keeps it as long as its text is the same."""
        pane = self._board.state.reader
        found = pane.book.read_file(request.path_params["name"]) if pane else None
        if found is None:
            return _refuse_unknown()
        data, media_type = found
        headers = {"Content-Security-Policy": _BOOK_POLICY, "Cache-Control": "no-cache"}
        return Response(data, media_type=media_type, headers=headers)

    def send_page(self, request: Request) -> Response:
        """Send a picture of a page, of the width in pixels that the page has on the screen.

        A page of a former build is no fault of the browser, which has not heard of the new one yet: it gets an empty answer.
        """
        pane, serial = self._board.state.printed, request.path_params["serial"]
        width = _read_number(request.query_params.get("width", "")) or 0
        picture = (
            pane.book.picture_page(request.path_params["number"], width) if pane and pane.serial == serial else None
        )
        if picture is None:
            newest = self._board.state.printed
            return Response(status_code=204) if newest and serial < newest.serial else _refuse_unknown()
        headers = {"Content-Security-Policy": _BOOK_POLICY, "Cache-Control": "private, max-age=3600, immutable"}
        return Response(picture, media_type="image/png", headers=headers)

    async def take_choice(self, request: Request) -> Response:
        """Take another edition or page size; what does not exist is refused."""
        wanted = await _read_object(request)
        state = self._board.state
        choice = Choice(str(wanted.get("edition", "")), str(wanted.get("page", "")))
        if choice.edition not in {name for name, _ in state.editions} or choice.page not in {"", *state.sizes}:
            return _refuse_unknown()
        self._choose(choice)
        return Response(status_code=204)


def _refuse_unknown() -> Response:
    return PlainTextResponse("there is no such thing\n", status_code=404)


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


async def _read_object(request: Request) -> dict[str, Any]:
    """Return the object of JSON in a request; an empty one if there is none, or if it is too long."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > _MAX_BODY:
            return {}
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
