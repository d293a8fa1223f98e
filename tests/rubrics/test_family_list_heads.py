"""Lists whose headings, serials, extras and points are not marked as most are.

Expected values (under `=>`) are what was drawn; `@` names the formats. See `support/drawn.py` for the notation.
"""

from __future__ import annotations

import time

import pytest

from pipeline.model import Paragraph
from pipeline.provenance import Provenance
from pipeline.rubrics.listing import list_table
from tests.support.drawn import case_of, read_drawn

CASES = {
    "extras without markers below the total": """
@ txt docx html
附件
物业服务质量考核评分细则
一、客户服务（40分）
1．接待人员着装统一。（10分）
2．业主报修30分钟内到场。（30分）
二、环境保洁（60分）
1．楼道每日清扫。（60分）
合计100分。
加分项：
1．获得区级荣誉称号的，加3分。
扣分项：
1．发生业主有效投诉的，每起扣1分。
2．发生安全责任事故的，扣10分。
=>
annex-1 《物业服务质量考核评分细则》 100
  [客户服务] 40
    1 | 接待人员着装统一。 | 10
    2 | 业主报修30分钟内到场。 | 30
  [环境保洁] 60
    1 | 楼道每日清扫。 | 60
  [加分项] - bonus
    1 | 获得区级荣誉称号的，加3分。 | 3
  [扣分项] - deduction
    1 | 发生业主有效投诉的，每起扣1分。 | - | deduction
    2 | 发生安全责任事故的，扣10分。 | - | deduction
""",
    "extras above a total that closes the sheet, their numbers going on": """
@ txt docx html
快递末端网点服务评分表
一、经营资质（40分）：
1、办理备案（20分）；
2、亮证经营（20分）。
二、服务质量（60分）：
3、投递到位（60分）。
扣分项：
4、发生丢失未赔偿的，每件扣2分；
5、泄露用户信息的，扣20分。
以上总分100分。
=>
annex-1 《快递末端网点服务评分表》 100
  [经营资质] 40
    1 | 办理备案 | 20
    2 | 亮证经营 | 20
  [服务质量] 60
    3 | 投递到位 | 60
  [扣分项] - deduction
    4 | 发生丢失未赔偿的，每件扣2分； | - | deduction
    5 | 泄露用户信息的，扣20分。 | - | deduction
""",
    "bonuses and deductions below other lines, in one line with their names": """
@ txt docx html
住宅小区物业管理考核标准（100分）
一、基础管理（40分）
（一）管理制度健全。（40分）
二、绿化保洁（60分）
（一）绿地无裸露。（30分）
（二）公共区域每日清扫。（30分）
考核得分＝各项得分之和＋加分－扣分。
加分：业主满意度测评95%以上的，加5分。
扣分：发生群体性投诉的，每次扣5分。
=>
annex-1 《住宅小区物业管理考核标准（100分）》 100
  [基础管理] 40
    1 | 管理制度健全。 | 40
  [绿化保洁] 60
    1 | 绿地无裸露。 | 30
    2 | 公共区域每日清扫。 | 30
  [加分] - bonus
    - | 业主满意度测评95%以上的，加5分。 | 5
  [扣分] - deduction
    - | 发生群体性投诉的，每次扣5分。 | - | deduction
""",
    "bonuses below vetoes, and both kinds under one heading": """
@ txt docx html
客运站安全服务评分表
一、源头管理（60分）
1.1 执行制度（30分）
1.2 行李必检（30分）
二、服务设施（40分）
2.1 候车室座椅完好（40分）
总分：100分
一票否决：
（1）瞒报事故的；
（2）发生死亡3人以上事故的。
加减分项：
（1）被评为省级示范站的，加5分；
（2）旅客投诉的，每起扣1分。
=>
annex-1 《客运站安全服务评分表》 100
  [源头管理] 60
    1.1 | 执行制度 | 30
    1.2 | 行李必检 | 30
  [服务设施] 40
    2.1 | 候车室座椅完好 | 40
  [加减分项] - deduction
    1 | 被评为省级示范站的，加5分； | - | bonus
    2 | 旅客投诉的，每起扣1分。 | - | deduction
  note: 一票否决：
""",
    "serials of two levels that touch the words, what a line is worth at most": """
@ txt docx html
供水服务窗口评分办法
1.环境设施（20分）
1.1窗口整洁，每处不洁扣1分，满分5分。
1.2公示收费标准。（15分）
2.热线服务（80分）
2.1 24小时人工接听，得50分；白天接听得20分；无人接听不得分。
2.2工单按时回复。（30分）
以上合计100分，90分以上为优秀，75至89分为合格。
=>
annex-1 《供水服务窗口评分办法》 100
  [环境设施] 20
    1.1 | 窗口整洁，每处不洁扣1分，满分5分。 | 5
    1.2 | 公示收费标准。 | 15
  [热线服务] 80
    2.1 | 24小时人工接听，得50分；白天接听得20分；无人接听不得分。 | 50
    2.2 | 工单按时回复。 | 30
""",
    "sums of sections below their lines": """
@ txt docx html
瓶装燃气配送服务评分标准
一、人员管理
1.持证上岗（10分）
2.统一着装（10分）
小计20分
二、配送管理
3.入户安检率100%（40分）
4.扫码建档（40分）
小计：80分
总计100分
=>
annex-1 《瓶装燃气配送服务评分标准》 100
  [人员管理] -
    1 | 持证上岗 | 10
    2 | 统一着装 | 10
  [配送管理] -
    3 | 入户安检率100% | 40
    4 | 扫码建档 | 40
  = 小计20分 20
  = 小计：80分 80
""",
    "headings in brackets, points after a measure": """
@ txt docx html
食堂托管单位月考核评分标准
【食品安全 40分】
1. 进货查验记录完整 10分
2. 加工过程符合规范 30分
【菜品质量 60分】
3. 每周推出新菜品不少于2个 60分
=>
annex-1 《食堂托管单位月考核评分标准》 -
  [食品安全] 40
    1 | 进货查验记录完整 10分 | 10
    2 | 加工过程符合规范 30分 | 30
  [菜品质量] 60
    3 | 每周推出新菜品不少于2个 60分 | 60
""",
    "headings named by their number": """
@ txt docx html
驾驶培训机构考核评分标准
考核项目一：教学条件（30分）
1.教练场地符合要求（10分）
2.教练员持证上岗（20分）
考核项目二：教学管理（70分）
1.教学日志填写完整（70分）
满分100分
=>
annex-1 《驾驶培训机构考核评分标准》 100
  [教学条件] 30
    1 | 教练场地符合要求 | 10
    2 | 教练员持证上岗 | 20
  [教学管理] 70
    1 | 教学日志填写完整 | 70
""",
    "indicators as headings, a total of so many items": """
@ txt docx html
课后服务质量评估表
指标一：组织实施（40分）
1.方案完整（20分）
2.自愿参加（20分）
指标二：课程质量（60分）
1.家长满意（60分）
上述两项合计100分，低于60分的通报批评。
=>
annex-1 《课后服务质量评估表》 100
  [组织实施] 40
    1 | 方案完整 | 20
    2 | 自愿参加 | 20
  [课程质量] 60
    1 | 家长满意 | 60
""",
    "indicators of the first level, and what only says that the second follows": """
@ txt docx html
社区卫生服务考核指标
一级指标：基本医疗（30分）
二级指标：
1.门诊病历书写合格（10分）
2.处方书写合格（20分）
一级指标：公共卫生（70分）
二级指标：
1.健康档案动态使用（70分）
=>
annex-1 《社区卫生服务考核指标》 -
  [基本医疗] 30
    1 | 门诊病历书写合格 | 10
    2 | 处方书写合格 | 20
  [公共卫生] 70
    1 | 健康档案动态使用 | 70
  unplaced: 二级指标：
  unplaced: 二级指标：
""",
    "indicators of two levels": """
@ txt docx html
社区卫生服务考核指标
一级指标：基本医疗（30分）
二级指标：门诊管理
1.门诊病历书写合格（10分）
2.处方书写合格（20分）
一级指标：公共卫生（70分）
二级指标：健康档案
1.健康档案动态使用（70分）
=>
annex-1 《社区卫生服务考核指标》 -
  [基本医疗] 30
  [门诊管理] - < 基本医疗
    1 | 门诊病历书写合格 | 10
    2 | 处方书写合格 | 20
  [公共卫生] 70
  [健康档案] - < 公共卫生
    1 | 健康档案动态使用 | 70
""",
    "points in brackets before what is taken off": """
@ txt docx html
环卫服务评分表
1.道路每日清扫两次，得30分；每少一次扣1分。
2.垃圾日产日清，得20分，未做到的不得分。
3.果皮箱完好（50分），每损坏一个扣2分。
=>
annex-1 《环卫服务评分表》 -
    1 | 道路每日清扫两次，得30分；每少一次扣1分。 | 30
    2 | 垃圾日产日清，得20分，未做到的不得分。 | 20
    3 | 果皮箱完好（50分），每损坏一个扣2分。 | 50
""",
    "articles as headings, what a line is worth before what is taken off": """
@ txt docx html
供热企业考核评分办法
第一条 供热质量（40分）
（一）室温合格率达到98%，得20分；每低1个百分点扣2分。
（二）按期供热、不得提前停热，20分；发生一次不得分。
第二条 服务质量（60分）
（一）客服热线24小时畅通，60分；
=>
annex-1 《供热企业考核评分办法》 -
  [供热质量] 40
    1 | 室温合格率达到98%，得20分；每低1个百分点扣2分。 | 20
    2 | 按期供热、不得提前停热，20分；发生一次不得分。 | 20
  [服务质量] 60
    1 | 客服热线24小时畅通，60分； | 60
""",
    "a stop between a heading and its points": """
@ txt docx html
农贸市场考核评分标准
一、环境卫生。（25分）
1.地面干净，无积水。5分
2.公厕专人管理。20分
二、管理制度。（75分）
1.制度上墙。75分
合计：100分
=>
annex-1 《农贸市场考核评分标准》 100
  [环境卫生] 25
    1 | 地面干净，无积水。5分 | 5
    2 | 公厕专人管理。20分 | 20
  [管理制度] 75
    1 | 制度上墙。75分 | 75
""",
    "numbers by hundreds": """
@ txt docx html
园林养护考核评分标准（100分）
一、乔木（60分）
101. 树冠完整（30分）
102. 涂白均匀（30分）
二、草坪（40分）
201. 高度不超过8厘米（20分）
202. 无裸露斑秃（20分）
=>
annex-1 《园林养护考核评分标准（100分）》 100
  [乔木] 60
    101 | 树冠完整 | 30
    102 | 涂白均匀 | 30
  [草坪] 40
    201 | 高度不超过8厘米 | 20
    202 | 无裸露斑秃 | 20
""",
    "serials that a blank alone sets off": """
@ txt docx html
网吧量化评分表
一　证照管理（40分）
1　证照悬挂在显著位置（10分）
2　经营范围一致（30分）
二　安全管理（60分）
3　实名登记落实（60分）
总分100分
=>
annex-1 《网吧量化评分表》 100
  [证照管理] 40
    1 | 证照悬挂在显著位置 | 10
    2 | 经营范围一致 | 30
  [安全管理] 60
    3 | 实名登记落实 | 60
""",
    "criteria wrapped before their points on narrow lines": """
@ txt html
污水处理厂运行考核评分表
一、运行管理（30分）
1. 进出水水量、水质在线监测正常，数据上传
率不低于95%（15分）
2. 污泥脱水含水率小于80%，处置去向明确，
联单齐全（15分）
二、档案资料（70分）
3. 运行记录真实（30分）
4. 按时报送月报（40分）
=>
annex-1 《污水处理厂运行考核评分表》 -
  [运行管理] 30
    1 | 进出水水量、水质在线监测正常，数据上传率不低于95% | 15
    2 | 污泥脱水含水率小于80%，处置去向明确，联单齐全 | 15
  [档案资料] 70
    3 | 运行记录真实 | 30
    4 | 按时报送月报 | 40
""",
    "a section that counts its bonus": """
@ txt docx html
微型消防站考核评分细则
一、队伍建设（20分，含加分5分）
1．人员配备不少于6人（15分）
2．获得区级名次的加5分
二、装备（80分）
1．器材齐全（40分）
2．定期检查（40分）
=>
annex-1 《微型消防站考核评分细则》 -
  [队伍建设（含加分5分）] 20
    1 | 人员配备不少于6人 | 15
    2 | 获得区级名次的加5分 | 5
  [装备] 80
    1 | 器材齐全 | 40
    2 | 定期检查 | 40
""",
    "what is taken off below each item": """
@ txt docx html
路灯养护考核评分细则
一、日常管理（60分）
1．机构健全（30分）
扣分：少一人扣5分。
2．制度健全（30分）
扣分：少一项扣5分。
二、台账（40分）
1．台账齐全（40分）
扣分：少一本扣5分。
加分：获市级表彰的，加5分。
=>
annex-1 《路灯养护考核评分细则》 -
  [日常管理] 60
    1 | 机构健全 | 30 | standard=扣分：少一人扣5分。
    2 | 制度健全 | 30 | standard=扣分：少一项扣5分。
  [台账] 40
    1 | 台账齐全 | 40 | standard=扣分：少一本扣5分。
  [加分] - bonus
    - | 获市级表彰的，加5分。 | 5
""",
    "items numbered anew below a bonus": """
@ txt docx html
路灯养护考核评分细则
1．机构健全（30分）
2．制度健全（30分）
3．台账齐全（40分）
加分项：获国家级表彰的，加10分。
1．获市级表彰（5分）
2．获省级表彰（5分）
=>
annex-1 《路灯养护考核评分细则》 -
  [] -
    1 | 机构健全 | 30
    2 | 制度健全 | 30
    3 | 台账齐全 | 40
  [加分项] - bonus
    - | 获国家级表彰的，加10分。 | 10
    1 | 获市级表彰 | 5
    2 | 获省级表彰 | 5
""",
    "clauses of a notice that tell of points": """
@ txt docx html
县局关于考核的通知
各乡镇：
为做好考核，现通知如下：
一、考核实行百分制，总分100分，得分90分以上为优秀。
二、按时报送的得5分，迟报的扣2分。
三、群众满意率达到95%的得10分，每低1个百分点扣1分。
四、材料齐全的得5分，缺一项扣1分。
五、请各乡镇认真执行。
县局
2022年1月1日
=>
""",
    "clauses under a heading of the body that names them as the standard": """
@ txt docx html
县局关于考核的通知
各乡镇：
为做好考核，现通知如下：
一、评分标准
1．按时报送的得50分，迟报一次扣2分。
2．满意率达到95%的得30分，每低1个百分点扣1分。
3．材料齐全的得20分，缺一项扣1分。
县局
2022年1月1日
=>
annex-1 《一、评分标准》 -
  [评分标准] -
    1 | 按时报送的得50分，迟报一次扣2分。 | 50
    2 | 满意率达到95%的得30分，每低1个百分点扣1分。 | 30
    3 | 材料齐全的得20分，缺一项扣1分。 | 20
""",
    "plain bonuses with their most, and a clause of the sheet below": """
@ txt html
路灯养护考核评分细则
1．机构健全（30分）
2．制度健全（30分）
3．台账齐全（40分）
加分项
获市级表彰的加5分，累计不超过10分
获省级表彰的加10分，最高20分
本细则由县局解释，违反的减5分信用分。
=>
annex-1 《路灯养护考核评分细则》 -
  [] -
    1 | 机构健全 | 30
    2 | 制度健全 | 30
    3 | 台账齐全 | 40
  [加分项] - bonus
    - | 获市级表彰的加5分，累计不超过10分 | - | bonus
    - | 获省级表彰的加10分，最高20分 | - | bonus
""",
    "a remark in brackets between items": """
@ txt docx html
路灯养护考核评分细则
1．机构健全（30分）
2．制度健全（30分）
【重要】
3．台账齐全（40分）
=>
annex-1 《路灯养护考核评分细则》 -
    1 | 机构健全 | 30
    2 | 制度健全 | 30
    3 | 台账齐全 | 40
  unplaced: 【重要】
""",
    "amounts that are no serials": """
@ txt docx html
路灯养护考核评分细则
1 次清扫（30分）
1 次消毒（30分）
3 次检查（40分）
=>
annex-1 《路灯养护考核评分细则》 -
    - | 1 次清扫 | 30
    - | 1 次消毒 | 30
    - | 3 次检查 | 40
""",
    "measures that are no serials of two levels": """
@ txt docx html
路灯养护考核评分细则
1.1米以上围挡（30分）
1.2米以上绿篱（30分）
1.3米以上护栏（40分）
=>
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_family_list_heads(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form


def test_a_long_list_takes_no_square_of_its_lines():
    def seconds(sections: int) -> float:
        texts = [t for _ in range(sections) for t in ["一、整洁（10分）", *(f"{i}. 第{i}处整洁（1分）" for i in range(1, 11))]]
        blocks = [Paragraph(f"{text}", Provenance(text, line=i)) for i, text in enumerate(texts)]
        start = time.process_time()
        assert list_table(blocks) is not None
        return time.process_time() - start

    seconds(20)
    assert min(seconds(400) for _ in range(2)) < 40 * max(0.001, min(seconds(40) for _ in range(3)))
