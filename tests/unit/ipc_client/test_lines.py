import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipc_client.lines import LineSplitter
from ipc_client.wire import NotAReply


def split(data: bytes, chunk: int, max_size: int = 1000) -> list[bytes]:
    splitter = LineSplitter(max_size)
    pieces = [data[start : start + chunk] for start in range(0, len(data), chunk)]
    return [line for piece in pieces for line in splitter.feed(piece)]


@given(
    lines=st.lists(st.binary(min_size=1, max_size=50).filter(lambda line: b"\n" not in line)),
    chunk=st.integers(1, 200),
)
def test_lines_come_back_however_they_are_chunked(lines, chunk):
    assert split(b"".join(line + b"\n" for line in lines), chunk) == lines


def test_a_line_without_its_end_is_kept_until_the_end_comes():
    splitter = LineSplitter(1000)
    assert splitter.feed(b"ab") == []
    assert splitter.feed(b"c\nd") == [b"abc"]
    assert splitter.feed(b"\n") == [b"d"]


def test_empty_lines_are_dropped():
    assert split(b"\n\na\n\n", 3) == [b"a"]


def test_a_line_of_exactly_the_limit_is_accepted():
    assert split(b"x" * 100 + b"\n", 7, max_size=100) == [b"x" * 100]


@pytest.mark.parametrize("chunk", [1, 10, 1000])
def test_a_line_over_the_limit_is_refused(chunk):
    with pytest.raises(NotAReply, match="a line of more than 100 bytes"):
        split(b"x" * 101 + b"\n", chunk, max_size=100)


def test_an_endless_line_is_refused_before_it_ends():
    with pytest.raises(NotAReply):
        split(b"x" * 101, 10, max_size=100)
