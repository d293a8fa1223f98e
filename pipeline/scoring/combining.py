"""Several sheets of one unit as one: the policy's way of combining assessors, its rounds with their weights, one rounding.

What the policy does not settle is refused by name in `open`. Items are combined the same way as totals, so that sections
and total speak of the same sheets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from statistics import median

from msgspec import Struct

from pipeline.assessment import Assessment, Policy, Round, RoundScore
from pipeline.model import Rubric
from pipeline.scoring.grades import number_text
from pipeline.scoring.tally import Line, Sheet, exact, rounded, shown, total_of

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Combined(Struct, frozen=True):
    """Several sheets as one: `total` None when it cannot be given, `open` says why; `items` are for display; `excluded`
    fell out of the denominator on every sheet; `used` tells for each sheet why it did not count (None: it did)."""

    total: Fraction | None
    items: dict[str, Fraction]
    excluded: frozenset[str]
    used: tuple[str | None, ...]
    rounds: tuple[RoundScore, ...] = ()
    open: tuple[str, ...] = ()


class Ground(Struct, frozen=True):
    """What every step needs: the rubric with its lines, the policy, and what one total of this rubric is worth in points of
    the score line (1 unless the policy scales)."""

    rubric: Rubric
    lines: tuple[Line, ...]
    policy: Policy
    factor: Fraction = Fraction(1)


def calling(n: int) -> str:
    """How a sheet is called in a message that may be published: by number, never by name."""
    return f"第 {n} 份评价表"


def combine(sheets: Sequence[Sheet], ground: Ground) -> Combined:
    """The sheets of one unit, by rounds when the policy has rounds."""
    several = len(sheets) > 1
    faults = [f"{calling(n)}：{f}" if several else f for n, s in enumerate(sheets, start=1) for f in s.faults]
    if ground.policy.rounds:
        return _by_rounds(sheets, ground, faults)
    part = _merge(sheets, ground.policy.assessors.combine, ground)
    if several and faults:
        return Combined(None, part.items, part.excluded, part.used, (), tuple(faults))
    total, why = _finish(part.total, ground)
    return Combined(total, part.items, part.excluded, part.used, (), tuple(x for x in (*faults, *part.open, why) if x))


def _merge(sheets: Sequence[Sheet], how: str, ground: Ground) -> Combined:
    """The sheets of one round. Rounding here only where its stage is the item or the assessor's total."""
    policy, rounding = ground.policy, ground.policy.rounding
    totals = [rounded(s.total, rounding) if rounding and rounding.stage == "expert" else s.total for s in sheets]
    used, reason = _used(totals, how, policy.assessors.trim)
    kept = [i for i, why in enumerate(used) if why is None]
    if reason is not None:
        return Combined(None, _items(sheets, ground.lines, _mean), _excluded(sheets), used, (), (reason,))
    middle: Callable[[Sequence[Fraction]], Fraction] = median if how == "median" else _mean
    own = [sheets[i] for i in kept]
    items, excluded = _items(own, ground.lines, middle), _excluded(own)
    if rounding and rounding.stage == "item":
        items = {k: rounded(v, rounding) for k, v in items.items()}
        return Combined(total_of(items, ground.rubric, ground.lines, excluded), items, excluded, used)
    return Combined(middle([totals[i] for i in kept]), items, excluded, used)


def _used(totals: Sequence[Fraction], how: str, trim: int) -> tuple[tuple[str | None, ...], str | None]:
    """(why each sheet is left out, why there is no total)."""
    used: list[str | None] = [None] * len(totals)
    if len(totals) < 2:
        return tuple(used), None
    if how == "refuse":
        return tuple(used), f"有 {len(totals)} 份评价表，文件未规定如何合成（policy: assessors）"
    if how == "trimmed":
        if len(totals) - 2 * trim < 1:
            return tuple(used), f"{len(totals)} 份评价表不够去掉 {trim} 个最高、{trim} 个最低（policy: assessors）"
        order = sorted(range(len(totals)), key=lambda i: (totals[i], i))
        for i in {*order[:trim], *order[len(order) - trim :]}:
            used[i] = "按 policy 去掉的最高或最低分"
    return tuple(used), None


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _items(
    sheets: Sequence[Sheet], lines: Sequence[Line], middle: Callable[[Sequence[Fraction]], Fraction]
) -> dict[str, Fraction]:
    """Each line over the sheets that scored it; a line that some sheet neither scored nor excluded is left out."""
    out = {}
    for line in lines:
        values = [s.points[line.id] for s in sheets if line.id in s.points]
        if values and all(line.id in s.points or line.id in s.excluded for s in sheets):
            out[line.id] = middle(values)
    return out


