"""A printed rubric as rows and slots: what stands in the order of the sheet, ready for the arithmetic.

A row is a printed criterion or the place of an absent serial number; a slot is a section label as printed, a blank
label cell, or a name that only the body's enumeration gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise
from math import gcd
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Criterion, LabelMark, Notice, Rubric, Section, SectionKind
from pipeline.normalize import fold
from pipeline.points import is_capped, spare
from pipeline.proving.puzzle import Fact, Puzzle

MERGED_WEIGHT = 10
"""What it costs to start a section elsewhere than its merged label cell does: as much as a wrong number."""

ROW_WEIGHT = 4
"""The same for a label that stands on one row only (text without cells): position is weak evidence there."""

FIXED_WEIGHT = 1000
LARGEST_JUMP = 4
MOST_MISSING = 6
FINEST_UNIT = 20
NAME_ENDINGS = ("情况", "工作", "方面", "内容", "指标", "评价", "考核")

Origin = Literal["printed", "blank", "body", "absorbed"]


class Row(Struct, frozen=True):
    """A printed criterion, or the place of an absent number (criterion None)."""

    number: str | None
    criterion: Criterion | None
    piece: int


class Slot(Struct, frozen=True):
    """One section in order. `start`: the row it is printed at (None when it stands nowhere); `numbered_anew`: the
    numbering begins again there, so that it stands nowhere else; `vetoes`: its rows are vetoes, which stand under no other label."""

    label: str | None
    declared: tuple[Decimal, ...]
    kind: SectionKind
    start: int | None
    pieces: tuple[int, ...]
    origin: Origin
    section: Section | None = None
    optional: bool = False
    slack: int = 0
    numbered_anew: bool = False
    vetoes: bool = False

    def holds(self, row: int) -> bool:
        """Whether a section that starts at `row` starts where its label is printed (absent numbers before it aside)."""
        return self.start is None or self.start - self.slack <= row <= self.start


class Sheet(Struct, frozen=True, dict=True):
    """A rubric of one level: its rows, its slots as printed, names of the body that no label has (with the place they
    take among the slots), and whether label positions are merged cells."""

    rubric: Rubric
    rows: tuple[Row, ...]
    slots: tuple[Slot, ...]
    extra: tuple[tuple[int, Slot], ...]
    merged: bool

    def declares(self) -> bool:
        """Whether any section says how many points it has."""
        return any(slot.declared for slot in self.slots)

    @cached_property
    def values(self) -> list[Decimal | None]:
        """Each row's points in the sums; None where points should stand and do not."""
        return _values(self)


def sheet_of(rubric: Rubric, notice: Notice) -> Sheet:
    """The rows and slots of a rubric as printed."""
    rows = rows_of(rubric)
    slots = _slots(rubric, rows)
    slots, extra = _with_body_names(slots, _body_names(rubric, notice, slots))
    empty = [(place, slot) for place, slot in enumerate(slots) if slot.optional]
    kept = tuple(slot for slot in slots if not slot.optional)
    moved = [(place - sum(p < place for p, _ in empty), slot) for place, slot in [*extra, *empty]]
    return Sheet(rubric, rows, kept, tuple(sorted(moved, key=lambda m: m[0])), any(m.merged for m in rubric.labels))


# ---- rows --------------------------------------------------------------------------------------------------------


def rows_of(rubric: Rubric) -> tuple[Row, ...]:
    """Printed criteria in order, with a row for each serial number that is absent between two others."""
    printed = rubric.printed()
    gaps = _gaps(printed)
    out: list[Row] = []
    for index, criterion in enumerate(printed):
        out.append(Row(criterion.number, criterion, criterion.piece))
        out.extend(Row(number, None, criterion.piece) for number in gaps.get(index, ()))
    return tuple(out)


def _gaps(printed: Sequence[Criterion]) -> dict[int, tuple[str, ...]]:
    """After which criterion which numbers are absent. Numbers that stand elsewhere in the same count are not absent."""
    numbers = [int(c.number) if c.number and regex.fullmatch(r"[0-9]{1,4}", c.number) else None for c in printed]
    if None in numbers:
        return {}
    restarts = sum(b == 1 for _, b in pairwise(numbers))
    out: dict[int, tuple[str, ...]] = {}
    run = 0
    for index, (one, two) in enumerate(pairwise(numbers)):
        run += two == 1
        if one is None or two is None or not 2 <= two - one <= LARGEST_JUMP:
            continue
        absent = [n for n in range(one + 1, two) if restarts or n not in numbers]
        if len(absent) == two - one - 1:
            out[index] = tuple(str(n) for n in absent)
    return out if sum(len(v) for v in out.values()) <= MOST_MISSING else {}


# ---- slots -------------------------------------------------------------------------------------------------------


