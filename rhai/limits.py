"""What a script may use up."""

from dataclasses import dataclass

MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one run of a script; 0 means unlimited where the default is 0.

    Attributes:
        max_operations: turns of loops and calls of script functions, in all; turns are
            counted before they are taken, a short loop's all at once.
        max_functions: functions and closures of one script.
        max_modules: modules imported while one script runs.
        max_variables: variables declared in one function or at the global level.
        max_call_levels: nested calls of script functions.
        max_expr_depth: nesting of expressions and blocks at the global level, counted as the
            parser recurses; every binary operator of a flat chain counts.
        max_function_expr_depth: the same inside a function.
        max_string_size: UTF-8 bytes of one string.
        max_array_size: elements of one array, nested arrays and maps included.
        max_map_size: entries of one object map, nested arrays and maps included.
    """

    max_operations: int = 0
    max_functions: int = 0
    max_modules: int = 0
    max_variables: int = 0
    max_call_levels: int = 64
    max_expr_depth: int = 64
    max_function_expr_depth: int = 32
    max_string_size: int = 64 * MEBIBYTE
    max_array_size: int = MEBIBYTE
    max_map_size: int = MEBIBYTE
