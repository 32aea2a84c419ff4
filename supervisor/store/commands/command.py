"""What a command is, and what builds the commands of one namespace."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from supervisor.keys import Keys
from supervisor.store.scripts import Script, load_scripts

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Arg = str | bytes | int


class Command(NamedTuple, Generic[T_co]):
    """One round trip. A tuple, since one is made for every call, and these are made fast.

    Attributes:
        args: a plain Redis command; or the arguments of `script`.
        read: turns Redis's reply into the value; may raise the error that the reply stands for.
        script: the Lua script to run, if it is not a plain command.
        is_write: whether a lost answer leaves in doubt what happened.
        job_id: what to look up in that case.
        block: seconds that Redis may keep the reply back.
    """

    args: tuple[Arg, ...]
    read: Callable[[Any], T_co]
    script: Script | None = None
    is_write: bool = True
    job_id: str | None = None
    block: float = 0

    def pack(self) -> tuple[Arg, ...]:
        """Return the words to send."""
        if self.script is None:
            return self.args
        return ("EVALSHA", self.script.sha, 0, *self.args)

    def pack_whole(self) -> tuple[Arg, ...]:
        """Return the words to send to a Redis that has forgotten the script."""
        if self.script is None:
            return self.args
        return ("EVAL", self.script.text, 0, *self.args)


class Builder:
    """Knows the keys and the scripts of one namespace."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.scripts = load_scripts(keys)

    def read_only(self, args: tuple[Arg, ...], read: Callable[[Any], T]) -> Command[T]:
        """Return a plain command that changes nothing."""
        return Command(args, read, is_write=False)

    def script(
        self,
        name: str,
        args: Sequence[Arg],
        read: Callable[[Any], T],
        job_id: str | None = None,
        *,
        is_write: bool = True,
    ) -> Command[T]:
        """Return the run of one of the store's scripts."""
        return Command(tuple(args), read, self.scripts[name], is_write, job_id)


def pairs(reply: Any) -> dict[bytes, bytes]:
    """Read a hash: a flat list (RESP2, and always from a script) or a mapping (RESP3)."""
    if not reply:
        return {}
    if isinstance(reply, dict):
        return reply
    return dict(zip(reply[::2], reply[1::2], strict=True))
