"""Logging of all our processes: to stderr, text on a terminal, one JSON object a line elsewhere.

Levels are the usual words. `RUST_LOG` is understood as an alias, module filters included:
`RUST_LOG=info,supervisor.store=debug`; `::` reads as `.`, and the existing system's crate name
`hero_supervisor` as all of our core.
"""

import logging
import sys
from collections.abc import Mapping
from typing import Any

import structlog

from supervisor.errors import StartError

LEVELS: Mapping[str, int] = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "off": logging.CRITICAL + 1,
}


def configure_logging(level: str | None, rust_log: str | None, default: str = "info") -> None:
    """Log from now on at `level`, else as `rust_log` says, else at `default`.

    Raises:
        StartError: a level that is none.
    """
    general, filters = parse_filters(level or rust_log or default, default)
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_renderers())
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(general)
    for name, number in filters.items():
        logging.getLogger(name).setLevel(number)


def _renderers() -> list[Any]:
    drop_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if sys.stderr.isatty():
        return [drop_meta, structlog.dev.ConsoleRenderer()]
    return [
        drop_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]


def parse_filters(text: str, default: str = "info") -> tuple[int, dict[str, int]]:
    """Read `LEVEL` or `[LEVEL,]MODULE=LEVEL,…` as the general level and those of modules.

    Raises:
        StartError: a level that is none.
    """
    general = LEVELS[default]
    filters: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        module, equals, word = part.rpartition("=")
        level = LEVELS.get(word.lower())
        if level is None:
            raise StartError(
                f"Unknown log level {word[:40]!r}; the levels are {', '.join(LEVELS)}."
            )
        if not equals:
            general = level
        else:
            filters[_module(module)] = level
    return general, filters


def _module(name: str) -> str:
    """Return our name of a module that is written in Rust's way."""
    crate, dot, rest = name.replace("::", ".").partition(".")
    return ("supervisor" if crate == "hero_supervisor" else crate) + dot + rest
