"""Create, start, run, wait for, read, stop and delete jobs."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from supervisor.auth import Session
from supervisor.errors import (
    InvalidParams,
    JobFailed,
    OutcomeUnknown,
    RpcError,
    StoreUnavailable,
    WaitTimeout,
)
from supervisor.events import EventReader
from supervisor.job import FINAL, Job, JobError, JobStatus
from supervisor.job.params import JobParams
from supervisor.rpc.methods import explain
from supervisor.services.params import (
    ById,
    CreateJob,
    CreateJobs,
    ListJobs,
    Play,
    ReadLogs,
    RunJob,
    StopJob,
    WaitJob,
)
from supervisor.services.selection import Selection
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands

_SUCCESS = {"success": True}
_CLEAR_BATCH = 500
# Logs and lists read at once: all share one connection to Redis, and everybody's next answer waits
# behind theirs.
_LONG_ANSWERS = 4


class Jobs:
    """The use cases around jobs.

    Args:
        carrier: the store.
        commands: its commands.
        events: who tells when a job has ended.
        clock: epoch milliseconds.
        new_id: a fresh job id.
    """

    def __init__(
        self,
        carrier: AioCarrier,
        commands: Commands,
        events: EventReader,
        *,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._carrier = carrier
        self._commands = commands
        self._events = events
        self._clock = clock
        self._new_id = new_id
        self._long_answers = asyncio.Semaphore(_LONG_ANSWERS)

    async def create(self, params: CreateJob, _session: Session) -> str:
        """Store a job, and start it if asked; its id."""
        job = self._to_job(params)
        await self._carrier.submit(self._commands.add(job, start=params.start))
        return job.id

    async def create_many(self, params: CreateJobs, _session: Session) -> list[dict[str, Any]]:
        """Store jobs in order; `{"id"}` or `{"error"}` for each."""
        submitted = [self._submit(members, params.start) for members in params.jobs]
        answers = await asyncio.gather(*[answer for _, answer in submitted], return_exceptions=True)
        return [
            _id_or_error(job_id, answer)
            for (job_id, _), answer in zip(submitted, answers, strict=True)
        ]

    def _submit(self, members: dict[str, Any], start: bool) -> tuple[str, asyncio.Future[bool]]:
        """Submit one job at once, so that the order stands; its answer comes later."""
        try:
            job = self._to_job(JobParams.model_validate(members))
        except ValidationError as error:
            refused: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            refused.set_exception(InvalidParams(f"Invalid params: {explain(error)}."))
            return "", refused
        return job.id, self._carrier.submit(self._commands.add(job, start=start))

    async def start(self, params: ById, _session: Session) -> dict[str, bool]:
        """Start a created job; success too where it was started already."""
        await self._carrier.submit(self._commands.enqueue(params.job_id))
        return _SUCCESS

    async def run(self, params: RunJob, session: Session) -> str:
        """Create a job, start it, and return its output once it has completed."""
        return await self._run(self._to_job(params, session.principal.identity))

    async def play(self, params: Play, session: Session) -> dict[str, str]:
        """Run a script as OSIS."""
        job = self._to_job(
            JobParams(
                script=params.script,
                script_type="osis",
                caller_id=session.principal.identity,
                context_id="default",
            )
        )
        return {"output": await self._run(job)}

    async def _run(self, job: Job) -> str:
        with self._events.wait_for_end(job.id) as ended:
            is_new = await self._carrier.submit(self._commands.add(job, start=True))
            end = await ended if is_new else None
            if end is not None and end.output is not None:
                return end.output
        try:
            return _output_or_failure(await self._wait(job.id))
        except StoreUnavailable as error:  # by now the job is there, and may have run
            raise OutcomeUnknown(data={"job_id": job.id}) from error

    async def wait(self, params: WaitJob, _session: Session) -> dict[str, Any]:
        """Return the job once it is final."""
        try:
            async with asyncio.timeout(params.timeout):
                job = await self._wait(params.job_id)
        except TimeoutError:
            raise WaitTimeout(
                f"Job {params.job_id} was not final within {params.timeout:g} s; it goes on.",
                {"job_id": params.job_id},
            ) from None
        return job.to_json()

    async def _wait(self, job_id: str) -> Job:
        while True:
            with self._events.wait_for_end(job_id) as ended:
                job = await self._read(job_id)
                if job.status in FINAL:
                    return job
                await ended

    async def _read(self, job_id: str) -> Job:
        """Read a job; a foreign runner's word that nobody has taken yet is taken first."""
        job = await self._carrier.submit(self._commands.get(job_id))
        if job.foreign_word is None:
            return job
        await self._carrier.submit(self._commands.adopt([(job_id, job.foreign_word)]))
        return await self._carrier.submit(self._commands.get(job_id))

    async def get(self, params: ById, _session: Session) -> dict[str, Any]:
        """Return a job."""
        return (await self._read(params.job_id)).to_json()

    async def status(self, params: ById, _session: Session) -> str:
        """Return a job's status."""
        return (await self._read(params.job_id)).status

    async def output(self, params: ById, _session: Session) -> str | None:
        """Return a completed job's output; None while it is not final, or where it failed."""
        job = await self._read(params.job_id)
        return (job.output or "") if job.status is JobStatus.COMPLETED else None

    async def logs(self, params: ReadLogs, _session: Session) -> dict[str, str | None]:
        """Return what a job has printed behind a position, and the next position."""
        start = params.cursor or "0-0"
        async with self._long_answers:
            _, blocks, dropped = await asyncio.gather(
                self._carrier.submit(self._commands.get(params.job_id)),
                self._carrier.submit(self._commands.read_log(params.job_id, start, params.limit)),
                self._carrier.submit(self._commands.read_log_dropped(params.job_id)),
            )
        text = "".join(block.text for block in blocks)
        if dropped and params.cursor is None:
            text = f"[{dropped} bytes of older output were dropped]\n{text}"
        return {"logs": text or None, "cursor": blocks[-1].id if blocks else start}

    async def select(self, params: ListJobs, _session: Session) -> Sequence[dict[str, Any]]:
        """Return the newest jobs that fit a filter."""
        selection = Selection(self._carrier, self._commands, params)
        async with self._long_answers:
            return [job.to_json() for job in await selection.read()]

    async def stop(self, params: StopJob, _session: Session) -> dict[str, bool]:
        """Stop a job; one that runs is stopped by its runner."""
        await self._carrier.submit(self._commands.stop(params.job_id, int(params.grace * 1000)))
        return _SUCCESS

    async def delete(self, params: ById, _session: Session) -> dict[str, bool]:
        """Delete a job that does not run."""
        await self._carrier.submit(self._commands.delete(params.job_id))
        return _SUCCESS

    async def clear(self, _params: Any, _session: Session) -> dict[str, int]:
        """Delete all jobs that do not run."""
        deleted = kept = 0
        while ids := await self._carrier.submit(
            self._commands.page(self._commands.keys.jobs, kept, _CLEAR_BATCH)
        ):
            gone = await self._carrier.submit(self._commands.delete_many(ids))
            deleted += gone
            kept += len(ids) - gone
        return {"deleted": deleted}

    def _to_job(self, params: JobParams, caller_id: str = "") -> Job:
        return params.to_job(self._clock(), self._new_id, caller_id)


def _id_or_error(job_id: str, answer: bool | BaseException) -> dict[str, Any]:
    if isinstance(answer, RpcError):
        return {"error": answer.to_json()}
    if isinstance(answer, BaseException):
        raise answer
    return {"id": job_id}


def _output_or_failure(job: Job) -> str:
    if job.status is JobStatus.COMPLETED:
        return job.output or ""
    error = job.error or JobError("stopped", "It was stopped.")
    raise JobFailed(
        f"Job {job.id} {job.status}: {error.message}",
        {"job_id": job.id, "status": job.status, "error": error.to_json()},
    )
