import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.rpc import framing
from supervisor.rpc.framing import Framer, Oversized, Undelimitable

VALUES = [
    b'{"a": 1}',
    b'["}", "]", "{["]',
    rb'{"quote": "\"", "backslash": "\\", "both": "\\\"}"}',
    b"[]",
    b'{"nested": [{"deep": [[]]}]}',
    '{"text": "grüße {𝄞"}'.encode(),
]


def feed(text, chunk, max_size=10_000):
    framer = Framer(max_size)
    found = []
    for start in range(0, len(text), chunk):
        found += framer.feed(text[start : start + chunk])
    return found


@pytest.mark.parametrize("chunk", [1, 10, 10_000])
@pytest.mark.parametrize("separator", [b"", b"\n", b" \t\r\n "])
def test_values_come_out_whole_however_they_are_separated_and_chunked(chunk, separator):
    assert feed(separator.join(VALUES) + separator, chunk) == VALUES


def test_a_value_is_given_back_with_its_last_byte_not_with_the_next_value():
    framer = Framer(100)
    assert framer.feed(b'{"a":[1]') == []
    assert framer.feed(b"}") == [b'{"a":[1]}']


def test_half_a_message_is_kept_until_its_rest_comes():
    framer = Framer(100)
    assert framer.feed(b'[1][2, "ha') == [b"[1]"]
    assert framer.feed(b'lf"]') == [b'[2, "half"]']


def test_an_escape_that_is_split_between_chunks_does_not_end_the_string():
    framer = Framer(100)
    assert framer.feed(b'["\\') == []
    assert framer.feed(b'"]') == []
    assert framer.feed(b'"]') == [b'["\\"]"]']


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_an_oversized_value_is_dropped_and_the_next_is_served(chunk):
    big = b'{"text": "' + b'\\"}' * 50 + b'"}'
    found = feed(b"[1]" + big + b"[2]", chunk, max_size=20)
    assert found == [b"[1]", Oversized(len(big)), b"[2]"]


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_a_value_of_exactly_the_limit_is_kept(chunk):
    assert feed(b"[" + b"1" * 18 + b"]", chunk, max_size=20) == [b"[" + b"1" * 18 + b"]"]


def test_an_endless_value_does_not_fill_the_memory():
    framer = Framer(1000)
    framer.feed(b'["')
    for _ in range(100):
        framer.feed(b"x" * 1000)
    assert len(framer._buffer) <= 2000


def test_endless_white_space_does_not_fill_the_memory():
    framer = Framer(1000)
    for _ in range(100):
        framer.feed(b" \n" * 500)
    assert len(framer._buffer) == 0


@pytest.mark.parametrize("stray", [b"x", b"]", b"}", b",", b'"text"', b"1", b"\x00", b"GET / HTTP"])
def test_a_stray_byte_between_values_ends_the_stream(stray):
    with pytest.raises(Undelimitable, match=r"expected '\{' or '\['") as caught:
        Framer(100).feed(b" \n" + stray + b"[]")
    assert caught.value.found == (stray + b"[]")[:16]


def test_the_values_before_a_stray_byte_are_not_lost():
    with pytest.raises(Undelimitable) as caught:
        Framer(100).feed(b"[1]{} x[2]")
    assert caught.value.before == [b"[1]", b"{}"]


def test_brackets_that_do_not_match_are_left_to_the_parser():
    assert feed(b"{]", 1) == [b"{]"]


def count_work(monkeypatch, text, chunk):
    """Feed `text` and count the bytes that the patterns look at.

    A pattern reads up to where its match ends; where that is a quote, it has also read the rest of
    the buffer in search of the closing one.
    """
    work = 0
    real = framing._end

    def counting(pattern, buffer, position):
        nonlocal work
        end = real(pattern, buffer, position)
        failed_at_quote = pattern is framing._PLAIN and buffer[end : end + 1] == b'"'
        work += (len(buffer) if failed_at_quote else end) - position + 1
        return end

    monkeypatch.setattr(framing, "_end", counting)
    feed(text, chunk, max_size=len(text))
    return work


@pytest.mark.parametrize("chunk", [1, 10, 1000, 100_000])
@pytest.mark.parametrize(
    "text",
    [
        b'["' + b"x" * 20_000 + b'"]',
        b'["' + b'\\"' * 10_000 + b'"]',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":1}' * 3000,
        b"[" + b'"a",' * 5000 + b"1]",
        b" " * 20_000 + b"[]",
    ],
    ids=["string", "escapes", "nesting", "many", "strings", "space"],
)
def test_the_work_is_linear_at_any_chunking(monkeypatch, text, chunk):
    assert count_work(monkeypatch, text, chunk) <= 6 * len(text) + 100


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(alphabet='{}[]"\\ab', max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
messages = st.lists(json_values, max_size=3) | st.dictionaries(st.text(max_size=5), json_values)


@given(
    st.lists(messages, max_size=5),
    st.sampled_from(["", "\n", " "]),
    st.lists(st.integers(1, 20), min_size=1),
    st.booleans(),
)
def test_any_values_come_through_any_chunking(values, separator, sizes, ascii_only):
    texts = [json.dumps(value, ensure_ascii=ascii_only) for value in values]
    rest = separator.join(texts).encode()
    framer = Framer(100_000)
    found = []
    while rest:
        for size in sizes:
            found += framer.feed(rest[:size])
            rest = rest[size:]
    assert found == [text.encode() for text in texts]


@given(st.binary(max_size=200), st.integers(1, 50))
def test_no_bytes_make_it_raise_anything_but_undelimitable(data, chunk):
    try:
        found = feed(data, chunk, max_size=64)
    except Undelimitable:
        return
    assert all(isinstance(value, Oversized) or len(value) <= 64 for value in found)
