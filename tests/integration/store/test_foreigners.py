"""Foreign runners that only BLPOP, HGETALL and HSET; foreign clients that HSET, RPUSH and BLPOP."""

import json

import pytest

# Runners


def test_a_foreign_runner_serves_a_job(store):
    store.add("a", start=True)
    fields = store.pop_as_foreigner()
    assert (fields["id"], fields["script"], fields["timeout"]) == ("a", "40 + 2", "60")
    store.write_as_foreigner("a", status="running")
    assert store.adopt() == 1
    store.write_as_foreigner("a", output="42", status="completed")
    assert store.adopt() == 1
    assert (store.status("a"), store.job("a").output) == ("completed", "42")
    assert store.events("a")[-2:] == ["queued>running", "running>completed"]


@pytest.mark.parametrize(
    ("word", "status"),
    [("finished", "completed"), ("Completed", "completed"), ("error", "failed"),
     ("timeout", "failed"), ("cancelled", "stopped"), ("started", "running")],
)  # fmt: skip
def test_the_words_of_older_runners_are_taken(store, word, status):
    store.add("a", start=True)
    store.pop_as_foreigner()
    store.write_as_foreigner("a", status=word)
    store.adopt()
    assert store.status("a") == status
    assert store.field("a", "status") == status


@pytest.mark.parametrize(
    "word", ["", "xyz", "queued", "dispatched", "waiting", "created", "QUEUED"]
)
@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_word_that_a_runner_may_not_say_is_put_right(store, word, state):
    store.add("a", start=True)
    if state == "running":
        store.pop_as_foreigner()
        store.write_as_foreigner("a", status="running")
        store.adopt()
    store.write_as_foreigner("a", status=word)
    assert store.adopt() == 0
    assert (store.status("a"), store.field("a", "status")) == (state, state)


@pytest.mark.parametrize("word", ["", "xyz", "created", "waiting"])
def test_a_word_without_meaning_does_not_lose_a_queued_job(store, word):
    store.add("a", start=True)
    store.write_as_foreigner("a", status=word)
    assert store.claimed_id() == "a"
    assert store.field("a", "status") == "running"


@pytest.mark.parametrize("word", ["running", "completed", "failed"])
def test_a_job_on_which_a_foreign_runner_has_its_word_is_not_claimed(store, word):
    store.add("a", start=True)
    store.write_as_foreigner("a", status=word)
    assert store.claim() is None
    store.adopt()
    assert store.status("a") == word


def test_a_word_over_a_job_that_our_worker_has_does_not_count(store):
    store.add("a", start=True)
    claimed = store.claim()
    store.write_as_foreigner("a", status="completed", output="forged")
    assert store.adopt() == 0
    assert store.finish(claimed, "42")
    assert store.job("a").output == "42"


def test_a_foreign_runner_may_take_a_job_that_our_worker_had_before(store):
    store.add("a", start=True, retries=1)
    claimed = store.claim()
    store.fail(claimed, retry_in_ms=0)
    store.do(store.commands.due(10))
    store.pop_as_foreigner()
    store.write_as_foreigner("a", status="running")
    assert store.adopt() == 1
    assert store.requeue(claimed) == "refused"
    store.write_as_foreigner("a", status="completed")
    assert store.adopt() == 1
    assert store.status("a") == "completed"


def test_a_foreign_runners_failure_has_its_text_as_error(store):
    store.add("a", start=True)
    store.pop_as_foreigner()
    store.write_as_foreigner("a", status="error", error="segmentation fault")
    store.adopt()
    error = store.job("a").error
    assert (error.kind, error.message) == ("script", "segmentation fault")


def test_dependents_are_released_by_a_foreign_runners_word(store):
    store.add("p", start=True)
    store.add("c", prerequisites=["p"], start=True)
    store.pop_as_foreigner()
    store.write_as_foreigner("p", status="completed")
    store.adopt()
    assert store.queued() == ["c"]


