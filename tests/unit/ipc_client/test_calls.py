import inspect

import pytest

from ipc_client import IpcClient, SyncClient, calls
from ipc_client.calls import Call

METHODS = {
    name: describe
    for name, describe in inspect.getmembers(calls, inspect.isfunction)
    if describe.__module__ == calls.__name__ and not name.startswith("_")
}


def test_a_job_is_sent_with_what_was_given_and_nothing_else():
    call = calls.create_job("1", "SAL", caller_id="a", context_id="b", timeout=5)
    expected = {
        "script": "1",
        "script_type": "SAL",
        "caller_id": "a",
        "context_id": "b",
        "timeout": 5,
    }
    assert (call.method, call.params) == ("create_job", expected)


def test_a_job_can_be_started_as_it_is_created():
    call = calls.create_job("1", "SAL", caller_id="a", context_id="b", start=True)
    assert call.params["start"] is True


def test_run_job_leaves_the_caller_to_the_server():
    assert calls.run_job("1", "SAL").params == {"script": "1", "script_type": "SAL"}


def test_a_wait_without_a_limit_sends_none():
    assert calls.wait_job("j").params == {"job_id": "j"}
    assert calls.wait_job("j", 1.5).params == {"job_id": "j", "timeout": 1.5}


def test_filters_that_are_not_given_are_not_sent():
    assert calls.list_jobs(status="failed", limit=5).params == {"status": "failed", "limit": 5}


@pytest.mark.parametrize(
    ("call", "result", "read"),
    [
        (calls.start_job("j"), {"success": True}, None),
        (calls.stop_job("j"), {"success": True}, None),
        (calls.delete_job("j"), {"success": True}, None),
        (calls.play("1"), {"output": "42"}, "42"),
        (calls.clear_all_jobs(), {"deleted": 3}, 3),
        (calls.get_job_output("j"), None, None),
        (Call("anything"), {"a": 1}, {"a": 1}),
    ],
)
def test_results_are_read_as_the_plain_values_they_hold(call, result, read):
    assert call.read(result) == read


@pytest.mark.parametrize("client", [IpcClient, SyncClient])
@pytest.mark.parametrize("name", METHODS)
def test_every_call_is_a_method_of_both_clients_with_its_signature_and_docs(name, client):
    method = getattr(client, name)
    described = list(inspect.signature(METHODS[name]).parameters)
    assert list(inspect.signature(method).parameters) == ["self", *described]
    assert method.__doc__ == METHODS[name].__doc__