def _slots(rubric: Rubric, rows: Sequence[Row]) -> list[Slot]:
    """The leaf sections as printed; a label that covers no criterion is optional."""
    order = {row.criterion.id: i for i, row in enumerate(rows) if row.criterion is not None}
    subtotals = _subtotals(rubric)
    slots, following = [], 0
    for section in rubric.sections:
        if not section.criteria and any(s.parent == section.id for s in rubric.sections):
            continue
        start = order[section.criteria[0].id] if section.criteria else following
        following = order[section.criteria[-1].id] + 1 if section.criteria else following
        mark = _mark_of(rubric, section)
        declared = () if section.stated_points is None or is_capped(section) else (section.stated_points,)
        slots.append(
            Slot(
                label=section.label,
                declared=declared + subtotals.get(section.id, ()),
                kind=_kind(section),
                start=start,
                pieces=(mark.piece,) if mark else (),
                origin="printed" if section.label else "blank",
                section=section,
                optional=not section.criteria,
                slack=_absent_before(rows, start),
                numbered_anew=bool(section.criteria) and begins_count(rows, start),
                vetoes=bool(section.criteria) and all(c.kind == "veto" for c in section.criteria),
            )
        )
    return slots


def begins_count(rows: Sequence[Row], start: int) -> bool:
    """Whether the row is number 1 (or 2.1 after 1.4) and the row above a later number."""
    one, two = (_last_number(rows[i].number) if i >= 0 else None for i in (start - 1, start))
    return two == 1 and one is not None and one > 1


def _last_number(number: str | None) -> int | None:
    match = regex.search(r"([0-9]+)[)\].、]?$", fold(number or ""))
    return int(match[1]) if match else None


def _absent_before(rows: Sequence[Row], start: int) -> int:
    count = 0
    while start - count > 1 and rows[start - count - 1].criterion is None:
        count += 1
    return count


def _kind(section: Section) -> SectionKind:
    kinds = {c.kind for c in section.criteria}
    if section.kind == "scored" and len(kinds) == 1 and kinds <= {"bonus", "deduction"}:
        return "bonus" if "bonus" in kinds else "deduction"
    return section.kind


def _mark_of(rubric: Rubric, section: Section) -> LabelMark | None:
    return next((m for m in rubric.labels if section.at is not None and m.at == section.at), None)


def _subtotals(rubric: Rubric) -> dict[str, tuple[Decimal, ...]]:
    """Subtotal rows that close exactly one section, by its id: one more equation for it."""
    out: dict[str, tuple[Decimal, ...]] = {}
    after, last = 0, -1
    stated = {s.after: s.points for s in rubric.subtotals if s.after is not None and s.points is not None}
    for section in rubric.sections:
        first, last = last + 1, last + len(section.criteria)
        value = stated.get(last)
        if section.criteria and value is not None and not (len(stated) == 1 and first and _sums_all(rubric, first, last, value)):
            if first >= after:
                out[section.id] = (value,)
            after = last + 1
    return out


def _sums_all(rubric: Rubric, first: int, last: int, value: Decimal) -> bool:
    """Whether the only subtotal, below several sections, is nearer to the sum of all rows above it than to that of the last section's."""
    given = [c.max_points or Decimal(0) for c in rubric.printed()[: last + 1]]
    return abs(value - sum(given, Decimal(0))) < abs(value - sum(given[first:], Decimal(0)))


# ---- names from the body -----------------------------------------------------------------------------------------


def same_name(one: str, other: str) -> bool:
    """Whether two section names mean the same: equal, one inside the other, or but for an ending like 情况."""
    a, b = _core(one), _core(other)
    return bool(a and b) and (a == b or (min(len(a), len(b)) >= 2 and (a in b or b in a)))


@lru_cache(maxsize=1024)
def _core(name: str) -> str:
    text = regex.sub(r"^[(（]?[一二三四五六七八九十0-9]+[)）]?[、.．]", "", fold(name))
    for ending in NAME_ENDINGS:
        if len(text) > len(ending) + 1 and text.endswith(ending):
            text = text[: -len(ending)]
    return text


def _body_names(rubric: Rubric, notice: Notice, slots: Sequence[Slot]) -> tuple[str, ...]:
    """The body's enumeration for this rubric, if at least half of it (and two names) stand on the sheet."""
    best: tuple[int, tuple[str, ...]] = (1, ())
    for listed in notice.section_lists:
        known = sum(any(s.label and same_name(n, s.label) for s in slots) for n in listed.names)
        if listed.annex == rubric.annex and 2 * known >= len(listed.names) and known > best[0]:
            best = (known, listed.names)
    return best[1]


def _with_body_names(slots: list[Slot], names: Sequence[str]) -> tuple[list[Slot], list[tuple[int, Slot]]]:
    """Blank slots take the one name the order leaves for them; other names that no label has become extra slots."""
    home = [next((k for k, s in enumerate(slots) if s.label and same_name(n, s.label)), None) for n in names]
    slots, extra = list(slots), []
    for position, name in enumerate(names):
        if home[position] is not None:
            continue
        before = next((k for k in reversed(home[:position]) if k is not None), None)
        after = next((k for k in home[position + 1 :] if k is not None), None)
        if before is not None and after is not None and after <= before:
            continue
        low, high = -1 if before is None else before, len(slots) if after is None else after
        blank = [k for k in range(low + 1, high) if slots[k].origin == "blank" and slots[k].label is None]
        lost = sum(1 for p, h in enumerate(home) if h is None and _between(home, p, before, after))
        if len(blank) == 1 and lost == 1:
            slots[blank[0]] = replace(slots[blank[0]], label=name)
        elif not blank:
            place = high if after is not None else low + 1
            extra.append((place, Slot(name, (), "scored", None, (), "body")))
    return slots, extra


