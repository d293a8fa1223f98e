"""Make the demonstration revision of the first notice: made-up edits, each listed in its source.json.

Run: python -m tests.support.make_revision
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "sources"
OLD = ROOT / "zaozhuang-gas-2021-42" / "notice.txt"
NEW = ROOT / "zaozhuang-gas-2022-demo"
EDITS: list[tuple[str, str, str]] = [
    ("文号改为虚构的 2022 年号", "〔2021〕42号", "〔2022〕1号"),
    ("标题标明示例", "关于印发枣庄高新区燃气行业服务质量评价 实施方案的通知", "关于印发枣庄高新区燃气行业服务质量评价实施方案（示例·虚构）的通知"),
    ("补（二）：（三）（四）改为（二）（三）", "（三）瓶装燃气经营企业评价内容", "（二）瓶装燃气经营企业评价内容"),
    ("同上", "（四）燃气汽车加气经营企业评价内容", "（三）燃气汽车加气经营企业评价内容"),
    ("等次首尾相接", "90分以上为优秀，89分至70分为合格，69分以下为不合格", "90分以上为优秀，70分以上不满90分为合格，不满70分为不合格"),
    ("附件1入户安检率 85% 提高到 95%", "入户安检率不低于85%", "入户安检率不低于95%"),
    ("投诉处置由 5 个工作日缩短到 3 个工作日（三个附件）", "应在5个工作日内处置并答复", "应在3个工作日内处置并答复"),
    ("附件1补出项目名称", "\t33\t公示用户申请业务的办事流程", "新增用户服务 (20分)\t33\t公示用户申请业务的办事流程"),
    ("附件1衍字改正", "安全生生产教育", "安全生产教育"),
    ("附件2错字改正", "不低干1次", "不低于1次"),
    (
        "附件2补出序号 21",
        "\t22\t发生影响正常供气服务情况时，按照有关规定报告，并启动应急救援预案及时处置。\t2\n\t23",
        "\t21\t在发生气象灾害、冬季保高峰供应和重大节假日、重大会议、重大社会活动期间，加强燃气运行状态的监测、预报和预警工作。\t2\n"
        "\t22\t发生影响正常供气服务情况时，按照有关规定报告，并启动应急救援预案及时处置。\t2\n\t23",
    ),
    ("附件2补出项目名称", "\t16\t制定有针对性的燃气事故应急救援预案并备案，完善抢险抢修工作机制。\t2", "应急处置 (20分)\t16\t制定有针对性的燃气事故应急救援预案并备案，完善抢险抢修工作机制。\t2"),
    ("附件3名称与附件说明一致", "枣庄市燃气行业汽车加气经营企业服务质量评价表", "枣庄市燃气行业燃气汽车加气经营企业服务质量评价表"),
    ("附件3第15条由 3 分改为 2 分", "\t15\t积极参与各燃气管理部门组织的社会宣传活动，并提供必要的协助。\t3", "\t15\t积极参与各燃气管理部门组织的社会宣传活动，并提供必要的协助。\t2"),
    (
        "附件3第17条由 2 分改为 3 分",
        "\t17\t制定有针对性的燃气事故应急救援预案并备案，完善抢险抢修工作机制。\t2",
        "\t17\t制定有针对性的燃气事故应急救援预案并备案，完善抢险抢修工作机制。\t3",
    ),
    ("写明一票否决的后果", "有下列情形之一的，实行一票否决：", "有下列情形之一的，实行一票否决，评价结果定为不合格："),
]


def make() -> None:
    """Write the revision and its card; every edit must find its place."""
    text = OLD.read_text(encoding="utf-8")
    text = text[: text.index("《关于印发枣庄高新区燃气行业服务质量评价\n实施方案的通知》文件领取单")]
    text = re.sub(r"(?m)^\d+\. \*Leucostoma\*.*\n", "", text)
    for what, before, after in EDITS:
        if before not in text:
            raise SystemExit(f"edit finds no place: {what}")
        text = text.replace(before, after)
    text = text.replace("\n附件 1\n", "\n枣庄高新技术产业开发区国土住建社会事业局（示例·虚构）\n\n2022年1月5日\n\n附件 1\n", 1)
    NEW.mkdir(parents=True, exist_ok=True)
    (NEW / "notice.txt").write_text(text, encoding="utf-8")
    card = {
        "slug": NEW.name,
        "title": "示例·虚构：2022 年修订稿，仅供演示修订对照",
        "origin": "made up for demonstration by tests/support/make_revision.py; no such notice was ever issued",
        "date": "2022-01-05",
        "revision": "2022-demo",
        "supersedes": OLD.parent.name,
        "primary": "notice.txt",
        "files": [{"file": "notice.txt", "sha256": sha256(text.encode()).hexdigest(), "media_type": "text/plain", "role": "demonstration"}],
        "edits": [what for what, _, _ in EDITS] + ["删去外来内容和领取单", "补署名和成文日期"],
    }
    (NEW / "source.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make()
