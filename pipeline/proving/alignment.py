"""Which criteria of two rubrics say the same: order first, then moves, then splits and merges.

Similarity is Indel over folded text. From `SAME` up two texts are the same criterion, from `MAYBE` up they may be;
what lies below is never paired. Candidates are found by shared character triples, so that two rubrics of a thousand
criteria take about a second.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Literal

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import Indel

from pipeline.model import Criterion
from pipeline.normalize import fold

SAME = 0.80
MAYBE = 0.55
GAP = 0.15
"""What leaving one criterion unpaired costs the alignment, in units of similarity."""

GAIN = 0.05
"""A concatenation counts as a split or merge only when it is closer than either part alone by this much."""

RARE = 12
"""In large rubrics each criterion looks for its like by this many of its rarest triples, …"""

CANDIDATES = 40
"""… and compares itself with this many of those that share most of them."""

Kind = Literal["same", "maybe", "moved", "split", "merge"]


class Pair(Struct, frozen=True):
    """Two criteria that correspond. `moved`: alike, but out of order; `split`: a is b with another part of b's side;
    `merge`: b is a with another criterion of a's side (the other part has a pair of its own kind)."""

    a: Criterion
    b: Criterion
    similarity: float
    kind: Kind


def similarity(a: str, b: str) -> float:
    """0..1: Indel similarity of the folded texts."""
    return Indel.normalized_similarity(fold(a), fold(b))


def align(a: Sequence[Criterion], b: Sequence[Criterion]) -> tuple[Pair, ...]:
    """The pairs of two rubrics, in the order of `a`. A criterion is in at most one pair, but for splits and merges."""
    left, right = [fold(c.text) for c in a], [fold(c.text) for c in b]
    scores = candidate_scores(left, right)
    chain = _chain(scores)
    used_a, used_b = {i for i, _ in chain}, {j for _, j in chain}
    found: list[tuple[int, int, Kind]] = [(i, j, "same" if scores[i, j] >= SAME else "maybe") for i, j in chain]
    for i, j in _leftovers(scores, used_a, used_b):
        found.append((i, j, "moved" if scores[i, j] >= SAME else "maybe"))
    parts = _parts(left, right, scores, found)
    score = scores | {(i, j): s for i, j, s, _ in parts}
    found += [(i, j, kind) for i, j, _, kind in parts]
    return tuple(Pair(a[i], b[j], round(score[i, j], 4), kind) for i, j, kind in sorted(found))


def _triples(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(max(1, len(text) - 2))} if text else set()


def _candidates(text: str, index: dict[str, list[int]]) -> list[int]:
    rarest = sorted((t for t in _triples(text) if t in index), key=lambda t: (len(index[t]), t))[:RARE]
    shared = Counter(j for triple in rarest for j in index[triple])
    return [j for j, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]]


def candidate_scores(left: Sequence[str], right: Sequence[str]) -> dict[tuple[int, int], float]:
    """Similarity of every pair that shares enough to reach MAYBE."""
    return dict(_candidate_scores(tuple(left), tuple(right)))


@lru_cache(maxsize=16)
def _candidate_scores(left: tuple[str, ...], right: tuple[str, ...]) -> dict[tuple[int, int], float]:
    """The same; proofs and audit ask of the same few sheets."""
    out = {}
    for i, choices in enumerate(_choices(left, right)):
        found = process.extract(left[i], choices, scorer=Indel.normalized_similarity, score_cutoff=MAYBE, limit=None)
        out.update({(i, j): score for _, score, j in sorted(found, key=itemgetter(2))})
    return out


def _choices(left: Sequence[str], right: Sequence[str]) -> Iterator[dict[int, str]]:
    """For each text of the left, the texts of the right worth comparing, by their place; an empty text is like none."""
    every = {j: text for j, text in enumerate(right) if text}
    index: dict[str, list[int]] = defaultdict(list)
    small = len(left) * len(right) <= 20_000
    if not small:
        for j, text in every.items():
            for triple in _triples(text):
                index[triple].append(j)
    for text in left:
        yield {} if not text else every if small else {j: right[j] for j in _candidates(text, index)}


