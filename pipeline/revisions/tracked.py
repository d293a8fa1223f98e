"""The new rubrics as DOCX with tracked changes against the old: accepted, the new sheets; rejected, the old ones.

Written from our own change list, so that a new number or a moved row does not drown what matters. Rows that keep their
order are marked inside; a row that moved is taken out where it stood and put in where it stands.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from msgspec import Struct

from pipeline.findings import SETTLED
from pipeline.formats.docx import FONT, fixed_dates, mark_row, number_pages, set_font
from pipeline.model import Criterion, Reading, Rubric, Section
from pipeline.normalize import iso_date
from pipeline.plain import COLUMN_TITLES, points_text
from pipeline.revisions.changes import ChangeList
from pipeline.revisions.comparison import printed_points
from pipeline.revisions.pairing import in_order
from pipeline.revisions.textdiff import Mark, marks

AUTHOR = "修订对照"


class Line(Struct, frozen=True):
    """A row of a sheet: a section (one cell over the whole width) or a criterion (a cell a column)."""

    id: str
    cells: tuple[str, ...]
    section: bool = False


class Step(Struct, frozen=True):
    """A row of the document: both (marked inside), or one alone."""

    before: Line | None
    after: Line | None


class Pen:
    """Writes runs and rows with their revision marks; `date` is the new revision's own, never the clock."""

    def __init__(self, date: str | None) -> None:
        self.numbers, self.date = count(1), date

    def _mark(self, name: str) -> Any:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        element = OxmlElement(name)
        element.set(qn("w:id"), str(next(self.numbers)))
        element.set(qn("w:author"), AUTHOR)
        if self.date:
            element.set(qn("w:date"), self.date)
        return element

    def runs(self, paragraph: Any, found: Sequence[Mark], bold: bool = False) -> None:
        """The text of a paragraph, what went and what came marked."""
        from docx.oxml.ns import qn

        for kind, text in found:
            run = paragraph.add_run(text)
            run.font.name, run.bold = FONT, bold or None
            run._element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
            if kind == "keep":
                continue
            if kind == "out":
                for t in run._element.findall(qn("w:t")):
                    t.tag = qn("w:delText")
                    t.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            mark = self._mark("w:del" if kind == "out" else "w:ins")
            run._element.addprevious(mark)
            mark.append(run._element)

    def whole(self, paragraph: Any, kind: str) -> None:
        """Mark the paragraph's own end as gone or come."""
        from docx.oxml import OxmlElement

        own = paragraph._p.get_or_add_pPr()
        holder = OxmlElement("w:rPr")
        holder.append(self._mark("w:del" if kind == "out" else "w:ins"))
        own.append(holder)

    def row(self, line: Any, kind: str) -> None:
        """Mark the whole row as gone or come."""
        line._tr.get_or_add_trPr().append(self._mark("w:del" if kind == "out" else "w:ins"))


def document(found: ChangeList, old: Reading, new: Reading) -> bytes:
    """Every rubric of either revision, in the new order, those that went at the end."""
    import docx

    doc = docx.Document()
    _set_page(doc)
    number_pages(doc)
    pen = Pen(_date(new.notice.issue_date))
    for name in ("title", "document_number"):
        _paragraph(doc, pen, getattr(old.notice, name) or "", getattr(new.notice, name) or "", name == "title")
    back = {b: a for a, b in found.rubrics.items()}
    olds = {r.id: r for r in old.rubrics}
    for rubric in new.rubrics:
        _sheet(doc, pen, olds.get(back.get(rubric.id, "")), rubric, found)
    for rubric in old.rubrics:
        if rubric.id not in found.rubrics:
            _sheet(doc, pen, rubric, None, found)
    out = io.BytesIO()
    doc.save(out)
    return fixed_dates(out.getvalue())


def _date(issue_date: str | None) -> str | None:
    """The new revision's date as Word wants it; None when it has none."""
    found = iso_date(issue_date)
    return f"{found}T00:00:00Z" if found else None


def _set_page(doc: Any) -> None:
    from docx.shared import Mm, Pt

    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    spacing = set_font(doc, 10.5).paragraph_format
    spacing.space_before = spacing.space_after = Pt(2)


