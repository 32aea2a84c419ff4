"""Every verb of the store as a pure description: what to send, and what the reply means.

`Commands` builds `Command` values; `store/aio.py` and `store/blocking.py` carry them. So each verb
is described once for asyncio and blocking callers, and nothing here needs a Redis to be tested.
"""

from supervisor.store.commands.command import Command
from supervisor.store.commands.jobs import JobCommands, LogBlock
from supervisor.store.commands.runners import RunnerCommands
from supervisor.store.commands.upkeep import End, RedisFacts, RunningJob, UpkeepCommands, read_end
from supervisor.store.commands.workers import Claimed, Exchanged, Finished, WorkerCommands

__all__ = [
    "Claimed",
    "Command",
    "Commands",
    "End",
    "Exchanged",
    "Finished",
    "LogBlock",
    "RedisFacts",
    "RunningJob",
    "read_end",
]


class Commands(JobCommands, WorkerCommands, RunnerCommands, UpkeepCommands):
    """Builds all commands of one namespace."""
