"""Cells drawn as frames that stand apart, and double borders: two rules with nothing but paper between them are one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.readers.marks import Glyph, Rule

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
