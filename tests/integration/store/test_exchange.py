import pytest
from store_driver import INSTANCE
from waiting import until_blocking

from supervisor.job import ErrorKind, JobStatus, Outcome
from supervisor.store.commands import Claimed, Finished

# Claiming


def test_first_in_is_first_out(store):
    for job_id in "abc":
        store.add(job_id, start=True)
    assert [store.claimed_id(worker=n) for n in range(4)] == ["a", "b", "c", None]


def test_high_priority_goes_before_all_normal_ones_and_keeps_its_order(store):
    for job_id, priority in [("a", "normal"), ("b", "high"), ("c", "high")]:
        store.add(job_id, priority=priority, start=True)
    assert [store.claimed_id(worker=n) for n in range(3)] == ["b", "c", "a"]


def test_a_runner_takes_first_what_is_meant_for_it_alone(store):
    store.add("any", start=True)
    store.add("mine", runner="sal", start=True)
    store.add("other", runner="else", start=True)
    assert [store.claimed_id(worker=n) for n in range(3)] == ["mine", "any", None]


def test_the_claimed_job_comes_whole_with_its_token(store):
    store.add("a", start=True, env_vars={"A": "1"})
    claimed = store.claim()
    assert claimed.instance == INSTANCE
    job = claimed.job
    assert (job.status, job.lease, job.attempt) == (JobStatus.RUNNING, 1, 1)
    assert (job.script, job.env_vars) == (store.job("a").script, {"A": "1"})
    assert store.job("a").claimed_by == "sal"


def test_an_id_whose_key_is_no_hash_is_passed_over(store):
    store.redis.set(store.keys.job("strange"), "x")
    store.redis.rpush(store.keys.work("sal"), "strange")
    store.add("a", start=True)
    assert store.claimed_id() == "a"
    store.redis.delete(store.keys.job("strange"))


def test_a_stopped_or_deleted_id_that_is_still_in_a_list_is_passed_over(store):
    store.add("stopped", start=True)
    store.stop("stopped")
    store.redis.rpush(store.keys.work("sal"), "stopped", "deleted", "")
    store.add("a", start=True)
    assert store.claimed_id() == "a"


# Waking


def idle_sets(store):
    return {
        queue: store.redis.smembers(f"hero:q:idle:{queue}")
        for queue in store.queues
        if store.redis.exists(f"hero:q:idle:{queue}")
    }


def wakes(store, worker=1):
    return store.redis.llen(store.keys.wake(INSTANCE, worker))


def test_a_worker_that_finds_nothing_is_listed_as_idle_on_all_its_queues(store):
    assert store.claim() is None
    assert idle_sets(store) == {queue: {f"{INSTANCE}:1"} for queue in store.queues}


@pytest.mark.parametrize("runner", [None, "sal"])
def test_a_new_job_wakes_one_idle_worker_only(store, runner):
    store.beat()
    for worker in (1, 2):
        store.claim(worker=worker)
    store.add("a", runner=runner, start=True)
    assert wakes(store, 1) + wakes(store, 2) == 1
    store.add("b", runner=runner, start=True)
    assert (wakes(store, 1), wakes(store, 2)) == (1, 1)


def test_a_worker_whose_runner_is_gone_is_not_woken_in_place_of_a_living_one(store):
    store.beat()
    store.claim(worker=1)
    for worker in range(20):
        store.claim(instance="sal@dead", worker=worker)
    for job_id in "abc":
        store.add(job_id, start=True)
    assert wakes(store, 1) == 1


def test_a_worker_that_got_a_job_is_idle_nowhere(store):
    store.beat()
    store.claim()
    store.add("a", start=True)
    assert store.claimed_id(was_idle=True) == "a"
    assert idle_sets(store) == {}


def test_a_worker_that_repeats_an_exchange_and_gets_a_job_is_idle_nowhere(store):
    store.beat()
    store.claim()  # its answer, that there is nothing, is lost
    store.add("a", start=True)
    assert store.claimed_id(repeats=True) == "a"
    assert idle_sets(store) == {}


def test_a_worker_that_was_woken_for_two_jobs_passes_the_word_on(store):
    store.beat()
    store.claim(worker=1)
    store.add("a", runner="sal", start=True)
    store.add("b", start=True)
    assert wakes(store, 1) == 2
    store.redis.sadd(f"hero:q:idle:{store.keys.work('sal')}", f"{INSTANCE}:2")  # idle all along
    assert store.claimed_id(worker=1, was_idle=True) == "a"
    assert wakes(store, 2) == 1


def test_a_wake_ends_the_wait_of_the_worker(store):
    store.beat()
    store.claim()
    store.add("a", start=True)
    store.do(store.commands.wait_for_wake(INSTANCE, 1, 5))
    assert wakes(store) == 0


# Finishing


def test_a_completed_job_has_its_output_and_times(store):
    store.add("a", start=True)
    assert store.finish(store.claim(), "the output")
    job = store.job("a")
    assert (job.status, job.output, job.error) == (JobStatus.COMPLETED, "the output", None)
    assert job.started_ms <= job.finished_ms


