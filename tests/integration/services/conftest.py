"""A supervisor without runners on the session's Redis; the test is its worker."""

import itertools
import json

import pytest
from store_driver import Store

from supervisor.app import Supervisor
from supervisor.config import Config, Heartbeats
from supervisor.rpc.messages import Request


class Refused(Exception):
    """The `error` member of an answer."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code, self.data = error["code"], error.get("data")


@pytest.fixture
def store(redis_server, commands):
    driver = Store(redis_server, commands)
    try:
        yield driver
        driver.check()
    finally:
        driver.close()


@pytest.fixture
async def supervisor(redis_server):
    config = Config(
        redis_url=redis_server.url,
        runners=(),
        admin_secrets=("root",),
        heartbeats=Heartbeats(every=0.05, ttl=0.2),
    )
    async with Supervisor(config) as running:
        yield running


@pytest.fixture
def call(supervisor):
    """Call a method as a JSON-RPC peer does; its result, or `Refused`."""
    numbers = itertools.count(1)
    session = supervisor.local_session()

    async def call_method(name, *positions, **members):
        params = list(positions) if positions else members
        request = Request(name, params, next(numbers), False)
        answer = json.loads(await supervisor.dispatcher.call(request, session))
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    return call_method


@pytest.fixture
def refusal(call):
    """Call a method that must be refused; the error."""

    async def call_method(name, *positions, **members):
        with pytest.raises(Refused) as caught:
            await call(name, *positions, **members)
        return caught.value

    return call_method


@pytest.fixture
def create(call):
    """Create a job; its id."""

    async def create_job(job_id=None, **members):
        base = {"script": "40 + 2", "script_type": "SAL", "caller_id": "me", "context_id": "demo"}
        named = {} if job_id is None else {"id": job_id}
        return await call("create_job", **base | named | members)

    return create_job
