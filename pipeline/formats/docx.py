"""DOCX form: content controls whose tag is the field key, bound to a custom XML part; header repeated, rows whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from pipeline.formats.identity import identity, identity_line
from pipeline.formats.sheet import EDITION_NAMES, Group, Sheet
from pipeline.grades import range_text
from pipeline.plain import points_text

NAMESPACE = "urn:notice-rubrics:form:1"
STORE_ID = "{5A1C6D3E-0B7F-4E0B-9C55-6E2B0F1D7A01}"
HEADER = ("项目", "序号", "评价内容", "分值", "得分", "扣分说明")
WIDTHS = (22, 12, 74, 13, 16, 29)
ZIP_DATE = (2020, 1, 1, 0, 0, 0)


def render(sheet: Sheet, prefill: Mapping[str, str] | None = None) -> bytes:
    """The form as DOCX bytes, the same for the same sheet and prefill."""
    return _Builder(sheet, dict(prefill or {})).build()


class _Builder:
    """The document being written; every control gets the next id and is noted for the bound XML part."""

    def __init__(self, sheet: Sheet, prefill: dict[str, str]) -> None:
        self.sheet, self.prefill = sheet, prefill
        self.doc: Document = docx.Document()
        self.keys: list[str] = []

    def build(self) -> bytes:
        self._page()
        s = self.sheet
        self._text(s.title, size=18, font="方正小标宋简体", align=WD_ALIGN_PARAGRAPH.CENTER, bold=True)
        line = self.doc.add_paragraph()
        self._into(line, "被评价单位：", f"{s.prefix}_assessee", "被评价单位")
        self._into(line, "　　评价时间：", f"{s.prefix}_date", "评价时间")
        self._table()
        self._vetoes()
        line = self.doc.add_paragraph()
        self._into(line, "等次：", f"{s.prefix}_grade", "等次")
        self._into(line, "　　专家签字：", f"{s.prefix}_assessor", "专家签字")
        self._notes()
        self._bind()
        out = io.BytesIO()
        self.doc.save(out)
        return fixed_dates(out.getvalue())

    def _page(self) -> None:
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(25), Mm(24)
        section.left_margin, section.right_margin = Mm(22), Mm(20)
        style = self.doc.styles["Normal"]
        style.font.name, style.font.size = "仿宋_GB2312", Pt(10.5)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
        style.paragraph_format.space_after = Pt(3)
        head = section.header.paragraphs[0]
        run = head.add_run(f"{identity_line(self.sheet)}　{EDITION_NAMES[self.sheet.edition]}　{self.sheet.digest[:12]}")
        run.font.size = Pt(8)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        foot.add_run("— ")
        foot._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))
        foot.add_run(" —")

    def _text(self, text: str, size: float = 10.5, font: str | None = None, align=None, bold: bool = False) -> None:
        paragraph = self.doc.add_paragraph()
        paragraph.alignment = align
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(size), bold
        if font:
            run.font.name = font
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)

    # ---- controls ----------------------------------------------------------------------------------------------

    def _control(self, key: str, alias: str, blank: str = "　　　　") -> str:
        """A plain-text content control as XML."""
        self.keys.append(key)
        value = self.prefill.get(key, "")
        shown = "" if value else "<w:showingPlcHdr/>"
        return (
            f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias w:val={quoteattr(alias[:60])}/><w:tag w:val={quoteattr(key)}/>"
            f'<w:id w:val="{len(self.keys)}"/><w:lock w:val="sdtLocked"/>{shown}'
            f"<w:dataBinding w:prefixMappings=\"xmlns:f='{NAMESPACE}'\" w:xpath=\"/f:form[1]/f:{key}[1]\" w:storeItemID=\"{STORE_ID}\"/>"
            f'<w:text/></w:sdtPr><w:sdtContent><w:r><w:t xml:space="preserve">{escape(value) if value else blank}</w:t></w:r></w:sdtContent></w:sdt>'
        )

    def _box(self, key: str, alias: str) -> str:
        """A check box control."""
        self.keys.append(key)
        on = self.prefill.get(key) == "Yes"
        w14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
        return (
            f"<w:sdt {nsdecls('w')} {w14}><w:sdtPr><w:alias w:val={quoteattr(alias[:60])}/><w:tag w:val={quoteattr(key)}/>"
            f'<w:id w:val="{len(self.keys)}"/><w:lock w:val="sdtLocked"/>'
            f'<w14:checkbox><w14:checked w14:val="{int(on)}"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
            f'<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
            f"<w:sdtContent><w:r><w:t>{'☒' if on else '☐'}</w:t></w:r></w:sdtContent></w:sdt>"
        )

    def _into(self, paragraph, lead: str, key: str, alias: str) -> None:
        paragraph.add_run(lead)
        paragraph._p.append(parse_xml(self._control(key, alias, "　　　　　　　　　　")))

    # ---- the table ---------------------------------------------------------------------------------------------

    def _table(self) -> None:
        table = self.doc.add_table(rows=1, cols=6)
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        for cell, text in zip(table.rows[0].cells, HEADER, strict=True):
            _put(cell, text, bold=True, centre=True, shade="E8E5DE")
        _mark_row(table.rows[0], "tblHeader")
        for group in self.sheet.groups:
            self._group(table, group)
        possible = self.sheet.stated_total if self.sheet.stated_total is not None else self.sheet.possible()
        self._sum(table, "总评", points_text(possible), f"{self.sheet.prefix}_total")
        for column, width in zip(table.columns, WIDTHS, strict=True):
            column._gridCol.w = Mm(width)
        for row in table.rows:
            _mark_row(row, "cantSplit")
            start = 0
            for tc in row._tr.tc_lst:
                tc.width = Mm(sum(WIDTHS[start : start + tc.grid_span]))
                start += tc.grid_span

    def _group(self, table: Table, group: Group) -> None:
        first = None
        for line in group.lines:
            cells = table.add_row().cells
            _put(cells[1], line.number, centre=True)
            _put(cells[2], line.text + "".join(f"[{m}]" for m in line.marks))
            _put(cells[3], points_text(line.max) if line.max is not None else "—", centre=True)
            if line.max is not None:
                self._field(cells[4], line.key, f"第{line.number}条得分（0–{points_text(line.max)}）", centre=True)
            self._field(cells[5], f"{line.key}_note", f"第{line.number}条扣分说明")
            if first is None:
                first = cells[0]
                label = group.label + "".join(f"[{m}]" for m in group.marks)
                _put(first, label + (f"\n（{points_text(group.stated)}分）" if group.stated is not None else ""), bold=True, centre=True)
            _merge_down(cells[0], restart=cells[0] is first)
        if group.lines:
            possible = points_text(sum(line.max for line in group.lines if line.max is not None) or 0)  # type: ignore[arg-type]
            self._sum(table, f"{group.label} 小计".strip(), possible, f"{group.key}_subtotal")

    def _sum(self, table: Table, label: str, possible: str, key: str) -> None:
        cells = table.add_row().cells
        _put(cells[0].merge(cells[2]), label, bold=True, centre=True, shade="F3F1EC")
        _put(cells[3], possible, bold=True, centre=True, shade="F3F1EC")
        self._field(cells[4], key, f"{label}（自动合计，可不填）", centre=True)

    def _field(self, cell: _Cell, key: str, alias: str, centre: bool = False) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else None
        paragraph._p.append(parse_xml(self._control(key, alias)))

    def _vetoes(self) -> None:
        if not self.sheet.vetoes:
            return
        self._text("一票否决（有下列情形之一的，在方框内打√）", font="黑体", size=11)
        for veto in self.sheet.vetoes:
            paragraph = self.doc.add_paragraph()
            paragraph._p.append(parse_xml(self._box(veto.key, f"一票否决 {veto.number}")))
            paragraph.add_run(f" {veto.number}.{veto.text}")

    def _notes(self) -> None:
        s = self.sheet
        if s.bands:
            self._text(f"等次划分（照原文）：{'；'.join(f'{b.label} {range_text(b)}' for b in s.bands)}", size=9)
        for i, note in enumerate(s.footnotes, 1):
            self._text(f"[{i}] {note}", size=9)
        if s.open:
            self._text("随表说明：本表尚有下列事项未定", size=10, font="黑体")
            for i, item in enumerate(s.open, 1):
                self._text(f"{i}. {item}", size=9)

    def _bind(self) -> None:
        """The custom XML part the controls are bound to: values and the form's identity."""
        fields = "".join(f"<{k}>{escape(self.prefill.get(k, ''))}</{k}>" for k in self.keys)
        about = "".join(f" {k}={quoteattr(str(v))}" for k, v in identity(self.sheet).items())
        item = f'<?xml version="1.0" encoding="UTF-8"?><form xmlns="{NAMESPACE}"{about}>{fields}</form>'
        props = (
            '<?xml version="1.0" encoding="UTF-8"?><ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
            f'ds:itemID="{STORE_ID}"><ds:schemaRefs><ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
        )
        package = self.doc.part.package
        # python-docx's template already has an item1.xml: a second one of that name breaks the zip.
        part = Part(PackURI("/customXml/item9.xml"), "application/xml", item.encode("utf-8"), package)
        about_part = Part(
            PackURI("/customXml/itemProps9.xml"), "application/vnd.openxmlformats-officedocument.customXmlProperties+xml", props.encode("utf-8"), package
        )
        part.relate_to(about_part, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
        self.doc.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def _put(cell: _Cell, text: str, bold: bool = False, centre: bool = False, shade: str | None = None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else None
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.add_run(text).bold = bold
    if shade:
        cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{shade}"/>'))


def _merge_down(cell: _Cell, restart: bool) -> None:
    value = ' w:val="restart"' if restart else ""
    cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:vMerge {nsdecls('w')}{value}/>"))


def _mark_row(row, name: str) -> None:
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:{name} {nsdecls('w')}/>"))


def fixed_dates(data: bytes) -> bytes:
    """The same package with fixed member dates: python-docx stamps the clock."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(zipfile.ZipInfo(info.filename, ZIP_DATE), old.read(info.filename), zipfile.ZIP_DEFLATED)
    return out.getvalue()
