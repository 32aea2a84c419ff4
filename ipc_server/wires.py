"""How messages lie on the two sockets: bare JSON values on the local one, frames on the gateway's.

Pure: bytes in, messages out, and back.
"""

from typing import Any, Protocol

from supervisor.auth import Credentials, Session
from supervisor.errors import AccessDenied
from supervisor.rpc.framing import Framer, Oversized
from supervisor.rpc.gateway_frames import FrameDecoder, encode_frame


class Wire(Protocol):
    """Cuts a byte stream into messages and packs answers."""

    def feed(self, data: bytes) -> list[bytes | Oversized]:
        """Return the messages that `data` completes, in order.

        Raises:
            Undelimitable, BadFrame: the stream is of no more use.
        """
        ...

    def pack(self, message: bytes) -> bytes:
        """Return what to send for one answer."""
        ...


class LocalWire:
    """JSON values in, undelimited or by lines; a line out for each answer."""

    def __init__(self, max_size: int) -> None:
        self._framer = Framer(max_size)

    def feed(self, data: bytes) -> list[bytes | Oversized]:
        """See `Wire`."""
        return self._framer.feed(data)

    def pack(self, message: bytes) -> bytes:
        """See `Wire`."""
        return message + b"\n"


class GatewayWire:
    """Frames both ways; the first one's metadata tells whose connection it is.

    Args:
        session: takes the metadata over.
        credentials: what an `Authorization` of the remote client is checked against.
        max_size: of one message, bytes.
    """

    def __init__(self, session: Session, credentials: Credentials, max_size: int) -> None:
        self._decoder = FrameDecoder(max_size)
        self._session = session
        self._credentials = credentials
        self._is_first = True

    def feed(self, data: bytes) -> list[bytes | Oversized]:
        """See `Wire`."""
        messages: list[bytes | Oversized] = []
        for metadata, message in self._decoder.feed(data):
            if self._is_first:
                self._introduce(metadata)
                self._is_first = False
            messages.append(message)
        return messages

    def pack(self, message: bytes) -> bytes:
        """See `Wire`."""
        return encode_frame({}, message)

    def _introduce(self, metadata: dict[str, Any]) -> None:
        session = self._session
        session.transport = str(metadata.get("transport", "gateway"))
        session.peer = str(metadata.get("peer", ""))
        session.path = str(metadata.get("path", ""))
        authorization = metadata.get("authorization")
        if authorization is None:
            return
        scheme, _, secret = str(authorization).partition(" ")
        if scheme.lower() != "bearer":
            session.refusal = AccessDenied("Invalid credentials: the scheme must be Bearer.")
            return
        try:
            session.principal = self._credentials.login(secret.strip())
        except AccessDenied as error:
            session.refusal = error
