"""How large values may grow."""

from rhai.limits import Limits
from rhai.runtime.faults import too_large
from rhai.values import CONTAINERS, Blob, Value, copy_value

# Far beyond what scripts mean to build, far below what Python can walk through.
_MAX_NESTING = 100
_UTF8_BYTES = 4  # the most one character takes


class Sizes:
    """Checks new values against the limits of one engine.

    Attributes:
        quick_string: strings of no more characters are within the limit whatever they hold.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.quick_string = limits.max_string_size // _UTF8_BYTES

    def checked_string(self, text: str) -> str:
        """Return the string. Raises: EvalError if it is too large."""
        if len(text) > self.quick_string:
            self.check_string_length(len(text))
            if len(text.encode()) > self.limits.max_string_size:
                raise too_large("Length of string too large")
        return text

    def check_string_length(self, characters: int) -> None:
        """Check a string before it is built. Raises: EvalError if it cannot fit."""
        if characters > self.limits.max_string_size:
            raise too_large("Length of string too large")

    def checked_array(self, items: list[Value]) -> list[Value]:
        """Return the array. Raises: EvalError if it, or what it holds in all, is too large."""
        self._check_nested(items)
        return items

    def checked_map(self, entries: dict[str, Value]) -> dict[str, Value]:
        """Return the map. Raises: EvalError if it, or what it holds in all, is too large."""
        self._check_nested(entries)
        return entries

    def grown(self, items: Value, added: Value) -> Value:
        """Return an array, map or BLOB after something was added to it.

        What nested values hold is counted each time the length has doubled, so that building an
        array of arrays stays linear.

        Raises:
            EvalError: it, or what it holds in all, is too large.
        """
        length = len(items)
        limit = self.limits.max_map_size if type(items) is dict else self.limits.max_array_size
        doubled = length & (length - 1) == 0
        if length > limit or (doubled and type(added) in CONTAINERS):
            self._check_nested(items)
        return items

    def checked(self, value: Value) -> Value:
        """Return a value. Raises: EvalError if it, or what it holds in all, is too large."""
        if type(value) in CONTAINERS:
            self._check_nested(value)
        return value

    def copied(self, value: Value) -> Value:
        """Return a copy that shares nothing. Raises: EvalError if the value is too large.

        Growth beyond a constant factor needs a copy of what is already there, so this is what
        stops a container from being stored in itself over and over.
        """
        if type(value) in CONTAINERS:
            self._check_nested(value)
        return copy_value(value)

    def _check_nested(self, value: Value) -> None:
        items, entries = _count(value)
        if items > self.limits.max_array_size:
            raise too_large("Size of array/BLOB too large")
        if entries > self.limits.max_map_size:
            raise too_large("Size of object map too large")


def _count(value: Value, nesting: int = 0) -> tuple[int, int]:
    """Return how many array elements and map entries a value holds, nested ones included."""
    if nesting > _MAX_NESTING:
        raise too_large("Value nested too deeply")
    if type(value) is list:
        nested, items, entries = value, len(value), 0
    elif type(value) is Blob:
        return len(value), 0
    elif type(value) is dict:
        nested, items, entries = list(value.values()), 0, len(value)
    else:
        return 0, 0
    for item in nested:
        if type(item) in CONTAINERS:
            more_items, more_entries = _count(item, nesting + 1)
            items += more_items
            entries += more_entries
    return items, entries
