"""Commands of workers: exchange, give back, log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from supervisor.job import Job, Outcome
from supervisor.job.model import CLAIMED_FIELDS
from supervisor.store.commands.command import Arg, Builder, Command


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


class WorkerCommands(Builder):
    """What a worker, or its guard in its place, says to the store."""

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
            claimed = Claimed(_read_job(reply[1]), instance) if reply[1] else None
            return Exchanged(reply[0] == b"refused", claimed)

        return self.script("exchange", args, read)

    def requeue(
        self, job_id: str, lease: int, instance: str, *, lost: bool, max_lost: int
    ) -> Command[str]:
        """Give back a job whose worker is gone (`lost`: counted) or drains (not counted).

        Returns `queued`, `failed` (lost more than `max_lost` times), `stopped` (that had been
        requested) or `refused` (it is not that instance's any more).
        """
        args = (job_id, lease, instance, "lost" if lost else "drained", max_lost)
        return self.script("requeue", args, lambda reply: reply.decode(), job_id)

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
        return self.script("log", args, lambda reply: reply == b"ok")


_CLAIMED_KEYS = tuple(name.encode() for name in CLAIMED_FIELDS)


def _read_job(values: Sequence[bytes | None]) -> Job:
    named = zip(_CLAIMED_KEYS, values, strict=True)
    return Job.from_hash({key: value for key, value in named if value is not None})
