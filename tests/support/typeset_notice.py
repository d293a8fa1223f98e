"""Typeset the seed notice from its transcription: notice.docx (python-docx) and notice.pdf (LibreOffice from it).

    .venv/bin/python tests/support/typeset_notice.py [sources/zaozhuang-gas-2021-42]

Defects of the transcription are kept: lost and displaced labels, number 21 absent, damaged header rows, cut columns,
the invented block. Each run of table lines is one table on a page of its own, without a repeated header.
Markdown marks (`- `, `*…*`) are set, not printed. Names and telephone numbers of the receipt sheet are left out.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import pikepdf
from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

ROOT = Path(__file__).resolve().parents[2]
SLUG = "zaozhuang-gas-2021-42"
FANG, KAI, HEI, TITLE, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
RED = RGBColor(0xE0, 0x10, 0x10)
LINE = Pt(29)  # 22 lines in 225 mm
WIDTHS = {4: (20, 12, 110, 14), 5: (20, 12, 90, 17, 17), 6: (20, 12, 82, 12, 16, 14)}
CENTER, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
FIXED = (2021, 1, 1, 0, 0, 0)

FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir>
{aliases}
</fontconfig>"""
ALIAS = """<match target="pattern"><test name="family"><string>{name}</string></test>
<edit name="family" mode="assign" binding="strong"><string>{real}</string></edit></match>"""
REAL = {FANG: "Noto Serif CJK SC", KAI: "Noto Serif CJK SC", SONG: "Noto Serif CJK SC", TITLE: "Noto Serif CJK SC",
        HEI: "Noto Sans CJK SC", "Times New Roman": "Noto Serif CJK SC"}  # fmt: skip


# ---- words -------------------------------------------------------------------------------------------------------


def add_run(paragraph: Paragraph, text: str, font: str, size: float, *, bold: bool = False, italic: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold, italic
    rpr = run._element.get_or_add_rPr()
    fonts = rpr.get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), font)


def add_line(document, text: str = "", font: str = FANG, size: float = 16, align=None, indent: float = 0) -> Paragraph:
    """One paragraph on the 29 pt line grid."""
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.first_line_indent = Pt(indent)
    paragraph.alignment = align
    if text:
        add_run(paragraph, text, font, size, bold=font == TITLE)
    return paragraph


def add_rule(paragraph: Paragraph) -> None:
    """The red line under the head, 4 mm below the number."""
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "18"), ("space", "11"), ("color", "E01010")):
        bottom.set(qn(f"w:{key}"), value)
    border.append(bottom)
    paragraph._element.get_or_add_pPr().append(border)


def add_head(document, issuer: str, number: str) -> None:
    """Issuer in red, number, rule."""
    head = add_line(document, align=CENTER)
    head.paragraph_format.space_before = Pt(60)
    head.paragraph_format.line_spacing = Pt(46)
    add_run(head, issuer, TITLE, 34, bold=True)
    run = head.runs[0]
    run.font.color.rgb = RED
    scale = OxmlElement("w:w")
    scale.set(qn("w:val"), "62")
    run._element.get_or_add_rPr().append(scale)
    add_line(document)
    add_rule(add_line(document, number, align=CENTER))
    add_line(document)


def add_title(document, text: str) -> None:
    """The title; the transcription's space is where the original wraps."""
    add_line(document)
    paragraph = add_line(document, align=CENTER)
    paragraph.paragraph_format.line_spacing = Pt(34)
    for i, part in enumerate(text.split(" ")):
        if i:
            paragraph.add_run().add_break()
        add_run(paragraph, part, TITLE, 22, bold=True)
    add_line(document)


def add_body(document, text: str) -> None:
    """A paragraph of the body by its heading level; run-in headings of the second level end at their full stop."""
    text = re.sub(r"^- ", "", text)
    if re.match(r"[一二三四五]、", text):
        add_line(document, text, HEI, indent=32)
    elif re.match(r"[（(][一二三四五][）)]", text):
        paragraph = add_line(document, indent=32)
        lead, stop, rest = text.partition("。")
        add_run(paragraph, lead + stop, KAI, 16)
        if rest:
            add_run(paragraph, rest, FANG, 16)
    elif "*" in text:
        paragraph = add_line(document, indent=32)
        for i, part in enumerate(text.split("*")):
            if part:
                add_run(paragraph, part, FANG, 16, italic=bool(i % 2))
    elif text.endswith("各燃气经营企业："):
        add_line(document, text)
    else:
        add_line(document, text, indent=32)


