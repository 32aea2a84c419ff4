"""The Redis keys, and nobody else spells one. `hero:` stands for the namespace, `hero` by default.

| key | type | what |
|---|---|---|
| `hero:job:{id}` | hash | the job; `state` is what our scripts decide on, `status` its public copy |
| `hero:q:work:type:{t}`, `…:high` | list | ids that any runner of the type may take, first in, first out; `:high` is drained first |
| `hero:q:work:type:{t}:group:default:inst:{runner}`, `…:high` | list | ids for one named runner |
| `hero:q:inflight:{instance}:{worker}` | list | the id that a worker has claimed and not finished |
| `hero:q:wake:{instance}:{worker}` | list, TTL | what an idle worker blocks on |
| `hero:q:idle:{queue}` | set | workers, as `{instance}:{worker}`, that found the queue empty |
| `hero:q:ctl:{instance}` | list, TTL | what the guard blocks on: `stop {id} {lease}` |
| `hero:q:reply:{id}` | list, TTL | for jobs that a foreign client stored: one element once final |
| `hero:q:waiting` | zset | jobs that wait for a time; score: when |
| `hero:jobs:deadline` | zset | unstarted jobs that expire; score: when |
| `hero:jobs:expiry` | zset | jobs to delete; score: when |
| `hero:jobs` | zset | all ids; score: when added |
| `hero:jobs:status:{status}` | zset | ids by status, all but completed; score: when added |
| `hero:jobs:by:{caller,context,label}:{value}` | zset | ids; score: when added |
| `hero:joblog:{id}` | stream | what the job printed, capped |
| `hero:events` | stream | every transition, capped |
| `hero:ended` | channel | each job's end as it happens: `id status [output]` |
| `hero:meta:runners`, `hero:meta:runner:{id}` | set, hash | the registry |
| `hero:meta:alive:{instance}` | string, TTL | heartbeat |
| `hero:meta:format` | string | the version of this schema |

All scores and times are milliseconds of Redis `TIME`. The names of the job hash, the work queues and
the reply queue are those of the existing Hero systems.
"""

from dataclasses import dataclass

FORMAT = "1"


@dataclass(frozen=True, slots=True)
class Keys:
    """Spells the keys of one namespace."""

    namespace: str = "hero"

    def prefixes(self) -> dict[str, str]:
        """Return what the store's scripts build keys from, by the name it has there."""
        root = f"{self.namespace}:"
        return {
            "JOB": f"{root}job:",
            "WORK": f"{root}q:work:type:",
            "NAMED": ":group:default:inst:",
            "HIGH": ":high",
            "INFLIGHT": f"{root}q:inflight:",
            "WAKE": f"{root}q:wake:",
            "IDLE": f"{root}q:idle:",
            "CTL": f"{root}q:ctl:",
            "REPLY": f"{root}q:reply:",
            "WAITING": f"{root}q:waiting",
            "DEADLINE": f"{root}jobs:deadline",
            "EXPIRY": f"{root}jobs:expiry",
            "JOBS": f"{root}jobs",
            "STATUS": f"{root}jobs:status:",
            "BY": f"{root}jobs:by:",
            "LOG": f"{root}joblog:",
            "EVENTS": self.events,
            "ENDED": self.ended,
            "RUNNER": f"{root}meta:runner:",
            "ALIVE": f"{root}meta:alive:",
        }

    @property
    def jobs(self) -> str:
        """All job ids."""
        return f"{self.namespace}:jobs"

    @property
    def events(self) -> str:
        """The stream of transitions."""
        return f"{self.namespace}:events"

    @property
    def ended(self) -> str:
        """The channel on which each job's end is said."""
        return f"{self.namespace}:ended"

    @property
    def runners(self) -> str:
        """The ids of the registered runners."""
        return f"{self.namespace}:meta:runners"

    @property
    def format(self) -> str:
        """The version of the schema."""
        return f"{self.namespace}:meta:format"

    def job(self, job_id: str) -> str:
        """One job's hash."""
        return f"{self.namespace}:job:{job_id}"

    def log(self, job_id: str) -> str:
        """One job's log."""
        return f"{self.namespace}:joblog:{job_id}"

    def status(self, status: str) -> str:
        """The jobs of a status."""
        return f"{self.namespace}:jobs:status:{status}"

    def by(self, kind: str, value: str) -> str:
        """The jobs of a caller, context or label; `kind` names which."""
        return f"{self.namespace}:jobs:by:{kind}:{value}"

    def work(self, script_type: str) -> str:
        """The queue of a script type."""
        return f"{self.namespace}:q:work:type:{script_type}"

    def work_for(self, script_type: str, runner: str) -> str:
        """The queue of a named runner."""
        return f"{self.work(script_type)}:group:default:inst:{runner}"

    def high(self, queue: str) -> str:
        """The list of a queue's jobs of high priority."""
        return f"{queue}:high"

    def wake(self, instance: str, worker: int) -> str:
        """What a worker blocks on."""
        return f"{self.namespace}:q:wake:{instance}:{worker}"

    def control(self, instance: str) -> str:
        """What a guard blocks on."""
        return f"{self.namespace}:q:ctl:{instance}"

    def runner(self, runner: str) -> str:
        """A runner's registration."""
        return f"{self.namespace}:meta:runner:{runner}"

    def alive(self, instance: str) -> str:
        """An instance's heartbeat."""
        return f"{self.namespace}:meta:alive:{instance}"