def test_an_empty_output_is_an_output(store):
    store.add("a", start=True)
    store.finish(store.claim(), "")
    assert store.job("a").output == ""


@pytest.mark.parametrize(("size", "is_there"), [(256, True), (257, False)])
def test_a_short_output_is_in_the_word_of_the_end(store, size, is_there):
    store.add("a", start=True)
    output = "x" + " " * (size - 1)
    with store.redis.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(store.keys.ended)
        until_blocking(lambda: store.redis.pubsub_numsub(store.keys.ended)[0][1] == 1)
        store.finish(store.claim(), output)
        word = until_blocking(channel.get_message)["data"]
    assert word == (f"a completed {output}" if is_there else "a completed")


def test_one_exchange_finishes_a_job_and_claims_the_next(store):
    for job_id in "ab":
        store.add(job_id, start=True)
    first = store.claim()
    answer = store.exchange(Finished(first, Outcome.completed("1")))
    assert (answer.was_refused, answer.claimed.job.id) == (False, "b")
    assert store.statuses("a", "b") == ["completed", "running"]


def test_a_draining_worker_finishes_and_claims_nothing(store):
    for job_id in "ab":
        store.add(job_id, start=True)
    answer = store.exchange(Finished(store.claim(), Outcome.completed("1")), drains=True)
    assert answer.claimed is None
    assert store.statuses("a", "b") == ["completed", "queued"]
    assert idle_sets(store) == {}


def test_a_failed_job_has_its_error_with_the_place(store):
    store.add("a", start=True)
    store.fail(store.claim())
    error = store.job("a").error
    assert (error.kind, error.message, error.line, error.column) == ("script", "it broke", 1, 2)


def test_a_failed_job_with_retries_left_waits_and_comes_back(store):
    store.add("a", start=True, retries=1)
    store.fail(store.claim(), retry_in_ms=20)
    assert store.status("a") == "waiting"
    until_blocking(lambda: store.do(store.commands.due(10)))
    again = store.claim()
    assert (again.job.attempt, again.job.lease) == (2, 2)
    store.fail(again, retry_in_ms=20)
    assert store.status("a") == "failed"


def test_a_retry_that_completes_has_no_error(store):
    store.add("a", start=True, retries=1)
    store.fail(store.claim(), retry_in_ms=0)
    store.do(store.commands.due(10))
    store.finish(store.claim())
    assert store.job("a").error is None


# Tokens


def test_a_late_finisher_is_refused_and_the_winners_result_stands(store):
    store.add("a", start=True)
    late = store.claim()
    store.requeue(late)
    winner = store.claim(instance="sal@00000002")
    assert not store.finish(late, "late")
    assert store.finish(winner, "won", instance="sal@00000002")
    assert not store.finish(late, "late")
    assert store.job("a").output == "won"


@pytest.mark.parametrize("change", ["lease", "instance"])
def test_a_wrong_token_is_refused(store, change):
    store.add("a", start=True)
    right = store.claim()
    job = right.job
    wrong = Claimed(job, "sal@other") if change == "instance" else right
    if change == "lease":
        store.redis.hincrby(store.keys.job("a"), "lease", 1)
    assert not store.finish(wrong, instance=wrong.instance)
    assert store.status("a") == "running"


def test_finishing_twice_is_refused_unless_it_is_a_repetition(store):
    store.add("a", start=True)
    claimed = store.claim()
    assert store.finish(claimed, "first")
    assert not store.finish(claimed, "second")
    assert store.finish(claimed, "third", repeats=True)
    assert store.job("a").output == "first"


def test_a_repeated_exchange_has_the_job_that_the_first_one_claimed(store):
    for job_id in "abc":
        store.add(job_id, start=True)
    finished = Finished(store.claim(), Outcome.completed("1"))
    store.exchange(finished)  # the answer is lost
    answer = store.exchange(finished, repeats=True)
    assert (answer.was_refused, answer.claimed.job.id, answer.claimed.job.lease) == (False, "b", 1)
    assert store.status("c") == "queued"


def test_a_repetition_of_what_never_arrived_is_done_now(store):
    for job_id in "ab":
        store.add(job_id, start=True)
    answer = store.exchange(Finished(store.claim(), Outcome.completed("1")), repeats=True)
    assert (answer.was_refused, answer.claimed.job.id) == (False, "b")


def test_a_guard_finds_what_its_dead_worker_held(store):
    store.add("a", start=True)
    store.claim()
    held = store.exchange(queues=(), drains=True, repeats=True).claimed
    assert held.job.id == "a"
    verdict = Finished(held, Outcome.failed(ErrorKind.TIMEOUT, "too long"))
    store.exchange(verdict, queues=(), drains=True, repeats=True)
    assert store.job("a").error.kind == "timeout"


def test_a_worker_whose_job_was_deleted_by_a_foreigner_is_free_again(store):
    store.add("a", start=True)
    claimed = store.claim()
    store.redis.delete(store.keys.job("a"))
    assert not store.finish(claimed)
    store.adopt()
    assert store.redis.zcard(store.keys.jobs) == 0
    store.redis.delete(store.keys.by("caller", "me"), store.keys.by("context", "demo"))