# ---- tables ------------------------------------------------------------------------------------------------------


def add_table(document, rows: list[list[str]], widths: tuple[int, ...]) -> None:
    table: Table = document.add_table(rows=len(rows), cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row, texts in zip(table.rows, rows, strict=True):
        row.height = Mm(11)
        cant = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(cant)
        for i, (cell, text) in enumerate(zip(row.cells, texts + [""] * (len(widths) - len(texts)), strict=True)):
            cell.width = Mm(widths[i])
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            set_cell(cell.paragraphs[0], text, left=len(text) > 12)
    merge_labels(table, rows)


def set_cell(paragraph: Paragraph, text: str, left: bool) -> None:
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(15)
    paragraph.alignment = LEFT if left else CENTER
    if text:
        add_run(paragraph, text, FANG, 11)


def merge_labels(table: Table, rows: list[list[str]]) -> None:
    """The first column: a label runs down to the row before the next label, a header row or the total stand alone."""
    starts = [i for i, row in enumerate(rows) if row[0] or is_alone(row) or i == 0 or is_alone(rows[i - 1])]
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        if end - start > 1:
            table.cell(start, 0).merge(table.cell(end - 1, 0))
            for extra in table.cell(start, 0).paragraphs[1:]:
                extra._element.getparent().remove(extra._element)


def is_alone(row: list[str]) -> bool:
    """Header rows, the total row, and a label printed on a row of its own."""
    return any(t in ("序号", "评价内容", "总评") for t in row) or (bool(row[0]) and not any(row[1:]))


# ---- the document ------------------------------------------------------------------------------------------------


def new_document():
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(24)
    document.settings.odd_and_even_pages_header_footer = True
    add_page_number(section.footer, RIGHT)
    add_page_number(section.even_page_footer, LEFT)
    document.styles["Normal"].font.name = FANG
    document.styles["Normal"].element.rPr.rFonts.set(qn("w:eastAsia"), FANG)
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), "en-US")
    lang.set(qn("w:eastAsia"), "zh-CN")
    document.styles["Normal"].element.rPr.append(lang)
    core = document.core_properties
    core.title, core.author, core.comments = "facsimile set from a transcription", "typeset_notice.py", ""
    core.created = core.modified = datetime.datetime(*FIXED)
    return document


def add_page_number(footer, align) -> None:
    """— 1 — in 14 pt, a character in from the edge."""
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    add_run(paragraph, "— ", SONG, 14)
    for kind, text in (("begin", None), (None, "PAGE"), ("separate", None), (None, "1"), ("end", None)):
        add_run(paragraph, "", SONG, 14)
        run = paragraph.runs[-1]._element
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText" if text == "PAGE" else "w:t")
            element.text = text
        run.append(element)
    add_run(paragraph, " —", SONG, 14)


def on_new_page(paragraph: Paragraph) -> Paragraph:
    paragraph.paragraph_format.page_break_before = True
    return paragraph


def add_break(document) -> None:
    """An empty line of one point that begins a page: the table after it is the next part."""
    paragraph = on_new_page(add_line(document))
    paragraph.paragraph_format.line_spacing = Pt(1)
    add_run(paragraph, "", FANG, 1)


def split_parts(lines: list[str]) -> list[tuple[bool, list[str]]]:
    """Runs of table lines and of other lines, blank lines dropped; a blank line ends a run."""
    runs: list[tuple[bool, list[str]]] = []
    for (table, blank), group in groupby(lines, key=lambda x: ("\t" in x, not x.strip())):
        if table or not blank:
            runs.append((table, list(group)))
    return runs


def without_people(rows: list[list[str]]) -> list[list[str]]:
    """The receipt sheet: its header, and its numbers without companies, names, telephones."""
    return [rows[0], *([row[0], *([""] * (len(row) - 1))] for row in rows[1:])]


def add_annex_line(document, text: str) -> None:
    if re.match(r"附件 ?\d", text):
        on_new_page(add_line(document, text, HEI))
    elif text.endswith("（试行）"):
        add_line(document, text, TITLE, 16, align=CENTER)
    elif text.startswith("《"):
        on_new_page(add_line(document, text, TITLE, 18, align=CENTER))
    elif text.endswith("领取单"):
        add_line(document, text, TITLE, 18, align=CENTER)
        add_line(document)
    else:
        add_line(document, text, size=14)


