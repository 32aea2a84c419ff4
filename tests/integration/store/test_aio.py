import asyncio

import pytest
from waiting import until

from supervisor.errors import JobNotFound, OutcomeUnknown, StoreUnavailable
from supervisor.job import Job
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Command
from supervisor.store.wire import UnexpectedReply


def job(job_id):
    return Job(id=job_id, caller_id="me", context_id="c", script="1", script_type="sal",
               created_at="0", digest="d")  # fmt: skip


def echo(word):
    return Command(("ECHO", word), lambda reply: reply.decode(), is_write=False)


@pytest.fixture
async def carrier_to(commands):
    """Connect carriers to a server; their `run` is running."""
    opened = []

    async def connect(server, **options):
        carrier = AioCarrier(server.url, "test-aio", commands.scripts.values(), **options)
        await carrier.connect()
        opened.append((carrier, asyncio.create_task(carrier.run())))
        return carrier

    yield connect
    for carrier, running in opened:
        running.cancel()
        await asyncio.wait({running})
        await carrier.close()


@pytest.fixture
async def carrier(carrier_to, redis_server):
    return await carrier_to(redis_server)


async def test_commands_reach_redis_in_the_order_of_their_submission(carrier, redis_server):
    pushes = [carrier.submit(Command(("RPUSH", "l", n), int)) for n in range(500)]
    assert await asyncio.gather(*pushes) == list(range(1, 501))
    assert redis_server.client.lrange("l", 0, -1) == [str(n) for n in range(500)]


async def test_answers_come_to_those_who_asked(carrier):
    asked = [carrier.execute(echo(str(number))) for number in range(100)]
    assert await asyncio.gather(*asked) == [str(number) for number in range(100)]


async def test_commands_of_one_turn_leave_in_one_write(carrier):
    connection = carrier._connection
    writes = []
    real, connection._transport = connection._transport, None

    class Transport:
        def write(self, data):
            writes.append(data)
            real.write(data)

        abort = real.abort

    connection._transport = Transport()
    await asyncio.gather(*[carrier.submit(echo("x")) for _ in range(50)])
    await carrier.execute(echo("y"))
    assert len(writes) == 2


async def test_a_large_value_goes_there_and_back(carrier):
    text = "x" * 3_000_000
    assert await carrier.execute(echo(text)) == text


async def test_an_error_of_the_command_is_its_callers_alone(carrier, commands):
    missing = carrier.submit(commands.get("nobody"))
    wrong = carrier.submit(Command(("NOSUCHCOMMAND",), str))
    with pytest.raises(JobNotFound):
        await missing
    with pytest.raises(UnexpectedReply, match="NOSUCHCOMMAND: ERR unknown command"):
        await wrong
    assert await carrier.execute(echo("fine")) == "fine"


@pytest.mark.parametrize("error", [TypeError, KeyError, RecursionError])
async def test_a_reply_that_cannot_be_read_is_its_callers_alone(carrier, error):
    def read(_reply):
        raise error("unreadable")

    bad, good = carrier.submit(Command(("PING",), read)), carrier.submit(echo("fine"))
    with pytest.raises(error):
        await bad
    assert await good == "fine"


async def test_a_cancelled_caller_does_not_confuse_the_others(carrier):
    first = asyncio.create_task(carrier.execute(echo("1")))
    second = asyncio.create_task(carrier.execute(echo("2")))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "2"


async def test_scripts_that_redis_has_forgotten_are_sent_whole(carrier, commands, redis_server):
    redis_server.client.script_flush()
    added = [carrier.submit(commands.add(job(f"j{n}"), start=False)) for n in range(3)]
    assert await asyncio.gather(*added) == [True] * 3
    assert await carrier.execute(commands.add(job("j0"), start=False)) is False


def cut(server):
    """Cut all connections that are named as the test's."""
    for client in server.client.client_list():
        if client["name"] == "test-aio":
            server.client.client_kill_filter(_id=client["id"], skipme=True)


