import pytest
from pydantic import ValidationError

from supervisor.job.params import JobParams
from supervisor.rpc.methods import explain
from supervisor.services.params import CreateJob, RunJob

BASE = {"script": "1", "script_type": "sal", "caller_id": "me", "context_id": "demo"}


def params(model=JobParams, **members):
    return model.model_validate(BASE | members)


def refusal(**members):
    with pytest.raises(ValidationError) as caught:
        JobParams.model_validate({k: v for k, v in (BASE | members).items() if v is not ...})
    return explain(caught.value)


SAME = [
    {},
    {"script_type": "SAL"},
    {"timeout": 60},
    {"timeout": 60.0, "retries": 0, "priority": "normal", "env_vars": {}, "labels": {}},
    {"prerequisites": [], "signatures": [], "runner": None},
    {"status": "created", "updated_at": "x", "dependents": ["a"], "concurrent": True},
]


@pytest.mark.parametrize("members", SAME)
def test_defaults_and_what_is_ignored_do_not_change_the_digest(members):
    assert params(**members).digest() == params().digest()


def test_aliases_do_not_change_the_digest():
    old = {"payload": "1", "executor": "SAL", "runner_id": "r", "dependencies": ["a"]}
    new = {"script": "1", "script_type": "sal", "runner": "r", "prerequisites": ["a"]}
    who = {"caller_id": "me", "context_id": "demo"}
    assert CreateJob(**old, **who).digest() == CreateJob(**new, **who).digest()


def test_to_start_at_once_is_no_part_of_the_content():
    assert params(CreateJob, start=True).digest() == params(CreateJob).digest()
    assert params(CreateJob).digest() == params().digest()


def test_a_wrapped_job_has_the_digest_of_the_bare_one():
    wrapped = CreateJob.model_validate({"job": BASE, "start": True})
    assert wrapped.digest() == params(CreateJob).digest()
    assert wrapped.start is True


def test_the_defaults_of_run_job_do_not_change_the_digest():
    assert params(RunJob, context_id="default").digest() == params(context_id="default").digest()


@pytest.mark.parametrize(
    "members",
    [{"script": "2"}, {"timeout": 61}, {"delay": 1}, {"labels": {"a": "b"}}, {"caller_id": "you"}],
)
def test_other_content_has_another_digest(members):
    assert params(**members).digest() != params().digest()


def test_a_delay_is_resolved_in_the_job_and_not_in_the_digest():
    sent = params(delay=1.5)
    first, second = (sent.to_job(now, lambda: "new") for now in (0, 5000))
    assert first.run_at == "1970-01-01T00:00:01.500000Z"
    assert second.run_at == "1970-01-01T00:00:06.500000Z"
    assert first.digest == second.digest


def test_what_is_missing_is_filled_in():
    job = RunJob.model_validate({"script": "1", "script_type": "sal"}).to_job(
        0, lambda: "new", "me"
    )
    assert (job.id, job.caller_id, job.context_id) == ("new", "me", "default")
    assert job.created_at == "1970-01-01T00:00:00.000000Z"


def test_what_the_caller_gave_stands():
    job = params(id="mine", created_at=1_700_000_000, prerequisites=["a", "b", "a"]).to_job(
        0, lambda: "new", "other"
    )
    assert (job.id, job.caller_id, job.created_at) == ("mine", "me", "1700000000")
    assert job.prerequisites == ("a", "b")


GOOD = [
    {"id": "a" * 128},
    {"id": "A-z_0.9:x"},
    {"runner": "r" * 64, "script_type": None},
    {"timeout": 86_400},
    {"timeout": 0.001},
    {"retries": 100, "retry_delay": 0},
    {"labels": {str(n): "x" * 256 for n in range(16)}},
    {"run_at": "2030-01-01T00:00:00Z"},
    {"run_at": 1_900_000_000.5},
    {"delay": 0},
    {"caller_id": "x" * 512},
    {"signatures": [{"public_key": "k", "signature": "s", "algorithm": "ed25519"}]},
    {"script": ""},
]


@pytest.mark.parametrize("members", GOOD)
def test_what_the_api_allows_is_accepted(members):
    assert params(**members).to_job(0, lambda: "new").to_hash()


BAD = [
    ({"script": ...}, "script: required"),
    ({"script": 5}, "script: must be a valid string"),
    ({"script_type": ...}, "script_type is required unless runner names a runner"),
    ({"script_type": "S AL"}, "script_type: must match pattern '^[a-z0-9_-]{1,64}$'"),
    ({"caller_id": ...}, "caller_id: required"),
    ({"context_id": ""}, "context_id: String must have at least 1 character"),
    ({"id": "a b"}, "id: must match pattern '^[A-Za-z0-9._:-]{1,128}$'"),
    ({"id": "x\n"}, "id: must match pattern '^[A-Za-z0-9._:-]{1,128}$'"),
    ({"id": ""}, "id: must match pattern '^[A-Za-z0-9._:-]{1,128}$'"),
    ({"runner": "a/b"}, "runner: must match pattern '^[A-Za-z0-9._-]{1,64}$'"),
    ({"timeout": 0}, "timeout: must be greater than 0"),
    ({"timeout": 86_401}, "timeout: must be less than or equal to 86400"),
    ({"timeout": "5"}, "timeout: must be a valid number"),
    ({"timeout": True}, "timeout: must be a valid number"),
    ({"timeout": float("nan")}, "timeout: must be a finite number"),
    ({"retries": 101}, "retries: must be less than or equal to 100"),
    ({"retries": 1.5}, "retries: must be a valid integer"),


    ({"env_vars": {"A=B": "x"}},
     "env_vars: names must not be empty nor hold '=' or NUL, values no NUL"),
    ({"env_vars": {"A": 1}}, "env_vars.A: must be a valid string"),
    ({"priority": "urgent"}, "priority: must be 'high' or 'normal'"),
    ({"on_prerequisite_failure": "x"}, "on_prerequisite_failure: must be 'fail' or 'run'"),
    ({"run_at": "soon"}, "run_at: must be RFC 3339 with a time zone, or epoch seconds"),
    ({"run_at": "2024-01-01T00:00:00"}, "run_at: must be RFC 3339 with a time zone, or epoch seconds"),
    ({"run_at": True}, "run_at: must be a valid string"),
    ({"run_at": 0, "delay": 1}, "give run_at or delay, not both"),
    ({"id": "a", "prerequisites": ["a"]}, "a job can't be its own prerequisite"),
    ({"expires_in": 0}, "expires_in: must be greater than 0"),
    ({"result_ttl": 1e9}, "result_ttl: must be less than or equal to 31536000"),
    ({"labels": {str(n): "" for n in range(17)}},
     "labels: Dictionary must have at most 16 items after validation, not more"),
    ({"labels": {"": "x"}}, "labels: names must have 1 to 64 characters, values at most 256"),
    ({"signatures": [{"public_key": "k"}]}, "signatures.0.signature: required"),
    ({"colour": "red"}, "colour: unknown member"),
]  # fmt: skip


@pytest.mark.parametrize(("members", "message"), BAD)
def test_what_the_api_forbids_is_refused_by_name(members, message):
    assert refusal(**members) == message


def test_no_message_repeats_a_value():
    secret = "hunter2"
    message = refusal(
        script=[secret], script_type=secret + " ", id=secret + " ", timeout=secret, run_at=secret,
        created_at=secret, labels=secret, env_vars={"A": [secret]}, priority=secret,
    )  # fmt: skip
    assert secret not in message
    assert message.count(";") == 8
