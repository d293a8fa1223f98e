"""Where a net's cells part: walls of printed rules, and upright rules put into gutters between words of the header."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline.normalize import clean, fold, points
from pipeline.points import split_label
from pipeline.provenance import BBox
from pipeline.readers.grids.gutters import (
    HANGING,
    Interval,
    Known,
    columns_named,
    header_cuts,
    ink,
    piece_text,
    runs_over,
)
from pipeline.readers.grids.openrows import blocks_of
from pipeline.readers.grids.regions import heads_section, names_section
from pipeline.readers.grids.wrapped import is_wrapped
from pipeline.readers.pages.marks import SNAP, Glyph, Net, Rule, Span, joined_text, line_text, text_lines

PITCH = 1.35
"""Lines of one label follow each other within about so many of their heights."""

MAX_LABEL = 30
"""Characters of a section's name."""

OFF = 0.6
"""A label stands off its place in its rows by less than this part of a line's height, one without points by half of it."""

MIN_ALIKE = 1
"""So many other labels of a column say where labels stand in their cells."""

CENTRED = 2.0
"""A text stands in the middle of a column, within so many points."""

HUNG_MARKS = "".join(sorted(HANGING))

LEAST = 6.0
"""No column is as narrow as this: a gutter that near to a rule is the rule, found on a page that lacks it."""

STRUCK = 0.3
MIN_STRUCK = 2
"""A rule this near to a character's middle, in parts of its height, runs through it; so many struck characters are no
accident."""


def with_gutters(net: Net, glyphs: Sequence[Glyph], known: Known, drawn: Sequence[Rule] = ()) -> Net:
    """The net with an upright rule in each gutter between header words that share one cell, and with those of the level rules
    `drawn` that end at one."""
    top = [g for g in glyphs if g.y < net.ys[1]]
    before = known.inside(net.xs[0], net.xs[-1])
    new: list[float] = []
    upright = list(net.vertical)
    for left, right in pairwise(net.xs):
        header = [g for g in top if left < g.x < right]
        cuts = [c for c in before if left + LEAST < c < right - LEAST] or (header_cuts(header, [], sure=True) if header else ())
        if not cuts:
            continue
        boxes = sorted((net.ys[r], net.ys[r + h]) for r, c, h, w in net.spans if w == 1 and net.xs[c] == left)
        boxes = [box for box in boxes if not _names_section(glyphs, (left, box[0], right, box[1]), cuts)]
        if not boxes:
            continue
        tops = [y0 for y0, _ in boxes]
        body = ink(g for g in glyphs if left < g.x < right and tops[0] < g.y < boxes[bisect_right(tops, g.y) - 1][1])
        free = tuple(c for c in cuts if c in before and not _crossed(body, c))
        cuts = free if free and _name_columns(header, (left, *free, right)) else header_cuts(header, body, sure=True) or free
        new += cuts
        upright += [Rule(c, y0, y1) for c in cuts for y0, y1 in boxes]
    if not new:
        return net
    xs = tuple(sorted((*net.xs, *new)))
    known.note(xs[0], xs[-1], xs[1:-1])  # a rule that shading told here may be untold on the next page
    beside = [(a, b) for a, b in pairwise(xs) if a in new or b in new]
    level = [replace(h, start=a, end=b) for h in drawn for a, b in beside if h.start < a + LEAST and h.end > b - LEAST and any(abs(h.at - y) <= SNAP for y in net.ys)]
    return Net(xs, net.ys, (*net.horizontal, *level), tuple(upright))


def _name_columns(header: Sequence[Glyph], edges: Sequence[float]) -> bool:
    return all(patterns.header_role(piece_text(header, a, b)) is not None for a, b in pairwise(edges))


def _names_section(glyphs: Sequence[Glyph], box: BBox, cuts: Sequence[float]) -> bool:
    """Whether a row is nothing but the name of a section, set across gutters."""
    x0, y0, x1, y1 = box
    own = [g for g in glyphs if x0 < g.x < x1 and y0 < g.y < y1]
    if not own or (not any(g.x0 < c < g.x1 for g in own for c in cuts) and own[0].x0 > cuts[0]):
        return False
    lines = text_lines(own)
    return len(lines) == 1 and (names_section(lines[0]) or heads_section(lines[0], cuts))


