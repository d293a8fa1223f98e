"""Rules over personal data. The data themselves never reach a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.model import Reading
from pipeline.rules.registry import Hit, rule

KINDS = {"mobile": ("手机号码", "mobile numbers"), "identity": ("身份证号码", "identity numbers"), "name": ("姓名", "names")}
STARS = re.compile(r"\*+")
"""The masked part of a quote: names beside it stay out of the finding too."""
CONTACT = ("联系", "咨询", "举报", "热线", "监督", "投诉")


@rule(
    code="PII001",
    name="personal-data",
    severity="warning",
    title="含个人信息",
    clause="《个人信息保护法》第二十五条、第三十四条、第五十一条；GB/T 35273-2020",
)
def personal_data(reading: Reading) -> Iterator[Hit]:
    """A document meant for publication carries no personal data.

    What: mobile and identity numbers, names in receipt sheets and sign-in lists bundled with the notice.
    Why: publication needs consent; internal sheets are published by oversight. Nothing of it enters any output of this
    program: the finding counts, it does not quote.
    **Bad**
        文件领取单：某公司 | 某某 | 13800000000
    **Good**
        （领取单不与公文一起公开）
    Repair: none; the places are masked in every output.
    Limits: a duty telephone that the notice gives to the public is only noted; names in running text are not searched for.
    中文: 拟公开的文件不应含手机号、身份证号，或夹带领取单、签到表中的姓名电话。本程序的任何输出都不引用这些内容，只报数量和位置。
    公文中对外公布的联系电话只作提示。
    """
    for n, place in enumerate(reading.notice.personal_data, start=1):
        zh, en = KINDS.get(place.kind, (place.kind, place.kind))
        contact = any(word in place.at.quote for word in CONTACT)
        yield Hit(
            annex=0,
            where=f"notice/personal-data/{n}",
            severity="note" if contact else None,
            zh=f"含个人信息：{zh}，{place.count} 处（内容已遮盖）",
            en=f"personal data: {en}, {place.count} (masked)",
            evidence=(replace(place.at, quote=STARS.findall(place.at.quote)[0] if "*" in place.at.quote else "***"),),
            values=(place.kind, str(n)),
        )
