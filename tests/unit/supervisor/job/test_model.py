import dataclasses

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.job import ErrorKind, Job, JobError, JobStatus
from supervisor.job.model import DEFAULT_TIMEOUT

BASE = {
    "id": "j1",
    "caller_id": "me",
    "context_id": "demo",
    "script": "40 + 2",
    "script_type": "sal",
    "created_at": "2024-01-01T00:00:00Z",
}


def stored(job):
    return {
        name.encode(): value.encode() if isinstance(value, str) else value
        for name, value in job.to_hash().items()
    }


text = st.text(st.characters(codec="utf-8"))
texts = st.dictionaries(text, text, max_size=3)
seconds = st.integers(0, 10_000).map(float) | st.floats(0.001, 1e6)
jobs = st.builds(
    Job,
    id=text,
    caller_id=text,
    context_id=text,
    script=text,
    script_type=text.map(str.lower).filter(lambda word: word == word.lower()),
    created_at=text,
    runner=st.none() | text,
    timeout=st.floats(0.001, 86_400),
    retries=st.integers(0, 100),
    retry_delay=seconds,
    env_vars=texts,
    prerequisites=st.lists(text, max_size=3).map(tuple),
    on_prerequisite_failure=st.sampled_from(["fail", "run"]),
    priority=st.sampled_from(["normal", "high"]),
    run_at=st.none() | text,
    expires_in=st.none() | seconds,
    result_ttl=seconds,
    labels=texts,
    signatures=st.lists(texts, max_size=2).map(tuple),
    digest=st.none() | text,
)


@given(jobs)
def test_a_new_job_survives_being_stored_and_read(job):
    assert Job.from_hash(stored(job)) == job


def test_what_equals_its_default_is_not_stored():
    assert set(Job(**BASE).to_hash()) == {*BASE, "timeout"}


@pytest.mark.parametrize(("timeout", "word"), [(60.0, "60"), (0.5, "0.5")])
def test_whole_seconds_are_stored_as_an_integer_for_foreign_runners(timeout, word):
    assert Job(**BASE, timeout=timeout).to_hash()["timeout"] == word


def test_an_empty_hash_has_every_default():
    job = Job.from_hash({b"id": b"x"})
    assert (job.id, job.script, job.timeout, job.status) == ("x", "", 60.0, JobStatus.CREATED)


@pytest.mark.parametrize("word", [b"dispatched", b"Pending", b"queued"])
def test_a_foreign_clients_word_is_the_status_while_there_is_no_state(word):
    job = Job.from_hash({b"id": b"x", b"status": word})
    assert job.status is JobStatus.QUEUED
    assert job.foreign_word is None


def test_a_foreign_runners_word_over_our_state_is_kept_apart():
    job = Job.from_hash({b"id": b"x", b"state": b"queued", b"status": b"finished"})
    assert job.status is JobStatus.QUEUED
    assert job.foreign_word == "finished"


BAD = [b"", b"\xff\xfe", b"nan", b"inf", b"-1", b"1e999", b"{", b"5", b"null", b'"x"', b"[5]",
       b'{"a": 5}', b"9" * 400]  # fmt: skip


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Job)])
@pytest.mark.parametrize("value", BAD)
def test_no_foreign_field_keeps_a_job_from_being_read_and_shown(field, value):
    names = {"status": "state", "updated_ms": "updated_at", "queued_ms": "queued_at",
             "started_ms": "started_at", "finished_ms": "finished_at"}  # fmt: skip
    job = Job.from_hash({b"id": b"x", names.get(field, field).encode(): value})
    assert orjson.dumps(job.to_json())
    assert 0 < job.timeout < 1e300


@given(st.dictionaries(st.sampled_from([*BASE, "timeout", "state", "status", "env_vars", "error",
                                        "labels", "started_at"]).map(str.encode), st.binary()))  # fmt: skip
def test_any_hash_can_be_read_and_shown(fields):
    assert orjson.dumps(Job.from_hash(fields).to_json())


def test_a_foreign_timeout_that_is_none_has_the_default():
    assert Job.from_hash({b"timeout": b"0"}).timeout == DEFAULT_TIMEOUT


def test_foreign_moments_are_read_where_ours_are_milliseconds():
    fields = {b"started_at": b"1970-01-01T00:00:01Z", b"finished_at": b"2500"}
    job = Job.from_hash(fields)
    assert (job.started_ms, job.finished_ms) == (1000, 2500)
    assert job.to_json()["timings"] == {"queued_ms": None, "running_ms": 1500}


def test_a_job_is_shown_without_the_values_of_its_environment():
    shown = Job(**BASE, env_vars={"TOKEN": "hunter2"}).to_json()
    assert shown["env_vars"] == {"TOKEN": "***"}
    assert "hunter2" not in str(shown)


def test_moments_are_shown_in_one_form():
    job = Job(**BASE | {"created_at": "1700000000"}, run_at="2024-01-01T01:00:00+01:00",
              finished_ms=0)  # fmt: skip
    shown = job.to_json()
    assert shown["created_at"] == "2023-11-14T22:13:20.000000Z"
    assert shown["run_at"] == "2024-01-01T00:00:00.000000Z"
    assert shown["finished_at"] == "1970-01-01T00:00:00.000000Z"
    assert shown["started_at"] is None


def test_a_moment_that_nobody_can_read_is_shown_as_it_is():
    assert Job(**BASE | {"created_at": "once"}).to_json()["created_at"] == "once"
    assert Job(**BASE | {"created_at": ""}).to_json()["created_at"] is None


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b'{"kind":"timeout","message":"m","line":3}', JobError("timeout", "m", line=3)),
        (b'{"message":"m","unknown":1}', JobError(ErrorKind.SCRIPT, "m")),
        (b"free text", JobError(ErrorKind.SCRIPT, "free text")),
        (b'{"message":5}', JobError(ErrorKind.SCRIPT, '{"message":5}')),
        (b"[1]", JobError(ErrorKind.SCRIPT, "[1]")),
        (b"", JobError(ErrorKind.SCRIPT, "")),
    ],
)
def test_an_error_is_read_whoever_wrote_it(raw, error):
    assert JobError.decode(raw) == error


def test_an_error_shows_only_what_is_known():
    error = JobError("script", "m", line=1, column=2)
    assert error.to_json() == {"kind": "script", "message": "m", "line": 1, "column": 2}
    assert JobError.decode(error.encode()) == error
