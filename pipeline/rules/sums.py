"""Sums of a rubric: which points count, what they come to, and how a sum is written out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pipeline.findings import SETTLED
from pipeline.model import Criterion, Rubric, Section
from pipeline.plain import points_text
from pipeline.points import adding, is_capped
from pipeline.provenance import Provenance


def is_counted(criterion: Criterion) -> bool:
    """Whether a criterion's points stand on the sheet (or were decided) and count to its section's sum."""
    return criterion.basis in SETTLED and criterion.points_basis in SETTLED and criterion.max_points is not None


def with_children(rubric: Rubric, section: Section) -> list[Criterion]:
    """The criteria of a section and of the sections below it that add to its sum."""
    below = [c for s in rubric.sections if s.parent == section.id for c in with_children(rubric, s)]
    return [*adding(section), *below]


def sum_of(criteria: Iterable[Criterion], kind: str) -> Decimal:
    """Sum of the counted points of one kind (scored, bonus, deduction)."""
    return sum((c.max_points for c in criteria if is_counted(c) and c.kind == kind and c.max_points is not None), Decimal(0))


def absent_points(criteria: Iterable[Criterion]) -> list[Criterion]:
    """Scored criteria whose points are unknown on the sheet: the cell is empty, or the whole row is absent."""
    return [c for c in criteria if c.kind == "scored" and not is_counted(c) and not is_worded(c)]


def is_worded(criterion: Criterion) -> bool:
    """A points cell with words or a dash: something stands there, but no maximum."""
    return criterion.max_points is None and bool(criterion.choice or (criterion.points_printed or "").strip())


def addends(criteria: Iterable[Criterion]) -> str:
    """`3 + 3 + 2 = 8`; equal addends in a long row are written `5×2`."""
    values = [c.max_points for c in criteria if is_counted(c) and c.max_points is not None]
    return f"{terms(values)} = {points_text(sum(values, Decimal(0)))}" if values else "0"


def terms(values: list[Decimal]) -> str:
    """`3 + 3 + 2`; runs of equal addends in a long row are written `5×2`."""
    if len(values) <= 12:
        return " + ".join(points_text(v) for v in values)
    groups: list[list[Decimal]] = []
    for value in values:
        if groups and groups[-1][0] == value:
            groups[-1].append(value)
        else:
            groups.append([value])
    return " + ".join(points_text(g[0]) if len(g) == 1 else f"{len(g)}×{points_text(g[0])}" for g in groups)


def called(criterion: Criterion) -> str:
    """The printed number; of a criterion without, its running index, as the id has it."""
    return criterion.number or criterion.id.rsplit("/c", 1)[-1]


def span_of(criteria: Iterable[Criterion]) -> str:
    """`13–16`."""
    names = [called(c) for c in criteria]
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}" if names else "–"


def section_name(section: Section) -> str:
    """The label, or the id when the label is lost."""
    return section.label or section.id


def places(criteria: Iterable[Criterion]) -> tuple[Provenance, ...]:
    """Where the points are printed; criteria whose points have no place are passed over."""
    return tuple(c.points_at for c in criteria if c.points_at is not None)


def top_sections(rubric: Rubric) -> list[Section]:
    """The sections that lie in no other."""
    return [s for s in rubric.sections if s.parent is None]


def whole_sums(rubric: Rubric) -> tuple[Decimal, Decimal]:
    """The sheet's sum without and with its bonus: all that this can add, or its lines each taken once where the total does so."""
    criteria = [c for s in rubric.sections if s.kind == "scored" for c in adding(s)]
    bonuses = [s for s in rubric.sections if s.kind == "bonus"]
    base = sum_of(criteria, "scored")
    held = base + sum_of(criteria, "bonus")
    most, once = held + sum(map(_most_of, bonuses), Decimal(0)), held + sum(map(_once, bonuses), Decimal(0))
    return base, once if once == rubric.stated_total else most


def _most_of(bonus: Section) -> Decimal:
    """What a bonus section can add: its lines together, or the cap that its label sets."""
    return bonus.stated_points if is_capped(bonus) and bonus.stated_points is not None else _lines_of(bonus)


def _once(bonus: Section) -> Decimal:
    """What a bonus section adds where each of its lines counts once, within its cap."""
    return min(_most_of(bonus), _lines_of(bonus))


def _lines_of(bonus: Section) -> Decimal:
    return sum_of(adding(bonus), "scored") + sum_of(adding(bonus), "bonus")


def total_closes(rubric: Rubric) -> bool:
    """Whether the printed criteria make the stated total, with or without the bonus."""
    return rubric.stated_total is not None and rubric.stated_total in whole_sums(rubric)
