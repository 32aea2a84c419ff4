"""The load: many calls in flight on one connection, and how to tell that all jobs are done."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import uuid4

from redis import Redis

from ipc_client import Call, IpcClient, ServerError
from ipc_client.calls import create_job, create_jobs, start_job
from ipc_client.models import JobSpec

SCRIPT = "40 + 2"
SCRIPT_TYPE = "SAL"
BULK = 500  # jobs in one create_jobs

_TOGETHER = 64  # calls sent in one go
_STREAMS = 8  # so many times that are in flight; the server works on 256 at once
_LOOK = 0.05  # seconds between looks at the counts
_UNFINISHED = ("waiting", "queued", "running")


class CallFailed(Exception):
    """The server refused a call of the load: the figure would mean nothing."""


async def pipeline(client: IpcClient, calls: Sequence[Call[object]], together: int) -> None:
    """Make all calls, `together` in one go and several goes at once.

    Raises:
        CallFailed: one was answered with an error.
    """
    rest = iter(calls)
    async with asyncio.TaskGroup() as group:
        for _ in range(_STREAMS):
            group.create_task(_stream(client, rest, together))


async def _stream(client: IpcClient, rest: Iterator[Call[object]], together: int) -> None:
    while chunk := list(islice(rest, together)):
        for answer in await client.call_many(chunk):
            if isinstance(answer, ServerError):
                raise CallFailed(str(answer)) from answer


async def call_all(client: IpcClient, calls: Sequence[Call[object]]) -> float:
    """Make all calls pipelined; how many were done per second."""
    begin = time.perf_counter()
    await pipeline(client, calls, _TOGETHER)
    return len(calls) / (time.perf_counter() - begin)


def creates(count: int, *, start: bool = False) -> list[Call[object]]:
    """Return calls that create jobs."""
    return [
        create_job(SCRIPT, SCRIPT_TYPE, caller_id="bench", context_id="bench", start=start)
        for _ in range(count)
    ]


def creates_and_starts(count: int) -> list[Call[object]]:
    """Return calls that create jobs and start each with a call of its own."""
    calls: list[Call[object]] = []
    for _ in range(count):
        job_id = str(uuid4())
        calls.append(
            create_job(SCRIPT, SCRIPT_TYPE, caller_id="bench", context_id="bench", id=job_id)
        )
        calls.append(start_job(job_id))
    return calls


def bulk_creates(count: int) -> list[Call[object]]:
    """Return calls that create and start many jobs each."""
    job = JobSpec(script=SCRIPT, script_type=SCRIPT_TYPE, caller_id="bench", context_id="bench")
    return [create_jobs([job] * min(BULK, count - at), True) for at in range(0, count, BULK)]


async def run_to_end(
    client: IpcClient, connection: Redis, calls: Sequence[Call[object]], jobs: int
) -> float:
    """Make the calls and wait until all jobs are final; how many were done per second.

    The time ends with the last event in the store, so that looking for the end every now and then
    neither disturbs nor blurs it.
    """
    before = (await client.get_supervisor_info())["jobs"]
    begin = time.time()
    bulky = len(calls) < jobs
    await pipeline(client, calls, 1 if bulky else _TOGETHER)
    while True:
        counts = (await client.get_supervisor_info())["jobs"]
        if not any(counts[status] for status in _UNFINISHED):
            break
        await asyncio.sleep(_LOOK)
    if counts["completed"] != before["completed"] + jobs:
        raise CallFailed(f"not all jobs completed: {before} before, {counts} after")
    entries: Any = connection.xrevrange("hero:events", count=1)
    end_ms = int(entries[0][0].split(b"-")[0])
    return jobs / (end_ms / 1000 - begin)
