import pytest
from msgspec.structs import replace

from pipeline import extract
from pipeline.model import Resolution, Subtotal
from tests.builders import at, reading_of, rubric_of
from tests.rules.hits import findings_of, hits
from tests.sheets import rubrics_of

CLEAN = """
    项目           | 序号 | 评价内容   | 评价分值
    管理（5分）    | 1    | 证照齐全。 | 3
                   | 2    | 报表及时。 | 2
    运营（4.5分）  | 3    | 巡检到位。 | 2.5
                   | 4    | 台账完整。 | 2
    总评           |      |            | 9.5
"""


def of(table, **more):
    return reading_of(rubric_of(table, **more))


def test_section_sum_mismatch_hits():
    (finding,) = findings_of("section-sum-mismatch", of(CLEAN.replace("管理（5分）", "管理（6分）")))
    assert (finding.where, finding.severity, finding.status) == ("annex-1/s1", "error", "proved")
    assert finding.message == "“管理”标注 6 分，第 1–2 条合计 5 分；全表合计 9.5 分与总分相符"
    assert finding.proof.steps[0].text == "3 + 2 = 5"


def test_a_veto_row_hides_no_wrong_section():
    rubric = rubric_of(CLEAN.replace("管理（5分）", "管理（6分）").replace("    运营（", "                   | 5    | 弄虚作假。 |\n    运营（"))
    first = rubric.sections[0]
    veto = replace(first.criteria[-1], kind="veto", choice="一票否决", points_printed="一票否决")
    rubric = replace(rubric, sections=(replace(first, criteria=(*first.criteria[:-1], veto)), *rubric.sections[1:]))
    assert hits("section-sum-mismatch", reading_of(rubric)) == ["annex-1/s1"]


def test_section_sum_mismatch_leaves_alone():
    assert hits("section-sum-mismatch", of(CLEAN)) == []


def test_unlabelled_sections_have_no_sum_to_miss():
    assert hits("section-sum-mismatch", of("项目|序号|评价内容|评价分值\n管理|1|甲。|3\n|2|乙。|2")) == []


def test_an_undecidable_resolution_makes_the_cause_undecidable():
    rubric = rubric_of(CLEAN.replace("管理（5分）", "管理（4分）").replace("运营（4.5分）", "运营（5.5分）"))
    rubric = replace(rubric, resolution=Resolution("undecidable", 20, 37, decide_by=("第2条分值格",), groups=((37, "说明"),)))
    found = findings_of("section-sum-mismatch", reading_of(rubric))
    assert [(f.where, f.status, f.proof.explanations, f.proof.decide_by) for f in found] == [
        ("annex-1/s1", "undecidable", 37, ("第2条分值格",)),
        ("annex-1/s2", "undecidable", 37, ("第2条分值格",)),
    ]
    assert "37" in found[0].message


CAPPED = """
    项目        | 序号 | 评价内容     | 评价分值
    管理（5分）  | 1    | 证照齐全。   | 3
    ^           | 2    | 报表及时。   | 2
    {label}     | 3    | 获市级表彰。 | 5
    ^           | 4    | 有创新做法。 | 3
    总评        |      |              | {total}
"""


@pytest.mark.parametrize("total", ["5", "10"])
@pytest.mark.parametrize(
    "label", ["加分项（最高5分）", "加分项（最高5分，不计入总分）", "加分项（不超过5分）", "加分项（累计不得超过5分）", "加分项（5分封顶）"]
)
def test_a_cap_is_no_sum(label, total):
    reading = reading_of(*rubrics_of(CAPPED.format(label=label, total=total)))
    assert [(f.severity, f.where) for f in findings_of("section-sum-mismatch", reading)] == [("note", "annex-1/s2")]
    assert hits("total-mismatch", reading) == []
    assert [(s.stated_points, len(s.criteria)) for s in reading.rubrics[0].sections] == [(5, 2), (5, 2)]


