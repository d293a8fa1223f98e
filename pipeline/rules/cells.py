"""Rules over single points cells: empty, or with a value that cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipeline.findings import SETTLED, Proof, Repair, Step
from pipeline.model import Criterion, Reading, Rubric
from pipeline.plain import points_text
from pipeline.rules.registry import Hit, rule, shorten
from pipeline.rules.sums import absent_points, called, is_counted, sum_of, total_closes, with_children


@rule(
    code="RUB008",
    name="criterion-without-points",
    severity="error",
    title="评价内容没有分值",
    clause="《党政机关公文处理工作条例》第二十条（数字准确）；实务",
)
def criterion_without_points(reading: Reading) -> Iterator[Hit]:
    """Each scored criterion has its points.

    What: a numbered criterion whose points cell is empty while the other criteria of the rubric have points.
    Why: such a row cannot be scored, and the sums cannot be checked.
    **Bad**
        4 | 台账齐全 | 5
        5 | 人员持证 |
        6 | 设施完好 | 5
    **Good**
        4 | 台账齐全 | 5
        5 | 人员持证 | 5
        6 | 设施完好 | 5
    Repair: the value that one equation fixes (section or total less the rest), if nothing contradicts it; else left open.
    Limits: in text and CSV, which cannot show joined cells, such a row is only noted where the others make the total and what the
    sections declare: it may share the points of the row above. Rows of bonus, deduction and veto kind, headings without a number,
    and sheets in which most rows have no points of their own are left alone; words or a dash in the cell are no empty cell.
    中文: 其余各条都有分值而本条分值格为空。该行无法打分，合计也无从核对。若有且仅有一条等式能定出该值（项目或总分减去其余），
    作为修复提出；否则留空。文本和 CSV 看不出合并单元格：其余各条已合足总分和各项目分值的，或与上一条合用分值，只作提示。加分、扣分、否决项，无序号的标题行，以及多数行本无分值的表不报。
    """
    for rubric in reading.rubrics:
        printed = [c for c in rubric.printed() if c.kind == "scored"]
        valued = [c for c in printed if is_counted(c)]
        if len(valued) < 2 or len(valued) < 0.7 * len(printed):
            continue
        numbered = sum(c.number is not None for c in printed) > len(printed) / 2
        for criterion in absent_points(printed):
            if criterion.text and (criterion.number is not None or not numbered):
                yield _without_share(rubric, criterion) if _is_filled(rubric, criterion) else _empty_cell(rubric, criterion)


def _is_filled(rubric: Rubric, criterion: Criterion) -> bool:
    """Whether the others make the stated total and all that their sections declare: nothing remains for this one. Only a line of
    text may share points of the row above: elsewhere a cell that rows share is seen."""
    if criterion.at is None or criterion.at.line is None:
        return False
    sections = [s for s in rubric.sections if s.kind == "scored" and s.stated_points is not None and s.points_basis in SETTLED]
    whole = all(s.stated_points == sum_of(with_children(rubric, s), "scored") for s in sections)
    return criterion.max_points is None and whole and total_closes(rubric)


def _without_share(rubric: Rubric, criterion: Criterion) -> Hit:
    """The note on a row for which the sums leave nothing."""
    return Hit(
        annex=rubric.annex,
        where=criterion.id,
        status="supported",
        severity="note",
        zh=f"第 {called(criterion)} 条没有自己的分值：“{shorten(criterion.text)}”；其余各条已合足各项目分值和总分，或与上一条合用一个分值",
        en=f"criterion {called(criterion)} has no points of its own: “{shorten(criterion.text)}”; the others make all sums, it may share those of the row above",
        evidence=(criterion.at,),
    )


def _empty_cell(rubric: Rubric, criterion: Criterion) -> Hit:
    value = criterion.max_points
    zh = en = ""
    repair = proof = None
    if value is not None:
        zh, en = f"；由等式推得 {points_text(value)} 分", f"; {points_text(value)} points follow from an equation"
        path = f"{criterion.id}.max_points"
        basis = "proved" if criterion.points_basis == "proved" else "inferred"
        reason = "合计减去其余各条 / the sum less the other criteria"
        repair = Repair(path, path, None, points_text(value), basis, reason)  # type: ignore[arg-type]
        proof = _difference(rubric, criterion, value)
    return Hit(
        annex=rubric.annex,
        where=criterion.id,
        zh=f"第 {called(criterion)} 条没有分值：“{shorten(criterion.text)}”{zh}",
        en=f"criterion {called(criterion)} has no points: “{shorten(criterion.text)}”{en}",
        evidence=(criterion.points_at or criterion.at, criterion.at if criterion.points_at else None),
        repair=repair,
        proof=proof,
    )


def _difference(rubric: Rubric, criterion: Criterion, value: Decimal) -> Proof | None:
    """The equations that give the value: the section's, the total's, or both."""
    home = next(s for s in rubric.sections if any(c.id == criterion.id for c in s.criteria))
    steps = []
    whole = [("项目", home.stated_points, with_children(rubric, home), home.id)]
    whole.append(("总分", rubric.stated_total, [c for s in rubric.sections if s.kind == "scored" for c in s.criteria], rubric.id))
    for _, declared, criteria, where in whole:
        rest = sum_of([c for c in criteria if c.id != criterion.id], "scored")
        if declared is not None and declared - rest == value:
            text = f"{points_text(declared)} − {points_text(rest)} = {points_text(value)}"
            steps.append(Step("difference", text, (where, criterion.id), points_text(value)))
    if not steps:
        return None
    return Proof(
        claim=f"{criterion.number or criterion.id}: {points_text(value)}", claim_en=f"{criterion.number or criterion.id}: {points_text(value)}",
        steps=tuple(steps), redundancy=len(steps), explanations=1,
        assumes=("其余分值读取无误 / the other values were read right",) if criterion.points_basis != "proved" else (),
    )  # fmt: skip


@rule(
    code="RUB010",
    name="points-implausible",
    severity="warning",
    title="分值可疑",
    clause="《党政机关公文处理工作条例》第二十条（数字准确）；实务（整体替换造成的 2023分）",
)
def points_implausible(reading: Reading) -> Iterator[Hit]:
    """A criterion's points do not exceed the total, and are no year.

    What: one criterion's points above the stated total, or a value like 2023 where the other values are below 200.
    Why: careless search-and-replace turns 10 into 2023 and 100分 into 20230分; such numbers have been published.
    **Bad**
        3 | 垃圾日产日清 | 2023
    **Good**
        3 | 垃圾日产日清 | 10
    Repair: none.
    Limits: rubrics whose total is 1000 or more with large single values are judged against their own total only.
    中文: 单条分值大于总分，或在其余分值都很小时出现 2023 这类年份样数字，多为整体替换造成的错误。只报告，不改动。
    """
    for rubric in reading.rubrics:
        values = [c.max_points for c in rubric.printed() if is_counted(c) and c.max_points is not None]
        for criterion in rubric.printed():
            value = criterion.max_points
            if not is_counted(criterion) or value is None or len(values) < 2:
                continue
            above = rubric.stated_total is not None and value > rubric.stated_total
            year = 1990 <= value <= 2099 and sorted(values)[len(values) // 2] < 200
            if above or year:
                yield Hit(
                    annex=rubric.annex,
                    where=criterion.id,
                    zh=f"第 {called(criterion)} 条分值 {points_text(value)} 可疑：“{shorten(criterion.text)}”",
                    en=f"criterion {called(criterion)} carries {points_text(value)} points, which is implausible: “{shorten(criterion.text)}”",
                    evidence=(criterion.points_at, criterion.at),
                    values=(points_text(value),),
                )
