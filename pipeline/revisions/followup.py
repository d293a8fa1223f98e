"""What follows from a comparison: which layer changed, what becomes of old decisions, what becomes of old scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import asdict

from pipeline.assessment import Assessment
from pipeline.errors import UsageError
from pipeline.model import Criterion, Reading
from pipeline.plain import points_text
from pipeline.proving.alignment import SAME, similarity
from pipeline.revisions import carryover, identity, quantities, remapping
from pipeline.revisions.changes import ChangeList, Comparable, say
from pipeline.revisions.comparison import compare
from pipeline.revisions.inheritance import correspondence
from pipeline.scoring.score import foreign_reason


class Followed(ChangeList, frozen=True):
    """A change list with what follows from it. `cause`: see `identity`; `remapped` only for given assessments."""

    cause: identity.Cause = "none"
    decisions: tuple[carryover.Carried, ...] = ()
    coverage: tuple[remapping.Coverage, ...] = ()
    remapped: tuple[remapping.Remapped, ...] = ()


def follow(old: Reading, new: Reading, assessments: Sequence[Assessment] = ()) -> Followed:
    """Compare two revisions and say what follows. Raises UsageError for an assessment that is not of the old one."""
    found = compare(old, new)
    names = _names(old, new, found)
    fates = (*found.comparability, *_of_lost(old, new, names, {c.old for c in found.comparability}))
    for one in assessments:
        reason = foreign_reason(one, old)
        if reason:
            raise UsageError(one.source.file or "assessment", reason, "give assessments of the OLD revision")
    return Followed(
        **asdict(found) | {"comparability": fates},
        cause=identity.cause(old, new), decisions=carryover.carried(old, new, names),
        coverage=remapping.coverage(old, new, fates),
        remapped=tuple(sheet for one in assessments for sheet in remapping.remap(one, old, new, fates)),
    )  # fmt: skip


def _names(old: Reading, new: Reading, found: ChangeList) -> dict[str, str]:
    """Old id → new id: by the lineage where the new revision comes from the old one, else by likeness."""
    names = {a: b for b, a in correspondence(old, new, found.pairs).items()}
    line = new.lineage
    if line is not None and (line.slug, line.revision) == (old.slug, old.revision):
        names |= {a: b for b, a in line.ids.items() if a is not None}
    return names


def _of_lost(old: Reading, new: Reading, names: dict[str, str], known: set[str]) -> Iterator[Comparable]:
    """Criteria of the old revision that were inferred, and yet scored on its drafts."""
    news = {c.id: c for r in new.rubrics for c in r.criteria()}
    for rubric in old.rubrics:
        for a in rubric.criteria():
            if a.id not in known:
                yield _fate(a, news.get(names.get(a.id, "")))


def _fate(a: Criterion, b: Criterion | None) -> Comparable:
    points = tuple(None if c is None or c.max_points is None else points_text(c.max_points) for c in (a, b))
    if b is None:
        return Comparable(a.id, None, "drop", "旧版为推断条目，新版没有对应条目", "inferred in the old revision, without a match in the new one", *points)
    if similarity(a.text, b.text) < SAME or quantities.changed(a.text, b.text) is not None:
        return Comparable(a.id, b.id, "drop", "旧版为推断条目，新版印出的要求不同", "inferred in the old revision, printed otherwise in the new one", *points)
    known = "旧版为推断条目，新版" + ("亦然" if b.basis == "inferred" else "已印")
    known_en = "inferred in the old revision, " + ("in the new one too" if b.basis == "inferred" else "printed in the new one")
    if a.max_points != b.max_points and not (a.max_points and b.max_points):
        return Comparable(a.id, b.id, "drop", *say("drop-unscaled"), *points)
    if a.max_points != b.max_points:
        return Comparable(a.id, b.id, "scale", f"{known}，分值不同，按比例折算", f"{known_en}; points differ: scaled", *points)
    return Comparable(a.id, b.id, "keep", f"{known}，含义和分值相同", f"{known_en}; same meaning and points", *points)
