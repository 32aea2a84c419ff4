import asyncio
import socket

import pytest

from ipc_client import Call, CallTimeout, CannotConnect, ConnectionLost, IpcClient, ServerError
from ipc_client.connect import connect


@pytest.fixture
def echo(speak):
    """A handler that answers each call with its method."""
    read, write, result = speak

    async def handler(reader, writer):
        while True:
            [request] = await read(reader)
            write(writer, result(request, request["method"]))

    return handler


async def test_replies_reach_their_callers_in_whatever_order_they_come(peer, client, speak):
    read, write, result = speak

    async def handler(reader, writer):
        requests = await read(reader, 3)
        write(writer, *(result(request, request["method"]) for request in reversed(requests)))

    await peer.serve(handler)
    assert await asyncio.gather(*map(client.call, "abc")) == ["a", "b", "c"]


@pytest.mark.parametrize("size", [1, 10])
async def test_replies_that_come_a_few_bytes_at_a_time_are_understood(peer, client, speak, size):
    read, _, _ = speak

    async def handler(reader, writer):
        await read(reader)
        text = b'{"jsonrpc":"2.0","id":1,"result":"\xc3\xa4"}\n'
        for start in range(0, len(text), size):
            writer.write(text[start : start + size])
            await writer.drain()

    await peer.serve(handler)
    assert await client.call("x") == "ä"


async def test_calls_made_in_one_turn_leave_in_one_write(peer, client, echo):
    chunks = []

    async def handler(reader, writer):
        chunks.append(await reader.read(1000))

    await peer.serve(handler)
    async with client:
        with pytest.raises(ConnectionLost):
            await asyncio.gather(*map(client.call, "abc"))
    assert chunks[0].count(b"\n") == 3


async def test_calls_arrive_in_the_order_in_which_they_were_made(peer, client, speak):
    read, write, result = speak
    seen = []

    async def handler(reader, writer):
        while True:
            [request] = await read(reader)
            seen.append(request["method"])
            write(writer, result(request, None))

    await peer.serve(handler)
    names = [f"{number}" for number in range(50)]
    await asyncio.gather(*map(client.call, names))  # while there is no connection yet
    await asyncio.gather(*map(client.call, names))
    assert seen == names * 2


async def test_many_calls_give_results_and_errors_in_order(peer, client, speak):
    read, write, result = speak

    async def handler(reader, writer):
        first, second, third = await read(reader, 3)
        refusal = {"jsonrpc": "2.0", "id": second["id"], "error": {"code": -1, "message": "no"}}
        write(writer, result(third, 3), refusal, result(first, 1))

    await peer.serve(handler)
    one, error, three = await client.call_many([Call("a"), Call("b"), Call("c")])
    assert (one, error.code, three) == (1, -1, 3)


async def test_no_calls_give_no_results(client):
    assert await client.call_many([]) == []


async def test_an_error_of_the_server_is_raised(peer, client, speak):
    read, write, _ = speak

    async def handler(reader, writer):
        await read(reader)
        error = {"code": -32020, "message": "Job x not found.", "data": {"job_id": "x"}}
        write(writer, {"jsonrpc": "2.0", "id": 1, "error": error})

    await peer.serve(handler)
    with pytest.raises(ServerError) as caught:
        await client.get_job("x")
    assert (caught.value.code, caught.value.data) == (-32020, {"job_id": "x"})


async def test_a_lost_connection_fails_what_is_in_flight_and_the_next_call_reconnects(
    peer, client, speak, echo
):
    read, _, _ = speak

    async def handler(reader, writer):
        if peer.connections == 1:
            await read(reader)
        else:
            await echo(reader, writer)

    await peer.serve(handler)
    with pytest.raises(ConnectionLost) as caught:
        await client.call("create_job")
    assert "(the server closed it) before the answer to create_job came" in str(caught.value)
    assert "outcome is unknown; repeating the call with the same job id is safe" in str(
        caught.value
    )
    assert await client.call("again") == "again"
    assert peer.connections == 2


