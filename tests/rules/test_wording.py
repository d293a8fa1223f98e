"""Sister sheets are made from one list of criteria, with single characters changed."""

import pytest

from pipeline.lookalikes import lookalikes
from pipeline.rules.slips import edits_between
from tests.builders import reading_of, rubric_of
from tests.rules.hits import findings_of, hits

BASE = [
    "建立健全设施设备管理台账，做到检查、整改、复查全过程记录。",
    "定期对作业人员开展安全生产教育和培训，建立培训档案。",
    "每季度检查不低于2次，发现隐患及时整改到位。",
    "设施设备定期维护保养，维护记录完整、真实、可追溯。",
    "制定应急预案并备案，每年不低于2次组织应急演练。",
    "设施设备档案齐全，设备标识清晰，设施完好。",
]


def sheets(changes, annex=2, count=3):
    """`count` sister sheets of BASE; sheet `annex` with {row: text} changed."""
    out = []
    for n in range(1, count + 1):
        texts = [changes.get(i, t) if n == annex else t for i, t in enumerate(BASE)]
        rows = "\n".join(f"{'管理' if i == 0 else ''}|{i + 1}|{t}|{n + 1}" for i, t in enumerate(texts))
        out.append(rubric_of("项目|序号|评价内容|评价分值\n" + rows, annex=n))
    return reading_of(*out)


def changed(row, old, new):
    assert old in BASE[row]
    return sheets({row: BASE[row].replace(old, new, 1)})


@pytest.mark.parametrize(
    ("row", "old", "new", "kind"),
    [
        (2, "不低于", "不低干", "疑似错字"),
        (0, "管理", "管埋", "疑似错字"),
        (1, "安全生产", "安全生生产", "疑似衍字"),
        (1, "培训档案", "培档案", "疑似脱字"),
    ],
)
def test_text_slip_hits(row, old, new, kind):
    (found,) = findings_of("text-slip", changed(row, old, new))
    assert found.where == f"annex-2/c{row + 1}~annex-1/c{row + 1}"
    assert (found.status, found.severity) == ("supported", "warning")
    assert found.message.startswith(kind)


def tied(wrong, usual):
    """Two sheets whose phrase stands once on each; the usual character has its home elsewhere in the document."""
    texts = [f"{usual}常巡查记录完整。", f"每{usual}清扫两遍路面。", f"节假{usual}安排专班值守。", f"当{usual}垃圾当{usual}清运。"]
    first = rubric_of("项目|序号|评价内容|评价分值\n" + "\n".join(f"|{n}|{t}|2" for n, t in enumerate([*texts, f"组织开放{usual}活动，邀请群众参观。"], 1)))
    second = rubric_of(f"项目|序号|评价内容|评价分值\n|1|组织开放{wrong}活动，邀请群众参观。|3", annex=2)
    return reading_of(first, second)


def test_a_character_that_stands_nowhere_else_is_the_slip():
    (found,) = findings_of("text-slip", tied("曰", "日"))
    assert (found.annex, found.where) == (2, "annex-2/c1~annex-1/c5")
    assert findings_of("text-slip", tied("周", "日")) == []


@pytest.mark.parametrize(
    ("row", "old", "new"),
    [
        (2, "每季度", "每月"),
        (2, "2次", "3次"),
        (1, "定期对", "对"),
        (0, "整改", "落实整改"),
        (4, "每年", "每半年"),
        (5, "档案", "资料"),
        (3, "完整、真实", "真实、完整"),
        (2, "整改到位。", "整改到位"),
    ],
)
def test_text_slip_leaves_alone(row, old, new):
    assert hits("text-slip", changed(row, old, new)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("每日检查供水钢管一次，记录在册。", "每月检查供水钢管一次，记录在册。"), ("每日检查供水钢管一次，记录在册。", "每日检查供水铜管一次，记录在册。")],
)
def test_sound_words_that_look_alike_are_no_slips(one, other):
    a, b = (rubric_of(f"项目|序号|评价内容|评价分值\n管理|1|{t}|2", annex=n) for n, t in ((1, one), (2, other)))
    assert hits("text-slip", reading_of(a, b)) == []


