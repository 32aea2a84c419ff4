"""Functions on object maps and ranges."""

import pytest

from rhai import Engine


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("#{z: 1, a: 2}.keys()", ["a", "z"]),
        ("#{z: 1, a: 2}.values()", [2, 1]),
        ("#{}.len()", 0),
        ("#{}.is_empty()", True),
        ("#{a: 1}.get(`a`)", 1),
        ("#{a: 1}.contains(`b`)", False),
        ("#{len: 5}.len", 5),
        ("let m = #{a: 1}; m.set(`b`, 2); m", {"a": 1, "b": 2}),
        ("let m = #{a: 1}; [m.remove(`a`), m]", [1, {}]),
        ("let m = #{a: 1}; m.mixin(#{a: 2, b: 3}); m", {"a": 2, "b": 3}),
        ("let m = #{a: 1}; m.fill_with(#{a: 2, b: 3}); m", {"a": 1, "b": 3}),
        ("let m = #{a: 1}; m.clear(); m", {}),
        ("let r = 1..5; [r.start, r.end, r.is_inclusive, r.contains(5)]", [1, 5, False, False]),
        ("(5..1).is_empty", True),
    ],
)
def test_maps_and_ranges_answer(script: str, value: object) -> None:
    assert Engine().eval(script) == value
