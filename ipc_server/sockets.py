"""Unix sockets that are safe to open: never over somebody else's, never readable by others."""

import contextlib
import os
import socket
import stat
import struct
from pathlib import Path

from supervisor.errors import StartError

MAX_PATH = 107  # bytes; sun_path has 108 with its NUL (unix(7))
_BACKLOG = 1024
_PROBE = 1.0  # seconds


def bind_socket(path: Path) -> socket.socket:
    """Return a listening socket at `path` with mode 0600; a stale one there is replaced.

    Raises:
        StartError: the path is too long, taken by a live server or a file, or not writable.
    """
    size = len(os.fsencode(path))
    if size > MAX_PATH:
        raise StartError(
            f"The socket path has {size} bytes, at most {MAX_PATH} fit: choose a shorter --socket."
        )
    _make_folder(path.parent)
    _remove_stale(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    previous = os.umask(0o177)  # so that it is never open to others, not even for a moment
    try:
        listening.bind(os.fspath(path))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise StartError(f"Can't listen on {path}: {error.strerror}.") from None
    finally:
        os.umask(previous)
    return listening


def unbind(path: Path, listening: os.stat_result) -> None:
    """Remove the socket at `path` if it is still the one that was bound."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(path.stat(), listening):
            path.unlink()


def peer_uid(connection: socket.socket) -> int:
    """Return the user id of the process at the other end (SO_PEERCRED, unix(7))."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    _, uid, _ = struct.unpack("3i", credentials)
    return int(uid)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner, parent = folder.lstat().st_uid, folder.absolute().parent.stat()
    except OSError as error:
        raise StartError(f"Can't make the socket's folder {folder}: {error.strerror}.") from None
    if parent.st_mode & stat.S_IWOTH and owner not in (os.getuid(), 0):
        raise StartError(
            f"The socket's folder {folder} was made by user {owner}, who could put another socket "
            "in its place: remove it, or choose another --socket."
        )


def _remove_stale(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise StartError(f"{path} exists and is no socket: choose another --socket, or remove it.")
    if _is_live(path) or not _take_away(path, found):
        raise StartError(
            f"A server already listens on {path}: stop it first, or choose another --socket."
        )


def _is_live(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_PROBE)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError as error:
            raise StartError(f"Can't tell who listens on {path}: {error.strerror}.") from None
    return True


def _take_away(path: Path, stale: os.stat_result) -> bool:
    """Remove the stale socket; False if somebody has begun to listen there since it was probed."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    except OSError as error:
        raise StartError(f"Can't replace the old socket {path}: {error.strerror}.") from None
    taken = aside.lstat()
    if (taken.st_ino, taken.st_mtime_ns) != (stale.st_ino, stale.st_mtime_ns):
        aside.rename(path)
        return False
    aside.unlink()
    return True
