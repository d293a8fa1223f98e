"""Ids stay with what they name: a new revision takes over the ids of the criteria and sections it shares with the one
before it; what is new gets an id that no revision before it ever used.

An id belongs to its rubric (`annex-2/c21`). A criterion that went to another annex gets a new id there; the map of the
lineage still says where it came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.findings import SETTLED
from pipeline.model import Criterion, Lineage, Reading, Rubric
from pipeline.normalize import fold
from pipeline.provenance import Provenance
from pipeline.proving.alignment import SAME, align, similarity

NUMBER = regex.compile(r"/[cs]([0-9]+)")


def correspondence(old: Reading, new: Reading, pairs: Mapping[str, str]) -> dict[str, str]:
    """New id → old id of every criterion and section that corresponds. `pairs` (old → new) are the printed criteria
    that were matched; lost criteria, which are inferred on one side, and sections are found beside them."""
    back = {b: a for a, b in pairs.items()}
    by_id = {r.id: r for r in old.rubrics}
    for rubric in new.rubrics:
        if rubric.id in by_id:
            back |= _lost(by_id[rubric.id], rubric, back)
    homes = {c.id: s.id for r in old.rubrics for s in r.sections for c in s.criteria}
    for rubric in new.rubrics:
        back |= _sections(by_id.get(rubric.id), rubric, back, homes)
    return back


def _lost(a: Rubric, b: Rubric, back: Mapping[str, str]) -> dict[str, str]:
    """Pairs of criteria of which at least one is inferred: alike in text, or in the same gap."""
    rest_a = [c for c in a.criteria() if c.id not in back.values()]
    rest_b = [c for c in b.criteria() if c.id not in back]
    out: dict[str, str] = {}
    for pair in align(rest_a, rest_b):
        if pair.similarity >= SAME and pair.kind in ("same", "moved") and _either_lost(pair.a, pair.b):
            out[pair.b.id] = pair.a.id
    after_a, after_b = _before(a), _before(b)
    for old in rest_a:
        for new in rest_b:
            free = old.id not in out.values() and new.id not in out and _either_lost(old, new)
            if free and old.number == new.number and back.get(after_b[new.id] or "", "") == after_a[old.id]:
                out[new.id] = old.id
    return out


def _either_lost(a: Criterion, b: Criterion) -> bool:
    return a.basis not in SETTLED or b.basis not in SETTLED


def _before(rubric: Rubric) -> dict[str, str | None]:
    """Each criterion's id → the id of the one before it."""
    ids = [c.id for c in rubric.criteria()]
    return dict(zip(ids, [None, *ids], strict=False))


def _sections(a: Rubric | None, b: Rubric, back: Mapping[str, str], homes: Mapping[str, str]) -> dict[str, str]:
    """Section pairs: the same label, else where most of the criteria came from; none is taken twice."""
    labels = {fold(s.label): s.id for s in reversed(a.sections if a else ()) if s.label}
    out: dict[str, str] = {}
    for section in b.sections:
        if section.label and fold(section.label) in labels and labels[fold(section.label)] not in out.values():
            out[section.id] = labels[fold(section.label)]
    for section in b.sections:
        votes = Counter(homes[back[c.id]] for c in section.criteria if back.get(c.id) in homes)
        if section.id in out or not votes:
            continue
        best, count = min(votes.items(), key=lambda item: (-item[1], item[0]))
        if best not in out.values() and 2 * count > len(section.criteria):
            out[section.id] = best
    return out


# ---- giving ids --------------------------------------------------------------------------------------------------


def inherit(new: Reading, old: Reading, pairs: Mapping[str, str]) -> Reading:
    """`new` as read, under the ids of `old` wherever they correspond, with its lineage. Both name slug and revision."""
    back = correspondence(old, new, pairs)
    used = {*_ids(old.rubrics), *(old.lineage.retired if old.lineage else ())}
    names = _names(new, back, used)
    ids = {names[i]: back.get(i) for i in _ids(new.rubrics)}
    lineage = Lineage(
        notice=(old.lineage.notice if old.lineage else old.slug) or "", slug=old.slug or "", revision=old.revision or "",
        document_number=old.notice.document_number, sha256=old.source.sha256, ids=ids,
        uncertain=_uncertain(new, old, back, names), retired=tuple(sorted(used - set(ids), key=_natural)),
    )  # fmt: skip
    rubrics = tuple(_renamed(r, names) for r in new.rubrics)
    return replace(new, rubrics=rubrics, lineage=lineage)


def _ids(rubrics: tuple[Rubric, ...]) -> Iterator[str]:
    for rubric in rubrics:
        for section in rubric.sections:
            yield section.id
            yield from (c.id for c in section.criteria)


def _names(new: Reading, back: Mapping[str, str], used: set[str]) -> dict[str, str]:
    """As-read id → id: inherited inside the same rubric, else as read when that was never used, else the next number."""
    names: dict[str, str] = {}
    for rubric in new.rubrics:
        own = [i for i in _ids((rubric,)) if back.get(i, "").startswith(f"{rubric.id}/")]
        names |= {i: back[i] for i in own}
    taken = used | set(names.values())
    for identifier in _ids(new.rubrics):
        if identifier not in names:
            names[identifier] = identifier if identifier not in taken else _fresh(identifier, taken)
            taken.add(names[identifier])
    return names


def _fresh(identifier: str, taken: set[str]) -> str:
    """The id after the highest number its rubric ever used for this kind (c or s)."""
    head, _, tail = identifier.rpartition("/")
    stem = f"{head}/{tail[:1]}"
    numbers = [int(m[1]) for i in taken if i.startswith(stem) and (m := NUMBER.search(i))]
    return f"{stem}{max(numbers, default=0) + 1}"


def _natural(identifier: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in regex.split(r"([0-9]+)", identifier)]


def _uncertain(new: Reading, old: Reading, back: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Ids inherited on a likeness below SAME, with it: a person should look."""
    texts = {c.id: c.text for r in old.rubrics for c in r.criteria()}
    likeness = {c.id: similarity(texts[back[c.id]], c.text) for r in new.rubrics for c in r.criteria() if back.get(c.id) in texts}
    return {names[i]: f"{value:.2f}" for i, value in likeness.items() if value < SAME}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A model value with every string that is an id replaced, all at once; places are left as they are."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Provenance):
        return value
    if isinstance(value, Struct):
        return replace(value, **{name: _renamed(getattr(value, name), names) for name in value.__struct_fields__})
    if isinstance(value, (tuple, list)):
        return type(value)(_renamed(v, names) for v in value)
    if isinstance(value, dict):
        return {_renamed(k, names): _renamed(v, names) for k, v in value.items()}
    return value
