import asyncio
import json

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from supervisor.errors import AccessDenied, InvalidRequest, JobNotFound
from supervisor.rpc.dispatcher import Dispatcher
from supervisor.rpc.messages import Invalid, Request
from supervisor.rpc.methods import Method, Scope

SECRET = "hunter2"


class Nothing(BaseModel):
    pass


def answer_of(response):
    return None if response is None else json.loads(response)


@pytest.fixture
def serve():
    """Dispatch one call of a method `work` that does what `handler` does."""

    async def call(handler, *, scope=Scope.NONE, request=None, authorise=None, max_response=1000):
        method = Method("work", scope, Nothing, handler, str, "Work.")
        dispatcher = Dispatcher({"work": method}, authorise or (lambda *_: None), max_response)
        item = request or Request("work", None, 1, False)
        return answer_of(await dispatcher.call(item, "the session"))

    return call


async def later(params, session):
    await asyncio.sleep(0)
    return session


@pytest.mark.parametrize("handler", [later, lambda params, session: session])
async def test_a_handler_may_answer_at_once_or_later(serve, handler):
    assert await serve(handler) == {"jsonrpc": "2.0", "id": 1, "result": "the session"}


def raises(error):
    def handler(params, session):
        raise error

    return handler


async def test_an_error_of_the_tree_is_the_answer(serve):
    answer = await serve(raises(JobNotFound("j1")))
    assert answer["error"]["code"] == -32020
    assert answer["error"]["data"] == {"job_id": "j1"}


@pytest.mark.parametrize(
    "handler",
    [
        raises(ValueError(SECRET)),
        raises(KeyError(SECRET)),
        raises(RecursionError(SECRET)),
        raises(TimeoutError(SECRET)),
        lambda params, session: {1: SECRET},
        lambda params, session: object(),
        lambda params, session: 2**100,
        lambda params, session: "\ud800",
        raises(AccessDenied("no", {"a": object()})),
    ],
)
async def test_a_defect_is_logged_and_tells_the_caller_a_number_only(serve, handler):
    with capture_logs() as logs:
        answer = await serve(handler)
    assert answer["error"]["code"] == -32603
    assert SECRET not in json.dumps(answer)
    assert logs[0]["correlation"] in answer["error"]["message"]
    assert logs[0]["method"] == "work"
    assert logs[0]["exc_info"]


async def test_cancellation_goes_through(serve):
    with pytest.raises(asyncio.CancelledError):
        await serve(raises(asyncio.CancelledError()))


async def test_who_may_not_gets_the_refusal_before_params_are_looked_at(serve):
    def authorise(method, session):
        raise AccessDenied(f"{session} lacks {method.scope}")

    request = Request("work", {"bad": 1}, 1, False)
    answer = await serve(later, scope=Scope.ADMIN, authorise=authorise, request=request)
    assert answer["error"] == {"code": -32002, "message": "the session lacks admin"}


@pytest.mark.parametrize("handler", [later, raises(ValueError()), raises(JobNotFound("x"))])
async def test_a_notification_is_done_and_has_no_answer(serve, handler):
    assert await serve(handler, request=Request("work", None, None, True)) is None


async def test_a_notification_of_an_unknown_method_has_no_answer(serve):
    assert await serve(later, request=Request("nothing", None, None, True)) is None


async def test_an_invalid_request_is_answered_under_its_id(serve):
    answer = await serve(later, request=Invalid(InvalidRequest("bad"), "mine"))
    assert answer == {"jsonrpc": "2.0", "id": "mine", "error": {"code": -32600, "message": "bad"}}


async def test_a_response_over_the_limit_is_an_error(serve):
    answer = await serve(lambda params, session: "x" * 2000)
    assert answer["error"]["code"] == -32008


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wrk", "Method not found. Did you mean work?"),
        (SECRET, "Method not found. rpc.discover lists all methods."),
        ("w" * 100_000, "Method not found. rpc.discover lists all methods."),
    ],
)
async def test_an_unknown_method_is_answered_with_a_hint(serve, name, message):
    answer = await serve(later, request=Request(name, None, 1, False))
    assert answer["error"] == {"code": -32601, "message": message}
