"""The daemon from the outside: how it starts, what it says, how it ends."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
from contextlib import suppress

import psutil
import pytest
from live import BIN, DEADLINE, RedisServer, request
from waiting import until_blocking

from supervisor import __version__

SLOW = "let n = 0; while n < 6000000 { n += 1; } n"
FOREVER = "while true {}"


def refusal_of(daemon):
    """Return what a daemon that can't start says last."""
    assert daemon.launch().wait(DEADLINE) == 1
    lines = daemon.log().splitlines()
    assert "Traceback" not in daemon.log()
    return [line for line in lines if line.startswith("hero-unix-server: ")][-1]


def test_version_is_told():
    told = subprocess.check_output([BIN / "hero-unix-server", "--version"], text=True)
    assert told == f"hero-unix-server, version {__version__}\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_leaves_nothing(daemon_with, number):
    daemon = daemon_with().run().has_runners("osis", "sal")
    assert daemon.call("run_job", script="40 + 2", script_type="sal") == "42"
    assert daemon.stop(number) == 0
    assert daemon.left() == []
    left = sorted(path.name for path in daemon.folder.iterdir())
    assert left == ["db", "hero.toml", "log"]


def test_its_log_is_one_json_object_a_line_and_tells_the_phases_in_order(daemon_with):
    daemon = daemon_with("--no-runners").run()
    daemon.stop()
    events = [json.loads(line)["event"] for line in daemon.log().splitlines()]
    order = ["Redis started", "ready", "stopping", "Redis stopped", "stopped"]
    assert [event for event in events if event in order] == order


def test_a_terminal_s_ctrl_c_reaches_the_daemon_alone(shared):
    """Ctrl-C goes to the foreground process group; runners and Redis are in sessions of their own."""
    group = os.getpgid(shared.process.pid)
    members = [p.pid for p in shared.left() if os.getpgid(p.pid) == group]
    assert members == [shared.process.pid]


def test_it_serves_no_tcp(shared):
    for process in shared.left():
        assert process.net_connections("inet") == []


def test_without_runners_none_start_and_jobs_wait(daemon_with):
    daemon = daemon_with("--no-runners").run()
    job = daemon.submit("1")
    assert daemon.status(job) == "queued"
    assert daemon.call("list_runners") == []
    names = sorted(process.name() for process in daemon.left())
    assert names == ["hero-unix-serve", "redis-server"]


def test_systemd_is_told_when_it_is_ready_and_when_it_stops(daemon_with):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        daemon = daemon_with("--no-runners")
        systemd.bind(str(daemon.folder / "notify"))
        systemd.settimeout(DEADLINE)
        daemon.env = {"NOTIFY_SOCKET": str(daemon.folder / "notify")}
        daemon.run()
        assert systemd.recv(100) == b"READY=1"
        daemon.stop()
        assert systemd.recv(100) == b"STOPPING=1"


def test_the_admin_key_is_made_once_for_the_owner_alone(daemon_with):
    daemon = daemon_with("--no-runners").run()
    key = daemon.db / "admin.key"
    text = key.read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(text.strip()) >= 40
    assert text.strip() not in daemon.log()
    daemon.stop()
    daemon.run()
    assert key.read_text() == text
    assert daemon.log().count("made an admin key") == 1


def test_no_admin_key_is_made_where_a_secret_is_configured(daemon_with):
    daemon = daemon_with("--no-runners", more='admin_secrets = ["s3cret"]').run()
    assert not (daemon.db / "admin.key").exists()


@pytest.mark.parametrize(
    ("options", "env", "level"),
    [
        ((), {}, "info"),
        (("--log-level", "debug"), {}, "debug"),
        ((), {"RUST_LOG": "debug"}, "debug"),
        (("--log-level", "error"), {"RUST_LOG": "debug"}, "error"),
    ],
)
def test_the_log_level_is_that_of_daemon_and_runners(daemon_with, options, env, level):
    daemon = daemon_with(*options, env=env)
    daemon.launch()
    levels_of_runners = until_blocking(lambda: _runner_levels(daemon), DEADLINE)
    assert levels_of_runners == {level}
    daemon.stop()
    levels = {json.loads(line)["level"] for line in daemon.log().splitlines()}
    assert ("info" in levels) == (level != "error")


def _runner_levels(daemon):
    found = set()
    for process in daemon.left():
        with suppress(psutil.Error):
            found |= set(re.findall(r"runner .*--log-level (\w+)", " ".join(process.cmdline())))
    return found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sockt = 's'", "sockt: unknown setting (did you mean socket?)"),
        ("limits = { batch = 0 }", "limits.batch: Input should be greater than or equal to 1"),
        ("durability = ", "is not valid TOML"),
        ("log_level = 'loud'", "Unknown log level 'loud'"),
        ("namespace = 'a b'", "namespace: "),
        ("redis_url = 'http://localhost'", "The Redis URL can't be used"),
    ],
)
def test_a_bad_configuration_is_refused_and_explained(daemon_with, text, message):
    daemon = daemon_with()
    daemon.config.write_text(text)
    assert message in refusal_of(daemon)


