"""The title of a rubric: its annex's, that of its table, or the line above it."""

from __future__ import annotations

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Paragraph, Table
from pipeline.normalize import clean, mask_personal
from pipeline.notices.segments import Segment
from pipeline.ordinals import NUMERALS
from pipeline.provenance import Provenance
from pipeline.rubrics.draft import Draft

SHORT = 30
"""A line just above a table that is no longer than this may name it, whatever its words."""

MAX_LEAD = 30
"""An annex whose first table stands below more lines than these may be titled for its words, and the table have a heading of its own."""

NEAR = 4
"""Lines above a table among which that heading stands."""

HEADING = regex.compile(rf"[{NUMERALS}]{{1,3}}、.{{2,14}}$")
"""A heading of the first rank, of a few words."""


def title_of(draft: Draft, segment: Segment, first: bool) -> tuple[str | None, Provenance | None]:
    """The annex's title, else a title row in the table, else the last title-like line above it."""
    opens = next((b for b in segment.blocks if isinstance(b, Table)), None) in draft.table.parts
    if first and segment.kind == "annex" and segment.title and (opens or patterns.TITLE_WORDS.search(segment.title)):
        own = None if patterns.TITLE_WORDS.search(segment.title) else _heading_near(draft)
        return (segment.title, segment.title_at) if own is None else (clean(own.text), own.at)
    if draft.title:
        return draft.title
    for row in (r for rows in draft.table.rows[:1] for r in rows[:3]):
        filled = row.filled()
        if len(filled) == 1 and row not in draft.table.headers[0] and patterns.TITLE_WORDS.search(clean(filled[0].text)):
            return clean(filled[0].text), filled[0].at
    lines = [p for p in draft.table.lead if _may_be_title(p)]
    for paragraph in reversed(lines):
        if patterns.TITLE_WORDS.search(clean(paragraph.text)) or paragraph.align == "center":
            return mask_personal(patterns.ANNEX_LEAD.sub("", clean(paragraph.text))), paragraph.at
    nearest = lines[-1] if lines and draft.table.lead[-1] is lines[-1] and len(clean(lines[-1].text)) <= SHORT else None
    if nearest is not None:
        return mask_personal(clean(nearest.text)), nearest.at
    if segment.kind == "annex" and segment.title:
        return segment.title, segment.title_at
    return None, None


def _heading_near(draft: Draft) -> Paragraph | None:
    """The heading just above a table far below its annex's title: 三、评分细则."""
    lead = draft.table.lead if len(draft.table.lead) > MAX_LEAD else ()
    return next((p for p in reversed(lead[-NEAR:]) if HEADING.match(clean(p.text)) and patterns.TITLE_WORDS.search(clean(p.text))), None)


def _may_be_title(paragraph: Paragraph) -> bool:
    text = clean(paragraph.text)
    sentence = text.endswith(("。", "；", "：", ":", "，")) or len(regex.findall(r"[，。；]", text)) > 1
    return 4 <= len(text) <= 60 and patterns.field_name(text) is None and not patterns.NOTE_ROW.match(text) and not sentence
