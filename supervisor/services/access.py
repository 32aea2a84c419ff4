"""Who a connection speaks as."""

from typing import Any

from supervisor.auth import Credentials, Session
from supervisor.services.params import Login


class Access:
    """Logins.

    Args:
        credentials: the secrets that are known.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def login(self, params: Login, session: Session) -> dict[str, Any]:
        """Lift the connection to the scope of a secret."""
        session.principal = self._credentials.login(params.key)
        session.refusal = None
        return self.whoami(None, session)

    def whoami(self, _params: Any, session: Session) -> dict[str, Any]:
        """Return as whom the connection speaks."""
        principal = session.principal
        return {
            "scopes": sorted(principal.scopes),
            "identity": principal.identity,
            "transport": session.transport,
        }
