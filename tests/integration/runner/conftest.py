import secrets
from contextlib import suppress
from dataclasses import dataclass

import psutil
import pytest
from live import BIN, DEADLINE, Processes, RedisServer
from waiting import until_blocking

from supervisor.job import FINAL, Job
from supervisor.keys import Keys
from supervisor.store.blocking import BlockingCarrier
from supervisor.store.commands import Commands


@pytest.fixture(scope="session")
def redis():
    server = RedisServer()
    yield server
    server.end()


class Store:
    """A namespace of its own, and what a test asks of it."""

    def __init__(self, url):
        self.url = url
        self.namespace = f"t{secrets.token_hex(6)}"
        self.commands = Commands(Keys(self.namespace))
        self._carrier = BlockingCarrier(url, "test")

    def execute(self, command):
        return self._carrier.execute(command)

    def submit(self, script, script_type="sal", **fields):
        """Store and start a job; its id."""
        job = Job(
            id=fields.pop("id", secrets.token_hex(8)), caller_id="a", context_id="b",
            script=script, script_type=script_type, created_at="2026-01-01T00:00:00Z",
            digest="d", **fields,
        )  # fmt: skip
        self.execute(self.commands.add(job, start=True))
        return job.id

    def get(self, job_id):
        return self.execute(self.commands.get(job_id))

    def stop(self, job_id, grace=0.0):
        self.execute(self.commands.stop(job_id, int(grace * 1000)))

    def reaches(self, job_id, *statuses):
        """Return the job once it has one of these statuses."""

        def look():
            job = self.get(job_id)
            return job if job.status in statuses else None

        return until_blocking(look, DEADLINE)

    def ended(self, job_id):
        return self.reaches(job_id, *FINAL)

    def heartbeats(self):
        with suppress(IndexError):
            instance = self.execute(self.commands.registration("r"))["instance"]
            return instance, self.execute(self.commands.heartbeat(instance))
        return None

    def close(self):
        self._carrier.close()


@pytest.fixture
def store(redis):
    store = Store(redis.url)
    yield store
    store.close()


class Runner(Processes):
    """`hero-runner` alone, with nothing but a Redis URL."""

    def __init__(self, store, *options, script_type="sal", workers=1, stdin=None):
        super().__init__()
        where = ("--namespace", store.namespace, "--redis-url", store.url)
        beat = ("--beat", "0.2", "--ttl", "1")
        self.process = self.start(
            BIN / "hero-runner", "r", "--type", script_type, "--workers", workers,
            *where, *beat, *options, start_new_session=True, stdin=stdin,
        )  # fmt: skip
        self.guard = psutil.Process(self.process.pid)

    def log(self):
        return (self.folder / "log").read_text()


@pytest.fixture
def run(store):
    """Start runners; at the end nothing of them is left."""
    runners = []

    def start(*options, **settings):
        runners.append(Runner(store, *options, **settings))
        until_blocking(lambda: "runner started" in runners[-1].log(), DEADLINE)
        return runners[-1]

    yield start
    for runner in runners:
        runner.end()


@dataclass
class Own:
    redis: RedisServer
    store: Store
    runner: Runner


@pytest.fixture
def own():
    """A runner whose Redis is the test's to kill."""
    redis = RedisServer()
    store = Store(redis.url)
    runner = Runner(store, "--drain", "0.5")
    try:
        until_blocking(lambda: "runner started" in runner.log(), DEADLINE)
        yield Own(redis, store, runner)
    finally:
        store.close()
        runner.end()
        redis.end()
