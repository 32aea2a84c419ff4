"""Walks the whole keyspace and checks what redis.md promises of it."""

import json
from collections import Counter, defaultdict

FINAL = {"completed", "failed", "stopped"}
INDEXED = ("created", "waiting", "queued", "running", "failed", "stopped")


class Keyspace:
    """Everything that is in one Redis, sorted by what it is."""

    def __init__(self, redis, keys):
        prefixes = keys.prefixes()
        self.prefixes = prefixes
        self.jobs, self.foreign = {}, {}
        self.lists = {}
        self.in_flight = {}
        self.idle = {}
        self.logs = {}
        self.by = {}
        self.ttl_keys = []
        self.others = []
        for key in redis.scan_iter(count=10_000):
            self._take(redis, key)
        zset = lambda key: dict(redis.zrange(key, 0, -1, withscores=True))  # noqa: E731
        self.all = zset(prefixes["JOBS"])
        self.status = {status: zset(prefixes["STATUS"] + status) for status in INDEXED}
        self.waiting = zset(prefixes["WAITING"])
        self.deadline = zset(prefixes["DEADLINE"])
        self.expiry = zset(prefixes["EXPIRY"])

    def _take(self, redis, key):
        p = self.prefixes
        if key.startswith(p["JOB"]):
            fields = redis.hgetall(key)
            home = self.jobs if "state" in fields else self.foreign
            home[key.removeprefix(p["JOB"])] = fields
        elif key.startswith(p["WORK"]):
            self.lists[key] = redis.lrange(key, 0, -1)
        elif key.startswith(p["INFLIGHT"]):
            self.in_flight[key.removeprefix(p["INFLIGHT"])] = redis.lrange(key, 0, -1)
        elif key.startswith(p["IDLE"]):
            self.idle[key] = redis.smembers(key)
        elif key.startswith(p["LOG"]):
            self.logs[key.removeprefix(p["LOG"])] = redis.xrange(key)
        elif key.startswith(p["BY"]):
            self.by[key.removeprefix(p["BY"])] = dict(redis.zrange(key, 0, -1, withscores=True))
        elif key.startswith((p["WAKE"], p["CTL"], p["REPLY"], p["ALIVE"])):
            self.ttl_keys.append((key, redis.pttl(key)))
        else:
            self.others.append(key)

    def expected_others(self, keys):
        p = self.prefixes
        names = {p["JOBS"], p["WAITING"], p["DEADLINE"], p["EXPIRY"], keys.events, keys.format,
                 keys.runners}  # fmt: skip
        return names | {p["STATUS"] + status for status in INDEXED}


def assert_invariants(redis, keys, *, popped=()):
    """Check everything; `popped` are ids that a foreign runner has taken from their list."""
    space = Keyspace(redis, keys)
    runners = {key for key in space.others if key.startswith(space.prefixes["RUNNER"])}
    assert set(space.others) - runners <= space.expected_others(keys), "keys of nobody"
    assert all(ttl > 0 for _, ttl in space.ttl_keys), "a key that should expire does not"
    _check_indexes(space)
    _check_places(space, popped)
    _check_prerequisites(space)
    _check_logs(space)


def _ids(space, *states):
    return {job_id for job_id, job in space.jobs.items() if job["state"] in states}


def _check_indexes(space):
    assert set(space.all) == set(space.jobs), "hero:jobs and the hashes differ"
    for status, index in space.status.items():
        assert set(index) == _ids(space, status), f"the index of {status} is wrong"
        assert index.items() <= space.all.items(), "the indexes differ in their order"
    assert set(space.expiry) == _ids(space, "created", *FINAL), "expiry is wrong"
    unstarted = {job_id for job_id in _ids(space, "created", "waiting", "queued")
                 if "deadline" in space.jobs[job_id]}  # fmt: skip
    assert not set(space.deadline) & _ids(space, *FINAL), "a final job has a deadline"
    assert set(space.deadline) <= set(space.jobs), "a deadline of nobody"
    assert unstarted - set(space.deadline) <= {
        job_id for job_id in unstarted if int(space.jobs[job_id].get("attempt", 0)) > 0
    }, "an unstarted job has lost its deadline"
    for job_id, job in space.jobs.items():
        if "digest" in job:
            labels = [f"label:{k}={v}" for k, v in json.loads(job.get("labels", "{}")).items()]
            for name in (f"caller:{job['caller_id']}", f"context:{job['context_id']}", *labels):
                assert job_id in space.by[name], f"{job_id} is not in the index {name}"
    for index in space.by.values():
        assert index.items() <= space.all.items(), "an index names nobody, or in another order"


def _check_places(space, popped):
    queued_in = defaultdict(list)
    for key, ids in space.lists.items():
        for job_id in ids:
            queued_in[job_id].append(key)
    held_by = defaultdict(list)
    for worker, ids in space.in_flight.items():
        for job_id in ids:
            held_by[job_id].append(worker)
    for job_id, job in space.jobs.items():
        state = job["state"]
        lists, workers = queued_in.pop(job_id, []), held_by.pop(job_id, [])
        expected_list, expected_worker = [], []
        if state == "queued" and job_id not in popped:
            high = space.prefixes["HIGH"] if job.get("priority") == "high" else ""
            expected_list = [job["queue"] + high]
        if state == "running" and "instance" in job:
            expected_worker = [f"{job['instance']}:{job['worker']}"]
        assert lists == expected_list, f"{job_id} is {state} and in {lists}"
        assert workers == expected_worker, f"{job_id} is {state} and held by {workers}"
    assert not held_by, "a worker holds what is no job"
    assert set(queued_in) <= set(space.foreign), "a queue holds what is no job"
    assert set(space.waiting) <= _ids(space, "waiting"), "one waits that is not waiting"
    busy = {worker for worker, ids in space.in_flight.items() if ids}
    assert not any(busy & members for members in space.idle.values()), "a busy worker is idle"


def _check_prerequisites(space):
    counted = Counter()
    for job_id, job in space.jobs.items():
        dependents = json.loads(job.get("dependents", "[]"))
        assert len(dependents) == len(set(dependents)), "a job counts a dependent twice"
        assert not (dependents and job["state"] in FINAL), "a final job has dependents"
        for dependent in dependents:
            assert job_id in json.loads(space.jobs[dependent]["prerequisites"])
            counted[dependent] += 1
    for job_id, job in space.jobs.items():
        pending = int(job.get("pending", 0))
        if job["state"] in ("created", "waiting"):
            assert counted[job_id] == pending, f"{job_id} waits for {pending}: {counted[job_id]}"
        if job["state"] == "waiting":
            assert (job_id in space.waiting) is (pending == 0), f"{job_id} waits for nothing"
            if pending == 0:
                assert space.waiting[job_id] == float(job["due_at"])
        if job["state"] in ("queued", "running", "completed"):
            assert pending == 0, f"{job_id} is {job['state']} with prerequisites"


def _check_logs(space):
    for job_id, blocks in space.logs.items():
        size = sum(len(fields["t"].encode()) for _, fields in blocks)
        assert int(space.jobs[job_id]["log_bytes"]) == size
