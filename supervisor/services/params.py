"""The params of the methods; the order of the fields is the order of positional params."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from supervisor.job.params import (
    Identity,
    JobId,
    JobParams,
    Labels,
    Params,
    RunnerId,
    ScriptTypeName,
)

MAX_GRACE = 300.0  # seconds
MAX_LIST = 1000
MAX_BULK = 1000
MAX_LOG_BLOCKS = 10_000

Wait = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]


class CreateJob(JobParams):
    """JobParams, or `{job: JobParams}`; with `start` the job is started at once."""

    start: bool = False

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("job"), dict):
            rest = {name: member for name, member in value.items() if name != "job"}
            return {**value["job"], **rest}
        return value

    def digest_members(self) -> dict[str, Any]:
        """Leave `start` out: whether to start at once is not the job's content."""
        members = super().digest_members()
        members.pop("start", None)
        return members


class RunJob(JobParams):
    """A job to run to its end; who asks, and in which context, have defaults."""

    caller_id: Identity = ""
    context_id: Identity = "default"


class Play(Params):
    """A script to run as OSIS."""

    script: str


class ById(Params):
    """One job."""

    job_id: JobId


class WaitJob(Params):
    """One job, and for how many seconds to wait for its end."""

    job_id: JobId
    timeout: Wait | None = None


class StopJob(Params):
    """One job; `grace` seconds lie between the polite signal and the kill."""

    job_id: JobId
    grace: Annotated[float, Field(ge=0, le=MAX_GRACE)] = 5.0


class ReadLogs(Params):
    """One job's log behind the position `cursor`, at most `limit` blocks of lines."""

    job_id: JobId
    cursor: Annotated[str, Field(pattern=r"^\d{1,20}-\d{1,20}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LOG_BLOCKS)] = 1000


class ListJobs(Params):
    """A filter; `before` is the id of the last job of the page before."""

    status: (
        Literal["created", "waiting", "queued", "running", "completed", "failed", "stopped"] | None
    ) = None
    script_type: ScriptTypeName | None = None
    runner: RunnerId | None = None
    caller_id: Identity | None = None
    context_id: Identity | None = None
    labels: Labels = Field(default_factory=dict)
    limit: Annotated[int, Field(ge=1, le=MAX_LIST)] = 100
    before: JobId | None = None


class CreateJobs(Params):
    """Jobs to create, in order; each has its own result or error."""

    jobs: Annotated[list[dict[str, Any]], Field(max_length=MAX_BULK)]
    start: bool = False


class RunnerById(Params):
    """One runner."""

    id: RunnerId


class Login(Params):
    """A secret."""

    key: Annotated[str, Field(min_length=1, max_length=512)]
