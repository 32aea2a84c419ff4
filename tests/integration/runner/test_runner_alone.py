"""A runner with nothing but a Redis URL: no daemon helps it, nobody starts it again."""

import os
import signal
import subprocess
import time
from contextlib import suppress

import psutil
import pytest
from live import BIN, DEADLINE, workers_of, zygote_of
from waiting import until_blocking

from supervisor.job import JobStatus
from supervisor.runners import read_heartbeat

FOREVER = "while true {}"
SECOND = "let n = 0; while n < 6000000 { n += 1; } n"
RUNNING = JobStatus.RUNNING


def test_it_runs_jobs(run, store):
    run()
    assert store.ended(store.submit("40 + 2")).output == "42"


def test_it_serves_the_queue_of_its_type_and_its_own(run, store):
    run()
    named = store.submit("1", runner="r")
    other = store.submit("2", runner="somebody-else")
    assert store.ended(named).output == "1"
    assert store.ended(store.submit("3")).output == "3"
    assert store.get(other).status == "queued"


def test_its_heartbeat_tells_what_it_does(run, store):
    runner = run(workers=2)
    store.ended(store.submit("1"))
    store.ended(store.submit("nothing"))
    store.reaches(store.submit(FOREVER), RUNNING)

    def beat():
        return read_heartbeat(store.heartbeats()[1])

    until_blocking(lambda: (beat().done, beat().failed, beat().busy) == (2, 1, 1), DEADLINE)
    assert (beat().state, beat().capacity, beat().pid) == ("running", 2, runner.process.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_runner_at_once_and_leaves_nothing(run, store, number):
    runner = run(workers=3)
    runner.process.send_signal(number)
    assert runner.process.wait(DEADLINE) == 0
    assert runner.left() == []
    assert store.heartbeats()[1] is None


def test_a_drain_lets_the_running_job_end_and_takes_no_other(run, store):
    runner = run()
    running, queued = store.submit(SECOND), store.submit("1")
    store.reaches(running, RUNNING)
    runner.process.terminate()
    assert runner.process.wait(DEADLINE) == 0
    assert store.get(running).output == "6000000"
    assert store.get(queued).status == "queued"


def test_a_job_longer_than_the_drain_is_given_back_uncounted_to_the_head(run, store):
    runner = run("--drain", "0.3")
    running, queued = store.submit(FOREVER), store.submit("1")
    store.reaches(running, RUNNING)
    runner.process.terminate()
    assert runner.process.wait(DEADLINE) == 0
    job = store.get(running)
    assert (job.status, job.attempt, job.claimed_by) == ("queued", 0, None)
    run()
    store.reaches(running, RUNNING)
    assert store.get(queued).status == "queued"


def test_all_jobs_of_many_workers_are_given_back_at_the_end_of_the_drain(run, store):
    runner = run("--drain", "0.2", workers=8)
    jobs = [store.submit(FOREVER) for _ in range(8)]
    for job in jobs:
        store.reaches(job, RUNNING)
    runner.process.terminate()
    assert runner.process.wait(DEADLINE) == 0
    assert {(store.get(job).status, store.get(job).attempt) for job in jobs} == {("queued", 0)}


def test_the_end_of_stdin_drains_it_if_asked(store, run):
    runner = run("--exit-with-parent", stdin=subprocess.PIPE)
    runner.process.stdin.close()
    assert runner.process.wait(DEADLINE) == 0


def test_its_end_is_bounded_while_redis_is_away(own):
    job = own.store.submit(FOREVER)
    own.store.reaches(job, RUNNING)
    own.redis.process.kill()
    own.runner.process.terminate()
    assert own.runner.process.wait(DEADLINE) == 0
    assert own.runner.left() == []


def test_an_idle_runner_ends_at_once_while_redis_is_away(own):
    own.redis.process.kill()
    own.runner.process.terminate()
    assert own.runner.process.wait(4) == 0
    assert own.runner.left() == []


def test_a_killed_worker_is_replaced_and_its_job_runs_again(run, store):
    runner = run()
    job = store.submit('print("begun");' + SECOND)
    until_blocking(lambda: store.execute(store.commands.read_log(job, "0-0", 1)))
    (worker,) = workers_of(runner.guard)
    worker.kill()
    done = store.ended(job)
    assert (done.output, done.attempt) == ("6000000", 2)
    until_blocking(lambda: len(workers_of(runner.guard)) == 1)


def test_the_wait_of_an_idle_worker_that_is_killed_loses_no_job(run, store):
    runner = run()
    for n in range(5):
        (worker,) = until_blocking(lambda: _alive(workers_of(runner.guard)))
        worker.kill()
        assert store.ended(store.submit(f"{n}")).output == str(n)


def _alive(processes):
    return [p for p in processes if p.is_running() and _status(p) != psutil.STATUS_ZOMBIE]


def _status(process):
    with suppress(psutil.NoSuchProcess):
        return process.status()
    return psutil.STATUS_ZOMBIE


def test_a_killed_worker_in_the_midst_of_many_jobs_loses_none(run, store):
    runner = run(workers=2)
    jobs = [store.submit(f"{n}") for n in range(3000)]
    for _ in range(5):
        workers = until_blocking(lambda: _alive(workers_of(runner.guard)))
        workers[0].kill()
        until_blocking(lambda: not _alive([workers[0]]))  # noqa: B023
    assert [store.ended(job).output for job in jobs] == [str(n) for n in range(3000)]


def test_a_killed_guard_leaves_no_process(run, store):
    runner = run(workers=3)
    store.reaches(store.submit(FOREVER), RUNNING)
    runner.process.kill()
    until_blocking(lambda: runner.left() == [], DEADLINE)


def test_a_killed_zygote_gives_its_jobs_back_and_ends_the_runner(run, store):
    runner = run()
    job = store.submit(FOREVER)
    store.reaches(job, RUNNING)
    zygote_of(runner.guard).kill()
    assert runner.process.wait(DEADLINE) == 1
    assert store.get(job).status == "queued"
    assert runner.left() == []
    assert "Traceback" not in runner.log()


def test_a_zygote_that_is_killed_during_the_drain_does_not_hold_it_up(run, store):
    runner = run("--drain", "60")
    store.reaches(store.submit(FOREVER), RUNNING)
    runner.process.terminate()
    until_blocking(lambda: "runner drains" in runner.log())
    zygote_of(runner.guard).kill()
    runner.process.wait(DEADLINE)
    assert runner.left() == []


def test_stops_and_natural_ends_that_race_leave_one_outcome_and_a_whole_runner(run, store):
    runner = run(workers=2)
    script = "let n = 0; while n < 300000 { n += 1; } n"
    for n in range(30):
        job = store.submit(script)
        store.reaches(job, RUNNING, JobStatus.COMPLETED)
        if store.get(job).status is RUNNING:
            store.stop(job)
        done = store.ended(job)
        assert done.status in (JobStatus.COMPLETED, JobStatus.STOPPED), n
    assert runner.process.poll() is None
    assert "Traceback" not in runner.log()


def test_timeouts_and_kills_that_race_leave_a_whole_runner(run, store):
    runner = run(workers=2)
    for _ in range(10):
        job = store.submit(FOREVER, timeout=0.2)
        store.reaches(job, RUNNING)
        until_blocking(lambda: "killing" in runner.log() or store.get(job).status != RUNNING)  # noqa: B023
        for worker in workers_of(runner.guard):
            os.kill(worker.pid, signal.SIGKILL)
        assert store.ended(job).error.kind in ("timeout", "runner_lost")
    assert runner.process.poll() is None
    assert "Traceback" not in runner.log()


def test_workers_that_die_at_birth_come_ever_more_slowly(run, store):
    runner = run()
    began = time.monotonic()
    for _ in range(5):
        (worker,) = until_blocking(lambda: _alive(workers_of(runner.guard)))
        worker.kill()
        until_blocking(lambda: not _alive([worker]))  # noqa: B023
    until_blocking(lambda: _alive(workers_of(runner.guard)))
    assert time.monotonic() - began >= 0.05 + 0.1 + 0.2 + 0.4
    assert store.ended(store.submit("1")).output == "1"


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (("a b", "--type", "sal"), 2, "RUNNER_ID"),
        (("r", "--type", "cobol"), 2, "cobol"),
        (("r", "--type", "sal", "--beat", "0"), 2, "--beat"),
        (("r", "--type", "sal", "-r", "http://x"), 1, "hero-runner: The Redis URL can't be used"),
        (("r", "--type", "sal", "-r", "redis://localhost:1"), 1, "can't be reached"),
        (("r", "--type", "sal", "--log-level", "loud"), 1, "Unknown log level"),
        (("r", "--type", "sal", "--exit-with-parent"), 1, "needs a pipe as stdin"),
    ],
)
def test_what_it_cannot_use_is_refused_and_explained(redis, argv, code, message):
    done = subprocess.run(
        [BIN / "hero-runner", *argv],
        env={"HERO_REDIS_URL": redis.url}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        text=True, timeout=DEADLINE,
    )  # fmt: skip
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
