"""The numbers of one rubric as a puzzle, and what its arithmetic gives: frozen data, no reckoning.

Points are integers, `unit` of them to a point.
"""

from __future__ import annotations

from msgspec import Struct

PROVED_MARGIN = 20
"""Survives two independent misreadings: 0 wrong of 1,305 in the calibration (benchmarks/proofs.py)."""

MARGIN_CAP = PROVED_MARGIN
"""Explanations dearer than the best by as much or more are not looked at, since no claim asks for more; a margin of so
much means so much or more."""

CONDITIONAL_MARGIN = 8
HOPELESS = 90
"""A best cost above this says that the model does not fit the sheet; nothing is claimed then."""

LARGE = 300
"""Above this many criteria, misread criteria in sections without declared points are left out of the count."""


class Weights(Struct, frozen=True):
    """What an error of one point costs, what each further point adds, and what a label on a foreign page costs."""

    criterion: int = 10
    declared: int = 10
    total: int = 10
    slope: int = 2
    page: int = 8


FAMILY = (
    Weights(),
    Weights(declared=8),
    Weights(criterion=8),
    Weights(total=7),
    Weights(slope=1),
    Weights(declared=12, slope=3),
    Weights(page=4),
)
"""A boundary that is not settled at cost 0 counts as unique only if it is under each of these."""


class Fact(Struct, frozen=True):
    """One section in order. `declared`: what its label (and its subtotal row) says, () when lost or not printed;
    `pieces`: table parts its label stands on; `start`: the row it is printed at, `weight`: what moving it costs;
    `counted`: its points are part of the total; `slack`: rows before `start` that are only absent numbers."""

    label: str | None
    declared: tuple[int, ...] = ()
    pieces: tuple[int, ...] = ()
    start: int | None = None
    weight: int = 0
    counted: bool = True
    slack: int = 0

    def holds(self, row: int) -> bool:
        """Whether a section that starts at `row` starts where its label is printed."""
        return self.start is None or self.start - self.slack <= row <= self.start


class Puzzle(Struct, frozen=True):
    """The numbers of one rubric. `points`: a row's points, None where `missing` gives the values it may have;
    `expected`: (row, section) that named evidence ties together; `names`: the rows' printed numbers, for sentences."""

    points: tuple[int | None, ...]
    facts: tuple[Fact, ...]
    total: int | None = None
    missing: tuple[tuple[int, tuple[int, ...]], ...] = ()
    pieces: tuple[int, ...] = ()
    unit: int = 1
    expected: tuple[tuple[int, int], ...] = ()
    names: tuple[str, ...] = ()


class Pattern(Struct, frozen=True):
    """Equally good explanations that differ only in which criterion of a section is wrong. Per section: its start, the
    change to one criterion, the sum of its missing values, the true sum; `total`: true total less stated."""

    starts: tuple[int, ...]
    changes: tuple[int, ...]
    missing: tuple[int, ...]
    sums: tuple[int, ...]
    total: int
    count: int


class ValueFact(Struct, frozen=True):
    """A missing value: what it may be in the best explanations, its margin, and by how many equations it is checked
    beyond those needed to know it."""

    row: int
    values: tuple[int, ...]
    margin: int
    redundancy: int


class Summary(Struct, frozen=True):
    """The best cost, the number of explanations with it, and for each section its possible starts and their margin.
    `sturdy`: the margin when every error costs the same, however large."""

    cost: int
    count: int
    starts: tuple[tuple[int, ...], ...]
    margins: tuple[int, ...]
    values: tuple[ValueFact, ...]
    patterns: tuple[Pattern, ...]
    complete: bool
    sturdy: tuple[int, ...] = ()
