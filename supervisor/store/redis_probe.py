"""Questions to a Redis server that may be starting, loading, stuck or gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def _client(socket: Path) -> AsyncIterator[Redis]:
    client = Redis(
        unix_socket_path=str(socket),
        socket_connect_timeout=ANSWER_WITHIN,
        socket_timeout=ANSWER_WITHIN,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        async with client:
            yield client
    finally:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # redis-py sends through asyncio.wait_for, which up to Python 3.11 loses a cancellation
            # that comes as the sending ends (gh-86296).
            raise asyncio.CancelledError
