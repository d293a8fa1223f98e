"""The nouns of the glossary as frozen data (findings have a module of their own). No I/O, no arithmetic beyond sums on demand.

Two halves: what a reader saw (Document: pages, paragraphs, tables, cells) and what it means
(Reading: notice, rubrics, findings). Points are Decimal in memory and decimal strings in JSON; a printed value
that is absent is None, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar, Literal

from msgspec import Struct, field

from pipeline.findings import Basis, Finding, Status
from pipeline.plain import to_plain
from pipeline.provenance import Provenance

SCHEMA_VERSION = "1.0"

RUBRIC_ID = re.compile(r"[A-Za-z0-9][\w~.-]{0,79}", re.A)
"""`annex-2`: names files too, so it holds nothing that leads out of a folder."""

ITEM_ID = re.compile(r"[A-Za-z0-9][\w~./-]{0,119}", re.A)
"""`annex-2/c21`."""

SectionKind = Literal["scored", "bonus", "deduction"]
CriterionKind = Literal["scored", "bonus", "deduction", "veto"]


# ---- what a reader saw -------------------------------------------------------------------------------------------


class Source(Struct, frozen=True):
    """One file as received. `file` is a name without folders; `reader` the reader that was used; `pages` None when unpaged."""

    file: str
    sha256: str
    media_type: str
    reader: str
    pages: int | None = None


class Page(Struct, frozen=True):
    """Page size in points; `ocr` when its text was read from an image."""

    number: int
    width: float
    height: float
    ocr: bool = False


class Paragraph(Struct, frozen=True):
    """One line or paragraph outside tables. `raw` in `at.quote`; `text` may have wrap spaces removed.

    Paged readers emit one Paragraph per visual line and leave joining to notices/lines.py (x0/x1/size say how it is set).
    """

    text: str
    at: Provenance
    page: int | None = None
    align: Literal["left", "center", "right"] | None = None
    size: float | None = None
    style: str | None = None
    confidence: float | None = None


class Cell(Struct, frozen=True):
    """One cell of a table; row and col count from 0, spans from 1. `confidence` is 0..1 for OCR text, else None;
    `digits` the same of its digits alone."""

    row: int
    col: int
    text: str
    at: Provenance
    row_span: int = 1
    col_span: int = 1
    confidence: float | None = None
    digits: float | None = None


class Table(Struct, frozen=True, dict=True):
    """One table part as read (a table cut by a page break gives two). Every grid position belongs to at most one cell."""

    cells: tuple[Cell, ...]
    rows: int
    cols: int
    at: Provenance
    page: int | None = None


Block = Paragraph | Table


class Remark(Struct, frozen=True):
    """Something a reader wants said about the reading itself (a page without text, a dropped layer, an unread object).
    `message` is English, `message_zh` Chinese (none in a JSON of earlier); `about` is the id of the rubric that it concerns
    as a whole."""

    kind: str
    message: str
    at: Provenance | None = None
    about: str | None = None
    message_zh: str | None = None

    def said(self, lang: str) -> str:
        """The message in one language, zh or en."""
        return self.message_zh or self.message if lang == "zh" else self.message

    OMIT_NONE: ClassVar[tuple[str, ...]] = ("about", "message_zh")


class Document(Struct, frozen=True):
    """What a reader saw, in reading order."""

    source: Source
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    remarks: tuple[Remark, ...] = ()


# ---- the notice --------------------------------------------------------------------------------------------------


class Heading(Struct, frozen=True):
    """A numbered heading: level 1 一、 2 （一） 3 1. 4 （1）."""

    marker: str
    level: int
    text: str
    at: Provenance


class AnnexEntry(Struct, frozen=True):
    """An annex as listed in 附件说明, or as its own title page prints it."""

    annex: int
    title: str
    at: Provenance


class Citation(Struct, frozen=True):
    """《title》（附件n） in the running text."""

    annex: int | None
    title: str
    at: Provenance


class SectionList(Struct, frozen=True):
    """The section names the body enumerates for one annex, in the body's order."""

    annex: int
    names: tuple[str, ...]
    at: Provenance


class GradeBand(Struct, frozen=True):
    """A grade band 等次; an open end is None."""

    label: str
    min: Decimal | None
    max: Decimal | None
    min_inclusive: bool
    max_inclusive: bool
    at: Provenance


