import hiredis
import pytest

from supervisor.errors import StartError, StoreUnavailable
from supervisor.store.commands import Command
from supervisor.store.wire import (
    UnexpectedReply,
    is_forgotten_script,
    parse_address,
    to_exception,
    unreachable,
)

SET = Command(("SET", "a", "b"), str)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("unix:///run/redis.sock", "/run/redis.sock"),
        ("redis://example.org", "example.org:6379"),
        ("redis://example.org:1234/2", "example.org:1234"),
        ("redis://", "localhost:6379"),
    ],
)
def test_an_address_is_read_from_its_url(url, where):
    assert str(parse_address(url, "name")) == where


@pytest.mark.parametrize(
    ("url", "greeting"),
    [
        ("redis://h", [("CLIENT", "SETNAME", "name")]),
        ("redis://h/2", [("CLIENT", "SETNAME", "name"), ("SELECT", "2")]),
        ("unix:///s?db=3", [("CLIENT", "SETNAME", "name"), ("SELECT", "3")]),
        ("redis://:pw@h", [("AUTH", "default", "pw"), ("CLIENT", "SETNAME", "name")]),
        ("redis://me:p%20w@h", [("AUTH", "me", "p w"), ("CLIENT", "SETNAME", "name")]),
    ],
)
def test_the_greeting_says_what_the_url_asks_for(url, greeting):
    assert list(parse_address(url, "name").greeting) == greeting


def test_tls_is_spoken_where_the_url_says_so():
    assert parse_address("rediss://h", "name").tls is not None
    assert parse_address("redis://h", "name").tls is None


def test_the_password_is_in_no_text_of_the_address():
    assert "secret" not in str(parse_address("redis://:secret@h", "name"))


@pytest.mark.parametrize("url", ["http://h", "h:6379", ""])
def test_what_is_no_redis_url_is_refused(url):
    with pytest.raises(StartError, match="The Redis URL can't be used"):
        parse_address(url, "name")


REFUSALS = [
    ("OOM command not allowed when used memory > 'maxmemory'.", "out of memory"),
    ("LOADING Redis is loading the dataset in memory", "still loading"),
    ("MISCONF Redis is configured to save RDB snapshots", "can't write to its disk"),
    ("READONLY You can't write against a read only replica.", "is a replica"),
    ("NOAUTH Authentication required.", "wants a password"),
    ("ERR Error running script (call to f_8d): @user_script:1: @user_script: 1: -OOM command not"
     " allowed when used memory > 'maxmemory'.", "out of memory"),
    ("ERR Error running script (call to f_8d): @user_script:97: @user_script: 97: -READONLY You"
     " can't write against a read only replica.", "is a replica"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meaning"), REFUSALS)
def test_a_refusal_of_redis_means_that_nothing_was_changed(text, meaning):
    error = to_exception(SET, hiredis.ReplyError(text))
    assert isinstance(error, StoreUnavailable)
    assert meaning in error.message
    assert error.message.endswith("Nothing was changed.")


@pytest.mark.parametrize(
    "text", ["ERR syntax error", "WRONGTYPE Operation", "OOMX y", "ERR - OOM x"]
)
def test_any_other_error_is_a_defect(text):
    error = to_exception(SET, hiredis.ReplyError(text))
    assert isinstance(error, UnexpectedReply)
    assert str(error) == f"SET: {text}"


def test_a_forgotten_script_is_recognised():
    assert is_forgotten_script(hiredis.ReplyError("NOSCRIPT No matching script."))
    assert not is_forgotten_script(hiredis.ReplyError("ERR NOSCRIPT"))
    assert not is_forgotten_script(b"NOSCRIPT")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(TimeoutError(), "no answer within 5 s"), (ConnectionRefusedError(111, ""), "refused"),
     (OSError("odd"), "odd")],
)  # fmt: skip
def test_why_redis_cannot_be_reached_is_said(error, reason):
    assert reason in unreachable(parse_address("redis://h", "n"), error).message
