"""Properties over made-up notices (seeds in the test ids): read as printed in each format, clean ones without alarm,
faults found, quotes exact, personal data nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.stages import extract
from tests.support.faults import make_faulty
from tests.support.notices import Made, make_notice
from tests.support.writers import WRITERS

FORMS = sorted(WRITERS)


def read(made: Made, form: str, folder: Path):
    path = folder / f"n.{form}"
    path.write_bytes(WRITERS[form](made))
    return extract(path)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", [300, 302, 305])
def test_clean_notice_reads_as_printed(seed: int, form: str, tmp_path: Path) -> None:
    made = make_notice(seed)
    reading = read(made, form, tmp_path)
    notice = reading.notice
    assert (notice.document_number, notice.title, notice.issuer) == (made.number, made.title, made.issuer)
    assert (notice.addressees, notice.signature, notice.issue_date) == (made.addressees, made.signature, made.date)
    assert tuple(a.title for a in notice.annexes) == tuple(a.title for a in notice.annex_titles) == made.listed
    assert [s.names for s in notice.section_lists] == list(made.section_names)
    assert [(b.label, b.min, b.max) for b in notice.grade_bands] == [
        (b.label, b.low and b.low[0], b.high and b.high[0]) for b in made.bands
    ]
    assert tuple(v.text for v in notice.vetoes) == made.vetoes
    got = [[(c.text, c.max_points) for c in r.criteria()] for r in reading.rubrics]
    assert got == [[(i.text, i.points) for i in s.items()] for s in made.sheets]
    assert [f.rule for f in reading.findings if f.severity != "note"] == []


@pytest.mark.parametrize("seed", range(400, 448))
def test_faults_are_found_and_nothing_else(seed: int, tmp_path: Path) -> None:
    made = make_faulty(seed)
    reading = read(made, FORMS[seed % len(FORMS)], tmp_path)
    rules = {f.rule for f in reading.findings}
    assert {f.rule for f in made.faults} <= rules
    allowed = {f.rule for f in made.faults} | {a for f in made.faults for a in f.also}
    assert {f.rule for f in reading.findings if f.severity != "note"} <= allowed


@pytest.mark.parametrize("seed", [s for s in range(500, 700) if any(f.rule == "personal-data" for f in make_faulty(s).faults)][:6])
def test_personal_data_leaves_no_trace(seed: int, tmp_path: Path) -> None:
    reading = read(make_faulty(seed), FORMS[seed % len(FORMS)], tmp_path)
    assert reading.notice.personal_data
    out = json.dumps(reading.to_json(), ensure_ascii=False)
    assert "1380000" not in out
    assert "某某" not in out


@pytest.mark.parametrize("seed", [600, 601, 602])
def test_quotes_stand_at_their_spans(seed: int, tmp_path: Path) -> None:
    made = make_notice(seed)
    lines = WRITERS["txt"](made).decode().split("\n")
    seen = 0
    for at in places(read(made, "txt", tmp_path).to_json()["notice"]):
        assert lines[at["line"] - 1][slice(*at["span"])] == at["quote"]
        seen += 1
    assert seen > 30


def places(value: object):
    """Every provenance in plain JSON data."""
    if isinstance(value, dict):
        if "quote" in value:
            yield value
        for inner in value.values():
            yield from places(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner)
