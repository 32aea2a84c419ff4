"""What becomes of a dead worker's job, without the worker: each case of one table."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from runner.pages import Page, WorkerState
from runner.settings import Settings
from runner.settling import Remains, Settler
from supervisor.job import ErrorKind, Outcome
from supervisor.store.aio import AioCarrier

INSTANCE = "r@1"
TIMEOUT = Outcome.failed(ErrorKind.TIMEOUT, "It was killed.")


@pytest.fixture
def settings(store):
    return Settings(
        runner="r", instance=INSTANCE, script_type="sal", workers=1, redis_url=store.url,
        namespace=store.namespace, beat=1, ttl=5, max_lost=3, drain=1, max_output=1000,
        max_log=1000, memory=2**30,
    )  # fmt: skip


@asynccontextmanager
async def settler_of(settings, store):
    carrier = AioCarrier(store.url, "test", store.commands.scripts.values())
    await carrier.connect()
    running = asyncio.create_task(carrier.run())
    try:
        yield Settler(settings, store.commands, carrier), carrier
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await carrier.close()
        await asyncio.sleep(0)  # the transport closes in the next turn


def claim(store, number=1):
    queue = store.commands.keys.work("sal")
    return store.execute(store.commands.exchange(INSTANCE, number, [queue])).claimed


def page(state, job_id, lease=1):
    return Page(state, job_id, lease, 0.0, 0, 0)


IDLE, RUNNING, FINISHING = WorkerState


@pytest.mark.parametrize(
    ("state", "verdict", "was_interrupted", "fate"),
    [
        (IDLE, None, False, ("queued", 0)),  # claimed, not begun: given back uncounted
        (RUNNING, None, False, ("queued", 1)),  # it crashed: a lost runner
        (FINISHING, None, False, ("queued", 1)),
        (RUNNING, None, True, ("queued", 0)),  # the drain was over
        (RUNNING, TIMEOUT, False, ("failed", 1)),
        (RUNNING, TIMEOUT, True, ("failed", 1)),
        (RUNNING, Outcome.stopped(), False, ("stopped", 1)),
        (IDLE, TIMEOUT, False, ("queued", 0)),  # killed for the job before
    ],
)
async def test_the_page_and_the_verdict_decide(  # noqa: PLR0917 - one row of the table
    settings, store, state, verdict, was_interrupted, fate
):
    job_id = store.submit("1")
    assert claim(store).job.id == job_id
    async with settler_of(settings, store) as (settler, _):
        await settler._settle_held(Remains(1, page(state, job_id), verdict, was_interrupted))
    job = store.get(job_id)
    assert (job.status, job.attempt) == fate


async def test_a_worker_that_held_nothing_leaves_nothing(settings, store):
    job_id = store.submit("1")
    async with settler_of(settings, store) as (settler, _):
        await settler._settle_held(Remains(1, page(IDLE, ""), None, False))
    assert store.get(job_id).status == "queued"


async def test_a_stop_that_was_requested_wins_over_the_loss(settings, store):
    job_id = store.submit("1")
    claim(store)
    store.stop(job_id)
    async with settler_of(settings, store) as (settler, _):
        await settler._settle_held(Remains(1, page(RUNNING, job_id), None, False))
    assert store.get(job_id).status == "stopped"


async def test_a_claim_that_arrives_after_the_worker_s_death_is_given_back(settings, store):
    job_id = store.submit("1")
    async with settler_of(settings, store) as (settler, carrier):
        settling = asyncio.create_task(settler.settle(Remains(1, page(IDLE, ""), None, False)))
        await asyncio.sleep(0)  # it sends its first look
        await carrier.execute(store.commands.time_ms())  # which Redis has answered by now
        assert claim(store).job.id == job_id
        await settling
    assert store.get(job_id).status == "queued"


async def test_settling_waits_for_redis_to_come_back(settings, store):
    job_id = store.submit("1")
    claim(store)
    async with settler_of(settings, store) as (settler, carrier):
        await carrier.close()
        remains = Remains(1, page(RUNNING, job_id), TIMEOUT, False)
        settling = asyncio.create_task(settler._settle_held(remains))
        await settling  # the carrier reconnects by itself
    assert store.get(job_id).error.kind == "timeout"