def typeset(lines: list[str]):
    """The whole notice."""
    document = new_document()
    parts = split_parts(lines)
    after_table = annexes = False
    said = 0
    for table, run in parts:
        if table:
            rows = [[cell.strip() for cell in line.split("\t")] for line in run]
            if after_table:
                add_break(document)
            if "领取人" in rows[0]:
                rows = without_people(rows)
            width = max(map(len, rows))
            add_table(document, rows, (14, 60, 26, 32, 24) if "领取人" in rows[0] else WIDTHS[width])
            after_table = True
            continue
        for text in (line.strip() for line in run):
            annexes = annexes or bool(re.match(r"附件 ?1$", text))
            if annexes:
                add_annex_line(document, text)
            else:
                add_opening(document, text, said)
            said += 1
        after_table = False
    return document


def add_opening(document, text: str, said: int) -> None:
    """Head, title and body."""
    if said == 0:
        add_opening.issuer = text
    elif said == 1:
        add_head(document, add_opening.issuer, text)
    elif said == 2:
        add_title(document, text)
    elif text.endswith("实施方案"):
        add_title(document, text.replace("服务质量评价", "服务质量评价 ", 1))
    elif re.match(r"(- )?附件：", text):
        add_line(document)
        add_line(document, re.sub(r"^- ", "", text), indent=32)
    elif re.match(r"[23]\. ?枣庄市", text):
        add_line(document, text, indent=80)
    else:
        add_body(document, text)


# ---- files -------------------------------------------------------------------------------------------------------


def save_docx(document, path: Path) -> None:
    """Save with fixed dates inside the zip, so that the same text gives the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.docx"
        document.save(str(raw))
        with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for info in source.infolist():
                out.writestr(zipfile.ZipInfo(info.filename, FIXED), source.read(info), zipfile.ZIP_DEFLATED)


def save_pdf(docx: Path, path: Path) -> None:
    """LibreOffice sets the DOCX; official fonts that are absent are set in Noto."""
    with tempfile.TemporaryDirectory() as folder:
        conf = Path(folder) / "fonts.conf"
        aliases = "\n".join(ALIAS.format(name=name, real=real) for name, real in REAL.items())
        conf.write_text(FONTS_CONF.format(cache=f"{folder}/cache", aliases=aliases), encoding="utf-8")
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
             "--outdir", folder, str(docx)],
            check=True, capture_output=True, timeout=300, env={**os.environ, "FONTCONFIG_FILE": str(conf)},
        )  # fmt: skip
        with pikepdf.open(Path(folder) / (docx.stem + ".pdf")) as pdf:
            for key in ("/CreationDate", "/ModDate"):
                pdf.docinfo[key] = "D:20210101000000Z"
            for owner, key in ((pdf.Root, "/Metadata"), (pdf.trailer, "/DocChecksum")):
                if key in owner:
                    del owner[key]
            pdf.save(path, deterministic_id=True)


def describe(folder: Path) -> dict:
    """source.json: what each file is and where it comes from."""
    kinds = (
        ("notice.txt", "text/plain", "transcription", "the transcription as received, byte for byte"),
        ("notice.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "facsimile",
         "set from notice.txt by tests/support/typeset_notice.py"),
        ("notice.pdf", "application/pdf", "facsimile", "LibreOffice's PDF of notice.docx"),
    )  # fmt: skip
    return {
        "slug": SLUG,
        "title": "关于印发枣庄高新区燃气行业服务质量评价实施方案的通知",
        "origin": "a transcription of the printed notice, handed over with the commission; the original is not available",
        "date": None,
        "revision": "2021",
        "supersedes": None,
        "primary": "notice.pdf",
        "files": [
            {"file": f, "sha256": sha256((folder / f).read_bytes()).hexdigest(), "media_type": m, "role": r, "note": n}
            for f, m, r, n in kinds
        ],
        "note": "notice.docx and notice.pdf are facsimiles, not originals: the original is not available, so both were typeset from "
        "the transcription with its defects kept (lost and displaced labels, number 21 absent in annex 2, damaged headers, "
        "the invented block). What they share with the transcription is no second witness. Page and table breaks follow "
        "the transcription's blank lines. The receipt sheet's companies, names and telephone numbers are left out of them.",
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sources" / SLUG
    if shutil.which("soffice") is None:
        sys.exit("LibreOffice (soffice) is absent: apt-get install libreoffice-writer")
    lines = (folder / "notice.txt").read_text(encoding="utf-8").split("\n")
    save_docx(typeset(lines), folder / "notice.docx")
    save_pdf(folder / "notice.docx", folder / "notice.pdf")
    text = json.dumps(describe(folder), ensure_ascii=False, indent=2) + "\n"
    (folder / "source.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
