"""Rules over the arithmetic of a rubric: criteria, sections, total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.findings import SETTLED, Proof, Status, Step
from pipeline.model import Criterion, Reading, Rubric, Section
from pipeline.plain import points_text
from pipeline.points import adding, beyond_best, cap_of, is_capped, spare
from pipeline.provenance import Provenance
from pipeline.rules.registry import Hit, rule
from pipeline.rules.sums import (
    absent_points,
    addends,
    is_counted,
    is_worded,
    places,
    section_name,
    span_of,
    sum_of,
    terms,
    top_sections,
    total_closes,
    whole_sums,
    with_children,
)

ALTERNATIVES = Decimal("1.8")
"""A sum this many times the declared value is no misprint: rows exclude each other (choose one), or the table holds more
than one sheet. Reported as a note."""


def _verdict(rubric: Rubric, exact: Status) -> tuple[Status, dict]:
    """How sure the cause is: the resolution's own answer where it is open, else `exact`; with the proof's fields."""
    resolution = rubric.resolution
    if resolution is None:
        return exact, {}
    fields = {
        "explanations": resolution.count,
        "groups": resolution.groups,
        "decide_by": resolution.decide_by,
        "assumes": resolution.assumes,
    }
    return ("undecidable" if resolution.status == "undecidable" else exact), fields


def _rivals(status: Status, fields: dict) -> tuple[str, str]:
    """The half sentence about rival explanations, where the cause is open."""
    count = fields.get("explanations")
    if status != "undecidable" or not count:
        return "", ""
    return f"；有 {count} 种同样好的解释，原因不能判定", f"; {count} explanations are equally good, the cause is undecidable"


@rule(
    code="RUB004",
    name="section-sum-mismatch",
    severity="error",
    title="项目分值与各条之和不符",
    clause="《党政机关公文处理工作条例》第二十条（数字准确）",
)
def section_sum_mismatch(reading: Reading) -> Iterator[Hit]:
    """The points declared for a section equal the sum of its criteria.

    What: the points in a section's label (or in its 小计 row) against the sum of the printed criteria of the section and of
    its subsections. Ranges and options count with their maximum; vetoes do not count; where a label has one line chosen, its best.
    Why: whoever fills in the sheet cannot get the points the label promises, or gets more; totals computed by label and by
    row differ.
    **Bad**
        培训宣传（10分） | 13 | 安全教育台账 | 3
                         | 14 | 持证上岗     | 3
                         | 15 | 社会宣传     | 3
                         | 16 | 发放手册     | 2
    **Good**
        培训宣传（10分） | 14 | 持证上岗     | 3
                         | 15 | 社会宣传     | 5
                         | 16 | 发放手册     | 2
    Repair: only when the boundary is proved and one equation names the wrong number; otherwise the rival explanations are
    counted and the cells are named that would settle it. Nothing is changed.
    Limits: an empty points cell is reported by criterion-without-points; the sum is then compared only if it already exceeds
    the declared points. A fault of the issuer and a fault of a reader are the same arithmetic: only the page tells.
    中文: 项目标注分值（或小计）应等于所属各条分值之和（区间、选项按最高分计，否决项不计）。不符时如边界已证明且只有一个数可疑，
    给出修复；否则列出同样成立的解释数目和应当核对的单元格，不改动任何数字。印错与识别错在算术上无从区分，须看原件。
    """
    for rubric in reading.rubrics:
        for section in rubric.sections:
            yield from _section_hits(rubric, section)
            yield from _label_hits(rubric, section)


def _label_hits(rubric: Rubric, section: Section) -> Iterator[Hit]:
    """What a label says of its lines: that the best counts, or no more than a cap, on the form and in the score too."""
    sums, name, most = addends(section.criteria), section_name(section), section.stated_points or Decimal(0)
    if spare(section):
        zh = f"项目“{name}”写明只取一条：所标 {points_text(most)} 分是最高的一条，各条合计 {sums}；评分时填一条即可，填多条的取最高的一条"
        en = f"section “{name}” has one line chosen: the {points_text(most)} it declares are its best, all sum to {sums}; one score is enough, of several the best counts"
        yield Hit(annex=rubric.annex, where=section.id, severity="note", evidence=(section.at,), zh=zh, en=en)
    if cap_of(section) is not None:
        zh = f"项目“{name}”写明最多 {points_text(most)} 分，各条合计 {sums}；表单和评分的小计以此为限"
        en = f"section “{name}” gives {points_text(most)} at most, its lines {sums}; forms and scores count no more"
        yield Hit(annex=rubric.annex, where=section.id, severity="note", evidence=(section.at,), zh=zh, en=en)


def _section_hits(rubric: Rubric, section: Section) -> Iterator[Hit]:
    criteria = with_children(rubric, section)
    total = _section_sum(section, criteria)
    open_cells = absent_points(criteria)
    printed_subtotal = _subtotal_of(rubric, section)
    for declared, place, worded in (
        (section.stated_points if section.points_basis in SETTLED and not is_capped(section) else None, section.at, False),
        (printed_subtotal[0], printed_subtotal[1], True),
    ):
        if declared is None or declared == total or not any(is_counted(c) for c in criteria):
            continue
        if worded and declared == section.stated_points:
            continue
        if open_cells and total < declared and any(c.basis == "printed" for c in open_cells):
            continue
        if any(is_worded(c) and c.kind != "veto" for c in criteria) and total < declared:
            continue
        if declared == total - beyond_best(section):
            yield _several_hit(rubric, section)
            continue
        yield _section_hit(rubric, section, criteria, declared, total, place, worded)


def _several_hit(rubric: Rubric, section: Section) -> Hit:
    """A section's points are those of its best two or more, which forms and scores do not choose."""
    sums, name = addends(section.criteria), section_name(section)
    return Hit(
        annex=rubric.annex, where=section.id, severity="note", evidence=(section.at,),
        zh=f"项目“{name}”写明任选几条：所标分值恰为最高的几条，各条合计 {sums}；表单和评分把各条全部相加，未选的须留空或自行扣除",
        en=f"section “{name}” has several lines chosen: the points it declares are its best, all sum to {sums}; forms and scores add them all",
    )  # fmt: skip


