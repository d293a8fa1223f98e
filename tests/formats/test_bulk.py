"""Forms for many units: each gets its annex, names are safe, a second run writes the same bytes, a fault writes nothing."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from pipeline.errors import InputError, LimitExceeded
from pipeline.formats import docx, html, pdf, xlsform, xlsx
from pipeline.formats.assessees import load_assessees
from pipeline.formats.write import write_forms
from pipeline.returns import collecting
from tests.returns.filled import reading, sheet

HOSTILE = [
    "=HYPERLINK(\"x\",\"y\")", "+cmd|' /C calc'!A0", "-1+1", "@SUM(1)", "../../etc/passwd", "C:\\Windows\\x", "CON", "nul", "a" * 300, "示例" * 120,
    "<script>alert(1)</script>", "${annex_2_c1}", "{{7*7}}", "%s%n", "示例\x0b\x00公司", "示例\u202e公司", "  ", "示例王堃喆公司", "示例公司", "示例公司", "示例 公司", "…",
]  # fmt: skip


def list_of(folder: Path, kind: str, rows: list[tuple[str, str]]) -> Path:
    path = folder / f"units.{kind}"
    table = [("单位名称", "类别", "联系电话"), *((name, annex, "13800000001") for name, annex in rows)]
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in table:
            book.active.append([openpyxl.utils.escape.escape(cell) for cell in row])
        book.save(path)
    else:
        out = io.StringIO()
        csv.writer(out).writerows(table)
        path.write_bytes(out.getvalue().encode("utf-8" if kind == "csv" else "gb18030"))
    return path


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_unit_gets_the_form_of_its_kind(tmp_path, kind):
    units = list_of(tmp_path, kind, [("示例甲公司", "瓶装"), ("示例乙公司", "附件1"), ("示例丙公司", "附件三"), ("示例丁公司", "2")])
    made = write_forms(reading(), tmp_path / "out", None, ("html",), "draft", units)
    assert [p.name.split(".")[0] for p in made[:-1]] == ["annex-2", "annex-1", "annex-3", "annex-2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("stop", [",", "\t", ";"])
def test_lists_as_office_programs_save_them(tmp_path, encoding, stop):
    path = tmp_path / "units.csv"
    path.write_bytes(f"单位{stop}类别\r\n示例（甲）公司{stop}瓶装\r\n".encode(encoding))
    assert [(u.name, u.annex) for u in load_assessees(path, reading())] == [("示例（甲）公司", 2)]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is absent")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_lists_in_older_and_other_workbooks(tmp_path, kind):
    list_of(tmp_path, "xlsx", [("示例甲公司", "瓶装")])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", kind, "units.xlsx"], cwd=tmp_path, check=True, timeout=120, capture_output=True)
    assert [(u.name, u.annex) for u in load_assessees(tmp_path / f"units.{kind}", reading())] == [("示例甲公司", 2)]


def test_a_hostile_name_is_text_in_every_format_and_harmless_in_the_file_name(tmp_path):
    names = [n for n in HOSTILE if n.strip()]
    units = list_of(tmp_path, "csv", [(n.replace("\x00", ""), "3") for n in names])
    made = write_forms(reading(), tmp_path / "out", None, ("pdf", "docx", "xlsx", "html", "xlsform"), "draft", units)
    assert len(made) == 5 * len(names) + 1
    assert len({p.name.lower() for p in made}) == len(made)
    for path in made[:-1]:
        assert path.parent == tmp_path / "out"
        assert len(path.name.encode()) < 250
        assert path.name.split(".")[2].lower() not in ("con", "nul")
    kept = [a.assessee for a in collecting.collect([p for p in made if p.suffix == ".pdf"], reading())[0]]
    assert kept[:4] == HOSTILE[:4]
    for path in made:
        if path.name.endswith((".docx", ".xlsx")):
            assert zipfile.ZipFile(path).testzip() is None
    book = openpyxl.load_workbook(tmp_path / "out" / "annex-3.draft.HYPERLINK_x_y.xlsx")
    place = book.defined_names["annex_3_assessee"].attr_text.split("!")[1].replace("$", "")
    assert (book["评价表"][place].data_type, book["评价表"][place].value) == ("s", HOSTILE[0])


def test_a_second_run_writes_the_same_bytes_and_the_manifest_says_which(tmp_path):
    units = list_of(tmp_path, "csv", [(f"示例{n}公司", "3") for n in range(4)])
    runs = []
    for _ in range(2):
        for module in (pdf, docx):
            module._blank.cache_clear()
        made = write_forms(reading(), tmp_path / "out", None, ("pdf", "docx", "xlsx"), "draft", units)
        runs.append({p.name: p.read_bytes() for p in made})
    assert runs[0] == runs[1]
    told = json.loads(runs[0].pop("manifest.json"))["files"]
    assert told == {name: sha256(data).hexdigest() for name, data in runs[0].items()}


def test_a_row_that_cannot_be_made_stops_the_whole_run_and_is_named(tmp_path):
    units = list_of(tmp_path, "csv", [("示例甲公司", "2"), ("\U00020bb7野家", "3")])
    with pytest.raises(InputError, match=r"units\.csv:3.*U\+20BB7"):
        write_forms(reading(), tmp_path / "out", None, ("html", "pdf"), "draft", units)
    assert not (tmp_path / "out").exists()


def test_where_a_folder_has_the_name_of_a_form_none_is_written(tmp_path):
    (tmp_path / "out" / "annex-3.draft.html").mkdir(parents=True)
    with pytest.raises(InputError, match=r"annex-3\.draft\.html: is a folder"):
        write_forms(reading(), tmp_path / "out", None, ("html",), "draft", None)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["annex-3.draft.html"]


LISTS = [("名字\n甲\n", "no column for the unit"), ("单位\n", "names no unit"), ("", "no rows"), ("单位,附件\n甲,9\n", "names no single annex"), ("单位,附件\n,2\n", "without the unit")]


@pytest.mark.parametrize(("text", "words"), LISTS)
def test_a_list_that_cannot_be_used_is_refused_with_its_line(tmp_path, text, words):
    (tmp_path / "u.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        write_forms(reading(), tmp_path / "out", None, ("html",), "draft", tmp_path / "u.csv")
    assert not (tmp_path / "out").exists()


class Screen(io.StringIO):
    """Standard error, a terminal or not."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_a_progress_bar_only_on_a_terminal(tmp_path, monkeypatch, terminal):
    screen = Screen(terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    units = list_of(tmp_path, "csv", [(f"示例{n}公司", "3") for n in range(12)])
    write_forms(reading(), tmp_path / "out", None, ("html",), "draft", units)
    assert ("12/12" in screen.getvalue()) == terminal


@pytest.mark.parametrize("make", [pdf.render, docx.render, xlsx.render, html.render, xlsform.render])
def test_a_filled_form_differs_from_the_blank_only_by_its_values(make):
    """Nothing of one unit is left in the next one's form."""
    blank = make(sheet(3), {})
    make(sheet(3), {"annex_3_assessee": "示例甲公司"})
    assert make(sheet(3), {}) == blank


def test_a_prefilled_pdf_has_its_name_drawn_with_an_embedded_font():
    with pikepdf.open(io.BytesIO(pdf.render(sheet(3), {"annex_3_assessee": "示例王堃喆公司"}))) as form:
        field = next(f for f in form.Root.AcroForm.Fields if str(f.T) == "annex_3_assessee")
        font = field.AP.N.Resources.Font.Val
        assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def rezipped(path: Path, changed: dict[str, tuple[str, str]]) -> None:
    """The same workbook with text in its parts replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n).decode("utf-8") for n in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text.replace(*changed.get(name, ("", ""))) if name in changed else text)


def test_a_list_whose_workbook_is_broken_is_refused(tmp_path):
    units = list_of(tmp_path, "xlsx", [("示例甲公司", "2")])
    rezipped(units, {"xl/workbook.xml": ("</sheets>", "")})
    with pytest.raises(InputError, match=r"units\.xlsx: the workbook cannot be opened"):
        write_forms(reading(), tmp_path / "out", None, ("html",), "draft", units)


def test_a_list_with_broken_properties_is_read(tmp_path):
    units = list_of(tmp_path, "xlsx", [("示例甲公司", "2")])
    rezipped(units, {"docProps/core.xml": ("<cp:coreProperties", "<cp:core")})
    assert write_forms(reading(), tmp_path / "out", None, ("html",), "draft", units)


def test_a_hidden_sheet_before_the_list_is_not_the_list(tmp_path):
    units = list_of(tmp_path, "xlsx", [("示例甲公司", "2")])
    book = openpyxl.load_workbook(units)
    book.create_sheet("说明", 0).sheet_state = "hidden"
    book.save(units)
    assert write_forms(reading(), tmp_path / "out", None, ("html",), "draft", units)


def test_a_list_of_absurdly_many_units_is_refused(tmp_path):
    (tmp_path / "u.csv").write_text("单位\n" + "".join(f"单位{n}\n" for n in range(20_001)), encoding="utf-8")
    with pytest.raises(LimitExceeded, match="20,001 forms"):
        load_assessees(tmp_path / "u.csv", reading())
