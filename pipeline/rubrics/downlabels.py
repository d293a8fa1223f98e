"""Labels set one character a line (秩/序/维/护), of which a page break may leave half on each page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline import rx as regex
from pipeline.normalize import fold
from pipeline.provenance import Provenance

DOWN = regex.compile(r"\s*\p{Han}(?:\s*\n\s*\p{Han})*\s*")
"""A text of one character a line."""

MIN_OTHERS = 2
"""Fewer other labels do not say how long a label of the sheet is."""


class Label(Protocol):
    """What is asked of a label here: its words and where they stand."""

    @property
    def text(self) -> str: ...
    @property
    def at(self) -> Provenance: ...


def _stand_alike(upper: Label, lower: Label) -> bool:
    """Whether both labels are set one character a line, on pages."""
    return all(m.at.bbox is not None and DOWN.fullmatch(m.at.quote) for m in (upper, lower))


def may_be_one(upper: Label, lower: Label, others: Sequence[Label]) -> bool:
    """Whether two such labels may be the halves of one: both are shorter than all others of the sheet, or one of them is a single
    character and no other is. Nothing says that they are: 师德 and 出勤 stand beside names of four characters too."""
    lengths = [len(fold(m.text)) for m in others if m.text]
    halves = [len(fold(m.text)) for m in (upper, lower)]
    if not lengths or not _stand_alike(upper, lower):
        return False
    return (1 in halves and min(lengths) > 1) or (len(lengths) >= MIN_OTHERS and max(halves) < min(lengths))