def _section_sum(section: Section, criteria: list[Criterion]) -> Decimal:
    """A bonus section sums its bonus rows, a deduction section its deductions; both may also be typed as plain points."""
    plain = sum_of(criteria, "scored")
    return plain if section.kind == "scored" else plain + sum_of(criteria, section.kind)


def _subtotal_of(rubric: Rubric, section: Section) -> tuple[Decimal | None, Provenance | None]:
    """The 小计 row that stands right after the section's last printed criterion, and no other stands among its
    rows; of a section with parts where it is nearer to what all have than to what the last one has, whose own it may be."""
    order = {c.id: i for i, c in enumerate(rubric.printed())}
    rows = [order[c.id] for c in with_children(rubric, section) if c.id in order]
    if not rows or section.parent is not None:
        return None, None
    marks = [s for s in rubric.subtotals if s.after == rows[-1] and s.points is not None and "计" in s.label]
    before = [s.after for s in rubric.subtotals if s.after is not None and s.after < rows[-1]]
    if not marks or max(before, default=-1) + 1 != rows[0]:
        return None, None
    stated, parts = marks[0].points, [s for s in rubric.sections if s.parent == section.id and s.criteria]
    whole, last = (_section_sum(section, with_children(rubric, s)) for s in (section, parts[-1] if parts else section))
    if parts and stated is not None and abs(stated - last) <= abs(stated - whole):
        return None, None
    return stated, marks[0].at


def _section_hit(
    rubric: Rubric, section: Section, criteria: list[Criterion], declared: Decimal, total: Decimal,
    place: Provenance | None, worded: bool,
) -> Hit:  # fmt: skip
    absent = [c for c in criteria if c.basis == "inferred" and c.max_points is not None]
    explained = bool(absent) and total + sum(c.max_points or Decimal(0) for c in absent) == declared
    sure: Status = "supported" if _covers_open(rubric, section) else "proved"
    status, fields = _verdict(rubric, "conditional" if explained else sure)
    zh, en = _rivals(status, fields)
    if explained:
        numbers = ", ".join(c.number or "?" for c in absent)
        zh, en = f"；差数恰为所缺序号 {numbers}", f"; the difference is what number {numbers}, absent, would carry"
    elif total_closes(rubric):
        zh, en = _closing(rubric, zh, en)
    printed = [c for c in criteria if c.basis != "inferred"]
    shown, names = section_name(section), span_of(printed)
    word, word_en = ("小计", "subtotal") if worded else ("标注", "declared")
    return Hit(
        annex=rubric.annex,
        where=section.id,
        status=status,
        severity="note" if total >= ALTERNATIVES * declared and not total_closes(rubric) else None,
        zh=f"“{shown}”{word} {points_text(declared)} 分，第 {names} 条合计 {points_text(total)} 分{zh}",
        en=f"“{shown}” {word_en} {points_text(declared)} points, criteria {names} sum to {points_text(total)}{en}",
        evidence=(place, *(c.points_at for c in printed)),
        proof=_section_proof(rubric, section, printed, declared, place, fields),
        values=(points_text(declared), points_text(total), word_en),
    )


