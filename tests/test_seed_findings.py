"""What a careful person finds on the real notice, worked by hand (design.md 6, domain.md 1b), and nothing that is false."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from pipeline import stages
from pipeline.auditing import page_image
from pipeline.findings import Finding
from tests.rules.hits import assert_same_facts

FOLDER = Path(__file__).resolve().parents[1] / "sources" / "zaozhuang-gas-2021-42"
SOURCES = ("notice.txt", "notice.docx", "notice.pdf")


@cache
def findings_of(name: str) -> tuple[Finding, ...]:
    return stages.extract(FOLDER / name).findings


ERRORS = {
    ("foreign-text", "notice/foreign/1", "proved"),
    ("section-unlabelled", "annex-1/s7", "conditional"),
    ("section-unlabelled", "annex-2/s2", "supported"),
    ("section-unlabelled", "annex-2/s4", "supported"),
    ("serial-gap", "annex-2/c20..annex-2/c22", "proved"),
    ("total-mismatch", "annex-2", "conditional"),
    ("section-sum-mismatch", "annex-3/s3", "undecidable"),
    ("section-sum-mismatch", "annex-3/s4", "undecidable"),
}
WARNINGS = {
    ("missing-element", "notice/signature"), ("missing-element", "notice/issue_date"),
    ("outline-gap", "notice/h4..notice/h5"),
    ("band-gap", "notice/bands/2~notice/bands/1"), ("band-gap", "notice/bands/3~notice/bands/2"),
    ("veto-without-outcome", "notice/vetoes"),
    ("header-damaged", "annex-1"), ("header-damaged", "annex-2"),
    ("annex-title-mismatch", "notice/annexes/3~annex-3"), ("annex-title-mismatch", "notice/citations/3~annex-3"),
    ("section-not-in-sheet", "annex-1/s7"), ("section-not-in-sheet", "annex-2/s2"), ("section-not-in-sheet", "annex-2/s4"),
    ("text-slip", "annex-1/c5~annex-2/c5"), ("text-slip", "annex-1/c19~annex-2/c12"), ("text-slip", "annex-2/c11~annex-1/c23"),
    *(("section-label-displaced", f"annex-{a}/s{s}") for a, s in ((1, 2), (1, 3), (1, 5), (1, 8), (2, 3), (2, 6), (3, 3), (3, 4), (3, 5))),
}  # fmt: skip
DRIFTS = {"annex-1/c4", "annex-1/c30", "annex-2/c14", "annex-2/c18", "annex-2/c31", "annex-3/c9", "annex-3/c19"}


@pytest.mark.parametrize("name", SOURCES)
def test_errors(name):
    assert {(f.rule, f.where, f.status) for f in findings_of(name) if f.severity == "error"} == ERRORS


@pytest.mark.parametrize("name", SOURCES)
def test_warnings(name):
    told = {(f.rule, f.where) for f in findings_of(name) if f.severity == "warning" and f.rule != "personal-data"}
    assert told == WARNINGS


@pytest.mark.parametrize("name", SOURCES)
def test_notes(name):
    notes = [f for f in findings_of(name) if f.severity == "note"]
    assert {f.where.split("~")[0] for f in notes if f.rule == "wording-drift"} == DRIFTS
    counts = Counter(f.rule for f in notes)
    assert counts["section-not-in-body"] == 3, "日常管理 in all three sheets"
    assert {"round-weights-open", "scoring-policy-open", "name-varies", "unit-style", "stop-missing", "jurisdiction-differs"} <= set(counts)


def test_only_the_transcription_carries_the_receipt_sheet():
    private = [f for f in findings_of("notice.txt") if f.rule == "personal-data"]
    assert [f.severity for f in private] == ["warning", "warning"]
    assert not [f for f in findings_of("notice.docx") if f.rule == "personal-data"]
    assert all(set(at.quote) == {"*"} for f in private for at in f.evidence)


@pytest.mark.parametrize("name", SOURCES)
def test_both_languages_say_the_same(name):
    for finding in findings_of(name):
        assert_same_facts(finding)


def test_number_21_rests_on_one_equation_and_its_text_on_two_donors():
    (gap,) = [f for f in findings_of("notice.txt") if f.rule == "serial-gap"]
    assert [s.text for s in gap.proof.steps] == ["20 → [21] → 22", "100 − 98 = 2"]
    assert gap.proof.redundancy == 1
    assert (gap.repair.path, gap.repair.after) == ("annex-2/c21.max_points", "2")
    assert gap.suggestions[0].donors == ("annex-1/c29", "annex-3/c22")


def test_annex_3_stays_undecided_with_its_rivals():
    found = [f for f in findings_of("notice.txt") if f.rule == "section-sum-mismatch"]
    assert [f.proof.explanations for f in found] == [37, 37]
    assert all(f.repair is None and f.proof.decide_by for f in found)


def test_the_pdf_gives_pictures_of_errors_and_warnings():
    reading = stages.extract(FOLDER / "notice.pdf")
    pictures = page_image.pages(FOLDER / "notice.pdf", reading)
    gap = next(f for f in reading.findings if f.rule == "serial-gap")
    assert pictures[gap.fingerprint][0][1].startswith("data:image/png;base64,")
    assert not {f.fingerprint for f in reading.findings if f.severity == "note"} & set(pictures)
