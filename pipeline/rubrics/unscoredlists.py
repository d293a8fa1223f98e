"""Lists under a title of scoring that give no rubric: each line says what a case costs, or its figure is not called points."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Paragraph, Remark, Table
from pipeline.normalize import clean, fold
from pipeline.notices.segments import Segment
from pipeline.rubrics.listing import titles_sheet
from pipeline.rubrics.listlines import BULLET, LIST_MARKER
from pipeline.rubrics.refusal import SCORING_WORDS

MIN_LINES = 3
"""Fewer such lines are clauses that mention points."""

COSTS = regex.compile(r"[扣减加]\s*[0-9.]+(?:\s*[-~—至]\s*[0-9.]+)?\s*分")
BARE = regex.compile(r"[(（]\s*[0-9]{1,3}(?:\.[0-9])?\s*[)）][。；;]?$")
"""What one case costs (`每次扣1分`), and a figure that ends a line and is not called points (`（30）`)."""

ARRANGES = regex.compile(r"(?:安排|分工|分组|名单|名册|日程|排班|行程|计划|通讯录|联系|联络)表?$")
"""How a title ends that scores nothing, though it speaks of scoring: its figures are numbers of people (检查评分组人员安排表)."""

REASONS = {
    "costs": ("a list under a title of scoring whose lines say what a case adds or takes off, and not how many points each has", "各条只写加扣多少分，没有写明本条分值"),
    "bare": ("a list under a title of scoring whose lines end in figures that are not called points", "各条末尾只有数字，没有写“分”"),
}
"""Why such a list is left alone, in both languages."""


def unscored_list(segment: Segment) -> Remark | None:
    """What is to be said of a segment without tables and rubrics, if most of its numbered lines are of one such kind."""
    if any(isinstance(b, Table) for b in segment.blocks):
        return None
    lines = [b for b in segment.blocks if isinstance(b, Paragraph) and clean(b.text)]
    marked = [i for i, p in enumerate(lines) if LIST_MARKER.match(p.text) or BULLET.match(p.text)]
    for kind, form in (("costs", COSTS), ("bare", BARE)):
        own = [i for i in marked if form.search(clean(lines[i].text))]
        if kind == "bare" and own and _arranges(segment, lines[: own[0]]):
            continue
        if len(own) >= MIN_LINES and 2 * len(own) >= len(marked) and _is_titled(segment, lines[: own[0]]):
            en, zh = REASONS[kind]
            return Remark("unscored-list", en, lines[own[0]].at, message_zh=zh)
    return None


def _is_titled(segment: Segment, above: Sequence[Paragraph]) -> bool:
    """Whether a title over the list speaks of scoring: that of its annex, or in a body one set as a sheet's is."""
    if any(titles_sheet(p) and SCORING_WORDS.search(clean(p.text)) for p in above):
        return True
    titles = [segment.title or "", *(clean(p.text) for p in above[:3])] if segment.kind == "annex" else []
    return any(SCORING_WORDS.search(fold(t)) and patterns.TITLE_WORDS.search(t) for t in titles)


def _arranges(segment: Segment, above: Sequence[Paragraph]) -> bool:
    """Whether a title over the list says that it arranges who scores what, and when."""
    return any(ARRANGES.search(fold(t)) for t in (segment.title or "", *(p.text for p in above[-3:])))
