"""The errors that operators and functions raise, each with the text the language gives it."""

from rhai.display import debug
from rhai.errors import CallFrame, EvalError, ParseError, ResourceError, RhaiError, ScriptError
from rhai.values import Value, host_name, signature_name


def function_not_found(name: str, args: tuple[Value, ...]) -> ScriptError:
    """Return the error that no function or operator takes these arguments."""
    signature = f"{name} ({', '.join([signature_name(arg) for arg in args])})"
    return ScriptError(
        "ErrorFunctionNotFound",
        f"Function not found: {signature}",
        details={"function": signature},
    )


def variable_not_found(name: str) -> ScriptError:
    """Return the error that no variable has this name."""
    return ScriptError(
        "ErrorVariableNotFound", f"Variable not found: {name}", details={"variable": name}
    )


def property_not_found(name: str) -> ScriptError:
    """Return the error that a map lacks a property."""
    return ScriptError(
        "ErrorPropertyNotFound", f"Property not found: {name}", details={"property": name}
    )


def non_pure_call(name: str) -> ScriptError:
    """Return the error that a method would change a constant."""
    return ScriptError(
        "ErrorNonPureMethodCallOnConstant",
        f"Non-pure method '{name}' cannot be called on constant",
        details={"function": name},
    )


def constant_modified(name: str) -> ScriptError:
    """Return the error that a constant was assigned to."""
    return ScriptError(
        "ErrorAssignmentToConstant", f"Cannot modify constant {name}", details={"variable": name}
    )


def arithmetic(message: str, *, positioned: bool = True) -> ScriptError:
    """Return an arithmetic error; binary operators report no place."""
    return ScriptError("ErrorArithmetic", message, positioned=positioned)


def type_mismatch(value: Value, wanted: str) -> ScriptError:
    """Return the error that a value has the wrong type."""
    actual = host_name(value)
    return ScriptError(
        "ErrorMismatchDataType",
        f"Data type incorrect: {actual} (expecting {wanted})",
        details={"requested": wanted, "actual": actual},
    )


def out_of_bounds(index: int, length: int) -> ScriptError:
    """Return the error that an array has no such element."""
    return ScriptError(
        "ErrorArrayBounds",
        f"Array index {index} out of bounds: {_amount(length, 'element', 'array')}",
        details={"index": index, "length": length},
    )


def outside_string(index: int, length: int) -> ScriptError:
    """Return the error that a string has no such character."""
    return ScriptError(
        "ErrorStringBounds",
        f"String index {index} out of bounds: {_amount(length, 'character', 'string')}",
        details={"index": index, "length": length},
    )


def no_such_bit(index: int) -> ScriptError:
    """Return the error that an integer has no such bit."""
    return ScriptError(
        "ErrorBitFieldBounds",
        f"Bit-field index {index} out of bounds: only 64 bits in bit-field",
        details={"index": index, "length": 64},
    )


def _amount(length: int, item: str, container: str) -> str:
    if length == 0:
        return f"{container} is empty"
    return f"only {length} {item}{'' if length == 1 else 's'} in {container}"


def too_large(what: str) -> ResourceError:
    """Return the error that a value outgrew its limit."""
    return ResourceError("ErrorDataTooLarge", what)


def stack_overflow() -> ResourceError:
    """Return the error that calls nest too deeply."""
    return ResourceError("ErrorStackOverflow", "Stack overflow")


def too_many_operations() -> ResourceError:
    """Return the error that the script used up its operations."""
    return ResourceError("ErrorTooManyOperations", "Too many operations")


def thrown(value: Value) -> ScriptError:
    """Return the error that a script throws itself."""
    text = value if type(value) is str else "" if value is None else debug(value)
    message = f"Runtime error: {text}" if text else "Runtime error"
    return ScriptError("ErrorRuntime", message, value=value)


def unbound_this() -> ScriptError:
    """Return the error that a function was not called as a method."""
    return ScriptError("ErrorUnboundThis", "'this' not bound")


def data_race(variable: str) -> ScriptError:
    """Return the error that a closure shares what it is called on."""
    message = f"Data race detected on variable '{variable}'"
    return ScriptError("ErrorDataRace", message, details={"variable": variable})


def module_not_found(name: str) -> ScriptError:
    """Return the error that no module has this name."""
    return ScriptError("ErrorModuleNotFound", f"Module not found: {name}", details={"module": name})


def no_function(name: str) -> ScriptError:
    """Return the error that a text is no function's name."""
    return ScriptError(
        "ErrorFunctionNotFound", f"Function not found: {name}", details={"function": name}
    )


def too_many_modules() -> ResourceError:
    """Return the error that the script imported too much."""
    return ResourceError("ErrorTooManyModules", "Too many modules imported")


def in_module(name: str, error: RhaiError) -> ScriptError:
    """Return the error that a module could not be loaded."""
    wrapped = ScriptError(
        "ErrorParsing" if isinstance(error, ParseError) else error.kind,
        f"{error}\nin module '{name}'",
        details={"module": name},
    )
    wrapped.outer = "ErrorInModule"
    return wrapped


def in_function(name: str, error: ScriptError | ParseError) -> EvalError:
    """Return an error of a special or library function as one that happened inside a call."""
    kind = "ErrorParsing" if isinstance(error, ParseError) else error.kind
    severity = EvalError if isinstance(error, ParseError) else ScriptError
    wrapped = severity(kind, f"{error.message}\nin call to function '{name}'")
    wrapped.outer = "ErrorInFunctionCall"
    wrapped.call_stack += (CallFrame(name, None),)
    return wrapped
