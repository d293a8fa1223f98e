"""The 对照表 as DOCX: three columns on A4 landscape, the head row repeated on every page."""

from __future__ import annotations

import io
from typing import Any

from pipeline.formats.docx import FONT, fixed_dates, mark_row, number_pages, set_font
from pipeline.model import Reading
from pipeline.revisions.changes import ChangeList
from pipeline.revisions.synopsis import Row, rows, shown
from pipeline.revisions.textdiff import Mark

HEADS = (("修订前", "Before"), ("修订后", "After"), ("说明", "Note"))
WIDTHS = (100, 100, 65)
"""Millimetres; A4 landscape with margins of 16 mm."""

COLOURS = {"out": "9E1B1B", "in": "1B5E20"}
SHADE = {"part": "EFECE5", "section": "F7F5F0", "total": "F7F5F0"}


def document(found: ChangeList, old: Reading, new: Reading, lang: str, everything: bool) -> bytes:
    """The 对照表; `everything` lists unchanged rows too."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    tongue = 0 if lang == "zh" else 1
    doc = docx.Document()
    _set_page(doc)
    number_pages(doc)
    title = doc.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, ("修订对照表", "Comparison of revisions")[tongue], bold=True, size=16)
    for name, head in ((("旧版", "Old")[tongue], found.old), (("新版", "New")[tongue], found.new)):
        parts = [head.get(k) for k in ("title", "document_number", "issue_date", "revision")]
        _run(doc.add_paragraph(), f"{name}：{'　'.join(p for p in parts if p) or head.get('source')}")
    table = doc.add_table(rows=1, cols=3)
    table.style, table.autofit = "Table Grid", False
    for cell, names in zip(table.rows[0].cells, HEADS, strict=True):
        _run(cell.paragraphs[0], names[tongue], bold=True)
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        _shade(cell, "E8E5DE")
    mark_row(table.rows[0], "tblHeader")
    listed = shown(rows(found, old, new), everything)
    for row in listed:
        _fill(table.add_row(), row, tongue)
    if not found.changes:
        _run(table.add_row().cells[0].paragraphs[0], ("没有变更。", "No change.")[tongue])
    _set_widths(table)
    out = io.BytesIO()
    doc.save(out)
    return fixed_dates(out.getvalue())


def _set_page(doc: Any) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    section = doc.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(16)
    spacing = set_font(doc, 10.5).paragraph_format
    spacing.space_before = spacing.space_after = Pt(2)


def _fill(line: Any, row: Row, tongue: int) -> None:
    cells = line.cells
    mark_row(line, "cantSplit")
    if row.level == "part":
        head = cells[0].merge(cells[1])
        _run(head.paragraphs[0], row.what[tongue] + ("　" if row.before or row.after else ""), bold=True)
        _runs(head.paragraphs[0], () if row.same else row.before)
        if row.before and row.after and not row.same:
            _run(head.paragraphs[0], " → ")
        _runs(head.paragraphs[0], row.after)
    else:
        for cell, side, empty in ((cells[0], row.before, ("（新增）", "(added)")), (cells[1], row.after, ("（删去）", "(removed)"))):
            _runs(cell.paragraphs[0], side or ((("keep", empty[tongue]),) if row.level != "total" else ()))
    name = [row.what[tongue]] if row.level in ("line", "section") and not row.same else []
    weight = [("【重要】", "[major]")[tongue]] if row.weight == "major" and row.level != "total" else []
    _run(cells[2].paragraphs[0], "\n".join([*name, "".join([*weight, "\n".join(n[tongue] for n in row.notes)])]).strip("\n"))
    for cell in cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = row.level in ("part", "section") or None
    if row.level in SHADE:
        for cell in cells:
            _shade(cell, SHADE[row.level])


def _runs(paragraph: Any, side: tuple[Mark, ...]) -> None:
    from docx.shared import RGBColor

    for kind, text in side:
        run = _run(paragraph, text)
        if kind != "keep":
            run.font.strike, run.font.underline = kind == "out", kind == "in"
            run.font.color.rgb = RGBColor.from_string(COLOURS[kind])


def _run(paragraph: Any, text: str, bold: bool = False, size: float | None = None) -> Any:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.name, run.bold = FONT, bold or None
    run._element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    if size is not None:
        run.font.size = Pt(size)
    return run


def _shade(cell: Any, colour: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    cell._element.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{colour}"/>'))


def _set_widths(table: Any) -> None:
    from docx.shared import Mm

    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    for line in table.rows:
        for element, width in zip(line._tr.tc_lst, WIDTHS if len(line._tr.tc_lst) == 3 else (WIDTHS[0] + WIDTHS[1], WIDTHS[2]), strict=True):
            element.width = Mm(width)
