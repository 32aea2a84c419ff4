import asyncio
import json
import socket

from live import request
from waiting import until


async def test_undelimited_requests_each_get_an_answer(serve, connect):
    peer = await connect(await serve())
    peer.send(request("hello", 1), request("hello", 2), b"\n", request("hello", "x"))
    assert set(await peer.answers(3)) == {1, 2, "x"}


async def test_requests_are_served_one_byte_at_a_time(serve, connect):
    peer = await connect(await serve())
    for byte in b'{"jsonrpc":"2.0","id":7,"method":"hello"}':
        peer.send(bytes([byte]))
        await peer.writer.drain()
        await asyncio.sleep(0)
    assert (await peer.answer())["id"] == 7


async def test_a_slow_peer_keeps_nobody_waiting(serve, connect):
    served = await serve()
    slow, quick = await connect(served), await connect(served)
    slow.send(b'{"jsonrpc":"2.0","id":1,"met')
    assert await quick.call("hello") == "hi"
    slow.send(b'hod":"hello"}')
    assert (await slow.answer())["result"] == "hi"


async def test_answers_come_when_they_are_ready(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.send(request("hang", 1), request("hello", 2))
    assert (await peer.answer())["id"] == 2
    served.gate.set()
    assert (await peer.answer())["id"] == 1


async def test_a_notification_gets_no_answer(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.send({"jsonrpc": "2.0", "method": "hello"}, request("hello", 2))
    assert (await peer.answer())["id"] == 2
    assert served.called == 2


async def test_a_batch_is_answered_as_one_array_with_an_error_for_each_bad_item(serve, connect):
    peer = await connect(await serve())
    notification = {"jsonrpc": "2.0", "method": "hello"}
    peer.send([request("hello", 1), 5, request("nothing", 2), notification, {"id": 3}])
    answers = await peer.answer()
    assert [a.get("error", {}).get("code") for a in answers] == [None, -32600, -32601, -32600]
    assert [a["id"] for a in answers] == [1, None, 2, 3]


async def test_a_batch_of_notifications_has_no_answer(serve, connect):
    peer = await connect(await serve())
    peer.send([{"jsonrpc": "2.0", "method": "hello"}] * 3, request("hello", 9))
    assert (await peer.answer())["id"] == 9


async def test_a_batch_of_10_000_items_is_refused_and_the_connection_goes_on(serve, connect):
    peer = await connect(await serve(request=10_000_000))
    peer.send([request("hello", n) for n in range(10_000)], request("hello", 1))
    refusal = await peer.answer()
    assert refusal["error"]["code"] == -32010
    assert refusal["error"]["message"] == "The batch has 10000 items; at most 100 are accepted."
    assert (await peer.answer())["result"] == "hi"


async def test_a_batch_may_have_more_items_than_run_at_once(serve, connect):
    peer = await connect(await serve(in_flight=2, request=100_000))
    peer.send([request("hello", n) for n in range(100)])
    assert [answer["id"] for answer in await peer.answer()] == list(range(100))


async def test_a_batch_whose_answers_are_too_big_together_is_answered_with_one_error(
    serve, connect
):
    peer = await connect(await serve())
    peer.send([request("text", n, size=10_000) for n in range(3)])
    answer = await peer.answer()
    assert answer["error"]["code"] == -32008
    assert answer["error"]["message"].startswith("The answers to the batch have 301")


async def test_an_oversized_request_is_refused_and_the_connection_goes_on(serve, connect):
    peer = await connect(await serve())
    peer.send(request("hello", 1, text="x" * 1_000_000), request("hello", 2))
    refusal = await peer.answer()
    assert (refusal["id"], refusal["error"]["code"]) == (None, -32007)
    assert "at most 4096 are accepted" in refusal["error"]["message"]
    assert (await peer.answer())["id"] == 2


async def test_an_oversized_answer_is_replaced_by_an_error(serve, connect):
    peer = await connect(await serve())
    peer.send(request("text", 1, size=20_000))
    assert (await peer.answer())["error"]["code"] == -32008


async def test_deep_nesting_is_refused_and_the_connection_goes_on(serve, connect):
    peer = await connect(await serve(request=1_000_000))
    peer.send(b"[" * 200 + b"]" * 200, b"[" * 100_000 + b"]" * 100_000, request("hello", 2))
    assert [(await peer.answer())["error"]["code"] for _ in range(2)] == [-32700, -32700]
    assert (await peer.answer())["id"] == 2


async def test_invalid_json_that_is_well_delimited_is_refused_and_the_connection_goes_on(
    serve, connect
):
    peer = await connect(await serve())
    peer.send(b"{'a': 1}", b'{"a": NaN}', b'{"a": "\xff"}', request("hello", 2))
    codes = [(await peer.answer())["error"]["code"] for _ in range(3)]
    assert codes == [-32700, -32700, -32700]
    assert (await peer.answer())["id"] == 2


async def test_a_stray_byte_ends_the_connection_with_a_parse_error(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.send(b"hello?")
    assert (await peer.answer())["error"]["code"] == -32700
    assert await peer.answer() is None
    await until(lambda: served.connections == 0)


async def test_a_call_right_before_a_stray_byte_is_answered(serve, connect):
    peer = await connect(await serve())
    peer.send(json.dumps(request("hello", 1)).encode() + b"x")
    answers = [await peer.answer(), await peer.answer()]
    assert {answer["id"] for answer in answers} == {1, None}


async def test_calls_under_way_are_answered_though_a_stray_byte_follows(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.send(request("hang", 1))
    await until(lambda: served.hanging == 1)
    peer.send(b"]")
    assert (await peer.answer())["error"]["code"] == -32700
    served.gate.set()
    assert (await peer.answer())["id"] == 1


async def test_http_is_told_that_this_is_no_http(serve, connect):
    peer = await connect(await serve())
    peer.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = await peer.reader.read()
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"send JSON values, not HTTP" in answer


async def test_a_half_closed_peer_still_gets_its_answers(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.send(request("hang", 1), request("hello", 2))
    peer.writer.write_eof()
    assert (await peer.answer())["id"] == 2
    served.gate.set()
    assert (await peer.answer())["id"] == 1
    assert await peer.answer() is None


async def test_what_a_peer_sent_before_it_left_is_done(serve, connect):
    served = await serve(connections=100)
    for _ in range(20):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(str(served.path))
            raw.sendall(b'{"jsonrpc":"2.0","method":"hello"}')
    await until(lambda: served.called == 20)


async def test_a_peer_that_vanishes_leaves_no_call_behind(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.send(*[request("hang", n) for n in range(3)])
    await until(lambda: served.hanging == 3)
    await peer.close()
    await until(lambda: served.hanging == 0 and served.connections == 0)


async def test_a_peer_that_vanishes_with_more_calls_than_may_run_leaves_none_behind(serve, connect):
    served = await serve(in_flight=2)
    peer = await connect(served)
    peer.send(*[request("hang", n) for n in range(50)])
    await until(lambda: served.hanging == 2)
    await peer.close()
    await until(lambda: served.hanging == 0 and served.connections == 0)


async def test_reading_stops_while_as_many_calls_run_as_may(serve, connect):
    served = await serve(in_flight=2)
    peer = await connect(served)
    peer.send(*[request("hang", n) for n in range(10)])
    await until(lambda: served.hanging == 2)
    other = await connect(served)
    assert await other.call("hello") == "hi"
    assert served.hanging == 2
    served.gate.set()
    assert len(await peer.answers(10)) == 10


async def test_a_peer_that_does_not_read_stops_being_read(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.writer.transport.set_write_buffer_limits(high=0)
    flood = b"".join(b'{"jsonrpc":"2.0","id":%d,"method":"hello"}' % n for n in range(50_000))
    peer.reader._transport.pause_reading()
    peer.send(flood)
    await until(lambda: served.called > 0)
    stood = await _standstill(served)
    assert stood < 50_000
    peer.reader._transport.resume_reading()
    assert len(await peer.answers(50_000)) == 50_000


async def _standstill(served):
    """Return the number of calls once it has not changed over many turns of the loop."""
    called, turns = served.called, 0
    while turns < 200:
        await asyncio.sleep(0.001)
        called, turns = (called, turns + 1) if served.called == called else (served.called, 0)
    return called


async def test_one_connection_too_many_is_told_and_the_others_go_on(serve, connect):
    served = await serve()
    peers = [await connect(served) for _ in range(4)]
    assert [await peer.call("hello") for peer in peers] == ["hi"] * 4
    fifth = await connect(served)
    refusal = await fifth.answer()
    assert (refusal["id"], refusal["error"]["code"]) == (None, -32009)
    assert refusal["error"]["message"].startswith("The server is busy: 4 connections are open.")
    assert await fifth.answer() is None
    await peers[0].close()
    await until(lambda: served.connections == 3)
    assert await (await connect(served)).call("hello") == "hi"


async def test_a_drain_answers_what_is_under_way_and_closes(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.send(request("hang", 1))
    await until(lambda: served.hanging == 1)
    await served.listener.close()
    draining = asyncio.create_task(served.listener.drain(10))
    served.gate.set()
    assert (await peer.answer())["id"] == 1
    assert await peer.answer() is None
    await draining


async def test_a_drain_waits_no_longer_than_it_is_given(serve, connect):
    served = await serve()
    peer = await connect(served)
    peer.send(request("hang", 1))
    await until(lambda: served.hanging == 1)
    await served.listener.close()
    await served.listener.drain(0.05)
    assert (served.hanging, served.connections) == (0, 0)
    assert await peer.answer() is None
