"""The daemon: starts everything in order, and ends it in the order that loses nothing."""

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path

import structlog

from ipc_server.admin_key import load_admin_key
from ipc_server.listener import Listener
from ipc_server.notify import notify
from ipc_server.wires import GatewayWire, LocalWire, Wire
from supervisor.app import Supervisor
from supervisor.auth import Principal, Session
from supervisor.config import Config
from supervisor.processes import ProcessSpec
from supervisor.rpc.gateway_frames import gateway_path
from supervisor.rpc.methods import Scope

ANSWER_TIME = 2.0  # seconds that calls under way have once the runners are gone
_OPEN_FILES = 65_536

_log = structlog.get_logger()


class Daemon:
    """A supervisor that listens.

    Args:
        config: the configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        has_secret = config.admin_secrets or config.user_secrets or config.register_secrets
        admin_key = None if has_secret else load_admin_key(config.db_path)
        self.supervisor = Supervisor(config, admin_key)
        self._stop = asyncio.Event()
        self._local = self._listener(config.socket, self._enter_local)
        self._gateway = self._listener(gateway_path(config.socket), self._enter_gateway)

    def _listener(self, path: Path, enter: Callable[[], tuple[Session, Wire]]) -> Listener:
        return Listener(path, enter, self.supervisor.dispatcher, self._config.limits)

    def _enter_local(self) -> tuple[Session, Wire]:
        operator = Principal("local", frozenset({Scope.ADMIN}))
        return Session("unix", operator), LocalWire(self._config.limits.request)

    def _enter_gateway(self) -> tuple[Session, Wire]:
        session = Session("gateway")
        wire = GatewayWire(session, self.supervisor.credentials, self._config.limits.request)
        return session, wire

    async def run(self, on_ready: Callable[[], None]) -> None:
        """Serve until SIGTERM or SIGINT; `on_ready` is called once all doors are open.

        Raises:
            StartError: what keeps it from starting, and what to do.
        """
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, self._stop.set)
        raise_file_limit()
        try:
            if await self._unless_stopped(self._start()):
                on_ready()
                await self._unless_stopped(self.supervisor.wait())
        finally:
            notify("STOPPING=1")
            await self._end()

    async def _unless_stopped(self, work: Coroutine[object, object, None]) -> bool:
        """Do the work, or cancel it as soon as the daemon shall stop; tell whether it was done."""
        working = asyncio.create_task(work)
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not working.done():
            working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        return not self._stop.is_set()

    async def _start(self) -> None:
        await self.supervisor.start()  # 1. Redis, and who follows and tends it
        await self._local.start()  # 2. the doors
        await self._gateway.start()
        self.supervisor.system.transports.append(f"unix:{self._config.socket}")
        self.supervisor.start_runners()  # 3. children
        if self._config.ws is not None:
            self._start_ws_gateway(self._config.ws)
        notify("READY=1")

    def _start_ws_gateway(self, address: str) -> None:
        argv = (sys.executable, "-m", "ws_gateway", "--listen", address)
        socket = ("--socket", os.fspath(self._config.socket), "--exit-with-parent")
        self.supervisor.start_gateway(ProcessSpec("ws gateway", (*argv, *socket)))
        self.supervisor.system.transports.append(f"ws:{address}")

    async def _end(self) -> None:
        """End in phases: each leaves nothing behind that a later one would cut off."""
        _log.info("stopping")
        await self._local.close()  # 1. nobody new comes in
        await self._gateway.close()
        await self.supervisor.stop_runners()  # 2. runners finish, what they can't is requeued
        await asyncio.gather(  # 3. who waited for these jobs hears of them
            self._local.drain(ANSWER_TIME), self._gateway.drain(ANSWER_TIME)
        )
        await self.supervisor.stop()  # 4. gateways, background work, connections, Redis
        _log.info("stopped")


def raise_file_limit() -> None:
    """Allow more open files, as far as we may: each connection is one, and 1024 a usual default."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
    if now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
