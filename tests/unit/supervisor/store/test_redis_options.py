from pathlib import Path

import pytest

from supervisor.store.redis_binary import parse_version
from supervisor.store.redis_process import server_options

FOLDER = Path("/tmp/a folder")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", (7, 0, 15)),
        ("Redis server v=6.2.14 sha=40305114:0 malloc=libc bits=64", (6, 2, 14)),
        ("Valkey server v=8.1.0 sha=00000000:0 malloc=jemalloc-5.3.0", (8, 1, 0)),
        ("redis-cli 7.0.15", None),
        ("", None),
    ],
)
def test_the_version_is_read_from_what_the_server_prints(text, version):
    assert parse_version(text) == version


def options(durability="everysec", version=(7, 0, 15)):
    words = server_options(FOLDER, durability, version)
    return dict(zip(words[::2], words[1::2], strict=True))


def test_redis_listens_on_a_unix_socket_only():
    assert options()["--port"] == "0"
    assert options()["--unixsocket"] == "/tmp/a folder/redis.sock"
    assert options()["--unixsocketperm"] == "600"


def test_nothing_is_evicted_and_every_write_is_logged():
    assert options()["--appendonly"] == "yes"
    assert options()["--maxmemory-policy"] == "noeviction"


@pytest.mark.parametrize("durability", ["everysec", "always"])
def test_the_durability_is_when_the_log_is_synced(durability):
    assert options(durability=durability)["--appendfsync"] == durability


@pytest.mark.parametrize(
    ("version", "name"),
    [((6, 2, 14), "--hash-max-ziplist-value"), ((7, 0, 0), "--hash-max-listpack-value")],
)
def test_hashes_stay_compact_by_the_name_that_the_version_knows(version, name):
    assert options(version=version)[name] == "1024"