async def test_a_call_without_an_answer_times_out_and_its_late_answer_harms_nothing(
    peer, client, speak
):
    read, write, result = speak

    async def handler(reader, writer):
        late, next_one = await read(reader, 2)
        write(writer, result(late, "late"), result(next_one, "next"))
        await reader.read()

    await peer.serve(handler)
    with pytest.raises(CallTimeout, match=r"No answer to slow within 0\.05 s"):
        await client.call("slow", timeout=0.05)
    assert await client.call("fast") == "next"
    assert peer.connections == 1


async def test_a_cancelled_call_leaves_the_others_alone(peer, client, speak):
    read, write, result = speak
    answer = asyncio.Event()

    async def handler(reader, writer):
        requests = await read(reader, 2)
        await answer.wait()
        write(writer, *(result(request, request["method"]) for request in requests))

    await peer.serve(handler)
    async with client, asyncio.TaskGroup() as group:
        cancelled = group.create_task(client.call("a"))
        other = group.create_task(client.call("b"))
        await asyncio.sleep(0)
        cancelled.cancel()
        answer.set()
    assert cancelled.cancelled()
    assert other.result() == "b"


async def test_notifications_of_the_server_reach_the_callback(peer, tmp_path, speak):
    read, write, result = speak
    seen = []

    async def handler(reader, writer):
        [request] = await read(reader)
        write(writer, {"jsonrpc": "2.0", "method": "job_event", "params": {"n": 1}})
        write(writer, result(request, None))

    await peer.serve(handler)
    client = IpcClient(tmp_path / "s", on_notification=lambda *event: seen.append(event))
    async with client:
        await client.call("x")
    assert seen == [("job_event", {"n": 1})]


async def test_a_callback_that_raises_costs_nothing_but_its_own_event(peer, tmp_path, speak):
    read, write, result = speak
    raised = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))

    async def handler(reader, writer):
        for request in await read(reader, 2):
            write(writer, {"jsonrpc": "2.0", "method": "boom"}, result(request, "ok"))

    await peer.serve(handler)
    async with IpcClient(tmp_path / "s", on_notification=lambda *_: 1 / 0) as client:
        assert await asyncio.gather(client.call("a"), client.call("b")) == ["ok", "ok"]
    assert [type(context["exception"]) for context in raised] == [ZeroDivisionError] * 2


async def test_a_notification_is_sent_without_an_id(peer, client, speak):
    read, write, result = speak

    async def handler(reader, writer):
        notification, request = await read(reader, 2)
        write(writer, result(request, notification))

    await peer.serve(handler)
    await client.notify("stop_job", ["j"])
    assert await client.call("x") == {"jsonrpc": "2.0", "method": "stop_job", "params": ["j"]}


def _too_big(request_id=None):
    error = {"code": -32007, "message": "The request is too big."}
    return {"jsonrpc": "2.0", "id": request_id, "error": error}


async def test_an_error_without_an_id_is_the_answer_to_the_only_call_in_flight(peer, client, speak):
    read, write, result = speak

    async def handler(reader, writer):
        await read(reader)
        write(writer, _too_big())
        [request] = await read(reader)
        write(writer, result(request, "fine"))

    await peer.serve(handler)
    with pytest.raises(ServerError, match="-32007"):
        await client.call("big")
    assert await client.call("small") == "fine"


async def test_an_error_without_an_id_leaves_no_call_of_several_waiting(peer, client, speak):
    read, write, _ = speak

    async def handler(reader, writer):
        await read(reader, 2)
        write(writer, _too_big())
        await reader.read()

    await peer.serve(handler)
    with pytest.raises(ConnectionLost, match="without saying which: error -32007"):
        await client.call_many([Call("a"), Call("b")])


async def test_another_kind_of_server_is_recognised(peer, client):
    async def handler(reader, writer):
        await reader.readline()
        writer.write(b"-ERR unknown command\r\n")
        await reader.read()

    await peer.serve(handler)
    with pytest.raises(ConnectionLost, match="it sent '-ERR unknown command"):
        await client.health()


async def test_a_reply_over_the_limit_ends_the_connection(peer, tmp_path):
    async def handler(reader, writer):
        await reader.readline()
        writer.write(b"x" * 1001)
        await reader.read()

    await peer.serve(handler)
    async with IpcClient(tmp_path / "s", max_reply=1000) as client:
        with pytest.raises(ConnectionLost, match="a line of more than 1000 bytes"):
            await client.health()


