"""Peers of the existing system, which know the keys and nothing of us."""

import threading
from contextlib import contextmanager

import pytest
from live import DEADLINE, request
from redis import Redis
from waiting import until_blocking


@contextmanager
def redis_of(daemon):
    with Redis(unix_socket_path=str(daemon.db / "redis.sock"), decode_responses=True) as redis:
        yield redis


def serve_one(daemon, answer):
    """A whole foreign runner for one V job."""
    with redis_of(daemon) as redis:
        _, job_id = redis.blpop("hero:q:work:type:v", timeout=DEADLINE)
        job = redis.hgetall(f"hero:job:{job_id}")
        redis.hset(f"hero:job:{job_id}", mapping=answer(job))


@contextmanager
def foreign_runner(daemon, answer):
    thread = threading.Thread(target=serve_one, args=(daemon, answer))
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_a_foreign_runner_serves_a_v_job_and_wakes_who_waits(shared):
    job = shared.submit("println('hi')", "V")
    peer = shared.connect()
    peer.send(request("wait_job", job_id=job))
    with foreign_runner(
        shared, lambda job: {"status": "finished", "output": job["script"].upper()}
    ):
        answer = peer.answer()["result"]
    assert (answer["status"], answer["output"]) == ("completed", "PRINTLN('HI')")
    assert shared.call("get_job_output", job_id=job) == "PRINTLN('HI')"


def test_a_foreign_runner_s_error_fails_the_job(shared):
    job = shared.submit("x", "v")
    with foreign_runner(shared, lambda job: {"status": "error", "error": "no such module"}):
        done = shared.wait(job)
    assert done["status"] == "failed"
    assert done["error"] == {"kind": "script", "message": "no such module"}


def push(redis, job_id, **fields):
    """A whole foreign client."""
    job = {"id": job_id, "caller_id": "f", "context_id": "f", "status": "dispatched", **fields}
    redis.hset(f"hero:job:{job_id}", mapping=job)
    redis.lpush(f"hero:q:work:type:{job['script_type']}", job_id)


def test_a_foreign_client_s_job_is_run_and_its_reply_pushed(shared):
    with redis_of(shared) as redis:
        push(redis, "foreign-1", script="40 + 2", script_type="sal", timeout="10")
        reply = redis.blpop("hero:q:reply:foreign-1", timeout=DEADLINE)
        assert reply == ("hero:q:reply:foreign-1", "42")
        assert redis.hget("hero:job:foreign-1", "status") == "completed"
    assert shared.call("get_job", job_id="foreign-1")["output"] == "42"


def test_a_foreign_health_check_is_answered(shared):
    with redis_of(shared) as redis:
        push(redis, "foreign-2", script="ping", script_type="osis")
        assert redis.blpop("hero:q:reply:foreign-2", timeout=DEADLINE)[1] == "pong"


def test_an_id_longer_than_a_page_holds_can_time_out(shared):
    long = "x" * 300
    with redis_of(shared) as redis:
        push(redis, long, script="while true {}", script_type="sal", timeout="1")
        reply = redis.blpop(f"hero:q:reply:{long}", timeout=DEADLINE)[1]
    assert "longer than its timeout" in reply


@pytest.mark.parametrize(
    "fields",
    [
        {"timeout": "soon"},
        {"env_vars": "not JSON"},
        {"script_type": "sal", "lease": "many"},
        {"attempt": "-"},
    ],
)
def test_a_hash_that_makes_no_sense_harms_no_other_job(shared, fields):
    guard = shared.guard("sal").pid
    with redis_of(shared) as redis:
        push(redis, "nonsense", script="1", **{"script_type": "sal", **fields})
        until_blocking(lambda: redis.llen("hero:q:work:type:sal") == 0)
    assert shared.call("run_job", script="40 + 2", script_type="sal") == "42"
    assert shared.guard("sal").pid == guard


def test_an_id_without_a_hash_is_skipped(shared):
    with redis_of(shared) as redis:
        redis.lpush("hero:q:work:type:osis", "nothing-there")
    assert shared.call("run_job", script="40 + 2", script_type="osis") == "42"


def test_a_log_key_of_another_type_does_not_hold_up_its_job(shared):
    job = shared.call(
        "create_job", script='print("x"); 5', script_type="sal", caller_id="a", context_id="b"
    )
    with redis_of(shared) as redis:
        redis.set(f"hero:joblog:{job}", "in the way")
        shared.call("start_job", job_id=job)
        assert shared.wait(job)["output"] == "5"
        redis.delete(f"hero:joblog:{job}")
