import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.job.times import normalise, to_epoch_ms, to_rfc3339

LAST = 253_402_300_799_999  # the last millisecond of the year 9999
FIRST = -62_135_596_800_000


def test_a_moment_is_written_in_utc_with_microseconds_and_z():
    assert to_rfc3339(1_700_000_000_123) == "2023-11-14T22:13:20.123000Z"


@given(st.integers(FIRST, LAST))
def test_every_millisecond_survives_writing_and_reading(epoch_ms):
    assert to_epoch_ms(to_rfc3339(epoch_ms)) == epoch_ms


@pytest.mark.parametrize(
    ("text", "epoch_ms"),
    [
        ("0", 0),
        ("1700000000", 1_700_000_000_000),
        ("1700000000.001", 1_700_000_000_001),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T02:00:00.001+02:00", 1),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2024-02-29 12:00:00Z", 1_709_208_000_000),
    ],
)
def test_rfc_3339_and_epoch_seconds_are_read(text, epoch_ms):
    assert to_epoch_ms(text) == epoch_ms


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday", "RFC 3339 or epoch seconds"),
        ("", "RFC 3339 or epoch seconds"),
        ("2024-02-30T00:00:00Z", "RFC 3339 or epoch seconds"),
        ("2024-01-01T00:00:00", "needs a time zone"),
        ("nan", "years 1 to 9999"),
        ("inf", "years 1 to 9999"),
        ("-1e300", "years 1 to 9999"),
        ("253402300800", "years 1 to 9999"),
        ("0001-01-01T00:00:00+23:00", "years 1 to 9999"),
        ("9999-12-31T23:59:59-23:00", "years 1 to 9999"),
    ],
)
def test_what_is_no_moment_is_refused_without_repeating_it(text, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        to_epoch_ms(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("epoch_ms", [LAST + 1, FIRST - 1, 1e300, -1e300, float("inf")])
def test_a_moment_beyond_the_calendar_cannot_be_written(epoch_ms):
    with pytest.raises(ValueError, match="years 1 to 9999"):
        to_rfc3339(epoch_ms)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-01-01T02:00:00.123456+02:00", "2024-01-01T00:00:00.123456Z"),
        ("1700000000", "2023-11-14T22:13:20.000000Z"),
    ],
)
def test_a_callers_moment_is_shown_in_our_form(text, shown):
    assert normalise(text) == shown
