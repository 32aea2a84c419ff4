"""Real processes for tests: the daemon, a runner alone, a Redis, and a peer that speaks to sockets.

Every process gets a mark in its environment, which all its descendants inherit, and works in a folder
of its own (Redis overwrites its environment, and works in its data's folder): so whatever a test
leaves behind is found, and nothing else is ever killed.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
from waiting import until_blocking

DEADLINE = 20.0  # seconds
STORE_UNAVAILABLE = -32025
MARK = "HERO_TEST_MARK"
BIN = Path(sys.executable).parent


def short_folder() -> Path:
    """Return a new folder whose path leaves room for a socket's name."""
    return Path(tempfile.mkdtemp(prefix="hero-", dir="/tmp"))


def request(method, request_id=1, **params):
    return {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}


class Failure(Exception):
    """The server's error."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error.get("data")


class Peer:
    """One blocking connection; a test feels every wait beyond the deadline."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        self.socket.connect(str(path))
        self._lines = self.socket.makefile("rb")

    def send(self, *messages):
        for message in messages:
            raw = message if isinstance(message, bytes) else json.dumps(message).encode()
            self.socket.sendall(raw)

    def answer(self):
        """Return the next answer; None at the end."""
        line = self._lines.readline()
        return json.loads(line) if line else None

    def answers(self, count):
        """Return so many answers by their ids."""
        return {answer["id"]: answer for answer in (self.answer() for _ in range(count))}

    def call(self, method, **params):
        self.send(request(method, **params))
        answer = self.answer()
        if "error" in answer:
            raise Failure(answer["error"])
        return answer["result"]

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self._lines.close()
        self.socket.close()


class Processes:
    """Starts processes under one mark; `end` leaves none of them, nor of their descendants."""

    def __init__(self):
        self.mark = secrets.token_hex(8)
        self.folder = short_folder()
        self._children = []
        self._peers = []

    def start(self, *argv, env=None, log="log", **options):
        """Start a process whose stderr goes to a file of that name; RUST_LOG is not ours."""
        whole = {**os.environ, MARK: self.mark, **(env or {})}
        if "RUST_LOG" not in (env or {}):
            whole.pop("RUST_LOG", None)
        with (self.folder / log).open("ab") as errors:
            child = subprocess.Popen(
                [str(word) for word in argv], env=whole, stderr=errors, **options
            )
        self._children.append(child)
        return child

    def peer(self, path):
        peer = Peer(path)
        self._peers.append(peer)
        return peer

    def left(self):
        """Return the processes of this mark that still run."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process):
        with suppress(psutil.Error):
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            if Path(process.cwd()).is_relative_to(self.folder):
                return True
            return process.environ().get(MARK) == self.mark
        return False

    def _kill_all(self):
        left = self.left()
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        return not left

    def end(self):
        for peer in self._peers:
            peer.close()
        until_blocking(self._kill_all, DEADLINE)
        for child in self._children:
            child.wait(DEADLINE)
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


SETTINGS = """
drain_seconds = {drain}
durability = "{durability}"
heartbeats = {{ every = 0.2, ttl = 1.0 }}
{more}
"""


class Daemon(Processes):
    """`hero-unix-server` on a folder of its own, with short heartbeats."""

    def __init__(self, *options, more="", drain=3, durability="everysec", env=None):
        super().__init__()
        self.socket = self.folder / "s"
        self.db = self.folder / "db"
        self.config = self.folder / "hero.toml"
        self.config.write_text(SETTINGS.format(drain=drain, durability=durability, more=more))
        self.options = options
        self.env = env
        self.process = None

    def launch(self):
        """Start it; it may refuse."""
        where = ("--socket", self.socket, "--db-path", self.db, "--config", self.config)
        self.process = self.start(BIN / "hero-unix-server", *where, *self.options, env=self.env)
        return self.process

    def run(self):
        """Start it and return once it is ready."""
        ready = self.log().count('"event": "ready"')
        self.launch()
        until_blocking(lambda: self.log().count('"event": "ready"') > ready, DEADLINE)
        return self

    def log(self):
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def connect(self):
        return self.peer(self.socket)

    def call(self, method, **params):
        """Call on a connection of its own."""
        peer = Peer(self.socket)
        try:
            return peer.call(method, **params)
        finally:
            peer.close()

    def has_runners(self, *runners):
        """Wait until these runners are there."""

        def are_alive():
            if not self.call("health")["checks"][0]["ok"]:
                return False
            alive = {r["id"] for r in self.call("get_all_runner_status") if r["alive"]}
            return alive >= set(runners)

        until_blocking(are_alive, DEADLINE)
        return self

    def submit(self, script, script_type="sal", **params):
        """Create and start a job; its id."""
        return self.call(
            "create_job", script=script, script_type=script_type, caller_id="test",
            context_id="test", start=True, **params,
        )  # fmt: skip

    def wait(self, job_id, timeout=DEADLINE):
        """Wait for a job's end; as the error says, asking again while Redis is away is safe."""

        def ask():
            try:
                return self.call("wait_job", job_id=job_id, timeout=timeout)
            except Failure as failure:
                if failure.code != STORE_UNAVAILABLE:
                    raise
                return None

        return until_blocking(ask, DEADLINE)

    def status(self, job_id):
        return self.call("get_job_status", job_id=job_id)

    def begins(self, job_id):
        """Wait until a worker executes the job."""
        until_blocking(lambda: self.status(job_id) == "running", DEADLINE)
        return job_id

    def has_redis(self):
        """Wait until its Redis answers."""
        until_blocking(lambda: self.call("health")["checks"][0]["ok"], DEADLINE)

    def guard(self, runner):
        """Return the guard of a runner, from its heartbeat."""
        return psutil.Process(self.call("get_runner_status", id=runner)["pid"])

    def stop(self, number=signal.SIGTERM):
        """End it in order; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE)

    def redis_pid(self):
        """Return the process of its Redis, which writes the file in two steps."""
        file = self.db / "redis.pid"
        return int(until_blocking(lambda: file.exists() and file.read_text().strip()))


def zygote_of(guard):
    (zygote,) = guard.children()
    return zygote


def workers_of(guard):
    return zygote_of(guard).children()


class RedisServer(Processes):
    """A redis-server of our own, on a Unix socket."""

    def __init__(self):
        super().__init__()
        self.path = self.folder / "r"
        self.url = f"unix://{self.path}"
        binary = shutil.which("redis-server")
        where = ("--port", "0", "--unixsocket", self.path, "--dir", self.folder)
        self.process = self.start(
            binary, *where, "--save", "", "--appendonly", "yes", stdout=subprocess.DEVNULL
        )
        until_blocking(self._answers, DEADLINE)

    def _answers(self):
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(DEADLINE)
            probe.connect(str(self.path))
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith(b"+PONG")
        return False
