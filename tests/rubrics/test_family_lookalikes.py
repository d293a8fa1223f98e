"""Tables with numbers or points that are no rubric, and rubrics among them.

Expected values (under `=>`) are what was drawn; `@` names the formats where not all can hold the drawing. See
`support/drawn.py` for both notations.
"""

from __future__ import annotations

import pytest

from tests.support.drawn import case_of, read_drawn

CASES = {
    "grade distribution is no rubric": """
××区政务服务评价办法
一、等次划分
等次 | 分值区间 | 比例
优秀 | 90-100 | 不超过20%
合格 | 60-89 | 约75%
不合格 | 0-59 | 约5%
=>
remark: not-a-rubric: a table of grades and their ranges, no criteria
""",
    "price table is no rubric": """
××街道服务项目价目表
序号 | 服务项目 | 单价（元） | 数量 | 金额
1 | 家电清洗 | 120 | 3 | 360
2 | 管道疏通 | 80 | 5 | 400
合计 | | | | 760
=>
""",
    "table of contents is no rubric": """
附表3 商务评审标准表 76
附表4 | 技术评审标准表（综合评分法） | 78
附表5 | 价格评审标准表（综合评分法） | 81
=>
""",
    "chapters with points that do not fall": """
××区城市管理考核评分表
第一章 | 市容管理 | 20
第二章 | 环境卫生 | 30
=>
annex-1 《××区城市管理考核评分表》 -
    - | 市容管理 | 20 | item=第一章
    - | 环境卫生 | 30 | item=第二章
""",
    "contact list is no rubric": """
××区网格联络表
序号 | 网格 | 联系人 | 联系电话
1 | 东湖网格 | 张某 | 13800000011
2 | 西湖网格 | 李某 | 13800000012
3 | 南湖网格 | 王某 | 13800000013
=>
""",
    "statistics of scores is no rubric": """
关于2023年度考核结果的通报
序号 | 单位 | 得分 | 排名
1 | 城东街道 | 96.5 | 1
2 | 城西街道 | 95.2 | 2
3 | 城南街道 | 90.1 | 3
4 | 城北街道 | 88.7 | 4
=>
remark: not-a-rubric: a table of results: each row is somebody's score, not a criterion
""",
    "score summary of several sheets is no rubric": """
得分汇总
单位 | 理论分值 | 实操分值 | 总分
甲校 | 45 | 48 | 93
乙校 | 40 | 46 | 86
丙校 | 38 | 41 | 79
=>
remark: not-a-rubric: a table of results: each row is somebody's score, not a criterion
""",
    "empty template": """
附件1
指标申报表
序号 | 指标名称 | 分值 | 页码
1 | | |
2 | | |
3 | | |
=>
remark: not-a-rubric: a table with a points column and no points in it
""",
    "task list without points is no rubric": """
附件1
任务分工表
序号 | 工作任务 | 责任单位 | 完成时限
1 | 修订章程 | 办公室 | 3月底
2 | 更新名录 | 业务科 | 6月底
3 | 组织培训 | 人事科 | 9月底
=>
""",
    "schedule with numbers is no rubric": """
附件1
课时安排表
序号 | 课程内容 | 课时 | 授课教师
1 | 急救常识 | 4 | 赵老师
2 | 心肺复苏 | 6 | 钱老师
3 | 包扎固定 | 2 | 孙老师
=>
""",
    "equipment table": """
附件1
应急物资储备清单
序号 | 物资名称 | 规格要求 | 数量
1 | 编织袋 | 50×90厘米 | 2000
2 | 救生衣 | 成人款 | 100
3 | 抽水泵 | 流量100立方米 | 4
合计 | | | 2104
=>
remark: not-a-rubric: a table of quantities: nothing in it says that its numbers are points
""",
    "conversion table of points": """
附件1
折算办法
物料位置 | 1环 | 2环 | 3环
分数 | 15 | 10 | 7
=>
remark: not-a-rubric: a table whose points run along a row: values for cases, no criteria
""",
    "rubric in the body between other tables": """
××市食品摊贩评议办法
一、价格公示
品名 | 单价 | 数量
馒头 | 1 | 200
包子 | 2 | 150
二、评议标准
序号 | 评议内容 | 分值
1 | 亮照经营 | 40
2 | 着装整洁 | 30
3 | 不占道 | 30
合计 | | 100
三、结果运用
得分低于60分的，责令整改。
=>
annex-1 《二、评议标准》 100
    1 | 亮照经营 | 40
    2 | 着装整洁 | 30
    3 | 不占道 | 30
""",
    "annex without number": """
附件
无障碍环境体验评分表
项目 | 内容 | 分值
坡道 | 坡度不大于1比12 | 50
盲道 | 连续无障碍物 | 50
=>
annex-1 《无障碍环境体验评分表》 -
    - | 坡度不大于1比12 | 50 | item=坡道
    - | 连续无障碍物 | 50 | item=盲道
""",
    "annexes in chinese numerals, colon": """
附件一：
幼儿园膳食管理评分表
项目 | 内容 | 分值
采购 | 索证索票 | 50
留样 | 48小时 | 50
附件二：
幼儿园卫生保健评分表
项目 | 内容 | 分值
晨检 | 一摸二看三问四查 | 60
消毒 | 玩具每周消毒 | 40
=>
annex-1 《幼儿园膳食管理评分表》 -
    - | 索证索票 | 50 | item=采购
    - | 48小时 | 50 | item=留样
annex-2 《幼儿园卫生保健评分表》 -
    - | 一摸二看三问四查 | 60 | item=晨检
    - | 玩具每周消毒 | 40 | item=消毒
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_family_lookalikes(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form
