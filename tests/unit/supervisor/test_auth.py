import pytest

from supervisor.auth import NOBODY, Credentials, Principal, Session, authorise
from supervisor.errors import AccessDenied, AuthenticationRequired
from supervisor.rpc.methods import Method, NoParams, Scope

USER = Principal("user", frozenset({Scope.USER}))
ADMIN = Principal("admin", frozenset({Scope.ADMIN}))


def method(scope):
    return Method("work", scope, NoParams, lambda params, session: None, str, "Work.")


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [(NOBODY, {"none"}), (USER, {"none", "user"}), (ADMIN, {"none", "user", "register", "admin"})],
)
def test_a_principal_may_what_its_scopes_say_and_an_admin_everything(principal, allowed):
    assert {scope.value for scope in Scope if principal.may(scope)} == allowed


def test_who_may_is_let_through():
    assert authorise(method(Scope.USER), Session("unix", ADMIN)) is None


def test_nobody_is_asked_to_authenticate():
    with pytest.raises(
        AuthenticationRequired, match=r"work needs the scope user. Send auth.login"
    ) as caught:
        authorise(method(Scope.USER), Session("ws"))
    assert caught.value.data == {"required": "user"}


def test_who_lacks_the_scope_is_told_which():
    with pytest.raises(AccessDenied) as caught:
        authorise(method(Scope.ADMIN), Session("ws", USER))
    assert caught.value.message == "work needs the scope admin."
    assert caught.value.data == {"required": "admin"}


def test_whose_credential_was_wrong_is_told_so():
    session = Session("ws", refusal=AccessDenied("No such key."))
    with pytest.raises(AccessDenied, match=r"No such key."):
        authorise(method(Scope.USER), session)
    assert authorise(method(Scope.NONE), session) is None


@pytest.fixture
def credentials():
    return Credentials(
        {Scope.ADMIN: ["root"], Scope.USER: ["guest", "both"], Scope.REGISTER: ["both"]}
    )


@pytest.mark.parametrize(
    ("secret", "identity", "scopes"),
    [("root", "admin", {"admin"}), ("guest", "user", {"user"}),
     ("both", "register+user", {"user", "register"})],
)  # fmt: skip
def test_a_secret_stands_for_its_scopes(credentials, secret, identity, scopes):
    principal = credentials.login(secret)
    assert (principal.identity, set(principal.scopes)) == (identity, scopes)


@pytest.mark.parametrize("secret", ["", "Root", "root ", "x" * 10_000])
def test_any_other_secret_is_nobodys(credentials, secret):
    with pytest.raises(AccessDenied) as caught:
        credentials.login(secret)
    assert caught.value.message == "Invalid credentials: no such secret or key."


def test_no_secret_is_kept_as_it_is(credentials):
    assert "root" not in repr(vars(credentials))


def test_whether_there_are_any_secrets_can_be_asked(credentials):
    assert credentials
    assert not Credentials({Scope.ADMIN: []})
