"""The league table: every unit by rubric and total, and how the sections came out on average."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.assessment import Scorecard
from pipeline.model import Notice
from pipeline.ordinals import NUMERALS
from pipeline.results import group as groups
from pipeline.results.charts import Bar, bars, said
from pipeline.results.pages import Block, Column, Figure, Grid, Heading, Page, Paragraph
from pipeline.results.words import grade_text, in_sections, latest, number, section_name, share, to_places, unit_name


def page(cards: Sequence[Scorecard], notice: Notice) -> Page:
    """All units. A unit without a grade shows why; equal totals share a place."""
    blocks: list[Block] = []
    for index, own in enumerate(groups.by_rubric(cards)):
        heading = next((c.title for c in own if c.title), "评价表未能确认")
        blocks.append(Heading(f"{NUMERALS[index]}、{heading}" if index < len(NUMERALS) else heading))
        blocks += [_table(own), *_means(own, f"means-{index + 1}")]
    blocks.append(Paragraph("名次按总分排列，总分相同的名次相同；一票否决和未评完的单位不排名次。", "small"))
    return Page("评价结果汇总", ("评价结果汇总",), notice.document_number or "", tuple(blocks), latest(list(cards)))


def _table(own: Sequence[Scorecard]) -> Grid:
    columns = (Column("名次", 14, "center"), Column("被评价单位"), Column("总分", 18, "right"), Column("等次", 24, "center"), Column("说明", 52))
    rows = []
    for card in own:
        place = groups.place(card, own)
        said_ = [f"一票否决（第 {'、'.join(card.vetoes)} 项）"] if card.vetoed else []
        total = number(card.total) if card.complete or card.total is None else f"（{number(card.total)}）"
        rows.append((str(place) if place else "—", unit_name(card), total, grade_text(card), "；".join((*said_, *card.open))))
    return Grid("名次", columns, tuple(rows), 1)


def _means(own: Sequence[Scorecard], key: str) -> Iterator[Block]:
    """Means of the sections; nothing to say about a single unit."""
    found = groups.sections(own)
    if sum(c.complete for c in own) < 2 or not any(map(in_sections, own)):
        return
    known = {s.id: s for c in own for s in c.sections}
    rows = [(section_name(known[i]), to_places(f.mean), known[i].possible if known[i].kind != "deduction" else None, f) for i, f in found.items()]
    drawn = [Bar(label, mean, possible) for label, mean, possible, _ in rows if possible]
    yield Paragraph(f"各项目平均得分（{sum(c.complete for c in own)} 家评完的单位）：", "flush")
    yield Figure(bars(drawn, "各项目平均得分与满分", key), f"各项目平均得分与满分：{said(drawn)}")
    columns = (Column("项目"), *(Column(t, 19, "right") for t in ("平均", "满分", "得分率", "最高", "最低")))
    yield Grid("各项目平均", columns, tuple(_mean_row(*row) for row in rows))


def _mean_row(label: str, mean: Decimal, possible: Decimal | None, found: groups.Spread) -> tuple[str, ...]:
    return label, number(mean), number(possible), share(found.mean, possible), number(found.highest), number(found.lowest)
