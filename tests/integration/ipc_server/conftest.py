"""A listener on a real socket, on asyncio's own event loop and on uvloop, with a small table."""

import asyncio
import json
from contextlib import suppress

import pytest
import uvloop
from live import short_folder
from pydantic import BaseModel
from waiting import until

from ipc_server.listener import Listener
from ipc_server.wires import LocalWire
from supervisor.auth import Principal, Session
from supervisor.config import Limits
from supervisor.rpc.dispatcher import Dispatcher
from supervisor.rpc.methods import Method, NoParams, Scope

WITHIN = 10.0
LIMITS = Limits(request=4096, response=16_384, batch=100, in_flight=8, connections=4)


def pytest_asyncio_loop_factories(config, item):
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class Size(BaseModel):
    size: int = 0


class Served:
    """The listener, and what its handlers do: `hang` until the test opens the gate."""

    def __init__(self, path, limits):
        self.path = path
        self.gate = asyncio.Event()
        self.hanging = 0
        self.called = 0
        methods = {
            "hello": Method("hello", Scope.NONE, NoParams, self._hello, str, ""),
            "hang": Method("hang", Scope.NONE, NoParams, self._hang, str, ""),
            "text": Method("text", Scope.NONE, Size, self._text, str, ""),
        }
        dispatcher = Dispatcher(methods, lambda method, session: None, limits.response)
        operator = Principal("local", frozenset({Scope.ADMIN}))
        self.listener = Listener(
            path, lambda: (Session("unix", operator), LocalWire(limits.request)), dispatcher, limits
        )

    def _hello(self, params, session):
        self.called += 1
        return "hi"

    def _text(self, params, session):
        return "x" * params.size

    async def _hang(self, params, session):
        self.hanging += 1
        try:
            await self.gate.wait()
        finally:
            self.hanging -= 1
        return "done"

    @property
    def connections(self):
        return len(self.listener._connections)


class AsyncPeer:
    """The other end: reads answers line by line."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    def send(self, *messages):
        for message in messages:
            raw = message if isinstance(message, bytes) else json.dumps(message).encode()
            self.writer.write(raw)

    async def answer(self):
        """Return the next answer; None at the end of the stream, also a rough one."""
        async with asyncio.timeout(WITHIN):
            try:
                line = await self.reader.readline()
            except ConnectionResetError:
                return None
        return json.loads(line) if line else None

    async def answers(self, count):
        return {answer["id"]: answer for answer in [await self.answer() for _ in range(count)]}

    async def call(self, method, **params):
        self.send({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        return (await self.answer())["result"]

    async def close(self):
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


@pytest.fixture
async def serve():
    """Listen with limits of the test's own; at the end no connection and no task is left."""
    folder = short_folder()
    all_served = []

    async def start(**limits):
        served = Served(folder / f"s{len(all_served)}", replace_limits(limits))
        await served.listener.start()
        all_served.append(served)
        return served

    yield start
    for served in all_served:
        await served.listener.close()
        await served.listener.drain(0.1)
        assert served.connections == 0
    await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})
    folder.rmdir()


def replace_limits(changes):
    return LIMITS.model_copy(update=changes)


@pytest.fixture
async def connect():
    peers = []

    async def open_peer(served):
        peers.append(AsyncPeer(*await asyncio.open_unix_connection(served.path)))
        return peers[-1]

    yield open_peer
    for peer in peers:
        await peer.close()
