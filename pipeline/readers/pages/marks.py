"""What a page gives: characters, ruling lines, and how characters make lines of text. Points, origin top left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from operator import attrgetter

from msgspec import Struct

from pipeline import rx as regex
from pipeline.provenance import BBox

SNAP = 2.5
"""Lines nearer than this are one line (a cell's two borders, a hair's misalignment)."""

WALL = 0.5
"""A wall stands between two grid positions when rules cover at least this part of their common edge."""


class Glyph(Struct, frozen=True, eq=False, gc=False):
    """One character with its box and its middle (x, y); `text` may be more than one code point. `raw` is what the source
    has for it. Two are the same only when they are one."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    x: float
    y: float
    raw: str = ""
    confidence: float | None = None

    @classmethod
    def of(cls, text: str, x0: float, top: float, x1: float, bottom: float, raw: str = "", confidence: float | None = None) -> Glyph:
        """A character by its box."""
        return cls(text, x0, top, x1, bottom, (x0 + x1) / 2, (top + bottom) / 2, raw, confidence)


class Rule(Struct, frozen=True):
    """A ruling line along one axis: at `at` across, from `start` to `end` along."""

    at: float
    start: float
    end: float


class PageMarks(Struct, frozen=True):
    """All a page gives: its number and size, characters (no blanks), horizontal and vertical rules. `ordered`: the characters come in
    the order they were drawn in; `left`: where the page begins, when it is the right one of two on a sheet (`width` is
    where it ends); `shades`: stripes and shaded cells."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]
    ordered: bool = True
    left: float = 0.0
    shades: tuple[BBox, ...] = ()


Span = tuple[int, int, int, int]
"""A cell: row, column, rows, columns."""


class Net(Struct, frozen=True, dict=True):
    """Connected rules of one table: sorted grid lines and the rules that make its walls."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]

    @property
    def box(self) -> BBox:
        """(x0, top, x1, bottom) of its outermost lines, in points."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    @cached_property
    def spans(self) -> list[Span]:
        """Its cells: unit positions joined where no wall stands, kept rectangular."""
        rows, cols = len(self.ys) - 1, len(self.xs) - 1
        by_x = [[v for v in self.vertical if abs(v.at - x) <= SNAP] for x in self.xs]
        by_y = [[h for h in self.horizontal if abs(h.at - y) <= SNAP] for y in self.ys]
        right = [[is_covered(walls, a, b) for walls in by_x[1:]] for a, b in pairwise(self.ys)]
        below = [[is_covered(walls, a, b) for a, b in pairwise(self.xs)] for walls in by_y[1:]]
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
                for row in taken[i : i + height]:
                    row[j : j + width] = [True] * width
                out.append((i, j, height, width))
        return out


def _goes_down(below: list[list[bool]], right: list[list[bool]], taken: list[list[bool]], row: int, col: int, width: int) -> bool:
    """Whether a cell that is `width` wide goes on into `row`."""
    end = col + width
    return True not in below[row - 1][col:end] and True not in taken[row][col:end] and True not in right[row][col : end - 1]


def by_level(rules: Iterable[Rule]) -> list[list[Rule]]:
    """Rules at the same position, in order."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: (r.at, r.start)):
        if groups and rule.at - groups[-1][0].at <= SNAP:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return groups


def positions(values: Iterable[float]) -> list[float]:
    """Sorted values, those nearer than SNAP to one before as that one."""
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP:
            out.append(value)
    return out


def is_covered(rules: Iterable[Rule], start: float, end: float) -> bool:
    """Whether rules on one line cover enough of an edge to be its wall."""
    total = 0.0
    for rule in rules:
        if rule.end > start and rule.start < end:
            if rule.start <= start and rule.end >= end:
                return True
            total += min(rule.end, end) - max(rule.start, start)
    return total >= WALL * (end - start)


def text_lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Characters as visual lines, top to bottom, each left to right. Lines part at half a line's height."""
    rows: list[list[Glyph]] = []
    row: list[Glyph] = []
    first = 0.0
    for glyph in sorted(glyphs, key=attrgetter("y")):
        y = glyph.y
        if row and (y == first or 2.0 * (y - first) <= row[-1].bottom - row[-1].top):
            row.append(glyph)  # as below, known without reckoning: the row's middle is no higher than its first character
        elif row and y - _middle(row) <= 0.5 * max(_height(row), glyph.bottom - glyph.top, 1.0):
            row.append(glyph)
        else:
            row, first = [glyph], y
            rows.append(row)
    for row in rows:
        row.sort(key=attrgetter("x0"))
    return rows


