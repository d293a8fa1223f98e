"""Section labels of a table set by spaces: which lines are one label, and in which row it begins."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from pipeline import patterns
from pipeline.normalize import clean, points
from pipeline.points import split_label
from pipeline.readers.texts.spacedlines import Entry, sums_up
from pipeline.readers.texts.textlines import Row

MAX_LABEL_LINES = 8
"""Lines of one label: a character each, and its points."""

MISS = 1.5
"""A label stands this near, in lines, to the middle of its rows."""

FAR = 3
"""Lines between two lines of one label that is centred on several rows."""


def place_labels(entries: Sequence[Entry], placed: list[tuple[list[Entry], Row]]) -> None:
    """Put each label into the row that it begins."""
    if not placed:
        return
    for col in entries[0].columns.labels():
        blocks = _blocks([e for e in entries if col in e.own and not e.alone()], entries, col)
        homes = _homes(blocks, col, placed)
        for block, home in zip(blocks, homes, strict=True):
            placed[home][1].extend((col, e.own[col]) for e in block)


def _blocks(labelled: Sequence[Entry], entries: Sequence[Entry], col: int) -> list[list[Entry]]:
    """Lines of one label: up to its points, where labels end with them; else a line that fills the column goes on below it,
    but not on a line that begins another row."""
    order = {e.line.number: i for i, e in enumerate(entries)}
    said = [clean(e.own[col].text) for e in labelled]
    closing = bool(said) and any(_closes("".join(said[-n:])) for n in range(1, MAX_LABEL_LINES + 1))
    widest = max((e.columns.measure(t) for e, t in zip(labelled, said, strict=True)), default=0)
    blocks: list[list[Entry]] = []
    for i, entry in enumerate(labelled):
        above = blocks[-1] if blocks and len(blocks[-1]) < MAX_LABEL_LINES else []
        step = order[entry.line.number] - order[above[-1].line.number] if above else 0
        near = bool(above) and step <= (FAR if closing else 1) and (closing or entry.page == above[-1].page)
        whole = bool(above) and _closes("".join(said[i - len(above) : i]))
        torn = closing or (bool(above) and entry.columns.measure(said[i - 1]) >= widest - 1 and not (entry.anchored() and above[-1].anchored()))
        begins = bool(above) and (patterns.SECTION_MARKER.match(said[i]) is not None or said[i] == said[i - 1])
        if near and torn and not whole and not begins:
            above.append(entry)
        else:
            blocks.append([entry])
    return blocks


def _closes(label: str) -> bool:
    """Whether a label ends with its points, and with their bracket."""
    opened = sum(label.count(c) for c in "（([【") - sum(label.count(c) for c in "）)]】")
    return split_label(label)[1] is not None and not opened


def _homes(blocks: Sequence[Sequence[Entry]], col: int, placed: Sequence[tuple[list[Entry], Row]]) -> list[int]:
    """The row each label begins: where all stand on first lines, that row; else the rows they stand in the middle of; else
    the row beside them."""
    firsts = {entries[0].line.number: k for k, (entries, _) in enumerate(placed)}
    anchors = {e.line.number: k for k, (entries, _) in enumerate(placed) for e in entries if e.anchored()}
    tops = [firsts.get(b[0].line.number, anchors.get(b[0].line.number)) for b in blocks]
    first = next((k for k, (entries, _) in enumerate(placed) if not sums_up(entries[0].line)), 0)
    if all(t is not None for t in tops) and tops and tops[0] == first:
        return [t for t in tops if t is not None]
    return _centred(blocks, col, placed) or [_beside(b, placed) for b in blocks]


class _Way(Struct, frozen=True):
    """The first rows of the labels so far, and what they miss in all."""

    cost: float
    starts: tuple[int, ...]


def _centred(blocks: Sequence[Sequence[Entry]], col: int, placed: Sequence[tuple[list[Entry], Row]]) -> list[int] | None:
    """The first row of each label when labels stand in the middle of their rows (those of their page); where two ways are
    as near, the one in which the points of the rows make those of the label."""
    rows = [(k, entries) for k, (entries, _) in enumerate(placed) if not entries[0].alone()]
    if not rows or len(blocks) > len(rows):
        return None
    ways = {0: _Way(0.0, ())}
    for n, block in enumerate(blocks):
        middle, page = (block[0].y + block[-1].y) / 2, block[0].page
        label = "".join(e.own[col].text for e in block)
        declared = split_label(label)[1] or points(label)
        after: dict[int, _Way] = {}
        for start, way in ways.items():
            ends = range(start + 1, len(rows) + 1) if n + 1 < len(blocks) else range(len(rows), len(rows) + 1)
            for end in ends:
                own = [e for _, entries in rows[start:end] for e in entries if e.page == page]
                if end <= start or not own:
                    continue
                miss = abs(middle - (own[0].y + own[-1].y) / 2) / 10
                if miss > MISS:
                    continue
                total = sum((v for _, entries in rows[start:end] for e in entries if (v := e.score()) is not None), Decimal(0))
                cost = way.cost + miss + (declared is not None and total != declared)
                if end not in after or cost < after[end].cost:
                    after[end] = _Way(cost, (*way.starts, start))
        ways = after
    best = ways.get(len(rows))
    return [rows[s][0] for s in best.starts] if best is not None else None


def _beside(block: Sequence[Entry], placed: Sequence[tuple[list[Entry], Row]]) -> int:
    middle = (block[0].line.number + block[-1].line.number) / 2
    rows = [k for k, (entries, _) in enumerate(placed) if not entries[0].alone()] or [0]
    return min(rows, key=lambda k: min(abs(e.line.number - middle) for e in placed[k][0]))

