"""The change list as text, JSON, RFC 6902 patch, and the 对照表 as HTML and DOCX."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from pipeline import serialize
from pipeline.criterion_names import named, names_of
from pipeline.errors import UsageError
from pipeline.findings import SETTLED
from pipeline.model import Reading, Rubric
from pipeline.plain import to_plain
from pipeline.revisions.changes import NAMES, Change, ChangeList
from pipeline.revisions.comparison import printed_points
from pipeline.revisions.followup import Followed, follow
from pipeline.revisions.followup_out import lines as followed_lines
from pipeline.revisions.followup_out import section as followed_section
from pipeline.revisions.headchanges import HEAD
from pipeline.revisions.synopsis import Row, rows, shown
from pipeline.revisions.textdiff import Mark, marks
from pipeline.templating import template

FILES = {"diff.html": "html", "diff.docx": "docx", "diff.json": "json", "patch.json": "patch", "tracked.docx": "tracked"}


def write_all(old: Reading, new: Reading, folder: Path, lang: str) -> list[Path]:
    """对照表 as HTML and DOCX, the change list, the patch, and the tracked changes, into `folder`; returns the files."""
    found = follow(old, new)
    made = {name: render(found, form, lang, old, new) for name, form in FILES.items()}
    for name, data in made.items():
        serialize.write_whole(folder / name, data)
    return [folder / name for name in made]


def render(found: ChangeList, form: str, lang: str, old: Reading, new: Reading, everything: bool = False) -> str | bytes:
    """One format; `everything`: the 对照表 lists unchanged rows too. Raises UsageError for an unknown format."""
    if form == "json":
        return serialize.dumps(found.to_json())
    if form == "patch":
        return serialize.dumps(patch(old, new, found))
    if form == "html":
        return page(found, old, new, lang, everything)
    if form == "docx":
        from pipeline.revisions.synopsis_out import document

        return document(found, old, new, lang, everything)
    if form == "tracked":
        from pipeline.revisions.tracked import document as tracked

        return tracked(found, old, new)
    if form == "text":
        return text(found, lang)
    raise UsageError(f"--format {form}", "is no format of a comparison", "choose text, json, patch, html, docx or tracked")


def text(found: ChangeList, lang: str) -> str:
    """A line a change for the terminal; renumberings as one count."""
    lines = []
    for change in found.changes:
        if change.is_folded():
            continue
        name = NAMES[change.type] if lang == "zh" else change.type
        note = change.note if lang == "zh" else change.note_en
        where = " -> ".join(x for x in (change.old, change.new) if x)
        lines.append(f"{change.weight}\t{name}\t{where}\t{inline(change)}" + (f"\t{note}" if note else ""))
    folded = sum(c.is_folded() for c in found.changes)
    if folded:
        lines.append(f"patch\t{NAMES['criterion-renumbered'] if lang == 'zh' else 'criterion-renumbered'}\t{folded}")
    if not lines:
        lines.append("没有变更" if lang == "zh" else "no change")
    fixed, fresh = (len(found.anomalies[k]) for k in ("fixed", "new"))
    if fixed or fresh:
        kept = len(found.anomalies["kept"])
        lines.append(f"问题：已消除 {fixed}，仍在 {kept}，新出现 {fresh}" if lang == "zh" else f"findings: {fixed} fixed, {kept} kept, {fresh} new")
    if isinstance(found, Followed):
        lines += followed_lines(found, lang)
    return "\n".join(lines) + "\n"


def inline(change: Change) -> str:
    """Before and after in one text: [-out-]{+in+}."""
    if change.before and change.after:
        sign = {"keep": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
        return "".join(sign[kind].format(part) for kind, part in marks(change.before, change.after)).replace("\n", " ")
    return f"{'-' if change.before else '+'} {change.before or change.after or ''}".replace("\n", " ")


def keyed(reading: Reading, names: dict[str, str] | None = None) -> dict[str, Any]:
    """A revision, as far as it is printed or confirmed, as maps by id, so that a patch depends on positions nowhere but
    in `order`. `names` gives other ids."""
    name = (names or {}).get
    head = {k: v for k, v in to_plain(reading.notice).items() if k in (*HEAD, "veto_outcome")}
    head["grade_bands"] = [{k: v for k, v in to_plain(b).items() if k != "at"} for b in reading.notice.grade_bands]
    head["vetoes"] = [v.text for v in reading.notice.vetoes]
    return {"notice": head, "rubrics": {name(r.id, r.id): _keyed_rubric(r, names or {}) for r in reading.rubrics}}


def _keyed_rubric(rubric: Rubric, names: dict[str, str]) -> dict[str, Any]:
    criteria, order, sections = {}, [], {}
    for section in rubric.sections:
        own = names.get(section.id, section.id)
        parent = names.get(section.parent, section.parent) if section.parent else None
        label = section.label if section.basis in SETTLED else None
        points = section.stated_points if section.points_basis in SETTLED else None
        sections[own] = {"label": label, "stated_points": to_plain(points), "parent": parent}
        for c in (c for c in section.criteria if c.basis in SETTLED):
            key = names.get(c.id, c.id)
            order.append(key)
            most = to_plain(printed_points(c))
            criteria[key] = {"number": c.number, "text": c.text, "max_points": most, "columns": dict(c.columns), "section": own}
    return {
        "annex": rubric.annex, "title": rubric.title, "stated_total": to_plain(rubric.stated_total), "sections": sections, "criteria": criteria,
        "order": order,
    }  # fmt: skip


def patch(old: Reading, new: Reading, found: ChangeList) -> list[dict[str, Any]]:
    """RFC 6902 operations from `keyed(old)` to `keyed(new, kept_names(…))`: what goes on keeps its old id."""
    operations: list[dict[str, Any]] = []
    _patch("", keyed(old), keyed(new, kept_names(old, new, found)), operations)
    return operations


def kept_names(old: Reading, new: Reading, found: ChangeList) -> dict[str, str]:
    """New id -> the id it goes by in the patch: the old one where it continues something; where a new thing bears an id
    that the old revision used, that id with `+`."""
    out = {b: a for table in (found.rubrics, found.sections, found.pairs) for a, b in table.items()}
    used = _ids(old)
    for id_ in sorted(_ids(new) - set(out)):
        out[id_] = id_ if id_ not in used else f"{id_}+"
    return out


def _ids(reading: Reading) -> set[str]:
    return {x for r in reading.rubrics for x in (r.id, *(s.id for s in r.sections), *(c.id for c in r.criteria()))}


def _patch(path: str, before: Any, after: Any, operations: list[dict[str, Any]]) -> None:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(set(before) | set(after)):
            place = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
            if key not in after:
                operations.append({"op": "remove", "path": place})
            elif key not in before:
                operations.append({"op": "add", "path": place, "value": after[key]})
            else:
                _patch(place, before[key], after[key], operations)
    elif before != after:
        operations.append({"op": "replace", "path": path, "value": after})


# ---- 对照表 -------------------------------------------------------------------------------------------------------


def runs(side: tuple[Mark, ...]) -> Markup:
    """The runs of one cell as HTML, escaped, with their character marks."""
    tags = {"keep": "", "out": "del", "in": "ins"}
    out = Markup("")
    for kind, text in side:
        own = escape(text).replace("\n", Markup("<br>"))
        out += Markup("<{0}>{1}</{0}>").format(Markup(tags[kind]), own) if tags[kind] and text else own
    return out


def page(found: ChangeList, old: Reading, new: Reading, lang: str, everything: bool) -> str:
    """The 对照表 as one HTML file; unchanged rows are in it and shown on request (`everything`: from the start)."""
    table = rows(found, old, new)
    names = tuple(names_of(reading, 0 if lang == "zh" else 1) for reading in (old, new))
    return template("diff.html.j2").render(
        found=found, rows=shown(table, True), folded=sum(c.is_folded() for c in found.changes), runs=runs, lang=lang,
        tongue=0 if lang == "zh" else 1, everything=everything, same=sum(r.same and r.level == "line" for r in table), counts=counts(found, lang),
        quiet=_quiet(table), followed=followed_section(found, lang, names) if isinstance(found, Followed) else "",
        names=names, named=named,
    )  # fmt: skip


def _quiet(table: list[Row]) -> set[int]:
    """Places of the rows that stay away until unchanged ones are asked for."""
    kept = {id(row) for row in shown(table, False)}
    return {n for n, row in enumerate(table) if id(row) not in kept and row.level != "part"}


def counts(found: ChangeList, lang: str) -> list[tuple[str, int]]:
    """How many changes of each type, the frequent ones first; pure renumberings apart."""
    kinds = Counter(c.type for c in found.changes if not c.is_folded())
    return [(NAMES[kind] if lang == "zh" else kind, n) for kind, n in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))]
