"""``hero-rhai``: run a script outside a job.

What the script prints and its value go to stdout, debug texts and errors to stderr. The exit code
is 0 for a value, 1 for an error of the script, 2 for wrong usage.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from pprint import pformat

from rhai.display import debug, display
from rhai.engine import Engine
from rhai.errors import Position, RhaiError
from rhai.interactive import Interactive
from rhai.report import report
from rhai.runtime.modules import file_resolver
from rhai.syntax.parser import parse

_PROMPT = "rhai> "


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command line without the program's name; by default the process's own.
    """
    parser = _argument_parser()
    options = parser.parse_args(arguments)
    if options.file and options.expression is not None:
        parser.error("give a file or -e, not both")
    folder = Path(options.file).parent if options.file else Path()
    engine = Engine(on_print=_write, on_debug=_write_debug, resolver=file_resolver(folder))
    if options.file:
        try:
            text = Path(options.file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            parser.error(f"cannot read {options.file}: {error}")
    elif options.expression is not None:
        text = options.expression
    else:
        return _converse(Interactive(engine))
    return _show(_action(engine, text, options), text)


def _argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hero-rhai", description="Run a Rhai script.")
    parser.add_argument("file", nargs="?", help="the script; without one, a conversation")
    parser.add_argument("-e", dest="expression", metavar="TEXT", help="run this text")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--ast", action="store_true", help="show the tree instead of running")
    shown.add_argument("--python", action="store_true", help="show the code instead of running")
    return parser


def _action(engine: Engine, text: str, options: argparse.Namespace) -> Callable[[], str]:
    """Return what makes the text to show."""
    if options.ast:
        return lambda: pformat(parse(text, engine.limits).body.body, width=100)
    if options.python:
        return lambda: engine.python_text(text)
    return lambda: display(engine.eval(text))


def _show(action: Callable[[], str], text: str) -> int:
    try:
        shown = action()
    except RhaiError as error:
        sys.stderr.write(report(error, text) + "\n")
        return 1
    if shown:
        _write(shown)
    return 0


def _converse(interactive: Interactive) -> int:
    """Run inputs until there are no more."""
    prompts = sys.stdin.isatty()
    while True:
        if prompts:
            sys.stdout.write(_PROMPT)
            sys.stdout.flush()
        text = sys.stdin.readline()
        if not text:
            return 0
        try:
            value = interactive.feed(text)
        except RhaiError as error:
            sys.stderr.write(report(error, text) + "\n")
        else:
            if value is not None:
                _write(debug(value))


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")


def _write_debug(text: str, source: str | None, at: Position) -> None:
    sys.stderr.write(f"{source or 'script'}:{at.line}:{at.column}: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
