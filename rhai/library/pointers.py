"""Functions on function pointers and timestamps."""

from collections.abc import Iterator
from time import monotonic

from rhai.runtime.registry import GETTER, Native
from rhai.syntax.tree import ANONYMOUS
from rhai.values import Fn, Timestamp


def functions() -> Iterator[Native]:
    """Yield the functions."""
    for prefix in ("", GETTER):
        yield Native(f"{prefix}name", (Fn,), lambda pointer: pointer.name)
        yield Native(f"{prefix}is_anonymous", (Fn,), _is_anonymous)
        yield Native(f"{prefix}elapsed", (Timestamp,), lambda since: monotonic() - since.seconds)
    yield Native("timestamp", (), lambda: Timestamp(monotonic()))


def _is_anonymous(pointer: Fn) -> bool:
    return pointer.name.startswith(ANONYMOUS)
