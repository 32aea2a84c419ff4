"""Where a node starts."""

from rhai.limits import Limits
from rhai.syntax.parser import parse
from rhai.syntax.tree import start_of


def test_a_node_starts_where_its_leftmost_part_does() -> None:
    for text in ("  a + b * c", "  a.b[c].d()", "  a && b", "  a ?? b", "  1..2"):
        (node,) = parse(text, Limits()).body.body
        assert start_of(node) == 2
