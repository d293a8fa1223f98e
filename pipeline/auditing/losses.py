"""Which of the reader's remarks speak of rows that a rubric may lack, or that may not be its rows as they were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.model import Remark, Rubric
from pipeline.provenance import Provenance

WHOLE = frozenset({"unread-page", "unread-table"})
"""Remarks of something that may hold all the rows that follow: the last row read may not be the last row."""

IN_PART = frozenset({"uncertain-rows", "unread-text", "stray-rows", "torn-table", "odd-label", "absent-rows"})

Place = tuple[int, float]
"""Page and distance from its top; of a text, line and 0. Paths have no order: of them what names a row speaks of its rubric, and
what may hold all the rows that follow, of every rubric."""


def losses_in(rubric: Rubric, remarks: Iterable[Remark]) -> Iterator[str]:
    """What must be assumed of the reading, in both languages, for what is said of the rubric's rows to be proved."""
    told = [r for r in remarks if r.kind in WHOLE | IN_PART and r.at is not None]
    rows = set(_rows(rubric)) if told else set()
    yield from (_assumed(r.at) for r in told if r.at is not None and _place(r.at) is None and (r.kind in WHOLE or r.at in rows))
    places = sorted(p for at in rows if (p := _place(at)) is not None)
    if not places:
        return
    own = {*(mark.at for mark in rubric.labels), *(at for c in rubric.criteria() for at in (c.number_at, c.points_at))}
    total = _place(rubric.total_at)
    ended = total is not None and total >= places[-1]
    first, last = places[0][0], max(places[-1], total or places[-1])[0]
    for remark in told:
        place = _place(remark.at)
        after = remark.kind in WHOLE | {"stray-rows"} and not ended
        if remark.at is None or place is None or not first <= place[0] <= last + after:
            continue
        if remark.kind == "uncertain-rows" and not any(_inside(at, remark.at) for at in _rows(rubric)):
            continue
        if remark.kind == "odd-label" and remark.at not in own:
            continue
        yield _assumed(remark.at)


def _assumed(at: Provenance) -> str:
    return f"{at.place('zh')} 的行读得无误、没有遗漏 / the rows at {at.place()} were read right and none is absent"


def _rows(rubric: Rubric) -> Iterator[Provenance | None]:
    yield rubric.header_at
    for criterion in rubric.criteria():
        yield from (criterion.at, criterion.number_at, criterion.points_at)


def _place(at: Provenance | None) -> Place | None:
    if at is None:
        return None
    if at.page is not None:
        return at.page, at.bbox[1] if at.bbox else 0.0
    return None if at.line is None else (at.line, 0.0)


def _inside(at: Provenance | None, table: Provenance) -> bool:
    """Whether a cell stands in the table remarked on; of a text, wherever the table begins."""
    if at is None or at.page != table.page:
        return False
    if at.bbox is None or table.bbox is None:
        return True
    (x0, y0, x1, y1), (left, top, right, bottom) = at.bbox, table.bbox
    return left < (x0 + x1) / 2 < right and top < (y0 + y1) / 2 < bottom
