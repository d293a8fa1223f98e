"""The four checks of 财政部令第87号 article 64 over the sheets of one assessee: sum, range, objective criteria that
differ, scores far too high or low. They report; nothing is changed and nothing dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

from pipeline.assessment import Policy
from pipeline.findings import Finding
from pipeline.normalize import points
from pipeline.plain import points_text
from pipeline.scoring.grades import number_text
from pipeline.scoring.problems import problem
from pipeline.scoring.tally import Line, Sheet, name_of

TOTAL_OUTLIER = Fraction(15, 100)
"""A total further than this share of the maximum from the median of the others asks for a reason: bid panels commonly
use 10 to 20 per cent; the article itself names no number."""

ITEM_OUTLIER = Fraction(1, 2)
"""A criterion scored more than half of its maximum away from the median of the others. Less would flag every 0 among 1s."""

FEWEST = 3
"""With two sheets nobody can say which one is the outlier."""


def check(
    sheets: Sequence[Sheet], lines: Sequence[Line], policy: Policy, possible: Fraction | None, names: Sequence[str]
) -> Iterator[Finding]:
    """Every finding of the four checks, and vetoes on which sheets differ. `names[i]` calls sheet i."""
    if not sheets:
        return
    annex = sheets[0].assessment.annex
    yield from _sums(sheets, annex, names)
    yield from _ranges(sheets, lines, annex, names)
    yield from _objective(sheets, lines, policy, annex, names)
    if len(sheets) >= FEWEST:
        yield from _totals(sheets, possible, annex, names)
        yield from _items(sheets, lines, annex, names)
    yield from _vetoes(sheets, annex)


def _sums(sheets: Sequence[Sheet], annex: int, names: Sequence[str]) -> Iterator[Finding]:
    for sheet, name in zip(sheets, names, strict=True):
        stated = points(sheet.assessment.stated.total or "")
        if stated is not None and Fraction(stated) != sheet.total:
            where = f"{sheet.assessment.rubric_id}/total"
            facts = {"given": name, "stated": points_text(stated), "value": number_text(sheet.total)}
            yield problem("sum-error", annex, where, sheet.assessment.places.get("total"), **facts)


def _ranges(sheets: Sequence[Sheet], lines: Sequence[Line], annex: int, names: Sequence[str]) -> Iterator[Finding]:
    for sheet, name in zip(sheets, names, strict=True):
        for line in lines:
            value, top = sheet.assessment.awarded.get(line.id), line.criterion.max_points
            if value is None or (value >= 0 and (top is None or value <= top)):
                continue
            facts = {"name": name_of(line.criterion), "given": name, "value": points_text(value), "low": "0"}
            high = points_text(top) if top is not None else "…"
            yield problem("range-error", annex, line.id, sheet.assessment.places.get(line.id), maximum=high, **facts)


def _objective(
    sheets: Sequence[Sheet], lines: Sequence[Line], policy: Policy, annex: int, names: Sequence[str]
) -> Iterator[Finding]:
    for line in lines:
        if line.id not in policy.objective:
            continue
        given = [(n, _given(s, line)) for n, s in zip(names, sheets, strict=True)]
        if len({value for _, value in given if value}) > 1:
            values = "、".join(f"{n} {value}" for n, value in given if value)
            yield problem("objective-differs", annex, line.id, name=name_of(line.criterion), values=values)


def _given(sheet: Sheet, line: Line) -> str | None:
    """What a sheet says on a line; None where it says nothing that counts."""
    if line.id in sheet.points and line.id in sheet.assessment.awarded:
        return points_text(sheet.assessment.awarded[line.id])
    return "不适用" if line.id in sheet.assessment.not_applicable else None


def _far(values: Sequence[Fraction], allowed: Fraction) -> Iterator[tuple[int, Fraction]]:
    """(index, median of the others) of each value further than `allowed` from that median."""
    for i, value in enumerate(values):
        middle = Fraction(median([*values[:i], *values[i + 1 :]]))
        if abs(value - middle) > allowed:
            yield i, middle


def _totals(
    sheets: Sequence[Sheet], possible: Fraction | None, annex: int, names: Sequence[str]
) -> Iterator[Finding]:
    if possible is None or any(s.faults for s in sheets):
        return
    totals = [s.total for s in sheets]
    for i, middle in _far(totals, TOTAL_OUTLIER * possible):
        facts: dict[str, Any] = {"name": "总评", "given": names[i], "value": number_text(totals[i]), "median": number_text(middle)}
        yield problem("score-outlier", annex, f"{sheets[i].assessment.rubric_id}/total", **facts)


def _items(sheets: Sequence[Sheet], lines: Sequence[Line], annex: int, names: Sequence[str]) -> Iterator[Finding]:
    for line in lines:
        top = line.criterion.max_points
        who = [i for i, s in enumerate(sheets) if line.id in s.assessment.awarded and line.id in s.points]
        if not top or len(who) < FEWEST:
            continue
        values = [sheets[i].points[line.id] for i in who]
        for i, middle in _far(values, ITEM_OUTLIER * Fraction(top)):
            given = names[who[i]]
            facts = {"name": name_of(line.criterion), "given": given, "value": number_text(values[i])}
            at = sheets[who[i]].assessment.places.get(line.id)
            yield problem("score-outlier", annex, line.id, at, median=number_text(middle), **facts)


def _vetoes(sheets: Sequence[Sheet], annex: int) -> Iterator[Finding]:
    for number in sorted({n for s in sheets for n in s.assessment.vetoes}):
        if len({s.assessment.vetoes.get(number, False) for s in sheets}) > 1:
            yield problem("veto-differs", annex, f"notice/v{number}", number=number)


def shares(sheets: Sequence[Sheet], lines: Sequence[Line]) -> list[list[float | None]]:
    """Score / maximum of each sheet (rows) and line (columns): what agreement is measured on."""
    usable = [line for line in lines if line.criterion.max_points not in (None, Decimal(0))]
    return [
        [
            float(s.points[line.id] / Fraction(line.criterion.max_points or 1)) if line.id in s.assessment.awarded and line.id in s.points else None
            for line in usable
        ]
        for s in sheets
    ]  # fmt: skip
