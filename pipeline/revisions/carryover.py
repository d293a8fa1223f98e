"""What becomes of the decisions on the revision before: still valid, stale, or moot; each with its reason.

Nothing is applied to the new revision: what still holds has to be decided again there, by a person, under the new
source. `valid`: the value it was made against, or the finding it waived, stands again in the new print; `moot`: the new
print says what was decided, or no longer has the finding; `stale`: neither, the old value is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.auditing.audit import ids_in
from pipeline.errors import UsageError
from pipeline.findings import Finding
from pipeline.model import Decision, Reading
from pipeline.repair import suggestions, value_at
from pipeline.rules.registry import shorten

Verdict = Literal["valid", "stale", "moot"]

VERDICTS = {"valid": "仍有效", "stale": "已失效", "moot": "不再需要"}
ACTIONS = {"accept": "采纳", "reject": "不采纳", "set": "改定", "waive": "豁免"}


class Carried(Struct, frozen=True):
    """One old decision as the new revision leaves it. `target` in the old ids, `new_target` in the new ones (None: gone);
    `subject` names a waived finding by rule and place; `now` is what the new print says there, or where the finding is;
    `again`: it has been decided anew on the new revision."""

    id: str
    action: str
    target: str
    subject: str
    new_target: str | None
    value: str | None
    expected: str | None
    now: str | None
    status: Verdict
    reason: str
    reason_en: str
    date: str
    again: bool = False


def carried(old: Reading, new: Reading, names: Mapping[str, str]) -> tuple[Carried, ...]:
    """Every decision of `old`, in its order. `names`: old id → new id of criteria and sections."""
    whole = {**_rubrics(old, new, names), **names}
    return tuple(_waiver(d, old, new, whole) if d.action == "waive" else _value(d, new, whole) for d in old.decisions)


def _rubrics(old: Reading, new: Reading, names: Mapping[str, str]) -> dict[str, str]:
    """Old rubric id → new: where most of its criteria are now, else the same id."""
    known = {r.id for r in new.rubrics}
    out = {r.id: r.id for r in old.rubrics if r.id in known}
    for rubric in old.rubrics:
        votes = Counter(names[c.id].rpartition("/")[0] for c in rubric.criteria() if c.id in names)
        if votes:
            out[rubric.id] = min(votes.items(), key=lambda item: (-item[1], item[0]))[0]
    return out


def _target(decision: Decision, names: Mapping[str, str]) -> str | None:
    identifier, _, name = decision.target.rpartition(".")
    home = identifier if identifier == "notice" else names.get(identifier)
    return f"{home}.{name}" if home else None


def _value(decision: Decision, new: Reading, names: Mapping[str, str]) -> Carried:
    """A decision on a value: what does the new print say at its place?"""
    target = _target(decision, names)
    try:
        now = _printed(new, target) if target else None
    except UsageError:
        target = None
    if target is None:
        return _said(decision, None, None, "stale", "新版没有这一处", "the new revision has no such place")
    again = any(d.action != "waive" and d.target == target and d.status == "valid" for d in new.decisions)
    if decision.action == "reject":
        return _rejection(decision, new, target, now, again)
    if now == decision.value:
        return _said(decision, target, now, "moot", "新版已印为所定的值", "the new print says what was decided", again)
    if now == decision.expected:
        return _said(decision, target, now, "valid", *_again_words(again), again)
    return _said(
        decision, target, now, "stale", f"新版此处已变，原决定针对“{shorten(decision.expected or '') or '（未印）'}”",
        f"the new print says something else here, the decision was made on “{shorten(decision.expected or '') or '(nothing)'}”", again,
    )  # fmt: skip


def _printed(new: Reading, target: str) -> str | None:
    """The value as printed: beneath a decision of the new revision itself."""
    own = next((d for d in new.decisions if d.target == target and d.status == "valid" and d.action in ("accept", "set")), None)
    return own.expected if own else value_at(new, target)


def _rejection(decision: Decision, new: Reading, target: str, now: str | None, again: bool) -> Carried:
    offered = any(s.id == target for s in suggestions(new))
    if offered and now == decision.expected:
        return _said(decision, target, now, "valid", *_again_words(again), again)
    if offered:
        return _said(decision, target, now, "stale", "新版此处的值已变，仍有建议", "the value here has changed, there is a suggestion still", again)
    return _said(decision, target, now, "moot", "新版不再有这项建议", "the new revision has no such suggestion", again)


def _waiver(decision: Decision, old: Reading, new: Reading, names: Mapping[str, str]) -> Carried:
    """A waived finding: is it there again, is another of its kind there, or is it gone?"""
    was = next((f for f in old.findings if f.fingerprint == decision.target), None)
    same = next((f for f in new.findings if f.fingerprint == decision.target), None)
    subject = next((f"{f.rule} {f.where}" for f in (was, same) if f is not None), decision.target)
    return replace(_waived(decision, was, same, new, names), subject=subject)


def _waived(decision: Decision, was: Finding | None, same: Finding | None, new: Reading, names: Mapping[str, str]) -> Carried:
    if same is not None:
        again = same.waiver is not None
        return _said(decision, decision.target, same.where, "valid", *_again_words(again), again)
    near = next((f for f in new.findings if was is not None and _same_place(was, f, names)), None)
    if near is not None:
        return _said(
            decision, near.fingerprint, near.where, "stale", f"该处仍有 {near.rule}，但内容已变，须重新判断",
            f"there is a {near.rule} here still, but it is another one; judge it anew", near.waiver is not None,
        )  # fmt: skip
    return _said(decision, None, None, "moot", "新版已无此问题", "the new revision has no such finding")


def _same_place(was: Finding, now: Finding, names: Mapping[str, str]) -> bool:
    places = {names.get(i, i) for i in ids_in(was.where)}
    return was.rule == now.rule and not places.isdisjoint(ids_in(now.where))


def _again_words(again: bool) -> tuple[str, str]:
    if again:
        return "新版已重新决定", "decided anew on the new revision"
    return "所依据的旧值或问题仍在；未自动套用，要沿用须在新版重新决定", "what it was made on stands again; nothing was applied, decide it anew"


def _said(
    decision: Decision, target: str | None, now: str | None, status: Verdict, reason: str, reason_en: str, again: bool = False
) -> Carried:
    return Carried(
        decision.id, decision.action, decision.target, decision.target, target, decision.value, decision.expected, now, status, reason, reason_en,
        decision.date, again,
    )  # fmt: skip
