"""The workbook: all figures, and for each single number the way back to the form it was written on."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

import xlsxwriter
from msgspec import Struct

from pipeline.assessment import ItemEntry, ItemScore, Scorecard, SheetScore
from pipeline.formats.xlsx import MADE
from pipeline.provenance import Provenance
from pipeline.results import group as groups
from pipeline.results import unit
from pipeline.results.charts import size_of
from pipeline.results.words import grade_text, policy_text, section_name, to_places, unit_name

BASIS = {"printed": "原文", "proved": "证得", "inferred": "推定", "confirmed": "确认"}
Value = str | int | Decimal | None


class Table(Struct, frozen=True):
    """One worksheet: (title, width in characters) of each column, and its rows."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Value, ...], ...]


def workbook(cards: Sequence[Scorecard]) -> bytes:
    """All figures as XLSX. Texts are written as texts, never as formulas or links; scores as numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "评价结果", "created": MADE})
    plain = {"font_name": "宋体", "font_size": 10, "border": 1, "valign": "vcenter"}
    looks = {
        "head": book.add_format({**plain, "bold": True, "bg_color": "#E8E8E8", "align": "center", "text_wrap": True}),
        "text": book.add_format({**plain, "text_wrap": True, "num_format": "@"}),
        "number": book.add_format(plain),
    }
    for table in tables(cards):
        _write(book, table, looks)
    book.close()
    return out.getvalue()


def tables(cards: Sequence[Scorecard]) -> tuple[Table, ...]:
    """The worksheets as data."""
    named = ("评价表", 30), ("被评价单位", 30)
    score = ("得分", 9), ("满分", 9)
    return (
        Table("总表", (*named, ("名次", 8), ("总分", 9), ("满分", 9), ("等次", 10), ("一票否决", 10), ("未定事项", 50)), tuple(_totals(cards))),
        Table("项目", (*named, ("项目", 20), *score, ("各单位平均", 12)), tuple(_sections(cards))),
        Table(
            "条目", (*named, ("序号", 8), ("评价内容", 60), *score, ("失分", 9), ("条目依据", 10), ("扣分理由", 36)),
            tuple(_item(c, i) for c in cards for i in c.items),
        ),
        Table(
            "来历",
            (named[1], ("条目", 13), ("评价人", 10), ("日期", 12), ("轮次", 10), ("填写分值", 9), ("采用", 10), ("页或栏", 26),
             ("评价表文件", 26), ("文件 SHA-256（前 16 位）", 18), ("评价表摘要（前 16 位）", 18), ("采用的人工决定", 14)),
            tuple(_origins(cards)),
        ),
        Table(
            "评价表",
            (*named, ("评价人", 10), ("日期", 12), ("轮次", 10), ("总评", 9), ("采用", 10), ("格式", 7), ("版次", 10), ("文件 SHA-256", 34),
             ("评价表摘要", 34)),
            tuple(_sheets(cards)),
        ),
        Table("办法", (*named, ("评分办法", 100)), tuple((*_head(c), policy_text(c.policy)) for c in cards)),
    )  # fmt: skip


def _head(card: Scorecard) -> tuple[str, str]:
    return card.title or card.rubric, unit_name(card)


def _item(card: Scorecard, i: ItemScore) -> tuple:
    points = groups.counted(i), _most(i), groups.points_off(i)
    return (*_head(card), i.number, i.text, *points, BASIS[i.basis], _reason(i))


def _most(item: ItemScore) -> Decimal | None:
    """What the criterion can add to the total; a deduction adds nothing."""
    return None if item.kind == "deduction" else item.max_points


def _reason(item: ItemScore) -> str:
    return "" if (said := unit.reasons(item)) == "—" else said


def _totals(cards: Sequence[Scorecard]) -> Iterator[tuple[Value, ...]]:
    for own in groups.by_rubric(cards):
        for c in own:
            yield *_head(c), groups.place(c, own), c.total, c.possible, grade_text(c), "是" if c.vetoed else "", "；".join(c.open)


def _sections(cards: Sequence[Scorecard]) -> Iterator[tuple[Value, ...]]:
    for own in groups.by_rubric(cards):
        means = groups.sections(own)
        for c in own:
            for s in c.sections:
                most = s.possible if s.kind != "deduction" else None
                yield *_head(c), section_name(s) if s.label else None, groups.counted(s), most, to_places(means[s.id].mean) if s.id in means else None


def _origins(cards: Sequence[Scorecard]) -> Iterator[tuple[Value, ...]]:
    for card in cards:
        for item in card.items:
            for entry in item.entries:
                yield _origin(card, item, entry)


def _origin(card: Scorecard, item: ItemScore, entry: ItemEntry) -> tuple[Value, ...]:
    sheet = card.assessments[entry.assessment - 1]
    value: Value = entry.value if entry.value is not None else "不适用" if entry.not_applicable else "未填"
    return (
        unit_name(card), item.criterion, _who(card, entry.assessment), sheet.date, sheet.round, value, _used(sheet),
        place_text(entry.at, sheet.source.row), sheet.source.file if card.policy.show_assessors else "不公开", sheet.source.sha256[:16],
        (sheet.rubric_digest or "")[:16], "、".join(card.decisions),
    )  # fmt: skip


def _sheets(cards: Sequence[Scorecard]) -> Iterator[tuple[Value, ...]]:
    for card in cards:
        for n, sheet in enumerate(card.assessments, start=1):
            source = sheet.source
            yield (*_head(card), _who(card, n), sheet.date, sheet.round, sheet.total, _used(sheet), source.format, card.revision, source.sha256,
                   sheet.rubric_digest)  # fmt: skip


def _who(card: Scorecard, number: int) -> str:
    """An assessor by number, by name only where the policy says so."""
    return (card.assessments[number - 1].assessor or "（未签）") if card.policy.show_assessors else f"第 {number} 位"


def _used(sheet: SheetScore) -> str:
    return "是" if sheet.used else sheet.reason or "否"


def place_text(at: Provenance | None, row: int | None) -> str:
    """Where a value stands in its form: page and rectangle, cell or path, line; the row of a table of many forms."""
    parts = [f"第 {row} 行"] if row is not None else []
    if at is not None and at.page is not None:
        parts.append(f"第 {at.page} 页" + (f" ({', '.join(f'{v:.0f}' for v in at.bbox)})" if at.bbox else ""))
    if at is not None and at.path:
        parts.append(at.path)
    if at is not None and at.line is not None:
        parts.append(f"第 {at.line} 行")
    return "，".join(parts)


def _write(book: xlsxwriter.Workbook, table: Table, looks: dict[str, xlsxwriter.format.Format]) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.set_row(0, 30)
    for col, (title, width) in enumerate(table.columns):
        sheet.write_string(0, col, title, looks["head"])
        sheet.set_column(col, col, width)
    for r, row in enumerate(table.rows, start=1):
        for col, value in enumerate(row):
            if isinstance(value, (Decimal, int)):
                sheet.write_number(r, col, float(value), looks["number"])
            else:
                sheet.write_string(r, col, value or "", looks["text"])
        sheet.set_row(r, _height(row, table.columns))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C— &P —")


def _height(row: Sequence[Value], columns: Sequence[tuple[str, int]]) -> float:
    """Points that the longest cell needs when it is wrapped: office programs set no height by themselves when they print."""
    lines = max(-(-2 * size_of(str(v)) // (width - 1)) for v, (_, width) in zip(row, columns, strict=True) if v is not None)
    return 4 + 13.5 * max(1, lines)
