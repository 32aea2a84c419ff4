"""Create, start, run, wait for, read, stop and delete one job through the method table."""

import asyncio

import pytest
from waiting import until, until_async

from supervisor.job import Outcome
from supervisor.store.commands import Finished


async def claim(store, **options):
    """Claim the next job as soon as there is one."""
    return await until(lambda: store.claim(was_idle=True, **options))


async def test_create_start_and_fetch(call, create, store):
    job_id = await create()
    assert await call("get_job_status", job_id) == "created"
    assert await call("start_job", job_id) == {"success": True}
    store.finish(await claim(store))
    assert await call("get_job_status", job_id=job_id) == "completed"
    assert await call("get_job_output", job_id) == "42"


async def test_a_job_that_is_created_with_start_is_queued(call, create):
    assert await call("get_job_status", await create(start=True)) == "queued"


async def test_a_wrapped_job_may_be_started_too(call):
    job = {"script": "1", "script_type": "sal", "caller_id": "me", "context_id": "c", "id": "a"}
    assert await call("create_job", job=job, start=True) == "a"
    assert await call("get_job_status", "a") == "queued"


async def test_the_same_id_with_other_content_is_a_conflict(create, refusal):
    await create("a")
    assert await create("a") == "a"
    error = await refusal("create_job", script="2", script_type="sal", caller_id="me",
                          context_id="demo", id="a")  # fmt: skip
    assert (error.code, error.data) == (-32024, {"job_id": "a"})


async def test_calls_that_are_pipelined_take_effect_in_their_order(call, create, store):
    calls = [create("a"), call("start_job", "a"), call("get_job_status", "a"),
             call("stop_job", "a"), call("get_job_status", "a"), call("delete_job", "a")]  # fmt: skip
    assert await asyncio.gather(*calls) == [
        "a", {"success": True}, "queued", {"success": True}, "stopped", {"success": True},
    ]  # fmt: skip


async def test_a_bulk_and_the_call_behind_it_take_effect_in_their_order(call):
    job = {"script": "1", "script_type": "sal", "caller_id": "me", "context_id": "c"}
    jobs = [job | {"id": f"j{number}"} for number in range(50)]
    _, started = await asyncio.gather(call("create_jobs", jobs=jobs), call("start_job", "j49"))
    assert started == {"success": True}


@pytest.mark.parametrize(
    "method", ["get_job", "get_job_status", "get_job_output", "get_job_logs", "start_job",
               "stop_job", "delete_job", "wait_job"]
)  # fmt: skip
async def test_a_job_that_is_not_there_is_not_found(refusal, method):
    error = await refusal(method, "nobody")
    assert (error.code, error.data) == (-32020, {"job_id": "nobody"})


async def test_a_job_is_shown_with_all_that_the_api_promises(call, create, store):
    await create("a", start=True, env_vars={"A": "secret"}, labels={"x": "y"})
    store.finish(store.claim())
    job = await call("get_job", "a")
    assert (job["status"], job["output"], job["error"]) == ("completed", "42", None)
    assert (job["script_type"], job["claimed_by"], job["attempt"]) == ("sal", "sal", 1)
    assert job["env_vars"] == {"A": "***"}
    assert all(job[name].endswith("Z") for name in ("created_at", "started_at", "finished_at"))
    assert set(job["timings"]) == {"queued_ms", "running_ms"}


@pytest.mark.parametrize("output", ["42", "", "x" * 300, "ü\n "])
async def test_run_job_returns_the_output(call, store, output):
    running = asyncio.create_task(call("run_job", script="40 + 2", script_type="SAL"))
    claimed = await claim(store)
    assert (claimed.job.caller_id, claimed.job.context_id) == ("local", "default")
    store.finish(claimed, output)
    assert await running == output


async def test_run_job_takes_script_type_and_prerequisites_by_position(call, create, store):
    await create("p", start=True)
    running = asyncio.create_task(call("run_job", "1", "sal", ["p"]))
    store.finish(await claim(store))
    job_id = (await claim(store)).job.id
    assert store.job(job_id).prerequisites == ("p",)
    running.cancel()


async def test_run_job_of_a_job_that_has_run_returns_its_output_again(call, store):
    params = {"script": "1", "script_type": "sal", "id": "a"}
    running = asyncio.create_task(call("run_job", **params))
    store.finish(await claim(store))
    assert [await running, await call("run_job", **params)] == ["42", "42"]


async def test_run_job_of_a_job_that_fails_says_why(call, store):
    running = asyncio.create_task(call("run_job", script="1", script_type="sal", id="a"))
    store.fail(await claim(store))
    with pytest.raises(Exception, match="Job a failed: it broke") as caught:
        await running
    assert caught.value.code == -32000
    assert caught.value.data["error"]["line"] == 1


async def test_run_job_of_a_job_that_is_stopped_says_so(call, store):
    running = asyncio.create_task(call("run_job", script="1", script_type="sal", id="a"))
    await until(lambda: store.status("a") == "queued")
    store.stop("a")
    with pytest.raises(Exception, match=r"Job a stopped: It was stopped."):
        await running


