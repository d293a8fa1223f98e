"""What comes back and what it is worth: Assessment (one filled form), Policy (what the notice leaves open), Scorecard.

Frozen data with JSON by the contract; the arithmetic is in scoring/. Points are Decimal in
memory and decimal strings in JSON. An id that is absent from `awarded` was not (legibly) scored: never 0.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from msgspec import Struct, field

from pipeline.errors import InputError
from pipeline.findings import Finding
from pipeline.model import RUBRIC_ID, SCHEMA_VERSION
from pipeline.plain import Misfit, from_plain, to_plain
from pipeline.provenance import Provenance
from pipeline.serialize import load_json

RoundingMode = Literal["half-up", "half-even", "down"]
Stage = Literal["item", "expert", "final"]

FORM_NAMESPACE = "urn:notice-rubrics:form:1"
"""Of the data that a DOCX form carries in itself."""

_DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


def key_of(id: str) -> str:
    """The field key of an id: every run of other characters than ASCII letters and digits is `_`.

    >>> key_of("annex-2/c1")
    'annex_2_c1'
    """
    return re.sub(r"[^A-Za-z0-9]+", "_", id)


SHORT_NAME = 16
"""Characters of a text that stand for a missing number; a title in a workbook holds 32 at most."""


def field_name(number: str | None, text: str) -> str:
    """How the names of a criterion's fields call it: by its number, else by the words it begins with.

    >>> field_name("3", "台账齐全。"), field_name(None, "台账齐全。")
    ('第3条', '“台账齐全。”')
    """
    return f"第{number}条" if number else f"“{text[:SHORT_NAME]}{'…' if len(text) > SHORT_NAME else ''}”"


# ---- one filled form -----------------------------------------------------------------------------------------------


class FormFile(Struct, frozen=True):
    """The file a form came back in: name without folders; `row` for one line of many (CSV)."""

    file: str = ""
    sha256: str = ""
    format: str = ""
    row: int | None = None


class Stated(Struct, frozen=True):
    """What the form itself shows as total and grade. Never trusted, only compared."""

    total: str | None = None
    grade: str | None = None


class Assessment(Struct, frozen=True):
    """One 评价: one filled form. `places` says where each kept value stands in the form."""

    annex: int
    document_number: str | None = None
    revision: str | None = None
    rubric_digest: str | None = None
    assessee: str | None = None
    assessor: str | None = None
    date: str | None = None
    awarded: dict[str, Decimal] = field(default_factory=dict)
    not_applicable: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    vetoes: dict[str, bool] = field(default_factory=dict)
    source: FormFile = FormFile()
    findings: tuple[Finding, ...] = ()
    rubric: str = ""
    edition: str | None = None
    round: str | None = None
    stated: Stated = Stated()
    places: dict[str, Provenance] = field(default_factory=dict)
    schema_version: str = SCHEMA_VERSION

    @property
    def rubric_id(self) -> str:
        """The id of the rubric that was filled."""
        return self.rubric or f"annex-{self.annex}"

    def to_json(self) -> dict[str, Any]:
        """The assessment JSON of the contract, as plain data."""
        return to_plain(self)


def load_assessment(path: Path) -> Assessment:
    """An assessment JSON. Raises InputError naming the key that is wrong."""
    return assessment_from(load_json(path), str(path))


def assessment_from(data: Any, where: str = "assessment") -> Assessment:
    """Plain data as an Assessment. Raises InputError; numbers must be decimal strings, as everywhere."""
    if not isinstance(data, dict) or not isinstance(data.get("awarded"), dict) or "annex" not in data:
        raise InputError(where, "not an assessment JSON (no `annex` and `awarded`)", "make it with `notice collect`")
    if str(data.get("schema_version", SCHEMA_VERSION)).split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise InputError(where, f"schema version {data['schema_version']!r:.60}", "collect the forms again")
    for key, value in data["awarded"].items():
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise InputError(f"{where}: awarded.{key}", f"{value!r:.60} is no decimal string", 'write it as "3" or "2.5"')
    for name, kind in (("not_applicable", str), ("notes", str), ("vetoes", bool)):
        wrong = [k for k, v in _mapping(data, name, where).items() if not isinstance(v, kind)]
        if wrong:
            raise InputError(f"{where}: {name}.{wrong[0]}", f"is no {kind.__name__}", "collect the form again")
    if data.get("rubric") and not (isinstance(data["rubric"], str) and RUBRIC_ID.fullmatch(data["rubric"])):
        raise InputError(f"{where}: rubric", f"{data['rubric']!r:.60} is no rubric's id", "collect the form again")
    try:
        return from_plain(Assessment, {k: v for k, v in data.items() if v is not None or k != "source"})
    except Misfit as fault:
        raise InputError(where, f"not a valid assessment JSON ({fault})", "collect the form again") from None


def _mapping(data: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise InputError(f"{where}: {name}", "is no object", "collect the form again")
    return value


# ---- what the notice leaves open -----------------------------------------------------------------------------------


class Rounding(Struct, frozen=True):
    """Rounding, done once: of each combined item, of each assessor's total, or of the final total."""

    mode: RoundingMode
    digits: int
    stage: Stage = "final"


