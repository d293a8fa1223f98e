"""Cells drawn as frames that stand apart, and double borders: two rules with nothing but paper between them are one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from msgspec.structs import replace

from pipeline.readers.pages.marks import Glyph, Net, Rule

APART = 7.0
"""The sides of neighbouring frames are at most so far apart: the smallest readable line of text needs more."""

BESIDE = 0.6
"""The part of the longer one's length that two sides run beside each other."""

Merge = Callable[[Iterable[Rule]], list[Rule]]


def closed_up(flat: list[Rule], tall: list[Rule], glyphs: Sequence[Glyph], snap: float, merge: Merge) -> tuple[list[Rule], list[Rule]]:
    """Merged rules, horizontal and vertical, with those of neighbouring frames moved onto the middle between them."""
    low, low_by = _moved(flat, [(g.y, g.x) for g in glyphs], snap) if _any_near(flat, snap) else (flat, 0.0)
    upright, upright_by = _moved(tall, [(g.x, g.y) for g in glyphs], snap) if _any_near(tall, snap) else (tall, 0.0)
    if not low_by and not upright_by:
        return flat, tall
    return merge(_longer(low, upright_by)), merge(_longer(upright, low_by))


def without_slivers(net: Net, glyphs: Sequence[Glyph]) -> Net:
    """The net without rows and columns that are too thin for text and hold none: what is left between a cell and a box
    drawn inside it."""
    x0, y0, x1, y1 = net.box
    if all(b - a > APART for lines in (net.xs, net.ys) for a, b in pairwise(lines)):
        return net
    own = [g for g in glyphs if x0 <= g.x <= x1 and y0 <= g.y <= y1]
    xs, ys = _folded(net.xs, [g.x for g in own]), _folded(net.ys, [g.y for g in own])
    if len(set(xs.values())) < 2 or len(set(ys.values())) < 2:
        return net
    move = lambda rules, across, along: tuple(  # noqa: E731
        Rule(_nearest(across, r.at), _nearest(along, r.start), _nearest(along, r.end)) for r in rules
    )
    horizontal, vertical = move(net.horizontal, ys, xs), move(net.vertical, xs, ys)
    return Net(tuple(sorted(set(xs.values()))), tuple(sorted(set(ys.values()))), horizontal, vertical)


def _folded(lines: Sequence[float], places: Sequence[float]) -> dict[float, float]:
    """Each grid line → the first of those it is folded with."""
    out = {lines[0]: lines[0]}
    for a, b in pairwise(lines):
        empty = b - a <= APART and b - out[a] <= 2 * APART and not any(a < p < b for p in places)
        out[b] = out[a] if empty else b
    return out


def _nearest(lines: dict[float, float], value: float) -> float:
    near = min(lines, key=lambda line: abs(line - value))
    return lines[near] if abs(near - value) <= APART / 2 else value


def _any_near(rules: Sequence[Rule], snap: float) -> bool:
    return any(snap < b.at - a.at <= APART for a, b in pairwise(rules))


def _moved(rules: Sequence[Rule], places: Sequence[tuple[float, float]], snap: float) -> tuple[list[Rule], float]:
    """The rules, and by how much one was moved at most. `places`: (across, along) of each character."""
    groups: list[list[list[Rule]]] = []
    for level in _levels(rules, snap):
        near = bool(groups) and level[0].at - groups[-1][-1][0].at <= APART and level[0].at - groups[-1][0][0].at <= 1.5 * APART
        if near and _faces(groups[-1][-1], level) and not _text_between(groups[-1][-1], level, places):
            groups[-1].append(level)
        else:
            groups.append([level])
    out: list[Rule] = []
    most = 0.0
    for group in groups:
        at = (group[0][0].at + group[-1][0].at) / 2
        if len(group) > 1:
            most = max(most, at - group[0][0].at)
        out += [replace(r, at=at) if len(group) > 1 else r for level in group for r in level]
    return out, most


def _levels(rules: Sequence[Rule], snap: float) -> list[list[Rule]]:
    levels: list[list[Rule]] = []
    for rule in rules:
        if levels and rule.at - levels[-1][0].at <= snap:
            levels[-1].append(rule)
        else:
            levels.append([rule])
    return levels


def _faces(one: Sequence[Rule], two: Sequence[Rule]) -> bool:
    """Whether the rules of the one run beside those of the other for most of their length. Small boxes beside a border
    (to tick, to write in) do not."""
    beside = sum(max(0.0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in two)
    return beside > BESIDE * max(sum(r.end - r.start for r in one), sum(r.end - r.start for r in two))


def _text_between(one: Sequence[Rule], two: Sequence[Rule], places: Sequence[tuple[float, float]]) -> bool:
    start, end = min(r.start for r in (*one, *two)), max(r.end for r in (*one, *two))
    return any(one[0].at < across < two[0].at and start < along < end for across, along in places)


def _longer(rules: Sequence[Rule], by: float) -> list[Rule]:
    return [replace(r, start=r.start - by, end=r.end + by) for r in rules]
