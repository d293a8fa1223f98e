"""The four checks of 财政部令第87号 article 64 over several sheets: what they tell, what they leave alone; nothing is changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.assessment import Stated
from pipeline.provenance import Provenance
from tests.builders import found
from tests.scoring.test_policy import MEAN, card, sheet

GOOD = ("20 20 30 20", "20 19 30 20", "20 20 29 21")


def sheets(*rows: str):
    return [sheet(row, f"示例专家{n}") for n, row in enumerate(rows, start=1)]


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [("91", [("sum-error", "annex-1/total")]), ("90", []), ("90.0", []), ("９０", []), (None, []), ("", []), ("看下面", [])],
)
def test_sum(stated, wanted):
    form = replace(sheet("20 20 30 20"), stated=Stated(total=stated))
    result = card(form)
    assert found(result.findings) == wanted
    assert str(result.total) == "90"


@pytest.mark.parametrize(
    ("points", "wanted"),
    [("21 20 30 20", "annex-1/c1"), ("20 20 30 -", None), ("0 0 0 0", None), ("20 20 30 30", None), ("20 20 30.5 20", "annex-1/c3")],
)
def test_range(points, wanted):
    form = sheet(points, places={"annex-1/c1": Provenance("21", page=1), "annex-1/c3": Provenance("30.5", page=2)})
    result = card(form)
    assert found(result.findings) == ([("range-error", wanted)] if wanted else [])
    assert (result.grade_band is None) is (wanted is not None or "-" in points)
    assert [f.evidence[0].page for f in result.findings] == ([{"annex-1/c1": 1, "annex-1/c3": 2}[wanted]] if wanted else [])


def test_a_negative_score_is_out_of_range():
    form = replace(sheet("20 20 30 20"), awarded=sheet("20 20 30 20").awarded | {"annex-1/c2": Decimal(-1)})
    assert found(card(form).findings) == [("range-error", "annex-1/c2")]


@pytest.mark.parametrize(
    ("objective", "rows", "wanted"),
    [
        ("[annex-1/c2]", GOOD, ["annex-1/c2"]),
        ("[annex-1/c1]", GOOD, []),
        ("[annex-1/c1, annex-1/c3]", GOOD, ["annex-1/c3"]),
        ("[]", GOOD, []),
        ("[annex-1/c1]", ("x 20 30 20", "20 20 30 20"), ["annex-1/c1"]),
        ("[annex-1/c1]", ("x 20 30 20", "x 19 30 20"), []),
    ],
)
def test_objective_criteria_may_not_differ(objective, rows, wanted):
    result = card(*sheets(*rows), policy=f"{MEAN}not_applicable: zero\nobjective: {objective}\nrounding: {{mode: half-up, digits: 1}}\n")
    assert [f.where for f in result.findings if f.rule == "objective-differs"] == wanted


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ((*GOOD, "0 0 30 30"), ["annex-1/total", "annex-1/c1", "annex-1/c2"]),  # total 60, median of the others 90: 30 off; 20 of 20 off, twice
        ((*GOOD, "10 10 30 25"), []),  # 75: exactly 15 off; 10 of 20 off: exactly half
        ((*GOOD, "10 10 30 24.5"), ["annex-1/total"]),  # 74.5
        ((*GOOD, "9.5 20 30 20"), ["annex-1/c1"]),
        (GOOD, []),
        (("0 0 0 0", "20 20 30 30"), []),  # of two nobody can say which is far off
    ],
)
def test_outliers_ask_for_a_reason(rows, wanted):
    result = card(*sheets(*rows), policy=MEAN)
    assert [f.where for f in result.findings if f.rule == "score-outlier"] == wanted
    assert all(a.used for a in result.assessments)


def test_messages_never_name_an_assessor():
    result = card(*sheets(*GOOD, "0 0 30 30"), policy=f"{MEAN}objective: [annex-1/c2]\n")
    assert len(result.findings) > 2
    assert not [f for f in result.findings if "示例专家" in f.message + f.message_en]


def test_vetoes_on_which_sheets_differ():
    one, other = sheets(*GOOD[:2])
    differ = card(replace(one, vetoes={"1": True}), replace(other, vetoes={"1": False}), policy=MEAN)
    agree = card(replace(one, vetoes={"1": True}), replace(other, vetoes={"1": True}), policy=MEAN)
    assert [found(c.findings) for c in (differ, agree)] == [[("veto-differs", "notice/v1")], []]
    assert differ.vetoed
    assert agree.vetoed
