"""Dataclasses to plain JSON data and back, by their type hints. Decimals become strings, tuples lists."""

from __future__ import annotations

import dataclasses
import types
import typing
from decimal import Decimal
from functools import cache
from typing import Any

from pipeline.provenance import Provenance

OMIT_NONE = {"omit": True}
"""Metadata of a field that is left out of the JSON where it is None (for what most files never have)."""


def points_text(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no trailing zeros ("3", "0.5")."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_plain(value: Any) -> Any:
    """Any model value as JSON data."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Provenance):
        return value.to_json()
    if isinstance(value, (list, tuple)):
        return [to_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, Decimal):
        return points_text(value)
    if not dataclasses.is_dataclass(value):
        return value
    kind: Any = type(value)
    pairs = ((name, getattr(value, name), omit) for name, omit in _fields(kind))
    return {name: to_plain(v) for name, v, omit in pairs if v is not None or not omit}


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    """Field names of a dataclass, and whether each is left out where it is None."""
    return tuple((f.name, bool(f.metadata.get("omit"))) for f in dataclasses.fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def from_plain(kind: Any, data: Any) -> Any:
    """JSON data as a value of `kind`. Unknown keys are ignored (a newer minor version); missing ones take defaults.

    Raises TypeError or KeyError when the data cannot be such a value.
    """
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        if data is None:
            return None
        return from_plain(next(a for a in typing.get_args(kind) if a is not type(None)), data)
    if kind is Provenance:
        return Provenance.from_json(data)
    if kind is Decimal:
        return Decimal(data)
    if dataclasses.is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        known = {f.name for f in dataclasses.fields(kind)}
        return typing.cast(type, kind)(**{k: from_plain(hints[k], v) for k, v in data.items() if k in known})
    if origin is tuple:
        args = typing.get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(from_plain(args[0], v) for v in data)
        return tuple(from_plain(a, v) for a, v in zip(args, data, strict=True))
    if origin is list:
        return [from_plain(typing.get_args(kind)[0], v) for v in data]
    if origin is dict:
        return {k: from_plain(typing.get_args(kind)[1], v) for k, v in data.items()}
    return data
