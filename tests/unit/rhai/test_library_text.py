"""Functions on strings and characters."""

import pytest

from rhai import Char, Engine


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ('"é❤".len + "é❤".bytes', 7),
        ('"".is_empty', True),
        ('"aXb".to_lower()', "axb"),
        ("'a'.to_upper()", Char("A")),
        ("'ß'.to_upper()", Char("ß")),
        ("'a'.to_int()", 97),
        ('"hello".contains("ell")', True),
        ("\"hello\".starts_with('h')", True),
        ('"hello".ends_with("lo")', True),
        ('"hello".index_of("l")', 2),
        ("\"hello\".index_of('l', 3)", 3),
        ('"hello".index_of("z")', -1),
        ('"hello".sub_string(1, 3)', "ell"),
        ('"hello".sub_string(-2)', "lo"),
        ('"hello".sub_string(1..=2)', "el"),
        ('"a".sub_string(0, 10)', "a"),
        ('"abc".get(1)', Char("b")),
        ('"abc".get(5)', None),
        ('"ab".to_chars()', [Char("a"), Char("b")]),
        ('" a  b ".split()', ["a", "b"]),
        ('"a,b,c".split(",", 2)', ["a", "b,c"]),
        ('"a,b,c".split_rev(",", 2)', ["c", "a,b"]),
        ('"hello".split(2)', ["he", "llo"]),
        ('"hello".split(-2)', ["hel", "lo"]),
        ('"ab".split("")', ["", "a", "b", ""]),
    ],
)
def test_strings_are_read(script: str, value: object) -> None:
    assert Engine().eval(script) == value


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("trim()", "abc"),
        ("clear()", ""),
        ("truncate(3)", " ab"),
        ("crop(1, 2)", "ab"),
        ("crop(2..=3)", "bc"),
        ("set(1, 'X')", " Xbc "),
        ("set(9, 'X')", " abc "),
        ('remove("b")', " ac "),
        ("replace('b', \"xy\")", " axyc "),
        ('pad(8, "12")', " abc 121"),
        ("append(1.5)", " abc 1.5"),
        ("make_upper()", " ABC "),
        ("pop()", " abc"),
        ("pop(2)", " ab"),
    ],
)
def test_strings_are_changed_in_their_place(call: str, text: str) -> None:
    assert Engine().eval(f'let s = " abc "; s.{call}; s') == text


def test_changing_functions_have_results_of_their_own() -> None:
    assert Engine().eval('let s = "abc"; [s.pop(), s.pop(5), s.trim()]') == [Char("c"), "ab", None]
