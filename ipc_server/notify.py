"""Tells systemd how the service is (sd_notify(3)), if it asked to be told."""

import os
import socket

import structlog

_log = structlog.get_logger()


def notify(state: str) -> None:
    """Send a state such as `READY=1` to `$NOTIFY_SOCKET`; nothing where it is not set."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messenger:
        try:
            messenger.sendto(state.encode(), address)
        except OSError as error:
            _log.warning("systemd can't be notified", reason=error.strerror)
