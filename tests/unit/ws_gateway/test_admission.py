import pytest
from websockets.datastructures import Headers

from ws_gateway.admission import make_admission

ADMISSION = make_admission("10.0.0.5", ["hero.example.org"], ["https://app.example.org/"])


def check(host="localhost:9944", origin=None, path="/", **headers):
    given = {"Host": host, "Origin": origin, **headers}
    present = {name: value for name, value in given.items() if value is not None}
    refusal = ADMISSION.check(path, Headers(present))
    return None if refusal is None else (refusal.status.value, refusal.text)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:9944",
        "127.0.0.1:9944",
        "[::1]:9944",
        "10.0.0.5:9944",
        "hero.example.org",
    ],
)
def test_the_hosts_of_the_gateway_are_let_in(host):
    assert check(host=host) is None


@pytest.mark.parametrize(
    "host",
    ["evil.org", "evil.org:9944", "localhost.evil.org", "", "[::1", None, "127.0.0.1.evil.org"],
)
def test_other_hosts_are_refused_with_the_option_that_allows_them(host):
    status, text = check(host=host)
    assert status == 403
    assert "is not one of this gateway's" in text
    assert "--allowed-host" in text


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "http://localhost:3000",
        "https://127.0.0.1",
        "http://[::1]:8080",
        "https://app.example.org",
        "HTTPS://APP.example.org",
    ],
)
def test_pages_of_the_loopback_and_allowed_ones_are_let_in(origin):
    assert check(origin=origin) is None


def test_pages_of_the_same_host_are_let_in():
    assert check(host="hero.example.org:9944", origin="https://hero.example.org") is None


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.org",
        "null",
        "https://localhost.evil.org",
        "https://app.example.org:8443",
        "http://app.example.org",
        "file://localhost",
        "https://localhost@evil.org",
        "http://[::1",
    ],
)
def test_other_pages_are_refused_with_the_option_that_allows_them(origin):
    status, text = check(origin=origin)
    assert status == 403
    assert "may not connect" in text
    assert "--allowed-origin" in text


@pytest.mark.parametrize("name", ["Host", "Origin", "Authorization"])
def test_a_header_that_occurs_twice_is_a_bad_request(name):
    refusal = ADMISSION.check("/", Headers([("Host", "localhost"), (name, "a"), (name, "b")]))
    assert (refusal.status, refusal.text) == (400, f"Bad request: more than one {name} header.\n")


@pytest.mark.parametrize("given", [{"path": "/\xe4"}, {"Authorization": "Bearer \xe4"}])
def test_what_goes_into_the_metadata_must_be_ascii(given):
    assert check(**given) == (400, "Bad request: path and Authorization must be ASCII.\n")
