import asyncio
import socket

import pytest

from ws_gateway.upstream import DaemonUnreachable, open_upstream


async def test_a_daemon_that_does_not_listen_is_named_with_the_reason(tmp_path):
    with pytest.raises(DaemonUnreachable) as caught:
        await open_upstream(tmp_path / "s.gateway")
    assert str(caught.value) == (
        f"Can't connect to the daemon on {tmp_path}/s.gateway: No such file or directory. "
        "Is hero-unix-server running?"
    )


async def test_a_daemon_that_is_behind_with_accepting_is_waited_for(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{tmp_path}/s")
        server.listen(0)
        server.setblocking(False)
        waiting = [asyncio.create_task(open_upstream(tmp_path / "s")) for _ in range(5)]
        accepted = [await asyncio.get_running_loop().sock_accept(server) for _ in waiting]
        for upstream in await asyncio.gather(*waiting):
            upstream.writer.close()
        for peer, _ in accepted:
            peer.close()


async def test_a_daemon_that_accepts_nobody_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("ws_gateway.upstream.CONNECT_TIMEOUT", 0.1)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(f"{tmp_path}/s")
        server.listen(0)
        first.connect(f"{tmp_path}/s")  # takes the only place in the queue
        with pytest.raises(DaemonUnreachable, match=r"no answer within 0\.1 s"):
            await open_upstream(tmp_path / "s")
