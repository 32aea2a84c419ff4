"""What passes through a running gateway; the daemon's side is played by the test."""

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed

MIB = 1024 * 1024


async def close_of(remote):
    with pytest.raises(ConnectionClosed):
        await remote.recv()
    return remote.close_code, remote.close_reason


async def test_the_first_frame_says_who_connects_and_later_ones_nothing(gateway, upstream):
    async with gateway.connect("/some/key") as remote:
        await remote.send("[1]")
        await remote.send("[2]")
        side = await upstream.accept()
        host, port = remote.local_address
        metadata = {"transport": "websocket", "peer": f"{host}:{port}", "path": "/some/key"}
        assert await side.frame() == (metadata, b"[1]")
        assert await side.frame() == ({}, b"[2]")


async def test_the_authorization_is_handed_on_and_never_logged(start, upstream):
    gateway = await start("--log-level", "debug")
    headers = {"Authorization": "Bearer s3cret"}
    async with gateway.connect(additional_headers=headers) as remote:
        await remote.send("[1]")
        metadata, _ = await (await upstream.accept()).frame()
    assert metadata["authorization"] == "Bearer s3cret"
    gateway.process.terminate()
    assert "s3cret" not in (await gateway.end())[1]


async def test_the_query_stays_in_the_gateway(gateway, upstream):
    async with gateway.connect("/path?secret=x") as remote:
        await remote.send("[1]")
        metadata, _ = await (await upstream.accept()).frame()
    assert metadata["path"] == "/path"


@pytest.mark.parametrize("message", ["{", '"half', "", "ä\n\0", '{"authorization":"x"}\n{}'])
async def test_messages_pass_untouched_even_if_they_are_no_json(gateway, upstream, message):
    async with gateway.connect() as remote:
        await remote.send(message)
        await remote.send("[]")
        side = await upstream.accept()
        assert (await side.frame())[1] == message.encode()
        assert (await side.frame())[1] == b"[]"


async def test_answers_become_text_frames_in_order(gateway, upstream):
    async with gateway.connect() as remote:
        side = await upstream.accept()
        side.answer(b'{"a":"\xc3\xa4"}')
        side.answer(b"[2]")
        assert [await remote.recv(), await remote.recv()] == ['{"a":"ä"}', "[2]"]


async def test_each_websocket_has_a_connection_of_its_own(gateway, upstream):
    async with gateway.connect() as first, gateway.connect() as second:
        one, two = await upstream.accept(), await upstream.accept()
        two.answer(b"two")
        one.answer(b"one")
        assert {await first.recv(), await second.recv()} == {"one", "two"}


async def test_a_fragmented_message_arrives_whole(gateway, upstream):
    async with gateway.connect() as remote:
        await remote.send(["[1,", "2,", "3]"])
        assert (await (await upstream.accept()).frame())[1] == b"[1,2,3]"


async def test_a_message_of_the_limit_passes_and_a_larger_one_is_closed_with_1009(
    gateway, upstream
):
    async with gateway.connect() as remote:
        side = await upstream.accept()
        await remote.send("x" * 10 * MIB)
        assert len((await side.frame())[1]) == 10 * MIB
        # The head of a masked text frame: the length alone decides.
        remote.transport.write(b"\x81\xff%b\0\0\0\0" % (10 * MIB + 1).to_bytes(8, "big"))
        assert (await close_of(remote))[0] == 1009


async def test_a_binary_frame_is_closed_with_1003(gateway, upstream):
    async with gateway.connect() as remote:
        await remote.send(b"[1]")
        assert await close_of(remote) == (1003, "only text frames are understood")


async def test_text_that_is_no_utf8_is_closed_with_1007(gateway, upstream):
    async with gateway.connect() as remote:
        await remote.send(b"\xff", text=True)
        assert (await close_of(remote))[0] == 1007


async def test_a_daemon_that_goes_away_is_closed_with_1012(gateway, upstream):
    async with gateway.connect() as remote:
        (await upstream.accept()).writer.close()
        assert await close_of(remote) == (1012, "the daemon closed the connection; come back")


async def test_answers_sent_before_the_daemon_goes_away_still_arrive(gateway, upstream):
    async with gateway.connect() as remote:
        side = await upstream.accept()
        side.answer(b"last")
        side.writer.close()
        assert await remote.recv() == "last"
        assert (await close_of(remote))[0] == 1012


async def test_a_daemon_that_speaks_something_else_is_closed_with_1011(gateway, upstream):
    async with gateway.connect() as remote:
        (await upstream.accept()).writer.write(b"HTTP/1.1 400 Bad Request\r\n")
        code, reason = await close_of(remote)
    assert code == 1011
    assert reason.startswith("what the daemon sent: frame of")


async def test_the_daemon_sees_the_end_of_a_client_that_closes(gateway, upstream):
    async with gateway.connect() as remote:
        side = await upstream.accept()
        await remote.send("[1]")
    assert (await side.frame())[1] == b"[1]"
    assert await side.frame() is None


async def test_the_daemon_sees_the_end_of_a_client_that_vanishes(gateway, upstream):
    remote = await gateway.connect()
    side = await upstream.accept()
    remote.transport.abort()
    assert await side.frame() is None


async def is_stopped(push):
    """Push a MiB at a time; tell whether one is not taken, long before all are."""
    try:
        for _ in range(500):
            await asyncio.wait_for(push(), 0.5)
    except TimeoutError:
        return True
    return False


async def test_a_client_that_never_reads_stops_the_daemon_and_costs_others_nothing(
    gateway, upstream
):
    lazy = await gateway.connect(max_queue=1)
    side = await upstream.accept()

    async def push():
        side.answer(b"x" * MIB)
        await side.writer.drain()

    assert await is_stopped(push)
    async with gateway.connect() as other:
        (await upstream.accept()).answer(b"fine")
        assert await other.recv() == "fine"
    lazy.transport.abort()


async def test_a_daemon_that_does_not_read_stops_the_client_until_it_reads(gateway, upstream):
    remote = await gateway.connect()
    side = await upstream.accept()
    assert await is_stopped(lambda: remote.send("x" * MIB))
    assert len((await side.frame())[1]) == MIB
    remote.transport.abort()
    while await side.frame() is not None:
        pass


async def test_many_small_messages_pass_in_order(gateway, upstream):
    async with gateway.connect() as remote:
        side = await upstream.accept()
        for number in range(2000):
            await remote.send(f"{number}")
        assert [json.loads((await side.frame())[1]) for _ in range(2000)] == list(range(2000))
