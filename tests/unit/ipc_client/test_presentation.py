import pytest

from ipc_client.errors import ServerError
from ipc_client.presentation import show_error, show_result


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ("42", b"42"),
        ("ä\n", "ä\n".encode()),
        (None, b"null"),
        ({"a": [1]}, b'{\n  "a": [\n    1\n  ]\n}'),
    ],
)
def test_strings_are_shown_plainly_and_all_else_as_indented_json(result, shown):
    assert show_result(result, as_json=False) == shown


@pytest.mark.parametrize(("result", "shown"), [("42", b'"42"'), ({"a": 1}, b'{"a":1}')])
def test_as_json_everything_is_one_line(result, shown):
    assert show_result(result, as_json=True) == shown


def test_an_error_is_shown_with_its_code():
    assert (
        show_error(ServerError(-32020, "Not found."), as_json=False) == "error -32020: Not found."
    )


def test_data_of_an_error_are_shown():
    error = ServerError(-32002, "No.", {"required": "admin"})
    assert show_error(error, as_json=False) == 'error -32002: No.\n  data: {"required":"admin"}'


def test_a_failed_script_is_shown_with_kind_message_and_place():
    cause = {"kind": "script", "message": "Unexpected '*'", "line": 1, "column": 12}
    data = {"job_id": "j1", "status": "failed", "error": cause}
    assert show_error(ServerError(-32000, "The job failed.", data), as_json=False).splitlines() == [
        "error -32000: The job failed.",
        "  script error at line 1, column 12: Unexpected '*'",
        "  job j1 is failed",
    ]


def test_what_the_server_said_already_is_not_repeated():
    cause = {"kind": "engine", "message": "hero not found", "exit_code": 127}
    error = ServerError(-32000, "Job j1 failed: hero not found", {"error": cause})
    assert show_error(error, as_json=False).splitlines() == [
        "error -32000: Job j1 failed: hero not found",
        "  engine error with exit code 127",
    ]


def test_as_json_an_error_is_its_object():
    shown = show_error(ServerError(-32020, "no", {"job_id": "j"}), as_json=True)
    assert shown == '{"code":-32020,"message":"no","data":{"job_id":"j"}}'
