"""Kill -9 of everything, one after another: what was acknowledged ends, everything comes back."""

import os
import signal
from functools import partial

import psutil
import pytest
from live import DEADLINE, Daemon, request, workers_of, zygote_of
from redis import Redis
from waiting import until_blocking

SECONDS_2 = "let n = 0; while n < 12000000 { n += 1; } n"  # long enough to be in the midst of it
FOREVER = "while true {}"


@pytest.fixture(scope="module")
def one():
    daemon = Daemon(durability="always")
    try:
        yield daemon.run()
    finally:
        daemon.end()


@pytest.fixture
def sturdy(one):
    """One daemon for all tests in which everything comes back by itself."""
    return one.has_runners("osis", "sal")


BEGUN = "the script has begun"


def kill(process):
    os.kill(process.pid, signal.SIGKILL)


def worker_that_runs(guard):
    """Return the worker that burns the processor."""
    busy = [w for w in workers_of(guard) if w.status() == psutil.STATUS_RUNNING]
    return busy[0] if len(busy) == 1 else None


def is_gone(process):
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def has_begun(daemon, job, times):
    """Tell whether a script has really begun so often; the status says so a moment before."""
    return (daemon.call("get_job_logs", job_id=job)["logs"] or "").count(BEGUN) == times


def test_a_job_whose_worker_is_killed_runs_again(sturdy):
    job = sturdy.submit(f'print("{BEGUN}"); {SECONDS_2}')
    guard = sturdy.guard("sal")
    until_blocking(lambda: has_begun(sturdy, job, 1))
    kill(until_blocking(lambda: worker_that_runs(guard)))
    done = sturdy.wait(job)
    assert (done["output"], done["attempt"]) == ("12000000", 2)


def test_a_job_that_loses_its_worker_too_often_ends_as_runner_lost(sturdy):
    job = sturdy.submit(f'print("{BEGUN}"); {FOREVER}')
    guard = sturdy.guard("sal")
    for attempt in (1, 2, 3, 4):
        until_blocking(partial(has_begun, sturdy, job, attempt))
        kill(until_blocking(lambda: worker_that_runs(guard)))
    done = sturdy.wait(job)
    assert done["error"]["kind"] == "runner_lost"
    assert sturdy.call("run_job", script="1", script_type="sal") == "1"


def test_a_killed_guard_takes_its_zygote_and_workers_along_and_comes_back(sturdy):
    job = sturdy.begins(sturdy.submit(FOREVER, timeout=1.5))
    guard = sturdy.guard("sal")
    zygote, workers = zygote_of(guard), workers_of(guard)
    kill(guard)
    until_blocking(lambda: all(map(is_gone, [zygote, *workers])), DEADLINE)
    done = sturdy.wait(job)
    assert (done["error"]["kind"], done["attempt"]) == ("timeout", 2)
    assert sturdy.guard("sal").pid != guard.pid


def test_a_killed_zygote_ends_the_runner_which_starts_anew(sturdy):
    job = sturdy.begins(sturdy.submit(SECONDS_2))
    guard = sturdy.guard("sal")
    kill(zygote_of(guard))
    assert sturdy.wait(job)["output"] == "12000000"
    until_blocking(lambda: is_gone(guard), DEADLINE)
    assert "the zygote died" in sturdy.log()
    assert "Traceback" not in sturdy.log()


def test_a_killed_redis_comes_back_and_every_acknowledged_job_ends(sturdy):
    peer = sturdy.connect()
    for n in range(300):
        job = {"script": f"{n}", "script_type": "sal", "caller_id": "a", "context_id": "b"}
        peer.send(request("create_job", n, id=f"j{n}", start=True, **job))
    acknowledged = []
    os.kill(sturdy.redis_pid(), signal.SIGKILL)
    for answer in peer.answers(300).values():
        if "result" in answer:
            acknowledged.append(answer["result"])
        else:
            assert answer["error"]["code"] in (-32025, -32029)
    sturdy.has_redis()
    assert [j for j in acknowledged if sturdy.wait(j)["output"] != j[1:]] == []


def test_a_job_that_runs_while_redis_is_killed_ends_with_its_result_and_whole_log(sturdy):
    job = sturdy.submit('print("begun"); ' + SECONDS_2.replace("} n", '} print("done"); n'))
    until_blocking(lambda: sturdy.call("get_job_logs", job_id=job)["logs"] == "begun\n")
    os.kill(sturdy.redis_pid(), signal.SIGKILL)
    sturdy.has_redis()
    done = sturdy.wait(job)
    assert (done["output"], done["attempt"]) == ("12000000", 1)
    assert sturdy.call("get_job_logs", job_id=job)["logs"] == "begun\ndone\n"


def test_a_stop_whose_message_is_lost_with_the_connection_is_carried_out(sturdy):
    job = sturdy.begins(sturdy.submit(FOREVER, timeout=60))
    guard = sturdy.guard("sal")
    guard.suspend()
    with Redis(unix_socket_path=str(sturdy.db / "redis.sock"), decode_responses=True) as redis:
        (waiting,) = [
            client["id"] for client in redis.client_list() if _hears_orders(client["name"], "sal")
        ]
        redis.client_kill_filter(_id=waiting)
        sturdy.call("stop_job", job_id=job)
        assert redis.delete(*redis.scan_iter("hero:q:ctl:sal@*")) == 1
    guard.resume()
    assert sturdy.wait(job)["status"] == "stopped"


def _hears_orders(name, runner):
    return name.startswith(f"hero-{runner}@") and name.endswith("-orders")


def test_a_killed_daemon_s_redis_and_jobs_are_taken_over_by_the_next(fresh):
    job = fresh.begins(fresh.submit(FOREVER, "osis", timeout=60))
    queued = fresh.submit("40 + 2", "osis")
    redis, guard = fresh.redis_pid(), fresh.guard("osis")
    fresh.kill()
    assert psutil.pid_exists(redis)
    fresh.run()
    assert fresh.redis_pid() == redis
    until_blocking(lambda: is_gone(guard), DEADLINE)
    fresh.call("stop_job", job_id=job)
    assert fresh.wait(queued)["output"] == "42"
    assert fresh.wait(job)["status"] == "stopped"


def test_runners_drain_when_their_daemon_is_killed(daemon_with):
    daemon = daemon_with(drain=10).run().has_runners("sal", "osis")
    job = daemon.begins(daemon.submit(SECONDS_2))
    guards = [daemon.guard("sal"), daemon.guard("osis")]
    daemon.kill()
    until_blocking(lambda: all(map(is_gone, guards)), DEADLINE)
    daemon.run()
    done = daemon.call("get_job", job_id=job)
    assert (done["status"], done["attempt"]) == ("completed", 1)
