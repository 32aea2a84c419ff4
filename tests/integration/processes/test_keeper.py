import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager

import psutil
import pytest

from supervisor.processes import ProcessSpec
from supervisor.processes.keeper import Backoff, Keeper
from supervisor.processes.simple import SimpleProcessManager

DEADLINE = 20.0
QUICK = Backoff(first=0.001, longest=0.004)
SLEEP = "import time; time.sleep(600)"


@asynccontextmanager
async def kept(program, **options):
    """A keeper of a Python program that runs inside the block."""
    spec = ProcessSpec("kept", (sys.executable, "-c", program))
    keeper = Keeper(spec, SimpleProcessManager(), **{"backoff": QUICK} | options)
    running = asyncio.create_task(keeper.run())
    try:
        yield keeper
    finally:
        await keeper.stop(0)
        await running


async def test_a_process_that_exits_is_started_again(until):
    codes = []
    async with kept("raise SystemExit(3)", on_exit=codes.append) as keeper:
        await until(lambda: len(codes) >= 3)
        assert codes[:3] == [3, 3, 3]
        assert keeper.restarts >= 2


async def test_a_killed_process_is_replaced(until):
    async with kept(SLEEP) as keeper:
        first = await until(lambda: keeper.pid)
        os.kill(first, signal.SIGKILL)
        await until(lambda: keeper.pid not in (None, first))
        assert keeper.restarts == 1
        assert keeper.state == "running"


async def test_stop_ends_the_process_and_starts_it_no_more(until):
    async with kept(SLEEP) as keeper:
        pid = await until(lambda: keeper.pid)
        await keeper.stop(DEADLINE)
        assert not psutil.pid_exists(pid)
        assert (keeper.pid, keeper.state, keeper.restarts) == (None, "stopped", 0)
        await keeper.stop(DEADLINE)


async def test_stop_ends_a_wait_for_the_next_start(until):
    async with kept("pass", backoff=Backoff(first=600, longest=600)) as keeper:
        await until(lambda: keeper.state == "backoff")
        await keeper.stop(0)
    assert (keeper.state, keeper.restarts) == ("stopped", 0)


async def test_stop_before_run_keeps_it_from_starting():
    keeper = Keeper(ProcessSpec("kept", ("true",)), SimpleProcessManager())
    await keeper.stop(0)
    await keeper.run()
    assert (keeper.pid, keeper.state) == (None, "stopped")


async def test_a_cancelled_run_leaves_the_process_to_stop(until):
    keeper = Keeper(
        ProcessSpec("kept", (sys.executable, "-c", SLEEP)), SimpleProcessManager(), backoff=QUICK
    )
    running = asyncio.create_task(keeper.run())
    pid = await until(lambda: keeper.pid)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert psutil.pid_exists(pid)
    await keeper.stop(DEADLINE)
    assert not psutil.pid_exists(pid)


async def test_a_process_that_ran_steadily_is_replaced_after_the_first_delay(until):
    ticks = iter(range(0, 10**9, 100))
    backoff = Backoff(first=0.001, longest=600, steady=10)
    async with kept("pass", backoff=backoff, clock=lambda: next(ticks)) as keeper:
        await until(lambda: keeper.restarts >= 15)


async def test_a_program_that_is_missing_at_first_is_tried_again(tmp_path, until):
    program = tmp_path / "late"
    keeper = Keeper(ProcessSpec("kept", (str(program),)), SimpleProcessManager(), backoff=QUICK)
    running = asyncio.create_task(keeper.run())
    await until(lambda: keeper.restarts >= 2)
    assert keeper.pid is None
    new = tmp_path / "new"
    new.write_text("#!/bin/sh\nexec sleep 600\n")
    new.chmod(0o755)
    new.rename(program)
    await until(lambda: keeper.state == "running")
    await keeper.stop(DEADLINE)
    await running
