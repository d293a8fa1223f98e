"""The scheme as a whole: parts and total, overlaps, open figures, fields."""

import pytest

from tests.builders import at, body, notice_of, reading_of, rubric_of
from tests.rules.hits import findings_of, hits

SHEET = rubric_of("项目|序号|评价内容|评价分值\n甲|1|甲一。|2")


def stated(text):
    return reading_of(SHEET, notice=notice_of(body=body("引言。", text)))


@pytest.mark.parametrize(
    ("text", "sum_text"),
    [
        ("考核满分100分，其中日常考核60分、集中考核30分。", "60 + 30 = 90"),
        ("总分为110分，其中：管理制度30分，作业质量50分，群众评议20分。", "30 + 50 + 20 = 100"),
        ("考核总分1000分，其中现场考核占600分和资料审查占300分。", "600 + 300 = 900"),
        ("日常考核占60%，年终考核占50%。", "60% + 50% = 110%"),
        ("考核采取百分制。年度成绩按以下权重计算：现场检查占40％、资料审查占30％和群众测评占20％。", "40% + 30% + 20% = 90%"),
    ],
)
def test_scheme_sum_mismatch_hits(text, sum_text):
    (found,) = findings_of("scheme-sum-mismatch", stated(text))
    assert (found.where, found.proof.claim) == ("notice/p2", sum_text)


@pytest.mark.parametrize(
    "text",
    [
        "考核满分100分，其中日常考核70分、集中考核30分。",
        "考核满分110分，其中日常考核80分、集中考核30分。",
        "总分120分，其中基础分100分、加分项20分、扣分项10分。",
        "考核满分100分，其中日常考核60分（其中现场30分、资料30分），集中考核40分。",
        "考核满分100分，其中每项10分，共查5项。",
        "考核满分100分，其中日常考核占60%，集中考核占40%。",
        "满分100分，其中得90分以上为优秀，80分至90分为良好。",
        "考核满分100分，其中制度建设20分、人员配备30分等。",
        "考核满分100分，其中制度建设20分。",
        "日常考核占60%，年终考核占40%。",
        "日常考核占60%。年终考核占50%。",
        "日常考核占60%，其中现场检查占50%、资料审查占50%。",
        "优秀单位占20%，良好单位占50%。",
        "考核优秀的比例不超过15%，良好的比例占30%。",
        "日常考核占60%，满意度达到95%以上。",
        "日常考核占60%、年终考核占30%等。",
    ],
)
def test_scheme_sum_mismatch_leaves_alone(text):
    assert hits("scheme-sum-mismatch", stated(text)) == []


def test_weights_that_go_on_in_the_next_paragraph_are_left_alone():
    notice = notice_of(body=body("日常考核占40%，专项考核占20%。", "年终考核占40%。"))
    assert hits("scheme-sum-mismatch", reading_of(SHEET, notice=notice)) == []


def sheet(*texts):
    rows = "\n".join(f"{'甲' if n == 1 else ''}|{n}|{text}|2" for n, text in enumerate(texts, start=1))
    return reading_of(rubric_of(f"项目|序号|评价内容|评价分值\n{rows}"), notice=notice_of())


DUTY = "每半年对全部消防器材检查维护一次"


def test_criterion_overlap_hits():
    assert hits("criterion-overlap", sheet(f"设施完好，{DUTY}。", "台账齐全。", f"{DUTY}，并有记录。")) == ["annex-1/c1~annex-1/c3"]


@pytest.mark.parametrize(
    "texts",
    [
        ("设施完好，标识清楚。", f"{DUTY}，并有记录。"),
        (f"{DUTY}。", f"{DUTY}。"),
        (f"甲，{DUTY}。", f"乙，{DUTY}。", f"丙，{DUTY}。"),
        ("台账齐全，发现一处不符合的每次扣零点五分。", "人员持证，发现一处不符合的每次扣零点五分。"),
    ],
)
def test_criterion_overlap_leaves_alone(texts):
    assert hits("criterion-overlap", sheet(*texts)) == []


@pytest.mark.parametrize("text", ["清运及时率不低于××%。", "接诉后____日内办结。", "在XX小时内到场。", "每（  ）天巡查一遍。", "合格率待定%。"])
def test_threshold_blank_hits(text):
    assert hits("threshold-blank", sheet("台账齐全。", text)) == ["annex-1/c2"]


@pytest.mark.parametrize("text", ["清运及时率不低于98%。", "每缺×次扣分。", "扣分=缺勤次数×2次。", "有__记录。", "按××路段巡查。", "规格3x5米。"])
def test_threshold_blank_leaves_alone(text):
    assert hits("threshold-blank", sheet("台账齐全。", text)) == []


WHOLE = {"assessee": at("单位："), "assessor": at("签字："), "date": at("日期：")}


def test_form_field_absent_hits():
    rubric = rubric_of("项目|序号|评价内容|评价分值\n甲|1|甲一。|2", fields={"assessee": at("单位：")})
    (found,) = findings_of("form-field-absent", reading_of(rubric, notice=notice_of()))
    assert (found.where, "日期" in found.message, "单位" in found.message) == ("annex-1", True, False)


def test_form_field_absent_leaves_alone():
    rubric = rubric_of("项目|序号|评价内容|评价分值\n甲|1|甲一。|2", fields=WHOLE)
    assert hits("form-field-absent", reading_of(rubric, notice=notice_of())) == []
    assert hits("form-field-absent", reading_of(SHEET)) == []
