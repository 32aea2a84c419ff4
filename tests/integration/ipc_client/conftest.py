import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import orjson
import pytest

from ipc_client.client import IpcClient

DEADLINE = 20.0  # seconds

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """A real server on a real socket that does what a test tells it, and counts who came."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connections = 0
        self._handlers: set[asyncio.Task[None]] = set()

    async def serve(self, handler: Handler) -> None:
        async def on_connect(reader, writer):
            self.connections += 1
            self._handlers.add(asyncio.current_task())
            try:
                await handler(reader, writer)
            except (ConnectionError, EOFError, asyncio.CancelledError):
                pass  # the client left first, or the test is over
            finally:
                writer.close()

        self._server = await asyncio.start_unix_server(on_connect, self.path)

    async def close(self) -> None:
        self._server.close()
        for handler in self._handlers:
            handler.cancel()
        await asyncio.gather(*self._handlers)


@pytest.fixture
async def peer(tmp_path: Path) -> AsyncIterator[Peer]:
    peer = Peer(tmp_path / "s")
    yield peer
    await peer.close()


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[IpcClient]:
    client = IpcClient(tmp_path / "s")
    yield client
    await client.close()


async def read(reader: asyncio.StreamReader, count: int = 1) -> list[dict]:
    return [orjson.loads(await reader.readuntil(b"\n")) for _ in range(count)]


def write(writer: asyncio.StreamWriter, *messages: dict) -> None:
    writer.write(b"".join(orjson.dumps(message) + b"\n" for message in messages))


def result(request: dict, value: object) -> dict:
    return {"jsonrpc": "2.0", "id": request["id"], "result": value}


@pytest.fixture
def speak():
    """The helpers of a scripted peer: read requests, write messages, make a result."""
    return read, write, result


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A real daemon with its own Redis and runners; gives its socket."""
    folder = tmp_path_factory.mktemp("daemon")
    command = [Path(sys.executable).with_name("hero-unix-server"), "--socket", folder / "s"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--db-path", folder / "db"], stderr=log)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            _until(lambda: probe.connect_ex(f"{folder}/s") == 0)
        yield folder / "s"
    finally:
        process.terminate()
        assert process.wait(30) == 0


def _until(condition: Callable[[], object]) -> None:
    """Return once the condition is true; fail at the deadline."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)


@pytest.fixture
def until():
    """Wait, blocking, until a condition is true."""
    return _until
