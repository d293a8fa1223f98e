"""JSON Schemas (2020-12), derived from the model, so that they cannot disagree with it."""

from __future__ import annotations

import types
import typing
from decimal import Decimal
from typing import Any

from msgspec import Struct, structs

from pipeline.assessment import Assessment, Scorecard
from pipeline.findings import Finding
from pipeline.model import Reading
from pipeline.plain import is_struct, omitted_fields
from pipeline.provenance import Provenance
from pipeline.serialize import dumps

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DECIMAL = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
PLACE = {
    "type": "object",
    "required": ["quote"],
    "properties": {
        "quote": {"type": "string"},
        "page": {"type": "integer", "minimum": 1},
        "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        "path": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "span": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
    },
    "additionalProperties": False,
}


def text(name: str) -> str:
    """The schema `name` (notice, findings, assessment, scorecard) as canonical JSON text."""
    return dumps(schema(name))


def schema(name: str) -> dict[str, Any]:
    """The schema `name` as data. Raises KeyError for an unknown name."""
    kind: Any = {"notice": Reading, "findings": tuple[Finding, ...], "assessment": Assessment, "scorecard": Scorecard}[name]
    definitions: dict[str, Any] = {}
    body = _of(kind, definitions)
    return {"$schema": DIALECT, "title": name, **body, "$defs": definitions}


def _of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Provenance:
        definitions["Provenance"] = PLACE
        return {"$ref": "#/$defs/Provenance"}
    if is_struct(kind):
        return _of_struct(kind, definitions)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_of(a, definitions) for a in args]}
    if origin is typing.Literal:
        return {"enum": list(args)}
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": _of(args[0], definitions)}
    if origin is tuple:
        return {"type": "array", "prefixItems": [_of(a, definitions) for a in args], "items": False}
    if origin is dict:
        return {"type": "object", "additionalProperties": _of(args[1], definitions)}
    if kind is Decimal:
        return DECIMAL
    names = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
    return {"type": names[kind]} if kind in names else {}


def _of_struct(kind: type[Struct], definitions: dict[str, Any]) -> dict[str, Any]:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}
        hints = typing.get_type_hints(kind)
        omitted = omitted_fields(kind)
        fields = structs.fields(kind)
        definitions[kind.__name__] = {
            "type": "object",
            "required": [f.name for f in fields if f.name not in omitted],
            "properties": {f.name: _of(hints[f.name], definitions) for f in fields},
        }
    return {"$ref": f"#/$defs/{kind.__name__}"}