def twins(one, other):
    """Two sheets of one criterion each."""
    return reading_of(*(rubric_of(f"项目|序号|评价内容|评价分值\n管理|1|{t}|2", annex=n) for n, t in ((1, one), (2, other))))


@pytest.mark.parametrize(
    ("good", "wrong", "kind"),
    [
        ("消防设施器材配备到位，完好有效。", "消防设施器材配备到位，完好好有效。", "疑似衍字"),
        ("各类档案分类归档，专人负责，收入登记。", "各类档案分类归档，专入负责，收入登记。", "疑似错字"),
        ("现场检查记录由双方签字确认。", "现场捡查记录由双方签字确认。", "疑似错字"),
        ("候车区域整洁有序，无乱堆乱放。", "侯车区域整洁有序，无乱堆乱放。", "疑似错字"),
        ("对老年人提供优先服务和便利措施。", "对老年人提供优服务和便利措施。", "疑似脱字"),
        ("积极参加行业组织开展的技能竞赛。", "积极参加行组织开展的技能竞赛。", "疑似脱字"),
        ("每年开展一次满意度调查，满意度不低于九成。", "每年开展一次满意意度调查，满意度不低于九成。", "疑似衍字"),
    ],
)
def test_slips_that_general_usage_shows(good, wrong, kind):
    (found,) = findings_of("text-slip", twins(good, wrong))
    assert (found.annex, found.status, found.repair) == (2, "supported", None)
    assert found.message.startswith(kind)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("科室负责人每周签字一次并存档备查。", "科负责人每周签字一次并存档备查。"),
        ("学校食堂安全管理制度上墙公示。", "校食堂安全管理制度上墙公示。"),
        ("抢险工具等物资配备齐全，存放有序。", "抢险工器具等物资配备齐全，存放有序。"),
        ("每年年底前完成设备检修并报告。", "每年底前完成设备检修并报告。"),
        ("委员会会议记录完整，归档及时。", "委员会议记录完整，归档及时。"),
        ("企业业务培训到位，台账登记规范。", "企业务培训到位，台账登记规范。"),
        ("果皮箱箱体整洁，无污渍无破损。", "果皮箱体整洁，无污渍无破损。"),
        ("安全责任层层落实到位，签订责任书。", "安全责任层落实到位，签订责任书。"),
        ("做到事事有回音，件件有着落。", "做到事有回音，件件有着落。"),
        ("燃气汽车加气服务符合规定要求。", "燃气汽车加油服务符合规定要求。"),
        ("进货台账登记完整，票据齐全。", "进贷台账登记完整，票据齐全。"),
        ("及时撤销无效标志，报主管部门。", "及时撤消无效标志，报主管部门。"),
        ("每季度召开会议一次，记录完整。", "每季召开会议一次，记录完整。"),
        ("检查结果记录真实可查，及时归档。", "检查结果纪录真实可查，及时归档。"),
    ],
)
def test_sound_chinese_one_character_apart_is_no_slip(one, other):
    assert hits("text-slip", twins(one, other)) == []
    assert hits("text-slip", twins(other, one)) == []


def test_a_slip_without_a_twin_is_seen_by_its_phrase():
    table = "项目|序号|评价内容|评价分值\n管理|1|单位用户检查每年不低于2次。|2\n|2|居民用户入户安检，每年不低干2次，留存记录备查归档。|2\n|3|演练不低于1次。|2"
    assert hits("text-slip", reading_of(rubric_of(table))) == ["annex-1/c2~annex-1/c1"]


def test_wording_drift_hits():
    (found,) = findings_of("wording-drift", changed(0, "建立健全", "建立"))
    assert (found.where, found.severity) == ("annex-2/c1~annex-1/c1", "note")


def test_wording_drift_leaves_alone():
    assert hits("wording-drift", sheets({})) == []
    assert hits("wording-drift", changed(2, "不低于", "不低干")) == [], "a slip is no drift"
    assert hits("wording-drift", changed(2, "，", ",")) == [], "width is no wording"


