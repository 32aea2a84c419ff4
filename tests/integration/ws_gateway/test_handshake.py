"""Who is let in, and what the others are told."""

import asyncio
import socket

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus


async def refusal(connecting):
    with pytest.raises(InvalidStatus) as caught:
        await connecting
    return caught.value.response.status_code, caught.value.response.body.decode()


async def get(gateway, path, **headers):
    """Make a plain GET; return status and body."""
    host, _, port = gateway.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode("latin-1"))
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    return int(head.split()[1]), body


async def test_a_page_of_a_foreign_origin_gets_403(gateway, upstream):
    status, text = await refusal(gateway.connect(origin="https://evil.org"))
    assert status == 403
    assert "pages of origin 'https://evil.org' may not connect" in text


async def test_a_page_of_an_allowed_origin_may_connect(start, upstream):
    gateway = await start("--allowed-origin", "https://app.example.org")
    async with gateway.connect(origin="https://app.example.org"):
        await upstream.accept()


async def test_a_name_that_someone_else_points_at_us_gets_403(gateway, upstream):
    status, text = await get(gateway, "/", Host="evil.org", Origin="http://evil.org")
    assert status == 403
    assert "Host 'evil.org' is not one of this gateway's" in text


async def test_an_allowed_host_may_be_used(start, upstream):
    gateway = await start("--allowed-host", "hero.example.org")
    assert (await get(gateway, "/", Host="hero.example.org"))[0] == 426


async def test_bytes_that_are_no_ascii_are_a_bad_request(gateway, upstream):
    status, text = await get(gateway, "/", Host="localhost", Authorization="Bearer \xe4")
    assert (status, "must be ASCII" in text) == (400, True)


async def test_a_plain_get_is_told_to_upgrade(gateway, upstream):
    status, text = await get(gateway, "/", Host="localhost")
    assert (status, "WebSocket" in text) == (426, True)


async def test_health_is_200_while_the_daemon_can_be_reached(gateway, upstream):
    assert await get(gateway, "/health", Host="10.0.0.1") == (200, "ok\n")


async def test_health_is_503_while_it_can_not(gateway):
    assert await get(gateway, "/health") == (503, "no connection to daemon\n")


async def test_without_a_daemon_a_handshake_gets_503(gateway):
    status, text = await refusal(gateway.connect())
    assert (status, text) == (503, "The gateway can't reach the daemon; try later.\n")


async def test_a_gateway_goes_on_when_the_daemon_comes(gateway, absent_daemon):
    assert (await get(gateway, "/health"))[0] == 503
    await absent_daemon.listen()
    async with gateway.connect():
        await absent_daemon.accept()


async def test_when_all_connections_are_taken_the_next_is_closed_with_1013(start, upstream):
    gateway = await start("--max-connections", "2")
    async with gateway.connect(), gateway.connect() as second:
        async with gateway.connect() as third:
            with pytest.raises(ConnectionClosed):
                await third.recv()
        assert (third.close_code, third.close_reason) == (1013, "all 2 connections are taken")
        await second.close()
        sides = [await upstream.accept(), await upstream.accept()]
        await asyncio.wait(
            [asyncio.create_task(side.frame()) for side in sides],
            timeout=5,
            return_when=asyncio.FIRST_COMPLETED,
        )
        async with gateway.connect():
            await upstream.accept()


async def test_it_never_connects_to_the_main_socket(gateway, tmp_path):
    with socket.socket(socket.AF_UNIX) as main:
        main.bind(f"{tmp_path}/s")
        main.listen()
        main.setblocking(False)
        assert (await get(gateway, "/health"))[0] == 503
        with pytest.raises(BlockingIOError):
            main.accept()
