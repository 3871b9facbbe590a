"""The sockets of the LAN service: one event loop in one thread; every step has a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from .config import LanConfig
from .feed import Feed
from .http import HEAD_MAX_BYTES, HttpError, Request, Response, format_response, parse_head
from .routes import Poll, Routes, now_ms, refusal, scan_response

#: How long an idle connection stays open for the browser's next request.
IDLE_S: Final = 75.0
READ_S: Final = 5.0
WRITE_S: Final = 10.0
HANDSHAKE_S: Final = 10.0
START_S: Final = 10.0
_END_OF_HEAD: Final = b"\r\n\r\n"

_logger = logging.getLogger(__name__)


class _Reader(asyncio.StreamReader):
    """Notices at once that the other side has closed, also while nobody reads."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=HEAD_MAX_BYTES, loop=loop)
        self.gone: asyncio.Future[None] = loop.create_future()

    def feed_eof(self) -> None:
        super().feed_eof()
        self._go()

    def set_exception(self, exc: BaseException) -> None:
        super().set_exception(exc)  # type: ignore[arg-type]
        self._go()

    def _go(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)


class LanServer:
    """Serves the tills and the status page from ``start`` to ``stop``."""

    def __init__(self, config: LanConfig, feed: Feed) -> None:
        self.config = config
        self.routes = Routes(config, feed)
        #: The port on which the service listens, set by ``start``.
        self.port = 0
        self._feed = feed
        self._loop = asyncio.new_event_loop()
        self._clients: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen. Raises ``OSError`` when the address is taken or a certificate cannot be read."""
        try:
            context = self._tls_context()
        except OSError:
            self._loop.close()
            raise
        started = threading.Event()
        failure: list[BaseException] = []

        def run() -> None:
            try:
                self._loop.run_until_complete(self._serve(context, started))
            except BaseException as error:  # ``start`` raises it
                failure.append(error)
            finally:
                self._loop.close()
                started.set()

        self._thread = threading.Thread(target=run, name="campus-lan", daemon=True)
        self._thread.start()
        started.wait(START_S)
        if failure:
            raise failure[0]
        self._unsubscribe = self._feed.subscribe(self.routes.take)
        _logger.info("tills are served at %s port %s", self.config.bind, self.port)

    def stop(self) -> None:
        """End every connection and stop listening; may be called twice."""
        if self._unsubscribe:
            self._unsubscribe()
            self._unsubscribe = None
        if self._thread and self._stopping:
            with contextlib.suppress(RuntimeError):  # the loop has already ended
                self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(START_S)

    def __enter__(self) -> LanServer:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _tls_context(self) -> ssl.SSLContext | None:
        if not self.config.tls:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.config.cert_file, self.config.key_file)
        return context

    async def _serve(self, context: ssl.SSLContext | None, started: threading.Event) -> None:
        self._stopping = asyncio.Event()
        server = await self._loop.create_server(
            self._protocol,
            self.config.bind,
            self.config.port,
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_S if context else None,
        )
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stopping.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        reader = _Reader(self._loop)

        def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # our own task, because asyncio would log an error when ``stop`` cancels its task
            task = self._loop.create_task(self._attend(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return asyncio.StreamReaderProtocol(reader, connected, loop=self._loop)

    async def _attend(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        client = str(peer[0]) if peer else ""
        is_full = self._clients.total() >= self.config.connections_max
        if is_full or self._clients[client] >= self.config.per_client_max:
            writer.transport.abort()
            return
        self._clients[client] += 1
        try:
            await self._converse(reader, writer, client)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            pass  # the other side has closed or is too slow
        finally:
            self._clients[client] -= 1
            self._clients += Counter()  # remove clients with no connection left
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def _converse(self, reader: _Reader, writer: asyncio.StreamWriter, client: str) -> None:
        keep_alive = True
        while keep_alive:
            try:
                request = await self._read(reader)
            except HttpError as error:
                await _write(writer, format_response(refusal(error.status, error.code), False))
                return
            response = await self._answer(request, reader, client)
            keep_alive = request.keep_alive and response.status < 500
            await _write(writer, format_response(response, keep_alive, request.method == "HEAD"))

    async def _read(self, reader: _Reader) -> Request:
        first = await asyncio.wait_for(reader.readexactly(1), IDLE_S)
        try:
            rest = await asyncio.wait_for(reader.readuntil(_END_OF_HEAD), READ_S)
        except asyncio.LimitOverrunError:
            raise HttpError(431, "head_too_large") from None
        request = parse_head(first + rest)
        if not request.length:
            return request
        return replace(request, body=await asyncio.wait_for(reader.readexactly(request.length), READ_S))

    async def _answer(self, request: Request, reader: _Reader, client: str) -> Response:
        try:
            answer = self.routes.answer(request, client)
        except Exception:
            # an error in the edge's status must not stop the service for tills
            _logger.exception("no answer to %s", request.path)
            return Response(500)
        if isinstance(answer, Poll):
            return await self._poll(answer, reader)
        if answer.delay_ms:
            await asyncio.wait({reader.gone}, timeout=answer.delay_ms / 1_000)
        return answer

    async def _poll(self, poll: Poll, reader: _Reader) -> Response:
        scan: asyncio.Future[str] = self._loop.create_future()

        def deliver(text: str) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(scan.set_result, text)

        futures: set[asyncio.Future[Any]] = {scan, reader.gone}
        ticket = poll.desk.wait(deliver, now_ms())
        try:
            await asyncio.wait(
                futures, timeout=self.config.poll_ms / 1_000, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            is_coming = not poll.desk.leave(ticket, now_ms())
        text = await scan if is_coming else None
        if text is not None and reader.gone.done():
            # the till no longer reads the answer: another till, or its next page, gets the scan
            poll.desk.give_back(text, now_ms())
        if reader.gone.done():
            raise ConnectionResetError
        return scan_response(poll, text)


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await asyncio.wait_for(writer.drain(), WRITE_S)
