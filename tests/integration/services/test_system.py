import json

import pytest
from waiting import until, until_async

from supervisor import __version__
from supervisor.app import Supervisor
from supervisor.config import Config
from supervisor.rpc.messages import Request
from supervisor.runners import Heartbeat


@pytest.fixture
def runner(store, commands):
    """Register a runner as its guard does; its heartbeat lasts for `ttl` seconds."""

    def register(name="sal", ttl=60.0, beat=None, **fields):
        instance = f"{name}@1"
        registration = {"id": name, "script_type": "sal", "capacity": "4", "instance": instance}
        store.do(commands.register(name, registration | fields))
        store.do(commands.list_as_runner(name))
        state = beat or Heartbeat("running", 77, 0, 1000, 1, 4, 5, 6, 2).encode()
        store.do(commands.beat(instance, state, ttl))

    return register


async def test_health_says_what_is_well(call, runner):
    runner()

    async def is_seen():
        return len((await call("health"))["checks"]) == 3

    await until_async(is_seen)
    health = await call("health")
    assert health["status"] == "ok"
    assert [check["name"] for check in health["checks"]] == ["redis", "events", "runners.sal"]


async def test_health_is_degraded_while_a_registered_runner_is_away(call, runner, store, commands):
    runner()
    store.do(commands.end_heartbeat("sal@1"))

    async def problem():
        checks = {check["name"]: check for check in (await call("health"))["checks"]}
        return checks.get("runners.sal", {}).get("message")

    assert await until_async(problem) == "No live runner serves sal jobs; they wait."
    assert (await call("health"))["status"] == "degraded"


async def test_the_status_of_a_runner_is_its_registration_and_heartbeat(call, create, runner):
    runner()
    await create("a", start=True)
    await create("b", start=True, runner="sal", priority="high")
    status = await call("get_runner_status", "sal")
    assert status.pop("uptime_s") > 0
    assert status == {
        "id": "sal", "state": "running", "script_type": "sal", "alive": True, "busy": 1,
        "capacity": 4, "queue_length": 2, "pid": 77, "last_seen": "1970-01-01T00:00:01.000000Z",
        "done": 5, "failed": 6, "restarts": 2,
    }  # fmt: skip


async def test_a_runner_without_heartbeat_is_lost(call, runner, store, commands):
    runner()
    store.do(commands.end_heartbeat("sal@1"))
    status = await call("get_runner_status", "sal")
    assert (status["state"], status["alive"], status["capacity"]) == ("lost", False, 4)


async def test_a_foreign_runner_with_a_heartbeat_of_its_own_kind_is_alive(call, runner):
    runner("theirs", beat=b"1", capacity="many", queue="elsewhere")
    status = await call("get_runner_status", "theirs")
    assert (status["state"], status["alive"], status["capacity"]) == ("running", True, 1)


async def test_the_queue_of_a_runners_registration_counts(call, create, runner, store):
    runner("theirs", queue="elsewhere")
    await create("a", start=True, runner="theirs")
    assert (await call("get_runner_status", "theirs"))["queue_length"] == 1
    store.stop("a")


async def test_all_runners_are_told_but_those_without_registration(call, runner, store, keys):
    runner("one")
    runner("two")
    store.redis.sadd(keys.runners, "ghost")
    assert await call("list_runners") == ["ghost", "one", "two"]
    assert [status["id"] for status in await call("get_all_runner_status")] == ["one", "two"]


async def test_a_runner_that_is_not_registered_is_not_found(refusal):
    error = await refusal("get_runner_status", "nobody")
    assert (error.code, error.data) == (-32023, {"runner_id": "nobody"})


async def test_the_supervisor_tells_of_itself(call, create, store):
    for job_id in "abc":
        await create(job_id, start=job_id != "c")
    store.finish(store.claim())
    info = await call("get_supervisor_info")
    assert info["version"] == __version__
    assert info["jobs"] == {"total": 3, "completed": 1, "created": 1, "waiting": 0, "queued": 1,
                            "running": 0, "failed": 0, "stopped": 0}  # fmt: skip
    assert info["redis"]["embedded"] is False
    assert info["limits"]["batch"] == 1000


async def test_discover_describes_every_method(call, supervisor):
    document = await call("rpc.discover")
    assert {method["name"] for method in document["methods"]} == set(supervisor.methods)


async def test_a_login_lifts_the_session_and_a_wrong_one_does_not(call, refusal):
    assert (await call("whoami"))["identity"] == "local"
    assert (
        str(await refusal("auth.login", "wrong")) == "Invalid credentials: no such secret or key."
    )
    assert (await call("whoami"))["identity"] == "local"
    assert await call("auth.login", "root") == {
        "scopes": ["admin"], "identity": "admin", "transport": "library",
    }  # fmt: skip


async def test_without_redis_callers_are_told_and_served_again_when_it_is_back(own_redis):
    config = Config(redis_url=own_redis.url, runners=())
    async with Supervisor(config) as supervisor:
        session = supervisor.local_session()

        async def ask(method):
            request = Request(method, None, 1, False)
            return json.loads(await supervisor.dispatcher.call(request, session))

        own_redis.kill()
        await until(lambda: not supervisor._carrier.is_connected)
        assert (await ask("list_jobs"))["error"]["code"] == -32025
        assert (await ask("health"))["result"]["status"] == "degraded"
        own_redis.start()
        await until(lambda: supervisor._carrier.is_connected and supervisor._events.is_following)
        assert (await ask("list_jobs"))["result"] == []
