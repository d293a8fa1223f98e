"""Forms of the real notice, every format: keys, marks, refusals, standards, same bytes again."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path

import openpyxl
import page
import pikepdf
import pytest
from docx import Document
from pyxform.xls2xform import convert

from pipeline import stages
from pipeline.assessment import key_of
from pipeline.errors import UsageError
from pipeline.formats import docx, html, pdf, xlsform, xlsx
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.formats.write import safe_name, write_forms
from pipeline.model import Reading

SOURCE = Path(__file__).resolve().parents[2] / "sources" / "zaozhuang-gas-2021-42" / "notice.txt"
VALUES = {"annex_2_assessee": "示例王堃喆公司", "annex_2_c1": "2.5", "annex_2_veto_2": "Yes", "annex_2_c1_note": "缺一项记录"}


@cache
def reading() -> Reading:
    return stages.extract(SOURCE)


@cache
def sheet(annex: int, edition: str = "draft") -> Sheet:
    return sheet_of(reading(), next(r for r in reading().rubrics if r.annex == annex), edition)


def wanted_keys(s: Sheet) -> set[str]:
    head = {f"{s.prefix}_{k}" for k in ("assessee", "date", "assessor", "total", "grade")}
    return head | {line.key for line in s.lines()} | {v.key for v in s.vetoes}


@pytest.mark.parametrize(("annex", "lines", "possible"), [(1, 50, 100), (2, 35, 100), (3, 33, 100)])
def test_a_draft_scores_every_criterion(annex, lines, possible):
    assert (len(sheet(annex).lines()), int(sheet(annex).possible())) == (lines, possible)


def test_what_is_not_printed_carries_a_mark_with_a_footnote():
    s = sheet(2)
    marked = [line.number for line in s.lines() if line.marks] + [g.label for g in s.groups if g.marks]
    assert marked == ["21", "安全运营", "应急处置"]
    assert len(s.footnotes) == 3
    assert "附件1第29条" in " ".join(s.footnotes)


def test_the_printed_edition_has_the_gaps_of_the_print():
    s = sheet(2, "printed")
    assert "21" not in {line.number for line in s.lines()}
    assert [g.label for g in s.groups].count("") == 2
    assert s.footnotes == ()


def test_the_final_edition_is_refused_with_what_is_open():
    with pytest.raises(UsageError, match=r"final.*serial-gap annex-2/c20"):
        sheet(2, "final")


@pytest.mark.parametrize("identifier", ["annex-2/c1", "annex-10/c3~2"])
def test_keys(identifier):
    assert key_of(identifier) == identifier.replace("-", "_").replace("/", "_").replace("~", "_")


@pytest.mark.parametrize("annex", [1, 2, 3])
def test_pdf_has_every_field_once(annex):
    with pikepdf.open(io.BytesIO(pdf.render(sheet(annex)))) as form:
        names = [str(f.T) for f in form.Root.AcroForm.Fields]
    assert len(names) == len(set(names))
    assert wanted_keys(sheet(annex)) <= set(names)


@pytest.mark.parametrize("values", [{}, VALUES], ids=["blank", "filled"])
def test_pdf_passes_pdf_ua(values):
    report = page.validate_pdf_bytes(pdf.render(sheet(2), values), profile=page.ValidationProfile.PDF_UA_1)
    assert [str(f) for f in report.failures] == []
    assert report.is_compliant


def test_pdf_values_and_scripts():
    with pikepdf.open(io.BytesIO(pdf.render(sheet(2), VALUES))) as form:
        fields = {str(f.T): f for f in form.Root.AcroForm.Fields}
        assert str(fields["annex_2_assessee"].V) == "示例王堃喆公司"
        assert str(fields["annex_2_veto_2"].V) == "/Yes"
        assert "Number(v)>3" in str(fields["annex_2_c1"].AA.K.JS)
        assert int(fields["annex_2_total"].Ff) & 1
        about = json.loads(str(form.docinfo["/NoticeForm"]))
    assert (about["annex"], about["rubric_digest"], about["edition"]) == (2, sheet(2).digest, "draft")


def test_a_character_the_fonts_lack_is_refused_by_name():
    with pytest.raises(UsageError, match=r"U\+20BB7"):
        pdf.render(sheet(3), {"annex_3_assessee": "\U00020bb7野家"})


@pytest.mark.parametrize("make", [pdf.render, docx.render, xlsx.render, html.render, xlsform.render])
def test_same_input_same_bytes(make):
    assert make(sheet(3), {}) == make(sheet(3), {})


def test_docx_controls():
    body = Document(io.BytesIO(docx.render(sheet(2), VALUES))).element.xml
    for key in wanted_keys(sheet(2)):
        assert f'w:tag w:val="{key}"' in body, key
    assert "w:tblHeader" in body
    assert "示例王堃喆公司" in body


def test_xlsx_names_validation_and_true_cached_total():
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet(2), VALUES)), data_only=True)
    assert wanted_keys(sheet(2)) <= set(book.defined_names)
    place = book.defined_names["annex_2_total"].attr_text.split("!")[1].replace("$", "")
    assert book["评价表"][place].value == 2.5
    assert book["评价表"].protection.sheet
    assert len(book["评价表"].data_validations.dataValidation) >= 35


def test_a_name_that_looks_like_a_formula_stays_text():
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet(3), {"annex_3_assessee": "=1+1"})))
    place = book.defined_names["annex_3_assessee"].attr_text.split("!")[1].replace("$", "")
    assert book["评价表"][place].data_type == "s"


def test_html_is_one_offline_file_with_every_field():
    text = html.render(sheet(2), {"annex_2_assessee": '<script>alert("x")</script>'})
    for key in wanted_keys(sheet(2)):
        assert f'id="{key}"' in text, key
    assert "default-src 'none'" in text
    assert "http://" not in text
    assert "https://" not in text
    assert '<script>alert("x")' not in text


def test_xlsform_converts():
    done = convert(xlsform=xlsform.render(sheet(2)), validate=False)
    assert done.warnings == []
    for line in sheet(2).lines():
        assert f"<{line.key}" in done.xform


def test_bulk_forms_for_units(tmp_path):
    units = tmp_path / "units.csv"
    units.write_text("单位,附件,电话\n示例甲燃气公司,2,13800000001\n../示例乙公司,附件3,13800000002\n", encoding="utf-8")
    made = write_forms(reading(), tmp_path / "out", None, ("pdf", "html"), "draft", units)
    assert [p.name for p in made] == [
        "annex-2.draft.示例甲燃气公司.pdf", "annex-2.draft.示例甲燃气公司.html", "annex-3.draft.示例乙公司.pdf",
        "annex-3.draft.示例乙公司.html", "manifest.json"]  # fmt: skip
    assert b"1380000" not in b"".join(p.read_bytes() for p in made)


@pytest.mark.parametrize(("formats", "edition"), [(("pdf", "odt"), "draft"), (("exe",), "draft"), (("html",), "clean")])
def test_an_unknown_format_or_edition_writes_nothing(tmp_path, formats, edition):
    with pytest.raises(UsageError):
        write_forms(reading(), tmp_path / "out", None, formats, edition, None)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "safe"), [("CON", "CON_"), ("a/b\\c", "a_b_c"), ("示例（一）", "示例_一"), ("..", "unit")])
def test_file_names(name, safe):
    assert safe_name(name) == safe
