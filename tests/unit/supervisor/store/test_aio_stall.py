import pytest

from supervisor.store.aio import has_stalled


@pytest.mark.parametrize(
    ("deadline", "silent_until", "stalled"),
    [
        (None, 0.0, False),  # nothing is asked
        (11.0, 0.0, False),  # there is time yet
        (9.0, 11.0, False),  # late, but bytes of long answers come in
        (9.0, 9.5, True),
    ],
)
def test_redis_has_stalled_when_it_is_late_and_silent(deadline, silent_until, stalled):
    assert has_stalled(deadline, silent_until, now=10.0) is stalled
