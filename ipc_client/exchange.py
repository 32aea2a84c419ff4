"""Requests that were sent together, and their replies as they come."""

import asyncio

from ipc_client.errors import CallTimeout, ClientError
from ipc_client.wire import Reply


class Exchange:
    """`count` requests with the ids `first`, `first + 1`, …; one future for all their replies.

    `what` names the calls in error messages.
    """

    __slots__ = ("_first", "_missing", "_replies", "done", "what")

    def __init__(self, first: int, count: int, what: str) -> None:
        self._first = first
        self._missing = count
        self._replies: list[Reply | None] = [None] * count
        self.what = what
        self.done: asyncio.Future[list[Reply]] = asyncio.get_running_loop().create_future()

    @property
    def ids(self) -> range:
        """The ids of the requests."""
        return range(self._first, self._first + len(self._replies))

    def put(self, request_id: int, reply: Reply) -> None:
        """Take the reply to one request; the last one completes `done`."""
        self._replies[request_id - self._first] = reply
        self._missing -= 1
        if self._missing == 0 and not self.done.done():
            self.done.set_result([reply for reply in self._replies if reply is not None])

    def fail(self, error: ClientError) -> None:
        """End the exchange without all of its replies."""
        if not self.done.done():
            self.done.set_exception(error)

    def expire(self, seconds: float) -> None:
        """End the exchange because its time is over; replies that come later are dropped."""
        self.fail(CallTimeout(self.what, seconds))
