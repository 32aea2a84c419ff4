"""What work costs: CPU time by process, and commands of Redis."""

import os
import time
from dataclasses import dataclass
from typing import Self

import psutil
from redis import Redis

from benchmarks.server import ROLES, Server

CLIENT = "client"
COSTS = (*ROLES, CLIENT)


@dataclass(frozen=True, slots=True)
class Usage:
    """A reading of the counters, or the difference of two.

    Attributes:
        cpu: seconds by role; the load generator is `client`.
        scripts: runs of Lua scripts.
        commands: of Redis, those inside scripts included.
        wall: seconds.
    """

    cpu: dict[str, float]
    scripts: int
    commands: int
    wall: float

    @classmethod
    def read(cls, server: Server, connection: Redis) -> Self:
        """Read the counters now."""
        by_role = server.by_role()
        cpu = {role: sum(map(_seconds, by_role[role])) for role in ROLES}
        cpu[CLIENT] = _seconds(psutil.Process(os.getpid()))
        stats = connection.info("commandstats")
        return cls(
            cpu=cpu,
            scripts=stats.get("cmdstat_evalsha", {}).get("calls", 0),
            commands=sum(entry["calls"] for entry in stats.values()),
            wall=time.perf_counter(),
        )

    def since(self, before: Self) -> Self:
        """Return what was used between two readings."""
        return type(self)(
            cpu={role: self.cpu[role] - before.cpu[role] for role in COSTS},
            scripts=self.scripts - before.scripts,
            commands=self.commands - before.commands,
            wall=self.wall - before.wall,
        )


def memory(server: Server) -> list[tuple[str, float, float]]:
    """Return role, RSS and PSS in MB of each process of a server."""
    sizes = []
    for role, processes in server.by_role().items():
        for process in processes:
            info = process.memory_full_info()
            sizes.append((role, info.rss / 1e6, info.pss / 1e6))
    return sizes


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
