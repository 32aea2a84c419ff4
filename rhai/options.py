"""Which parts of the language a script may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Switches of the language; the defaults are the whole language.

    Attributes:
        strict_variables: a name that nothing declares is an error before the script runs.
        fail_on_invalid_map_property: reading a property that a map lacks is an error.
        allow_looping: ``while``, ``loop``, ``do`` and ``for`` exist.
        allow_shadowing: a name may be declared again while it is visible.
        allow_statement_expression: a block may stand where a value is wanted.
        allow_if_expression: ``if`` may stand where a value is wanted.
        allow_switch_expression: ``switch`` may stand where a value is wanted.
        allow_loop_expressions: loops may stand where a value is wanted.
        allow_anonymous_fn: closures exist.
        disabled_symbols: keywords and operators that are reserved instead.
    """

    strict_variables: bool = False
    fail_on_invalid_map_property: bool = False
    allow_looping: bool = True
    allow_shadowing: bool = True
    allow_statement_expression: bool = True
    allow_if_expression: bool = True
    allow_switch_expression: bool = True
    allow_loop_expressions: bool = True
    allow_anonymous_fn: bool = True
    disabled_symbols: frozenset[str] = frozenset()
