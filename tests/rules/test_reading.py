import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.auditing.audit import audit
from pipeline.model import Decision, Doubt, Remark, Unplaced
from pipeline.rubrics import refusal
from tests.builders import at, reading_of, rubric_of
from tests.rules.hits import findings_of, hits
from tests.sheets import rubrics_of

TABLE = "项目|序号|评价内容|评价分值\n管理（{}分）|1|台账齐全。|3\n|2|人员持证。|2"
CLEAN = rubric_of(TABLE.format(5))


def test_no_rubric_hits():
    (found,) = findings_of("no-rubric", reading_of())
    assert (found.where, found.severity) == ("notice", "note")


@pytest.mark.parametrize(("kind", "told"), [("picture", True), ("footnote", False)])
def test_no_rubric_tells_of_pictures_that_may_hold_one(kind, told):
    (found,) = findings_of("no-rubric", replace(reading_of(), remarks=(Remark(kind, "2 were not read"),)))
    assert ("图片" in found.message) is told


def test_no_rubric_says_why_a_table_was_left_alone():
    reason = "a table of grades and their ranges, no criteria"
    remarks = tuple(Remark("not-a-rubric", reason, at(place), message_zh=refusal.in_chinese(reason)) for place in ("等次", "分值"))
    (found,) = findings_of("no-rubric", replace(reading_of(), remarks=remarks))
    assert found.message == "文件中没有评价表；一张表没有当作评价表：是等次与分数段对照"
    assert [e.quote for e in found.evidence] == ["等次", "分值"]


def test_every_reason_to_leave_a_table_alone_has_its_words_in_chinese():
    source = Path(refusal.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'"(a table [^"]+)"', source)) == set(refusal.LEFT_ALONE)


def test_no_rubric_leaves_alone():
    assert hits("no-rubric", reading_of(CLEAN)) == []


@pytest.mark.parametrize(
    ("faults", "severity"),
    [(("points:missing",), "warning"), (("text:shifted:序号", "points:missing"), "warning"), (("number:missing",), "note"), (("header:absent",), "note")],
)
def test_header_damaged_hits(faults, severity):
    found = findings_of("header-damaged", reading_of(replace(CLEAN, header_faults=faults)))
    assert [(f.where, f.severity) for f in found] == [("annex-1", severity)]


def test_header_damaged_leaves_alone():
    assert hits("header-damaged", reading_of(CLEAN)) == []


def test_unplaced_text_hits():
    assert hits("unplaced-text", reading_of(replace(CLEAN, unplaced=(Unplaced("旁注", "一行孤立文字", at("旁注")),)))) == ["annex-1"]


def test_unplaced_text_leaves_alone():
    assert hits("unplaced-text", reading_of(CLEAN)) == []


def read_with(confidence, declared):
    rubric = rubric_of(TABLE.format(declared))
    (section,) = rubric.sections
    rows = tuple(replace(c, confidence=confidence) for c in section.criteria)
    return reading_of(replace(rubric, sections=(replace(section, criteria=rows),)))


@pytest.mark.parametrize(("confidence", "declared", "severity"), [(0.5, 6, "warning"), (0.7, 6, "warning"), (0.6, 5, "note")])
def test_low_confidence_hits(confidence, declared, severity):
    assert {f.severity for f in findings_of("low-confidence", read_with(confidence, declared))} == {severity}


@pytest.mark.parametrize(("confidence", "declared"), [(0.99, 6), (0.7, 5), (None, 6)])
def test_low_confidence_leaves_alone(confidence, declared):
    assert hits("low-confidence", read_with(confidence, declared)) == []


def test_what_was_settled_by_a_second_look_is_named_with_its_first_reading():
    rubric = rubric_of(TABLE.format(5))
    (section,) = rubric.sections
    row = replace(section.criteria[0], text="管理部门台账齐全。", at=at("管理部问台账齐全。"), confidence=0.5)
    (found,) = findings_of("low-confidence", reading_of(replace(rubric, sections=(replace(section, criteria=(row, *section.criteria[1:])),))))
    assert "“理部门台账”初读为“理部问台账”" in found.message


def doubtful(declared, confidence=0.5):
    rubric = rubric_of(TABLE.format(declared))
    (section,) = rubric.sections
    place = at("3", 1, 3)
    rows = (replace(section.criteria[0], points_at=place), *section.criteria[1:])
    doubts = (Doubt("3", confidence, place),) if confidence < 0.8 else ()
    return reading_of(replace(rubric, sections=(replace(section, criteria=rows),), doubts=doubts))


@pytest.mark.parametrize(("declared", "severity"), [(6, "warning"), (5, "note")])
def test_a_doubtful_digit_is_named_by_its_cell(declared, severity):
    (found,) = findings_of("low-confidence", doubtful(declared))
    assert (found.severity, found.evidence[0].quote, "0.50" in found.message) == (severity, "3", True)


@pytest.mark.parametrize(("confidence", "status"), [(0.5, "conditional"), (0.95, "proved")])
def test_a_proof_that_leans_on_a_doubtful_digit_is_conditional(confidence, status):
    (found,) = (f for f in audit(doubtful(6, confidence)) if f.rule == "section-sum-mismatch")
    assert found.status == status
    assert any("“3”中的数字识别无误" in said for said in found.proof.assumes) == (status == "conditional")


