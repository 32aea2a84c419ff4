import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from supervisor.rpc.gateway_frames import FrameDecoder, encode_frame

DEADLINE = 20.0  # seconds


class DaemonSide:
    """The daemon's end of one gateway connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._decoder = FrameDecoder(64 * 1024 * 1024)
        self._frames: list[tuple[dict, bytes]] = []

    async def frame(self) -> tuple[dict, bytes] | None:
        """Return the next frame, None once the gateway has closed the connection."""
        while not self._frames:
            data = await self.reader.read(65536)
            if not data:
                return None
            self._frames = self._decoder.feed(data)
        return self._frames.pop(0)

    def answer(self, message: bytes) -> None:
        self.writer.write(encode_frame({}, message))


class PlayedDaemon:
    """A real gateway socket whose connections a test takes one after another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sides: asyncio.Queue[DaemonSide] = asyncio.Queue()
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        self._server = await asyncio.start_unix_server(self._enter, self._path)

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._sides.put_nowait(DaemonSide(reader, writer))

    async def accept(self) -> DaemonSide:
        async with asyncio.timeout(DEADLINE):
            return await self._sides.get()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.close()


@pytest.fixture
async def absent_daemon(tmp_path: Path) -> AsyncIterator[PlayedDaemon]:
    """A daemon played by the test that does not listen yet."""
    daemon = PlayedDaemon(tmp_path / "s.gateway")
    yield daemon
    await daemon.close()


@pytest.fixture
async def upstream(absent_daemon: PlayedDaemon) -> PlayedDaemon:
    """A daemon played by the test, listening on the gateway socket."""
    await absent_daemon.listen()
    return absent_daemon


class GatewayProcess:
    """A running `hero-ws-gateway`."""

    def __init__(self, process: asyncio.subprocess.Process, said: str) -> None:
        self.process = process
        self.said = said
        self.address = said.partition("ws://")[2].partition(" ")[0]

    def connect(self, path: str = "/", **options: object) -> connect:
        options.setdefault("compression", None)
        return connect(f"ws://{self.address}{path}", proxy=None, **options)

    async def end(self) -> tuple[int, str]:
        """Return exit code and the rest of stderr, once it has ended."""
        async with asyncio.timeout(DEADLINE):
            rest = await self.process.stderr.read()
            return await self.process.wait(), rest.decode()


GATEWAY = Path(sys.executable).with_name("hero-ws-gateway")
Start = Callable[..., Awaitable[GatewayProcess]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start a gateway with more options; it is stopped after the test."""
    started: list[asyncio.subprocess.Process] = []

    async def start(
        *options: str, listen: str = "127.0.0.1:0", socket: Path = tmp_path / "s"
    ) -> GatewayProcess:
        process = await asyncio.create_subprocess_exec(
            GATEWAY,
            *("--listen", listen, "--socket", socket, *options),
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        async with asyncio.timeout(DEADLINE):
            async for line in process.stderr:
                if b" listens on " in line:
                    return GatewayProcess(process, line.decode())
        raise AssertionError("the gateway ended before it listened")

    yield start
    for process in started:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(DEADLINE):
            await process.communicate()


@pytest.fixture
async def gateway(start: Start) -> GatewayProcess:
    return await start()


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A real daemon with its own Redis and runners; gives its folder: socket `s`, `db`."""
    folder = tmp_path_factory.mktemp("daemon")
    command = [Path(sys.executable).with_name("hero-unix-server"), "--socket", folder / "s"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--db-path", folder / "db"], stderr=log)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            _until(lambda: probe.connect_ex(f"{folder}/s.gateway") == 0)
        yield folder
    finally:
        process.terminate()
        assert process.wait(30) == 0


def _until(condition: Callable[[], object]) -> None:
    """Return once the condition is true; fail at the deadline."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)
