"""Every verb of the store as a pure description: what to send, and what the reply means.

`Commands` builds `Command` values; `store/aio.py` and `store/blocking.py` carry them. So each verb
is described once for asyncio and blocking callers, and this module needs no Redis to be tested.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from supervisor.errors import Conflict, IllegalTransition, InvalidParams, JobNotFound
from supervisor.job import Job, Outcome, read_status
from supervisor.job.times import to_epoch_ms
from supervisor.keys import FORMAT, Keys
from supervisor.store.scripts import Script, load_scripts

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Arg = str | bytes | int


@dataclass(frozen=True, slots=True)
class Command(Generic[T_co]):
    """One round trip.

    Attributes:
        args: a plain Redis command; or the arguments of `script`.
        read: turns Redis's reply into the value; may raise the error that the reply stands for.
        script: the Lua script to run, if it is not a plain command.
        is_write: whether a lost answer leaves in doubt what happened.
        job_id: what to look up in that case.
        block: seconds that Redis may keep the reply back.
    """

    args: tuple[Arg, ...]
    read: Callable[[Any], T_co]
    script: Script | None = None
    is_write: bool = True
    job_id: str | None = None
    block: float = 0

    def pack(self) -> tuple[Arg, ...]:
        """Return the words to send."""
        if self.script is None:
            return self.args
        return ("EVALSHA", self.script.sha, 0, *self.args)

    def pack_whole(self) -> tuple[Arg, ...]:
        """Return the words to send to a Redis that has forgotten the script."""
        if self.script is None:
            return self.args
        return ("EVAL", self.script.text, 0, *self.args)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in a worker's hands, with the token (lease, instance) to finish it."""

    job: Job
    instance: str


@dataclass(frozen=True, slots=True)
class Finished:
    """What a worker brings back: the outcome of a claimed job.

    `retry_in_ms` is when to try again if it failed and has retries left.
    """

    claimed: Claimed
    outcome: Outcome
    retry_in_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The answer to an exchange: whether the outcome was taken, and the next job."""

    was_refused: bool
    claimed: Claimed | None


@dataclass(frozen=True, slots=True)
class LogBlock:
    """Lines that a job wrote to one stream at one time; `id` is the position in the log."""

    id: str
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A running job as upkeep sees it; no `instance` where a foreign runner has it."""

    id: str
    lease: int
    instance: str | None


