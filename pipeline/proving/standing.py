"""What a notice JSON calls proved, against its own numbers: the certificate of each rubric is solved anew (milliseconds).

A JSON may have been edited by hand, or made by another program. What it calls inferred or confirmed is its own affair; what
it calls proved must follow from the certificate beside it, and the certificate must be of the points that are printed. Where
it does not, the claim is dropped, not the JSON: a figure may be set right by hand, and a program may write no certificates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from pipeline.findings import SETTLED, Basis
from pipeline.model import Criterion, Reading, Remark, Rubric, Section
from pipeline.normalize import fold
from pipeline.points import spare
from pipeline.proving.checker import premises
from pipeline.proving.proofs import claim, is_checked, robust_starts, solve
from pipeline.proving.puzzle import Fact, Puzzle, Summary


def lowered(reading: Reading) -> Reading:
    """The reading, rubrics that call proved what their numbers do not prove with no proof at all; a remark says so.

    What was called proved is inferred there; printed values are left as they stand, for the audit to judge.
    """
    found = [next(faults(rubric), None) for rubric in reading.rubrics]
    rubrics = tuple(_without_proofs(r) if fault else r for r, fault in zip(reading.rubrics, found, strict=True))
    known = {(r.kind, r.message) for r in reading.remarks}
    faulty = [(r.id, *fault) for r, fault in zip(reading.rubrics, found, strict=True) if fault]
    said = [Remark("unproved", f"{id}: {en}", about=id, message_zh=f"{id}：{zh}") for id, en, zh in faulty]
    return replace(reading, rubrics=rubrics, remarks=(*reading.remarks, *(s for s in said if (s.kind, s.message) not in known)))


def _without_proofs(rubric: Rubric) -> Rubric:
    return replace(rubric, sections=tuple(map(_inferred_section, rubric.sections)), resolution=None)


def _inferred_section(section: Section) -> Section:
    return replace(
        section,
        basis=_inferred(section.basis),
        points_basis=_inferred(section.points_basis),
        criteria=tuple(replace(c, basis=_inferred(c.basis), points_basis=_inferred(c.points_basis)) for c in section.criteria),
        boundary=None,
    )


def _inferred(basis: Basis) -> Basis:
    return "inferred" if basis == "proved" else basis


Fault = tuple[str, str]
"""What is wrong, in English and in Chinese."""

NO_CERTIFICATE = "所附的证明不合格式，无从核验"


def faults(rubric: Rubric) -> Iterator[Fault]:
    """What is called proved in a rubric and is not."""
    resolution = rubric.resolution
    points = [c for c in rubric.criteria() if c.points_basis == "proved"]
    laid = [s for s in rubric.sections if s.boundary is not None]
    yield from ((f"{c.id} itself is called so", f"{c.id} 本身被称为已证明") for c in rubric.criteria() if c.basis == "proved")
    yield from ((f"the points of {s.id} are called so", f"{s.id} 的分值被称为已证明") for s in rubric.sections if s.points_basis == "proved")
    if resolution is None:
        claimed = [*points, *(s for s in rubric.sections if s.basis == "proved" or (s.boundary and s.boundary.status == "proved"))]
        if claimed:
            yield "there is no resolution", "没有附推算结果"
        return
    puzzle = _puzzle(resolution.certificate)
    other = [(puzzle, NO_CERTIFICATE)] if isinstance(puzzle, str) else [*_printed(rubric, puzzle), *_declared(rubric, laid, puzzle)]
    summary = None if isinstance(puzzle, str) or other else solve(puzzle)
    if isinstance(puzzle, str) or summary is None:
        yield from other or [("the certificate's numbers have no explanation", "所附证明的数字没有一种解释")]
        return
    yield from _claims(resolution.certificate["claim"], summary)
    if (resolution.cost, resolution.count) != (summary.cost, summary.count):
        en = f"{summary.count} explanations at cost {summary.cost}, not {resolution.count} at {resolution.cost}"
        yield en, f"解释有 {summary.count} 种（代价 {summary.cost}），不是 {resolution.count} 种（代价 {resolution.cost}）"
    yield from _values(points, rubric, puzzle, summary)
    yield from _boundaries(laid, puzzle, summary)
    if resolution.status == "proved":
        weak = any(s.boundary and s.boundary.status != "proved" for s in laid) or not all(map(is_checked, summary.values))
        if weak or rubric.doubts or summary.count > 1:
            yield "the rubric as a whole is called so", "整张表被称为已证明"


def _puzzle(certificate: dict[str, Any]) -> Puzzle | str:
    """The puzzle of a certificate; or what is wrong with it."""
    if wrong := premises(certificate):
        return wrong[0]
    return Puzzle(
        points=tuple(certificate["points"]),
        facts=tuple(
            Fact(str(s["label"]), tuple(s["declared"]), tuple(s["pieces"]), s["start"], s["weight"], s["counted"], s["slack"])
            for s in certificate["sections"]
        ),
        total=certificate["total"],
        missing=tuple((int(row), tuple(values)) for row, values in certificate["missing"].items()),
        pieces=tuple(certificate["pieces"]),
        unit=certificate["unit"],
        expected=tuple((int(row), section) for row, section in certificate["expected"].items()),
    )


def _claims(said: dict[str, Any], summary: Summary) -> Iterator[Fault]:
    starts, values = [list(rows) for rows in summary.starts], {str(v.row): list(v.values) for v in summary.values}
    if (said["cost"], said["count"], said["starts"]) != (summary.cost, summary.count, starts):
        yield "the certificate claims other explanations than its numbers have", "所附证明所称的解释与其数字不符"
    margins = list(summary.margins), list(summary.sturdy)
    if (said["margins"], said.get("sturdy", margins[1]), said["values"]) != (*margins, values):
        yield "the certificate claims other margins or values than its numbers have", "所附证明所称的余量或取值与其数字不符"


def _printed(rubric: Rubric, puzzle: Puzzle) -> Iterator[Fault]:
    """The certificate is of the points that are printed. A row without a criterion is an absent number; a criterion that a
    person confirmed may have been printed otherwise, or not at all."""
    rows = [c for c in rubric.criteria() if c.basis in SETTLED]
    beside = {c.id for section in rubric.sections for c in spare(section)}
    lines: set[tuple[str | None, str]] = {(c.number, fold(c.text)) for c in rows if c.id in beside}
    at = 0
    for value in (None if p is None else Decimal(p) / puzzle.unit for p in puzzle.points):
        while at < len(rows) and not _stands_for(value, rows[at], lines) and rows[at].basis == "confirmed":
            at += 1
        if at < len(rows) and _stands_for(value, rows[at], lines):
            lines.add((rows[at].number, fold(rows[at].text)))
            at += 1
        elif value is not None:
            en, zh = (f" than {rows[at].id} has", f"{rows[at].id} ") if at < len(rows) else ("", "表上")
            yield f"the certificate is of other points{en}", f"所附证明的分值与{zh}的分值不同"
            return
    if any(c.basis == "printed" for c in rows[at:]):
        yield "the certificate is of fewer points than are printed", "所附证明的分值少于表上所印"


def _declared(rubric: Rubric, laid: list[Section], puzzle: Puzzle) -> Iterator[Fault]:
    """The certificate's total and sections say what the sheet says."""
    stated = rubric.stated_total
    if rubric.total_basis == "printed" and puzzle.total != (None if stated is None else stated * puzzle.unit):
        yield "the certificate is of another total", "所附证明的总分与表上不同"
    if len(laid) == len(puzzle.facts):
        pairs = ((s.stated_points, f.declared) for s, f in zip(laid, puzzle.facts, strict=True) if s.points_basis == "printed")
        if any(declared and stated is not None and stated * puzzle.unit != declared[0] for stated, declared in pairs):
            yield "the certificate is of other labels", "所附证明的项目分值与表上不同"


