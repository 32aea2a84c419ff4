import asyncio

import pytest
from waiting import until

from supervisor.events import EventReader
from supervisor.job import JobStatus
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import End


@pytest.fixture
async def reader(redis_server, commands):
    carrier = AioCarrier(redis_server.url, "test-events")
    await carrier.connect()
    reader = EventReader(carrier, commands)
    tasks = {asyncio.create_task(carrier.run()), asyncio.create_task(reader.run())}
    await until(lambda: reader.is_following)
    yield reader
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await carrier.close()


async def test_who_waits_is_woken_with_the_end_and_a_short_output(reader, store):
    store.add("a", start=True)
    with reader.wait_for_end("a") as ended, reader.wait_for_end("a") as also:
        store.finish(store.claim(), "the output")
        assert await ended == await also == End("a", JobStatus.COMPLETED, "the output")


@pytest.mark.parametrize(("output", "told"), [("", ""), ("a b  c", "a b  c"), ("x" * 257, None)])
async def test_the_output_comes_as_it_is_or_not_at_all(reader, store, output, told):
    store.add("a", start=True)
    with reader.wait_for_end("a") as ended:
        store.finish(store.claim(), output)
        assert await ended == End("a", JobStatus.COMPLETED, told)


async def test_a_job_that_does_not_complete_has_no_output_to_tell(reader, store):
    store.add("a", start=True)
    with reader.wait_for_end("a") as ended:
        store.pop_as_foreigner()
        store.write_as_foreigner("a", status="error", output="half")
        store.adopt()
        assert await ended == End("a", JobStatus.FAILED, None)


async def test_only_the_end_of_this_job_wakes(reader, store):
    store.add("a")
    with reader.wait_for_end("a") as ended, reader.wait_for_end("b") as other:
        store.enqueue("a")
        store.add("b", start=True)
        store.stop("b")
        await other
        assert not ended.done()


async def test_who_has_left_is_forgotten(reader):
    with reader.wait_for_end("a"), reader.wait_for_end("a"):
        assert reader._waiters
    assert not reader._waiters


async def test_a_new_connection_wakes_everybody_to_read_again(reader, redis_server):
    with reader.wait_for_end("a") as ended:
        redis_server.client.client_kill_filter(_type="pubsub", skipme=True)
        assert await ended is None
    await until(lambda: reader.is_following)


async def test_a_word_that_nobody_can_read_is_passed_over(reader, redis_server, store, keys):
    with reader.wait_for_end("a") as ended:
        redis_server.client.publish(keys.ended, "a")
        redis_server.client.publish(keys.ended, "a x")
        store.add("a", start=True)
        store.stop("a")
        assert await ended == End("a", JobStatus.STOPPED, None)
