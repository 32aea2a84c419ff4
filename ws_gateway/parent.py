"""End with the parent: it holds the other end of our stdin open for as long as it lives."""

import asyncio
import os
import stat
from collections.abc import Callable
from typing import IO, Any

from supervisor.errors import StartError


class _EndOfPipe(asyncio.Protocol):
    def __init__(self, gone: Callable[[], None]) -> None:
        self._gone = gone

    def connection_lost(self, _exc: Exception | None) -> None:
        self._gone()


async def watch_parent(pipe: IO[Any], gone: Callable[[], None]) -> None:
    """Call `gone` once, when `pipe` is at its end.

    Raises:
        StartError: it is neither pipe nor socket, so it could not tell.
    """
    mode = os.fstat(pipe.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        raise StartError("--exit-with-parent needs a pipe on stdin.")
    await asyncio.get_running_loop().connect_read_pipe(lambda: _EndOfPipe(gone), pipe)
