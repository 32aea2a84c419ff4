"""Find and kill everything that descends from one process.

A process belongs to the tree of a leader if it is in the leader's session, or descends from a
process that is, or is named explicitly. The session is what survives when a parent exits and its
children are handed to init. Known gap: a process that made a session of its own and whose parent
then exited is found only if the caller remembered it from an earlier look.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil
import structlog

KILL_WITHIN = 5.0
"""Seconds that killed processes get to vanish; longer means stuck in the kernel."""

_log = structlog.get_logger()


async def exited(pidfd: int) -> None:
    """Return once the process of `pidfd` has exited (it may still be an unreaped zombie).

    Any number of tasks may wait on one pidfd: an event loop knows one reader per descriptor, so
    each waits on a duplicate.
    """
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    duplicate = os.dup(pidfd)
    loop.add_reader(duplicate, done.set)
    try:
        await done.wait()
    finally:
        loop.remove_reader(duplicate)
        os.close(duplicate)


def find_tree(leader: int, roots: Iterable[psutil.Process] = ()) -> set[psutil.Process]:
    """Return the live processes of `leader`'s session, the live `roots`, and all descendants.

    The leader must be a session leader that runs or has not been reaped yet, or its id may
    already mean another session.
    """
    children: defaultdict[int, list[psutil.Process]] = defaultdict(list)
    pending = [process for process in roots if _lives(process)]
    for pid in psutil.pids():
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            process = psutil.Process(pid)
            children[process.ppid()].append(process)
            if os.getsid(pid) == leader:
                pending.append(process)
    tree: set[psutil.Process] = set()
    while pending:
        process = pending.pop()
        if process not in tree:
            tree.add(process)
            pending.extend(children[process.pid])
    return {process for process in tree if _lives(process)}


async def kill_tree(leader: int, remembered: Iterable[psutil.Process] = ()) -> None:
    """Kill the tree of `leader` and the `remembered` processes with theirs; wait for their end.

    Everything is stopped before anything is killed: a process that dies first would hand its
    children to init, where they are no longer found. What can't be killed (not our user's, or
    stuck in the kernel for longer than `KILL_WITHIN` seconds) is logged and left.
    """
    tree = _freeze(leader, remembered)
    killed = [process for process in tree if _signal(process.kill)]
    try:
        async with asyncio.timeout(KILL_WITHIN):
            for process in killed:
                await _gone(process)
    except TimeoutError:
        left = sorted(process.pid for process in killed if _lives(process))
        _log.error("Killed processes do not vanish", leader=leader, pids=left)


def _freeze(leader: int, remembered: Iterable[psutil.Process]) -> set[psutil.Process]:
    """Stop the whole tree; look again until a look finds nothing that could still fork."""
    frozen: set[psutil.Process] = set()
    while new := find_tree(leader, frozen.union(remembered)) - frozen:
        for process in new:
            _signal(process.suspend)
        frozen |= new
    return frozen


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _signal(send: Callable[[], None]) -> bool:
    """Return whether the signal reached its process; psutil refuses a reused PID."""
    try:
        send()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied as error:
        _log.error("Not allowed to kill a process", pid=error.pid)
        return False
    return True


async def _gone(process: psutil.Process) -> None:
    try:
        pidfd = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    try:
        if process.is_running():
            await exited(pidfd)
    finally:
        os.close(pidfd)
