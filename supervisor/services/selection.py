"""Find the newest jobs that fit a filter, with bounded work.

The narrowest index that the filter names is walked from its newest end; what it does not cover is
checked on the jobs themselves. All indexes have one order, so it does not matter to a page which of
them was walked for the page before, nor whether its last job is still in it.
"""

import asyncio

from supervisor.errors import InvalidParams
from supervisor.job import Job
from supervisor.services.params import ListJobs
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands

_CHUNK = 200
_MAX_READ = 20_000  # jobs looked at in one call


class Selection:
    """One `list_jobs` call."""

    def __init__(self, carrier: AioCarrier, commands: Commands, wanted: ListJobs) -> None:
        self._carrier = carrier
        self._commands = commands
        self._wanted = wanted

    async def read(self) -> list[Job]:
        """Return at most `limit` jobs, newest first.

        Raises:
            InvalidParams: `before` is no job.
        """
        index = await self._narrowest()
        rank = await self._first_rank(index)
        last = rank + _MAX_READ
        found: list[Job] = []
        while len(found) < self._wanted.limit and rank < last:
            ids = await self._carrier.submit(self._commands.page(index, rank, _CHUNK))
            found += [job for job in await self._jobs(ids) if self._fits(job)]
            rank += len(ids)
            if len(ids) < _CHUNK:
                break
        return found[: self._wanted.limit]

    async def _narrowest(self) -> str:
        keys, wanted = self._commands.keys, self._wanted
        indexes = [keys.by("label", f"{name}={value}") for name, value in wanted.labels.items()]
        if wanted.status is not None and wanted.status != "completed":
            indexes.append(keys.status(wanted.status))
        if wanted.caller_id is not None:
            indexes.append(keys.by("caller", wanted.caller_id))
        if wanted.context_id is not None:
            indexes.append(keys.by("context", wanted.context_id))
        if len(indexes) <= 1:
            return indexes[0] if indexes else keys.jobs
        sizes = await asyncio.gather(
            *[self._carrier.submit(self._commands.size(index)) for index in indexes]
        )
        return min(zip(sizes, indexes, strict=True))[1]

    async def _first_rank(self, index: str) -> int:
        before = self._wanted.before
        if before is None:
            return 0
        score = await self._carrier.submit(self._commands.added_at(before))
        if score is None:
            raise InvalidParams("Invalid params: before: no such job; begin again without it.")
        newer, same = await asyncio.gather(
            self._carrier.submit(self._commands.count_newer(index, score)),
            self._carrier.submit(self._commands.added_with(index, score)),
        )
        return newer + sum(job_id >= before for job_id in same)

    async def _jobs(self, ids: list[str]) -> list[Job]:
        jobs = await asyncio.gather(
            *[self._carrier.submit(self._commands.peek(job_id)) for job_id in ids]
        )
        return [job for job in jobs if job is not None]

    def _fits(self, job: Job) -> bool:
        wanted = self._wanted
        return (
            wanted.status in (None, job.status)
            and wanted.script_type in (None, job.script_type)
            and wanted.runner in (None, job.runner)
            and wanted.caller_id in (None, job.caller_id)
            and wanted.context_id in (None, job.context_id)
            and wanted.labels.items() <= job.labels.items()
        )
