"""Forms that come back: the same scores through every format, and every doubt told."""

from __future__ import annotations

import io
import json

import openpyxl
import pikepdf
import pypdf
import pytest

from pipeline.assessment import key_of
from pipeline.errors import InputError
from pipeline.formats import docx, pdf, xlsx
from pipeline.plain import points_text
from pipeline.returns import collecting
from tests.returns.filled import HEAD, exported, phone_csv, random_values, read_back, reading, sheet

MAKERS = {"pdf": pdf.render, "docx": docx.render, "xlsx": xlsx.render, "json": exported, "csv": phone_csv}


@pytest.mark.parametrize("annex", [1, 2, 3])
@pytest.mark.parametrize("form", MAKERS)
def test_random_legal_scores_come_back_the_same(tmp_path, form, annex):
    values = random_values(annex, seed=20260000 + annex)
    back = read_back(tmp_path, f"f.{form}", MAKERS[form](sheet(annex), values))
    s = sheet(annex)
    assert {key_of(k): points_text(v) for k, v in back.awarded.items()} == {line.key: values[line.key] for line in s.lines()}
    assert (back.assessee, back.date, back.assessor) == tuple(HEAD.values())
    assert {n for n, ticked in back.vetoes.items() if ticked} == {v.number for v in s.vetoes if values.get(v.key) == "Yes"}
    assert back.notes == {s.lines()[0].id: "缺记录"}
    assert [f.rule for f in back.findings if f.severity == "error"] == []


BAD = [
    ("9", "score-above-maximum", None),
    ("-1", "score-negative", None),
    ("好", "score-unreadable", None),
    ("2,5", "score-unreadable", None),
    ("半", "score-unreadable", None),
    ("", "score-blank", None),
    ("２．５", "score-normalised", "2.5"),
    ("1.25", "score-too-fine", "1.25"),
    ("1e1", "score-unreadable", None),
]


@pytest.mark.parametrize(("typed", "rule", "kept"), BAD)
def test_a_doubtful_score_is_a_located_finding_and_never_a_guess(tmp_path, typed, rule, kept):
    values = random_values(2, seed=1) | {"annex_2_c1": typed}
    back = read_back(tmp_path, "f.json", exported(sheet(2), values))
    assert [(f.rule, f.where) for f in back.findings if f.rule.startswith("score-")] == [(rule, "annex-2/c1")]
    assert (back.awarded.get("annex-2/c1") and points_text(back.awarded["annex-2/c1"])) == kept
    assert len(back.awarded) == 34 + (kept is not None)


def test_a_tampered_total_is_told(tmp_path):
    form = json.loads(exported(sheet(2), random_values(2, seed=2)))
    form["total"] = "99.9"
    back = read_back(tmp_path, "f.json", json.dumps(form).encode())
    assert "stated-total-differs" in {f.rule for f in back.findings}


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [("document_number", "某字〔2020〕1号", "foreign-revision"), ("rubric_digest", "0" * 64, "digest-mismatch"), ("rubric", "annex-9", "foreign-revision")],
)
def test_a_form_of_another_notice_or_revision_is_refused_by_name(tmp_path, field, value, rule):
    form = json.loads(exported(sheet(2), random_values(2, seed=3))) | {field: value}
    back = read_back(tmp_path, "f.json", json.dumps(form).encode())
    assert rule in {f.rule for f in back.findings}


def test_the_same_form_twice_and_two_by_one_hand(tmp_path):
    first, second = random_values(2, seed=4), random_values(2, seed=5)
    for name, values in (("a.json", first), ("b.json", first), ("c.json", second)):
        (tmp_path / name).write_bytes(exported(sheet(2), values))
    found, _ = collecting.collect([tmp_path / n for n in ("a.json", "b.json", "c.json")], reading())
    assert [{f.rule for f in a.findings} & {"form-twice", "assessor-twice"} for a in found] == [set(), {"form-twice"}, {"assessor-twice"}]


def test_a_pdf_filled_by_pypdf(tmp_path):
    writer = pypdf.PdfWriter(io.BytesIO(pdf.render(sheet(3))))
    writer.update_page_form_field_values(None, {"annex_3_c1": "2.5", "annex_3_assessee": "ABC"}, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    back = read_back(tmp_path, "f.pdf", out.getvalue())
    assert (points_text(back.awarded["annex-3/c1"]), back.assessee) == ("2.5", "ABC")


def test_a_flattened_pdf_is_read_by_place(tmp_path):
    values = random_values(3, seed=6)
    with pikepdf.open(io.BytesIO(pdf.render(sheet(3), values))) as form:
        form.flatten_annotations("all")
        assert "/AcroForm" not in form.Root
        out = io.BytesIO()
        form.save(out)
    back = read_back(tmp_path, "f.pdf", out.getvalue())
    assert {key_of(k): points_text(v) for k, v in back.awarded.items()} == {line.key: values[line.key] for line in sheet(3).lines()}
    assert back.assessee == HEAD["assessee"]
    assert "read-by-place" in {f.rule for f in back.findings}


def test_a_docx_without_tags_is_read_by_binding(tmp_path):
    import zipfile

    import regex

    values = random_values(3, seed=7)
    old = zipfile.ZipFile(io.BytesIO(docx.render(sheet(3), values)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            data = old.read(item)
            new.writestr(item, regex.sub(rb"<w:tag [^>]*/>", b"", data) if item == "word/document.xml" else data)
    back = read_back(tmp_path, "f.docx", out.getvalue())
    assert len(back.awarded) == 33


def test_a_workbook_with_a_text_for_a_score(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet(3), random_values(3, seed=8))))
    place = book.defined_names["annex_3_c2"].attr_text.split("!")[1].replace("$", "")
    book["评价表"][place].value = "三分"
    out = io.BytesIO()
    book.save(out)
    back = read_back(tmp_path, "f.xlsx", out.getvalue())
    assert [f.where for f in back.findings if f.rule == "score-unreadable"] == ["annex-3/c2"]


@pytest.mark.parametrize("data", [b"", b"{}", b"a,b\n1,2\n", b"%PDF-1.7 cut"])
def test_what_is_no_form_is_refused(tmp_path, data):
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(InputError):
        collecting.collect([path], reading())
