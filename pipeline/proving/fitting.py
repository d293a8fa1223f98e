"""One sheet and its numbers: which reading of the label positions the arithmetic bears out.

Three readings, taken in this order: *trusted* (moving a label from its printed start costs), *free* (several labels
stand outside their sections, so only order, sums and pages count), *fixed* (the arithmetic is silent or hopeless, so
the print stands).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from rapidfuzz.distance import OSA

from pipeline.plain import points_text
from pipeline.proving.layout import (
    FIXED_WEIGHT,
    MERGED_WEIGHT,
    ROW_WEIGHT,
    Row,
    Sheet,
    Slot,
    begins_count,
    puzzle_of,
    variants,
)
from pipeline.proving.proofs import cheapest, robust_starts, solve
from pipeline.proving.puzzle import HOPELESS, Pattern, Puzzle, Summary

ABSORBED = 26
"""A section whose label stands nowhere is claimed only where the error of print it explains away would cost this much
(nine points in one label): more than two small errors."""

SEVERAL_FAULTS = 20
"""From this cost on, two things are wrong with the sheet if its labels stand where they belong; perhaps they do not."""

CLEARLY = 8
"""A reading that adds a section named by the body alone must be cheaper by this."""

LEAN = 20.0
"""A label of several lines in the middle of its rows begins so many points (a row) above it."""

Reading = Literal["trusted", "free", "fixed"]


class Fit(Struct, frozen=True):
    """One reading of a sheet. `robust`: per section, the starts that are best under some weights of the family;
    `earlier`: what the numbers alone said, when twins in sister rubrics were needed."""

    sheet: Sheet
    slots: tuple[Slot, ...]
    puzzle: Puzzle
    reading: Reading
    summary: Summary
    robust: tuple[tuple[int, ...], ...]
    earlier: Fit | None = None

    def chosen(self) -> Pattern:
        """The best explanation whose labels stand nearest to their printed starts."""
        return min(self.summary.patterns, key=self._moved)

    def _moved(self, pattern: Pattern) -> int:
        pairs = zip(self.slots, pattern.starts, strict=True)
        return sum(abs(start - slot.start) for slot, start in pairs if slot.start is not None and not slot.holds(start))


class Trial(Struct, frozen=True):
    """One reading of a sheet of which only the best cost is known yet."""

    sheet: Sheet
    slots: tuple[Slot, ...]
    puzzle: Puzzle
    reading: Reading
    cost: int

    def solved(self) -> Fit:
        """Its best explanations, without margins."""
        summary = solve(self.puzzle, margins=False)
        assert summary is not None  # it has a cost
        return Fit(self.sheet, self.slots, self.puzzle, self.reading, summary, summary.starts)


def fit(sheet: Sheet) -> Fit | None:
    """The reading of one sheet that its numbers bear out; None when there is nothing to reckon with."""
    if not sheet.rows or not sheet.slots or len(sheet.slots) > len(sheet.rows):
        return None
    fixed = _renumbered(sheet) or _tried(sheet, sheet.slots, "fixed")
    if not sheet.declares() or any(s.parent for s in sheet.rubric.sections):
        return None if fixed is None else full(fixed)
    if fixed is not None and fixed.cost == 0:
        tidy = _tried(sheet, fixed.slots, "trusted")
        return full(tidy or fixed)
    centred = _centred(sheet)
    if centred is not None:
        return full(centred)
    trusted = _cheapest(sheet, "trusted")
    ceiling = fixed.cost if fixed else HOPELESS + 1
    displaced = trusted is not None and _many_displaced(trusted)
    if trusted is None or displaced or trusted.cost >= SEVERAL_FAULTS:
        free = _cheapest(sheet, "free")
        if free is not None and 3 * free.cost <= ceiling and _many_displaced(free):
            return full(free)
        trusted = None if displaced else trusted
    absorbed = _absorbed(sheet, min(ceiling, trusted.cost if trusted else ceiling))
    best = absorbed or trusted or fixed
    return None if best is None else full(best)


def _tried(sheet: Sheet, slots: tuple[Slot, ...], reading: Reading, limit: int = HOPELESS) -> Trial | None:
    """These slots under one reading; None when the numbers do not fit it, or only above `limit`."""
    weight = {"trusted": MERGED_WEIGHT if sheet.merged else ROW_WEIGHT, "free": 0, "fixed": FIXED_WEIGHT}[reading]
    puzzle = puzzle_of(sheet, slots, weight)
    cost = cheapest(puzzle, limit) if puzzle else None
    return None if puzzle is None or cost is None else Trial(sheet, slots, puzzle, reading, cost)


def full(found: Trial) -> Fit:
    """Everything its numbers say, with margins, and with the starts that any weights of the family would give."""
    summary = solve(found.puzzle)
    assert summary is not None  # it has a cost
    return Fit(
        found.sheet, found.slots, found.puzzle, found.reading, summary, robust_starts(found.puzzle, summary)
    )


def _cheapest(sheet: Sheet, reading: Reading) -> Trial | None:
    """The cheapest choice of slots; names that only the body gives must make it clearly cheaper.

    The choice with all names is tried first: where no other comes near it, the others need not be solved.
    """
    *fewer, whole = variants(sheet)
    last = _tried(sheet, whole, reading)
    if last is not None and all(_tried(sheet, s, reading, last.cost + CLEARLY - 1) is None for s in fewer):
        return last
    best: Trial | None = None
    for slots in (*fewer, whole):
        found = _tried(sheet, slots, reading)
        if found is not None and (best is None or found.cost + CLEARLY <= best.cost):
            best = found
    return best


def _centred(sheet: Sheet) -> Trial | None:
    """The reading of text whose labels stand beside the middle of their sections, as merged cells are often printed: every
    label declares its points, and every sum and the total agree."""
    slots = sheet.slots[1:] if _nameless_top(sheet) else sheet.slots
    if sheet.merged or sheet.extra or sheet.rubric.stated_total is None or not all(s.declared and s.start is not None for s in slots):
        return None
    found = _tried(sheet, slots, "free", limit=0) if slots else None
    return found if found is not None and in_the_middle(found.solved()) else None


def _nameless_top(sheet: Sheet) -> bool:
    """Whether nothing at all stands beside the first rows."""
    first = sheet.slots[0]
    return first.origin == "blank" and (first.section is None or first.section.at is None)


def in_the_middle(found: Fit) -> bool:
    """Whether every label stands beside the middle of its section (and some section is large enough to tell)."""
    starts = (*found.chosen().starts, len(found.sheet.rows))
    told = False
    for slot, start, end in zip(found.slots, starts, starts[1:], strict=False):
        size = end - start
        if slot.start is None or not start <= slot.start < end:
            return False
        if size >= 3:
            told = told or slot.start != start
            if not (_is_middle_row(slot.start - start, size) or _is_middle_place(slot, found.sheet.rows[start:end])):
                return False
    return told and not found.sheet.merged


def _is_middle_row(place: int, size: int) -> bool:
    return place > 0 and abs(place - (size - 1) / 2) <= max(1, size / 4)


def _is_middle_place(slot: Slot, rows: Sequence[Row]) -> bool:
    """Whether a label stands at half the height of its section's rows on its page; rows are not equally high."""
    at = slot.section.at if slot.section else None
    if at is None or at.bbox is None:
        return False
    places = [r.criterion.at for r in rows if r.criterion is not None]
    boxes = [p.bbox for p in places if p is not None and p.page == at.page and p.bbox is not None]
    if not boxes:
        return False
    middle = (min(box[1] for box in boxes) + max(box[3] for box in boxes)) / 2
    return at.bbox[1] - LEAN <= middle <= at.bbox[3] + LEAN


