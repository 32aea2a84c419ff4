import stat

import pytest

from ipc_server.admin_key import load_admin_key
from supervisor.errors import StartError


def test_the_key_is_made_once(tmp_path):
    folder = tmp_path / "new"
    key = load_admin_key(folder)
    assert load_admin_key(folder) == key
    assert stat.S_IMODE((folder / "admin.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_folders_have_two_keys(tmp_path):
    assert load_admin_key(tmp_path / "a") != load_admin_key(tmp_path / "b")


def test_an_empty_key_is_refused(tmp_path):
    (tmp_path / "admin.key").write_text("")
    with pytest.raises(StartError, match=r"is empty: remove it, and a new one is made\."):
        load_admin_key(tmp_path)


def test_a_key_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "admin.key").mkdir()
    with pytest.raises(StartError, match=r"Can't use the admin key .*: Is a directory\."):
        load_admin_key(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="Can't use the admin key"):
        load_admin_key(tmp_path / "file" / "folder")
