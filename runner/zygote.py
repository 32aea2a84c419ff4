"""Forks workers, quickly and from a clean state: single-threaded, engines imported, no sockets.

The guard orders `spawn SLOT NUMBER` and `reap PID`; the zygote tells `started SLOT NUMBER PID` and
`exited PID HOW`: `clean` if the worker ended itself, `killed` or `failed` if not. A dead worker stays a zombie until the guard has read what it needs and orders the
reaping, so that nobody can have its PID meanwhile. When the guard is gone, everything goes.
"""

import contextlib
import gc
import os
import select
import signal
import socket
from collections.abc import Callable

import psutil
import structlog

from runner.linux import become_subreaper, die_with_parent

MESSAGE = 256  # bytes, of any message in either direction

_log = structlog.get_logger()


def run_zygote(guard: socket.socket, work: Callable[[int, int], None]) -> None:
    """Serve the guard at the other end of `guard` until it is gone.

    Args:
        guard: a SEQPACKET socket.
        work: what a worker does, given its slot and its number.
    """
    become_subreaper()
    gc.freeze()  # what is here now is shared by all workers; their collectors needn't touch it
    wake_end, signal_end = socket.socketpair()
    signal_end.setblocking(False)
    signal.set_wakeup_fd(signal_end.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for ignored in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ignored, signal.SIG_IGN)  # the guard decides when it ends
    zygote = _Zygote(guard, work, (wake_end, signal_end))
    try:
        with contextlib.suppress(ConnectionError):  # the guard is gone, and did not say good-bye
            zygote.serve()
    finally:
        _kill_descendants()


class _Zygote:
    def __init__(
        self,
        guard: socket.socket,
        work: Callable[[int, int], None],
        signals: tuple[socket.socket, socket.socket],
    ) -> None:
        self._guard = guard
        self._work = work
        self._signals = signals
        self._has_exited: dict[int, bool] = {}  # of the workers not yet reaped, by PID

    def serve(self) -> None:
        wake_end = self._signals[0]
        while True:
            ready, _, _ = select.select([self._guard, wake_end], [], [])
            if wake_end in ready:
                wake_end.recv(MESSAGE)
                self._tell_exits()
            if self._guard in ready and not self._obey():
                return

    def _obey(self) -> bool:
        order = self._guard.recv(MESSAGE).decode().split()
        if not order:
            return False
        if order[0] == "spawn":
            self._spawn(int(order[1]), int(order[2]))
        else:
            self._reap(int(order[1]))
        return True

    def _reap(self, pid: int) -> None:
        os.waitpid(pid, 0)
        del self._has_exited[pid]

    def _spawn(self, slot: int, number: int) -> None:
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_worker(zygote, slot, number)
        self._has_exited[pid] = False
        self._guard.send(f"started {slot} {number} {pid}".encode())

    def _become_worker(self, zygote: int, slot: int, number: int) -> None:
        """Run the worker in the forked child; never returns."""
        code = 1
        try:
            die_with_parent(zygote)
            os.setsid()
            signal.set_wakeup_fd(-1)
            for number_ in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
                signal.signal(number_, signal.SIG_DFL)
            for end in (*self._signals, self._guard):
                end.close()
            self._work(slot, number)
            code = 0
        except BaseException:  # noqa: BLE001 (nobody else would hear of it)
            _log.exception("a worker failed with a defect", worker=number)
        finally:
            os._exit(code)  # nothing of the zygote's may run on in a worker

    def _tell_exits(self) -> None:
        """Tell of dead workers, leaving them unreaped; reap the orphans of their jobs."""
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        for pid, has_exited in self._has_exited.items():
            if not has_exited and (end := os.waitid(os.P_PID, pid, flags)) is not None:
                self._has_exited[pid] = True
                self._guard.send(f"exited {pid} {_how(end)}".encode())
        for child in psutil.Process().children():
            if child.pid not in self._has_exited:
                os.waitpid(child.pid, os.WNOHANG)


def _how(end: os.waitid_result) -> str:
    if end.si_code != os.CLD_EXITED:
        return "killed"
    return "failed" if end.si_status else "clean"


def _kill_descendants() -> None:
    """Kill all that is left, until nothing is: what dies hands its children up to us."""
    while children := psutil.Process().children(recursive=True):
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
