"""When a failed job is tried again."""

from random import Random

from supervisor.job.model import Job

LONGEST = 3600.0  # seconds


def retry_in_ms(job: Job, random: Random) -> int | None:
    """Return the back-off after this attempt in milliseconds, None if it was the last.

    `retry_delay` doubles with each attempt up to an hour; jitter takes up to a fifth off, so that
    jobs that failed together don't come back together.
    """
    if job.attempt > job.retries:
        return None
    delay = min(LONGEST, job.retry_delay * 2.0 ** min(job.attempt - 1, 32))
    return int(delay * 1000 * (1 - 0.2 * random.random()))