def test_a_job_that_a_foreign_runner_has_is_stopped_at_once(store):
    store.add("a", start=True)
    store.pop_as_foreigner()
    store.write_as_foreigner("a", status="running")
    store.adopt()
    store.stop("a")
    assert store.status("a") == "stopped"


def test_the_sweep_finds_words_in_many_rounds(store):
    for number in range(25):
        store.add(f"j{number}", start=True)
    store.write_as_foreigner("j24", status="completed")
    cursor, words, rounds = 0, [], 0
    while cursor or not rounds:
        cursor, found = store.do(store.commands.sweep(10, cursor))
        words += found
        rounds += 1
    assert (words, rounds) == ([("j24", "completed")], 3)
    store.adopt()


def test_the_sweep_forgets_jobs_whose_hash_is_gone(store):
    store.add("a", start=True)
    store.redis.delete(store.keys.job("a"), store.keys.by("caller", "me"),
                       store.keys.by("context", "demo"))  # fmt: skip
    store.adopt()
    assert store.redis.zcard(store.keys.status("queued")) == 0
    assert store.claim() is None


# Clients


def push_as_foreigner(store, job_id="a", **fields):
    fields = {"id": job_id, "script": "40 + 2", "script_type": "SAL", "caller_id": "them",
              "context_id": "x", "timeout": "5", "status": "dispatched"} | fields  # fmt: skip
    store.write_as_foreigner(job_id, **{name: v for name, v in fields.items() if v is not None})
    store.redis.rpush(store.keys.work("sal"), job_id)


def reply(store, job_id="a"):
    answer = store.redis.blpop(f"hero:q:reply:{job_id}", timeout=0.1)
    return answer and answer[1]


@pytest.mark.parametrize("word", [None, "dispatched", "created", "Pending"])
def test_a_job_that_a_foreign_client_stored_is_claimed_and_answered(store, word):
    push_as_foreigner(store, status=word)
    claimed = store.claim()
    assert (claimed.job.id, claimed.job.script_type, claimed.job.timeout) == ("a", "sal", 5)
    store.finish(claimed, "42")
    assert reply(store) == "42"
    assert store.status("a") == "completed"


def test_a_failure_is_answered_with_the_error(store):
    push_as_foreigner(store)
    store.fail(store.claim())
    assert json.loads(reply(store))["message"] == "it broke"


def test_a_stopped_job_is_answered_too(store):
    push_as_foreigner(store)
    claimed = store.claim()
    store.stop("a")
    store.fail(claimed)
    assert reply(store) is not None
    assert store.status("a") == "stopped"


@pytest.mark.parametrize("word", ["completed", "error", "running", "waiting_for_prerequisites"])
def test_a_foreign_job_that_is_no_longer_to_be_run_is_passed_over(store, word):
    push_as_foreigner(store, status=word)
    assert store.claim() is None
    assert store.redis.zcard(store.keys.jobs) == 0


def test_an_id_that_was_pushed_without_a_hash_is_passed_over(store):
    store.redis.rpush(store.keys.work("sal"), "ghost")
    assert store.claim() is None
    assert not store.redis.exists(store.keys.job("ghost"))


def test_a_foreign_job_is_retried_and_lost_as_ours_are(store):
    push_as_foreigner(store, retries="1")
    assert store.requeue(store.claim()) == "queued"
    assert store.requeue(store.claim(), max_lost=1) == "failed"


@pytest.mark.parametrize("field", ["timeout", "env_vars", "prerequisites", "labels", "dependents",
                                   "signatures", "retries", "priority", "result_ttl", "pending"])  # fmt: skip
@pytest.mark.parametrize("junk", ["", "nan", "{", "5", "[5]", '"x"', "null"])
def test_no_junk_in_a_foreign_hash_keeps_it_from_its_whole_life(store, field, junk):
    push_as_foreigner(store, **{field: junk})
    claimed = store.claim()
    assert claimed.job.to_json()
    assert store.finish(claimed)
    store.delete("a")
    assert not store.redis.exists(store.keys.job("a"))
