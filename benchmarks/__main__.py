"""`python -m benchmarks`: measure, interleaved on a fresh server and on one with many jobs."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvloop
from rich.console import Console

from benchmarks.figures import FIGURES, Row
from benchmarks.load import CallFailed
from benchmarks.report import Results, print_costs, print_figures, print_idle
from benchmarks.server import Server
from benchmarks.session import START, Session
from benchmarks.usage import memory
from ipc_client import ClientError

_LONE = ("start", "idle")


def _options() -> argparse.Namespace:
    names = [*_LONE, *(figure.name for figure in FIGURES)]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    figures = f"any of {', '.join(names)}"
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, help=figures, metavar="F"
    )
    parser.add_argument("--runs", type=int, default=5, help="of each figure (%(default)s)")
    parser.add_argument("--jobs", type=int, default=20_000, help="in each run (%(default)s)")
    stored = "finished jobs on the second server, 0 for no such server (%(default)s)"
    parser.add_argument("--stored", type=int, default=100_000, help=stored)
    return parser.parse_args()


@contextmanager
def _telling(server: Server) -> Iterator[None]:
    """Show the server's log if what is done with it fails."""
    try:
        yield
    except (ClientError, CallFailed, TimeoutError, AssertionError):
        print(server.log(), file=sys.stderr)
        raise


class Run:
    """The whole benchmark.

    Args:
        options: of the command line.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._figures = [figure for figure in FIGURES if figure.name in options.only]
        self._fresh = Results()
        self._full = Results()
        self._console = Console(width=140, highlight=False)

    async def run(self) -> None:
        """Measure all, print all."""
        if self._options.stored and self._figures:
            with Server() as server, _telling(server):
                full = Session(server, Results(), self._options.jobs)
                await full.start()
                self._tell(f"storing {self._options.stored} finished jobs")
                await full.fill(self._options.stored)
                full = Session(server, self._full, self._options.jobs)
                await self._rounds(full)
                await full.close()
        else:
            await self._rounds(None)
        self._print()

    async def _rounds(self, full: Session | None) -> None:
        for number in range(self._options.runs):
            with Server() as server, _telling(server):
                fresh = Session(server, self._fresh, self._options.jobs)
                await fresh.start()
                if number == 0 and "idle" in self._options.only:
                    await self._idle(fresh)
                for figure in self._figures:
                    self._tell(f"run {number + 1}: {figure.name}")
                    await fresh.measure(figure, on_nothing=True)
                    if full is not None:
                        await full.measure(figure, on_nothing=False)
                await fresh.close()

    async def _idle(self, session: Session) -> None:
        self._tell("idle")
        usage = await session.idle()
        print_idle(self._console, usage, memory(session.server))

    def _tell(self, text: str) -> None:
        if sys.stderr.isatty():
            print(text, file=sys.stderr)

    def _print(self) -> None:
        rows: Sequence[Row] = [row for figure in self._figures for row in figure.rows]
        if "start" in self._options.only:
            rows = [START, *rows]
        print_figures(self._console, rows, self._fresh, self._full)
        print_costs(self._console, self._figures, self._fresh, "CPU µs, Redis per job or call")
        if self._full.costs:
            title = f"with {self._options.stored} jobs stored"
            print_costs(self._console, self._figures, self._full, title)


async def _main(options: argparse.Namespace) -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await Run(options).run()


if __name__ == "__main__":
    try:
        uvloop.run(_main(_options()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