async def test_a_failure_with_a_short_output_is_still_a_failure(call, store):
    """A foreign runner may leave an output beside its error."""
    running = asyncio.create_task(call("run_job", script="1", script_type="sal", id="a"))
    await until(lambda: store.status("a") == "queued")
    store.pop_as_foreigner()
    store.write_as_foreigner("a", output="half", status="error", error="broke")
    with pytest.raises(Exception, match="Job a failed: broke"):
        await running


async def test_the_job_goes_on_when_the_caller_of_run_job_goes_away(call, store):
    running = asyncio.create_task(call("run_job", script="1", script_type="sal", id="a"))
    claimed = await claim(store)
    running.cancel()
    assert store.finish(claimed)


async def test_play_runs_a_script_as_osis(call, store, keys):
    playing = asyncio.create_task(call("play", "let x = 10; x * 2"))
    store.finish(await claim(store, queues=(keys.work("osis"),)), "20")
    assert await playing == {"output": "20"}


async def test_wait_job_returns_the_job_once_it_is_final(call, create, store):
    await create("a", start=True)
    waiting = [asyncio.create_task(call("wait_job", "a")) for _ in range(3)]
    store.finish(await claim(store))
    assert [job["output"] for job in await asyncio.gather(*waiting)] == ["42"] * 3
    assert (await call("wait_job", "a", 1))["status"] == "completed"


async def test_wait_job_gives_up_when_its_time_is_over(create, refusal, store):
    await create("a", start=True)
    error = await refusal("wait_job", "a", 0.01)
    assert (error.code, str(error)) == (-32027, "Job a was not final within 0.01 s; it goes on.")
    assert store.status("a") == "queued"


async def test_wait_job_ends_when_the_job_is_deleted(call, create):
    await create("a")
    waiting = asyncio.create_task(call("wait_job", "a"))
    await asyncio.sleep(0)
    await call("delete_job", "a")
    with pytest.raises(Exception, match="Job a not found"):
        await waiting


async def test_a_foreign_runners_word_is_taken_by_whoever_reads_the_job(call, create, store):
    await create("a", start=True)
    store.pop_as_foreigner()
    store.write_as_foreigner("a", status="finished", output="theirs")
    assert await call("get_job_output", "a") == "theirs"


async def test_a_foreign_runners_word_wakes_those_who_wait(call, create, store):
    await create("a", start=True)
    waiting = asyncio.create_task(call("wait_job", "a"))
    store.pop_as_foreigner()
    store.write_as_foreigner("a", status="completed", output="theirs")
    assert (await waiting)["output"] == "theirs"


@pytest.mark.parametrize("status", ["created", "queued", "running", "failed", "stopped"])
async def test_there_is_no_output_unless_the_job_has_completed(call, create, store, status):
    await create("a", start=status != "created")
    if status in ("running", "failed"):
        claimed = store.claim()
    if status == "failed":
        store.fail(claimed)
    if status == "stopped":
        await call("stop_job", "a")
    assert await call("get_job_status", "a") == status
    assert await call("get_job_output", "a") is None


async def test_the_log_is_read_in_pieces(call, create, store, commands):
    await create("a", start=True)
    assert await call("get_job_logs", "a") == {"logs": None, "cursor": "0-0"}
    claimed = store.claim()
    for text in ("one\n", "two\n", "three\n"):
        store.do(commands.log(claimed, [("stdout", text)], 1000))
    first = await call("get_job_logs", job_id="a", limit=2)
    assert first["logs"] == "one\ntwo\n"
    rest = await call("get_job_logs", job_id="a", cursor=first["cursor"])
    assert rest["logs"] == "three\n"
    assert await call("get_job_logs", "a", rest["cursor"]) == {
        "logs": None, "cursor": rest["cursor"],
    }  # fmt: skip


async def test_the_log_says_what_was_dropped(call, create, store, commands):
    await create("a", start=True)
    store.do(commands.log(store.claim(), [("stdout", "a" * 10), ("stdout", "b" * 10)], 15))
    logs = (await call("get_job_logs", "a"))["logs"]
    assert logs == "[10 bytes of older output were dropped]\n" + "b" * 10


async def test_a_stop_reaches_the_guard_with_its_grace(call, create, store, commands):
    await create("a", start=True)
    claimed = store.claim()
    assert await call("stop_job", "a", 0.25) == {"success": True}
    assert store.do(commands.wait_for_orders(claimed.instance, 0.1)) == "stop a 1 250"
    store.exchange(Finished(claimed, Outcome.stopped()), drains=True)
    assert await call("get_job_status", "a") == "stopped"


async def test_a_job_that_is_due_is_started_by_upkeep(call, create):
    await create("a", start=True, delay=0.02)

    async def is_queued():
        return await call("get_job_status", "a") == "queued"

    await until_async(is_queued)
