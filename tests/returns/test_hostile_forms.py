"""Filled forms that were tampered with: two values for a field, formulas for scores, names that lead elsewhere, floods."""

from __future__ import annotations

import io
import json
import time
import zipfile
from xml.sax.saxutils import escape

import openpyxl
import pytest

from pipeline import collecting
from pipeline.errors import InputError, LimitExceeded
from pipeline.formats import xlsx
from tests.readers.word import zipped
from tests.returns.filled import exported, phone_csv, random_values, read_back, reading, rules_of, sheet
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
