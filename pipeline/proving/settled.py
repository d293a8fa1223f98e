"""A settled fit → the final Rubric: sections with their boundaries, absent criteria, missing points, the resolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.findings import Basis, Status
from pipeline.model import Boundary, Criterion, Resolution, Rubric, Section
from pipeline.plain import points_text
from pipeline.proving.certificate import certify
from pipeline.proving.donors import Donation
from pipeline.proving.explanations import groups_of, looks_of, row_names
from pipeline.proving.fitting import Fit, in_the_middle
from pipeline.proving.layout import Row, Sheet, Slot
from pipeline.proving.proofs import claim, is_checked
from pipeline.proving.puzzle import ValueFact

STRENGTH: tuple[Status, ...] = ("proved", "conditional", "supported", "undecidable")


class Span(Struct, frozen=True):
    """One section as decided: rows [start, end). Where its label stands elsewhere or nowhere, the boundary's status is
    the weaker of its two ends': what is claimed then is which rows it has."""

    slot: Slot
    start: int
    end: int
    boundary: Boundary


def build(sheet: Sheet, found: Fit | None, donors: Mapping[int, Donation]) -> Rubric:
    """The rubric with everything that its numbers and its sisters settle."""
    criteria = _criteria(sheet, found, donors)
    if found is None or (found.reading == "fixed" and not any(s.origin == "absorbed" for s in found.slots)):
        sections = _in_place(sheet, found, criteria)
    else:
        sections = _laid_out(sheet, found, criteria)
    resolution = None if found is None else _resolution(sheet, found, sections)
    return replace(sheet.rubric, sections=sections, resolution=resolution)


# ---- what the numbers leave of errors ----------------------------------------------------------------------------


def clean_cost(found: Fit) -> int:
    """The best cost without what moving labels costs: 0 when every printed number stands."""
    if found.reading != "trusted":
        return found.summary.cost
    starts = found.chosen().starts
    facts = zip(found.puzzle.facts, starts, strict=True)
    return found.summary.cost - sum(f.weight for f, start in facts if not f.holds(start))


def doubtful(sheet: Sheet) -> list[int]:
    """Rows whose digits were read with little confidence."""
    places = [d.at for d in sheet.rubric.doubts]
    return [
        i
        for i, row in enumerate(sheet.rows)
        if row.criterion is not None and any(at in places for at in (row.criterion.points_at, row.criterion.number_at) if at)
    ]


# ---- criteria ----------------------------------------------------------------------------------------------------


def _criteria(sheet: Sheet, found: Fit | None, donors: Mapping[int, Donation]) -> list[Criterion | None]:
    """The criterion of each row: missing points filled where they follow, absent numbers where something speaks for
    them; None for a number that is only skipped."""
    facts = {v.row: v for v in found.summary.values} if found else {}
    settled = found is not None and clean_cost(found) == 0
    out: list[Criterion | None] = []
    for index, row in enumerate(sheet.rows):
        fact = facts.get(index)
        points, basis = _points(sheet, found, fact if settled else None)
        if row.criterion is None:
            out.append(_absent(sheet, index, row, fact, points, basis, donors.get(index)))
        elif row.criterion.max_points is None and points:
            out.append(replace(row.criterion, max_points=points, points_basis=basis))
        else:
            out.append(row.criterion)
    return out


def _points(sheet: Sheet, found: Fit | None, fact: ValueFact | None) -> tuple[Decimal | None, Basis]:
    """The one value the equations leave. Proved when a second equation agrees and no digit is in doubt."""
    if found is None or fact is None or len(fact.values) != 1:
        return None, "inferred"
    sure = is_checked(fact) and not sheet.rubric.doubts
    return Decimal(fact.values[0]) / found.puzzle.unit, "proved" if sure else "inferred"


def _absent(
    sheet: Sheet, index: int, row: Row, fact: ValueFact | None, points: Decimal | None, basis: Basis, donor: Donation | None
) -> Criterion | None:
    needed = fact is not None and 0 not in fact.values
    if fact is not None and fact.values == (0,):
        return None
    if not needed and donor is None:
        return None
    return Criterion(
        id=_absent_id(sheet, index, row),
        number=row.number,
        text=donor.text if donor else "",
        max_points=points or None,
        basis="inferred",
        points_basis=basis if points else "inferred",
        donors=donor.donors if donor else (),
        piece=row.piece,
    )


