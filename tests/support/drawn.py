"""Documents drawn as text, written as TXT, DOCX, HTML, XLSX and PDF; and a reading dumped as text that a person can compare.

A drawing: lines are paragraphs; lines with `|` are table rows (`^` joins the cell above, `<` the cell to the left, `⏎` is
a line end in the cell); an empty line or a paragraph ends a table.
"""

from __future__ import annotations

from html import escape
from io import BytesIO
from pathlib import Path

from pipeline import extract, typefaces
from pipeline.model import Criterion, Reading, Rubric

Row = list[str]
Piece = str | list[Row]


def pieces_of(drawing: str) -> list[Piece]:
    """Paragraphs (str) and tables (rows of cell texts with ^ and <), in order."""
    out: list[Piece] = []
    rows: list[Row] = []
    for line in [*drawing.strip().splitlines(), ""]:
        if "|" in line:
            rows.append([cell.strip().replace("⏎", "\n") for cell in line.split("|")])
            continue
        if rows:
            width = max(map(len, rows))
            out.append([row + [""] * (width - len(row)) for row in rows])
            rows = []
        if line.strip():
            out.append(line.strip())
    return out


def spans(rows: list[Row]) -> list[tuple[int, int, str, int, int]]:
    """(row, column, text, row span, column span) of each cell."""
    out = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            down = right = 1
            while r + down < len(rows) and rows[r + down][c] == "^":
                down += 1
            while c + right < len(row) and row[c + right] == "<":
                right += 1
            out.append((r, c, text, down, right))
    return out


def as_text(drawing: str) -> bytes:
    """Tabs between cells; a joined cell leaves blanks."""
    out: list[str] = []
    for piece in pieces_of(drawing):
        if isinstance(piece, str):
            out += [piece, ""]
        else:
            blank = {"^": "", "<": ""}
            out += ["\t".join(blank.get(t, t).replace("\n", "") for t in row) for row in piece] + [""]
    return "\n".join(out).encode()


def as_docx(drawing: str) -> bytes:
    from docx import Document

    document = Document()
    for piece in pieces_of(drawing):
        if isinstance(piece, str):
            document.add_paragraph(piece)
            continue
        table = document.add_table(len(piece), len(piece[0]))
        for r, c, text, down, right in spans(piece):
            cell = table.cell(r, c)
            if down > 1 or right > 1:
                cell = cell.merge(table.cell(r + down - 1, c + right - 1))
            cell.text = text
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def as_html(drawing: str) -> bytes:
    out = ["<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>"]
    for piece in pieces_of(drawing):
        if isinstance(piece, str):
            out.append(f"<p>{escape(piece)}</p>")
            continue
        cells = spans(piece)
        out.append("<table border='1'>")
        for r in range(len(piece)):
            tds = (
                f"<td rowspan='{d}' colspan='{w}'>{escape(t).replace(chr(10), '<br>')}</td>" for x, _, t, d, w in cells if x == r
            )
            out.append(f"<tr>{''.join(tds)}</tr>")
        out.append("</table>")
    return "\n".join([*out, "</body></html>"]).encode()


def as_xlsx(drawing: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    at = 1
    for piece in pieces_of(drawing):
        if isinstance(piece, str):
            page.cell(at, 1, piece)
            at += 1
            continue
        for r, c, text, down, right in spans(piece):
            if text:
                page.cell(at + r, c + 1, _typed(text))
            if down > 1 or right > 1:
                page.merge_cells(start_row=at + r, start_column=c + 1, end_row=at + r + down - 1, end_column=c + right)
        at += len(piece) + 1
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(text: str) -> str | int:
    """What a person types: whole numbers become numbers."""
    return int(text) if text.isdecimal() and text.isascii() else text


def as_pdf(drawing: str) -> bytes:
    """Typst: ruled tables with merged cells, annexes wherever they come on the page."""
    import typst

    out = ['#set page(paper: "a4", margin: 25mm)', '#set text(font: ("Noto Serif SC", "Noto Sans SC"), size: 11pt, lang: "zh")']
    for piece in pieces_of(drawing):
        if isinstance(piece, str):
            out.append(f"#par({_quoted(piece)})")
            continue
        cells = (
            f"table.cell(x: {c}, y: {r}, colspan: {right}, rowspan: {down}, {_quoted(text)})"
            for r, c, text, down, right in spans(piece)
        )
        out.append(f"#table(columns: {len(piece[0])}, {', '.join(cells)})")
    return typst.compile("\n\n".join(out).encode(), font_paths=[str(typefaces.FOLDER)], ignore_system_fonts=True)


def _quoted(text: str) -> str:
    """A Typst string: never markup."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


WRITERS = {"txt": as_text, "docx": as_docx, "html": as_html, "xlsx": as_xlsx, "pdf": as_pdf}


def case_of(text: str) -> tuple[str, str, list[str]]:
    """(drawing, expected dump, formats) of a test case: `@ formats` (optional), the drawing, `=>`, the dump."""
    drawing, _, wanted = text.strip("\n").partition("\n=>")
    formats = list(WRITERS)
    if drawing.startswith("@"):
        first, _, drawing = drawing.partition("\n")
        formats = first.removeprefix("@").split()
    return drawing, wanted.strip("\n"), formats


def read_drawn(drawing: str, form: str, folder: Path) -> str:
    """The drawing written in one format, read as a whole, and dumped."""
    path = folder / f"drawn.{form}"
    path.write_bytes(WRITERS[form](drawing))
    return dump(extract(path))


# ---- a reading as text -------------------------------------------------------------------------------------------


def dump(reading: Reading) -> str:
    """Every rubric, then the remarks `name: text` and what has no place.

    `annex-1 《title》 100` · `  [label] 20 bonus < parent` · `    1 | text | 5 | kind | choice | role=text` · `  = 小计 20`
    """
    lines: list[str] = []
    for rubric in reading.rubrics:
        lines += _rubric_lines(rubric)
    lines += [f"remark: {r.kind}: {r.message}" for r in reading.remarks]
    return "\n".join(lines)


def _rubric_lines(rubric: Rubric) -> list[str]:
    labels = {s.id: s.label for s in rubric.sections}
    out = [f"{rubric.id} 《{rubric.title or ''}》 {_text(rubric.stated_total)}"]
    for section in rubric.sections:
        if section.label is not None or section.stated_points is not None or not section.criteria:
            kind = "" if section.kind == "scored" else f" {section.kind}"
            parent = f" < {labels[section.parent]}" if section.parent else ""
            out.append(f"  [{section.label or ''}] {_text(section.stated_points)}{kind}{parent}")
        elif len(rubric.sections) > 1:
            out.append("  [] -")
        out += [_criterion_line(c) for c in section.criteria]
    out += [f"  = {s.label} {_text(s.points)}" for s in rubric.subtotals]
    out += [f"  note: {n.text}" for n in rubric.notes]
    out += [f"  unplaced: {u.text}" for u in rubric.unplaced]
    return out


def _criterion_line(own: Criterion) -> str:
    more = [] if own.kind == "scored" else [own.kind]
    more += [own.choice] if own.choice else []
    more += [f"{name}={text}" for name, text in sorted(own.columns.items())]
    if own.basis != "printed":
        more.append(own.basis)
    return " | ".join(["    " + (own.number or "-"), own.text, _text(own.max_points), *more]).replace("\n", "⏎")


def _text(value: object) -> str:
    return "-" if value is None else str(value)
