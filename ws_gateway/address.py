"""Hosts and ports as people and HTTP headers write them. Pure."""

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit


class Address(NamedTuple):
    """Where to listen; `host` without the brackets of IPv6."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(text: str) -> Address:
    """Read `HOST:PORT`, `[IPV6]:PORT` or `:PORT` (the loopback address).

    Raises:
        ValueError: says what is missing or wrong.
    """
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError as error:
        raise ValueError(f"{text!r} is not HOST:PORT ({error})") from None
    if port is None or parts.netloc != text or parts.username is not None:
        raise ValueError(f"{text!r} is not HOST:PORT, such as 127.0.0.1:9944 or [::1]:9944")
    return Address(host, port)


def read_host(authority: str) -> str | None:
    """Return the host of `HOST[:PORT]` or of an origin `SCHEME://HOST[:PORT]`, in lower case."""
    try:
        return urlsplit(authority if "://" in authority else f"//{authority}").hostname
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """Tell whether a host can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
