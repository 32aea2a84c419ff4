"""A daemon of the benchmark's own: embedded Redis and runners in a temporary folder.

Whatever it started is ended by `stop`, by PID, also when something fails on the way.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import redis

ROLES = ("daemon", "redis", "guards", "workers")
START_TIME = 10.0  # seconds
STOP_TIME = 20.0

_CONFIG = """
[[runners]]
id = "osis"
script_type = "osis"
workers = 1

[[runners]]
id = "sal"
script_type = "sal"
workers = {workers}
"""


class Server:
    """One `hero-unix-server`, running from `__enter__` to `__exit__`.

    Args:
        workers: of the runner `sal`, which takes the load; `osis` has one, which idles.
    """

    def __init__(self, workers: int = 2) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="hero-bench-"))
        self.socket = self._folder / "hero.sock"
        (self._folder / "config.toml").write_text(_CONFIG.format(workers=workers))
        self._log = (self._folder / "server.log").open("wb")
        self._started: set[psutil.Process] = set()

    def __enter__(self) -> Self:
        self.spawned_at = time.perf_counter()
        self._process = psutil.Popen(
            [
                sys.executable,
                "-c",
                "from ipc_server.cli import main; main()",
                *("--socket", os.fspath(self.socket)),
                *("--db-path", os.fspath(self._folder / "db")),
                *("--config", os.fspath(self._folder / "config.toml")),
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # Ctrl-C is for us; we tell it
        )
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the daemon and all below it, kindly at first. Idempotent."""
        self._started |= set(_tree(self._process))
        try:
            with suppress(psutil.NoSuchProcess):
                self._process.terminate()
            with suppress(psutil.TimeoutExpired):
                self._process.wait(STOP_TIME)
        finally:
            for process in self._started:
                with suppress(psutil.NoSuchProcess):
                    process.kill()  # psutil makes sure that it is still the same process
            psutil.wait_procs(self._started, 5.0)
            self._log.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def log(self) -> str:
        """Return what the daemon and its children have logged."""
        return (self._folder / "server.log").read_text(errors="replace")

    def connect(self) -> redis.Redis:
        """Return a connection to its Redis, for statistics."""
        return redis.Redis(unix_socket_path=os.fspath(self._folder / "db" / "redis.sock"))

    def by_role(self) -> dict[str, list[psutil.Process]]:
        """Return its processes by what they do; `guards` are guards and zygotes."""
        roles: dict[str, list[psutil.Process]] = defaultdict(list)
        roles["daemon"].append(self._process)
        for child in self._process.children():
            if "redis" in child.name():
                roles["redis"].append(child)
                continue
            zygotes = child.children()
            roles["guards"] += [child, *zygotes]
            roles["workers"] += [worker for zygote in zygotes for worker in zygote.children()]
        self._started |= {process for processes in roles.values() for process in processes}
        return roles


def _tree(process: psutil.Process) -> Iterable[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return [process]
