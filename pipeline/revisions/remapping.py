"""Scores given on the old revision, seen from the new one: what is kept, what is scaled, what cannot be carried over.

A scaled score is exact: awarded × new maximum ÷ old maximum. One that never ends (10/3) is given as a fraction and is
not rounded: rounding is the policy's. A re-mapped sheet is no assessment of the new revision and gets no grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from pipeline.assessment import Assessment
from pipeline.model import Reading, Rubric
from pipeline.plain import points_text
from pipeline.revisions.changes import Comparable
from pipeline.scoring.grades import number_text
from pipeline.scoring.tally import SIGN, Line, counting, lines_of, that_count, unfilled


class Coverage(Struct, frozen=True):
    """How much of a rubric of the new revision old scores can fill: counts of its criteria by what happens to them, and
    their points; `covered` of `possible` points. `dropped` counts the old criteria that lead nowhere."""

    annex: int
    rubric: str
    title: str | None
    kept: int
    scaled: int
    open: int
    dropped: int
    covered: str
    possible: str


class Carriage(Struct, frozen=True):
    """One awarded score: `awarded` on the old criterion; `value` on the new one (decimal or fraction, None: dropped)."""

    old: str
    new: str | None
    kind: str
    awarded: str
    value: str | None
    reason: str
    reason_en: str


class Remapped(Struct, frozen=True):
    """One old assessment seen from one rubric of the new revision. `carried` of `covered` points were carried over; the
    rubric has `possible`; `open` are its criteria without a score. `vetoes` are the old notice's numbers that were ticked."""

    file: str
    assessee: str | None
    date: str | None
    rubric: str
    old_total: str
    carried: str
    covered: str
    possible: str
    scores: tuple[Carriage, ...]
    not_applicable: tuple[str, ...]
    open: tuple[str, ...]
    vetoes: tuple[str, ...] = ()


def coverage(old: Reading, new: Reading, comparability: Sequence[Comparable]) -> tuple[Coverage, ...]:
    """A line for each rubric of the new revision."""
    return tuple(_coverage(rubric, old, comparability) for rubric in new.rubrics)


def _coverage(rubric: Rubric, old: Reading, comparability: Sequence[Comparable]) -> Coverage:
    fills = {c.new: c for c in comparability if c.new and c.kind != "drop"}
    lines = lines_of(rubric)
    filled = [line for line in lines if line.id in fills]
    same = {r.id for r in old.rubrics if r.annex == rubric.annex}
    return Coverage(
        annex=rubric.annex, rubric=rubric.id, title=rubric.title,
        kept=sum(fills[line.id].kind == "keep" for line in filled), scaled=sum(fills[line.id].kind == "scale" for line in filled),
        open=len(lines) - len(filled),
        dropped=sum(c.kind == "drop" and c.old.rpartition("/")[0] in same for c in comparability),
        covered=_possible(filled), possible=_possible(lines),
    )  # fmt: skip


def _possible(lines: Iterable[Line]) -> str:
    """What scored lines can give; bonus and deductions stand outside."""
    return points_text(sum((line.criterion.max_points or Decimal(0) for line in counting(lines) if line.kind == "scored"), Decimal(0)))


def remap(assessment: Assessment, old: Reading, new: Reading, comparability: Sequence[Comparable]) -> tuple[Remapped, ...]:
    """An assessment of the old revision, a sheet for each rubric of the new one that its criteria are in now."""
    fate = {c.old: c for c in comparability}
    source = next(r for r in old.rubrics if r.id == assessment.rubric_id)
    scores = [_carried(key, value, fate.get(key)) for key, value in _in_order(assessment, source)]
    old_total = _total({id: Fraction(v) for id, v in assessment.awarded.items()}, lines_of(source))
    homes = {line.id: r for r in new.rubrics for line in lines_of(r)}
    reached = [r for r in new.rubrics if any(s.new is not None and homes.get(s.new) is r for s in scores)]
    excused = {there for i in assessment.not_applicable if i in fate and fate[i].kind != "drop" and (there := fate[i].new)}
    return tuple(_sheet(assessment, rubric, scores, old_total, rubric is reached[0], homes, excused) for rubric in reached)


def _total(points: Mapping[str, Fraction], lines: Sequence[Line]) -> Fraction:
    counted = that_count(points, lines)
    return sum((SIGN[line.kind] * counted.get(line.id, Fraction(0)) for line in lines), Fraction(0))


def _in_order(assessment: Assessment, rubric: Rubric) -> list[tuple[str, Decimal]]:
    return [(c.id, assessment.awarded[c.id]) for c in rubric.criteria() if c.id in assessment.awarded]


def _carried(key: str, awarded: Decimal, fate: Comparable | None) -> Carriage:
    given = points_text(awarded)
    if fate is None or fate.kind == "drop" or fate.new is None:
        return Carriage(key, None, "drop", given, None, *(_said(fate) if fate else ("旧版没有这一条", "the old revision has no such criterion")))
    if fate.kind == "keep":
        return Carriage(key, fate.new, "keep", given, given, *_said(fate))
    if not fate.old_points or not fate.new_points or Decimal(fate.old_points) == 0:
        return Carriage(key, None, "drop", given, None, "旧版或新版没有满分值，无法折算", "no maximum on one side, nothing to scale by")
    value = Fraction(awarded) * Fraction(fate.new_points) / Fraction(fate.old_points)
    return Carriage(key, fate.new, "scale", given, number_text(value), *_said(fate))


def _said(fate: Comparable) -> tuple[str, str]:
    return fate.reason, fate.reason_en


def _sheet(
    assessment: Assessment, rubric: Rubric, scores: Sequence[Carriage], old_total: Fraction, first: bool,
    homes: dict[str, Rubric], excused: set[str],
) -> Remapped:  # fmt: skip
    """The scores that reach one rubric; those that reach none are listed with the first."""
    own = [s for s in scores if (homes.get(s.new) is rubric if s.new else first)]
    values = {s.new: Fraction(s.value) for s in own if s.new and s.value}
    lines = lines_of(rubric)
    return Remapped(
        file=assessment.source.file, assessee=assessment.assessee, date=assessment.date, rubric=rubric.id,
        old_total=number_text(old_total), carried=number_text(_total(values, lines)),
        covered=_possible(line for line in lines if line.id in values), possible=_possible(lines),
        scores=tuple(own), not_applicable=tuple(line.id for line in lines if line.id in excused),
        open=tuple(line.id for line in unfilled(lines, values, excused)),
        vetoes=tuple(sorted(k for k, ticked in assessment.vetoes.items() if ticked)),
    )  # fmt: skip
