"""Notices in traditional characters: the words of the field are matched in simplified ones, what is printed stays printed.

Each character stands for one, so that every place stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from pipeline.model import GradeBand
from pipeline.normalize import TRADITIONAL
from pipeline.notices.lines import Passage
from pipeline.notices.vetoes import Vetoes

Parts = Sequence[Sequence[Passage]]


def simplified(parts: Parts) -> Parts:
    """The passages with the field's traditional characters simplified; the very same ones where there are none."""
    out = [[_plain(p) for p in part] for part in parts]
    same = all(a is b for old, new in zip(parts, out, strict=True) for a, b in zip(old, new, strict=True))
    return parts if same else out


def _plain(passage: Passage) -> Passage:
    text = passage.text.translate(TRADITIONAL)
    return passage if text == passage.text else replace(passage, text=text)


def printed(value: str, parts: Parts) -> str:
    """The words as the notice prints them."""
    for text in (p.text for part in parts for p in part):
        at = text.translate(TRADITIONAL).find(value)
        if at >= 0:
            return text[at : at + len(value)]
    return value


def vetoes_as_printed(found: Vetoes, parts: Parts) -> Vetoes:
    """The vetoes with their words as printed."""
    items = tuple(replace(v, text=printed(v.text, parts)) for v in found.items)
    return replace(found, items=items, outcome=found.outcome and printed(found.outcome, parts))


def bands_as_printed(found: Iterable[GradeBand], parts: Parts) -> tuple[GradeBand, ...]:
    """The grades with their names as printed."""
    return tuple(replace(b, label=printed(b.label, parts)) for b in found)
