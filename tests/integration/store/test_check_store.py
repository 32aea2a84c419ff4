import pytest

from supervisor.errors import StartError
from supervisor.keys import FORMAT, Keys
from supervisor.store.aio import AioCarrier
from supervisor.store.check import check_store
from supervisor.store.commands import Commands


@pytest.fixture
async def carrier(redis_server):
    carrier = AioCarrier(redis_server.url, "test-check")
    await carrier.connect()
    yield carrier
    await carrier.close()


async def test_a_new_namespace_is_claimed_for_our_schema(carrier, commands, redis_server):
    await check_store(carrier, commands)
    await check_store(carrier, commands)
    assert redis_server.client.get("hero:meta:format") == FORMAT


async def test_another_version_of_the_schema_is_refused(carrier, commands, redis_server):
    redis_server.client.set("hero:meta:format", "99")
    with pytest.raises(StartError, match="holds version 99 of the schema, this program writes"):
        await check_store(carrier, commands)


async def test_another_namespace_is_another_matter(carrier, redis_server):
    redis_server.client.set("hero:meta:format", "99")
    await check_store(carrier, Commands(Keys("mine")))
    assert redis_server.client.get("mine:meta:format") == FORMAT
