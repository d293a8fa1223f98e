"""The workbook: all figures, and for each single number the way back to the form it was written on."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter

from pipeline.assessment import ItemEntry, ItemScore, Scorecard
from pipeline.formats.xlsx import MADE
from pipeline.provenance import Provenance
from pipeline.results import group as groups
from pipeline.results import unit
from pipeline.results.words import grade_text, policy_text, to_places, unit_name

BASIS = {"printed": "原文", "proved": "证得", "inferred": "推定", "confirmed": "确认"}
Value = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Table:
    """One worksheet: (title, width in characters) of each column, and its rows."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Value, ...], ...]


def workbook(cards: Sequence[Scorecard]) -> bytes:
    """All figures as XLSX. Texts are written as texts, never as formulas or links; scores as numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "评价结果", "created": MADE})
    looks = {
        "head": book.add_format({"bold": True, "bg_color": "#E8E8E8", "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}),
        "text": book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True, "num_format": "@"}),
        "number": book.add_format({"border": 1, "valign": "vcenter"}),
    }
    for table in tables(cards):
        _write(book, table, looks)
    book.close()
    return out.getvalue()


def tables(cards: Sequence[Scorecard]) -> tuple[Table, ...]:
    """The worksheets as data."""
    named = ("评价表", 30), ("被评价单位", 26)
    score = ("得分", 9), ("满分", 9)
    return (
        Table("总表", (*named, ("名次", 8), ("总分", 9), ("满分", 9), ("等次", 10), ("一票否决", 10), ("未定事项", 50)), tuple(_totals(cards))),
        Table("项目", (*named, ("项目", 20), *score, ("各单位平均", 12)), tuple(_sections(cards))),
        Table(
            "条目", (*named, ("序号", 8), ("评价内容", 60), *score, ("失分", 9), ("条目依据", 10), ("扣分理由", 36)),
            tuple((*_head(c), i.number, i.text, i.total, i.max_points, groups.points_off(i), BASIS[i.basis], _reason(i)) for c in cards for i in c.items),
        ),
        Table(
            "来历",
            (*named, ("条目", 16), ("评价人", 14), ("日期", 12), ("轮次", 12), ("填写分值", 10), ("采用", 12), ("评价表文件", 34),
             ("文件 SHA-256", 22), ("格式", 8), ("页或栏", 34), ("版次", 12), ("评价表摘要", 22), ("采用的人工决定", 20)),
            tuple(_origins(cards)),
        ),
        Table("办法", (*named, ("评分办法", 100)), tuple((*_head(c), policy_text(c.policy)) for c in cards)),
    )  # fmt: skip


def _head(card: Scorecard) -> tuple[str, str]:
    return card.title or card.rubric, unit_name(card)


def _reason(item: ItemScore) -> str:
    return "" if (said := unit.reasons(item)) == "—" else said


def _totals(cards: Sequence[Scorecard]) -> Iterator[tuple[Value, ...]]:
    for own in groups.by_rubric(cards):
        for place, c in zip(groups.places(own), own, strict=True):
            yield *_head(c), place, c.total, c.possible, grade_text(c), "是" if c.vetoed else "", "；".join(c.open)


def _sections(cards: Sequence[Scorecard]) -> Iterator[tuple[Value, ...]]:
    for own in groups.by_rubric(cards):
        means = groups.sections(own)
        for c in own:
            for s in c.sections:
                yield *_head(c), s.label, s.total, s.possible, to_places(means[s.id].mean) if s.id in means else None


def _origins(cards: Sequence[Scorecard]) -> Iterator[tuple[Value, ...]]:
    for card in cards:
        for item in card.items:
            for entry in item.entries:
                yield _origin(card, item, entry)


def _origin(card: Scorecard, item: ItemScore, entry: ItemEntry) -> tuple[Value, ...]:
    sheet = card.assessments[entry.assessment - 1]
    named = card.policy.show_assessors
    value: Value = entry.value if entry.value is not None else "不适用" if entry.not_applicable else "未填"
    return (
        *_head(card), item.criterion, (sheet.assessor or "（未签）") if named else f"第 {entry.assessment} 位", sheet.date, sheet.round, value,
        "是" if sheet.used else sheet.reason or "否", sheet.source.file if named else "", sheet.source.sha256, sheet.source.format,
        place_text(entry.at, sheet.source.row), card.revision, sheet.rubric_digest, "、".join(card.decisions),
    )  # fmt: skip


def place_text(at: Provenance | None, row: int | None) -> str:
    """Where a value stands in its form: page and rectangle, cell or path, line; the row of a table of many forms."""
    parts = [f"第 {row} 行"] if row is not None else []
    if at is not None and at.page is not None:
        parts.append(f"第 {at.page} 页" + (f" ({', '.join(f'{v:g}' for v in at.bbox)})" if at.bbox else ""))
    if at is not None and at.path:
        parts.append(at.path)
    if at is not None and at.line is not None:
        parts.append(f"第 {at.line} 行")
    return "，".join(parts)


def _write(book: xlsxwriter.Workbook, table: Table, looks: dict[str, xlsxwriter.format.Format]) -> None:
    sheet = book.add_worksheet(table.name)
    for col, (title, width) in enumerate(table.columns):
        sheet.write_string(0, col, title, looks["head"])
        sheet.set_column(col, col, width)
    for r, row in enumerate(table.rows, start=1):
        for col, value in enumerate(row):
            if isinstance(value, (Decimal, int)):
                sheet.write_number(r, col, float(value), looks["number"])
            else:
                sheet.write_string(r, col, value or "", looks["text"])
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C— &P —")
