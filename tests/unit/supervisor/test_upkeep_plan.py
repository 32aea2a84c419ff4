from supervisor.store.commands import RunningJob
from supervisor.upkeep import Snapshot, plan

TTL = 10.0
OURS, THEIRS, FOREIGN = (
    RunningJob("a", 1, "sal@1"),
    RunningJob("b", 1, "sal@2"),
    RunningJob("c", 0, None),
)


def look(beats, missing_since=None, now=100.0, running=(OURS, THEIRS, FOREIGN)):
    return plan(Snapshot(running, beats), missing_since or {}, now, TTL)


def test_a_runner_that_beats_keeps_its_jobs():
    decided = look({"sal@1": True, "sal@2": True}, {"sal@1": 0.0})
    assert (decided.requeue, decided.missing_since) == ([], {})


def test_one_look_that_finds_no_heartbeat_proves_nothing():
    decided = look({"sal@1": False, "sal@2": True})
    assert (decided.requeue, decided.missing_since) == ([], {"sal@1": 100.0})


def test_two_looks_one_ttl_apart_make_a_runner_lost():
    assert look({"sal@1": False}, {"sal@1": 90.1}).requeue == []
    assert look({"sal@1": False}, {"sal@1": 90.0}).requeue == [OURS]


def test_a_heartbeat_in_between_begins_the_count_anew():
    missing = look({"sal@1": False}, now=0.0).missing_since
    missing = look({"sal@1": True}, missing, now=5.0).missing_since
    assert look({"sal@1": False}, missing, now=11.0).requeue == []


def test_all_jobs_of_a_lost_runner_are_taken_and_nobody_elses():
    running = [OURS, RunningJob("d", 3, "sal@1"), THEIRS, FOREIGN]
    decided = look({"sal@1": False, "sal@2": False}, {"sal@1": 0.0}, running=running)
    assert [job.id for job in decided.requeue] == ["a", "d"]


def test_who_has_no_running_job_is_forgotten():
    assert look({}, {"sal@1": 0.0}, running=[FOREIGN]).missing_since == {}
