"""Rules over the section labels 项目: lost, displaced, or at odds with what the body enumerates."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from pipeline.findings import SETTLED, Proof, Repair, Status, Step
from pipeline.model import Criterion, Reading, Rubric, Section, SectionList
from pipeline.normalize import fold
from pipeline.plain import points_text
from pipeline.proving.layout import same_name
from pipeline.rules.registry import Hit, rule, shared
from pipeline.rules.sums import addends, section_name, span_of, sum_of


def _status(section: Section) -> Status:
    return section.boundary.status if section.boundary else "supported"


def _is_lost(section: Section) -> bool:
    """Its label does not stand on the sheet and nobody has decided about it."""
    return bool(section.criteria) and (section.label is None or section.basis in ("inferred", "proved"))


@rule(
    code="RUB006",
    name="section-unlabelled",
    severity="error",
    title="项目名称缺失",
    clause="GB/T 9704-2012 7.3.7 类推（附件内容完整）；实务",
)
def section_unlabelled(reading: Reading) -> Iterator[Hit]:
    """Each group of criteria has its label.

    What: a group of criteria without a label of its own (blank cell, or rows swallowed by the section above), in a rubric
    whose other groups have labels.
    Why: its points belong to no section; scores by section cannot be given.
    **Bad**
        安全运营（12分） | 10 | 定期巡检     | 6
                         | 11 | 终端用户检查 | 6
                         | 12 | 公示办事流程 | 10
                         | 13 | 按期办结     | 10
    **Good**
        安全运营（12分） | 10 | 定期巡检     | 6
                         | 11 | 终端用户检查 | 6
        用户服务（20分） | 12 | 公示办事流程 | 10
                         | 13 | 按期办结     | 10
    Repair: the points are the sum of the rows, and the total less the other sections (conservation) when one label is lost;
    the name may be suggested from the body's enumeration. Both wait for a person.
    Limits: a rubric without any label, and a single section, are left alone.
    中文: 其他项目有名称而本组条目没有（空白格，或被并入上一项目）。缺一个名称时，其分值等于本组各条之和，也等于总分减其余项目
    之和（守恒）；名称可参照正文列举提出建议，均须人工确认。全表都没有项目名称的不报。
    """
    for rubric in reading.rubrics:
        labelled = [s for s in rubric.sections if s.label is not None and s.basis in SETTLED and _is_scored(s)]
        for section in rubric.sections:
            if labelled and _is_lost(section) and section.parent is None:
                yield _lost_label(rubric, section)
            elif _is_lost_upper(rubric, section):
                below = tuple(c for s in rubric.sections if s.parent == section.id for c in s.criteria)
                yield _lost_label(rubric, replace(section, criteria=below))


def _is_scored(section: Section) -> bool:
    """Whether a section is no 加分项, 扣分项 or 否决项, which are set apart from sheets without sections too."""
    return section.kind == "scored" and not (section.criteria and all(c.kind != "scored" for c in section.criteria))


def _is_lost_upper(rubric: Rubric, section: Section) -> bool:
    """A blank cell over labelled sub-sections, where at least two other groups of sub-sections have their names."""
    if section.label is not None or section.parent is not None or section.criteria:
        return False
    parents = {s.parent for s in rubric.sections if s.parent is not None and s.criteria}
    named = sum(s.id in parents and s.label is not None for s in rubric.sections)
    return section.id in parents and named >= 2


def _lost_label(rubric: Rubric, section: Section) -> Hit:
    printed = [c for c in section.criteria if c.basis != "inferred"]
    span, total = span_of(printed or section.criteria), sum_of(section.criteria, "scored")
    absent = [c for c in section.criteria if c.basis not in SETTLED and c.max_points is not None]
    filled = total + sum((c.max_points for c in absent if c.max_points is not None), Decimal(0))
    value = section.stated_points if section.stated_points is not None else filled
    label = section.label
    zh = f"；应为“{label}”" if label else ""
    en = f"; it should read “{label}”" if label else ""
    first = (printed or section.criteria)[0]
    return Hit(
        annex=rubric.annex,
        where=section.id,
        status=_status(section),
        zh=f"第 {span} 条（{_worth(value, total, absent)[0]}）没有项目名称{zh}",
        en=f"criteria {span} ({_worth(value, total, absent)[1]}) have no section label{en}",
        evidence=tuple(at for c in (first, (printed or section.criteria)[-1]) for at in [c.number_at or c.at]),
        proof=_lost_proof(rubric, section, value),
        repair=_label_repair(section),
        suggestions=_points_repair(rubric, section, value),
    )


def _worth(value: Decimal, printed: Decimal, absent: list[Criterion]) -> tuple[str, str]:
    """`20 points`, or `18 printed, 20 with number 21`, in both languages."""
    filled = printed + sum((c.max_points for c in absent if c.max_points is not None), Decimal(0))
    if not absent:
        return f"共 {points_text(value)} 分", f"{points_text(value)} points"
    numbers = ", ".join(c.number or "?" for c in absent)
    return (
        f"印出 {points_text(printed)} 分，连同所缺序号 {numbers} 共 {points_text(filled)} 分",
        f"{points_text(printed)} points printed, {points_text(filled)} with the absent number {numbers}",
    )


def _label_repair(section: Section) -> Repair | None:
    if section.label is None:
        return None
    path = f"{section.id}.label"
    return Repair(path, path, None, section.label, "inferred", "正文列举的项目名称 / the name the body enumerates")


def _points_repair(rubric: Rubric, section: Section, value: Decimal) -> tuple[Repair, ...]:
    """The lost label's points, where the sum of its rows and the total less the other labels agree."""
    if section.stated_points is not None and section.points_basis in SETTLED:
        return ()
    if section.stated_points is None and _left_over(rubric, section) != value:
        return ()
    path, basis = f"{section.id}.stated_points", "proved" if section.points_basis == "proved" else "inferred"
    reason = "本组各条之和，总分减其余项目 / the sum of its rows, the total less the other sections"
    return (Repair(path, path, None, points_text(value), basis, reason),)  # type: ignore[arg-type]


