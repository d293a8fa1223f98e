"""Real documents by strangers against their hand-verified truth files (shared/examples; absent: skipped)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import source
from pipeline.model import Rubric
from pipeline.normalize import fold
from pipeline.notices import notice
from pipeline.rubrics import rubric

EXAMPLES = Path(__file__).resolve().parents[2] / "shared" / "examples"
CASES = [
    ("A01", "X01a_gd_canteen_tender_p34-36.pdf"),
    ("A03", "X03_zj_server_tender_p57-59.pdf"),
    ("A08", "A08_customs_aux_service.docx"),
    ("A13", "A13_cleaners_outsourcing.docx"),
]
EXCERPTS = {"A01": {34, 35, 36}}
"""Pages of the original that the excerpt holds; the truth file speaks of all of it."""
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason=f"no folder {EXAMPLES.name} beside the checkout")


def rubrics_in(name: str) -> tuple[Rubric, ...]:
    document = source.read(EXAMPLES / name)
    return rubric.parse(notice.segment(document))


def truth_tables(name: str) -> list[dict]:
    tables = json.loads((EXAMPLES / "truth" / f"{name}.json").read_text(encoding="utf-8"))["tables"]
    return [t for t in tables if set(t.get("pages", [34])) <= EXCERPTS.get(name, set(t.get("pages", [34])))]


def truth_rows(table: dict) -> list[tuple]:
    return [
        (section["label"] and fold(section["label"]), item["serial"], Decimal(str(item["points"])), fold(item["text_prefix"])[:12])
        for section in table["sections"]
        for item in section["items"]
    ]


def read_rows(read: Rubric) -> list[tuple]:
    return [
        (s.label and fold(s.label), c.number, c.max_points, fold(c.text)[:12]) for s in read.sections for c in s.criteria
    ]


@pytest.mark.parametrize(
    ("table", "file"),
    [(t, f) for name, f in CASES if EXAMPLES.is_dir() for t in truth_tables(name) if t["sections"]],
    ids=lambda v: v if isinstance(v, str) else v.get("title", "")[:12],
)
def test_every_criterion_of_the_truth_file_is_read(table, file):
    wanted = truth_rows(table)
    candidates = [read_rows(r) for r in rubrics_in(file)]
    assert wanted in candidates or min(
        (sorted(set(wanted) ^ set(rows), key=str) for rows in candidates), key=len, default="no rubric"
    ) == []


@pytest.mark.parametrize(("table", "file"), [(t, f) for name, f in CASES if EXAMPLES.is_dir() for t in truth_tables(name)])
def test_every_stated_total_is_read(table, file):
    if table.get("declared_total"):
        assert Decimal(str(table["declared_total"])) in {r.stated_total for r in rubrics_in(file)}


def test_rounds_with_a_total_each():
    reads = rubrics_in("A29_engineering_contest_scoring.pdf")
    rounds = [("初赛", ["20", "10", "70"]), ("决赛", ["30", "70"])]
    shapes = [[(s.label, [str(c.max_points) for c in s.criteria]) for s in r.sections] for r in reads]
    assert shapes == [rounds, [(None, ["4", "3", "3"])]] * 2
    assert [[str(t.points) for t in r.subtotals] for r in reads] == [["100", "100"], []] * 2
    assert [r.stated_total for r in reads] == [None, Decimal(10)] * 2


def test_criteria_that_are_columns():
    (read,) = rubrics_in("A31_singing_contest_transposed.xls")
    assert [str(c.max_points) for c in read.criteria()] == ["20", "25", "25", "10", "10", "10"]


def test_a_list_without_a_table():
    (read,) = rubrics_in("A34_pharm_course_list_rubric.docx")
    assert (len(list(read.criteria())), read.stated_total) == (6, Decimal(50))


def test_a_reply_without_a_rubric():
    assert rubrics_in("A36_official_reply_redhead.ofd") == ()
