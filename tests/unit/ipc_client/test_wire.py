import pytest

from ipc_client.errors import ServerError
from ipc_client.wire import NotAReply, encode_notification, encode_request, read_line, unwrap


def test_a_request_is_one_line():
    text = encode_request(7, "get_job", ["a\nb"])
    assert text == b'{"jsonrpc":"2.0","id":7,"method":"get_job","params":["a\\nb"]}\n'


def test_params_that_are_absent_are_not_sent():
    assert encode_request(1, "health", None) == b'{"jsonrpc":"2.0","id":1,"method":"health"}\n'


def test_empty_params_are_sent():
    assert b'"params":{}' in encode_request(1, "list_jobs", {})


def test_a_notification_has_no_id():
    assert encode_notification("x", [1]) == b'{"jsonrpc":"2.0","method":"x","params":[1]}\n'


def test_a_notification_without_params_sends_none():
    assert encode_notification("x", None) == b'{"jsonrpc":"2.0","method":"x"}\n'


def test_an_error_that_is_no_object_is_still_an_error():
    with pytest.raises(ServerError, match="error 0: broken"):
        unwrap(read_line(b'{"jsonrpc":"2.0","id":1,"error":"broken"}'))


def test_params_that_json_cannot_express_are_refused():
    with pytest.raises(TypeError):
        encode_request(1, "x", [object()])


def test_a_result_is_unwrapped():
    assert unwrap(read_line(b'{"jsonrpc":"2.0","id":1,"result":[1]}')) == [1]


def test_a_null_result_is_a_result():
    assert unwrap(read_line(b'{"jsonrpc":"2.0","id":1,"result":null}')) is None


def test_an_error_is_raised_with_code_message_and_data():
    reply = read_line(b'{"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"no","data":[1]}}')
    with pytest.raises(ServerError, match="error -32020: no") as caught:
        unwrap(reply)
    assert (caught.value.code, caught.value.message, caught.value.data) == (-32020, "no", [1])


@pytest.mark.parametrize("line", [b"-ERR unknown command", b"HTTP/1.1 400 Bad Request", b"{"])
def test_what_is_no_json_is_refused_and_shown(line):
    with pytest.raises(NotAReply, match="which is no JSON"):
        read_line(line)


@pytest.mark.parametrize("line", [b"[]", b"1", b'{"a":1}'])
def test_json_that_is_no_response_is_refused(line):
    with pytest.raises(NotAReply, match=r"no JSON-RPC 2\.0"):
        read_line(line)
