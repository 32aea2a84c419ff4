"""The shapes of what the server answers and takes: plain dicts, typed, as in the API's tables.

They are what the JSON says, under the same names as in every other client; members that a newer
server adds are there as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, Required, TypedDict


class Signature(TypedDict):
    """A signature over the job's canonical bytes."""

    public_key: str
    signature: str
    algorithm: NotRequired[str]


class JobOptions(TypedDict, total=False):
    """What a job may be given besides its script. Durations are seconds.

    `id`: sending the same id with the same content again returns the same job, which makes a retry
    after a lost connection safe. `runner`: only this one may run it. `run_at`: RFC 3339 or epoch
    seconds.
    """

    id: str
    runner: str
    timeout: float
    retries: int
    retry_delay: float
    env_vars: Mapping[str, str]
    prerequisites: Sequence[str]
    on_prerequisite_failure: str
    priority: str
    run_at: str | float
    delay: float
    expires_in: float
    result_ttl: float
    labels: Mapping[str, str]
    signatures: Sequence[Signature]
    created_at: str


class JobSpec(JobOptions, total=False):
    """A whole job to create; `script_type` may be left out where `runner` names a runner."""

    script: Required[str]
    script_type: str
    caller_id: Required[str]
    context_id: Required[str]


class JobError(TypedDict):
    """Why a job failed, and where in its script (both counted from 1)."""

    kind: str
    message: str
    exit_code: NotRequired[int]
    line: NotRequired[int]
    column: NotRequired[int]


class Timings(TypedDict):
    """How long a job waited and ran, in milliseconds."""

    queued_ms: int | None
    running_ms: int | None


class Job(TypedDict):
    """A job. Durations are seconds, moments RFC 3339 in UTC; the values of `env_vars` are hidden.

    `status` is created, waiting, queued, running, completed, failed or stopped; it compares equal
    to the members of `supervisor.job.JobStatus`.
    """

    id: str
    caller_id: str
    context_id: str
    script: str
    script_type: str
    runner: str | None
    timeout: float
    retries: int
    retry_delay: float
    env_vars: dict[str, str]
    prerequisites: list[str]
    on_prerequisite_failure: str
    priority: str
    run_at: str | None
    expires_in: float | None
    result_ttl: float
    labels: dict[str, str]
    signatures: list[Signature]
    status: str
    output: str | None
    error: JobError | None
    attempt: int
    claimed_by: str | None
    created_at: str | None
    updated_at: str | None
    started_at: str | None
    finished_at: str | None
    timings: Timings


class JobLogs(TypedDict):
    """A piece of a job's log; `cursor` continues behind it."""

    logs: str | None
    cursor: str | None


class CreatedJob(TypedDict, total=False):
    """What became of one job of many: its `id`, or the `error` that it met."""

    id: str
    error: dict[str, Any]


class RunnerStatus(TypedDict):
    """A registered runner; `last_seen` is RFC 3339, `uptime_s` seconds."""

    id: str
    state: str
    script_type: str
    alive: bool
    busy: int
    capacity: int
    queue_length: int
    pid: int | None
    uptime_s: float | None
    last_seen: str | None
    done: int
    failed: int
    restarts: int


class Health(TypedDict):
    """`status` is ok or degraded; `checks` says why."""

    status: str
    checks: list[dict[str, Any]]
