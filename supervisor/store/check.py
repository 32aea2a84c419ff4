"""Is this a Redis that can keep our jobs?"""

import structlog

from supervisor.errors import StartError
from supervisor.keys import FORMAT
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands, RedisFacts

OLDEST = (6, 2)

_log = structlog.get_logger()


async def check_store(carrier: AioCarrier, commands: Commands) -> None:
    """Make sure that Redis is one we can work with, and claim the namespace for our schema.

    Raises:
        StartError: too old, a cluster, or the namespace has another version of the schema.
        StoreUnavailable: it can't be asked.
    """
    facts = await carrier.execute(commands.redis_facts())
    problem = find_problem(facts)
    if problem:
        raise StartError(problem)
    for warning in find_risks(facts):
        _log.warning("jobs may be lost with this Redis", why=warning)
    await carrier.execute(commands.claim_format())
    found = await carrier.execute(commands.format())
    if found != FORMAT:
        raise StartError(
            f"The namespace holds version {found} of the schema, this program writes {FORMAT}. "
            "Use another namespace, or the program that wrote it."
        )


def find_problem(facts: RedisFacts) -> str | None:
    """Return why this Redis can't be used, if so."""
    version = tuple(int(part) for part in facts.version.split(".")[:2] if part.isdigit())
    if version < OLDEST:
        return f"Redis {facts.version} is too old: 6.2 or newer is needed."
    if facts.is_cluster:
        return "Redis Cluster is not supported: a job's keys lie in several slots. Use one primary."
    return None


def find_risks(facts: RedisFacts) -> list[str]:
    """Return what in this Redis's settings can lose jobs."""
    risks = []
    if not facts.aof:
        risks.append("it has no append-only file (set appendonly yes)")
    if facts.eviction != "noeviction":
        risks.append(
            f"it evicts keys when memory is full (set maxmemory-policy noeviction, not {facts.eviction})"
        )
    return risks
