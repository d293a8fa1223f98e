"""Where a net's cells part: walls of printed rules, and upright rules put into gutters between words of the header."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from pipeline import patterns
from pipeline.normalize import clean, fold, points
from pipeline.points import split_label
from pipeline.readers.gutters import Interval, Known, header_cuts, ink, piece_text
from pipeline.readers.marks import SNAP, Glyph, Net, Rule, Span, joined_text, line_text, text_lines
from pipeline.readers.openrows import blocks_of

PITCH = 1.35
"""Lines of one label follow each other within about so many of their heights."""

MAX_LABEL = 30
"""Characters of a section's name."""

OFF = 0.6
"""A label stands off its place in its rows by less than this part of a line's height."""


def spans_of(net: Net) -> list[Span]:
    """Cells as (row, col, row_span, col_span): unit positions joined where no wall stands, kept rectangular."""
    return net.spans


def with_gutters(net: Net, glyphs: Sequence[Glyph], known: Known) -> Net:
    """The net with an upright rule in each gutter between header words that share one cell."""
    top = [g for g in glyphs if g.y < net.ys[1]]
    before = known.inside(net.xs[0], net.xs[-1])
    new: list[float] = []
    upright = list(net.vertical)
    spans = None
    for left, right in pairwise(net.xs):
        header = [g for g in top if left < g.x < right]
        cuts = [c for c in before if left + SNAP < c < right - SNAP] or (header_cuts(header, [], sure=True) if header else ())
        if not cuts:
            continue
        spans = spans or spans_of(net)
        boxes = sorted((net.ys[r], net.ys[r + h]) for r, c, h, w in spans if w == 1 and net.xs[c] == left)
        if not boxes:
            continue
        tops = [y0 for y0, _ in boxes]
        body = ink(g for g in glyphs if left < g.x < right and tops[0] < g.y < boxes[bisect_right(tops, g.y) - 1][1])
        cuts = header_cuts(header, body, sure=True) or tuple(c for c in cuts if not _crossed(body, c) and c in before)
        new += cuts
        upright += [Rule(c, y0, y1) for c in cuts for y0, y1 in boxes]
    if not new:
        return net
    known.note(net.xs[0], net.xs[-1], tuple(sorted(new)))
    return Net(tuple(sorted((*net.xs, *new))), net.ys, net.horizontal, tuple(upright))


def with_parted(net: Net, glyphs: Sequence[Glyph]) -> Net:
    """The net with upright rules where a row lacks them (every second row of many table styles, a header on a coloured
    ground): its cell holds words or figures of several columns, each of which other rows close off, and no character
    stands on the rules put in."""
    spans = spans_of(net)
    wide = [span for span in spans if span[3] > 1]
    if not wide:
        return net
    said = [(span, own := _inside(net, span, glyphs), _pieces(net, span, own)) for span in wide]
    several = [(span, own, words) for span, own, words in said if len([w for w in words if w]) > 1]
    if not several:
        return net
    upright = list(net.vertical)
    figures = _figures(net, spans, glyphs)
    for span, own, words in several:
        if span[0]:
            continue
        if all(not w or patterns.header_role(w) is not None for w in words):
            upright += _walls(net, span, own, [True] * (span[3] - 1))
            for k, word in enumerate(words):
                figures[span[1] + k] |= patterns.header_role(word) in ("number", "points")
    for span, own, words in several:
        row, col, _, width = span
        if row == 0 or not any(figures[col : col + width]):
            continue
        scored = [bool(w) and figures[col + k] and _is_figure(w) for k, w in enumerate(words)]
        if any(scored):
            upright += _walls(net, span, own, [(bool(a) and bool(b)) or c or d for (a, b), (c, d) in zip(pairwise(words), pairwise(scored), strict=True)])
    return Net(net.xs, net.ys, net.horizontal, tuple(upright)) if len(upright) > len(net.vertical) else net


def with_labels(net: Net, glyphs: Sequence[Glyph]) -> Net:
    """The net with a rule between labels that share one cell over several rows: each stands in the middle, or at the top,
    of rows of its own (table styles rule every second row only)."""
    new: list[Rule] = []
    for span in spans_of(net):
        row, col, height, width = span
        if height < 2 or width > 1 or not (own := _inside(net, span, glyphs)):
            continue
        lines = text_lines(own)
        blocks = blocks_of(lines, PITCH * (lines[0][0].bottom - lines[0][0].top)) if len(lines) > 1 else []
        if len(blocks) < 2 or not _are_labels(blocks):
            continue
        edges = net.ys[row : row + height + 1]
        new += [Rule(y, net.xs[col], net.xs[col + 1]) for y in _shared(blocks, edges)]
    return Net(net.xs, net.ys, (*net.horizontal, *new), net.vertical) if new else net


