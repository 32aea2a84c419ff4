import os

import pytest

from runner.pages import Pages, WorkerState


def test_a_new_page_is_idle():
    page = Pages(2).look(1)
    assert (page.state, page.job_id, page.lease) == (WorkerState.IDLE, "", 0)


def test_a_page_tells_what_its_worker_executes():
    pages = Pages(2)
    pages.begin(1, "job-1", 7, 12.5)
    page = pages.look(1)
    assert (page.state, page.job_id, page.lease, page.deadline) == (1, "job-1", 7, 12.5)
    assert pages.look(0).state is WorkerState.IDLE


@pytest.mark.parametrize(
    ("job_id", "lease", "runs"), [("j", 1, True), ("j", 2, False), ("k", 1, False)]
)
def test_an_attempt_is_a_job_and_a_lease(job_id, lease, runs):
    pages = Pages(1)
    pages.begin(0, "j", 1, 0.0)
    assert pages.look(0).runs(job_id, lease) is runs


def test_an_attempt_that_has_ended_is_had_and_no_longer_run():
    pages = Pages(1)
    pages.begin(0, "j", 1, 0.0)
    pages.finish(0, failed=False)
    page = pages.look(0)
    assert page.has("j", 1)
    assert not page.runs("j", 1)


def test_finished_and_failed_jobs_are_counted_across_lives():
    pages = Pages(1)
    for failed in (False, True, False):
        pages.begin(0, "j", 1, 0.0)
        pages.finish(0, failed=failed)
        pages.rest(0)
    page = pages.look(0)
    assert (page.done, page.failed, page.state) == (3, 1, WorkerState.IDLE)


@pytest.mark.parametrize("job_id", ["x" * 128, "x" * 500, "ž" * 100])
def test_an_id_longer_than_the_page_is_still_known(job_id):
    pages = Pages(2)
    pages.begin(0, job_id, 3, 0.0)
    assert pages.look(0).has(job_id, 3)
    assert pages.look(1).job_id == ""


def test_another_process_sees_what_is_written():
    pages = Pages(1)
    pid = os.fork()
    if pid == 0:
        pages.begin(0, "theirs", 1, 0.0)
        os._exit(0)
    os.waitpid(pid, 0)
    assert pages.look(0).runs("theirs", 1)


def test_a_drain_is_for_all():
    pages = Pages(3)
    assert not pages.drains
    pages.drain()
    assert pages.drains
