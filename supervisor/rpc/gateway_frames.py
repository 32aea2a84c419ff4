"""What a gateway and the daemon say to each other on the gateway socket, in both directions.

A frame is a length (4 bytes, big-endian) and that many bytes: one line of metadata, a JSON object
that only the sending process of ours writes, then one message of the remote client, or one answer
to it, untouched. Since the metadata comes first and JSON escapes line ends, no remote text can pose
as metadata; since the length is known, no message can swallow the next.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from supervisor.errors import HeroError

GATEWAY_SUFFIX = ".gateway"
MAX_METADATA = 64 * 1024  # bytes of the metadata line, its line end included

_LENGTH = 4  # bytes
_NO_METADATA = b"{}"


def gateway_path(socket: Path) -> Path:
    """Return where gateways connect to the daemon that listens on `socket`: right beside it."""
    return socket.with_name(socket.name + GATEWAY_SUFFIX)


class BadFrame(HeroError):
    """The peer does not speak this protocol, or sends more than agreed; close the connection."""


def encode_frame(metadata: Mapping[str, Any], message: bytes) -> bytes:
    """Return one frame.

    Raises:
        BadFrame: the metadata are larger than the peer would take.
    """
    line = orjson.dumps(metadata) if metadata else _NO_METADATA
    if len(line) >= MAX_METADATA:
        raise BadFrame(f"metadata of {len(line)} bytes; at most {MAX_METADATA - 1} are accepted")
    length = len(line) + 1 + len(message)
    return b"%b%b\n%b" % (length.to_bytes(_LENGTH, "big"), line, message)


class FrameDecoder:
    """Takes bytes in any chunks and gives back whole frames, in time linear in the bytes.

    Args:
        max_size: largest message in bytes. A larger one is refused as soon as its length is known,
            so that memory is bounded by `max_size`, `MAX_METADATA` and one chunk.
    """

    def __init__(self, max_size: int) -> None:
        self._max_length = max_size + MAX_METADATA
        self._max_size = max_size
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[dict[str, Any], bytes]]:
        """Return the frames that `data` completes, in order, as (metadata, message).

        Raises:
            BadFrame: the stream is of no more use; frames before the bad one are lost with it.
        """
        buffer = self._buffer
        buffer += data
        frames: list[tuple[dict[str, Any], bytes]] = []
        start = 0
        while len(buffer) - start >= _LENGTH:
            body = start + _LENGTH
            end = body + self._length(start)
            if len(buffer) < end:
                break
            frames.append(self._open(body, end))
            start = end
        del buffer[:start]
        return frames

    def _length(self, start: int) -> int:
        length = int.from_bytes(self._buffer[start : start + _LENGTH], "big")
        if length > self._max_length:
            raise BadFrame(f"frame of {length} bytes; at most {self._max_length} are accepted")
        return length

    def _open(self, body: int, end: int) -> tuple[dict[str, Any], bytes]:
        line_end = self._buffer.find(b"\n", body, min(end, body + MAX_METADATA))
        if line_end < 0:
            raise BadFrame("frame without a metadata line")
        size = end - line_end - 1
        if size > self._max_size:
            raise BadFrame(f"message of {size} bytes; at most {self._max_size} are accepted")
        line = bytes(self._buffer[body:line_end])
        return _read_metadata(line), bytes(self._buffer[line_end + 1 : end])


def _read_metadata(line: bytes) -> dict[str, Any]:
    if line == _NO_METADATA:
        return {}
    try:
        metadata = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise BadFrame("frame whose metadata is not JSON") from None
    if not isinstance(metadata, dict):
        raise BadFrame("frame whose metadata is not a JSON object")
    return metadata
