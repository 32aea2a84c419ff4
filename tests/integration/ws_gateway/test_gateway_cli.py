"""`hero-ws-gateway` as a process: how it starts and ends."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

GATEWAY = Path(sys.executable).with_name("hero-ws-gateway")


@pytest.fixture
def run(tmp_path):
    """Run a gateway that can't start; gives exit code and stderr."""

    def run(*options, stdin=subprocess.DEVNULL, listen="127.0.0.1:0", path=tmp_path / "s"):
        command = [GATEWAY, "--listen", listen, "--socket", path, *options]
        done = subprocess.run(command, stdin=stdin, capture_output=True, timeout=30, check=False)
        return done.returncode, done.stderr.decode()

    return run


async def test_one_line_says_where_it_listens(gateway, tmp_path):
    host, _, port = gateway.address.rpartition(":")
    assert (host, int(port) > 0) == ("127.0.0.1", True)
    expected = f"hero-ws-gateway listens on ws://{gateway.address} for {tmp_path}/s.gateway\n"
    assert gateway.said == expected


async def test_it_listens_on_ipv6(start, upstream):
    gateway = await start(listen="[::1]:0")
    assert gateway.address.startswith("[::1]:")
    async with gateway.connect() as remote:
        await remote.send("[1]")
        metadata, _ = await (await upstream.accept()).frame()
    assert metadata["peer"].startswith("[::1]:")


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_closes_all_websockets_with_1001_and_ends_it(gateway, upstream, signum):
    async with gateway.connect() as remote:
        gateway.process.send_signal(signum)
        with pytest.raises(ConnectionClosed):
            await remote.recv()
        assert (remote.close_code, remote.close_reason) == (1001, "the gateway is shutting down")
    assert await gateway.end() == (0, "")


async def test_it_ends_with_its_parent(start):
    gateway = await start("--exit-with-parent")
    gateway.process.stdin.close()
    assert await gateway.end() == (0, "")


async def test_it_does_not_read_stdin_otherwise(gateway, upstream):
    gateway.process.stdin.close()
    async with gateway.connect():
        await upstream.accept()


def test_to_end_with_the_parent_needs_a_pipe(run, tmp_path):
    (tmp_path / "file").touch()
    with (tmp_path / "file").open() as file:
        code, said = run("--exit-with-parent", stdin=file)
    assert (code, "--exit-with-parent needs a pipe on stdin" in said) == (1, True)


def test_an_address_in_use_is_explained(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        code, said = run(listen=address)
    assert (code, said.startswith(f"hero-ws-gateway: Can't listen on {address}: ")) == (1, True)


def test_an_address_that_is_none_is_wrong_usage(run):
    code, said = run(listen="9944")
    assert (code, "'9944' is not HOST:PORT, such as 127.0.0.1:9944" in said) == (2, True)


def test_the_path_of_the_gateway_socket_is_wrong_usage(run, tmp_path):
    code, said = run(path=tmp_path / "s.gateway")
    assert (code, "give the path of the daemon's main socket" in said) == (2, True)


def test_an_unknown_log_level_is_explained(run):
    code, said = run("--log-level", "loud")
    assert (code, "Unknown log level 'loud'" in said) == (1, True)


async def test_listening_beyond_this_machine_without_tls_is_a_loud_warning(start):
    gateway = await start(listen="0.0.0.0:0")
    entry = json.loads(await gateway.process.stderr.readline())
    assert entry["level"] == "warning"
    assert entry["event"].startswith("Listening beyond this machine without TLS")


async def test_a_refusal_is_logged_with_the_peer(gateway):
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        await gateway.connect(origin="https://evil.org")
    entry = json.loads(await gateway.process.stderr.readline())
    assert entry["peer"].startswith("127.0.0.1:")
    assert "https://evil.org" in entry["reason"]


@pytest.mark.parametrize("command", [[GATEWAY], [sys.executable, "-m", "ws_gateway"]])
def test_the_version_is_shown_by_the_command_and_the_module(command):
    done = subprocess.run([*command, "--version"], capture_output=True, timeout=30, check=True)
    assert done.stdout == b"hero-ws-gateway 0.1.0\n"
