"""Makers of Python syntax nodes."""

import ast

from rhai.compiler import emit


def test_nodes_carry_the_offset_as_line_number() -> None:
    node = emit.call("f", [emit.constant(1, 7)], 5)
    assert [part.lineno for part in (node, node.func, node.args[0])] == [6, 6, 8]


def test_what_is_made_compiles() -> None:
    body = [emit.when(emit.load("x", 0), [], [emit.returns(emit.constant(2, 0), 0)], 0)]
    module = ast.Module([emit.function("f", ["x"], body, 0)], [])
    namespace: dict[str, object] = {}
    exec(compile(module, "<test>", "exec"), namespace)
    function = namespace["f"]
    assert callable(function)
    assert (function(True), function(False)) == (None, 2)


def test_only_names_and_constants_are_atoms() -> None:
    assert emit.is_atom(emit.load("x", 0))
    assert emit.is_atom(emit.constant(None, 0))
    assert not emit.is_atom(emit.call("f", [], 0))


def test_one_condition_needs_no_connective() -> None:
    condition = emit.load("x", 0)
    assert emit.both([condition], 0) is condition