def _others(rubric: Rubric, section: Section) -> list[Decimal] | None:
    """The printed points of all other scored sections; None when one of them has none."""
    others = [s for s in rubric.sections if s.parent is None and s.kind == "scored" and s.id != section.id]
    declared = [s.stated_points for s in others if s.stated_points is not None and s.basis in SETTLED]
    return declared if others and len(declared) == len(others) else None


def _left_over(rubric: Rubric, section: Section) -> Decimal | None:
    """What the total leaves for this section (conservation); None when another label is lost too."""
    declared = _others(rubric, section)
    return None if rubric.stated_total is None or declared is None else rubric.stated_total - sum(declared, Decimal(0))


def _lost_proof(rubric: Rubric, section: Section, value: Decimal) -> Proof:
    printed = [c for c in section.criteria if c.basis in SETTLED]
    filled = [c for c in section.criteria if c.basis not in SETTLED and c.max_points is not None]
    extra = "".join(f" + [{points_text(c.max_points)}]" for c in filled if c.max_points is not None)
    left, _, right = addends(printed).rpartition(" = ")
    text = f"{left}{extra} = {points_text(value) if filled else right}" if left else right
    steps = [Step("sum", text, tuple(c.id for c in section.criteria), points_text(value), tuple(c.points_at for c in printed if c.points_at))]
    declared, rest = _others(rubric, section), _left_over(rubric, section)
    if rubric.stated_total is not None and declared is not None and rest is not None:
        text = f"{points_text(rubric.stated_total)} − ({' + '.join(points_text(d) for d in declared)}) = {points_text(rest)}"
        steps.append(Step("conservation", text, (section.id,), points_text(rest)))
    resolution, boundary = rubric.resolution, section.boundary
    return Proof(
        claim=f"第 {span_of(section.criteria)} 条成一组，{points_text(value)} 分",
        claim_en=f"criteria {span_of(section.criteria)} form one group of {points_text(value)} points",
        steps=tuple(steps),
        assumes=(resolution.assumes if resolution else ()) + _rests_on(section),
        explanations=resolution.count if resolution else None,
        groups=resolution.groups if resolution else (),
        margin=boundary.margin if boundary else None,
        redundancy=len(steps),
        decide_by=resolution.decide_by if resolution else (),
    )


