"""The admin key that is made where no secret is configured, so that no remote door stands open."""

import os
import secrets
from pathlib import Path

import structlog

from supervisor.errors import StartError

_log = structlog.get_logger()


def load_admin_key(folder: Path) -> str:
    """Return the key in `folder/admin.key`, made at the first call with mode 0600.

    Raises:
        StartError: the file can't be read or written.
    """
    path = folder / "admin.key"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return _read(path)
        except FileNotFoundError:
            return _make(path)
    except OSError as error:
        raise StartError(f"Can't use the admin key {path}: {error.strerror}.") from None


def _read(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise StartError(f"The admin key {path} is empty: remove it, and a new one is made.")
    return key


def _make(path: Path) -> str:
    key = secrets.token_urlsafe(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
    _log.info("no secret is configured: made an admin key for remote clients", file=str(path))
    return key