def _chain(scores: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """The heaviest set of pairs that keeps both orders (Needleman-Wunsch over the pairs that exist): a pair is worth
    its similarity and the two gaps it saves."""
    best_by_column: list[tuple[int, float, int]] = []
    nodes: list[tuple[int, int, float, int]] = []
    rows: dict[int, list[int]] = defaultdict(list)
    for i, j in scores:
        rows[i].append(j)
    for i in sorted(rows):
        fresh = []
        for j in rows[i]:
            place = bisect_left(best_by_column, (j,)) - 1
            before, link = (best_by_column[place][1], best_by_column[place][2]) if place >= 0 else (0.0, -1)
            nodes.append((i, j, before + scores[i, j] + 2 * GAP, link))
            fresh.append((j, nodes[-1][2], len(nodes) - 1))
        for entry in fresh:
            _keep(best_by_column, entry)
    if not best_by_column:
        return []
    at, out = best_by_column[-1][2], []
    while at >= 0:
        out.append(nodes[at][:2])
        at = nodes[at][3]
    return out[::-1]


def _keep(front: list[tuple[int, float, int]], entry: tuple[int, float, int]) -> None:
    """Keep the front of (column, weight) rising in both."""
    place = bisect_left(front, (entry[0],))
    if (place > 0 and front[place - 1][1] >= entry[1]) or (
        place < len(front) and front[place][0] == entry[0] and front[place][1] >= entry[1]
    ):
        return
    end = place
    while end < len(front) and front[end][1] <= entry[1]:
        end += 1
    front[place:end] = [entry]


def _leftovers(
    scores: dict[tuple[int, int], float], used_a: set[int], used_b: set[int]
) -> list[tuple[int, int]]:
    """Pairs among what the order left over, the most alike first."""
    out = []
    for i, j in sorted(scores, key=lambda ij: (-scores[ij], ij)):
        if i not in used_a and j not in used_b:
            out.append((i, j))
            used_a.add(i)
            used_b.add(j)
    return out


def _parts(
    left: Sequence[str], right: Sequence[str], scores: dict[tuple[int, int], float], found: list[tuple[int, int, Kind]]
) -> list[tuple[int, int, float, Kind]]:
    """Criteria without a pair that make, with a paired one, the whole of its partner."""
    paired_a, paired_b = {i for i, _, _ in found}, {j for _, j, _ in found}
    out: list[tuple[int, int, float, Kind]] = []
    for i, j, _ in found:
        own = scores[i, j]
        rest_a = [x for x in range(max(0, i - 15), min(len(left), i + 16)) if x not in paired_a and left[x]]
        rest_b = [y for y in range(max(0, j - 15), min(len(right), j + 16)) if y not in paired_b and right[y]]
        merge = _completion(left[i], [(x, left[x]) for x in rest_a], right[j], own)
        split = _completion(right[j], [(y, right[y]) for y in rest_b], left[i], own)
        if merge is not None:
            out.append((merge[0], j, merge[1], "merge"))
            paired_a.add(merge[0])
        elif split is not None:
            out.append((i, split[0], split[1], "split"))
            paired_b.add(split[0])
    return out


def _completion(
    part: str, others: list[tuple[int, str]], whole: str, own: float
) -> tuple[int, float] | None:
    """The other part that, set before or after `part`, comes closest to `whole`; None when nothing is gained."""
    best: tuple[int, float] | None = None
    if len(whole) < 1.2 * len(part):
        return None
    for place, other in others:
        score = max(Indel.normalized_similarity(part + other, whole), Indel.normalized_similarity(other + part, whole))
        if score >= max(MAYBE + GAIN, own + GAIN) and (best is None or score > best[1]):
            best = (place, score)
    return best
