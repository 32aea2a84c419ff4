import os

import pytest

from ipc_client import CannotConnect, IpcClient

NOBODY = 65534


@pytest.fixture
def as_nobody(tmp_path):
    """Go on as a user who may not open the socket; root may open everything."""
    if os.geteuid() != 0:
        (tmp_path / "s").chmod(0)
        yield
    else:
        os.seteuid(NOBODY)
        yield
        os.seteuid(0)


async def test_a_socket_of_another_user_is_explained(peer, tmp_path, request):
    await peer.serve(None)
    request.getfixturevalue("as_nobody")
    with pytest.raises(CannotConnect, match=r"permission denied\. The socket belongs to"):
        await IpcClient(tmp_path / "s").health()
