"""The change list as text, JSON, RFC 6902 patch, and the 对照表 as HTML and DOCX."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from pipeline import serialize
from pipeline.changes import NAMES, Change, ChangeList
from pipeline.comparison import compare
from pipeline.errors import UsageError
from pipeline.followup import Followed, follow
from pipeline.followup_out import lines as followed_lines
from pipeline.followup_out import section
from pipeline.model import Reading
from pipeline.textdiff import marks

FOLDED = ("criterion-renumbered",)
"""A pure renumbering is counted, not listed, where people read."""


def write_all(old: Reading, new: Reading, folder: Path, lang: str) -> list[Path]:
    """对照表 as HTML and DOCX, the change list and the patch, into `folder`; returns the files."""
    found = follow(old, new)
    made = {name: render(found, form, lang, old, new) for name, form in (("diff.html", "html"), ("diff.docx", "docx"), ("diff.json", "json"), ("patch.json", "patch"))}
    for name, data in made.items():
        serialize.write_whole(folder / name, data)
    return [folder / name for name in made]


def render(found: ChangeList, form: str, lang: str, old: Reading, new: Reading) -> str | bytes:
    """One format. Raises UsageError for an unknown one."""
    if form == "json":
        return serialize.dumps(found.to_json())
    if form == "patch":
        return serialize.dumps(patch(old, new))
    if form == "html":
        return page(found, new)
    if form == "docx":
        return document(found)
    if form == "text":
        return text(found, lang)
    raise UsageError(f"--format {form}", "is no format of a comparison", "choose text, json, patch, html or docx")


def text(found: ChangeList, lang: str) -> str:
    """A line a change for the terminal; renumberings as one count."""
    lines = []
    for change in found.changes:
        if change.type in FOLDED:
            continue
        name = NAMES[change.type] if lang == "zh" else change.type
        where = " -> ".join(x for x in (change.old, change.new) if x)
        lines.append(f"{change.weight}\t{name}\t{where}\t{inline(change)}" + (f"\t{change.note}" if change.note else ""))
    folded = sum(c.type in FOLDED for c in found.changes)
    if folded:
        lines.append(f"patch\t{NAMES[FOLDED[0]] if lang == 'zh' else FOLDED[0]}\t{folded}")
    if not lines:
        lines.append("没有变更" if lang == "zh" else "no change")
    if isinstance(found, Followed):
        lines += followed_lines(found, lang)
    return "\n".join(lines) + "\n"


def inline(change: Change) -> str:
    """Before and after in one text: [-out-]{+in+}."""
    if change.before and change.after:
        sign = {"keep": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
        return "".join(sign[kind].format(part) for kind, part in marks(change.before, change.after)).replace("\n", " ")
    return f"{'-' if change.before else '+'} {change.before or change.after or ''}".replace("\n", " ")


def keyed(reading: Reading, pairs: dict[str, str] | None = None) -> dict[str, Any]:
    """A revision as maps by id, so that a patch never depends on positions. `pairs` renames ids (old → kept)."""
    names = pairs or {}
    out: dict[str, Any] = {}
    for rubric in reading.rubrics:
        criteria = {
            names.get(c.id, c.id).replace("/", ":"): {"number": c.number, "text": c.text, "max_points": None if c.max_points is None else str(c.max_points), "section": s.label}
            for s in rubric.sections
            for c in s.criteria
        }
        out[rubric.id] = {"title": rubric.title, "stated_total": None if rubric.stated_total is None else str(rubric.stated_total), "criteria": criteria}
    return out


def patch(old: Reading, new: Reading) -> list[dict[str, Any]]:
    """RFC 6902 operations from `keyed(old)` to `keyed(new)` under the old ids; criteria are named by their id."""
    found = compare(old, new)
    back = {b: a for a, b in found.pairs.items()}
    before, after = keyed(old), keyed(new, back)
    operations: list[dict[str, Any]] = []
    _patch("", before, after, operations)
    return operations


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


def marked(change: Change, side: str) -> Markup:
    """One side of a row with its character marks, escaped."""
    own = change.before if side == "out" else change.after
    if own is None:
        return Markup("—")
    if change.before is None or change.after is None:
        return Markup(f'<{"del" if side == "out" else "ins"}>{escape(own)}</{"del" if side == "out" else "ins"}>')
    tag = {"out": "del", "in": "ins"}[side]
    parts = [
        str(escape(part)) if kind == "keep" else f"<{tag}>{escape(part)}</{tag}>"
        for kind, part in marks(change.before, change.after)
        if kind in ("keep", side)
    ]
    return Markup("".join(parts).replace("\n", "<br>"))


def note(change: Change) -> str:
    """The 说明 of a row."""
    return NAMES[change.type] + (f"：{change.note}" if change.note else "")


def page(found: ChangeList, new: Reading) -> str:
    """The 对照表 as one HTML file."""
    listed = [c for c in found.changes if c.type not in FOLDED]
    changed = {c.new for c in found.changes} | {c.old for c in found.changes}
    unchanged = [c for r in new.rubrics for c in r.criteria() if c.id not in changed]
    return _template().render(
        found=found, rows=listed, marked=marked, note=note, folded=len(found.changes) - len(listed), unchanged=unchanged,
        place=place, followed=section(found) if isinstance(found, Followed) else "", sums=[(r.title or r.id, sum(c.max_points or 0 for c in r.criteria()), r.stated_total) for r in new.rubrics],
    )  # fmt: skip


def place(change: Change) -> str:
    """附件 and number of a row, in words."""
    where = "正文" if change.annex == 0 else f"附件 {change.annex}"
    old, new = ((x or "").rsplit("/", 1)[-1] for x in (change.old, change.new))
    ids = " → ".join(dict.fromkeys(x for x in (old, new) if x))
    return f"{where} {ids}"


def document(found: ChangeList) -> bytes:
    """The 对照表 as DOCX."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    from pipeline.formats.docx import fixed_dates

    doc = docx.Document()
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(297), Mm(210)
    style = doc.styles["Normal"]
    style.font.name, style.font.size = "仿宋_GB2312", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    doc.add_heading("修订对照表", level=1)
    doc.add_paragraph(f"旧版：{found.old.get('document_number') or found.old.get('source')}　新版：{found.new.get('document_number') or found.new.get('source')}")
    table = doc.add_table(rows=1, cols=4)
    table.style = "Table Grid"
    for cell, title in zip(table.rows[0].cells, ("位置", "修订前", "修订后", "说明"), strict=True):
        cell.paragraphs[0].add_run(title).bold = True
    for change in (c for c in found.changes if c.type not in FOLDED):
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(place(change))
        for cell, side in ((cells[1], "out"), (cells[2], "in")):
            for kind, part in _runs(change, side):
                run = cell.paragraphs[0].add_run(part)
                if kind != "keep":
                    run.font.strike, run.font.underline = side == "out", side == "in"
                    run.font.color.rgb = RGBColor(0x9E, 0x1B, 0x1B) if side == "out" else RGBColor(0x1B, 0x5E, 0x20)
        cells[3].paragraphs[0].add_run(note(change))
    out = io.BytesIO()
    doc.save(out)
    return fixed_dates(out.getvalue())


def _runs(change: Change, side: str) -> Sequence[tuple[str, str]]:
    own = change.before if side == "out" else change.after
    if own is None:
        return [("keep", "—")]
    if change.before is None or change.after is None:
        return [(side, own)]
    return [(kind, part) for kind, part in marks(change.before, change.after) if kind in ("keep", side)]


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(loader=jinja2.PackageLoader("pipeline"), autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("diff.html.j2")
