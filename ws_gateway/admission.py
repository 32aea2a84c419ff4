"""Who may connect at all, by the headers of the handshake. Pure.

A browser tells which page asks (Origin) and which name it used to get here (Host). The first keeps
foreign pages out; the second keeps out names that an attacker's DNS server points at us, for which
page and gateway would seem to be the same host. Programs that are no browsers send no Origin.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from ws_gateway.address import read_host

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Headers(Protocol):
    """The headers of a request; a name may occur more than once."""

    def get_all(self, key: str, /) -> Sequence[str]:
        """Return the values of a header, none if it is absent."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer to a handshake that is not let in; `text` says what to do about it."""

    status: HTTPStatus
    text: str


@dataclass(frozen=True, slots=True)
class Admission:
    """The rules for one listener.

    Attributes:
        hosts: names under which it may be reached besides those of the loopback.
        origins: pages that may connect besides those of the same host and the loopback, as in the
            Origin header: `https://app.example.org`.
    """

    hosts: frozenset[str] = field(default_factory=frozenset)
    origins: frozenset[str] = field(default_factory=frozenset)

    def check(self, path: str, headers: Headers) -> Refusal | None:
        """Return why a handshake is refused, None if it is let in."""
        for name in ("Host", "Origin", "Authorization"):
            if len(headers.get_all(name)) > 1:
                return _bad_request(f"more than one {name} header")
        if not all(map(str.isascii, (path, *headers.get_all("Authorization")))):
            return _bad_request("path and Authorization must be ASCII")
        host = _first(headers.get_all("Host"))
        return self._check_host(host) or self._check_origin(_first(headers.get_all("Origin")), host)

    def _check_host(self, host: str) -> Refusal | None:
        name = read_host(host)
        if name is not None and (name in LOOPBACK_NAMES or name in self.hosts):
            return None
        return _forbidden(f"Host {host[:100]!r} is not one of this gateway's", "--allowed-host")

    def _check_origin(self, origin: str, host: str) -> Refusal | None:
        if not origin or origin.lower() in self.origins:
            return None
        if origin.startswith(("http://", "https://")):
            name = read_host(origin)
            if name is not None and (name in LOOPBACK_NAMES or name == read_host(host)):
                return None
        return _forbidden(f"pages of origin {origin[:100]!r} may not connect", "--allowed-origin")


def make_admission(
    listen_host: str, allowed_hosts: Iterable[str], allowed_origins: Iterable[str]
) -> Admission:
    """Return the rules for a listener on `listen_host`, with what the operator allows besides."""
    return Admission(
        hosts=frozenset(host.lower().strip("[]") for host in (listen_host, *allowed_hosts)),
        origins=frozenset(origin.lower().rstrip("/") for origin in allowed_origins),
    )


def _first(values: Sequence[str]) -> str:
    return values[0] if values else ""


def _bad_request(why: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, f"Bad request: {why}.\n")


def _forbidden(why: str, option: str) -> Refusal:
    return Refusal(
        HTTPStatus.FORBIDDEN,
        f"Forbidden: {why}. The operator can allow it with the gateway's option {option}.\n",
    )
