import pytest

from supervisor.job import FINAL, TRANSITIONS, JobStatus, read_status
from supervisor.job.status import OLD_WORDS, source_words

ALLOWED = {
    "enqueue": ("created", "queued waiting failed"),
    "claim": ("queued", "running"),
    "finish": ("running", "completed failed stopped waiting"),
    "stop": ("created waiting queued", "stopped"),
    "requeue": ("running", "queued failed stopped"),
    "release": ("created waiting", "queued waiting failed"),
    "due": ("waiting", "queued"),
    "expire": ("created waiting queued", "failed"),
    "adopt": ("queued running", "running completed failed stopped"),
}


@pytest.mark.parametrize("verb", ALLOWED)
def test_the_moves_are_those_of_the_architecture(verb):
    sources, targets = ALLOWED[verb]
    assert TRANSITIONS[verb].sources == set(sources.split())
    assert TRANSITIONS[verb].targets == set(targets.split())


def test_there_are_no_other_moves():
    assert set(TRANSITIONS) == set(ALLOWED)


def test_nothing_leads_out_of_a_final_status():
    assert all(not move.sources & FINAL for move in TRANSITIONS.values())


@pytest.mark.parametrize("status", JobStatus)
def test_our_own_words_are_read_in_any_case(status):
    assert read_status(status.value.upper()) is status


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("queued", "dispatched pending"),
        ("waiting", "waiting_for_prerequisites"),
        ("running", "started processing stopping"),
        ("completed", "finished"),
        ("failed", "error timeout"),
        ("stopped", "cancelled"),
    ],
)
def test_the_words_of_older_peers_are_understood(status, words):
    assert {word for word, meaning in OLD_WORDS.items() if meaning == status} == set(words.split())
    assert all(read_status(word.title()) == status for word in words.split())


@pytest.mark.parametrize("word", ["", "done", "created ", "queued,running"])
def test_nobodys_word_is_refused(word):
    with pytest.raises(ValueError, match="is not a valid JobStatus"):
        read_status(word)


def test_the_scripts_get_the_sources_of_a_move_with_the_old_words():
    assert source_words("claim") == ",queued,dispatched,pending,"
