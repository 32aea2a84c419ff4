import pytest
from live import Daemon


@pytest.fixture
def daemon_with():
    """Make daemons with options of the test's own; at the end nothing of them is left."""
    daemons = []

    def make(*options, **settings):
        daemons.append(Daemon(*options, **settings))
        return daemons[-1]

    yield make
    for daemon in daemons:
        daemon.end()


@pytest.fixture
def fresh(daemon_with):
    """A daemon of this test alone, with both runners up."""
    return daemon_with(durability="always").run().has_runners("osis", "sal")


@pytest.fixture(scope="session")
def shared():
    """One daemon for the tests that leave it as it was."""
    daemon = Daemon()
    try:
        yield daemon.run().has_runners("osis", "sal")
    finally:
        daemon.end()
