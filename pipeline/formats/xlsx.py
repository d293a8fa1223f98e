"""XLSX form: validation on every score, subtotals, total and grade as formulas, everything else locked."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil

import xlsxwriter
from xlsxwriter.format import Format

from pipeline.formats.identity import code_png, identity, identity_line
from pipeline.formats.sheet import EDITION_NAMES, TITLES, Group, Line, Sheet, lines_needed
from pipeline.plain import points_text
from pipeline.scoring.grades import contains, range_text
from pipeline.scoring.tally import SIGN

MADE = datetime.datetime(2020, 1, 1)
"""Workbooks carry a creation time; ours must be the same bytes for the same input."""

AFTER = ("分值", "得分", "扣分说明", "不适用（写明理由）")
WIDTHS = (12, 5.5, 46, 6, 8, 21, 14)
"""The columns are the same on every workbook: on a sheet without sections or serials the text stands over theirs too."""
DIGIT = 7
"""Pixels of a digit, at least (in 宋体 it has 8), in which column widths are counted; a pixel is three quarters of a point."""
TITLE_SIZE = 18
HEAD_HEIGHT = 22.0
GRADE_HEIGHT = 26.0
LEAST_HEIGHT = 29.0
"""Of a criterion's row: at the print's scale room to write into by hand."""
GAP = 15.0
"""An empty row."""
TOGETHER = 12
"""So many veto conditions at most are kept on one page with grade and signature, which else could stand there alone."""
TALLEST = 409.0
"""No row of a workbook is higher (in points); a longer text stands in several rows joined."""
PAGE_HEIGHT = 712.0
"""Points between the margins of A4."""
MOST_PLACES = 4
"""Decimal places of a sum, as many as a policy allows a score."""
SCALE = {"allowed": 66, "open": 76, "refused": 76}
"""Print scale in percent at which the printed columns fit the page's width; the page breaks below rest on it."""


def render(sheet: Sheet, prefill: Mapping[str, str] | None = None) -> bytes:
    """The form as XLSX bytes. Texts are written as texts: a name that begins with = is no formula."""
    out = io.BytesIO()
    # Column widths count digits of the default font: one that every Chinese office has, so that the page is as wide everywhere.
    font = {"font_name": "宋体", "font_size": 11}
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_format_properties": font}
    )
    book.set_properties({"title": sheet.title, "created": MADE})
    for name, value in identity(sheet).items():
        book.set_custom_property(name, str(value))
    _Writer(book, sheet, dict(prefill or {})).write()
    book.close()
    return out.getvalue()


def _high(text: str, widths: Sequence[float]) -> float:
    """Points of a row of one bold text over columns of these widths."""
    return max(HEAD_HEIGHT, 15.0 * lines_needed(text, int(sum(widths) / 2)) + 6)


def _sum_height(group: Group) -> float:
    """Points of the row of a group's subtotal."""
    return _high(f"{group.label} 小计", WIDTHS[:3])


