import logging

import pytest

from supervisor.errors import StartError
from supervisor.logs import parse_filters


@pytest.mark.parametrize(
    ("text", "general", "filters"),
    [
        ("debug", logging.DEBUG, {}),
        ("WARN", logging.WARNING, {}),
        ("trace", logging.DEBUG, {}),
        ("off", logging.CRITICAL + 1, {}),
        ("", logging.INFO, {}),
        (" error , ", logging.ERROR, {}),
        ("supervisor.store=debug", logging.INFO, {"supervisor.store": logging.DEBUG}),
        ("warn,rhai=info", logging.WARNING, {"rhai": logging.INFO}),
        ("hero_supervisor=debug", logging.INFO, {"supervisor": logging.DEBUG}),
        ("hero_supervisor::store=debug", logging.INFO, {"supervisor.store": logging.DEBUG}),
        ("hero_supervisors=debug", logging.INFO, {"hero_supervisors": logging.DEBUG}),
        ("a::b=off,error", logging.ERROR, {"a.b": logging.CRITICAL + 1}),
    ],
)
def test_levels_and_filters_are_read(text, general, filters):
    assert parse_filters(text) == (general, filters)


@pytest.mark.parametrize("text", ["loud", "rhai=loud", "info,loud", "="])
def test_a_level_that_is_none_is_named_with_those_that_are(text):
    with pytest.raises(
        StartError, match=r"Unknown log level '(loud)?'; the levels are trace, debug"
    ):
        parse_filters(text)