def test_value_without_place_hits():
    (section,) = CLEAN.sections
    rows = (replace(section.criteria[0], at=None), section.criteria[1])
    assert hits("value-without-place", reading_of(replace(CLEAN, sections=(replace(section, criteria=rows),)))) == ["annex-1/c1"]


def test_value_without_place_leaves_alone():
    assert hits("value-without-place", reading_of(CLEAN)) == []


def decided(status):
    decision = Decision("d1", "set", "annex-1/c2.max_points", "3", "2", "王某", "2023-05-06", "印错", "0" * 64, status)
    return reading_of(CLEAN, decisions=(decision,))


def test_decision_stale_hits():
    (found,) = findings_of("decision-stale", decided("stale"))
    assert (found.where, found.annex) == ("annex-1/c2.max_points", 1)


def test_decision_stale_leaves_alone():
    assert hits("decision-stale", decided("valid")) == []


@pytest.mark.parametrize("kind", ["unread-page", "uncertain-rows", "unread-table"])
def test_reading_incomplete_hits(kind):
    assert hits("reading-incomplete", reading_of(CLEAN, remarks=(Remark(kind, "page 3 is a picture"),))) == ["notice"]


def test_reading_incomplete_tells_the_remark_in_the_language_of_the_message():
    remark = Remark("unread-page", "page 3 is damaged and was not read", message_zh="第 3 页已损坏，没有读出")
    (found,) = findings_of("reading-incomplete", reading_of(CLEAN, remarks=(remark,)))
    assert found.message == "有一页没有读出：第 3 页已损坏，没有读出"
    assert found.message_en == "a page was not read: page 3 is damaged and was not read"


@pytest.mark.parametrize("kind", ["ocr", "picture"])
def test_reading_incomplete_leaves_alone(kind):
    assert hits("reading-incomplete", reading_of(CLEAN, remarks=(Remark(kind, "page 3 is a picture"),))) == []


SHORT_ROW = "项目|序号|评价内容|评分标准|分值\n管理|1|制度健全，责任到人。|缺一项扣1分。|4\n|2|台账齐全，记录完整。|缺一项扣1分。|6\n"


@pytest.mark.parametrize(
    ("drawing", "where"),
    [
        # the serial is lacking: text in its place, points in the place of the text
        ("序号|评价内容|分值|得分\n1|制度健全，责任到人。|4|\n台账齐全，记录完整。|6||\n3|路面整洁无积尘。|5|", ["annex-1/c2"]),
        ("序号|评价内容|分值|得分\n1|制度健全，责任到人。|4|3\n台账齐全，记录完整。|6分|5|\n3|路面整洁无积尘。|5|5", ["annex-1/c2"]),
        # the label's cell is lacking below a label
        (SHORT_ROW + "保洁|3|路面整洁无积尘。|缺一项扣1分。|5\n|垃圾日产日清。|缺一项扣1分。|5|", ["annex-1/c4"]),
        # without serials, the points stand where the text should
        ("项目|评价内容|分值\n管理|制度健全，责任到人。|4\n|台账齐全，记录完整。|6\n保洁|路面整洁无积尘。|5\n垃圾日产日清。|5|", ["annex-1/c4"]),
        # empty label cells are lacking: most rows are shifted, and those with a label stand aside from them
        (
            "项目|序号|评价内容|分值|得分\n"
            "管理|1|制度健全，责任到人。|5|\n2|台账齐全，记录完整。|5||\n3|路面整洁无积尘。|5||\n4|垃圾日产日清。|5||\n"
            "服务|5|设施完好无破损。|5|\n6|投诉办结及时。|5||\n7|人员持证上岗。|5||\n8|应急预案完备。|5||",
            [f"annex-1/c{n}" for n in range(1, 9)],
        ),
        ("序号|评价内容|评分标准|分值\n1|制度健全，责任到人。|10|4\n2|台账齐全，记录完整。|缺一项扣1分。|6\n3|路面整洁无积尘。|发现一处扣1分。|", []),
        (SHORT_ROW + "保洁|3|路面整洁无积尘。|缺一项扣1分。|5\n|4|垃圾日产日清。|缺一项扣1分。|", []),
        ("序号|评价内容|评价指标|分值\n1|群众满意度高。|98%|4\n2|投诉办结及时。|24小时|6\n3|巡查到位，有记录。|3次|", []),
        ("序号|评价内容|分值\n1|制度健全，责任到人。|4\n2|台账齐全，记录完整。|6\n3|98%|", []),
        ("序号|指标|目标值|分值\n满意率|群众对服务的满意程度。|98|4\n办结率|投诉办结的比例。|95|6\n到岗率|人员到岗的比例。|100|", []),
        ("序号|评价内容|分值\n1|制度健全，责任到人。|4\n加分项|受到上级表彰的加分。|6\n3|路面整洁无积尘。|", []),
    ],
)
def test_a_row_that_lacks_a_cell_is_named(drawing, where):
    (rubric,) = rubrics_of(f"# 服务质量评价表\n{drawing}")
    assert hits("reading-incomplete", reading_of(replace(rubric, annex=1))) == where
