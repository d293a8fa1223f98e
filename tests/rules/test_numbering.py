import pytest
from msgspec.structs import replace

from pipeline.auditing.audit import audit
from tests.builders import reading_of, rubric_of
from tests.rules.hits import findings_of, hits


def numbered(*numbers, restart=()):
    rows = [f"{'甲类' if i == 0 or i in restart else ''} | {n} | 内容之{i}。 | 2" for i, n in enumerate(numbers)]
    return reading_of(rubric_of("\n".join(["项目 | 序号 | 评价内容 | 评价分值", *rows])))


@pytest.mark.parametrize(
    ("numbers", "where"),
    [
        ((1, 2, 4, 5), ["annex-1/c2..annex-1/c4"]),
        ((1, 2, 5, 6, 8), ["annex-1/c2..annex-1/c5", "annex-1/c6..annex-1/c8"]),
        ((2, 3, 4), ["annex-1/c2"]),
        (("一", "二", "四"), ["annex-1/c2..annex-1/c3"]),
        (("1.1", "1.2", "2.1", "2.3"), ["annex-1/c3..annex-1/c4"]),
    ],
)
def test_serial_gap_hits(numbers, where):
    assert hits("serial-gap", numbered(*numbers)) == where


@pytest.mark.parametrize(
    "numbers",
    [(1, 2, 3), (1,), (), ("", "", ""), (12, 13, 14), (1, 2, "", 4), (1, 3, 2, 4), (1, 2, 2, 4), ("①", "②", "③"), ("A1", "A2")],
    ids=str,
)
def test_serial_gap_leaves_alone(numbers):
    assert hits("serial-gap", numbered(*numbers)) == []


def test_a_row_without_a_number_repeats_no_number():
    reading = numbered(1, "", "", 2, "", 3)
    assert [hits(name, reading) for name in ("serial-gap", "serial-duplicate", "serial-order")] == [[], [], []]


def test_a_row_without_a_number_holds_the_place_that_is_left():
    assert hits("serial-gap", numbered(1, "", 3, "", 6)) == ["annex-1/c4..annex-1/c5"]


def test_a_restart_in_each_section_is_no_gap_no_repeat_no_disorder():
    reading = numbered(1, 2, 3, 1, 2, 1, 2, 3, restart=(3, 5))
    assert [hits(name, reading) for name in ("serial-gap", "serial-duplicate", "serial-order")] == [[], [], []]


@pytest.mark.parametrize(("parents", "lacking"), [(("甲", "甲", "乙", "乙", "丙"), []), (("甲", "乙", "丙", "丁", "戊"), ["annex-1/c2"])])
def test_numbering_that_starts_again_in_each_upper_section(parents, lacking):
    """A lower section that begins with 2 goes on with the one before it, where both belong to one upper section."""
    rubric = rubric_of("项目|序号|评价内容|评价分值\n一|1|甲一。|2\n二|2|甲二。|2\n|3|甲三。|2\n三|1|乙一。|2\n|2|乙二。|2\n四|1|乙三。|2\n|2|乙四。|2\n五|1|丙一。|2\n|2|丙二。|2")
    sections = tuple(replace(s, parent=f"annex-1/{p}") for s, p in zip(rubric.sections, parents, strict=True))
    assert hits("serial-gap", reading_of(replace(rubric, sections=sections))) == lacking


def test_numbering_may_go_on_from_the_rubric_before():
    first = rubric_of("项目|序号|评价内容|评价分值\n甲|1|甲一。|2\n|2|甲二。|2\n|3|甲三。|2", annex=1)
    second = rubric_of("项目|序号|评价内容|评价分值\n乙|4|乙一。|2\n|5|乙二。|2", annex=2)
    assert hits("serial-gap", reading_of(first, second)) == []


GAP = """
    项目         | 序号 | 评价内容   | 评价分值
    应急（10分） | 1    | 编制预案。 | 4
                 | 2*   | 监测预警。 | 2*
                 | 3    | 组织演练。 | 4
    总评         |      |            | 10
"""


def test_gap_carries_the_equation_and_both_suggestions():
    (finding,) = findings_of("serial-gap", reading_of(rubric_of(GAP)))
    assert (finding.where, finding.status, finding.severity) == ("annex-1/c1..annex-1/c3", "proved", "error")
    assert [s.text for s in finding.proof.steps] == ["1 → [2] → 3", "10 − 8 = 2"]
    assert (finding.repair.path, finding.repair.after, finding.repair.basis) == ("annex-1/c2.max_points", "2", "inferred")
    assert [s.path for s in finding.suggestions] == ["annex-1/c2.text"]