def with_parted(net: Net, glyphs: Sequence[Glyph]) -> Net:
    """The net with upright rules where a row lacks them (every second row of many table styles, a header on a coloured
    ground): its cell holds words or figures of several columns, each of which other rows close off, and no character
    stands on the rules put in."""
    spans = net.spans
    wide = [span for span in spans if span[3] > 1]
    if not wide:
        return net
    said = [(span, own := _inside(net, span, glyphs), _pieces(net, span, own)) for span in wide]
    several = [(span, own, words) for span, own, words in said if len([w for w in words if w]) > 1]
    alone = [(span, own, max(words)) for span, own, words in said if len([w for w in words if w]) == 1]
    lone = [(span, own) for span, own, word in alone if patterns.header_role(word) is None and _is_centred(net, span, own)]
    if not several and not lone:
        return net
    upright = list(net.vertical)
    for span, own in lone:
        upright += _walls(net, span, own, [True] * (span[3] - 1))
    figures, once = _figures(net, spans, glyphs), _figures(net, spans, glyphs, least=1)
    for span, own, words in several:
        if span[0]:
            continue
        if all(not w or patterns.header_role(w) is not None for w in words):
            upright += _walls(net, span, own, [True] * (span[3] - 1))
            for k, word in enumerate(words):
                figures[span[1] + k] |= patterns.header_role(word) in ("number", "points")
    for span, own, words in several:
        row, col, _, width = span
        alike = [bool(w) and once[col + k] and _is_figure(w) and len(w.split()) == 1 for k, w in enumerate(words)]
        scored = [bool(w) and figures[col + k] and _is_figure(w) for k, w in enumerate(words)]
        if row == 0 or not (any(figures[col : col + width]) or sum(alike) > 1):
            continue
        scored = alike if not any(scored) and sum(alike) > 1 else scored
        if any(scored):
            wanted = [(bool(a) and bool(b)) or c or d for (a, b), (c, d) in zip(pairwise(words), pairwise(scored), strict=True)]
            upright += _walls(net, span, own, wanted) or _walls(net, span, [g for g in own if g.text.isascii()], [c or d for c, d in pairwise(scored)])
    return Net(net.xs, net.ys, net.horizontal, tuple(upright)) if len(upright) > len(net.vertical) else net


def _is_centred(net: Net, span: Span, own: Sequence[Glyph]) -> bool:
    """Whether what stands in one column of a cell over several stands in that column's middle, and not in the cell's."""
    _, col, _, width = span
    left, right = net.xs[col], net.xs[col + width]
    x0, x1 = min(g.x0 for g in own), max(g.x1 for g in own)
    home = bisect_right(net.xs, (x0 + x1) / 2, col + 1, col + width) - 1
    off = abs(x0 + x1 - net.xs[home] - net.xs[home + 1]) / 2
    return off < CENTRED and abs(x0 + x1 - left - right) / 2 > 4 * CENTRED and x0 - left > 2 * CENTRED


def with_closed_header(net: Net, glyphs: Sequence[Glyph]) -> Net:
    """The net with a rule below header cells that run down through all rows: no rules were drawn in a blank column."""
    spans = net.spans
    tops = [span for span in spans if span[0] == 0]
    depth = min((h for _, _, h, _ in tops), default=1)
    if len(net.ys) < 4 or depth > 2 or sum(h == depth for _, _, h, _ in tops) < 2:
        return net
    y = net.ys[depth]
    if not columns_named([g for g in glyphs if net.ys[0] < g.y < y]):
        return net
    new = []
    for span in tops:
        _, col, height, width = span
        if height >= len(net.ys) - 2 and not any(g.y > y for g in _inside(net, span, glyphs)):
            new.append(Rule(y, net.xs[col], net.xs[col + width]))
    return Net(net.xs, net.ys, (*net.horizontal, *new), net.vertical) if new else net


def with_labels(net: Net, glyphs: Sequence[Glyph]) -> Net:
    """The net with a rule between labels that share one cell over several rows: each stands in the middle, or at the top,
    of rows of its own (table styles rule every second row only). Then between figures that share one."""
    new: list[Rule] = []
    figures: list[tuple[Span, list[list[Glyph]]]] = []
    singles: dict[int, list[tuple[Span, list[list[Glyph]]]]] = {}
    for span in net.spans:
        row, col, height, width = span
        if height < 2 or width > 1 or not (own := _inside(net, span, glyphs)):
            continue
        lines = text_lines(own)
        if len(lines) > 1 and all(_is_figure(line_text(line)) for line in lines):
            figures.append((span, lines))
            continue
        blocks = blocks_of(lines, PITCH * (lines[0][0].bottom - lines[0][0].top))
        edges = net.ys[row : row + height + 1]
        total = len(blocks) > 1 and patterns.names_total(_text(blocks[-1])) and blocks[-1][0][0].y > edges[-2]
        labels = blocks[:-1] if total else blocks
        if len(blocks) == 1:
            singles.setdefault(col, []).append((span, blocks[0]))
        if len(blocks) < 2 or not _are_labels(labels):
            continue
        cuts = _shared(labels, edges[:-1] if total else edges) if len(labels) > 1 else []
        new += [Rule(y, net.xs[col], net.xs[col + 1]) for y in (*cuts, *([edges[-2]] if total else []))]
    new += [rule for found in singles.values() if len(found) > MIN_ALIKE for rule in _below_rest(net, found)]
    if new:
        net = replace(net, horizontal=(*net.horizontal, *new))
    return _with_figures(net, figures, glyphs) if figures else net


