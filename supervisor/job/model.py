"""A job, as stored and as shown.

The hash in Redis is the truth. `Job.from_hash` reads one, whoever wrote it: fields that older peers
leave out have their defaults. `Job.to_hash` gives the fields of a new one, those that equal their
default left out.
"""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import orjson

from supervisor.job.outcome import JobError
from supervisor.job.status import JobStatus, read_status
from supervisor.job.times import normalise, to_epoch_ms, to_rfc3339

# What a worker is told of a job that it claims.
CLAIMED_FIELDS = (
    "id", "caller_id", "context_id", "script", "script_type", "created_at", "runner", "timeout",
    "retries", "retry_delay", "env_vars", "signatures", "attempt", "lease", "state", "status",
)  # fmt: skip

DEFAULT_TIMEOUT = 60.0  # seconds
DEFAULT_RETRY_DELAY = 1.0  # seconds
DEFAULT_RESULT_TTL = 86_400.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One unit of work. Durations are seconds; moments ending in `_ms` are epoch milliseconds."""

    id: str
    caller_id: str
    context_id: str
    script: str
    script_type: str
    created_at: str
    runner: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    retries: int = 0
    retry_delay: float = DEFAULT_RETRY_DELAY
    env_vars: Mapping[str, str] = field(default_factory=dict)
    prerequisites: tuple[str, ...] = ()
    on_prerequisite_failure: str = "fail"
    priority: str = "normal"
    run_at: str | None = None
    expires_in: float | None = None
    result_ttl: float = DEFAULT_RESULT_TTL
    labels: Mapping[str, str] = field(default_factory=dict)
    signatures: tuple[Mapping[str, str], ...] = ()
    digest: str | None = None
    status: JobStatus = JobStatus.CREATED
    output: str | None = None
    error: JobError | None = None
    attempt: int = 0
    lease: int = 0
    claimed_by: str | None = None
    updated_ms: int | None = None
    queued_ms: int | None = None
    started_ms: int | None = None
    finished_ms: int | None = None
    foreign_word: str | None = None  # what a foreign runner wrote over our status, if it did

    def to_hash(self) -> dict[str, str | bytes]:
        """Return the fields to store for a new job; numbers as text, collections as JSON."""
        fields: dict[str, str | bytes] = {
            "id": self.id,
            "caller_id": self.caller_id,
            "context_id": self.context_id,
            "script": self.script,
            "script_type": self.script_type,
            "created_at": self.created_at,
            "timeout": _plain(self.timeout),
        }
        for name, default in _OPTIONAL.items():
            value = getattr(self, name)
            if value != default:
                fields[name] = _encode(value)
        return fields

    @classmethod
    def from_hash(cls, fields: Mapping[bytes, bytes]) -> Self:
        """Read a stored hash, whatever is in it.

        A field that is not what the schema says (a foreign writer's fault) has its default, so that
        one bad hash spoils nothing but itself.
        """
        values: dict[str, Any] = {}
        for key, raw in fields.items():
            if key in _READERS:
                name, read = _READERS[key]
                try:
                    values[name] = read(raw)
                except (ValueError, TypeError, OverflowError):
                    continue
        for name in ("id", "caller_id", "context_id", "script", "script_type", "created_at"):
            values.setdefault(name, "")
        word = fields.get(b"status")
        if word is not None and b"state" not in fields:  # stored by a foreign client
            with suppress(ValueError):
                values["status"] = _status(word)
        elif word != fields.get(b"state"):
            values["foreign_word"] = _text(word or b"")
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Return the job as the API shows it: env values hidden, moments in RFC 3339."""
        return {
            "id": self.id,
            "caller_id": self.caller_id,
            "context_id": self.context_id,
            "script": self.script,
            "script_type": self.script_type,
            "runner": self.runner,
            "timeout": self.timeout,
            "retries": self.retries,
            "retry_delay": self.retry_delay,
            "env_vars": dict.fromkeys(self.env_vars, "***"),
            "prerequisites": self.prerequisites,
            "on_prerequisite_failure": self.on_prerequisite_failure,
            "priority": self.priority,
            "run_at": _show_text(self.run_at),
            "expires_in": self.expires_in,
            "result_ttl": self.result_ttl,
            "labels": self.labels,
            "signatures": self.signatures,
            "status": self.status,
            "output": self.output,
            "error": self.error.to_json() if self.error else None,
            "attempt": self.attempt,
            "claimed_by": self.claimed_by,
            "created_at": _show_text(self.created_at),
            "updated_at": _show(self.updated_ms),
            "started_at": _show(self.started_ms),
            "finished_at": _show(self.finished_ms),
            "timings": {
                "queued_ms": _span(self.queued_ms, self.started_ms),
                "running_ms": _span(self.started_ms, self.finished_ms),
            },
        }


_OPTIONAL: Mapping[str, Any] = {
    "runner": None,
    "retries": 0,
    "retry_delay": DEFAULT_RETRY_DELAY,
    "env_vars": {},
    "prerequisites": (),
    "on_prerequisite_failure": "fail",
    "priority": "normal",
    "run_at": None,
    "expires_in": None,
    "result_ttl": DEFAULT_RESULT_TTL,
    "labels": {},
    "signatures": (),
    "digest": None,
}


def _plain(seconds: float) -> str:
    """Write whole seconds without a point: foreign runners may read an integer."""
    return str(int(seconds)) if seconds == int(seconds) else str(seconds)


def _encode(value: Any) -> str | bytes:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    return orjson.dumps(value)


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _seconds(raw: bytes) -> float:
    seconds = float(raw)
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError("no duration")
    return seconds


def _timeout(raw: bytes) -> float:
    return _seconds(raw) or DEFAULT_TIMEOUT


def _texts(raw: bytes) -> dict[str, str]:
    value = orjson.loads(raw)
    if not isinstance(value, dict):
        raise TypeError("no object")
    return {name: text for name, text in value.items() if isinstance(text, str)}


def _ids(raw: bytes) -> tuple[str, ...]:
    return tuple(item for item in _list(raw) if isinstance(item, str))


def _signatures(raw: bytes) -> tuple[Mapping[str, str], ...]:
    return tuple(item for item in _list(raw) if isinstance(item, dict))


def _list(raw: bytes) -> list[Any]:
    value = orjson.loads(raw)
    if not isinstance(value, list):
        raise TypeError("no array")
    return value


def _number(raw: bytes) -> int:
    return int(float(raw))


def _moment(raw: bytes) -> int:
    """Read our milliseconds, or what a foreign peer wrote in the same field."""
    try:
        milliseconds = int(raw)
    except ValueError:
        return to_epoch_ms(raw.decode())
    to_rfc3339(milliseconds)  # refuses what can't be shown
    return milliseconds


def _status(raw: bytes) -> JobStatus:
    return read_status(raw.decode())


_READERS: Mapping[bytes, tuple[str, Any]] = {
    b"id": ("id", _text),
    b"caller_id": ("caller_id", _text),
    b"context_id": ("context_id", _text),
    b"script": ("script", _text),
    b"script_type": ("script_type", lambda raw: raw.decode().lower()),
    b"runner": ("runner", _text),
    b"timeout": ("timeout", _timeout),
    b"retries": ("retries", _number),
    b"retry_delay": ("retry_delay", _seconds),
    b"env_vars": ("env_vars", _texts),
    b"prerequisites": ("prerequisites", _ids),
    b"on_prerequisite_failure": ("on_prerequisite_failure", _text),
    b"priority": ("priority", _text),
    b"run_at": ("run_at", _text),
    b"expires_in": ("expires_in", _seconds),
    b"result_ttl": ("result_ttl", _seconds),
    b"labels": ("labels", _texts),
    b"signatures": ("signatures", _signatures),
    b"digest": ("digest", _text),
    b"state": ("status", _status),
    b"output": ("output", _text),
    b"error": ("error", JobError.decode),
    b"attempt": ("attempt", _number),
    b"lease": ("lease", _number),
    b"claimed_by": ("claimed_by", _text),
    b"created_at": ("created_at", _text),
    b"updated_at": ("updated_ms", _moment),
    b"queued_at": ("queued_ms", _moment),
    b"started_at": ("started_ms", _moment),
    b"finished_at": ("finished_ms", _moment),
}


def _show(epoch_ms: int | None) -> str | None:
    return None if epoch_ms is None else to_rfc3339(epoch_ms)


def _show_text(moment: str | None) -> str | None:
    """Show a moment that a caller wrote as our RFC 3339; what is none, as it is."""
    try:
        return normalise(moment or "")
    except ValueError:
        return moment or None


def _span(start_ms: int | None, end_ms: int | None) -> int | None:
    return None if start_ms is None or end_ms is None else max(0, end_ms - start_ms)
