from msgspec.structs import replace

from pipeline.model import Boundary
from tests.builders import at, labels_of, notice_of, reading_of, rubric_of, section_list
from tests.rules.hits import findings_of, hits

SHEET = """
    项目         | 序号 | 评价内容   | 评价分值
    运营（6分）  | 1    | 定期巡检。 | 3
                 | 2    | 入户检查。 | 3
    {label}      | 3    | 办事公示。 | 4
                 | 4    | 按期办结。 | 4
    服务（6分）  | 5    | 热情服务。 | 6
    总评         |      |            | 20
"""
LOST, WHOLE = SHEET.format(label="-"), SHEET.format(label="报装（8分）")


def test_section_unlabelled_hits():
    rubric = rubric_of(LOST)
    (finding,) = findings_of("section-unlabelled", reading_of(rubric))
    assert (finding.where, finding.severity) == ("annex-1/s2", "error")
    assert [s.text for s in finding.proof.steps] == ["4 + 4 = 8", "20 − (6 + 6) = 8"]
    assert [(s.path, s.after) for s in finding.suggestions] == [("annex-1/s2.stated_points", "8")]


def test_a_name_from_the_body_is_a_suggestion():
    rubric = rubric_of(LOST)
    one, two, three = rubric.sections
    (finding,) = findings_of("section-unlabelled", reading_of(replace(rubric, sections=(one, replace(two, label="报装"), three))))
    assert (finding.repair.path, finding.repair.after, finding.repair.basis) == ("annex-1/s2.label", "报装", "inferred")
    assert "应为“报装”" in finding.message


def test_section_unlabelled_leaves_alone():
    assert hits("section-unlabelled", reading_of(rubric_of(WHOLE))) == []
    assert hits("section-unlabelled", reading_of(rubric_of("项目|序号|评价内容|评价分值\n|1|甲。|2\n|2|乙。|2"))) == []


def test_a_decided_label_is_not_reported_again():
    rubric = rubric_of(LOST)
    one, two, three = rubric.sections
    decided = replace(two, label="报装", basis="confirmed")
    assert hits("section-unlabelled", reading_of(replace(rubric, sections=(one, decided, three)))) == []


def displaced(status="proved"):
    rubric = rubric_of(WHOLE)
    one, two, three = rubric.sections
    two = replace(two, displaced=True, boundary=Boundary(status, 20, ("order", "sums")))
    marks = [replace(m, first=3) if m.label == "报装" else m for m in labels_of(rubric)]
    return reading_of(replace(rubric, sections=(one, two, three), labels=tuple(marks)))


def test_section_label_displaced_hits():
    (finding,) = findings_of("section-label-displaced", displaced())
    assert finding.message == "项目“报装”印在第 4 条旁，所证范围是第 3–4 条"
    assert (finding.severity, finding.status) == ("warning", "proved")


def test_an_open_boundary_is_not_called_proved():
    (finding,) = findings_of("section-label-displaced", displaced("undecidable"))
    assert finding.status == "undecidable"
    assert "可能的范围" in finding.message


def test_section_label_displaced_leaves_alone():
    assert hits("section-label-displaced", reading_of(rubric_of(WHOLE))) == []


def listing(*names):
    return reading_of(rubric_of(WHOLE), notice=notice_of(section_lists=(section_list(1, *names),)))


def test_section_not_in_sheet_hits():
    assert hits("section-not-in-sheet", listing("运营", "报装", "应急", "服务")) == ["annex-1"]
    rubric = rubric_of(LOST)
    one, two, three = rubric.sections
    notice = notice_of(section_lists=(section_list(1, "运营", "报装", "服务"),))
    named = replace(rubric, sections=(one, replace(two, label="报装"), three))
    assert hits("section-not-in-sheet", reading_of(named, notice=notice)) == ["annex-1/s2"]


def test_section_not_in_sheet_looks_on_all_sheets_of_an_annex():
    notice = notice_of(section_lists=(section_list(1, "运营", "报装", "服务", "应急"),))
    other = rubric_of("项目|序号|评价内容|评价分值\n应急（5分）|1|值守。|5\n储备（2分）|2|物资。|2", id="annex-1-2")
    assert hits("section-not-in-sheet", reading_of(rubric_of(WHOLE), notice=notice)) == ["annex-1"]
    assert hits("section-not-in-sheet", reading_of(rubric_of(WHOLE), other, notice=notice)) == []


def test_section_not_in_sheet_leaves_alone():
    assert hits("section-not-in-sheet", listing("运营情况", "用气报装", "服务")) == []
    assert hits("section-not-in-sheet", listing("安全", "质量", "进度", "服务")) == [], "fewer than half are sections"
    assert hits("section-not-in-sheet", reading_of(rubric_of(WHOLE))) == []


def test_section_not_in_body_hits():
    (finding,) = findings_of("section-not-in-body", listing("报装", "服务"))
    assert (finding.where, finding.severity) == ("annex-1/s1", "note")


def test_section_not_in_body_leaves_alone():
    assert hits("section-not-in-body", listing("运营", "报装", "服务")) == []
    assert hits("section-not-in-body", reading_of(rubric_of(WHOLE), notice=notice_of())) == []


def test_section_order_differs_hits():
    assert hits("section-order-differs", listing("服务", "报装", "运营")) == ["annex-1"]


def test_section_order_differs_leaves_alone():
    assert hits("section-order-differs", listing("运营", "服务")) == []


def test_the_label_keeps_its_printed_place():
    assert rubric_of(WHOLE).sections[1].at == at("报装（8分）", 3, 1)
