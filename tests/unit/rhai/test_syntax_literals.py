"""Quoted text: escapes, continuation lines, raw and back-tick strings."""

import pytest

from rhai.syntax.literals import (
    LexError,
    read_quoted,
    read_radix,
    read_raw,
    read_segment,
    skip_first_break,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\tb\x41\u0042\U00000043"', "a\tbABC"),
        (r'"\\ \" \n \r"', '\\ " \n \r'),
        ('"say ""hi"""', 'say "hi"'),
        ('""', ""),
        ('"a\\\n    b"', "a   b"),
        ('  "a\\\n    b"', "a b"),
    ],
)
def test_quoted_text_is_unescaped(text: str, value: str) -> None:
    start = text.index('"')
    assert read_quoted(text, start) == (value, len(text))


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        (r'"\q"', r"Invalid escape sequence: '\q'", 2),
        (r'"\xZ1"', r"Invalid escape sequence: '\xZ'", 3),
        (r'"\uD800"', r"Invalid escape sequence: '\uD800'", 6),
        ('"abc\ndef"', "Open string is not terminated", 0),
        ('"abc', "Open string is not terminated", 0),
        ('"abc\\', "Open string is not terminated", 0),
    ],
)
def test_invalid_quoted_text_says_why_and_where(text: str, message: str, at: int) -> None:
    with pytest.raises(LexError) as caught:
        read_quoted(text, 0)
    assert (caught.value.text, caught.value.at) == (message, at)


def test_raw_strings_end_at_as_many_hashes() -> None:
    text = '##"a"# \\n"##'
    assert read_raw(text, 0, "##") == ('a"# \\n', len(text))


def test_an_open_raw_string_is_an_error() -> None:
    with pytest.raises(LexError, match="not terminated"):
        read_raw('#"abc"', 0, "#")


def test_a_segment_ends_at_an_interpolation_or_the_back_tick() -> None:
    assert read_segment("ab${c", 0, 0) == ("ab", 4, True)
    assert read_segment("a\\n$x``y` z", 0, 0) == ("a\\n$x`y", 9, False)
    assert read_segment("\\${x}`", 0, 0) == ("${x}", 6, False)


def test_a_line_break_right_after_the_back_tick_is_dropped() -> None:
    assert skip_first_break("`\r\nx`", 1) == 3
    assert skip_first_break("`x`", 1) == 1


def test_radix_numbers_are_64_bits_wide() -> None:
    assert read_radix("0x8000000000000000", 0) == -(2**63)
    with pytest.raises(LexError, match="Invalid number"):
        read_radix("0x1ffffffffffffffff", 0)
