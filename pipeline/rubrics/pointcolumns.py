"""Which columns hold the points of the criteria, and which those of their sections."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import patterns
from pipeline import rx as regex
from pipeline.patterns import Role
from pipeline.rubrics.profiles import Profile

UNFILLED = frozenset(("评分", "打分", "考核评分", "考评评分"))
"""Headers of a column to fill that, where it is printed full and no other column has points, stand over the points."""

DATES = regex.compile(r"(?:\p{Han}{2})?(?:年度|年份|年月|日期)")
"""Headers of a column that says when: its numbers are no points."""


def pick_points(
    profiles: Sequence[Profile], roles: dict[int, Role | None], taken: dict[int, Role], names: dict[int, str]
) -> tuple[int | None, tuple[int, ...]]:
    """(criterion points, columns of section points). Of several such columns those with fewer cells belong to sections."""
    fits = [c for c, p in enumerate(profiles) if c not in taken and p.filled and p.numeric >= 0.5]
    named = [c for c in fits if roles.get(c) == "points"]
    guessed = [
        c
        for c in fits
        if roles.get(c) in (None, "number")
        and profiles[c].numeric >= 0.7
        and profiles[c].length <= 8
        and not DATES.fullmatch(names.get(c, ""))
        and not (profiles[c].filled >= 3 and profiles[c].ascending >= 0.8)
    ]
    candidates = named or guessed or [c for c in fits if _is_printed_full(profiles[c], roles.get(c), names.get(c, ""))]
    if not candidates:
        return None, ()
    finer = [c for c in guessed if named and all(is_coarser(profiles[n], profiles[c]) for n in named)]
    if finer and not _closes_finer(candidates[0], profiles, roles, taken):
        return finer[0], tuple(named)
    if len(candidates) == 1:
        if _closes_finer(candidates[0], profiles, roles, taken) or (not guessed and _is_of_labels(candidates[0], profiles, roles)):
            return None, (candidates[0],)
        unnamed = [c for c in guessed if named and _follows_label(c, named[0], profiles)]
        return candidates[0], tuple(unnamed)
    repeated = tuple(c for c in candidates if _goes_with_label(c, profiles, roles))
    if len(repeated) == len(candidates) - 1:  # printed again in each row with their labels, while the criteria's may be joined
        return next(c for c in candidates if c not in repeated), repeated
    finest = min(candidates, key=lambda c: (-profiles[c].filled, profiles[c].span, c))
    if _closes_finer(finest, profiles, roles, taken):  # each of several levels has its column, the texts end with their own
        return None, tuple(candidates)
    groups = tuple(c for c in candidates if is_coarser(profiles[c], profiles[finest]) or _follows_label(c, finest, profiles))
    rest = [c for c in candidates if c not in groups]
    return (min(rest), groups) if groups else _equals(rest, profiles, roles)


def _closes_finer(only: int, profiles: Sequence[Profile], roles: dict[int, Role | None], taken: dict[int, Role]) -> bool:
    """Whether the only points column has fewer cells (those printed again with their labels counted once) than there are texts that
    end with points of their own (…（5分））."""
    own = profiles[only].runs if _goes_with_label(only, profiles, roles) else profiles[only].filled
    closing = [p for c, p in enumerate(profiles) if c not in taken and c != only and p.closing >= 0.6 and p.distinct >= 0.9]
    return any(p.filled > own >= 2 and not are_answers(p, profiles[only]) for p in closing)


def are_answers(texts: Profile, points: Profile) -> bool:
    """Whether the best of the texts beside one cell of points gets all of them, as a rule: answers (整洁（20分） 较整洁（10分）), no parts."""
    tops = sorted(points.rows)
    groups = [[texts.worth[r] for r in range(a, b) if r in texts.worth] for a, b in zip(tops, [*tops[1:], max(texts.rows) + 1], strict=True)]
    several = [(points.worth[top], values) for top, values in zip(tops, groups, strict=True) if top in points.worth and len(values) > 1]
    return 2 * sum(max(values) == whole for whole, values in several) > len(several)


def _is_of_labels(only: int, profiles: Sequence[Profile], roles: dict[int, Role | None]) -> bool:
    """Whether the only points column stands right beside the labels and is merged down as they are, over several lines of
    text each on its right: duties, of which a column says what is deducted. Answers of one question score by themselves."""
    own, left = profiles[only], profiles[only - 1] if only and roles.get(only - 1) == "label" else None
    if left is None or left.rows != own.rows or own.span < 1.5 or left.span != own.span:
        return False
    right = profiles[only + 1 :]
    duties = (p for p in right if p.filled > 1.5 * own.filled and p.length >= 2 and p.distinct >= 0.9)
    return any(p.deducting >= 0.5 for p in right) and any(p.numeric < 0.5 and p.scoring < 0.5 for p in duties)


def _is_printed_full(profile: Profile, role: Role | None, name: str) -> bool:
    """A column to fill (评分, 扣分) that is printed full: it holds the points, where no other column does."""
    return profile.wide >= 0.9 and profile.numeric >= 0.9 and (role == "deduction" or (role == "awarded" and name in UNFILLED))


def pick_sums(
    profiles: Sequence[Profile], roles: dict[int, Role | None], names: dict[int, str], taken: dict[int, Role], score: int | None
) -> tuple[int, ...]:
    """Columns headed 小计 or 合计 that sum up the criteria's points of each label, on either side of them, and not what was awarded
    between them."""
    if score is None:
        return ()
    given = min((c for c, name in names.items() if c > score and profiles[c].filled and patterns.header_role(name) == "awarded"), default=len(profiles))
    sums = (c for c, name in names.items() if c not in taken and c != score and c < given and (patterns.names_subtotal(name) or patterns.names_total(name)))
    coarse = (c for c in sums if is_coarser(profiles[c], profiles[score]) or _goes_with_label(c, profiles, roles))
    return tuple(c for c in coarse if profiles[c].numeric >= 0.5)


def _equals(
    candidates: Sequence[int], profiles: Sequence[Profile], roles: dict[int, Role | None]
) -> tuple[int | None, tuple[int, ...]]:
    """Several points columns with a cell in each row: the last is the criteria's where each follows a label column of
    its own, else the first."""
    sums = tuple(c for c in candidates if c != max(candidates) and _goes_with_label(c, profiles, roles))
    if sums:
        return min(c for c in candidates if c not in sums), sums
    first, last = min(candidates), max(candidates)
    apart = last - first > 1 and roles.get(first - 1) == roles.get(last - 1) == "label"
    return (last, tuple(c for c in candidates if c != last)) if apart and first else (first, ())


def _goes_with_label(col: int, profiles: Sequence[Profile], roles: dict[int, Role | None]) -> bool:
    """Whether a column changes no more often than the labels on its left, which are printed again in each row."""
    left = profiles[col - 1] if col and roles.get(col - 1) == "label" else None
    return left is not None and profiles[col].runs <= left.runs < left.filled


def is_coarser(a: Profile, b: Profile) -> bool:
    """Whether a column has clearly fewer cells than another: it holds points of a level above."""
    return a.filled <= 0.7 * b.filled


def _follows_label(col: int, finest: int, profiles: Sequence[Profile]) -> bool:
    """Whether a points column has a cell exactly where the label column on its left has, and not in each row."""
    own = profiles[col]
    return 0 < col < finest and own.filled < profiles[finest].filled and own.rows == profiles[col - 1].rows
