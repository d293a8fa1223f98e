"""The scored report of one unit: result, sections against maxima and against the group, points lost, where numbers come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec.structs import replace

from pipeline.assessment import FormFile, ItemScore, Scorecard, SectionScore, SheetScore
from pipeline.findings import SETTLED
from pipeline.ordinals import NUMERALS
from pipeline.plain import points_text
from pipeline.results import group as groups
from pipeline.results.charts import Bar, bars, said
from pipeline.results.pages import Block, Bullets, Column, Figure, Grid, Heading, Page, Paragraph, Result
from pipeline.results.words import (
    grade_text,
    identity,
    in_sections,
    latest,
    number,
    policy_text,
    section_name,
    share,
    signed,
    to_places,
    unit_name,
)

INFERRED = "（原表未印，推定）"


def page(card: Scorecard, group: Sequence[Scorecard]) -> Page:
    """The report; `group`: every scorecard of the same rubric, this one included."""
    parts: list[tuple[str, list[Block]]] = [
        ("各项目得分", list(_sections(card, group))),
        ("不适用的条目", [Paragraph(text, "small") for text in _left_out(card)]),
        ("同表各单位比较", list(_compared(card, group))),
        ("失分情况", list(_lost(card))),
        ("评分复核", [Bullets(tuple(f.message for f in card.findings))] if card.findings else []),
        ("分数来历", list(_origins(card))),
    ]
    blocks: list[Block] = [Paragraph(f"被评价单位：{unit_name(card)}", "lead"), _result(card, group), *_remarks(card)]
    for index, (title, own) in enumerate(p for p in parts if p[1]):
        blocks += [Heading(f"{NUMERALS[index]}、{title}"), *own]
    name = f"{unit_name(card)}　{card.title or ''}评价结果"
    return Page(name, ((card.title, "评价结果") if card.title else ("评价结果",)), identity(card), tuple(blocks), latest([card]))


def published(card: Scorecard) -> Scorecard:
    """The scorecard as it may travel with a published report: assessors and file names only where the policy says so."""
    if card.policy.show_assessors:
        return card
    sheets = tuple(
        replace(a, assessor=None, source=FormFile("", a.source.sha256, a.source.format, a.source.row)) for a in card.assessments
    )
    return replace(card, assessments=sheets)


def _result(card: Scorecard, group: Sequence[Scorecard]) -> Result:
    values = [("一票否决", "是", "")] if card.vetoed else []
    possible = f"/ {number(card.possible)}" if card.possible is not None else ""
    if card.total is None:
        values.append(("总分", "未定", ""))
    else:
        values.append(("总分" if card.complete else "已评部分得分", number(card.total), possible))
    values.append(("等次", grade_text(card), ""))
    place = groups.place(card, group)
    ranked = sum(groups.ranked(c) for c in group)
    if place is not None and ranked > 1:
        values.append(("名次", str(place), f"/ {ranked}"))
    return Result(tuple(values))


def _remarks(card: Scorecard) -> Iterator[Block]:
    if card.vetoed:
        yield Bullets(card.veto_texts, "一票否决情形")
    if card.open:
        yield Bullets(card.open, "未能确定的事项")


def _sections(card: Scorecard, group: Sequence[Scorecard]) -> Iterator[Block]:
    means = groups.sections(group) if len(group) > 1 else {}
    shown = [s for s in card.sections if s.possible and s.kind != "deduction"]
    if not in_sections(card):
        return
    unfinished = {i.section for i in card.items if i.total is None and not _gone(i)}
    rows = [
        Bar(_label(s) + ("（未评完）" if s.id in unfinished else ""), s.total, s.possible or Decimal(0),
            to_places(means[s.id].mean) if s.id in means else None)
        for s in shown
    ]  # fmt: skip
    if rows:
        yield Figure(bars(rows, "各项目得分与满分", "sections"), f"各项目得分与满分：{said(rows)}")
    columns = [Column("项目"), Column("得分", 17, "right"), Column("满分", 17, "right"), Column("得分率", 18, "right")]
    columns += [Column("各单位平均", 22, "right"), Column("与平均之差", 22, "right")] if means else []
    table = []
    for s in card.sections:
        own = groups.counted(s)
        whole, most = own if s.id not in unfinished else None, s.possible if s.kind != "deduction" else None
        got = number(own) if whole is not None or own is None else f"（{number(own)}）"
        cells = [_label(s), got, number(most), share(whole, most)]
        if means:
            mean = to_places(means[s.id].mean) if s.id in means else None
            cells += [number(mean), signed(whole - mean) if whole is not None and mean is not None else "—"]
        table.append(tuple(cells))
    yield Grid("各项目得分", tuple(columns), tuple(table))
    if unfinished:
        yield Paragraph("括号内的得分尚未评完，不作比较。", "small")


def _left_out(card: Scorecard) -> Iterator[str]:
    gone = [i for i in card.items if _gone(i)]
    if gone:
        named = "；".join(f"{_number(i)}（{next(e.not_applicable for e in i.entries if e.not_applicable)}）" for i in gone)
        yield f"标为不适用的条目：{named}。"
    if gone and card.policy.not_applicable == "exclude-and-scale" and len(card.assessments) == 1 and card.complete:
        own = [s for s in card.sections if s.kind == "scored"]
        got, most = (sum((v or Decimal(0) for v in values), Decimal(0)) for values in ((s.total for s in own), (s.possible for s in own)))
        yield f"折算：适用条目得 {points_text(got)} 分、满分 {points_text(most)} 分，按评价表满分折算。"


def _gone(item: ItemScore) -> bool:
    return any(e.not_applicable for e in item.entries)


def _compared(card: Scorecard, group: Sequence[Scorecard]) -> Iterator[Block]:
    spread = groups.totals(group)
    if spread is None or spread.count < 2 or not card.complete or card.total is None:
        return
    mean = to_places(spread.mean)
    cells = (number(card.total), number(mean), number(spread.highest), number(spread.lowest), signed(card.total - mean))
    titles = ("本单位总分", "各单位平均", "最高", "最低", "与平均之差")
    yield Grid("同表各单位比较", tuple(Column(t, 0, "center") for t in titles), (cells,), -1)
    yield Paragraph(f"同一评价表共有 {spread.count} 家单位评完；平均数只供比较，不影响得分与等次。", "small")


def _lost(card: Scorecard) -> Iterator[Block]:
    items = groups.costly(card)
    if not card.items:
        return
    if not items:
        yield Paragraph("没有失分。", "flush")
        return
    whole = sum((groups.points_off(i) for i in items), Decimal(0))
    yield Paragraph(f"共 {len(items)} 条失分，合计 {points_text(whole)} 分，按失分多少排列。", "flush")
    labels = {s.id: _label(s) for s in card.sections}
    columns = (Column("序号", 14, "center"), Column("项目", 22), Column("评价内容"), Column("得分/满分", 25, "center"),
               Column("失分", 13, "center"), Column("扣分理由"))  # fmt: skip
    rows = tuple(
        (i.number or "—", labels.get(i.section, ""), item_text(i), _given(i), points_text(groups.points_off(i)), reasons(i)) for i in items
    )
    yield without_blanks(Grid("失分情况", columns, rows), card)


def _given(item: ItemScore) -> str:
    """What a criterion got of what it can give; a deduction has no most."""
    return number(groups.counted(item)) if item.kind == "deduction" else f"{number(item.total)} / {number(item.max_points)}"


def without_blanks(grid: Grid, card: Scorecard) -> Grid:
    """The table without the columns of what the sheet has none of, numbers or sections; the criterion's text names the row
    where it has no numbers."""
    blank = {"序号"} if all(row[0] == "—" for row in grid.rows) else set()
    blank |= set() if in_sections(card) else {"项目"}
    kept = [i for i, column in enumerate(grid.columns) if column.title not in blank]
    columns = tuple(grid.columns[i] for i in kept)
    label = next(i for i, column in enumerate(columns) if column.title == ("评价内容" if "序号" in blank else "序号"))
    return replace(grid, columns=columns, rows=tuple(tuple(row[i] for i in kept) for row in grid.rows), label=label)


def reasons(item: ItemScore) -> str:
    """The assessors' reasons, each once; — when nobody wrote one."""
    return "；".join(dict.fromkeys(e.note.strip() for e in item.entries if e.note and e.note.strip())) or "—"


