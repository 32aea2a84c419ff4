"""Any order of verbs, by us and by foreigners, leaves the keyspace in order after every step."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from store_driver import Store

from supervisor.errors import CallerError
from supervisor.job import ErrorKind, Outcome
from supervisor.store.commands import Finished

IDS = st.sampled_from([f"j{number}" for number in range(6)])
WORKERS = st.sampled_from([("sal@1", 1), ("sal@1", 2), ("sal@2", 1)])
OUTCOMES = st.sampled_from(["complete", "fail", "retry", "stopped"])
FINAL = {"completed", "failed", "stopped"}


class History(RuleBasedStateMachine):
    def __init__(self, server, commands):
        super().__init__()
        server.client.flushall()
        self.store = Store(server, commands)
        self.hands = {}  # what each worker has
        self.last = {}  # the last exchange of each worker
        self.idle = set()  # the workers whose last exchange found nothing
        self.tokens = []  # all that were ever given
        for instance in ("sal@1", "sal@2"):
            self.store.beat(instance)

    def teardown(self):
        self.store.close()

    @rule(
        job_id=IDS,
        prerequisites=st.lists(IDS, max_size=2, unique=True),
        start=st.booleans(),
        priority=st.sampled_from(["normal", "high"]),
        runner=st.sampled_from([None, None, "sal", "other"]),
        delay=st.sampled_from([None, None, None, 0.001]),
        expires_in=st.sampled_from([None, None, None, 0.001]),
        policy=st.sampled_from(["fail", "run"]),
        retries=st.integers(0, 2),
    )
    def add(self, job_id, prerequisites, policy, start, **members):
        prerequisites = [other for other in prerequisites if other != job_id]
        self.store.tolerate(
            CallerError, self.store.add, job_id, start=start, prerequisites=prerequisites,
            on_prerequisite_failure=policy, **members,
        )  # fmt: skip

    @rule(job_id=IDS, verb=st.sampled_from(["enqueue", "stop", "delete"]))
    def steer(self, job_id, verb):
        self.store.tolerate(CallerError, getattr(self.store, verb), job_id)

    @rule(worker=WORKERS, outcome=OUTCOMES, drains=st.booleans())
    def exchange(self, worker, outcome, drains):
        instance, number = worker
        held = self.hands.pop(worker, None)
        finished = held and self._finished(held, outcome)
        was_idle = worker in self.idle
        answer = self.store.exchange(
            finished, worker=number, instance=instance, drains=drains, was_idle=was_idle
        )
        self._hold(worker, answer)
        self.last[worker] = finished

    @rule(worker=WORKERS)
    def repeat(self, worker):
        if worker in self.last:
            instance, number = worker
            held = self.hands.pop(worker, None)
            answer = self.store.exchange(
                self.last[worker], worker=number, instance=instance, repeats=True
            )
            self._hold(worker, answer)
            if held is not None and self.store.status(held.job.id) == "running":
                job = self.store.job(held.job.id)
                if (job.lease, job.claimed_by) == (held.job.lease, "sal"):
                    assert answer.claimed == held, "a repetition has lost the job"

    def _finished(self, claimed, outcome):
        match outcome:
            case "complete":
                return Finished(claimed, Outcome.completed("42"))
            case "stopped":
                return Finished(claimed, Outcome.stopped())
        failed = Outcome.failed(ErrorKind.SCRIPT, "it broke")
        return Finished(claimed, failed, 0 if outcome == "retry" else None)

    def _hold(self, worker, answer):
        self.idle.add(worker)
        if answer.claimed is not None:
            self.idle.discard(worker)
            self.hands[worker] = answer.claimed
            self.tokens.append((worker, answer.claimed))

    @rule(worker=WORKERS, lost=st.booleans())
    def give_back(self, worker, lost):
        if worker in self.hands:
            self.store.requeue(self.hands.pop(worker), lost=lost, max_lost=1)
            self.last.pop(worker, None)

    @rule(data=st.data())
    def finish_late(self, data):
        if self.tokens:
            worker, claimed = data.draw(st.sampled_from(self.tokens))
            if self.hands.get(worker) != claimed:
                self.store.finish(claimed, "late", worker=worker[1], instance=worker[0])

    @rule(data=st.data())
    def write_a_log(self, data):
        if self.tokens:
            _, claimed = data.draw(st.sampled_from(self.tokens))
            self.store.do(self.store.commands.log(claimed, [("stdout", "x" * 30)], 100))

    @rule(verb=st.sampled_from(["due", "expire"]))
    def pass_time(self, verb):
        self.store.do(getattr(self.store.commands, verb)(2))

    @rule()
    def pop_as_foreigner(self):
        if self.store.queued():
            queue = self.store.keys.work("sal")
            full = queue if self.store.redis.llen(queue) else self.store.keys.high(queue)
            self.store.pop_as_foreigner(full)

    @rule(job_id=IDS, word=st.sampled_from(["running", "finished", "error", "queued", "junk"]))
    def say_a_word_as_foreigner(self, job_id, word):
        if self.store.status(job_id) is not None:
            self.store.write_as_foreigner(job_id, status=word)
            self.store.adopt()

    @rule(job_id=st.sampled_from(["f0", "f1"]), word=st.sampled_from([None, "dispatched", "error"]))
    def push_as_foreigner(self, job_id, word):
        if self.store.status(job_id) is None:
            fields = {"id": job_id, "script": "1", "script_type": "SAL"}
            self.store.write_as_foreigner(job_id, **fields | ({"status": word} if word else {}))
            self.store.redis.rpush(self.store.keys.work("sal"), job_id)

    @invariant()
    def everything_is_in_order(self):
        for job_id in list(self.store.popped):
            if self.store.status(job_id) in (None, "running", *FINAL):
                self.store.popped.discard(job_id)
        self.store.check()


def test_any_history_leaves_the_store_in_order(redis_server, commands):
    run_state_machine_as_test(
        lambda: History(redis_server, commands),
        settings=settings(max_examples=60, stateful_step_count=40, deadline=None),
    )
