"""`hero-runner`: one runner from the command line; the daemon starts its runners the same way."""

import asyncio
import os
import re
import secrets
import signal
import socket
import sys
from typing import Any

import click
import structlog

from runner.engines import ENGINES
from runner.guard import Guard, ZygoteLost
from runner.linux import become_subreaper
from runner.pages import Pages
from runner.settings import Settings
from runner.worker import Worker
from runner.zygote import run_zygote
from supervisor import __version__
from supervisor.errors import StartError, StoreUnavailable
from supervisor.keys import Keys
from supervisor.logs import configure_logging
from supervisor.store.commands import Commands

_MIB = 1024 * 1024
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # as RunnerSpec has it
_SECONDS = click.FloatRange(0, min_open=True)

_log = structlog.get_logger()


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("runner", metavar="RUNNER_ID")
@click.option("--type", "script_type", type=click.Choice(sorted(ENGINES)), required=True)
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True)
@click.option(
    "-r",
    "--redis-url",
    envvar="HERO_REDIS_URL",
    default="redis://localhost:6379",
    show_default=True,
)
@click.option("--namespace", default="hero", show_default=True)
@click.option("--beat", type=_SECONDS, default=2.0, help="Seconds between heartbeats.")
@click.option("--ttl", type=_SECONDS, default=10.0, help="Seconds that a heartbeat is believed.")
@click.option(
    "--max-lost", type=click.IntRange(0), default=3, help="How often a lost job is tried again."
)
@click.option("--drain", type=_SECONDS, default=10.0, help="Seconds that jobs have at the end.")
@click.option(
    "--max-output", type=click.IntRange(1), default=8 * _MIB, help="Bytes of a job's output."
)
@click.option("--max-log", type=click.IntRange(1), default=8 * _MIB, help="Bytes of a job's log.")
@click.option(
    "--memory", type=click.IntRange(1), default=1024 * _MIB, help="Bytes that a worker may use."
)
@click.option("--exit-with-parent", is_flag=True, help="Drain and end once stdin is closed.")
@click.option("--log-level", help="trace, debug, info, warn, error or off; RUST_LOG works too.")
@click.version_option(__version__, prog_name="hero-runner")
def main(log_level: str | None, exit_with_parent: bool, **options: Any) -> None:
    """Claim jobs from Redis and run them."""
    if not _ID.fullmatch(options["runner"]):
        raise click.BadParameter(f"it must fit {_ID.pattern}", param_hint="RUNNER_ID")
    settings = Settings(instance=f"{options['runner']}@{secrets.token_hex(4)}", **options)
    try:
        configure_logging(log_level, os.environ.get("RUST_LOG"))
        sys.exit(_run(settings, exit_with_parent=exit_with_parent))
    except (StartError, StoreUnavailable) as error:
        click.echo(f"hero-runner: {error}", err=True)
        sys.exit(1)


def _run(settings: Settings, *, exit_with_parent: bool) -> int:
    """Fork the zygote, which needs this process as small and single as it is now, and guard."""
    commands = Commands(Keys(settings.namespace))
    pages = Pages(settings.workers)
    ours, zygotes = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def work(slot: int, number: int) -> None:
        Worker(settings, commands, pages, slot=slot, number=number).run()

    become_subreaper()
    zygote = os.fork()
    if zygote == 0:
        ours.close()
        run_zygote(zygotes, work)
        os._exit(0)
    zygotes.close()
    ours.setblocking(False)
    try:
        asyncio.run(_guard(settings, commands, pages, ours, exit_with_parent=exit_with_parent))
    except ZygoteLost:
        _log.error("the zygote died; the runner ends, to be started anew")
        return 1
    finally:
        ours.close()
        os.waitpid(zygote, 0)  # it kills what is left, and ends
    return 0


async def _guard(
    settings: Settings,
    commands: Commands,
    pages: Pages,
    zygote: socket.socket,
    *,
    exit_with_parent: bool,
) -> None:
    loop = asyncio.get_running_loop()
    guard = Guard(settings, commands, pages, zygote)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, guard.end)
    if exit_with_parent:
        stdin = sys.stdin.fileno()

        def on_parent_gone() -> None:
            loop.remove_reader(stdin)
            guard.end()

        try:
            loop.add_reader(stdin, on_parent_gone)
        except PermissionError:  # epoll(7) takes no files
            raise StartError("--exit-with-parent needs a pipe as stdin.") from None
    await guard.run()
