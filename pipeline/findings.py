"""What a rule reports, as frozen data: a finding with its proof and the repairs that it offers; on what values and claims rest."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

from pipeline.provenance import Provenance

Basis = Literal["printed", "proved", "inferred", "confirmed"]
SETTLED: tuple[Basis, ...] = ("printed", "confirmed")
"""What stands on the sheet, or a person decided."""

Status = Literal["proved", "conditional", "supported", "undecidable"]
Severity = Literal["error", "warning", "note"]


class Step(Struct, frozen=True):
    """One line of arithmetic: `sum` of ids and values equals `equals`; or a `declared` value at its place."""

    op: str
    text: str
    of: tuple[str, ...] = ()
    equals: str | None = None
    at: tuple[Provenance, ...] = ()


class Proof(Struct, frozen=True):
    """A proof a person can check by hand."""

    claim: str
    steps: tuple[Step, ...] = ()
    assumes: tuple[str, ...] = ()
    explanations: int | None = None
    groups: tuple[tuple[int, str], ...] = ()
    margin: int | None = None
    redundancy: int | None = None
    decide_by: tuple[str, ...] = ()
    certificate: dict[str, Any] = field(default_factory=dict)
    claim_en: str = ""


class Repair(Struct, frozen=True):
    """What could be set right: `path` is `<id>.<field>`; `basis` proved for a repair, inferred for a suggestion."""

    id: str
    path: str
    before: str | None
    after: str
    basis: Basis
    reason: str
    donors: tuple[str, ...] = ()


class Waiver(Struct, frozen=True):
    """A finding accepted by a person."""

    by: str
    reason: str
    date: str


class Finding(Struct, frozen=True):
    """One thing a rule reports. `message` is Chinese, `message_en` English; numbers and quotes are the same in both."""

    code: str
    rule: str
    severity: Severity
    status: Status
    annex: int
    where: str
    message: str
    message_en: str
    evidence: tuple[Provenance, ...] = ()
    proof: Proof | None = None
    repair: Repair | None = None
    fingerprint: str = ""
    waiver: Waiver | None = None
    suggestions: tuple[Repair, ...] = ()

    def said(self, lang: str) -> str:
        """The message in one language, zh or en."""
        return self.message if lang == "zh" else self.message_en
