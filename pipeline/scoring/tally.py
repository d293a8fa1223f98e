"""Adding up: the lines of a rubric, one sheet's points, the combination of several sheets. Exact (Fraction) throughout;
rounding is one function and is called once.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor

from msgspec import Struct

from pipeline.assessment import Assessment, Policy, Rounding, field_name
from pipeline.model import Criterion, Rubric, Section
from pipeline.plain import points_text
from pipeline.points import cap_of, one_counts
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

    @property
    def unit(self) -> str:
        """What must be scored: the criterion, or its section where one of several counts."""
        return self.section.id if self.kind == self.section.kind and one_counts(self.section) else self.id


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
    maxima = [line.criterion.max_points for line in counting(li for li in lines if li.kind == "scored" and li.id not in excluded)]
    return None if None in maxima else sum((Fraction(m) for m in maxima if m is not None), Fraction(0))


def counting(lines: Iterable[Line]) -> list[Line]:
    """The lines whose maxima add up: where one of several counts, the best of them."""
    best: dict[str, Line] = {}
    for line in lines:
        held = best.setdefault(line.unit, line)
        if (line.criterion.max_points or 0) > (held.criterion.max_points or 0):
            best[line.unit] = line
    return list(best.values())


def beaten(points: Mapping[str, Fraction], lines: Iterable[Line]) -> frozenset[str]:
    """The lines of one sheet beside a better one (of equals the first) of those of which one counts, scored or not."""
    best: dict[str, str] = {}
    for line in (mine := tuple(lines)):
        held = best.get(line.unit)
        if line.id in points and (held is None or points[line.id] > points[held]):
            best[line.unit] = line.id
    return frozenset(line.id for line in mine if best.get(line.unit, line.id) != line.id)


def that_count(points: Mapping[str, Fraction], lines: Iterable[Line]) -> dict[str, Fraction]:
    """The points of one sheet with 0 for every line that is beaten, and less for the last lines of a section that give more
    than its label lets them: so that sheets can be summed and averaged line by line."""
    mine = tuple(lines)
    counted = {**points, **dict.fromkeys(beaten(points, mine), Fraction(0))}
    left: dict[str, Fraction] = {}
    for line in mine:
        cap = cap_of(line.section) if line.kind == line.section.kind and line.id in counted else None
        if cap is not None:
            rest = left.get(line.section.id, Fraction(cap))
            counted[line.id] = min(counted[line.id], rest)
            left[line.section.id] = rest - counted[line.id]
    return counted


def unfilled(lines: Iterable[Line], awarded: Container[str], skipped: Container[str]) -> list[Line]:
    """The lines that still want a score; where one of several counts, the first of them if none has one."""
    units: dict[str, list[Line]] = {}
    for line in lines:
        units.setdefault(line.unit, []).append(line)
    return [u[0] for u in units.values() if not any(li.id in awarded for li in u) and not all(li.id in skipped for li in u)]


def base_of(rubric: Rubric, lines: Iterable[Line]) -> Fraction:
    """What deductions are taken from when nothing else gives points: the stated total."""
    scored = any(line.kind == "scored" for line in lines)
    return Fraction(0) if scored or rubric.stated_total is None else Fraction(rubric.stated_total)


class Sheet(Struct, frozen=True):
    """One assessment added up. `points` by criterion id (N/A ones as the policy settles them); `excluded` fall out of
    the denominator; `faults` say why the sheet cannot count as complete; `spared` had another line counted in their place."""

    assessment: Assessment
    points: dict[str, Fraction]
    excluded: frozenset[str]
    faults: tuple[str, ...]
    total: Fraction
    spared: frozenset[str] = frozenset()


def add_up(assessment: Assessment, rubric: Rubric, lines: tuple[Line, ...], policy: Policy) -> Sheet:
    """One sheet: its points within their ranges, N/A by policy, its total, and what is wrong with it."""
    points: dict[str, Fraction] = {}
    excluded: set[str] = set()
    faults: list[str] = []
    scored = {line.unit for line in lines if line.id in assessment.awarded}
    for line in lines:
        if line.id in assessment.not_applicable and line.id not in assessment.awarded:
            fault = _not_applicable(line, assessment, policy, points, excluded)
            if line.unit in scored:
                points.pop(line.id, None)  # one that was not chosen
        elif line.id in assessment.awarded:
            fault = _awarded(line, assessment.awarded[line.id], policy, points)
        else:
            continue
        faults += [fault] if fault else []
    if missing := [called(line) for line in unfilled(lines, assessment.awarded, assessment.not_applicable)]:
        faults.append(f"未评完：缺 {'、'.join(missing[:8])}{f' 等 {len(missing)} 项' if len(missing) > 8 else ''}的实得分值")
    if excluded and not possible_of(lines, frozenset(excluded)):
        faults.append("计分条目全部标为不适用，没有可折算的得分")
    counted = that_count(points, lines)
    total = total_of(counted, rubric, lines, frozenset(excluded))
    return Sheet(assessment, counted, frozenset(excluded), tuple(faults), total, beaten(points, lines))


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


def called(line: Line) -> str:
    """How a line that wants a score is called: one of several by their section."""
    return name_of(line.criterion) if line.unit == line.id else f"“{line.section.label}”中的一项"


def total_of(
    points: Mapping[str, Fraction], rubric: Rubric, lines: tuple[Line, ...], excluded: frozenset[str]
) -> Fraction:
    """The total of points that count: scored lines scaled up for what is excluded, plus bonus, less deductions."""
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
