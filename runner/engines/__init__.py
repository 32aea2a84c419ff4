"""What executes scripts, by script type. An engine lives in a worker and runs one job at a time."""

from collections.abc import Callable
from typing import Protocol

from runner.engines.rhai_engine import RhaiEngine
from supervisor.job import Job, Outcome

Log = Callable[[str, str], None]  # stream, text


class Engine(Protocol):
    """Executes scripts of one type."""

    def run(self, job: Job, log: Log) -> Outcome:
        """Execute a job's script; whatever the script does is in the outcome.

        Args:
            job: what to execute.
            log: takes what the script prints: the stream's name, and whole lines.
        """
        ...


ENGINES: dict[str, Callable[[], Engine]] = {"osis": RhaiEngine, "sal": RhaiEngine}