def overprinted(rows: Iterable[Sequence[Glyph]]) -> int:
    """How many letters, figures and Chinese characters of lines stand (half) on the one before them: print over other print,
    such as the words of a stamp. Marks have room to spare in their boxes."""
    close = [(a, b) for row in rows for a, b in pairwise(row) if b.x0 < a.x]
    return sum(a.text.isalnum() and b.text.isalnum() and 2 * (min(a.x1, b.x1) - b.x0) > min(a.x1 - a.x0, b.x1 - b.x0) for a, b in close)


def _middle(row: Sequence[Glyph]) -> float:
    tail = row[-8:]
    return sum([g.y for g in tail]) / len(tail)


def _height(row: Sequence[Glyph]) -> float:
    return max([g.bottom - g.top for g in row[-8:]])


def line_text(line: Sequence[Glyph]) -> str:
    """The text of a line; a gap wider than half the type is a space (between Chinese characters: wider than the type)."""
    return line_texts(line)[0]


def line_texts(line: Sequence[Glyph]) -> tuple[str, str]:
    """The text of a line, and what the source has for it."""
    text = [g.text for g in line]
    quote = [g.raw or g.text for g in line]
    gaps = [i for i, (a, b) in enumerate(pairwise(line), start=1) if b.x0 - a.x1 > LEAST_GAP and _parted(a, b, line)]
    if text[-1:] == ["分"] and (own := _points_apart(line)) is not None and own not in gaps:
        gaps = sorted([*gaps, own])
    for i in reversed(gaps):
        text.insert(i, " ")
        quote.insert(i, " ")
    return "".join(text), "".join(quote)


LEAST_GAP = 0.13
"""Part of the type's height that is a space between Latin characters; of type one point high, the least that can be one."""


POINTS_GAP = 0.4
"""Part of the type's height that two blanks take, at least."""

FIGURES = frozenset("0123456789.")


def _parted(left: Glyph, right: Glyph, line: Sequence[Glyph]) -> bool:
    latin = left.text[-1:].isascii() and right.text[:1].isascii()
    over = right.x0 - left.x1 - (LEAST_GAP if latin else 0.8) * max(right.bottom - right.top, 1.0)
    return over > 0 and _spread(line) < over


def _points_apart(line: Sequence[Glyph]) -> int | None:
    """Where the points begin at the end of a line (落实到位 5分), if the text stands off them: further than the figures stand
    off 分, which programs set apart by themselves."""
    start = len(line) - 1
    while start and line[start - 1].text in FIGURES:
        start -= 1
    if not 0 < start < len(line) - 1:
        return None
    before, after = line[start].x0 - line[start - 1].x1, line[-1].x0 - line[-2].x1
    return start if before > max(POINTS_GAP * (line[-1].bottom - line[-1].top), 2 * after) else None


def _spread(line: Sequence[Glyph]) -> float:
    """By how much every two characters of a line stand apart: letter-spaced words are not words of one letter. Latin letters
    and figures alone may be."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(line)]
    return max(min(gaps), 0.001) if len(gaps) > 1 and not all(g.text.isascii() for g in line) else 0.001


_NUMBER = regex.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?分?")
_ASCII_WORD = regex.compile(r"[A-Za-z0-9]")


def joined_text(lines: Sequence[str]) -> str:
    """Wrapped lines as one text: no space between Chinese characters, one between Latin words. Lines that are numbers
    each keep their line ends: they are several values, not the digits of one."""
    if len(lines) < 2:
        return "".join(lines)
    if all(_NUMBER.fullmatch(line.strip()) for line in lines):
        return "\n".join(lines)
    out = ""
    for line in lines:
        if out and _ASCII_WORD.match(out[-1:]) and _ASCII_WORD.match(line[:1]) and not (out[-1].isdigit() and line[0].isdigit()):
            out += " "
        out += line
    return out