def _below_rest(net: Net, found: Sequence[tuple[Span, list[list[Glyph]]]]) -> list[Rule]:
    """A rule above the first label of a page, where it stands below the middle of its cell, and the others in theirs: above it
    lies the rest of a cell from the page before, which has no border of its own."""
    (row, col, height, _), block = found[0]
    edges = net.ys[row : row + height + 1]
    tall = block[0][0].bottom - block[0][0].top
    off = [_middle(own) - (net.ys[r] + net.ys[r + h]) / 2 for (r, _, h, _), own in found]
    if row > 1 or off[0] < tall or any(abs(o) > OFF / 2 * tall for o in off[1:]):
        return []
    fits = [y for y in edges[1:-1] if abs(_middle(block) - (y + edges[-1]) / 2) < OFF / 2 * tall]
    return [Rule(y, net.xs[col], net.xs[col + 1]) for y in fits] if len(fits) == 1 else []


def _middle(block: Sequence[Sequence[Glyph]]) -> float:
    return (min(g.top for g in block[0]) + max(g.bottom for g in block[-1])) / 2


def _with_figures(net: Net, found: Sequence[tuple[Span, list[list[Glyph]]]], glyphs: Sequence[Glyph]) -> Net:
    """The net with a rule between figures that share one cell over several rows: each stands beside a label of its own, on
    its left, on its right, or in a row of its own."""
    new: list[Rule] = []
    for (row, col, height, _), lines in found:
        box = (net.xs[col], net.ys[row], net.xs[col + 1], net.ys[row + height])
        if is_wrapped(lines, box) or any(b[0].y - a[0].y <= PITCH * (a[0].bottom - a[0].top) for a, b in pairwise(lines)):
            continue
        inside = [span for span in net.spans if row < span[0] < row + height]
        left = [net.ys[r] for r, c, _, w in inside if c + w == col]
        right = [net.ys[r] for r, c, _, _ in inside if c == col + 1]
        right = right if len(right) + 1 < height and _counts(lines) else []  # beside texts of one row each, figures may be of one number
        rows = list(net.ys[row + 1 : row + height])
        for cuts, least in ((left, 0), (right, len(right)), (rows, max(len(rows), 2))):
            homes = {bisect_right(cuts, line[0].y) for line in lines}
            if cuts and len(homes) == len(lines) > least:
                new += [Rule(y, net.xs[col], net.xs[col + 1]) for y in cuts]
                break
    return with_parted(replace(net, horizontal=(*net.horizontal, *new)), glyphs) if new else net


def _counts(lines: Sequence[Sequence[Glyph]]) -> bool:
    """Whether the figures of each line are the next number."""
    numbers = [int(text) for line in lines if (text := line_text(line).strip()).isdecimal()]
    return len(numbers) == len(lines) and all(b == a + 1 for a, b in pairwise(numbers))


def with_unstruck(net: Net, glyphs: Sequence[Glyph]) -> Net:
    """The net without the rules that run through the words of labels, or between their characters: those were drawn across
    cells that go on, and the labels' places alone tell their rows."""
    widest = max(range(len(net.xs) - 1), key=lambda c: net.xs[c + 1] - net.xs[c])
    if not widest or len(net.ys) < 4:
        return net
    spans = net.spans
    for col in range(widest):
        rows = [row for row, c, height, width in spans if c == col and width == 1 and height == 1 and row]
        run = [row for i, row in enumerate(rows) if row == rows[0] + i]
        if len(run) < 2:
            continue
        left, right = net.xs[col], net.xs[col + 1]
        edges = net.ys[run[0] : run[-1] + 2]
        own = [g for g in glyphs if left < g.x < right and edges[0] < g.y < edges[-1]]
        if not own or not _are_crossed(own, edges):
            continue
        lines = text_lines(own)
        blocks = blocks_of(lines, PITCH * (lines[0][0].bottom - lines[0][0].top))
        cuts = _shared(blocks, edges) if len(blocks) > 1 and _are_labels(blocks) else []
        if cuts:
            gone = [y for y in edges[1:-1] if y not in cuts]
            net = replace(net, horizontal=tuple(piece for rule in net.horizontal for piece in _broken(rule, gone, left, right)))
    return net


def _are_crossed(own: Sequence[Glyph], edges: Sequence[float]) -> bool:
    """Whether the edges of rows run through a column's characters, or part what belongs together."""
    struck = 0
    rows: dict[int, list[Glyph]] = {}
    for glyph in own:
        row = bisect_right(edges, glyph.y)
        rows.setdefault(row, []).append(glyph)
        near = STRUCK * (glyph.bottom - glyph.top)
        struck += (row > 1 and glyph.y - edges[row - 1] < near) or (row < len(edges) - 1 and edges[row] - glyph.y < near)
    return struck >= MIN_STRUCK or any(map(_is_torn, rows.values()))


