"""Sheets as clerks type them: lists with the standard behind the points, torn digits, serials in Chinese numerals.

Expected values (under `=>`) are what was drawn; `@` names the formats where not all can hold the drawing. See
`support/drawn.py` for both notations.
"""

from __future__ import annotations

import openpyxl
import pytest

from pipeline import extract
from tests.support.drawn import case_of, dump, read_drawn

CASES = {
    "the standard stands behind the points of a line": """
@ txt docx html pdf
文明单位测评细则
一、理想信念（20分）
1.道德讲堂每季一期（9分）每发现一处不符合扣2分，扣完为止。
2.学习积分排名靠前，有记录（11分）。查阅台账，缺一项扣0.5分。
二、行业风尚（20分）
3.窗口服务规范。（12分）未落实的不得分。
4.12345热线按时办结（8分）
以上各项合计40分。
=>
annex-1 《文明单位测评细则》 40
  [理想信念] 20
    1 | 道德讲堂每季一期（9分）每发现一处不符合扣2分，扣完为止。 | 9
    2 | 学习积分排名靠前，有记录（11分）。查阅台账，缺一项扣0.5分。 | 11
  [行业风尚] 20
    3 | 窗口服务规范。（12分）未落实的不得分。 | 12
    4 | 12345热线按时办结 | 8
""",
    "digits torn by a line end": """
@ docx html xlsx
考核评分表
项目 | 序号 | 考核内容 | 分值
安全（30分） | 1 | 消防设施完好 | 1⏎5
^ | 2 | 出口畅通 | 15
服务（70分） | 3 | 首问负责 | 4⏎0
^ | 4 | 按时办结 | 3⏎0
合计 |  |  | 100
=>
annex-1 《考核评分表》 100
  [安全] 30
    1 | 消防设施完好 | 15
    2 | 出口畅通 | 15
  [服务] 70
    3 | 首问负责 | 40
    4 | 按时办结 | 30
""",
    "criteria numbered in Chinese numerals": """
检查评分表
项目 | 序号 | 检查内容 | 分值
组织管理（40分） | 一 | 明确分管领导 | 20
^ | 二 | 纳入年度计划 | 20
安全保管（60分） | 三 | 库房措施到位 | 25
^ | 四 | 温湿度每日登记 | 35
合计 |  |  | 100
=>
annex-1 《检查评分表》 100
  [组织管理] 40
    一 | 明确分管领导 | 20
    二 | 纳入年度计划 | 20
  [安全保管] 60
    三 | 库房措施到位 | 25
    四 | 温湿度每日登记 | 35
""",
    "points that close each text, no column for them": """
保洁考核表
项目 | 序号 | 考核内容 | 得分
清扫（20分） | 1 | 6时30分前完成普扫，12分 |
^ | 2 | 路面无积尘，8分 |
公厕（20分） | 3 | 专人管理，无异味。9分 |
^ | 4 | 开放时间公示，11分 |
=>
annex-1 《保洁考核表》 -
  [清扫] 20
    1 | 6时30分前完成普扫，12分 | 12
    2 | 路面无积尘，8分 | 8
  [公厕] 20
    3 | 专人管理，无异味。9分 | 9
    4 | 开放时间公示，11分 | 11
""",
    "the last line of a list above its total": """
@ txt docx html
规范办学评分细则
一、课程实施（14分）
1.开齐开足国家课程（5分）
2.劳动教育每周1课时（9分）
二、队伍建设（21分）
3.师德承诺书签订率100%（13分）
4.班主任每学期培训8学时（8分）
合计得分：35分
=>
annex-1 《规范办学评分细则》 35
  [课程实施] 14
    1 | 开齐开足国家课程 | 5
    2 | 劳动教育每周1课时 | 9
  [队伍建设] 21
    3 | 师德承诺书签订率100% | 13
    4 | 班主任每学期培训8学时 | 8
""",
    "a number typed twice at the head of texts": """
@ docx html xlsx
考核评分表
项目 | 考核内容 | 分值
清扫（30分） | 1.每日普扫两遍 | 15
^ | 2.路面无积尘 | 15
公厕（70分） | 2.专人管理 | 20
^ | 3.开放时间公示 | 20
^ | 4.耗材补充及时 | 30
合计 |  | 100
=>
annex-1 《考核评分表》 100
  [清扫] 30
    1 | 每日普扫两遍 | 15
    2 | 路面无积尘 | 15
  [公厕] 70
    2 | 专人管理 | 20
    3 | 开放时间公示 | 20
    4 | 耗材补充及时 | 30
""",
    "torn points of a section row and of the total": """
@ docx html xlsx
考核细则
序号 | 具体要求 | 配分
一 | 党建与队伍 | 2⏎0
1 | 会议制度健全 | 9
2 | 承诺书签订率100% | 11
二 | 课程实施 | 25
3 | 开齐开足课程 | 12
4 | 劳动教育每周1课时 | 13
合计 |  | 4⏎5
=>
annex-1 《考核细则》 45
  [党建与队伍] 20
    1 | 会议制度健全 | 9
    2 | 承诺书签订率100% | 11
  [课程实施] 25
    3 | 开齐开足课程 | 12
    4 | 劳动教育每周1课时 | 13
""",
    "grades named by their points": """
@ docx html xlsx
服务质量评价表
序号 | 评价内容 | 5分 | 4分 | 3分 | 1分
1 | 服务态度热情 |  |  |  |
2 | 办事效率高 |  |  |  |
3 | 环境整洁 |  |  |  |
=>
annex-1 《服务质量评价表》 -
    1 | 服务态度热情 | 5 | 5分 4分 3分 1分
    2 | 办事效率高 | 5 | 5分 4分 3分 1分
    3 | 环境整洁 | 5 | 5分 4分 3分 1分
""",
    "a heading above a line whose name holds a bracket": """
@ txt docx html
档案检查细则
一、安全保管（25分）
1.库房八防措施到位。（13分）未落实的不得分。
2.温湿度每日登记两次。（12分）缺一项扣0.5分。
二、组织管理（15分）
3.明确分管领导和专（兼）职档案员。（7分）做到的得7分，未做到的得0分。
4.纳入年度计划。（8分）缺一项扣0.5分。
=>
annex-1 《档案检查细则》 -
  [安全保管] 25
    1 | 库房八防措施到位。（13分）未落实的不得分。 | 13
    2 | 温湿度每日登记两次。（12分）缺一项扣0.5分。 | 12
  [组织管理] 15
    3 | 明确分管领导和专（兼）职档案员。（7分）做到的得7分，未做到的得0分。 | 7
    4 | 纳入年度计划。（8分）缺一项扣0.5分。 | 8
""",
    "a rate at the end of an indicator is no points": """
@ docx html xlsx
绩效评价表
一级指标 | 三级指标 | 满分 | 扣分标准
产出（30分） | 图书上架及时，乱架率低于3% | 15 | 现场抽查3处，1处不合格扣0.5分。
^ | 楼道照明完好率达到95% | 15 | 未落实的不得分。
效果（20分） | 群众满意度90%以上 | 12 | 每低1个百分点扣1分。
^ | 年举办活动不少于24场 | 8 | 缺一场扣1分。
=>
annex-1 《绩效评价表》 -
  [产出] 30
    - | 图书上架及时，乱架率低于3% | 15 | standard=现场抽查3处，1处不合格扣0.5分。
    - | 楼道照明完好率达到95% | 15 | standard=未落实的不得分。
  [效果] 20
    - | 群众满意度90%以上 | 12 | standard=每低1个百分点扣1分。
    - | 年举办活动不少于24场 | 8 | standard=缺一场扣1分。
""",
    "serials of two parts beside points with decimals": """
检查评分表
评价指标 | 编号 | 具体内容 | 标准分值
档案管理（20分） | 1.1 | 工程建档立卡，一处一档 | 9.5
^ | 1.2 | 运行日志逐日填写 | 10.5
水质保障（20分） | 2.1 | 出厂水每日检测 | 10.5
^ | 2.2 | 界桩警示牌齐全 | 9.5
工程运行（31分） | 3.1 | 供水保证率达标 | 10
^ | 3.2 | 设备挂牌管理 | 11
^ | 3.3 | 定期巡查保养 | 10
=>
annex-1 《检查评分表》 -
  [档案管理] 20
    1.1 | 工程建档立卡，一处一档 | 9.5
    1.2 | 运行日志逐日填写 | 10.5
  [水质保障] 20
    2.1 | 出厂水每日检测 | 10.5
    2.2 | 界桩警示牌齐全 | 9.5
  [工程运行] 31
    3.1 | 供水保证率达标 | 10
    3.2 | 设备挂牌管理 | 11
    3.3 | 定期巡查保养 | 10
""",
    "Chinese numerals at the head of texts": """
@ docx html xlsx
窗口考核表
考核内容 | 分值
一.办事指南要素齐全 | 40
二.即办件当场办结 | 30
三.着装挂牌上岗 | 30
合计 | 100
=>
annex-1 《窗口考核表》 100
    一 | 办事指南要素齐全 | 40
    二 | 即办件当场办结 | 30
    三 | 着装挂牌上岗 | 30
""",
    "torn points of a grade": """
@ docx html xlsx
窗口考核表
项目 | 序号 | 考核内容 | 等级 | 分值
服务（20分） | 1 | 着装挂牌上岗 | 优 | 1⏎2
^ | ^ | ^ | 良 | 9
^ | ^ | ^ | 差 | 0
^ | 2 | 桌面整齐 | 优 | 8
^ | ^ | ^ | 良 | 6
^ | ^ | ^ | 差 | 0
=>
annex-1 《窗口考核表》 -
  [服务] 20
    1 | 着装挂牌上岗 | 12 | 优12 良9 差0
    2 | 桌面整齐 | 8 | 优8 良6 差0
""",
    "torn digits that a subtotal closes": """
@ docx html xlsx
志愿服务评分表
项目 | 序号 | 考核内容 | 分值
组织建设 | 1 | 依法登记，章程完备 | 1⏎2
^ | 2 | 有固定场所 | 8
小计 |  |  | 20
队伍管理 | 3 | 注册志愿者不少于百人 | 15
^ | 4 | 保险参保率100% | 1⏎5
小计 |  |  | 30
=>
annex-1 《志愿服务评分表》 -
  [组织建设] -
    1 | 依法登记，章程完备 | 12
    2 | 有固定场所 | 8
  [队伍管理] -
    3 | 注册志愿者不少于百人 | 15
    4 | 保险参保率100% | 15
  = 小计 20
  = 小计 30
""",
}

