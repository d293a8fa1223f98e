"""Resolve: printed layouts that stand, labels that moved or were lost, missing points and numbers, sister rubrics."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.model import Doubt, Notice, Rubric, Section, Subtotal
from pipeline.proving import fitting
from pipeline.proving.checker import verify
from pipeline.proving.resolve import resolve
from tests.builders import at, reading_of, rubric_of, section_list
from tests.rules.hits import hits

TIDY = {"甲项（10分）": [3, 3, 4], "乙项（12分）": [2, 2, 4, 4], "丙项（8分）": [5, 3], "丁项（20分）": [5, 5, 5, 5]}
SPANS = [("甲项", "1", "3"), ("乙项", "4", "7"), ("丙项", "8", "9"), ("丁项", "10", "13")]


def table(sections, total=None, numbers=None, texts=None) -> str:
    """Rows numbered on (or by `numbers`); total row when given."""
    lines, row = ["项目 | 序号 | 评价内容 | 评价分值"], 0
    pairs = sections.items() if isinstance(sections, dict) else sections
    for label, points in pairs:
        for place, value in enumerate(points):
            number = numbers[row] if numbers else row + 1
            text = texts[row] if texts else f"第{row}条内容"
            lines.append(f"{label if place == 0 else ''} | {number} | {text} | {value}")
            row += 1
    if total is not None:
        lines.append(f"总评 | | | {total}")
    return "\n".join(lines)


def sheet(sections, total=None, merged=True, **more) -> Rubric:
    rubric = rubric_of(table(sections, total, **more))
    return rubric if merged else replace(rubric, labels=tuple(replace(m, merged=False) for m in rubric.labels))


def solved(rubric: Rubric, *names: str) -> Rubric:
    lists = (section_list(1, *names),) if names else ()
    (out,) = resolve(Notice(section_lists=lists), (rubric,))
    assert out.resolution is None or verify(out.resolution.certificate) == []
    return out


def spans(rubric: Rubric) -> list[tuple]:
    return [(s.label, s.criteria[0].number, s.criteria[-1].number) for s in rubric.sections if s.criteria]


def changed(label: str, points=None, new: str | None = None) -> list[tuple[str, list]]:
    return [(new or k if k.startswith(label) else k, points if points and k.startswith(label) else v) for k, v in TIDY.items()]


STANDS = {
    "clean": (TIDY, 50),
    "no total": (TIDY, None),
    "one label wrong": (changed("乙项", new="乙项（14分）"), 50),
    "one label far too low": (changed("乙项", new="乙项（2分）"), 50),
    "one criterion wrong": (changed("乙项", [2, 2, 5, 4]), 50),
    "total wrong": (TIDY, 60),
    "two labels wrong": ([*changed("乙项", new="乙项（14分）")[:3], ("丁项（25分）", [5, 5, 5, 5])], 50),
    "an empty points cell": (changed("乙项", [2, 2, "", 4]), 50),
}


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("case", STANDS)
def test_a_tidy_layout_stands(case, merged) -> None:
    sections, total = STANDS[case]
    out = solved(sheet(sections, total, merged))
    assert spans(out) == SPANS
    assert not any(s.displaced for s in out.sections)
    assert [c.max_points for c in out.printed()] == [
        Decimal(p) if p != "" else Decimal(4) for points in dict(sections).values() for p in points
    ]


@pytest.mark.parametrize(
    ("case", "status", "cost", "count"),
    [
        ("clean", "proved", 0, 1),
        ("no total", "proved", 0, 1),
        ("one label wrong", "supported", 12, 1),
        ("one criterion wrong", "undecidable", 10, 4),
        ("an empty points cell", "proved", 0, 1),
    ],
)
def test_what_is_said_of_it(case, status, cost, count) -> None:
    sections, total = STANDS[case]
    found = solved(sheet(sections, total)).resolution
    assert (found.status, found.cost, found.count) == (status, cost, count)


def test_rivals_in_words() -> None:
    found = solved(sheet(*STANDS["one criterion wrong"])).resolution
    assert found.groups == ((4, "第4–7条中有一条多印1分"),)
    assert found.groups_en == ((4, "one of 4–7 is 1 too high"),)
    assert found.decide_by == ("第4–7条中任一分值格",)


@pytest.mark.parametrize("merged", [True, False])
def test_one_label_a_row_late(merged) -> None:
    late = [("甲项（10分）", [3, 3, 4, 2]), ("乙项（12分）", [2, 4, 4]), *list(TIDY.items())[2:]]
    out = solved(sheet(late, 50, merged))
    assert spans(out) == SPANS
    assert [s.displaced for s in out.sections] == [False, True, False, False]
    assert out.sections[1].boundary.status == "conditional"


ABSORBED = [("甲项（10分）", [3, 3, 4]), ("乙项（12分）", [2, 2, 4, 4, 5, 3]), ("丁项（20分）", [5, 5, 5, 5])]


def test_a_label_that_only_the_body_names() -> None:
    out = solved(sheet(ABSORBED, 50), "甲项", "乙项", "丙项", "丁项")
    assert spans(out) == SPANS
    lost = out.sections[2]
    assert (lost.basis, lost.stated_points, out.resolution.certificate["implied"]) == ("inferred", None, {lost.id: "8"})


def test_a_long_swallowed_section_without_any_name() -> None:
    out = solved(sheet([*list(TIDY.items())[:2], ("丙项（9分）", [5, 4, 5, 5, 5, 6])], 52))
    assert spans(out) == [*SPANS[:3], (None, "10", "13")]
    assert (out.sections[3].basis, out.sections[3].boundary.status) == ("inferred", "supported")


@pytest.mark.parametrize(
    "sections",
    [
        ABSORBED,  # 8 points too few
        [*list(TIDY.items())[:2], ("丙项（8分）", [5, 3, 5, 5, 5, 5])],  # 8 for 28
        [*list(TIDY.items())[:2], ("丙项（12分）", [5, 7, 4, 5])],  # 12 for 21
        [("甲项（10分）", [3, 3, 4]), ("乙项（58分）", [20, 20, 18, 9, 9, 9]), ("丙项（8分）", [5, 3])],  # 58 for 85
    ],
)
def test_a_short_one_or_a_slip_of_digits_might_as_well_be_a_wrong_label(sections) -> None:
    out = solved(sheet(sections, sum(sum(points) for _, points in sections)))
    assert [len(s.criteria) for s in out.sections] == [len(points) for _, points in sections]


def test_a_slip_of_digits_is_a_wrong_sum_and_no_lost_label() -> None:
    text = table([*list(TIDY.items())[:2], ("丙项（12分）", [5, 7, 4, 5])], 43)
    (out,) = resolve(Notice(), (rubric_of(text),))
    assert len(hits("section-sum-mismatch", reading_of(out))) == 1
    assert hits("section-unlabelled", reading_of(out)) == []


def test_the_body_names_something_the_tidy_sheet_has_not() -> None:
    out = solved(sheet(TIDY, 50), "甲项", "乙项", "戊项", "丙项", "丁项")
    assert spans(out) == SPANS


def test_a_blank_label_cell_takes_the_name_the_order_leaves() -> None:
    out = solved(sheet({**dict(list(TIDY.items())[:2]), "-": [5, 3], "丁项（20分）": [5, 5, 5, 5]}, 50), "甲项", "乙项", "丙项", "丁项")
    assert spans(out) == SPANS
    assert out.sections[2].basis in ("inferred", "proved")


@pytest.mark.parametrize("total", [19, 20, None])
def test_without_declared_points_the_print_stands(total) -> None:
    out = solved(sheet({"甲项": [3, 3, 4], "乙项": [2, 2], "丙项": [5]}, total))
    assert [len(s.criteria) for s in out.sections] == [3, 2, 1]
    assert {s.boundary.rests_on for s in out.sections} == {("printed", "merged")}


def test_halves_bonus_and_numbers_that_start_over() -> None:
    parts = {"甲项（2.5分）": [0.5, 0.5, 1.5], "乙项（3分）": [1.5, 1.5], "加分项（5分）": [2, 3]}
    out = solved(sheet(parts, 5.5, numbers=[1, 2, 3, 1, 2, 1, 2]))
    assert (out.resolution.status, out.resolution.cost) == ("proved", 0)
    assert len(list(out.criteria())) == 7


def test_several_displaced_labels_are_not_taken_at_their_word() -> None:
    rows = [2, 3, 4, 1, 5, 3, 2, 4, 4, 1, 3, 2, 6, 5, 1, 3]
    true = {"甲项": (0, 5), "乙项": (5, 9), "丙项": (9, 13), "丁项": (13, 16)}
    shown = [0, 7, 11, 15]
    stated = [f"{k}（{sum(rows[a:b])}分）" for k, (a, b) in true.items()]
    cut = [rows[a:b] for a, b in zip(shown, [*shown[1:], len(rows)], strict=True)]
    out = solved(sheet(list(zip(stated, cut, strict=True)), sum(rows)))
    assert [(k, a, b) for k, a, b in spans(out)] == [(k, str(a + 1), str(b)) for k, (a, b) in true.items()]
    assert [s.displaced for s in out.sections] == [False, True, True, True]


# ---- missing things ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "label", "value", "basis"),
    [(50, "乙项（12分）", 4, "proved"), (None, "乙项（12分）", 4, "inferred"), (50, "乙项", 4, "inferred"), (None, "乙项", None, "printed")],
)
def test_an_empty_points_cell(total, label, value, basis) -> None:
    out = solved(sheet(changed("乙项", [2, 2, "", 4], label), total))
    cell = next(c for c in out.criteria() if c.number == "6")
    assert (cell.max_points, cell.points_basis, cell.points_printed) == (value, basis, None)


def test_two_empty_cells_in_one_section_stay_open() -> None:
    out = solved(sheet(changed("乙项", [2, "", "", 4]), 50))
    assert [c.max_points for c in out.criteria() if c.number in ("5", "6")] == [None, None]


def test_nothing_is_filled_where_the_numbers_already_disagree() -> None:
    out = solved(sheet(changed("乙项", [2, 2, "", 4]), 70))
    assert next(c for c in out.criteria() if c.number == "6").max_points is None


GAP = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13]


def test_an_absent_number_whose_points_are_missing() -> None:
    out = solved(sheet(changed("乙项", [2, 2, 4]), 50, numbers=GAP))
    added = next(c for c in out.criteria() if c.basis == "inferred")
    assert (added.id, added.number, added.text, added.max_points) == ("annex-1/c6", "6", "", 4)
    assert added in out.sections[1].criteria


def test_a_number_that_is_only_skipped() -> None:
    out = solved(sheet(changed("乙项", [2, 2, 8]), 50, numbers=GAP))
    assert all(c.basis == "printed" for c in out.criteria())


def test_an_absent_first_row_does_not_displace_the_label() -> None:
    out = solved(sheet(changed("乙项", [2, 4, 4]), 50, numbers=[1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13]))
    assert [s.displaced for s in out.sections] == [False] * 4
    assert [c.number for c in out.sections[1].criteria] == ["4", "5", "6", "7"]


def test_digits_in_doubt_prove_nothing() -> None:
    rubric = sheet(TIDY, 50)
    first, *rest = rubric.sections
    place = at("3")
    weak = replace(first, criteria=(replace(first.criteria[0], points_at=place), *first.criteria[1:]))
    out = solved(replace(rubric, sections=(weak, *rest), doubts=(Doubt("3", 0.5, place),)))
    assert out.resolution.status == "conditional"
    assert "第1条的数字识别无误" in out.resolution.assumes


def test_digits_of_a_label_in_doubt_are_named() -> None:
    rubric = sheet(TIDY, 50)
    out = solved(replace(rubric, doubts=(Doubt("甲项（10分）", 0.5, at("甲项（10分）")),)))
    assert out.resolution.status == "conditional"
    assert "“甲项（10分）”中的数字识别无误" in out.resolution.assumes


def test_doubtful_words_leave_the_proof_alone() -> None:
    rubric = sheet(TIDY, 50)
    first, *rest = rubric.sections
    weak = replace(first, criteria=(replace(first.criteria[0], confidence=0.5), *first.criteria[1:]))
    assert solved(replace(rubric, sections=(weak, *rest))).resolution.status == solved(rubric).resolution.status


# ---- subtotals, two levels, no arithmetic ------------------------------------------------------------------------


def test_a_subtotal_row_is_one_more_equation() -> None:
    rubric = sheet({"甲项": [3, 3, 4], "乙项": [2, "", 4]}, None)
    rows = tuple(Subtotal("小计", Decimal(n), after, at("小计")) for n, after in ((10, 2), (9, 5)))
    out = solved(replace(rubric, subtotals=rows))
    assert [c.max_points for c in out.criteria() if c.number == "5"] == [3]


def test_two_levels_keep_their_structure() -> None:
    rubric = sheet({"甲一（5分）": [2, 3], "甲二（4分）": [4], "乙一（6分）": [3, 3]}, 15)
    parent = Section("annex-1/p1", "甲", Decimal(9))
    inner = [replace(s, parent="annex-1/p1") for s in rubric.sections[:2]]
    out = solved(replace(rubric, sections=(parent, *inner, rubric.sections[2])))
    assert [(s.label, s.parent, len(s.criteria)) for s in out.sections] == [
        ("甲", None, 0), ("甲一", "annex-1/p1", 2), ("甲二", "annex-1/p1", 1), ("乙一", None, 2),
    ]  # fmt: skip


def test_a_rubric_without_points_or_labels_is_left_alone() -> None:
    bare = rubric_of("项目 | 序号 | 评价内容 | 评价分值\n | 1 | 甲 | \n | 2 | 乙 | \n | 3 | 丙 | ")
    out = solved(bare)
    assert [c.max_points for c in out.criteria()] == [None] * 3
    assert resolve(Notice(), ()) == ()


# ---- sister rubrics ----------------------------------------------------------------------------------------------

TEXTS = [f"{a}{b}应当{c}并有记录可查，不符合要求的不得分" for a, b, c in zip("水电气热路桥灯井管网站房", "巡检测修保养护洁运维值守", "子丑寅卯辰巳午未申酉戌亥", strict=True)]  # fmt: skip


def sister(annex: int, sections, total, **more) -> Rubric:
    return rubric_of(table(sections, total, **more), annex=annex)


def test_a_sister_gives_the_absent_text_but_never_the_points() -> None:
    whole = sister(1, {"甲项（12分）": [2, 2, 2, 2, 2, 2], "乙项（18分）": [3] * 6}, 30, texts=TEXTS)
    holed = sister(2, {"甲项（13分）": [2, 2, 2, 2, 5], "乙项（18分）": [3] * 6}, 36, texts=TEXTS[:4] + TEXTS[5:], numbers=[1, 2, 3, 4, *range(6, 13)])  # fmt: skip
    _, out = resolve(Notice(), (whole, replace(holed, sections=(replace(holed.sections[0], stated_points=Decimal(18)), holed.sections[1]))))
    added = next(c for c in out.criteria() if c.basis == "inferred")
    assert (added.id, added.text, added.donors) == ("annex-2/c5", TEXTS[4], ("annex-1/c5",))
    assert added.max_points == 5


def test_twins_settle_what_the_sums_leave_open() -> None:
    whole = sister(1, {"甲项（10分）": [2] * 5, "乙项（4分）": [2, 2], "丙项（10分）": [2] * 5}, 24, texts=TEXTS)
    lost = sister(2, {"甲项": [2] * 7, "乙项（4分）": [2], "丙项": [2] * 4}, 24, texts=TEXTS)
    lost = replace(lost, labels=tuple(replace(m, merged=False) for m in lost.labels))
    alone = resolve(Notice(), (lost,))[0]
    together = resolve(Notice(), (whole, lost))[1]
    assert len(alone.sections) == len(together.sections) == 3
    assert together.resolution.count <= alone.resolution.count


def test_the_same_input_gives_the_same_rubrics() -> None:
    rubric = sheet(ABSORBED, 50)
    assert solved(rubric, "甲项", "乙项", "丙项", "丁项") == solved(rubric, "甲项", "乙项", "丙项", "丁项")


def test_many_wrong_sections_are_not_tried_one_by_one(monkeypatch):
    calls = []
    solve = fitting.solve
    monkeypatch.setattr(fitting, "solve", lambda *a, **k: calls.append(1) or solve(*a, **k))
    rows = "\n".join(f"{f'第{n}组（9分）' if i == 0 else ''}|{2 * n + i - 1}|第{n}组第{i}条。|4" for n in range(1, 21) for i in (0, 1))
    resolve(Notice(), (rubric_of(f"项目|序号|评价内容|评价分值\n{rows}\n总评|||180"),))
    assert len(calls) <= 10
