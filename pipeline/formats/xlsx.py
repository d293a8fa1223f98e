"""XLSX form: validation on every score, subtotals, total and grade as formulas, everything else locked."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import xlsxwriter

from pipeline.formats.identity import identity, identity_line
from pipeline.formats.sheet import EDITION_NAMES, Sheet
from pipeline.grades import range_text
from pipeline.plain import points_text

MADE = datetime.datetime(2020, 1, 1)
"""Workbooks carry a creation time; ours must be the same bytes for the same input."""

HEADER = ("项目", "序号", "评价内容", "分值", "得分", "扣分说明")
WIDTHS = (14, 6, 52, 7, 9, 24)


def render(sheet: Sheet, prefill: Mapping[str, str] | None = None) -> bytes:
    """The form as XLSX bytes. Texts are written as texts: a name that begins with = is no formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sheet.title, "created": MADE})
    for name, value in identity(sheet).items():
        book.set_custom_property(name, str(value))
    _Writer(book, sheet, dict(prefill or {})).write()
    book.close()
    return out.getvalue()


class _Writer:
    """One sheet being written; `row` is the next row, `cells` where each key's value stands."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet, prefill: dict[str, str]) -> None:
        self.book, self.sheet, self.prefill = book, sheet, prefill
        self.page = book.add_worksheet("评价表")
        self.row = 0
        self.totals: list[tuple[str, int, str]] = []
        base = {"font_name": "仿宋_GB2312", "font_size": 11, "valign": "vcenter", "text_wrap": True}
        boxed = {**base, "border": 1}
        make = book.add_format
        self.plain = make(base)
        self.title = make({"font_name": "方正小标宋简体", "font_size": 18, "align": "center", "valign": "vcenter", "text_wrap": True})
        self.small = make({**base, "font_size": 9, "font_color": "#555555"})
        self.head = make({**boxed, "bold": True, "align": "center", "bg_color": "#E8E5DE", "font_name": "黑体"})
        self.cell = make(boxed)
        self.centre = make({**boxed, "align": "center"})
        self.label = make({**boxed, "align": "center", "valign": "top", "bold": True})
        self.open = make({**boxed, "align": "center", "locked": False, "bg_color": "#FFFDF3"})
        self.open_text = make({**boxed, "locked": False, "bg_color": "#FFFDF3", "font_size": 9})
        self.sum = make({**boxed, "align": "center", "bold": True, "bg_color": "#F3F1EC"})
        self.field = make({**base, "locked": False, "bottom": 1, "bg_color": "#FFFDF3"})

    def write(self) -> None:
        self._set_page()
        self._head()
        for group in self.sheet.groups:
            self._group(group)
        self._total()
        self._vetoes()
        self._grade()
        self._notes()
        self.page.print_area(0, 0, self.row, 5)

    def _set_page(self) -> None:
        page = self.page
        for col, width in enumerate(WIDTHS):
            page.set_column(col, col, width)
        page.set_paper(9)
        page.set_margins(left=0.8, right=0.7, top=0.9, bottom=0.9)
        page.fit_to_pages(1, 0)
        page.set_footer("&C— &P —")
        page.set_header(f"&L&9{identity_line(self.sheet).replace('&', '&&')}&R&9{EDITION_NAMES[self.sheet.edition]} {self.sheet.digest[:12]}")
        page.protect("", {"format_rows": True, "format_columns": True, "select_locked_cells": True})

    def _name(self, key: str, row: int, col: int) -> None:
        letter = "ABCDEF"[col]
        self.book.define_name(key, f"='评价表'!${letter}${row + 1}")

    def _head(self) -> None:
        s = self.sheet
        self.page.merge_range(0, 0, 0, 5, s.title, self.title)
        self.page.set_row(0, 34)
        self.page.write_string(1, 0, "被评价单位", self.plain)
        self.page.merge_range(1, 1, 1, 2, self.prefill.get(f"{s.prefix}_assessee", ""), self.field)
        self._name(f"{s.prefix}_assessee", 1, 1)
        self.page.write_string(1, 3, "评价时间", self.plain)
        self.page.merge_range(1, 4, 1, 5, self.prefill.get(f"{s.prefix}_date", ""), self.field)
        self._name(f"{s.prefix}_date", 1, 4)
        for col, text in enumerate(HEADER):
            self.page.write_string(2, col, text, self.head)
        self.page.repeat_rows(2)
        self.page.freeze_panes(3, 0)
        self.row = 3

    def _group(self, group) -> None:
        first = self.row
        got = Decimal(0)
        for line in group.lines:
            r = self.row
            marks = "".join(f"[{m}]" for m in line.marks)
            self.page.write_string(r, 1, line.number, self.centre)
            self.page.write_string(r, 2, line.text + marks, self.cell)
            if line.max is None:
                self.page.write_string(r, 3, "—", self.centre)
                self.page.write_blank(r, 4, None, self.centre)
            else:
                self.page.write_number(r, 3, float(line.max), self.centre)
                got += self._score(r, line.key, self.prefill.get(line.key, ""))
                self._validate(r, line.number, line.max)
                self._name(line.key, r, 4)
            self.page.write_string(r, 5, self.prefill.get(f"{line.key}_note", ""), self.open_text)
            self._name(f"{line.key}_note", r, 5)
            self.page.set_row(r, 15 * max(1, -(-len(line.text) // 24)) + 4)
            self.row += 1
        if group.lines:
            label = group.label + "".join(f"[{m}]" for m in group.marks)
            if group.stated is not None:
                label += f"\n（{points_text(group.stated)}分）"
            if len(group.lines) > 1:
                self.page.merge_range(first, 0, self.row - 1, 0, label, self.label)
            else:
                self.page.write_string(first, 0, label, self.label)
            self._subtotal(group, first, got)

    def _score(self, row: int, key: str, value: str) -> Decimal:
        """Write a prefilled score: a number as a number, anything else as it is; returns what counts."""
        try:
            number = Decimal(value)
            self.page.write_number(row, 4, float(number), self.open)
            return number
        except InvalidOperation:
            self.page.write_string(row, 4, value, self.open) if value else self.page.write_blank(row, 4, None, self.open)
            return Decimal(0)

    def _validate(self, row: int, number: str, top: Decimal) -> None:
        self.page.data_validation(row, 4, row, 4, {
            "validate": "custom", "value": f"=AND(ISNUMBER(E{row + 1}),E{row + 1}>=0,E{row + 1}<={top},ROUND(E{row + 1},1)=E{row + 1})",
            "input_title": f"第{number}条"[:32], "input_message": f"0 至 {points_text(top)}，至多一位小数",
            "error_title": "得分有误", "error_message": f"应为 0 至 {points_text(top)} 的数，至多一位小数",
        })  # fmt: skip

    def _subtotal(self, group, first: int, got: Decimal) -> None:
        r = self.row
        possible = sum((line.max for line in group.lines if line.max is not None), Decimal(0))
        self.page.merge_range(r, 0, r, 2, f"{group.label} 小计".strip(), self.sum)
        self.page.write_number(r, 3, float(possible), self.sum)
        self.page.write_formula(r, 4, f"=ROUND(SUM(E{first + 1}:E{r}),2)", self.sum, float(got))
        self.page.write_blank(r, 5, None, self.sum)
        self._name(f"{group.key}_subtotal", r, 4)
        self.totals.append((group.kind, r, str(got)))
        self.row += 1

    def _total(self) -> None:
        r = self.row
        s = self.sheet
        stated = s.stated_total if s.stated_total is not None else s.possible()
        value = sum((Decimal(v) * (-1 if k == "deduction" else 1) for k, _, v in self.totals), Decimal(0))
        terms = "".join(f"{'-' if k == 'deduction' else '+'}E{row + 1}" for k, row, _ in self.totals) or "0"
        self.page.merge_range(r, 0, r, 2, "总评", self.sum)
        self.page.write_number(r, 3, float(stated), self.sum)
        self.page.write_formula(r, 4, f"=ROUND({terms.lstrip('+')},2)", self.sum, float(value))
        self.page.write_blank(r, 5, None, self.sum)
        self._name(f"{s.prefix}_total", r, 4)
        self.total_row, self.total_value = r, value
        self.row += 2

    def _vetoes(self) -> None:
        self.veto_rows: list[int] = []
        if not self.sheet.vetoes:
            return
        self.page.merge_range(self.row, 0, self.row, 5, "一票否决（有下列情形之一的，在左格填“是”）", self.head)
        self.row += 1
        for veto in self.sheet.vetoes:
            ticked = self.prefill.get(veto.key) == "Yes"
            self.page.write_string(self.row, 0, "是" if ticked else "", self.open)
            self.page.data_validation(self.row, 0, self.row, 0, {"validate": "list", "source": ["是", "否"]})
            self.page.merge_range(self.row, 1, self.row, 5, f"{veto.number}.{veto.text}", self.cell)
            self.page.set_row(self.row, 15 * max(1, -(-len(veto.text) // 44)) + 4)
            self._name(veto.key, self.row, 0)
            self.veto_rows.append(self.row)
            self.row += 1
        self.row += 1

    def _grade(self) -> None:
        s = self.sheet
        cell = f"E{self.total_row + 1}"
        formula = '"总分落在等次之外，待定"' if s.bands else '""'
        for band in reversed(s.bands):
            tests = []
            if band.min is not None:
                tests.append(f"{cell}{'>=' if band.min_inclusive else '>'}{band.min}")
            if band.max is not None:
                tests.append(f"{cell}{'<=' if band.max_inclusive else '<'}{band.max}")
            formula = f'IF(AND({",".join(tests) or "TRUE"}),"{band.label}",{formula})'
        scored = [line.key for line in s.lines() if line.max is not None]
        filled = sum(1 for k in scored if self.prefill.get(k))
        columns = "+".join(f"COUNT(E{a}:E{b})" for a, b in self._score_ranges()) or "0"
        formula = f'IF({columns}<{len(scored)},"尚有"&({len(scored)}-({columns}))&"项未填",{formula})'
        if self.veto_rows:
            formula = f'IF(COUNTIF(A{self.veto_rows[0] + 1}:A{self.veto_rows[-1] + 1},"是")>0,"一票否决",{formula})'
        self.page.write_string(self.row, 0, "等次", self.plain)
        self.page.merge_range(self.row, 1, self.row, 2, "", self.plain)
        self.page.write_formula(self.row, 1, f"={formula}", self.plain, self._grade_now(filled, len(scored)))
        self._name(f"{s.prefix}_grade", self.row, 1)
        self.page.write_string(self.row, 3, "专家签字", self.plain)
        self.page.merge_range(self.row, 4, self.row, 5, self.prefill.get(f"{s.prefix}_assessor", ""), self.field)
        self._name(f"{s.prefix}_assessor", self.row, 4)
        self.row += 1

    def _score_ranges(self) -> list[tuple[int, int]]:
        """First and last sheet row (from 1) of each group's scores."""
        out, start = [], 4
        for _, row, _ in self.totals:
            out.append((start, row))
            start = row + 2
        return out

    def _grade_now(self, filled: int, count: int) -> str:
        if any(self.prefill.get(v.key) == "Yes" for v in self.sheet.vetoes):
            return "一票否决"
        if filled < count:
            return f"尚有{count - filled}项未填"
        for band in self.sheet.bands:
            low = band.min is None or self.total_value > band.min or (band.min_inclusive and self.total_value == band.min)
            high = band.max is None or self.total_value < band.max or (band.max_inclusive and self.total_value == band.max)
            if low and high:
                return band.label
        return "总分落在等次之外，待定" if self.sheet.bands else ""

    def _notes(self) -> None:
        s = self.sheet
        lines = [f"等次划分（照原文）：{'；'.join(f'{b.label} {range_text(b)}' for b in s.bands)}"] if s.bands else []
        lines += [f"[{i}] {note}" for i, note in enumerate(s.footnotes, 1)]
        if s.open:
            lines += ["随表说明：本表尚有下列事项未定", *(f"{i}. {item}" for i, item in enumerate(s.open, 1))]
        for text in lines:
            self.page.merge_range(self.row, 0, self.row, 5, text, self.small)
            self.page.set_row(self.row, 13 * max(1, -(-len(text) // 62)) + 2)
            self.row += 1

