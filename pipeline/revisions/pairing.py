"""The best one-to-one pairing over a sparse table of scores (assignment), and the longest run that keeps its order."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence

LARGEST = 120
"""Above this many rows or columns that hang together, the highest scores are taken first: exact assignment is cubic."""


def assign(scores: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Pairs (row, column), each row and column once, with the greatest sum; only pairs of the table. All scores > 0.

    >>> assign({(0, 0): 0.9, (0, 1): 0.8, (1, 0): 0.8})
    [(0, 1), (1, 0)]
    """
    out: list[tuple[int, int]] = []
    for block in _blocks(scores):
        rows, cols = sorted({i for i, _ in block}), sorted({j for _, j in block})
        out += _greedy(block) if max(len(rows), len(cols)) > LARGEST else _exact(block, rows, cols)
    return sorted(out)


def _blocks(scores: Mapping[tuple[int, int], float]) -> list[dict[tuple[int, int], float]]:
    """The table cut into parts that share no row and no column."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for i, j in scores:
        root[find(("row", i))] = find(("column", j))
    parts: dict[tuple[str, int], dict[tuple[int, int], float]] = defaultdict(dict)
    for (i, j), score in scores.items():
        parts[find(("row", i))][i, j] = score
    return list(parts.values())


def _greedy(block: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    rows: set[int] = set()
    cols: set[int] = set()
    out = []
    for i, j in sorted(block, key=lambda ij: (-block[ij], ij)):
        if i not in rows and j not in cols:
            rows.add(i)
            cols.add(j)
            out.append((i, j))
    return out


def _exact(block: Mapping[tuple[int, int], float], rows: Sequence[int], cols: Sequence[int]) -> list[tuple[int, int]]:
    """Kuhn-Munkres with potentials. A pair that is not in the table costs nothing and is dropped again."""
    if len(rows) > len(cols):
        return [(i, j) for j, i in _exact({(j, i): s for (i, j), s in block.items()}, cols, rows)]
    cost = [[-block.get((i, j), 0.0) for j in cols] for i in rows]
    owner = _owners(cost, len(rows), len(cols))
    found = [(rows[owner[c] - 1], cols[c - 1]) for c in range(1, len(cols) + 1) if owner[c]]
    return [pair for pair in found if pair in block]


def _owners(cost: list[list[float]], n: int, m: int) -> list[int]:
    """For each column (from 1) the row (from 1) it goes to, 0 for none; n <= m."""
    u, v, owner = [0.0] * (n + 1), [0.0] * (m + 1), [0] * (m + 1)
    for row in range(1, n + 1):
        owner[0], column = row, 0
        least, way, seen = [float("inf")] * (m + 1), [0] * (m + 1), [False] * (m + 1)
        while owner[column]:
            seen[column], here = True, owner[column]
            delta, following = float("inf"), 0
            for j in range(1, m + 1):
                if seen[j]:
                    continue
                reduced = cost[here - 1][j - 1] - u[here] - v[j]
                if reduced < least[j]:
                    least[j], way[j] = reduced, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(m + 1):
                if seen[j]:
                    u[owner[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            column = following
        while column:
            owner[column], column = owner[way[column]], way[column]
    return owner


def in_order(values: Sequence[int]) -> set[int]:
    """Places of a longest strictly rising run of `values` (longest increasing subsequence).

    >>> sorted(in_order([0, 3, 1, 2, 4]))
    [0, 2, 3, 4]
    """
    tails: list[int] = []
    ends: list[int] = []
    link = [-1] * len(values)
    for n, value in enumerate(values):
        k = bisect_left(tails, value)
        link[n] = ends[k - 1] if k else -1
        tails[k : k + 1], ends[k : k + 1] = [value], [n]
    out, at = set(), ends[-1] if ends else -1
    while at >= 0:
        out.add(at)
        at = link[at]
    return out