@pytest.mark.parametrize(("is_write", "error"), [(True, OutcomeUnknown), (False, StoreUnavailable)])
async def test_an_answer_that_was_cut_off_leaves_a_write_in_doubt(
    carrier, redis_server, is_write, error
):
    waiting = carrier.submit(
        Command(("BLPOP", "l", "5"), str, is_write=is_write, job_id="j1", block=5)
    )
    await until(lambda: redis_server.client.info("clients")["blocked_clients"])
    cut(redis_server)
    with pytest.raises(error) as caught:
        await waiting
    assert caught.value.data == ({"job_id": "j1"} if is_write else None)


async def test_what_was_not_sent_when_the_connection_broke_has_changed_nothing(carrier, commands):
    unsent = carrier.submit(commands.add(job("j1"), start=False))
    carrier._connection.abort()  # in the same turn: nothing has been written yet
    with pytest.raises(StoreUnavailable, match="nothing was changed, it is safe to retry"):
        await unsent


async def test_without_a_connection_callers_fail_at_once(commands):
    carrier = AioCarrier("unix:///nowhere", "test-aio")
    assert not carrier.is_connected
    with pytest.raises(StoreUnavailable):
        await carrier.execute(commands.get("j1"))


async def test_after_a_loss_it_reconnects_and_says_so(carrier, redis_server):
    connected = []
    carrier.on_connect = lambda: connected.append(True)
    cut(redis_server)
    await until(lambda: connected)
    assert carrier.is_connected
    assert await carrier.execute(echo("again")) == "again"


async def test_it_comes_back_when_redis_does(carrier_to, own_redis):
    carrier = await carrier_to(own_redis)
    own_redis.kill()
    await until(lambda: not carrier.is_connected)
    own_redis.start()
    await until(lambda: carrier.is_connected)
    assert await carrier.execute(echo("again")) == "again"


async def test_a_redis_that_stops_answering_is_given_up(carrier_to, own_redis):
    carrier = await carrier_to(own_redis, stall=0.1)
    own_redis.pause()
    with pytest.raises(StoreUnavailable):
        await carrier.execute(echo("?"))
    own_redis.resume()
    await until(lambda: carrier.is_connected)


async def test_a_command_that_may_block_is_not_a_stall(carrier_to, redis_server):
    carrier = await carrier_to(redis_server, stall=0.3)
    blocked = Command(("BLPOP", "l", "0.6"), lambda reply: reply, block=0.6)
    assert await carrier.execute(blocked) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("unix:///nowhere/redis.sock", "at /nowhere/redis.sock can't be reached (No such file"),
        ("redis://127.0.0.1:1/0", "at 127.0.0.1:1 can't be reached (Connection refused"),
    ],
)
async def test_a_redis_that_is_not_there_is_named(url, reason):
    with pytest.raises(StoreUnavailable) as caught:
        await AioCarrier(url, "test-aio").connect()
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("suffix", "reason"),
    [("?db=99", "ERR DB index is out of range"), ("?username=me&password=wrong", "WRONGPASS")],
)
async def test_a_redis_that_does_not_take_us_in_is_named(redis_server, suffix, reason):
    before = len(redis_server.client.client_list())
    with pytest.raises(StoreUnavailable, match=f"does not take us in: .*({reason})"):
        await AioCarrier(redis_server.url + suffix, "test-aio").connect()
    await until(lambda: len(redis_server.client.client_list()) == before)  # it is closed


async def test_a_redis_out_of_memory_is_unavailable_and_nothing_was_changed(
    carrier, commands, redis_server
):
    redis_server.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(StoreUnavailable, match="refuses: Redis is out of memory"):
            await carrier.execute(commands.add(job("j1"), start=True))
    finally:
        redis_server.client.config_set("maxmemory", 0)
    assert redis_server.client.dbsize() == 0


async def test_a_replica_is_unavailable(carrier, commands, redis_server):
    redis_server.client.replicaof("127.0.0.1", "1")
    try:
        with pytest.raises(StoreUnavailable):
            await carrier.execute(commands.add(job("j1"), start=True))
    finally:
        redis_server.client.replicaof("NO", "ONE")
