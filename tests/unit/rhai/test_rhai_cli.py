"""The command: values, errors with a caret, trees, code, conversation."""

import io
from pathlib import Path

import pytest

from rhai.cli import main


def test_a_value_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-e", "print(1); 40 + 2"]) == 0
    assert capsys.readouterr() == ("1\n42\n", "")


def test_an_error_shows_its_line_with_a_caret(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-e", "let a = 1;\n  a + nope"]) == 1
    assert capsys.readouterr() == (
        "",
        "error: Variable not found: nope (line 2, position 7)\n2 |   a + nope\n  |       ^\n",
    )


def test_an_error_without_a_place_is_only_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-e", "1 / 0"]) == 1
    assert capsys.readouterr().err == "error: Division by zero: 1 / 0\n"


def test_a_file_imports_from_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lib.rhai").write_text("fn double(x) { x * 2 }")
    script = tmp_path / "main.rhai"
    script.write_text('import "lib" as lib; debug(1); lib::double(4)')
    assert main([str(script)]) == 0
    assert capsys.readouterr() == ("8\n", "script:1:22: 1\n")


def test_the_tree_and_the_code_are_shown_instead(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--ast", "-e", "x + 1"]) == 0
    assert "Binary(op='+'" in capsys.readouterr().out
    assert main(["--python", "-e", "fn f(x) { x + 1 } f(2)"]) == 0
    assert "def f0(depth, v0):" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["a.rhai", "-e", "1"], ["/nowhere/x.rhai"], ["--nope"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_functions_of_a_conversation_take_any_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = 'fn f(a) { a + 1 }\nfn g() { f(1) }\nf("x") + g()\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert main([]) == 0
    assert capsys.readouterr() == ('"x12"\n', "")


def test_a_conversation_keeps_variables_and_functions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "let x = 1\nfn f(a) { a * 10 }\nx += 1\nf(x)\nnope\nlet x = f(x); x + 1\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert out == "20\n21\n"
    assert err == "error: Variable not found: nope (line 1, position 1)\n1 | nope\n  | ^\n"