def item_text(item: ItemScore) -> str:
    """The criterion's text, marked when it is not printed."""
    return (item.text or "（原文缺）") + ("" if item.basis in SETTLED else INFERRED)


def _origins(card: Scorecard) -> Iterator[Block]:
    yield Grid("评价表", *_sheets(card, card.policy.show_assessors))
    if card.rounds:
        weights = tuple((r.name, f"{points_text(r.weight)}%", str(r.sheets), number(r.total)) for r in card.rounds)
        yield Grid("轮次", (Column("轮次"), Column("权重", 24, "right"), Column("评价表份数", 28, "right"), Column("轮次得分", 28, "right")), weights)
    if card.agreement:
        yield Paragraph(_agreement(card), "small")
    decided = f"评价表按人工决定 {'、'.join(card.decisions)} 修正。" if card.decisions else ""
    yield Paragraph(f"评分办法：{policy_text(card.policy)}{decided}每个得分所在的评价表、页与栏见所附评分数据。", "small")


def _sheets(card: Scorecard, named: bool) -> tuple[tuple[Column, ...], tuple[tuple[str, ...], ...]]:
    """One row for each assessment; the round only where there are rounds."""
    rounds = bool(card.rounds) or any(a.round for a in card.assessments)
    columns = [Column("评价人", 30), Column("日期", 28, "center"), Column("总评", 16, "right"), Column("采用", 30, "center"), Column("评价表文件（SHA-256 前 16 位）")]
    rows = []
    for n, a in enumerate(card.assessments, start=1):
        who = (a.assessor or "（未签）") if named else f"第 {n} 位"
        file = f"{a.source.file} " if named and a.source.file else ""
        row = [who, a.date or "—", number(a.total), _used(a, card), file + (a.source.sha256[:16] or "—")]
        rows.append(tuple([*row[:2], a.round or "—", *row[2:]] if rounds else row))
    return tuple([*columns[:2], Column("轮次", 22, "center"), *columns[2:]] if rounds else columns), tuple(rows)


def _used(sheet: SheetScore, card: Scorecard) -> str:
    if sheet.used:
        return "是"
    return "否（见上）" if sheet.reason in card.open else sheet.reason or "否"


def _agreement(card: Scorecard) -> str:
    found = card.agreement
    if found is None:
        return ""
    text = f"{found.sheets} 份评价表总评最低 {number(found.lowest)}、最高 {number(found.highest)}"
    text += f"，相差 {points_text(found.highest - found.lowest)} 分" if found.highest is not None and found.lowest is not None else ""
    alpha = f"Krippendorff α 为 {found.alpha}" if found.alpha is not None else found.remark or "未计算一致性系数"
    return f"{text}；{alpha}（一致性只供参考，不影响得分）。"


def _label(section: SectionScore) -> str:
    return section_name(section) + ("" if section.basis in SETTLED or not section.label else "（名称推定）")


def _number(item: ItemScore) -> str:
    return f"第 {item.number} 项" if item.number else item.criterion
