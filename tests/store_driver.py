"""Speaks the store's verbs as a daemon, a worker and foreigners do, over one blocking connection."""

import time
from contextlib import suppress

from invariants import assert_invariants

from supervisor.job import ErrorKind, Outcome
from supervisor.services.params import CreateJob
from supervisor.store.blocking import BlockingCarrier
from supervisor.store.commands import Finished

INSTANCE = "sal@00000001"
BASE = {"script": "40 + 2", "script_type": "sal", "caller_id": "me", "context_id": "demo"}


class Store:
    """One test's store; `redis` is a client that reads and writes as foreigners do."""

    def __init__(self, server, commands):
        self.redis = server.client
        self.commands = commands
        self.keys = commands.keys
        self.carrier = BlockingCarrier(server.url, "test")
        self.queues = (self.keys.work_for("sal", "sal"), self.keys.work("sal"))
        self.popped = set()  # ids that a foreign runner has taken from their list

    def close(self):
        self.carrier.close()

    def do(self, command):
        return self.carrier.execute(command)

    def add(self, job_id, *, start=False, **members):
        params = CreateJob.model_validate(BASE | {"id": job_id} | members)
        job = params.to_job(time.time() * 1000, lambda: job_id)
        return self.do(self.commands.add(job, start=start))

    def enqueue(self, job_id):
        self.do(self.commands.enqueue(job_id))

    def stop(self, job_id, grace_ms=5000):
        self.do(self.commands.stop(job_id, grace_ms))

    def delete(self, job_id):
        self.do(self.commands.delete(job_id))

    def exchange(self, finished=None, *, worker=1, instance=INSTANCE, queues=None, **flags):
        queues = self.queues if queues is None else queues
        return self.do(self.commands.exchange(instance, worker, queues, finished, **flags))

    def claim(self, **options):
        return self.exchange(**options).claimed

    def claimed_id(self, **options):
        claimed = self.claim(**options)
        return claimed and claimed.job.id

    def finish(self, claimed, output="42", *, worker=1, **options):
        """Bring a completion without claiming; whether it was taken."""
        finished = Finished(claimed, Outcome.completed(output))
        return not self.exchange(finished, worker=worker, drains=True, **options).was_refused

    def fail(self, claimed, *, retry_in_ms=None, worker=1, **options):
        outcome = Outcome.failed(ErrorKind.SCRIPT, "it broke", line=1, column=2)
        finished = Finished(claimed, outcome, retry_in_ms)
        return not self.exchange(finished, worker=worker, drains=True, **options).was_refused

    def requeue(self, claimed, *, lost=True, max_lost=3):
        return self.do(
            self.commands.requeue(
                claimed.job.id, claimed.job.lease, claimed.instance, lost=lost, max_lost=max_lost
            )
        )

    def run(self, job_id, **members):
        """Take a job from its creation to its completion."""
        self.add(job_id, start=True, **members)
        claimed = self.claim()
        assert claimed.job.id == job_id
        assert self.finish(claimed)

    def job(self, job_id):
        return self.do(self.commands.get(job_id))

    def status(self, job_id):
        job = self.do(self.commands.peek(job_id))
        return job and job.status.value

    def statuses(self, *job_ids):
        return [self.status(job_id) for job_id in job_ids]

    def field(self, job_id, name):
        return self.redis.hget(self.keys.job(job_id), name)

    def events(self, job_id):
        """The moves of a job, as `from>to`."""
        texts = [fields["e"].split(" ") for _, fields in self.redis.xrange(self.keys.events)]
        return [f"{words[1]}>{words[2]}" for words in texts if words[0] == job_id]

    def queued(self, queue=None):
        """The ids of a queue in the order in which they are taken."""
        queue = queue or self.keys.work("sal")
        return [
            job_id
            for name in (self.keys.high(queue), queue)
            for job_id in self.redis.lrange(name, 0, -1)
        ]

    def adopt(self):
        """What upkeep's sweep does, from its beginning to its end."""
        cursor, moved = 0, 0
        while True:
            cursor, words = self.do(self.commands.sweep(100, cursor))
            moved += self.do(self.commands.adopt(words)) if words else 0
            if not cursor:
                return moved

    def beat(self, instance=INSTANCE, ttl=60):
        self.do(self.commands.beat(instance, b"{}", ttl))

    def tolerate(self, error, act, *args, **options):
        with suppress(error):
            act(*args, **options)

    def check(self):
        assert_invariants(self.redis, self.keys, popped=self.popped)

    def pop_as_foreigner(self, queue=None):
        """Take the next id as a foreign runner's BLPOP does; return its hash."""
        job_id = self.redis.lpop(queue or self.keys.work("sal"))
        self.popped.add(job_id)
        return self.redis.hgetall(self.keys.job(job_id))

    def write_as_foreigner(self, job_id, **fields):
        self.redis.hset(self.keys.job(job_id), mapping=fields)

    def delete_ghost(self, job_id):
        """Take away what is left of a job whose hash the test has deleted."""
        self.do(self.commands.delete_many([job_id]))
        for key in self.redis.scan_iter(self.keys.by("*", "*")):
            self.redis.zrem(key, job_id)
