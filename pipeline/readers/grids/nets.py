"""Ruling lines to nets: rules snapped together, joined where they cross or touch, open sides closed, edges made whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.readers.grids.frames import closed_up, without_slivers
from pipeline.readers.grids.gutters import Known, columns_named
from pipeline.readers.grids.impliedrules import implied
from pipeline.readers.grids.regions import may_name_section, names_section
from pipeline.readers.pages.marks import SNAP, Glyph, Net, Rule, by_level, is_covered, positions, text_lines

GAP = 4.0
"""Collinear pieces nearer than this are one line (dashes, cell-wise strokes)."""

SECTION_ROW = 40.0
"""A row that names a section is lower than this."""

FRAME = 0.3
"""A cell of a single column that takes this much of the page's height frames running text."""

MAX_DASH, DASH_GAP = 6.0, 1.2
"""Dashes are at most so long (a box to tick is larger), and the gap between two at most so many times their length."""

MIN_RULE = 6.0
"""A shorter piece that touches nothing is a dash or an underline fragment."""

REACH = 3.0
"""An edge's ink begins and ends this near to its corners; a word's underline keeps further off (cells have padding)."""


def merge_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Snap nearly equal positions together and join collinear pieces."""
    out: list[Rule] = []
    for group in by_level(rules):
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


def find_nets(horizontal: Iterable[Rule], vertical: Iterable[Rule], glyphs: Sequence[Glyph] = (), known: Known | None = None) -> list[Net]:
    """Connected components of crossing or touching rules that can be a table, open sides closed. `known`: what the pages
    before said of columns without rules."""
    flat, tall = closed_up(merge_rules(horizontal), merge_rules(vertical), glyphs, SNAP, merge_rules)
    tall += implied(flat, tall, glyphs, known or Known()) if glyphs else ()
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
    return sorted(_united([n for n in crossed if n is not None]), key=lambda n: n.ys[0])


def _is_within(net: Net, around: Net) -> bool:
    """Whether a net lies between the rules of another, its uprights where that has its own."""
    held = around.ys[0] < net.ys[0] and net.ys[-1] < around.ys[-1]
    return held and all(any(abs(x - c) <= SNAP for c in around.xs) for x in net.xs)


def _united(nets: list[Net]) -> list[Net]:
    """The nets, a row whose rules touch no others put back into the table around it: its uprights stand where that has
    its own."""
    out: list[Net] = []
    for net in sorted(nets, key=lambda n: (n.box[0] - n.box[2]) * (n.box[3] - n.box[1])):
        home = next((i for i, o in enumerate(out) if _is_within(net, o)), None)
        whole = _net([*out[home].horizontal, *net.horizontal], [*out[home].vertical, *net.vertical]) if home is not None else None
        if home is None or whole is None:
            out.append(net)
        else:
            out[home] = whole
    return out


def _around_sections(flat: list[Rule], tall: list[Rule], glyphs: Sequence[Glyph]) -> list[tuple[int, int]]:
    """Indices of horizontal rules above and below a row that names a section, where no side border holds them together:
    it begins with a section's marker, or the columns above and below are the same and no header follows."""
    sides = {round(v.at) for v in tall}
    out = []
    for i, (a, b) in enumerate(pairwise(flat)):
        alike = abs(a.start - b.start) < SNAP and abs(a.end - b.end) < SNAP and b.at - a.at < SECTION_ROW
        if not alike:
            continue
        marked = not any(round(x) + d in sides for x in (a.start, a.end) for d in (-2, -1, 0, 1, 2))
        if not marked and not _same_columns(tall, a, b):
            continue
        lines = text_lines(g for g in glyphs if a.at < g.y < b.at and a.start < g.x < a.end)
        if len(lines) != 1:
            continue
        if (marked and names_section(lines[0])) or (_same_columns(tall, a, b) and may_name_section(lines[0]) and not _heads(flat, b, glyphs)):
            out.append((i, i + 1))
    return out


def _same_columns(tall: Sequence[Rule], above: Rule, below: Rule) -> bool:
    """Whether two uprights and more end at the one rule and as many begin at the other, in the same places."""
    ends = positions(v.at for v in tall if abs(v.end - above.at) <= GAP)
    begins = positions(v.at for v in tall if abs(v.start - below.at) <= GAP)
    return len(ends) == len(begins) >= 2 and all(abs(x - y) <= SNAP for x, y in zip(ends, begins, strict=True))


def _heads(flat: Sequence[Rule], top: Rule, glyphs: Sequence[Glyph]) -> bool:
    """Whether the row below a rule names columns: another table begins there."""
    bottom = min((r.at for r in flat if r.at > top.at + SNAP), default=top.at)
    return bool(columns_named([g for g in glyphs if top.at < g.y < bottom and top.start < g.x < top.end]))


