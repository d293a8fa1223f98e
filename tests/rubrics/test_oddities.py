"""Labels and serials that say by themselves that they were read torn, or with others."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.auditing.audit import audit
from pipeline.model import LabelMark, Rubric
from pipeline.points import split_label
from pipeline.provenance import Provenance
from pipeline.rubrics.oddities import odd_parts
from tests.builders import reading_of, rubric_of

TABLE = "项目|序号|评价内容|评价分值\n管理（5分）|1|台账齐全。|3\n|2|人员持证。|2\n安全（5分）|{serial}|设施完好。|4\n总评|||10"


def on_page(label: str = "安全（5分）", serial: str = "3", page: int | None = 1) -> Rubric:
    """A rubric, as read from a page, with another second label or third serial."""
    rubric = rubric_of(TABLE.format(serial=serial))
    places = [Provenance(c.text, page, (60.0, 100.0 + 20 * i, 90.0, 112.0 + 20 * i) if page else None) for i, c in enumerate(rubric.printed())]
    at = iter(places)
    sections = tuple(replace(s, criteria=tuple(replace(c, number_at=(p := next(at)), points_at=p, at=p) for c in s.criteria)) for s in rubric.sections)
    name, points = split_label(label)
    first, second = rubric.labels
    where = Provenance(label, page, (30.0, 140.0, 60.0, 152.0) if page else None)
    labels = (first, LabelMark(label, name, points, where, 2, 2, second.merged, 0))
    return replace(rubric, sections=sections, labels=labels)


@pytest.mark.parametrize("label", ["）", "安全（", "安全（5分）检", "安全（5分检）查", "安全（512分）", "3分安全5分"])
def test_labels_that_are_part_of_another_or_two(label: str) -> None:
    rubric = on_page(label)
    (remark,) = odd_parts([rubric])
    assert (remark.kind, remark.at) == ("odd-label", rubric.labels[1].at)
    found = {f.rule: f.status for f in audit(reading_of(rubric, remarks=(remark,)))}
    assert (found["reading-incomplete"], found["section-sum-mismatch"]) == ("proved", "conditional")


@pytest.mark.parametrize("label", ["安全（5分）", "安全", "一）安全", "安全（含消防）（5分）", "安全（5分，一票否决）", "安全（5分", "安全（10分）"])
def test_labels_that_are_whole(label: str) -> None:
    assert list(odd_parts([on_page(label)])) == []


def test_serials_that_are_several() -> None:
    assert [r.at for r in odd_parts([on_page(serial="345")])] == [Provenance("设施完好。", 1, (60.0, 140.0, 90.0, 152.0))]
    assert [list(odd_parts([on_page(serial=s)])) for s in ("3", "4", "30", "35", "33")] == [[]] * 5


@pytest.mark.parametrize("serial", ["6二、房屋维护", "二、被服洗涤6"])
def test_a_serial_with_the_name_of_a_section(serial: str) -> None:
    assert [r.message.rpartition(": ")[2] for r in odd_parts([on_page(serial=serial)])] == ["a serial and the name of a section were read as one"]


def test_what_a_person_typed_as_one_cell_is_taken_as_it_stands() -> None:
    assert list(odd_parts([on_page("安全（512分）", "345", page=None)])) == []


@pytest.mark.parametrize(("points", "told"), [("1.1 1.2 2.1 2.2", True), ("1.1 1.2 2.1 2.5", False), ("1.1 1.2 2.1", False), ("1 2 3 4", False)])
def test_points_that_are_serials(points: str, told: bool) -> None:
    rubric = rubric_of("项目|序号|评价内容|评价分值\n" + "\n".join(f"{'' if i else '管理'}|{i + 1}|台账齐全。|{p}" for i, p in enumerate(points.split())))
    place = Provenance("x", 1, (60.0, 100.0, 90.0, 112.0))
    placed = replace(rubric, sections=tuple(replace(s, criteria=tuple(replace(c, points_at=place) for c in s.criteria)) for s in rubric.sections))
    assert [r.at for r in odd_parts([placed])] == ([place] if told else [])


@pytest.mark.parametrize(("printed", "told"), [("因5", True), ("。4", True), ("扣5", False), ("酌情", False), ("-5", False), ("每2", False)])
def test_points_with_a_character_of_another_cell(printed: str, told: bool) -> None:
    rubric = on_page()
    last = rubric.sections[-1]
    without = replace(last.criteria[0], max_points=None, points_printed=printed)
    rubric = replace(rubric, sections=(*rubric.sections[:-1], replace(last, criteria=(without,))))
    assert [r.kind for r in odd_parts([rubric])] == ["odd-label"] * told


@pytest.mark.parametrize("words", ["（30分，任选其一）", "（任选其一，30分）", "（任选其一）（30分）", "（30分）（任选其一）", "（共30分；任选其一）", "（30分）任选其一", "30分（任选其一）", "\n30分\n任选其一", "（任选其一，最高30分）"])
def test_a_label_keeps_the_words_beside_its_points(words):
    assert split_label(f"特色活动{words}") == ("特色活动（任选其一）", Decimal(30))


@pytest.mark.parametrize(("text", "read"), [("安全（合计 12 分）", ("安全", 12)), ("服务（30分，每项5分）", ("服务（每项5分）", 30)), ("迟到（扣2分，不改再扣）", ("迟到（扣2分，不改再扣）", None)), ("设施完好。记录齐全（5分，抽查）", ("设施完好。记录齐全（5分，抽查）", None))])
def test_words_beside_points_that_are_no_remark(text, read):
    assert split_label(text) == read
