"""One frozen configuration: defaults, then the TOML file, then the command line."""

import os
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from supervisor.errors import StartError
from supervisor.runners import RunnerSpec

MIB = 1024 * 1024
MAX_PORT = 65_535

Secret = Annotated[str, Field(min_length=1)]


def default_socket() -> Path:
    """Return where the server listens unless told otherwise."""
    return _runtime_folder() / "hero.sock"


def default_db_path() -> Path:
    """Return where the embedded Redis lives unless told otherwise: the user's state folder."""
    state = os.environ.get("XDG_STATE_HOME")
    base = Path(state) if state else Path.home() / ".local" / "state"
    return base / "hero-supervisor"


def _runtime_folder() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "hero-supervisor"
    return Path(f"/tmp/hero-supervisor-{os.getuid()}")  # noqa: S108 (made 0700 and checked to be ours)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Section):
    """What one peer may ask of the server. Sizes are bytes."""

    request: Annotated[int, Field(ge=1024)] = 10 * MIB
    response: Annotated[int, Field(ge=1024)] = 64 * MIB
    batch: Annotated[int, Field(ge=1)] = 1000
    in_flight: Annotated[int, Field(ge=1)] = 256
    connections: Annotated[int, Field(ge=1)] = 1024
    output: Annotated[int, Field(ge=1024)] = 8 * MIB
    log: Annotated[int, Field(ge=1024)] = 8 * MIB


class Heartbeats(_Section):
    """How often guards say that they are there, and for how long that is believed. Seconds."""

    every: Annotated[float, Field(gt=0)] = 2.0
    ttl: Annotated[float, Field(gt=0)] = 10.0

    @model_validator(mode="after")
    def _is_believed_longer_than_it_takes(self) -> Self:
        if self.ttl <= self.every:
            raise ValueError("ttl must be longer than every, or healthy runners count as lost")
        return self


_DEFAULT_RUNNERS = (
    RunnerSpec(id="osis", script_type="osis", workers=1),
    RunnerSpec(id="sal", script_type="sal", workers=4),
)


class Config(_Section):
    """Everything that an operator can set.

    `redis_url` None means the embedded Redis in `db_path`. `ws` is `HOST:PORT` of the WebSocket
    gateway to start. `max_lost` is how often a job whose runner is lost is tried again.
    """

    socket: Path = Field(default_factory=default_socket)
    db_path: Path = Field(default_factory=default_db_path)
    redis_url: str | None = None
    namespace: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = "hero"
    durability: Literal["everysec", "always"] = "everysec"
    admin_secrets: tuple[Secret, ...] = ()
    user_secrets: tuple[Secret, ...] = ()
    register_secrets: tuple[Secret, ...] = ()
    ws: str | None = None
    log_level: str = "info"
    runners: tuple[RunnerSpec, ...] = _DEFAULT_RUNNERS
    max_lost: Annotated[int, Field(ge=0)] = 3
    drain_seconds: Annotated[float, Field(gt=0)] = 10.0
    limits: Limits = Limits()
    heartbeats: Heartbeats = Heartbeats()

    @field_validator("ws")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        host, _, port = (value or "").rpartition(":")
        is_port = port.isascii() and port.isdigit() and int(port) <= MAX_PORT
        if value is not None and not (host and is_port):
            raise ValueError("must be HOST:PORT, such as 127.0.0.1:9944 or [::1]:9944")
        return value

    @model_validator(mode="after")
    def _is_unambiguous(self) -> Self:
        ids = [runner.id for runner in self.runners]
        twice = sorted({runner_id for runner_id in ids if ids.count(runner_id) > 1})
        if twice:
            raise ValueError(f"runners: the id {twice[0]} is used twice; each needs its own")
        secrets = [*self.admin_secrets, *self.user_secrets, *self.register_secrets]
        if len(set(secrets)) < len(secrets):
            raise ValueError("a secret is listed twice; each stands for one scope")
        return self


def load_config(file: Path | None, overrides: dict[str, Any]) -> Config:
    """Return the configuration of a TOML file, if given, with `overrides` on top of it.

    Raises:
        StartError: the file can't be read, or a setting is unknown or wrong; says which.
    """
    settings = _read_file(file) if file else {}
    settings.update({name: value for name, value in overrides.items() if value is not None})
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        problems = "; ".join(_explain(problem) for problem in error.errors(include_input=False))
        source = f"{file}: " if file else ""
        raise StartError(f"The configuration can't be used: {source}{problems}.") from None


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartError(f"Can't read the configuration {file}: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"The configuration {file} is not valid TOML: {error}.") from None


def _explain(problem: Any) -> str:
    where = ".".join(str(step) for step in problem["loc"])
    if problem["type"] != "extra_forbidden":
        what = problem["msg"].removeprefix("Value error, ")
        return f"{where}: {what}" if where else what
    near = get_close_matches(str(problem["loc"][-1]), _settings_beside(problem["loc"]), n=1)
    return f"{where}: unknown setting" + (f" (did you mean {near[0]}?)" if near else "")


def _settings_beside(path: tuple[str | int, ...]) -> Iterable[str]:
    sections: dict[str | int, type[BaseModel]] = {
        "limits": Limits,
        "heartbeats": Heartbeats,
        "runners": RunnerSpec,
    }
    section = sections[path[0]] if len(path) > 1 else Config
    return section.model_fields
