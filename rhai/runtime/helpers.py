"""The names that generated code can use: one table for each engine, the same for all its scripts."""

from collections.abc import Callable
from typing import NoReturn

from rhai.compiler.arithmetic import OPERATOR_NAMES
from rhai.compiler.infer import SCALARS
from rhai.display import display
from rhai.errors import ScriptError
from rhai.runtime import faults
from rhai.runtime.access import get_index, no_getter, set_index, set_property, sized
from rhai.runtime.functions import (
    Cell,
    bound,
    call_fn,
    call_on,
    call_on_cell,
    curry,
    is_shared,
)
from rhai.runtime.modules import find_module, global_constant, module_call, module_value
from rhai.runtime.operators import (
    BinaryOperator,
    assigning_addition,
    invert,
    keep_sign,
    negate,
    placed,
)
from rhai.runtime.registry import GETTER, Overloads, Registry
from rhai.runtime.sizes import Sizes
from rhai.runtime.trace import resolve
from rhai.values import Char, Range, Value, copy_value


def helper_table(
    sizes: Sizes, operators: dict[str, BinaryOperator], registry: Registry
) -> dict[str, object]:
    """Return everything generated code may name, but the functions of the library.

    Args:
        sizes: the engine's limits.
        operators: its operators by symbol.
        registry: where properties are looked up.
    """
    table: dict[str, object] = {name: operators[symbol] for symbol, name in OPERATOR_NAMES.items()}
    for symbol, name in OPERATOR_NAMES.items():
        table[f"placed_{name}"] = placed(operators[symbol])
    table["placed_add"] = placed(assigning_addition(operators["+"], sizes))
    table.update(_FIXED)
    table["get_property"] = _property_reader(registry)
    table["set_index"] = sized(set_index, sizes)
    table["set_property"] = sized(set_property, sizes)
    table["concatenate"] = _concatenation(sizes)
    table["checked_string"] = sizes.checked_string
    table["checked_array"] = sizes.checked_array
    table["checked_map"] = sizes.checked_map
    table["added_text"] = _added_text(operators["+"])
    return table


def _property_reader(registry: Registry) -> Callable[[Value, str], Value]:
    getters: dict[str, Overloads] = {}

    def get_property(base: Value, name: str) -> Value:
        if type(base) is dict:
            return base.get(name)
        getter = getters.get(name)
        if getter is None:
            getter = getters[name] = registry.overloads(GETTER + name, 1)
        native = getter.find((base,))
        if native is None:
            raise no_getter(base, name)
        return native.run(base)

    return get_property


def strict_properties(table: dict[str, object]) -> dict[str, object]:
    """Return the readers for an engine that refuses properties a map lacks."""
    readers: dict[str, object] = {}
    for name in ("get_property", "get_index"):
        read = table[name]
        assert callable(read)
        readers[name] = _refusing(read)
    return readers


def _refusing(read: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    def get(base: Value, key: Value) -> Value:
        if type(base) is dict and type(key) is str and key not in base:
            raise faults.property_not_found(key)
        return read(base, key)

    return get


def _concatenation(sizes: Sizes) -> Callable[..., str]:
    def concatenate(*parts: Value) -> str:
        texts = [display(part) for part in parts]
        sizes.check_string_length(sum(map(len, texts)))
        return sizes.checked_string("".join(texts))

    return concatenate


def _added_text(add: BinaryOperator) -> Callable[[Value], str]:
    def added_text(value: Value) -> str:
        text: str = add("", value)
        return text

    return added_text


def make_range(start: Value, end: Value, inclusive: bool) -> Range:
    """Return a range. Raises: EvalError unless both ends are integers."""
    if type(start) is int and type(end) is int:
        return Range(start, end, inclusive)
    raise faults.function_not_found("..=" if inclusive else "..", (start, end))


def not_boolean(value: Value) -> NoReturn:
    """Raise the error that a condition is no boolean."""
    raise faults.type_mismatch(value, "bool")


def no_variable(name: str) -> NoReturn:
    """Raise the error that no variable has this name."""
    raise faults.variable_not_found(name)


def overflow_stack() -> NoReturn:
    """Raise the error that calls nest too deeply."""
    raise faults.stack_overflow()


def throw(value: Value) -> NoReturn:
    """Raise what a script throws."""
    raise faults.thrown(value)


def throw_again(error: ScriptError) -> NoReturn:
    """Raise a caught error once more, as it was."""
    raise error.with_traceback(None)


def error_value(error: ScriptError) -> Value:
    """Return what a ``catch`` variable holds: the value thrown, or a map that describes the error."""
    if error.kind == "ErrorRuntime":
        return copy_value(error.value)
    fields: dict[str, Value] = {"error": error.variant, "message": error.message}
    if error.outer == "ErrorInFunctionCall":
        fields.update(function=error.call_stack[-1].function, source="")
    else:
        fields.update(error.details)
    if error.at:
        fields.update(line=error.at.line, position=error.at.column)
    return fields


def read_tag(value: Value, tag: int) -> Value:
    """Return the tag of a variable; on a map it is a property like any other."""
    return value.get("tag") if type(value) is dict else tag


def set_tag(value: Value, tag: int, new: Value) -> int:
    """Return what a variable's tag becomes. Raises: EvalError unless it fits 32 bits."""
    if type(value) is dict:
        value["tag"] = new
        return tag
    if type(new) is not int:
        raise faults.type_mismatch(new, "i64")
    if not -(2**31) <= new < 2**31:
        raise faults.arithmetic(
            f"{new} is too large to fit into a tag (must be between {-(2**31)} and {2**31 - 1})"
        )
    return new


def matches(value: Value, case: Value) -> bool:
    """Return whether a value falls under a case of a ``switch``: types count, but for ranges."""
    kind = type(value)
    if type(case) is Range and kind is not Range:
        if kind is not int and kind is not float:
            return False
        start: bool = case.start <= value
        return start and (value <= case.end if case.inclusive else value < case.end)
    if kind is not type(case):
        return False
    if kind is list:
        return len(value) == len(case) and all(map(matches, value, case))
    if kind is dict:
        return value.keys() == case.keys() and all(matches(value[key], case[key]) for key in case)
    return bool(value == case)


_FIXED: dict[str, object] = {
    "int": int,
    "str": str,
    "append": list.append,
    "dict": dict,
    "sized": frozenset({str, list}),
    "get_entry": dict.get,
    "list": list,
    "type": type,
    "len": len,
    "enumerate": enumerate,
    "scalars": SCALARS | {Char},
    "Char": Char,
    "ScriptError": ScriptError,
    "negate": negate,
    "keep_sign": keep_sign,
    "invert": invert,
    "get_index": get_index,
    "make_range": make_range,
    "not_boolean": not_boolean,
    "no_variable": no_variable,
    "overflow_stack": overflow_stack,
    "throw": throw,
    "throw_again": throw_again,
    "caught": resolve,
    "error_value": error_value,
    "Cell": Cell,
    "bound": bound,
    "is_shared": is_shared,
    "call_fn": call_fn,
    "call_on": call_on,
    "call_on_cell": call_on_cell,
    "curry": curry,
    "matches": matches,
    "read_tag": read_tag,
    "set_tag": set_tag,
    "find_module": find_module,
    "module_value": module_value,
    "module_call": module_call,
    "global_constant": global_constant,
}