SPACED_ROWS = """机关档案检查表
序号    考核要点                       评分标准                          分值
        一、组织管理                                                     15
1.1     明确分管领导                   未落实的不得分。                  7
1.2     纳入年度计划                   缺一项扣1分。                     8
        二、安全保管                                                     25
2.1     库房八防措施到位               每处扣1分。                       12
2.2     温湿度每日登记两次             缺一次扣1分。                     13
"""


def test_section_rows_in_the_columns_of_numbered_lines_set_by_spaces(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(SPACED_ROWS, encoding="utf-8")
    (rubric,) = extract(path).rubrics
    assert [(s.label, str(s.stated_points), [c.number for c in s.criteria]) for s in rubric.sections] == [
        ("组织管理", "15", ["1.1", "1.2"]),
        ("安全保管", "25", ["2.1", "2.2"]),
    ]


SPACED_WORDS = """饮水安全考核表
项目              编号  评价标准                         配分
水质保障(25分)    一    出厂水每日检测浊度、余氯         12
                  二    水质检测合格率不低于95%          13
收费服务(20分)    三    实行计量收费，水费收缴率95%以上  20
否决项            四    发生水污染事件的                 一票否决
"""


def test_chinese_numerals_and_a_veto_set_by_spaces(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(SPACED_WORDS, encoding="utf-8")
    (rubric,) = extract(path).rubrics
    assert [(c.number, c.text, str(c.max_points), c.kind) for c in rubric.criteria()] == [
        ("一", "出厂水每日检测浊度、余氯", "12", "scored"),
        ("二", "水质检测合格率不低于95%", "13", "scored"),
        ("三", "实行计量收费，水费收缴率95%以上", "20", "scored"),
        ("四", "发生水污染事件的", "None", "veto"),
    ]


SPACED_TWICE = """场馆开放检查表
考核项目            编号  考核内容                       印证资料        标准分值
运营管理（18分）    1     财务独立核算，补助专款专用     台账资料        9
                    2     问卷调查满意率90%以上          检测报告        9
考核项目            编号  考核内容                       印证资料        标准分值
说明：以下由科室打分
安全救护（27分）    3     救生员按水面配备               检测报告        10
                    4     培训两名以上持证人员           会议记录        8
                    5     购买公众责任险                 培训记录        9
"""


def test_a_header_and_a_note_inside_a_table_set_by_spaces(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(SPACED_TWICE, encoding="utf-8")
    (rubric,) = extract(path).rubrics
    assert [(s.label, str(s.stated_points), [(c.number, str(c.max_points)) for c in s.criteria]) for s in rubric.sections] == [
        ("运营管理", "18", [("1", "9"), ("2", "9")]),
        ("安全救护", "27", [("3", "10"), ("4", "8"), ("5", "9")]),
    ]
    assert [n.text for n in rubric.notes] == ["说明：以下由科室打分"]


@pytest.mark.parametrize("between", ["", "\n"])
def test_a_line_to_sign_below_a_table_set_by_spaces_is_no_row(tmp_path, between):
    path = tmp_path / "a.txt"
    path.write_text(SPACED_TWICE + between + "考核人员签字：              被考核单位负责人签字：\n", encoding="utf-8")
    (rubric,) = extract(path).rubrics
    assert [c.text for c in rubric.criteria()][-1] == "购买公众责任险"
    assert "assessor" in rubric.fields


SPACED_RANGES = """环境信用评价细则
一级指标        项次  具体内容                  计分标准                              分值
社会监督(30分)  1.1   环境信息依法公开          做到的得13分，未做到的得0分。         0-13
                1.2   群众投诉查实不超过1次     现场抽查3处，1处不合格扣0.5分。       0-17
应急管理(30分)  2.1   应急预案备案并每年演练    完全符合得满分，不符合不得分。        0-14
                2.2   应急物资清单与实物相符    未落实的不得分。                      0-16
"""


def test_ranges_of_points_set_by_spaces(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(SPACED_RANGES, encoding="utf-8")
    (rubric,) = extract(path).rubrics
    assert [(c.number, str(c.max_points)) for c in rubric.criteria()] == [("1.1", "13"), ("1.2", "17"), ("2.1", "14"), ("2.2", "16")]


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


HEAD = ["检查项目", "序号", "考核要点", "评分标准", "分值"]
ROWS = [
    ["诚信履约（50分）", 1, "无围标串标行为", "未落实的不得分。", 20],
    [None, 2, "发票合同清单一致", "缺一项扣1分。", 30],
    ["产品质量（50分）", 3, "到货验收合格率99%", "未落实的不得分。", 24],
    [None, 4, "质量问题三日内退换", "缺一次扣1分。", 26],
]


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_blank_row_inside_a_sheet(tmp_path, after):
    rows = [["供应商考核表"], HEAD, *ROWS[:after], [None], *ROWS[after:], ["合计", None, None, None, 100]]
    assert dump(extract(workbook(tmp_path / "a.xlsx", rows))) == dump(extract(workbook(tmp_path / "b.xlsx", [r for r in rows if r != [None]])))


def test_a_blank_row_parts_two_sheets_with_headers(tmp_path):
    rows = [["供应商考核表"], HEAD, *ROWS, ["合计", None, None, None, 100], [None], HEAD, *ROWS, ["合计", None, None, None, 100]]
    assert len(extract(workbook(tmp_path / "a.xlsx", rows)).rubrics) == 2


def test_a_wrong_total_is_told_beside_a_veto(tmp_path):
    rows = [["供应商考核表"], HEAD, *ROWS, ["否决事项", 5, "弄虚作假的", "考核结果为不合格。", "一票否决"], ["合计", None, None, None, 101]]
    found = {f.rule for f in extract(workbook(tmp_path / "a.xlsx", rows)).findings if f.severity == "error"}
    assert found == {"total-mismatch"}


SPACED = """教学工作评分表
一级指标  分值  二级指标          三级指标                          满分  考核方式
管理      35    教研成果【20分】  主持或参与教改课题                12分  资料审核与实地核查相结合
                                  指导学生竞赛获奖                  8分   现场抽查
                教学准备【15分】  教案规范，首次备课有手写提纲      15分  系统提取
成效      25    师德师风【25分】  为人师表，无有偿补课              17分  现场抽查
                                  团结协作，关爱学生                8分   查看台账、走访群众
"""


def test_points_of_groups_and_of_criteria_set_by_spaces(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(SPACED, encoding="utf-8")
    (rubric,) = extract(path).rubrics
    assert [(c.text, str(c.max_points)) for c in rubric.criteria()] == [
        ("主持或参与教改课题", "12"),
        ("指导学生竞赛获奖", "8"),
        ("教案规范，首次备课有手写提纲", "15"),
        ("为人师表，无有偿补课", "17"),
        ("团结协作，关爱学生", "8"),
    ]


TRADITIONAL = """臨江市環境衛生管理處文件
臨環衛發〔2022〕18號
關於印發《清潔服務考核辦法》的通知
各清潔服務單位：
現印發考核辦法，請認真貫徹執行。
一、結果評定
考核得分90分（含）以上為優秀，60分（含）至90分（不含）為合格，60分（不含）以下為不合格。
有下列情形之一的，考核結果直接評定為不合格：
1.發生安全事故的；
2.弄虛作假的。
附件：1.清潔服務評分表
臨江市環境衛生管理處
2022年5月6日

附件1
清潔服務評分表
項目\t序號\t評核內容\t分值\t評分標準\t得分
清掃質量（30分）\t1\t每日普掃兩遍\t10\t每處扣1分\t
\t2\t路面無積塵\t20\t每處扣1分\t
公廁管護（70分）\t3\t專人管理\t40\t未落實不得分\t
\t4\t耗材補充及時\t30\t每次扣2分\t
合計\t\t\t100\t\t
"""


def test_a_notice_in_traditional_characters_is_read_as_printed(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TRADITIONAL, encoding="utf-8")
    reading = extract(path)
    assert [b.label for b in reading.notice.grade_bands] == ["優秀", "合格", "不合格"]
    assert [v.text for v in reading.notice.vetoes] == ["發生安全事故的", "弄虛作假的"]
    assert reading.notice.veto_outcome == "考核結果直接評定為不合格"
    (rubric,) = reading.rubrics
    assert str(rubric.stated_total) == "100"
    assert [(s.label, [str(c.max_points) for c in s.criteria]) for s in rubric.sections] == [("清掃質量", ["10", "20"]), ("公廁管護", ["40", "30"])]
    assert [f.rule for f in reading.findings if f.severity != "note"] == []


PAIRS = """考核评分表
{header}一、清扫质量（30分）
1.每日普扫两遍，早普扫于6时30分前完成{sep}10
2.路面无积尘{sep}20
二、公厕管护（70分）
3.专人管理，开放时间公示{sep}40
4.耗材补充及时{sep}30
合计{sep}100
"""
PAIRS_READ = """
annex-1 《考核评分表》 100
  [清扫质量] 30
    1 | 每日普扫两遍，早普扫于6时30分前完成 | 10
    2 | 路面无积尘 | 20
  [公厕管护] 70
    3 | 专人管理，开放时间公示 | 40
    4 | 耗材补充及时 | 30
"""


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("sep", [" | ", "|", " ｜ ", "\t", "    "])
def test_text_and_points_in_two_columns(sep, header, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(PAIRS.format(sep=sep, header=f"考核内容{sep}分值\n" if header else ""), encoding="utf-8")
    assert dump(extract(path)) == PAIRS_READ.strip()


def test_a_line_without_its_points_stays_in_the_table(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(PAIRS.format(sep="\t", header="考核内容\t分值\n").replace("公示\t40", "公示"), encoding="utf-8")
    found = {f.rule for f in extract(path).findings}
    assert "criterion-without-points" in found


def test_a_table_of_contents_is_no_rubric(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("目录\n一、总则    1\n二、考核内容    2\n三、考核方式    4\n四、附则    6\n", encoding="utf-8")
    assert extract(path).rubrics == ()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_sheets_as_clerks_type_them(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form
