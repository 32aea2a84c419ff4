import json
import time

import pytest
from waiting import until_blocking

from supervisor.errors import Conflict, InvalidParams


def test_a_new_job_is_created_and_indexed(store):
    assert store.add("a", labels={"team": "x", "env": "y=z"}) is True
    assert store.status("a") == "created"
    assert store.redis.zrange(store.keys.by("label", "env=y=z"), 0, -1) == ["a"]
    assert store.events("a") == ["->created"]


def test_everything_that_was_sent_is_stored(store):
    store.add("a", env_vars={"A": "ü"}, retries=2, timeout=1.5, priority="high",
              signatures=[{"public_key": "k", "signature": "s"}])  # fmt: skip
    job = store.job("a")
    assert (job.env_vars, job.retries, job.timeout) == ({"A": "ü"}, 2, 1.5)
    assert job.signatures == ({"public_key": "k", "signature": "s"},)
    assert job.digest


def test_the_same_job_sent_again_is_the_same_job(store):
    store.add("a")
    assert store.add("a") is False
    assert store.events("a") == ["->created"]


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(store):
    store.add("a", start=True)
    before = store.redis.hgetall(store.keys.job("a"))
    with pytest.raises(Conflict, match="Job a exists with other content; choose another id"):
        store.add("a", script="something else")
    assert store.redis.hgetall(store.keys.job("a")) == before


def test_an_id_that_a_foreign_client_stored_is_a_conflict(store):
    store.write_as_foreigner("a", id="a", script="x", status="dispatched")
    with pytest.raises(Conflict):
        store.add("a")


def test_a_job_can_be_started_as_it_is_stored(store):
    store.add("a", start=True)
    assert store.status("a") == "queued"
    assert store.events("a") == ["->queued"]


def test_sending_it_again_with_start_starts_it_once(store):
    store.add("a")
    store.add("a", start=True)
    store.add("a", start=True)
    assert store.queued() == ["a"]


@pytest.mark.parametrize("end", ["finish", "stop"])
def test_sending_a_final_job_again_with_start_is_success_and_leaves_it(store, end):
    store.add("a", start=True)
    store.finish(store.claim()) if end == "finish" else store.stop("a")
    status = store.status("a")
    assert store.add("a", start=True) is False
    assert store.status("a") == status


def test_a_prerequisite_that_does_not_exist_is_named_and_nothing_is_stored(store):
    store.add("a")
    with pytest.raises(InvalidParams, match="prerequisites: job b does not exist"):
        store.add("c", prerequisites=["a", "b"])
    assert store.status("c") is None
    assert store.field("a", "dependents") is None


def test_the_deadline_counts_from_now_whenever_the_caller_says_it_was_created(store):
    store.add("a", expires_in=100, created_at="2001-01-01T00:00:00Z")
    now = store.do(store.commands.time_ms())
    assert now < int(store.field("a", "deadline")) <= now + 100_000


def test_a_job_may_have_sixteen_labels_and_a_thousand_prerequisites(store):
    ids = [f"p{number}" for number in range(1000)]
    for job_id in ids:
        store.add(job_id)
    store.add("a", prerequisites=ids, labels={str(n): "x" for n in range(16)})
    assert store.field("a", "pending") == "1000"
    assert json.loads(store.field("p999", "dependents")) == ["a"]


def test_a_job_for_a_named_runner_goes_to_its_queue(store):
    store.add("a", runner="sal", start=True)
    assert store.queued(store.keys.work_for("sal", "sal")) == ["a"]


@pytest.mark.parametrize(
    ("registration", "queue"),
    [
        ({"script_type": "v"}, "hero:q:work:type:v:group:default:inst:mine"),
        ({"capacity": "1"}, "hero:q:work:type:sal:group:default:inst:mine"),
        ({"queue": "elsewhere", "script_type": "v"}, "elsewhere"),
    ],
)
def test_a_registration_says_which_queue_a_runner_has(store, registration, queue):
    store.do(store.commands.register("mine", registration))
    store.add("a", runner="mine", start=True)
    assert store.queued(queue) == ["a"]
    store.stop("a")


def test_without_a_type_and_registration_the_type_is_any(store):
    store.add("a", runner="mine", script_type=None, start=True)
    assert store.queued("hero:q:work:type:any:group:default:inst:mine") == ["a"]


def test_a_job_of_the_future_waits_until_its_time(store):
    store.add("a", start=True, run_at=time.time() + 0.05)
    assert store.status("a") == "waiting"
    until_blocking(lambda: store.do(store.commands.due(10)) and store.status("a") == "queued")
    assert store.events("a") == ["->waiting", "waiting>queued"]


def test_a_job_of_the_past_is_queued_at_once(store):
    store.add("a", start=True, run_at="1960-01-01T00:00:00Z")
    assert store.status("a") == "queued"
