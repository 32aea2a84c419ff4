import asyncio

import pytest
from structlog.testing import capture_logs
from waiting import until, until_blocking

from supervisor.store.aio import AioCarrier
from supervisor.upkeep import Upkeep


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def upkeep(redis_server, commands, clock):
    carrier = AioCarrier(redis_server.url, "test-upkeep", commands.scripts.values())
    await carrier.connect()
    yield Upkeep(carrier, commands, monotonic=clock, ttl=10, max_lost=1)
    await carrier.close()


def pass_ms(store, milliseconds=2):
    end = store.do(store.commands.time_ms()) + milliseconds
    until_blocking(lambda: store.do(store.commands.time_ms()) > end)


async def test_one_round_queues_what_is_due_and_fails_what_has_expired(upkeep, store):
    store.add("due", start=True, delay=0.001)
    store.add("expired", expires_in=0.001)
    store.add("later", start=True, delay=1000, expires_in=1000)
    pass_ms(store)
    await upkeep.tick()
    assert store.statuses("due", "expired", "later") == ["queued", "failed", "waiting"]


async def test_one_round_deletes_all_that_is_over_and_nothing_is_left(upkeep, store, redis_server):
    for number in range(2500):
        store.add(f"j{number}", result_ttl=0.001)
        store.stop(f"j{number}")
    pass_ms(store)
    await upkeep.tick()
    assert redis_server.client.keys("*") == [store.keys.events]


async def test_one_round_queues_however_many_are_due(upkeep, store):
    for number in range(2100):
        store.add(f"j{number}", start=True, delay=0.001)
    pass_ms(store)
    await upkeep.tick()
    assert len(store.queued()) == 2100


async def test_one_round_takes_foreign_runners_words(upkeep, store):
    store.add("a", start=True)
    store.pop_as_foreigner()
    store.write_as_foreigner("a", status="completed", output="42")
    await upkeep.tick()
    assert store.job("a").output == "42"


async def test_the_job_of_a_lost_runner_comes_back(upkeep, store, clock):
    store.add("a", start=True)
    store.claim()
    await upkeep.tick()
    clock.now += 9.9
    await upkeep.tick()
    assert store.status("a") == "running"
    clock.now += 0.1
    await upkeep.tick()
    assert store.queued() == ["a"]


async def test_a_job_is_lost_for_good_after_max_lost(upkeep, store, clock):
    store.add("a", start=True)
    for _ in range(2):
        store.claim()
        await upkeep.tick()
        clock.now += 10
        await upkeep.tick()
    assert store.job("a").error.kind == "runner_lost"


@pytest.mark.parametrize("beat", [b"{}", b"1", b'{"of": "a newer version"}'])
async def test_a_runner_that_beats_in_whatever_form_keeps_its_job(upkeep, store, clock, beat):
    store.add("a", start=True)
    claimed = store.claim()
    store.do(store.commands.beat(claimed.instance, beat, 60))
    for _ in range(3):
        await upkeep.tick()
        clock.now += 100
    assert store.status("a") == "running"


async def test_after_an_outage_of_redis_the_watch_begins_anew(upkeep, store, clock):
    store.add("a", start=True)
    store.claim()
    await upkeep.tick()
    clock.now += 100
    upkeep.forget()
    await upkeep.tick()
    assert store.status("a") == "running"


async def test_a_job_that_a_foreign_runner_has_is_not_taken_from_it(upkeep, store, clock):
    store.add("a", start=True)
    store.pop_as_foreigner()
    store.write_as_foreigner("a", status="running")
    for _ in range(3):
        await upkeep.tick()
        clock.now += 100
    assert store.status("a") == "running"


async def test_live_runners_are_counted_by_type(upkeep, store, commands):
    for name, script_type in [("one", "sal"), ("two", "sal"), ("three", "v")]:
        store.do(commands.register(name, {"script_type": script_type, "instance": f"{name}@1"}))
        store.do(commands.list_as_runner(name))
    store.beat("one@1")
    await upkeep.tick()
    assert upkeep.alive_by_type == {"sal": 1, "v": 0}


async def test_a_part_that_stumbles_keeps_no_other_part_from_its_work(upkeep, store, keys):
    store.add("a", start=True, delay=0.001)
    store.redis.set(keys.prefixes()["DEADLINE"], "not a sorted set")
    pass_ms(store)
    with capture_logs() as logs:
        await upkeep.tick()
    assert [entry["part"] for entry in logs] == ["_expire"]
    assert store.status("a") == "queued"
    store.redis.delete(keys.prefixes()["DEADLINE"])


async def test_it_goes_on_after_redis_was_away(redis_server, commands, store):
    carrier = AioCarrier(redis_server.url, "test-upkeep", commands.scripts.values())
    keeping = Upkeep(carrier, commands, monotonic=Clock(), ttl=0.02, max_lost=1)
    running = asyncio.create_task(keeping.run())
    store.add("a", start=True, delay=0.001)
    await asyncio.sleep(0)
    await carrier.connect()
    await until(lambda: store.status("a") == "queued")
    running.cancel()
    await asyncio.wait({running})
    await carrier.close()
