"""Filled forms that were tampered with: two values for a field, formulas for scores, names that lead elsewhere, floods."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import openpyxl
import pikepdf
import pytest

from pipeline.assessment import assessment_from
from pipeline.errors import InputError, LimitExceeded
from pipeline.formats import docx, pdf, xlsx
from pipeline.returns import collecting
from pipeline.serialize import dumps
from tests.readers.word import zipped
from tests.returns.filled import SOURCE, exported, phone_csv, random_values, read_back, reading, rules_of, sheet
from tests.returns.test_by_program import by_pikepdf
from tests.returns.test_many_files import as_list, as_page, as_xml


def parts_of(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def twice(name: str) -> tuple[str, bytes]:
    """A form in which criterion 1 and the assessed unit are filled a second time, with other values."""
    values = random_values(2, seed=5) | {"annex_2_c1": "2.5"}
    if name == "a.html":
        more = '<input name="annex_2_c1" value="0.1"><input name="annex_2_assessee" value="乙">'
        return name, as_page(values).replace(b"</body>", more.encode() + b"</body>")
    if name == "a.xml":
        return name, as_xml(values).replace(b"</data>", "<annex_2_c1>0.1</annex_2_c1><annex_2_assessee>乙</annex_2_assessee></data>".encode())
    if name == "a.json":
        return name, as_list(values).replace(b"[{", '[{"g": {"annex_2_c1": "0.1", "annex_2_assessee": "乙"}, '.encode(), 1)
    head, row = phone_csv(sheet(2), values).decode().splitlines()
    return name, f"{head},g/annex_2_c1,g/annex_2_assessee\n{row},0.1,乙\n".encode()


@pytest.mark.parametrize("name", ["a.html", "a.xml", "a.json", "a.csv"])
def test_a_field_filled_twice_is_told_in_every_format(tmp_path, name):
    back = read_back(tmp_path, *twice(name))
    assert (back.awarded.get("annex-2/c1"), back.assessee, len(back.awarded)) == (None, None, 34)
    assert [f.where for f in back.findings if f.rule == "value-ambiguous"] == ["annex-2/assessee", "annex-2/c1"]


def test_a_name_that_stands_twice_in_an_export_is_refused(tmp_path):
    data = exported(sheet(2), random_values(2, seed=5)).replace(b'"awarded": {', b'"awarded": {"annex-2/c1": "0.05", ', 1)
    with pytest.raises(InputError, match="annex-2/c1” stands twice"):
        read_back(tmp_path, "a.json", data)


@pytest.mark.parametrize("shown", ["", "2.5"])
@pytest.mark.parametrize("formula", ["=1+1", "=[1]Sheet1!A1", "=cmd|'/C calc'!A0"])
def test_a_score_that_a_formula_gives_is_told_and_not_taken(tmp_path, formula, shown):
    """What the file shows need not be what the formula makes, here or on another machine."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet(2))))
    title, _, cell = book.defined_names["annex_2_c1"].attr_text.rpartition("!")
    book[title.strip("'")][cell.replace("$", "")].value = formula
    out = io.BytesIO()
    book.save(out)
    empty = f"<f>{escape(formula[1:])}</f><v></v>".encode()
    parts = {n: c.replace(empty, empty.replace(b"></v>", f">{shown}</v>".encode())) for n, c in parts_of(out.getvalue()).items()}
    assert any(f">{shown}</v>".encode() in c for c in parts.values())
    back = read_back(tmp_path, "a.xlsx", zipped(parts))
    (said,) = [f for f in back.findings if f.where == "annex-2/c1"]
    assert (said.rule, formula in said.message, shown in said.message) == ("score-unreadable", True, True)
    assert said.message.endswith("（是公式：请改为数值）")
    assert "annex-2/c1" not in back.awarded


def test_a_name_that_leads_beyond_the_sheet_is_no_field(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet(2))))
    book.defined_names["annex_2_c1"].attr_text = f"'{book.sheetnames[0]}'!$A$9999999"
    out = io.BytesIO()
    book.save(out)
    assert "score-blank" in rules_of(read_back(tmp_path, "a.xlsx", out.getvalue()))


