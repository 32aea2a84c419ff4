import pytest

from supervisor.errors import IllegalTransition, JobNotFound


def put(store, status):
    """Bring a job `a` into a status."""
    match status:
        case "created":
            store.add("a")
        case "waiting":
            store.add("a", start=True, delay=1000)
        case "queued":
            store.add("a", start=True)
        case "running":
            store.add("a", start=True)
            return store.claim()
        case "completed":
            store.run("a")
        case "failed":
            store.add("a", start=True)
            store.fail(store.claim())
        case "stopped":
            store.add("a", start=True)
            store.stop("a")
    assert store.status("a") == status
    return None


@pytest.mark.parametrize("status", ["waiting", "queued", "running"])
def test_starting_what_was_started_changes_nothing(store, status):
    put(store, status)
    before = store.redis.hgetall(store.keys.job("a")), store.queued()
    store.enqueue("a")
    assert (store.redis.hgetall(store.keys.job("a")), store.queued()) == before


def test_starting_a_created_job_queues_it(store):
    put(store, "created")
    store.enqueue("a")
    assert store.queued() == ["a"]


@pytest.mark.parametrize("status", ["completed", "failed", "stopped"])
def test_a_final_job_cannot_be_started(store, status):
    put(store, status)
    with pytest.raises(IllegalTransition) as caught:
        store.enqueue("a")
    assert caught.value.message == f"Job a is {status}, so it can't be started."


@pytest.mark.parametrize("verb", ["enqueue", "stop", "delete"])
def test_nothing_can_be_done_with_a_job_that_is_not_there(store, verb):
    with pytest.raises(JobNotFound, match="Job a not found; it never existed, was deleted, or"):
        getattr(store, verb)("a")


@pytest.mark.parametrize("status", ["created", "waiting", "queued"])
@pytest.mark.parametrize("priority", ["normal", "high"])
def test_a_job_that_has_not_begun_stops_at_once(store, status, priority):
    store.add("a", priority=priority, start=status != "created",
              delay=1000 if status == "waiting" else None)  # fmt: skip
    assert store.status("a") == status
    store.stop("a")
    assert store.status("a") == "stopped"
    assert store.queued() == []


def test_to_stop_a_running_job_its_guard_gets_an_order_with_the_token_and_the_grace(store):
    claimed = put(store, "running")
    store.stop("a", 1500)
    order = store.do(store.commands.wait_for_orders(claimed.instance, 0.1))
    assert order == "stop a 1 1500"
    assert store.status("a") == "running"


@pytest.mark.parametrize("how", ["fail", "requeue"])
def test_a_job_that_was_to_stop_ends_stopped(store, how):
    claimed = put(store, "running")
    store.stop("a")
    store.fail(claimed, retry_in_ms=0) if how == "fail" else store.requeue(claimed)
    assert store.status("a") == "stopped"


def test_a_completion_wins_over_a_stop_request(store):
    claimed = put(store, "running")
    store.stop("a")
    assert store.finish(claimed)
    assert store.status("a") == "completed"


def test_to_stop_is_idempotent(store):
    put(store, "stopped")
    store.stop("a")
    assert store.events("a").count("queued>stopped") == 1


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_what_has_ended_otherwise_cannot_be_stopped(store, status):
    put(store, status)
    with pytest.raises(IllegalTransition, match=f"Job a is {status}, so it can't be stopped."):
        store.stop("a")


@pytest.mark.parametrize(
    "status", ["created", "waiting", "queued", "completed", "failed", "stopped"]
)
def test_nothing_is_left_of_a_deleted_job(store, status):
    put(store, status)
    store.delete("a")
    left = set(store.redis.scan_iter())
    assert left <= {store.keys.events, *store.redis.scan_iter("hero:q:idle:*")}


def test_the_log_goes_with_its_job(store):
    claimed = put(store, "running")
    store.do(store.commands.log(claimed, [("stdout", "hello")], 100))
    store.finish(claimed)
    store.delete("a")
    assert not store.redis.exists(store.keys.log("a"))


def test_a_running_job_is_not_deleted(store):
    put(store, "running")
    with pytest.raises(
        IllegalTransition, match="is running, so it can't be deleted; stop it first"
    ):
        store.delete("a")
    assert store.status("a") == "running"


def test_those_that_can_be_deleted_are(store):
    for job_id in "abc":
        store.add(job_id, start=job_id != "c")
    store.claim()
    assert store.do(store.commands.delete_many(["a", "b", "c", "nobody"])) == 2
    assert store.statuses("a", "b", "c") == ["running", None, None]


def test_what_is_left_of_a_job_whose_hash_somebody_deleted_goes_too(store):
    store.run("a")
    store.redis.delete(store.keys.job("a"))
    assert store.do(store.commands.delete_many(["a"])) == 1
    assert store.redis.zcard(store.keys.jobs) == 0
    store.redis.delete(store.keys.by("caller", "me"), store.keys.by("context", "demo"))


def test_a_hash_of_a_foreign_client_can_be_deleted_whatever_it_holds(store):
    store.write_as_foreigner("a", id="a", labels="{not json", dependents="5", prerequisites="x")
    store.redis.rpush(store.keys.work("sal"), "a")
    store.delete("a")
    assert store.claim() is None
