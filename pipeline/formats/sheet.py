"""What a form shows, independent of its format: head, rows, marks and footnotes, field keys.

Editions: `printed` is the source with its gaps; `draft` has proved repairs and inferred content set apart by marks;
`final` is clean, refused while an error finding is open, and holds nothing that is only inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.assessment import Policy, field_name, key_of
from pipeline.criterion_names import in_sections
from pipeline.digest import rubric_digest
from pipeline.errors import UsageError
from pipeline.findings import Finding
from pipeline.model import SCHEMA_VERSION, Criterion, GradeBand, Reading, Rubric, Section
from pipeline.plain import other_cells, points_text, whole_text
from pipeline.points import cap_of, one_counts
from pipeline.scoring.grades import shared, veto_conditions
from pipeline.scoring.tally import SIGN, base_of, lines_of, on_edition

Edition = Literal["printed", "draft", "final"]
NotApplicable = Literal["allowed", "open", "refused"]
EDITION_NAMES = {"printed": "原样版", "draft": "草案版", "final": "正式版"}
TITLES = {"label": "项目", "number": "序号", "text": "评价内容", "max": "分值", "score": "得分", "skip": "不适用", "note": "扣分说明"}
"""The columns of a form in their order, and what stands over them."""
MOST_CHOICE = 6
"""Characters of a range or of options that stand in the narrow 分值 cell; longer ones stand below the criterion's text."""
SAYS_NOT_APPLICABLE = regex.compile(r"不适用|不涉及|合理缺项|缺项")


def marked(marks: Sequence[int]) -> str:
    """Footnote marks as they stand behind a text: `[1][2]`."""
    return "".join(f"[{m}]" for m in marks)


