"""An independent engine recomputes our figures: XLSX forms filled by openpyxl (which keeps no computed value), recalculated by
LibreOffice, against our totals, section totals and grades; and every format of form gives one and the same assessment."""

from __future__ import annotations

import random
import shutil
import subprocess
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from pipeline.assessment import Assessment, FormFile, Scorecard
from pipeline.formats import docx, pdf, xlsx
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.model import Reading
from pipeline.plain import points_text
from pipeline.returns import collecting
from pipeline.scoring.score import score
from tests.builders import bands, notice_of, reading_of, rubric_of, vetoes
from tests.returns.filled import exported, phone_csv
from tests.returns.filled import reading as seed

needs_suite = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is absent")
MIXED = rubric_of("""
    项目           | 序号 | 评价内容       | 评价分值
    制度（40分）   | 1    | 有制度。       | 15.5
                   | 2    | 有台账。       | 24.5
    现场（60分）   | 3    | 有巡检。       | 60
    加分项（5分）  | 4    | 获得表彰。     | 5
    扣分项（10分） | 5    | 被投诉。       | 10
    总评           |      |                | 100
""")
TAKEN = rubric_of("""
    项目             | 序号 | 评价内容       | 评价分值
    扣分项一（60分） | 1    | 无制度。       | 20
                     | 2    | 无台账。       | 40
    扣分项二（40分） | 3    | 被投诉。       | 40
    总评             |      |                | 100
""", annex=2)  # fmt: skip
OPEN = "总分落在等次之外，待定"


@cache
def mixed() -> Reading:
    own = bands("优 [90,)", "良 [75,90)", "中 (60,75)", "差 (,60]")
    return reading_of(MIXED, TAKEN, notice=notice_of(grade_bands=own, vetoes=vetoes("发生事故的。", "造假的。")), revision="1")


def sheets(reading: Reading) -> list[Sheet]:
    return [sheet_of(reading, r, "draft") for r in reading.rubrics]


def drawn(sheet: Sheet, seed_: int, wanted: str | None = None, low: float = 0) -> dict[str, str]:
    """Legal scores at random from `low` of the maximum; with `wanted`, full marks less what brings the total there; some
    sheets have blanks, some a veto."""
    draw = random.Random(seed_)
    tops = {line.key: line.max for line in sheet.lines() if line.max is not None}
    if wanted is None:
        values = {k: Decimal(draw.randint(int(float(top) * 10 * low), int(top * 10))) / 10 for k, top in tops.items()}
    else:
        values, rest = dict(tops), sum(tops.values()) - Decimal(wanted)
        for key in draw.sample(sorted(tops), len(tops)):
            taken = min(rest, tops[key])
            values[key], rest = tops[key] - taken, rest - taken
    blank = draw.sample(sorted(tops), 2) if seed_ % 5 == 4 else []
    ticked = {v.key: "Yes" for v in sheet.vetoes if seed_ % 7 == 6}
    return {k: points_text(v) for k, v in values.items() if k not in blank} | ticked


def cases() -> list[tuple[Reading, Sheet, dict[str, str]]]:
    edges = ("100", "90", "89.9", "89.5", "89", "70", "69.5", "69", "0")
    out = [(seed(), s, drawn(s, 100 * s.annex + n)) for s in sheets(seed()) for n in range(3)]
    turns = [(sheets(seed())[n % 3], n, edge) for n, edge in enumerate(edges)]
    out += [(seed(), s, drawn(s, 1001 + 35 * n, edge)) for s, n, edge in turns]
    return out + [(mixed(), s, drawn(s, 5000 + n, low=(0, 0.45, 0.9, 1)[n % 4])) for s in sheets(mixed()) for n in range(13)]


def fill(raw: Path, values: dict[str, str], sheet: Sheet) -> None:
    book = openpyxl.load_workbook(raw)
    for key, value in values.items():
        ((page, cell),) = book.defined_names[key].destinations
        book[page][cell.replace("$", "")] = "是" if value == "Yes" else float(value)
    book.save(raw)


