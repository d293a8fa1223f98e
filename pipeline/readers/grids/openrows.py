"""Rows of a table without rules between them: they begin where numbers (or points) do, labels go on over several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean, fold, points
from pipeline.points import split_label
from pipeline.readers.grids import rowbands
from pipeline.readers.grids.regions import Line, Region
from pipeline.readers.pages.marks import Glyph, line_text, text_lines

NEAR = 1.35
"""Lines of one label are not farther apart than this, in line pitches of the text."""

WORDY = 0.5
"""A column with this part of the longest one's characters holds texts, no labels."""

ENDS = regex.compile(r"[。；;.！!？?]\s*$")


def edge_of(above: Line, below: Line) -> float:
    """The height midway between two lines of text, in points from the top of the page."""
    return (max(g.bottom for g in above) + min(g.top for g in below)) / 2


class Columns(Struct, frozen=True):
    """The columns that tell rows apart: `anchor` and `text` are indices, `cuts` the places (x, in points) that part columns."""

    anchor: int | None
    text: int
    cuts: tuple[float, ...]

    def of(self, glyph: Glyph) -> int:
        """The index of the column that a character's centre lies in."""
        return sum(glyph.x > c for c in self.cuts)


def columns_in(region: Region) -> Columns:
    """The text column holds most characters; anchors are serials that count up, else points."""
    by_col: dict[int, list[Glyph]] = {}
    for line in region.body:
        for glyph in line if not region.is_whole(line) else ():
            by_col.setdefault(sum(glyph.x > c for c in region.cuts), []).append(glyph)
    text = max(by_col, key=lambda c: len(by_col[c]), default=0)
    words = {c: [clean(line_text(line)) for line in text_lines(own)] for c, own in sorted(by_col.items()) if c != text}
    serial = [c for c, said in words.items() if _counts_up(said)]
    scored = [c for c, said in words.items() if c > text and said and all(points(t) is not None for t in said)]
    serial.sort(key=lambda c: -len(words[c]))  # a section's points, alone in their column, count up too
    return Columns(next(iter((*serial, *scored)), None), text, region.cuts)


def _counts_up(words: Sequence[str]) -> bool:
    """Whether the lines are nothing but serials (1, 2 or 1.1, 1.2), each above the last."""
    numbers = [serial_of(w) for w in words]
    return bool(numbers) and all(n is not None for n in numbers) and all(b > a for a, b in pairwise(numbers))  # type: ignore[operator]


def serial_of(text: str) -> tuple[int, ...] | None:
    """1.12 as (1, 12); None for what is no serial of decimal numbers."""
    match = patterns.SERIAL.match(fold(text))
    levels = regex.split(r"[.\-]", match["n"]) if match else [""]
    return tuple(map(int, levels)) if all(level.isdecimal() for level in levels) else None


def rows_in(band: Line, columns: Columns, leading: bool, trailing: bool) -> tuple[list[float], bool, bool | None] | None:
    """Where rows begin below the band's first, whether that is certain, and whether numbers stand in the middle of their
    rows (None: not known); None when the band's rows cannot be told."""
    own: dict[int, list[Glyph]] = {}
    for glyph in band:
        own.setdefault(columns.of(glyph), []).append(glyph)
    if columns.anchor is None:
        return ([], True, None) if len(text_lines(own.get(columns.text, []))) <= 1 else None
    anchors = [_middle(line) for line in text_lines(own.get(columns.anchor, []))]
    if not anchors:
        return [], True, None
    text = text_lines(own.get(columns.text, []))
    every = text_lines(
        g for c, glyphs in own.items() if c >= columns.text and c != columns.anchor for g in glyphs if c == columns.text or not _scored(glyphs)
    )
    if len(anchors) == 1 and not leading:
        return [], True, None
    ends = [bool(ENDS.search(line_text(line))) for line in text]
    shares = rowbands.share_out([_middle(line) for line in text], anchors, anchors, ends, leading, trailing)
    if shares is not None:
        return [_widest_gap(text[s - 1], text[s], every) for s in shares.starts if s], shares.sure, shares.middle
    ends = [bool(ENDS.search(line_text([g for g in line if columns.of(g) == columns.text]))) for line in every]
    shares = rowbands.share_out([_middle(line) for line in every], anchors, anchors, ends, leading, trailing)
    return ([edge_of(every[s - 1], every[s]) for s in shares.starts if s], shares.sure, shares.middle) if shares is not None else None


