"""Rubrics as printed → rubrics with their sections settled: which criteria each label has, on what that rests, what is
missing, and how many explanations are equally good. No printed value is changed; what is added carries its basis.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.model import Notice, Rubric
from pipeline.proving.alignment import Pair, align
from pipeline.proving.donors import donors_of
from pipeline.proving.fitting import Fit, Trial, fit, full
from pipeline.proving.layout import Sheet, same_name, sheet_of
from pipeline.proving.proofs import solve, tie
from pipeline.proving.settled import build


def resolve(notice: Notice, rubrics: Sequence[Rubric]) -> tuple[Rubric, ...]:
    """Final sections, criteria and proofs of all rubrics of a notice."""
    sheets = [sheet_of(rubric, notice) for rubric in rubrics]
    fits = [fit(sheet) for sheet in sheets]
    pairs = _pairs(sheets) if len(rubrics) > 1 else {}
    for _ in range(len(rubrics)):
        changed = False
        for index, own in enumerate(fits):
            if own is None or own.earlier is not None or not _open(own):
                continue
            tied = _with_twins(own, _expected(index, fits, pairs))
            changed |= tied is not None
            fits[index] = tied or own
        if not changed:
            break
    donors = [donors_of(index, sheets, pairs) for index in range(len(sheets))]
    return tuple(build(s, f, d) for s, f, d in zip(sheets, fits, donors, strict=True))


def _pairs(sheets: Sequence[Sheet]) -> dict[tuple[int, int], tuple[Pair, ...]]:
    printed = [s.rubric.printed() for s in sheets]
    return {
        (i, j): align(printed[i], printed[j]) for i in range(len(sheets)) for j in range(len(sheets)) if i < j
    }  # fmt: skip


def _open(found: Fit) -> bool:
    return any(len(rows) > 1 for rows in found.robust)


def _expected(
    index: int, fits: Sequence[Fit | None], pairs: dict[tuple[int, int], tuple[Pair, ...]]
) -> tuple[tuple[int, int], ...]:
    """(row, section) for each criterion whose twin in a sister rubric stands in a settled section of the same name."""
    own = fits[index]
    if own is None:
        return ()
    votes: dict[int, set[int]] = {}
    for other, sister in enumerate(fits):
        if other == index or sister is None:
            continue
        names = _settled_names(sister)
        ids = {row.criterion.id: r for r, row in enumerate(own.sheet.rows) if row.criterion is not None}
        for one, two in _twins(index, other, pairs):
            label = names.get(two)
            if label is not None and one in ids:
                homes = {k for k, slot in enumerate(own.slots) if slot.label and same_name(slot.label, label)}
                votes.setdefault(ids[one], set()).update(homes)
    return tuple(sorted((row, next(iter(homes))) for row, homes in votes.items() if len(homes) == 1))


def _twins(index: int, other: int, pairs: dict[tuple[int, int], tuple[Pair, ...]]) -> list[tuple[str, str]]:
    found = pairs.get((min(index, other), max(index, other)), ())
    same = [p for p in found if p.kind in ("same", "moved")]
    return [(p.a.id, p.b.id) if index < other else (p.b.id, p.a.id) for p in same]


def _settled_names(found: Fit) -> dict[str, str]:
    """Criterion id → label, for the criteria of sections both of whose ends are settled."""
    starts = (*found.chosen().starts, len(found.sheet.rows))
    sure = [len(rows) == 1 for rows in found.robust] + [True]
    out = {}
    for k, slot in enumerate(found.slots):
        if slot.label and sure[k] and sure[k + 1]:
            for row in found.sheet.rows[starts[k] : starts[k + 1]]:
                if row.criterion is not None:
                    out[row.criterion.id] = slot.label
    return out


def _with_twins(own: Fit, expected: tuple[tuple[int, int], ...]) -> Fit | None:
    """The fit with criteria tied to the sections of their twins; only ties that no best explanation refuses."""
    if not expected:
        return None
    puzzle = tie(own.puzzle, expected)
    summary = solve(puzzle, margins=False)
    if summary is None or summary.cost != own.summary.cost:
        puzzle = tie(own.puzzle, _bearable(own, expected))
        summary = solve(puzzle, margins=False)
    if summary is None or summary.cost != own.summary.cost or summary.count == own.summary.count:
        return None
    return replace(full(Trial(own.sheet, own.slots, puzzle, own.reading, summary.cost)), earlier=own)


def _bearable(own: Fit, expected: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Ties that some best explanation keeps; none when those that none keeps are more than a fifth."""
    ends = [(*p.starts[1:], len(own.sheet.rows)) for p in own.summary.patterns]
    kept = tuple(
        (row, k)
        for row, k in expected
        if any(p.starts[k] <= row < e[k] for p, e in zip(own.summary.patterns, ends, strict=True))
    )
    return kept if 5 * len(kept) >= 4 * len(expected) else ()