@pytest.mark.parametrize("label", ["加分项（最高10分）", "加分项（每项加1分，最高不超过10分）"])
def test_lines_below_a_cap_count_for_each_case(label):
    for total in ("5", "15"):
        reading = reading_of(*rubrics_of(CAPPED.format(label=label, total=total)))
        assert hits("section-sum-mismatch", reading) == hits("total-mismatch", reading) == []
        assert reading.rubrics[0].sections[1].stated_points == 10


def test_a_total_may_hold_the_lines_below_a_cap_once():
    for total, told in (("13", []), ("12", ["annex-1"])):
        assert hits("total-mismatch", reading_of(*rubrics_of(CAPPED.format(label="加分项（最高10分）", total=total)))) == told


def test_points_without_a_cap_are():
    drawn = CAPPED.format(label="加分项（5分）", total="5")
    assert hits("section-sum-mismatch", reading_of(*rubrics_of(drawn))) == ["annex-1/s2"]
    drawn = CAPPED.format(label="加分项（最高5分）", total="4")
    assert hits("total-mismatch", reading_of(*rubrics_of(drawn))) == ["annex-1"]


def test_an_empty_cell_is_not_also_a_wrong_sum():
    table = CLEAN.replace("| 证照齐全。 | 3", "| 证照齐全。 | ")
    assert hits("section-sum-mismatch", of(table)) == hits("total-mismatch", of(table)) == []


def test_an_empty_cell_does_not_hide_a_sum_that_is_too_high_already():
    table = CLEAN.replace("| 证照齐全。 | 3", "| 证照齐全。 | ").replace("| 报表及时。 | 2", "| 报表及时。 | 8")
    assert hits("section-sum-mismatch", of(table)) == ["annex-1/s1"]


def test_a_subtotal_row_is_checked_like_a_label():
    rubric = rubric_of(CLEAN)
    right, wrong = (replace(rubric, subtotals=(Subtotal("小计", rubric.stated_total and n, 1, at("小计")),)) for n in (rubric.sections[0].stated_points, rubric.stated_total))  # fmt: skip
    assert hits("section-sum-mismatch", reading_of(right)) == []
    assert hits("section-sum-mismatch", reading_of(wrong)) == ["annex-1/s1"]


def test_a_subtotal_of_the_last_part_is_not_that_of_the_section_around():
    """Only a part of several rows has a 小计 of its own."""
    drawing = """
    大类 | 项目 | 考核内容 | 分值
    甲类 | 制度 | 制度健全 | 20
    ^ | 人员 | 按时到岗 | 10
    ^ | ^ | 统一着装 | 10
    ^ | ^ | 小计 | 20
    乙类 | 环境 | 环境整洁 | 20
    ^ | 秩序 | 停车有序 | 20
    ^ | ^ | 通道畅通 | 20
    ^ | ^ | 小计 | 40
    """
    assert hits("section-sum-mismatch", reading_of(*rubrics_of(drawing))) == []


@pytest.mark.parametrize(("points", "where"), [("10", []), ("11", ["annex-1/s1"])])
def test_a_subtotal_below_subsections_is_that_of_the_section_around_them(points, where):
    drawing = f"""
    一级指标 | 二级指标 | 考核内容 | 分值
    后勤 | 资料 | 台账齐全 | 10
    ^ | ^ | 记录完整 | 10
    ^ | 现场 | 环境整洁 | {points}
    ^ | ^ | 设施完好 | 10
    ^ | | 小计 | 40
    德育 | 资料 | 班会召开 | 30
    ^ | 现场 | 升旗规范 | 30
    ^ | | 小计 | 60
    """
    assert hits("section-sum-mismatch", reading_of(*rubrics_of(drawing))) == where


def test_rows_that_exclude_each_other_are_only_noted():
    table = "项目|序号|评价内容|评价分值\n服务（10分）|1|优。|10\n|2|良。|8\n|3|差。|4\n总评|||10"
    found = findings_of("section-sum-mismatch", of(table)) + findings_of("total-mismatch", of(table))
    assert {f.severity for f in found} == {"note"}


@pytest.mark.parametrize(("stated", "where"), [("9.5", []), ("10", ["annex-1"]), ("9", ["annex-1"])])
def test_total_mismatch_hits(stated, where):
    assert hits("total-mismatch", of(CLEAN.replace("| 9.5", f"| {stated}"))) == where


