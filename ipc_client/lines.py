"""Cut the server's byte stream into lines, in linear time and bounded memory. Pure."""

from ipc_client.wire import NotAReply


class LineSplitter:
    """Takes bytes in any chunks and gives back whole lines.

    Args:
        max_size: longest line in bytes, without its line end.
    """

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._parts: list[bytes] = []  # of the line that has not ended yet
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that `data` completes, without their line ends; none is empty.

        Raises:
            NotAReply: a line is longer than `max_size`; the stream is of no more use.
        """
        *ended, rest = data.split(b"\n")
        if ended and self._parts:
            self._parts.append(ended[0])
            ended[0] = b"".join(self._parts)
            self._parts, self._size = [], 0
        if rest:
            self._parts.append(rest)
            self._size += len(rest)
        if max(self._size, *map(len, ended), 0) > self._max_size:
            raise NotAReply(f"it sent a line of more than {self._max_size} bytes")
        return [line for line in ended if line]
