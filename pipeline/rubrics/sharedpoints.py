"""Points of a group of rows that are printed again in each of them, as exports without joined cells have them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from pipeline.rubrics.draft import SHARED, Draft, Mark


def share(draft: Draft, marks: Sequence[Mark], total: Decimal | None) -> None:
    """Rows of one inner label with the same points share these, where each label's points taken once make the total and what the
    outer labels declare, and all rows together do not."""
    inner = _inner(marks)
    if total is None or not any(len(m.covered) > 1 for m in inner) or any(len(_said(draft, m.covered)) != 1 for m in inner):
        return
    spare = {i for m in inner for i in m.covered[1:]}
    outer = [m for m in marks if m.stated_points is not None and m not in inner]
    whole = range(len(draft.criteria))
    if _sum(draft, whole, set()) == total or _sum(draft, whole, spare) != total:
        return
    if not all(_sum(draft, m.covered, spare) == m.stated_points for m in outer):
        return
    for i in spare:
        draft.criteria[i] = replace(draft.criteria[i], max_points=None, choice=SHARED)


def _inner(marks: Sequence[Mark]) -> list[Mark]:
    """The labels of the innermost of several levels."""
    levels = {m.level for m in marks if m.covered}
    deepest = max(levels, default=1)
    return [m for m in marks if m.level == deepest and m.covered and not m.own_row and m.stated_points is None] if len(levels) > 1 else []


def _said(draft: Draft, rows: Sequence[int]) -> set[Decimal | None]:
    return {draft.criteria[i].max_points for i in rows}


def _sum(draft: Draft, rows: Sequence[int], spare: set[int]) -> Decimal:
    own = (draft.criteria[i] for i in rows if i not in spare)
    return sum((c.max_points for c in own if c.max_points is not None and c.kind == "scored"), Decimal(0))