def _widest_gap(above: Line, below: Line, lines: Sequence[Line]) -> float:
    """Where a row ends between two lines of the text: in the widest blank that the other columns leave there."""
    between = [line for line in lines if _middle(above) < _middle(line) < _middle(below)]
    steps = list(pairwise([above, *between, below]))
    widest = max(steps, key=lambda step: min(g.top for g in step[1]) - max(g.bottom for g in step[0]))
    return edge_of(*widest)


def _scored(glyphs: Sequence[Glyph]) -> bool:
    return all(points(line_text(line)) is not None for line in text_lines(glyphs))


def _middle(line: Line) -> float:
    return sum(g.y for g in line) / len(line)


def label_spans(
    region: Region, columns: Columns, starts: Sequence[float], leading: bool, middle: bool | None
) -> dict[int, list[float]]:
    """For each label column the row starts at which no label begins: its cells go on there. `middle`: how numbers stand."""
    body = [g for line in region.body if not region.is_whole(line) for g in line]
    lines = [_middle(line) for line in text_lines(g for g in body if columns.of(g) == columns.text)]
    begins = [min((y for y in lines if y > s), default=s) for s in starts]
    ends = [any(y < s <= z for s in starts) for y, z in pairwise(lines)] + [True]
    first_lines = {0, *(i for i, y in enumerate(lines) if y in set(begins))}
    out: dict[int, list[float]] = {}
    held = Counter(columns.of(g) for g in body)
    for col in (c for c in range(columns.text) if c != columns.anchor and held[c] < WORDY * held[columns.text]):
        printed = text_lines(g for g in body if columns.of(g) == col)
        blocks = _each_row(printed, [lines[0], *begins]) or blocks_of(printed, rowbands.pitch_of(lines))
        if not blocks and leading:
            out[col] = list(starts)
            continue
        tops, middles = [_middle(b[0]) for b in blocks], [(_middle(b[0]) + _middle(b[-1])) / 2 for b in blocks]
        shares = rowbands.share_out(lines, tops, middles, ends, leading, region.open_end, first_lines, middle)
        if shares is not None and (opened := {lines[s] for s in shares.starts}) <= {lines[0], *begins}:
            out[col] = [s for s, y in zip(starts, begins, strict=True) if y not in opened]
        else:
            out[col] = [s for s in starts if any(_middle(b[0]) < s < _middle(b[-1]) for b in blocks)]
    return out


def _each_row(lines: Sequence[Line], firsts: Sequence[float]) -> list[list[Line]] | None:
    """Each line a label of its own when every row has one at its first line."""
    if len(lines) != len(firsts):
        return None
    level = all(abs(_middle(line) - y) < 0.3 * (line[0].bottom - line[0].top) for line, y in zip(lines, firsts, strict=True))
    named = all(split_label(clean(line_text(line)))[0] for line in lines)
    return [[line] for line in lines] if level and named else None


def blocks_of(lines: Sequence[Line], pitch: float) -> list[list[Line]]:
    """Lines that stand close together: one label, which ends with its points where it has them."""
    blocks: list[list[Line]] = []
    for line in lines:
        alone = bool(split_label(clean(line_text(line)))[0])
        gap = line[0].y - blocks[-1][-1][0].y if blocks else 0.0
        near = bool(blocks) and gap < (NEAR if alone else 2 * NEAR) * pitch and line_text(line) != line_text(blocks[-1][-1])
        whole = bool(blocks) and split_label(clean("".join(line_text(own) for own in blocks[-1])))[1] is not None
        if near and not whole:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks
