"""Which criteria of two revisions are the same, over all rubrics.

In this order, each step among what the ones before left over: the same text; assignment on similarity within a rubric;
splits and merges; assignment across rubrics; what may be the same (named as such, never silently).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import combinations
from typing import Literal

from msgspec import Struct, field
from rapidfuzz.distance import Indel, LCSseq

from pipeline import rx as regex
from pipeline.model import Criterion, Rubric
from pipeline.normalize import fold
from pipeline.proving.alignment import MAYBE, SAME, candidate_scores, similarity
from pipeline.revisions.pairing import assign

NEAR = 0.42
"""Between the same two neighbours as before, texts this much alike may be the same; unrelated ones stay below 0.35."""

PLACE = 0.08
"""What standing between the same neighbours is worth, in units of similarity; the same section is worth half."""

WHOLE = 0.75
"""Parts put together must come this close to the whole to count as a split or merge, …"""

GAIN = 0.05
"""… and closer than the best part alone by this much; each part must stand in the whole …"""

HELD = 0.70
"""… with this share of its characters, in their order."""

SMALL = 20_000
"""Among more leftover pairs than this clauses that changed places are not looked for."""

WINDOW = 15
PARTS = 4
"""Parts are looked for so many criteria around, and a whole has at most so many parts."""


class Spot(Struct, frozen=True):
    """A criterion and where it stands: rubric and section as indices, and its rank in the rubric. `key` is its folded
    text, `bare` that without punctuation, which a split or merge always changes."""

    rubric: int
    section: int
    rank: int
    criterion: Criterion
    key: str
    bare: str


class Match(Struct, frozen=True):
    """Two criteria that are the same, or may be."""

    a: Spot
    b: Spot
    similarity: float
    kind: Literal["same", "maybe"]


class Matching(Struct):
    """The matches; `splits` from an old criterion to its parts, `merges` from a new one to the old it was made of;
    `nearest_new` from a removed one to the most similar added one, `nearest_old` the other way."""

    rubrics: tuple[tuple[int, int], ...]
    pairs: list[Match] = field(default_factory=list)
    splits: list[tuple[Spot, tuple[Spot, ...]]] = field(default_factory=list)
    merges: list[tuple[Spot, tuple[Spot, ...]]] = field(default_factory=list)
    removed: list[Spot] = field(default_factory=list)
    added: list[Spot] = field(default_factory=list)
    nearest_new: dict[str, tuple[Spot, float]] = field(default_factory=dict)
    nearest_old: dict[str, tuple[Spot, float]] = field(default_factory=dict)

    def links(self) -> Iterator[tuple[str, str]]:
        """Ids that go together, old and new: pairs, and the parts of splits and merges."""
        yield from ((p.a.criterion.id, p.b.criterion.id) for p in self.pairs)
        yield from ((whole.criterion.id, p.criterion.id) for whole, parts in self.splits for p in parts)
        yield from ((p.criterion.id, whole.criterion.id) for whole, parts in self.merges for p in parts)


def match(old: Sequence[Rubric], new: Sequence[Rubric], bases: Sequence[str]) -> Matching:
    """Match the criteria whose basis is among `bases`."""
    found = Matching(tuple(match_rubrics(old, new)))
    a, b = _spots(old, bases), _spots(new, bases)
    joined = dict(found.rubrics)
    same = {(i, j): _exact(_of(a, i), _of(b, j), _labels(old), _labels(new)) for i, j in found.rubrics}
    known = [p for pairs in same.values() for p in pairs]
    found.pairs += _carried(_rest(a, [p.a for p in known]), _rest(b, [p.b for p in known]), joined)
    here_a, here_b = _free(found, a, b)
    for (i, j), pairs in same.items():
        left, right = _of(here_a, i), _of(here_b, j)
        pairs += _alike(_rest(left, [p.a for p in pairs]), _rest(right, [p.b for p in pairs]))
        _divide(found, pairs, left, right)
        found.pairs += pairs
    free_a, free_b = _free(found, a, b)
    across = [p for p in _alike(free_a, free_b) if joined.get(p.a.rubric) != p.b.rubric]
    found.pairs += across
    _maybe(found, a, b)
    found.pairs.sort(key=lambda p: (p.a.rubric, p.a.rank))
    found.removed, found.added = _free(found, a, b)
    _candidates(found)
    return found


def _of(spots: Sequence[Spot], rubric: int) -> list[Spot]:
    return [s for s in spots if s.rubric == rubric]


def _carried(left: Sequence[Spot], right: Sequence[Spot], joined: Mapping[int, int]) -> list[Match]:
    """Criteria that stand word for word in another rubric now, while their own has nothing like them any more: before
    anything that is only alike, for which the new place could be taken."""
    homes: dict[str, list[Spot]] = defaultdict(list)
    for spot in right:
        homes[spot.key].append(spot)
    counts = Counter(s.key for s in left)
    out = []
    for spot in left:
        home, own = homes.get(spot.key, []), joined.get(spot.rubric)
        if counts[spot.key] != 1 or len(home) != 1 or home[0].rubric == own:
            continue
        if not any(t.rubric == own and _alikeness(spot.key, t.key, SAME) for t in right):
            out.append(Match(spot, home[0], 1.0, "same"))
    return out


def match_rubrics(old: Sequence[Rubric], new: Sequence[Rubric]) -> list[tuple[int, int]]:
    """Rubrics that correspond, as indices: shared criteria count most, then the title, then the annex number."""
    scores = {}
    for i, a in enumerate(old):
        texts = Counter(fold(c.text) for c in a.criteria())
        for j, b in enumerate(new):
            others = Counter(fold(c.text) for c in b.criteria())
            shared = 2 * (texts & others).total() / max(texts.total() + others.total(), 1)
            score = shared + 0.4 * similarity(a.title or "", b.title or "") + (0.2 if a.annex == b.annex else 0)
            if score >= 0.35:
                scores[i, j] = score
    return assign(scores)


def match_sections(old: Rubric, new: Rubric, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Old section id to new: where its criteria (`pairs` of ids) went and what it is called, weighed together."""
    homes_a, homes_b = _members(old), _members(new)
    votes = Counter((x, y) for a, b in pairs for x in homes_a.get(a, ()) for y in homes_b.get(b, ()))
    size_a, size_b = (Counter(s for sections in homes.values() for s in sections) for homes in (homes_a, homes_b))
    parents_a, parents_b = ({s.parent for s in r.sections} for r in (old, new))
    scores = {}
    for x in old.sections:
        for y in new.sections:
            if (x.id in parents_a) != (y.id in parents_b):
                continue
            score = 2 * votes[x.id, y.id] / max(size_a[x.id] + size_b[y.id], 1)
            score += 0.6 * (bool(x.label) and fold(x.label or "") == fold(y.label or ""))
            if score >= 0.3:
                scores[x.id, y.id] = score
    names_a, names_b = [s.id for s in old.sections], [s.id for s in new.sections]
    found = assign({(names_a.index(x), names_b.index(y)): s for (x, y), s in scores.items()})
    return {names_a[i]: names_b[j] for i, j in found}


