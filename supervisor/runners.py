"""What a runner is, not how it runs."""

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field


class RunnerSpec(BaseModel):
    """A runner that the daemon starts and watches.

    `workers` is how many scripts it runs at once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    script_type: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,64}$")]
    workers: Annotated[int, Field(ge=1, le=256)] = 1


@dataclass(frozen=True, slots=True)
class RunnerStatus:
    """A registered runner, as its registration and its last heartbeat tell.

    Moments are RFC 3339, `uptime_s` seconds. `queue_length` counts the jobs it may take that nobody
    has taken yet.
    """

    id: str
    state: str  # running, draining, or lost without a heartbeat
    script_type: str
    alive: bool
    busy: int
    capacity: int
    queue_length: int
    pid: int | None = None
    uptime_s: float | None = None
    last_seen: str | None = None
    done: int = 0
    failed: int = 0
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a guard says of its instance at each beat; `since_ms` and `at_ms` in epoch time."""

    state: str
    pid: int
    since_ms: int
    at_ms: int
    busy: int
    capacity: int
    done: int
    failed: int
    restarts: int

    def encode(self) -> bytes:
        """Return the value of the heartbeat's key."""
        return orjson.dumps(self)


def read_heartbeat(raw: bytes | None) -> Heartbeat | None:
    """Read a heartbeat; None where there is none, or not one of ours."""
    if raw is None:
        return None
    try:
        members: dict[str, Any] = orjson.loads(raw)
        return Heartbeat(**members)
    except (orjson.JSONDecodeError, TypeError):
        return None
