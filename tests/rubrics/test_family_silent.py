"""Lists and tables of which something was read wrong, or lost, without a word.

Expected values (under `=>`) are what was drawn; `@` names the formats where not all can hold the drawing. See
`support/drawn.py` for both notations.
"""

from __future__ import annotations

import pytest

from pipeline.model import Cell, Table
from pipeline.notices.segments import Segment
from pipeline.provenance import Provenance
from pipeline.rubrics.rubric import read
from tests.rubrics.servicelist import READ
from tests.support.drawn import case_of, read_drawn

BASE = """一、综合管理（40分）
1.制度健全，人员到位（20分）
2.档案完整，台账清楚（20分）
二、保洁服务（60分）
1.楼道每日清扫（30分）
2.垃圾日产日清（30分）"""

EXTRAS = {
    "plain lines below a plain heading": """
加分项
获得市级表彰的加5分
被主流媒体报道的加3分
=>
  [加分项] - bonus
    - | 获得市级表彰的加5分 | 5
    - | 被主流媒体报道的加3分 | 3
""",
    "plain lines below a heading with points": """
加分项（8分）
获得市级表彰的加5分
被主流媒体报道的加3分
=>
  [加分项] 8 bonus
    - | 获得市级表彰的加5分 | 5
    - | 被主流媒体报道的加3分 | 3
""",
    "plain lines below a marked heading": """
三、加分项
获得市级表彰的加5分
被主流媒体报道的加3分
=>
  [加分项] - bonus
    - | 获得市级表彰的加5分 | 5
    - | 被主流媒体报道的加3分 | 3
""",
    "lines without points below a cap": """
三、加分项（最高10分）
1.获得市级表彰
2.被主流媒体报道
=>
  [加分项] 10 bonus
    1 | 获得市级表彰 | - | bonus
    2 | 被主流媒体报道 | - | bonus
""",
    "a cap before what one case gives": """
三、奖励（最高加5分，每次1分）
1.获得市级表彰的，每次加1分
2.被主流媒体报道的，每次加1分
=>
  [奖励（每次1分）] 5 bonus
    1 | 获得市级表彰的，每次加1分 | - | bonus
    2 | 被主流媒体报道的，每次加1分 | - | bonus
""",
    "several numbered in the line that names them": """
加分项：（1）获得市级表彰的加5分；（2）被主流媒体报道的加3分。
扣分项：（1）发生安全事故的扣10分；（2）被通报批评的扣5分。
=>
  [加分项] - bonus
    1 | 获得市级表彰的加5分； | 5
    2 | 被主流媒体报道的加3分。 | 3
  [扣分项] - deduction
    1 | 发生安全事故的扣10分； | - | deduction
    2 | 被通报批评的扣5分。 | - | deduction
""",
    "a line that caps them is told": """
加分项
本项最高加10分
1.获得市级表彰的，加5分
2.被主流媒体报道的，加3分
=>
  [加分项] - bonus
    1 | 获得市级表彰的，加5分 | 5
    2 | 被主流媒体报道的，加3分 | 3
  unplaced: 本项最高加10分
""",
    "a bound both ways": """
三、加减分项（±10分）
1.获得市级表彰的，加5分
2.被投诉查实的，扣2分
=>
  [加减分项] 10 deduction
    1 | 获得市级表彰的，加5分 | - | bonus
    2 | 被投诉查实的，扣2分 | - | deduction
""",
    "a heading whose lines say no points is told": """
加分项
获得市级表彰
被主流媒体报道
=>
  unplaced: 加分项
""",
}

