import pytest

from tests.builders import bands, body, notice_of, reading_of, rubric_of, vetoes
from tests.rules.hits import findings_of, hits

RUBRIC = rubric_of("项目|序号|评价内容|评价分值\n甲|1|甲一。|50\n|2|甲二。|50\n总评|||100")


def graded(*lines, **more):
    return reading_of(RUBRIC, notice=notice_of(grade_bands=bands(*lines), **more))


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        (("优秀 [90,)", "合格 [70,89]", "不合格 (,69]"), ["notice/bands/3~notice/bands/2", "notice/bands/2~notice/bands/1"]),
        (("不合格 (,60)", "合格 [65,90)", "优秀 [90,100]"), ["notice/bands/1~notice/bands/2"]),
        (("优秀 (90,100]", "合格 [60,90)", "不合格 (,60)"), ["notice/bands/2~notice/bands/1"]),
        (("好 [85,100]", "中 [75,80]"), ["notice/bands/2~notice/bands/1"]),
    ],
)
def test_band_gap_hits(lines, where):
    assert hits("band-gap", graded(*lines)) == where


@pytest.mark.parametrize(
    "lines",
    [
        ("优秀 [90,)", "合格 [70,90)", "不合格 (,70)"),
        ("优秀 [90,100]", "合格 (60,90)", "差 [0,60]"),
        ("优秀 [90,)",),
        (),
    ],
)
def test_band_gap_leaves_alone(lines):
    assert hits("band-gap", graded(*lines)) == []


def test_band_gap_names_the_open_interval():
    (finding,) = findings_of("band-gap", graded("优秀 [90,)", "合格 [70,89]"))
    assert finding.message == "“合格”到 89 分，“优秀”从 90 分起：(89, 90) 之间没有等次"
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("lines", "severity"),
    [
        (("优秀 [85,)", "合格 [70,90]"), "warning"),
        (("优秀 [90,100]", "合格 [70,90]"), "warning"),
        (("优秀 [90,100]", "合格 [70,90]", "差 [0,70)"), "warning"),
        (("合格 [60,79]", "不合格 (,60]"), "note"),
        (("合格 [60,79]", "不合格 (,65]"), "warning"),
    ],
)
def test_band_overlap_hits(lines, severity):
    assert [f.severity for f in findings_of("band-overlap", graded(*lines))] == [severity]


@pytest.mark.parametrize("lines", [("优秀 [90,)", "合格 [70,90)", "不合格 (,70)"), ("优秀 [90,)", "合格 [70,89]"), ()])
def test_band_overlap_leaves_alone(lines):
    assert hits("band-overlap", graded(*lines)) == []


def test_veto_without_outcome_hits():
    reading = reading_of(RUBRIC, notice=notice_of(vetoes=vetoes("发生事故的", "弄虚作假的")))
    assert hits("veto-without-outcome", reading) == ["notice/vetoes"]


def test_veto_without_outcome_leaves_alone():
    told = notice_of(vetoes=vetoes("发生事故的"), veto_outcome="直接评为不合格")
    assert hits("veto-without-outcome", reading_of(RUBRIC, notice=told)) == []
    assert hits("veto-without-outcome", reading_of(RUBRIC, notice=notice_of())) == []


def spoken(*texts, **more):
    return reading_of(RUBRIC, notice=notice_of(body=body(*texts), **more))


def test_round_weights_open_hits():
    assert hits("round-weights-open", spoken("采取日常评价与集中评价相结合。")) == ["notice/body"]


@pytest.mark.parametrize("text", ["日常评价占40%，集中评价占60%。", "开展日常检查。", "日常考核与年度考核取平均。"])
def test_round_weights_open_leaves_alone(text):
    assert hits("round-weights-open", spoken(text)) == []


def test_scoring_policy_open_hits():
    reading = spoken("实行专家评价制，由专家组打分。", grade_bands=bands("优秀 [90,)", "合格 (,90)"))
    (finding,) = findings_of("scoring-policy-open", reading)
    assert finding.severity == "note"
    assert "多人评分" in finding.message


def test_scoring_policy_open_leaves_alone():
    text = "取各专家平均分，四舍五入保留一位小数，不涉及的条目按缺项处理。"
    assert hits("scoring-policy-open", spoken(text, grade_bands=bands("优秀 [90,)", "合格 (,90)"))) == []
    assert hits("scoring-policy-open", spoken("实行专家评价制。")) == []