def formula(*objects):
    """Two sheets: the first has all objects but the last one, in one formula; the second the last one."""
    texts = [f"每月对{o}进行一次全面核查，核查结果报主管部门备案。" for o in objects]
    rows = "\n".join(f"|{n}|{t}|2" for n, t in enumerate(texts[:-1], 1))
    return reading_of(rubric_of("项目|序号|评价内容|评价分值\n" + rows), rubric_of(f"项目|序号|评价内容|评价分值\n|1|{texts[-1]}|3", annex=2))


def test_a_formula_with_other_objects_is_no_drift():
    assert hits("wording-drift", formula("消毒设备", "水表井", "清水池")) == []
    assert hits("wording-drift", formula("消毒设备", "清水池")) == ["annex-2/c1~annex-1/c1"], "two alone may be one duty"


def test_a_wording_is_held_against_the_nearest_one():
    reading = formula("消毒设备", "水泵机组", "水泵机组")
    changed = rubric_of("项目|序号|评价内容|评价分值\n|1|每月对水泵机组进行一次全面核查，核查结果向主管部门备案。|3", annex=3)
    assert hits("wording-drift", reading_of(*reading.rubrics, changed)) == ["annex-3/c1~annex-1/c2"]


def test_duplicate_criterion_hits():
    table = "项目|序号|评价内容|评价分值\n管理|1|建立消防台账，记录完整。|5\n|2|其他要求按规定执行。|5\n|3|建立消防台账，记录完整。|5"
    assert hits("duplicate-criterion", reading_of(rubric_of(table))) == ["annex-1/c1..annex-1/c3"]


def test_a_duty_in_rows_apart_is_told_whatever_the_standards():
    row = "建立消防台账，记录完整。"
    table = f"项目|序号|评价内容|评分标准|评价分值\n管理|1|{row}|无台账|5\n|2|其他要求按规定执行。|缺|5\n|3|{row}|缺一项|5"
    (found,) = findings_of("duplicate-criterion", reading_of(rubric_of(table)))
    assert (found.where, found.status) == ("annex-1/c1..annex-1/c3", "supported")


def test_a_duty_looked_at_by_other_means_is_the_same():
    rows = "管理|1|建立消防台账，记录完整。|缺一项扣1分|查阅资料|5\n救援|2|建立消防台账，记录完整。|缺一项扣1分|现场查看|5"
    reading = reading_of(rubric_of(f"项目|序号|评价内容|standard|method|评价分值\n{rows}"))
    assert hits("duplicate-criterion", reading) == ["annex-1/c1..annex-1/c2"]


@pytest.mark.parametrize("beside", ["责任单位|备注", "牵头单位|配合单位", "remark|完成时限"])
def test_a_duty_of_others_or_at_another_time_is_the_same(beside):
    rows = "管理|1|建立消防台账，记录完整。|缺一项扣1分|甲科|一月|5\n|2|建立消防台账，记录完整。|缺一项扣1分|乙科|二月|5"
    assert hits("duplicate-criterion", reading_of(rubric_of(f"项目|序号|评价内容|standard|{beside}|评价分值\n{rows}"))) == ["annex-1/c1..annex-1/c2"]


def test_a_duty_whose_text_ends_in_other_points_is_the_same():
    rows = "管理|1|建立消防台账，记录完整：10分。|10\n救援|2|建立消防台账，记录完整：4分。|4"
    assert hits("duplicate-criterion", reading_of(rubric_of(f"项目|序号|评价内容|评价分值\n{rows}"))) == ["annex-1/c1..annex-1/c2"]


def test_grades_described_alike_under_duties_are_no_duplicates():
    grades = "完全符合要求，记录齐全。部分符合要求。"
    rows = f"建立消防台账，按月更新。|1|{grades}|5\n定期开展演练，做好总结。|2|{grades}|5"
    assert hits("duplicate-criterion", reading_of(rubric_of(f"项目|序号|评价内容|评价分值\n{rows}"))) == []


def test_a_duty_with_its_clause_in_one_cell_may_stand_twice():
    rows = "管理|1|建立消防台账，记录完整（5分）。缺一项扣1分。|5\n救援|2|建立消防台账，记录完整（3分）。缺一项扣1分。|3"
    assert hits("duplicate-criterion", reading_of(rubric_of(f"项目|序号|评价内容|评价分值\n{rows}"))) == ["annex-1/c1..annex-1/c2"]


