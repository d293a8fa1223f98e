"""Rules over personal data. The data themselves never reach a message."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Reading
from pipeline.normalize import fold
from pipeline.rules.registry import Hit, rule, shorten

KINDS = {"mobile": ("手机号码", "mobile numbers"), "identity": ("身份证号码", "identity numbers"), "name": ("姓名", "names")}
STARS = regex.compile(r"\*+")
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


@rule(
    code="PII002",
    name="internal-record",
    severity="note",
    title="夹带内部登记表",
    clause="《政府信息公开条例》第十六条（内部事务信息可以不公开）；实务",
)
def internal_record(reading: Reading) -> Iterator[Hit]:
    """A notice meant for publication is not bound with the office's own records.

    What: receipt sheets (领取单, 签收表, 发放登记) and sign-in lists that stand in the same file as a notice.
    Why: they are no part of the document; with it, names and telephones of people who fetched it are published.
    **Bad**
        （通知、附件之后）某通知领取单：单位 | 领取人 | 电话
    **Good**
        （通知及其附件，别无他页）
    Repair: none; nothing of these sheets enters any output, their title apart.
    Limits: the clause says 可以 (may), so a note; seen by the title or the columns of the sheet; a blank sign-in form that is itself a listed annex is left alone.
    中文: 文件领取单、签收表、签到表等内部登记不是公文的组成部分，不应与公文一起公开。凭表名或栏目识别；列入附件说明的空白表不报。
    除表名外，其内容不进入任何输出。
    """
    listed = [fold(e.title) for e in reading.notice.annexes]
    for n, record in enumerate(reading.notice.internal_records, start=1):
        if fold(record.text) in listed:
            continue
        quote = shorten(record.text, 60)
        yield Hit(
            annex=0,
            where=f"notice/internal-records/{n}",
            zh=f"夹带内部登记表：“{quote}”",
            en=f"an internal record is bundled with the notice: “{quote}”",
            evidence=(record.at,),
            values=(fold(record.text),),
        )
