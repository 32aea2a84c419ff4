from runner.log_writer import gather_blocks


def test_neighbours_of_one_stream_become_one_block():
    lines = [("stdout", "a\n"), ("stdout", "b\n"), ("stderr", "c\n"), ("stdout", "d\n")]
    assert gather_blocks(lines) == [("stdout", "a\nb\n"), ("stderr", "c\n"), ("stdout", "d\n")]


def test_a_block_stays_within_its_size():
    assert gather_blocks([("stdout", "x" * 40_000)] * 3) == [
        ("stdout", "x" * 65_536),
        ("stdout", "x" * (120_000 - 65_536)),
    ]


def test_a_line_that_is_longer_than_a_block_is_cut():
    blocks = gather_blocks([("stdout", "abcdefg\n"), ("stderr", "xyz\n")], 3)
    assert blocks == [
        ("stdout", "abc"), ("stdout", "def"), ("stdout", "g\n"), ("stderr", "xyz"), ("stderr", "\n"),
    ]  # fmt: skip


def test_nothing_gives_nothing():
    assert gather_blocks([]) == []
