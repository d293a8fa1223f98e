"""What follows from a comparison, for people: as lines of text, and as the closing part of the comparison page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from markupsafe import Markup

from pipeline.assessment import Rounding
from pipeline.criterion_names import named
from pipeline.revisions.carryover import ACTIONS, VERDICTS, Carried
from pipeline.revisions.followup import Followed
from pipeline.revisions.identity import CAUSES
from pipeline.revisions.remapping import Coverage, Remapped
from pipeline.scoring.grades import number_text
from pipeline.scoring.tally import rounded
from pipeline.templating import template


def lines(found: Followed, lang: str) -> list[str]:
    """A line for the cause, each old decision, each rubric's old scores, each re-mapped assessment."""
    zh = lang == "zh"
    out = [("# 变化所在：" if zh else "# what changed: ") + CAUSES[found.cause][0 if zh else 1]]
    if found.decisions:
        out.append("# 旧版的决定（均未自动套用）" if zh else "# decisions on the old revision (none was applied)")
        out += [_decision(d, zh) for d in found.decisions]
    if found.cause == "text":
        out.append("# 旧分能否沿用" if zh else "# what old scores are worth")
        out += [_coverage(c, zh) for c in found.coverage]
        out += [_remapped(r, zh) for r in found.remapped]
    return out


def _decision(d: Carried, zh: bool) -> str:
    where = d.subject if d.action == "waive" or d.new_target in (d.target, None) else f"{d.target} -> {d.new_target}"
    value = f" {d.value}" if d.value is not None else ""
    return f"{VERDICTS[d.status] if zh else d.status}\t{ACTIONS[d.action] if zh else d.action} {where}{value}\t{d.reason if zh else d.reason_en}"


def _coverage(c: Coverage, zh: bool) -> str:
    if zh:
        return f"{c.rubric}\t沿用 {c.kept} 条，折算 {c.scaled} 条，无旧分 {c.open} 条，作废 {c.dropped} 条；新版 {c.possible} 分中可由旧分得出 {c.covered} 分"
    return f"{c.rubric}\t{c.kept} kept, {c.scaled} scaled, {c.open} without an old score, {c.dropped} dropped; old scores cover {c.covered} of {c.possible} points"


def near(value: str | None, tongue: int = 0) -> str:
    """A score as people read it: a fraction (scaled points) to two places, said to be about that.

    >>> near("1928/35"), near("57.5"), near(None)
    ('约 55.09', '57.5', '—')
    """
    if value is None or "/" not in value:
        return value or "—"
    places = rounded(Fraction(value), Rounding("half-up", 2))
    return f"{'约' if tongue == 0 else 'about'} {number_text(places)}"


def _remapped(r: Remapped, zh: bool) -> str:
    who = r.assessee or r.file
    if zh:
        return f"{r.rubric}\t{who}：旧分 {r.old_total}；沿用和折算得 {near(r.carried)}（满分 {r.covered}，新版 {r.possible}）；待评 {len(r.open)} 条，不定等次"
    return f"{r.rubric}\t{who}: scored {r.old_total}; carried {near(r.carried, 1)} of {r.covered} (new revision {r.possible}); {len(r.open)} to score, no grade"


def section(found: Followed, lang: str, names: Sequence[Mapping[str, str]]) -> Markup:
    """The closing part of the page; `names` of the criteria of the old revision and of the new."""
    zh = lang == "zh"
    verdicts, actions = (VERDICTS, ACTIONS) if zh else ({k: k for k in VERDICTS}, {k: k for k in ACTIONS})
    tongue = 0 if zh else 1
    words = {"verdicts": verdicts, "actions": actions, "cause": CAUSES[found.cause][tongue], "names": names, "named": named, "near": near}
    return Markup(template("followup.html.j2").render(found=found, tongue=tongue, **words))
