"""The command `hero-unix-client`.

Results go to stdout, all else to stderr. Exit codes: 0 there is a result, 1 the server said an
error, 2 wrong usage, 3 no connection or no answer, 130 interrupted.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from operator import methodcaller
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

import click
import orjson

from ipc_client.client import IpcClient
from ipc_client.errors import ClientError, ServerError
from ipc_client.presentation import show_error, show_result
from ipc_client.wire import Params
from supervisor import __version__

T = TypeVar("T")

_SOCKET_HELP = (
    "The server's socket. [default: HERO_SOCKET, else hero-supervisor/hero.sock in "
    "XDG_RUNTIME_DIR, else /tmp/hero-supervisor-UID/hero.sock]"
)

_socket_option = click.option(
    "--socket", type=click.Path(path_type=Path), metavar="PATH", help=_SOCKET_HELP
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on one line.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@_socket_option
@click.option("--method", metavar="NAME", help="The method to call; rpc.discover lists all.")
@click.option("--params", metavar="JSON", help="Its params: an object or an array; - reads stdin.")
@_json_option
@click.option("--raw", is_flag=True, help="Print the whole JSON-RPC response, errors as well.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long to wait for the answer. [default: 60, no limit for methods that wait for a job]",
)
@click.version_option(__version__, prog_name="hero-unix-client", message="%(prog)s %(version)s")
@click.pass_context
def main(
    context: click.Context,
    *,
    socket: Path | None,
    method: str | None,
    params: str | None,
    as_json: bool,
    raw: bool,
    timeout: float | None,
) -> None:
    """Call a method of the Hero Supervisor and print its result.

    \b
    hero-unix-client --method create_job --params '{"script": "40 + 2", …}'
    hero-unix-client run '40 + 2' --type SAL
    """  # noqa: D301 (click's mark of lines that stay as they are)
    if context.invoked_subcommand is not None:
        if method is not None:
            raise click.UsageError(f"--method and {context.invoked_subcommand} exclude each other.")
        return
    if method is None:
        raise click.UsageError("Give --method NAME, or a command. --help shows both.")
    if raw and as_json:
        raise click.UsageError("--raw and --json exclude each other.")
    read = _read_params(params)
    if raw:
        _print_raw(_carry_out(socket, lambda client: client.call_raw(method, read, timeout)))
    else:
        _print(
            _carry_out(socket, lambda client: client.call(method, read, timeout), as_json), as_json
        )


@main.command()
@click.argument("script", nargs=-1)
@click.option("--type", "script_type", required=True, help="OSIS, SAL, V, Python, …")
@click.option("--file", type=click.File("rb"), help="Take the script from a file.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long the script may run. [default: 60]",
)
@click.option("--caller", metavar="ID", help="Who asks. [default: who you are to the server]")
@click.option("--context", "context_id", metavar="ID", help="The circle or context.")
@click.option("--env", multiple=True, metavar="K=V", help="A variable for the script; repeatable.")
@_socket_option
@_json_option
@click.pass_context
def run(
    context: click.Context,
    *,
    script: tuple[str, ...],
    script_type: str,
    file: BinaryIO | None,
    timeout: float | None,
    caller: str | None,
    context_id: str | None,
    env: tuple[str, ...],
    socket: Path | None,
    as_json: bool,
) -> None:
    """Run SCRIPT (- reads stdin), wait for its end and print its output.

    With --file, further arguments are files too: each is run in turn.
    """
    options = {
        "caller_id": caller,
        "context_id": context_id,
        "timeout": timeout,
        "env_vars": dict(map(_read_variable, env)) or None,
    }
    given = {name: value for name, value in options.items() if value is not None}
    outer = context.parent.params if context.parent else {}
    as_json = as_json or outer.get("as_json", False)
    for text in _read_scripts(script, file):
        job = {"script": text, "script_type": script_type, **given}
        call = methodcaller("call", "run_job", job)
        _print(_carry_out(socket or outer.get("socket"), call, as_json), as_json)


def _read_params(text: str | None) -> Params | None:
    if text is None:
        return None
    if text == "-":
        text = _decode(sys.stdin.buffer.read(), "stdin")
    try:
        params = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise click.BadParameter(
            f"not valid JSON at line {error.lineno}, column {error.colno}: "
            f"{error.msg.partition(': line')[0]}.",
            param_hint="--params",
        ) from None
    if not isinstance(params, dict | list):
        raise click.BadParameter("must be a JSON object or array.", param_hint="--params")
    return params


def _read_scripts(scripts: tuple[str, ...], file: BinaryIO | None) -> list[str]:
    if file is not None:
        return [_decode(file.read(), file.name), *map(_read_file, scripts)]
    if len(scripts) != 1:
        raise click.UsageError("Give either a SCRIPT (- reads stdin) or --file FILE.")
    is_stdin = scripts[0] == "-"
    return [_decode(sys.stdin.buffer.read(), "stdin") if is_stdin else scripts[0]]


def _read_file(name: str) -> str:
    try:
        return _decode(Path(name).read_bytes(), name)
    except OSError as error:
        raise click.UsageError(f"Can't read the script {name}: {error.strerror}.") from None


def _decode(text: bytes, name: str) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{name} is not UTF-8 at byte {error.start}.") from None


def _read_variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE.", param_hint="--env")
    return name, value


def _carry_out(
    socket: Path | None, work: Callable[[IpcClient], Awaitable[T]], as_json: bool = False
) -> T:
    """Return what the server answered, or end the program with the exit code that says why not."""

    async def connected() -> T:
        async with IpcClient(socket) as client:
            return await work(client)

    try:
        return asyncio.run(connected())
    except ServerError as error:
        _fail(show_error(error, as_json), 1)
    except ClientError as error:
        _fail(f"{error}", 3)
    except KeyboardInterrupt:
        _fail("Interrupted; a job that was started goes on.", 130)


def _print(result: Any, as_json: bool) -> None:
    click.echo(show_result(result, as_json))


def _print_raw(text: bytes) -> None:
    click.echo(text)
    if orjson.loads(text).get("error") is not None:
        raise click.exceptions.Exit(1)


def _fail(message: str, code: int) -> NoReturn:
    colour = False if os.environ.get("NO_COLOR") else None
    click.secho(message, err=True, fg="red", color=colour)
    raise click.exceptions.Exit(code)
