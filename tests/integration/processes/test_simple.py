import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from supervisor.errors import StartError
from supervisor.processes import ProcessSpec
from supervisor.processes.simple import SimpleProcessManager

DEADLINE = 20.0


@pytest.fixture
async def start():
    """Start a Python program as a child; what still runs at the end is stopped."""
    started = []

    async def start_program(program: str, *arguments: object):
        argv = (sys.executable, "-c", program, *map(str, arguments))
        process = await SimpleProcessManager().start(ProcessSpec("child", argv))
        started.append(process)
        return process

    yield start_program
    for process in started:
        await process.stop(0)


def number_in(path: Path):
    def read():
        return int(path.read_text()) if path.exists() and path.read_text().endswith("\n") else None

    return read


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


SAY = """
import os, pathlib, signal, subprocess, sys, time
def say(path, number):
    new = pathlib.Path(path + ".new")
    new.write_text(f"{number}\\n")
    new.rename(path)
"""
SLEEP = SAY + "say(sys.argv[1], os.getpid())\ntime.sleep(600)\n"
DEAF = SAY + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEP
PARENT = (
    SAY
    + """
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
own_session = sys.argv[2] == "own session"
child = subprocess.Popen(sleep, start_new_session=own_session)
say(sys.argv[1], child.pid)
if sys.argv[3] == "exit":
    os._exit(3)
if sys.argv[3] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
say(sys.argv[1] + ".ready", os.getpid())
time.sleep(600)
"""
)


async def test_wait_returns_the_exit_code(start):
    process = await start("raise SystemExit(7)")
    assert await process.wait() == 7
    assert await process.wait() == 7


async def test_wait_returns_minus_the_signal_that_ended_it(start):
    process = await start("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert await process.wait() == -signal.SIGKILL


async def test_no_zombie_is_left_though_nobody_waits(start, until):
    process = await start("pass")
    await until(lambda: not psutil.pid_exists(process.pid))


async def test_a_cancelled_wait_leaves_the_process_running(start, tmp_path):
    process = await start(SLEEP, tmp_path / "pid")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(process.wait(), 0.01)
    assert runs(process.pid)
    await process.stop(DEADLINE)
    assert await process.wait() == -signal.SIGTERM


async def test_stop_ends_a_child_that_obeys_within_its_grace(start, tmp_path, until):
    process = await start(SLEEP, tmp_path / "pid")
    await until(number_in(tmp_path / "pid"))
    await process.stop(DEADLINE)
    assert await process.wait() == -signal.SIGTERM


async def test_stop_kills_a_child_that_ignores_the_request(start, tmp_path, until):
    process = await start(DEAF, tmp_path / "pid")
    await until(number_in(tmp_path / "pid"))
    await process.stop(0.05)
    assert await process.wait() == -signal.SIGKILL


async def test_stop_kills_a_child_that_is_suspended(start, tmp_path, until):
    process = await start(SLEEP, tmp_path / "pid")
    await until(number_in(tmp_path / "pid"))
    os.kill(process.pid, signal.SIGSTOP)
    await process.stop(0.05)
    assert not psutil.pid_exists(process.pid)


async def test_stop_may_be_called_twice_and_at_once(start, tmp_path):
    process = await start(SLEEP, tmp_path / "pid")
    await asyncio.gather(process.stop(DEADLINE), process.stop(DEADLINE))
    await process.stop(DEADLINE)


@pytest.mark.parametrize("session", ["same session", "own session"])
@pytest.mark.parametrize("manner", ["obey", "deaf"])
async def test_stop_leaves_no_grandchild(start, tmp_path, session, manner, until):
    process = await start(PARENT, tmp_path / "pid", session, manner)
    await until(number_in(tmp_path / "pid.ready"))
    grandchild = number_in(tmp_path / "pid")()
    assert runs(grandchild)
    await process.stop(0.2 if manner == "deaf" else DEADLINE)
    assert not runs(grandchild)


async def test_stop_ends_a_tree_that_keeps_forking(tmp_path, until):
    forks = 'trap "" TERM; touch ready; while :; do (sleep 600 &); sleep 0.001; done'
    spec = ProcessSpec("forks", ("/bin/sh", "-c", forks), cwd=tmp_path)
    process = await SimpleProcessManager().start(spec)
    await until((tmp_path / "ready").exists)
    await process.stop(0.1)
    assert [p for p in psutil.process_iter(["cwd"]) if p.info["cwd"] == str(tmp_path)] == []


async def test_a_child_that_exits_leaves_nobody_in_its_session(start, tmp_path):
    process = await start(PARENT, tmp_path / "pid", "same session", "exit")
    assert await process.wait() == 3
    assert not runs(number_in(tmp_path / "pid")())


@pytest.fixture
def parent(tmp_path):
    """A process whose child writes `started`, reads its stdin to the end, then writes `ended`."""
    child = SAY + "say('started', os.getpid()); sys.stdin.read(); say('ended', 1)"
    program = f"""
import asyncio, sys
from supervisor.processes import ProcessSpec
from supervisor.processes.simple import SimpleProcessManager
async def main():
    spec = ProcessSpec("child", (sys.executable, "-c", {child!r}))
    await (await SimpleProcessManager().start(spec)).wait()
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path) as process:
        yield process
        process.kill()


async def test_a_child_sees_end_of_file_when_its_parent_is_killed(parent, tmp_path, until):
    pid = await until(number_in(tmp_path / "started"))
    assert not (tmp_path / "ended").exists()
    parent.kill()
    await until(number_in(tmp_path / "ended"))
    await until(lambda: not runs(pid))


async def test_the_child_gets_the_environment_and_the_folder_of_its_spec(tmp_path):
    program = 'test "$A" = b && test -z "$HOME" && test "$(pwd)" = "$1"'
    argv = ("/bin/sh", "-c", program, "sh", str(tmp_path))
    spec = ProcessSpec("child", argv, env={"A": "b"}, cwd=tmp_path)
    process = await SimpleProcessManager().start(spec)
    assert await process.wait() == 0


@pytest.mark.parametrize(
    ("argv", "cwd", "message"),
    [
        (("/nowhere/tool",), None, "Can't start child: /nowhere/tool: No such file or directory."),
        (("/etc/passwd",), None, "Can't start child: /etc/passwd: Permission denied."),
        (("true",), Path("/nowhere"), "Can't start child: /nowhere: No such file or directory."),
        (("true", "\0"), None, "Can't start child: embedded null byte."),
    ],
)
async def test_a_program_that_cannot_run_is_named(argv, cwd, message):
    with pytest.raises(StartError) as error:
        await SimpleProcessManager().start(ProcessSpec("child", argv, cwd=cwd))
    assert str(error.value) == message