def _members(rubric: Rubric) -> dict[str, tuple[str, ...]]:
    """Criterion id to its section and that section's parent."""
    return {c.id: tuple(x for x in (s.id, s.parent) if x) for s in rubric.sections for c in s.criteria}


# ---- the steps ---------------------------------------------------------------------------------------------------


def _spots(rubrics: Sequence[Rubric], bases: Sequence[str]) -> list[Spot]:
    out = []
    for r, rubric in enumerate(rubrics):
        rank = 0
        for s, section in enumerate(rubric.sections):
            for criterion in section.criteria:
                if criterion.basis in bases:
                    key = fold(criterion.text)
                    out.append(Spot(r, s, rank, criterion, key, regex.sub(r"\p{P}", "", key)))
                    rank += 1
    return out


def _labels(rubrics: Sequence[Rubric]) -> list[list[str]]:
    return [[fold(s.label or "") for s in r.sections] for r in rubrics]


def _rest(spots: Sequence[Spot], used: Sequence[Spot]) -> list[Spot]:
    gone = {s.criterion.id for s in used}
    return [s for s in spots if s.criterion.id not in gone]


def _free(found: Matching, a: Sequence[Spot], b: Sequence[Spot]) -> tuple[list[Spot], list[Spot]]:
    """What no step has used, of both sides."""
    old = [p.a for p in found.pairs] + [w for w, _ in found.splits] + [x for _, parts in found.merges for x in parts]
    new = [p.b for p in found.pairs] + [w for w, _ in found.merges] + [x for _, parts in found.splits for x in parts]
    return _rest(a, old), _rest(b, new)


