"""Brings what a job prints into its log while it runs: within 20 ms, from a thread of its own.

The buffer is bounded: a script that prints faster than Redis takes it waits. While Redis is away,
lines wait in the buffer; so does, at the end, the worker.
"""

import select
import threading
import time
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

import structlog

from supervisor.errors import OutcomeUnknown, StoreUnavailable
from supervisor.store.blocking import BlockingCarrier
from supervisor.store.commands import Claimed, Commands

_GATHER = 0.01  # seconds that the first line waits for others
_BUFFER = 1024 * 1024  # characters
_BLOCK = 64 * 1024  # characters of one entry of the stream
_RETRY = 0.2

_log = structlog.get_logger()


class LogWriter:
    """The log of one job after another.

    Args:
        connect: gives a connection of the writer's own.
        commands: of the store.
        cap: bytes that one job's log may have.
    """

    def __init__(
        self, connect: Callable[[], BlockingCarrier], commands: Commands, cap: int
    ) -> None:
        self._connect = connect
        self._commands = commands
        self._cap = cap
        # The store makes room by whole blocks: of a log at its cap, most shall be left.
        self._block = max(1, min(_BLOCK, cap // 16))
        self._claimed: Claimed | None = None
        self._lines: list[tuple[str, str]] = []
        self._size = 0  # characters waiting, and on their way
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def open(self, claimed: Claimed) -> None:
        """Write for this job from now on."""
        self._claimed = claimed

    def write(self, stream: str, text: str) -> None:
        """Append to the job's log; waits while the buffer is full."""
        with self._changed:
            if self._thread is None:
                self._start()
            self._changed.wait_for(lambda: self._size < _BUFFER)
            self._lines.append((stream, text))
            self._size += len(text)
            self._changed.notify_all()

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="log", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            raise MemoryError from error  # there is none left for its stack
        self._thread = thread

    def flush(self) -> None:
        """Return once all that was written is in the store."""
        with self._changed:
            self._changed.wait_for(lambda: self._size == 0)

    def _run(self) -> None:
        carrier = self._connect()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines)
                self._changed.wait_for(lambda: self._size >= _BLOCK, timeout=_GATHER)
                lines, self._lines = self._lines, []
            try:
                self._send(carrier, lines)
            except Exception:  # noqa: BLE001 (a log that can't be written must not hold up its job)
                _log.exception("lost lines of a job's log", lines=len(lines))
            finally:
                with self._changed:
                    self._size -= sum(len(text) for _, text in lines)
                    self._changed.notify_all()

    def _send(self, carrier: BlockingCarrier, lines: list[tuple[str, str]]) -> None:
        if self._claimed is None:
            return
        command = self._commands.log(self._claimed, gather_blocks(lines, self._block), self._cap)
        while True:
            try:
                if _is_stale(carrier):
                    carrier.close()  # so that nothing is sent in vain, which could not be repeated
                carrier.execute(command)
            except StoreUnavailable:
                time.sleep(_RETRY)
            except OutcomeUnknown:  # sending again could print it twice
                _log.warning("lines of a job's log may be lost", job_id=self._claimed.job.id)
                return
            else:
                return


def _is_stale(carrier: BlockingCarrier) -> bool:
    """Tell whether Redis has closed the connection: between commands it has nothing else to say."""
    if carrier.fileno() < 0:
        return False
    poll = select.poll()
    poll.register(carrier.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def gather_blocks(lines: list[tuple[str, str]], size: int = _BLOCK) -> list[tuple[str, str]]:
    """Join neighbouring lines of one stream into blocks of at most `size` characters."""
    blocks: list[tuple[str, str]] = []
    for stream, same in groupby(lines, key=itemgetter(0)):
        text = "".join(text for _, text in same)
        blocks += [(stream, text[at : at + size]) for at in range(0, len(text), size)]
    return blocks
