"""Points whose digits a line end tore apart (1|5 in one cell), made whole where the sheet says that they are one number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Criterion, Unplaced
from pipeline.normalize import several_numbers, with_plain_digits
from pipeline.rubrics.draft import Draft, Mark

TORN = regex.compile(r"(?P<head>[0-9]{1,2}(?:\.[0-9])?)\s*\n\s*(?P<tail>[0-9]{1,2}(?:\.[0-9])?)\s*[分%]?")
"""Two runs of digits on two lines of a cell."""


def mend(draft: Draft, marks: Sequence[Mark], total: Decimal | None) -> None:
    """The torn points of a draft made whole: where the lower piece begins with 0, which no points do, or where the number
    alone closes its section's declared points or the total. What stays open is listed as unplaced. `marks` with the
    criteria they cover; `total` as stated."""
    torn = {i: value for i, c in enumerate(draft.criteria) if (value := whole(c)) is not None}
    if not torn:
        return
    rest = sum((c.max_points for c in draft.criteria if c.max_points is not None and c.kind == "scored"), Decimal(0))
    closes = total is not None and rest + sum(torn.values()) == total and all(_is_known(draft, i, torn) for i in range(len(draft.criteria)))
    for index, value in torn.items():
        own = draft.criteria[index]
        declared = [*((m.covered, m.stated_points) for m in marks), *_summed(draft)]
        if closes or _tail(own).startswith("0") or any(_closes(draft, covered, points, index, value) for covered, points in declared):
            draft.criteria[index] = replace(own, max_points=value, choice=None)
        elif own.points_at is not None:
            draft.unplaced.append(Unplaced(own.points_printed or "", "digits on two lines: one number or two", own.points_at))


def whole(own: Criterion) -> Decimal | None:
    """The number that torn digits make; None where the points are whole."""
    match = _torn(own)
    return Decimal(match["head"] + match["tail"]) if match and "." not in match["head"] else None


def _tail(own: Criterion) -> str:
    match = _torn(own)
    return match["tail"] if match else ""


def _torn(own: Criterion) -> regex.Match[str] | None:
    printed = own.points_at.quote if own.points_at is not None else ""
    if own.max_points is not None or own.kind != "scored" or not several_numbers(printed):
        return None
    return TORN.fullmatch(with_plain_digits(printed).strip())


def _is_known(draft: Draft, index: int, torn: dict[int, Decimal]) -> bool:
    own = draft.criteria[index]
    return index in torn or own.max_points is not None or own.kind != "scored"


def _summed(draft: Draft) -> list[tuple[list[int], Decimal | None]]:
    """The lines above each 小计 row, from the one before on, and its points."""
    ends = [s for s in draft.subtotals if s.after is not None]
    starts = [0, *(s.after + 1 for s in ends if s.after is not None)]
    return [(list(range(start, (s.after or 0) + 1)), s.points) for start, s in zip(starts, ends, strict=False)]


def _closes(draft: Draft, covered: Sequence[int], declared: Decimal | None, index: int, value: Decimal) -> bool:
    """Whether the number makes the sum of these lines what is declared for them, all others being known."""
    if declared is None or index not in covered:
        return False
    others = [draft.criteria[i].max_points for i in covered if i != index and draft.criteria[i].kind == "scored"]
    return all(v is not None for v in others) and sum((v for v in others if v is not None), Decimal(0)) + value == declared