@rule(
    code="RUB007",
    name="section-label-displaced",
    severity="warning",
    title="项目名称错位",
    clause="版面还原经验（合并单元格跨页）；实务",
)
def section_label_displaced(reading: Reading) -> Iterator[Hit]:
    """A label stands on the rows of its section.

    What: a label printed (or read) on a row that does not begin its section, where order, sums and sister rubrics show
    which rows it covers.
    Why: a merged cell that goes on over a page break is read on the first row of the next page; taken at its word, the label
    gives criteria to the wrong section.
    **Bad**
                         | 12 | 建设计划 | 4
                         | 13 | 文明施工 | 4
        工程建设（12分） | 14 | 施工安全 | 4
    **Good**
        工程建设（12分） | 12 | 建设计划 | 4
                         | 13 | 文明施工 | 4
                         | 14 | 施工安全 | 4
    Repair: the section's rows are taken from the proof; the printed place of the label is kept as its provenance.
    Limits: given only where the boundaries are settled against the printed place; a single sum that does not fit is
    section-sum-mismatch.
    中文: 项目名称印在（或读在）不属于本项目起始的行上，多因合并单元格跨页。项目范围以次序、合计与兄弟表比对所证为准，
    名称原来的位置照实保留。仅一个项目合计不符时不判为错位。
    """
    for rubric in reading.rubrics:
        printed = rubric.printed()
        for section in rubric.sections:
            mark = next((m for m in rubric.labels if section.at is not None and m.at == section.at), None)
            if not section.displaced or not section.criteria or section.basis not in SETTLED:
                continue
            stands = printed[mark.first].number if mark and mark.first is not None and mark.first < len(printed) else None
            zh = f"印在第 {stands} 条旁，" if stands else "不在本项目首行，"
            en = f"stands beside criterion {stands}; " if stands else "is not on its first row; "
            span, sure = span_of(section.criteria), _status(section) != "undecidable"
            yield Hit(
                annex=rubric.annex,
                where=section.id,
                status=_status(section),
                zh=f"项目“{section_name(section)}”{zh}{'所证范围是' if sure else '可能的范围是'}第 {span} 条",
                en=f"label “{section_name(section)}” {en}its {'proved' if sure else 'possible'} rows are {span}",
                evidence=(section.at, section.criteria[0].number_at or section.criteria[0].at),
                proof=_boundary_proof(rubric, section),
            )


EVIDENCE = {"order": "次序", "sums": "合计", "page": "同页", "printed": "版面", "alignment": "与其他附件比对", "merged": "合并单元格"}


def _rests_on(section: Section) -> tuple[str, ...]:
    if section.boundary is None or not section.boundary.rests_on:
        return ()
    names = section.boundary.rests_on
    return (f"范围依据：{'、'.join(EVIDENCE.get(n, n) for n in names)} / the rows rest on {', '.join(names)}",)


def _boundary_proof(rubric: Rubric, section: Section) -> Proof:
    total = sum_of(section.criteria, "scored")
    steps = [Step("sum", addends(section.criteria), tuple(c.id for c in section.criteria), points_text(total))]
    if section.stated_points is not None:
        steps.append(Step("declared", points_text(section.stated_points), (section.id,), points_text(section.stated_points)))
    boundary, resolution = section.boundary, rubric.resolution
    return Proof(
        claim=f"第 {span_of(section.criteria)} 条属于“{section_name(section)}”",
        claim_en=f"criteria {span_of(section.criteria)} belong to “{section_name(section)}”",
        steps=tuple(steps),
        assumes=(resolution.assumes if resolution else ()) + _rests_on(section),
        explanations=resolution.count if resolution else None,
        margin=boundary.margin if boundary else None,
    )


def _levels(rubric: Rubric) -> tuple[list[Section], list[Section]]:
    """The labelled sections of the upper level, and those that hold criteria: a body may enumerate either."""
    labelled = [s for s in rubric.sections if s.label is not None and s.basis in SETTLED]
    return [s for s in labelled if s.parent is None], [s for s in labelled if s.criteria]


def _known(labelled: list[Section], listed: SectionList) -> tuple[list[Section], int]:
    return labelled, sum(any(same_name(n, s.label or "") for s in labelled) for n in listed.names)


@shared
def _lists_with_rubric(reading: Reading) -> list[tuple[SectionList, Rubric, list[Section]]]:
    """Each enumeration of the body that is one of sections: at least half of its names stand on the sheet."""
    found = []
    for listed in reading.notice.section_lists:
        for rubric in reading.rubrics:
            labelled, known = max((_known(level, listed) for level in _levels(rubric)), key=lambda found: found[1])
            if rubric.annex == listed.annex and len(labelled) >= 2 and known >= 2 and 2 * known >= len(listed.names):
                found.append((listed, rubric, labelled))
    return found


