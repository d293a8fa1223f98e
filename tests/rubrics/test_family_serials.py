"""Serials in columns and texts, lists without a table, English and vertical headers.

Expected values (under `=>`) are what was drawn; `@` names the formats where not all can hold the drawing. See
`support/drawn.py` for both notations.
"""

from __future__ import annotations

import pytest

from tests.sheets import rubrics_of
from tests.support.drawn import case_of, read_drawn

CASES = {
    "lists of three levels, an explanation below an item": """
值守服务评价标准（满分100分）
一、值守（本项60分）
1.值班（40分）
（1）电话畅通，计25分。
考核组现场拨打。
（2）记录完整，计15分。
2.交接（20分）
（1）交接清楚，计20分。
二、现场（本项40分）
1.环境（40分）
（1）现场整洁，计20分。
（2）标识清楚，计20分。
三、一票否决
（1）脱岗造成事故的，一票否决。
（2）弄虚作假的，一票否决。
=>
annex-1 《值守服务评价标准（满分100分）》 100
  [值守] 60
  [值班] 40 < 值守
    1 | 电话畅通，计25分。 | 25
    2 | 记录完整，计15分。 | 15
  [交接] 20 < 值守
    1 | 交接清楚，计20分。 | 20
  [现场] 40
  [环境] 40 < 现场
    1 | 现场整洁，计20分。 | 20
    2 | 标识清楚，计20分。 | 20
  [一票否决] -
    1 | 脱岗造成事故的 | - | veto | 一票否决
    2 | 弄虚作假的 | - | veto | 一票否决
  unplaced: 考核组现场拨打。
""",
    "lists under letters, figures with brackets": """
值守服务评价标准（满分100分）
A.值守（60分）
1）电话畅通（25分）
2）记录完整（35分）
B.现场（40分）
1）现场整洁（20分）
2）标识清楚（20分）
=>
annex-1 《值守服务评价标准（满分100分）》 100
  [值守] 60
    1 | 电话畅通 | 25
    2 | 记录完整 | 35
  [现场] 40
    1 | 现场整洁 | 20
    2 | 标识清楚 | 20
""",
    "lists with dotted numbers": """
@ txt docx html
值守服务评价标准（满分100分）
1.值守（60分）
1.1 值班
1.1.1 电话畅通（25分）
1.1.2 记录完整（35分）
2.现场（40分）
2.1 环境
2.1.1 现场整洁（20分）
2.1.2 标识清楚（20分）
=>
annex-1 《值守服务评价标准（满分100分）》 100
  [值守] 60
  [值班] - < 值守
    1.1.1 | 电话畅通 | 25
    1.1.2 | 记录完整 | 35
  [现场] 40
  [环境] - < 现场
    2.1.1 | 现场整洁 | 20
    2.1.2 | 标识清楚 | 20
""",
    "standards and methods below the lines of a list": """
值守服务评价标准（满分100分）
一、值守（60分）
1.值班电话畅通（25分）。
评分标准：无人接听一次扣5分，得满25分为止。
2.每半年组织一次演练：35分。
评分标准：未组织的不得分。
检查方式：查阅资料
二、现场（40分）
1.现场整洁（40分）。
=>
annex-1 《值守服务评价标准（满分100分）》 100
  [值守] 60
    1 | 值班电话畅通 | 25 | standard=无人接听一次扣5分，得满25分为止。
    2 | 每半年组织一次演练：35分。 | 35 | method=查阅资料 | standard=未组织的不得分。
  [现场] 40
    1 | 现场整洁 | 40
""",
    "circled items run together": """
值守服务评价标准（满分100分）
一、值守（60分）
①值班电话畅通（25分）；②记录完整（20分）；③交接清楚（15分）。
二、现场（40分）
①现场整洁（30分）；②标识清楚（10分）。
=>
annex-1 《值守服务评价标准（满分100分）》 100
  [值守] 60
    1 | 值班电话畅通 | 25
    2 | 记录完整 | 20
    3 | 交接清楚 | 15
  [现场] 40
    1 | 现场整洁 | 30
    2 | 标识清楚 | 10
""",
    "plain serials before figures in most texts": """
附件1
值守服务评价表
评价内容 | 分值 | 得分 | <
^ | ^ | 自评 | 复核
1.24小时有人值守。 | 20 | |
2.12345热线及时接听。 | 30 | |
3.台账齐全。 | 50 | |
=>
annex-1 《值守服务评价表》 -
    1 | 24小时有人值守。 | 20
    2 | 12345热线及时接听。 | 30
    3 | 台账齐全。 | 50
""",
    "serials of two levels among plain ones": """
@ txt docx html xlsx
附件1
值守服务评价表
评价内容 | 分值
1. 制度建设健全。 | 20
2.1 人员管理规范。 | 20
3.2 设备管理到位。 | 20
4.3 创新工作突出。 | 40
=>
annex-1 《值守服务评价表》 -
    1 | 制度建设健全。 | 20
    2.1 | 人员管理规范。 | 20
    3.2 | 设备管理到位。 | 20
    4.3 | 创新工作突出。 | 40
""",
    "measures among plain serials": """
附件1
值守服务评价表
评价内容 | 分值
1.项目建设按期完成。 | 20
2.5公里以上道路清扫到位。 | 30
4.5吨以上车辆密闭运输。 | 50
=>
annex-1 《值守服务评价表》 -
    1 | 项目建设按期完成。 | 20
    2.5 | 公里以上道路清扫到位。 | 30
    4.5 | 吨以上车辆密闭运输。 | 50
""",
    "thousands set apart": """
附件1
值守服务评价表
评价内容 | 分值
1 000元以下罚款未缴。 | 20
2 000元以下罚款未缴。 | 30
3 000元以下罚款未缴。 | 50
=>
annex-1 《值守服务评价表》 -
    - | 1 000元以下罚款未缴。 | 20
    - | 2 000元以下罚款未缴。 | 30
    - | 3 000元以下罚款未缴。 | 50
""",
    "figures set apart, one before a figure, without columns": """
@ txt docx html
附件1
值守服务评价表
考核内容                  得分
                          自评  复核
1 值班电话畅通（10分）。
2 24小时有人值守（20分）。
3 台账齐全（30分）。
4 现场整洁（40分）。
合计：100分
=>
annex-1 《值守服务评价表》 100
    1 | 值班电话畅通 | 10
    2 | 24小时有人值守 | 20
    3 | 台账齐全 | 30
    4 | 现场整洁 | 40
""",
    "a title with its total over headings of a list": """
@ txt docx html
值守服务评价表（满分100分）
考核内容                  得分
一、值守（60分）
1 值班电话畅通（25分）。
2 24小时有人值守（35分）。
二、现场（40分）
3 台账齐全（15分）。
4 现场整洁（25分）。
=>
annex-1 《值守服务评价表（满分100分）》 100
  [值守] 60
    1 | 值班电话畅通 | 25
    2 | 24小时有人值守 | 35
  [现场] 40
    3 | 台账齐全 | 15
    4 | 现场整洁 | 25
""",
    "serial in text 1.1 restarting": """
附件1
民宿星级评审标准
项目 | 评审内容 | 分值
一、建筑（20分） | 1.1 消防验收合格 | 12
^ | 1.2 客房采光良好 | 8
二、服务（15分） | 2.1 提供早餐 | 10
^ | 2.2 可办理网上预订 | 5
=>
annex-1 《民宿星级评审标准》 -
  [建筑] 20
    1.1 | 消防验收合格 | 12
    1.2 | 客房采光良好 | 8
  [服务] 15
    2.1 | 提供早餐 | 10
    2.2 | 可办理网上预订 | 5
""",
    "serial in text with brackets restarting": """
附件1
供热企业服务考核细则
考核项目 | 考核标准 | 分值
管网（20分） | （1）一次网失水率达标 | 10
^ | （2）阀门井盖完好 | 10
客服（15分） | （1）来电五声内应答 | 5
^ | （2）维修人员两小时到场 | 10
=>
annex-1 《供热企业服务考核细则》 -
  [管网] 20
    1 | 一次网失水率达标 | 10
    2 | 阀门井盖完好 | 10
  [客服] 15
    1 | 来电五声内应答 | 5
    2 | 维修人员两小时到场 | 10
""",
    "serial in text circled": """
附件1
普法讲师评价表
评价项目 | 评价内容 | 分值
授课 | ①案例贴近生活 | 20
^ | ②法条引用准确 | 20
效果 | ③听众满意率九成以上 | 60
=>
annex-1 《普法讲师评价表》 -
  [授课] -
    1 | 案例贴近生活 | 20
    2 | 法条引用准确 | 20
  [效果] -
    3 | 听众满意率九成以上 | 60
""",
    "serial column restarting per section": """
附件1
粮库安全储粮检查表
检查项目 | 序号 | 检查内容 | 分值
仓房 | 1 | 仓顶无渗漏 | 10
^ | 2 | 门窗密闭 | 10
粮情 | 1 | 测温电缆完好 | 20
^ | 2 | 三日一测 | 20
熏蒸 | 1 | 双人作业 | 40
合计 | | | 100
=>
annex-1 《粮库安全储粮检查表》 100
  [仓房] -
    1 | 仓顶无渗漏 | 10
    2 | 门窗密闭 | 10
  [粮情] -
    1 | 测温电缆完好 | 20
    2 | 三日一测 | 20
  [熏蒸] -
    1 | 双人作业 | 40
""",
    "decimal serial column": """
附件1
气象灾害防御重点单位评估表
编号 | 评估内容 | 分值 | 评估得分
1.1 | 制定应急预案 | 15 |
1.2 | 明确联络员 | 5 |
2.1 | 安装雷电防护装置 | 40 |
2.2 | 每年检测一次 | 40 |
合计 | | 100 |
=>
annex-1 《气象灾害防御重点单位评估表》 100
    1.1 | 制定应急预案 | 15
    1.2 | 明确联络员 | 5
    2.1 | 安装雷电防护装置 | 40
    2.2 | 每年检测一次 | 40
""",
    "letter serials": """
附件1
殡仪服务标准化评价表
条款号 | 评价内容 | 分值
A1 | 价格公示 | 30
A2 | 惠民政策告知 | 20
B1 | 遗体接运及时 | 50
=>
annex-1 《殡仪服务标准化评价表》 -
    A1 | 价格公示 | 30
    A2 | 惠民政策告知 | 20
    B1 | 遗体接运及时 | 50
""",
    "serial numbers the sections only": """
附件1
加油站形象考评表
序号 | 考评项目 | 考评内容 | 标准分
1 | 外观 | 罩棚无锈蚀 | 10
^ | ^ | 灯箱完好 | 10
2 | 场地 | 无油污 | 15
^ | ^ | 车道划线清晰 | 15
合计 | | | 50
=>
annex-1 《加油站形象考评表》 50
  [外观] -
    - | 罩棚无锈蚀 | 10
    - | 灯箱完好 | 10
  [场地] -
    - | 无油污 | 15
    - | 车道划线清晰 | 15
""",
    "list without a table": """
@ txt docx html
附件1
最美庭院评分标准
（满分100分）
一、整洁有序（60分）
1.庭院物品摆放整齐（20分）
2.无积存垃圾（20分）
3.卫生厕所干净（20分）
二、绿化美化（40分）
1.栽植花木不少于十株（25分）
2.墙面有彩绘（15分）
=>
annex-1 《最美庭院评分标准》 100
  [整洁有序] 60
    1 | 庭院物品摆放整齐 | 20
    2 | 无积存垃圾 | 20
    3 | 卫生厕所干净 | 20
  [绿化美化] 40
    1 | 栽植花木不少于十株 | 25
    2 | 墙面有彩绘 | 15
""",
    "list with points in the sentence": """
@ txt docx html
附件1
书香家庭评选细则
一、藏书情况（40分）
（一）家庭藏书300册以上，计20分。
（二）订阅报刊两种以上，计20分。
二、阅读习惯（60分）
（一）每日共读半小时，计30分。
（二）写有读书笔记，计30分。
=>
annex-1 《书香家庭评选细则》 -
  [藏书情况] 40
    1 | 家庭藏书300册以上，计20分。 | 20
    2 | 订阅报刊两种以上，计20分。 | 20
  [阅读习惯] 60
    1 | 每日共读半小时，计30分。 | 30
    2 | 写有读书笔记，计30分。 | 30
""",
    "english headers": """
附件1
双语窗口服务评价表
No. | Item | Description | Points | Score | Remarks
1 | Greeting | Staff greet visitors in two languages | 20 | |
2 | Signage | Bilingual signs are complete | 30 | | site visit
3 | Response | Enquiries answered within one day | 50 | |
Total | | | 100 | |
=>
annex-1 《双语窗口服务评价表》 100
    1 | Staff greet visitors in two languages | 20 | item=Greeting
    2 | Bilingual signs are complete | 30 | item=Signage | remark=site visit
    3 | Enquiries answered within one day | 50 | item=Response
""",
    "english headers two": """
附件1
Annual Laboratory Safety Checklist
Category | Criteria | Max score | Score awarded
Storage (40 points) | Chemicals are labelled | 25 |
^ | Cabinets are locked | 15 |
Waste (60 points) | Waste is sorted | 60 |
Total score | | 100 |
=>
annex-1 《Annual Laboratory Safety Checklist》 100
  [Storage] 40
    - | Chemicals are labelled | 25
    - | Cabinets are locked | 15
  [Waste] 60
    - | Waste is sorted | 60
""",
    "vertical header cells": """
附件1
渡口渡船安全检查表
序⏎号 | 检⏎查⏎项⏎目 | 检⏎查⏎内⏎容 | 分⏎值 | 实⏎得⏎分
1 | 船⏎舶 | 救生衣足额配备 | 30 |
2 | ^ | 载客定额标牌清晰 | 20 |
3 | 人⏎员 | 渡工持证上岗 | 50 |
合⏎计 | | | 100 |
=>
annex-1 《渡口渡船安全检查表》 100
  [船舶] -
    1 | 救生衣足额配备 | 30
    2 | 载客定额标牌清晰 | 20
  [人员] -
    3 | 渡工持证上岗 | 50
""",
    "unit in header": """
附件1
屠宰企业检疫监管打分表
项目 | 监管内容 | 分值（分） | 得分（分） | 扣分原因
入场 | 查验检疫证明 | 40 | |
屠宰 | 同步检疫到位 | 35 | |
出场 | 盖章贴标 | 25 | |
总计（分） | | 100 | |
=>
annex-1 《屠宰企业检疫监管打分表》 100
    - | 查验检疫证明 | 40 | item=入场
    - | 同步检疫到位 | 35 | item=屠宰
    - | 盖章贴标 | 25 | item=出场
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_family_serials(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form


def test_one_number_that_stands_twice_is_no_number_of_a_section():
    table = """
    项目 | 序号 | 评价内容         | 评价分值
    安全 | 1    | 安全培训到位。   | 40
    质量 | 2    | 清扫及时无死角。 | 30
         | 2    | 清运及时无积存。 | 30
    总评 |      |                  | 100
    """
    (rubric,) = rubrics_of(table)
    assert [c.number for c in rubric.criteria()] == ["1", "2", "2"]
