"""What a method is, and how the params of a request become its model."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from supervisor.errors import InvalidParams, RpcError

MAX_NAME = 64  # characters of a member's name that an error repeats


class Scope(StrEnum):
    """What a caller must be allowed to; an admin may do everything."""

    NONE = "none"
    USER = "user"
    REGISTER = "register"
    ADMIN = "admin"


class NoParams(BaseModel):
    """The params of methods that take none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Example:
    """A call that a reader can try, with the answer it gets."""

    name: str
    params: Mapping[str, Any]
    result: Any


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the API.

    Attributes:
        name: as called.
        scope: what the caller must be allowed to.
        params: the model.
        handler: `handler(params, session)`, an awaitable result or the result itself.
        result: the type of the result, for the OpenRPC document.
        summary: one sentence for a reader.
        errors: what it may answer besides the errors that any call may.
        example: a call to try.
        by_position: the order of positional params, where it is not that of the model's fields.
    """

    name: str
    scope: Scope
    params: type[BaseModel]
    handler: Callable[[Any, Any], Awaitable[Any] | Any]
    result: Any
    summary: str
    errors: tuple[type[RpcError], ...] = ()
    example: Example | None = None
    by_position: tuple[str, ...] = ()

    @property
    def positions(self) -> tuple[str, ...]:
        """Return the names of the params in the order in which an array gives them."""
        return self.by_position or tuple(self.params.model_fields)


def bind(method: Method, params: dict[str, Any] | list[Any] | None) -> BaseModel:
    """Read params in any form that clients use: by name, by position, `[{…}]`, `{"params": {…}}`.

    Raises:
        InvalidParams: names the members that don't fit, never their content.
    """
    model = method.params
    try:
        return model.model_validate(_by_name(method, params))
    except ValidationError as error:
        raise InvalidParams(f"Invalid params: {explain(error)}.") from None


def _by_name(method: Method, params: dict[str, Any] | list[Any] | None) -> dict[str, Any]:
    if params is None:
        return {}
    if isinstance(params, list):
        names = method.positions
        if len(params) == 1 and isinstance(params[0], dict) and not _takes_array(method, names):
            return params[0]
        if len(params) > len(names):
            raise InvalidParams(
                f"Invalid params: {method.name} takes at most {len(names)}, got {len(params)}."
            )
        return dict(zip(names, params, strict=False))
    inner = params.get("params")
    if isinstance(inner, dict) and len(params) == 1 and "params" not in method.params.model_fields:
        return inner
    return params


def _takes_array(method: Method, names: tuple[str, ...]) -> bool:
    """Tell whether the first param is itself an array, so that `[{…}]` means something else."""
    return bool(names) and get_origin(method.params.model_fields[names[0]].annotation) is list


def explain(error: ValidationError) -> str:
    """Name the members that don't fit and why, never their content."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(_explain_one(problem) for problem in problems[:10])


def _explain_one(problem: Any) -> str:
    where = ".".join(str(step)[:MAX_NAME] for step in problem["loc"])
    match problem["type"]:
        case "missing":
            return f"{where}: required"
        case "extra_forbidden":
            return f"{where}: unknown member"
        case "value_error":
            what = problem["msg"].removeprefix("Value error, ")
        case "string_pattern_mismatch":
            what = problem["msg"].replace("String should match", "must match")
        case _:
            what = problem["msg"].replace("Input should", "must").replace("should", "must")
    return f"{where}: {what}" if where else what