def recalculated(folder: Path, forms: list[Path]) -> list[dict[str, object]]:
    """The named cells of each workbook after LibreOffice computed it."""
    out = folder / "out"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx", "--outdir", str(out)]
    subprocess.run([*command, *map(str, forms)], check=True, capture_output=True, timeout=240)
    found = []
    for form in forms:
        book = openpyxl.load_workbook(out / form.name, data_only=True)
        named = {}
        for key, name in book.defined_names.items():
            for page, cell in name.destinations:
                named[key] = book[page][cell.replace("$", "").split(":")[0]].value
        found.append(named)
    return found


def ours(reading: Reading, sheet: Sheet, values: dict[str, str]) -> Scorecard:
    rubric = next(r for r in reading.rubrics if r.id == sheet.rubric_id)
    ids = {line.key: line.id for line in sheet.lines()}
    form = Assessment(
        annex=rubric.annex, rubric=rubric.id, assessee="示例公司", source=FormFile("f.xlsx", "0" * 64, "xlsx"),
        awarded={ids[k]: Decimal(v) for k, v in values.items() if k in ids},
        vetoes={v.number: values.get(v.key) == "Yes" for v in sheet.vetoes},
    )  # fmt: skip
    (card,) = score([form], reading)
    return card


@needs_suite
def test_libreoffice_agrees_on_totals_sections_and_grades(tmp_path):
    given = cases()
    forms = []
    for n, (_, sheet, values) in enumerate(given):
        forms.append(tmp_path / f"{n}.xlsx")
        forms[-1].write_bytes(xlsx.render(sheet))
        fill(forms[-1], values, sheet)
    seen = set()
    for (reading, sheet, values), theirs in zip(given, recalculated(tmp_path, forms), strict=True):
        card, own = ours(reading, sheet, values), {g.id: f"{g.key}_subtotal" for g in sheet.groups}
        assert Decimal(str(theirs[f"{sheet.prefix}_total"])) == card.total
        for section in card.sections:
            if section.total is not None and all(i.total is not None for i in card.items if i.section == section.id):
                assert Decimal(str(theirs[own[section.id]])) == section.total
        grade = theirs[f"{sheet.prefix}_grade"]
        wanted = "一票否决" if card.vetoed else f"尚有{grade[2:-3]}项未填" if not card.complete else card.grade_band or OPEN
        assert grade == wanted
        seen.add(grade if card.complete else "—")
    assert seen == {"一票否决", "—", OPEN, "优秀", "合格", "不合格", "优", "良", "中", "差"}


FORMATS = {"pdf": pdf.render, "docx": docx.render, "xlsx": xlsx.render, "json": exported, "csv": phone_csv}


@pytest.mark.parametrize("seed_", range(4))
def test_every_format_gives_the_same_assessment_and_scorecard(tmp_path, seed_):
    sheet = sheets(seed())[seed_ % 3]
    draw = random.Random(seed_)
    values = drawn(sheet, 10 * seed_ + 1) | {v.key: "Yes" for v in sheet.vetoes if draw.random() < 0.2}
    values |= {f"{sheet.prefix}_{k}": v for k, v in (("assessee", "示例王堃公司"), ("date", "2022-03-01"), ("assessor", "示例专家甲"))}
    values |= {f"{key}_note": "示例：缺记录" for key in draw.sample([line.key for line in sheet.lines()], 3)}
    back = {}
    for form, make in FORMATS.items():
        (tmp_path / f"f.{form}").write_bytes(make(sheet, values))
        ((one,), refused) = collecting.collect([tmp_path / f"f.{form}"], seed())
        assert not refused
        back[form] = one
    plain = {k: content(one) for k, one in back.items()}
    assert {k: c for k, c in plain.items() if c != plain["json"]} == {}
    totals = {k: score([one], seed())[0] for k, one in back.items()}
    assert len({(c.total, c.grade_band, c.vetoed, c.sections) for c in totals.values()}) == 1
    assert totals["pdf"].total == ours(seed(), sheet, {k: v for k, v in values.items() if not k.endswith("_note")}).total


def content(one: Assessment) -> dict:
    """The assessment JSON without what tells the files apart: file, places, the totals some formats show, edition notes."""
    bare = replace(one, source=FormFile(), places={}, stated=type(one.stated)(), findings=())
    kept = bare.to_json()
    return kept | {"vetoes": {k: v for k, v in kept["vetoes"].items() if v}}
