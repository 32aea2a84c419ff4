"""Moments on the wire: RFC 3339 in UTC with microseconds and `Z`, or epoch seconds on input."""

from datetime import UTC, datetime

_YEAR_1 = -62_135_596_800  # seconds since the epoch
_YEAR_10000 = 253_402_300_800


def to_rfc3339(epoch_ms: float) -> str:
    """Return the moment `epoch_ms` milliseconds after the epoch as RFC 3339."""
    moment = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_epoch_ms(text: str) -> int:
    """Read RFC 3339 or epoch seconds as milliseconds since the epoch.

    Raises:
        ValueError: neither, or out of the range of years 1 to 9999.
    """
    try:
        seconds = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone, such as Z") from None
        seconds = moment.timestamp()
    if not _YEAR_1 <= seconds < _YEAR_10000:
        raise ValueError("a moment must lie in the years 1 to 9999")
    return int(seconds * 1000)