def _excluded(sheets: Sequence[Sheet]) -> frozenset[str]:
    return frozenset.intersection(*(s.excluded for s in sheets)) if sheets else frozenset()


# ---- rounds --------------------------------------------------------------------------------------------------------


def _by_rounds(sheets: Sequence[Sheet], ground: Ground, faults: list[str]) -> Combined:
    """Rounds by name or date, each combined by itself, then weighted; a sheet of no round and an empty round are told."""
    policy = ground.policy
    home = [round_of(s.assessment, policy) for s in sheets]
    used: list[str | None] = [None if h is not None else "不属于任何轮次" for h in home]
    open_ = [*faults, *(f"{calling(n)}：不属于任何轮次（policy: rounds）" for n, h in enumerate(home, start=1) if h is None)]
    parts: list[tuple[Round, Combined]] = []
    for index, one in enumerate(policy.rounds):
        own = [i for i, h in enumerate(home) if h == index]
        if not own:
            open_.append(f"轮次“{one.name}”没有评价表")
            continue
        part = _merge([sheets[i] for i in own], one.combine or policy.assessors.combine, ground)
        for i, why in zip(own, part.used, strict=True):
            used[i] = why
        open_ += [f"轮次“{one.name}”：{reason}" for reason in part.open]
        parts.append((one, part))
    whole = len(parts) == len(policy.rounds) and None not in home and not faults
    total = _weighted(parts) if whole else None
    total, why_not = _finish(total, ground)
    excluded = frozenset.intersection(*(p.excluded for _, p in parts)) if parts else frozenset()
    scores = tuple(_round_score(r, parts, home.count(n), policy) for n, r in enumerate(policy.rounds))
    return Combined(total, _weighted_items(parts), excluded, tuple(used), scores, tuple(x for x in (*open_, why_not) if x))


def _weighted(parts: Sequence[tuple[Round, Combined]]) -> Fraction | None:
    if any(p.total is None for _, p in parts):
        return None
    whole = sum((Fraction(r.weight) for r, _ in parts), Fraction(0))
    return sum(((p.total or Fraction(0)) * Fraction(r.weight) for r, p in parts), Fraction(0)) / whole


def _weighted_items(parts: Sequence[tuple[Round, Combined]]) -> dict[str, Fraction]:
    """Each line by the weights of the rounds that scored it; a line that some round neither scored nor excluded is left out."""
    out = {}
    for id in dict.fromkeys(i for _, p in parts for i in p.items):
        if all(id in p.items or id in p.excluded for _, p in parts):
            own = [(Fraction(r.weight), p.items[id]) for r, p in parts if id in p.items]
            out[id] = sum((w * v for w, v in own), Fraction(0)) / sum((w for w, _ in own), Fraction(0))
    return out


def _round_score(one: Round, parts: Sequence[tuple[Round, Combined]], sheets: int, policy: Policy) -> RoundScore:
    total = next((p.total for r, p in parts if r is one), None)
    return RoundScore(one.name, one.weight, shown(total, policy) if total is not None else None, sheets)


def round_of(assessment: Assessment, policy: Policy) -> int | None:
    """The index of the round a sheet names, or of the only one whose dates hold it."""
    for index, one in enumerate(policy.rounds):
        if assessment.round == one.name:
            return index
    date = assessment.date or ""
    if assessment.round is not None or not ISO.fullmatch(date):
        return None
    fits = [
        index
        for index, one in enumerate(policy.rounds)
        if (one.since or one.until) and (one.since or "") <= date <= (one.until or "9999")
    ]
    return fits[0] if len(fits) == 1 else None


def _finish(total: Fraction | None, ground: Ground) -> tuple[Fraction | None, str | None]:
    """Scaled if the policy scales, then the one rounding of the final total; a total that never ends needs one."""
    if total is None:
        return None, None
    total, rounding = total * ground.factor, ground.policy.rounding
    if rounding and rounding.stage == "final":
        return rounded(total, rounding), None
    if exact(total) is None:
        return None, f"总分 {number_text(total)} 除不尽，文件未规定取舍（policy: rounding）"
    return total, None
