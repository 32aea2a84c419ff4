import pytest


def test_a_lost_job_goes_back_to_the_head_of_its_queue_and_counts(store):
    for job_id in "ab":
        store.add(job_id, start=True)
    assert store.requeue(store.claim()) == "queued"
    assert store.queued() == ["a", "b"]
    again = store.claim()
    assert (again.job.attempt, again.job.lease) == (2, 3)
    assert store.field("a", "lost") == "1"


def test_a_drained_job_goes_back_uncounted(store):
    store.add("a", start=True)
    assert store.requeue(store.claim(), lost=False) == "queued"
    again = store.claim()
    assert again.job.attempt == 1
    assert store.field("a", "lost") is None


def test_a_job_goes_back_to_the_queue_of_its_priority(store):
    store.add("a", start=True, priority="high")
    store.requeue(store.claim())
    assert store.redis.lrange(store.keys.high(store.keys.work("sal")), 0, -1) == ["a"]


@pytest.mark.parametrize(("max_lost", "retries", "times"), [(3, 0, 3), (0, 0, 0), (1, 2, 2)])
def test_a_job_is_lost_for_good_after_max_lost_or_its_retries(store, max_lost, retries, times):
    store.add("a", start=True, retries=retries)
    fates = [store.requeue(store.claim(), max_lost=max_lost) for _ in range(times + 1)]
    assert fates == ["queued"] * times + ["failed"]
    error = store.job("a").error
    assert error.kind == "runner_lost"
    assert error.message == f"The runner was lost {times + 1} times while it ran this job."


def test_draining_any_number_of_times_is_not_losing(store):
    store.add("a", start=True)
    fates = [store.requeue(store.claim(), lost=False, max_lost=0) for _ in range(5)]
    assert fates == ["queued"] * 5


def test_a_job_is_given_back_once(store):
    store.add("a", start=True)
    claimed = store.claim()
    assert [store.requeue(claimed), store.requeue(claimed)] == ["queued", "refused"]
    store.claim(worker=2)
    assert store.requeue(claimed) == "refused"


def test_a_finished_job_is_not_given_back(store):
    store.add("a", start=True)
    claimed = store.claim()
    store.finish(claimed)
    assert store.requeue(claimed) == "refused"


def test_a_job_given_back_wakes_an_idle_worker(store):
    store.add("a", start=True)
    claimed = store.claim()
    store.beat("sal@00000002")
    store.claim(instance="sal@00000002", worker=7)
    store.requeue(claimed)
    assert store.redis.llen(store.keys.wake("sal@00000002", 7)) == 1


def test_a_foreign_clients_job_that_was_given_back_can_be_stopped(store):
    store.write_as_foreigner("a", id="a", script="x", script_type="sal", status="dispatched")
    store.redis.rpush(store.keys.work("sal"), "a")
    store.requeue(store.claim())
    assert store.queued() == ["a"]
    store.stop("a")
    assert store.queued() == []