def _absent_id(sheet: Sheet, index: int, row: Row) -> str:
    """The number's own id where ids follow numbers, else the id of the criterion before it with a mark."""
    taken = {r.criterion.id for r in sheet.rows if r.criterion is not None}
    before = next(r.criterion for r in reversed(sheet.rows[:index]) if r.criterion is not None)
    own = f"{sheet.rubric.id}/c{row.number}"
    by_number = before.id == f"{sheet.rubric.id}/c{before.number}"
    return own if by_number and own not in taken else f"{before.id}~{row.number}"


# ---- sections ----------------------------------------------------------------------------------------------------


def _in_place(sheet: Sheet, found: Fit | None, criteria: Sequence[Criterion | None]) -> tuple[Section, ...]:
    """The printed structure, with filled criteria and the boundaries' standing."""
    after: dict[str, list[Criterion]] = {}
    last = ""
    for row, criterion in zip(sheet.rows, criteria, strict=True):
        last = row.criterion.id if row.criterion is not None else last
        if criterion is not None:
            after.setdefault(last, []).append(criterion)
    lost = len([s for s in sheet.slots if s.origin == "printed"]) > 0
    out = []
    for section in sheet.rubric.sections:
        own = tuple(c for printed in section.criteria for c in after.get(printed.id, ()))
        slot = next((s for s in sheet.slots if s.section is section), None)
        basis: Basis = "inferred" if section.label is None and lost and own else section.basis
        label = section.label or (slot.label if slot else None)
        boundary = _printed_boundary(sheet, found) if own else section.boundary
        out.append(replace(section, criteria=own, label=label, basis=basis, boundary=boundary))
    return tuple(out)


def _printed_boundary(sheet: Sheet, found: Fit | None) -> Boundary:
    rests = ("printed", "merged") if sheet.merged else ("printed",)
    if found is not None and sheet.declares() and found.summary.cost == 0:
        rests = (*rests, "sums")
    return Boundary(status="supported", margin=None, rests_on=rests)


def _laid_out(sheet: Sheet, found: Fit, criteria: Sequence[Criterion | None]) -> tuple[Section, ...]:
    """Sections where the fit puts them, in order, printed labels that got no criteria kept empty in their place."""
    spans = _spans(sheet, found)
    bodies: list[tuple[Span | None, Section]] = []
    for k, span in enumerate(spans):
        own = tuple(c for c in criteria[span.start : span.end] if c is not None)
        following = spans[k + 1].boundary.status if k + 1 < len(spans) else "proved"
        section = _section(sheet, span, own, following, len(spans))
        bodies.append((span, replace(section, displaced=False) if in_the_middle(found) else section))
    for place, slot in reversed(sheet.extra):
        if slot.section is not None and slot not in found.slots:
            bodies.insert(min(place, len(bodies)), (None, slot.section))
    return tuple(replace(s, id=f"{sheet.rubric.id}/s{n}") for n, (_, s) in enumerate(bodies, start=1))


def _section(sheet: Sheet, span: Span, own: tuple[Criterion, ...], following: Status, count: int) -> Section:
    printed, slot = span.slot.section, span.slot
    basis: Basis = "printed"
    if slot.origin != "printed" and count > 1:
        sure = slot.label is not None and span.boundary.status == following == "proved"
        basis = "proved" if sure else "inferred"
    return Section(
        id=sheet.rubric.id,
        label=slot.label,
        stated_points=printed.stated_points if printed else None,
        kind=slot.kind,
        basis=basis,
        points_basis=printed.points_basis if printed else "printed",
        at=printed.at if printed else None,
        criteria=own,
        boundary=span.boundary,
        displaced=slot.origin == "printed" and not slot.holds(span.start),
        number=printed.number if printed else None,
    )


def _spans(sheet: Sheet, found: Fit) -> list[Span]:
    starts = (*found.chosen().starts, len(sheet.rows))
    edges = [_boundary(sheet, found, k, starts[k]) for k in range(len(found.slots))]
    out = []
    for k, slot in enumerate(found.slots):
        following = edges[k + 1].status if k + 1 < len(edges) else "proved"
        edge = edges[k]
        if slot.origin != "printed" or not slot.holds(starts[k]):
            edge = replace(edge, status=max(edge.status, following, key=STRENGTH.index))
        out.append(Span(slot, starts[k], starts[k + 1], edge))
    return out


def _boundary(sheet: Sheet, found: Fit, k: int, start: int) -> Boundary:
    """The status of one section's start, by cost, margin and evidence."""
    if k == 0:
        return Boundary("proved", None, ("order",))
    alone = found.earlier if found.earlier is not None and len(found.earlier.robust[k]) == 1 else found
    ties, margin = alone.robust[k], alone.summary.margins[k]
    status = _status(alone, len(ties), margin, alone.summary.sturdy[k])
    if status == "proved" and sheet.rubric.doubts:
        status = "conditional"
    rivals = tuple(_row_id(sheet, row) for row in ties if row != start)
    return Boundary(status, margin, _rests_on(sheet, alone, k, start), rivals)


