"""How the execution of a script ended: a value, never an exception."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import orjson

from supervisor.job.status import JobStatus


class ErrorKind(StrEnum):
    """Why a job failed."""

    SCRIPT = "script"
    TIMEOUT = "timeout"
    RUNNER_LOST = "runner_lost"
    PREREQUISITE = "prerequisite"
    EXPIRED = "expired"
    SIGNATURE = "signature"
    ENGINE = "engine"
    OUTPUT_LIMIT = "output_limit"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed, and where in its script (both 1-based)."""

    kind: str
    message: str
    exit_code: int | None = None
    line: int | None = None
    column: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the members that are known."""
        members = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in members.items() if value is not None}

    def encode(self) -> bytes:
        """Return the text that the job's hash holds."""
        return orjson.dumps(self.to_json())

    @classmethod
    def decode(cls, text: bytes) -> Self:
        """Read the text of a hash; a foreign runner's free text becomes a script error."""
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            value = None
        if isinstance(value, dict) and isinstance(value.get("message"), str):
            known = {name: value[name] for name in cls.__slots__ if name in value}
            return cls(**{"kind": ErrorKind.SCRIPT, **known})
        return cls(ErrorKind.SCRIPT, text.decode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine returned: completed with an output, or failed or stopped with an error."""

    status: JobStatus
    output: str | None = None
    error: JobError | None = None

    @classmethod
    def completed(cls, output: str) -> Self:
        """Return the outcome of a script that ended well."""
        return cls(JobStatus.COMPLETED, output=output)

    @classmethod
    def failed(
        cls, kind: ErrorKind, message: str, *, line: int | None = None, column: int | None = None
    ) -> Self:
        """Return the outcome of a script that did not."""
        return cls(JobStatus.FAILED, error=JobError(kind, message, line=line, column=column))

    @classmethod
    def stopped(cls) -> Self:
        """Return the outcome of a script that was stopped on request."""
        return cls(JobStatus.STOPPED)
