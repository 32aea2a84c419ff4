"""What both carriers know of Redis's wire: where it is, how to greet it, what its errors mean.

redis-py parses the URL; the carriers themselves speak RESP2 with hiredis over their own sockets.
Prototypes of the same path over redis-py's pipelines submitted about half as many jobs a second; it
has not been measured again in this code.
"""

import os
import re
import ssl
from dataclasses import dataclass
from typing import Any

import hiredis
from redis.connection import SSLConnection, UnixDomainSocketConnection, parse_url

from supervisor.errors import OutcomeUnknown, StartError, StoreUnavailable
from supervisor.store.commands import Command

STALL = 5.0  # seconds: Redis answers a command that does not block within this, or is gone
CONNECT_TIMEOUT = 5.0  # seconds

# Redis's words for "I took nothing in"; each clears up by itself or by the operator's hand.
_REFUSALS = {
    "LOADING": "Redis is still loading its data",
    "OOM": "Redis is out of memory (raise maxmemory, or delete jobs)",
    "READONLY": "this Redis is a replica",
    "MASTERDOWN": "Redis has lost its primary",
    "MISCONF": "Redis can't write to its disk",
    "NOREPLICAS": "Redis has too few replicas",
    "BUSY": "Redis is busy with a script",
    "NOAUTH": "Redis wants a password",
    "NOPERM": "Redis's ACL forbids the command",
}

_ANY_REFUSAL = f"({'|'.join(_REFUSALS)}) "
_REFUSAL = re.compile(_ANY_REFUSAL)
# Redis 6.2 wraps what stops a script: "ERR Error running script (…): @user_script: 7: -OOM …"
_REFUSAL_IN_SCRIPT = re.compile(
    f"^ERR Error running script .*@user_script: [0-9]+: -?{_ANY_REFUSAL}"
)


class UnexpectedReply(Exception):
    """Redis answered what the schema rules out: a defect of ours, or a key of somebody else's."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Redis is, and what to say first."""

    path: str | None
    host: str
    port: int
    tls: ssl.SSLContext | None
    greeting: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


def parse_address(url: str, name: str) -> Address:
    """Read a `unix://`, `redis://` or `rediss://` URL; `name` is how Redis lists us.

    Raises:
        StartError: the URL is none.
    """
    try:
        parts: dict[str, Any] = dict(parse_url(url))  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise StartError(f"The Redis URL can't be used: {error}") from None
    connection = parts.get("connection_class")
    greeting: list[tuple[str, ...]] = []
    if parts.get("password"):
        greeting.append(("AUTH", parts.get("username") or "default", parts["password"]))
    greeting.append(("CLIENT", "SETNAME", name))
    if parts.get("db"):
        greeting.append(("SELECT", str(parts["db"])))
    return Address(
        path=parts.get("path") if connection is UnixDomainSocketConnection else None,
        host=parts.get("host") or "localhost",
        port=parts.get("port") or 6379,
        tls=_tls(parts) if connection is SSLConnection else None,
        greeting=tuple(greeting),
    )


def _tls(parts: dict[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=parts.get("ssl_ca_certs"))
    if parts.get("ssl_certfile"):
        context.load_cert_chain(parts["ssl_certfile"], parts.get("ssl_keyfile"))
    return context


def pack(words: tuple[Any, ...]) -> bytes:
    """Return a command as RESP2."""
    packed: bytes = hiredis.pack_command(words)
    return packed


def is_forgotten_script(reply: Any) -> bool:
    """Tell whether Redis does not know the script (after a restart or a flush)."""
    return isinstance(reply, hiredis.ReplyError) and str(reply).startswith("NOSCRIPT")


def to_exception(command: Command[Any], reply: Exception) -> Exception:
    """Return what Redis's error means for the caller of `command`."""
    text = str(reply)
    refusal = _REFUSAL.match(text) or _REFUSAL_IN_SCRIPT.search(text)
    if refusal:
        meaning = _REFUSALS[refusal[1]]
        return StoreUnavailable(f"The job store refuses: {meaning}. Nothing was changed.")
    name = command.script.name if command.script else command.args[0]
    return UnexpectedReply(f"{name!s}: {text}")


def lost(command: Command[Any], *, was_sent: bool) -> Exception:
    """Return what a broken connection means for the caller of `command`."""
    if was_sent and command.is_write:
        return OutcomeUnknown(data={"job_id": command.job_id} if command.job_id else None)
    return StoreUnavailable()


def unreachable(address: Address, error: OSError) -> StoreUnavailable:
    """Return the error for a Redis that can't be connected to."""
    if isinstance(error, TimeoutError):
        reason = f"no answer within {CONNECT_TIMEOUT:g} s"
    else:
        reason = os.strerror(error.errno) if error.errno else str(error)
    return StoreUnavailable(
        f"The job store at {address} can't be reached ({reason}). Nothing was changed."
    )
