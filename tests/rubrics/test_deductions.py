"""Deductions in reports and workbook: told below 0, never as points won."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
from msgspec.structs import replace

from pipeline.assessment import Assessment, Policy, Rounding, Scorecard
from pipeline.model import Reading
from pipeline.results import html, summary, unit, workbook
from pipeline.results.pages import Figure, Grid
from pipeline.returns.returned import FormFile
from pipeline.scoring.score import score
from tests.builders import bands, notice_of, reading_of, rubric_of

TABLE = """
项目          | 序号 | 评价内容         | 评价分值
保洁（10分）  | 1    | 地面清洁。       | 6
              | 2    | 公厕无异味。     | 4
设施（5分）   | 3    | 标识完整。       | 5
              | 4    | 损坏未报修。     | 2
扣分项        | 5    | 发生有责投诉。   | 5
总评          |      |                  | 15
"""


def reading() -> Reading:
    """Criterion 4 takes points away among others that give, criterion 5 in a section of its own."""
    rubric = rubric_of(TABLE, annex=1)
    one, two, three = rubric.sections
    lowered = replace(two, criteria=(two.criteria[0], replace(two.criteria[1], kind="deduction")))
    rubric = replace(rubric, sections=(one, lowered, replace(three, kind="deduction")))
    return reading_of(rubric, notice=replace(notice_of(), grade_bands=bands("合格 [9,]", "不合格 [,9)")), revision="2023")


def cards() -> tuple[Scorecard, ...]:
    given = {"甲公司": ("6", "4", "5", "2", "3"), "乙公司": ("5", "4", "4", "0", "0.5")}
    forms = [
        Assessment(
            document_number=None, revision=None, annex=1, rubric_digest=None, assessee=name, assessor="示例专家", date="2023-06-01",
            awarded={f"annex-1/c{n}": Decimal(v) for n, v in enumerate(scores, 1)}, source=FormFile("f.json", name, "json"), rubric="annex-1",
        )
        for name, scores in given.items()
    ]  # fmt: skip
    return score(forms, reading(), Policy(rounding=Rounding("half-up", 1)))


def grid(blocks, caption: str) -> Grid:
    return next(b for b in blocks if isinstance(b, Grid) and b.name == caption)


def test_sections_add_up_to_the_total():
    for card in cards():
        signs = {"deduction": -1}
        assert sum(signs.get(s.kind, 1) * s.total for s in card.sections) == card.total
    first = next(c for c in cards() if c.assessee == "甲公司")
    assert [(s.label, s.total, s.possible) for s in first.sections][:2] == [("保洁", Decimal(10), Decimal(10)), ("设施", Decimal(3), Decimal(5))]


def test_a_deduction_is_below_zero_has_no_maximum_and_no_bar():
    every = cards()
    page = unit.page(next(c for c in every if c.assessee == "甲公司"), every)
    assert grid(page.blocks, "各项目得分").rows[-1] == ("扣分项", "-3", "—", "—", "-1.75", "-1.25")
    lost = {row[0]: row[3] for row in grid(page.blocks, "失分情况").rows}
    assert lost == {"5": "-3", "4": "-2"}
    assert "扣分项" not in next(b.alt for b in page.blocks if isinstance(b, Figure))
    assert "扣分项" in html.render(page)


def test_the_league_and_the_workbook_say_it_likewise():
    league = summary.page(cards(), reading().notice)
    assert grid(league.blocks, "各项目平均").rows[-1] == ("扣分项", "-1.75", "—", "—", "-0.5", "-3")
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(cards())))
    for name in ("项目", "条目"):
        rows = list(book[name].iter_rows(min_row=2, values_only=True))
        column = 3 if name == "项目" else 4
        assert sum(r[column] for r in rows if r[1] == "甲公司") == 10
        assert [r[column + 1] for r in rows if r[1] == "甲公司"][-1] in (None, "")
