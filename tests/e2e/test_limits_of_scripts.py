"""What a script may use up, and that only its own job pays for it."""

import re

import pytest
from live import Daemon, request

EATER = """
let all = [];
loop {
  let text = "0123456789abcdef";
  for i in 0..20 { text += text; }
  all.push(text);
}
"""


@pytest.fixture(scope="module")
def tight():
    daemon = Daemon(more="limits = { output = 2048, log = 4096 }")
    try:
        yield daemon.run().has_runners("osis", "sal")
    finally:
        daemon.end()


def test_a_memory_eater_fails_with_kind_memory_and_the_next_job_runs(tight):
    eater = tight.submit(EATER, "osis", timeout=30)
    following = tight.submit("40 + 2", "osis")
    assert tight.wait(eater, 40)["error"]["kind"] == "memory"
    assert tight.wait(following)["output"] == "42"


def test_a_memory_eater_that_prints_ends_as_well(tight):
    printing = EATER.replace("all.push(text);", "all.push(text); print(all.len());")
    job = tight.wait(tight.submit(printing, timeout=30), 40)
    assert job["error"]["kind"] == "memory"


def test_output_over_the_limit_fails_with_kind_output_limit(tight):
    text = 'let s = "x"; for i in 0..12 { s += s; } s'
    job = tight.wait(tight.submit(text))
    assert job["error"]["kind"] == "output_limit"
    assert job["error"]["message"] == "The output has 4096 bytes; at most 2048 are kept."


def test_output_just_within_the_limit_is_kept(tight):
    job = tight.wait(tight.submit('let s = "x"; for i in 0..11 { s += s; } s'))
    assert len(job["output"]) == 2048


def test_a_log_over_the_limit_keeps_its_end_and_says_so(tight):
    job = tight.submit('for i in 0..30000 { print("line " + i); }')
    assert tight.wait(job)["status"] == "completed"
    logs = tight.call("get_job_logs", job_id=job, limit=10000)["logs"]
    assert re.match(r"\[\d+ bytes of older output were dropped\]\n", logs)
    assert logs.endswith("line 29999\n")


def test_a_deep_recursion_is_the_script_s_own_error(tight):
    job = tight.wait(tight.submit("fn f(n) { f(n + 1) } f(0)"))
    assert job["error"]["kind"] == "script"


def test_unicode_survives_the_whole_way(tight):
    job = tight.submit('print("žluťoučký 🐎"); "日本"')
    assert tight.wait(job)["output"] == "日本"
    assert tight.call("get_job_logs", job_id=job)["logs"] == "žluťoučký 🐎\n"


def test_a_thousand_jobs_on_one_connection_all_end_with_their_own_answer(tight):
    peer = tight.connect()
    for n in range(1000):
        peer.send(request("run_job", n, script=f"{n} * 2", script_type="sal"))
    answers = peer.answers(1000)
    assert all(answers[n]["result"] == str(n * 2) for n in range(1000))
