"""What workers tell their guard without a system call: one page of shared memory each.

A worker writes what it executes; the guard reads that to enforce time-outs, to count, and, once a
worker is dead, to know what it was doing. The state is written last when a job begins, so that a
page that says RUNNING is whole.
"""

import mmap
import struct
from dataclasses import dataclass
from enum import IntEnum

_PAGE = 256
_STATE = struct.Struct("<B")
_ID_BYTES = 128
_JOB = struct.Struct(f"<qdH{_ID_BYTES}s")
_COUNTS = struct.Struct("<QQ")
_STATE_AT, _JOB_AT, _COUNTS_AT = 0, 8, 168
_DRAIN_AT = 0


class WorkerState(IntEnum):
    """What a worker does."""

    IDLE = 0  # has no job in hand, or only just
    RUNNING = 1  # executes a script
    FINISHING = 2  # has the outcome in hand, and brings it to the store


@dataclass(frozen=True, slots=True)
class Page:
    """A look at a worker's page; `deadline` in seconds of the monotonic clock."""

    state: WorkerState
    job_id: str
    lease: int
    deadline: float
    done: int
    failed: int

    def runs(self, job_id: str, lease: int) -> bool:
        """Tell whether the worker executes this very attempt."""
        return self.state is WorkerState.RUNNING and self.has(job_id, lease)

    def has(self, job_id: str, lease: int) -> bool:
        """Tell whether this attempt is the last that the worker began."""
        return self.job_id == _fit(job_id).decode(errors="replace") and self.lease == lease


class Pages:
    """The pages of a runner's workers, shared by all processes forked after their making."""

    def __init__(self, slots: int) -> None:
        self._memory = mmap.mmap(-1, _PAGE * (slots + 1))  # anonymous and shared

    @property
    def drains(self) -> bool:
        """Tell whether workers shall claim no more."""
        return self._memory[_DRAIN_AT] != 0

    def drain(self) -> None:
        """Have workers claim no more."""
        self._memory[_DRAIN_AT] = 1

    def begin(self, slot: int, job_id: str, lease: int, deadline: float) -> None:
        """Say that a worker executes an attempt."""
        start = _start(slot)
        raw = _fit(job_id)
        self._set_state(start, WorkerState.IDLE)
        _JOB.pack_into(self._memory, start + _JOB_AT, lease, deadline, len(raw), raw)
        self._set_state(start, WorkerState.RUNNING)

    def finish(self, slot: int, *, failed: bool) -> None:
        """Say that the script has ended."""
        start = _start(slot)
        self._set_state(start, WorkerState.FINISHING)
        done, failures = _COUNTS.unpack_from(self._memory, start + _COUNTS_AT)
        _COUNTS.pack_into(self._memory, start + _COUNTS_AT, done + 1, failures + failed)

    def rest(self, slot: int) -> None:
        """Say that the outcome has arrived."""
        self._set_state(_start(slot), WorkerState.IDLE)

    def look(self, slot: int) -> Page:
        """Read a worker's page."""
        start = _start(slot)
        lease, deadline, length, raw = _JOB.unpack_from(self._memory, start + _JOB_AT)
        done, failed = _COUNTS.unpack_from(self._memory, start + _COUNTS_AT)
        state = WorkerState(self._memory[start + _STATE_AT])
        return Page(state, raw[:length].decode(errors="replace"), lease, deadline, done, failed)

    def _set_state(self, start: int, state: WorkerState) -> None:
        _STATE.pack_into(self._memory, start + _STATE_AT, state)


def _fit(job_id: str) -> bytes:
    """Return what a page holds of an id: a foreign client's may be longer than ours ever are."""
    return job_id.encode()[:_ID_BYTES]


def _start(slot: int) -> int:
    return _PAGE * (slot + 1)
