"""The right of one daemon to a folder: an flock on `<folder>/lock`.

The kernel frees it when the holder dies, however it dies. The file names the holder's pid and
is never removed: removing it would let two daemons lock two files of one name.
"""

import fcntl
import os
from pathlib import Path
from typing import Self

from supervisor.errors import StartError


class FolderLock:
    """A folder that is ours until `release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Make `folder` with mode 0700 if it is new, and lock it; children don't inherit the lock.

        Raises:
            StartError: the folder can't be made or written, or another process has it.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartError(
                f"Can't use the folder {folder}: {error.filename}: {error.strerror}."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise StartError(
                f"The folder {folder} is in use by the process {holder}: "
                "stop it, or choose another --db-path."
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        return cls(descriptor)

    def release(self) -> None:
        """Give the folder back; idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