@rule(
    code="RUB011",
    name="section-not-in-sheet",
    severity="warning",
    title="正文所列项目表中没有",
    clause="GB/T 9704-2012 7.3.7 类推（正文与附件一致）",
)
def section_not_in_sheet(reading: Reading) -> Iterator[Hit]:
    """Each section the body enumerates for an annex has a label on that annex's sheet.

    What: the body's enumeration for an annex against the printed labels of its rubric.
    Why: the notice promises that something is assessed, and the sheet does not say where.
    **Bad**
        正文：安全运营、培训宣传、应急处置等情况（附件2）
        附件2 项目：安全运营、培训宣传
    **Good**
        附件2 项目：安全运营、培训宣传、应急处置
    Repair: none by itself; where a group of rows has lost its label, the name is suggested there (section-unlabelled).
    Limits: an enumeration of which fewer than half the names stand on the sheet is no list of sections and is left alone.
    中文: 正文为某附件列举的项目，在该附件表中找不到印出的名称。表中若有一组条目失去名称，建议在 section-unlabelled 中给出。
    列举的名称不到一半能在表中找到的，视为一般叙述，不报。
    """
    for listed, rubric, labelled in _lists_with_rubric(reading):
        others = [s for r in reading.rubrics if r.annex == rubric.annex and r is not rubric for s in r.sections]
        for name in listed.names:
            if any(same_name(name, s.label or "") for s in (*labelled, *others)):  # of several sheets in one annex, on any
                continue
            home = next((s for s in rubric.sections if s.label and s.basis not in SETTLED and same_name(name, s.label)), None)
            zh = f"；应是第 {span_of(home.criteria)} 条" if home else ""
            en = f"; rows {span_of(home.criteria)} fit it" if home else ""
            yield Hit(
                annex=rubric.annex,
                where=home.id if home else rubric.id,
                zh=f"正文列有“{name}”，附件 {rubric.annex} 的表上没有这个项目名称{zh}",
                en=f"the body lists “{name}”, the sheet of annex {rubric.annex} has no such label{en}",
                evidence=(listed.at,),
                values=(fold(name),),
            )


@rule(
    code="RUB012",
    name="section-not-in-body",
    severity="note",
    title="表中项目正文未列",
    clause="GB/T 9704-2012 7.3.7 类推（正文与附件一致）",
)
def section_not_in_body(reading: Reading) -> Iterator[Hit]:
    """Each label of the sheet is named in the body, where the body enumerates the sections.

    What: printed labels against the body's enumeration for that annex.
    Why: the reader of the body does not learn that this is assessed too.
    **Bad**
        正文：安全运营、培训宣传等情况（附件2）
        附件2 项目：日常管理、安全运营、培训宣传
    **Good**
        正文：日常管理、安全运营、培训宣传等情况（附件2）
    Repair: none.
    Limits: bodies that enumerate nothing are left alone; the body may describe a section in other words.
    中文: 正文列举了某附件的项目，而表上某个项目未在列举之中。正文没有列举的不报；正文可能以别的说法描述该项目，只作提示。
    """
    for listed, rubric, labelled in _lists_with_rubric(reading):
        for section in labelled:
            if not any(same_name(n, section.label or "") for n in listed.names):
                yield Hit(
                    annex=rubric.annex,
                    where=section.id,
                    zh=f"附件 {rubric.annex} 的项目“{section.label}”，正文列举时没有提到",
                    en=f"label “{section.label}” of annex {rubric.annex} is not in the body's enumeration",
                    evidence=(section.at, listed.at),
                )


@rule(
    code="RUB013",
    name="section-order-differs",
    severity="note",
    title="项目次序与正文不同",
    clause="GB/T 9704-2012 7.3.7 类推（正文与附件一致）",
)
def section_order_differs(reading: Reading) -> Iterator[Hit]:
    """The sheet's sections stand in the order of the body's enumeration.

    What: the labels that stand in both, in both orders.
    Why: an order that differs points at exchanged labels or pages; it is also evidence the proofs rest on.
    **Bad**
        正文：培训、应急、服务  表：应急、培训、服务
    **Good**
        正文：培训、应急、服务  表：培训、应急、服务
    Repair: none.
    Limits: a body need not follow the sheet; hence a note.
    中文: 正文列举的次序与表上项目次序不同，可能是名称或页面互换。正文未必须与表同序，只作提示。
    """
    for listed, rubric, labelled in _lists_with_rubric(reading):
        body = [s for n in listed.names for s in labelled if same_name(n, s.label or "")]
        unique = list(dict.fromkeys(s.id for s in body))
        sheet = [s.id for s in labelled if s.id in unique]
        if unique != sheet:
            names = {s.id: s.label for s in labelled}
            one, two = "、".join(names[i] or "" for i in unique), "、".join(names[i] or "" for i in sheet)
            yield Hit(
                annex=rubric.annex,
                where=rubric.id,
                zh=f"正文次序“{one}”，附件 {rubric.annex} 表上次序“{two}”",
                en=f"the body's order is “{one}”, the sheet of annex {rubric.annex} has “{two}”",
                evidence=(listed.at,),
            )
