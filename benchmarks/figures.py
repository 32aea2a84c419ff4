"""The figures: what is measured, how, and what it should come to."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from redis import Redis

from benchmarks.load import (
    SCRIPT,
    SCRIPT_TYPE,
    bulk_creates,
    call_all,
    creates,
    creates_and_starts,
    run_to_end,
)
from ipc_client import IpcClient
from ipc_client.calls import health


@dataclass(frozen=True, slots=True)
class Bench:
    """What a figure is measured on; `jobs` says how many to use."""

    client: IpcClient
    connection: Redis
    jobs: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `at_least` tells which side of the target is the good one."""

    title: str
    unit: str
    target: float | None = None
    at_least: bool = True


@dataclass(frozen=True, slots=True)
class Measured:
    """A value for each row of a figure, and over how many jobs or calls its cost is spread."""

    values: tuple[float, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Figure:
    """Something to measure; `name` picks it on the command line."""

    name: str
    rows: tuple[Row, ...]
    measure: Callable[[Bench], Awaitable[Measured]]


async def _health(bench: Bench) -> Measured:
    count = bench.jobs * 2
    return Measured((await call_all(bench.client, [health()] * count),), count)


async def _create(bench: Bench) -> Measured:
    return Measured((await call_all(bench.client, creates(bench.jobs)),), bench.jobs)


async def _run_job(bench: Bench) -> Measured:
    count = bench.jobs // 10
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        output = await bench.client.run_job(SCRIPT, SCRIPT_TYPE)
        times.append((time.perf_counter() - begin) * 1000)
        assert output == "42"
    percentiles = statistics.quantiles(times, n=100)
    return Measured((statistics.median(times), percentiles[98]), count)


async def _create_start(bench: Bench) -> Measured:
    calls = creates_and_starts(bench.jobs)
    return Measured(
        (await run_to_end(bench.client, bench.connection, calls, bench.jobs),), bench.jobs
    )


async def _create_started(bench: Bench) -> Measured:
    calls = creates(bench.jobs, start=True)
    return Measured(
        (await run_to_end(bench.client, bench.connection, calls, bench.jobs),), bench.jobs
    )


async def _create_bulk(bench: Bench) -> Measured:
    calls = bulk_creates(bench.jobs)
    return Measured(
        (await run_to_end(bench.client, bench.connection, calls, bench.jobs),), bench.jobs
    )


FIGURES = (
    Figure("health", (Row("health, pipelined", "calls/s", 30_000),), _health),
    Figure("create", (Row("create_job, pipelined", "jobs/s", 12_000),), _create),
    Figure(
        "run",
        (
            Row("run_job one at a time, p50", "ms", 0.6, at_least=False),
            Row("run_job one at a time, p99", "ms"),
        ),
        _run_job,
    ),
    Figure(
        "end-to-end",
        (Row("create_job, start_job … all final", "jobs/s", 8_000),),
        _create_start,
    ),
    Figure(
        "end-to-end-start",
        (Row("create_job(start) … all final", "jobs/s", 8_000),),
        _create_started,
    ),
    Figure(
        "end-to-end-bulk",
        (Row("create_jobs(start) … all final", "jobs/s", 8_000),),
        _create_bulk,
    ),
)
