"""The scoring policy: a YAML file that states what the notice leaves open. Unknown keys are refused.

    rounding: {mode: half-up, digits: 1, stage: final}   # mode half-up | half-even | down; stage item | expert | final
    band_gap: refuse            # refuse | floor | half-up-to-integer | next-band (lower band reaches up) | higher-band
    not_applicable: refuse      # refuse | exclude-and-scale | full | zero; each N/A needs its reason on the form
    incomplete: refuse
    assessors: {combine: mean}  # refuse | mean | median | trimmed with trim: 1
    rounds:                     # weights add up to 100
      - {name: 日常评价, weight: 40, until: 2022-10-31, combine: mean}
      - {name: 集中评价, weight: 60, since: 2022-11-01}
    show_assessors: false
    decimals: 1                 # decimal places a score may have
    objective: [annex-1/c1]     # criteria on which assessors may not differ
    veto_grade: 不合格
    scale: refuse               # refuse | to-score-max: rubrics of another total than the bands
    commend: [优秀]             # grades that lead to 通报表彰; without it the highest
    supervise: [不合格]         # grades that lead to 整改; without it the lowest
"""

from __future__ import annotations

import datetime
import typing
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from reprlib import repr as repr_of
from typing import Any

import yaml

from pipeline import yamltext
from pipeline.assessment import Combining, Policy, Round, Rounding
from pipeline.errors import InputError, reason
from pipeline.serialize import check_regular

KEYS = Policy.__struct_fields__
MAX_BYTES = 1_000_000
"""A policy is a page; more is not a policy."""


