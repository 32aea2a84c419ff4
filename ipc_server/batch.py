"""The answers of one batch, gathered into the one array that its sender gets."""

from collections.abc import Callable

from supervisor.errors import ResponseTooBig
from supervisor.rpc.messages import encode_error


class BatchAnswers:
    """Collects the answers of a batch in its order, and sends them once all are there.

    Keeps no more than `max_response` bytes of them: what is over that is answered with an error.

    Args:
        size: how many items the batch has.
        max_response: bytes.
        send: takes the array, or the error; not called where all items were notifications.
    """

    def __init__(self, size: int, max_response: int, send: Callable[[bytes], None]) -> None:
        self._answers: list[bytes | None] = [None] * size
        self._missing = size
        self._bytes = 0
        self._max_response = max_response
        self._send = send

    def at(self, place: int) -> Callable[[bytes | None], None]:
        """Return what takes the answer to the item at `place`; None for a notification."""

        def take(answer: bytes | None) -> None:
            self._keep(place, answer)
            self._missing -= 1
            if self._missing == 0:
                self._send_all()

        return take

    def _keep(self, place: int, answer: bytes | None) -> None:
        self._bytes += len(answer or b"")
        if self._bytes <= self._max_response:
            self._answers[place] = answer
        else:
            self._answers.clear()

    def _send_all(self) -> None:
        if self._bytes > self._max_response:
            problem = ResponseTooBig(
                f"The answers to the batch have {self._bytes} bytes; at most {self._max_response} "
                "are sent. Send smaller batches."
            )
            self._send(encode_error(None, problem))
            return
        answers = [answer for answer in self._answers if answer is not None]
        if answers:
            self._send(b"[" + b",".join(answers) + b"]")
