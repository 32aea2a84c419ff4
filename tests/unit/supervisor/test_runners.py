import pytest

from supervisor.runners import Heartbeat, read_heartbeat

BEAT = Heartbeat("running", 1, 2, 3, busy=0, capacity=4, done=5, failed=6, restarts=7)


def test_a_heartbeat_survives_being_written_and_read():
    assert read_heartbeat(BEAT.encode()) == BEAT


@pytest.mark.parametrize("raw", [None, b"", b"1", b"[]", b"{}", b'{"state": "x"}', b"\xff"])
def test_what_is_no_heartbeat_of_ours_is_none(raw):
    assert read_heartbeat(raw) is None
