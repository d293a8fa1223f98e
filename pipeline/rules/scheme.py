"""Rules over the scheme as a whole: its parts against its total, overlaps on one sheet, what a sheet must offer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from pipeline import rx as regex
from pipeline.findings import Proof, Step
from pipeline.model import Criterion, Reading, Rubric
from pipeline.normalize import fold
from pipeline.plain import points_text
from pipeline.rules.document import is_notice
from pipeline.rules.registry import Hit, rule, shorten

_POINTS = r"[0-9]{1,4}(?:\.[0-9])?"
WHOLE = regex.compile(rf"(?:总分|满分|总计|合计|共计)值?(?:为|是|计|:)?(?P<total>{_POINTS})分[,(;:。]?其中[,:]?(?P<parts>[^。;()]{{6,120}})")
PART = regex.compile(rf"[^0-9,、]{{2,24}}?(?:占|为|计|满分|共|:)*(?P<points>{_POINTS})分")
SHARE = regex.compile(r"[^0-9,、:%]{2,24}?(?:占|权重|比重|比例)(?:[^0-9,、%]{0,8}?)(?P<share>[0-9]{1,3}(?:\.[0-9])?)%(?:的?(?:权重|比重|比例|计入[^0-9,%]{0,12}))?")
"""`日常考核占60%`."""
ASSESSED = regex.compile(r"评价|考核|考评|检查|评分|测评|评议|自评|得分|成绩|年终|年度|季度|月度|日常|专项|平时")
NO_SHARES = regex.compile(r"其中|每|加分|扣|附加|另|奖|不低于|不少于|不超过|以[上下内]|至|各|最[高低]|达到?|率|等$")
NOT_A_PLAIN_LIST = regex.compile(r"其中|每|加分|扣|附加|另|奖|不低于|不少于|以[上下内]|至|各|最[高低]|平均|折|分制|%")


@rule(
    code="RUB015",
    name="scheme-sum-mismatch",
    severity="warning",
    title="总分与各部分之和不符",
    clause="《党政机关公文处理工作条例》第十九条（数字准确）",
)
def scheme_sum_mismatch(reading: Reading) -> Iterator[Hit]:
    """Where the body divides the whole score into parts, the parts make the whole.

    What: a sentence 满分N分，其中甲a分、乙b分 … and its sum. The whole may be 110 or 1000: no figure is taken for granted.
    Also a sentence of weights, 日常考核占a%、年终考核占b% …: they make 100 %.
    Why: sheets are made from this sentence; if it does not add up, one of the sheets is wrong or one is forgotten.
    **Bad**
        考核满分100分，其中日常考核60分、集中考核30分。
    **Good**
        考核满分100分，其中日常考核70分、集中考核30分。
    Repair: none; which figure is wrong is for the issuer.
    Limits: only a plain list of two or more parts; a list with bonus, deduction, ranges, percentages or a second 其中 in
    it is left alone, and so is one that ends in 等. Weights: one sentence that says nothing else, alone in its paragraph with
    percentages, the paragraphs beside it without.
    中文: 正文写有“满分N分，其中甲a分、乙b分”的，各部分之和应等于总分；总分可以是110、1000，不预设为100。
    含加分、扣分、幅度、百分比、再次“其中”或以“等”收尾的列举不查。一句之中并列写明各部分权重（日常考核占60%、年终考核占40%）
    的，合计应为100%；上下段另有百分比的不查。
    """
    yield from _unequal_weights(reading)
    for n, paragraph in enumerate(reading.notice.body, start=1):
        for match in WHOLE.finditer(fold(paragraph.text)):
            parts = _plain_parts(match["parts"])
            if len(parts) < 2 or sum(parts) == Decimal(match["total"]):
                continue
            shown = f"{' + '.join(map(points_text, parts))} = {points_text(sum(parts, Decimal(0)))}"
            step = Step("sum", f"{shown} ≠ {match['total']}", (), match["total"], (paragraph.at,))
            yield Hit(
                annex=0,
                where=f"notice/p{n}",
                zh=f"总分 {match['total']} 分，各部分 {shown}",
                en=f"the whole is {match['total']} points, its parts are {shown}",
                evidence=(paragraph.at,),
                proof=Proof(claim=shown, claim_en=shown, steps=(step,)),
                values=(match["total"], shown),
            )


def _unequal_weights(reading: Reading) -> Iterator[Hit]:
    texts = [fold(p.text) for p in reading.notice.body]
    for n, paragraph in enumerate(reading.notice.body):
        beside = [texts[i] for i in (n - 1, n + 1) if 0 <= i < len(texts)]
        shares = _weights(texts[n])
        if len(shares) < 2 or sum(shares) == 100 or any("%" in text for text in beside):
            continue
        shown = f"{' + '.join(f'{points_text(s)}%' for s in shares)} = {points_text(sum(shares, Decimal(0)))}%"
        step = Step("sum", f"{shown} ≠ 100%", (), "100", (paragraph.at,))
        yield Hit(
            annex=0,
            where=f"notice/p{n + 1}",
            zh=f"各部分权重 {shown}，不是 100%",
            en=f"the weights of the parts are {shown}, not 100%",
            evidence=(paragraph.at,),
            proof=Proof(claim=shown, claim_en=shown, steps=(step,)),
            values=("100%", shown),
        )


def _weights(text: str) -> list[Decimal]:
    """The shares of the one sentence with percentages; nothing when it is more than a list of assessed parts."""
    sentences = [s for s in regex.split(r"[。!?]", text) if "%" in s]
    listed = sentences[0].rpartition(":")[2] if len(sentences) == 1 else ""
    if NO_SHARES.search(listed) or not ASSESSED.search(listed):
        return []
    parts = [p for p in regex.split(r"[,、;]|(?<=%)(?:和|及|与|以及)", listed) if p]
    first = next((i for i, p in enumerate(parts) if "%" in p), 0)
    found = [SHARE.fullmatch(p) for p in parts[first:]]
    return [Decimal(m["share"]) for m in found if m] if all(found) else []


def _plain_parts(text: str) -> list[Decimal]:
    """The points of 甲a分、乙b分; nothing when the text is more than such a list."""
    if NOT_A_PLAIN_LIST.search(text) or text.rstrip(",、").endswith("等"):
        return []
    parts = [p for p in regex.split(r"[,、]|和(?=[^0-9]{2,20}[0-9])|及(?=[^0-9]{2,20}[0-9])", text) if p]
    found = [PART.fullmatch(p) for p in parts]
    return [Decimal(m["points"]) for m in found if m] if all(found) else []


LONG_ENOUGH = 14
"""Folded characters from which a clause that stands in two criteria is a duty of its own and no turn of phrase."""
CLAUSE = regex.compile(r"[,，。;；:：]")
SCORING_WORDS = regex.compile(r"分|扣|否则|不得|符合|按照|根据|依据|规定|要求")


@rule(
    code="RUB016",
    name="criterion-overlap",
    severity="note",
    title="两条内容重叠",
    clause="实务（同一内容不得重复计分）",
)
def criterion_overlap(reading: Reading) -> Iterator[Hit]:
    """No duty stands in two criteria of one sheet.

    What: a clause of fourteen characters or more that stands word for word in two criteria of one rubric whose texts are
    otherwise different.
    Why: who fails it loses points twice.
    **Bad**
        3 | 设施完好，每半年对消防器材全面检查一次。     | 3
        9 | 每半年对消防器材全面检查一次，并有记录。     | 2
    **Good**
        3 | 设施完好，标识清楚。                         | 3
        9 | 每半年对消防器材全面检查一次，并有记录。     | 2
    Repair: none.
    Limits: a note. Clauses about scoring or citing rules, and clauses that three or more criteria share (a form of words),
    are left alone; the same duty in other words is not seen.
    中文: 同一张表内，两条不同的评价内容含有逐字相同的分句（十四字以上），同一事项可能重复计分。计分用语、引用规定的套话和三条以上
    共有的分句不报；换一种说法的重叠看不出来。仅作提示。
    """
    for rubric in reading.rubrics:
        homes: dict[str, list[Criterion]] = defaultdict(list)
        for criterion in rubric.printed():
            for clause in dict.fromkeys(fold(c) for c in CLAUSE.split(criterion.text)):
                if len(clause) >= LONG_ENOUGH and not SCORING_WORDS.search(clause):
                    homes[clause].append(criterion)
        for clause, where in homes.items():
            if len(where) == 2 and fold(where[0].text) != fold(where[1].text):
                yield _overlap(rubric, clause, *where)


def _overlap(rubric: Rubric, clause: str, one: Criterion, two: Criterion) -> Hit:
    return Hit(
        annex=rubric.annex,
        where=f"{one.id}~{two.id}",
        status="supported",
        zh=f"两条都有“{shorten(clause, 40)}”",
        en=f"both criteria hold “{shorten(clause, 40)}”",
        evidence=(one.at, two.at),
        values=(clause,),
    )


BLANK = regex.compile(r"(?:(?<![_＿])[_＿]{2,}+|(?<![×✕])[×✕]{2,}+|(?<![xX])[xX]{2,}+|(?<![○〇])[○〇]{2,}+|[（(]\s+[）)]|待定)\s*(?=[%％]|个?(?:小时|工作日|分钟|月|年|日|天|次|人|台|处|米|万元|元)|‰)")


@rule(
    code="RUB017",
    name="threshold-blank",
    severity="note",
    title="指标值空缺",
    clause="实务（评价内容应可据以打分）",
)
def threshold_blank(reading: Reading) -> Iterator[Hit]:
    """A criterion names the figure it is scored by.

    What: a gap (____, ××, XX, 待定, an empty bracket) before a unit in the wording of a criterion or its standard.
    Why: without the figure two assessors score the same act differently; it is usually a template that was not filled in.
    **Bad**
        6 | 垃圾清运及时率不低于××%      | 5
    **Good**
        6 | 垃圾清运及时率不低于98%      | 5
    Repair: none; a figure that is not printed is never supplied.
    Limits: only a plain gap before a unit; vague words (较好, 及时) and a single × (a sign of multiplication, a wildcard in
    a formula) are left alone; a note.
    中文: 评价内容或评分标准中的指标值留空（如“不低于××%”“____日内”“待定”），多为范本未填。缺的数字绝不代拟。
    “较好”“及时”等模糊说法和单个“×”不报。仅作提示。
    """
    for rubric in reading.rubrics:
        for criterion in rubric.printed():
            found = next((m for t in (criterion.text, *criterion.columns.values()) if (m := BLANK.search(t))), None)
            if found:
                start = max(0, found.start() - 8)
                quote = shorten(found.string[start : found.end() + 2])
                yield Hit(
                    annex=rubric.annex, where=criterion.id, values=(quote,), evidence=(criterion.at,),
                    zh=f"指标值空缺：“{quote}”", en=f"a figure is left open: “{quote}”",
                )  # fmt: skip


FIELDS = (("assessee", "被评价单位", "the assessed unit"), ("assessor", "评价人签字", "the assessor's signature"), ("date", "日期", "the date"))


@rule(
    code="SCO006",
    name="form-field-absent",
    severity="note",
    title="表上没有填写栏",
    clause="实务（评价表应有被评价单位、评价人、日期）",
)
def form_field_absent(reading: Reading) -> Iterator[Hit]:
    """The sheet has room for who was assessed, by whom, and when.

    What: a notice some of whose sheets have such fields and others lack them, or whose sheets have none at all.
    Why: a filled sheet without name, signature and date proves nothing.
    **Bad**
        序号 | 评价内容 | 分值 | 得分        （表前表后没有单位、签字、日期）
    **Good**
        被评价单位：____      评价时间：____
        序号 | 评价内容 | 分值 | 得分
        评价人签字：____
    Repair: none; the forms made here add the fields, marked as added.
    Limits: a note, once a sheet; sheets outside a notice are left alone. Fields in words of their own are not recognised.
    中文: 评价表应有填写被评价单位、评价人签字、日期的地方。本系统生成的表格会补上并注明是补的。每张表只提示一次；单独的表不报。
    """
    if not is_notice(reading.notice):
        return
    for rubric in reading.rubrics:
        absent = [(zh, en) for key, zh, en in FIELDS if key not in rubric.fields]
        if absent and rubric.annex > 0:
            yield Hit(
                annex=rubric.annex,
                where=rubric.id,
                zh=f"表上没有填写栏：{'、'.join(f'“{zh}”' for zh, _ in absent)}",
                en=f"the sheet has no field for {', '.join(f'“{zh}” ({en})' for zh, en in absent)}",
                evidence=(rubric.title_at,),
                values=tuple(zh for zh, _ in absent),
            )