def _between(home: Sequence[int | None], position: int, before: int | None, after: int | None) -> bool:
    own_before = next((k for k in reversed(home[:position]) if k is not None), None)
    own_after = next((k for k in home[position + 1 :] if k is not None), None)
    return (own_before, own_after) == (before, after)


def variants(sheet: Sheet) -> Iterator[tuple[Slot, ...]]:
    """The slots as printed, then with each choice of extra names (at most three of them are tried apart)."""
    yield sheet.slots
    count = len(sheet.extra)
    choices = range(1, 2**count) if count <= 3 else [2**count - 1]
    for choice in choices:
        slots = list(sheet.slots)
        for index in range(count - 1, -1, -1):
            if choice >> index & 1:
                place, slot = sheet.extra[index]
                slots.insert(place, slot)
        if len(slots) <= len(sheet.rows):
            yield tuple(slots)


# ---- the puzzle --------------------------------------------------------------------------------------------------


def puzzle_of(sheet: Sheet, slots: Sequence[Slot], weight: int) -> Puzzle | None:
    """The arithmetic of a sheet; None when too much is missing or the points are too finely divided."""
    values = sheet.values
    total = sheet.rubric.stated_total
    declared = [d for slot in slots for d in slot.declared]
    unit = _unit([v for v in [*values, *declared, total] if v is not None])
    missing = [i for i, v in enumerate(values) if v is None]
    if unit > FINEST_UNIT or len(missing) > MOST_MISSING or 3 * len(missing) > len(values):
        return None
    most = min(Decimal(40), max([Decimal(10), *(v for v in [*values, *declared] if v is not None)]))
    domain = tuple(range(int(most * unit) + 1))
    return Puzzle(
        points=tuple(None if v is None else int(v * unit) for v in values),
        facts=tuple(_fact(slot, unit, weight, counts) for slot, counts in zip(slots, _counted(sheet, slots), strict=True)),
        total=None if total is None else int(total * unit),
        missing=tuple((row, domain) for row in missing),
        pieces=tuple(row.piece for row in sheet.rows),
        unit=unit,
        names=tuple(row.number or str(i + 1) for i, row in enumerate(sheet.rows)),
    )


def _fact(slot: Slot, unit: int, weight: int, counted: bool) -> Fact:
    held = FIXED_WEIGHT if slot.numbered_anew or slot.vetoes else weight if slot.start is not None else 0
    return Fact(slot.label, tuple(int(d * unit) for d in slot.declared), slot.pieces, slot.start, held, counted, slot.slack)


def _values(sheet: Sheet) -> list[Decimal | None]:
    """What `Sheet.values` says. A bonus or a deduction among scored criteria, a veto, what may be chosen instead of another, and a
    line printed twice under one number add nothing more."""
    apart = {
        c.id
        for section in sheet.rubric.sections
        for c in section.criteria
        if c.kind == "veto" or (c.kind != "scored" and _kind(section) == "scored")
    }
    apart |= {c.id for section in sheet.rubric.sections for c in spare(section)}
    out: list[Decimal | None] = []
    seen: set[tuple[str, str]] = set()
    for row in sheet.rows:
        own = row.criterion
        line = (own.number, fold(own.text)) if own is not None and own.number and own.text and own.max_points is not None else None
        if line in seen:
            out.append(Decimal(0))
            continue
        seen.update([line] if line else [])
        silent = own is not None and (own.id in apart or (own.max_points is None and own.choice is not None))
        out.append(Decimal(0) if silent else own.max_points if own is not None else None)
    return out


def _unit(numbers: Sequence[Decimal]) -> int:
    """How many equal parts of a point make every number whole."""
    places = max((-int(n.as_tuple().exponent) for n in numbers), default=0)
    scale = 10 ** max(places, 0)
    return scale // gcd(scale, *(int(n * scale) for n in numbers))


def _counted(sheet: Sheet, slots: Sequence[Slot]) -> list[bool]:
    """Which slots the total counts: bonus and deduction sections stand outside it unless it only closes with them."""
    scored = [slot.kind == "scored" for slot in slots]
    total = sheet.rubric.stated_total
    if all(scored) or total is None:
        return scored
    sections = [s for s in sheet.rubric.sections if s.criteria]
    inside = sum((s.points_sum() for s in sections if _kind(s) == "scored"), Decimal(0))
    whole = sum((s.points_sum() for s in sections), Decimal(0))
    return [True] * len(slots) if whole == total != inside else scored
