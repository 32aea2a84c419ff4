"""The OpenRPC document, generated from the method table.

Source: the OpenRPC specification 1.3 (https://spec.open-rpc.org). Each method carries `x-scope`.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from supervisor.errors import RPC_ERRORS, RpcError
from supervisor.rpc.methods import Example, Method

_REF = "#/components/schemas/{model}"


def describe(
    methods: Iterable[Method], *, title: str, version: str, limits: dict[str, int]
) -> dict[str, Any]:
    """Return the OpenRPC document of `methods`."""
    schemas: dict[str, Any] = {}
    described = [_describe_method(method, schemas) for method in methods]
    return {
        "openrpc": "1.3.2",
        "info": {
            "title": title,
            "version": version,
            "description": "Jobs kept in Redis, run by supervised runners.",
            "license": {"name": "Apache-2.0"},
            "x-limits": limits,
        },
        "methods": described,
        "components": {
            "schemas": schemas,
            "errors": {error.__name__: _describe_error(error) for error in RPC_ERRORS},
        },
    }


def _describe_method(method: Method, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = method.params.model_json_schema(ref_template=_REF)
    schemas.update(schema.pop("$defs", {}))
    required = set(schema.get("required", ()))
    members = schema.get("properties", {})
    order = _order(method, required)
    params = [
        {"name": name, "required": name in required, "schema": members[name]} for name in order
    ]
    result = TypeAdapter(method.result).json_schema(ref_template=_REF, mode="serialization")
    schemas.update(result.pop("$defs", {}))
    described: dict[str, Any] = {
        "name": method.name,
        "summary": method.summary,
        "paramStructure": "either" if order == list(method.positions) else "by-name",
        "params": params,
        "result": {"name": "result", "schema": result},
        "errors": [{"$ref": f"#/components/errors/{error.__name__}"} for error in method.errors],
        "x-scope": method.scope.value,
    }
    if method.example is not None:
        described["examples"] = [_describe_example(method.example)]
    return described


def _order(method: Method, required: set[str]) -> list[str]:
    """Put required params first, as the specification wants it, else keep the positional order."""
    positions = method.positions
    rest = [name for name in method.params.model_fields if name not in positions]
    return sorted([*positions, *rest], key=lambda name: name not in required)


def _describe_example(example: Example) -> dict[str, Any]:
    return {
        "name": example.name,
        "params": [{"name": name, "value": value} for name, value in example.params.items()],
        "result": {"name": "result", "value": example.result},
    }


def _describe_error(error: type[RpcError]) -> dict[str, Any]:
    return {"code": error.code, "message": error.meaning}
