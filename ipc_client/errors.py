"""What can go wrong for a client, as one small tree.

- `ClientError`
    - `CannotConnect`: nothing was sent.
    - `ConnectionLost`: the connection broke between a call and its answer.
    - `CallTimeout`: no answer came in time.
    - `ServerError`: the server answered with a JSON-RPC error.
"""

from typing import Any

from supervisor.errors import HeroError


class ClientError(HeroError):
    """Root of what a client raises."""


class CannotConnect(ClientError):
    """No connection to the server could be made; nothing was sent."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"Can't connect to {path}: {why}")
        self.path = path


class ConnectionLost(ClientError):
    """The connection broke before the answer came; whether the call took effect is unknown."""

    def __init__(self, path: str, what: str, why: str) -> None:
        super().__init__(
            f"The connection to {path} was lost ({why}) before the answer to {what} came. The "
            "outcome is unknown; repeating the call with the same job id is safe."
        )
        self.path = path


class CallTimeout(ClientError, TimeoutError):
    """No answer came within `seconds`; the server may still act on the call."""

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(
            f"No answer to {what} within {seconds:g} s; the server may still act on it."
        )
        self.seconds = seconds


class ServerError(ClientError):
    """The server answered with an error.

    Attributes:
        code: the JSON-RPC error code, for instance -32020 for an unknown job.
        message: the server's sentence.
        data: what else it said, or None.
    """

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"error {code}: {message}")
        self.code = code
        self.message = message
        self.data = data
