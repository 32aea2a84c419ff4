from pathlib import Path

import pytest

from supervisor.config import Config, default_db_path, default_socket, load_config
from supervisor.errors import StartError


@pytest.fixture
def load(tmp_path):
    def load_text(text, **overrides):
        file = tmp_path / "hero.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_config(file, overrides)

    return load_text


def test_without_a_file_the_defaults_stand():
    config = load_config(None, {})
    assert config == Config()
    assert [(runner.id, runner.workers) for runner in config.runners] == [("osis", 1), ("sal", 4)]


def test_the_command_line_goes_before_the_file_and_that_before_the_defaults(load):
    config = load('socket = "/file"\nmax_lost = 7\n', socket=Path("/line"), db_path=None)
    assert (config.socket, config.max_lost, config.namespace) == (Path("/line"), 7, "hero")


def test_sections_and_runners_are_read(load):
    config = load('[limits]\nbatch = 5\n[[runners]]\nid = "v"\nscript_type = "v"\n')
    assert config.limits.batch == 5
    assert [runner.id for runner in config.runners] == ["v"]


WRONG = [
    ('namespce = "x"', "namespce: unknown setting (did you mean namespace?)"),
    ("[limits]\nbtch = 1", "limits.btch: unknown setting (did you mean batch?)"),
    ("[heartbeats]\nevry = 1", "heartbeats.evry: unknown setting (did you mean every?)"),
    ('[[runners]]\nid = "v"\nscript_type = "v"\nworker = 1',
     "runners.0.worker: unknown setting (did you mean workers?)"),
    ("zzz = 1", "zzz: unknown setting."),
    ("max_lost = -1", "max_lost: Input should be greater than or equal to 0"),
    ('max_lost = "many"', "max_lost: Input should be a valid integer"),
    ('namespace = "a b"', "namespace: String should match pattern"),
    ('durability = "never"', "durability: Input should be 'everysec' or 'always'"),
    ('admin_secrets = [""]', "admin_secrets.0: String should have at least 1 character"),
    ("socket = 5", "socket: Input is not a valid path"),
    ("[heartbeats]\nevery = 5\nttl = 5",
     "heartbeats: ttl must be longer than every, or healthy runners count as lost"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_setting_is_named_with_a_hint(load, tmp_path, text, message):
    with pytest.raises(StartError) as caught:
        load(text)
    assert f"The configuration can't be used: {tmp_path}/hero.toml: " in str(caught.value)
    assert message in str(caught.value)


def test_no_message_repeats_a_secret(load):
    with pytest.raises(StartError) as caught:
        load('admin_secrets = "hunter2"')
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["a = ", b"\xff\xfe", "a = 1\na = 2"])
def test_what_is_not_toml_is_said(load, text):
    with pytest.raises(StartError, match=r"hero.toml is not valid TOML: "):
        load(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(StartError, match=r"Can't read the configuration .*/none: No such file"):
        load_config(tmp_path / "none", {})


def test_the_default_places_are_the_users(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert default_socket() == Path("/run/user/1/hero-supervisor/hero.sock")
    assert default_db_path() == Path("/state/hero-supervisor")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert str(default_socket()).startswith("/tmp/hero-supervisor-")
    assert default_db_path() == Path("/home/me/.local/state/hero-supervisor")


@pytest.mark.parametrize("ws", ["nope", "127.0.0.1:22222222", ":9944", "127.0.0.1:http"])
def test_an_address_that_is_none_is_refused(ws):
    with pytest.raises(StartError, match="ws: must be HOST:PORT, such as"):
        load_config(None, {"ws": ws})


@pytest.mark.parametrize("ws", ["127.0.0.1:9944", "[::1]:0", "host.example:80"])
def test_an_address_is_taken(ws):
    assert load_config(None, {"ws": ws}).ws == ws


def test_two_runners_of_one_id_are_refused():
    runners = [{"id": "a", "script_type": "sal"}, {"id": "a", "script_type": "osis"}]
    with pytest.raises(StartError, match="runners: the id a is used twice"):
        load_config(None, {"runners": runners})


def test_a_secret_for_two_scopes_is_refused_without_being_repeated():
    with pytest.raises(StartError, match="a secret is listed twice") as caught:
        load_config(None, {"admin_secrets": ["s3cret"], "user_secrets": ["s3cret"]})
    assert "s3cret" not in str(caught.value)
