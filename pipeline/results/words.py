"""How values are said on a page: numbers, shares, and a policy in words a reader of notices knows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from pipeline import criterion_names
from pipeline.assessment import Policy, Scorecard, SectionScore
from pipeline.plain import points_text
from pipeline.scoring.combining import ISO

MODES = {"half-up": "四舍五入", "half-even": "四舍六入五成双", "down": "舍去尾数"}
STAGES = {"item": "对每一条目", "expert": "对每位评价人的总评", "final": "对最后总分"}
GAPS = {
    "refuse": "总分落在两个等次之间的不定等次",
    "floor": "总分落在两个等次之间的，舍去小数后定等次",
    "half-up-to-integer": "总分落在两个等次之间的，四舍五入到整数后定等次",
    "next-band": "总分落在两个等次之间的，归入较低等次",
    "higher-band": "总分落在两个等次之间的，归入较高等次",
}
NOT_APPLICABLE = {
    "refuse": "不允许标“不适用”",
    "exclude-and-scale": "不适用的条目不计入满分，余下得分按比例折算",
    "full": "不适用的条目给满分",
    "zero": "不适用的条目计 0 分",
}
COMBINING = {"refuse": "未规定多份评价表如何合成", "mean": "多份评价表取平均", "median": "多份评价表取中位数"}


def number(value: Decimal | None) -> str:
    """A score as people write it; — when there is none."""
    return "—" if value is None else points_text(value)


def share(value: Decimal | None, whole: Decimal | None) -> str:
    """value / whole as a percentage with one decimal, for display only.

    >>> share(Decimal("14.5"), Decimal(15)), share(None, Decimal(15))
    ('96.7%', '—')
    """
    if value is None or not whole:
        return "—"
    return f"{(value / whole * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def to_places(value: Decimal) -> Decimal:
    """Rounded half-up to two places, for display only."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def signed(value: Decimal) -> str:
    """A difference with its sign.

    >>> signed(Decimal("0.50")), signed(Decimal("-1")), signed(Decimal(0))
    ('+0.5', '-1', '0')
    """
    if value == 0:
        return "0"
    return ("+" if value > 0 else "-") + points_text(abs(value))


def policy_text(policy: Policy) -> str:
    """The policy in one sentence."""
    parts = [f"{policy.name}："] if policy.name else []
    rounding = policy.rounding
    said = [
        f"{STAGES[rounding.stage]}{MODES[rounding.mode]}，保留 {rounding.digits} 位小数" if rounding else "未规定取舍",
        GAPS[policy.band_gap],
        NOT_APPLICABLE[policy.not_applicable],
        f"多份评价表去掉 {policy.assessors.trim} 个最高、{policy.assessors.trim} 个最低后取平均"
        if policy.assessors.combine == "trimmed"
        else COMBINING[policy.assessors.combine],
    ]
    if policy.rounds:
        said.append("、".join(f"{r.name}占 {points_text(r.weight)}%" for r in policy.rounds))
    if policy.scale == "to-score-max":
        said.append("评价表满分与划分等次的满分不同的，按比例折算")
    if policy.veto_grade:
        said.append(f"一票否决的定为“{policy.veto_grade}”")
    return "".join(parts) + "；".join(said) + "。"


def identity(card: Scorecard) -> str:
    """The small line above a page: which notice, annex, revision, rubric."""
    parts = [card.document_number or "", f"附件{card.annex}" if card.annex else ""]
    parts += [f"版次 {card.revision}" if card.revision else "", f"评价表摘要 {card.rubric_digest[:12]}" if card.rubric_digest else ""]
    return "　".join(p for p in parts if p)


def section_name(section: SectionScore) -> str:
    """What a section is called on a page: by its label, with those above it where another has the same."""
    label = section.label or "（未列项目）"
    return f"{section.above}·{label}" if section.above else label


def in_sections(card: Scorecard) -> bool:
    """Whether the sheet is in sections: not when it is one nameless group, of which nothing is to be said beside the total."""
    return criterion_names.in_sections([s.label for s in card.sections])


def unit_name(card: Scorecard) -> str:
    """The assessed unit, or a word that says it is blank."""
    return card.assessee or "（单位未填）"


def latest(cards: list[Scorecard] | tuple[Scorecard, ...]) -> str:
    """The latest date of the sheets of these cards (ISO), or ""."""
    return max((a.date for c in cards for a in c.assessments if a.date and ISO.fullmatch(a.date)), default="")


def grade_text(card: Scorecard) -> str:
    """The grade, or that there is none."""
    return card.grade_band or "未定"
