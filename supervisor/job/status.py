"""The statuses of a job and the moves between them, as data.

The store's scripts receive the allowed source statuses of a move as arguments, so that the rule
exists once: here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class JobStatus(StrEnum):
    """Where a job is."""

    CREATED = "created"  # stored, not started
    WAITING = "waiting"  # for prerequisites, for its run_at, or for the back-off of a retry
    QUEUED = "queued"  # in a work queue
    RUNNING = "running"  # claimed by a worker
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"


_CREATED, _WAITING, _QUEUED, _RUNNING, _COMPLETED, _FAILED, _STOPPED = JobStatus

FINAL = frozenset({_COMPLETED, _FAILED, _STOPPED})


@dataclass(frozen=True, slots=True)
class Move:
    """A move from one of `sources` to one of `targets`."""

    sources: frozenset[JobStatus]
    targets: frozenset[JobStatus]


def _move(sources: Iterable[JobStatus], targets: Iterable[JobStatus]) -> Move:
    return Move(frozenset(sources), frozenset(targets))


TRANSITIONS: Mapping[str, Move] = MappingProxyType(
    {
        "enqueue": _move([_CREATED], [_QUEUED, _WAITING, _FAILED]),
        "claim": _move([_QUEUED], [_RUNNING]),
        "finish": _move([_RUNNING], [_COMPLETED, _FAILED, _STOPPED, _WAITING]),
        "stop": _move([_CREATED, _WAITING, _QUEUED], [_STOPPED]),
        "requeue": _move([_RUNNING], [_QUEUED, _FAILED, _STOPPED]),
        "release": _move([_CREATED, _WAITING], [_QUEUED, _WAITING, _FAILED]),
        "due": _move([_WAITING], [_QUEUED]),
        "expire": _move([_CREATED, _WAITING, _QUEUED], [_FAILED]),
        "adopt": _move([_QUEUED, _RUNNING], [_RUNNING, _COMPLETED, _FAILED, _STOPPED]),
    }
)

# Words that older peers write in `status`. Understood when read, never written.
OLD_WORDS: Mapping[str, JobStatus] = MappingProxyType(
    {
        "dispatched": _QUEUED,
        "pending": _QUEUED,
        "waiting_for_prerequisites": _WAITING,
        "started": _RUNNING,
        "processing": _RUNNING,
        "stopping": _RUNNING,
        "finished": _COMPLETED,
        "error": _FAILED,
        "timeout": _FAILED,
        "cancelled": _STOPPED,
    }
)


def read_status(word: str) -> JobStatus:
    """Return the status that `word` means, in our words or an older peer's, in any case.

    Raises:
        ValueError: nobody's word.
    """
    word = word.lower()
    return OLD_WORDS.get(word) or JobStatus(word)


def source_words(verb: str) -> str:
    """Return the words of the statuses that `verb` starts from, as `,queued,dispatched,…,`."""
    return _words(TRANSITIONS[verb].sources)


def target_words(verb: str) -> str:
    """Return the words of the statuses that `verb` leads to, in the same form."""
    return _words(TRANSITIONS[verb].targets)


def _words(statuses: frozenset[JobStatus]) -> str:
    words = sorted(statuses) + [old for old, status in OLD_WORDS.items() if status in statuses]
    return f",{','.join(words)},"
