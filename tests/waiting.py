"""Wait by condition and deadline; tests never sleep and hope."""

import asyncio
import time

WITHIN = 10.0


async def until(condition, within=WITHIN):
    """Return the first true value of `condition`, asked again until the deadline."""
    async with asyncio.timeout(within):
        while not (value := condition()):  # noqa: ASYNC110 - true elsewhere, no event here
            await asyncio.sleep(0.005)
        return value


async def until_async(condition, within=WITHIN):
    """Return the first true value of an awaitable condition, asked again until the deadline."""
    async with asyncio.timeout(within):
        while not (value := await condition()):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
        return value


def until_blocking(condition, within=WITHIN):
    """Return the first true value of `condition`, for tests without an event loop."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.005)
    return value
