"""The Rhai scripting language, compiled to Python code objects.

    engine = Engine(on_print=print)
    engine.eval("40 + 2")                         # 42
    engine.eval("`Hello ${NAME}!`", {"NAME": "Ada"})

Values come out as int, float, str, bool, None (for ``()``), list, dict, and the small types `Char`,
`Blob`, `Range`, `Series`, `Fn` and `Timestamp`. Whatever a script does ends in a value or in a `RhaiError` with kind, message and
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
from rhai.options import Options
from rhai.runtime.modules import Module, Resolver, file_resolver, text_resolver
from rhai.values import Blob, Char, Fn, Range, Series, Timestamp, Value

__all__ = [
    "Blob",
    "CallFrame",
    "Char",
    "Engine",
    "EvalError",
    "Fn",
    "Limits",
    "Module",
    "Options",
    "ParseError",
    "Position",
    "Range",
    "Resolver",
    "ResourceError",
    "RhaiError",
    "Script",
    "ScriptError",
    "Series",
    "Timestamp",
    "Value",
    "debug",
    "display",
    "file_resolver",
    "text_resolver",
]
