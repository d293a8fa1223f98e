"""Bonuses and deductions whose label sets a cap: what counts on scorecards, over several assessors, in what comes back."""

from __future__ import annotations

from functools import partial

import pytest

from pipeline.auditing.audit_page import _label
from pipeline.formats import docx
from pipeline.formats.xlsform import _questions
from pipeline.returns import collecting
from tests.browser.small import CAPPED_CASES, capped_reading, capped_sheet, chosen_reading
from tests.rules.hits import findings_of
from tests.scoring.cards import card_of, form_of

READING = capped_reading()
form = partial(form_of, READING)
card = partial(card_of, READING)


@pytest.mark.parametrize(("scores", "total", "grade"), CAPPED_CASES)
def test_no_more_than_the_cap_counts(scores, total, grade):
    one = card(form(*scores))
    assert (str(one.total), str(one.possible)) == (total, "10")
    assert [str(s.possible) for s in one.sections] == ["6", "4", "2", "3"]  # of a deduction what it can take
    assert one.grade_band == (grade if "尚有" not in grade else None)
    signs = {"deduction": -1}
    assert sum(signs.get(s.kind, 1) * s.total for s in one.sections) == one.total


@pytest.mark.parametrize("stage", ["item", "expert", "final"])
def test_each_assessor_has_the_cap_of_their_own(stage):
    two = (form("6", "4", "1", "1.5", "0", "0"), form("6", "4", "0", "1", "2", "2", who="乙"))
    one = card(*two, policy=f"assessors: {{combine: mean}}\nrounding: {{mode: half-up, digits: 1, stage: {stage}}}\n")
    assert (str(one.total), [str(s.total) for s in one.sections]) == ("10", ["6", "4", "1.5", "1.5"])


def test_the_form_says_the_cap_and_what_comes_back_agrees(tmp_path):
    assert [g.heading() for g in capped_sheet().groups] == ["保洁（6分）", "设施（4分）", "加分项（最多2分）", "扣分项（最多3分）"]
    assert [g.possible_text() for g in capped_sheet().groups] == ["6", "4", "2", ""]
    values = {f"annex_1_c{n}": s for n, s in enumerate(("6", "4", "1", "1.5", "2", "2"), start=1)} | {"annex_1_assessee": "某馆", "annex_1_date": "2023-03-01"}
    for total in ("9", "8.5"):
        (tmp_path / f"{total}.docx").write_bytes(docx.render(capped_sheet(), values | {"annex_1_total": total}))
    back = collecting.collect([tmp_path / "9.docx", tmp_path / "8.5.docx"], READING)[0]
    assert ["stated-total-differs" in {f.rule for f in a.findings} for a in back] == [False, True]


def test_the_phone_counts_no_more():
    sums = {r["name"]: r["calculation"] for r in _questions(capped_sheet(), {}) if r["name"].endswith("_subtotal")}
    assert ["min(" in sums[f"annex_1_s{n}_subtotal"] for n in range(1, 5)] == [False, False, True, True]


def test_it_is_told():
    found = findings_of("section-sum-mismatch", READING)
    assert [(f.where, f.severity) for f in found] == [("annex-1/s3", "note"), ("annex-1/s4", "note")]


def test_the_audit_page_calls_neither_a_choice_nor_a_cap_wrong():
    for reading, section in ((chosen_reading(), 1), (READING, 2), (READING, 3)):
        (rubric,) = reading.rubrics
        assert _label(rubric, rubric.sections[section], 1, "zh").agrees is None
        assert _label(rubric, rubric.sections[0], 1, "zh").agrees is True
