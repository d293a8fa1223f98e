"""Model values (Structs) to plain JSON data and back, by their type hints. Decimals become strings, tuples lists."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeGuard

from msgspec import NODEFAULT, Struct, structs

from pipeline.provenance import Provenance

PLAIN = frozenset((str, int, float, bool, type(None)))
"""What JSON has as it is."""

COLUMN_TITLES = {"standard": "评分标准", "method": "检查方法", "evidence": "佐证材料", "remark": "备注", "item": "项目内容"}
"""How people call a role of a criterion's `columns`; a column without a role is called by its own header."""
COLUMN_ORDER = ("standard", "method", "", "evidence", "remark")
"""The order in which a row's other cells stand; a column without a role comes between."""


def points_text(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no trailing zeros ("3", "0.5")."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole_text(text: str, columns: Mapping[str, str]) -> str:
    """A criterion's text with the name of its item before it, where the sheet has a column for that.

    >>> whole_text("有预案。", {"item": "预案"}), whole_text("有预案。", {})
    ('预案：有预案。', '有预案。')
    """
    item = columns.get("item", "")
    return f"{item}：{text}" if item.strip() and item != text else text


def other_cells(columns: Mapping[str, str]) -> tuple[str, ...]:
    """A criterion's `columns` to stand beside its text, each under its title: `评分标准：每处扣1分`. Without `item`, which
    is part of the text."""
    names = sorted(columns.keys() - {"item"}, key=lambda name: (COLUMN_ORDER.index(name if name in COLUMN_ORDER else ""), name))
    return tuple(f"{COLUMN_TITLES.get(name, name)}：{columns[name]}" for name in names if columns[name].strip())


def to_plain(value: Any) -> Any:
    """Any model value as JSON data."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, Provenance):
        return value.to_json()
    if isinstance(value, (list, tuple)):
        return [v if type(v) in PLAIN else to_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, Decimal):
        return points_text(value)
    if not isinstance(value, Struct):
        return value
    plain = structs.asdict(value)
    for name, own in plain.items():
        if type(own) not in PLAIN:
            plain[name] = to_plain(own)
    for name in omitted_fields(type(value)):
        if plain[name] is None:
            del plain[name]
    return plain


def omitted_fields(kind: type[Struct]) -> tuple[str, ...]:
    """The fields that are left out of the JSON where they are None (what most files never have): a Struct names them in
    OMIT_NONE."""
    return getattr(kind, "OMIT_NONE", ())


def is_struct(kind: Any) -> TypeGuard[type[Struct]]:
    """Whether a type hint is a Struct."""
    return isinstance(kind, type) and issubclass(kind, Struct)


class Misfit(ValueError):
    """Plain data that is not what its place wants: `path` as a person writes it (`rubrics[0].sections[2].label`)."""

    def __init__(self, what: str, path: str = "") -> None:
        self.what, self.path = what, path
        super().__init__(f"{path.removeprefix('.')}: {what}" if path else what)

    def under(self, step: str) -> Misfit:
        """The same fault seen from one level up: `step` is `.key` or `[index]`."""
        return Misfit(self.what, f"{step}{self.path}")


DECIMAL = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
"""A decimal string as JSON has it; twenty digits are more than any score, total or year needs."""

LARGEST = 2**53
"""Whole numbers beyond this are not the same in every program that reads JSON."""


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def from_plain(kind: Any, data: Any) -> Any:
    """JSON data as a value of `kind`. Unknown keys are ignored (a newer minor version); missing ones take defaults.

    Raises Misfit, naming the place, when the data is not such a value: nothing is converted on the way, a number in
    quotes is no number and a decimal without them no decimal.
    """
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return None if data is None else from_plain(next(a for a in typing.get_args(kind) if a is not type(None)), data)
    if is_struct(kind):
        return _object(kind, data)
    if origin is tuple:
        return _tuple(typing.get_args(kind), data)
    if origin is dict:
        value = typing.get_args(kind)[1]
        return {_text(k): _below(value, v, f".{k}") for k, v in _mapping(data).items()}
    if origin is typing.Literal:
        if data in typing.get_args(kind):
            return data
        raise Misfit(f"{data!r:.60} is none of {', '.join(map(str, typing.get_args(kind)))}")
    return _SCALARS[kind](data) if kind in _SCALARS else data


def _below(kind: Any, data: Any, step: str) -> Any:
    try:
        return from_plain(kind, data)
    except Misfit as fault:
        raise fault.under(step) from None


def _object(kind: type[Struct], data: Any) -> Any:
    hints, given = _hints(kind), _mapping(data)
    fields = structs.fields(kind)
    values = {f.name: _below(hints[f.name], given[f.name], f".{f.name}") for f in fields if f.name in given}
    lacking = [f.name for f in fields if f.name not in values and f.default is f.default_factory is NODEFAULT]
    if lacking:
        raise Misfit(f"lacks {', '.join(lacking)}")
    return kind(**values)


def _tuple(kinds: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise Misfit(f"{data!r:.60} is no list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(data)
    if len(kinds) != len(data):
        raise Misfit(f"has {len(data)} entries, not {len(kinds)}")
    return tuple(_below(k, v, f"[{i}]") for i, (k, v) in enumerate(zip(kinds, data, strict=True)))


def _mapping(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Misfit(f"{data!r:.60} is no object")
    return data


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise Misfit(f"{data!r:.60} is no text")
    if not data.isascii() and _SURROGATE.search(data):
        raise Misfit("holds half a character (a lone surrogate)")
    return data


def _whole(data: Any) -> int:
    if isinstance(data, bool) or not isinstance(data, int) or abs(data) > LARGEST:
        raise Misfit(f"{data!r:.60} is no whole number")
    return data


def _real(data: Any) -> float:
    if isinstance(data, bool) or not isinstance(data, (int, float)) or not abs(data) <= LARGEST:
        raise Misfit(f"{data!r:.60} is no number")
    return data


def _flag(data: Any) -> bool:
    if not isinstance(data, bool):
        raise Misfit(f"{data!r:.60} is neither true nor false")
    return data


def _decimal(data: Any) -> Decimal:
    if not isinstance(data, str) or not DECIMAL.fullmatch(data):
        raise Misfit(f'{data!r:.60} is no decimal string such as "3" or "2.5"')
    return Decimal(data)


_SCALARS: dict[Any, Callable[[Any], Any]] = {str: _text, int: _whole, float: _real, bool: _flag, Decimal: _decimal}
_SURROGATE = re.compile(r"[\ud800-\udfff]")
