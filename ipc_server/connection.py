"""One connection: reads requests, runs them concurrently, writes the answers as they come.

Back-pressure: it stops reading while `in_flight` requests are under way, or while the peer does not
read its answers. So a peer can keep busy what the limits grant it, and nothing of anybody else's.
"""

import asyncio
import select
from collections.abc import Callable
from contextlib import suppress

import structlog

from ipc_server.batch import BatchAnswers
from ipc_server.wires import Wire
from supervisor.auth import Session
from supervisor.config import Limits
from supervisor.errors import HeroError, ParseError
from supervisor.rpc.dispatcher import Dispatcher
from supervisor.rpc.framing import Oversized, Undelimitable
from supervisor.rpc.messages import Batch, Invalid, Request, encode_error, parse

_CHUNK = 256 * 1024
_UNREAD = 1024 * 1024  # bytes of answers that the peer has not read: no more requests meanwhile
_GONE_CHECK = 1.0  # seconds
_HTTP_METHODS = (b"GET ", b"POST", b"PUT ", b"HEAD", b"OPTI", b"DELE", b"PATC")

_log = structlog.get_logger()


class Connection:
    """Serves one peer from its first byte to its last.

    Args:
        reader: of the socket.
        writer: of the socket.
        wire: how messages lie on it.
        session: who asks.
        dispatcher: who answers.
        limits: what one peer may ask.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        wire: Wire,
        session: Session,
        *,
        dispatcher: Dispatcher[Session],
        limits: Limits,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._wire = wire
        self._session = session
        self._dispatcher = dispatcher
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.in_flight)
        self._calls: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Serve until the peer is done; then answer what is under way, as long as it listens.

        The connection is closed on return, and the peer has all its answers or is gone. Cancelling
        closes it at once.
        """
        try:
            await self._read()
            await self._finish()
            await self._close()
        except OSError as error:
            _log.debug("a connection broke", peer=self._session.peer, reason=str(error))
        finally:
            self._writer.transport.abort()
            await self._cancel_calls()

    async def drain(self, seconds: float) -> None:
        """Give the calls under way `seconds` to be answered, and the peer to read the answers."""
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(seconds):
                while self._calls:
                    await asyncio.wait(self._calls)
                await self._close()

    async def _read(self) -> None:
        while data := await self._reader.read(_CHUNK):
            try:
                messages = self._wire.feed(data)
            except Undelimitable as error:
                for message in error.before:
                    await self._accept(message)
                self._send_last_words(error)
                return
            except HeroError as error:
                _log.warning("a gateway broke the protocol", reason=str(error))
                return
            for message in messages:
                await self._accept(message)

    async def _accept(self, message: bytes | Oversized) -> None:
        parsed = parse(message, self._limits.request, self._limits.batch)
        if isinstance(parsed, Batch):
            answers = BatchAnswers(len(parsed.items), self._limits.response, self._send)
            for place, item in enumerate(parsed.items):
                await self._begin(item, answers.at(place))
        else:
            await self._begin(parsed, self._send_if_any)

    async def _begin(self, item: Request | Invalid, answer: Callable[[bytes | None], None]) -> None:
        """Start a call as soon as there is room for it, in the order of the requests."""
        if self._writer.transport.get_write_buffer_size() > _UNREAD:
            await self._writer.drain()
        if self._slots.locked():
            await self._wait_for_slot()
        else:
            await self._slots.acquire()
        call = asyncio.create_task(self._call(item, answer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _wait_for_slot(self) -> None:
        """Wait for a call to end; nothing is read meanwhile, so nothing else tells of the peer."""
        while True:
            try:
                async with asyncio.timeout(_GONE_CHECK):
                    await self._slots.acquire()
            except TimeoutError:
                if self._is_gone():
                    raise ConnectionResetError("the peer left with its calls under way") from None
            else:
                return

    async def _call(self, item: Request | Invalid, answer: Callable[[bytes | None], None]) -> None:
        try:
            answer(await self._dispatcher.call(item, self._session))
        finally:
            self._slots.release()

    def _send_if_any(self, response: bytes | None) -> None:
        if response is not None:
            self._send(response)

    def _send(self, response: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(self._wire.pack(response))

    def _send_last_words(self, error: Undelimitable) -> None:
        if error.found.startswith(_HTTP_METHODS):
            self._writer.write(_HTTP_ANSWER)
            return
        problem = ParseError(
            "Parse error: a message must begin with '{' or '['. The connection is closed, since "
            "where the next one begins can't be known."
        )
        self._send(encode_error(None, problem))

    async def _finish(self) -> None:
        """The peer sends no more; it may still wait for answers, or be gone altogether.

        Even of a peer that is gone, what it sent last has `_GONE_CHECK` to be done.
        """
        while self._calls:
            await asyncio.wait(self._calls, timeout=_GONE_CHECK)
            if self._is_gone():
                return

    def _is_gone(self) -> bool:
        if self._writer.is_closing():
            return True
        poll = select.poll()
        poll.register(self._writer.get_extra_info("socket").fileno(), 0)
        return bool(poll.poll(0))  # hang-up and error are always reported

    async def _close(self) -> None:
        """Close once the peer has read everything; until then it counts as a connection."""
        self._writer.close()
        await self._writer.wait_closed()

    async def _cancel_calls(self) -> None:
        calls = list(self._calls)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


_HTTP_TEXT = (
    b"This is a JSON-RPC 2.0 socket: send JSON values, not HTTP. "
    b"For a browser or curl, start a gateway.\n"
)
_HTTP_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_HTTP_TEXT), _HTTP_TEXT)
)
