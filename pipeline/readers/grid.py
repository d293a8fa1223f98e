"""Positioned characters and ruling lines of one page to table parts and text lines: one builder for PDF, OFD and scans.

Coordinates are points, origin top left. Rules → snapped lines → connected nets → walls → cells; characters go to cells
by their centre; what lies in no net is a text line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from pipeline.model import Block, Cell, Paragraph, Table
from pipeline.normalize import clean
from pipeline.points import split_label
from pipeline.provenance import BBox, Provenance
from pipeline.readers.downwards import columns_of
from pipeline.readers.facing import pages_of
from pipeline.readers.frames import closed_up, without_slivers
from pipeline.readers.gutters import Interval, Known, header_cuts, ink
from pipeline.readers.marks import Glyph, Net, PageMarks, Rule, joined_text, line_text, line_texts, text_lines
from pipeline.readers.opentables import find_open, names_section, with_rows

SNAP = 2.5
"""Lines nearer than this are one line (a cell's two borders, a hair's misalignment)."""

GAP = 4.0
"""Collinear pieces nearer than this are one line (dashes, cell-wise strokes)."""

SECTION_ROW = 40.0
"""A row that names a section is lower than this."""

OVERFLOW = 40.0
"""Lines of a cell that is open at the bottom are looked for so far below: two or three."""

PITCH = 1.8
"""Lines of one text follow each other within so many of their heights."""

FRAME = 0.3
"""A cell of a single column that takes this much of the page's height frames running text."""

MAX_DASH, DASH_GAP = 6.0, 1.2
"""Dashes are at most so long (a box to tick is larger), and the gap between two at most so many times their length."""

MIN_RULE = 6.0
"""A shorter piece that touches nothing is a dash or an underline fragment."""

REACH = 3.0
"""An edge's ink begins and ends this near to its corners; a word's underline keeps further off (cells have padding)."""

WALL = 0.5
"""A wall stands between two grid positions when rules cover at least this part of their common edge."""


FEW = 30
"""So many places of one character on a page are looked through one by one, more by patches."""

PATCH = 12.0
"""Side of a patch, about a character's size."""


def build(marks: PageMarks, known: Known | None = None) -> tuple[Block, ...]:
    """The blocks of a page in reading order. `known`: what the pages before it said of columns without rules."""
    known = known or Known()
    facing = pages_of(marks, known.facing)
    if facing is not None:
        known.facing = True
        left, doubts = build(facing[0], known), known.doubts
        right = build(facing[1], known)
        known.doubts = [*doubts, *known.doubts]
        return *left, *right
    glyphs = without_doubles(marks.glyphs)
    nets = find_nets(marks.horizontal, marks.vertical, glyphs)
    nets = [n for n in nets if _holds_table(n, glyphs) and not _is_frame(n, marks.height)]
    inside, outside = _share_out(nets, glyphs)
    for net, own in zip(nets, inside, strict=True):
        outside = _with_overflow(net, own, outside)
    nets = [with_gutters(net, own, known) for net, own in zip(nets, inside, strict=True)]
    rowed = [with_rows(net, own) for net, own in zip(nets, inside, strict=True)]
    nets = [net for net, _ in rowed]
    lone = [h for h in merge_rules(marks.horizontal) if not any(n.ys[0] - SNAP <= h.at <= n.ys[-1] + SNAP for n in nets)]
    lines = text_lines(outside)
    found = find_open(lines, lone, marks, known)
    open_nets = [table.net for table in found]
    known.doubts = [table.net.box for table in found if not table.sure] + [net.box for net, sure in rowed if not sure]
    if open_nets:
        shares, outside = _share_out(open_nets, outside)
        lines = text_lines(outside)
        nets, inside = [*nets, *open_nets], [*inside, *shares]
    blocks: list[tuple[float, float, Block]] = []
    for net, own in zip(nets, inside, strict=True):
        table = _table(net, own, marks)
        blocks.append((net.ys[0], net.xs[0], table))
    for line in lines:
        paragraph = _paragraph(line, marks)
        blocks.append((paragraph.at.bbox[1] if paragraph.at.bbox else 0.0, line[0].x0, paragraph))
    blocks.sort(key=lambda b: (b[0], b[1]))
    return tuple(b for _, _, b in blocks)


# ---- characters --------------------------------------------------------------------------------------------------


