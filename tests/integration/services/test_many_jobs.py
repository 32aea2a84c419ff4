import pytest

BASE = {"script": "1", "script_type": "sal", "caller_id": "me", "context_id": "demo"}


def ids(jobs):
    return [job["id"] for job in jobs]


@pytest.fixture
async def ten(create):
    """Ten jobs, a to j, of two callers and types, every second one started."""
    for number, job_id in enumerate("abcdefghij"):
        await create(
            job_id,
            start=number % 2 == 1,
            caller_id="me" if number < 5 else "you",
            context_id="demo" if number < 8 else "other",
            script_type="v" if number == 9 else "sal",
            runner="r" if number == 7 else None,
            labels={"n": str(number), "parity": str(number % 2)},
        )


async def test_jobs_are_listed_newest_first(call, ten):
    assert ids(await call("list_jobs")) == list("jihgfedcba")


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"status": "created"}, "igeca"),
        ({"status": "queued"}, "jhfdb"),
        ({"status": "completed"}, ""),
        ({"script_type": "V"}, "j"),
        ({"runner": "r"}, "h"),
        ({"caller_id": "me"}, "edcba"),
        ({"context_id": "other"}, "ji"),
        ({"labels": {"parity": "1"}}, "jhfdb"),
        ({"labels": {"parity": "1", "n": "3"}}, "d"),
        ({"labels": {"parity": "2"}}, ""),
        ({"status": "queued", "caller_id": "me"}, "db"),
        ({"caller_id": "nobody"}, ""),
        ({"limit": 3}, "jih"),
        ({"before": "c"}, "ba"),
        ({"before": "a"}, ""),
        ({"caller_id": "me", "before": "d", "limit": 2}, "cb"),
    ],
)
async def test_a_filter_finds_those_that_fit(call, ten, members, found):
    assert ids(await call("list_jobs", **members)) == list(found)


async def test_pages_follow_one_another_without_gap_or_overlap(call, create):
    names = [f"j{number:03}" for number in range(250)]
    for name in names:
        await create(name, labels={"odd": str(int(name[1:]) % 2)})
    found, page = [], await call("list_jobs", limit=30, labels={"odd": "1"})
    while page:
        found += ids(page)
        page = await call("list_jobs", limit=30, labels={"odd": "1"}, before=found[-1])
    assert found == names[1::2][::-1]


async def test_a_page_can_be_asked_for_behind_a_job_that_has_moved_on(call, ten, store):
    first = await call("list_jobs", status="queued", caller_id="me", limit=1)
    assert ids(first) == ["d"]
    store.stop("d")
    page = await call("list_jobs", status="queued", caller_id="me", limit=1, before="d")
    assert ids(page) == ["b"]


async def test_a_page_behind_nobody_is_refused(refusal, ten):
    error = await refusal("list_jobs", before="nobody")
    assert error.code == -32602
    assert str(error) == "Invalid params: before: no such job; begin again without it."


async def test_one_bad_hash_of_a_foreigner_spoils_no_list(call, ten, store):
    store.write_as_foreigner("c", env_vars="5", timeout="soon", prerequisites="{", error="\x00")
    assert ids(await call("list_jobs", caller_id="me")) == list("edcba")


async def test_a_job_whose_hash_is_gone_is_not_listed(call, ten, store):
    store.redis.delete(store.keys.job("c"))
    assert ids(await call("list_jobs", caller_id="me")) == list("edba")
    store.delete_ghost("c")


async def test_completed_jobs_are_found_though_they_have_no_index(call, create, store):
    for job_id in "abc":
        await create(job_id, start=True)
    store.finish(store.claim())
    assert ids(await call("list_jobs", status="completed")) == ["a"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"limit": 0}, "limit: must be greater than or equal to 1"),
        ({"limit": 1001}, "limit: must be less than or equal to 1000"),
        ({"status": "done"}, "status: must be 'created', 'waiting', 'queued', 'running', "
         "'completed', 'failed' or 'stopped'"),
        ({"colour": "red"}, "colour: unknown member"),
    ],
)  # fmt: skip
async def test_a_filter_that_is_none_is_refused(refusal, members, message):
    assert str(await refusal("list_jobs", **members)) == f"Invalid params: {message}."


async def test_many_jobs_are_created_in_order_good_and_bad(call, store):
    jobs = [
        BASE | {"id": "a"},
        BASE | {"script": 5},
        BASE | {"id": "b", "prerequisites": ["a"]},
        BASE | {"id": "a", "script": "other"},
        BASE | {"id": "c", "prerequisites": ["nobody"]},
        {},
        BASE | {"id": "a"},
    ]
    answers = await call("create_jobs", jobs=jobs, start=True)
    assert [answer.get("id") for answer in answers] == ["a", None, "b", None, None, None, "a"]
    codes = [answer["error"]["code"] for answer in answers if "error" in answer]
    assert codes == [-32602, -32024, -32602, -32602]
    assert answers[1]["error"]["message"] == "Invalid params: script: must be a valid string."
    assert store.statuses("a", "b", "c") == ["queued", "waiting", None]


@pytest.mark.parametrize("params", [[[BASE]], [[BASE], True]])
async def test_many_jobs_may_come_by_position(call, params):
    assert len(await call("create_jobs", *params)) == 1


async def test_more_than_a_thousand_jobs_are_too_many(refusal):
    error = await refusal("create_jobs", jobs=[{}] * 1001)
    assert str(error).startswith("Invalid params: jobs: List must have at most 1000 items")


async def test_all_jobs_are_cleared_but_those_that_run(call, create, store):
    for number in range(20):
        await create(f"j{number}", start=number < 5)
    store.claim()
    assert await call("clear_all_jobs") == {"deleted": 19}
    assert ids(await call("list_jobs")) == ["j0"]
    assert store.queued() == []


async def test_clearing_ends_though_many_run(call, create, store):
    for number in range(3):
        await create(f"j{number}", start=True)
        store.claim(worker=number)
    assert await call("clear_all_jobs") == {"deleted": 0}