def _covers_open(rubric: Rubric, section: Section) -> bool:
    """Whether which rows the section has is not printed: no cells are merged, and some labels evidently stand elsewhere than
    at their first rows (in the middle of them, where every row is ruled from border to border)."""
    if any(m.merged for m in rubric.labels) or not _stands_beside(section):
        return False
    first = next((s for s in rubric.sections if s.criteria), section)
    return (first.at is None and first.parent is None) or any(s.displaced for s in rubric.sections)


def _stands_beside(section: Section) -> bool:
    """Whether a label stands on the page beside a row, not in a row of its own above them."""
    if section.at is None or section.at.bbox is None:
        return False
    middle = (section.at.bbox[1] + section.at.bbox[3]) / 2
    rows = [c.at for c in section.criteria if c.at is not None and c.at.page == section.at.page]
    return any(at.bbox is not None and at.bbox[1] < middle < at.bbox[3] for at in rows)


def _closing(rubric: Rubric, zh: str, en: str) -> tuple[str, str]:
    total = points_text(rubric.stated_total or Decimal(0))
    return f"；全表合计 {total} 分与总分相符{zh}", f"; the whole sheet sums to the stated total {total}{en}"


def _section_proof(
    rubric: Rubric, section: Section, criteria: list[Criterion], declared: Decimal, place: Provenance | None, fields: dict
) -> Proof:
    total = sum_of(criteria, "scored") if section.kind == "scored" else _section_sum(section, criteria)
    steps = [
        Step("sum", addends(criteria), tuple(c.id for c in criteria), points_text(total), places(criteria)),
        Step("declared", f"{section_name(section)}: {points_text(declared)}", (section.id,), points_text(declared), (place,) if place else ()),
        Step("compare", f"{points_text(total)} − {points_text(declared)} = {points_text(total - declared)}", (section.id,), None),
    ]
    labels = [s for s in top_sections(rubric) if s.kind == "scored" and s.stated_points is not None]
    if rubric.stated_total is not None and len(labels) == len([s for s in top_sections(rubric) if s.kind == "scored"]) > 1:
        whole = sum((s.stated_points for s in labels if s.stated_points is not None), Decimal(0))
        text = f"{terms([s.stated_points for s in labels if s.stated_points is not None])} = {points_text(whole)}"
        steps.append(Step("labels", text, tuple(s.id for s in labels), points_text(whole), tuple(s.at for s in labels if s.at)))
    margin = section.boundary.margin if section.boundary else None
    claim = f"第 {span_of(criteria)} 条之和 {points_text(total)} ≠ 标注 {points_text(declared)}"
    claim_en = f"criteria {span_of(criteria)} sum to {points_text(total)} ≠ declared {points_text(declared)}"
    return Proof(claim=claim, claim_en=claim_en, steps=tuple(steps), margin=margin, redundancy=2 if total_closes(rubric) else 1, **fields)


@rule(
    code="RUB005",
    name="total-mismatch",
    severity="error",
    title="总分与各条之和不符",
    clause="《党政机关公文处理工作条例》第二十条（数字准确）",
)
def total_mismatch(reading: Reading) -> Iterator[Hit]:
    """The stated total equals the sum of the printed criteria, or of the declared sections.

    What: the printed total (last row, title or header) against the sum of all scored criteria; a bonus section may stand
    outside or inside the total. Where a criterion's points are unknown, the declared sections are summed.
    Why: the total is what grades are read from.
    **Bad**
        1    | 制度健全 | 40
        2    | 台账齐全 | 50
        总评 |          | 100
    **Good**
        1    | 制度健全 | 50
        2    | 台账齐全 | 50
        总评 |          | 100
    Repair: none for the total itself; an absent number or an empty cell may be repaired by this equation.
    Limits: no printed total, no finding. Bonus points inside the total on one sheet and outside on its sisters are a warning,
    supported by the sisters only. A sum far above the total (rows that exclude each other) is only noted. With an empty points cell the sum is compared only if it already exceeds the total;
    sections that then declare too much by exactly one of them are undecidable (one may stand for another; a note where a second declares as much).
    The total may be any number (40, 110, 150, 1000); it is never assumed to be 100.
    中文: 印出的总分应等于全部计分条目之和（加分项可在总分之外，也可在内；与同一通知的其他表算法不一的予以提示）；有条目分值不明时比对各项目标注分之和，恰好多出其中一项的（或为任选）不能判定。没有印总分则不检查，
    总分可以是任何数，绝不假定为 100。
    """
    for rubric in reading.rubrics:
        if rubric.stated_total is None or rubric.total_basis not in SETTLED:
            continue
        yield from _total_hits(rubric, rubric.stated_total)
    odd = _odd_about_bonus(reading.rubrics)
    if odd is not None:
        yield _bonus_hit(*odd)


