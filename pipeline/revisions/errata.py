"""The errata sheet 勘误表 of a notice: place, printed, corrected, reason, status, for the file. HTML and DOCX."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import jinja2
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from msgspec import Struct

from pipeline.criterion_names import place_of
from pipeline.formats.docx import fixed_dates, mark_row, number_pages, set_font
from pipeline.model import Decision, Reading

HEADER = ("位置", "原文", "更正为", "理由", "决定人、日期", "状态")
WIDTHS = (44, 58, 58, 46, 30, 21)
"""Millimetres, of 257 between the margins."""
STATUS = {"valid": "有效", "stale": "原值已变，失效", "moot": "来源已更正，不需要"}


class Erratum(Struct, frozen=True):
    """One line of the sheet."""

    place: str
    printed: str
    corrected: str
    reason: str
    signed: str
    status: str


def errata_of(reading: Reading) -> tuple[Erratum, ...]:
    """A line for each correction a person decided (rejections and waivers correct nothing)."""
    return tuple(_erratum(reading, d) for d in reading.decisions if d.action in ("accept", "set"))


def _erratum(reading: Reading, decision: Decision) -> Erratum:
    return Erratum(
        place=place_of(reading, decision.target),
        printed=decision.expected or "（未印）",
        corrected=decision.value or "",
        reason=decision.reason,
        signed=f"{decision.by}，{decision.date}",
        status=STATUS[decision.status],
    )


def render_html(reading: Reading) -> str:
    """The errata sheet as one printable HTML page."""
    return _PAGE.render(head=reading.notice, revision=reading.revision or "", header=HEADER, rows=errata_of(reading))


def render_docx(reading: Reading) -> bytes:
    """The errata sheet as DOCX."""
    document = docx.Document()
    number_pages(document)
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(20)
    set_font(document, 11)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run("勘　误　表")
    run.font.size, run.bold = Pt(18), True
    document.add_paragraph(f"《{reading.notice.title or ''}》{reading.notice.document_number or ''}")
    _table(document, [(e.place, e.printed, e.corrected, e.reason, e.signed, e.status) for e in errata_of(reading)])
    out = io.BytesIO()
    document.save(out)
    return fixed_dates(out.getvalue())


def _table(document: docx.document.Document, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=0, cols=len(HEADER))
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    for number, row in enumerate((HEADER, *rows)):
        line = table.add_row()
        mark_row(line, "cantSplit" if number else "tblHeader")
        for cell, text, width in zip(line.cells, row, WIDTHS, strict=True):
            cell.width = Mm(width)
            cell.paragraphs[0].add_run(text).bold = number == 0
            cell.paragraphs[0].paragraph_format.space_before = cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    if not rows:
        document.add_paragraph("没有更正。")


_PAGE = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string("""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>勘误表</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{margin:0 auto;max-width:70rem;padding:1.2rem;font:16px/1.6 "FangSong","仿宋_GB2312","Noto Serif CJK SC",serif}h1{text-align:center;letter-spacing:.5em}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #333;padding:.35rem .5rem;text-align:left;vertical-align:top}thead th{background:#e8e5de}
@media print{@page{size:A4 landscape;margin:20mm}tr{break-inside:avoid}thead{display:table-header-group}}</style></head><body>
<h1>勘误表</h1><p>《{{ head.title or "" }}》{{ head.document_number or "" }}{% if revision %}　版次 {{ revision }}{% endif %}</p>
<table><thead><tr>{% for h in header %}<th scope="col">{{ h }}</th>{% endfor %}</tr></thead><tbody>
{% for e in rows %}<tr><th scope="row">{{ e.place }}</th><td>{{ e.printed }}</td><td>{{ e.corrected }}</td><td>{{ e.reason }}</td><td>{{ e.signed }}</td><td>{{ e.status }}</td></tr>
{% else %}<tr><td colspan="6">没有更正。</td></tr>{% endfor %}
</tbody></table></body></html>
""")
