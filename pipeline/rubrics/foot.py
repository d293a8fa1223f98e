"""The foot of a sheet: rows below its total that are to be filled in or read, and are no criteria."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Criterion, Unplaced
from pipeline.normalize import fold, mask_personal
from pipeline.rubrics.draft import Draft

REASON = "a row below the total without number and points"

MAX_LACKING = 10
"""One row above the total in so many, and always one, may lack its points by a misprint."""

EXTRA = regex.compile(
    r"加分|减分|扣分|附加|奖励|奖分|扣减|否[决定]|酌情|直接[评定判]|取消|降[级档低]|(?<![□☐■☑√✓]\s*)不合格$|每[次项例起个][^，。；]{0,12}[0-9]|[0-9]\s*分(?![以及至到（(～~—-])"
)
"""What scores beside the total, or vetoes, calls itself so or says what it is worth; limits of grades (90分以上) are none."""


def leave_foot(draft: Draft) -> None:
    """Lists the last rows below the total as unplaced where (nearly) all rows above it have points and they have neither points nor a
    number, and no word of extras (加分, 扣分, 否决) stands in them or their label."""
    last = max((after for after, value, _ in draft.totals if value is not None), default=0)
    above = draft.criteria[:last]
    if not above or sum(c.max_points is None for c in above) > max(1, len(above) // MAX_LACKING):
        return
    listed = len(draft.unplaced)
    while len(draft.criteria) > last and _is_foot(draft, len(draft.criteria) - 1):
        _leave_last(draft)
    draft.unplaced[listed:] = reversed(draft.unplaced[listed:])


def _leave_last(draft: Draft) -> None:
    """Lists the last line, and the labels that stand beside it alone, as unplaced."""
    own, index = draft.criteria.pop(), len(draft.criteria)
    draft.spans.pop()
    alone = [m for m in draft.marks if m.covered == [index]]
    said = (*(m.text for m in alone), own.number, own.text, *own.columns.values())
    if own.at is not None:
        draft.unplaced.append(Unplaced(mask_personal(" ".join(dict.fromkeys(filter(None, said)))), REASON, own.at))
    draft.marks = [m for m in draft.marks if m not in alone]
    for mark in draft.marks:
        mark.covered = [i for i in mark.covered if i < index]
        mark.after = min(mark.after, index)
    draft.totals = [(min(after, index), value, at) for after, value, at in draft.totals]
    draft.subtotals = [replace(s, after=min(s.after, index - 1)) if s.after is not None else s for s in draft.subtotals]


def _is_foot(draft: Draft, index: int) -> bool:
    own = draft.criteria[index]
    labels = [m.text for m in draft.marks if index in m.covered or (m.own_row and 0 < m.after <= index)]
    return _is_bare(own) and not any(EXTRA.search(fold(text)) for text in (*labels, own.number or "", own.text, *own.columns.values()))


def _is_bare(own: Criterion) -> bool:
    """Whether a line has no points in any form, and no serial."""
    serial = own.number is not None and patterns.SERIAL.match(fold(own.number)) is not None
    return own.max_points is None and not own.choice and own.kind == "scored" and not serial
