"""What becomes of jobs because time passes: due, expire, purge."""

import pytest
from waiting import until_blocking


def test_due_jobs_are_queued_at_most_as_many_as_asked(store):
    for job_id in "abc":
        store.add(job_id, start=True, delay=0.01)
    until_blocking(lambda: store.redis.zcount(store.keys.prefixes()["WAITING"], 0, "+inf") == 3)
    now = store.do(store.commands.time_ms()) + 20
    until_blocking(lambda: store.do(store.commands.time_ms()) > now)
    assert [store.do(store.commands.due(2)) for _ in range(3)] == [2, 1, 0]
    assert store.queued() == ["a", "b", "c"]


def test_nothing_is_due_before_its_time(store):
    store.add("a", start=True, delay=1000)
    assert store.do(store.commands.due(10)) == 0
    assert store.status("a") == "waiting"


@pytest.mark.parametrize("status", ["created", "waiting", "queued"])
def test_a_job_that_has_not_started_in_time_fails(store, status):
    store.add("a", expires_in=0.001, start=status != "created",
              delay=1000 if status == "waiting" else None)  # fmt: skip
    until_blocking(lambda: store.do(store.commands.expire(10)))
    job = store.job("a")
    assert (job.status, job.error.kind) == ("failed", "expired")
    assert job.error.message == "It had not started when expires_in was over."
    assert store.queued() == []


def test_a_job_that_has_started_in_time_is_let_be(store):
    store.add("a", expires_in=0.001, start=True)
    store.claim()
    until_blocking(lambda: store.do(store.commands.expire(10)))
    assert store.status("a") == "running"


def test_an_expired_prerequisite_fails_its_dependents(store):
    store.add("p", expires_in=0.001)
    store.add("c", prerequisites=["p"], start=True)
    until_blocking(lambda: store.do(store.commands.expire(10)))
    assert store.status("c") == "failed"


def expiry(store, job_id):
    score = store.redis.zscore(store.keys.prefixes()["EXPIRY"], job_id)
    return score and round((score - store.do(store.commands.time_ms())) / 1000)


def test_a_final_job_is_kept_for_its_ttl(store):
    store.run("a", result_ttl=100)
    store.run("b")
    assert (expiry(store, "a"), expiry(store, "b")) == (100, 86_400)


def test_a_job_that_is_never_started_is_kept_for_a_week(store):
    store.add("a")
    assert expiry(store, "a") == 7 * 86_400
    store.enqueue("a")
    assert expiry(store, "a") is None


def test_what_has_expired_is_deleted_and_nothing_else(store):
    store.run("old", result_ttl=0.001)
    store.run("new")
    now = store.do(store.commands.time_ms()) + 1
    until_blocking(lambda: store.do(store.commands.time_ms()) > now)
    assert store.do(store.commands.expired(now, 10)) == ["old"]
    assert store.do(store.commands.delete_many(["old", "new"], expired_only=True)) == 1
    assert store.statuses("old", "new") == [None, "completed"]