def test_a_missing_configuration_is_named(daemon_with):
    daemon = daemon_with()
    daemon.config.unlink()
    assert "Can't read the configuration" in refusal_of(daemon)


def test_a_second_daemon_on_the_same_folder_is_refused(daemon_with):
    first, second = daemon_with("--no-runners").run(), daemon_with("--no-runners")
    second.db = first.db
    assert f"is in use by the process {first.process.pid}" in refusal_of(second)
    assert first.call("health")["checks"][0]["ok"]


def test_a_second_daemon_on_the_same_socket_is_refused_and_leaves_nothing(daemon_with):
    first, second = daemon_with("--no-runners").run(), daemon_with("--no-runners")
    second.socket = first.socket
    assert "A server already listens on" in refusal_of(second)
    assert second.left() == []
    assert first.call("health")["checks"][0]["ok"]


def test_a_killed_daemon_s_sockets_are_replaced(daemon_with):
    daemon = daemon_with("--no-runners").run()
    daemon.kill()
    assert daemon.socket.exists()
    assert daemon.run().call("health")["checks"][0]["ok"]


def test_a_redis_by_url_is_used_and_outlives_the_daemon(daemon_with):
    redis = RedisServer()
    try:
        daemon = daemon_with("--redis-url", redis.url).run().has_runners("sal")
        assert daemon.call("run_job", script="40 + 2", script_type="sal") == "42"
        assert daemon.call("get_supervisor_info")["redis"]["embedded"] is False
        assert daemon.stop() == 0
        assert daemon.left() == []
        assert redis.process.poll() is None
    finally:
        redis.end()


def test_an_unreachable_redis_is_named(daemon_with):
    daemon = daemon_with("--redis-url", "redis://localhost:1/0")
    assert "The job store at localhost:1 can't be reached" in refusal_of(daemon)


def test_a_password_in_the_url_is_shown_nowhere(daemon_with):
    daemon = daemon_with("--redis-url", "redis://:s3cret@localhost:1/0")
    assert "s3cret" not in refusal_of(daemon)
    assert "s3cret" not in daemon.log()


def test_a_signal_ends_a_start_that_waits_for_redis(daemon_with):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        daemon = daemon_with("--redis-url", f"redis://127.0.0.1:{port}")
        daemon.launch()
        mute.settimeout(DEADLINE)
        connection, _ = mute.accept()
        with connection:
            daemon.process.send_signal(signal.SIGTERM)
            assert daemon.process.wait(3) == 0


def test_it_ends_within_bounds_while_its_redis_is_away(daemon_with):
    redis = RedisServer()
    try:
        daemon = daemon_with("--redis-url", redis.url, drain=1).run().has_runners("osis", "sal")
        daemon.begins(daemon.submit(SLOW))
        redis.process.kill()
        redis.process.wait()
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(15) == 0
        assert daemon.left() == []
    finally:
        redis.end()


def test_it_ends_within_bounds_while_its_redis_hangs(daemon_with):
    redis = RedisServer()
    try:
        daemon = daemon_with("--redis-url", redis.url, drain=1).run().has_runners("osis", "sal")
        redis.process.send_signal(signal.SIGSTOP)
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(15) == 0
        assert daemon.left() == []
    finally:
        redis.end()


def test_who_waits_for_a_job_hears_of_its_end_though_the_daemon_stops(fresh):
    peer = fresh.connect()
    peer.send(request("run_job", id="slow", script=SLOW, script_type="sal"))
    until_blocking(lambda: fresh.call("list_jobs", status="running"))
    fresh.process.send_signal(signal.SIGTERM)
    assert peer.answer()["result"] == "6000000"
    assert peer.answer() is None
    assert fresh.process.wait(DEADLINE) == 0


def test_a_job_that_runs_longer_than_the_drain_is_given_back_uncounted(daemon_with):
    daemon = daemon_with(drain=0.5).run().has_runners("sal", "osis")
    job = daemon.begins(daemon.submit(FOREVER, timeout=60))
    assert daemon.stop() == 0
    assert daemon.left() == []
    daemon.run().begins(job)
    assert daemon.call("get_job", job_id=job)["attempt"] == 1
    daemon.call("stop_job", job_id=job)
    assert daemon.wait(job)["status"] == "stopped"


def test_idle_processes_leave_the_processor_alone(shared):
    """Reported, not judged: a shared machine proves nothing about time."""
    processes = shared.left()
    before = sum(sum(p.cpu_times()[:2]) for p in processes)
    beats = shared.call("get_runner_status", id="sal")["last_seen"]
    until_blocking(lambda: shared.call("get_runner_status", id="sal")["last_seen"] != beats)
    after = sum(sum(p.cpu_times()[:2]) for p in processes)
    assert after >= before
    assert all(psutil.pid_exists(p.pid) for p in processes)
