"""Adding up: the lines of a rubric, one sheet's points, the combination of several sheets. Exact (Fraction) throughout;
rounding is one function and is called once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor

from msgspec import Struct

from pipeline.assessment import Assessment, Policy, Rounding, field_name
from pipeline.model import Criterion, Rubric, Section
from pipeline.plain import points_text
from pipeline.provenance import Provenance

SIGN = {"scored": 1, "bonus": 1, "deduction": -1}


class Line(Struct, frozen=True):
    """One criterion that takes points, with its section and what its points do to the total."""

    criterion: Criterion
    section: Section
    kind: str

    @property
    def id(self) -> str:
        return self.criterion.id


def on_edition(basis: str, edition: str | None, place: Provenance | None = None) -> bool:
    """Whether content of a basis stands on an edition: a draft has all of it, the print what is printed (what a person
    confirmed only where it has a place in the source), the final also what is proved. Inferred content that nobody
    confirmed never stands there without its mark."""
    if edition == "printed":
        return basis == "printed" or (basis == "confirmed" and place is not None)
    return edition != "final" or basis != "inferred"


def lines_of(rubric: Rubric, edition: str | None = None) -> tuple[Line, ...]:
    """The lines that are scored: every criterion but veto rows, of what stands on the edition."""
    return tuple(
        Line(c, section, c.kind if c.kind != "scored" else section.kind)
        for section in rubric.sections
        for c in section.criteria
        if c.kind != "veto" and on_edition(c.basis, edition, c.at)
    )


def possible_of(lines: Iterable[Line], excluded: frozenset[str] = frozenset()) -> Fraction | None:
    """The points that the scored lines can give; None when one has no maximum. Bonus and deductions stand outside."""
    total = Fraction(0)
    for line in lines:
        if line.kind != "scored" or line.id in excluded:
            continue
        if line.criterion.max_points is None:
            return None
        total += Fraction(line.criterion.max_points)
    return total


def base_of(rubric: Rubric, lines: Iterable[Line]) -> Fraction:
    """What deductions are taken from when nothing else gives points: the stated total."""
    scored = any(line.kind == "scored" for line in lines)
    return Fraction(0) if scored or rubric.stated_total is None else Fraction(rubric.stated_total)


class Sheet(Struct, frozen=True):
    """One assessment added up. `points` by criterion id (N/A ones as the policy settles them); `excluded` fall out of
    the denominator; `faults` say why the sheet cannot count as complete."""

    assessment: Assessment
    points: dict[str, Fraction]
    excluded: frozenset[str]
    faults: tuple[str, ...]
    total: Fraction


def add_up(assessment: Assessment, rubric: Rubric, lines: tuple[Line, ...], policy: Policy) -> Sheet:
    """One sheet: its points within their ranges, N/A by policy, its total, and what is wrong with it."""
    points: dict[str, Fraction] = {}
    excluded: set[str] = set()
    faults: list[str] = []
    missing: list[str] = []
    for line in lines:
        if line.id in assessment.not_applicable and line.id not in assessment.awarded:
            fault = _not_applicable(line, assessment, policy, points, excluded)
        elif line.id in assessment.awarded:
            fault = _awarded(line, assessment.awarded[line.id], policy, points)
        else:
            missing.append(name_of(line.criterion))
            continue
        faults += [fault] if fault else []
    if missing:
        faults.append(f"未评完：缺 {'、'.join(missing[:8])}{f' 等 {len(missing)} 项' if len(missing) > 8 else ''}的实得分值")
    if excluded and not possible_of(lines, frozenset(excluded)):
        faults.append("计分条目全部标为不适用，没有可折算的得分")
    return Sheet(
        assessment, points, frozenset(excluded), tuple(faults), total_of(points, rubric, lines, frozenset(excluded))
    )


def _awarded(line: Line, value: Decimal, policy: Policy, points: dict[str, Fraction]) -> str | None:
    """Take a value into `points` if it is legal; otherwise say why not."""
    name, top = name_of(line.criterion), line.criterion.max_points
    if value < 0 or (top is not None and value > top):
        return f"{name}评 {points_text(value)}，超出 0 至 {points_text(top) if top is not None else '…'}"
    if -int(value.normalize().as_tuple().exponent) > policy.decimals:
        return f"{name}评 {points_text(value)}，小数多于 {policy.decimals} 位（policy: decimals）"
    points[line.id] = Fraction(value)
    return f"{name}没有满分值" if top is None else None


def _not_applicable(
    line: Line, assessment: Assessment, policy: Policy, points: dict[str, Fraction], excluded: set[str]
) -> str | None:
    name = name_of(line.criterion)
    if policy.not_applicable == "refuse":
        return f"{name}标为不适用，文件未规定不适用如何计分（policy: not_applicable）"
    if not assessment.not_applicable[line.id].strip():
        return f"{name}标为不适用而未写理由"
    if policy.not_applicable == "exclude-and-scale":
        excluded.add(line.id)
    else:
        full = policy.not_applicable == "full" and line.kind != "deduction"
        points[line.id] = Fraction(line.criterion.max_points or 0) if full else Fraction(0)
    return None


def name_of(criterion: Criterion) -> str:
    """How a criterion is called in a message: `第 21 项`, or by the words it begins with."""
    return f"第 {criterion.number} 项" if criterion.number else field_name(None, criterion.text)


def total_of(
    points: Mapping[str, Fraction], rubric: Rubric, lines: tuple[Line, ...], excluded: frozenset[str]
) -> Fraction:
    """The total of these points: scored lines scaled up for what is excluded, plus bonus, less deductions."""
    sums = {"scored": Fraction(0), "bonus": Fraction(0), "deduction": Fraction(0)}
    for line in lines:
        sums[line.kind] += points.get(line.id, Fraction(0))
    scored = sums["scored"]
    if excluded:
        whole, rest = possible_of(lines), possible_of(lines, excluded)
        if whole and rest:
            scored = scored * whole / rest
    return base_of(rubric, lines) + scored + sums["bonus"] - sums["deduction"]


# ---- rounding ------------------------------------------------------------------------------------------------------


def rounded(value: Fraction, rounding: Rounding) -> Fraction:
    """The value rounded once, exactly: half-up (away from zero), half-even or down (towards zero).

    >>> rounded(Fraction("2.675"), Rounding("half-up", 2)), rounded(Fraction("2.5"), Rounding("half-even", 0))
    (Fraction(67, 25), Fraction(2, 1))
    """
    scale = 10**rounding.digits
    size = abs(value) * scale
    whole = floor(size)
    rest = size - whole
    half = Fraction(1, 2)
    up = rounding.mode == "half-up" and rest >= half
    up = up or (rounding.mode == "half-even" and (rest > half or (rest == half and whole % 2 == 1)))
    result = Fraction(whole + up, scale)
    return result if value >= 0 else -result


def exact(value: Fraction) -> Decimal | None:
    """The value as a decimal, or None when it never ends (263/3).

    >>> exact(Fraction(7, 4)), exact(Fraction(1, 3))
    (Decimal('1.75'), None)
    """
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return None
    digits = 0
    while 10**digits % value.denominator:
        digits += 1
    return Decimal(value.numerator * 10**digits // value.denominator).scaleb(-digits)


def shown(value: Fraction, policy: Policy) -> Decimal:
    """For display beside the total (sections, items): exact when it ends within four places, else rounded half-up to
    the policy's digits (two without). Never part of a further sum."""
    whole = exact(value)
    if whole is not None and -int(whole.as_tuple().exponent) <= 4:
        return whole
    digits = policy.rounding.digits if policy.rounding else 2
    mode = policy.rounding.mode if policy.rounding else "half-up"
    return exact(rounded(value, Rounding(mode, digits))) or Decimal(0)
