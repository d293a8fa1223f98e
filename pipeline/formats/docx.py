"""DOCX form: content controls whose tag is the field key, bound to a custom XML part; header repeated, rows whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from pipeline import rx as regex
from pipeline.assessment import FORM_NAMESPACE
from pipeline.formats.identity import code_png, identity, identity_line
from pipeline.formats.sheet import EDITION_NAMES, TITLES, Group, Line, Sheet, lines_needed
from pipeline.plain import points_text
from pipeline.scoring.grades import range_text

STORE_ID = "{5A1C6D3E-0B7F-4E0B-9C55-6E2B0F1D7A01}"
WIDTHS = {"label": 22, "number": 12, "text": 74, "max": 13, "score": 17, "note": 30}
WITH_SKIPS = {"label": 21, "number": 12, "text": 63, "max": 13, "score": 15, "skip": 17, "note": 27}
"""Widths of the columns in mm; the text has that of a column the sheet lacks."""
PITCH = 15.0
"""Line height in points, exact: the page breaks are ours, so that a section's label stands on every page it goes over."""
ROOM = 670.0
"""Points of table that are put on one page, of 703 between the margins."""
TALL = 0.5 * ROOM
"""A row higher than this may go on on the next page: kept whole it would leave most of a page empty, or be cut."""
TOGETHER = 12
"""So many veto conditions at most are kept on one page with grade and signature, which else could stand there alone."""
FONT = "仿宋_GB2312"
ALTERNATIVES = {FONT: "仿宋", "方正小标宋简体": "宋体"}
"""What an office without the notice's own fonts takes instead."""
BOUND_PART = "customXml/item9.xml"
PAGE_FIELD = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
ZIP_DATE = (2020, 1, 1, 0, 0, 0)


def render(sheet: Sheet, prefill: Mapping[str, str] | None = None) -> bytes:
    """The form as DOCX bytes, the same for the same sheet and prefill."""
    parts = dict(_blank(sheet))
    values = {k: v for k, v in (prefill or {}).items() if v}
    if values:
        parts["word/document.xml"] = _filled(parts["word/document.xml"].decode("utf-8"), values).encode("utf-8")
        parts[BOUND_PART] = _bound(parts[BOUND_PART].decode("utf-8"), values).encode("utf-8")
    return _zipped(parts)


@lru_cache(maxsize=16)
def _blank(sheet: Sheet) -> tuple[tuple[str, bytes], ...]:
    """The parts of the form without values: built once, however many units get it."""
    with zipfile.ZipFile(io.BytesIO(_Builder(sheet).build())) as package:
        return tuple((name, package.read(name)) for name in package.namelist())


def _filled(document: str, values: Mapping[str, str]) -> str:
    """Values into the controls of a blank form's text."""
    for key, value in values.items():
        tag = f'<w:tag w:val="{key}"/>'
        start = document.find(tag)
        if start < 0:
            continue
        end = document.index("</w:sdt>", start)
        control = document[start:end]
        if "<w14:checkbox>" in control:
            on = value == "Yes"
            control = regex.sub(r'(<w14:checked w14:val=")[01]', rf"\g<1>{int(on)}", control).replace("☐" if on else "☒", "☒" if on else "☐")
        else:
            control = control.replace("<w:showingPlcHdr/>", "", 1)
            head, _, tail = control.partition('<w:t xml:space="preserve">')
            control = f'{head}<w:t xml:space="preserve">{escape(value)}{tail[tail.index("</w:t>"):]}'
        document = document[:start] + control + document[end:]
    return document


def _bound(item: str, values: Mapping[str, str]) -> str:
    for key, value in values.items():
        item = item.replace(f"<{key}></{key}>", f"<{key}>{escape(value)}</{key}>")
    return item