def _is_torn(glyphs: Sequence[Glyph]) -> bool:
    """Whether what stands in one row is part of a label: one Chinese character alone, or a bracket without its other half."""
    text = "".join(g.text for g in glyphs).strip()
    chinese = [c for c in text if c > "\u4e00" and c not in "（）"]
    half = sum(c in "（(" for c in text) != sum(c in "）)" for c in text)
    return half or (len(chinese) == 1 and len(text) == 1)


def _broken(rule: Rule, levels: Sequence[float], left: float, right: float) -> list[Rule]:
    """What is left of a rule at one of these levels outside [left, right]."""
    if not any(abs(rule.at - y) <= SNAP for y in levels) or rule.end <= left or rule.start >= right:
        return [rule]
    pieces = (replace(rule, end=min(rule.end, left)), replace(rule, start=max(rule.start, right)))
    return [piece for piece in pieces if piece.end - piece.start > 1]


def _are_labels(blocks: Sequence[Sequence[Sequence[Glyph]]]) -> bool:
    """Whether each block names a section with its points, or each a section without."""
    texts = [_text(block) for block in blocks]
    labels = [split_label(text) for text in texts]
    named = all(1 < len(name) <= MAX_LABEL and points(text) is None for text, (name, _) in zip(texts, labels, strict=True))
    return named and len({declared is None for _, declared in labels}) == 1


def _text(block: Sequence[Sequence[Glyph]]) -> str:
    return clean(joined_text([line_text(line) for line in block]))


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
    scored = split_label(clean(joined_text([line_text(line) for line in blocks[0]])))[1] is not None
    far = (OFF if scored else OFF / 2) * min(g.bottom - g.top for block in blocks for g in block[0])
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
    """What stands in each column that a cell takes up. A character over a column's edge stands in that of the text it ends."""
    edges = net.xs[span[1] : span[1] + span[3] + 1]
    shares: list[list[Glyph]] = [[] for _ in edges[1:]]
    col = 0
    for i, glyph in enumerate(own):
        place = bisect_right(edges, glyph.x, 1, len(edges) - 1) - 1
        col = col if place != col and i > 0 and runs_over(glyph, own[i - 1], edges[place]) else place
        shares[col].append(glyph)
    return [clean(joined_text([line_text(line) for line in text_lines(share)])) for share in shares]


def _piece(own: Sequence[Glyph], left: float, right: float) -> str:
    """What stands in a column, without marks that hang over from the text before it."""
    return piece_text(own, left, right).lstrip(HUNG_MARKS)


def _walls(net: Net, span: Span, own: Sequence[Glyph], wanted: Sequence[bool]) -> list[Rule]:
    """Upright rules inside a cell, between the columns where they are wanted; none when a character stands on one."""
    row, col, height, _ = span
    at = [net.xs[col + 1 + k] for k, want in enumerate(wanted) if want]
    covered = ink(own)
    return [] if any(_crossed(covered, x) for x in at) else [Rule(x, net.ys[row], net.ys[row + height]) for x in at]


def _figures(net: Net, spans: Sequence[Span], glyphs: Sequence[Glyph], least: int = 2) -> list[bool]:
    """Which columns hold figures only, as far as their own cells say: `least` and more, below the first row where it names
    columns."""
    said: list[list[str]] = [[] for _ in net.xs[1:]]
    for span in spans:
        if (span[0] or least == 1) and span[3] == 1 and (own := _inside(net, span, glyphs)):
            said[span[1]].append(_piece(own, net.xs[span[1]], net.xs[span[1] + 1]))
    named = [patterns.header_role(piece_text(_inside(net, span, glyphs), net.xs[span[1]], net.xs[span[1] + 1])) if span[3] == 1 else None for span in _heads(net, spans)]
    return [(sum(map(bool, words)) >= least or role in ("number", "points")) and all(not w or _is_figure(w) for w in words) for words, role in zip(said, named, strict=True)]


def _heads(net: Net, spans: Sequence[Span]) -> list[Span]:
    """The cell of the first row over each column."""
    return [next(s for s in spans if s[0] == 0 and s[1] <= col < s[1] + s[3]) for col in range(len(net.xs) - 1)]


def _is_figure(text: str) -> bool:
    """Whether a text is points or a serial number, or several of them on lines of their own."""
    return all(points(one) is not None or patterns.SERIAL.fullmatch(fold(one)) is not None for one in (text.split() if points(text) is None else [text]))


def _crossed(covered: Sequence[Interval], x: float) -> bool:
    return any(x0 < x - 0.5 and x1 > x + 0.5 for x0, x1 in covered)
