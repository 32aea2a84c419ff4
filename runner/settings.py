"""What a runner is told at its start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """One runner's settings. Durations are seconds, sizes bytes.

    Attributes:
        runner: its id.
        instance: `{runner}@{random}`: this life of it.
        script_type: what it executes.
        workers: how many at once.
        redis_url: where the jobs are.
        namespace: of the keys.
        beat: between heartbeats.
        ttl: how long a heartbeat is believed.
        max_lost: how often a lost job is tried again.
        drain: how long running jobs may go on once the runner shall end.
        max_output: of a job.
        max_log: of a job.
        memory: of a worker.
    """

    runner: str
    instance: str
    script_type: str
    workers: int
    redis_url: str
    namespace: str
    beat: float
    ttl: float
    max_lost: int
    drain: float
    max_output: int
    max_log: int
    memory: int
