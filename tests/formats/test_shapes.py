"""Rubrics of other shapes than the first notice's, through every format and back: keys, totals, N/A."""

from __future__ import annotations

import io
import random
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pikepdf
import pytest
import regex
from msgspec.structs import replace
from pyxform.xls2xform import convert

from pipeline import serialize
from pipeline.assessment import Policy
from pipeline.formats import docx, html, pdf, xlsform, xlsx
from pipeline.formats.sheet import Sheet, VetoBox, sheet_of
from pipeline.model import Criterion, Reading
from pipeline.plain import points_text
from pipeline.returns import collecting
from tests.builders import notice_of, reading_of, rubric_of

EXTRACTED = Path(__file__).resolve().parents[2] / "extracted" / "zaozhuang-gas-2021-42" / "2021" / "notice.json"
HEAD = "项目 | 序号 | 评价内容 | 评价分值\n"

PLAIN = HEAD + " | | 垃圾日产日清。 | 4\n | | 路面无积水。 | 6\n"
HALVES = HEAD + "保洁（1.5分） | 1 | 地面清洁。 | 0.5\n | 2 | 果皮箱清洁。 | 1\n设施（2分） | 3 | 公厕无异味。 | 1.5\n | 4 | 标识完整。 | 0.5\n总评 | | | 3.5\n"
BONUS = HEAD + "保洁（6分） | 1 | 地面清洁。 | 6\n设施（4分） | 2 | 公厕无异味。 | 4\n加分项（5分） | 3 | 获市级以上表彰。 | 5\n总评 | | | 10\n"
SERIALS = HEAD + " | 1 | 垃圾日产日清。 | 4\n | 2 | 路面无积水。 | 6\n总评 | | | 10\n"
LABELS = HEAD + "保洁（6分） | | 地面清洁。 | 2\n | | 果皮箱清洁。 | 4\n设施（4分） | | 公厕无异味。 | 4\n总评 | | | 10\n"
DEDUCTIONS = HEAD + "扣分项 | 1 | 发生有责投诉。 | 5\n | 2 | 台账缺失。 | 3\n总评 | | | 100\n"
LONG = HEAD + "".join(f"{f'第{n // 20 + 1}部分（20分）' if n % 20 == 0 else ''} | {n + 1} | 第{n + 1}项要求按规定落实到位。 | 1\n" for n in range(600))


def made(table: str, **more) -> Reading:
    return reading_of(rubric_of(table, annex=2, **more), notice=notice_of(), revision="2023")


def in_words() -> Reading:
    """A criterion whose points are words, a criterion with its 评分标准, a veto row."""
    reading = made(HALVES)
    (rubric,) = reading.rubrics
    first, second = rubric.sections
    one = replace(first.criteria[0], max_points=None, choice="优/良/差")
    two = replace(first.criteria[1], columns={"standard": "每处不合格扣0.5分，扣完为止。"})
    veto = Criterion("annex-2/c5", "5", "发生死亡事故的。", None, kind="veto")
    sections = (replace(first, criteria=(one, two)), replace(second, criteria=(*second.criteria, veto)))
    return replace(reading, rubrics=(replace(rubric, sections=sections),))


SHAPES = {
    "no sections, serials or total": lambda: made(PLAIN, title="环境卫生检查表"),
    "serials alone": lambda: made(SERIALS),
    "sections alone": lambda: made(LABELS),
    "halves": lambda: made(HALVES),
    "bonus": lambda: made(BONUS),
    "only deductions": lambda: made(DEDUCTIONS),
    "points in words": in_words,
    "seed": lambda: serialize.load_reading(EXTRACTED),
}


@cache
def reading_for(shape: str) -> Reading:
    return SHAPES[shape]()


def sheet_for(shape: str, policy: Policy | None = None) -> Sheet:
    reading = reading_for(shape)
    return sheet_of(reading, next(r for r in reading.rubrics if r.annex == 2), "draft", policy)


def pdf_keys(s: Sheet) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf.render(s))) as form:
        return {str(f.T) for f in form.Root.AcroForm.Fields}


def docx_keys(s: Sheet) -> set[str]:
    xml = zipfile.ZipFile(io.BytesIO(docx.render(s))).read("word/document.xml").decode()
    return set(regex.findall(r'<w:tag w:val="([^"]+)"', xml))


def xlsx_keys(s: Sheet) -> set[str]:
    return set(openpyxl.load_workbook(io.BytesIO(xlsx.render(s))).defined_names)


def html_keys(s: Sheet) -> set[str]:
    return set(regex.findall(r' id="([^"]+)"', html.render(s)))


def xlsform_keys(s: Sheet) -> set[str]:
    return set(regex.findall(r"<(annex_[a-z0-9_]+)", convert(xlsform=xlsform.render(s), validate=False).xform))


KEYS = {"pdf": pdf_keys, "docx": docx_keys, "xlsx": xlsx_keys, "html": html_keys, "xlsform": xlsform_keys}
RENDER = {"pdf": pdf.render, "docx": docx.render, "xlsx": xlsx.render}


def wanted(s: Sheet) -> set[str]:
    """The keys of the contract, built from ids alone."""
    head = {f"annex_2_{name}" for name in ("assessee", "date", "assessor", "total", "grade")}
    scores = {line.id.replace("-", "_").replace("/", "_") for line in s.lines() if line.kind != "veto"}
    return head | scores | {f"{k}_note" for k in scores} | {f"annex_2_veto_{n}" for n in range(1, len(s.vetoes) + 1)}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", KEYS)
