"""Points of a group of rows that its first row gives: printed again in each of them, as exports without joined cells have them, or
beside less for each other answer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from pipeline.rubrics.draft import SHARED, Draft, Mark


def share(draft: Draft, marks: Sequence[Mark], total: Decimal | None) -> None:
    """Rows of one inner label share the points of its first row, where these taken once make the total and what the outer labels
    declare, and all rows together do not."""
    inner = _innermost(marks)
    whole = range(len(draft.criteria))
    for shared in (_printed_again(draft, marks, inner), _answered(draft, inner)):
        spare = {i for m in shared for i in m.covered[1:]}
        if not spare or _sum(draft, whole, set()) == total or _sum(draft, whole, spare) != total:
            continue
        if all(_sum(draft, m.covered, spare) == m.stated_points for m in marks if m.stated_points is not None and m not in shared):
            for i in spare:
                draft.criteria[i] = replace(draft.criteria[i], max_points=None, choice=SHARED)
            return


def _innermost(marks: Sequence[Mark]) -> list[Mark]:
    """The labels of the innermost level."""
    deepest = max((m.level for m in marks if m.covered), default=1)
    return [m for m in marks if m.level == deepest and m.covered]


def _printed_again(draft: Draft, marks: Sequence[Mark], inner: Sequence[Mark]) -> Sequence[Mark]:
    """The labels of which all rows print the same points, if none declares its own and others stand outside them."""
    own = [m for m in inner if not m.own_row and m.stated_points is None]
    levels = {m.level for m in marks if m.covered}
    return own if len(levels) > 1 and all(len(set(_said(draft, m))) == 1 for m in own) else ()


def _answered(draft: Draft, inner: Sequence[Mark]) -> Sequence[Mark]:
    """The labels whose rows each give less than the one above, down from the label's points: answers to one question. Where labels
    declare none, so it is below all of several rows."""
    several = [m for m in inner if len(m.covered) > 1]
    falling = [m for m in several if _falls(_said(draft, m)) and m.stated_points in (None, _said(draft, m)[0])]
    return falling if len(falling) > 1 and all(m in falling for m in several if m.stated_points is None) else ()


def _falls(values: Sequence[Decimal | None]) -> bool:
    return all(a is not None and b is not None and a > b for a, b in pairwise(values))


def _said(draft: Draft, mark: Mark) -> list[Decimal | None]:
    return [draft.criteria[i].max_points for i in mark.covered]


def _sum(draft: Draft, rows: Sequence[int], spare: set[int]) -> Decimal:
    own = (draft.criteria[i] for i in rows if i not in spare)
    return sum((c.max_points for c in own if c.max_points is not None and c.kind == "scored"), Decimal(0))