def _odd_about_bonus(rubrics: Sequence[Rubric]) -> tuple[Rubric, Rubric] | None:
    """The one sheet whose total holds its bonus where its sisters' do not, or the other way round, and a sister. Of two
    sheets that differ, the odd one is that whose total is not 100."""
    sides: dict[bool, list[Rubric]] = {True: [], False: []}
    for rubric in rubrics:
        base, whole = whole_sums(rubric)
        if base != whole and rubric.stated_total in (base, whole) and rubric.total_basis in SETTLED:
            sides[rubric.stated_total == whole].append(rubric)
    few, many = sorted(sides.values(), key=len)
    if len(many) == 1 and few:
        few, many = sorted((few, many), key=lambda side: side[0].stated_total == 100)
        if few[0].stated_total == 100 or many[0].stated_total != 100:
            return None
    return (few[0], many[0]) if len(few) == 1 else None


def _bonus_hit(odd: Rubric, sister: Rubric) -> Hit:
    base, whole = whole_sums(odd)
    stated, usual = (whole, base) if odd.stated_total == whole else (base, whole)
    holds = ("包含", "holds") if stated == whole else ("不含", "leaves out")
    other = ("不含", "leaves out") if stated == whole else ("包含", "holds")
    name = f"附件 {sister.annex} " if sister.annex else "另一表"
    return Hit(
        annex=odd.annex,
        where=f"{odd.id}~{sister.id}",
        status="supported",
        severity="warning",
        zh=f"总分印为 {points_text(stated)} 分，{holds[0]}加分 {points_text(whole - base)} 分，而{name}的总分{other[0]}加分；按同样算法应为 {points_text(usual)} 分",
        en=f"the stated total {points_text(stated)} {holds[1]} the bonus of {points_text(whole - base)}, that of {sister.id} {other[1]} it; reckoned alike it were {points_text(usual)}",
        evidence=(odd.total_at, sister.total_at),
        values=(points_text(stated), points_text(usual)),
    )


def _total_hits(rubric: Rubric, stated: Decimal) -> Iterator[Hit]:
    criteria = [c for s in rubric.sections for c in adding(s) if c.basis in SETTLED]
    if any(is_counted(c) and c.kind != "deduction" for c in criteria):  # what is only deducted from the total makes no sum
        base, whole = whole_sums(rubric)
        unknown = [c for c in absent_points(criteria) if c.basis == "printed"]
        taking = {c.id for s in rubric.sections if s.kind == "deduction" for c in s.criteria}  # what these cost is no part of the total
        worded = any(is_worded(c) and c.kind != "veto" and c.id not in taking for c in criteria)
        if stated not in (base, whole) and (base > stated or not (unknown or worded)):
            yield _total_hit(rubric, criteria, stated, base)
            return
        if stated in (base, whole) or not unknown:
            return
    labels = [s for s in top_sections(rubric) if s.kind == "scored"]
    values = [s.stated_points for s in labels if s.stated_points is not None and s.points_basis in SETTLED]
    outside = sum((s.stated_points or Decimal(0) for s in top_sections(rubric) if s.kind == "bonus"), Decimal(0))
    rivals = len(values) > 2 and any(c.max_points is not None for c in criteria)  # one section may stand for another
    if len(values) == len(labels) > 1 and stated not in (sum(values), sum(values) + outside):
        yield _label_hit(rubric, labels, values, stated, [v for v in values if sum(values) - v == stated] if rivals else [])