class _Builder:
    """The document being written; every control gets the next id and is noted for the bound XML part."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.doc: Document = docx.Document()
        self.keys: list[str] = []
        self.lead, self.columns = sheet.lead(), sheet.columns()
        self.skips = "skip" in self.columns
        widths = WITH_SKIPS if self.skips else WIDTHS
        self.width = {name: widths[name] for name in self.columns}
        self.width["text"] += sum(widths.values()) - sum(self.width.values())

    def build(self) -> bytes:
        self._page()
        s = self.sheet
        self.doc.core_properties.title, self.doc.core_properties.author = s.title, ""
        self._text(s.title, size=18, font="方正小标宋简体", align=WD_ALIGN_PARAGRAPH.CENTER, bold=True)
        line = self._ruled(100)
        self._into(line, "被评价单位：", f"{s.prefix}_assessee", "被评价单位")
        self._into(line, "　　评价时间：", f"{s.prefix}_date", "评价时间")
        self._table()
        if self.skips:
            self._text("某项确不适用的，在“不适用”栏打√，不填得分，并在“扣分说明”栏写明理由。", size=9, before=4)
        self._vetoes()
        line = self._ruled(80)
        self._into(line, "等次：", f"{s.prefix}_grade", "等次")
        self._into(line, "　　专家签字：", f"{s.prefix}_assessor", "专家签字")
        self._notes()
        self._bind()
        out = io.BytesIO()
        self.doc.save(out)
        return out.getvalue()

    def _page(self) -> None:
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(25), Mm(24)
        section.left_margin, section.right_margin = Mm(22), Mm(20)
        set_font(self.doc, 10.5).paragraph_format.space_after = Pt(3)
        head = section.header.paragraphs[0]
        run = head.add_run(f"{identity_line(self.sheet)}　{EDITION_NAMES[self.sheet.edition]}　{self.sheet.digest[:12]}")
        run.font.size = Pt(8)
        section.footer_distance = Mm(8)
        foot = section.footer.paragraphs[0]
        foot.paragraph_format.tab_stops.clear_all()
        foot.paragraph_format.tab_stops.add_tab_stop(Mm(84), WD_TAB_ALIGNMENT.CENTER)
        foot.paragraph_format.tab_stops.add_tab_stop(Mm(168), WD_TAB_ALIGNMENT.RIGHT)
        foot.add_run("\t— ")
        foot._p.append(parse_xml(PAGE_FIELD))
        foot.add_run(" —\t")
        picture = foot.add_run().add_picture(io.BytesIO(code_png(self.sheet)), width=Mm(12))
        picture._inline.docPr.set("descr", "表号二维码")
        for part in self.doc.part.package.iter_parts():
            if str(part.partname) == "/word/fontTable.xml":
                part._blob = _with_alternatives(part.blob)

    def _text(self, text: str, size: float = 10.5, font: str | None = None, align=None, bold: bool = False, before: float = 0) -> None:
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(before)
        paragraph.alignment = align
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(size), bold
        if font:
            run.font.name = font
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)

    # ---- controls ----------------------------------------------------------------------------------------------

    def _control(self, key: str, alias: str, blank: str = "　　") -> str:
        """A plain-text content control as XML."""
        self.keys.append(key)
        return (
            f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias w:val={quoteattr(alias[:60])}/><w:tag w:val={quoteattr(key)}/>"
            f'<w:id w:val="{len(self.keys)}"/><w:lock w:val="sdtLocked"/><w:showingPlcHdr/>'
            f"<w:dataBinding w:prefixMappings=\"xmlns:f='{FORM_NAMESPACE}'\" w:xpath=\"/f:form[1]/f:{key}[1]\" w:storeItemID=\"{STORE_ID}\"/>"
            f'<w:text/></w:sdtPr><w:sdtContent><w:r><w:t xml:space="preserve">{blank}</w:t></w:r></w:sdtContent></w:sdt>'
        )

    def _box(self, key: str, alias: str) -> str:
        """A check box control."""
        self.keys.append(key)
        w14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
        return (
            f"<w:sdt {nsdecls('w')} {w14}><w:sdtPr><w:alias w:val={quoteattr(alias[:60])}/><w:tag w:val={quoteattr(key)}/>"
            f'<w:id w:val="{len(self.keys)}"/><w:lock w:val="sdtLocked"/>'
            '<w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
            f'<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
            "<w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"
        )

    def _ruled(self, middle: int) -> Paragraph:
        """A paragraph whose tabs draw the line that a field is written on, up to `middle` mm and to the margin."""
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(6)
        for stop in (middle, 168):
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(stop), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
        return paragraph

    def _into(self, paragraph: Paragraph, lead: str, key: str, alias: str) -> None:
        paragraph.add_run(lead)
        paragraph._p.append(parse_xml(self._control(key, alias)))
        paragraph.add_run("\t")

    # ---- the table ---------------------------------------------------------------------------------------------

    def _table(self) -> None:
        self._open_table(used=58.0)
        for group in self.sheet.groups:
            if group.lines:
                self._group(group)
            else:
                self._heading(group)
        self._sum("总评", self.sheet.total_text(), f"{self.sheet.prefix}_total")

    def _open_table(self, used: float) -> None:
        """Begin a table with its header row; `used` points of the page are taken before it."""
        table = self.doc.add_table(rows=1, cols=len(self.columns))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, self.width.values(), strict=True):
            column._gridCol.w = Mm(width)
        for cell, name in zip(table.rows[0].cells, self.columns, strict=True):
            _put(cell, TITLES[name], bold=True, centre=True, shade="E8E5DE")
        mark_row(table.rows[0], "tblHeader")
        self._fit(table.rows[0])
        self.table, self.used = table, used + PITCH + 5

    def _row(self, lines: int, after: float = 0.0) -> tuple[_Row, bool]:
        """A row for a text of so many lines, on the next page when it and the `after` points of what must follow it do
        not fit; whether a page was turned."""
        height = lines * PITCH + 5
        turned = self.used + (ROOM / 5 if height > TALL else height + after) > ROOM
        if turned:
            between = self.doc.add_paragraph()
            between.paragraph_format.page_break_before = True
            between.paragraph_format.space_after, between.paragraph_format.line_spacing = Pt(0), Pt(1)
            self._open_table(used=1.0)
        self.used += height
        while self.used > ROOM:  # the row goes on under the repeated header
            self.used += PITCH + 5 - ROOM
        return self.table.add_row(), turned

    def _fit(self, row: _Row, whole: bool = True) -> None:
        if whole:
            mark_row(row, "cantSplit")
        start, widths = 0, list(self.width.values())
        for tc in row._tr.tc_lst:
            tc.width = Mm(sum(widths[start : start + tc.grid_span]))
            start += tc.grid_span

    def _heading(self, group: Group) -> None:
        """A section that only holds others: a row of its own, kept with the next."""
        heights = [self._height(g.lines[0]) if g.lines else 1 for g in self.sheet.below(group)]
        row, _ = self._row(1, sum(min(PITCH * lines + 5, ROOM / 5) for lines in heights) + PITCH + 5)
        cell = row.cells[0].merge(row.cells[-1])
        for extra in cell.paragraphs[1:]:
            extra._p.getparent().remove(extra._p)
        _put(cell, group.heading(), bold=True, shade="ECE9E2")
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        self._fit(row)

    def _group(self, group: Group) -> None:
        """One section: its label in its first row, and again where it goes on on another page."""
        heights = [self._height(line) for line in group.lines]
        labelled = "label" in self.lead
        if labelled:
            heights[-1] = max(heights[-1], _lines_needed(group.cell(True), self.width["label"]) - sum(heights[:-1]))
        for i, (line, height) in enumerate(zip(group.lines, heights, strict=True)):
            last = line is group.lines[-1] and group.totalled
            row, turned = self._row(height, PITCH + 5 if last else 0.0)
            self._line(dict(zip(self.columns, row.cells, strict=True)), line)
            if labelled and (i == 0 or turned):
                _put(row.cells[0], group.cell(i == 0), bold=True, centre=True)
            if labelled:
                _merge_down(row.cells[0], restart=i == 0 or turned)
            self._fit(row, height * PITCH + 5 <= TALL)
        if group.totalled:
            self._sum(f"{group.label} 小计".strip(), group.possible_text(), f"{group.key}_subtotal")

    def _height(self, line: Line) -> int:
        """The lines of a criterion's row."""
        return _lines_needed(line.shown(), self.width["text"])

    def _line(self, cells: Mapping[str, _Cell], line: Line) -> None:
        if "number" in cells:
            _put(cells["number"], line.number, centre=True)
        _put(cells["text"], line.shown())
        _put(cells["max"], line.most, centre=True)
        if line.scored:
            most = f"（0–{points_text(line.max)}）" if line.max is not None else "（分值未定）"
            self._field(cells["score"], line.key, f"{line.name}得分{most}", centre=True)
            if self.skips:
                cells["skip"].vertical_alignment = WD_ALIGN_VERTICAL.CENTER
                cells["skip"].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
                cells["skip"].paragraphs[0]._p.append(parse_xml(self._box(f"{line.key}_na", f"{line.name}不适用")))
        self._field(cells["note"], f"{line.key}_note", f"{line.name}扣分说明", blank="　　　　")

    def _sum(self, label: str, possible: str, key: str) -> None:
        row, _ = self._row(1)
        cells, after = row.cells, len(self.lead)
        _put(cells[0].merge(cells[after - 1]), label, bold=True, centre=True, shade="F3F1EC")
        for extra in cells[0].paragraphs[1:]:  # a merge keeps the paragraphs of all its cells
            extra._p.getparent().remove(extra._p)
        _put(cells[after], possible, bold=True, centre=True, shade="F3F1EC")
        self._field(cells[after + 1], key, f"{label}（自动合计，可不填）", centre=True)
        self._fit(row)

    def _field(self, cell: _Cell, key: str, alias: str, centre: bool = False, blank: str = "　　") -> None:
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else None
        _tight(paragraph)
        paragraph._p.append(parse_xml(self._control(key, alias, blank)))

    def _vetoes(self) -> None:
        if not self.sheet.vetoes:
            return
        first = len(self.doc.paragraphs)
        self._text("一票否决（有下列情形之一的，在方框内打√）", font="黑体", size=11, before=8)
        for i, veto in enumerate(self.sheet.vetoes, start=1):
            paragraph = self.doc.add_paragraph()
            paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Pt(16), Pt(-16)
            paragraph._p.append(parse_xml(self._box(veto.key, f"一票否决 {i}")))
            paragraph.add_run(f" {veto.mark}{veto.text}")
        if len(self.sheet.vetoes) <= TOGETHER:
            for paragraph in self.doc.paragraphs[first:]:
                paragraph.paragraph_format.keep_with_next = True

    def _notes(self) -> None:
        s = self.sheet
        if s.bands:
            self._text(f"等次划分（照原文）：{'；'.join(f'{b.label} {range_text(b)}' for b in s.bands)}", size=9)
        for i, note in enumerate(s.footnotes, 1):
            self._text(f"[{i}] {note}", size=9)
        if s.open:
            first = len(self.doc.paragraphs)
            self._text("随表说明：本表尚有下列事项未定", size=11, font="黑体", before=8)
            for i, item in enumerate(s.open, 1):
                self._text(f"{i}. {item}", size=9)
            if len(s.open) <= 30:
                for paragraph in self.doc.paragraphs[first:-1]:
                    paragraph.paragraph_format.keep_with_next = True

    def _bind(self) -> None:
        """The custom XML part the controls are bound to: values and the form's identity."""
        fields = "".join(f"<{k}></{k}>" for k in self.keys)
        about = "".join(f" {k}={quoteattr(str(v))}" for k, v in identity(self.sheet).items())
        item = f'<?xml version="1.0" encoding="UTF-8"?><form xmlns="{FORM_NAMESPACE}"{about}>{fields}</form>'
        props = (
            '<?xml version="1.0" encoding="UTF-8"?><ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
            f'ds:itemID="{STORE_ID}"><ds:schemaRefs><ds:schemaRef ds:uri="{FORM_NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
        )
        package = self.doc.part.package
        # python-docx's template already has an item1.xml: a second one of that name breaks the zip.
        part = Part(PackURI("/" + BOUND_PART), "application/xml", item.encode("utf-8"), package)
        kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
        about_part = Part(PackURI("/customXml/itemProps9.xml"), kind, props.encode("utf-8"), package)
        part.relate_to(about_part, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
        self.doc.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def _put(cell: _Cell, text: str, bold: bool = False, centre: bool = False, shade: str | None = None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else None
    _tight(paragraph)
    paragraph.add_run(text).bold = bold
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    if shade:
        cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{shade}"/>'))


def _tight(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing = Pt(PITCH)


def _lines_needed(text: str, width: float) -> int:
    """Lines of a text in a cell of `width` mm at 10.5 points (3.7 mm a character, Latin letters half of it)."""
    return lines_needed(text, int((width - 4) / 3.7))


def _with_alternatives(table: bytes) -> bytes:
    """The font table with a common font named for each of the notice's own."""
    more = "".join(f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in ALTERNATIVES.items())
    return table.replace(b"</w:fonts>", more.encode("utf-8") + b"</w:fonts>")


def _merge_down(cell: _Cell, restart: bool) -> None:
    value = ' w:val="restart"' if restart else ""
    cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:vMerge {nsdecls('w')}{value}/>"))


def mark_row(row: _Row, name: str) -> None:
    """A property of a table row: `tblHeader` repeats it on every page, `cantSplit` keeps it on one."""
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:{name} {nsdecls('w')}/>"))


def set_font(document: Document, size: float) -> ParagraphStyle:
    """Set the notice's own font as that of the document, at `size` points; returns the style that has it."""
    style: ParagraphStyle = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    return style


def number_pages(document: Document) -> None:
    """Page numbers in the middle of the foot, `— 1 —`."""
    foot = document.sections[0].footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    foot._p.append(parse_xml(PAGE_FIELD))
    foot.add_run(" —")


def fixed_dates(data: bytes) -> bytes:
    """The same package with fixed member dates: python-docx stamps the clock."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return _zipped({name: old.read(name) for name in old.namelist()})


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(zipfile.ZipInfo(name, ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
