"""The whole API on one screen: name, scope, params, handler, result, what it may answer."""

from collections.abc import Mapping
from typing import Any

from supervisor.errors import (
    AccessDenied,
    Conflict,
    IllegalTransition,
    JobFailed,
    JobNotFound,
    OutcomeUnknown,
    RpcError,
    RunnerNotFound,
    StoreUnavailable,
    WaitTimeout,
)
from supervisor.rpc.methods import Example, Method, NoParams, Scope
from supervisor.runners import RunnerStatus
from supervisor.services import params as p
from supervisor.services.access import Access
from supervisor.services.jobs import Jobs
from supervisor.services.runners import Runners
from supervisor.services.system import System

_STORE: tuple[type[RpcError], ...] = (StoreUnavailable, OutcomeUnknown)
_JOB = (*_STORE, JobNotFound)
_JOB_OBJECT = dict[str, Any]

_SCRIPT = {"script": "40 + 2", "script_type": "SAL", "caller_id": "me", "context_id": "demo"}


def build_table(
    jobs: Jobs, runners: Runners, access: Access, system: System
) -> Mapping[str, Method]:
    """Return the method table over these services, by name."""
    user, admin, none = Scope.USER, Scope.ADMIN, Scope.NONE
    # fmt: off
    rows = [
        Method("create_job", user, p.CreateJob, jobs.create, str,
               "Store a job; its id.", (*_STORE, Conflict),
               Example("a simple job", {**_SCRIPT, "id": "example-1"}, "example-1")),
        Method("start_job", user, p.ById, jobs.start, dict[str, bool],
               "Start a created job.", (*_JOB, IllegalTransition),
               Example("start it", {"job_id": "example-1"}, {"success": True})),
        Method("run_job", user, p.RunJob, jobs.run, str,
               "Create a job, run it, and return its output.", (*_STORE, Conflict, JobFailed),
               Example("an answer at once", {"script": "40 + 2", "script_type": "SAL"}, "42"),
               by_position=("script", "script_type", "prerequisites")),
        Method("play", user, p.Play, jobs.play, dict[str, str],
               "Run a Rhai script as OSIS and return its output.", (*_STORE, JobFailed),
               Example("a product", {"script": "let x = 10; x * 2"}, {"output": "20"})),
        Method("wait_job", user, p.WaitJob, jobs.wait, _JOB_OBJECT,
               "Return a job once it is final.", (*_JOB, WaitTimeout)),
        Method("get_job", user, p.ById, jobs.get, _JOB_OBJECT,
               "Return a job.", _JOB),
        Method("get_job_status", user, p.ById, jobs.status, str,
               "Return a job's status.", _JOB,
               Example("a finished job", {"job_id": "example-1"}, "completed")),
        Method("get_job_output", user, p.ById, jobs.output, str | None,
               "Return a completed job's output, else null.", _JOB,
               Example("its output", {"job_id": "example-1"}, "42")),
        Method("get_job_logs", user, p.ReadLogs, jobs.logs, dict[str, str | None],
               "Return what a job has printed.", _JOB),
        Method("list_jobs", user, p.ListJobs, jobs.select, list[_JOB_OBJECT],
               "Return the newest jobs that fit a filter.", _STORE),
        Method("stop_job", user, p.StopJob, jobs.stop, dict[str, bool],
               "Stop a job; one that runs is killed.", (*_JOB, IllegalTransition)),
        Method("delete_job", user, p.ById, jobs.delete, dict[str, bool],
               "Delete a job that does not run.", (*_JOB, IllegalTransition)),
        Method("clear_all_jobs", admin, NoParams, jobs.clear, dict[str, int],
               "Delete all jobs that do not run.", _STORE),
        Method("create_jobs", user, p.CreateJobs, jobs.create_many, list[dict[str, Any]],
               "Store many jobs, in order; an id or an error for each.", _STORE,
               Example("two", {"jobs": [{**_SCRIPT, "id": "example-2"},
                                        {**_SCRIPT, "id": "example-3"}]},
                       [{"id": "example-2"}, {"id": "example-3"}])),
        Method("list_runners", user, NoParams, runners.ids, list[str],
               "Return the ids of the registered runners.", _STORE,
               Example("the runners of a fresh server", {}, ["osis", "sal"])),
        Method("get_runner_status", user, p.RunnerById, runners.status, RunnerStatus,
               "Return how a runner is.", (*_STORE, RunnerNotFound)),
        Method("get_all_runner_status", user, NoParams, runners.all_statuses, list[RunnerStatus],
               "Return how all registered runners are.", _STORE),
        Method("auth.login", none, p.Login, access.login, dict[str, Any],
               "Lift this connection to the scope of a secret or key.", (AccessDenied,)),
        Method("whoami", none, NoParams, access.whoami, dict[str, Any],
               "Return as whom this connection speaks."),
        Method("get_supervisor_info", admin, NoParams, system.info, dict[str, Any],
               "Return version, transports, Redis's promises, job counts and limits.", _STORE),
        Method("health", none, NoParams, system.health, dict[str, Any],
               "Return whether Redis, events and runners are well."),
        Method("rpc.discover", none, NoParams, system.discover, dict[str, Any],
               "Return the OpenRPC document of this server."),
    ]
    # fmt: on
    return {method.name: method for method in rows}
