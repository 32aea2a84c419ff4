import pytest

from supervisor.store.check import find_problem, find_risks
from supervisor.store.commands import RedisFacts


def facts(version="7.0.15", is_cluster=False, aof=True, eviction="noeviction"):
    return RedisFacts(version, is_cluster, aof, eviction, 0)


@pytest.mark.parametrize("version", ["6.2.0", "6.10.1", "7.0.15", "8.1.0", "7"])
def test_a_recent_redis_will_do(version):
    assert find_problem(facts(version)) is None


@pytest.mark.parametrize("version", ["6.0.16", "5.0.3", "0", "unknown"])
def test_an_old_redis_will_not(version):
    assert find_problem(facts(version)) == (f"Redis {version} is too old: 6.2 or newer is needed.")


def test_a_cluster_will_not():
    assert find_problem(facts(is_cluster=True)).startswith("Redis Cluster is not supported")


def test_what_can_lose_jobs_is_named():
    assert find_risks(facts()) == []
    assert len(find_risks(facts(aof=False, eviction="allkeys-lru"))) == 2
    assert "not volatile-ttl" in find_risks(facts(eviction="volatile-ttl"))[0]