def lines_needed(text: str, room: int) -> int:
    """How many lines a text takes in a column of `room` Chinese characters (Latin letters and digits take half)."""
    return sum(max(1, -(-sum(2 if ord(c) > 0x2000 else 1 for c in part) // (2 * room))) for part in text.split("\n"))


class Line(Struct, frozen=True):
    """One criterion on the form. `max` is None when no points are printed and none inferred; `marks` are footnote numbers;
    `kind` says what its points do to the total (a veto row takes none); `details` are the row's other cells,
    `评分标准：每处扣1分`; `choice` is a range or options as printed, if short."""

    key: str
    id: str
    number: str
    text: str
    max: Decimal | None
    marks: tuple[int, ...] = ()
    details: tuple[str, ...] = ()
    kind: str = "scored"
    choice: str = ""

    @property
    def scored(self) -> bool:
        """Whether it takes a score: a veto row has a box to tick."""
        return self.kind != "veto"

    @property
    def name(self) -> str:
        """How the names of its fields call it: `第3条`, without a number by the words it begins with."""
        return field_name(self.number, self.text)

    @property
    def sign(self) -> int:
        """+1, -1 or 0: what its score does to the total."""
        return SIGN.get(self.kind, 0)

    def shown(self) -> str:
        """The 评价内容 cell: its text with the marks, and the row's other cells below it."""
        return self.text + marked(self.marks) + "".join(f"\n{d}" for d in self.details)

    @property
    def most(self) -> str:
        """The 分值 cell: `3`, `+2`, `-1`, a range or options as printed, `否决`, or a dash when nothing is known."""
        if self.kind == "veto":
            return "否决"
        if self.choice:
            return self.choice
        lead = {"bonus": "+", "deduction": "-"}.get(self.kind, "")
        return lead + points_text(self.max) if self.max is not None else "—"


class Group(Struct, frozen=True):
    """A section on the form: its label (with stated points), its lines. `key` names its subtotal; it has none (`totalled`)
    when it only holds veto rows, nor when it is the nameless whole of a sheet, whose total says the same. `chosen`: of the
    lines that give it points one counts; `cap`: the most that they give together, where they could more."""

    key: str
    id: str
    label: str
    stated: Decimal | None
    kind: str
    lines: tuple[Line, ...]
    marks: tuple[int, ...] = ()
    totalled: bool = True
    chosen: bool = False
    cap: Decimal | None = None

    def heading(self, between: str = "") -> str:
        """Its label with marks and stated points: on one line for a section that only holds others."""
        stated = f"{between}（{self.stated_text}分）" if self.stated is not None else ""
        return self.label + marked(self.marks) + stated

    @property
    def stated_text(self) -> str:
        """The points beside its label: `5`, or `最多5` where its lines could give more."""
        return ("" if self.cap is None else "最多") + points_text(self.stated) if self.stated is not None else ""

    def cell(self, first: bool) -> str:
        """Its label cell: in its first row, or where it goes on on another page."""
        if not first:
            return f"{self.label}（续）" if self.label else ""
        return self.heading("\n")

    def scored(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.scored)

    def rivals(self) -> tuple[Line, ...]:
        """The lines of which one counts."""
        return tuple(line for line in self.scored() if line.sign == SIGN[self.kind]) if self.chosen else ()

    def units(self) -> tuple[tuple[Line, ...], ...]:
        """What wants a score: each line, or one of those of which one counts."""
        rivals = self.rivals()
        return (*((rivals,) if rivals else ()), *((line,) for line in self.scored() if line not in rivals))

    def possible(self, *kinds: str) -> Decimal:
        """The most the group can add to the total with its lines (of these kinds): sum of the known maxima of those that
        give points."""
        own = [[line.max for line in unit if line.max is not None and line.sign > 0 and line.kind in (kinds or SIGN)] for unit in self.units()]
        return self.within(sum((max(maxima) for maxima in own if maxima), Decimal(0)))

    def within(self, value: Decimal) -> Decimal:
        """No more than the label lets its lines give together."""
        return value if self.cap is None else min(value, self.cap)

    def possible_text(self) -> str:
        """The 分值 cell of the subtotal; blank when the group only takes points away."""
        known = any(line.max is not None and line.sign > 0 for line in self.lines)
        return points_text(self.possible()) if known else ""


class VetoBox(Struct, frozen=True):
    """One 一票否决 check box."""

    key: str
    number: str
    text: str

    @property
    def mark(self) -> str:
        """What stands before the text: `1.`, `（一）`, `①`."""
        return f"{self.number}." if self.number.isdecimal() else self.number if regex.fullmatch("[①-⑳]", self.number) else f"（{self.number}）"


class Sheet(Struct, frozen=True):
    """A form to fill. `prefix` is the key of the rubric (`annex_2`); `open` says in plain words what is open; `base` is
    what deductions are taken from when nothing gives points; `not_applicable`: the policy or the notice allows N/A, refuses
    it, or says nothing (open); `decimals`: the places that a score may have."""

    prefix: str
    annex: int
    rubric_id: str
    title: str
    document_number: str
    revision: str
    edition: Edition
    digest: str
    schema_version: str
    groups: tuple[Group, ...]
    vetoes: tuple[VetoBox, ...]
    bands: tuple[GradeBand, ...]
    stated_total: Decimal | None
    footnotes: tuple[str, ...]
    open: tuple[str, ...]
    base: Decimal = Decimal(0)
    not_applicable: NotApplicable = "open"
    decimals: int = 1

    @property
    def precision(self) -> str:
        """How exact a score may be, in words."""
        return f"至多{'一两三四'[self.decimals - 1]}位小数" if self.decimals else "须为整数"

    @property
    def scale(self) -> int:
        """What makes a whole number of every score and of `base`: sums of whole numbers show no binary fraction."""
        return 10 ** max(1, self.decimals, -int(self.base.normalize().as_tuple().exponent))

    def lines(self) -> tuple[Line, ...]:
        return tuple(line for group in self.groups for line in group.lines)

    def scored(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines() if line.scored)

    def lead(self) -> tuple[str, ...]:
        """The columns before 分值: none for labels or serials where the sheet has none."""
        return (*(("label",) if _has_labels(self.groups) else ()), *(("number",) if any(line.number for line in self.lines()) else ()), "text")

    def columns(self) -> tuple[str, ...]:
        """Every column in its order, as `TITLES` names them; 不适用 only where the policy or the notice allows it."""
        return (*self.lead(), "max", "score", *(("skip",) if self.not_applicable == "allowed" else ()), "note")

    def below(self, heading: Group) -> Iterator[Group]:
        """What must stand on the page of a section that only holds others: those below it, down to the first with lines."""
        for group in self.groups[self.groups.index(heading) + 1 :]:
            yield group
            if group.lines:
                return

    def addends(self) -> dict[str, int]:
        """What the total adds up to: keys of subtotals, and of scores that stand in none, each with its sign."""
        out: dict[str, int] = {}
        for group in self.groups:
            if group.totalled:
                out[f"{group.key}_subtotal"] = SIGN[group.kind]
            else:
                out |= {line.key: line.sign for line in group.scored()}
        return out

    def possible(self) -> Decimal:
        """Sum of the maxima of the lines that give points, bonus left out."""
        return sum((group.possible("scored") for group in self.groups), self.base)

    def units(self) -> tuple[tuple[Line, ...], ...]:
        """What wants a score on the whole form."""
        return tuple(unit for group in self.groups for unit in group.units())

    def total_text(self) -> str:
        """The 分值 cell of the total row."""
        return points_text(self.stated_total if self.stated_total is not None else self.possible())

    @property
    def ungraded(self) -> str:
        """Why no total can be graded, in the words of the 等次 field: criteria without a maximum can be given anything. Blank
        where none is."""
        count = sum(line.max is None for line in self.scored())
        return f"{count}项没有满分值，待计分" if count else ""

    def graded(self) -> tuple[GradeBand, ...]:
        """The bands for reckoning: the first that holds a total says its grade, and a total that two hold has none."""
        return (*shared(self.bands), *self.bands)

    @property
    def name(self) -> str:
        """File stem: `annex-2.draft`."""
        return f"{self.rubric_id}.{self.edition}"


def sheet_of(reading: Reading, rubric: Rubric, edition: Edition, policy: Policy | None = None) -> Sheet:
    """The form of one rubric. Raises UsageError for `final` while an error finding is open."""
    findings = [f for f in reading.findings if f.annex in (rubric.annex, 0) and f.waiver is None]
    if edition == "final":
        refuse_open([rubric.id], [f for f in findings if f.severity == "error"])
    notes: list[str] = []
    names = {c.id: f"附件{r.annex}第{c.number}条" for r in reading.rubrics for c in r.criteria() if c.number}
    notes += _decided(reading, rubric) if edition == "printed" else ()
    groups = tuple(_group(s, edition, notes, names) for s in rubric.sections)
    return Sheet(
        prefix=key_of(rubric.id),
        annex=rubric.annex,
        rubric_id=rubric.id,
        title=_title(reading, rubric),
        document_number=reading.notice.document_number or "",
        revision=reading.revision or "",
        edition=edition,
        digest=rubric_digest(rubric),
        schema_version=SCHEMA_VERSION,
        groups=_with_subtotals(tuple(g for g in groups if g.lines or g.label)),
        vetoes=tuple(VetoBox(f"{key_of(rubric.id)}_veto_{n}", *said) for n, said in veto_conditions(reading.notice, rubric).items()),
        bands=reading.notice.grade_bands,
        stated_total=rubric.stated_total,
        footnotes=tuple(notes),
        open=_open_points(findings, rubric) if edition != "final" else (),
        base=_base(rubric, edition),
        not_applicable=_not_applicable(reading, rubric, policy),
        decimals=(policy or Policy()).decimals,
    )


def _with_subtotals(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups, each knowing whether it has a subtotal."""
    return tuple(replace(g, totalled=bool(g.scored()) and (bool(g.label) or _has_labels(groups))) for g in groups)


def _has_labels(groups: tuple[Group, ...]) -> bool:
    """Whether the sheet is in sections: not when all its lines are one nameless group."""
    return in_sections([g.label for g in groups if g.lines])


def refuse_open(rubrics: Sequence[str], errors: Sequence[Finding]) -> None:
    """Raises UsageError, with the list of what is open, when there is any."""
    if errors:
        listed = "; ".join(f"{f.rule} {f.where}" for f in errors)
        what = f"the final edition is refused, {len(errors)} error{'s are' if len(errors) > 1 else ' is'} open ({listed})"
        raise UsageError(", ".join(rubrics), what, "decide or waive them with `notice decide`")


def _title(reading: Reading, rubric: Rubric) -> str:
    """The sheet's own title, else the one the notice lists its annex under."""
    listed = (a.title for a in reading.notice.annexes if a.annex == rubric.annex and a.title)
    return rubric.title or next(listed, "") or "评价表"


def _base(rubric: Rubric, edition: Edition) -> Decimal:
    base = base_of(rubric, lines_of(rubric, edition))
    return Decimal(base.numerator) / Decimal(base.denominator)


def _not_applicable(reading: Reading, rubric: Rubric, policy: Policy | None) -> NotApplicable:
    """What the policy says of N/A; without one, what the notice says."""
    if policy is not None:
        return "refused" if policy.not_applicable == "refuse" else "allowed"
    said = [t.text for t in (*reading.notice.body, *rubric.notes)]
    return "allowed" if any(SAYS_NOT_APPLICABLE.search(t) for t in said) else "open"


def _group(section: Section, edition: Edition, notes: list[str], names: dict[str, str]) -> Group:
    shown = [c for c in section.criteria if on_edition(c.basis, edition, c.at)]
    label = section.label or ""
    marks: tuple[int, ...] = ()
    if section.basis != "printed":
        if not on_edition(section.basis, edition, section.at):
            label = ""
        elif edition == "draft" and label and section.basis != "confirmed":
            marks = (_note(notes, f"项目名称“{label}”原表未印，{_rests_on(section)}。"),)
    lines = tuple(_line(c, section.kind, edition, notes, names) for c in shown)
    hidden = section.points_basis != "printed" and not on_edition(section.points_basis, edition, section.at)
    stated, cap = (None, None) if hidden else (section.stated_points, cap_of(section))
    chosen = bool(label) and one_counts(section)
    return Group(key_of(section.id), section.id, label, stated, section.kind, lines, marks, chosen=chosen, cap=cap)


def _rests_on(section: Section) -> str:
    words = {"order": "正文列举的次序", "sums": "分值合计", "alignment": "与其他附件同文条目的对照", "page": "印在同页"}
    named = [words[r] for r in (section.boundary.rests_on if section.boundary else ()) if r in words]
    return f"据{'、'.join(named)}补" if named else "据正文补"


def _line(criterion: Criterion, kind: str, edition: Edition, notes: list[str], names: dict[str, str]) -> Line:
    marks: list[int] = []
    value = criterion.max_points
    if criterion.basis == "inferred" and edition == "draft":
        donors = "、".join(names.get(d, d) for d in criterion.donors)
        text = f"，文字取自{donors}（推断，待核）" if donors else "，文字待补"
        marks.append(_note(notes, f"序号{criterion.number}原表缺印{text}；分值{_points_words(criterion)}。"))
    elif criterion.points_basis != "printed":
        if not on_edition(criterion.points_basis, edition, criterion.points_at):
            value = None
        elif edition == "draft" and criterion.points_basis != "confirmed":
            marks.append(_note(notes, f"{field_name(criterion.number, criterion.text)}分值原表未印，{_points_words(criterion)}。"))
    text = whole_text(criterion.text or "（原文缺）", criterion.columns)
    choice = (criterion.choice or "") if value == criterion.max_points else ""
    long = len(choice) > MOST_CHOICE
    return Line(
        key_of(criterion.id), criterion.id, criterion.number or "", text, value, tuple(marks),
        (*((f"分值：{choice}",) if long else ()), *other_cells(criterion.columns)),
        criterion.kind if criterion.kind != "scored" else kind, "" if long else choice,
    )  # fmt: skip


FIELD_NAMES = {"text": "文字", "max_points": "分值", "number": "序号", "label": "项目名称", "stated_points": "标注分值", "stated_total": "总评", "title": "名称"}


def _decided(reading: Reading, rubric: Rubric) -> list[str]:
    """What a person set in place of something printed, for the edition that shows the print."""
    names = {c.id: field_name(c.number, c.text) for c in rubric.criteria()}
    names |= {s.id: f"项目“{s.label or '（名称缺失）'}”" for s in rubric.sections} | {rubric.id: "本表"}
    changed = [d for d in reading.decisions if d.status == "valid" and d.action in ("accept", "set") and d.expected is not None]
    owners = [(*d.target.rpartition(".")[::2], d) for d in changed]
    return [f"{names[id]}{FIELD_NAMES[name]}原表印作“{d.expected}”，经决定为“{d.value}”。" for id, name, d in owners if id in names]


def _points_words(criterion: Criterion) -> str:
    if criterion.max_points is None:
        return "未定"
    how = {"proved": "由合计证得", "inferred": "由合计推得"}.get(criterion.points_basis, "")
    return f"{points_text(criterion.max_points)}分{how}"


def _note(notes: list[str], text: str) -> int:
    notes.append(text)
    return len(notes)


def _open_points(findings: list[Finding], rubric: Rubric) -> tuple[str, ...]:
    """What is open on this rubric: its own findings of severity error or warning, and gaps of the grade bands."""
    own = [f for f in findings if f.severity in ("error", "warning") and (f.annex == rubric.annex or f.rule.startswith("band-"))]
    return tuple(dict.fromkeys(f.message for f in own))