def _stands_for(value: Decimal | None, criterion: Criterion, lines: set[tuple[str | None, str]]) -> bool:
    """Whether a row of the certificate may be this criterion's. A bonus, a deduction, a veto, a choice, what may be chosen
    instead of another, and a line printed twice may add nothing."""
    if "confirmed" in (criterion.basis, criterion.points_basis):
        return True
    printed = criterion.max_points if criterion.points_basis == "printed" else None
    silent = criterion.kind != "scored" or criterion.choice is not None or (criterion.number, fold(criterion.text)) in lines
    return value == printed or (value == 0 and silent)


def _values(claimed: Iterable[Criterion], rubric: Rubric, puzzle: Puzzle, summary: Summary) -> Iterator[Fault]:
    rest = iter(v for v in summary.values if is_checked(v) and not rubric.doubts)
    for criterion in claimed:
        if not any(criterion.max_points == Decimal(v.values[0]) / puzzle.unit for v in rest):
            yield f"the points of {criterion.id}", f"{criterion.id} 的分值"


def _boundaries(laid: list[Section], puzzle: Puzzle, summary: Summary) -> Iterator[Fault]:
    """Beginnings and labels of sections; where sister sheets helped, also what the numbers prove without them."""
    sure = [_sure(puzzle, summary)]
    if puzzle.expected:
        alone = Puzzle(puzzle.points, puzzle.facts, puzzle.total, puzzle.missing, puzzle.pieces, puzzle.unit)
        found = solve(alone)
        sure += [_sure(alone, found)] if found is not None else []
    for k, section in enumerate(laid):
        status = section.boundary.status if section.boundary else None
        borne = k == 0 or any(k < len(held) and held[k] for held in sure)
        if (k and status == "proved" and not borne) or (section.basis == "proved" and status != "proved"):
            yield f"where {section.id} begins", f"{section.id} 从哪一条开始"
    yield from ((f"the label of {s.id}", f"{s.id} 的项目名称") for s in laid if s.basis == "proved" and s.label is None)


def _sure(puzzle: Puzzle, summary: Summary) -> list[bool]:
    """For each section whether its beginning is proved; labels that moved cost nothing here."""
    moved = [f.weight for f, start in zip(puzzle.facts, summary.patterns[0].starts, strict=True) if not f.holds(start)] if summary.patterns else []
    cost = max(0, summary.cost - sum(moved))
    facts = zip(robust_starts(puzzle, summary), summary.margins, summary.sturdy, strict=False)
    return [claim(puzzle, cost, len(ties), margin, sturdy) == "proved" for ties, margin, sturdy in facts]
