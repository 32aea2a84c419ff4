import signal

import pytest

from supervisor.errors import JobNotFound, OutcomeUnknown, StoreUnavailable
from supervisor.store.blocking import BlockingCarrier
from supervisor.store.commands import Command
from supervisor.store.wire import UnexpectedReply


def echo(word):
    return Command(("ECHO", word), lambda reply: reply.decode(), is_write=False)


@pytest.fixture
def carrier_to():
    opened = []

    def connect(server, **options):
        opened.append(BlockingCarrier(server.url, "test-blocking", **options))
        return opened[-1]

    yield connect
    for carrier in opened:
        carrier.close()


@pytest.fixture
def carrier(carrier_to, redis_server):
    return carrier_to(redis_server)


def test_it_connects_with_its_first_command_and_has_a_name(carrier, redis_server):
    assert carrier.fileno() == -1
    assert carrier.execute(echo("x")) == "x"
    assert carrier.fileno() > 0
    assert "test-blocking" in [client["name"] for client in redis_server.client.client_list()]


def test_a_large_value_goes_there_and_back(carrier):
    assert len(carrier.execute(echo("x" * 3_000_000))) == 3_000_000


def test_scripts_that_redis_does_not_know_are_sent_whole(carrier, commands, redis_server):
    redis_server.client.script_flush()
    with pytest.raises(JobNotFound):
        carrier.execute(commands.enqueue("nobody"))


def test_an_error_of_redis_is_the_callers(carrier):
    with pytest.raises(UnexpectedReply, match="NOSUCH: ERR unknown command"):
        carrier.execute(Command(("NOSUCH",), str))
    assert carrier.execute(echo("fine")) == "fine"


@pytest.mark.parametrize(("is_write", "error"), [(True, OutcomeUnknown), (False, StoreUnavailable)])
def test_a_cut_connection_leaves_a_write_in_doubt_and_the_next_command_reconnects(
    carrier, redis_server, is_write, error
):
    carrier.execute(echo("x"))
    redis_server.client.client_kill_filter(_type="normal", skipme=True)
    with pytest.raises(error):
        carrier.execute(Command(("PING",), str, is_write=is_write))
    assert carrier.execute(echo("again")) == "again"


def test_a_redis_that_stops_answering_is_given_up(carrier_to, own_redis):
    carrier = carrier_to(own_redis, stall=0.1)
    carrier.execute(echo("x"))
    own_redis.pause()
    with pytest.raises(OutcomeUnknown):
        carrier.execute(Command(("SET", "a", "b"), str))
    own_redis.resume()
    assert carrier.execute(echo("again")) == "again"


def test_a_command_that_may_block_is_not_a_stall(carrier_to, redis_server):
    carrier = carrier_to(redis_server, stall=0.3)
    blocked = Command(("BLPOP", "l", "0.6"), lambda reply: reply, block=0.6)
    assert carrier.execute(blocked) is None


def test_an_interrupted_command_does_not_answer_the_next(carrier):
    class Interrupt(BaseException):
        pass

    def interrupt(*_):
        raise Interrupt

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(Interrupt):
            carrier.execute(Command(("BLPOP", "l", "30"), lambda reply: reply, block=30))
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert carrier.execute(echo("next")) == "next"


def test_the_second_of_two_commands_answers_when_the_first_is_done(carrier):
    first = Command(("BLPOP", "l", "0.05"), lambda _: None, block=0.05)
    assert carrier.execute_behind(first, echo("second")) == "second"
    assert carrier.execute(echo("third")) == "third"


def test_a_forgotten_script_behind_another_command_is_sent_whole(carrier, commands):
    first = Command(("BLPOP", "l", "0.05"), lambda _: None, block=0.05)
    carrier.execute(Command(("SCRIPT", "FLUSH"), lambda _: None))
    exchange = commands.exchange("sal@1", 1, ["q"], was_idle=True)
    assert carrier.execute_behind(first, exchange).claimed is None


@pytest.mark.parametrize("url", ["unix:///nowhere/redis.sock", "redis://127.0.0.1:1"])
def test_a_redis_that_is_not_there_is_unavailable(url):
    with pytest.raises(StoreUnavailable, match="can't be reached"):
        BlockingCarrier(url, "test-blocking").execute(echo("x"))


def test_a_redis_that_does_not_take_us_in_is_unavailable(redis_server):
    carrier = BlockingCarrier(redis_server.url + "?db=99", "test-blocking")
    with pytest.raises(StoreUnavailable, match="does not take us in: ERR DB index"):
        carrier.execute(echo("x"))
    assert carrier.fileno() == -1
