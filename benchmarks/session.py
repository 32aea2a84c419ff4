"""One server under measurement: waits for it, fills it, measures figures on it."""

import asyncio
import time

from benchmarks.figures import Bench, Figure, Row
from benchmarks.load import SCRIPT, SCRIPT_TYPE, bulk_creates, run_to_end
from benchmarks.report import Results
from benchmarks.server import START_TIME, Server
from benchmarks.usage import Usage
from ipc_client import CannotConnect, IpcClient

START = Row("spawn to first job done", "s", 1.5, at_least=False)

MEASURE_TIME = 180.0  # seconds that one measurement may take
FILL_TIME = 600.0
IDLE_TIME = 10.0
SETTLE = 1.0
_RETRY = 0.005
_WARM_UP = 200  # jobs


class Session:
    """A server with a client of its own.

    Args:
        server: running, or about to.
        results: take what is measured.
        jobs: how many a figure uses.
    """

    def __init__(self, server: Server, results: Results, jobs: int) -> None:
        self.server = server
        self._results = results
        self._client = IpcClient(server.socket)
        self._bench = Bench(self._client, server.connect(), jobs)

    async def start(self) -> None:
        """Wait for the server; note how long it took to its first job."""
        while True:
            try:
                await self._client.run_job(SCRIPT, SCRIPT_TYPE, timeout=START_TIME)
            except CannotConnect:
                if time.perf_counter() - self.server.spawned_at > START_TIME:
                    raise
                await asyncio.sleep(_RETRY)
            else:
                break
        self._results.values[START].append(time.perf_counter() - self.server.spawned_at)
        for _ in range(_WARM_UP):
            await self._client.run_job(SCRIPT, SCRIPT_TYPE)

    async def fill(self, count: int) -> None:
        """Have `count` jobs run to their end."""
        calls = bulk_creates(count)
        async with asyncio.timeout(FILL_TIME):
            await run_to_end(self._client, self._bench.connection, calls, count)

    async def idle(self) -> Usage:
        """Return what is used while nothing is asked."""
        await asyncio.sleep(SETTLE)
        before = self._read()
        await asyncio.sleep(IDLE_TIME)
        return self._read().since(before)

    async def measure(self, figure: Figure, *, on_nothing: bool) -> None:
        """Measure a figure once, with no jobs stored if asked."""
        async with asyncio.timeout(MEASURE_TIME):
            if on_nothing:
                await self._client.clear_all_jobs()
            before = self._read()
            measured = await figure.measure(self._bench)
            usage = self._read().since(before)
        for row, value in zip(figure.rows, measured.values, strict=True):
            self._results.values[row].append(value)
        self._results.costs[figure.name].append((usage, measured.count))

    async def close(self) -> None:
        """Let go of the server."""
        await self._client.close()
        self._bench.connection.close()

    def _read(self) -> Usage:
        return Usage.read(self.server, self._bench.connection)