async def test_closing_fails_the_calls_in_flight_and_refuses_new_ones(peer, client, speak):
    read, _, _ = speak
    arrived = asyncio.Event()

    async def handler(reader, writer):
        await read(reader)
        arrived.set()
        await reader.read()

    await peer.serve(handler)
    call = asyncio.create_task(client.call("run_job"))
    await arrived.wait()
    await client.close()
    with pytest.raises(ConnectionLost, match="closed by this client"):
        await call
    with pytest.raises(CannotConnect, match="this client was closed"):
        await client.call("x")


async def test_calls_wait_while_the_server_reads_nothing(peer, client):
    async def handler(reader, writer):
        await asyncio.Event().wait()

    await peer.serve(handler)
    async with client:
        calls = [client.call("x", ["y" * 100_000], timeout=0.2) for _ in range(50)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(outcome, CallTimeout) for outcome in outcomes)
        assert client._connection._transport.get_write_buffer_size() < 500_000


async def test_params_that_json_cannot_express_disturb_nobody(peer, client, echo):
    await peer.serve(echo)
    async with client:
        with pytest.raises(TypeError):
            await client.call("x", [object()])
        assert await client.call("y") == "y"


async def test_a_missing_socket_is_explained(client, tmp_path):
    message = f"no such socket. Is hero-unix-server running with --socket {tmp_path}/s?"
    with pytest.raises(CannotConnect) as caught:
        await client.health()
    assert str(caught.value) == f"Can't connect to {tmp_path}/s: {message}"


async def test_a_stale_socket_is_explained(client, tmp_path):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(f"{tmp_path}/s")
    with pytest.raises(CannotConnect, match="a server that was killed left the file behind"):
        await client.health()


async def test_a_path_through_a_file_is_explained(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CannotConnect, match="a part of its path is no folder"):
        await IpcClient(tmp_path / "file" / "s").health()


async def test_a_path_that_is_too_long_is_explained(tmp_path):
    with pytest.raises(CannotConnect, match="path too long"):
        await IpcClient(tmp_path / ("x" * 120)).health()


async def test_a_server_that_is_behind_with_accepting_is_waited_for(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{tmp_path}/s")
        server.listen(0)
        server.setblocking(False)
        waiting = [asyncio.create_task(connect(tmp_path / "s", 1000)) for _ in range(5)]
        accepted = [await asyncio.get_running_loop().sock_accept(server) for _ in waiting]
        for connection in await asyncio.gather(*waiting):
            await connection.close()
        for peer, _ in accepted:
            peer.close()


async def test_a_server_that_accepts_nobody_is_given_up(client, tmp_path, monkeypatch):
    monkeypatch.setattr("ipc_client.connect.CONNECT_TIMEOUT", 0.1)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(f"{tmp_path}/s")
        server.listen(0)
        first.connect(f"{tmp_path}/s")  # takes the only place in the queue
        with pytest.raises(CannotConnect, match=r"accepts no connection within 0\.1 s"):
            await client.health()


async def test_a_call_that_can_not_connect_in_its_time_times_out(client, tmp_path):
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(f"{tmp_path}/s")
        server.listen(0)
        first.connect(f"{tmp_path}/s")
        with pytest.raises(CallTimeout, match=r"No answer to health within 0\.1 s"):
            await client.call("health", timeout=0.1)


async def test_a_client_that_is_closed_while_it_connects_leaves_no_connection(tmp_path):
    client = IpcClient(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(f"{tmp_path}/s")
        server.listen(0)
        server.setblocking(False)
        first.connect(f"{tmp_path}/s")
        call = asyncio.create_task(client.health())
        await asyncio.sleep(0)  # it now tries to connect
        await client.close()
        loop = asyncio.get_running_loop()
        accepted = [(await loop.sock_accept(server))[0] for _ in range(2)]
        with pytest.raises(CannotConnect, match="this client was closed"):
            await call
        assert await loop.sock_recv(accepted[1], 1) == b""
        for peer in accepted:
            peer.close()
