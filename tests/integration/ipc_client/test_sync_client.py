import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ipc_client import CannotConnect, ConnectionLost, ServerError, SyncClient, calls

WHO = {"caller_id": "tester", "context_id": "tests"}


@pytest.fixture
def client(daemon):
    with SyncClient(daemon) as client:
        yield client


def test_a_script_runs_a_job(client):
    assert client.run_job("40 + 2", "SAL", **WHO) == "42"


async def test_it_works_where_an_event_loop_runs_already(client):
    assert client.run_job("40 + 2", "SAL", **WHO) == "42"


def test_methods_without_a_typed_form_are_called_by_name(client):
    assert client.call("get_job_status", [client.create_job("1", "SAL", **WHO)]) == "created"


def test_many_calls_go_out_together(client):
    missing, runners = client.call_many([calls.get_job("missing"), calls.list_runners()])
    assert (missing.code, type(runners)) == (-32020, list)


def test_a_notification_returns_at_once(client):
    job_id = client.create_job("40 + 2", "SAL", **WHO)
    assert client.notify("start_job", [job_id]) is None
    assert client.wait_job(job_id, 10)["output"] == "42"


def test_errors_of_the_server_are_raised(client):
    with pytest.raises(ServerError, match="error -32020"):
        client.get_job("missing")


def test_threads_share_one_client(client):
    with ThreadPoolExecutor(8) as pool:
        outputs = pool.map(lambda n: client.run_job(f"{n} + 1", "SAL", **WHO), range(32))
    assert list(outputs) == [f"{n + 1}" for n in range(32)]


def test_the_socket_comes_from_the_environment(daemon, monkeypatch):
    monkeypatch.setenv("HERO_SOCKET", str(daemon))
    with SyncClient() as client:
        assert client.call("health") == client.health()


def test_a_missing_server_is_explained(tmp_path):
    with SyncClient(tmp_path / "s") as client, pytest.raises(CannotConnect, match="no such socket"):
        client.health()


def test_a_closed_client_says_so(daemon):
    client = SyncClient(daemon)
    client.close()
    client.close()
    with pytest.raises(CannotConnect, match="this client was closed"):
        client.health()


def test_closing_fails_the_calls_of_other_threads(daemon, until):
    client = SyncClient(daemon)
    job_id = client.create_job("1", "SAL", **WHO)
    _, _, inner = client._thread._ready.result()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.wait_job, job_id)
        until(lambda: inner._connection._pending)
        client.close()
        with pytest.raises(ConnectionLost, match="closed by this client"):
            waiting.result()


def test_a_client_that_is_forgotten_ends_its_thread(daemon):
    client = SyncClient(daemon)
    client.health()
    [thread] = [t for t in threading.enumerate() if t.name == f"client of {daemon}"]
    del client
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()