def _many_displaced(found: Trial) -> bool:
    """Whether at least two labels, and a third of all, stand elsewhere than their sections start."""
    starts = found.solved().chosen().starts
    pairs = [(s, start) for s, start in zip(found.slots, starts, strict=True) if s.start is not None]
    moved = sum(not slot.holds(start) for slot, start in pairs)
    return moved >= 2 and 3 * moved >= len(pairs)


def _digit_slip(printed: Decimal, true: Decimal) -> bool:
    """Whether one digit dropped, doubled or changed, or two changing places, make one number of the other (2 for 12, 58 for 85)."""
    return OSA.distance(points_text(printed), points_text(true)) <= 1


def _renumbered(sheet: Sheet) -> Trial | None:
    """Sections whose labels are lost where the numbering begins again inside a section, on a sheet that numbers each
    section anew: claimed when every declared sum then closes, and does not without."""
    if any(s.parent for s in sheet.rubric.sections) or not sheet.declares():
        return None
    later = [slot for slot in sheet.slots if slot.start]
    if len(later) < 2 or not all(slot.numbered_anew for slot in later):
        return None
    known = {slot.start for slot in sheet.slots}
    begun = [row for row in range(1, len(sheet.rows)) if row not in known and begins_count(sheet.rows, row)]
    lost = [Slot(None, (), "scored", row, (), "absorbed", numbered_anew=True) for row in begun]
    slots = tuple(sorted([*sheet.slots, *lost], key=lambda slot: slot.start or 0))
    found = _tried(sheet, slots, "fixed") if 0 < len(lost) <= len(later) else None
    before = _tried(sheet, sheet.slots, "fixed") if found is not None and found.cost == 0 else None
    return found if before is not None and before.cost > 0 else None


def _is_off(sheet: Sheet, place: int) -> bool | None:
    """Whether the rows of a section do not sum to its declared points; None where values are absent among them."""
    slot = sheet.slots[place]
    if not slot.declared or slot.start is None:
        return False
    end = sheet.slots[place + 1].start if place + 1 < len(sheet.slots) else len(sheet.rows)
    rows = [row.criterion for row in sheet.rows[slot.start : end]]
    if any(c is None or c.max_points is None for c in rows):
        return None
    return sum(c.max_points for c in rows if c and c.max_points and c.kind in ("scored", slot.kind)) != slot.declared[0]


def _absorbed(sheet: Sheet, ceiling: int) -> Trial | None:
    """A section whose label is lost without a trace, its rows read with the section above: claimed only when that alone
    makes every number right, and no error of print costs less under any weights."""
    if sheet.rubric.stated_total is None or ceiling < ABSORBED:
        return None
    best: list[Trial] = []
    off = [_is_off(sheet, place) for place in range(len(sheet.slots))]
    if off.count(True) > 1:
        return None  # one lost label makes one section too great; the rest would stay wrong
    for place, slot in enumerate(sheet.slots):
        if off[place] is False or not slot.declared or slot.section is None or _digit_slip(slot.declared[0], slot.section.points_sum()):
            continue
        lost = Slot(None, (), "scored", None, (), "absorbed")
        slots = (*sheet.slots[: place + 1], lost, *sheet.slots[place + 1 :])
        found = _tried(sheet, slots, "fixed") if len(slots) <= len(sheet.rows) else None
        if found is None or found.cost:
            continue
        solved = found.solved()
        if solved.summary.count > 1:
            continue
        starts = (*solved.chosen().starts, len(sheet.rows))
        if starts[place + 2] - starts[place + 1] >= 2:
            best.append(found)
    return best[0] if len(best) == 1 else None