def test_a_workbook_with_one_cell_at_its_far_end_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["annex_2_c1"])
    book.active["XFD1048576"] = 1
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(LimitExceeded):
        read_back(tmp_path, "a.xlsx", out.getvalue())


@pytest.mark.parametrize("typed", ["9" * 10_000, "2\nf.html:annex-2/c1: ASM000 fine"])
def test_what_was_typed_cannot_fill_or_forge_the_lines_of_a_message(tmp_path, typed):
    back = read_back(tmp_path, "a.json", exported(sheet(2), random_values(2, seed=5) | {"annex_2_c1": typed}))
    (said,) = [f for f in back.findings if f.rule == "score-unreadable"]
    assert len(said.message) < 300
    assert "\n" not in said.message
    assert said.evidence[0].quote == typed


def test_an_annex_at_odds_with_its_rubric_is_foreign(tmp_path):
    data = json.loads(exported(sheet(2), random_values(2, seed=5))) | {"annex": 3}
    back = read_back(tmp_path, "a.json", json.dumps(data).encode())
    assert "foreign-revision" in rules_of(back)


def test_thousands_of_equal_rows_are_compared_by_their_marks(tmp_path):
    """3,000 rows took 157 s and gave a finding for each pair."""
    head, row = phone_csv(sheet(2), random_values(2, seed=5)).decode().splitlines()
    (tmp_path / "a.csv").write_text("\n".join([head, *[row] * 600]), encoding="utf-8")
    start = time.process_time()
    found, _ = collecting.collect([tmp_path / "a.csv"], reading())
    assert time.process_time() - start < 20
    assert [[f.rule for f in a.findings] for a in found] == [[]] + [["form-twice"]] * 599


def edited_pdf(edit: Callable[[pikepdf.Pdf], object]) -> bytes:
    file = pikepdf.open(io.BytesIO(by_pikepdf(pdf.render(sheet(2)), random_values(2, seed=5))))
    edit(file)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def widget(file: pikepdf.Pdf) -> pikepdf.Object:
    return next(w for p in file.pages for w in p.obj.get("/Annots", []) if str(w.get("/T", "")) == "annex_2_c1")


def without_fields(file: pikepdf.Pdf) -> None:
    for page in file.pages:
        page.obj.Annots = pikepdf.Array()


def flooded(file: pikepdf.Pdf) -> None:
    without_fields(file)
    file.pages[0].Contents = file.make_stream(b"BT /F1 10 Tf (x) Tj ET " * 70_000)


def drawn_over(file: pikepdf.Pdf) -> None:
    """Each field flattened into a drawing of its own, and thousands more: the square of their number in the page reader."""
    without_fields(file)
    form = file.make_indirect(file.make_stream(b""))
    form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 1, 1])
    names = [f"/F{i}" for i in range(10_000)]
    file.pages[0].obj.Resources.XObject = pikepdf.Dictionary(dict.fromkeys(names, form))
    file.pages[0].Contents = file.make_stream(" ".join(f"{n} Do" for n in names).encode())


def many_fields(file: pikepdf.Pdf) -> None:
    rect = pikepdf.Array([10, 10, 20, 20])
    file.pages[0].obj.Annots.extend(
        pikepdf.Dictionary(Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=pikepdf.String(f"x{i}"), Rect=rect) for i in range(40_000)
    )


def many_pages(file: pikepdf.Pdf) -> None:
    without_fields(file)
    for _ in range(300):
        file.add_blank_page()


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda f: setattr(widget(f), "V", f.make_stream(b"9" * 100_000_000)), "packed bytes"), (flooded, "characters and lines"),
        (drawn_over, "forms drawn"), (many_fields, "form fields"), (many_pages, "pages"),
    ],
)  # fmt: skip
def test_a_pdf_that_holds_far_more_than_a_form_is_refused(tmp_path, edit, said):
    data = edited_pdf(edit)
    begun = time.process_time()
    with pytest.raises(LimitExceeded, match=said):
        read_back(tmp_path, "a.pdf", data)
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("said", ["[" * 100_000, "{", "[1]"])
def test_an_unreadable_mark_of_identity_is_none(tmp_path, said):
    data = edited_pdf(lambda f: f.docinfo.__setitem__("/NoticeForm", pikepdf.String(said)))
    assert "form-unidentified" in rules_of(read_back(tmp_path, "a.pdf", data))


