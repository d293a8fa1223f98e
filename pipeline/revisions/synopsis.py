"""The 对照表 as rows: what stood before, what stands now, and why the row is there. In the new order; what went stays
where it stood; one row for each criterion, however many changes it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.criterion_names import in_sections
from pipeline.findings import SETTLED
from pipeline.model import Criterion, Reading, Rubric, Section
from pipeline.plain import points_text
from pipeline.revisions.changes import NAMES, Change, ChangeList, Said, Weight
from pipeline.revisions.comparison import printed_points
from pipeline.revisions.textdiff import Mark, marks
from pipeline.rules.sums import called

Level = Literal["part", "section", "line", "total"]
WEIGHTS: tuple[Weight, ...] = ("patch", "minor", "major")
FIELDS: dict[str, Said] = {
    "document_number": ("文号", "document number"), "title": ("标题", "title"), "issuer": ("发文机关", "issuer"), "addressees": ("主送", "addressees"),
    "issue_date": ("成文日期", "date of issue"), "signature": ("署名", "signature"), "bands": ("等次", "grade bands"), "body": ("正文", "body"),
    "veto_outcome": ("一票否决", "veto"), "annex": ("附件", "annex"), "stated_total": ("总分", "total"), "fields": ("填写栏目", "fields to fill in"),
    "order": ("项目次序", "order of the sections"),
}  # fmt: skip


class Row(Struct, frozen=True):
    """One row. `before`/`after` are runs, () where nothing stands; `what` names the row; `weight` None when unchanged."""

    level: Level
    what: Said
    before: tuple[Mark, ...]
    after: tuple[Mark, ...]
    notes: tuple[Said, ...] = ()
    weight: Weight | None = None

    @property
    def same(self) -> bool:
        """Nothing changed here."""
        return self.weight is None


def rows(found: ChangeList, old: Reading, new: Reading) -> list[Row]:
    """Every row, the unchanged ones too."""
    sheet = _Sheet(found, old, new)
    out = [Row("part", ("正文", "body"), (), ())]
    out += [sheet.of_change(c, _field(c)) for c in found.changes if c.annex == 0]
    if len(out) == 1:
        out = []
    for rubric in new.rubrics:
        out += sheet.rubric(rubric)
    out += sheet.gone_rubrics()
    return [row for part in _parts(out) for row in _headed(part)]


def _headed(part: list[Row]) -> list[Row]:
    """A part in which nothing changed says so."""
    return part if any(not row.same for row in part) else [replace(part[0], notes=(("无变更", "no change"),)), *part[1:]]


def shown(table: Sequence[Row], everything: bool) -> list[Row]:
    """The rows to print: all, or the changed ones under their headings, with the totals of the parts they stand in."""
    if everything:
        return list(table)
    out: list[Row] = []
    for part in _parts(table):
        out.append(part[0])
        if all(row.same for row in part):
            continue
        body = [row for row in part[1:] if row.level != "total"]
        section: Row | None = None
        for row in body:
            if row.level == "section":
                section = row
            if not row.same:
                out += [section, row] if section is not None and section is not row else [row]
                section = None
        out += [row for row in part[1:] if row.level == "total"]
    return out


def _parts(table: Sequence[Row]) -> list[list[Row]]:
    out: list[list[Row]] = []
    for row in table:
        if row.level == "part":
            out.append([])
        out[-1].append(row)
    return out


def _field(change: Change) -> Said:
    name = (change.new or change.old or "").rsplit("/", 1)[-1]
    if change.type == "vetoes-changed" and name.startswith("v") and name[1:].isnumeric():
        return f"一票否决 {name[1:]}", f"veto {name[1:]}"
    return FIELDS.get(name, (name, name))


class _Sheet:
    """Lookups over both revisions."""

    def __init__(self, found: ChangeList, old: Reading, new: Reading) -> None:
        self.found, self.old, self.new = found, old, new
        self.back = {b: a for a, b in found.pairs.items()}
        self.sections_back = {b: a for a, b in found.sections.items()}
        self.criteria = {c.id: c for r in old.rubrics for c in r.criteria()}
        self.old_sections = {s.id: s for r in old.rubrics for s in r.sections}
        self.by_new: dict[str, list[Change]] = defaultdict(list)
        self.by_old: dict[str, list[Change]] = defaultdict(list)
        for change in found.changes:
            (self.by_new[change.new] if change.new else self.by_old[change.old or ""]).append(change)
        self.absorbed = {p for c in found.changes if c.type == "criterion-split" for p in c.parts}
        self.gone = self._gone()

    def _gone(self) -> dict[str, list[str]]:
        """New id (or old rubric id) -> old ids of what went, to be shown after it."""
        out: dict[str, list[str]] = defaultdict(list)
        for rubric in self.old.rubrics:
            last = f"top {rubric.id}"
            for section in rubric.sections:
                last = self.found.sections.get(section.id, last)
                if section.id in self.by_old:
                    out[last].append(section.id)
                for criterion in section.criteria:
                    last = self.found.pairs.get(criterion.id, last)
                    if criterion.id in self.by_old:
                        out[last].append(criterion.id)
        return out

    def rubric(self, rubric: Rubric) -> Iterator[Row]:
        """An annex: its head, its sections with their criteria, its total."""
        partner = self.partner(rubric)
        yield self._head(rubric, partner)
        yield from (self.of_change(c, _field(c)) for c in self._heads(rubric) if c.new != f"{rubric.id}/title" and c.new != rubric.id)
        yield from self._went(f"top {partner.id}" if partner else "")
        divided = _is_divided(rubric) or (partner is not None and _is_divided(partner))
        for section in rubric.sections:
            if divided:
                yield self._section(section)
            yield from self._went(section.id)
            for criterion in section.criteria:
                if criterion.basis in SETTLED:
                    yield from self._criterion(criterion)
                    yield from self._went(criterion.id)
        yield _total(partner, rubric)

    def partner(self, rubric: Rubric) -> Rubric | None:
        """The old rubric this one continues."""
        return next((r for r in self.old.rubrics if self.found.rubrics.get(r.id) == rubric.id), None)

    def _heads(self, rubric: Rubric) -> list[Change]:
        return [c for name in ("", "/annex", "/title", "/stated_total", "/fields") for c in self.by_new.get(rubric.id + name, [])]

    def _head(self, rubric: Rubric, partner: Rubric | None) -> Row:
        what = (f"附件 {rubric.annex}", f"annex {rubric.annex}")
        changes = [c for c in self._heads(rubric) if c.type == "metadata-changed" and c.new in (rubric.id, f"{rubric.id}/title")]
        old = (partner.title or "") if partner else ""
        runs = _both(old, rubric.title or "") if partner else ((), (("in", rubric.title or what[0]),))
        return Row("part", what, *runs, _notes(changes), _heaviest(changes))

    def _section(self, section: Section) -> Row:
        before = self.old_sections.get(self.sections_back.get(section.id, ""))
        changes = self.by_new.get(section.id, [])
        runs = _both(_label(before) if before else "", _label(section))
        if before is not None and (before.label is None or before.basis not in SETTLED) and changes:
            runs = (("keep", _label(before)),), (("in", _label(section)),)
        notes = _notes(changes)
        if before is not None:
            sums = _sum(before.criteria), _sum(section.criteria)
            if sums[0] != sums[1]:
                text = f"{points_text(sums[0])} → {points_text(sums[1])}"
                notes += ((f"本项目各条合计 {text} 分", f"criteria of this section sum to {text} points"),)
        what = (_kind(section), "section")
        return Row("section", what, runs[0] if before else (), runs[1], notes, _heaviest(changes))

    def _criterion(self, criterion: Criterion) -> Iterator[Row]:
        changes = self.by_new.get(criterion.id, [])
        before = self.criteria.get(self.back.get(criterion.id, ""))
        divided = next((c for c in changes if c.type in ("criterion-split", "criterion-merged")), None)
        if divided is not None:
            yield self._divided(divided, criterion)
            return
        if criterion.id in self.absorbed:
            return
        what = (f"第 {called(criterion)} 条", f"no. {called(criterion)}")
        loud = [c for c in changes if not c.is_folded()]
        if before is None:
            yield Row("line", what, (), (("in", _line(criterion)),), _notes(changes), "major")
            return
        yield Row("line", what, *self._marked(before, criterion, loud), _notes(loud), _heaviest(loud))

    def _divided(self, change: Change, criterion: Criterion) -> Row:
        """A split or a merge: the whole beside its parts, each with its number and points."""
        news = {c.id: c for r in self.new.rubrics for c in r.criteria()}
        before = change.parts if change.type == "criterion-merged" else (change.old,)
        after = change.parts if change.type == "criterion-split" else (change.new,)
        texts = ["\n".join(_line(table[x]) for x in ids if x in table) for table, ids in ((self.criteria, before), (news, after))]
        what = (f"第 {called(criterion)} 条", f"no. {called(criterion)}")
        return Row("line", what, (("keep", texts[0]),), (("keep", texts[1]),), _notes([change]), change.weight)

    def _marked(self, before: Criterion, after: Criterion, changes: Sequence[Change]) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
        """Number, text, points, and the other cells that changed; characters marked."""
        text = _both(before.text, after.text)
        worth = _both(_worth(before), _worth(after))
        out: list[tuple[Mark, ...]] = []
        for side, criterion in enumerate((before, after)):
            number: Mark = ("keep", f"{criterion.number}. " if criterion.number else "")
            out.append((number, *text[side], ("keep", " "), *worth[side]))
        for change in changes:
            if change.type == "criterion-reworded" and (change.before or "", change.after or "") != (before.text, after.text):
                cells = _both(change.before or "", change.after or "")
                out = [(*own, ("keep", f"\n〔{change.note.split('：')[0]}〕"), *cell) for own, cell in zip(out, cells, strict=True)]
        return out[0], out[1]

    def _went(self, after: str) -> Iterator[Row]:
        """What stood here and is gone."""
        for id_ in self.gone.get(after, []):
            changes = self.by_old[id_]
            criterion, section = self.criteria.get(id_), self.old_sections.get(id_)
            if criterion is not None:
                what = (f"原第 {called(criterion)} 条", f"old no. {called(criterion)}")
                yield Row("line", what, (("out", _line(criterion)),), (), _notes(changes), _heaviest(changes))
            elif section is not None:
                yield Row("section", (_kind(section), "section"), (("out", _label(section)),), (), _notes(changes), _heaviest(changes))

    def gone_rubrics(self) -> Iterator[Row]:
        """Annexes the new revision no longer has, with all that stood in them."""
        for rubric in self.old.rubrics:
            own = list(self.by_old.get(rubric.id, []))
            rest = [n for section in rubric.sections for n in (section.id, *(c.id for c in section.criteria)) if n in self.by_old]
            if own:
                what = (f"原附件 {rubric.annex}", f"old annex {rubric.annex}")
                yield Row("part", what, (("out", rubric.title or what[0]),), (), _notes(own), _heaviest(own))
                self.gone["rest"] = rest
                yield from self._went("rest")

    def of_change(self, change: Change, what: Said) -> Row:
        """A row of one change."""
        before, after = _both(change.before or "", change.after or "")
        return Row("line", what, before if change.before else (), after if change.after else (), _notes([change]), change.weight)


def _both(before: str, after: str) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """The runs of both sides, what differs marked."""
    found = marks(before, after)
    return tuple(m for m in found if m[0] != "in"), tuple(m for m in found if m[0] != "out")


def _notes(changes: Sequence[Change]) -> tuple[Said, ...]:
    out = []
    for change in changes:
        zh, en = NAMES[change.type], str(change.type)
        if change.type in ("points-changed", "section-points-changed"):
            values = f"{change.before or '—'} → {change.after or '—'}"
            zh, en = f"{zh} {values} 分", f"{en} {values}"
        elif change.type == "criterion-moved":
            zh, en = f"{zh}：{change.before or '—'} → {change.after or '—'}", f"{en}: {change.before or '—'} → {change.after or '—'}"
        elif change.note:
            zh, en = f"{zh}：{change.note}", f"{en}: {change.note_en}"
        out.append((zh, en))
    return tuple(out)


def _heaviest(changes: Sequence[Change]) -> Weight | None:
    return max((c.weight for c in changes), key=WEIGHTS.index, default=None)


def _worth(criterion: Criterion) -> str:
    points = printed_points(criterion)
    return f"（{points_text(points)}分）" if points is not None else ""


def _line(criterion: Criterion) -> str:
    return f"{criterion.number + '. ' if criterion.number else ''}{criterion.text} {_worth(criterion)}".rstrip()


def _is_divided(rubric: Rubric) -> bool:
    return in_sections([s.label for s in rubric.sections])


def _kind(section: Section) -> str:
    return {"bonus": "加分项", "deduction": "扣分项"}.get(section.kind, "项目")


def _label(section: Section) -> str:
    label = section.label if section.label and section.basis in SETTLED else "（无名称）"
    points = section.stated_points if section.points_basis in SETTLED else None
    return f"{label}（{points_text(points)}分）" if points is not None else label


def _sum(criteria: Sequence[Criterion]) -> Decimal:
    return sum((p for c in criteria if c.basis in SETTLED and (p := printed_points(c)) is not None), Decimal(0))


def _sums_text(rubric: Rubric | None, value: Decimal | None) -> str:
    if rubric is None or value is None:
        return ""
    stated = f"，总分 {points_text(rubric.stated_total)} 分" if rubric.stated_total is not None else ""
    return f"各条合计 {points_text(value)} 分{stated}"


def _total(old: Rubric | None, new: Rubric) -> Row:
    """What the criteria add up to in both revisions, beside the printed total."""
    sums = [None if r is None else _sum([c for s in r.sections if s.kind == "scored" for c in s.criteria]) for r in (old, new)]
    said = [_sums_text(r, value) for r, value in zip((old, new), sums, strict=True)]
    changed = old is None or sums[0] != sums[1] or old.stated_total != new.stated_total
    runs = _both(said[0], said[1])
    return Row("total", ("合计", "total"), runs[0] if old else (), runs[1], (), "major" if changed and old is not None else None)
