"""Commands of the daemon's upkeep and of its event reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from supervisor.job import TRANSITIONS, JobStatus, read_status
from supervisor.keys import FORMAT
from supervisor.store.commands.command import Arg, Builder, Command


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A running job as upkeep sees it; no `instance` where a foreign runner has it."""

    id: str
    lease: int
    instance: str | None


class End(NamedTuple):
    """A job has become final; `output` is there if it completed with a short one."""

    job_id: str
    status: JobStatus
    output: str | None


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """What a Redis is and promises; `memory` in bytes."""

    version: str
    is_cluster: bool
    aof: bool
    eviction: str
    memory: int


class UpkeepCommands(Builder):
    """Time, expiry, foreign words, lost runners, events, the schema's version."""

    def due(self, limit: int) -> Command[int]:
        """Queue at most `limit` jobs whose time has come; how many were looked at."""
        return self.script("due", (limit,), int)

    def expire(self, limit: int) -> Command[int]:
        """Fail at most `limit` jobs that did not start in time; how many were looked at."""
        return self.script("expire", (limit,), int)

    def expired(self, now_ms: int, limit: int) -> Command[list[str]]:
        """Read at most `limit` ids whose expiry has come."""
        return self.read_only(
            ("ZRANGE", self.keys.prefixes()["EXPIRY"], 0, now_ms, "BYSCORE", "LIMIT", 0, limit),
            lambda reply: [raw.decode() for raw in reply],
        )

    def sweep(self, limit: int, cursor: int) -> Command[tuple[int, list[tuple[str, str]]]]:
        """Read (next cursor, [(id, foreign word)]) of jobs on which a foreign runner wrote."""

        def read(reply: list[Any]) -> tuple[int, list[tuple[str, str]]]:
            words = [raw.decode(errors="replace") for raw in reply[1:]]
            return int(reply[0]), list(zip(words[::2], words[1::2], strict=True))

        return self.script("sweep", (limit, cursor), read, is_write=False)

    def adopt(self, words: Sequence[tuple[str, str]]) -> Command[int]:
        """Take foreign runners' words (id, word); how many moved their job."""
        args: list[Arg] = []
        for job_id, word in words:
            args += [job_id, word, _meaning(word)]
        return self.script("adopt", args, int)

    def running_ids(self) -> Command[list[str]]:
        """Read the ids of all running jobs, longest running first."""
        return self.read_only(
            ("ZRANGE", self.keys.status("running"), 0, -1),
            lambda reply: [raw.decode() for raw in reply],
        )

    def holder(self, job_id: str) -> Command[RunningJob]:
        """Read who has a job."""

        def read(reply: list[bytes | None]) -> RunningJob:
            lease, instance = reply
            return RunningJob(job_id, int(lease or 0), instance.decode() if instance else None)

        return self.read_only(("HMGET", self.keys.job(job_id), "lease", "instance"), read)

    def claim_format(self) -> Command[None]:
        """Write the version of our schema, if there is none yet."""
        return Command(("SETNX", self.keys.format, FORMAT), lambda _: None)

    def format(self) -> Command[str]:
        """Read the version of the schema that stands."""
        return self.read_only(("GET", self.keys.format), lambda reply: reply.decode())

    def time_ms(self) -> Command[int]:
        """Read Redis's clock."""
        return self.read_only(("TIME",), lambda reply: int(reply[0]) * 1000 + int(reply[1]) // 1000)

    def redis_facts(self) -> Command[RedisFacts]:
        """Read what this Redis is and promises."""

        def read(reply: bytes) -> RedisFacts:
            lines = (line.partition(":") for line in reply.decode(errors="replace").splitlines())
            facts = {name: value for name, _, value in lines}
            return RedisFacts(
                version=facts.get("redis_version", "0"),
                is_cluster=facts.get("cluster_enabled") == "1",
                aof=facts.get("aof_enabled") == "1",
                eviction=facts.get("maxmemory_policy", "noeviction"),
                memory=int(facts.get("used_memory", 0)),
            )

        return self.read_only(("INFO",), read)

    def hear_ends(self) -> Command[None]:
        """Have the connection told of every job's end; see `read_end`."""
        return self.read_only(("SUBSCRIBE", self.keys.ended), lambda _: None)

    def ping(self) -> Command[None]:
        """Ask whether Redis is there."""
        return self.read_only(("PING",), lambda _: None)


def read_end(message: bytes) -> End:
    """Read what the channel says of a job's end.

    Raises:
        ValueError: it is not one of ours.
    """
    job_id, _, rest = message.decode(errors="replace").partition(" ")
    status, has_output, output = rest.partition(" ")
    return End(job_id, JobStatus(status), output if has_output else None)


def _meaning(word: str) -> str:
    """Return the status that a foreign runner may set by this word, else nothing."""
    try:
        status = read_status(word)
    except ValueError:
        return ""
    return status.value if status in TRANSITIONS["adopt"].targets else ""
