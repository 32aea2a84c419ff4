"""The Rhai scripting language, compiled to Python code objects.

    engine = Engine(on_print=print)
    engine.eval("40 + 2")                         # 42
    engine.eval("`Hello ${NAME}!`", {"NAME": "Ada"})

Values come out as int, float, str, bool, None (for ``()``), list, dict, and the small types `Char`
and `Range`. Whatever a script does ends in a value or in a `RhaiError` with kind, message and
place. A script reaches no Python object but the values and functions it was handed.
"""

from rhai.display import debug, display
from rhai.engine import Engine, Script
from rhai.errors import (
    CallFrame,
    EvalError,
    ParseError,
    Position,
    ResourceError,
    RhaiError,
    ScriptError,
)
from rhai.limits import Limits
from rhai.values import Char, Range, Value

__all__ = [
    "CallFrame",
    "Char",
    "Engine",
    "EvalError",
    "Limits",
    "ParseError",
    "Position",
    "Range",
    "ResourceError",
    "RhaiError",
    "Script",
    "ScriptError",
    "Value",
    "debug",
    "display",
]
