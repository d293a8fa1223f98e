"""Texts for absent criteria: what stands in the sister rubrics between the same two neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipeline.model import Criterion
from pipeline.normalize import fold
from pipeline.proving.alignment import SAME, Pair, similarity
from pipeline.proving.layout import Sheet

Pairs = dict[tuple[int, int], tuple[Pair, ...]]


class Donation(Struct, frozen=True):
    """A text and the ids of the criteria in which it stands (or nearly)."""

    text: str
    donors: tuple[str, ...]


def donors_of(index: int, sheets: Sequence[Sheet], pairs: Pairs) -> dict[int, Donation]:
    """Row of an absent number → its text. Given only where sisters have exactly as many criteria of their own between
    the twins of the two neighbours as numbers are absent."""
    out = {}
    for first, count in _gaps(sheets[index]):
        found = [f for other in range(len(sheets)) if other != index for f in _between(index, other, first, count, sheets, pairs)]
        for offset in range(count):
            offered = [criteria[offset] for criteria in found]
            if offered:
                out[first + offset] = _agreed(offered)
    return out


def _gaps(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """(first row, number of rows) of each run of absent numbers."""
    row = 0
    while row < len(sheet.rows):
        count = 0
        while row + count < len(sheet.rows) and sheet.rows[row + count].criterion is None:
            count += 1
        if count:
            yield row, count
        row += max(count, 1)


def _between(
    index: int, other: int, first: int, count: int, sheets: Sequence[Sheet], pairs: Pairs
) -> Iterator[list[Criterion]]:
    rows = sheets[index].rows
    before, after = rows[first - 1].criterion, rows[first + count].criterion
    if before is None or after is None:
        return
    twins = {}
    paired = set()
    for pair in pairs.get((min(index, other), max(index, other)), ()):
        own, far = (pair.a, pair.b) if index < other else (pair.b, pair.a)
        paired.add(far.id)
        if pair.kind == "same":
            twins[own.id] = far.id
    order = list(sheets[other].rubric.printed())
    place = {c.id: i for i, c in enumerate(order)}
    low, high = place.get(twins.get(before.id, "")), place.get(twins.get(after.id, ""))
    if low is None or high is None or high - low - 1 != count:
        return
    inside = order[low + 1 : high]
    if all(c.text and c.id not in paired for c in inside):
        yield inside


def _agreed(offered: Sequence[Criterion]) -> Donation:
    """The text most sisters have (the first of equals), with all that are the same but for small differences."""
    counts = Counter(fold(c.text) for c in offered)
    best = max(offered, key=lambda c: counts[fold(c.text)])
    return Donation(best.text, tuple(c.id for c in offered if similarity(c.text, best.text) >= SAME))
