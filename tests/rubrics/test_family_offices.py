"""Sheets as offices keep them: two serial columns, duties beside their deductions, points of whole groups, grades as columns.

Expected values (under `=>`) are what was drawn; `@` names the formats where not all can hold the drawing. See
`support/drawn.py` for both notations.
"""

from __future__ import annotations

import pytest

from tests.support.drawn import case_of, read_drawn

CASES = {
    "a serial column for the sections and one for the rows": """
附件1
渡口管理考核表
序号 | 项目 | 权重 | 编号 | 检查要点 | 分值
一 | 船舶 | 45 | 1 | 船体完好无渗漏，证书齐全 | 25
^ | ^ | ^ | 2 | 救生衣数量足够 | 20
二 | 船员 | 55 | 3 | 持证上岗，无疲劳作业 | 30
^ | ^ | ^ | 5 | 每日出航前检查并登记 | 25
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 船体完好无渗漏，证书齐全 | 25
    2 | 救生衣数量足够 | 20
  [船员] 55
    3 | 持证上岗，无疲劳作业 | 30
    5 | 每日出航前检查并登记 | 25
""",
    "duties under a header of indicators, deductions beside them": """
附件1
渡口管理考核表
项目 | 序号 | 考核指标 | 分值 | 扣分标准
船舶（45分） | 1 | 船体完好无渗漏，证书齐全 | 25 | 证书缺一项扣5分，船体有渗漏的不得分。
^ | 2 | 救生衣数量足够并有检验标记 | 20 | 每少一件扣2分，无检验标记的每件扣1分。
船员（55分） | 3 | 持证上岗，无疲劳作业 | 30 | 发现一例扣5分，两例以上不得分。
^ | 4 | 每日出航前检查并登记 | 25 | 证书缺一项扣5分，船体有渗漏的不得分。
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 船体完好无渗漏，证书齐全 | 25 | standard=证书缺一项扣5分，船体有渗漏的不得分。
    2 | 救生衣数量足够并有检验标记 | 20 | standard=每少一件扣2分，无检验标记的每件扣1分。
  [船员] 55
    3 | 持证上岗，无疲劳作业 | 30 | standard=发现一例扣5分，两例以上不得分。
    4 | 每日出航前检查并登记 | 25 | standard=证书缺一项扣5分，船体有渗漏的不得分。
""",
    "names under a header of indicators stay names": """
附件1
渡口管理考核表
项目 | 序号 | 考核指标 | 分值 | 扣分标准
船舶（45分） | 1 | 船体 | 25 | 船体渗漏扣5分，证书不齐扣10分。
^ | 2 | 救生衣 | 20 | 每少一件扣2分。
船员（55分） | 3 | 持证 | 30 | 发现无证一例扣5分。
^ | 4 | 登记 | 25 | 出航前未登记扣5分。
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 船体渗漏扣5分，证书不齐扣10分。 | 25 | item=船体
    2 | 每少一件扣2分。 | 20 | item=救生衣
  [船员] 55
    3 | 发现无证一例扣5分。 | 30 | item=持证
    4 | 出航前未登记扣5分。 | 25 | item=登记
""",
    "the only points stand merged beside the labels": """
@ docx html xlsx
附件1
渡口管理考核表
项目 | 权重 | 检查内容 | 评分办法
船舶 | 45 | 船体完好无渗漏 | 缺一项扣5分。
^ | ^ | 救生衣数量足够 | 每少一件扣2分。
船员 | 55 | 持证上岗，无疲劳作业 | 发现一例扣5分。
^ | ^ | 出航前检查并登记 | 缺一次扣5分。
合计 | 100 | |
=>
annex-1 《渡口管理考核表》 100
  [船舶] 45
    - | 船体完好无渗漏 | - | deduction | standard=缺一项扣5分。
    - | 救生衣数量足够 | - | deduction | standard=每少一件扣2分。
  [船员] 55
    - | 持证上岗，无疲劳作业 | - | deduction | standard=发现一例扣5分。
    - | 出航前检查并登记 | - | deduction | standard=缺一次扣5分。
""",
    "points merged beside the labels, a range in each row": """
@ docx html xlsx
附件1
渡口管理考核表
项目 | 项目总分 | 序号 | 检查内容 | 赋分区间
船舶 | 45 | 1 | 船体完好无渗漏 | 0-25分
^ | ^ | 2 | 救生衣数量足够 | 0-20分
船员 | 55 | 3 | 持证上岗，无疲劳作业 | 0-30分
^ | ^ | 4 | 出航前检查并登记 | 0-25分
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 船体完好无渗漏 | 25 | 0-25分
    2 | 救生衣数量足够 | 20 | 0-20分
  [船员] 55
    3 | 持证上岗，无疲劳作业 | 30 | 0-30分
    4 | 出航前检查并登记 | 25 | 0-25分
""",
    "a header of two kinds of labels over texts that end in points": """
附件1
渡口管理考核表
指标类别 | 评价指标
船舶（45分） | 1.船体完好无渗漏（25分）
^ | 2.救生衣数量足够（20分）
船员（55分） | 3.持证上岗，无疲劳作业（30分）
^ | 4.出航前检查并登记（25分）
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 船体完好无渗漏（25分） | 25
    2 | 救生衣数量足够（20分） | 20
  [船员] 55
    3 | 持证上岗，无疲劳作业（30分） | 30
    4 | 出航前检查并登记（25分） | 25
""",
    "shares of the points under grades": """
@ docx html xlsx
附件1
渡口管理考核表
项目 | 检查内容 | 分值 | 评价等级 | < | <
^ | ^ | ^ | 优 | 良 | 差
船舶 | 船体完好无渗漏 | 40 | 40-36 | 35-24 | 24以下
^ | 救生衣数量足够 | 25 | 25-22 | 21-15 | 15以下
船员 | 持证上岗 | 35 | 35-31 | 30-21 | 21以下
=>
annex-1 《渡口管理考核表》 -
  [船舶] -
    - | 船体完好无渗漏 | 40 | 优=40-36 | 差=24以下 | 良=35-24
    - | 救生衣数量足够 | 25 | 优=25-22 | 差=15以下 | 良=21-15
  [船员] -
    - | 持证上岗 | 35 | 优=35-31 | 差=21以下 | 良=30-21
""",
    "a header that is nothing but the total": """
附件1
渡口管理考核表
项目 | 序号 | 检查内容 | 满分98分
船舶（45分） | 1 | 船体完好无渗漏 | 25
^ | 2 | 救生衣数量足够 | 20
船员（55分） | 3 | 持证上岗，无疲劳作业 | 55
=>
annex-1 《渡口管理考核表》 98
  [船舶] 45
    1 | 船体完好无渗漏 | 25
    2 | 救生衣数量足够 | 20
  [船员] 55
    3 | 持证上岗，无疲劳作业 | 55
""",
    "the last line of a list lacks its points, which its section gives": """
@ txt docx html
渡口管理考核细则
一、船舶（45分）
1.船体完好无渗漏（25分）
2.救生衣数量足够（20分）
二、船员（55分）
1.持证上岗，无疲劳作业（30分）
2.出航前检查并登记
=>
annex-1 《渡口管理考核细则》 -
  [船舶] 45
    1 | 船体完好无渗漏 | 25
    2 | 救生衣数量足够 | 20
  [船员] 55
    1 | 持证上岗，无疲劳作业 | 30
    2 | 出航前检查并登记 | 25
""",
    "section rows with markers in the serial column do not stop the count": """
@ docx html
附件1
渡口管理考核表
序号 | 检查内容 | 分值
一、船舶（45分） | < | <
1 | 船体完好无渗漏 | 25
2 | 救生衣数量足够 | 20
现场检查部分
序号 | 检查内容 | 分值
二、船员（55分） | < | <
3 | 持证上岗，无疲劳作业 | 30
4 | 出航前检查并登记 | 25
合计 | | 100
=>
annex-1 《渡口管理考核表》 100
  [船舶] 45
    1 | 船体完好无渗漏 | 25
    2 | 救生衣数量足够 | 20
  [船员] 55
    3 | 持证上岗，无疲劳作业 | 30
    4 | 出航前检查并登记 | 25
  unplaced: 现场检查部分
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_sheets_as_offices_keep_them(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form