def test_every_key_of_the_contract_is_in_every_format(shape, form):
    s = sheet_for(shape)
    assert wanted(s) - KEYS[form](s) == set()


@pytest.mark.parametrize("form", KEYS)
def test_not_applicable_is_there_when_the_policy_allows_it_and_gone_when_it_refuses(form):
    skips = {f"{line.key}_na" for line in sheet_for("halves").lines()}
    assert skips <= KEYS[form](sheet_for("halves", Policy(not_applicable="exclude-and-scale")))
    assert not skips & KEYS[form](sheet_for("halves", Policy()))


def values_for(s: Sheet, seed: int) -> dict[str, str]:
    draw = random.Random(seed)
    tops = {line.key: line.max if line.max is not None else Decimal(1) for line in s.scored()}
    scores = {k: points_text(Decimal(draw.randint(0, int(top * 10))) / 10) for k, top in tops.items()}
    return scores | {"annex_2_assessee": "示例一公司", "annex_2_date": "2023-06-01", "annex_2_assessor": "示例专家"}


def total_by_hand(s: Sheet, values: dict[str, str]) -> Decimal:
    """Points given, less points taken; where nothing gives points, what the sheet says in total less points taken."""
    gives = [line for line in s.scored() if line.kind != "deduction"]
    base = Decimal(0) if any(line.kind == "scored" for line in gives) else (s.stated_total or Decimal(0))
    taken = sum((Decimal(values[line.key]) for line in s.scored() if line.kind == "deduction"), Decimal(0))
    return base + sum((Decimal(values[line.key]) for line in gives), Decimal(0)) - taken


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", RENDER)
def test_scores_come_back_and_the_workbook_agrees_on_the_total(tmp_path, shape, form):
    s = sheet_for(shape)
    values = values_for(s, 20261124)
    (tmp_path / f"f.{form}").write_bytes(RENDER[form](s, values))
    ((back,), _) = collecting.collect([tmp_path / f"f.{form}"], reading_for(shape))
    assert {k.replace("-", "_").replace("/", "_"): points_text(v) for k, v in back.awarded.items()} == {
        line.key: values[line.key] for line in s.scored()
    }
    assert {f.rule for f in back.findings} == set()
    if form == "xlsx":
        assert Decimal(back.stated.total or "") == total_by_hand(s, values)


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx", "html"])
def test_what_stands_beside_a_criterion_is_on_the_form(form):
    s = sheet_for("points in words")
    data = {**RENDER, "html": html.render}[form](s)
    shown = {"pdf": pdf_text, "docx": zip_text, "xlsx": zip_text, "html": str}[form](data)
    for words in ("每处不合格扣0.5分", "否决", "发生死亡事故的"):
        assert words in shown.replace("\n", "").replace(" ", "")


def pdf_text(data: bytes) -> str:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as document:
        return "".join(page.extract_text() for page in document.pages)


def zip_text(data: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml") and "theme" not in n)


@pytest.mark.parametrize(
    ("shape", "absent"),
    [
        ("no sections, serials or total", {"项目", "序号", "小计"}), ("serials alone", {"项目", "小计"}), ("sections alone", {"序号"}), ("halves", set()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("skips", [False, True])
@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx", "html"])
def test_no_column_and_no_subtotal_is_printed_that_a_sheet_has_nothing_for(form, shape, absent, skips):
    data = {**RENDER, "html": html.render}[form](sheet_for(shape, Policy(not_applicable="exclude-and-scale") if skips else None))
    if form == "html":
        shown = "".join(text for row in regex.findall(r"<tr.*?</tr>", data, regex.DOTALL) for text in regex.sub("<[^>]+>", "", row).split())
    else:
        shown = {"pdf": pdf_text, "docx": zip_text, "xlsx": zip_text}[form](data)
    assert {word for word in ("项目", "序号", "小计") if word in shown} == {"项目", "序号", "小计"} - absent
    assert "评价内容" in shown


@pytest.mark.parametrize(("decimals", "words"), [(0, "须为整数"), (1, "至多一位小数"), (2, "至多两位小数"), (4, "至多四位小数")])
def test_forms_take_scores_as_exact_as_the_policy_allows(decimals, words):
    s = sheet_for("halves", Policy(decimals=decimals))
    rules = [d.formula1 for d in openpyxl.load_workbook(io.BytesIO(xlsx.render(s))).active.data_validations.dataValidation]
    assert any(f"ROUND(E4,{decimals})=E4" in rule for rule in rules)
    questions = [row for row in openpyxl.load_workbook(io.BytesIO(xlsform.render(s)))["survey"].iter_rows(values_only=True) if row[0] == "decimal"]
    assert {f"round(., {decimals}) = ." in row[5] and words in row[6] for row in questions} == {True}
    assert words in html.render(s)


def test_a_sheet_without_sections_has_no_footnote_about_them():
    assert sheet_for("no sections, serials or total").footnotes == ()


@pytest.mark.parametrize("form", RENDER)
def test_six_hundred_criteria(form):
    reading = made(LONG)
    s = sheet_of(reading, reading.rubrics[0], "draft")
    keys = KEYS[form](s)
    assert wanted(s) - keys == set()
    assert len(s.lines()) == 600


@pytest.mark.parametrize(("number", "mark"), [("1", "1."), ("一", "（一）"), ("十二", "（十二）"), ("③", "③")])
def test_a_veto_is_numbered_as_such_numbers_are_written(number, mark):
    assert VetoBox("annex_1_veto_1", number, "弄虚作假的").mark == mark
