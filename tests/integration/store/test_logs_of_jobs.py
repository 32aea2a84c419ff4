import pytest


@pytest.fixture
def claimed(store):
    store.add("a", start=True)
    return store.claim()


def write(store, claimed, *texts, cap=100):
    return store.do(store.commands.log(claimed, [("stdout", text) for text in texts], cap))


def texts(store, after="0-0", count=100):
    return [block.text for block in store.do(store.commands.read_log("a", after, count))]


def test_what_is_written_is_read_in_order_with_its_stream(store, claimed):
    store.do(store.commands.log(claimed, [("stdout", "1"), ("stderr", "2ü")], 100))
    blocks = store.do(store.commands.read_log("a", "0-0", 10))
    assert [(block.stream, block.text) for block in blocks] == [("stdout", "1"), ("stderr", "2ü")]


def test_reading_goes_on_behind_a_position(store, claimed):
    write(store, claimed, "1", "2", "3")
    first = store.do(store.commands.read_log("a", "0-0", 1))[0]
    assert texts(store, first.id, 1) == ["2"]


def test_the_oldest_blocks_make_room_and_their_bytes_are_counted(store, claimed):
    write(store, claimed, "a" * 40, "b" * 40)
    write(store, claimed, "ü" * 20)
    assert texts(store) == ["b" * 40, "ü" * 20]
    assert store.do(store.commands.read_log_dropped("a")) == 40


def test_a_block_over_the_cap_is_dropped_and_counted(store, claimed):
    write(store, claimed, "a" * 101)
    assert texts(store) == []
    assert store.do(store.commands.read_log_dropped("a")) == 101
    write(store, claimed, "b")
    assert texts(store) == ["b"]


def test_who_no_longer_has_the_job_is_refused(store, claimed):
    store.requeue(claimed)
    assert write(store, claimed, "late") is False
    assert texts(store) == []


def test_nothing_is_written_for_a_deleted_job(store, claimed):
    store.finish(claimed)
    store.delete("a")
    assert write(store, claimed, "late") is False
    assert not store.redis.exists(store.keys.log("a"))


def test_a_job_that_printed_nothing_has_no_log(store, claimed):
    assert texts(store) == []
    assert store.do(store.commands.read_log_dropped("a")) == 0
