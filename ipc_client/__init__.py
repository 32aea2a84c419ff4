"""The Python client of the Hero Supervisor, on its Unix socket.

    from ipc_client import SyncClient

    with SyncClient("/tmp/baobab.ipc") as client:
        print(client.run_job("40 + 2", "SAL"))

`IpcClient` is the same for asyncio programs, with many calls in flight at once. Jobs and all else
that the server answers are plain dicts, typed in `ipc_client.models`.
"""

from ipc_client.calls import Call
from ipc_client.client import IpcClient
from ipc_client.errors import (
    CallTimeout,
    CannotConnect,
    ClientError,
    ConnectionLost,
    ServerError,
)
from ipc_client.models import Job, JobError, JobSpec, RunnerStatus
from ipc_client.sync import SyncClient

__all__ = [
    "Call",
    "CallTimeout",
    "CannotConnect",
    "ClientError",
    "ConnectionLost",
    "IpcClient",
    "Job",
    "JobError",
    "JobSpec",
    "RunnerStatus",
    "ServerError",
    "SyncClient",
]
