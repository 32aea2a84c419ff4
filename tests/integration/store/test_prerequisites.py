import pytest
from waiting import until_blocking


def add_chain(store, *, start=True, **members):
    store.add("p")
    store.add("q")
    store.add("c", prerequisites=["p", "q"], start=start, **members)


def complete(store, job_id):
    store.enqueue(job_id)
    claimed = store.claim()
    assert claimed.job.id == job_id
    store.finish(claimed)


def end_badly(store, job_id, how):
    if how == "stop":
        store.stop(job_id)
    elif how == "delete":
        store.delete(job_id)
    else:
        store.enqueue(job_id)
        store.fail(store.claim())


def test_a_job_waits_for_all_its_prerequisites(store):
    add_chain(store)
    assert store.status("c") == "waiting"
    complete(store, "p")
    assert store.status("c") == "waiting"
    complete(store, "q")
    assert store.queued() == ["c"]


def test_a_created_job_is_counted_down_and_not_started(store):
    add_chain(store, start=False)
    complete(store, "p")
    complete(store, "q")
    assert (store.status("c"), store.field("c", "pending")) == ("created", "0")
    store.enqueue("c")
    assert store.queued() == ["c"]


def test_prerequisites_that_have_completed_count_as_done_at_once(store):
    store.run("p")
    store.add("c", prerequisites=["p"], start=True)
    assert store.queued() == ["c"]


@pytest.mark.parametrize("how", ["stop", "delete", "fail"])
def test_a_prerequisite_that_does_not_complete_fails_its_dependents_at_once(store, how):
    add_chain(store)
    store.add("d", prerequisites=["c"], start=True)
    end_badly(store, "p", how)
    assert store.statuses("c", "d", "q") == ["failed", "failed", "created"]
    error = store.job("c").error
    assert (error.kind, error.message) == ("prerequisite", "Prerequisite p did not complete.")
    assert store.job("d").error.message == "Prerequisite c did not complete."


@pytest.mark.parametrize("how", ["stop", "delete", "fail"])
def test_with_the_run_policy_a_job_runs_when_all_have_ended_somehow(store, how):
    add_chain(store, on_prerequisite_failure="run")
    end_badly(store, "p", how)
    assert store.status("c") == "waiting"
    end_badly(store, "q", how)
    assert store.queued() == ["c"]


def test_a_created_job_whose_prerequisite_failed_fails_when_it_is_started(store):
    add_chain(store, start=False)
    store.stop("p")
    assert store.status("c") == "created"
    store.enqueue("c")
    assert store.status("c") == "failed"


@pytest.mark.parametrize(("policy", "status"), [("fail", "failed"), ("run", "queued")])
def test_a_prerequisite_that_has_failed_before_counts_when_the_job_starts(store, policy, status):
    store.add("p")
    store.stop("p")
    store.add("c", prerequisites=["p"], on_prerequisite_failure=policy)
    assert store.status("c") == "created"
    store.enqueue("c")
    assert store.status("c") == status


def test_a_failure_goes_through_a_long_chain_and_a_wide_fan(store):
    store.add("j0")
    for number in range(1, 200):
        store.add(f"j{number}", prerequisites=[f"j{number - 1}"], start=True)
    for number in range(200):
        store.add(f"f{number}", prerequisites=["j100"], start=True)
    store.stop("j0")
    ids = [f"j{n}" for n in range(1, 200)] + [f"f{n}" for n in range(200)]
    assert {store.status(job_id) for job_id in ids} == {"failed"}


def test_a_diamond_is_failed_once(store):
    store.add("top")
    for side in ("left", "right"):
        store.add(side, prerequisites=["top"], start=True)
    store.add("bottom", prerequisites=["left", "right"], start=True)
    store.stop("top")
    assert store.events("bottom") == ["->waiting", "waiting>failed"]


def test_a_retry_of_a_prerequisite_is_awaited(store):
    store.add("p", start=True, retries=1)
    store.add("c", prerequisites=["p"], start=True)
    store.fail(store.claim(), retry_in_ms=0)
    assert store.status("c") == "waiting"
    store.do(store.commands.due(10))
    store.finish(store.claim())
    assert store.queued() == ["c"]


def test_a_job_with_prerequisites_and_a_time_waits_for_both(store):
    store.add("p")
    store.add("c", prerequisites=["p"], start=True, delay=0.05)
    complete(store, "p")
    assert store.status("c") == "waiting"
    until_blocking(lambda: store.do(store.commands.due(10)))
    assert store.queued() == ["c"]


def test_its_time_does_not_start_a_job_whose_prerequisites_are_unfinished(store):
    store.add("p")
    store.add("c", prerequisites=["p"], start=True, run_at="1960-01-01T00:00:00Z")
    store.do(store.commands.due(10))
    assert store.status("c") == "waiting"


@pytest.mark.parametrize("end", ["stop", "expire"])
def test_a_dependent_that_has_ended_is_not_started_by_its_prerequisite(store, end):
    store.add("p")
    store.add("c", prerequisites=["p"], start=True, expires_in=0.001 if end == "expire" else None)
    if end == "stop":
        store.stop("c")
    else:
        until_blocking(lambda: store.do(store.commands.expire(10)))
    before = store.status("c")
    complete(store, "p")
    assert store.status("c") == before


@pytest.mark.parametrize("again", [[], ["q"], ["p", "q"]])
def test_a_job_that_was_deleted_and_sent_again_is_counted_anew(store, again):
    add_chain(store)
    store.delete("c")
    store.add("c", prerequisites=again)
    complete(store, "p")
    pending = [job_id for job_id in again if job_id != "p"]
    assert int(store.field("c", "pending") or 0) == len(pending)
    store.enqueue("c")
    for job_id in pending:
        complete(store, job_id)
    assert store.queued() == ["c"]


def test_a_stopped_dependent_that_is_deleted_leaves_its_prerequisites(store):
    add_chain(store)
    store.stop("c")
    store.delete("c")
    assert store.field("p", "dependents") is None
