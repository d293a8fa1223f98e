"""Positioned characters and ruling lines of one page to table parts and text lines: one builder for PDF, OFD and scans.

Coordinates are points, origin top left. Rules → snapped lines → connected nets → walls → cells; characters go to cells
by their centre; what lies in no net is a text line.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf
from operator import attrgetter
from typing import Literal

from msgspec.structs import replace

from pipeline.model import Block, Cell, Paragraph, Table
from pipeline.normalize import clean
from pipeline.pagenumbers import ends_page
from pipeline.patterns import names_total
from pipeline.points import split_label
from pipeline.provenance import BBox, Provenance
from pipeline.readers.grids.facing import pages_of
from pipeline.readers.grids.filledcells import implied_by_fills
from pipeline.readers.grids.gutters import HANGING, HUNG, Interval, Known, runs_over
from pipeline.readers.grids.joints import implied_by_joints
from pipeline.readers.grids.nets import find_nets, holds_table, is_frame, merge_rules
from pipeline.readers.grids.opentables import find_open, with_rows
from pipeline.readers.grids.walls import (
    with_closed_header,
    with_gutters,
    with_labels,
    with_parted,
    with_unstruck,
)
from pipeline.readers.grids.wrapped import is_wrapped, with_whole_numbers
from pipeline.readers.pages.downwards import columns_of
from pipeline.readers.pages.marks import (
    SNAP,
    Glyph,
    Net,
    PageMarks,
    is_covered,
    joined_text,
    line_text,
    line_texts,
    overprinted,
    text_lines,
)

OVERFLOW = 40.0
"""Lines of a cell that is open at the bottom are looked for so far below: two or three."""

PITCH = 1.8
"""Lines of one text follow each other within so many of their heights."""

FOOT = 0.1
"""The part of a page's height, at its foot, where its number stands."""


def build(marks: PageMarks, known: Known | None = None) -> tuple[Block, ...]:
    """The blocks of a page in reading order. `known`: what the pages before it said of columns without rules."""
    known = known or Known()
    facing = pages_of(marks, known.facing)
    if facing is not None:
        known.facing = True
        left, doubts, overprinted_left = build(facing[0], known), known.doubts, known.overprinted
        right = build(facing[1], known)
        known.doubts = [*doubts, *known.doubts]
        known.overprinted += overprinted_left
        return *left, *right
    glyphs = without_doubles(marks.glyphs)
    if marks.shades:
        level, upright = implied_by_fills(marks.shades, marks.horizontal, marks.vertical, glyphs)
        marks = replace(marks, horizontal=(*marks.horizontal, *level), vertical=(*marks.vertical, *upright))
    if 4 * len(marks.vertical) < len(marks.horizontal):
        marks = replace(marks, vertical=(*marks.vertical, *implied_by_joints(marks.horizontal, marks.vertical, glyphs, known)))
    nets = find_nets(marks.horizontal, marks.vertical, glyphs, known)
    nets = [n for n in nets if holds_table(n, glyphs) and not is_frame(n, marks.height)]
    number = _page_number(glyphs, marks)
    apart = frozenset(number)
    inside, outside = _share_out(nets, [g for g in glyphs if g not in apart] if apart else glyphs)
    for net, own in zip(nets, inside, strict=True):
        outside = _with_overflow(net, own, outside)
    outside += number
    nets = [with_parted(with_gutters(net, own, known, marks.horizontal), own) for net, own in zip(nets, inside, strict=True)]
    rowed = [with_rows(net, own, marks.shades) for net, own in zip(nets, inside, strict=True)]
    nets = [with_closed_header(with_labels(with_unstruck(net, own), own), own) for (net, _), own in zip(rowed, inside, strict=True)]
    lone = [h for h in merge_rules(marks.horizontal) if not any(n.ys[0] - SNAP <= h.at <= n.ys[-1] + SNAP for n in nets)]
    lines = text_lines(outside)
    found = find_open(lines, lone, marks, known)
    known.overprinted = 0
    open_nets = [table.net for table in found]
    known.doubts = [table.net.box for table in found if not table.sure] + [net.box for net, sure in rowed if not sure]
    if open_nets:
        shares, outside = _share_out(open_nets, outside)
        lines = text_lines(outside)
        nets, inside = [*nets, *(with_labels(n, own) for n, own in zip(open_nets, shares, strict=True))], [*inside, *shares]
    blocks: list[tuple[float, float, Block]] = []
    for net, own in zip(nets, inside, strict=True):
        table = _table(net, own, marks, known)
        blocks.append((net.ys[0], net.xs[0], table))
    known.overprinted += overprinted(lines)
    for line in lines:
        paragraph = _paragraph(line, marks)
        blocks.append((paragraph.at.bbox[1] if paragraph.at.bbox else 0.0, line[0].x0, paragraph))
    blocks.sort(key=lambda b: (b[0], b[1]))
    return tuple(b for _, _, b in blocks)


