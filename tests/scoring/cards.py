"""Filled forms of a small sheet with one annex, and the scorecard they make."""

from __future__ import annotations

from decimal import Decimal

from pipeline.assessment import Assessment, FormFile, Scorecard
from pipeline.digest import rubric_digest
from pipeline.model import Reading
from pipeline.scoring import policy as policies
from pipeline.scoring.score import score


def form_of(reading: Reading, *scores: str, who: str = "甲") -> Assessment:
    """A form with these scores of the criteria from the first on; a blank one is left open."""
    awarded = {f"annex-1/c{n}": Decimal(s) for n, s in enumerate(scores, start=1) if s}
    file = FormFile(f"{who}.json", f"{who}{scores}", "html")
    digest = rubric_digest(reading.rubrics[0])
    return Assessment(annex=1, rubric_digest=digest, assessee="某馆", assessor=who, date="2023-03-01", awarded=awarded, rubric="annex-1", edition="draft", source=file)


def card_of(reading: Reading, *forms: Assessment, policy: str = "") -> Scorecard:
    """The one scorecard of these forms; `policy` is YAML."""
    (one,) = score(forms, reading, policies.parse(policy) if policy else None)
    return one