def active(file: pikepdf.Pdf) -> None:
    """A program to start, a script, a file inside, and another form's data."""
    file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("/bin/sh"))
    file.Root.AA = pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("this.submitForm('http://127.0.0.1:9')")))
    file.Root.AcroForm.XFA = file.make_stream(b"<x:xdp xmlns:x='http://ns.adobe.com/xdp/'><annex_2_c1>0.05</annex_2_c1></x:xdp>")
    held = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F=pikepdf.String("x.exe"), EF=pikepdf.Dictionary(F=file.make_stream(b"MZ")))
    file.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x.exe"), held])))


def test_what_is_active_in_a_pdf_changes_nothing(tmp_path):
    plain, back = (read_back(tmp_path, "a.pdf", edited_pdf(edit)) for edit in (lambda f: None, active))
    assert (back.awarded, back.findings, back.vetoes) == (plain.awarded, plain.findings, plain.vetoes)
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]


def test_a_damaged_flat_copy_says_nothing_on_standard_error(tmp_path):
    """pdfminer tells of every damaged font on standard error unless somebody listens."""
    (tmp_path / "a.pdf").write_bytes(edited_pdf(lambda f: (without_fields(f), f.pages[0].contents_add(b"BT /Nowhere 9 Tf (x) Tj ET"))))
    (tmp_path / "notice.json").write_text(dumps(reading().to_json()), encoding="utf-8")
    command = [sys.executable, "-m", "pipeline", "collect", str(tmp_path / "a.pdf"), "--notice", str(tmp_path / "notice.json"), "-o", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=SOURCE.parents[2], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_control_and_what_it_is_bound_to_disagree(tmp_path):
    """Word shows the bound value when it opens the file, other programs the control's own."""
    parts = parts_of(docx.render(sheet(2), random_values(2, seed=5)))
    other = {n: re.sub(rb"(annex_2_c1>)[^<]*", rb"\g<1>0.05", c, count=1) if n.startswith("customXml/") else c for n, c in parts.items()}
    back = read_back(tmp_path, "a.docx", zipped(other))
    assert [f.where for f in back.findings if f.rule == "value-ambiguous"] == ["annex-2/c1"]
    assert "annex-2/c1" not in back.awarded


def test_what_a_docx_form_points_at_outside_is_left_there(tmp_path):
    """A template and a picture on another machine, a chunk of another format, a field that takes a file in."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    links = "".join(
        f'<Relationship Id="x{name}" Type="{kind}{name}" Target="{target}" TargetMode="External"/>'
        for name, target in (("attachedTemplate", r"file://\\127.0.0.1\t.dotm"), ("image", r"\\127.0.0.1\x.png"), ("aFChunk", "file:///etc/passwd"))
    )
    field = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDETEXT "/etc/passwd"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    chunk = '<w:altChunk r:id="xaFChunk" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
    parts = parts_of(docx.render(sheet(2), random_values(2, seed=5)))
    plain = read_back(tmp_path, "a.docx", zipped(parts))
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(b"</Relationships>", f"{links}</Relationships>".encode())
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:body>", f"<w:body>{chunk}{field}".encode(), 1)
    back = read_back(tmp_path, "a.docx", zipped(parts))
    assert (back.awarded, back.findings) == (plain.awarded, plain.findings)


def test_an_export_of_very_many_fields_is_refused(tmp_path):
    data = json.loads(exported(sheet(2), random_values(2, seed=5)))
    data["awarded"] |= {f"annex-2/c{n}": "1" for n in range(100, 60_000)}
    with pytest.raises(LimitExceeded, match="form fields"):
        read_back(tmp_path, "a.json", json.dumps(data).encode())


def test_a_score_of_thousands_of_digits_makes_no_long_line():
    with pytest.raises(InputError) as refused:
        assessment_from({"annex": 1, "awarded": {"annex-1/c1": "9" * 5000}})
    assert len(str(refused.value)) < 300
