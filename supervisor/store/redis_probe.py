"""Questions to a Redis server that may be starting, loading, stuck or gone."""

from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

ANSWER_WITHIN = 2.0
"""Seconds that a server gets to accept, and to answer one command."""


async def server_info(socket: Path) -> dict[str, Any]:
    """Return the "server" section of INFO once PING is answered.

    Raises:
        BusyLoadingError: the server is there and still loads its data.
        RedisError: nobody listens, or answers in time, or the server refuses.
    """
    async with _client(socket) as client:
        await client.ping()
        info: dict[str, Any] = await client.info("server")
        return info


async def set_option(socket: Path, name: str, value: str) -> None:
    """Change one option of a running server, not of its stored configuration.

    Raises:
        RedisError: it did not answer, or refused.
    """
    async with _client(socket) as client:
        await client.config_set(name, value)


def _client(socket: Path) -> Redis:
    return Redis(
        unix_socket_path=str(socket),
        socket_connect_timeout=ANSWER_WITHIN,
        socket_timeout=ANSWER_WITHIN,
        retry=Retry(NoBackoff(), 0),
    )
