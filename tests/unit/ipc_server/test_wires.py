import pytest

from ipc_server.wires import GatewayWire, LocalWire
from supervisor.auth import Credentials, Session
from supervisor.rpc.framing import Undelimitable
from supervisor.rpc.gateway_frames import BadFrame, FrameDecoder, encode_frame
from supervisor.rpc.methods import Scope


@pytest.fixture
def session():
    return Session("gateway")


@pytest.fixture
def gateway(session):
    return GatewayWire(session, Credentials({Scope.USER: ["s3cret"]}), 1000)


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_the_local_wire_cuts_values_however_they_come(size):
    wire, text = LocalWire(1000), b'{"a":1}{"b":[2]}\n[3]'
    cut = [v for at in range(0, len(text), size) for v in wire.feed(text[at : at + size])]
    assert cut == [b'{"a":1}', b'{"b":[2]}', b"[3]"]
    assert wire.pack(b"{}") == b"{}\n"


def test_the_local_wire_gives_up_at_a_stray_byte():
    with pytest.raises(Undelimitable):
        LocalWire(1000).feed(b"x")


def test_the_gateway_wire_answers_in_frames(gateway):
    assert FrameDecoder(1000).feed(gateway.pack(b"{}")) == [({}, b"{}")]


def test_the_first_frame_tells_whose_connection_it_is(gateway, session):
    metadata = {
        "transport": "ws",
        "peer": "1.2.3.4",
        "path": "/x",
        "authorization": "Bearer s3cret",
    }
    assert gateway.feed(encode_frame(metadata, b"{}")) == [b"{}"]
    assert (session.transport, session.peer, session.path) == ("ws", "1.2.3.4", "/x")
    assert session.principal.scopes == {Scope.USER}


def test_a_later_frame_changes_nothing_about_it(gateway, session):
    gateway.feed(encode_frame({"peer": "a"}, b"{}"))
    gateway.feed(encode_frame({"peer": "b", "authorization": "Bearer s3cret"}, b"{}"))
    assert session.peer == "a"
    assert not session.principal.scopes


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic s3cret", "s3cret", ""])
def test_a_wrong_credential_gives_no_scope_and_is_remembered(gateway, session, header):
    gateway.feed(encode_frame({"authorization": header}, b"{}"))
    assert not session.principal.scopes
    assert session.refusal is not None


def test_remote_text_cannot_pose_as_metadata(gateway, session):
    gateway.feed(encode_frame({"peer": "a"}, b'{"authorization":"Bearer s3cret"}\n{}'))
    assert not session.principal.scopes


def test_a_frame_over_the_limit_ends_the_connection(gateway):
    with pytest.raises(BadFrame):
        gateway.feed(encode_frame({}, b"x" * 2000))