def _exact(
    left: Sequence[Spot], right: Sequence[Spot], labels_a: list[list[str]], labels_b: list[list[str]]
) -> list[Match]:
    """The same text. Where it stands several times: the same section first, then in order."""
    groups: dict[str, list[Spot]] = defaultdict(list)
    for spot in right:
        groups[spot.key].append(spot)
    out: list[Match] = []
    for own in (True, False):
        done = {p.a.criterion.id for p in out}
        for a in left:
            rivals = groups.get(a.key, [])
            same = (b for b in rivals if not own or labels_a[a.rubric][a.section] == labels_b[b.rubric][b.section])
            b = next(same, None) if a.key and a.criterion.id not in done else None
            if b is not None:
                rivals.remove(b)
                out.append(Match(a, b, 1.0, "same"))
    return out


def _alike(left: Sequence[Spot], right: Sequence[Spot]) -> list[Match]:
    """Assignment among the pairs from SAME up; of equals the one that keeps its rank."""
    table = candidate_scores([s.key for s in left], [s.key for s in right])
    sure = {(i, j): s - 1e-6 * abs(left[i].rank - right[j].rank) for (i, j), s in table.items() if s >= SAME}
    return [Match(left[i], right[j], table[i, j], "same") for i, j in assign(sure)]


def _maybe(found: Matching, a: Sequence[Spot], b: Sequence[Spot]) -> None:
    """Pairs that may be the same, within matched rubrics: alike enough, or less alike between the same neighbours."""
    free_a, free_b = _free(found, a, b)
    duos = {s.key: Counter(s.key[i : i + 2] for i in range(len(s.key) - 1)) for s in (*free_a, *free_b)}
    fresh: list[Match] = []
    for i, j in found.rubrics:
        left, right = [s for s in free_a if s.rubric == i], [s for s in free_b if s.rubric == j]
        gap = _gaps(found, [s for s in a if s.rubric == i], [s for s in b if s.rubric == j])
        table = {}
        for x, p in enumerate(left):
            for y, q in enumerate(right):
                near = gap(p, q)
                score = _alikeness(p.key, q.key)
                if len(left) * len(right) <= SMALL:
                    score = max(score, _shared(duos[p.key], duos[q.key]))
                if score >= (NEAR if near else MAYBE):
                    table[x, y] = score + PLACE * near
        fresh += [Match(left[x], right[y], _alikeness(left[x].key, right[y].key), "maybe") for x, y in assign(table)]
    found.pairs += fresh


def _alikeness(a: str, b: str, least: float = 0.0) -> float:
    """`similarity` of texts that are folded already; 0 below `least`."""
    return Indel.normalized_similarity(a, b, score_cutoff=least)


def _shared(a: Counter[str], b: Counter[str]) -> float:
    """0..1: the share of neighbouring characters two texts have in common, wherever they stand: clauses may have changed
    places."""
    return 2 * sum(min(n, b[duo]) for duo, n in a.items()) / max(a.total() + b.total(), 1)


def _gaps(found: Matching, left: Sequence[Spot], right: Sequence[Spot]) -> Callable[[Spot, Spot], float]:
    """How far two leftovers stand between criteria that correspond: 1 for both neighbours, 0.5 for one, 0 for none."""
    to_b = {p.a.criterion.id: p.b.criterion.id for p in found.pairs}
    for whole, parts in found.splits:
        to_b[whole.criterion.id] = parts[0].criterion.id
    for whole, parts in found.merges:
        to_b |= {p.criterion.id: whole.criterion.id for p in parts}
    known_b = set(to_b.values())
    before_a, after_a = _neighbours(left, set(to_b))
    before_b, after_b = _neighbours(right, known_b)

    def between(p: Spot, q: Spot) -> float:
        x, y = p.criterion.id, q.criterion.id
        first = to_b.get(before_a[x], "") == before_b[y]
        last = to_b.get(after_a[x], "") == after_b[y]
        return (first + last) / 2

    return between


