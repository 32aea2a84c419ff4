import pytest

from supervisor import errors
from supervisor.errors import RPC_ERRORS, CallerError, ServerError

ABSTRACT = {errors.RpcError, CallerError, ServerError}


def subclasses(root):
    for child in root.__subclasses__():
        yield child
        yield from subclasses(child)


def test_every_error_that_a_caller_can_meet_is_listed():
    ours = {error for error in subclasses(errors.RpcError) if error.__module__ == errors.__name__}
    assert set(RPC_ERRORS) == ours - ABSTRACT


@pytest.mark.parametrize("error", RPC_ERRORS)
def test_each_has_a_code_of_its_own_a_meaning_and_a_side(error):
    assert [other.code for other in RPC_ERRORS].count(error.code) == 1
    assert error.meaning.endswith(".")
    assert issubclass(error, CallerError) != issubclass(error, ServerError)


def test_an_error_without_message_says_what_it_means():
    assert errors.Busy().to_json() == {"code": -32009, "message": "The server is busy."}


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (errors.JobNotFound("j"), "Job j not found; it never existed, was deleted, or its result_ttl is over."),
        (errors.RunnerNotFound("r"), "Runner r is not registered; list_runners names those that are."),
        (errors.IllegalTransition("j", "failed", "started"), "Job j is failed, so it can't be started."),
        (errors.Conflict("j"), "Job j exists with other content; choose another id, or leave it out."),
    ],
)  # fmt: skip
def test_an_error_formats_its_data(error, message):
    assert error.message == message
    assert error.data["runner_id" if "runner" in message else "job_id"] in ("j", "r")