CASES = {
    "serials of a letter and a figure": """
@ txt docx html pdf
物业服务考核评分标准
一、综合管理（20分）
A1 制度健全，人员到位（10分）
A2 档案完整，台账清楚（10分）
二、保洁服务（80分）
A3 楼道每日清扫（30分）
A4 垃圾日产日清（50分）
=>
annex-1 《物业服务考核评分标准》 -
  [综合管理] 20
    A1 | 制度健全，人员到位 | 10
    A2 | 档案完整，台账清楚 | 10
  [保洁服务] 80
    A3 | 楼道每日清扫 | 30
    A4 | 垃圾日产日清 | 50
""",
    "letters over serials of letter and figure": """
@ txt docx html pdf
物业服务考核评分标准
A 综合管理（20分）
A1.制度健全，人员到位（10分）
A2.档案完整，台账清楚（10分）
B 保洁服务（80分）
B1.楼道每日清扫（30分）
B2.垃圾日产日清（50分）
=>
annex-1 《物业服务考核评分标准》 -
  [综合管理] 20
    A1 | 制度健全，人员到位 | 10
    A2 | 档案完整，台账清楚 | 10
  [保洁服务] 80
    B1 | 楼道每日清扫 | 30
    B2 | 垃圾日产日清 | 50
""",
    "things named by letter and figure are no serials": """
@ txt docx html
资料室评分标准
一、设备（20分）
1.A4纸储备充足（10分）
2.A3打印机完好（10分）
二、环境（30分）
1.每学期消毒一次，计10分
2.地面整洁，计20分
=>
annex-1 《资料室评分标准》 -
  [设备] 20
    1 | A4纸储备充足 | 10
    2 | A3打印机完好 | 10
  [环境] 30
    1 | 每学期消毒一次，计10分 | 10
    2 | 地面整洁，计20分 | 20
""",
    "things named by letter and figure that open the lines": """
@ txt docx html
物业服务考核评分标准
A1楼道清扫干净（20分）
A2楼道清扫干净（20分）
A3楼道清扫干净（60分）
=>
annex-1 《物业服务考核评分标准》 -
    - | A1楼道清扫干净 | 20
    - | A2楼道清扫干净 | 20
    - | A3楼道清扫干净 | 60
""",
    "bracketed headings first met amid items": """
@ txt docx html pdf
物业服务考核评分标准
1.制度健全，人员到位（20分）
2.人员着装统一（20分）
【台账（40分）】
3.巡查记录完整（20分）
4.维修记录完整（20分）
【环境（20分）】
5.绿化养护及时（20分）
=>
annex-1 《物业服务考核评分标准》 -
  [] -
    1 | 制度健全，人员到位 | 20
    2 | 人员着装统一 | 20
  [台账] 40
    3 | 巡查记录完整 | 20
    4 | 维修记录完整 | 20
  [环境] 20
    5 | 绿化养护及时 | 20
""",
    "a list of what cases cost is told": """
@ txt docx html
物业服务考核评分标准
1.迟到早退的，每人次扣1分。
2.垃圾未及时清运的，每处扣2分。
3.未按规定着装的，每人次扣1分。
=>
remark: unscored-list: a list under a title of scoring whose lines say what a case adds or takes off, and not how many points each has
""",
    "figures that are not called points are told": """
@ txt docx html
物业服务考核评分标准
一、综合管理（40）
1.制度健全（20）
2.人员到位（20）
=>
remark: unscored-list: a list under a title of scoring whose lines end in figures that are not called points
""",
    "totals over the columns of a turned sheet": """
@ docx html xlsx
演讲比赛评分表
选手 | 仪表仪态（20分） | 语言表达（30分） | 内容（50分） | 总分（100分）
1号 |  |  |  |
2号 |  |  |  |
=>
annex-1 《演讲比赛评分表》 100
    - | 仪表仪态 | 20
    - | 语言表达 | 30
    - | 内容 | 50
""",
    "sums above their rows, beside labels in one row": """
@ docx html xlsx
物业服务考核评分表
项目 | 考核内容 | 分值 | 得分
综合管理 | 小计 | 20 |
 | 制度健全 | 10 |
 | 人员到位 | 10 |
保洁服务 | 小计 | 80 |
 | 楼道清扫 | 40 |
 | 垃圾清运 | 40 |
合计 | < | 100 |
=>
annex-1 《物业服务考核评分表》 100
  [综合管理] 20
    - | 制度健全 | 10
    - | 人员到位 | 10
  [保洁服务] 80
    - | 楼道清扫 | 40
    - | 垃圾清运 | 40
""",
    "sums above their rows, beside merged labels": """
@ docx html xlsx pdf
物业服务考核评分表
项目 | 考核内容 | 分值 | 得分
综合管理 | 小计 | 20 |
^ | 制度健全 | 10 |
^ | 人员到位 | 10 |
保洁服务 | 小计 | 80 |
^ | 楼道清扫 | 40 |
^ | 垃圾清运 | 40 |
合计 | < | 100 |
=>
annex-1 《物业服务考核评分表》 100
  [综合管理] 20
    - | 制度健全 | 10
    - | 人员到位 | 10
  [保洁服务] 80
    - | 楼道清扫 | 40
    - | 垃圾清运 | 40
""",
    "sums in section rows": """
@ docx html xlsx pdf
物业服务考核评分表
序号 | 考核内容 | 评分标准 | 分值
一、综合管理 | < | 小计 | 20
1 | 制度健全 | 缺一项扣1分 | 10
2 | 人员到位 | 缺一人扣1分 | 10
二、保洁服务 | < | 小计 | 80
3 | 楼道清扫 | 一处不洁扣1分 | 40
4 | 垃圾清运 | 一次未清扣1分 | 40
合计 | < | < | 100
=>
annex-1 《物业服务考核评分表》 100
  [综合管理] 20
    1 | 缺一项扣1分 | 10 | item=制度健全
    2 | 缺一人扣1分 | 10 | item=人员到位
  [保洁服务] 80
    3 | 一处不洁扣1分 | 40 | item=楼道清扫
    4 | 一次未清扣1分 | 40 | item=垃圾清运
""",
    "extras below sections with sums above their rows": """
@ docx html xlsx
物业服务考核评分表
序号 | 考核项目 | 考核内容 | 分值
一 | 综合管理 | 小计 | 40
1 | 制度 | 制度健全，台账完整 | 20
2 | 人员 | 人员持证上岗 | 20
二 | 现场管理 | 小计 | 60
1 | 环境 | 环境整洁，无垃圾 | 30
2 | 秩序 | 车辆停放有序 | 30
三 | 加分项 | 获得市级表彰 | 5
^ | ^ | 经验被推广 | 3
四 | 一票否决 | 发生火灾的 |
^ | ^ | 弄虚作假的 |
=>
annex-1 《物业服务考核评分表》 -
  [综合管理] 40
    1 | 制度健全，台账完整 | 20 | item=制度
    2 | 人员持证上岗 | 20 | item=人员
  [现场管理] 60
    1 | 环境整洁，无垃圾 | 30 | item=环境
    2 | 车辆停放有序 | 30 | item=秩序
  [加分项] - bonus
    - | 获得市级表彰 | 5
    - | 经验被推广 | 3
  [一票否决] -
    - | 发生火灾的 | - | veto
    - | 弄虚作假的 | - | veto
""",
    "sums above their rows within an outer label are subtotals": """
@ docx html xlsx
物业服务考核评分表
大类 | 项目 | 考核内容 | 分值
基础 | 综合管理 | 小计 | 40
^ | 制度 | 制度健全，台账完整 | 20
^ | 人员 | 人员持证上岗 | 20
^ | 现场管理 | 小计 | 60
^ | 环境 | 环境整洁，无垃圾 | 30
^ | 秩序 | 车辆停放有序 | 30
=>
annex-1 《物业服务考核评分表》 -
  [基础] -
    - | 制度健全，台账完整 | 20 | item=制度
    - | 人员持证上岗 | 20 | item=人员
    - | 环境整洁，无垃圾 | 30 | item=环境
    - | 车辆停放有序 | 30 | item=秩序
  = 小计 40
  = 小计 60
  unplaced: 综合管理
  unplaced: 现场管理
""",
    "sums below their rows by another name": """
@ docx html xlsx
物业服务考核评分表
项目 | 考核内容 | 分值
综合管理 | 制度健全，台账完整 | 20
^ | 人员持证上岗 | 20
综合管理得分 | 小计 | 40
现场管理 | 环境整洁，无垃圾 | 30
^ | 车辆停放有序 | 30
基础分 | 小计 | 60
=>
annex-1 《物业服务考核评分表》 -
  [综合管理] -
    - | 制度健全，台账完整 | 20
    - | 人员持证上岗 | 20
  [现场管理] -
    - | 环境整洁，无垃圾 | 30
    - | 车辆停放有序 | 30
  = 小计 40
  = 小计 60
""",
    "the total beside a name is the total": """
@ docx html xlsx
物业服务考核评分表
项目 | 考核内容 | 分值
综合管理 | 小计 | 40
制度 | 制度健全，台账完整 | 20
人员 | 人员持证上岗 | 20
现场管理 | 小计 | 60
环境 | 环境整洁，无垃圾 | 30
秩序 | 车辆停放有序 | 30
全部项目 | 合计 | 100
=>
annex-1 《物业服务考核评分表》 100
  [综合管理] 40
    - | 制度健全，台账完整 | 20 | item=制度
    - | 人员持证上岗 | 20 | item=人员
  [现场管理] 60
    - | 环境整洁，无垃圾 | 30 | item=环境
    - | 车辆停放有序 | 30 | item=秩序
  unplaced: 全部项目
""",
    "labels that only sums below name are told": """
@ docx html
物业服务考核评分表
项目 | 考核内容 | 分值 | 得分
 | 制度健全 | 10 |
 | 人员到位 | 10 |
综合管理 | 小计 | 20 |
 | 楼道清扫 | 40 |
 | 垃圾清运 | 40 |
保洁服务 | 小计 | 80 |
合计 | < | 100 |
=>
annex-1 《物业服务考核评分表》 100
    - | 制度健全 | 10
    - | 人员到位 | 10
    - | 楼道清扫 | 40
    - | 垃圾清运 | 40
  = 小计 20
  = 小计 80
  unplaced: 综合管理
  unplaced: 保洁服务
""",
    "names over lines whose points they sum": """
@ docx html xlsx
医疗质量考核评分表
考核内容 | 分值
医疗质量 | 40
三级查房制度落实 | 20
病历书写规范 | 20
护理服务 | 60
分级护理落实 | 30
健康宣教到位 | 30
合计 | 100
=>
annex-1 《医疗质量考核评分表》 100
  [医疗质量] 40
    - | 三级查房制度落实 | 20
    - | 病历书写规范 | 20
  [护理服务] 60
    - | 分级护理落实 | 30
    - | 健康宣教到位 | 30
""",
    "names with the points of the subtotal below their lines": """
@ docx html xlsx
医疗质量考核评分表
考核内容 | 分值
医疗质量 | 40
三级查房制度落实 | 20
病历书写规范 | 20
小计 | 40
护理服务 | 60
分级护理落实 | 30
健康宣教到位 | 30
小计 | 60
合计 | 95
=>
annex-1 《医疗质量考核评分表》 95
  [医疗质量] 40
    - | 三级查房制度落实 | 20
    - | 病历书写规范 | 20
  [护理服务] 60
    - | 分级护理落实 | 30
    - | 健康宣教到位 | 30
  = 小计 40
  = 小计 60
""",
    "a label of vetoes stands over no scored rows, whatever the total": """
@ docx html xlsx pdf
学校管理考核评分表
项目 | 考核内容 | 分值
后勤 | 小计 | 50
^ | 食堂整洁 | 30
^ | 宿舍有序 | 20
德育 | 小计 | 50
^ | 班会召开 | 50
合计 | < | 105
加分项（最高5分） | 获市级表彰的 | 1
^ | 承办现场会的 | 2
^ | 被媒体报道的 | 3
一票否决 | 弄虚作假的，评为不合格 | <
=>
annex-1 《学校管理考核评分表》 105
  [后勤] 50
    - | 食堂整洁 | 30
    - | 宿舍有序 | 20
  [德育] 50
    - | 班会召开 | 50
  [加分项] 5 bonus
    - | 获市级表彰的 | 1
    - | 承办现场会的 | 2
    - | 被媒体报道的 | 3
  [一票否决] -
    - | 弄虚作假的，评为不合格 | - | veto
""",
    "points after words that end as verbs do": """
@ txt docx html
窗口服务评分标准
一、服务（30分）
1.服务热情周到 10分
2.物资充足 10分
3.积极参加 10分
二、行风（20分）
1.无收受红包行为 10分
2.合理设计 10分
=>
annex-1 《窗口服务评分标准》 -
  [服务] 30
    1 | 服务热情周到 10分 | 10
    2 | 物资充足 10分 | 10
    3 | 积极参加 10分 | 10
  [行风] 20
    1 | 无收受红包行为 10分 | 10
    2 | 合理设计 10分 | 10
""",
    "equal lines are no headings of one another, though a wrong total is half of them": """
@ docx html xlsx
医疗质量考核评分表
考核内容 | 分值
三级查房制度落实 | 25
病历书写规范 | 25
分级护理落实 | 25
健康宣教到位 | 25
合计 | 50
=>
annex-1 《医疗质量考核评分表》 50
    - | 三级查房制度落实 | 25
    - | 病历书写规范 | 25
    - | 分级护理落实 | 25
    - | 健康宣教到位 | 25
""",
    "numbers printed again beside one label of several": """
@ docx html xlsx
物业服务考核评分表
序号 | 项目 | 考核内容 | 分值
1 | 综合管理 | 制度健全 | 20
1 | 综合管理 | 人员到位 | 20
2 | 保洁 | 楼道清扫 | 20
3 | 绿化 | 修剪及时 | 40
合计 | < | < | 100
=>
annex-1 《物业服务考核评分表》 100
  [综合管理] -
    - | 制度健全 | 20
    - | 人员到位 | 20
  [保洁] -
    - | 楼道清扫 | 20
  [绿化] -
    - | 修剪及时 | 40
""",
    "serials that begin anew beside labels printed in each row, over vetoes": """
@ docx html xlsx
物业服务考核评分表
序号 | 项目 | 考核内容 | 分值
1 | 综合管理 | 制度健全 | 20
2 | 综合管理 | 人员到位 | 20
1 | 保洁 | 楼道清扫 | 30
2 | 保洁 | 垃圾清运 | 30
合计 | < | < | 100
一票否决 | 弄虚作假的，评为不合格 | < | <
=>
annex-1 《物业服务考核评分表》 100
  [综合管理] -
    1 | 制度健全 | 20
    2 | 人员到位 | 20
  [保洁] -
    1 | 楼道清扫 | 30
    2 | 垃圾清运 | 30
  [一票否决] -
    - | 弄虚作假的，评为不合格 | - | veto
""",
    "vetoes below a column of the sections' points": """
@ docx html xlsx
物业服务考核评分表
项目 | 权重 | 考核内容 | 分值 | 得分
综合管理 | 40 | 制度健全 | 20 |
^ | ^ | 人员到位 | 20 |
保洁 | 60 | 楼道清扫 | 30 |
^ | ^ | 垃圾清运 | 30 |
合计 | < | < | 100 |
一票否决 | 弄虚作假的，评为不合格 | < | < | <
=>
annex-1 《物业服务考核评分表》 100
  [综合管理] 40
    - | 制度健全 | 20
    - | 人员到位 | 20
  [保洁] 60
    - | 楼道清扫 | 30
    - | 垃圾清运 | 30
  [一票否决] -
    - | 弄虚作假的，评为不合格 | - | veto
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_family_of_what_was_lost_in_silence(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form


@pytest.mark.parametrize("case", EXTRAS.values(), ids=EXTRAS)
def test_extras_below_a_list(case, tmp_path):
    drawing, wanted, _ = case_of(case)
    for form in ("txt", "docx", "html"):
        assert read_drawn(f"物业服务考核评分标准\n{BASE}\n{drawing}", form, tmp_path) == f"{READ}\n{wanted}", form


def torn_at_a_page(*pages: tuple[str, ...]) -> tuple[list[str | None], list[str]]:
    """The labels of a sheet without points in them, each over two rows of its page, and the kinds of the remarks."""
    parts, number = [], 0
    for page, labels in enumerate(pages, start=1):
        at = lambda text, row, col, page=page: Provenance(text, page=page, bbox=(80.0 * col, 20.0 * row, 80.0 * col + 60, 20.0 * row + 15))  # noqa: E731
        cells = [Cell(0, col, text, at(text, 0, col)) for col, text in enumerate(("项目", "序号", "考核内容", "分值"))]
        for row, label in enumerate(labels):
            cells.append(Cell(2 * row + 1, 0, "\n".join(label), at("\n".join(label), 2 * row + 1, 0), row_span=2))
        for row in range(1, 2 * len(labels) + 1):
            number += 1
            cells += [Cell(row, col, text, at(text, row, col)) for col, text in enumerate((f"{number}", f"第{number}项制度健全，记录完整", "5"), start=1)]
        parts.append(Table(tuple(cells), 2 * len(labels) + 1, 4, at("", 0, 0), page))
    rubrics, remarks = read([Segment(1, "annex", "考核评分表", None, None, tuple(parts))])
    return [s.label for s in rubrics[0].sections], [r.kind for r in remarks]


def test_labels_at_a_page_break_that_may_be_halves_are_told():
    assert torn_at_a_page(("绿化养护", "卫生"), ("保洁类", "安全管理")) == (["绿化养护", "卫生", "保洁类", "安全管理"], ["odd-label"])
    assert torn_at_a_page(("绿化养护", "秩序"), ("维护", "安全管理")) == (["绿化养护", "秩序", "维护", "安全管理"], ["odd-label"])


def test_short_labels_at_a_page_break_are_not_joined():
    assert torn_at_a_page(("绿化养护", "师德"), ("出勤", "安全管理")) == (["绿化养护", "师德", "出勤", "安全管理"], ["odd-label"])
    assert torn_at_a_page(("绿化养护", "加分"), ("扣分", "安全管理"))[0] == ["绿化养护", "加分", "扣分", "安全管理"]
    assert torn_at_a_page(("绿化养护", "水"), ("供电", "安全管理")) == (["绿化养护", "水", "供电", "安全管理"], ["odd-label"])


def test_whole_labels_at_a_page_break_stay():
    assert torn_at_a_page(("绿化养护", "卫生保洁"), ("车辆停放", "安全管理"))[1] == []
    assert torn_at_a_page(("绿化", "卫生"), ("车辆", "安全")) == (["绿化", "卫生", "车辆", "安全"], [])
