"""Who asks, and what they may.

A `Session` belongs to one connection. Its principal comes from the transport (a local socket's
peer) or from a credential that the caller shows; a login replaces it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supervisor.errors import AccessDenied, AuthenticationRequired
from supervisor.rpc.methods import Method, Scope


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: an identity for the records, and the scopes it has."""

    identity: str
    scopes: frozenset[Scope] = frozenset()

    def may(self, scope: Scope) -> bool:
        """Tell whether a method of this scope may be called."""
        return scope is Scope.NONE or scope in self.scopes or Scope.ADMIN in self.scopes


NOBODY = Principal("anonymous")


@dataclass(slots=True)
class Session:
    """One connection: how it came, and as whom it speaks now."""

    transport: str
    principal: Principal = NOBODY
    peer: str = ""
    path: str = ""
    refusal: AccessDenied | None = None  # what became of the credential that it came with


class Credentials:
    """The configured secrets, kept as SHA-256 and compared in constant time.

    Args:
        secrets: the secrets of each scope, as the operator gave them.
    """

    def __init__(self, secrets: Mapping[Scope, Iterable[str]]) -> None:
        self._digests = [
            (_digest(secret), scope) for scope, texts in secrets.items() for secret in texts
        ]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def login(self, secret: str) -> Principal:
        """Return whom a secret stands for. Takes the same time for every wrong one.

        Raises:
            AccessDenied: nobody's.
        """
        digest = _digest(secret)
        scopes = frozenset(
            scope for known, scope in self._digests if hmac.compare_digest(known, digest)
        )
        if not scopes:
            raise AccessDenied("Invalid credentials: no such secret or key.")
        return Principal("+".join(sorted(scopes)), scopes)


def authorise(method: Method, session: Session) -> None:
    """Let the call through if the session's principal has the method's scope.

    Raises:
        AuthenticationRequired: nobody in particular asks.
        AccessDenied: the principal lacks the scope.
    """
    principal = session.principal
    if principal.may(method.scope):
        return
    data = {"required": method.scope.value}
    if session.refusal is not None:
        raise AccessDenied(session.refusal.message, data)
    if not principal.scopes:
        raise AuthenticationRequired(
            f"Authentication required: {method.name} needs the scope {method.scope}. Send "
            "auth.login with a secret, or an Authorization: Bearer header.",
            data,
        )
    raise AccessDenied(f"{method.name} needs the scope {method.scope}.", data)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
