"""A unit among the units of the same rubric: places with ties, means, lowest and highest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from msgspec import Struct

from pipeline.assessment import ItemScore, Scorecard, SectionScore


class Spread(Struct, frozen=True):
    """Mean (exact quotient, rounded only where shown), lowest and highest of some values, and how many there are."""

    mean: Decimal
    lowest: Decimal
    highest: Decimal
    count: int


def by_rubric(cards: Sequence[Scorecard]) -> list[list[Scorecard]]:
    """The cards of each rubric, best first: ranked units, then vetoed ones, then those without a total."""
    groups: dict[str, list[Scorecard]] = {}
    for card in cards:
        groups.setdefault(card.rubric, []).append(card)
    for own in groups.values():
        own.sort(key=lambda c: (not ranked(c), c.total is None, -(c.total or 0), c.assessee or ""))
    return list(groups.values())


def ranked(card: Scorecard) -> bool:
    """Whether a unit takes a place: complete, with a total, not vetoed."""
    return card.complete and card.total is not None and not card.vetoed


def place(card: Scorecard, group: Sequence[Scorecard]) -> int | None:
    """The place of a card among those of its rubric; equal totals share a place and the next ones are left out (1, 1, 3)."""
    own = card.total
    if own is None or not ranked(card):
        return None
    return 1 + sum(ranked(c) and c.total is not None and c.total > own for c in group)


def spread(values: Sequence[Decimal | None]) -> Spread | None:
    """Of the values that are there; None without any."""
    known = [v for v in values if v is not None]
    return Spread(sum(known, Decimal(0)) / len(known), min(known), max(known), len(known)) if known else None


def totals(group: Sequence[Scorecard]) -> Spread | None:
    """Of the totals of complete cards, vetoed ones too: what they scored stays true."""
    return spread([c.total for c in group if c.complete])


def sections(group: Sequence[Scorecard]) -> dict[str, Spread]:
    """Of each section, by its id, over complete cards."""
    return _by(group, lambda c: ((s.id, counted(s)) for s in c.sections))


def _by(group: Sequence[Scorecard], values: Callable) -> dict[str, Spread]:
    found: dict[str, list[Decimal | None]] = {}
    for card in group:
        for id, value in values(card) if card.complete else ():
            found.setdefault(id, []).append(value)
    made = {id: spread(own) for id, own in found.items()}
    return {id: s for id, s in made.items() if s is not None}


def counted(part: SectionScore | ItemScore) -> Decimal | None:
    """What a section or criterion adds to the total: a deduction is below 0."""
    return -part.total if part.kind == "deduction" and part.total else part.total


def points_off(item: ItemScore) -> Decimal:
    """What a criterion cost: the points lost, or the deduction made."""
    if item.kind == "deduction":
        return item.total or Decimal(0)
    return item.lost or Decimal(0)


def costly(card: Scorecard) -> list[ItemScore]:
    """Criteria that cost points, most first, then in the order of the rubric."""
    return sorted((i for i in card.items if points_off(i) > 0), key=lambda i: -points_off(i))
