import pytest

from supervisor.processes.keeper import Backoff


def test_each_quick_death_doubles_the_wait_up_to_the_longest():
    delays = [Backoff().next_delay(deaths) for deaths in range(9)]
    assert delays == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0])


def test_a_process_that_died_a_million_times_still_waits_the_longest():
    assert Backoff().next_delay(1_000_000) == 10.0
