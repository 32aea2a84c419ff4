"""Through a running gateway to the real daemon."""

import json

import pytest

JOB = {"script": "40 + 2", "script_type": "SAL", "caller_id": "a", "context_id": "b"}


@pytest.fixture
def key(daemon):
    return (daemon / "db" / "admin.key").read_text().strip()


@pytest.fixture
async def gateway(start, daemon):
    return await start(socket=daemon / "s")


async def call(remote, method, params=()):
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    await remote.send(json.dumps(request))
    answer = json.loads(await remote.recv())
    return answer["result"] if "result" in answer else answer["error"]["code"]


async def test_a_job_is_created_started_and_awaited_with_a_bearer_key(gateway, key):
    async with gateway.connect(additional_headers={"Authorization": f"Bearer {key}"}) as remote:
        job_id = await call(remote, "create_job", JOB)
        await call(remote, "start_job", [job_id])
        assert (await call(remote, "wait_job", [job_id, 10]))["output"] == "42"


async def test_without_a_key_only_public_methods_answer(gateway):
    async with gateway.connect() as remote:
        assert await call(remote, "create_job", JOB) == -32001
        assert "status" in await call(remote, "health")


async def test_a_login_lifts_the_connection(gateway, key):
    async with gateway.connect() as remote:
        await call(remote, "auth.login", {"key": key})
        assert await call(remote, "run_job", JOB) == "42"


async def test_a_wrong_key_is_refused(gateway):
    async with gateway.connect(additional_headers={"Authorization": "Bearer wrong"}) as remote:
        assert await call(remote, "create_job", JOB) in {-32001, -32002}


async def test_half_a_value_never_swallows_the_next_message(gateway):
    async with gateway.connect() as remote:
        await remote.send('{"jsonrpc":"2.0","id":1,')
        assert json.loads(await remote.recv())["error"]["code"] == -32700
        assert "status" in await call(remote, "health")


async def test_a_batch_is_answered_as_one_frame(gateway):
    async with gateway.connect() as remote:
        item = {"jsonrpc": "2.0", "method": "health"}
        await remote.send(json.dumps([{**item, "id": 1}, item, {**item, "id": 2}]))
        assert [answer["id"] for answer in json.loads(await remote.recv())] == [1, 2]
