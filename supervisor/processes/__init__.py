"""Child processes of the daemon: what to run, and what a process manager promises.

`simple` starts plain children; `keeper` keeps one process running with any manager.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """What to run.

    Attributes:
        name: how logs and statuses call the process.
        argv: the program (a path, or a name on PATH) and its arguments.
        env: the whole environment; None inherits ours.
        cwd: the working directory; None inherits ours.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None


class Process(Protocol):
    """One started process; a reused PID is never mistaken for it."""

    @property
    def pid(self) -> int:
        """The process id, valid until the process has exited."""
        ...

    async def wait(self) -> int:
        """Return the exit code once the process has exited; minus the number if a signal ended it.

        Any number of tasks may wait; cancelling one does nothing to the process.
        """
        ...

    async def stop(self, grace: float) -> None:
        """Ask the process to end, wait `grace` seconds, then kill it and all its descendants.

        Idempotent; returns when nothing of the process is left.
        """
        ...


class ProcessManager(Protocol):
    """Starts processes."""

    async def start(self, spec: ProcessSpec) -> Process:
        """Return the started process.

        Raises:
            StartError: it can't be started; the message names the program and the reason.
        """
        ...
