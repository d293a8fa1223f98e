"""The workbook's own formulas, recalculated by LibreOffice: an engine that shares nothing with ours."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from pipeline.formats import xlsx
from pipeline.formats.sheet import Sheet
from tests.browser.small import CASES, CHOSEN_OR_CAPPED, UNWORTH, nameless_sheet, small_sheet, unworth_sheet

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is absent (make setup-system)")
MORE = [(("3.5", "2.5", "4", "", "0"), "10", "有1项不适用，待计分", {"annex_1_c4_na": "未参评"}), (("3.5", "2.5", "4", "2", "0"), "12", "一票否决", {"annex_1_veto_2": "是"})]
ALL = [*((*case, {}) for case in CASES), *MORE]


def typed(values: dict[str, str], sheet: Sheet) -> bytes:
    """The blank workbook with values typed in; openpyxl drops every stored result."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet)))
    for key, value in values.items():
        cell = book.defined_names[key].attr_text.split("!")[1].replace("$", "")
        book["评价表"][cell].value = float(value) if value.replace(".", "").isdecimal() else value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def recalculate(folder: Path, files: list[str]) -> None:
    """Open the files in LibreOffice and save them under `again`."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "again", *files],
                   cwd=folder, check=True, timeout=180, capture_output=True)  # fmt: skip


@needs_office
def test_a_sheet_with_a_criterion_without_points_is_not_graded(tmp_path):
    scores = dict(zip((f"annex_1_c{n}" for n in range(1, 6)), ("50", "2.5", "4", "0", "0"), strict=True))
    (tmp_path / "f.xlsx").write_bytes(typed(scores, unworth_sheet()))
    recalculate(tmp_path, ["f.xlsx"])
    book = openpyxl.load_workbook(tmp_path / "again" / "f.xlsx", data_only=True)
    cell = book.defined_names["annex_1_grade"].attr_text.split("!")[1].replace("$", "").split(":")[0]
    assert book["评价表"][cell].value == UNWORTH
    filled = openpyxl.load_workbook(io.BytesIO(xlsx.render(unworth_sheet(), scores)), data_only=True)
    assert filled["评价表"][cell].value == UNWORTH


@needs_office
def test_a_sheet_without_subtotals_adds_up_its_cells_what_takes_points_away_too(tmp_path):
    (tmp_path / "f.xlsx").write_bytes(typed({"annex_1_c1": "3.5", "annex_1_c2": "2.5", "annex_1_c3": "2"}, nameless_sheet()))
    recalculate(tmp_path, ["f.xlsx"])
    book = openpyxl.load_workbook(tmp_path / "again" / "f.xlsx", data_only=True)
    cell = book.defined_names["annex_1_total"].attr_text.split("!")[1].replace("$", "").split(":")[0]
    assert book["评价表"][cell].value == 4


@needs_office
def test_totals_and_grades_are_the_same_in_an_office(tmp_path):
    every = [*((small_sheet(), *case) for case in ALL), *((sheet(), *case, {}) for sheet, *case in CHOSEN_OR_CAPPED)]
    for n, (sheet, scores, _, _, more) in enumerate(every):
        values = {f"annex_1_c{i}": s for i, s in enumerate(scores, start=1) if s} | more
        (tmp_path / f"f{n}.xlsx").write_bytes(typed(values, sheet))
    files = [f"f{n}.xlsx" for n in range(len(every))]
    recalculate(tmp_path, files)
    for file, (*_, total, grade, _) in zip(files, every, strict=True):
        book = openpyxl.load_workbook(tmp_path / "again" / file, data_only=True)
        cells = {k: book.defined_names[f"annex_1_{k}"].attr_text.split("!")[1].replace("$", "").split(":")[0] for k in ("total", "grade")}
        assert (f"{book['评价表'][cells['total']].value:g}", book["评价表"][cells["grade"]].value) == (total, grade)


@pytest.mark.parametrize(("sheet", "scores", "total", "grade"), CHOSEN_OR_CAPPED)
def test_a_prefilled_sheet_of_which_one_line_counts_or_no_more_than_a_cap_shows_the_same(sheet, scores, total, grade):
    values = {f"annex_1_c{i}": s for i, s in enumerate(scores, start=1) if s}
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet(), values)), data_only=True)
    cells = {k: book.defined_names[f"annex_1_{k}"].attr_text.split("!")[1].replace("$", "").split(":")[0] for k in ("total", "grade")}
    assert (f"{book['评价表'][cells['total']].value:g}", book["评价表"][cells["grade"]].value) == (total, grade)
