"""Sections of which one criterion counts (任选其一): possible points, completeness, several assessors, what comes back."""

from __future__ import annotations

import json
from functools import partial

import pytest
from msgspec.structs import replace

from pipeline.formats import docx
from pipeline.formats.xlsform import _questions
from pipeline.plain import points_text
from pipeline.returns import collecting
from pipeline.revisions import followup
from tests.browser.small import CHOSEN_CASES, chosen_reading, chosen_sheet
from tests.scoring.cards import card_of, form_of

READING = chosen_reading()
form = partial(form_of, READING)
card = partial(card_of, READING)


@pytest.mark.parametrize(("scores", "total", "grade"), CHOSEN_CASES)
def test_the_best_of_them_counts(scores, total, grade):
    one = card(form(*scores))
    assert (str(one.total), str(one.possible), [str(s.possible) for s in one.sections]) == (total, "10", ["6", "4"])
    assert one.grade_band == (grade if "尚有" not in grade else None)


def test_what_is_missing_is_said_once():
    assert card(form("6", "", "", "")).open == ("未评完：缺 “特色活动（任选其一）”中的一项的实得分值",)


def test_two_assessors_may_choose_differently():
    for stage in ("final", "item"):
        one = card(form("6", "4", "", ""), form("6", "", "2", "1", who="乙"), policy=f"assessors: {{combine: mean}}\nrounding: {{mode: half-up, digits: 1, stage: {stage}}}\n")
        assert (str(one.total), [str(s.total) for s in one.sections]) == ("9", ["6", "3"])


def test_lines_beside_the_one_that_counts_lost_nothing():
    assert {i.criterion: points_text(i.lost) for i in card(form("5", "", "2.5", "")).items} == {
        "annex-1/c1": "1", "annex-1/c2": "0", "annex-1/c3": "0.5", "annex-1/c4": "0",
    }  # fmt: skip


def test_what_two_assessors_took_off_different_lines_is_all_that_was_lost():
    one = card(form("6", "3", "", ""), form("6", "", "3", "", who="乙"), policy="assessors: {combine: mean}\n")
    assert [points_text(i.lost) for i in one.items] == ["0", "0.5", "0", "0"]
    assert (str(one.total), str(one.possible)) == ("9", "10")


def test_what_does_not_apply_leaves_the_best_of_the_rest():
    skipped = replace(form("6", "", "3", ""), not_applicable={"annex-1/c2": "无场地"})
    one = card(skipped, policy="not_applicable: exclude-and-scale\nrounding: {mode: half-up, digits: 1, stage: final}\n")
    assert (str(one.total), [str(s.possible) for s in one.sections]) == ("10", ["6", "3"])


def test_blank_lines_beside_a_filled_one_are_not_told(tmp_path):
    values = {"annex_1_c1": "6", "annex_1_c3": "3", "annex_1_assessee": "某馆", "annex_1_date": "2023-03-01", "annex_1_total": "9"}
    (tmp_path / "f.docx").write_bytes(docx.render(chosen_sheet(), values))
    (tmp_path / "g.docx").write_bytes(docx.render(chosen_sheet(), {k: v for k, v in values.items() if k != "annex_1_c3"} | {"annex_1_total": "6"}))
    back = collecting.collect([tmp_path / "f.docx", tmp_path / "g.docx"], READING)[0]
    assert [[(f.rule, f.where) for f in a.findings] for a in back] == [[], [("score-blank", "annex-1/c2")]]


def test_the_phone_asks_for_one_of_them():
    rows = {r["name"]: r for r in _questions(chosen_sheet(), {})}
    assert [rows[f"annex_1_c{n}"]["required"] for n in range(1, 5)] == ["yes", "${annex_1_c3} = '' and ${annex_1_c4} = ''", "", ""]
    assert "max(coalesce(${annex_1_c2}, 0), coalesce(${annex_1_c3}, 0), coalesce(${annex_1_c4}, 0))" in rows["annex_1_s2_subtotal"]["calculation"]


def test_old_scores_seen_from_a_new_revision_count_the_best():
    found = followup.follow(READING, replace(READING, revision="2024"), [form("6", "4", "3", "")])
    data = json.loads(json.dumps(found.to_json(), default=str))
    assert [(c["covered"], c["possible"]) for c in data["coverage"]] == [("10", "10")]
    assert [(r["old_total"], r["carried"], r["open"]) for r in data["remapped"]] == [("10", "10", [])]


@pytest.mark.parametrize("rule", ["full", "zero"])
def test_a_line_that_does_not_apply_beside_a_scored_one_was_not_chosen(rule):
    one = card(replace(form("6", "", "1", ""), not_applicable={"annex-1/c2": "无此活动"}), policy=f"not_applicable: {rule}\n")
    assert (str(one.total), one.open, [points_text(i.lost) for i in one.items]) == ("7", (), ["0", "0", "2", "0"])


def test_nothing_for_any_of_them_loses_the_points_of_one():
    assert [points_text(i.lost) for i in card(form("6", "0", "0", "0")).items] == ["0", "4", "0", "0"]
