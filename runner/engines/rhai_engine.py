"""Rhai scripts, in the worker itself."""

from collections.abc import Callable

from rhai import Engine, ResourceError, RhaiError, display
from supervisor.job import ErrorKind, Job, Outcome

_MEMORY = frozenset({"ErrorDataTooLarge"})


class RhaiEngine:
    """One Rhai engine, whose compiled scripts serve all jobs of the worker."""

    def __init__(self) -> None:
        self._engine = Engine(on_print=self._print, on_debug=self._debug)
        self._log: Callable[[str, str], None] = _drop

    def run(self, job: Job, log: Callable[[str, str], None]) -> Outcome:
        """Run a job's script; its value's display text is the output."""
        self._log = log
        scope = {"CALLER_ID": job.caller_id, "CONTEXT_ID": job.context_id}
        try:
            return Outcome.completed(display(self._engine.eval(job.script, scope)))
        except RhaiError as error:
            is_memory = isinstance(error, ResourceError) and error.kind in _MEMORY
            kind = ErrorKind.MEMORY if is_memory else ErrorKind.SCRIPT
            return Outcome.failed(kind, str(error), line=error.line, column=error.position)
        finally:
            self._log = _drop

    def _print(self, text: str) -> None:
        self._log("stdout", text + "\n")

    def _debug(self, text: str, source: str | None, position: object) -> None:
        place = f"{source} @ {position}" if source else str(position)
        self._log("stderr", f"{place} | {text}\n")


def _drop(_stream: str, _text: str) -> None:
    """Take what is printed when no job runs: nothing is."""
