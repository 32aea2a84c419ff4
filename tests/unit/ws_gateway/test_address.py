import pytest

from ws_gateway.address import Address, is_loopback, parse_address, read_host


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:9944", "127.0.0.1", 9944),
        ("localhost:0", "localhost", 0),
        ("[::1]:9944", "::1", 9944),
        (":9944", "127.0.0.1", 9944),
        ("0.0.0.0:1", "0.0.0.0", 1),
    ],
)
def test_an_address_is_host_and_port(text, host, port):
    assert parse_address(text) == Address(host, port)


@pytest.mark.parametrize(
    "text",
    ["", "9944", "localhost", "a:b", "a:70000", "::1:9944", "[::1", "u@h:1", "h:1/x", "h:1?"],
)
def test_what_is_no_address_is_refused_with_the_text(text):
    with pytest.raises(ValueError, match="is not HOST:PORT") as caught:
        parse_address(text)
    assert repr(text) in str(caught.value)


def test_an_ipv6_address_is_shown_in_brackets():
    assert f"{Address('::1', 80)} {Address('a.b', 80)}" == "[::1]:80 a.b:80"


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("Example.org:80", "example.org"),
        ("[::1]:80", "::1"),
        ("http://LocalHost:3000", "localhost"),
        ("https://[::1]", "::1"),
        ("null", "null"),
        ("", None),
        ("[::1", None),
    ],
)
def test_the_host_is_read_from_headers(authority, host):
    assert read_host(authority) == host


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("example.org", False),
    ],
)
def test_loopback_is_this_machine_alone(host, answer):
    assert is_loopback(host) is answer
