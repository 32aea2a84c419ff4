"""The method table as the OpenRPC document describes it; no service is called."""

import json
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT7

from supervisor.errors import RPC_ERRORS
from supervisor.methods import build_table
from supervisor.rpc.methods import Scope, bind
from supervisor.rpc.openrpc import describe
from supervisor.services.access import Access
from supervisor.services.jobs import Jobs
from supervisor.services.runners import Runners
from supervisor.services.system import System

DATA = Path(__file__).parents[3] / "data"
TABLE = build_table(Jobs, Runners, Access, System)  # the handlers are only named


@pytest.fixture(scope="module")
def document():
    described = describe(TABLE.values(), title="Test", version="1.2.3", limits={"batch": 7})
    return json.loads(json.dumps(described))


@pytest.fixture(scope="module")
def registry():
    """Resolve the meta-schema's references to JSON Schema without the network."""
    draft7 = DRAFT7.create_resource(jsonschema.Draft7Validator.META_SCHEMA)
    # The tools' meta-schema is draft 7 with its root also listed as a definition.
    named = {
        **jsonschema.Draft7Validator.META_SCHEMA,
        "$id": "https://meta.json-schema.tools",
        "definitions": {
            **jsonschema.Draft7Validator.META_SCHEMA["definitions"],
            "JSONSchemaObject": {"properties": {"$ref": {"type": "string"}}},
        },
    }
    tools = DRAFT7.create_resource(named)
    return Registry().with_resources(
        [
            ("http://json-schema.org/draft-07/schema", draft7),
            ("https://meta.json-schema.tools", tools),
            ("https://meta.json-schema.tools/", tools),
        ]
    )


@pytest.fixture(scope="module")
def validator(registry):
    schema = json.loads((DATA / "openrpc_meta_schema.json").read_text())
    return jsonschema.Draft7Validator(schema, registry=registry)


def test_the_document_fits_the_openrpc_meta_schema(document, validator):
    assert [error.message for error in validator.iter_errors(document)] == []


def test_the_meta_schema_would_find_a_mistake(document, validator):
    broken = document | {"methods": [{"name": "m", "params": "none"}]}
    assert list(validator.iter_errors(broken))


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_reference_in_the_document_has_its_target(document):
    for reference in references(document):
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_every_error_is_described_once_with_its_code(document):
    errors = document["components"]["errors"]
    assert len({error["code"] for error in errors.values()}) == len(RPC_ERRORS)
    assert errors["JobNotFound"] == {"code": -32020, "message": "Job not found."}


def test_each_method_says_its_scope(document):
    scopes = {method["name"]: method["x-scope"] for method in document["methods"]}
    assert scopes["health"] == "none"
    assert scopes["create_job"] == "user"
    assert scopes["clear_all_jobs"] == "admin"


def test_only_these_methods_need_no_scope():
    public = {name for name, method in TABLE.items() if method.scope is Scope.NONE}
    assert public == {"auth.login", "whoami", "health", "rpc.discover"}


def test_the_limits_are_in_the_document(document):
    assert document["info"]["x-limits"] == {"batch": 7}


@pytest.mark.parametrize("name", TABLE)
def test_a_method_that_offers_positions_lists_them_in_their_order(document, name):
    described = next(method for method in document["methods"] if method["name"] == name)
    names = [param["name"] for param in described["params"]]
    assert set(names) == set(TABLE[name].params.model_fields)
    if described["paramStructure"] == "either":
        assert tuple(names) == TABLE[name].positions
    required = [param["required"] for param in described["params"]]
    assert required == sorted(required, reverse=True)


@pytest.mark.parametrize("name", [name for name, method in TABLE.items() if method.example])
def test_every_example_is_accepted_by_its_method(name):
    method = TABLE[name]
    assert bind(method, dict(method.example.params))
