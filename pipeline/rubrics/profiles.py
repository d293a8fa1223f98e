"""What the data of one column of a table look like, whatever its header says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import chinese_number, clean, fold
from pipeline.points import points_at_end, read_points
from pipeline.rubrics.gridrows import Row

MAX_WORDS = 12
"""Words that stand for points (每次扣2分, 一票否决) are short; longer ones are a standard."""
BARE = 4
"""A cell of so few characters that reads as points is points, whatever its header says."""

REPEATED = 0.7
"""A column that changes in no more of its rows prints labels again in each row."""


class Profile(Struct, frozen=True):
    """What the data of one column look like."""

    filled: int
    serial: float
    ascending: float
    numeric: float
    bare: float
    closing: float
    length: float
    span: float
    distinct: float
    wide: float
    runs: int
    scoring: float
    deducting: float
    counting: float
    rows: frozenset[int]
    begins: frozenset[int]
    """The rows where the text changes: those of a label, be it merged, printed once or in each row."""
    worth: dict[int, Decimal]
    """The points that cells hold, or that their texts end in, by row."""

    @property
    def cells(self) -> int:
        """How many cells there are, those counted once that print again what stands above them."""
        return self.runs if self.runs <= REPEATED * self.filled else self.filled


def profile_of(rows: Sequence[Row], col: int) -> Profile:
    """What the cells of one column of data rows are like; joined cells count where they begin."""
    cells = [(i, c) for i, r in enumerate(rows) if (c := r.cells[col]) is not None and c.row == r.index and c.col == col]
    placed = [(i, c, t) for i, c in cells if (t := clean(c.text))]
    filled, at = [(c, t) for _, c, t in placed], [i for i, _, _ in placed]
    n = len(filled) or 1
    narrow = [t for c, t in filled if c.col_span == 1]  # a section row across the columns is no serial
    serials = [match["n"] for t in narrow if (match := patterns.SERIAL.match(fold(t)))]
    ints = [int(s) for s in serials if s.isdecimal()] or [s for text in serials if (s := chinese_number(text)) is not None]
    scored = [_looks_like_points(t) for _, t in filled]
    steps = sum(b - a in (0, 1, 2) for a, b in pairwise(ints))
    ascending = _dotted(serials, len(narrow))
    if ascending is None:
        ascending = sum(b - a in (1, 2) for a, b in pairwise(ints)) / max(len(ints) - 1, 1) if steps else 0.0
    return Profile(
        filled=len(filled),
        serial=len(serials) / (len(narrow) or 1),
        ascending=ascending,
        numeric=sum(scored) / n,
        closing=sum(points_at_end(t) is not None for _, t in filled) / n,
        bare=sum(yes and len(fold(t)) <= BARE for (_, t), yes in zip(filled, scored, strict=True)) / n,
        length=sum(len(t) for _, t in filled) / n,
        span=sum(c.row_span for c, _ in filled) / n,
        distinct=len({t for _, t in filled}) / n,
        wide=len(filled) / max(len(rows), 1),
        runs=1 + sum(a != b for a, b in pairwise(t for _, t in filled)) if filled else 0,
        deducting=sum("扣" in t for _, t in filled) / n,
        scoring=sum(patterns.SCORING_CLAUSE.search(t) is not None for _, t in filled) / n,
        counting=_counting([t for _, t in filled]),
        rows=frozenset(at),
        begins=frozenset(at[i] for i, (_, t) in enumerate(filled) if not i or t != filled[i - 1][1]),
        worth={i: value for i, _, t in placed if (value := _worth(t)) is not None},
    )


def _worth(text: str) -> Decimal | None:
    value = points_at_end(text)
    return value if value is not None else read_points(text).value


def _dotted(serials: Sequence[str], cells: int) -> float | None:
    """How often serials of several parts (1.1, 1.2, 2.1) count on; None where most of the cells hold one part. Points with a
    decimal look like them and do not count."""
    if 2 * sum("." in s for s in serials) <= cells:
        return None
    parts = [tuple(map(int, s.split("."))) for s in serials if DOTTED.fullmatch(s)]
    if 2 * sum(len(p) > 1 for p in parts) <= cells:
        return None
    return sum(_counts_on(a, b) for a, b in pairwise(parts)) / max(len(parts) - 1, 1)


DOTTED = regex.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2}){0,3}")


def _counts_on(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether serial b may follow a: 1.2 after 1.1, 2.1 after 1.4, 1.1.1 after 1.1."""
    if len(b) > len(a):
        return b[: len(a)] == a and b[-1] == 1
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(b))
    return same < len(b) and b[same] - a[same] in (1, 2) and all(x == 1 for x in b[same + 1 :])


def _counting(texts: Sequence[str]) -> float:
    """The share of texts that open with the serial next to that of the text before (1.… 2.…)."""
    found = [patterns.SERIAL_IN_TEXT.match(t) for t in texts]
    values = [int(m["b"] or m["a"] or 0) if m else 0 for m in found]
    return sum(b == a + 1 for a, b in pairwise([0, *values])) / (len(texts) or 1)


def _looks_like_points(text: str) -> bool:
    read = read_points(text)
    return read.value is not None or (read.kind != "scored" and len(fold(text)) <= MAX_WORDS)