TAKING = """
    项目 | 序号 | 评价内容 | 评价分值
    管理（100分） | 1 | 证照齐全。 | 60
    ^ | 2 | 报表及时。 | 40
    扣分项 | 3 | 迟报材料。 | 扣2分/次
    ^ | 4 | 问题重复。 | 扣2分/次
    总评 | | | {}
"""


@pytest.mark.parametrize(("stated", "where"), [("102", ["annex-1"]), ("100", [])])
def test_what_a_section_takes_off_is_no_part_of_the_total(stated, where):
    assert hits("total-mismatch", reading_of(*rubrics_of(TAKING.format(stated)))) == where


BONUS = """
    项目           | 序号 | 评价内容   | 评价分值
    管理（100分）  | 1    | 证照齐全。 | 60
                   | 2    | 报表及时。 | 40
    加分项（10分） | 3    | 获得表彰。 | 10
    总评           |      |            | {}
"""


@pytest.mark.parametrize(
    "table",
    [BONUS.format(100), BONUS.format(110), CLEAN.replace("    总评           |      |            | 9.5\n", "")],
    ids=["bonus outside", "bonus inside", "no total"],
)
def test_total_mismatch_leaves_alone(table):
    assert hits("total-mismatch", of(table)) == []


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (("100", "110", "100"), ["annex-2~annex-1"]),
        (("110", "110", "100"), ["annex-3~annex-1"]),
        (("110", "100"), ["annex-1~annex-2"]),
        (("110", "110"), []),
        (("100", "100"), []),
        (("110", "110", "100", "100"), []),
        (("110",), []),
    ],
)
def test_a_bonus_is_in_or_out_alike_on_all_sheets(totals, expected):
    sheets = [rubric_of(BONUS.format(total), annex=n) for n, total in enumerate(totals, 1)]
    found = findings_of("total-mismatch", reading_of(*sheets))
    assert [f.where for f in found] == expected
    assert all((f.status, f.severity) == ("supported", "warning") for f in found)


@pytest.mark.parametrize(("total", "bonus", "where"), [("98", "", ["annex-1"]), ("90", "", []), ("90", "加分项（5分）|5|获奖。|5\n", []), ("95", "加分项（5分）|5|获奖。|5\n", [])])
def test_declared_sections_are_summed_where_a_criterion_lacks_its_points(total, bonus, where):
    table = f"项目|序号|评价内容|评价分值\n甲（40分）|1|甲一。|15\n|2|甲二。|\n乙（50分）|3|乙一。|30\n|4|乙二。|20\n{bonus}总评|||{total}"
    assert hits("total-mismatch", of(table)) == where


def test_declared_sections_are_summed_where_criteria_carry_no_points():
    table = "项目|序号|评价内容|评价分值\n甲（40分）|1|甲一。|\n乙（50分）|2|乙一。|\n总评|||100"
    assert hits("total-mismatch", of(table)) == ["annex-1"]
    assert hits("total-mismatch", of(table.replace("50分", "60分"))) == []


def test_an_absent_number_explains_the_difference():
    table = "项目|序号|评价内容|评价分值\n甲|1|甲一。|4\n|2*|监测。|2*\n|3|甲三。|4\n总评|||10"
    (finding,) = findings_of("total-mismatch", of(table))
    assert (finding.status, finding.message) == ("conditional", "总分印为 10 分，2 条合计 8 分，相差 2；差数恰为所缺序号 2")


def test_criterion_without_points_hits():
    (finding,) = findings_of("criterion-without-points", of(CLEAN.replace("| 巡检到位。 | 2.5", "| 巡检到位。 | ")))
    assert (finding.where, finding.severity, finding.repair) == ("annex-1/c3", "error", None)


def test_two_equations_repair_an_empty_cell():
    rubric = rubric_of(CLEAN.replace("| 巡检到位。 | 2.5", "| 巡检到位。 | 2.5*"))
    (finding,) = findings_of("criterion-without-points", reading_of(rubric))
    assert [s.text for s in finding.proof.steps] == ["4.5 − 2 = 2.5", "9.5 − 7 = 2.5"]
    assert (finding.repair.path, finding.repair.after) == ("annex-1/c3.max_points", "2.5")


