"""What people type: what is certainly legal is kept, everything else is told with its place and never guessed."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pikepdf
import pytest

from pipeline.formats import pdf, xlsx
from tests.returns.filled import HEAD, exported, phone_csv, random_values, read_back, rules_of, sheet

SCORES = [  # typed in a criterion worth 3, rule, value kept, words the message must have
    ("3", None, "3", ""),
    ("0", None, "0", ""),
    ("2.5", None, "2.5", ""),
    ("2.50", None, "2.5", ""),
    ("3分", "score-normalised", "3", "按 3 读入"),
    ("３．５", "score-above-maximum", None, "３．５"),
    ("２．５", "score-normalised", "2.5", "按 2.5 读入"),
    ("3.1", "score-above-maximum", None, "高于满分 3"),
    ("99999", "score-above-maximum", None, ""),
    ("-0.5", "score-negative", None, "低于 0"),
    ("－1", "score-negative", None, ""),
    ("2,5", "score-unreadable", None, "是否 2.5"),
    ("2，5", "score-unreadable", None, "是否 2.5"),
    ("半", "score-unreadable", None, "是否 0.5"),
    ("2半", "score-unreadable", None, "是否 2.5"),
    ("两分半", "score-unreadable", None, ""),
    ("二点半", "score-unreadable", None, "是否 2.5"),
    ("三", "score-unreadable", None, "是否 3"),
    ("2.25", "score-too-fine", "2.25", ""),
    ("2-3", "score-unreadable", None, ""),
    ("1e0", "score-unreadable", None, ""),
    ("NaN", "score-unreadable", None, ""),
    ("∞", "score-unreadable", None, ""),
    ("Ⅲ", "score-unreadable", None, ""),
    ("=3", "score-unreadable", None, ""),
    ("优", "score-unreadable", None, ""),
    ("   ", "score-blank", None, "未填"),
]


@pytest.mark.parametrize(("typed", "rule", "kept", "words"), SCORES, ids=[repr(s[0]) for s in SCORES])
def test_a_score_is_kept_or_told(tmp_path, typed, rule, kept, words):
    values = random_values(2, seed=1) | {"annex_2_c1": typed}
    back = read_back(tmp_path, "f.json", exported(sheet(2), values))
    found = [f for f in back.findings if f.where == "annex-2/c1"]
    assert [f.rule for f in found] == ([rule] if rule else [])
    assert (str(back.awarded["annex-2/c1"]) if "annex-2/c1" in back.awarded else None) == kept
    assert all(words in f.message for f in found)
    assert len(back.awarded) == 34 + (kept is not None)


def in_pdf(values: dict[str, str]) -> tuple[str, bytes]:
    return "f.pdf", pdf.render(sheet(2), values)


def in_xlsx(values: dict[str, str]) -> tuple[str, bytes]:
    return "f.xlsx", xlsx.render(sheet(2), values)


def in_csv(values: dict[str, str]) -> tuple[str, bytes]:
    return "f.csv", phone_csv(sheet(2), values)


@pytest.mark.parametrize(("make", "place"), [(in_pdf, ("page", 2)), (in_xlsx, ("path", "评价表!E")), (in_csv, ("line", 2))])
def test_the_finding_says_where_in_the_file(tmp_path, make, place):
    values = random_values(2, seed=2) | {"annex_2_c20": "三分"}
    finding = next(f for f in read_back(tmp_path, *make(values)).findings if f.rule == "score-unreadable")
    stands = getattr(finding.evidence[0], place[0])
    assert stands.startswith(place[1]) if isinstance(stands, str) else stands == place[1]
    assert finding.evidence[0].quote == "三分"


DATES = [
    ("2022-03-01", "2022-03-01", True), ("2022年3月1日", "2022-03-01", True), ("２０２２．３．１", "2022-03-01", True), ("2022/3/1", "2022-03-01", True),
    ("2022-02-30", "2022-02-30", False), ("3月1日", "3月1日", False), ("2022-13-01", "2022-13-01", False), ("昨天", "昨天", False),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "kept", "clear"), DATES)
def test_a_date_is_read_or_kept_as_typed(tmp_path, typed, kept, clear):
    values = random_values(2, seed=3) | {"annex_2_date": typed}
    back = read_back(tmp_path, "f.json", exported(sheet(2), values))
    assert (back.date, "date-unclear" in rules_of(back)) == (kept, not clear)


VETOES = [("是", True), ("√", True), ("1", True), ("否", False), ("", False), ("？", None), ("可能", None), ("2", None)]


@pytest.mark.parametrize(("typed", "meant"), VETOES)
def test_a_veto_cell_is_yes_no_or_told(tmp_path, typed, meant):
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet(2), random_values(2, seed=4))))
    cell = book.defined_names["annex_2_veto_2"].attr_text.split("!")[1].replace("$", "")
    book["评价表"][cell].value = typed
    out = io.BytesIO()
    book.save(out)
    back = read_back(tmp_path, "f.xlsx", out.getvalue())
    assert back.vetoes.get("2") is meant
    told = [f.evidence[0].path for f in back.findings if f.rule == "veto-unclear"]
    assert told == ([f"评价表!{cell}"] if meant is None else [])


@pytest.mark.parametrize(("name", "rule"), [("assessee", "head-blank"), ("date", "head-blank"), ("assessor", None)])
def test_a_blank_head_is_told(tmp_path, name, rule):
    back = read_back(tmp_path, "f.json", exported(sheet(2), random_values(2, seed=5) | {f"annex_2_{name}": " "}))
    assert rules_of(back) == ({rule} if rule else set())
    assert len(back.awarded) == 35


SKIPS = [  # score, mark, note -> rule, kept score, kept reason
    ("", "无储罐", "", None, False, "无储罐"),
    ("", "Yes", "无储罐", None, False, "无储罐"),
    ("", "Yes", "", "not-applicable-unreasoned", False, ""),
    ("2", "Yes", "无储罐", "score-and-not-applicable", False, None),
    ("2", "", "缺记录", None, True, None),
    ("2", "否", "", None, True, None),
]


@pytest.mark.parametrize(("score", "mark", "note", "rule", "scored", "reason"), SKIPS)
def test_not_applicable_needs_a_reason_and_no_score(tmp_path, score, mark, note, rule, scored, reason):
    values = random_values(2, seed=6) | {"annex_2_c3": score, "annex_2_c3_note": note, "annex_2_c3_na": mark}
    text = phone_csv(sheet(2), values).decode().splitlines()
    head, row = next(csv.reader([text[0]])), next(csv.reader([text[1]]))
    out = io.StringIO()
    csv.writer(out).writerows([[*head, "annex_2_s1_group/annex_2_c3_na"], [*row, mark]])
    back = read_back(tmp_path, "f.csv", out.getvalue().encode())
    assert [f.rule for f in back.findings if f.where == "annex-2/c3"] == ([rule] if rule else [])
    assert ("annex-2/c3" in back.awarded, back.not_applicable.get("annex-2/c3")) == (scored, reason)


@pytest.mark.parametrize(("given", "rule"), [("99.9", True), ("100", True), ("合格", True), ("", False), ("right", False)])
def test_a_total_that_the_scores_do_not_make_is_told(tmp_path, given, rule):
    values = random_values(2, seed=7)
    true = f"{sum(round(float(values[line.key]) * 10) for line in sheet(2).lines()) / 10:g}"
    form = json.loads(exported(sheet(2), values)) | {"total": true if given == "right" else given}
    back = read_back(tmp_path, "f.json", json.dumps(form).encode())
    assert ("stated-total-differs" in rules_of(back)) == rule
    assert len(back.awarded) == 35


def test_a_tampered_total_in_a_pdf_has_its_page(tmp_path):
    back = read_back(tmp_path, "f.pdf", pdf.render(sheet(2), random_values(2, seed=8) | {"annex_2_total": "99.9"}))
    assert [(f.where, f.evidence[0].page) for f in back.findings if f.rule == "stated-total-differs"] == [("annex-2/total", 3)]


def test_two_fields_of_one_name_with_two_values_are_told(tmp_path):
    with pikepdf.open(io.BytesIO(pdf.render(sheet(2), random_values(2, seed=9) | {"annex_2_c1": "1"}))) as form:
        first = next(f for f in form.Root.AcroForm.Fields if str(f.T) == "annex_2_c1")
        twin = form.make_indirect(pikepdf.Dictionary(first))
        twin.V = pikepdf.String("2")
        form.pages[1].Annots.append(twin)
        out = io.BytesIO()
        form.save(out)
    back = read_back(tmp_path, "f.pdf", out.getvalue())
    assert [f.rule for f in back.findings if f.where == "annex-2/c1"] == ["value-ambiguous"]
    assert "annex-2/c1" not in back.awarded


def test_a_filled_field_that_the_rubric_lacks_is_told(tmp_path):
    form = json.loads(exported(sheet(2), random_values(2, seed=10)))
    form["awarded"]["annex-2/c99"] = "3"
    back = read_back(tmp_path, "f.json", json.dumps(form).encode())
    assert [f.where for f in back.findings if f.rule == "field-unknown"] == ["annex-2/annex_2_c99"]
    assert back.assessee == HEAD["assessee"]
