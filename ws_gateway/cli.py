"""The command `hero-ws-gateway`.

One line on stderr says where it listens; after it, there is only the log. Exit codes: 0 it was
told to end, 1 it can't start, 2 wrong usage.
"""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import click
import structlog
import uvloop

from supervisor import __version__
from supervisor.errors import StartError
from supervisor.logs import configure_logging
from supervisor.rpc.gateway_frames import GATEWAY_SUFFIX, gateway_path
from ws_gateway.address import Address, is_loopback, parse_address
from ws_gateway.admission import make_admission
from ws_gateway.parent import watch_parent
from ws_gateway.server import Gateway, Settings

_log = structlog.get_logger()


def _read_address(_context: click.Context, _option: click.Parameter, text: str) -> Address:
    try:
        return parse_address(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


def _read_socket(_context: click.Context, _option: click.Parameter, path: Path) -> Path:
    if path.name.endswith(GATEWAY_SUFFIX):
        raise click.BadParameter(
            f"give the path of the daemon's main socket; {GATEWAY_SUFFIX} is added to it."
        )
    return gateway_path(path)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--listen",
    required=True,
    metavar="HOST:PORT",
    callback=_read_address,
    help="Where to listen, such as 127.0.0.1:9944 or [::1]:9944; port 0 takes any that is free.",
)
@click.option(
    "--socket",
    "daemon",
    required=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    callback=_read_socket,
    help="The daemon's main socket; the gateway connects to PATH.gateway beside it.",
)
@click.option(
    "--allowed-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="Pages that may connect, such as https://app.example.org; repeatable.",
)
@click.option(
    "--allowed-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name under which clients reach this gateway; repeatable.",
)
@click.option(
    "--max-connections", type=click.IntRange(min=1), default=1024, show_default=True, metavar="N"
)
@click.option("--exit-with-parent", is_flag=True, help="End when stdin, a pipe, is at its end.")
@click.option("--log-level", help="trace, debug, info, warn, error or off; RUST_LOG works too.")
@click.version_option(__version__, prog_name="hero-ws-gateway", message="%(prog)s %(version)s")
def main(
    *,
    listen: Address,
    daemon: Path,
    origins: tuple[str, ...],
    hosts: tuple[str, ...],
    max_connections: int,
    exit_with_parent: bool,
    log_level: str | None,
) -> None:
    """Let WebSocket clients talk to the Hero Supervisor."""
    admission = make_admission(listen.host, hosts, origins)
    try:
        configure_logging(log_level, os.environ.get("RUST_LOG"), "warn")
        _quieten_library()
        uvloop.run(_run(Settings(listen, daemon, admission, max_connections), exit_with_parent))
    except StartError as error:
        click.echo(f"hero-ws-gateway: {error}", err=True)
        sys.exit(1)


def _quieten_library() -> None:
    """Keep the library from logging handshakes and messages, whatever level was asked for.

    It would write the Authorization header and all that passes.
    """
    library = logging.getLogger("websockets")
    library.setLevel(max(logging.getLogger().level, logging.WARNING))


async def _run(settings: Settings, exit_with_parent: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopped.set)
    if exit_with_parent:
        await watch_parent(sys.stdin, stopped.set)
    gateway = Gateway(settings)
    address = await gateway.start()
    click.echo(f"hero-ws-gateway listens on ws://{address} for {settings.daemon}", err=True)
    if not is_loopback(address.host):
        _log.warning(
            "Listening beyond this machine without TLS: whoever is on the way can read secrets and "
            "jobs. Listen on 127.0.0.1, or put a proxy with TLS in front.",
            listen=f"{address}",
        )
    try:
        await stopped.wait()
    finally:
        await gateway.stop()