@pytest.mark.parametrize(
    ("numbers", "where"),
    [
        ((1, 2, 2, 3), ["annex-1/c2..annex-1/c2~2"]),
        ((1, 2, 3, 3), ["annex-1/c3..annex-1/c3~2"]),
        ((1, 2, 2, 4, 5), ["annex-1/c2..annex-1/c2~2"]),
        ((1, 2, 1, 4, 5), ["annex-1/c1..annex-1/c3"]),
    ],
)
def test_serial_duplicate_hits(numbers, where):
    assert hits("serial-duplicate", numbered(*numbers)) == where


@pytest.mark.parametrize("numbers", [(1, 2, 3), (1, 2, 4), (1, 2, 3, 1, 2, 3), ("1.1", "1.2", "2.1", "2.2")], ids=str)
def test_serial_duplicate_leaves_alone(numbers):
    assert hits("serial-duplicate", numbered(*numbers)) == []


@pytest.mark.parametrize(
    ("numbers", "where"),
    [((1, 3, 2, 4), ["annex-1/c2..annex-1/c3"]), ((1, 2, 7, 4, 5), ["annex-1/c2..annex-1/c3"]), ((1, 2, 3, 5, 4), ["annex-1/c4..annex-1/c5"])],
)
def test_serial_order_hits(numbers, where):
    assert hits("serial-order", numbered(*numbers)) == where


@pytest.mark.parametrize("numbers", [(1, 2, 3), (1, 2, 4), (1, 2, 2, 3), (5, 6, 7), (1, 2, 3, 1, 2)], ids=str)
def test_serial_order_leaves_alone(numbers):
    assert hits("serial-order", numbered(*numbers)) == []


@pytest.mark.parametrize(
    ("numbers", "rule", "status"),
    [
        ((1, 2, 4, 5), "serial-gap", "proved"),
        ((1, 2, 3, 5), "serial-gap", "conditional"),
        ((1, 2, 8, 9), "serial-gap", "proved"),
        ((1, 2, 2, 4), "serial-duplicate", "conditional"),
        ((1, 2, 2, 3, 4), "serial-duplicate", "proved"),
        ((1, 2, 7, 4), "serial-order", "conditional"),
    ],
)
def test_a_number_of_a_picture_that_no_row_bears_out_is_an_assumption(numbers, rule, status):
    """One digit that recognition took for another makes such a fault."""
    reading = numbered(*numbers)
    (rubric,) = reading.rubrics
    (section,) = rubric.sections
    seen = replace(section, criteria=tuple(replace(c, confidence=0.99) for c in section.criteria))
    (printed,) = (f for f in audit(reading) if f.rule == rule)
    (found,) = (f for f in audit(replace(reading, rubrics=(replace(rubric, sections=(seen,)),))) if f.rule == rule)
    assert (printed.status, found.status) == ("proved", status)
    assert status == "proved" or str(numbers[-1] if rule == "serial-gap" else numbers[2]) in found.proof.assumes[0]


def unread(reading, **blank):
    """The reading as of a picture whose rows without this value hold ink that was not read."""
    (rubric,) = reading.rubrics
    (section,) = rubric.sections
    ((name, value),) = blank.items()
    rows = tuple(replace(c, confidence=0.0 if getattr(c, name) is value else 0.99) for c in section.criteria)
    return replace(reading, rubrics=(replace(rubric, sections=(replace(section, criteria=rows),)),))


@pytest.mark.parametrize(("numbers", "assumed"), [(("", "", 3, 4), "以前各行的序号未读出"), ((1, 2, "", 6, 7), "文字识别无误")])
def test_a_gap_beside_a_number_that_was_not_read_is_no_proof(numbers, assumed):
    reading = numbered(*numbers)
    (printed,), (found,) = ([f for f in audit(r) if f.rule == "serial-gap"] for r in (reading, unread(reading, number=None)))
    assert (printed.status, found.status) == ("proved", "conditional")
    assert assumed in found.proof.assumes[0]


def test_a_sum_over_points_that_were_not_read_is_no_proof():
    rows = ["项目 | 序号 | 评价内容 | 评价分值", "甲类 | 1 | 台账齐全。 | 3", " | 2 | 人员持证。 | ", " | 3 | 设施完好。 | 4", "合计 | | | 5"]
    reading = reading_of(rubric_of("\n".join(rows)))
    (printed,), (found,) = ([f for f in audit(r) if f.rule == "total-mismatch"] for r in (reading, unread(reading, max_points=None)))
    assert (printed.status, found.status) == ("proved", "conditional")
    assert "第 2 条没有分值" in found.proof.assumes[0]
