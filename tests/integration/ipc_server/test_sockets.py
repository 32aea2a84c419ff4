import asyncio
import os
import socket
import stat
import subprocess
import sys
from contextlib import closing

import pytest
from live import short_folder

from ipc_server.sockets import bind_socket, peer_uid, unbind
from supervisor.errors import StartError

NOBODY = 65534


@pytest.fixture
def folder():
    folder = short_folder()
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def test_only_the_owner_may_connect(folder):
    umask = os.umask(0)
    try:
        with closing(bind_socket(folder / "s")):
            assert stat.S_IMODE((folder / "s").stat().st_mode) == 0o600
            assert os.umask(0) == 0
    finally:
        os.umask(umask)


def test_a_missing_folder_is_made_for_the_owner_alone(folder):
    with closing(bind_socket(folder / "a" / "b" / "s")):
        assert stat.S_IMODE((folder / "a" / "b").stat().st_mode) == 0o700


def test_a_stale_socket_is_replaced(folder):
    bind_socket(folder / "s").close()
    with closing(bind_socket(folder / "s")), socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(folder / "s"))
    assert [path.name for path in folder.iterdir()] == ["s"]


def test_a_live_server_is_not_replaced(folder):
    with closing(bind_socket(folder / "s")):
        with pytest.raises(StartError) as error:
            bind_socket(folder / "s")
        assert str(error.value) == (
            f"A server already listens on {folder}/s: stop it first, or choose another --socket."
        )
        assert (folder / "s").exists()


def test_a_file_in_the_way_is_left_alone(folder):
    (folder / "s").write_text("precious")
    with pytest.raises(StartError, match="exists and is no socket"):
        bind_socket(folder / "s")
    assert (folder / "s").read_text() == "precious"


def test_a_path_that_is_too_long_is_refused_with_its_length(folder):
    path = folder / ("x" * 200)
    with pytest.raises(StartError, match=r"has \d+ bytes, at most 107 fit"):
        bind_socket(path)


def test_a_path_of_just_the_longest_length_works(folder):
    path = folder / ("x" * (107 - len(str(folder)) - 1))
    with closing(bind_socket(path)):
        assert path.is_socket()


def test_a_folder_that_cannot_be_made_is_named(folder):
    (folder / "file").write_text("")
    with pytest.raises(StartError, match=r"Can't make the socket's folder .*/file: "):
        bind_socket(folder / "file" / "s")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_another_user_has_made_in_a_public_place_is_refused(folder):
    folder.chmod(0o1777)
    (folder / "hero").mkdir()
    os.chown(folder / "hero", NOBODY, NOBODY)
    with pytest.raises(StartError, match="was made by user 65534"):
        bind_socket(folder / "hero" / "s")


def test_unbind_removes_the_socket(folder):
    with closing(bind_socket(folder / "s")):
        unbind(folder / "s", (folder / "s").stat())
        assert not (folder / "s").exists()


def test_unbind_spares_the_socket_of_somebody_else(folder):
    with closing(bind_socket(folder / "s")):
        ours = (folder / "s").stat()
        (folder / "s").unlink()
        with closing(bind_socket(folder / "s")):
            unbind(folder / "s", ours)
            assert (folder / "s").exists()
    unbind(folder / "nothing", ours)


def test_the_uid_of_the_peer_is_known():
    left, right = socket.socketpair()
    with left, right:
        assert peer_uid(left) == os.getuid()


AS_NOBODY = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
peer = socket.socket(socket.AF_UNIX)
peer.settimeout(10)
peer.connect(sys.argv[1])
print(peer.makefile().read())
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
async def test_a_peer_of_another_user_is_refused_though_the_file_would_let_it_in(serve):
    served = await serve()
    served.path.parent.chmod(0o755)
    served.path.chmod(0o666)
    peer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", AS_NOBODY, served.path, stdout=subprocess.PIPE
    )
    answer, _ = await peer.communicate()
    assert b'"code":-32002' in answer
    assert b"This socket serves user 0 and root only." in answer