def load(path: Path) -> Policy:
    """The policy in a YAML file. Raises InputError saying which key is wrong and what may stand there."""
    check_regular(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(str(path), "larger than a policy can be", "name the policy file")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(str(path), "no such file", "check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read ({reason(error)})", "write it as UTF-8 YAML") from None
    return parse(text, str(path))


def parse(text: str, where: str = "policy") -> Policy:
    """The policy in a YAML text (see `load`). An empty text is the policy that decides nothing."""
    tree, data = yamltext.parse(text, where)
    places = dict(_places(tree, "", where, set())) if tree is not None else {}
    try:
        return policy_of({} if data is None else data, where)
    except InputError as error:
        path = error.where.removeprefix(where)
        while path and path not in places:
            path = path[: max(path.rfind(":"), path.rfind("["), 0)]
        raise InputError(f"{where}:{places.get(path, 1)}{error.where.removeprefix(where)}", error.what, error.remedy) from None


def _places(node: yaml.Node, path: str, where: str, done: set[int]) -> Iterator[tuple[str, int]]:
    """(path of a value as error messages name it, its line), depth first. A value named again
    by an alias is walked once. Raises InputError for a key that stands twice."""
    if id(node) in done:
        return
    done.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for n, child in enumerate(node.value, start=1):
            yield f"{path}[{n}]", child.start_mark.line + 1
            yield from _places(child, f"{path}[{n}]", where, done)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, child in node.value:
            line, name = key.start_mark.line + 1, key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in seen:
                raise InputError(f"{where}:{line}{path}: {name}", f"stands here and in line {seen[name]}", "keep one of them")
            seen[name] = line
            yield f"{path}: {name}", line
            yield from _places(child, f"{path}: {name}", where, done)


def policy_of(data: Any, where: str) -> Policy:
    """Plain data as a Policy (see `load`)."""
    _known(data, KEYS, where)
    plain = Policy()
    return Policy(
        name=_text(data, "name", where),
        rounding=_rounding(data.get("rounding"), f"{where}: rounding"),
        band_gap=_choice(data, "band_gap", _choices(Policy, "band_gap"), plain.band_gap, where),
        not_applicable=_choice(data, "not_applicable", _choices(Policy, "not_applicable"), plain.not_applicable, where),
        incomplete=_choice(data, "incomplete", ("refuse",), plain.incomplete, where),
        assessors=_combining(data.get("assessors"), f"{where}: assessors"),
        rounds=_rounds(data.get("rounds"), f"{where}: rounds"),
        show_assessors=_flag(data, "show_assessors", plain.show_assessors, where),
        decimals=_count(data, "decimals", 0, 4, plain.decimals, where),
        objective=_ids(data.get("objective"), f"{where}: objective"),
        veto_grade=_text(data, "veto_grade", where),
        scale=_choice(data, "scale", _choices(Policy, "scale"), plain.scale, where),
        commend=_labels(data, "commend", where),
        supervise=_labels(data, "supervise", where),
    )


def _choices(kind: type, name: str) -> tuple[str, ...]:
    return typing.get_args(typing.get_type_hints(kind)[name])


def _known(data: Any, keys: Iterable[str], where: str) -> None:
    if not isinstance(data, dict):
        raise InputError(where, f"{repr_of(data)} is no list of `key: value`", f"use the keys {', '.join(keys)}")
    for key in data:
        if key not in keys:
            raise InputError(f"{where}: {key}", "unknown key", f"use {', '.join(keys)}")


def _choice(data: dict[str, Any], key: str, allowed: tuple[str, ...], default: Any, where: str) -> Any:
    value = data.get(key, default)
    if isinstance(value, dict) and set(value) == {"rule"}:
        value = value["rule"]
    if value not in allowed:
        raise InputError(f"{where}: {key}", f"{repr_of(value)} is not allowed", f"use one of {', '.join(allowed)}")
    return value


def _text(data: dict[str, Any], key: str, where: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{where}: {key}", f"{repr_of(value)} is no text", "put it in quotes")
    return value


def _flag(data: dict[str, Any], key: str, default: bool, where: str) -> bool:
    value = data.get(key, default)
    if not isinstance(value, bool):
        raise InputError(f"{where}: {key}", f"{repr_of(value)} is neither true nor false", "write true or false")
    return value


def _count(data: dict[str, Any], key: str, low: int, high: int, default: int | None, where: str) -> int:
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InputError(f"{where}: {key}", f"{repr_of(value)} is no whole number from {low} to {high}", "write such a number")
    return value


def _ids(value: Any, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise InputError(where, f"{repr_of(value)} is no list of criterion ids", "write [annex-1/c1, annex-1/c2]")
    return tuple(value)


def _labels(data: dict[str, Any], key: str, where: str) -> tuple[str, ...] | None:
    value = data.get(key)
    if value is not None and (not isinstance(value, list) or not all(isinstance(v, str) for v in value)):
        raise InputError(f"{where}: {key}", f"{repr_of(value)} is no list of grades", "write [优秀]")
    return tuple(value) if value is not None else None


def _rounding(value: Any, where: str) -> Rounding | None:
    if value is None:
        return None
    _known(value, ("mode", "digits", "stage"), where)
    for key in ("mode", "digits"):
        if key not in value:
            raise InputError(where, f"`{key}` is missing", "state mode, digits and stage")
    return Rounding(
        _choice(value, "mode", _choices(Rounding, "mode"), None, where),
        _count(value, "digits", 0, 6, None, where),
        _choice(value, "stage", _choices(Rounding, "stage"), "final", where),
    )


def _combining(value: Any, where: str) -> Combining:
    if value is None:
        return Combining()
    if isinstance(value, str):
        value = {"combine": value}
    _known(value, ("combine", "trim"), where)
    combine = _choice(value, "combine", _choices(Combining, "combine"), "refuse", where)
    if combine == "trimmed":
        return Combining(combine, _count(value, "trim", 1, 10, None, where))
    if "trim" in value:
        raise InputError(f"{where}: trim", f"has no meaning with combine: {combine}", "write combine: trimmed")
    return Combining(combine)


def _rounds(value: Any, where: str) -> tuple[Round, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not value:
        raise InputError(where, f"{repr_of(value)} is no list of rounds", "write - {name: …, weight: …}")
    rounds = tuple(_round(entry, f"{where}[{n}]") for n, entry in enumerate(value, start=1))
    total = sum((r.weight for r in rounds), Decimal(0))
    if total != 100:
        raise InputError(where, f"the weights add up to {total}, not 100", "write percentages that add up to 100")
    if len({r.name for r in rounds}) < len(rounds):
        raise InputError(where, "two rounds have one name", "give each its own")
    return rounds


def _round(value: Any, where: str) -> Round:
    _known(value, ("name", "weight", "since", "until", "combine"), where)
    name = _text(value, "name", where)
    if not name:
        raise InputError(where, "`name` is missing", "name the round")
    try:
        weight = Decimal(str(value.get("weight")))
    except InvalidOperation:
        raise InputError(f"{where}: weight", f"{value.get('weight')!r} is no number", "write a percentage") from None
    if not weight.is_finite() or weight <= 0:
        raise InputError(f"{where}: weight", f"{weight} is not above 0", "write a percentage")
    combine = _choice(value, "combine", ("mean", "median"), None, where) if "combine" in value else None
    return Round(name, weight, _date(value, "since", where), _date(value, "until", where), combine)


def _date(value: dict[str, Any], key: str, where: str) -> str | None:
    given = value.get(key)
    if given is None:
        return None
    try:
        return datetime.date.fromisoformat(str(given)).isoformat()
    except ValueError:
        raise InputError(f"{where}: {key}", f"{given!r} is no date", "write YYYY-MM-DD") from None
