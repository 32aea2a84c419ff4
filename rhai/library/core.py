"""Functions on values of any type."""

from collections.abc import Iterator
from typing import NoReturn

from rhai.display import debug, display
from rhai.errors import ScriptExit
from rhai.runtime.registry import GETTER, Native
from rhai.runtime.sizes import Sizes
from rhai.values import Value, copy_value, type_name


def functions(sizes: Sizes) -> Iterator[Native]:
    """Yield the functions; what they hand on keeps to the sizes."""
    yield Native("type_of", (object,), type_name)
    yield Native("to_string", (object,), display)
    yield Native("to_debug", (object,), debug)
    yield Native(f"{GETTER}tag", (object,), lambda _value: 0)
    yield Native("set_tag", (object, int), lambda _value, _tag: None)
    yield Native("exit", (), lambda: _exit(None))
    yield Native("exit", (object,), _exit)
    yield Native("take", (object,), lambda value: (None, sizes.copied(value)), mutates=True)


def _exit(value: Value) -> NoReturn:
    raise ScriptExit(copy_value(value))
