"""Rules over how a score becomes a grade: bands, vetoes, and what the notice leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from pipeline import rx as regex
from pipeline.findings import Proof, Step
from pipeline.model import GradeBand, Notice, Reading
from pipeline.normalize import fold
from pipeline.patterns import ASSESSING
from pipeline.plain import points_text
from pipeline.rules.registry import Hit, rule, shorten

CIVIL_CODE = "《民法典》第一千二百五十九条（以上、以下、以内包括本数，不满、超过、以外不包括本数）"


def interval(band: GradeBand) -> str:
    """`[70, 89]`, `[90, )`."""
    low = points_text(band.min) if band.min is not None else ""
    high = points_text(band.max) if band.max is not None else ""
    return f"{'[' if band.min_inclusive else '('}{low}, {high}{']' if band.max_inclusive else ')'}"


def ascending(notice: Notice) -> list[tuple[int, GradeBand]]:
    """Bands with their place in the text (from 1), from the lowest up; a band without any end is left out."""
    known = [(n, b) for n, b in enumerate(notice.grade_bands, start=1) if b.min is not None or b.max is not None]
    return sorted(known, key=lambda pair: (_low(pair[1]), _high(pair[1])))


def _low(band: GradeBand) -> Decimal:
    return band.min if band.min is not None else Decimal("-Infinity")


def _high(band: GradeBand) -> Decimal:
    return band.max if band.max is not None else Decimal("Infinity")


def _pairs(notice: Notice) -> Iterator[tuple[int, GradeBand, int, GradeBand]]:
    bands = ascending(notice)
    for (n, lower), (m, upper) in pairwise(bands):
        yield n, lower, m, upper


@rule(code="SCO001", name="band-gap", severity="warning", title="等次之间有空档", clause=CIVIL_CODE)
def band_gap(reading: Reading) -> Iterator[Hit]:
    """Neighbouring grade bands leave no score without a grade.

    What: on the score line, the upper end of each band against the lower end of the next; 以上/以下 include the number.
    Why: with half points or the mean of several experts a score falls between 89 and 90 and has no grade (3.6 % of
    simulated means of three experts). The example "89分至70分 / 90分以上" is such a gap, whole-number scores or not.
    **Bad**
        90分以上为优秀，89分至70分为合格，69分以下为不合格
    **Good**
        90分以上为优秀，70分以上不满90分为合格，不满70分为不合格
    Repair: none; the scoring policy must say what happens between two bands (it is refused by name, never guessed).
    Limits: one set of bands is read; a band without a number is left out. A scale without a lowest or highest band is
    not a gap.
    中文: 在分数线上比较相邻等次的端点（“以上”“以下”包括本数）。相邻两档如“90分以上”与“89分至70分”，89 与 90 之间的分数（小数分、
    多名专家平均分）没有等次可归。不作修复，须在评分规则中明确，系统不猜。
    """
    for n, lower, m, upper in _pairs(reading.notice):
        if lower.max is None or upper.min is None:
            continue
        if lower.max < upper.min or (lower.max == upper.min and not (lower.max_inclusive or upper.min_inclusive)):
            low, high = points_text(lower.max), points_text(upper.min)
            opening = "(" if lower.max_inclusive else "["
            closing = ")" if upper.min_inclusive else "]"
            yield Hit(
                annex=0,
                where=f"notice/bands/{n}~notice/bands/{m}",
                zh=f"“{lower.label}”到 {low} 分，“{upper.label}”从 {high} 分起：{opening}{low}, {high}{closing} 之间没有等次",
                en=f"“{lower.label}” ends at {low}, “{upper.label}” begins at {high}: {opening}{low}, {high}{closing} has no grade",
                evidence=(lower.at, upper.at),
                proof=_line(lower, upper),
                values=(low, high),
            )


@rule(code="SCO002", name="band-overlap", severity="warning", title="等次重叠", clause=CIVIL_CODE)
def band_overlap(reading: Reading) -> Iterator[Hit]:
    """No score belongs to two grade bands.

    What: on the score line, the lower end of each band against the upper end of the one below.
    Why: a score in both bands can be graded either way.
    **Bad**
        85分以上为优秀，70分至90分为合格
    **Good**
        90分以上为优秀，70分以上不满90分为合格
    Repair: none.
    Limits: where one of two touching ends is marked 含 or 不含, the other is read as excluded (so do forms and scores). The
    lowest band said with 以下 at the very number where the next begins (60分以下 / 60分至79分) is usual and only noted.
    中文: 同一分数不应归入两个等次。两档端点相接且仅一端注明“含/不含”的，视为另一端不含；最低档用“以下”与上一档起点相同的常见写法只作提示。
    """
    lowest = True
    for n, lower, m, upper in _pairs(reading.notice):
        touching = lower.max is not None and lower.max == upper.min and lower.max_inclusive and upper.min_inclusive
        if _high(lower) > _low(upper) or touching:
            usual = touching and lowest and lower.min is None
            low = points_text(upper.min) if upper.min is not None else "…"
            high = points_text(min(_high(lower), _high(upper))) if min(_high(lower), _high(upper)).is_finite() else "…"
            yield Hit(
                annex=0,
                where=f"notice/bands/{n}~notice/bands/{m}",
                severity="note" if usual else None,
                zh=f"“{lower.label}”{interval(lower)} 与“{upper.label}”{interval(upper)} 都含 {low if low == high else f'{low} 至 {high}'} 分",
                en=f"“{lower.label}” {interval(lower)} and “{upper.label}” {interval(upper)} both hold {low if low == high else f'{low} to {high}'}",
                evidence=(lower.at, upper.at),
                proof=_line(lower, upper),
                values=(low, high),
            )
        lowest = False


def _line(lower: GradeBand, upper: GradeBand) -> Proof:
    text = f"{lower.label} {interval(lower)} · {upper.label} {interval(upper)}"
    return Proof(claim=text, claim_en=text, steps=(Step("line", text, (), None, (lower.at, upper.at)),))


@rule(code="SCO003", name="veto-without-outcome", severity="warning", title="一票否决没有后果", clause="实务（否决应有后果、期限、主体）")
def veto_without_outcome(reading: Reading) -> Iterator[Hit]:
    """Veto conditions say what follows from them.

    What: a list of 一票否决 conditions in a notice that nowhere says what the result then is (不合格, 取消资格, 不得评优 …).
    Why: the sheet's check box has no effect that could be printed or computed.
    **Bad**
        有下列情形之一的，实行一票否决：1.发生安全事故的；2.弄虚作假的。
    **Good**
        有下列情形之一的，实行一票否决，直接评为不合格：1.发生安全事故的；2.弄虚作假的。
    Repair: none; the scorecard then says `vetoed` and gives no grade.
    Limits: an outcome stated in another document is not seen.
    中文: 列出了一票否决情形，却没有写明后果（如直接评为不合格）。系统只记录被否决，不擅定等次。后果写在别的文件里的看不到。
    """
    notice = reading.notice
    if notice.vetoes and not notice.veto_outcome:
        count = len(notice.vetoes)
        yield Hit(
            annex=0,
            where="notice/vetoes",
            zh=f"{count} 条一票否决情形没有写明后果：“{shorten(notice.vetoes[0].text)}”等",
            en=f"{count} veto conditions state no outcome: “{shorten(notice.vetoes[0].text)}” …",
            evidence=(notice.veto_at, *(v.at for v in notice.vetoes)),
        )


DAILY = regex.compile(rf"(?:日常|平时|月度|月|季度|季)(?:{ASSESSING})")
ROUND = regex.compile(rf"(?:集中|年度|年终|半年|定期|综合)(?:{ASSESSING})")
WEIGHTED = regex.compile(r"[0-9]{1,3}(?:\.[0-9]+)?[%％]|权重|百分之|占比|比例|平均")


@rule(code="SCO004", name="round-weights-open", severity="note", title="多轮评价的权重未定", clause="实务（权重应给出且合计 100%）")
def round_weights_open(reading: Reading) -> Iterator[Hit]:
    """Where daily and concentrated rounds are combined, their weights are given.

    What: a body that speaks of both daily and concentrated (yearly, quarterly …) assessment and of no percentage, weight or
    mean.
    Why: the year's score cannot be computed from two kinds of rounds.
    **Bad**
        采取日常评价与集中评价相结合。
    **Good**
        日常评价占 40%，集中评价占 60%。
    Repair: none; the scoring policy has to state the weights.
    Limits: only words are looked at; a note.
    中文: 正文提到日常与集中（年度）评价相结合，却没有给出权重、比例或平均办法，年度得分无从计算；须在评分规则中明确。仅作提示。
    """
    body = reading.notice.body
    daily = next((p for p in body if DAILY.search(fold(p.text))), None)
    rounds = next((p for p in body if ROUND.search(fold(p.text))), None)
    if daily and rounds and reading.rubrics and not any(WEIGHTED.search(fold(p.text)) for p in body):
        one, two = DAILY.search(fold(daily.text)), ROUND.search(fold(rounds.text))
        if one and two:
            yield Hit(
                annex=0,
                where="notice/body",
                zh=f"“{one[0]}”与“{two[0]}”并用，没有给出权重",
                en=f"“{one[0]}” and “{two[0]}” are combined without weights",
                evidence=tuple(dict.fromkeys((daily.at, rounds.at))),
            )


ROUNDING = regex.compile(r"四舍五入|保留[一二两1-3]?位?小数|取整|小数点后|修约")
AVERAGE = regex.compile(r"平均|去掉.{0,6}最高|汇总得分|算术")
NOT_APPLICABLE = regex.compile(r"缺项|不适用|不涉及|合理缺")
SEVERAL = regex.compile(r"专家评价|专家组|评价组|评审组|考核组|考评组|评委|评价小组|考核小组|检查组")


@rule(code="SCO005", name="scoring-policy-open", severity="note", title="计分规则未尽", clause="实务（缺项、取舍、多人评分规则）")
def scoring_policy_open(reading: Reading) -> Iterator[Hit]:
    """A notice with grade bands says how scores are rounded, combined, and what happens to items that do not apply.

    What: bands are given, but no rounding rule, no rule for several assessors (where several are spoken of), no rule for
    items that do not apply.
    Why: two clerks with the same sheets come to two grades.
    **Bad**
        实行专家评价制，90分以上为优秀。
    **Good**
        取各专家评分的算术平均值，四舍五入保留一位小数；不涉及的条目按缺项折算。
    Repair: none; the scoring policy has to state them, and scoring refuses by name what is missing.
    Limits: only the body's words are looked at; a note, once a notice.
    中文: 给出了等次，却没有写明小数取舍、多名专家如何合成、不适用条目如何处理。系统计分时逐项拒绝并点名，不作猜测。仅作提示。
    """
    notice = reading.notice
    if not notice.grade_bands or not reading.rubrics:
        return
    text = "".join([fold(p.text) for p in notice.body])
    open_ = [
        *([("小数取舍", "rounding")] if not ROUNDING.search(text) else []),
        *([("多人评分的合成", "several assessors")] if SEVERAL.search(text) and not AVERAGE.search(text) else []),
        *([("不适用条目", "items that do not apply")] if not NOT_APPLICABLE.search(text) else []),
    ]
    if open_:
        yield Hit(
            annex=0,
            where="notice/bands",
            zh=f"正文没有写明：{'、'.join(z for z, _ in open_)}",
            en=f"the body does not state: {', '.join(e for _, e in open_)}",
            evidence=tuple(b.at for b in notice.grade_bands[:1]),
            values=tuple(e for _, e in open_),
        )
