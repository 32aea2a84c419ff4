"""Every test of processes runs on asyncio's own event loop and on uvloop, which the daemon uses."""

import asyncio

import pytest
import uvloop

DEADLINE = 20.0


def pytest_asyncio_loop_factories(config, item):
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def until():
    """Wait for the first true value of a condition, asked again until the deadline."""

    async def wait_until(condition):
        async with asyncio.timeout(DEADLINE):
            while not (value := condition()):  # noqa: ASYNC110 - true elsewhere, no event here
                await asyncio.sleep(0.01)
            return value

    return wait_until
