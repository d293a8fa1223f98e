"""What a grade leads to: the page for 通报表彰 (best grade), the list for 整改 (worst grade, vetoed units).

Which grade leads to which is the notice's matter: by the order of its bands, unless the policy names them. A vetoed unit is
never commended. The notice's own sentence is quoted where it says what becomes of a grade.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import rx as regex
from pipeline.assessment import Policy, Scorecard
from pipeline.model import Notice
from pipeline.ordinals import without_ordinal
from pipeline.plain import points_text
from pipeline.results import group as groups
from pipeline.results import unit
from pipeline.results.pages import Block, Bullets, Column, Grid, Page, Paragraph
from pipeline.results.words import identity, latest, number, unit_name

PRAISE = regex.compile(r"通报表彰|表彰|通报表扬|表扬|嘉奖|奖励|激励|评优|优先|推荐")
SUPERVISION = regex.compile(r"重点(?:监督|监管|检查|督导|关注|管理)|监督对象|整改|约谈|通报批评|警告|处罚|取消|退出|限期|降级|黑名单")
PARTS = ("commendation", "rectification")
"""The file name parts of the pages that a grade may lead to."""
WRITING = 15.0
"""Millimetres of a row in which measures and dates are written by hand."""
CLAUSE = regex.compile(r"[^。；;！\n]+")


def commended(notice: Notice, policy: Policy) -> tuple[str, ...]:
    """The grades that lead to 通报表彰: the policy's, else the highest band of at least two."""
    if policy.commend is not None:
        return policy.commend
    ordered = _ordered(notice)
    return ordered[:1] if len(ordered) > 1 else ()


def supervised(notice: Notice, policy: Policy) -> tuple[str, ...]:
    """The grades that lead to 整改: the policy's, else the lowest band of at least two."""
    if policy.supervise is not None:
        return policy.supervise
    ordered = _ordered(notice)
    return ordered[-1:] if len(ordered) > 1 else ()


def _ordered(notice: Notice) -> tuple[str, ...]:
    """The labels of the bands, best first; nothing when an end is missing that the order needs."""
    bands = notice.grade_bands
    if sum(b.min is None for b in bands) > 1:
        return ()
    return tuple(dict.fromkeys(b.label for b in sorted(bands, key=lambda b: (b.min is not None, b.min or 0), reverse=True)))


def pages(card: Scorecard, notice: Notice) -> Iterator[tuple[str, Page]]:
    """(file name part, page) of what this unit's result leads to."""
    if not card.vetoed and card.complete and card.grade_band in commended(notice, card.policy):
        yield "commendation", commendation(card, notice)
    if card.vetoed or (card.complete and card.grade_band in supervised(notice, card.policy)):
        yield "rectification", rectification(card, notice)


def sentence(notice: Notice, label: str, words: regex.Pattern[str]) -> str | None:
    """The clause of the body that names this grade (not as a part of another one) and says what becomes of it."""
    longer = sorted((b.label for b in notice.grade_bands if label in b.label and b.label != label), key=len, reverse=True)
    for text in (b.text for b in notice.body):
        for clause in CLAUSE.findall(text):
            rest = clause
            for other in longer:
                rest = rest.replace(other, "")
            if label in rest and words.search(clause):
                return without_ordinal(clause.strip())
    return None


def commendation(card: Scorecard, notice: Notice) -> Page:
    """A letter of one page; seal and date are left to the issuer."""
    rule = sentence(notice, card.grade_band or "", PRAISE)
    word = PRAISE.search(rule) if rule else None
    praise = next((w for w in ("表彰", "表扬", "嘉奖") if rule and w in rule), None)
    title = f"通报{praise}" if praise else "评价结果通报"
    source = f"《{notice.title}》" if notice.title else "评价文件"
    number_ = f"（{card.document_number}）" if card.document_number else ""
    text = (
        f"依照{source}{number_}{_annex(card)}，你单位评价总分 {number(card.total)} 分"
        f"（满分 {number(card.possible)} 分），等次为“{card.grade_band}”，无一票否决情形。"
    )
    basis = f"该文件规定：“{rule}。”" if rule and word else ""
    closing = f"现予通报{praise}。" if praise else "现予通报。"
    blocks: tuple[Block, ...] = (
        Paragraph(f"{unit_name(card)}：", "flush"), Paragraph(text), Paragraph(basis + closing),
        Paragraph(" ", "flush"), Paragraph(notice.issuer or notice.signature or "（印发机关）", "right"), Paragraph("　　年　　月　　日", "right"),
    )  # fmt: skip
    head = f"{identity(card)}　未盖章无效"
    return Page(f"{unit_name(card)}　{title}", (title,), head, blocks, latest([card]), "letter")


def _annex(card: Scorecard) -> str:
    return f"附件{card.annex}《{card.title}》" if card.annex and card.title else ""


def rectification(card: Scorecard, notice: Notice) -> Page:
    """Each lost criterion with its points and reason; measures, deadline and review are left to be filled."""
    rule = sentence(notice, card.grade_band, SUPERVISION) if card.grade_band else None
    outcome = f"等次为“{card.grade_band}”" if card.grade_band else "等次未定"
    text = f"评价总分 {number(card.total)} 分（满分 {number(card.possible)} 分），{outcome}。" + (f"文件规定：“{rule}。”" if rule else "")
    blocks: list[Block] = [Paragraph(f"被评价单位：{unit_name(card)}", "lead"), Paragraph(text)]
    if card.vetoed:
        blocks.append(Bullets(card.veto_texts, "一票否决情形（须首先整改）"))
    if card.open:
        blocks.append(Bullets(card.open, "未能确定的事项"))
    blocks += [_list(card), Paragraph("整改措施、期限由被评价单位与主管部门商定后填写；期限为空表示尚未商定。", "small")]
    blocks += [Paragraph("被评价单位负责人（签字）：　　　　　　　　　　　复查人（签字）：", "flush")]
    return Page(f"{unit_name(card)}　整改清单", ((card.title, "整改清单") if card.title else ("整改清单",)), identity(card), tuple(blocks), latest([card]))


def _list(card: Scorecard) -> Block:
    items = groups.costly(card)
    if not items:
        return Paragraph("各条目没有失分。", "flush")
    columns = (
        Column("序号", 14, "center"), Column("评价内容"), Column("失分", 13, "center"), Column("扣分理由", 27), Column("整改措施", 36),
        Column("期限", 16), Column("复查", 14),
    )  # fmt: skip
    rows = tuple(
        (i.number or "—", unit.item_text(i), points_text(groups.points_off(i)), unit.reasons(i), "", "", "") for i in items
    )
    return unit.without_blanks(Grid("整改清单", columns, rows, height=WRITING), card)
