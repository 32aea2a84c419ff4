"""The functions every script has, by subject."""

from collections.abc import Iterator

from rhai.library import arrays, core, maps, numbers, text
from rhai.runtime.registry import Native
from rhai.runtime.sizes import Sizes


def standard_library(sizes: Sizes) -> Iterator[Native]:
    """Yield all functions; those that build strings, arrays or maps keep to the sizes."""
    yield from core.functions(sizes)
    yield from numbers.functions()
    yield from text.functions(sizes)
    yield from arrays.functions(sizes)
    yield from maps.functions(sizes)
