"""The functions every script has, by subject."""

from collections.abc import Iterator

from rhai.library import (
    arrays,
    bits,
    blobs,
    callbacks,
    core,
    json_texts,
    maps,
    numbers,
    pointers,
    sorting,
    text,
)
from rhai.runtime.registry import Native
from rhai.runtime.sizes import Sizes


def standard_library(sizes: Sizes) -> Iterator[Native]:
    """Yield all functions; those that build strings, arrays or maps keep to the sizes."""
    yield from core.functions(sizes)
    yield from numbers.functions()
    yield from text.functions(sizes)
    yield from arrays.functions(sizes)
    yield from maps.functions(sizes)
    yield from callbacks.functions(sizes)
    yield from sorting.functions()
    yield from bits.functions()
    yield from blobs.functions(sizes)
    yield from json_texts.functions(sizes)
    yield from pointers.functions()