class Combining(Struct, frozen=True):
    """How several sheets become one. `trim` sheets are dropped at each end by total (only with `trimmed`)."""

    combine: Literal["refuse", "mean", "median", "trimmed"] = "refuse"
    trim: int = 0


class Round(Struct, frozen=True):
    """A round 轮次 (daily, concentrated) with its weight; sheets belong to it by name, or by date from `since` to
    `until` (ISO, both included). `combine` states how the sheets inside it are combined, one assessor's repeated too."""

    name: str
    weight: Decimal
    since: str | None = None
    until: str | None = None
    combine: Literal["mean", "median"] | None = None


class Policy(Struct, frozen=True):
    """What the notice leaves open. The defaults decide nothing: whatever needs more is refused by name."""

    name: str | None = None
    rounding: Rounding | None = None
    band_gap: Literal["refuse", "floor", "half-up-to-integer", "next-band", "higher-band"] = "refuse"
    not_applicable: Literal["refuse", "exclude-and-scale", "full", "zero"] = "refuse"
    incomplete: Literal["refuse"] = "refuse"
    assessors: Combining = Combining()
    rounds: tuple[Round, ...] = ()
    show_assessors: bool = False
    decimals: int = 1
    objective: tuple[str, ...] = ()
    veto_grade: str | None = None
    scale: Literal["refuse", "to-score-max"] = "refuse"
    commend: tuple[str, ...] | None = None
    supervise: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data, every choice written out."""
        return to_plain(self)


# ---- the result ----------------------------------------------------------------------------------------------------


class SectionScore(Struct, frozen=True):
    """A section's points. `total` of several sheets is their combination; shown exactly, or rounded for display only.
    `above`: the names of the sections it stands in, where another section of the sheet has its label too."""

    id: str
    label: str | None
    total: Decimal | None
    possible: Decimal | None
    kind: str = "scored"
    basis: str = "printed"
    above: str | None = None
    OMIT_NONE: ClassVar[tuple[str, ...]] = ("above",)


class ItemEntry(Struct, frozen=True):
    """One number as one assessor gave it, with the way back to its form."""

    assessment: int
    value: Decimal | None
    note: str | None = None
    not_applicable: str | None = None
    at: Provenance | None = None


class ItemScore(Struct, frozen=True):
    """One criterion over all sheets: points, what was lost, and each assessor's entry."""

    criterion: str
    number: str | None
    text: str
    section: str
    max_points: Decimal | None
    total: Decimal | None
    lost: Decimal | None
    kind: str = "scored"
    basis: str = "printed"
    entries: tuple[ItemEntry, ...] = ()


class SheetScore(Struct, frozen=True):
    """One assessment inside a scorecard: who, when, from which file, its own total, and whether it was used."""

    assessor: str | None
    date: str | None
    round: str | None
    total: Decimal | None
    used: bool
    source: FormFile
    edition: str | None = None
    rubric_digest: str | None = None
    reason: str | None = None


class RoundScore(Struct, frozen=True):
    """One round of a scorecard."""

    name: str
    weight: Decimal
    total: Decimal | None
    sheets: int


class Agreement(Struct, frozen=True):
    """How far the assessors agree: information for the organiser, never part of the score."""

    sheets: int
    lowest: Decimal | None
    highest: Decimal | None
    alpha: Decimal | None
    remark: str | None = None


class Scorecard(Struct, frozen=True):
    """The result for one assessee under one rubric. `open` says why no grade (or no total) could be given.

    `vetoes` are the numbers of the boxes that were ticked, `veto_texts` what they say.
    `total` of an incomplete sheet is what was awarded so far, with `complete` False.
    """

    assessee: str | None
    annex: int
    rubric: str
    title: str | None
    total: Decimal | None
    possible: Decimal | None
    complete: bool
    sections: tuple[SectionScore, ...]
    vetoed: bool
    vetoes: tuple[str, ...]
    grade_band: str | None
    policy: Policy
    open: tuple[str, ...]
    assessments: tuple[SheetScore, ...]
    items: tuple[ItemScore, ...] = ()
    rounds: tuple[RoundScore, ...] = ()
    agreement: Agreement | None = None
    findings: tuple[Finding, ...] = ()
    decisions: tuple[str, ...] = ()
    veto_texts: tuple[str, ...] = ()
    document_number: str | None = None
    revision: str | None = None
    rubric_digest: str | None = None
    schema_version: str = SCHEMA_VERSION

    def to_json(self) -> dict[str, Any]:
        """The scorecard JSON of the contract, as plain data."""
        return to_plain(self)
