"""The grade of a total: veto before band, included ends as printed, nothing between two bands without a policy."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from msgspec import Struct

from pipeline.assessment import Policy, Rounding, field_name
from pipeline.model import GradeBand, Notice, Rubric
from pipeline.normalize import fold
from pipeline.plain import points_text
from pipeline.scoring.tally import exact, rounded


class Grade(Struct, frozen=True):
    """A label with what it rests on, or none with the reason."""

    label: str | None
    basis: str | None = None
    reason: str | None = None


def contains(band: GradeBand, value: Fraction) -> bool:
    """Whether a band holds a value, its ends included or not as printed.

    An open end (None) reaches to infinity.
    """
    if band.min is not None and (value < band.min or (value == band.min and not band.min_inclusive)):
        return False
    return band.max is None or value < band.max or (value == band.max and band.max_inclusive)


def range_text(band: GradeBand) -> str:
    """`90 以上`, `70 至 89`, `不满 60` in words that say which ends are included."""
    low = None if band.min is None else points_text(band.min)
    high = None if band.max is None else points_text(band.max)
    if low is not None and high is not None:
        left = low if band.min_inclusive else f"超过 {low}"
        return f"{left} 至 {high}" if band.max_inclusive else f"{left} 至不满 {high}"
    if low is not None:
        return f"{low} 以上" if band.min_inclusive else f"超过 {low}"
    return f"{high} 以下" if band.max_inclusive else f"不满 {high}"


def shared(bands: Sequence[GradeBand]) -> tuple[GradeBand, ...]:
    """What two bands both hold, as bands of their own: a total there has no grade that could be told."""
    return tuple(both for one, other in combinations(bands, 2) if (both := _shared(one, other)) is not None)


def _shared(one: GradeBand, other: GradeBand) -> GradeBand | None:
    foot = max((b for b in (one, other) if b.min is not None), key=lambda b: (b.min or 0, not b.min_inclusive), default=one)
    top = min((b for b in (one, other) if b.max is not None), key=lambda b: (b.max or 0, b.max_inclusive), default=one)
    both = GradeBand(f"同时落在“{one.label}”和“{other.label}”，待定", foot.min, top.max, foot.min_inclusive, top.max_inclusive, one.at)
    if foot.min is None or top.max is None or foot.min < top.max:
        return both
    return both if contains(both, Fraction(foot.min)) else None


def grade(total: Fraction, notice: Notice, policy: Policy) -> Grade:
    """The band of a total."""
    bands = notice.grade_bands
    number = number_text(total)
    if not bands:
        return Grade(None, reason="文件没有规定等次")
    held = [b for b in bands if contains(b, total)]
    if len(held) == 1:
        return Grade(held[0].label, f"{number} 在“{held[0].label}”（{range_text(held[0])}）之内")
    if len(held) > 1:
        return Grade(None, reason=f"总分 {number} 同时落在{_names(held)}，等次重叠")
    return _in_gap(total, bands, policy)


def _names(bands: list[GradeBand]) -> str:
    return "和".join(f"“{b.label}”（{range_text(b)}）" for b in bands)


def _in_gap(total: Fraction, bands: tuple[GradeBand, ...], policy: Policy) -> Grade:
    """A total that no band holds: between two bands by policy, outside all of them never."""
    below = max((b for b in bands if b.max is not None and b.max <= total), key=lambda b: b.max or 0, default=None)
    above = min((b for b in bands if b.min is not None and b.min >= total), key=lambda b: b.min or 0, default=None)
    number = number_text(total)
    if below is None or above is None:
        return Grade(None, reason=f"总分 {number} 在所有等次之外")
    gap = f"{number} 在{_names([below, above])}之间的空档"
    if policy.band_gap == "refuse":
        return Grade(None, reason=f"总分 {gap}，文件未规定归属（policy: band_gap）")
    if policy.band_gap == "next-band":
        return Grade(below.label, f"{gap}，按 policy band_gap: next-band 归入“{below.label}”")
    if policy.band_gap == "higher-band":
        return Grade(above.label, f"{gap}，按 policy band_gap: higher-band 归入“{above.label}”")
    mode = Rounding("down" if policy.band_gap == "floor" else "half-up", 0)
    whole = rounded(total, mode)
    held = [b for b in bands if contains(b, whole)]
    if len(held) != 1:
        return Grade(None, reason=f"总分 {gap}，按 policy band_gap: {policy.band_gap} 取 {number_text(whole)} 仍不在任何一等")
    return Grade(held[0].label, f"{gap}，按 policy band_gap: {policy.band_gap} 以 {number_text(whole)} 归入“{held[0].label}”")


def veto_conditions(notice: Notice, rubric: Rubric) -> dict[str, tuple[str, str]]:
    """Every condition that vetoes a unit under a rubric, by the count that names its check box (1, 2, …), each with its
    number and words: the notice's own, then the rubric's veto rows that say something else."""
    said = {fold(v.text).rstrip("。；;") for v in notice.vetoes}
    rows = [c for c in rubric.criteria() if c.kind == "veto" and fold(c.text).rstrip("。；;") not in said]
    own = [(v.number, v.text) for v in notice.vetoes]
    more = [("", f"表内{field_name(c.number, c.text) if c.number else '所列'}：{c.text}") for c in rows]
    return {str(i): (number or str(i), text) for i, (number, text) in enumerate([*own, *more], 1)}


def veto_grade(notice: Notice, policy: Policy) -> Grade:
    """The grade of a vetoed unit: the policy's, else the one band that the notice's outcome names, else none."""
    if policy.veto_grade:
        return Grade(policy.veto_grade, f"一票否决，按 policy veto_grade 定为“{policy.veto_grade}”")
    outcome = notice.veto_outcome or ""
    named = [b.label for b in notice.grade_bands if b.label in outcome]
    named = [n for n in named if not any(n != o and n in o and outcome.count(n) == outcome.count(o) for o in named)]
    if len(set(named)) == 1:
        return Grade(named[0], f"一票否决，文件规定：{outcome}")
    return Grade(None, reason="一票否决，文件未写明否决的后果属哪一等次（policy: veto_grade）")


def number_text(value: Fraction) -> str:
    """A fraction as people write it: exact decimal, or `263/3`."""
    whole = exact(value)
    return points_text(whole) if whole is not None else f"{value.numerator}/{value.denominator}"
