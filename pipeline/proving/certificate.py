"""A certificate: every number a claim rests on, as plain data, so that `checker` can verify it without our code.

Keys: `unit` (points are integers, this many to a point), `points` (null where missing), `missing` (row → values it may
have), `pieces`, `sections` (label, declared, pieces, start, weight, counted, slack), `total`, `expected` (row → section),
`weights`, `claim` (cost, count, starts, margins, sturdy, values), and `walk` (fwd, bwd) when the best cost is 0.
"""

from __future__ import annotations

from typing import Any

from pipeline.plain import to_plain
from pipeline.proving.proofs import walk
from pipeline.proving.puzzle import FAMILY, Puzzle, Summary

WALK_LIMIT = 12_000
"""Rows times sections above which the walk is left out (the checker makes its own)."""


def certify(puzzle: Puzzle, summary: Summary) -> dict[str, Any]:
    """The certificate of a summary under the default weights."""
    out: dict[str, Any] = {
        "version": 1,
        "unit": puzzle.unit,
        "points": list(puzzle.points),
        "missing": {str(row): list(values) for row, values in puzzle.missing},
        "pieces": list(puzzle.pieces),
        "sections": [to_plain(fact) for fact in puzzle.facts],
        "total": puzzle.total,
        "expected": {str(row): section for row, section in puzzle.expected},
        "weights": to_plain(FAMILY[0]),
        "claim": {
            "cost": summary.cost,
            "count": summary.count,
            "starts": [list(rows) for rows in summary.starts],
            "margins": list(summary.margins),
            "sturdy": list(summary.sturdy),
            "values": {str(v.row): list(v.values) for v in summary.values},
        },
    }
    if summary.cost == 0 and len(puzzle.points) * len(puzzle.facts) <= WALK_LIMIT:
        forward, backward = walk(puzzle)
        out["walk"] = {
            "fwd": [sorted({row for row, _ in layer}) for layer in forward],
            "bwd": [sorted({row for row, _ in layer}) for layer in backward],
        }
    return out