class _Writer:
    """One sheet being written; `row` is the next row, `cells` where each key's value stands."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet, prefill: dict[str, str]) -> None:
        self.book, self.sheet, self.prefill = book, sheet, prefill
        self.page = book.add_worksheet("评价表")
        self.row = 0
        self.counted: list[str] = []
        self.terms = points_text(sheet.base)
        self.total_value = sheet.base
        self.lead = sheet.lead()
        self.characters = int(24 + sum(WIDTHS[len(self.lead) - 1 : 2]) / 2)
        self.ranges: list[tuple[int, int, int]] = []
        self.plus: list[str] = []
        self.minus: list[str] = []
        base = {"font_name": "仿宋_GB2312", "font_size": 11, "valign": "vcenter", "text_wrap": True}
        boxed = {**base, "border": 1}
        make = book.add_format
        self.plain = make(base)
        self.line = make({**base, "bottom": 1})
        self.title = make({"font_name": "方正小标宋简体", "font_size": TITLE_SIZE, "align": "center", "valign": "vcenter", "text_wrap": True})
        self.small = make({**base, "font_size": 9, "font_color": "#555555"})
        self.head = make({**boxed, "bold": True, "align": "center", "bg_color": "#E8E5DE", "font_name": "黑体"})
        self.cell = make({**boxed, "indent": 1})
        self.centre = make({**boxed, "align": "center"})
        self.label = make({**boxed, "align": "center", "valign": "top", "bold": True})
        self.open = make({**boxed, "align": "center", "locked": False, "bg_color": "#FFFDF3"})
        self.open_text = make({**boxed, "locked": False, "bg_color": "#FFFDF3", "font_size": 9})
        self.sum = make({**boxed, "align": "center", "bold": True, "bg_color": "#F3F1EC"})
        self.upper = make({**boxed, "bold": True, "bg_color": "#ECE9E2"})
        self.field = make({**base, "locked": False, "bottom": 1, "bg_color": "#FFFDF3"})
        self.date = make({**base, "locked": False, "bottom": 1, "bg_color": "#FFFDF3", "num_format": "yyyy-mm-dd", "align": "left"})
        self.skips = sheet.not_applicable != "refused"
        self.last = 6 if sheet.not_applicable == "allowed" else 5
        self.scale = SCALE[sheet.not_applicable]
        self.room = PAGE_HEIGHT / self.scale * 100 * 0.95
        self.used = 0.0
        self.breaks: list[int] = []

    def write(self) -> None:
        """The whole page, from head to foot."""
        self._set_page()
        self._head()
        for group in self.sheet.groups:
            if group.lines:
                self._group(group)
            else:
                self._heading(group)
        self._total()
        self._vetoes()
        self._grade()
        self._notes()
        self.page.print_area(0, 0, self.row, self.last)
        self.page.set_h_pagebreaks(self.breaks)

    def _set_page(self) -> None:
        page = self.page
        for col, width in enumerate(WIDTHS if self.skips else WIDTHS[:6]):
            page.set_column(col, col, width)
        page.set_paper(9)
        page.set_margins(left=0.8, right=0.7, top=0.9, bottom=0.9)
        page.fit_to_pages(1, 0)
        page.set_footer("&C— &P —&R&G", {"image_right": "form.png", "image_data_right": io.BytesIO(code_png(self.sheet))})
        page.set_header(f"&L&9{identity_line(self.sheet).replace('&', '&&')}&R&9{EDITION_NAMES[self.sheet.edition]} {self.sheet.digest[:12]}")
        page.protect("", {"format_rows": True, "format_columns": True, "select_locked_cells": True})

    def _set_height(self, row: int, height: float, after: float = 0.0, rows: int = 1) -> bool:
        """Set the height of a line, which stands in so many rows; whether a new page begins with it, because it and the
        `after` points of what must follow it do not fit. The print's pages are ours, so that labels can go on."""
        for part in range(rows):
            self.page.set_row(row + part, min(height / rows, TALLEST))
        turned = self.used + min(height, self.room - HEAD_HEIGHT) + after > self.room
        if turned:
            self.breaks.append(row)
            self.used = HEAD_HEIGHT
        self.used += height
        while self.used > self.room:  # a line higher than a page goes on on the next
            self.used += HEAD_HEIGHT - self.room
        return turned

    def _name(self, key: str, row: int, col: int) -> None:
        letter = "ABCDEFG"[col]
        self.book.define_name(key, f"='评价表'!${letter}${row + 1}")

    def _head(self) -> None:
        s = self.sheet
        # The title stands between the first column and the last, where the code is.
        characters = int(sum(WIDTHS[1 : self.last]) * DIGIT * 0.75 / TITLE_SIZE)
        self.page.merge_range(0, 1, 0, self.last - 1, s.title, self.title)
        self.page.write_string(0, 0, EDITION_NAMES[s.edition], self.small)
        self._set_height(0, max(46.0, 1.3 * TITLE_SIZE * lines_needed(s.title, characters)))
        code = code_png(s)
        side = int.from_bytes(code[16:20], "big")  # a PNG says its width there
        self.page.insert_image(0, self.last, "form.png", {
            "image_data": io.BytesIO(code), "x_scale": 58 / side, "y_scale": 58 / side, "x_offset": WIDTHS[self.last] * DIGIT - 60, "y_offset": 1,
            "object_position": 3, "description": "表号二维码",
        })  # fmt: skip
        unit = self.prefill.get(f"{s.prefix}_assessee", "")
        self._set_height(1, max(24.0, 15.0 * lines_needed(unit, 25) + 6))
        self.page.write_string(1, 0, "被评价单位", self.plain)
        self.page.merge_range(1, 1, 1, 2, unit, self.field)
        self._name(f"{s.prefix}_assessee", 1, 1)
        self.page.write_string(1, 3, "评价时间", self.plain)
        self.page.merge_range(1, 4, 1, 5, self.prefill.get(f"{s.prefix}_date", ""), self.date)
        self._name(f"{s.prefix}_date", 1, 4)
        for name in self.lead:
            self._write(2, name, TITLES[name], self.head)
        for col, text in enumerate(AFTER[: len(AFTER) if self.skips else 3], 3):
            self.page.write_string(2, col, text, self.head)
        self._set_height(2, HEAD_HEIGHT)
        self.page.repeat_rows(2)
        self.page.freeze_panes(3, 0)
        self.row = 3

    def _heading(self, group: Group) -> None:
        """A section that only holds others: a row of its own."""
        below = sum(self._height(g.lines[0]) if g.lines else HEAD_HEIGHT for g in self.sheet.below(group))
        self._set_height(self.row, _high(group.heading(), WIDTHS[: self.last + 1]), min(below, self.room / 5) + HEAD_HEIGHT)
        self.page.merge_range(self.row, 0, self.row, self.last, group.heading(), self.upper)
        self.row += 1

    def _group(self, group: Group) -> None:
        first = start = self.row
        got = best = Decimal(0)
        chunks: list[tuple[int, int]] = []
        heights = [self._height(line) for line in group.lines]
        if "label" in self.lead:
            heights[-1] = max(heights[-1], 15.0 * lines_needed(group.cell(True), 6) + 6 - sum(heights[:-1]))
        self.plus, self.minus = [], []
        for line, height in zip(group.lines, heights, strict=True):
            rows = ceil(height / TALLEST)
            after = _sum_height(group) if line is group.lines[-1] and group.totalled else 0.0
            if self._set_height(self.row, height, after, rows) and self.row > start:
                chunks.append((start, self.row - 1))
                start = self.row
            if line.scored:
                (self.plus if line.sign == SIGN[group.kind] else self.minus).append(f"E{self.row + 1}")
            value = self._line(line, rows) * line.sign * SIGN[group.kind]
            got, best = (got, max(best, value)) if group.chosen and value > 0 else (got + value, best)
            self.row += rows
        chunks.append((start, self.row - 1))
        for top, bottom in chunks if "label" in self.lead else ():
            self._write(top, "label", group.cell(top == first), self.label, bottom - top + 1)
        if group.scored():
            self._add(group, first, got + best)

    def _write(self, row: int, name: str, text: str, look: Format, rows: int = 1) -> None:
        """Write a text into one of the columns before 分值; the last of them goes over the room of those that are absent."""
        col = self.lead.index(name)
        last = 2 if name == "text" else col
        if rows > 1 or last > col:
            self.page.merge_range(row, col, row + rows - 1, last, text, look)
        else:
            self.page.write_string(row, col, text, look)

    def _height(self, line: Line) -> float:
        """Points of a criterion's row."""
        return max(LEAST_HEIGHT, 15.0 * lines_needed(line.shown(), self.characters) + 6)

    def _line(self, line: Line, rows: int) -> Decimal:
        """Write one criterion, its cells joined over so many rows; returns the points that count of a prefilled score."""
        r = self.row
        got = Decimal(0)
        if rows > 1:
            filled = (self.open if line.scored else self.centre, self.open_text, *((self.open_text,) if self.skips else ()))
            for col, look in enumerate((self.centre, *filled), 3):
                self.page.merge_range(r, col, r + rows - 1, col, "", look)
        if "number" in self.lead:
            self._write(r, "number", line.number, self.centre, rows)
        self._write(r, "text", line.shown(), self.cell, rows)
        if line.kind == "scored" and line.max is not None and not line.choice:
            self.page.write_number(r, 3, float(line.max), self.centre)
        else:
            self.page.write_string(r, 3, line.most, self.centre)
        if line.scored:
            got = self._score(r, self.prefill.get(line.key, ""))
            self._validate(r, line.name, line.max)
            self._name(line.key, r, 4)
        else:
            self.page.write_blank(r, 4, None, self.centre)
        self.page.write_string(r, 5, self.prefill.get(f"{line.key}_note", ""), self.open_text)
        self._name(f"{line.key}_note", r, 5)
        if self.skips and line.scored:
            self.page.write_string(r, 6, self.prefill.get(f"{line.key}_na", ""), self.open_text)
            self._name(f"{line.key}_na", r, 6)
        return got

    def _score(self, row: int, value: str) -> Decimal:
        """Write a prefilled score: a number as a number, anything else as it is; returns what counts."""
        try:
            number = Decimal(value)
            self.page.write_number(row, 4, float(number), self.open)
            return number
        except InvalidOperation:
            self.page.write_string(row, 4, value, self.open) if value else self.page.write_blank(row, 4, None, self.open)
            return Decimal(0)

    def _validate(self, row: int, name: str, top: Decimal | None) -> None:
        places, precision = self.sheet.decimals, self.sheet.precision
        words = f"0 至 {points_text(top)}，{precision}" if top is not None else f"不小于 0，{precision}（分值未定）"
        below = f"E{row + 1}<={points_text(top)}," if top is not None else ""
        self.page.data_validation(row, 4, row, 4, {
            "validate": "custom", "value": f"=AND(ISNUMBER(E{row + 1}),E{row + 1}>=0,{below}ROUND(E{row + 1},{places})=E{row + 1})",
            "input_title": name[:32], "input_message": words,
            "error_title": "得分有误", "error_message": f"应为数：{words}",
        })  # fmt: skip

    def _add(self, group: Group, first: int, got: Decimal) -> None:
        """Add a group to the total: by its subtotal, which is written, or cell by cell where it has none."""
        r = self.row
        cells = f"E{first + 1}:E{r}"
        terms = f"SUM({cells})" + "".join(f"-2*N({c})" for c in self.minus)
        if group.chosen:
            terms = f"MAX({','.join(self.plus)})" + "".join(f"-N({c})" for c in self.minus)
        if group.cap is not None:
            terms, got = f"MIN({points_text(group.cap)},{terms})", group.within(got)
        self.ranges.append((first + 1, r, len(group.rivals())))
        self.total_value += SIGN[group.kind] * got
        if group.totalled:
            self._subtotal(group, cells, terms, got)
            cells, terms = f"E{r + 1}", f"N(E{r + 1})"
        self.counted.append(cells)
        self.terms += f"{'-' if SIGN[group.kind] < 0 else '+'}({terms})"

    def _subtotal(self, group: Group, cells: str, terms: str, got: Decimal) -> None:
        r = self.row
        self._set_height(r, _sum_height(group))
        self.page.merge_range(r, 0, r, 2, f"{group.label} 小计".strip(), self.sum)
        if group.possible_text():
            self.page.write_number(r, 3, float(group.possible()), self.sum)
        else:
            self.page.write_blank(r, 3, None, self.sum)
        filled = any(self.prefill.get(line.key) for line in group.lines)
        self.page.write_formula(r, 4, f'=IF(COUNT({cells})=0,"",ROUND({terms},{MOST_PLACES}))', self.sum, float(got) if filled else "")
        for col in range(5, self.last + 1):
            self.page.write_blank(r, col, None, self.sum)
        self._name(f"{group.key}_subtotal", r, 4)
        self.row += 1

    def _total(self) -> None:
        r = self.row
        s = self.sheet
        self._set_height(r, 24, 0.0 if s.vetoes else GAP + GRADE_HEIGHT)
        filled = any(self.prefill.get(line.key) for line in s.scored())
        self.page.merge_range(r, 0, r, 2, "总评", self.sum)
        self.page.write_number(r, 3, float(s.stated_total if s.stated_total is not None else s.possible()), self.sum)
        formula = f'=IF(COUNT({",".join(self.counted)})=0,"",ROUND({self.terms},{MOST_PLACES}))' if self.counted else '=""'
        self.page.write_formula(r, 4, formula, self.sum, float(self.total_value) if filled else "")
        for col in range(5, self.last + 1):
            self.page.write_blank(r, col, None, self.sum)
        self._name(f"{s.prefix}_total", r, 4)
        self.total_row = r
        self.used += GAP
        self.row += 2

    def _vetoes(self) -> None:
        self.veto_rows: list[int] = []
        if not self.sheet.vetoes:
            return
        heights = [15.0 * lines_needed(veto.text, 44) + 6 for veto in self.sheet.vetoes]
        together = len(heights) <= TOGETHER
        self._set_height(self.row, HEAD_HEIGHT, sum(heights) + GAP + GRADE_HEIGHT if together else heights[0])
        self.page.merge_range(self.row, 0, self.row, self.last, "一票否决（有下列情形之一的，在左格填“是”）", self.head)
        self.row += 1
        for veto, height in zip(self.sheet.vetoes, heights, strict=True):
            ticked = self.prefill.get(veto.key) == "Yes"
            self.page.write_string(self.row, 0, "是" if ticked else "", self.open)
            self.page.data_validation(self.row, 0, self.row, 0, {"validate": "list", "source": ["是", "否"]})
            self.page.merge_range(self.row, 1, self.row, self.last, f"{veto.mark}{veto.text}", self.cell)
            self._set_height(self.row, height)
            self._name(veto.key, self.row, 0)
            self.veto_rows.append(self.row)
            self.row += 1
        self.used += GAP
        self.row += 1

    def _grade(self) -> None:
        s = self.sheet
        cell = f"E{self.total_row + 1}"
        formula = '"总分落在等次之外，待定"' if s.bands else '""'
        for band in reversed(s.graded()):
            tests = []
            if band.min is not None:
                tests.append(f"{cell}{'>=' if band.min_inclusive else '>'}{band.min}")
            if band.max is not None:
                tests.append(f"{cell}{'<=' if band.max_inclusive else '<'}{band.max}")
            formula = f'IF(AND({",".join(tests) or "TRUE"}),{_quoted(band.label)},{formula})'
        if s.ungraded:
            formula = _quoted(s.ungraded)
        units = [[line.key for line in unit] for unit in s.units()]
        filled = sum(any(self.prefill.get(k) for k in unit) for unit in units)
        skipped = sum(all(self.prefill.get(f"{k}_na") for k in unit) for unit in units)
        given = "+".join(_counted(f"COUNT(E{a}:E{b})", min(rivals, 1)) for a, b, rivals in self.ranges) or "0"
        skips = self.ranges if self.skips else []
        spared = "+".join(_counted(f'SUMPRODUCT((E{a}:E{b}="")*(G{a}:G{b}<>""))', rivals) for a, b, rivals in skips) or "0"
        formula = f'IF({spared}>0,"有"&({spared})&"项不适用，待计分",{formula})'
        formula = f'IF({given}+{spared}=0,"",IF({given}+{spared}<{len(units)},"尚有"&({len(units)}-({given})-({spared}))&"项未填",{formula}))'
        if self.veto_rows:
            formula = f'IF(COUNTIF(A{self.veto_rows[0] + 1}:A{self.veto_rows[-1] + 1},"是")>0,"一票否决",{formula})'
        self._set_height(self.row, GRADE_HEIGHT)
        self.page.write_string(self.row, 0, "等次", self.plain)
        self.page.merge_range(self.row, 1, self.row, 2, "", self.line)
        self.page.write_formula(self.row, 1, f"={formula}", self.line, self._grade_now(filled, skipped, len(units)))
        self._name(f"{s.prefix}_grade", self.row, 1)
        self.page.write_string(self.row, 3, "专家签字", self.plain)
        self.page.merge_range(self.row, 4, self.row, 5, self.prefill.get(f"{s.prefix}_assessor", ""), self.field)
        self._name(f"{s.prefix}_assessor", self.row, 4)
        self.row += 1

    def _grade_now(self, filled: int, skipped: int, count: int) -> str:
        if any(self.prefill.get(v.key) == "Yes" for v in self.sheet.vetoes):
            return "一票否决"
        if not filled + skipped:
            return ""
        if filled + skipped < count:
            return f"尚有{count - filled - skipped}项未填"
        if skipped:
            return f"有{skipped}项不适用，待计分"
        if self.sheet.ungraded:
            return self.sheet.ungraded
        held = next((b.label for b in self.sheet.graded() if contains(b, Fraction(self.total_value))), "总分落在等次之外，待定")
        return held if self.sheet.bands else ""

    def _notes(self) -> None:
        s = self.sheet
        lines = [f"等次划分（照原文）：{'；'.join(f'{b.label} {range_text(b)}' for b in s.bands)}"] if s.bands else []
        lines += [f"[{i}] {note}" for i, note in enumerate(s.footnotes, 1)]
        if s.open:
            lines += ["随表说明：本表尚有下列事项未定", *(f"{i}. {item}" for i, item in enumerate(s.open, 1))]
        for text in lines:
            self.page.merge_range(self.row, 0, self.row, self.last, text, self.small)
            self._set_height(self.row, 13 * lines_needed(text, 62) + 3)
            self.row += 1


def _counted(formula: str, least: int) -> str:
    """How many a formula counts; with `least`, 1 where so many are reached."""
    return f"({formula}>={least})*1" if least else formula


def _quoted(text: str) -> str:
    """A text inside a formula, where it may have 255 characters."""
    return '"' + text[:200].replace('"', '""') + '"'