def _net(hs: list[Rule], vs: list[Rule]) -> Net | None:
    printed = vs
    hs = hs + _implied(hs, vs)
    hs, vs = _trimmed(hs, vs), _trimmed(vs, hs)
    if not hs or not vs:
        return None
    hs, vs = _cornered(*_closed(hs, vs), printed)
    xs = positions(r.at for r in vs)
    ys = positions(r.at for r in hs)
    if len(xs) < 2 or len(ys) < 2 or xs[-1] - xs[0] < 20 or ys[-1] - ys[0] < 6:
        return None
    return Net(tuple(xs), tuple(ys), tuple(hs), tuple(vs))


def _implied(hs: list[Rule], vs: list[Rule]) -> list[Rule]:
    """Horizontal rules that are not drawn, where several inner upright ones end together: a cell over columns follows."""
    if len(vs) < 4:
        return []
    left, right = min(v.at for v in vs), max(v.at for v in vs)
    top, bottom = min(v.start for v in vs), max(v.end for v in vs)
    edges = positions([top, bottom, *(h.at for h in hs)])
    inner = [v for v in vs if left + SNAP < v.at < right - SNAP and any(min(abs(v.start - e), abs(v.end - e)) <= GAP for e in edges)]
    ends = sorted(y for v in inner for y in (v.start, v.end) if top + 2 * GAP < y < bottom - 2 * GAP)
    ends = [y for y in ends if not any(abs(h.at - y) <= 2 * GAP for h in hs)]
    return [Rule(y, left, right) for y in positions(ends) if sum(abs(y - e) <= SNAP for e in ends) > 1]


def _trimmed(rules: list[Rule], across: list[Rule]) -> list[Rule]:
    """Rules cut to whole edges: from one rule across to the next, or to the outer border where that side is open.

    An edge counts when ink begins at its one end, stops at its other, and covers most of it: an underline inside a cell
    goes, a rule with a gap stays.
    """
    first, last = min(r.start for r in rules), max(r.end for r in rules)
    out: list[Rule] = []
    for group in by_level(rules):
        at = group[0].at
        walls = positions(o.at for o in across if o.start - GAP <= at <= o.end + GAP)
        if outer := [end for end in (first, last) if not any(abs(end - w) <= GAP for w in walls)]:
            walls = positions([*walls, *outer])
        if len(walls) > 1 and any(r.start <= walls[0] and r.end >= walls[-1] for r in group):
            out.append(Rule(at, walls[0], walls[-1]))
            continue
        for a, b in pairwise(walls):
            own = [r for r in group if r.end > a + SNAP and r.start < b - SNAP]
            if not own or min([r.start for r in own]) > a + REACH or max([r.end for r in own]) < b - REACH or not is_covered(own, a, b):
                continue
            if out and out[-1].at == at and abs(out[-1].end - a) < SNAP:
                out[-1] = Rule(at, out[-1].start, b)
            else:
                out.append(Rule(at, a, b))
    return out


def _closed(hs: list[Rule], vs: list[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Add an outer border where rules of the other direction run past the last line of this one."""
    left, right = min(r.start for r in hs), max(r.end for r in hs)
    top, bottom = min(r.start for r in vs), max(r.end for r in vs)
    top, bottom = min(top, *(r.at for r in hs)), max(bottom, *(r.at for r in hs))
    sides = [x for x, edge in ((left, min(r.at for r in vs)), (right, max(r.at for r in vs))) if abs(x - edge) > 2 * GAP]
    ends = [y for y, edge in ((top, min(r.at for r in hs)), (bottom, max(r.at for r in hs))) if abs(y - edge) > 2 * GAP]
    return hs + [Rule(y, left, right) for y in ends], vs + [Rule(x, top, bottom) for x in sides]


def _cornered(hs: list[Rule], vs: list[Rule], printed: Sequence[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Add what is not drawn of a level rule between a side of the table and its first inner upright, where that side begins:
    above lies the rest of a cell from the page before, which has no border of its own there."""
    top, bottom = min(h.at for h in hs), max(h.at for h in hs)
    xs = positions(v.at for v in vs)
    new = []
    for side, inner in ((xs[0], xs[1]), (xs[-1], xs[-2])) if len(xs) > 2 else ():
        begins = min((v.start for v in printed if abs(v.at - side) <= SNAP), default=top)
        if top + 2 * GAP < begins < bottom - 2 * GAP and any(abs(h.at - begins) <= SNAP and h.start - GAP <= inner <= h.end + GAP for h in hs):
            new.append(Rule(begins, min(side, inner), max(side, inner)))
    return hs + new, vs


def holds_table(net: Net, glyphs: Sequence[Glyph]) -> bool:
    """More than one cell, and text inside."""
    if len(net.xs) * len(net.ys) <= 4:
        return False
    x0, y0, x1, y1 = net.box
    return any(x0 <= g.x <= x1 and y0 <= g.y <= y1 for g in glyphs)


def is_frame(net: Net, height: float) -> bool:
    """A border around the text of a page, perhaps with lines across it: one column, a cell of which is much of the page."""
    return len(net.xs) == 2 and any(b - a > FRAME * height for a, b in pairwise(net.ys))
