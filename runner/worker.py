"""A worker: exchange an outcome for the next job, execute it, again. One job at a time.

Blocking, since it has nothing else to do; whatever must happen while a script runs is the guard's
business. It ends when the guard drains the runner, or when its memory ran out.
"""

import resource
import signal
import time
from random import Random

import structlog

from runner.engines import ENGINES, Engine
from runner.log_writer import LogWriter
from runner.pages import Pages
from runner.settings import Settings
from supervisor.errors import OutcomeUnknown, StoreUnavailable
from supervisor.job import ErrorKind, Job, JobStatus, Outcome
from supervisor.job.retries import retry_in_ms
from supervisor.keys import Keys
from supervisor.store.blocking import BlockingCarrier
from supervisor.store.commands import Claimed, Command, Commands, Exchanged, Finished

_WAKE = 1.0  # seconds: after that long without a word it looks by itself
_FIRST_RETRY = 0.05
_LAST_RETRY = 1.0

_log = structlog.get_logger()


class _Drain(Exception):
    """The guard's signal has come while the worker waited for work."""


class Worker:
    """One worker in its slot, from its fork to its end.

    Args:
        settings: the runner's.
        commands: of the store.
        pages: where it says what it does.
        slot: its page.
        number: its name in the instance; never used again.
    """

    def __init__(
        self, settings: Settings, commands: Commands, pages: Pages, *, slot: int, number: int
    ) -> None:
        self._settings = settings
        self._commands = commands
        self._pages = pages
        self._slot = slot
        self._number = number
        self._carrier = BlockingCarrier(settings.redis_url, f"hero-{settings.instance}-{number}")
        self._log = LogWriter(self._connect_log, commands, settings.max_log)
        self._engine: Engine = ENGINES[settings.script_type]()
        keys = Keys(settings.namespace)
        self._queues = (
            keys.work_for(settings.script_type, settings.runner),
            keys.work(settings.script_type),
        )
        self._random = Random()  # noqa: S311 (jitter)
        self._is_waiting = False
        self._must_end = False

    def run(self) -> None:
        """Execute jobs until the runner drains or the worker is spent."""
        resource.setrlimit(resource.RLIMIT_DATA, (self._settings.memory, self._settings.memory))
        signal.signal(signal.SIGUSR1, self._on_drain)
        try:
            answer = self._exchange(None)
            while not (answer.claimed is None and self._drains()):
                self._pages.rest(self._slot)
                if answer.claimed is None:
                    answer = self._wait()
                else:
                    answer = self._exchange(self._execute(answer.claimed))
        except _Drain:
            return

    def _drains(self) -> bool:
        return self._pages.drains or self._must_end

    def _exchange(self, finished: Finished | None, *, repeats: bool = False) -> Exchanged:
        """Bring the outcome, whatever happens to the connection, and take the next job."""
        delay = _FIRST_RETRY
        while True:
            command = self._exchange_command(finished, repeats=repeats)
            try:
                answer = self._carrier.execute(command)
            except OutcomeUnknown:
                repeats = True
            except StoreUnavailable:
                self._pause(delay, may_end=finished is None and not repeats)
                delay = min(delay * 2, _LAST_RETRY)
            else:
                if answer.was_refused and finished is not None:
                    _log.warning("came too late with an outcome", job_id=finished.claimed.job.id)
                return answer

    def _pause(self, seconds: float, *, may_end: bool) -> None:
        """Wait for Redis; a worker that has surely nothing in hand may end meanwhile."""
        try:
            self._is_waiting = may_end
            if may_end and self._pages.drains:
                raise _Drain
            time.sleep(seconds)
        finally:
            self._is_waiting = False

    def _wait(self) -> Exchanged:
        """Take the next job once an enqueue wakes this worker, or look after a second.

        The exchange waits in Redis behind the wait, so that it follows without a round trip.
        """
        wake = self._commands.wait_for_wake(self._settings.instance, self._number, _WAKE)
        try:
            self._is_waiting = True
            if self._pages.drains:
                raise _Drain
            return self._carrier.execute_behind(wake, self._exchange_command(None, was_idle=True))
        except (StoreUnavailable, OutcomeUnknown):
            self._is_waiting = False
            return self._exchange(None, repeats=True)
        finally:
            self._is_waiting = False

    def _exchange_command(
        self, finished: Finished | None, *, was_idle: bool = False, repeats: bool = False
    ) -> Command[Exchanged]:
        return self._commands.exchange(
            self._settings.instance,
            self._number,
            self._queues,
            finished,
            drains=self._drains(),
            was_idle=was_idle,
            repeats=repeats,
        )

    def _on_drain(self, *_: object) -> None:
        if self._is_waiting:
            raise _Drain

    def _execute(self, claimed: Claimed) -> Finished:
        job = claimed.job
        deadline = time.monotonic() + job.timeout
        self._log.open(claimed)
        self._pages.begin(self._slot, job.id, job.lease, deadline)
        outcome = self._limited(self._run_engine(job))
        failed = outcome.status is not JobStatus.COMPLETED
        self._pages.finish(self._slot, failed=failed)
        self._log.flush()
        return Finished(claimed, outcome, retry_in_ms(job, self._random) if failed else None)

    def _run_engine(self, job: Job) -> Outcome:
        if job.script == "ping":  # the existing system's health check
            return Outcome.completed("pong")
        try:
            return self._engine.run(job, self._log.write)
        except MemoryError:
            megabytes = self._settings.memory // (1024 * 1024)
            outcome = Outcome.failed(
                ErrorKind.MEMORY, f"The script needs more than {megabytes} MiB."
            )
        except Exception:  # noqa: BLE001 (the boundary: a defect ends its job and nothing else)
            _log.exception("the engine failed with a defect", job_id=job.id)
            outcome = Outcome.failed(
                ErrorKind.ENGINE, "The engine failed with a defect; the runner's log says more."
            )
        self._must_end = True  # what is left of this process is not to be trusted
        self._engine = ENGINES[self._settings.script_type]()  # lets go of what the old one holds
        return outcome

    def _limited(self, outcome: Outcome) -> Outcome:
        if outcome.output is None:
            return outcome
        size = len(outcome.output.encode())
        if size <= self._settings.max_output:
            return outcome
        return Outcome.failed(
            ErrorKind.OUTPUT_LIMIT,
            f"The output has {size} bytes; at most {self._settings.max_output} are kept.",
        )

    def _connect_log(self) -> BlockingCarrier:
        return BlockingCarrier(
            self._settings.redis_url, f"hero-{self._settings.instance}-{self._number}-log"
        )
