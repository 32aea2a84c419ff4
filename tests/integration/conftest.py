"""One Redis of each binary for the whole session, emptied between tests."""

import pytest
from redis_server import RedisServer, binaries

from supervisor.keys import Keys
from supervisor.store.commands import Commands

BINARIES = binaries()


@pytest.fixture(scope="session")
def redis_servers():
    """Give the session's server of a binary; started when first asked for."""
    servers = {}

    def get(name):
        if name not in servers:
            servers[name] = RedisServer(BINARIES[name])
        return servers[name]

    yield get
    for server in servers.values():
        server.stop()


@pytest.fixture
def redis_binary():
    """Name the binary to test with: any; the store's tests run with each."""
    return next(iter(BINARIES))


@pytest.fixture
def redis_server(redis_servers, redis_binary):
    server = redis_servers(redis_binary)
    server.client.flushall()
    server.client.config_resetstat()
    return server


@pytest.fixture
def own_redis(redis_binary):
    """A server that the test may kill."""
    server = RedisServer(BINARIES[redis_binary])
    yield server
    server.stop()


@pytest.fixture
def keys():
    return Keys()


@pytest.fixture(scope="session")
def commands():
    return Commands(Keys())
