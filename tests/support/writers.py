"""A made-up notice as text, DOCX, HTML, XLSX and PDF: the same print, five producers."""

from __future__ import annotations

from html import escape
from io import BytesIO

from pipeline import typefaces
from tests.support.notices import BodyLine, Box, Grid, Made, Sheet, body_lines, grid_of, points_text

RECEIPT = (("序号", "单位", "领取人", "电话"), ("1", "甲公司", "某某", "13800000001"), ("2", "乙公司", "某某某", "13800000002"))


def field_lines(sheet: Sheet) -> list[str]:
    """The lines between a sheet's title and its table."""
    out = [f"{sheet.layout.field_word}：                    评分日期：    年  月  日"]
    if sheet.layout.total_place == "field":
        out.append(f"（满分{points_text(sheet.printed_total)}分）")
    return out


def receipt_lines(made: Made) -> list[tuple[str, ...]]:
    return [("文件领取单",), *RECEIPT] if made.receipt else []


# ---- text --------------------------------------------------------------------------------------------------------


def write_text(made: Made) -> bytes:
    """Tab-separated tables; a label stands on the first row of its cell; long tables are cut as pages cut them."""
    out = [line.text for line in body_lines(made)]
    for sheet in made.sheets:
        out += ["", f"附件{sheet.annex}", sheet.title, *field_lines(sheet), "", *_tab_rows(sheet, grid_of(sheet)), "", "评分人签字："]
    for row in receipt_lines(made):
        out.append("\t".join(row))
    return ("\n".join(out) + "\n").encode()


def _tab_rows(sheet: Sheet, grid: Grid) -> list[str]:
    rows = ["\t".join(box.text if box else "" for box in row) for row in grid]
    cut = 24
    if len(rows) <= cut + 4:
        return rows
    again = [rows[0]] if sheet.layout.repeat_header else []
    return [*rows[:cut], "", *again, *rows[cut:]]


# ---- DOCX --------------------------------------------------------------------------------------------------------


