"""Values of a reading by path (`annex-2/c21.max_points`), and the repairs and suggestions that findings offer for them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from pipeline.errors import UsageError
from pipeline.findings import Repair
from pipeline.model import Criterion, Notice, Reading, Rubric, Section
from pipeline.plain import points_text

CRITERION_FIELDS = ("number", "text", "max_points")
SECTION_FIELDS = ("label", "stated_points")
RUBRIC_FIELDS = ("stated_total", "title")
NOTICE_FIELDS = ("document_number", "title", "issuer", "issue_date", "signature", "veto_outcome")
POINTS = ("max_points", "stated_points", "stated_total")


def suggestions(reading: Reading) -> tuple[Repair, ...]:
    """Every repair and suggestion of the findings, each path once, in order."""
    found: dict[str, Repair] = {}
    for finding in reading.findings:
        for repair in (finding.repair, *finding.suggestions):
            if repair is not None:
                found.setdefault(repair.id, repair)
    return tuple(found.values())


def value_at(reading: Reading, path: str) -> str | None:
    """The value a path names, as text; None when it is absent. An inferred value of a criterion counts as absent.

    Raises UsageError for a path that names nothing.
    """
    owner, name = _owner(reading, path)
    if isinstance(owner, Criterion) and owner.basis == "inferred":
        return None
    if isinstance(owner, Criterion) and name == "max_points" and owner.points_basis in ("inferred", "proved"):
        return None
    if isinstance(owner, Section) and name == "label" and owner.basis in ("inferred", "proved"):
        return None
    value = getattr(owner, name)
    return points_text(value) if isinstance(value, Decimal) else value


def with_value(reading: Reading, path: str, text: str) -> Reading:
    """The reading with a value set by a person: basis `confirmed`. Raises UsageError for a bad path or number."""
    owner, name = _owner(reading, path)
    value = _parsed(path, name, text)
    if isinstance(owner, Notice):
        change: dict[str, Any] = {name: value}
        return replace(reading, notice=replace(owner, **change))
    return replace(reading, rubrics=tuple(_in_rubric(r, owner, name, value) for r in reading.rubrics))


def _parsed(path: str, name: str, text: str) -> str | Decimal:
    if not text.strip():
        raise UsageError(path, "is set to nothing", "give the text that is to stand there")
    if name not in POINTS:
        return text
    if not re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,4})?", text.strip()):
        raise UsageError(path, f"{text!r} is no number of points", 'write it as "3" or "2.5"')
    return Decimal(text.strip())


def _owner(reading: Reading, path: str) -> tuple[Criterion | Section | Rubric | Notice, str]:
    identifier, _, name = path.rpartition(".")
    owners: dict[str, tuple[Criterion | Section | Rubric | Notice, tuple[str, ...]]] = {"notice": (reading.notice, NOTICE_FIELDS)}
    for rubric in reading.rubrics:
        owners[rubric.id] = (rubric, RUBRIC_FIELDS)
        owners |= {s.id: (s, SECTION_FIELDS) for s in rubric.sections}
        owners |= {c.id: (c, CRITERION_FIELDS) for c in rubric.criteria()}
    if identifier not in owners or name not in owners[identifier][1]:
        allowed = owners[identifier][1] if identifier in owners else ("max_points", "text", "label", "stated_points", "stated_total")
        raise UsageError(path, "names no value of this notice", f"write ID.FIELD, FIELD one of {', '.join(allowed)}")
    return owners[identifier][0], name


def _in_rubric(rubric: Rubric, owner: object, name: str, value: object) -> Rubric:
    if rubric is owner:
        change: dict[str, Any] = {name: value} | ({"total_basis": "confirmed"} if name == "stated_total" else {})
        return replace(rubric, **change)
    return replace(rubric, sections=tuple(_in_section(s, owner, name, value) for s in rubric.sections))


def _in_section(section: Section, owner: object, name: str, value: object) -> Section:
    if section is owner:
        change: dict[str, Any] = {name: value, ("basis" if name == "label" else "points_basis"): "confirmed"}
        return replace(section, **change)
    return replace(section, criteria=tuple(_in_criterion(c, name, value) if c is owner else c for c in section.criteria))


def _in_criterion(criterion: Criterion, name: str, value: object) -> Criterion:
    """A printed criterion becomes confirmed; a lost one only when all of it is decided, see `confirm_whole`."""
    change: dict[str, Any] = {name: value}
    if criterion.basis != "inferred":
        change["basis"] = "confirmed"
    if name == "max_points":
        change["points_basis"] = "confirmed"
    return replace(criterion, **change)


def confirm_whole(reading: Reading, decided: frozenset[str]) -> Reading:
    """A lost criterion whose text and points were both decided is confirmed."""

    def settle(criterion: Criterion) -> Criterion:
        both = {f"{criterion.id}.text", f"{criterion.id}.max_points"} <= decided
        return replace(criterion, basis="confirmed") if criterion.basis == "inferred" and both else criterion

    rubrics = (
        replace(r, sections=tuple(replace(s, criteria=tuple(settle(c) for c in s.criteria)) for s in r.sections))
        for r in reading.rubrics
    )
    return replace(reading, rubrics=tuple(rubrics))