def _neighbours(spots: Sequence[Spot], known: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """For each criterion the last known one before it and the first after it; "" at the ends."""
    out: list[dict[str, str]] = []
    for order in (spots, spots[::-1]):
        last = ""
        table: dict[str, str] = {}
        for spot in order:
            table[spot.criterion.id] = last
            if spot.criterion.id in known:
                last = spot.criterion.id
        out.append(table)
    return out[0], out[1]


def _candidates(found: Matching) -> None:
    """For what was removed and added, the most similar of the other side from MAYBE up."""
    scores = candidate_scores([s.key for s in found.removed], [s.key for s in found.added])
    for (i, j), score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        x, y = found.removed[i], found.added[j]
        found.nearest_new.setdefault(x.criterion.id, (y, score))
        found.nearest_old.setdefault(y.criterion.id, (x, score))


# ---- splits and merges -------------------------------------------------------------------------------------------


def _divide(found: Matching, pairs: list[Match], left: Sequence[Spot], right: Sequence[Spot]) -> None:
    """Find splits and merges of one rubric, the surest first: where two criteria are alike, the parts of the one could
    pass for those of the other. A pair that turns out to be a part of one is taken out of `pairs`."""
    free = {s.criterion.id: s for s in _rest(left, [p.a for p in pairs])}, {s.criterion.id: s for s in _rest(right, [p.b for p in pairs])}
    across = {p.a.rank: p.b.rank for p in pairs}, {p.b.rank: p.a.rank for p in pairs}
    wholes: list[tuple[int, Spot, Spot | None]] = [(0, p.a, p.b) for p in pairs] + [(0, s, None) for s in free[0].values()]
    wholes += [(1, p.b, p.a) for p in pairs] + [(1, s, None) for s in free[1].values()]
    offers: list[tuple[float, int, tuple[Spot, ...]]] = []

    def offer(n: int) -> None:
        side, whole, mate = wholes[n]
        score, parts = _parts(whole, mate, list(free[1 - side].values()), across[side])
        if parts:
            heappush(offers, (-score, n, parts))

    for n in range(len(wholes)):
        offer(n)
    broken: set[str] = set()
    while offers:
        _, n, parts = heappop(offers)
        side, whole, mate = wholes[n]
        if whole.criterion.id not in free[side] if mate is None else (mate if side else whole).criterion.id in broken:
            continue
        if any(p is not mate and p.criterion.id not in free[1 - side] for p in parts):
            offer(n)
            continue
        (found.merges if side else found.splits).append((whole, parts))
        free[side].pop(whole.criterion.id, None)
        for part in parts:
            free[1 - side].pop(part.criterion.id, None)
        if mate is not None:
            broken.add((mate if side else whole).criterion.id)
    pairs[:] = [p for p in pairs if p.a.criterion.id not in broken]


def _parts(whole: Spot, mate: Spot | None, free: Sequence[Spot], across: Mapping[int, int]) -> tuple[float, tuple[Spot, ...]]:
    """The parts that together say what `whole` says, and how alike they are to it; empty when there are none. `mate`, its pair so far, must be one.
    `across`: ranks of paired criteria on the side of `whole` → on the other side, where a whole section may stand elsewhere."""
    if mate is not None and len(mate.key) >= len(whole.key):
        return 0.0, ()
    middles = (mate.rank,) if mate else _beside(whole.rank, across)
    held = [s for s in free if any(abs(s.rank - m) <= WINDOW for m in middles) and _held(s.bare, whole.bare) >= HELD]
    held = sorted(sorted(held, key=lambda s: -len(s.key))[: PARTS + 2], key=lambda s: s.rank)
    pool = sorted([*held, mate] if mate else held, key=lambda s: s.rank)
    best: tuple[float, tuple[Spot, ...]] = (max((_alikeness(whole.bare, s.bare) for s in pool), default=0.0), ())
    for size in range(2, min(PARTS, len(pool)) + 1):
        for chosen in combinations(pool, size):
            if mate is not None and mate not in chosen:
                continue
            score = max(_alikeness(whole.bare, "".join(s.bare for s in way)) for way in _ways(chosen))
            if score >= max(WHOLE, best[0] + GAIN):
                best = (score, chosen)
    return best


def _beside(rank: int, across: Mapping[int, int]) -> tuple[int, ...]:
    """Where the paired neighbours before and after a rank stand on the other side; the same rank when it has none."""
    before, after = max((r for r in across if r < rank), default=None), min((r for r in across if r > rank), default=None)
    return tuple(across[r] for r in (before, after) if r is not None) or (rank,)


def _ways(chosen: tuple[Spot, ...]) -> Iterator[tuple[Spot, ...]]:
    yield chosen
    if len(chosen) == 2:
        yield chosen[::-1]


def _held(part: str, whole: str) -> float:
    return LCSseq.similarity(part, whole) / max(len(part), 1)
