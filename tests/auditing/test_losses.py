"""Rows that the reading may have lost: named, and what is said of that rubric's numbers holds on condition."""

import pytest
from msgspec.structs import replace

from pipeline.auditing.audit import audit
from pipeline.model import Paragraph, Remark, Table
from pipeline.provenance import Provenance
from pipeline.rubrics.strays import cut_tops, stray_rows, torn_tables
from tests.builders import reading_of, rubric_of

TABLE = "项目|序号|评价内容|评价分值\n管理（6分）|1|台账齐全。|3\n|2|人员持证。|2\n"
ENDED = TABLE + "总评|||5"


def on_pages(table):
    """Criteria on pages 2 and 3, the total (if there is one) below the last."""
    rubric = rubric_of(table)
    (section,) = rubric.sections
    places = [Provenance("x", page, (60.0, 100.0, 500.0, 120.0)) for page in (2, 3)]
    rows = tuple(replace(c, at=p, number_at=p, points_at=p) for c, p in zip(section.criteria, places, strict=True))
    total = rubric.total_at and Provenance("5", 3, (60.0, 130.0, 500.0, 150.0))
    return replace(rubric, sections=(replace(section, criteria=rows),), total_at=total)


def status(table, kind, at):
    remark = Remark(kind, "said", at)
    return {f.rule: f.status for f in audit(reading_of(on_pages(table), remarks=(remark,)))}["section-sum-mismatch"]


def page(number, box=None):
    return Provenance("", number, box)


@pytest.mark.parametrize(
    ("table", "kind", "at"),
    [
        (ENDED, "unread-page", page(3)),
        (TABLE, "unread-page", page(4)),
        (ENDED, "uncertain-rows", page(2, (50.0, 90.0, 510.0, 200.0))),
        (TABLE, "stray-rows", page(3, (60.0, 200.0, 300.0, 212.0))),
        (TABLE, "stray-rows", page(4, (60.0, 80.0, 300.0, 92.0))),  # on the page after the last row
    ],
)
def test_findings_on_doubtful_rows_are_conditional(table, kind, at):
    assert status(table, kind, at) == "conditional"


@pytest.mark.parametrize(
    ("table", "kind", "at"),
    [
        (ENDED, "unread-page", page(4)),  # the total came before
        (ENDED, "stray-rows", page(4, (60.0, 80.0, 300.0, 92.0))),
        (TABLE, "unread-page", page(5)),
        (TABLE, "unread-page", page(1)),
        (ENDED, "uncertain-rows", page(2, (50.0, 300.0, 510.0, 400.0))),  # another table of the page
        (ENDED, "picture", page(2)),
    ],
)
def test_findings_elsewhere_stay_proved(table, kind, at):
    assert status(table, kind, at) == "proved"


GRID = Table(cells=(), rows=1, cols=4, at=Provenance("", 3), page=3)


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (["3 建立台账，记录完整。 5"], [3]),
        (["管理 3 建立台账，记录完整。 5 分", "4 有专人值守。 2"], [3, 4]),
        (["3建立台账，记录完整。 5"], [3]),  # no space behind the serial
        (["3. 本表一式两份，由评价人员填写。"], []),
        (["2 人员持证，全部在岗。 2"], []),  # the table holds it
        (["7 建立台账，记录完整。 5"], []),  # continues no count
    ],
)
def test_lines_that_look_like_rows(lines, rows):
    blocks = [GRID, *(Paragraph(text=line, at=Provenance(line, 3), page=3) for line in lines)]
    said = [remark.message for remark in stray_rows(blocks, [rubric_of(ENDED)])]
    assert [f"row {n} of" in message for n, message in zip(rows, said, strict=True)] == [True] * len(rows)
    assert list(stray_rows(blocks[1:], [rubric_of(ENDED)])) == []


@pytest.mark.parametrize(("above", "first", "said"), [(TABLE, 3, 1), (ENDED, 3, 0), (TABLE, 1, 0)])
def test_a_table_that_goes_on_with_the_count_of_the_one_before(above, first, said):
    below = rubric_of(f"序号|评价内容|评价分值\n{first}|记录完整。|3\n{first + 1}|专人值守。|2\n总评||5", id="annex-1-2")
    assert len(list(torn_tables([rubric_of(above), below]))) == said


@pytest.mark.parametrize(("table", "told"), [
    (ENDED.replace("|1|", "|7|").replace("|2|", "|8|").replace("|||5", "|||100"), True),
    (ENDED.replace("|1|", "|7|").replace("|2|", "|8|"), False),  # the points come to the total
    (ENDED.replace("|||5", "|||100"), True),  # from 1 on, and next to nothing of the total
    (ENDED.replace("|||5", "|||6"), False),
    (ENDED.replace("|1|", "|2|").replace("|2|人", "|3|人").replace("|||5", "|||8"), False),  # one row: the print may lack it
])  # fmt: skip
def test_first_rows_that_are_not_there(table, told):
    rubric = on_pages(table)
    remarks = tuple(cut_tops([rubric]))
    assert [(r.kind, r.at) for r in remarks] == ([("absent-rows", rubric.printed()[0].number_at)] if told else [])
    if told:
        found = {f.rule: f.status for f in audit(reading_of(rubric, remarks=remarks))}
        assert (found["reading-incomplete"], found["total-mismatch"]) == ("proved", "conditional")


def test_serials_that_go_on_from_another_annex_lack_no_rows():
    first, second = on_pages(ENDED), on_pages(ENDED.replace("|1|", "|3|").replace("|2|", "|4|").replace("|||5", "|||6"))
    assert list(cut_tops([first, second])) == []


@pytest.mark.parametrize(("kind", "own", "expected"), [
    ("unread-table", False, "conditional"),  # paths have no order: it may stand below
    ("torn-table", True, "conditional"),
    ("torn-table", False, "proved"),  # of another sheet
])  # fmt: skip
def test_losses_in_documents_without_pages(kind, own, expected):
    rubric = rubric_of(ENDED)
    at = rubric.printed()[0].at if own else Provenance("x", path="body/p[29]")
    found = audit(reading_of(rubric, remarks=(Remark(kind, "said", at),)))
    assert {f.rule: f.status for f in found}["section-sum-mismatch"] == expected