class Veto(Struct, frozen=True):
    """One 一票否决 condition."""

    number: str
    text: str
    at: Provenance


class BodyText(Struct, frozen=True):
    """One paragraph of the body, personal data masked."""

    text: str
    at: Provenance


class Foreign(Struct, frozen=True):
    """A block that cannot belong to the notice: another script or language, or a repetition loop."""

    text: str
    repeats: int
    at: Provenance
    last: Provenance


class PersonalData(Struct, frozen=True):
    """A place with personal data. The values themselves are never kept: `at.quote` is the masked text."""

    kind: str
    count: int
    at: Provenance


class PageNumber(Struct, frozen=True):
    """The page number printed on a page (the page itself counts from 1 in `at.page`)."""

    number: int
    at: Provenance


class Notice(Struct, frozen=True):
    """The head and body of the notice. `places` maps a scalar field's name to where it stands; `internal_records` are
    the titles of receipt and sign-in sheets bundled with it; `imprint` the lines of its 版记 (抄送, 印发)."""

    document_number: str | None = None
    title: str | None = None
    issuer: str | None = None
    addressees: tuple[str, ...] = ()
    issue_date: str | None = None
    signature: str | None = None
    places: dict[str, Provenance] = field(default_factory=dict)
    headings: tuple[Heading, ...] = ()
    annexes: tuple[AnnexEntry, ...] = ()
    annex_titles: tuple[AnnexEntry, ...] = ()
    citations: tuple[Citation, ...] = ()
    section_lists: tuple[SectionList, ...] = ()
    grade_bands: tuple[GradeBand, ...] = ()
    score_max: Decimal | None = None
    vetoes: tuple[Veto, ...] = ()
    veto_outcome: str | None = None
    veto_at: Provenance | None = None
    body: tuple[BodyText, ...] = ()
    foreign: tuple[Foreign, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    internal_records: tuple[BodyText, ...] = ()
    imprint: tuple[BodyText, ...] = ()
    page_numbers: tuple[PageNumber, ...] = ()


# ---- the rubric --------------------------------------------------------------------------------------------------


class Criterion(Struct, frozen=True):
    """One scored line.

    `basis` is of the criterion as a whole; `points_basis` of max_points alone. `columns` keeps the other cells of the
    row under their roles (standard, method, evidence, remark, item …). `allowed` holds points printed as options or a
    range ("0~5"); `piece` is the table part (0, 1, …) the row stands in; `row` its row in the joined table.
    """

    id: str
    number: str | None
    text: str
    max_points: Decimal | None
    basis: Basis = "printed"
    at: Provenance | None = None
    points_basis: Basis = "printed"
    points_at: Provenance | None = None
    points_printed: str | None = None
    number_at: Provenance | None = None
    kind: CriterionKind = "scored"
    columns: dict[str, str] = field(default_factory=dict)
    choice: str | None = None
    donors: tuple[str, ...] = ()
    piece: int = 0
    row: int = 0
    confidence: float | None = None


class LabelMark(Struct, frozen=True):
    """A section label exactly as printed: the criteria its cell covers (indices into the printed criteria, first..last
    inclusive; empty cell cover = None) and whether that cover comes from a real merged cell."""

    text: str
    label: str
    stated_points: Decimal | None
    at: Provenance
    first: int | None
    last: int | None
    merged: bool
    piece: int
    level: int = 1


class Boundary(Struct, frozen=True):
    """What the start of a section rests on. `margin` is the cost of the cheapest explanation without it, less the best
    (None when no rival exists). `rests_on` names evidence: order, sums, page, printed, alignment, merged."""

    status: Status
    margin: int | None
    rests_on: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


class Section(Struct, frozen=True):
    """A group of criteria. `basis` is of the label; `points_basis` of stated_points; `parent` the id of the upper
    section in two-level rubrics (a parent holds no criteria itself unless some stand directly under it)."""

    id: str
    label: str | None
    stated_points: Decimal | None
    parent: str | None = None
    kind: SectionKind = "scored"
    basis: Basis = "printed"
    points_basis: Basis = "printed"
    at: Provenance | None = None
    criteria: tuple[Criterion, ...] = ()
    boundary: Boundary | None = None
    displaced: bool = False
    number: str | None = None

    def points_sum(self) -> Decimal:
        """Sum of the printed points of the section's criteria (missing points count nothing)."""
        return sum((c.max_points for c in self.criteria if c.max_points is not None), Decimal(0))


class Resolution(Struct, frozen=True):
    """What the proof engine found for one rubric: the best cost, how many explanations reach it, and the certificate
    that the independent checker verifies. `groups` are sentences over the rival explanations."""

    status: Status
    cost: int
    count: int
    assumes: tuple[str, ...] = ()
    groups: tuple[tuple[int, str], ...] = ()
    decide_by: tuple[str, ...] = ()
    count_before_alignment: int | None = None
    certificate: dict[str, Any] = field(default_factory=dict)
    groups_en: tuple[tuple[int, str], ...] = ()
    decide_by_en: tuple[str, ...] = ()
    assumes_en: tuple[str, ...] = ()


class Unplaced(Struct, frozen=True):
    """A piece of a table that the model has no place for, with the reason."""

    text: str
    reason: str
    at: Provenance | None = None


class Subtotal(Struct, frozen=True):
    """A 小计 row as printed: the label, the points, the criteria it follows (index of the last one before it)."""

    label: str
    points: Decimal | None
    after: int | None
    at: Provenance


LOW_CONFIDENCE = 0.80
"""OCR below this may have misread a digit: nothing that leans on it is more than conditional."""


class Doubt(Struct, frozen=True):
    """A cell whose digits character recognition was not sure of: serial, points, label or total. `confidence` 0..1."""

    text: str
    confidence: float
    at: Provenance


class Rubric(Struct, frozen=True):
    """One 评价表. `annex` is 0 for a rubric inside the body. `header` maps a column role to the header text as printed
    (None when that header cell is missing); `fields` maps form fields (assessee, date, assessor) to where they stand."""

    annex: int
    id: str
    title: str | None
    stated_total: Decimal | None
    sections: tuple[Section, ...] = ()
    title_at: Provenance | None = None
    total_at: Provenance | None = None
    total_basis: Basis = "printed"
    header: dict[str, str | None] = field(default_factory=dict)
    header_at: Provenance | None = None
    header_faults: tuple[str, ...] = ()
    fields: dict[str, Provenance] = field(default_factory=dict)
    labels: tuple[LabelMark, ...] = ()
    subtotals: tuple[Subtotal, ...] = ()
    resolution: Resolution | None = None
    unplaced: tuple[Unplaced, ...] = ()
    notes: tuple[BodyText, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in order, inferred ones included."""
        for section in self.sections:
            yield from section.criteria

    def printed(self) -> tuple[Criterion, ...]:
        """The criteria that stand on the sheet."""
        return tuple([c for section in self.sections for c in section.criteria if c.basis == "printed"])


# ---- a reading --------------------------------------------------------------------------------------------------


class Decision(Struct, frozen=True):
    """A person's decision. action: accept | reject | set | waive. `target` is a repair id, a value path or a fingerprint;
    `expected` the old value it was made against; `status`: valid | stale | moot."""

    id: str
    action: str
    target: str
    value: str | None
    expected: str | None
    by: str
    date: str
    reason: str
    source_sha256: str
    status: str = "valid"


class Lineage(Struct, frozen=True):
    """Where a revision comes from. `notice` is the slug of the first revision; `slug`, `revision`, `document_number` and
    `sha256` (of its source) name the predecessor. `ids` maps each id of this revision to the predecessor's (None: new);
    `uncertain` gives the likeness of those inherited on a likeness that is not certain; `retired` are ids of earlier
    revisions that are not in use here and are never given again."""

    notice: str
    slug: str
    revision: str
    document_number: str | None
    sha256: str
    ids: dict[str, str | None] = field(default_factory=dict)
    uncertain: dict[str, str] = field(default_factory=dict)
    retired: tuple[str, ...] = ()


class Reading(Struct, frozen=True):
    """Everything read from one source: what `notice.json` holds. `lineage` only where a revision has a predecessor."""

    source: Source
    notice: Notice
    rubrics: tuple[Rubric, ...] = ()
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    remarks: tuple[Remark, ...] = ()
    revision: str | None = None
    slug: str | None = None
    schema_version: str = SCHEMA_VERSION
    lineage: Lineage | None = None
    OMIT_NONE: ClassVar[tuple[str, ...]] = ("lineage",)

    def to_json(self) -> dict[str, Any]:
        """The notice JSON of the contract, as plain data."""
        return to_plain(self)
