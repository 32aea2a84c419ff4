"""The examples of the JSON-RPC 2.0 specification, section 7, and every rule of api.md, section 5."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.errors import ResponseTooBig, RpcError
from supervisor.rpc.framing import Oversized
from supervisor.rpc.messages import (
    Batch,
    Invalid,
    Request,
    encode_error,
    encode_notification,
    encode_result,
    parse,
)

LIMIT = 10_000


def read(text, max_batch=1000):
    return parse(text.encode() if isinstance(text, str) else text, LIMIT, max_batch)


def refusal(text):
    parsed = read(text)
    assert isinstance(parsed, Invalid)
    return parsed.error.code, parsed.error.message


@pytest.mark.parametrize(
    ("text", "request_read"),
    [
        (
            '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
            Request("subtract", [42, 23], 1, False),
        ),
        (
            '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42},'
            ' "id": 3}',
            Request("subtract", {"subtrahend": 23, "minuend": 42}, 3, False),
        ),
        (
            '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
            Request("update", [1, 2, 3, 4, 5], None, True),
        ),
        ('{"jsonrpc": "2.0", "method": "foobar"}', Request("foobar", None, None, True)),
        ('{"jsonrpc": "2.0", "method": "foobar", "id": "1"}', Request("foobar", None, "1", False)),
    ],
)
def test_the_specifications_calls_and_notifications_are_read(text, request_read):
    assert read(text) == request_read


def test_the_specifications_invalid_json_is_a_parse_error():
    code, message = refusal('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]')
    assert code == -32700
    assert message.startswith("Parse error: ")
    assert "at line 1, column 40" in message


def test_the_specifications_invalid_request_is_refused():
    assert refusal('{"jsonrpc": "2.0", "method": 1, "params": "bar"}') == (
        -32600,
        "Invalid request: method must be a string.",
    )


def test_the_specifications_batch_of_invalid_json_is_one_parse_error():
    text = '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]'
    assert refusal(text)[0] == -32700


def test_the_specifications_empty_array_is_one_invalid_request():
    assert refusal("[]") == (-32600, "Invalid request: the batch is empty.")


@pytest.mark.parametrize(("text", "count"), [("[1]", 1), ("[1,2,3]", 3)])
def test_the_specifications_invalid_batches_have_an_error_for_each_item(text, count):
    batch = read(text)
    assert isinstance(batch, Batch)
    assert [item.error.message for item in batch.items] == [
        "Invalid request: not an object."
    ] * count


def test_the_specifications_mixed_batch_has_each_item_judged_by_itself():
    batch = read("""[
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ]""")
    kinds = [type(item) for item in batch.items]
    assert kinds == [Request, Request, Request, Invalid, Request, Request]
    assert [getattr(item, "is_notification", None) for item in batch.items] == [
        False, True, False, None, False, False,
    ]  # fmt: skip


def call(**members):
    return json.dumps({"jsonrpc": "2.0", "method": "m", "id": 1} | members)


@pytest.mark.parametrize("word", [None, 2.0, "1.0", "2", 2, ["2.0"]])
def test_another_version_is_refused(word):
    assert refusal(call(jsonrpc=word)) == (-32600, 'Invalid request: jsonrpc must be "2.0".')


def test_a_missing_version_is_refused():
    assert refusal('{"method": "m", "id": 1}')[0] == -32600


@pytest.mark.parametrize("good", ["", "a", "x" * 256, 0, -1, 2**63, 1.0, -3e5, None])
def test_an_id_is_a_string_an_integer_or_null(good):
    assert read(call(id=good)).id == good


@pytest.mark.parametrize("bad", [True, False, [], {}, [1], 1.5, "x" * 257, 2**64, -(2**70), 1e300])
def test_another_id_is_refused_and_not_echoed(bad):
    parsed = read(call(id=bad))
    assert parsed.error.code == -32600
    assert parsed.error.message == (
        "Invalid request: id must be a string of at most 256 characters, an integer or null."
    )
    assert parsed.id is None


def test_an_explicit_null_id_is_a_call_not_a_notification():
    assert read(call(id=None)) == Request("m", None, None, False)


def test_an_invalid_request_is_answered_under_its_id():
    assert read(call(method=5, id="mine")).id == "mine"


@pytest.mark.parametrize("bad", ["text", 1, True, None, 1.5])
def test_params_are_an_object_or_an_array(bad):
    assert refusal(call(params=bad)) == (
        -32600,
        "Invalid request: params must be an object or an array.",
    )


@pytest.mark.parametrize("text", ["1", '"text"', "null", "true"])
def test_a_value_that_is_no_object_or_array_is_no_request(text):
    assert refusal(text)[0] == -32600


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "-Infinity", "1e999", "01", "[1,]", "{'a':1}", "", "{} {}", "\ufeff{}"],
)
def test_what_json_does_not_know_is_a_parse_error(text):
    assert refusal(text.replace("NaN", '{"a": NaN}'))[0] == -32700


@pytest.mark.parametrize(
    "raw", [b'{"a": "\xff"}', b'{"a": "\xed\xa0\x80"}', b'{"a": "\xc0\xaf"}', b'{"a": "\\ud800"}']
)
def test_invalid_unicode_is_a_parse_error(raw):
    assert refusal(raw)[0] == -32700


def nested(depth):
    inside = depth - 2  # the request and its params
    return '{"jsonrpc":"2.0","method":"m","params":[' + "[" * inside + "]" * inside + "]}"


def test_128_levels_are_accepted():
    assert isinstance(read(nested(128)), Request)


@pytest.mark.parametrize("depth", [129, 1000, 3000])
def test_more_levels_are_refused(depth):
    code, message = refusal(nested(depth))
    assert code == -32700
    assert depth > 1000 or message == "Parse error: nested deeper than 128 levels."


def test_many_brackets_side_by_side_or_in_strings_are_not_deep():
    assert isinstance(read(call(params=[[]] * 200)), Request)
    assert isinstance(read(call(params=["[{" * 200])), Request)


def test_a_batch_may_have_as_many_items_as_the_limit():
    assert len(read("[" + ",".join([call()] * 5) + "]", max_batch=5).items) == 5


def test_a_larger_batch_is_refused_as_a_whole():
    parsed = read("[" + ",".join([call()] * 6) + "]", max_batch=5)
    assert (parsed.error.code, parsed.error.message) == (
        -32010,
        "The batch has 6 items; at most 5 are accepted.",
    )


@pytest.mark.parametrize("frame", [Oversized(20_000), b'"' + b"x" * 19_998 + b'"'])
def test_a_request_over_the_limit_is_refused_with_both_sizes(frame):
    assert refusal(frame) == (-32007, "The request has 20000 bytes; at most 10000 are accepted.")


SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f'{{"{SECRET}": {SECRET}}}',
        f'{{"jsonrpc": "{SECRET}", "method": "{SECRET}", "id": 1}}',
        f'{{"jsonrpc": "2.0", "method": ["{SECRET}"], "id": 1}}',
        f'{{"jsonrpc": "2.0", "method": "m", "id": ["{SECRET}"]}}',
        f'{{"jsonrpc": "2.0", "method": "m", "params": "{SECRET}"}}',
        f'"{SECRET}"',
    ],
)
def test_no_error_message_repeats_what_the_sender_wrote(text):
    assert SECRET not in refusal(text)[1]


def test_a_result_is_encoded_as_the_specification_shows():
    assert json.loads(encode_result(1, 19, LIMIT)) == {"jsonrpc": "2.0", "result": 19, "id": 1}


def test_a_result_over_the_limit_becomes_an_error_that_says_so():
    answer = json.loads(encode_result(7, "x" * 100, 50))
    assert answer["id"] == 7
    assert answer["error"]["code"] == ResponseTooBig.code
    assert answer["error"]["message"].endswith("at most 50 are sent. Ask for less.")


def test_an_error_is_encoded_with_its_data():
    class Odd(RpcError):
        code = -1
        meaning = "odd"

    answer = json.loads(encode_error(None, Odd(data={"a": 1})))
    assert answer == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -1, "message": "odd", "data": {"a": 1}},
    }


def test_a_notification_of_ours_has_no_id():
    assert json.loads(encode_notification("job_event", {"a": 1})) == {
        "jsonrpc": "2.0",
        "method": "job_event",
        "params": {"a": 1},
    }


@given(st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
def test_parsing_never_raises(data):
    assert isinstance(parse(data, LIMIT, 10), Request | Invalid | Batch)
