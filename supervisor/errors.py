"""Every error that a caller can meet, as one tree.

- `RpcError`: answered to a JSON-RPC caller; each class states its code and its one-sentence
  meaning. Two halves:
    - `CallerError`: the caller can mend it.
    - `ServerError`: ours; the caller can at most try again.
- `StartError`: a process of ours can't start or go on; the command line prints it and exits.

A script that failed is no exception anywhere: it is an `Outcome`. Codes are those of JSON-RPC 2.0
(section 5.1), of the servers that clients of the existing Hero systems know (-32001 to -32010),
and our own (-32020 to -32029).
"""

from typing import Any, ClassVar


class HeroError(Exception):
    """Root of the tree."""


class RpcError(HeroError):
    """An answer with `code`, `message` and optional JSON `data`."""

    code: ClassVar[int]
    meaning: ClassVar[str]

    def __init__(self, message: str = "", data: dict[str, Any] | None = None) -> None:
        super().__init__(message or self.meaning)
        self.message = message or self.meaning
        self.data = data

    def to_json(self) -> dict[str, Any]:
        """Return the `error` member of a JSON-RPC response."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            error["data"] = self.data
        return error


class CallerError(RpcError):
    """The request can't be served as it is; sending it again unchanged won't help."""


class ServerError(RpcError):
    """The request was fine; we could not serve it now."""


class ParseError(CallerError):
    """The text is not one JSON value."""

    code = -32700
    meaning = "Parse error: the message is not valid JSON."


class InvalidRequest(CallerError):
    """The JSON value is not a JSON-RPC 2.0 request."""

    code = -32600
    meaning = "Invalid request: not a JSON-RPC 2.0 request object."


class MethodNotFound(CallerError):
    """No such method."""

    code = -32601
    meaning = "Method not found."


class InvalidParams(CallerError):
    """The params don't fit the method."""

    code = -32602
    meaning = "Invalid params."


class InternalError(ServerError):
    """A defect of ours; the log has the details under the correlation id in the message."""

    code = -32603
    meaning = "Internal error."


class JobFailed(CallerError):
    """The job that the call waited for did not complete."""

    code = -32000
    meaning = "The job failed."


class AuthenticationRequired(CallerError):
    """The connection has no scope and the method needs one."""

    code = -32001
    meaning = "Authentication required."


class AccessDenied(CallerError):
    """The credentials are wrong, or their scope does not cover the method."""

    code = -32002
    meaning = "Invalid credentials or missing scope."


class RequestTooBig(CallerError):
    """The request is larger than the server accepts."""

    code = -32007
    meaning = "The request is too big."


class ResponseTooBig(CallerError):
    """The answer would be larger than the server sends."""

    code = -32008
    meaning = "The response is too big."


class Busy(ServerError):
    """A limit on connections or attempts is reached."""

    code = -32009
    meaning = "The server is busy."


class BatchTooLarge(CallerError):
    """The batch has more items than the server accepts."""

    code = -32010
    meaning = "The batch has too many items."


class JobNotFound(CallerError):
    """No job has this id."""

    code = -32020
    meaning = "Job not found."

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"Job {job_id} not found; it never existed, was deleted, or its result_ttl is over.",
            {"job_id": job_id},
        )


class IllegalTransition(CallerError):
    """The job's status does not allow the move."""

    code = -32021
    meaning = "The job's status does not allow this."

    def __init__(self, job_id: str, status: str, wanted: str) -> None:
        super().__init__(
            f"Job {job_id} is {status}, so it can't be {wanted}.",
            {"job_id": job_id, "status": status, "wanted": wanted},
        )


class RunnerNotFound(CallerError):
    """No runner has this id."""

    code = -32023
    meaning = "Runner not found."

    def __init__(self, runner_id: str) -> None:
        super().__init__(
            f"Runner {runner_id} is not registered; list_runners names those that are.",
            {"runner_id": runner_id},
        )


class Conflict(CallerError):
    """The id is taken by a job with other content."""

    code = -32024
    meaning = "The id exists with other content."

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"Job {job_id} exists with other content; choose another id, or leave it out.",
            {"job_id": job_id},
        )


class StoreUnavailable(ServerError):
    """Redis can't be reached or refuses writes; nothing was changed."""

    code = -32025
    meaning = "The job store is unavailable; nothing was changed, it is safe to retry."


class WaitTimeout(CallerError):
    """The wait is over before the job is; the job goes on."""

    code = -32027
    meaning = "Time-out while waiting; the job goes on."


class OutcomeUnknown(ServerError):
    """The connection to Redis broke after the command was sent."""

    code = -32029
    meaning = (
        "The connection to the job store broke after sending; the call may have taken effect. "
        "Repeating it with the same id is safe."
    )


class StartError(HeroError):
    """A process can't start or go on; the message says what to do."""


RPC_ERRORS: tuple[type[RpcError], ...] = (
    ParseError,
    InvalidRequest,
    MethodNotFound,
    InvalidParams,
    InternalError,
    JobFailed,
    AuthenticationRequired,
    AccessDenied,
    RequestTooBig,
    ResponseTooBig,
    Busy,
    BatchTooLarge,
    JobNotFound,
    IllegalTransition,
    RunnerNotFound,
    Conflict,
    StoreUnavailable,
    WaitTimeout,
    OutcomeUnknown,
)
