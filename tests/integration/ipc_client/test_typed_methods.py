"""Every typed method against the real daemon."""

import pytest

from ipc_client import IpcClient, ServerError, calls

WHO = {"caller_id": "tester", "context_id": "tests"}


@pytest.fixture
async def client(daemon):
    async with IpcClient(daemon) as client:
        yield client


async def test_a_job_is_created_started_awaited_and_its_output_fetched(client):
    job_id = await client.create_job("40 + 2", "SAL", timeout=10, **WHO)
    assert await client.get_job_status(job_id) == "created"
    await client.start_job(job_id)
    job = await client.wait_job(job_id, timeout=10)
    assert (job["status"], job["output"], job["error"]) == ("completed", "42", None)
    assert await client.get_job_output(job_id) == "42"


async def test_create_start_and_wait_can_be_pipelined(client):
    steps = [
        calls.create_job("40 + 2", "SAL", id="pipelined-1", **WHO),
        calls.start_job("pipelined-1"),
        calls.wait_job("pipelined-1", 10),
    ]
    job_id, started, job = await client.call_many(steps)
    assert (job_id, started, job["output"]) == ("pipelined-1", None, "42")


async def test_a_job_runs_in_one_call(client):
    assert await client.run_job("40 + 2", "SAL", **WHO) == "42"
    assert await client.run_job("40 + 2", "SAL") == "42"
    assert await client.play("40 + 2") == "42"


async def test_a_failed_script_raises_with_its_place(client):
    with pytest.raises(ServerError) as caught:
        await client.run_job("let x = 1 +* ;", "SAL", **WHO)
    assert caught.value.code == -32000
    assert caught.value.data["error"]["kind"] == "script"
    assert caught.value.data["error"]["line"] == 1


async def test_what_a_job_prints_is_in_its_logs(client):
    job_id = await client.create_job('print("hello")', "SAL", start=True, **WHO)
    await client.wait_job(job_id, timeout=10)
    assert "hello" in (await client.get_job_logs(job_id))["logs"]


async def test_jobs_are_listed_by_label(client):
    job_id = await client.create_job("1", "SAL", labels={"for": "listing"}, **WHO)
    [job] = await client.list_jobs(labels={"for": "listing"})
    assert job == await client.get_job(job_id)


async def test_a_stopped_job_can_be_deleted(client):
    job_id = await client.create_job("1", "SAL", **WHO)
    await client.stop_job(job_id)
    assert await client.get_job_status(job_id) == "stopped"
    await client.delete_job(job_id)
    with pytest.raises(ServerError, match="error -32020"):
        await client.get_job(job_id)


async def test_many_jobs_are_created_in_one_call(client):
    good = {"script": "1", "script_type": "SAL", **WHO}
    created, failed = await client.create_jobs([good, {**good, "timeout": -1}])
    assert "id" in created
    assert failed["error"]["code"] == -32602


async def test_runners_are_listed_and_described(client):
    assert {"osis", "sal"} <= set(await client.list_runners())
    assert (await client.get_runner_status("sal"))["script_type"] == "sal"
    assert len(await client.get_all_runner_status()) >= 2


async def test_the_supervisor_describes_itself(client):
    assert (await client.health())["status"] in {"ok", "degraded"}
    assert "version" in await client.get_supervisor_info()
    assert "create_job" in [method["name"] for method in (await client.discover())["methods"]]


async def test_all_jobs_can_be_cleared(client):
    await client.create_job("1", "SAL", **WHO)
    assert await client.clear_all_jobs() >= 1
    assert await client.list_jobs() == []
