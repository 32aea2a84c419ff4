"""`hero-unix-server`: the daemon from the command line."""

import os
import sys
from pathlib import Path
from typing import Any

import click
import structlog
import uvloop

from ipc_server.daemon import Daemon
from supervisor import __version__
from supervisor.config import Config, load_config
from supervisor.errors import StartError
from supervisor.logs import configure_logging

_log = structlog.get_logger()


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--socket", type=click.Path(path_type=Path), help="Unix socket to listen on.")
@click.option("--db-path", type=click.Path(path_type=Path), help="Folder of the embedded Redis.")
@click.option(
    "--redis-url", envvar="HERO_REDIS_URL", help="Use this Redis instead of an embedded one."
)
@click.option("--config", "file", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--ws", metavar="HOST:PORT", help="Start the WebSocket gateway there.")
@click.option("--no-runners", is_flag=True, help="Start no runners.")
@click.option("--log-level", help="trace, debug, info, warn, error or off; RUST_LOG works too.")
@click.version_option(__version__, prog_name="hero-unix-server")
def main(file: Path | None, no_runners: bool, **overrides: Any) -> None:
    """Run jobs sent as JSON-RPC 2.0 over a Unix socket."""
    try:
        if no_runners:
            overrides["runners"] = ()
        if overrides["log_level"] is None:
            overrides["log_level"] = os.environ.get("RUST_LOG") or None
        config = load_config(file, overrides)  # its level is the runners' too
        configure_logging(config.log_level, None)
        uvloop.run(_run(config))
    except StartError as error:
        click.echo(f"hero-unix-server: {error}", err=True)
        sys.exit(1)


async def _run(config: Config) -> None:
    daemon = Daemon(config)
    await daemon.run(lambda: _announce(config))


def _announce(config: Config) -> None:
    redis = config.redis_url is None
    store = (
        f"embedded in {config.db_path}, fsync {config.durability}" if redis else "as given by URL"
    )
    runners = ", ".join(
        f"{spec.id} ({spec.script_type}, {spec.workers} at once)" for spec in config.runners
    )
    if not sys.stderr.isatty():
        _log.info("ready", socket=str(config.socket), redis=store, runners=runners or "none")
        return
    click.echo(f"hero-unix-server {__version__} is ready", err=True)
    click.echo(f"  socket   {config.socket}", err=True)
    click.echo(f"  redis    {store}", err=True)
    click.echo(f"  runners  {runners or 'none'}", err=True)
    if config.ws:
        click.echo(f"  ws       {config.ws}", err=True)
