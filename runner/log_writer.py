"""Brings what a job prints into its log while it runs: within 20 ms, from a thread of its own.

The buffer is bounded: a script that prints faster than Redis takes it waits. While Redis is away,
lines wait in the buffer; so does, at the end, the worker.
"""

import threading
import time
from collections.abc import Callable

from supervisor.errors import OutcomeUnknown, StoreUnavailable
from supervisor.store.blocking import BlockingCarrier
from supervisor.store.commands import Claimed, Commands

_GATHER = 0.01  # seconds that the first line waits for others
_BUFFER = 1024 * 1024  # characters
_BLOCK = 64 * 1024  # characters of one entry of the stream
_RETRY = 0.2


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
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()
            self._changed.wait_for(lambda: self._size < _BUFFER)
            self._lines.append((stream, text))
            self._size += len(text)
            self._changed.notify_all()

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
            if self._claimed is not None:
                self._send(carrier, self._claimed, gather_blocks(lines))
            with self._changed:
                self._size -= sum(len(text) for _, text in lines)
                self._changed.notify_all()

    def _send(
        self, carrier: BlockingCarrier, claimed: Claimed, blocks: list[tuple[str, str]]
    ) -> None:
        while True:
            try:
                carrier.execute(self._commands.log(claimed, blocks, self._cap))
            except StoreUnavailable:
                time.sleep(_RETRY)
            except OutcomeUnknown:
                return  # sending again could print it twice
            else:
                return


def gather_blocks(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join neighbouring lines of one stream into blocks, so that few entries carry them."""
    blocks: list[tuple[str, list[str], int]] = []
    for stream, text in lines:
        if blocks and blocks[-1][0] == stream and blocks[-1][2] + len(text) <= _BLOCK:
            name, texts, size = blocks.pop()
            texts.append(text)
            blocks.append((name, texts, size + len(text)))
        else:
            blocks.append((stream, [text], len(text)))
    return [(stream, "".join(texts)) for stream, texts, _ in blocks]