@pytest.mark.parametrize(
    "table",
    [
        CLEAN,
        "项目|序号|评价内容|评价分值\n甲|1|甲一。|\n|2|甲二。|\n|3|甲三。|5",
        CLEAN.replace("    总评", "                   |      | 小标题 |\n    总评"),
    ],
    ids=["all have", "most have none", "a heading row without number"],
)
def test_criterion_without_points_leaves_alone(table):
    assert hits("criterion-without-points", of(table)) == []


def test_points_implausible_hits():
    assert hits("points-implausible", of(CLEAN.replace("| 巡检到位。 | 2.5", "| 巡检到位。 | 2023"))) == ["annex-1/c3"]


def test_points_implausible_leaves_alone():
    assert hits("points-implausible", of(CLEAN)) == []
    assert hits("points-implausible", of("项目|序号|评价内容|评价分值\n甲|1|甲一。|2000\n|2|甲二。|1000\n总评|||3000")) == []


SHARED = """
    项目           | 检查项目 | 评价内容   | 分值
    管理（10分）  | 台账     | 制度健全。 | 4
                   | 人员     | 台账齐全。 | 6
                   |          | 持证上岗。 |
    现场（10分）  | 保洁     | 每日巡检。 | {}
    合计           |          |            | 20
"""


@pytest.mark.parametrize(
    ("last", "form", "severity"),
    [("10", "txt", "note"), ("8", "txt", "error"), ("10", "html", "error")],  # HTML would show that cells are joined
)
def test_a_row_for_which_the_sums_leave_nothing_is_only_noted(last, form, severity, tmp_path):
    rows = [[cell.strip() for cell in line.split("|")] for line in SHARED.format(last).strip().splitlines()]
    path = tmp_path / f"notice.{form}"
    made = {"txt": "\n".join(map("\t".join, rows)), "html": "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) for row in rows)}
    path.write_text(f"<meta charset=utf-8><table>{made[form]}</table>" if form == "html" else f"保洁质量考核表\n{made[form]}\n", encoding="utf-8")
    (found,) = findings_of("criterion-without-points", extract(path))
    assert (found.severity, found.status == "proved") == (severity, severity == "error")


LACKING = """
    项目             | 评价内容       | 分值
    基础项（100分） | 制度健全。     | 40
                     | 台账齐全。     | 60
    加分项（10分）  | {}             |
                     | 获省级表彰的。 | 5
    总分             |                | 110
"""


@pytest.mark.parametrize(("row", "expected"), [("获市级表彰的。", ["annex-1/c3"]), ("获市级表彰的，每次加2分。", []), ("获市级表彰的，视情节酌情掌握。", [])])
def test_an_empty_points_cell_of_a_bonus_beside_others_that_have_points(row, expected):
    (rubric,) = rubrics_of(LACKING.format(row))
    reading = reading_of(rubric)
    assert hits("criterion-without-points", reading) == expected
    if expected:
        assert hits("section-sum-mismatch", reading) == hits("total-mismatch", reading) == []


def test_labels_too_high_by_one_of_them_that_none_equals_are_told():
    (found,) = findings_of("total-mismatch", of(ALTERNATIVES.replace("乙类（40分）", "乙类（60分）").replace("基础（60分）", "基础（40分）").replace("甲类（40分）", "甲类（20分）").format("", 100)))
    assert (found.severity, found.status, found.proof.explanations) == ("warning", "undecidable", 2)


ALTERNATIVES = """
    项目             | 序号 | 评价内容   | 评价分值
    基础（60分）   | 1    | 制度健全。 | 10
                   | 2    | 台账齐全。 | {}
    甲类（40分）   | 3    | 每日巡检。 | 40
    乙类（40分）   | 4    | 每周巡检。 | 40
    总评           |      |            | {}
"""


def test_sections_of_which_one_may_stand_for_another_are_only_noted():
    (found,) = findings_of("total-mismatch", of(ALTERNATIVES.format("", 100)))
    assert (found.severity, found.status, found.proof.explanations) == ("note", "undecidable", 3)
    assert hits("total-mismatch", of(ALTERNATIVES.format("", 120))) == ["annex-1"]


CHOSEN = """
    项目                     | 序号 | 评价内容   | 分值
    基础（60分）           | 1    | 制度健全。 | 20
                             | 2    | 台账齐全。 | 40
    类别（{}）（40分） | 3    | 每日巡检。 | 40
                             | 4    | 每周巡检。 | 30
    总评                     |      |            | {}
"""


@pytest.mark.parametrize("words", ["任选其一", "二选一", "不累计", "取最高分"])
def test_a_section_of_which_one_line_is_chosen_gives_its_best(words):
    reading = reading_of(*rubrics_of(CHOSEN.format(words, 100)))
    (found,) = findings_of("section-sum-mismatch", reading)
    assert (found.where, found.severity) == ("annex-1/s2", "note")
    assert "各条合计 40 + 30 = 70" in found.message
    assert hits("total-mismatch", reading) == []
    assert hits("total-mismatch", reading_of(*rubrics_of(CHOSEN.format(words, 130)))) == ["annex-1"]


@pytest.mark.parametrize("words", ["同一问题不累计扣分", "同类检查取最高分", "选择一线班组", "任选其一"])
@pytest.mark.parametrize("declared", [70, 60])
def test_lines_add_up_where_the_declared_points_are_not_the_best(words, declared):
    table = CHOSEN.format(words, 60 + declared).replace("）（40分）", f"）（{declared}分）")
    assert hits("section-sum-mismatch", reading_of(*rubrics_of(table))) == ([] if declared == 70 else ["annex-1/s2"])


def test_lines_that_are_not_chosen_among_add_up():
    assert hits("section-sum-mismatch", reading_of(*rubrics_of(CHOSEN.format("必选", 100)))) == ["annex-1/s2"]


COSTS = """
    序号 | 类别 | 检查内容         | 扣分标准 | 实扣分
    1    | 道路 | 路面有积存垃圾。 | -2       |
    2    |      | 井盖周边不洁。   | -1       |
    3    | 公厕 | 地面有积水。     | -3       |
"""


def test_what_is_deducted_from_the_total_makes_no_sum():
    (rubric,) = rubrics_of("# 保洁检查评分标准（满分100分）" + COSTS)
    assert str(rubric.stated_total) == "100"
    assert hits("total-mismatch", reading_of(rubric)) == hits("header-damaged", reading_of(rubric)) == []


def test_a_choice_without_declared_points_that_makes_the_total_is_undecidable():
    table = CHOSEN.format("任选其一", 100).replace("）（40分）", "）")
    (found,) = findings_of("total-mismatch", reading_of(*rubrics_of(table)))
    assert (found.status, found.severity, found.proof.explanations) == ("undecidable", "warning", 2)
    assert "annex-1/s2.stated_points" in found.message
    (other,) = findings_of("total-mismatch", reading_of(*rubrics_of(table.replace("100", "105"))))
    assert (other.status, other.severity) == ("proved", "error")


def test_several_lines_chosen_whose_best_make_the_sums_prove_no_fault():
    table = """
        项目                           | 序号 | 内容         | 分值
        阵地（60分）                   | 1    | 有固定场所。 | 60
        活动（40分，以下任选两项）     | 2    | 助老扶幼。   | 20
                                       | 3    | 保护环境。   | 20
                                       | 4    | 文明实践。   | 20
        总评                           |      |              | {}
    """
    reading = reading_of(*rubrics_of(table.format(100)))
    (found,) = findings_of("section-sum-mismatch", reading)
    assert (found.where, found.severity) == ("annex-1/s2", "note")
    (total,) = findings_of("total-mismatch", reading)
    assert (total.status, total.severity) == ("undecidable", "warning")
    (other,) = findings_of("total-mismatch", reading_of(*rubrics_of(table.format(105))))
    assert (other.status, other.severity) == ("proved", "error")
