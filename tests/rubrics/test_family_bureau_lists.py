"""Lists of scored lines, signed points and tables that are no rubrics, as other bureaus make them.

Expected values (under `=>`) are what was drawn; `@` names the formats where not all can hold the drawing. See
`support/drawn.py` for both notations.
"""

from __future__ import annotations

import pytest

from pipeline.model import Paragraph
from pipeline.provenance import Provenance
from pipeline.rubrics.listing import list_table
from tests.support.drawn import case_of, read_drawn

CASES = {
    "headings that end with a stop": """
@ txt docx html pdf
关于开展村级卫生室检查的评分办法
总分100分，具体如下：
（一）房屋建设，满分30分。
1、业务用房面积不低于60平方米，计15分；
2、诊断室、治疗室、药房三室分开，计15分。
（二）人员配备，满分30分。
1、乡村医生持证上岗，计20分；
2、参加年度培训，计10分。
（三）服务质量，满分40分。
1、门诊日志登记规范，计20分；
2、药品分类摆放，无过期药品，计20分。
=>
annex-1 《关于开展村级卫生室检查的评分办法》 100
  [房屋建设] 30
    1 | 业务用房面积不低于60平方米，计15分； | 15
    2 | 诊断室、治疗室、药房三室分开，计15分。 | 15
  [人员配备] 30
    1 | 乡村医生持证上岗，计20分； | 20
    2 | 参加年度培训，计10分。 | 10
  [服务质量] 40
    1 | 门诊日志登记规范，计20分； | 20
    2 | 药品分类摆放，无过期药品，计20分。 | 20
""",
    "parts as headings": """
@ txt docx html pdf
志愿服务星级评定办法
第一部分：组织管理（20分）
（1）有服务章程（5分）
（2）有年度计划（5分）
（3）有固定场所（10分）
第二部分：活动开展（30分）
（1）每月活动不少于2次（15分）
（2）服务时长达标（15分）
=>
annex-1 《志愿服务星级评定办法》 -
  [组织管理] 20
    1 | 有服务章程 | 5
    2 | 有年度计划 | 5
    3 | 有固定场所 | 10
  [活动开展] 30
    1 | 每月活动不少于2次 | 15
    2 | 服务时长达标 | 15
""",
    "points after a space": """
@ txt docx html
好家庭评比细则
★ 爱国守法 10分
★ 夫妻和睦 20分
★ 孝老爱亲 20分
★ 科学教子 20分
★ 邻里互助 30分
=>
annex-1 《好家庭评比细则》 -
    - | 爱国守法 10分 | 10
    - | 夫妻和睦 20分 | 20
    - | 孝老爱亲 20分 | 20
    - | 科学教子 20分 | 20
    - | 邻里互助 30分 | 30
""",
    "points after the name": """
@ txt docx html pdf
星级文明户评分细则
一、遵纪守法星（10分）。家庭成员遵纪守法，无违法犯罪行为。
二、勤劳致富星（10分）。有稳定收入来源。
三、孝老爱亲星（20分）。尊老爱幼。
四、环境卫生星（20分）。庭院整洁。
五、移风易俗星（40分）。婚丧事简办。
=>
annex-1 《星级文明户评分细则》 -
    1 | 遵纪守法星（10分）。家庭成员遵纪守法，无违法犯罪行为。 | 10
    2 | 勤劳致富星（10分）。有稳定收入来源。 | 10
    3 | 孝老爱亲星（20分）。尊老爱幼。 | 20
    4 | 环境卫生星（20分）。庭院整洁。 | 20
    5 | 移风易俗星（40分）。婚丧事简办。 | 40
""",
    "list in a frame": """
@ docx html pdf
评优条件评分
第一条 遵纪守法（20分）：无违法违纪行为。 |
第二条 爱岗敬业（30分）：完成工作任务。 |
第三条 团结协作（20分）：服从安排。 |
第四条 业务突出（30分）：成绩显著。 |
=>
""",
    "points after a comma": """
@ txt docx html pdf
某镇村干部积分考核细则
一、履职积分（60分）
1.坐班值班：按时坐班值班，20分。
2.会议学习：按时参加会议学习，20分。
3.任务完成：按时完成交办任务，20分。
二、表现积分（40分）
1.群众评议：群众满意度90%以上，20分。
2.廉洁自律：无违纪违规行为，20分。
=>
annex-1 《某镇村干部积分考核细则》 -
  [履职积分] 60
    1 | 坐班值班：按时坐班值班，20分。 | 20
    2 | 会议学习：按时参加会议学习，20分。 | 20
    3 | 任务完成：按时完成交办任务，20分。 | 20
  [表现积分] 40
    1 | 群众评议：群众满意度90%以上，20分。 | 20
    2 | 廉洁自律：无违纪违规行为，20分。 | 20
""",
    "points after the stop": """
@ txt docx html pdf
公务用车管理检查评分细则
一、制度建设（满分20分）
（1）建立用车审批制度。10分
（2）建立车辆台账。10分
二、日常管理（满分50分）
（1）派车单填写完整。20分
（2）定点停放。15分
（3）定点维修。15分
三、费用管理（满分30分）
（1）单车核算。15分
（2）公示费用。15分
=>
annex-1 《公务用车管理检查评分细则》 -
  [制度建设] 20
    1 | 建立用车审批制度。10分 | 10
    2 | 建立车辆台账。10分 | 10
  [日常管理] 50
    1 | 派车单填写完整。20分 | 20
    2 | 定点停放。15分 | 15
    3 | 定点维修。15分 | 15
  [费用管理] 30
    1 | 单车核算。15分 | 15
    2 | 公示费用。15分 | 15
""",
    "a title without the words of one over headings and plain lines": """
@ txt docx
附件1
优质服务窗口评选（满分100分）
一、服务环境（40分）
环境整洁（20分）
标识清楚（20分）
二、服务效率（60分）
限时办结（30分）
首问负责（30分）
=>
annex-1 《优质服务窗口评选（满分100分）》 100
  [服务环境] 40
    - | 环境整洁 | 20
    - | 标识清楚 | 20
  [服务效率] 60
    - | 限时办结 | 30
    - | 首问负责 | 30
""",
    "the same over a bonus": """
@ txt docx
附件1
文明单位创建（满分100分）
一、基础项目（100分）
1.组织领导到位，制度健全（40分）
2.环境整洁有序（30分）
3.服务热情规范（30分）
二、加分项目（30分）
4.获得市级表彰（10分）
5.获得省级表彰（20分）
=>
annex-1 《文明单位创建（满分100分）》 100
  [基础项目] 100
    1 | 组织领导到位，制度健全 | 40
    2 | 环境整洁有序 | 30
    3 | 服务热情规范 | 30
  [加分项目] 30 bonus
    4 | 获得市级表彰 | 10
    5 | 获得省级表彰 | 20
""",
    "a serial before a figure and a blank": """
@ txt docx
附件1
值班考核评分表（总分100分）
1.制度完善（20分）
2.12345 热线办结（30分）
3.24 小时值班（30分）
4.台账完整（20分）
=>
annex-1 《值班考核评分表（总分100分）》 100
    1 | 制度完善 | 20
    2 | 12345 热线办结 | 30
    3 | 24 小时值班 | 30
    4 | 台账完整 | 20
""",
    "points equal to what each row's words give, labels printed again": """
附件1
安全工作考核评分表
项目 | 评分标准 | 分值
安全 | 配备灭火器得2分 | 2
安全 | 设置警示牌得2分 | 2
卫生 | 地面整洁得2分 | 2
卫生 | 厕所无异味得2分 | 2
=>
annex-1 《安全工作考核评分表》 -
  [安全] -
    - | 配备灭火器得2分 | 2
    - | 设置警示牌得2分 | 2
  [卫生] -
    - | 地面整洁得2分 | 2
    - | 厕所无异味得2分 | 2
""",
    "labels that end like this one's": """
附件1
保洁考核评分表
项目 | 考核内容 | 分值
基本项 60分 | 台账齐全。 | 60
成本类 40分 | 支出合规。 | 40
=>
annex-1 《保洁考核评分表》 -
  [基本项] 60
    - | 台账齐全。 | 60
  [成本类] 40
    - | 支出合规。 | 40
""",
    "points before the text": """
@ txt docx html pdf
村（社区）干部考核评分标准
1.（20分）按时参加会议。
2.（20分）完成信息采集。
3.（30分）调解矛盾纠纷。
4.（30分）群众满意。
=>
annex-1 《村（社区）干部考核评分标准》 -
    1 | 按时参加会议。 | 20
    2 | 完成信息采集。 | 20
    3 | 调解矛盾纠纷。 | 30
    4 | 群众满意。 | 30
""",
    "printed deductions": """
文明交通积分管理扣分标准
序号 | 违规情形 | 扣分
1 | 闯红灯 | 6
2 | 逆行 | 3
3 | 不戴头盔 | 2
4 | 乱停乱放 | 1
=>
annex-1 《文明交通积分管理扣分标准》 -
    1 | 闯红灯 | 6 | deduction
    2 | 逆行 | 3 | deduction
    3 | 不戴头盔 | 2 | deduction
    4 | 乱停乱放 | 1 | deduction
""",
    "signed points": """
@ docx html xlsx pdf
学生德育考核加减分细则
类别 | 项目 | 加减分
奖励 | 获校级表彰 | +5
^ | 好人好事 | +2
惩处 | 旷课一节 | -2
^ | 打架斗殴 | -10
=>
annex-1 《学生德育考核加减分细则》 -
  [奖励] - bonus
    - | 获校级表彰 | 5 | bonus
    - | 好人好事 | 2 | bonus
  [惩处] -
    - | 旷课一节 | 2 | deduction
    - | 打架斗殴 | 10 | deduction
""",
    "courses are no rubric": """
@ docx html xlsx pdf
课程设置表
课程名称 | 学分 | 学时 | 分值 | 考核方式
高等数学 | 4 | 64 | 100 | 考试
大学英语 | 3 | 48 | 100 | 考试
体育 | 1 | 32 | 100 | 考查
=>
remark: not-a-rubric: a table of quantities: its headers name measures and no criteria
""",
    "shopping list is no rubric": """
@ docx html xlsx pdf
采购清单
序号 | 名称 | 单位 | 数量 | 单价 | 金额
1 | 扫把 | 把 | 50 | 10 | 500
2 | 垃圾袋 | 卷 | 100 | 5 | 500
3 | 手套 | 双 | 60 | 3 | 180
合计 |  |  |  |  | 1180
=>
""",
    "answers of a questionnaire are no criteria": """
@ docx html pdf
社区服务满意度调查问卷
1.您对社区环境卫生是否满意？（ ）
A.满意（10分） B.一般（5分） C.不满意（0分）
2.您对社区治安是否满意？（ ）
A.满意（10分） B.一般（5分） C.不满意（0分）
3.您对社区服务是否满意？（ ）
A.满意（10分） B.一般（5分） C.不满意（0分）
=>
""",
    "offences are no rubric": """
@ txt docx html pdf
驾校教练员扣分办法
1.无证教学的，扣12分；
2.酒后教学的，扣12分；
3.收受学员财物的，扣6分；
4.教学态度恶劣的，扣3分；
5.迟到早退的，扣1分。
=>
""",
    "what follows from a grade is no rubric": """
@ docx html xlsx pdf
考核结果应用
考核等次 | 得分 | 绩效系数
优秀 | 90-100 | 1.2
称职 | 80-90 | 1.0
基本称职 | 60-80 | 0.8
不称职 | 60以下 | 0
=>
remark: not-a-rubric: a table of grades and their ranges, no criteria
""",
    "what follows from a score is no rubric": """
@ docx html xlsx pdf
奖惩措施
考核得分 | 奖惩措施
95分（含）以上 | 奖励当月服务费的2%
85-95分 | 全额支付
75-85分 | 扣除当月服务费的5%
75分以下 | 扣除当月服务费的20%
=>
remark: not-a-rubric: a table of grades and their ranges, no criteria
""",
    "filled results are no rubric": """
@ docx html xlsx pdf
各科室检查结果
科室 | 检查内容 | 得分 | 问题
内科 | 病历书写 | 95 | 无
外科 | 病历书写 | 92 | 缺签名
儿科 | 病历书写 | 90 | 缺记录
=>
remark: not-a-rubric: a table of results: each row is somebody's score, not a criterion
""",
    "how often is no points": """
@ docx html xlsx pdf
保洁作业标准及频次
区域 | 作业内容 | 频次（次/天） | 标准
大厅 | 地面清扫 | 4 | 无污渍
卫生间 | 全面清洁 | 6 | 无异味
电梯 | 擦拭 | 3 | 无手印
走廊 | 拖地 | 2 | 无灰尘
=>
""",
    "staff is no rubric": """
@ docx html xlsx pdf
服务人员配置要求
序号 | 岗位 | 人数 | 工作要求 | 备注
1 | 项目经理 | 1 | 大专以上学历 |
2 | 保洁员 | 20 | 50岁以下 |
3 | 保安员 | 12 | 持证上岗 |
合计 |  | 33 |  |
=>
remark: not-a-rubric: a table of quantities: nothing in it says that its numbers are points
""",
    "payments are no rubric": """
@ docx html xlsx pdf
合同付款节点
序号 | 付款节点 | 付款比例
1 | 合同签订 | 30%
2 | 初验合格 | 40%
3 | 终验合格 | 25%
4 | 质保期满 | 5%
=>
remark: not-a-rubric: a table of weights: it weighs parts and has no criteria
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_family_of_lists_and_others(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form


def test_answers_marked_with_letters_below_an_item_are_no_level_of_the_list():
    lines = ["1.服务态度（20分）", "A.满意 B.不满意", "2.办事效率（20分）", "A.满意 B.不满意", "3.环境卫生（20分）", "A.满意 B.不满意"]
    table = list_table([Paragraph(text, at=Provenance(text, line=n)) for n, text in enumerate(["满意度测评评分表（总分60分）", *lines], start=1)])
    assert [c.text for c in table.parts[0].cells if c.col == 2] == ["服务态度", "办事效率", "环境卫生"]
    assert [p.text for p in table.inside] == ["A.满意 B.不满意"] * 3
