"""Halt, resume and kill workers. Their PIDs stay theirs: a dead one is a zombie until reaped."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from supervisor.processes.tree import find_tree, kill_tree

_HALT_WITHIN = 1.0  # seconds
_STEP = 0.001
_HALTED = frozenset("TtZX")  # the states of proc_pid_stat(5) in which no more code runs


async def halt(pid: int) -> None:
    """Stop a worker's execution; return once it stands still, or is dead."""
    os.kill(pid, signal.SIGSTOP)
    with suppress(TimeoutError):
        async with asyncio.timeout(_HALT_WITHIN):
            while _state(pid) not in _HALTED:  # noqa: ASYNC110 (only its parent could be told)
                await asyncio.sleep(_STEP)


def resume(pid: int) -> None:
    """Let a halted worker go on."""
    os.kill(pid, signal.SIGCONT)


async def kill_worker(pid: int, grace: float) -> None:
    """Kill a worker and all its descendants; these get TERM and `grace` seconds first."""
    descendants = {process for process in find_tree(pid) if process.pid != pid}
    for process in descendants:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    if descendants and grace:
        await asyncio.to_thread(psutil.wait_procs, descendants, grace)
    await kill_tree(pid, descendants)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