def write_docx(made: Made) -> bytes:
    """python-docx with real merged cells."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK

    document = Document()
    align = {"issuer": 1, "number": 1, "title": 1, "signature": 2, "date": 2}
    for line in body_lines(made):
        paragraph = document.add_paragraph(line.text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH(align.get(line.role, 0))
    for sheet in made.sheets:
        document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
        document.add_paragraph(f"附件{sheet.annex}")
        document.add_paragraph(sheet.title).alignment = WD_ALIGN_PARAGRAPH.CENTER
        for text in field_lines(sheet):
            document.add_paragraph(text)
        _docx_table(document, grid_of(sheet))
        document.add_paragraph("评分人签字：")
    rows = receipt_lines(made)
    if rows:
        document.add_paragraph(rows[0][0])
        _docx_table(document, [[Box(t) for t in row] for row in rows[1:]])
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_table(document, grid: Grid) -> None:
    table = document.add_table(rows=len(grid), cols=len(grid[0]))
    table.style = "Table Grid"
    for r, row in enumerate(grid):
        for c, box in enumerate(row):
            if box is None:
                continue
            cell = table.cell(r, c)
            if box.rows > 1 or box.cols > 1:
                cell = cell.merge(table.cell(r + box.rows - 1, c + box.cols - 1))
            cell.text = box.text


# ---- HTML --------------------------------------------------------------------------------------------------------


def write_html(made: Made) -> bytes:
    """A saved web page with rowspan and colspan."""
    out = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>文件</title></head><body>"]
    out += [f"<p class='{line.role}'>{escape(line.text)}</p>" for line in body_lines(made)]
    for sheet in made.sheets:
        out += [f"<p>附件{sheet.annex}</p>", f"<h2>{escape(sheet.title)}</h2>"]
        out += [f"<p>{escape(t)}</p>" for t in field_lines(sheet)]
        out += [_html_table(grid_of(sheet)), "<p>评分人签字：</p>"]
    rows = receipt_lines(made)
    if rows:
        out += [f"<p>{rows[0][0]}</p>", _html_table([[Box(t) for t in row] for row in rows[1:]])]
    return "\n".join([*out, "</body></html>"]).encode()


def _html_table(grid: Grid) -> str:
    rows = []
    for row in grid:
        cells = [f"<td rowspan='{b.rows}' colspan='{b.cols}'>{escape(b.text)}</td>" for b in row if b is not None]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table border='1'>{''.join(rows)}</table>"


# ---- XLSX --------------------------------------------------------------------------------------------------------


def write_xlsx(made: Made) -> bytes:
    """The body on the first sheet, a sheet for each annex."""
    from openpyxl import Workbook

    book = Workbook()
    body = book.active
    body.title = "正文"
    for line in body_lines(made):
        body.append([line.text])
    for sheet in made.sheets:
        page = book.create_sheet(f"附件{sheet.annex}")
        grid = grid_of(sheet)
        lines = [f"附件{sheet.annex}", sheet.title, *field_lines(sheet)]
        for r, text in enumerate(lines, 1):
            page.cell(r, 1, text)
            page.merge_cells(start_row=r, start_column=1, end_row=r, end_column=len(grid[0]))
        _xlsx_table(page, grid, len(lines) + 1)
    rows = receipt_lines(made)
    if rows:
        page = book.create_sheet("领取单")
        for row in rows:
            page.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_table(page, grid: Grid, top: int) -> None:
    for r, row in enumerate(grid, top):
        for c, box in enumerate(row, 1):
            if box is None:
                continue
            number = box.text.replace(".", "", 1).isdigit()
            if box.text:
                page.cell(r, c, float(box.text) if number and "." in box.text else int(box.text) if number else box.text)
            if box.rows > 1 or box.cols > 1:
                page.merge_cells(start_row=r, start_column=c, end_row=r + box.rows - 1, end_column=c + box.cols - 1)


# ---- PDF ---------------------------------------------------------------------------------------------------------


def write_pdf(made: Made) -> bytes:
    """Typst: ruled tables, merged cells that run over page breaks, page numbers, annexes on new pages."""
    import typst

    return typst.compile(typst_source(made).encode(), font_paths=[str(typefaces.FOLDER)], ignore_system_fonts=True)


def typst_source(made: Made) -> str:
    """The notice in Typst markup; every text goes in as a string, never as markup."""
    head = (
        '#set page(paper: "a4", margin: (x: 28mm, top: 37mm, bottom: 35mm), numbering: "— 1 —")\n'
        '#set text(font: ("Noto Serif SC", "Noto Sans SC"), size: 12pt, lang: "zh")\n'
        "#set par(leading: 0.9em, spacing: 0.9em, justify: true)\n"
    )
    parts = [head, *(_typst_line(line) for line in body_lines(made))]
    for sheet in made.sheets:
        parts.append(f"#pagebreak()\n{_s(f'附件{sheet.annex}')}\n\n#align(center, text(16pt, {_str(sheet.title)}))\n")
        parts += [f"{_s(t)}\n" for t in field_lines(sheet)]
        parts += [_typst_table(grid_of(sheet), sheet.layout.repeat_header), f"{_s('评分人签字：')}\n"]
    rows = receipt_lines(made)
    if rows:
        parts.append(f"#pagebreak()\n#align(center, text(16pt, {_str(rows[0][0])}))\n")
        parts.append(_typst_table([[Box(t) for t in row] for row in rows[1:]], False))
    return "\n".join(parts)


def _str(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _s(text: str) -> str:
    return f"#text({_str(text)})"


def _typst_line(line: BodyLine) -> str:
    if line.role in ("issuer", "number", "title"):
        size = {"issuer": "26pt", "number": "12pt", "title": "18pt"}[line.role]
        return f"#align(center, text({size}, {_str(line.text)}))\n"
    if line.role in ("signature", "date"):
        return f"#align(right, {_s(line.text)[1:]})\n"
    if line.role == "addressees":
        return f"{_s(line.text)}\n"
    return f"#par(first-line-indent: (amount: 2em, all: true), {_s(line.text)[1:]})\n"


def _typst_table(grid: Grid, repeat: bool) -> str:
    widths = ", ".join(_width(box.text if box else "", i) for i, box in enumerate(grid[0]))
    head = ", ".join(_typst_cell(b) for b in grid[0] if b is not None)
    body = ",\n".join(_typst_cell(b) for row in grid[1:] for b in row if b is not None)
    flag = "true" if repeat else "false"
    return f"#set text(10pt)\n#table(columns: ({widths}), align: left + horizon, table.header(repeat: {flag}, {head}),\n{body})\n#set text(12pt)\n"


def _width(header: str, index: int) -> str:
    if any(word in header for word in ("内容", "要点", "要求", "标准")) and "标准分" not in header:
        return "3fr" if "评分标准" not in header else "2fr"
    return "1.6cm" if index == 0 or "指标" in header else "1.3cm"


def _typst_cell(box: Box) -> str:
    return f"table.cell(rowspan: {box.rows}, colspan: {box.cols}, {_s(box.text)[1:] if box.text else '[]'})"


WRITERS = {"txt": write_text, "docx": write_docx, "html": write_html, "xlsx": write_xlsx, "pdf": write_pdf}
