"""The store's tests run with each Redis that there is."""

import pytest
from redis_server import binaries
from store_driver import Store


@pytest.fixture(params=binaries())
def redis_binary(request):
    return request.param


@pytest.fixture
def store(redis_server, commands):
    """A store whose invariants are checked after the test."""
    driver = Store(redis_server, commands)
    try:
        yield driver
        driver.check()
    finally:
        driver.close()