class Commands:
    """Builds the commands of one namespace."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.scripts = load_scripts(keys)

    # Jobs

    def add(self, job: Job, *, start: bool) -> Command[str]:
        """Store a new job, and start it if asked; its id. The same content again is the same job.

        Raises (on reading): Conflict, InvalidParams for a prerequisite that does not exist.
        """
        fields = job.to_hash()
        due_at = to_epoch_ms(job.run_at) if job.run_at else ""
        deadline = ""
        if job.expires_in is not None:
            deadline = str(int(to_epoch_ms(job.created_at) + job.expires_in * 1000))
        labels = [f"{name}={value}" for name, value in job.labels.items()]
        args: list[Arg] = [job.id, job.digest or "", int(start), job.caller_id, job.context_id]
        args += [due_at, deadline, len(job.prerequisites), *job.prerequisites, len(labels), *labels]
        for name, value in fields.items():
            args.append(name)
            args.append(value)

        def read(reply: list[bytes]) -> str:
            match reply[0]:
                case b"conflict":
                    raise Conflict(job.id)
                case b"missing":
                    raise InvalidParams(
                        f"Invalid params: prerequisites: job {reply[1].decode()} does not exist."
                    )
            return job.id

        return self._script("add", args, read, job.id)

    def enqueue(self, job_id: str) -> Command[None]:
        """Start a created job; a job that was started and is not final stays as it is.

        Raises (on reading): JobNotFound, IllegalTransition for a final job.
        """

        def read(reply: list[bytes]) -> None:
            match reply[0]:
                case b"missing":
                    raise JobNotFound(job_id)
                case b"final":
                    raise IllegalTransition(job_id, reply[1].decode(), "started")

        return self._script("enqueue", (job_id,), read, job_id)

    def stop(self, job_id: str) -> Command[None]:
        """Stop a job that has not begun, ask for the stop of a running one; idempotent.

        Raises (on reading): JobNotFound, IllegalTransition for a completed or failed job.
        """

        def read(reply: list[bytes]) -> None:
            if reply[0] == b"missing":
                raise JobNotFound(job_id)
            if reply[0] == b"final" and reply[1] != b"stopped":
                raise IllegalTransition(job_id, reply[1].decode(), "stopped")

        return self._script("stop", (job_id,), read, job_id)

    def delete(self, job_id: str) -> Command[None]:
        """Delete a job and all that belongs to it.

        Raises (on reading): JobNotFound, IllegalTransition for a running job.
        """

        def read(reply: list[bytes]) -> None:
            if reply[0] == b"missing":
                raise JobNotFound(job_id)
            if reply[0] == b"running":
                raise IllegalTransition(job_id, "running", "deleted; stop it first")

        return self._script("delete", ("0", job_id), read, job_id)

    def delete_many(self, job_ids: Sequence[str], *, expired_only: bool = False) -> Command[int]:
        """Delete those of the jobs that are not running; how many went."""
        return self._script(
            "delete",
            ("1" if expired_only else "0", *job_ids),
            lambda reply: reply.count(b"deleted"),
        )

    def get(self, job_id: str) -> Command[Job]:
        """Read one job.

        Raises (on reading): JobNotFound.
        """

        def read(reply: Any) -> Job:
            fields = _pairs(reply)
            if not fields:
                raise JobNotFound(job_id)
            return Job.from_hash(fields)

        return self._read(("HGETALL", self.keys.job(job_id)), read)

    def peek(self, job_id: str) -> Command[Job | None]:
        """Read one job that may be gone."""

        def read(reply: Any) -> Job | None:
            fields = _pairs(reply)
            return Job.from_hash(fields) if fields else None

        return self._read(("HGETALL", self.keys.job(job_id)), read)

    def page(self, index: str, start: int, count: int) -> Command[list[str]]:
        """Read ids of an index key, newest first, from rank `start`."""
        return self._read(
            ("ZRANGE", index, start, start + count - 1, "REV"),
            lambda reply: [raw.decode() for raw in reply],
        )

    def rank(self, index: str, job_id: str) -> Command[int | None]:
        """Read how many ids of an index are newer than `job_id`; None if it is not in it."""
        return self._read(("ZREVRANK", index, job_id), lambda reply: reply)

    def size(self, key: str) -> Command[int]:
        """Read how many members a sorted set has."""
        return self._read(("ZCARD", key), lambda reply: int(reply))

    # Workers

    def exchange(
        self,
        instance: str,
        worker: int,
        queues: Sequence[str],
        finished: Finished | None = None,
        *,
        drains: bool = False,
        was_idle: bool = False,
        repeats: bool = False,
    ) -> Command[Exchanged]:
        """Finish what a worker did, if it brings an outcome, and claim the next job for it.

        Args:
            instance: whose worker it is.
            worker: its number in the instance.
            queues: what it serves, in order.
            finished: what it did.
            drains: claim nothing.
            was_idle: its last exchange found nothing.
            repeats: the answer to its last exchange was lost; this one is the same again.
        """
        flags = "d" * drains + "i" * was_idle + "r" * repeats
        args: list[Arg] = [instance, worker, flags, len(queues), *queues]
        if finished is not None:
            job, outcome = finished.claimed.job, finished.outcome
            args += [job.id, job.lease, outcome.status.value]
            args += ["" if finished.retry_in_ms is None else finished.retry_in_ms, "worker"]
            args += [0, ""] if outcome.output is None else [1, outcome.output]
            args += [outcome.error.encode() if outcome.error else ""]

        def read(reply: list[Any]) -> Exchanged:
            fields = _pairs(reply[1])
            claimed = Claimed(Job.from_hash(fields), instance) if fields else None
            return Exchanged(reply[0] == b"refused", claimed)

        return self._script("exchange", args, read)

    def requeue(
        self, job_id: str, lease: int, instance: str, worker: int | None, *, lost: bool, max_lost: int
    ) -> Command[str]:
        """Give back a job whose worker is gone (`lost`: counted) or drains (not counted).

        Returns `queued`, `failed` (lost more than `max_lost` times), `stopped` (that had been
        requested) or `refused` (it is not that worker's any more).
        """
        args = (
            job_id,
            lease,
            instance,
            "" if worker is None else worker,
            "lost" if lost else "drained",
            max_lost,
        )
        return self._script("requeue", args, lambda reply: reply.decode(), job_id)

    def wait_for_wake(self, instance: str, worker: int, seconds: float) -> Command[None]:
        """Block until an enqueue wakes this worker, or the time is over."""
        return Command(
            ("BLPOP", self.keys.wake(instance, worker), str(seconds)),
            lambda _: None,
            is_write=False,
            block=seconds,
        )

    def log(self, claimed: Claimed, blocks: Sequence[tuple[str, str]], cap: int) -> Command[bool]:
        """Append (stream, text) blocks to a job's log of at most `cap` bytes.

        Returns False if the job is no longer the caller's.
        """
        args: list[Arg] = [claimed.job.id, claimed.job.lease, claimed.instance, cap]
        for stream, text in blocks:
            args += [stream, text]
        return self._script("log", args, lambda reply: reply == b"ok")

    def read_log(self, job_id: str, after: str, count: int) -> Command[list[LogBlock]]:
        """Read at most `count` blocks of a job's log behind the position `after` (`0` for all)."""

        def read(reply: Any) -> list[LogBlock]:
            return [
                LogBlock(entry_id.decode(), values[1].decode(), values[3].decode(errors="replace"))
                for entry_id, values in reply
            ]

        return self._read(
            ("XRANGE", self.keys.log(job_id), f"({after}", "+", "COUNT", count), read
        )

    def read_log_dropped(self, job_id: str) -> Command[int]:
        """Read how many bytes of a job's log were dropped to keep it within its cap."""
        return self._read(("HGET", self.keys.job(job_id), "log_dropped"), lambda reply: int(reply or 0))

    # Runners

    def register(self, runner: str, fields: dict[str, str]) -> Command[None]:
        """Write a runner's registration; the last one stands."""
        pairs = [word for item in fields.items() for word in item]
        return Command(("HSET", self.keys.runner(runner), *pairs), lambda _: None)

    def list_as_runner(self, runner: str) -> Command[None]:
        """Put a runner on the list of the registered."""
        return Command(("SADD", self.keys.runners, runner), lambda _: None)

    def runners(self) -> Command[list[str]]:
        """Read the ids of the registered runners, sorted."""
        return self._read(
            ("SMEMBERS", self.keys.runners), lambda reply: sorted(raw.decode() for raw in reply)
        )

    def registration(self, runner: str) -> Command[dict[str, str]]:
        """Read a runner's registration; empty if there is none."""
        return self._read(
            ("HGETALL", self.keys.runner(runner)),
            lambda reply: {k.decode(): v.decode() for k, v in _pairs(reply).items()},
        )

    def beat(self, instance: str, state: bytes, ttl: float) -> Command[None]:
        """Write an instance's heartbeat, valid for `ttl` seconds; `state` is JSON."""
        return Command(
            ("SET", self.keys.alive(instance), state, "PX", int(ttl * 1000)), lambda _: None
        )

    def heartbeat(self, instance: str) -> Command[bytes | None]:
        """Read an instance's heartbeat; None if it is over."""
        return self._read(("GET", self.keys.alive(instance)), lambda reply: reply)

    def end_heartbeat(self, instance: str) -> Command[None]:
        """Take an instance's heartbeat back: it has left in good order."""
        return Command(("DEL", self.keys.alive(instance)), lambda _: None)

    def wait_for_orders(self, instance: str, seconds: float) -> Command[str | None]:
        """Block until somebody orders something of this instance's guard."""
        return Command(
            ("BLPOP", self.keys.control(instance), str(seconds)),
            lambda reply: reply[1].decode() if reply else None,
            block=seconds,
        )

    def queue_length(self, queue: str) -> Command[int]:
        """Read the length of one list."""
        return self._read(("LLEN", queue), lambda reply: int(reply))

    # Upkeep

    def due(self, limit: int) -> Command[int]:
        """Queue at most `limit` jobs whose time has come; how many were looked at."""
        return self._script("due", (limit,), lambda reply: int(reply))

    def expire(self, limit: int) -> Command[int]:
        """Fail at most `limit` jobs that did not start in time; how many were looked at."""
        return self._script("expire", (limit,), lambda reply: int(reply))

    def expired(self, now_ms: int, limit: int) -> Command[list[str]]:
        """Read at most `limit` ids whose expiry has come."""
        return self._read(
            ("ZRANGE", self.keys.prefixes()["EXPIRY"], 0, now_ms, "BYSCORE", "LIMIT", 0, limit),
            lambda reply: [raw.decode() for raw in reply],
        )

    def sweep(self, limit: int, cursor: int) -> Command[tuple[int, list[tuple[str, str]]]]:
        """Read (next cursor, [(id, foreign word)]) of jobs on which a foreign runner wrote."""

        def read(reply: list[Any]) -> tuple[int, list[tuple[str, str]]]:
            words = [raw.decode(errors="replace") for raw in reply[1:]]
            return int(reply[0]), list(zip(words[::2], words[1::2], strict=True))

        return self._script("sweep", (limit, cursor), read, is_write=False)

    def adopt(self, words: Sequence[tuple[str, str]]) -> Command[int]:
        """Take foreign runners' words (id, word); how many moved their job."""
        args: list[Arg] = []
        for job_id, word in words:
            args += [job_id, word, _meaning(word)]
        return self._script("adopt", args, lambda reply: int(reply))

    def running_ids(self) -> Command[list[str]]:
        """Read the ids of all running jobs, longest running first."""
        return self._read(
            ("ZRANGE", self.keys.status("running"), 0, -1),
            lambda reply: [raw.decode() for raw in reply],
        )

    def holder(self, job_id: str) -> Command[RunningJob]:
        """Read who has a job."""

        def read(reply: list[bytes | None]) -> RunningJob:
            lease, instance = reply
            return RunningJob(job_id, int(lease or 0), instance.decode() if instance else None)

        return self._read(("HMGET", self.keys.job(job_id), "lease", "instance"), read)

    # The store itself

    def format(self) -> Command[str]:
        """Write the version of our schema if there is none yet; the version that stands."""
        return Command(
            ("SET", self.keys.format, FORMAT, "NX", "GET"),
            lambda reply: reply.decode() if reply else FORMAT,
        )

    def read_format(self) -> Command[str | None]:
        """Read the version of the schema."""
        return self._read(
            ("GET", self.keys.format), lambda reply: reply.decode() if reply else None
        )

    def time_ms(self) -> Command[int]:
        """Read Redis's clock."""
        return self._read(("TIME",), lambda reply: int(reply[0]) * 1000 + int(reply[1]) // 1000)

    def last_event(self) -> Command[str]:
        """Read the position of the newest event."""
        return self._read(
            ("XREVRANGE", self.keys.events, "+", "-", "COUNT", 1),
            lambda reply: reply[0][0].decode() if reply else "0-0",
        )

    def events(self, after: str, count: int, seconds: float) -> Command[list[tuple[bytes, bytes]]]:
        """Block until there are events behind the position `after`; (position, packed event)."""

        def read(reply: Any) -> list[tuple[bytes, bytes]]:
            if not reply:
                return []
            entries = reply[0][1] if isinstance(reply, list) else next(iter(reply.values()))
            return [(entry_id, values[1]) for entry_id, values in entries]

        return Command(
            ("XREAD", "COUNT", count, "BLOCK", int(seconds * 1000), "STREAMS", self.keys.events, after),
            read,
            is_write=False,
            block=seconds,
        )

    def _read(self, args: tuple[Arg, ...], read: Callable[[Any], T]) -> Command[T]:
        return Command(args, read, is_write=False)

    def _script(
        self,
        name: str,
        args: Sequence[Arg],
        read: Callable[[Any], T],
        job_id: str | None = None,
        *,
        is_write: bool = True,
    ) -> Command[T]:
        return Command(tuple(args), read, self.scripts[name], is_write, job_id)


def _pairs(reply: Any) -> dict[bytes, bytes]:
    """Read a hash: a flat list (RESP2, and always from a script) or a mapping (RESP3)."""
    if not reply:
        return {}
    if isinstance(reply, dict):
        return reply
    return dict(zip(reply[::2], reply[1::2], strict=True))


def _meaning(word: str) -> str:
    try:
        return read_status(word).value
    except ValueError:
        return ""
