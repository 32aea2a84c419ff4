"""The plain process manager: children of ours, each in a session of its own.

A child's stdin is a pipe that we hold open and never write to: a child that reads end-of-file
there knows that we are gone, however we died. stdout and stderr are inherited.

Signals go through a pidfd, so they never reach a process that took over a PID; children are
reaped by PID, without a SIGCHLD handler, under any event loop.
"""

import asyncio
import os
import signal
import subprocess
from contextlib import suppress

import psutil
import structlog

from supervisor.errors import StartError
from supervisor.processes import ProcessSpec
from supervisor.processes.tree import KILL_WITHIN, exited, find_tree, kill_tree

_log = structlog.get_logger()


class SimpleProcess:
    """A running child; made by `SimpleProcessManager.start`.

    When it exits, for whatever reason, the rest of its session is killed and it is reaped.
    """

    def __init__(self, spec: ProcessSpec, child: "subprocess.Popen[bytes]") -> None:
        self._name = spec.name
        self._child = child
        self._pidfd = os.pidfd_open(child.pid)
        self._remembered: set[psutil.Process] = set()
        self._life = asyncio.create_task(self._live(), name=f"process {spec.name}")

    @property
    def pid(self) -> int:
        """The process id, valid until the process has exited."""
        return self._child.pid

    async def wait(self) -> int:
        """Return the exit code once the process has exited; minus the number if a signal ended it.

        Any number of tasks may wait; cancelling one does nothing to the process.
        """
        return await asyncio.shield(self._life)

    async def stop(self, grace: float) -> None:
        """Send TERM to the child, wait `grace` seconds, then kill it and all its descendants.

        Only the child itself gets the TERM: what it started is its own to end in order. Whatever
        is left of them when it has exited is killed. Idempotent; returns when nothing is left.
        """
        if self._life.done():
            return
        self._remembered |= find_tree(self.pid)
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)
        await asyncio.wait({self._life}, timeout=grace)
        if self._life.done():
            return
        _log.warning("Process did not end in time, killing it", name=self._name, grace=grace)
        await kill_tree(self.pid, self._remembered)
        await asyncio.wait({self._life}, timeout=KILL_WITHIN)

    async def _live(self) -> int:
        try:
            await exited(self._pidfd)
            # Before reaping: until then the zombie keeps its session's number from being reused.
            await kill_tree(self.pid, self._remembered)
        finally:
            os.close(self._pidfd)
            if self._child.stdin is not None:
                self._child.stdin.close()
        return self._child.wait()


class SimpleProcessManager:
    """Starts plain child processes."""

    async def start(self, spec: ProcessSpec) -> SimpleProcess:
        """Return the started child.

        Raises:
            StartError: the program or the working directory is missing or can't be used.
        """
        return SimpleProcess(spec, _spawn(spec))


def _spawn(spec: ProcessSpec) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - running the operator's programs is the purpose
            spec.argv,
            stdin=subprocess.PIPE,
            env=spec.env,
            cwd=spec.cwd,
            start_new_session=True,
        )
    except OSError as error:
        culprit = error.filename or spec.argv[0]
        raise StartError(f"Can't start {spec.name}: {culprit}: {error.strerror}.") from error
    except ValueError as error:
        raise StartError(f"Can't start {spec.name}: {error}.") from error
