import pytest
from live import Failure, request
from waiting import until_blocking

FOREVER = "while true {}"


def test_a_script_s_value_is_its_output(shared):
    assert shared.call("run_job", script="40 + 2", script_type="SAL") == "42"


def test_play_runs_a_script_as_osis(shared):
    assert shared.call("play", script="let x = 10; x * 2") == {"output": "20"}


def test_caller_and_context_are_constants_of_the_script(shared):
    job = shared.submit("CALLER_ID + `/` + CONTEXT_ID")
    assert shared.wait(job)["output"] == "test/test"


def test_ping_is_answered_without_the_engine(shared):
    assert shared.call("run_job", script="ping", script_type="osis") == "pong"


def test_create_start_and_wait_may_be_pipelined(shared):
    peer = shared.connect()
    job = {"script": "40 + 2", "script_type": "SAL", "caller_id": "a", "context_id": "b"}
    peer.send(
        request("create_job", 1, id="piped", **job),
        request("start_job", 2, job_id="piped"),
        request("wait_job", 3, job_id="piped"),
    )
    answers = peer.answers(3)
    assert answers[1]["result"] == "piped"
    assert answers[2]["result"] == {"success": True}
    assert answers[3]["result"]["output"] == "42"


def test_a_syntax_error_tells_line_and_column(shared):
    job = shared.wait(shared.submit("let x = 1;\nlet y = ;"))
    assert job["status"] == "failed"
    assert job["error"]["kind"] == "script"
    assert (job["error"]["line"], job["error"]["column"]) == (2, 9)


def test_run_job_answers_a_failure_with_the_job_and_its_error(shared):
    with pytest.raises(Failure) as failure:
        shared.call("run_job", script="no_such()", script_type="sal")
    assert failure.value.code == -32000
    assert failure.value.data["error"]["kind"] == "script"


def test_what_a_script_prints_is_in_its_log(shared):
    job = shared.submit('print("one"); print("two"); 3')
    assert shared.wait(job)["output"] == "3"
    assert shared.call("get_job_logs", job_id=job)["logs"] == "one\ntwo\n"


def test_prints_arrive_while_the_script_still_runs(shared):
    job = shared.submit('print("early"); while true {}')
    until_blocking(lambda: shared.call("get_job_logs", job_id=job)["logs"] == "early\n")
    shared.call("stop_job", job_id=job)
    assert shared.wait(job)["status"] == "stopped"


def test_a_script_that_never_ends_is_killed_at_its_timeout_and_the_next_runs(shared):
    stuck = shared.submit(FOREVER, "osis", timeout=1)
    following = shared.submit("40 + 2", "osis")
    job = shared.wait(stuck)
    assert job["error"]["kind"] == "timeout"
    assert 1000 <= job["timings"]["running_ms"] < 5000
    assert shared.wait(following)["output"] == "42"


def test_a_queued_job_is_stopped_at_once(shared):
    running = shared.submit(FOREVER, "osis")
    queued = shared.submit("1", "osis")
    shared.call("stop_job", job_id=queued)
    assert shared.status(queued) == "stopped"
    shared.call("stop_job", job_id=running)
    assert shared.wait(running)["status"] == "stopped"


def test_a_stop_right_behind_the_start_ends_the_job_whenever_it_comes(shared):
    """Somewhere in these the stop falls between claim and begin."""
    jobs = []
    for n in range(40):
        peer = shared.connect()
        job = {"script": FOREVER, "script_type": "sal", "caller_id": "a", "context_id": "b"}
        peer.send(request("create_job", 1, id=f"brief-{n}", start=True, **job))
        assert peer.answer()["result"] == f"brief-{n}"
        peer.send(request("stop_job", 2, job_id=f"brief-{n}"))
        jobs.append((peer, f"brief-{n}"))
    for peer, job_id in jobs:
        assert peer.answer()["result"] == {"success": True}
        assert peer.call("wait_job", job_id=job_id, timeout=15)["status"] == "stopped"


def test_a_failed_job_is_retried_after_its_delay(shared):
    job = shared.wait(shared.submit("no_such()", retries=2, retry_delay=0.1))
    assert (job["status"], job["attempt"]) == ("failed", 3)


def test_a_timeout_is_retried_as_well(shared):
    job = shared.wait(shared.submit(FOREVER, timeout=0.3, retries=1, retry_delay=0.1))
    assert (job["error"]["kind"], job["attempt"]) == ("timeout", 2)


def test_prerequisites_run_first(shared):
    first = shared.call("create_job", script="1", script_type="sal", caller_id="a", context_id="b")
    second = shared.submit("2", prerequisites=[first])
    assert shared.status(second) == "waiting"
    shared.call("start_job", job_id=first)
    assert shared.wait(second)["output"] == "2"


def test_osis_runs_one_after_another_in_order(shared):
    gate = shared.begins(shared.submit(FOREVER, "osis"))
    jobs = [shared.submit(f"{n}", "osis") for n in range(20)]
    shared.call("stop_job", job_id=gate)
    done = [shared.wait(job) for job in jobs]
    assert [job["output"] for job in done] == [str(n) for n in range(20)]
    begun = [job["started_at"] for job in done]
    assert begun == sorted(begun)


def test_sal_runs_several_at_once(shared):
    jobs = [shared.begins(shared.submit(FOREVER)) for _ in range(4)]
    assert shared.call("get_runner_status", id="sal")["capacity"] == 4
    for job in jobs:
        shared.call("stop_job", job_id=job)
        assert shared.wait(job)["status"] == "stopped"
