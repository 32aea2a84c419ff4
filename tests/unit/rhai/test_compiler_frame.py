"""Temporaries and copies."""

import ast

from rhai import Engine
from rhai.compiler import emit
from rhai.compiler.frame import Frame, Operand
from rhai.compiler.infer import ANY, Types
from rhai.compiler.unit import UnitCompiler
from rhai.syntax.parser import Parser
from rhai.syntax.tree import Slot


def frame() -> Frame:
    engine = Engine()
    parser = Parser("1", engine.limits)
    script = UnitCompiler(parser.source, parser.program(), engine)
    return Frame(script, Types([]), [], emit.constant(1, 0), is_global=True)


def test_an_atom_stays_and_a_call_goes_to_a_temporary() -> None:
    made = frame()
    name = Operand(emit.load("x", 0), ANY)
    assert made.atom(name, 0) is name
    kept = made.atom(Operand(emit.call("f", [], 0), ANY), 0)
    assert isinstance(kept.code, ast.Name)
    assert len(made.out) == 1


def test_only_containers_read_from_a_place_are_copied() -> None:
    made = frame()
    code = emit.load("x", 0)
    assert made.owned(Operand(code, ANY), 0) is code
    assert made.owned(Operand(code, int, place=True), 0) is code
    assert isinstance(made.owned(Operand(code, ANY, place=True), 0), ast.IfExp)


def test_variables_are_named_by_number() -> None:
    assert frame().variable(Slot("__import__", 3, constant=False)) == "v3"