def _paragraph(doc: Any, pen: Pen, before: str, after: str, bold: bool = False) -> None:
    """A line of its own; gone or come as a whole where the other side has none."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    if not before and not after:
        return
    paragraph = doc.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    pen.runs(paragraph, marks(before, after), bold)
    if not before or not after:
        pen.whole(paragraph, "in" if after else "out")


# ---- sheets --------------------------------------------------------------------------------------------------------


def _sheet(doc: Any, pen: Pen, old: Rubric | None, new: Rubric | None, found: ChangeList) -> None:
    heads = [f"附件{r.annex}　{r.title or ''}".strip() if r else "" for r in (old, new)]
    _paragraph(doc, pen, heads[0], heads[1], True)
    used = {role for r in (old, new) if r for c in r.criteria() for role, text in c.columns.items() if text}
    extra = [role for role in COLUMN_TITLES if role in used] + sorted(used - COLUMN_TITLES.keys())
    numbered = any(c.number for r in (old, new) if r for c in r.criteria())
    titles = (*(("序号",) if numbered else ()), "评价内容", *(COLUMN_TITLES.get(role, role) for role in extra), "分值")
    table = doc.add_table(rows=1, cols=len(titles))
    table.style, table.autofit = "Table Grid", False
    whole = None if old and new else "in" if new else "out"
    for cell, title in zip(table.rows[0].cells, titles, strict=True):
        pen.runs(cell.paragraphs[0], [(whole or "keep", title)], True)  # type: ignore[list-item]
    mark_row(table.rows[0], "tblHeader")
    if whole:
        pen.row(table.rows[0], whole)
    for step in steps(_lines(old, extra, numbered), _lines(new, extra, numbered), found):
        _row(table, pen, step)
    _set_widths(table, len(extra), numbered)


def _lines(rubric: Rubric | None, extra: Sequence[str], numbered: bool) -> list[Line]:
    """The printed rows of a sheet, section labels as rows of their own where there is one, the total last."""
    if rubric is None:
        return []
    out: list[Line] = []
    for section in rubric.sections:
        if label := _label(section):
            out.append(Line(section.id, (label,), True))
        out += [Line(c.id, _cells(c, extra)[not numbered :]) for c in section.criteria if c.basis in SETTLED]
    if rubric.stated_total is not None:
        out.append(Line(f"{rubric.id}/total", (f"总分　{points_text(rubric.stated_total)} 分",), True))
    return out


def _cells(criterion: Criterion, extra: Sequence[str]) -> tuple[str, ...]:
    points = printed_points(criterion)
    worth = criterion.choice or ("" if points is None else points_text(points))
    return (criterion.number or "", criterion.text, *(criterion.columns.get(role, "") for role in extra), worth)


def _label(section: Section) -> str:
    label = (section.label or "") if section.basis in SETTLED else ""
    points = section.stated_points if section.points_basis in SETTLED else None
    return f"{label}（{points_text(points)} 分）" if points is not None else label


def steps(old: Sequence[Line], new: Sequence[Line], found: ChangeList) -> Iterator[Step]:
    """Both sheets in one sequence: rejected it gives the old order, accepted the new."""
    to_new = found.pairs | found.sections | {f"{a}/total": f"{b}/total" for a, b in found.rubrics.items()}
    place = {line.id: n for n, line in enumerate(new)}
    common = [(n, place[to_new[line.id]]) for n, line in enumerate(old) if to_new.get(line.id) in place]
    kept = [common[k] for k in sorted(in_order([j for _, j in common]))]
    i = j = 0
    for a, b in [*kept, (len(old), len(new))]:
        yield from (Step(line, None) for line in old[i:a])
        yield from (Step(None, line) for line in new[j:b])
        if a < len(old):
            yield Step(old[a], new[b])
        i, j = a + 1, b + 1


def _row(table: Any, pen: Pen, step: Step) -> None:
    line = table.add_row()
    mark_row(line, "cantSplit")
    own = step.after or step.before
    cells = line.cells
    if own is not None and own.section:
        cells = [cells[0].merge(cells[-1])]
    empty = ("",) * len(cells)
    before, after = step.before.cells if step.before else empty, step.after.cells if step.after else empty
    for cell, was, now in zip(cells, before, after, strict=True):
        pen.runs(cell.paragraphs[0], marks(was, now), own is not None and own.section)
    if step.before is None or step.after is None:
        pen.row(line, "in" if step.after else "out")


def _set_widths(table: Any, extra: int, numbered: bool) -> None:
    from docx.shared import Mm

    share = (134 if numbered else 148) / (2 + extra)  # the text has two shares of what number and points leave
    widths = [*[Mm(14)] * numbered, Mm(2 * share), *[Mm(share)] * extra, Mm(22)]  # points before and after in a line
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for line in table.rows:
        for element in line._tr.tc_lst:
            span = element.grid_span
            element.width = widths[0] + sum(widths[1:]) if span > 1 else widths[line._tr.tc_lst.index(element)]
