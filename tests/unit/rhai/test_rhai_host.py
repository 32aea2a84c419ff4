"""What the host hands in: types, functions, modules."""

from pathlib import Path

import pytest

from rhai import Engine, EvalError, RhaiError, file_resolver


class Point:
    def __init__(self, x: int) -> None:
        self.x = x


@pytest.fixture
def engine() -> Engine:
    made = Engine()
    made.register_type(Point, "Point")
    made.register_fn("point", Point, (int,))
    made.register_fn("moved", lambda point, by: Point(point.x + by), (Point, int))
    made.register_getter(Point, "x", lambda point: point.x)
    return made


def test_objects_of_a_registered_type_are_values(engine: Engine) -> None:
    assert engine.eval("let p = point(2); [type_of(p), p.x, p.moved(3).x, `${p}`]") == [
        "Point",
        2,
        5,
        "Point",
    ]
    assert isinstance(engine.eval("point(1)"), Point)
    assert isinstance(engine.eval("#{a: [point(1)]}")["a"][0], Point)
    assert engine.eval("P.x", {"P": Point(7)}) == 7


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("point(1) + 1", r"Function not found: \+ \(Point, i64\)"),
        ("point(1).y", "Unknown property 'y'"),
        ("point(1).value", "Unknown property 'value'"),
        ("let p = point(1); p.x = 2", "No writable property 'x'"),
        ("point(1)[0]", r"Indexer unavailable: Point \[i64\]"),
        ("point(1).moved(`a`)", "Function not found: moved"),
    ],
)
def test_scripts_see_nothing_else_of_such_objects(
    engine: Engine, script: str, message: str
) -> None:
    with pytest.raises(EvalError, match=message):
        engine.eval(script)


def test_a_module_of_the_host_is_imported_by_name(engine: Engine) -> None:
    engine.register_module("host", {"add": lambda a, b: a + b}, {"LIMIT": 5, "origin": Point(0)})
    script = 'import "host" as h; [h::add(1, h::LIMIT), h::origin.x]'
    assert engine.eval(script) == [6, 0]
    with pytest.raises(EvalError, match=r"Function not found: h::add \(i64\)"):
        engine.eval('import "host" as h; h::add(1)')
    with pytest.raises(EvalError, match="Function not found: add"):
        engine.eval('import "host" as h; add(1, 2)')


def test_functions_of_a_module_take_any_type() -> None:
    for path in ("m", ""):
        engine = Engine(resolver=lambda _path, _importer: "fn f(a) { a + 1 } fn g() { f(1) }")
        assert engine.eval(f'import "{path}" as m; [m::f("x"), m::g()]') == ["x1", 2]


def test_modules_come_from_below_a_folder_only(tmp_path: Path) -> None:
    inside = tmp_path / "scripts"
    (inside / "lib").mkdir(parents=True)
    (tmp_path / "secret.rhai").write_text("export const KEY = 1;")
    (inside / "lib" / "a.rhai").write_text('import "b" as b; fn f() { b::g() }')
    (inside / "lib" / "b.rhai").write_text("fn g() { 42 }")
    (inside / "link.rhai").symlink_to(tmp_path / "secret.rhai")
    engine = Engine(resolver=file_resolver(inside))
    assert engine.eval('import "lib/a" as a; a::f()') == 42
    for path in ("../secret", "link", "lib/../../secret", f"{tmp_path}/secret", "a\\0b", "lib"):
        with pytest.raises(EvalError, match="Module not found"):
            engine.eval(f"import `{path}` as s; s::KEY")


@pytest.mark.parametrize(
    "script",
    [
        '"".__class__',
        "let x = 1; x.__class__",
        "(|x| x).__globals__",
        "let f = |x| x; f.home",
        "let f = |x| x; f.target",
        "let f = |x| x; f.code",
        'Fn("__import__").call("os")',
        'Fn("exec").call("1")',
        "eval(`__import__('os')`)",
        "let ticks = 1; eval(`tick()`)",
        "v0",
        "f0",
        "call_named(1, `print`)",
        "link()",
        "host(`x`)",
        'import "os" as os; os::system("true")',
        'import "../../etc/passwd" as p;',
        "let m = #{}; m.__proto__.x = 1; m.get(`x`).y",
        "fn f() { this.value } f()",
        "fn f() { this.value } 1.f()",
        "timestamp().seconds",
        "(1..2).indices()",
        "'a'.text",
        "range(0, 5, 1).items",
        "`{0.__class__}`.format(1)",
        "get_fn_metadata_list()[0].code",
        "global::__builtins__",
        "this.shared",
    ],
)
def test_no_script_reaches_what_it_was_not_handed(script: str, tmp_path: Path) -> None:
    with pytest.raises(RhaiError):
        Engine(resolver=file_resolver(tmp_path)).eval(script)