def without_doubles(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Drop a character that is struck again (nearly) on itself to look bold."""
    kept: list[Glyph] = []
    seen: dict[str, list[Glyph]] = {}
    spread: dict[str, dict[tuple[int, int], list[Glyph]]] = {}
    for glyph in glyphs:
        text = glyph.text
        same = seen.get(text)
        if same is None:
            if text.strip():
                seen[text] = [glyph]
        elif len(same) < FEW:
            if _is_struck(same, glyph):
                continue
            same.append(glyph)
        else:
            patches = spread.get(text) or spread.setdefault(text, _patches(same))
            if _is_struck(_around(patches, glyph), glyph):
                continue
            patches.setdefault((int(glyph.x // PATCH), int(glyph.y // PATCH)), []).append(glyph)
        kept.append(glyph)
    return kept


def _is_struck(others: Iterable[Glyph], glyph: Glyph) -> bool:
    """Whether one of the others stands (nearly) in the glyph's own place."""
    x, y, height = glyph.x, glyph.y, glyph.bottom - glyph.top
    near = 0.25 * height if height > 1.0 else 0.25
    low, high = y - near, y + near
    for other in others:  # noqa: SIM110 – `any` of a generator takes twice as long
        if low < other.y < high and -near < other.x - x < near:
            return True
    return False


def _patches(glyphs: Iterable[Glyph]) -> dict[tuple[int, int], list[Glyph]]:
    out: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        out.setdefault((int(glyph.x // PATCH), int(glyph.y // PATCH)), []).append(glyph)
    return out


def _around(patches: Mapping[tuple[int, int], Sequence[Glyph]], glyph: Glyph) -> Iterator[Glyph]:
    """What stands in the patches a glyph reaches into."""
    near = 0.25 * max(glyph.bottom - glyph.top, 1.0)
    across = range(int((glyph.x - near) // PATCH), int((glyph.x + near) // PATCH) + 1)
    down = range(int((glyph.y - near) // PATCH), int((glyph.y + near) // PATCH) + 1)
    return (other for i in across[:9] for j in down[:9] for other in patches.get((i, j), ()))


# ---- rules -------------------------------------------------------------------------------------------------------


def merge_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Snap nearly equal positions together and join collinear pieces."""
    out: list[Rule] = []
    for group in _grouped(rules):
        length = sum(r.end - r.start for r in group) or 1.0
        at = sum(r.at * (r.end - r.start) for r in group) / length
        runs: list[list[float]] = []
        before = 0.0
        for rule in sorted(group, key=lambda r: r.start):
            long = rule.end - rule.start
            gap = max(GAP, DASH_GAP * long) if long <= MAX_DASH and abs(long - before) < 1 else GAP
            before = long
            if runs and rule.start - runs[-1][1] <= gap:
                runs[-1][1] = max(runs[-1][1], rule.end)
            else:
                runs.append([rule.start, rule.end])
        out += [Rule(at, a, b) for a, b in runs if b - a >= MIN_RULE]
    return out


def find_nets(horizontal: Iterable[Rule], vertical: Iterable[Rule], glyphs: Sequence[Glyph] = ()) -> list[Net]:
    """Connected components of crossing or touching rules that can be a table, open sides closed."""
    flat, tall = closed_up(merge_rules(horizontal), merge_rules(vertical), glyphs, SNAP, merge_rules)
    parent = list(range(len(flat) + len(tall)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, h in enumerate(flat):
        for j, v in enumerate(tall):
            if h.start - GAP <= v.at <= h.end + GAP and v.start - GAP <= h.at <= v.end + GAP:
                parent[find(i)] = find(len(flat) + j)
    for i, j in _around_sections(flat, tall, glyphs):
        parent[find(i)] = find(j)
    parts: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, h in enumerate(flat):
        parts.setdefault(find(i), ([], []))[0].append(h)
    for j, v in enumerate(tall):
        parts.setdefault(find(len(flat) + j), ([], []))[1].append(v)
    crossed = [_net(hs, vs) for hs, vs in parts.values() if hs and vs]
    crossed = [without_slivers(net, glyphs) if net is not None and glyphs else net for net in crossed]
    return sorted((n for n in crossed if n is not None), key=lambda n: n.ys[0])


def _around_sections(flat: list[Rule], tall: list[Rule], glyphs: Sequence[Glyph]) -> list[tuple[int, int]]:
    """Indices of horizontal rules above and below a row that names a section, where no side border holds them together."""
    sides = {round(v.at) for v in tall}
    out = []
    for i, (a, b) in enumerate(pairwise(flat)):
        alike = abs(a.start - b.start) < SNAP and abs(a.end - b.end) < SNAP and b.at - a.at < SECTION_ROW
        if not alike or any(round(x) + d in sides for x in (a.start, a.end) for d in (-2, -1, 0, 1, 2)):
            continue
        lines = text_lines(g for g in glyphs if a.at < g.y < b.at and a.start < g.x < a.end)
        if len(lines) == 1 and names_section(lines[0]):
            out.append((i, i + 1))
    return out


def _net(hs: list[Rule], vs: list[Rule]) -> Net | None:
    hs = hs + _implied(hs, vs)
    hs, vs = _trimmed(hs, vs), _trimmed(vs, hs)
    if not hs or not vs:
        return None
    hs, vs = _closed(hs, vs)
    xs = _positions(r.at for r in vs)
    ys = _positions(r.at for r in hs)
    if len(xs) < 2 or len(ys) < 2 or xs[-1] - xs[0] < 20 or ys[-1] - ys[0] < 6:
        return None
    return Net(tuple(xs), tuple(ys), tuple(hs), tuple(vs))


def _implied(hs: list[Rule], vs: list[Rule]) -> list[Rule]:
    """Horizontal rules that are not drawn, where several inner upright ones end together: a cell over columns follows."""
    if len(vs) < 4:
        return []
    left, right = min(v.at for v in vs), max(v.at for v in vs)
    top, bottom = min(v.start for v in vs), max(v.end for v in vs)
    edges = _positions([top, bottom, *(h.at for h in hs)])
    inner = [v for v in vs if left + SNAP < v.at < right - SNAP and any(min(abs(v.start - e), abs(v.end - e)) <= GAP for e in edges)]
    ends = sorted(y for v in inner for y in (v.start, v.end) if top + 2 * GAP < y < bottom - 2 * GAP)
    ends = [y for y in ends if not any(abs(h.at - y) <= 2 * GAP for h in hs)]
    return [Rule(y, left, right) for y in _positions(ends) if sum(abs(y - e) <= SNAP for e in ends) > 1]


def _trimmed(rules: list[Rule], across: list[Rule]) -> list[Rule]:
    """Rules cut to whole edges: from one rule across to the next, or to the outer border where that side is open.

    An edge counts when ink begins at its one end, stops at its other, and covers most of it: an underline inside a cell
    goes, a rule with a gap stays.
    """
    first, last = min(r.start for r in rules), max(r.end for r in rules)
    out: list[Rule] = []
    for group in _grouped(rules):
        at = group[0].at
        walls = _positions(o.at for o in across if o.start - GAP <= at <= o.end + GAP)
        walls = _positions([*walls, *(end for end in (first, last) if not any(abs(end - w) <= GAP for w in walls))])
        for a, b in pairwise(walls):
            own = [r for r in group if r.end > a + SNAP and r.start < b - SNAP]
            if not own or min([r.start for r in own]) > a + REACH or max([r.end for r in own]) < b - REACH:
                continue
            if sum([min(r.end, b) - max(r.start, a) for r in own]) < WALL * (b - a):
                continue
            if out and out[-1].at == at and abs(out[-1].end - a) < SNAP:
                out[-1] = Rule(at, out[-1].start, b)
            else:
                out.append(Rule(at, a, b))
    return out


def _grouped(rules: Iterable[Rule]) -> list[list[Rule]]:
    """Rules at the same position, in order."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: (r.at, r.start)):
        if groups and rule.at - groups[-1][0].at <= SNAP:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return groups


def _positions(values: Iterable[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP:
            out.append(value)
    return out


def _closed(hs: list[Rule], vs: list[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Add an outer border where rules of the other direction run past the last line of this one."""
    left, right = min(r.start for r in hs), max(r.end for r in hs)
    top, bottom = min(r.start for r in vs), max(r.end for r in vs)
    top, bottom = min(top, *(r.at for r in hs)), max(bottom, *(r.at for r in hs))
    sides = [x for x, edge in ((left, min(r.at for r in vs)), (right, max(r.at for r in vs))) if abs(x - edge) > 2 * GAP]
    ends = [y for y, edge in ((top, min(r.at for r in hs)), (bottom, max(r.at for r in hs))) if abs(y - edge) > 2 * GAP]
    return hs + [Rule(y, left, right) for y in ends], vs + [Rule(x, top, bottom) for x in sides]


def _holds_table(net: Net, glyphs: Sequence[Glyph]) -> bool:
    """More than one cell, and text inside."""
    if len(net.xs) * len(net.ys) <= 4:
        return False
    x0, y0, x1, y1 = net.box
    return any(x0 <= g.x <= x1 and y0 <= g.y <= y1 for g in glyphs)


def _is_frame(net: Net, height: float) -> bool:
    """A border around the text of a page, perhaps with lines across it: one column, a cell of which is much of the page."""
    return len(net.xs) == 2 and any(b - a > FRAME * height for a, b in pairwise(net.ys))


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
    is_open = [not _covered(ends, y1, a, b) for a, b in columns]
    taken: set[int] = set()
    for line in text_lines(below):
        home = next((k for k, (a, b) in enumerate(columns) if a - 1 < line[0].x0 and line[-1].x1 < b + 1), None)
        if home is None or not ((is_open[home] and not all(is_open)) or _ends_label(net, own, columns[home], line)):
            break
        taken.update(map(id, line))
    own += [g for g in outside if id(g) in taken]
    return [g for g in outside if id(g) not in taken] if taken else outside


def _ends_label(net: Net, own: Sequence[Glyph], column: Interval, line: Sequence[Glyph]) -> bool:
    """Whether a line that follows the text of a column's last row at the pitch of its lines gives that label its points."""
    above = [g for g in own if net.ys[-2] < g.y and column[0] < g.x < column[1]]
    lines = text_lines(above)
    if not lines or line[0].y - lines[-1][0].y > PITCH * (line[0].bottom - line[0].top):
        return False
    label = joined_text([line_text(one) for one in lines])
    name, had = split_label(clean(label))
    whole, has = split_label(clean(joined_text([label, line_text(line)])))
    return had is None and has is not None and clean(name) == clean(whole)


# ---- cells -------------------------------------------------------------------------------------------------------


def _covered(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    total = sum([min(r.end, end) - max(r.start, start) for r in rules if abs(r.at - at) <= SNAP and r.end > start and r.start < end])
    return total >= WALL * (end - start)


def _spans(net: Net) -> list[tuple[int, int, int, int]]:
    """Cells as (row, col, row_span, col_span): unit positions joined where no wall stands, kept rectangular."""
    rows, cols = len(net.ys) - 1, len(net.xs) - 1
    by_x = {j: [v for v in net.vertical if abs(v.at - net.xs[j]) <= SNAP] for j in range(cols + 1)}
    by_y = {i: [h for h in net.horizontal if abs(h.at - net.ys[i]) <= SNAP] for i in range(rows + 1)}
    right = [[_covered(by_x[j + 1], net.xs[j + 1], net.ys[i], net.ys[i + 1]) for j in range(cols)] for i in range(rows)]
    below = [[_covered(by_y[i + 1], net.ys[i + 1], net.xs[j], net.xs[j + 1]) for j in range(cols)] for i in range(rows)]
    taken = [[False] * cols for _ in range(rows)]
    out = []
    for i in range(rows):
        for j in range(cols):
            if taken[i][j]:
                continue
            width = 1
            while j + width < cols and not right[i][j + width - 1] and not taken[i][j + width]:
                width += 1
            height = 1
            while i + height < rows and _goes_down(below, right, taken, i + height, j, width):
                height += 1
            for a in range(i, i + height):
                for b in range(j, j + width):
                    taken[a][b] = True
            out.append((i, j, height, width))
    return out


def _goes_down(below: list[list[bool]], right: list[list[bool]], taken: list[list[bool]], row: int, col: int, width: int) -> bool:
    """Whether a cell that is `width` wide goes on into `row`."""
    inside = range(col, col + width)
    return not any(below[row - 1][j] or taken[row][j] for j in inside) and not any(right[row][j] for j in inside[:-1])


def _table(net: Net, glyphs: Sequence[Glyph], marks: PageMarks) -> Table:
    spans = _spans(net)
    texts: list[list[Glyph]] = [[] for _ in spans]
    xs, ys = net.xs, net.ys
    last_row, last_col = len(ys) - 1, len(xs) - 1
    homes = [[texts[0]] * last_col for _ in range(last_row)]
    for own, (row, col, height, width) in zip(texts, spans, strict=True):
        for home in homes[row : row + height]:
            home[col : col + width] = [own] * width
    for glyph in glyphs:
        homes[bisect_right(ys, glyph.y, 1, last_row) - 1][bisect_right(xs, glyph.x, 1, last_col) - 1].append(glyph)
    cells = [_cell(net, span, own, marks) for span, own in zip(spans, texts, strict=True)]
    return Table(
        cells=tuple(cells),
        rows=len(net.ys) - 1,
        cols=len(net.xs) - 1,
        at=Provenance("", page=marks.number, bbox=net.box),
        page=marks.number,
    )


def _cell(net: Net, span: tuple[int, int, int, int], glyphs: Sequence[Glyph], marks: PageMarks) -> Cell:
    row, col, height, width = span
    box = (net.xs[col], net.ys[row], net.xs[col + width], net.ys[row + height])
    rows = text_lines(glyphs)
    lines = [line_texts(line) for line in (columns_of(glyphs, rows) if len(rows) > 2 and marks.ordered else None) or rows]
    scored = [(g.confidence, g.text) for g in glyphs if g.confidence is not None]
    return Cell(
        row=row,
        col=col,
        text=joined_text([text for text, _ in lines]),
        at=Provenance("\n".join([quote for _, quote in lines]), page=marks.number, bbox=box),
        row_span=height,
        col_span=width,
        confidence=min((sure for sure, _ in scored), default=None),
        digits=min((sure for sure, text in scored if text.isdigit()), default=None),
    )


# ---- missing rules ---------------------------------------------------------------------------------------------------


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
        spans = spans or _spans(net)
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


def _crossed(covered: Sequence[Interval], x: float) -> bool:
    return any(x0 < x - 0.5 and x1 > x + 0.5 for x0, x1 in covered)


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
