"""Columns that speak of the labels, not of the lines: their numbers, their points beside lines that carry their own.

Expected values (under `=>`) are what was drawn. See `support/drawn.py` for both notations.
"""

from __future__ import annotations

import pytest

from tests.support.drawn import case_of, read_drawn

CASES = {
    "serials count the labels, printed once": """
附件1
校车运营考核表
序号 | 项目 | 考核内容 | 分值
1 | 制度（20分） | 签订安全责任书 | 12
  |  | 应急预案完备 | 8
2 | 车辆（15分） | 灭火器配备齐全 | 10
  |  | 车内外整洁 | 5
3 | 线路（15分） | 按站点行驶 | 5
  |  | 不超员 | 5
  |  | 不超速 | 5
=>
annex-1 《校车运营考核表》 -
  [制度] 20
    - | 签订安全责任书 | 12
    - | 应急预案完备 | 8
  [车辆] 15
    - | 灭火器配备齐全 | 10
    - | 车内外整洁 | 5
  [线路] 15
    - | 按站点行驶 | 5
    - | 不超员 | 5
    - | 不超速 | 5
""",
    "serials count the labels, merged": """
附件1
校车运营考核表
序号 | 项目 | 考核内容 | 分值
1 | 制度（20分） | 签订安全责任书 | 12
^ | ^ | 应急预案完备 | 8
2 | 车辆（10分） | 灭火器配备齐全 | 10
3 | 线路（15分） | 按站点行驶 | 10
^ | ^ | 不超员 | 5
=>
annex-1 《校车运营考核表》 -
  [制度] 20
    - | 签订安全责任书 | 12
    - | 应急预案完备 | 8
  [车辆] 10
    - | 灭火器配备齐全 | 10
  [线路] 15
    - | 按站点行驶 | 10
    - | 不超员 | 5
""",
    "merged label points beside points in the texts": """
附件1
安保服务评分表
项目 | 权重 | 序号 | 内容及要求 | 得分
队伍 | 20 | 1 | 保安员持证上岗（12分） |
^ | ^ | 2 | 统一着装（8分） |
装备 | 15 | 3 | 对讲机配备到位（10分） |
^ | ^ | 4 | 装备领用登记（5分） |
=>
annex-1 《安保服务评分表》 -
  [队伍] 20
    1 | 保安员持证上岗（12分） | 12
    2 | 统一着装（8分） | 8
  [装备] 15
    3 | 对讲机配备到位（10分） | 10
    4 | 装备领用登记（5分） | 5
""",
    "points of inner labels that are printed in each row": """
附件1
窗口服务考评标准
一级指标 | 二级指标 | 标准分 | 序号 | 工作要求 | 分数
基础 | 办件 | 20 | 1 | 按时办结 | 12
^ | 办件 | ^ | 2 | 录入准确 | 8
^ | 规范 | 8 | 3 | 首问负责 | 5
^ | 规范 | ^ | 4 | 文明用语 | 3
成效 | 反馈 | 10 | 5 | 差评整改 | 10
=>
annex-1 《窗口服务考评标准》 -
  [基础] -
  [办件] 20 < 基础
    1 | 按时办结 | 12
    2 | 录入准确 | 8
  [规范] 8 < 基础
    3 | 首问负责 | 5
    4 | 文明用语 | 3
  [成效] -
  [反馈] 10 < 成效
    5 | 差评整改 | 10
""",
    "a serial before a text that opens with a figure": """
附件1
物业服务检查细则
评价标准 | 分值
1.服务合同规范 | 4
2.24小时受理报修 | 4
3.30分钟内到达现场 | 4
4.档案资料齐全 | 4
5.每年调查2次 | 4
=>
annex-1 《物业服务检查细则》 -
    1 | 服务合同规范 | 4
    2 | 24小时受理报修 | 4
    3 | 30分钟内到达现场 | 4
    4 | 档案资料齐全 | 4
    5 | 每年调查2次 | 4
""",
    "lines that count on under 标准, names under 要点": """
附件1
绿地养护检查标准
检查要点 | 评价标准 | 分值
卫生 | 1.绿地整洁，无堆物 | 50
水面 | 2.水面无漂浮物 | 30
警示 | 3.作业现场设置警示标志 | 20
=>
annex-1 《绿地养护检查标准》 -
    1 | 绿地整洁，无堆物 | 50 | item=卫生
    2 | 水面无漂浮物 | 30 | item=水面
    3 | 作业现场设置警示标志 | 20 | item=警示
""",
    "lines that end with points under 标准, names under 要点": """
附件1
客运企业检查标准
类别 | 检查要点 | 评价标准 | 评分
权益 | 合同 | 依法签订劳动合同（40分） |
^ | 休息 | 设置休息室（20分） |
安全 | 责任 | 安全责任制健全（40分） |
=>
annex-1 《客运企业检查标准》 -
  [权益] -
    - | 依法签订劳动合同（40分） | 40 | item=合同
    - | 设置休息室（20分） | 20 | item=休息
  [安全] -
    - | 安全责任制健全（40分） | 40 | item=责任
""",
    "texts with points beside a column to fill": """
@ docx html pdf
附件1
环卫作业评分表
工作要求 | 自评分
一、应急保障（35分） | <
预案完备（14分） |
按时到岗（21分） |
二、道路清扫（65分） | <
每日普扫（40分） |
无果皮纸屑（25分） |
=>
annex-1 《环卫作业评分表》 -
  [应急保障] 35
    - | 预案完备（14分） | 14
    - | 按时到岗（21分） | 21
  [道路清扫] 65
    - | 每日普扫（40分） | 40
    - | 无果皮纸屑（25分） | 25
""",
    "labels printed in each row under a header that may name texts": """
附件1
后勤服务考评表
编号 | 评分项目 | 评价标准 | 标准分值 | 实得分
1.1 | 一、安保服务（30分） | 急诊24小时值守 | 20 |
1.2 | 一、安保服务（30分） | 夜间巡更 | 10 |
2.1 | 二、被服洗涤（70分） | 洁污分开 | 30 |
2.2 | 二、被服洗涤（70分） | 专车运送 | 40 |
=>
annex-1 《后勤服务考评表》 -
  [安保服务] 30
    1.1 | 急诊24小时值守 | 20
    1.2 | 夜间巡更 | 10
  [被服洗涤] 70
    2.1 | 洁污分开 | 30
    2.2 | 专车运送 | 40
""",
    "texts with points beside blank cells of labels and their points": """
附件1
食堂评分表
评分项目 | 标准分 | 内容及要求 | 自评分 | 备注
成本控制 | 10 | 毛利率合规（3.5分） | |
 | | 每月公布收支（3.5分） | |
 | | 厉行节约（3分） | |
环境卫生 | 15 | 餐厅地面无油污（4分） | |
 | | 餐具消毒（11分） | |
=>
annex-1 《食堂评分表》 -
  [成本控制] 10
    - | 毛利率合规（3.5分） | 3.5
    - | 每月公布收支（3.5分） | 3.5
    - | 厉行节约（3分） | 3
  [环境卫生] 15
    - | 餐厅地面无油污（4分） | 4
    - | 餐具消毒（11分） | 11
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_family_columns(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form