def _status(found: Fit, ties: int, margin: int, sturdy: int) -> Status:
    status = claim(found.puzzle, clean_cost(found), ties, margin, sturdy)
    named = found.earlier is not None or any(s.origin == "absorbed" for s in found.slots)
    return max(status, "supported", key=STRENGTH.index) if named else status


def _rests_on(sheet: Sheet, found: Fit, k: int, start: int) -> tuple[str, ...]:
    slot, before = found.slots[k], found.slots[k - 1]
    out = ["order"]
    if slot.declared or before.declared:
        out.append("sums")
    if found.reading == "free" and slot.pieces and len({row.piece for row in sheet.rows}) > 1:
        out.append("page")
    if slot.start is not None and slot.holds(start) and found.reading != "free":
        out.append("merged" if sheet.merged else "printed")
    if found.earlier is not None:
        out.append("alignment")
    return tuple(out)


def _row_id(sheet: Sheet, row: int) -> str:
    criterion = sheet.rows[row].criterion
    return criterion.id if criterion is not None else _absent_id(sheet, row, sheet.rows[row])


# ---- the resolution ----------------------------------------------------------------------------------------------


def _resolution(sheet: Sheet, found: Fit, sections: Sequence[Section]) -> Resolution:
    summary = found.summary
    rival = summary.count > 1 or summary.cost > 0
    groups = groups_of(found.puzzle, summary) if rival else ()
    looks = looks_of(found.puzzle, summary) if rival else ()
    assumes = _assumes(sheet, found)
    certificate = certify(found.puzzle, summary)
    certificate["implied"] = _implied(sections)
    return Resolution(
        status=_standing(sheet, found, sections),
        cost=summary.cost,
        count=summary.count,
        assumes=tuple(zh for zh, _ in assumes),
        groups=tuple((n, zh) for n, (zh, _) in groups),
        decide_by=tuple(zh for zh, _ in looks),
        count_before_alignment=found.earlier.summary.count if found.earlier else None,
        certificate=certificate,
        groups_en=tuple((n, en) for n, (_, en) in groups),
        decide_by_en=tuple(en for _, en in looks),
        assumes_en=tuple(en for _, en in assumes),
    )


def _standing(sheet: Sheet, found: Fit, sections: Sequence[Section]) -> Status:
    """The weakest of what the whole rests on."""
    if found.summary.count > 1:
        return "undecidable"
    if clean_cost(found) > 0:
        return "supported"
    held = [s.boundary.status for s in sections if s.boundary is not None]
    if not all(map(is_checked, found.summary.values)) or sheet.rubric.doubts:
        held.append("conditional")
    return max(held, key=STRENGTH.index, default="supported")


def _assumes(sheet: Sheet, found: Fit) -> list[tuple[str, str]]:
    out = []
    if any(s.origin == "body" for s in found.slots):
        out.append(("项目名称和次序依正文所列", "section names and their order are as the body lists them"))
    elif found.reading == "free":
        out.append(("项目次序如表上所印", "sections stand in the order their labels are printed"))
    if found.puzzle.expected:
        rows = row_names(found.puzzle, [row for row, _ in found.puzzle.expected])
        out.append(
            (f"第{rows}条与其他附件同文的条目属同名项目", f"{rows} belong to the sections of their twins in sister rubrics")
        )
    if found.summary.cost == 0 and found.puzzle.total is not None:
        out.append(("各印出分值读印无误", "the printed points were printed and read right"))
    if rows_in_doubt := doubtful(sheet):
        span = row_names(found.puzzle, rows_in_doubt)
        out.append((f"第{span}条的数字识别无误", f"the digits of {span} were recognised right"))
    own = {at for row in sheet.rows if row.criterion for at in (row.criterion.points_at, row.criterion.number_at)}
    for doubt in sheet.rubric.doubts:
        if doubt.at not in own:
            out.append((f"“{doubt.text}”中的数字识别无误", f"the digits in “{doubt.text}” were recognised right"))
    return out


def _implied(sections: Sequence[Section]) -> dict[str, str]:
    """The points of sections whose label does not state any: the sum of their criteria, where all are known."""
    return {
        s.id: points_text(s.points_sum())
        for s in sections
        if s.stated_points is None and s.criteria and all(c.max_points is not None for c in s.criteria)
    }