def _total_hit(rubric: Rubric, criteria: list[Criterion], stated: Decimal, base: Decimal) -> Hit:
    absent = [c for c in rubric.criteria() if c.basis == "inferred" and c.max_points is not None]
    explained = bool(absent) and base + sum(c.max_points or Decimal(0) for c in absent) == stated
    zh = en = ""
    if explained:
        numbers = ", ".join(c.number or "?" for c in absent)
        zh, en = f"；差数恰为所缺序号 {numbers}", f"; the difference is what number {numbers}, absent, would carry"
    unpriced = [s for s in rubric.sections if s.kind == "scored" and beyond_best(s)]
    choice = bool(unpriced) and not explained and base - sum(map(beyond_best, unpriced)) == stated
    if choice:
        names, ids = "、".join(map(section_name, unpriced)), ", ".join(f"{s.id}.stated_points" for s in unpriced)
        zh = f"；“{names}”写有任选，只计最高的一条或所选的几条恰合总分：或是任选，或有一数印错，不能判定（decide set {ids} 可定）"
        en = f"; “{names}” has some lines chosen, the best alone make the total: a choice or a misprint is undecidable (decide set {ids})"
    counted = [c for c in criteria if is_counted(c) and c.kind == "scored"]
    difference = points_text(stated - base) if stated > base else f"−{points_text(base - stated)}"
    return Hit(
        annex=rubric.annex, where=rubric.id, evidence=(rubric.total_at,), values=(points_text(stated), points_text(base)),
        status="conditional" if explained else "undecidable" if choice else "proved",
        severity="note" if base >= ALTERNATIVES * stated else "warning" if choice else None,
        zh=f"总分印为 {points_text(stated)} 分，{len(counted)} 条合计 {points_text(base)} 分，相差 {difference}{zh}",
        en=f"the stated total is {points_text(stated)} points, {len(counted)} criteria sum to {points_text(base)}, difference {difference}{en}",
        proof=Proof(
            claim=f"各条之和 {points_text(base)} ≠ 总分 {points_text(stated)}",
            claim_en=f"criteria sum to {points_text(base)} ≠ stated total {points_text(stated)}",
            steps=(*_sums_by_section(rubric), *_total_steps(rubric, stated, base)),
            redundancy=1,
            explanations=2 if choice else None,
        ),
    )  # fmt: skip


def _sums_by_section(rubric: Rubric) -> Iterator[Step]:
    """One line of arithmetic a section, so that a person can follow with a finger."""
    for section in rubric.sections:
        rows = [c for c in adding(section) if is_counted(c) and c.kind == "scored"]
        if rows and section.kind == "scored":
            value = sum_of(rows, "scored")
            text = f"{section_name(section)} {span_of(rows)}: {addends(rows)}" if section.label else f"{span_of(rows)}: {addends(rows)}"
            yield Step("sum", text, tuple(c.id for c in rows), points_text(value), places(rows))


def _total_steps(rubric: Rubric, stated: Decimal, base: Decimal) -> Iterator[Step]:
    parts = [sum_of(adding(s), "scored") for s in rubric.sections if s.kind == "scored" and any(is_counted(c) for c in s.criteria)]
    if len(parts) > 1:
        yield Step("sum", f"{terms(parts)} = {points_text(base)}", (rubric.id,), points_text(base))
    place = (rubric.total_at,) if rubric.total_at else ()
    yield Step("declared", points_text(stated), (rubric.id,), points_text(stated), place)


def _label_hit(rubric: Rubric, labels: list[Section], values: list[Decimal], stated: Decimal, spare: list[Decimal]) -> Hit:
    """`spare`: labels without one of which the others make the total; where two of them are equal, one may stand for the other."""
    total = sum(values, Decimal(0))
    text = f"{terms(values)} = {points_text(total)}"
    zh = en = ""
    if spare:
        zh = f"；少计其中一项（{points_text(spare[0])} 分）恰合总分：或任选其一，或有一数印错，不能判定"
        en = f"; without one of {points_text(spare[0])} they make the total: a choice of sections, or a misprint, is undecidable"
    return Hit(
        annex=rubric.annex,
        where=rubric.id,
        status="undecidable" if spare else "proved",
        severity="note" if len(spare) > 1 else "warning" if spare else None,
        zh=f"总分印为 {points_text(stated)} 分，{len(labels)} 个项目标注合计 {points_text(total)} 分{zh}",
        en=f"the stated total is {points_text(stated)} points, {len(labels)} sections declare {points_text(total)}{en}",
        evidence=(rubric.total_at, *(s.at for s in labels)),
        proof=Proof(
            claim=f"各项目之和 {points_text(total)} ≠ 总分 {points_text(stated)}",
            claim_en=f"sections sum to {points_text(total)} ≠ stated total {points_text(stated)}",
            steps=(Step("sum", text, tuple(s.id for s in labels), points_text(total)),),
            explanations=1 + len(spare) if spare else None,
        ),
        values=(points_text(stated), points_text(total)),
    )
