"""Moments on the wire: RFC 3339 in UTC with microseconds and `Z`, or epoch seconds on input."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_rfc3339(epoch_ms: float) -> str:
    """Return the moment `epoch_ms` milliseconds after the epoch as RFC 3339.

    Raises:
        ValueError: it is not in the years 1 to 9999.
    """
    try:
        return _write(_EPOCH + timedelta(milliseconds=epoch_ms))
    except OverflowError:
        raise ValueError("a moment must lie in the years 1 to 9999") from None


def to_epoch_ms(text: str) -> int:
    """Read RFC 3339 or epoch seconds as milliseconds since the epoch, rounded down.

    Raises:
        ValueError: neither, or not in the years 1 to 9999; does not repeat the text.
    """
    return (_read(text) - _EPOCH) // _MILLISECOND


def normalise(text: str) -> str:
    """Read RFC 3339 or epoch seconds and return the same moment as our RFC 3339.

    Raises:
        ValueError: as `to_epoch_ms`.
    """
    return _write(_read(text))


def _write(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _read(text: str) -> datetime:
    try:
        seconds = float(text)
    except ValueError:
        return _read_rfc3339(text)
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise ValueError("a moment must lie in the years 1 to 9999") from None


def _read_rfc3339(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a moment must be RFC 3339 or epoch seconds") from None
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone, such as Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment must lie in the years 1 to 9999") from None
