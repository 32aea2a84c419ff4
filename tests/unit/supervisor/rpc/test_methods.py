import pytest
from pydantic import BaseModel, ConfigDict

from supervisor.errors import InvalidParams
from supervisor.rpc.methods import Method, NoParams, Scope, bind


class Move(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    job_id: str
    speed: int = 1


class Many(BaseModel):
    jobs: list[dict[str, int]]
    start: bool = False


def method(model, **options):
    return Method("move", Scope.USER, model, lambda params, session: None, str, "Move.", **options)


def bound(params, model=Move, **options):
    return bind(method(model, **options), params).model_dump()


def refusal(params, model=Move):
    with pytest.raises(InvalidParams) as caught:
        bind(method(model), params)
    return caught.value.message


@pytest.mark.parametrize(
    "params",
    [
        {"job_id": "a", "speed": 2},
        ["a", 2],
        [{"job_id": "a", "speed": 2}],
        {"params": {"job_id": "a", "speed": 2}},
    ],
    ids=["by name", "by position", "array of one object", "object in params"],
)
def test_every_form_of_params_means_the_same(params):
    assert bound(params) == {"job_id": "a", "speed": 2}


def test_trailing_positions_may_be_left_out():
    assert bound(["a"]) == {"job_id": "a", "speed": 1}


@pytest.mark.parametrize("params", [None, {}, [], [{}], {"params": {}}])
def test_a_method_without_params_takes_every_empty_form(params):
    assert bound(params, NoParams) == {}


def test_the_order_of_positions_may_be_other_than_that_of_the_fields():
    assert bound([3, "a"], by_position=("speed", "job_id")) == {"job_id": "a", "speed": 3}


def test_an_array_of_one_object_is_the_first_param_where_that_is_an_array():
    assert bound([[{"a": 1}]], Many) == {"jobs": [{"a": 1}], "start": False}
    assert refusal([{"a": 1}], Many) == "Invalid params: jobs: must be a valid list."


def test_a_model_that_has_a_params_field_keeps_it():
    class Wrapped(BaseModel):
        params: dict[str, int]

    assert bound({"params": {"a": 1}}, Wrapped) == {"params": {"a": 1}}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (None, "Invalid params: job_id: required."),
        (["a", 1, 2], "Invalid params: move takes at most 2, got 3."),
        ({"job_id": "a", "sped": 2}, "Invalid params: sped: unknown member."),
        ({"job_id": 7}, "Invalid params: job_id: must be a valid string."),
        ({"job_id": "a", "speed": "fast"}, "Invalid params: speed: must be a valid integer."),
        ({"speed": "fast"}, "Invalid params: job_id: required; speed: must be a valid integer."),
    ],
)
def test_the_error_names_the_member_and_what_is_wrong(params, message):
    assert refusal(params) == message


def test_a_long_name_is_cut_and_many_problems_are_ten():
    members = {f"{number}{'x' * 1000}": 1 for number in range(100)}
    message = refusal({"job_id": "a", **members})
    assert message.count("unknown member") == 10
    assert len(message) < 1000
