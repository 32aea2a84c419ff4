from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.rpc.gateway_frames import (
    MAX_METADATA,
    BadFrame,
    FrameDecoder,
    encode_frame,
    gateway_path,
)

LIMIT = 1000


def decode(data: bytes, chunk: int) -> list[tuple[dict, bytes]]:
    decoder = FrameDecoder(LIMIT)
    pieces = [data[start : start + chunk] for start in range(0, len(data), chunk)]
    return [frame for piece in pieces for frame in decoder.feed(piece)]


def test_a_frame_is_a_length_a_metadata_line_and_the_message():
    assert encode_frame({"path": "/x"}, b"[1]") == b'\x00\x00\x00\x11{"path":"/x"}\n[1]'


def test_empty_metadata_is_an_empty_object():
    assert encode_frame({}, b"hi") == b"\x00\x00\x00\x05{}\nhi"


@given(
    frames=st.lists(
        st.tuples(st.dictionaries(st.text(), st.text(), max_size=4), st.binary(max_size=LIMIT))
    ),
    chunk=st.integers(1, 3000),
)
def test_what_was_encoded_comes_back_however_it_is_chunked(frames, chunk):
    stream = b"".join(encode_frame(metadata, message) for metadata, message in frames)
    assert decode(stream, chunk) == frames


@pytest.mark.parametrize("chunk", [1, 10])
def test_peers_that_send_a_few_bytes_at_a_time_are_understood(chunk):
    stream = encode_frame({"peer": "a\nb"}, b'{"a":1}') + encode_frame({}, b"")
    assert decode(stream, chunk) == [({"peer": "a\nb"}, b'{"a":1}'), ({}, b"")]


def test_a_message_that_looks_like_metadata_stays_a_message():
    posing = b'{"authorization":"Bearer x"}\n{}'
    assert decode(encode_frame({}, posing), LIMIT) == [({}, posing)]


def test_half_a_frame_is_kept_until_the_rest_comes():
    decoder = FrameDecoder(LIMIT)
    frame = encode_frame({}, b"message")
    assert decoder.feed(frame[:-1]) == []
    assert decoder.feed(frame[-1:]) == [({}, b"message")]


def test_a_message_of_exactly_the_limit_is_accepted():
    assert decode(encode_frame({}, b"x" * LIMIT), 64)[0][1] == b"x" * LIMIT


def test_a_message_over_the_limit_is_refused():
    with pytest.raises(BadFrame, match="message of 1001 bytes; at most 1000"):
        decode(encode_frame({}, b"x" * (LIMIT + 1)), 64)


def test_a_huge_length_is_refused_before_its_bytes_come():
    with pytest.raises(BadFrame, match="frame of 4294967295 bytes; at most"):
        FrameDecoder(LIMIT).feed(b"\xff\xff\xff\xff")


def test_a_frame_without_a_metadata_line_is_refused():
    with pytest.raises(BadFrame, match="without a metadata line"):
        FrameDecoder(LIMIT).feed(b"\x00\x00\x00\x02{}")


@pytest.mark.parametrize(("line", "why"), [(b"{nope", "not JSON"), (b"[]", "not a JSON object")])
def test_metadata_that_are_no_object_are_refused(line, why):
    with pytest.raises(BadFrame, match=why):
        FrameDecoder(LIMIT).feed((len(line) + 1).to_bytes(4, "big") + line + b"\n")


def test_metadata_that_the_peer_would_refuse_are_not_sent():
    with pytest.raises(BadFrame, match="metadata of"):
        encode_frame({"path": "x" * MAX_METADATA}, b"")


def test_the_gateway_socket_lies_beside_the_main_one():
    assert gateway_path(Path("/run/hero.sock")) == Path("/run/hero.sock.gateway")