def _page_number(glyphs: Sequence[Glyph], marks: PageMarks) -> list[Glyph]:
    """The characters of a page number at the foot of the page: uprights that run on over the page may reach it; figures alone
    stand below all of them."""
    edge = (1 - FOOT) * marks.height
    lines = text_lines([g for g in glyphs if g.y > edge])
    text = clean(line_text(lines[-1])) if lines else ""
    alone = text.isdecimal() and bool(marks.vertical) and lines[-1][0].top > max(v.end for v in marks.vertical)
    return lines[-1] if alone or ends_page(text) else []


# ---- characters --------------------------------------------------------------------------------------------------


def without_doubles(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Drop a character that is struck again (nearly) on itself to look bold."""
    kept: list[Glyph] = []
    above: dict[str, list[Glyph]] = {}
    for glyph in glyphs:
        height = glyph.bottom - glyph.top
        near = 0.25 * height if height > 1.0 else 0.25
        same = above.get(glyph.text)
        if same is None:
            above[glyph.text] = [glyph]
        elif same[-1].y <= glyph.y - near:  # the lowest so far stands above: most characters of a page
            same.append(glyph)
        elif not _is_struck(same, glyph, near):
            insort(same, glyph, key=_Y)
        else:
            continue
        kept.append(glyph)
    return kept


_Y = attrgetter("y")


def _is_struck(same: Sequence[Glyph], glyph: Glyph, near: float) -> bool:
    """Whether one of the same characters, from the top down, stands (nearly) where this one does, closer across than it is wide: l
    after l is no double."""
    x, y, beside = glyph.x, glyph.y, min(near, glyph.x1 - glyph.x0)
    for i in range(bisect_right(same, y - near, key=_Y), len(same)):
        other = same[i]
        if other.y >= y + near:
            break
        if -beside < other.x - x < beside:
            return True
    return False


def _share_out(nets: Sequence[Net], glyphs: Sequence[Glyph]) -> tuple[list[list[Glyph]], list[Glyph]]:
    """Characters by net, the smallest that holds each, and those that stand in none."""
    inside: list[list[Glyph]] = [[] for _ in nets]
    outside: list[Glyph] = []
    boxes = sorted(((*net.box, own) for net, own in zip(nets, inside, strict=True)), key=lambda b: (b[2] - b[0]) * (b[3] - b[1]))
    for glyph in glyphs:
        for x0, y0, x1, y1, own in boxes:
            if x0 <= glyph.x <= x1 and y0 <= glyph.y <= y1:
                own.append(glyph)
                break
        else:
            outside.append(glyph)
    return inside, outside


def _with_overflow(net: Net, own: list[Glyph], outside: list[Glyph]) -> list[Glyph]:
    """Give the net the lines right below it that stand in a column whose last cell is open at the bottom, beside others
    that are closed: a page break ends the rows there, and the label's text runs on; so does a label that lacked its
    points, below a closed border too. Returns what is left outside."""
    x0, _, x1, y1 = net.box
    below = [g for g in outside if y1 < g.y < y1 + OVERFLOW and x0 < g.x < x1]
    if not below:
        return outside
    columns = list(pairwise(net.xs))
    ends = [h for h in net.horizontal if abs(h.at - y1) <= SNAP]
    is_open = [not is_covered(ends, a, b) for a, b in columns]
    taken: set[Glyph] = set()
    for line in text_lines(below):
        home = next((k for k, (a, b) in enumerate(columns) if a - 1 < line[0].x0 and line[-1].x1 < b + 1), None)
        if home is None or not ((is_open[home] and not all(is_open)) or _ends_label(net, own, columns[home], line)):
            break
        taken.update(line)
    own += [g for g in outside if g in taken]
    return [g for g in outside if g not in taken] if taken else outside


def _ends_label(net: Net, own: Sequence[Glyph], column: Interval, line: Sequence[Glyph]) -> bool:
    """Whether a line that follows the text of a column's last row at the pitch of its lines gives that label its points."""
    above = [g for g in own if net.ys[-2] < g.y and column[0] < g.x < column[1]]
    lines = text_lines(above)
    if not lines or line[0].y - lines[-1][0].y > PITCH * (line[0].bottom - line[0].top) or names_total(clean(line_text(line))):
        return False
    label = joined_text([line_text(one) for one in lines])
    name, had = split_label(clean(label))
    whole, has = split_label(clean(joined_text([label, line_text(line)])))
    return had is None and has is not None and clean(name) == clean(whole)


# ---- cells -------------------------------------------------------------------------------------------------------


def _table(net: Net, glyphs: Sequence[Glyph], marks: PageMarks, known: Known) -> Table:
    spans = net.spans
    texts: list[list[Glyph]] = [[] for _ in spans]
    xs, ys = net.xs, net.ys
    last_row, last_col = len(ys) - 1, len(xs) - 1
    homes = [[texts[0]] * last_col for _ in range(last_row)]
    for own, (row, col, height, width) in zip(texts, spans, strict=True):
        for home in homes[row : row + height]:
            home[col : col + width] = [own] * width
    held = last = texts[0]
    left = right = top = bottom = inf
    for glyph in glyphs:
        hung = glyph.text in HANGING
        x, y = glyph.x if not hung else glyph.x0 + HUNG / 2 * (glyph.x1 - glyph.x0), glyph.y
        if not (left <= x < right and top <= y < bottom):  # most stand in the square of the one before
            row, col = bisect_right(ys, y, 1, last_row) - 1, bisect_right(xs, x, 1, last_col) - 1
            held, left, right, top, bottom = homes[row][col], xs[col], xs[col + 1], ys[row], ys[row + 1]
        own = held
        if own is not last and last and runs_over(glyph, last[-1], left):
            own = last
        own.append(glyph)
        last = own
    cells = [_cell(net, span, own, marks, known) for span, own in zip(spans, texts, strict=True)]
    return Table(
        cells=tuple(with_whole_numbers(cells)),
        rows=len(net.ys) - 1,
        cols=len(net.xs) - 1,
        at=Provenance("", page=marks.number, bbox=net.box),
        page=marks.number,
    )


def _cell(net: Net, span: tuple[int, int, int, int], glyphs: Sequence[Glyph], marks: PageMarks, known: Known) -> Cell:
    row, col, height, width = span
    box = (net.xs[col], net.ys[row], net.xs[col + width], net.ys[row + height])
    rows = text_lines(glyphs)
    known.overprinted += overprinted(rows)
    lines = [line_texts(line) for line in (columns_of(glyphs, rows) if len(rows) > 2 and marks.ordered else None) or rows]
    scored = [(g.confidence, g.text) for g in glyphs if g.confidence is not None]
    return Cell(
        row=row,
        col=col,
        text="".join(words) if (words := [text for text, _ in lines]) and is_wrapped(rows, box) else joined_text(words),
        at=Provenance("\n".join([quote for _, quote in lines]), page=marks.number, bbox=box),
        row_span=height,
        col_span=width,
        confidence=min((sure for sure, _ in scored), default=None),
        digits=min((sure for sure, text in scored if text.isdigit()), default=None),
    )


# ---- lines outside tables ----------------------------------------------------------------------------------------


def _paragraph(line: Sequence[Glyph], marks: PageMarks) -> Paragraph:
    box = (line[0].x0, min([g.top for g in line]), max([g.x1 for g in line]), max([g.bottom for g in line]))
    scores = [g.confidence for g in line if g.confidence is not None]
    text, quote = line_texts(line)
    return Paragraph(
        text=text,
        at=Provenance(quote, page=marks.number, bbox=box),
        page=marks.number,
        align=_align((box[0] - marks.left, box[1], box[2] - marks.left, box[3]), marks.width - marks.left),
        size=round(sorted([g.bottom - g.top for g in line])[len(line) // 2], 1),
        confidence=min(scores) if scores else None,
    )


def _align(box: BBox, width: float) -> Literal["left", "center", "right"]:
    """center, right or left by the free space on both sides of the page."""
    left, right = box[0], width - box[2]
    if abs(left - right) < 0.06 * width and left > 0.16 * width:
        return "center"
    if left > 0.45 * width and right < 0.25 * width:
        return "right"
    return "left"