DOUBLED = ["每日巡查，，记录完整。", "响应时间不不超过2小时。", "每年开展一次满意意度调查，公布满意度调查结果。", "记录完整。。", "按时上报的的材料齐全。", "隐患整改、，及时销号。"]


@pytest.mark.parametrize("text", DOUBLED)
def test_what_stands_twice_by_mistake_needs_no_twin(text):
    reading = reading_of(rubric_of(f"项目|序号|评价内容|评价分值\n管理|1|{text}|2"))
    (found,) = findings_of("text-slip", reading)
    assert (found.where, found.status) == ("annex-1/c1", "supported")


@pytest.mark.parametrize("text", [
    "参与与群众有关的活动。", "以及及时上报情况。", "实现考核目的的措施。", "召开委员会会议。", "人人参与，层层落实。", "每年年检一次。",
    "规范服务行为为重点。", "响应应急处置要求……", "由本部部长负责。", "核对对象名单。", "是是非非要分清。", "供水水箱清洗。",
    "站内设置置物台。", "公示示范点名单。", "服务务必到位。", "应急急救箱齐全。", "河堤堤身无裂缝。", "公示栏栏目齐全。", "窗帘帘布，整洁。",
])  # fmt: skip
def test_what_rightly_stands_twice_is_no_slip(text):
    assert hits("text-slip", reading_of(rubric_of(f"项目|序号|评价内容|评价分值\n管理|1|{text}|2"))) == []


def test_a_cell_beside_the_criteria_is_looked_at_once():
    reading = reading_of(rubric_of("项目|序号|评价内容|评分标准|评价分值\n管理|1|建立台账。|缺一项扣1分，，扣完为止。|2"))
    assert hits("text-slip", reading) == ["annex-1/c1"]


@pytest.mark.parametrize(
    "table",
    [
        "项目|序号|评价内容|评价分值\n管理|1|制度健全。|5\n|2|制度健全。|5",
        "项目|序号|评价内容|评分标准|评价分值\n管理|1|建立消防台账，记录完整。|无台账|5\n|2|建立消防台账，记录完整。|缺一项|5",
        "项目|序号|评价内容|评价分值\n管理|1|未按要求完成的每次扣1分。|5\n|2|未按要求完成的每次扣1分。|5",
    ],
    ids=["catchwords", "other standards", "general clause"],
)
def test_duplicate_criterion_leaves_alone(table):
    assert hits("duplicate-criterion", reading_of(rubric_of(table))) == []


def test_twin_points_differ_hits():
    assert hits("twin-points-differ", sheets({}, count=2)) == ["annex-1~annex-2"]


def test_twins_without_numbers_are_called_by_their_place():
    one = rubric_of("项目|序号|评价内容|评价分值\n管理||建立消防台账。|5\n||定期组织演练。|5", annex=1)
    two = rubric_of("项目|序号|评价内容|评价分值\n管理||建立消防台账。|5\n||定期组织演练。|4", annex=2)
    (found,) = findings_of("twin-points-differ", reading_of(one, two))
    assert "第 2/2 条 5/4 分" in found.message
    assert "None" not in found.message


def test_twin_points_differ_leaves_alone():
    one = rubric_of("项目|序号|评价内容|评价分值\n管理|1|建立消防台账。|5\n|2|定期组织演练。|5", annex=1)
    two = rubric_of("项目|序号|评价内容|评价分值\n管理|1|建立消防台账。|5\n|2|定期组织演练。|5", annex=2)
    assert hits("twin-points-differ", reading_of(one, two)) == []


def test_edits_quote_what_is_printed():
    (edit,) = edits_between("甲，乙 丙。", "甲，乙丁。")
    assert (edit.gone(), edit.come(), edit.in_a(2), edit.in_b(2)) == ("丙", "丁", "，乙丙。", "，乙丁。")


def test_the_table_of_look_alikes_holds_known_pairs_and_not_others():
    table = lookalikes()
    assert all(frozenset(pair) in table for pair in ("于干", "未末", "己已", "治冶", "理埋"))
    assert not any(frozenset(pair) in table for pair in ("甲乙", "安全", "燃气"))
