"""Every method of the server as a pure function that describes the call.

One description for all carriers: `IpcClient` and `SyncClient` have each of these as a method, and
`call_many` takes any number of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, Unpack

from ipc_client.models import (
    CreatedJob,
    Health,
    Job,
    JobLogs,
    JobOptions,
    JobSpec,
    RunnerStatus,
)
from ipc_client.wire import Params

T_co = TypeVar("T_co", covariant=True)


def _as_is(result: Any) -> Any:
    return result


def _nothing(_result: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """A call to make: the method, its params, and how to read the result."""

    method: str
    params: Params | None = None
    read: Callable[[Any], T_co] = _as_is


def create_job(
    script: str,
    script_type: str | None = None,
    *,
    caller_id: str,
    context_id: str,
    start: bool = False,
    **options: Unpack[JobOptions],
) -> Call[str]:
    """Store a job and return its id; it runs once it is started.

    Args:
        script: the code.
        script_type: its language or engine: OSIS, SAL, V, Python, or what a runner registered.
        caller_id: who asks.
        context_id: the circle or context in which it runs.
        start: start it as well.
        options: see `JobOptions`.
    """
    spec = _job(script, script_type, caller_id, context_id, options)
    return Call("create_job", {**spec, "start": True} if start else spec)


def start_job(job_id: str) -> Call[None]:
    """Start a job; nothing happens to one that was started and is not final."""
    return Call("start_job", [job_id], _nothing)


def run_job(
    script: str,
    script_type: str | None = None,
    *,
    caller_id: str | None = None,
    context_id: str | None = None,
    **options: Unpack[JobOptions],
) -> Call[str]:
    """Create and start a job, wait for its end and return its output.

    The server raises -32000 for a job that did not complete; `ServerError.data` says why. The job
    goes on if the caller goes away.
    """
    return Call("run_job", _job(script, script_type, caller_id, context_id, options))


def play(script: str) -> Call[str]:
    """Run an OSIS script and return its output."""
    return Call("play", [script], lambda result: str(result["output"]))


def wait_job(job_id: str, timeout: float | None = None) -> Call[Job]:
    """Return the job once it is final.

    Args:
        job_id: the job.
        timeout: seconds after which the server gives up (-32027); the job goes on.
    """
    return Call("wait_job", _given(job_id=job_id, timeout=timeout))


def get_job(job_id: str) -> Call[Job]:
    """Return the job as it is now."""
    return Call("get_job", [job_id])


def get_job_status(job_id: str) -> Call[str]:
    """Return where the job is: created, waiting, queued, running, completed, failed, stopped."""
    return Call("get_job_status", [job_id])


def get_job_output(job_id: str) -> Call[str | None]:
    """Return the job's output, None while it is not final or when it failed."""
    return Call("get_job_output", [job_id])


def get_job_logs(job_id: str, cursor: str | None = None, limit: int | None = None) -> Call[JobLogs]:
    """Return what the job printed, from `cursor` on, at most `limit` entries."""
    return Call("get_job_logs", _given(job_id=job_id, cursor=cursor, limit=limit))


def list_jobs(
    *,
    status: str | None = None,
    script_type: str | None = None,
    runner: str | None = None,
    caller_id: str | None = None,
    context_id: str | None = None,
    labels: Mapping[str, str] | None = None,
    limit: int | None = None,
    before: str | None = None,
) -> Call[list[Job]]:
    """Return the jobs that fit all that is given, newest first.

    Args:
        status: as in `Job`.
        script_type: the language or engine.
        runner: the runner that was asked for.
        caller_id: who asked.
        context_id: the circle or context.
        labels: all of these.
        limit: most jobs; 100 unless given, at most 1000.
        before: the id of the last job of the page before.
    """
    return Call(
        "list_jobs",
        _given(
            status=status,
            script_type=script_type,
            runner=runner,
            caller_id=caller_id,
            context_id=context_id,
            labels=labels,
            limit=limit,
            before=before,
        ),
    )


def stop_job(job_id: str, grace: float | None = None) -> Call[None]:
    """Stop a job: TERM, `grace` seconds (5 unless given), KILL of all it started."""
    return Call("stop_job", _given(job_id=job_id, grace=grace), _nothing)


def delete_job(job_id: str) -> Call[None]:
    """Delete a job; a running one is refused."""
    return Call("delete_job", [job_id], _nothing)


def clear_all_jobs() -> Call[int]:
    """Delete all jobs that don't run and return how many."""
    return Call("clear_all_jobs", None, lambda result: int(result["deleted"]))


def create_jobs(jobs: Sequence[JobSpec], start: bool = False) -> Call[list[CreatedJob]]:
    """Store up to 1000 jobs and return, in order, the id of each or the error that it met."""
    return Call("create_jobs", {"jobs": jobs, "start": start})


def list_runners() -> Call[list[str]]:
    """Return the ids of the registered runners."""
    return Call("list_runners")


def get_runner_status(runner_id: str) -> Call[RunnerStatus]:
    """Return how a runner is."""
    return Call("get_runner_status", [runner_id])


def get_all_runner_status() -> Call[list[RunnerStatus]]:
    """Return how all registered runners are."""
    return Call("get_all_runner_status")


def get_supervisor_info() -> Call[dict[str, Any]]:
    """Return the server's version, uptime, transports, store, job counts and limits."""
    return Call("get_supervisor_info")


def health() -> Call[Health]:
    """Return whether all is well, and what is not."""
    return Call("health")


def discover() -> Call[dict[str, Any]]:
    """Return the OpenRPC document of the server's API."""
    return Call("rpc.discover")


def _job(
    script: str,
    script_type: str | None,
    caller_id: str | None,
    context_id: str | None,
    options: JobOptions,
) -> dict[str, Any]:
    return {
        "script": script,
        **_given(script_type=script_type, caller_id=caller_id, context_id=context_id),
        **options,
    }


def _given(**params: Any) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}
