from random import Random

import pytest

from supervisor.job import Job
from supervisor.job.retries import retry_in_ms


def job(attempt, retries=100, retry_delay=1.0):
    return Job.from_hash(
        {b"attempt": str(attempt).encode(), b"retries": str(retries).encode(),
         b"retry_delay": str(retry_delay).encode()}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("attempt", "most"), [(1, 1000), (2, 2000), (5, 16_000), (12, 2_048_000), (13, 3_600_000),
                          (100, 3_600_000)]
)  # fmt: skip
def test_the_delay_doubles_up_to_an_hour_and_loses_at_most_a_fifth(attempt, most):
    delays = [retry_in_ms(job(attempt), Random(seed)) for seed in range(100)]
    assert all(most * 0.8 <= delay <= most for delay in delays)
    assert len(set(delays)) > 10


@pytest.mark.parametrize(
    ("attempt", "retries", "again"), [(1, 0, False), (1, 1, True), (2, 1, False)]
)
def test_a_job_has_one_attempt_more_than_retries(attempt, retries, again):
    assert (retry_in_ms(job(attempt, retries), Random(0)) is not None) is again


def test_no_delay_is_none_at_all():
    assert retry_in_ms(job(5, retry_delay=0), Random(0)) == 0
