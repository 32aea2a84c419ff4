"""Commands of those who create, read and steer jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from supervisor.errors import Conflict, IllegalTransition, InvalidParams, JobNotFound
from supervisor.job import Job
from supervisor.job.times import to_epoch_ms
from supervisor.store.commands.command import Arg, Builder, Command, pairs


@dataclass(frozen=True, slots=True)
class LogBlock:
    """Lines that a job wrote to one stream at one time; `id` is the position in the log."""

    id: str
    stream: str
    text: str


class JobCommands(Builder):
    """Create, start, stop, delete, read."""

    def add(self, job: Job, *, start: bool) -> Command[bool]:
        """Store a new job, and start it if asked; False if it was there with the same content.

        Raises (on reading): Conflict, InvalidParams for a prerequisite that does not exist.
        """
        fields = job.to_hash()
        due_at = to_epoch_ms(job.run_at) if job.run_at else ""
        expires_in = "" if job.expires_in is None else int(job.expires_in * 1000)
        labels = [f"{name}={value}" for name, value in job.labels.items()]
        args: list[Arg] = [job.id, job.digest or "", int(start), job.caller_id, job.context_id]
        args += [
            due_at,
            expires_in,
            len(job.prerequisites),
            *job.prerequisites,
            len(labels),
            *labels,
        ]
        for name, value in fields.items():
            args.append(name)
            args.append(value)

        def read(reply: list[bytes]) -> bool:
            match reply[0]:
                case b"conflict":
                    raise Conflict(job.id)
                case b"missing":
                    raise InvalidParams(
                        f"Invalid params: prerequisites: job {reply[1].decode()} does not exist."
                    )
            return reply[0] == b"added"

        return self.script("add", args, read, job.id)

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

        return self.script("enqueue", (job_id,), read, job_id)

    def stop(self, job_id: str, grace_ms: int) -> Command[None]:
        """Stop a job that has not begun, ask for the stop of a running one; idempotent.

        A running one has `grace_ms` to end after the first signal.

        Raises (on reading): JobNotFound, IllegalTransition for a completed or failed job.
        """

        def read(reply: list[bytes]) -> None:
            if reply[0] == b"missing":
                raise JobNotFound(job_id)
            if reply[0] == b"final" and reply[1] != b"stopped":
                raise IllegalTransition(job_id, reply[1].decode(), "stopped")

        return self.script("stop", (job_id, grace_ms), read, job_id)

    def delete(self, job_id: str) -> Command[None]:
        """Delete a job and all that belongs to it.

        Raises (on reading): JobNotFound, IllegalTransition for a running job.
        """

        def read(reply: list[bytes]) -> None:
            if reply[0] == b"missing":
                raise JobNotFound(job_id)
            if reply[0] == b"running":
                raise IllegalTransition(job_id, "running", "deleted; stop it first")

        return self.script("delete", ("0", job_id), read, job_id)

    def delete_many(self, job_ids: Sequence[str], *, expired_only: bool = False) -> Command[int]:
        """Delete those of the jobs that are not running; how many went."""
        return self.script(
            "delete",
            ("1" if expired_only else "0", *job_ids),
            lambda reply: reply.count(b"deleted"),
        )

    def get(self, job_id: str) -> Command[Job]:
        """Read one job.

        Raises (on reading): JobNotFound.
        """

        def read(reply: Any) -> Job:
            fields = pairs(reply)
            if not fields:
                raise JobNotFound(job_id)
            return Job.from_hash(fields)

        return self.read_only(("HGETALL", self.keys.job(job_id)), read)

    def peek(self, job_id: str) -> Command[Job | None]:
        """Read one job that may be gone."""

        def read(reply: Any) -> Job | None:
            fields = pairs(reply)
            return Job.from_hash(fields) if fields else None

        return self.read_only(("HGETALL", self.keys.job(job_id)), read)

    def page(self, index: str, start: int, count: int) -> Command[list[str]]:
        """Read ids of an index key, newest first, from rank `start`."""
        return self.read_only(
            ("ZRANGE", index, start, start + count - 1, "REV"),
            lambda reply: [raw.decode() for raw in reply],
        )

    def added_at(self, job_id: str) -> Command[bytes | None]:
        """Read when a job was added, the score of all indexes, as text; None if it is not there."""
        return self.read_only(("ZSCORE", self.keys.jobs, job_id), lambda reply: reply)

    def count_newer(self, index: str, score: bytes) -> Command[int]:
        """Read how many ids of an index were added after the moment `score`."""
        return self.read_only(("ZCOUNT", index, b"(" + score, "+inf"), int)

    def added_with(self, index: str, score: bytes) -> Command[list[str]]:
        """Read the ids of an index that were added at the moment `score`."""
        return self.read_only(
            ("ZRANGE", index, score, score, "BYSCORE"),
            lambda reply: [raw.decode() for raw in reply],
        )

    def size(self, key: str) -> Command[int]:
        """Read how many members a sorted set has."""
        return self.read_only(("ZCARD", key), int)

    def read_log(self, job_id: str, after: str, count: int) -> Command[list[LogBlock]]:
        """Read at most `count` blocks of a job's log behind the position `after` (`0` for all)."""

        def read(reply: Any) -> list[LogBlock]:
            return [
                LogBlock(entry_id.decode(), values[1].decode(), values[3].decode(errors="replace"))
                for entry_id, values in reply
            ]

        return self.read_only(
            ("XRANGE", self.keys.log(job_id), f"({after}", "+", "COUNT", count), read
        )

    def read_log_dropped(self, job_id: str) -> Command[int]:
        """Read how many bytes of a job's log were dropped to keep it within its cap."""
        return self.read_only(
            ("HGET", self.keys.job(job_id), "log_dropped"), lambda reply: int(reply or 0)
        )
