"""Every example of the API's document does what it says, in the order of the document."""

import json
import tempfile
from pathlib import Path

from waiting import until_async

from supervisor.app import Supervisor
from supervisor.config import Config
from supervisor.rpc.messages import Request


async def test_every_example_gives_its_stated_result():
    with tempfile.TemporaryDirectory(prefix="hero-", dir="/tmp") as folder:
        config = Config(db_path=Path(folder) / "db", drain_seconds=1)
        async with Supervisor(config) as supervisor:
            supervisor.start_runners()
            session = supervisor.local_session()

            async def call(method, params=None):
                request = Request(method, params, 1, False)
                return json.loads(await supervisor.dispatcher.call(request, session))["result"]

            async def is_well():
                return (await call("health"))["status"] == "ok"

            await until_async(is_well, within=20)
            for method in (await call("rpc.discover"))["methods"]:
                for example in method.get("examples", ()):
                    params = {param["name"]: param["value"] for param in example["params"]}
                    if method["name"].startswith("get_job_"):
                        await call("wait_job", {"job_id": params["job_id"], "timeout": 20})
                    assert await call(method["name"], params) == example["result"]["value"]
