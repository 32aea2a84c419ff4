"""What callers send to create a job (`JobParams`), under all the names that clients use."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from supervisor.job.model import DEFAULT_RESULT_TTL, DEFAULT_RETRY_DELAY, DEFAULT_TIMEOUT, Job
from supervisor.job.times import to_epoch_ms, to_rfc3339

MAX_TIMEOUT = 86_400.0
MAX_SPAN = 365 * 86_400.0  # a delay, expiry or ttl beyond a year is a mistake
MAX_LABEL_NAME = 64  # characters
MAX_LABEL_VALUE = 256

JobId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
RunnerId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Identity = Annotated[str, Field(min_length=1, max_length=512)]


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _moment(value: Any) -> Any:
    """Take RFC 3339 or epoch seconds; keep the text as it came."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        try:
            to_epoch_ms(value)
        except ValueError:
            raise ValueError("must be RFC 3339 with a time zone, or epoch seconds") from None
    return value


def _short_strings(value: dict[str, str]) -> dict[str, str]:
    if any(
        not name or len(name) > MAX_LABEL_NAME or len(text) > MAX_LABEL_VALUE
        for name, text in value.items()
    ):
        raise ValueError(
            f"names must have 1 to {MAX_LABEL_NAME} characters, values at most {MAX_LABEL_VALUE}"
        )
    return value


def _env(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if not name or "=" in name or "\0" in name or "\0" in text:
            raise ValueError("names must not be empty nor hold '=' or NUL, values no NUL")
    return value


ScriptTypeName = Annotated[str, BeforeValidator(_lower), Field(pattern=r"^[a-z0-9_-]{1,64}$")]
Moment = Annotated[str, BeforeValidator(_moment)]
EnvVars = Annotated[dict[str, str], AfterValidator(_env)]
Labels = Annotated[dict[str, str], Field(max_length=16), AfterValidator(_short_strings)]
Seconds = Annotated[float, Field(gt=0, le=MAX_SPAN, allow_inf_nan=False)]


class Params(BaseModel):
    """Base of all params models: strict types, no unknown members."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, populate_by_name=True, use_enum_values=True
    )


class Signature(Params):
    """A signature over the job's canonical bytes."""

    public_key: Annotated[str, Field(max_length=256)]
    signature: Annotated[str, Field(max_length=512)]
    algorithm: str | None = None


class JobParams(Params):
    """A job to create, in the order of positional params. Durations are seconds.

    `dependents`, `concurrent`, `log_path`, `worker_id`, `actor_id`, `updated_at` and `status` are
    what other clients carry along; the store keeps its own account of these, so they are ignored.
    """

    script: Annotated[str, Field(validation_alias=AliasChoices("script", "payload"))]
    script_type: Annotated[
        ScriptTypeName | None, Field(validation_alias=AliasChoices("script_type", "executor"))
    ] = None
    runner: Annotated[
        RunnerId | None, Field(validation_alias=AliasChoices("runner", "runner_id"))
    ] = None
    caller_id: Identity
    context_id: Identity
    id: JobId | None = None
    timeout: Annotated[float, Field(gt=0, le=MAX_TIMEOUT, allow_inf_nan=False)] = DEFAULT_TIMEOUT
    retries: Annotated[int, Field(ge=0, le=100)] = 0
    retry_delay: Annotated[float, Field(ge=0, le=3600)] = DEFAULT_RETRY_DELAY
    env_vars: EnvVars = Field(default_factory=dict)
    prerequisites: Annotated[
        list[JobId],
        Field(max_length=1000, validation_alias=AliasChoices("prerequisites", "dependencies")),
    ] = Field(default_factory=list)
    on_prerequisite_failure: Literal["fail", "run"] = "fail"
    priority: Literal["high", "normal"] = "normal"
    run_at: Moment | None = None
    delay: Annotated[float, Field(ge=0, le=MAX_SPAN)] | None = None
    expires_in: Seconds | None = None
    result_ttl: Seconds = DEFAULT_RESULT_TTL
    labels: Labels = Field(default_factory=dict)
    signatures: Annotated[list[Signature], Field(max_length=16)] = Field(default_factory=list)
    created_at: Moment | None = None

    dependents: Annotated[Any, Field(exclude=True)] = None
    concurrent: Annotated[Any, Field(exclude=True)] = None
    log_path: Annotated[Any, Field(exclude=True)] = None
    worker_id: Annotated[Any, Field(exclude=True)] = None
    actor_id: Annotated[Any, Field(exclude=True)] = None
    updated_at: Annotated[Any, Field(exclude=True)] = None
    status: Annotated[Any, Field(exclude=True)] = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.script_type is None and self.runner is None:
            raise ValueError("script_type is required unless runner names a runner")
        if self.run_at is not None and self.delay is not None:
            raise ValueError("give run_at or delay, not both")
        if self.id is not None and self.id in self.prerequisites:
            raise ValueError("a job can't be its own prerequisite")
        return self

    def digest(self) -> str:
        """Return the SHA-256 of the params as sent, normalised, before anything is generated."""
        text = orjson.dumps(self.digest_members(), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(text).hexdigest()

    def digest_members(self) -> dict[str, Any]:
        """Return what makes the job the same job when it is sent again."""
        members = self.model_dump(exclude_defaults=True)
        members["context_id"] = self.context_id
        return {name: value for name, value in members.items() if value not in ({}, [])}

    def to_job(self, now_ms: float, new_id: Callable[[], str], caller_id: str = "") -> Job:
        """Return the job to store: `delay` resolved, id, created_at and caller filled in if absent.

        Args:
            now_ms: epoch milliseconds.
            new_id: gives a fresh id.
            caller_id: who asks, where the params don't say.
        """
        run_at = self.run_at
        if self.delay:
            run_at = to_rfc3339(now_ms + self.delay * 1000)
        return Job(
            id=self.id or new_id(),
            caller_id=self.caller_id or caller_id,
            context_id=self.context_id,
            script=self.script,
            script_type=self.script_type or "",
            runner=self.runner,
            timeout=self.timeout,
            retries=self.retries,
            retry_delay=self.retry_delay,
            env_vars=self.env_vars,
            prerequisites=tuple(dict.fromkeys(self.prerequisites)),
            on_prerequisite_failure=self.on_prerequisite_failure,
            priority=self.priority,
            run_at=run_at,
            expires_in=self.expires_in,
            result_ttl=self.result_ttl,
            labels=self.labels,
            signatures=tuple(s.model_dump(exclude_none=True) for s in self.signatures),
            digest=self.digest(),
            created_at=self.created_at or to_rfc3339(now_ms),
        )
