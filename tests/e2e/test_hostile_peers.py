"""One peer misbehaves; the daemon stays small and serves the others."""

import select
import shutil
import subprocess

import psutil
import pytest
from live import DEADLINE, request
from waiting import until_blocking

MIB = 1024 * 1024


def test_a_flood_that_is_never_read_costs_little_memory_and_nobody_else(daemon_with):
    daemon = daemon_with("--no-runners").run()
    server = psutil.Process(daemon.process.pid)
    daemon.call("rpc.discover")
    before = server.memory_info().rss
    flood, other = daemon.connect(), daemon.connect()
    flood.socket.setblocking(False)
    sent = _send_until_refused(flood.socket, b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}')
    for _ in range(100):
        assert other.call("health")["checks"][0]["ok"]
    grown = server.memory_info().rss - before
    assert sent < 100_000
    assert grown < 64 * MIB, f"{grown / MIB:.0f} MiB more"
    flood.socket.setblocking(True)


def _send_until_refused(raw, message, times=100_000):
    """Send the message over and over, until nothing more goes in; how many went."""
    block = message * 1000
    sent = 0
    while sent < times * len(message):
        _, writable, _ = select.select([], [raw], [], 1.0)
        if not writable:
            break
        sent += raw.send(block[sent % len(message) :])
    return sent // len(message)


def test_half_messages_and_silence_cost_nobody(shared):
    silent = [shared.connect() for _ in range(50)]
    for peer in silent:
        peer.send(b'{"jsonrpc":"2.0","id":1,"method":"create_job","params":{"script":"')
    assert shared.call("run_job", script="40 + 2", script_type="sal") == "42"
    for peer in silent:
        peer.send(b'1"}}')
        assert peer.answer()["error"]["code"] == -32602


def test_a_job_that_was_acknowledged_survives_its_peer_s_oversized_rest(shared):
    peer = shared.connect()
    job = {"script": "40 + 2", "script_type": "sal", "caller_id": "a", "context_id": "b"}
    peer.send(request("create_job", 1, id="kept", start=True, **job))
    peer.send(b'{"jsonrpc":"2.0","id":2,"method":"' + b"x" * (11 * MIB) + b'"}')
    answers = {answer["id"]: answer for answer in (peer.answer(), peer.answer())}
    assert answers[1]["result"] == "kept"
    assert answers[None]["error"]["code"] == -32007
    assert shared.wait("kept")["output"] == "42"


def test_a_peer_that_leaves_while_it_waits_does_not_end_its_job(shared):
    peer = shared.connect()
    script = "let n = 0; while n < 3000000 { n += 1; } n"
    peer.send(request("run_job", id="left-alone", script=script, script_type="sal"))
    until_blocking(lambda: shared.call("list_jobs", status="running"))
    peer.close()
    assert shared.wait("left-alone")["output"] == "3000000"


def test_unknown_methods_jobs_and_moves_have_their_codes(shared):
    peer = shared.connect()
    done = shared.submit("1")
    shared.wait(done)
    peer.send(
        request("no_such", 1),
        request("get_job", 2, job_id="nobody"),
        request("start_job", 3, job_id=done),
        request("get_job", 4, job_id=5),
        request("get_runner_status", 5, id="nobody"),
        request("create_job", 6, id=done, script="2", script_type="sal", caller_id="a", context_id="b"),
    )  # fmt: skip
    codes = {n: answer["error"]["code"] for n, answer in peer.answers(6).items()}
    assert codes == {1: -32601, 2: -32020, 3: -32021, 4: -32602, 5: -32023, 6: -32024}


def test_socat_without_a_line_end_gets_its_answer(shared):
    tool = shutil.which("socat")
    if tool is None:
        pytest.skip("no socat here")
    done = subprocess.run(
        [tool, "-", f"UNIX-CONNECT:{shared.socket}"],
        input=b'{"jsonrpc":"2.0","id":1,"method":"health"}',
        capture_output=True,
        check=True,
        timeout=DEADLINE,
    )
    assert b'"status":"ok"' in done.stdout