def _are_labels(blocks: Sequence[Sequence[Sequence[Glyph]]]) -> bool:
    """Whether each block names a section with its points, or each a section without."""
    labels = [split_label(clean(joined_text([line_text(line) for line in block]))) for block in blocks]
    named = all(len(name) > 1 and len(name) <= MAX_LABEL for name, _ in labels)
    return named and len({declared is None for _, declared in labels}) == 1


def _shared(blocks: Sequence[Sequence[Sequence[Glyph]]], edges: Sequence[float]) -> list[float]:
    """The row edges between the labels; where they fit in no other way, also above a last row that has none (a total).
    None when they fit neither in the middle nor at the top of any rows."""
    for ends in (edges, edges[:-1]):
        found = [way for at_top in (False, True) if len(ends) > len(blocks) and (way := _fitted(blocks, ends, at_top)) is not None]
        if found:
            cuts = min(found)[1]
            return [*cuts, ends[-1]] if len(ends) < len(edges) else cuts
    return []


def _fitted(blocks: Sequence[Sequence[Sequence[Glyph]]], edges: Sequence[float], at_top: bool) -> tuple[float, list[float]] | None:
    """How far the labels are off at least, in all, and the edges between them; None when one is off too far."""
    tops = [min(g.top for g in block[0]) for block in blocks]
    ends = [max(g.bottom for g in block[-1]) for block in blocks]
    far = OFF * min(g.bottom - g.top for block in blocks for g in block[0])
    ways: dict[int, tuple[float, list[float]]] = {0: (0.0, [])}
    for i, (top, end) in enumerate(zip(tops, ends, strict=True)):
        after: dict[int, tuple[float, list[float]]] = {}
        for start, (cost, cuts) in ways.items():
            for stop in range(start + 1, len(edges)):
                a, b = edges[start], edges[stop]
                miss = abs(top - a - (tops[0] - edges[0])) if at_top else abs((top + end) / 2 - (a + b) / 2)
                if miss < far and (stop not in after or cost + miss < after[stop][0]):
                    after[stop] = cost + miss, [*cuts, b] if i < len(blocks) - 1 else cuts
        ways = after
    return ways.get(len(edges) - 1)


def _inside(net: Net, span: Span, glyphs: Sequence[Glyph]) -> list[Glyph]:
    row, col, height, width = span
    x0, y0, x1, y1 = net.xs[col], net.ys[row], net.xs[col + width], net.ys[row + height]
    return [g for g in glyphs if x0 < g.x < x1 and y0 < g.y < y1]


def _pieces(net: Net, span: Span, own: Sequence[Glyph]) -> list[str]:
    """What stands in each column that a cell takes up."""
    return [piece_text(own, a, b) for a, b in pairwise(net.xs[span[1] : span[1] + span[3] + 1])]


def _walls(net: Net, span: Span, own: Sequence[Glyph], wanted: Sequence[bool]) -> list[Rule]:
    """Upright rules inside a cell, between the columns where they are wanted; none when a character stands on one."""
    row, col, height, _ = span
    at = [net.xs[col + 1 + k] for k, want in enumerate(wanted) if want]
    covered = ink(own)
    return [] if any(_crossed(covered, x) for x in at) else [Rule(x, net.ys[row], net.ys[row + height]) for x in at]


def _figures(net: Net, spans: Sequence[Span], glyphs: Sequence[Glyph]) -> list[bool]:
    """Which columns hold figures only, as far as their own cells say: two and more below the first row."""
    said: list[list[str]] = [[] for _ in net.xs[1:]]
    for span in spans:
        if span[0] and span[3] == 1 and (own := _inside(net, span, glyphs)):
            said[span[1]].append(piece_text(own, net.xs[span[1]], net.xs[span[1] + 1]))
    named = [patterns.header_role(piece_text(_inside(net, span, glyphs), net.xs[span[1]], net.xs[span[1] + 1])) if span[3] == 1 else None for span in _heads(net, spans)]
    return [(sum(map(bool, words)) > 1 or role in ("number", "points")) and all(not w or _is_figure(w) for w in words) for words, role in zip(said, named, strict=True)]


def _heads(net: Net, spans: Sequence[Span]) -> list[Span]:
    """The cell of the first row over each column."""
    return [next(s for s in spans if s[0] == 0 and s[1] <= col < s[1] + s[3]) for col in range(len(net.xs) - 1)]


def _is_figure(text: str) -> bool:
    """Whether a text is points or a serial number, or several of them on lines of their own."""
    return all(points(one) is not None or patterns.SERIAL.fullmatch(fold(one)) is not None for one in (text.split() if points(text) is None else [text]))


def _crossed(covered: Sequence[Interval], x: float) -> bool:
    return any(x0 < x - 0.5 and x1 > x + 0.5 for x0, x1 in covered)
