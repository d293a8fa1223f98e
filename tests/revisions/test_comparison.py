"""Two revisions: every kind of edit is told as what it is; a renumbering is never a removal and an addition."""

from __future__ import annotations

import io
import json
import random
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from docx import Document
from msgspec.structs import replace

from pipeline import stages
from pipeline.cli import main
from pipeline.findings import Finding
from pipeline.model import Reading, Section
from pipeline.repair import with_value
from pipeline.revisions import diff_out
from pipeline.revisions.comparison import compare
from pipeline.revisions.textdiff import marks, only_punctuation
from tests.builders import reading_of, rubric_of
from tests.support.small import RULES, notice_text

SOURCE = Path(__file__).resolve().parents[2] / "sources" / "zaozhuang-gas-2021-42" / "notice.txt"


@cache
def old() -> Reading:
    return stages.extract(SOURCE)


def edited(reading: Reading, annex: int, change) -> Reading:
    """The reading with the section list of one rubric put through `change`."""
    rubrics = tuple(replace(r, sections=tuple(change(list(r.sections)))) if r.annex == annex else r for r in reading.rubrics)
    return replace(reading, rubrics=rubrics)


def criteria_of(section: Section, change) -> Section:
    return replace(section, criteria=tuple(change(list(section.criteria))))


def kinds(new: Reading) -> set[tuple]:
    return {(c.type, c.old, c.new, c.weight) for c in compare(old(), new).changes}


def test_nothing_changed():
    assert compare(old(), old()).changes == ()
    assert compare(old(), old()).anomalies["new"] == []


def test_points():
    new = with_value(old(), "annex-3/c15.max_points", "2")
    (change,) = compare(old(), new).changes
    assert (change.type, change.before, change.after, change.weight) == ("points-changed", "3", "2", "major")


@pytest.mark.parametrize(
    ("key", "a", "b", "weight"),
    [
        ("annex-1/c23", "85%", "95%", "major"),
        ("annex-1/c45", "5个工作日", "3个工作日", "major"),
        ("annex-3/c9", "闭环管理", "闭环管理。", "patch"),
        ("annex-2/c24", "反恐怖工作", "反恐怖防范工作", "minor"),
    ],
)
def test_wording_is_weighed(key, a, b, weight):
    text = next(c.text for r in old().rubrics for c in r.criteria() if c.id == key)
    (change,) = compare(old(), with_value(old(), f"{key}.text", text.replace(a, b))).changes
    assert (change.type, change.old, change.weight) == ("criterion-reworded", key, weight)


def renumbered(sections: list[Section]) -> list[Section]:
    """Drop the second criterion, count the rest anew, ids and all, as a new edition would be read."""
    n, out = 0, []
    for section in sections:
        kept = []
        for criterion in section.criteria:
            if criterion.number == "2":
                continue
            n += 1
            kept.append(replace(criterion, number=str(n), id=f"annex-3/c{n}"))
        out.append(replace(section, criteria=tuple(kept)))
    return out


def test_a_removed_criterion_renumbers_the_rest_and_no_more():
    found = compare(old(), edited(old(), 3, renumbered)).changes
    assert [(c.type, c.old) for c in found if c.type != "criterion-renumbered"] == [("criterion-removed", "annex-3/c2")]
    assert sum(c.type == "criterion-renumbered" for c in found) == 31
    assert len(diff_out.text(compare(old(), edited(old(), 3, renumbered)), "zh").splitlines()) == 2


def test_an_added_criterion():
    fresh = replace(old().rubrics[2].sections[0].criteria[0], id="annex-3/c34", number="34", text="建立加气站夜间值守和巡更打卡制度。")
    new = edited(old(), 3, lambda s: [*s[:-1], criteria_of(s[-1], lambda c: [*c, fresh])])
    assert kinds(new) == {("criterion-added", None, "annex-3/c34", "major")}


def test_a_move_to_another_section():
    moved = old().rubrics[2].sections[0].criteria[0]
    new = edited(old(), 3, lambda s: [criteria_of(s[0], lambda c: c[1:]), *s[1:-1], criteria_of(s[-1], lambda c: [*c, moved])])
    assert kinds(new) == {("criterion-moved", "annex-3/c1", "annex-3/c1", "minor")}


def test_a_move_to_another_annex():
    moved = next(c for c in old().rubrics[0].criteria() if c.number == "18")
    without = edited(old(), 1, lambda s: [criteria_of(x, lambda c: [y for y in c if y.number != "18"]) for x in s])
    new = edited(without, 3, lambda s: [*s[:-1], criteria_of(s[-1], lambda c: [*c, replace(moved, id="annex-3/c34")])])
    assert ("criterion-moved", "annex-1/c18", "annex-3/c34", "major") in kinds(new)
    assert not {k for k in kinds(new) if k[0] in ("criterion-added", "criterion-removed")}


def test_sections_and_labels():
    renamed = edited(old(), 3, lambda s: [replace(s[0], label="日常综合管理"), *s[1:]])
    assert kinds(renamed) == {("section-renamed", "annex-3/s1", "annex-3/s1", "minor")}
    restored = edited(old(), 2, lambda s: [replace(x, basis="printed") for x in s])
    assert {k[:2] for k in kinds(restored)} == {("section-label-restored", "annex-2/s2"), ("section-label-restored", "annex-2/s4")}
    points = edited(old(), 3, lambda s: [replace(x, stated_points=Decimal(11)) if x.label == "培训宣传" else x for x in s])
    assert kinds(points) == {("section-points-changed", "annex-3/s3", "annex-3/s3", "major")}


def test_the_notice_itself():
    head = old().notice
    bands = tuple(replace(b, max=Decimal(90), max_inclusive=False) if b.label == "合格" else b for b in head.grade_bands)
    new = replace(old(), notice=replace(head, issue_date="2022年1月5日", grade_bands=bands, vetoes=head.vetoes[1:]))
    assert {k[0] for k in kinds(new)} == {"metadata-changed", "bands-changed", "vetoes-changed"}


def test_what_was_inferred_is_no_criterion_until_it_is_printed():
    new = edited(old(), 2, lambda s: [criteria_of(x, lambda c: [replace(y, basis="printed") for y in c]) for x in s])
    assert ("criterion-added", None, "annex-2/c21", "major") in kinds(new)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("不低于85%", "不低于95%", [("keep", "不低于"), ("out", "85%"), ("in", "95%")]),
        ("定期检查。", "定期检查。", [("keep", "定期检查。")]),
        ("甲乙丙", "丁戊己", [("out", "甲乙丙"), ("in", "丁戊己")]),
        ("每年15次", "每年5次", [("keep", "每年"), ("out", "15"), ("in", "5"), ("keep", "次")]),
    ],
)
def test_marks(before, after, wanted):
    assert marks(before, after) == wanted


@pytest.mark.parametrize(("a", "b", "same"), [("甲，乙。", "甲、乙", True), ("甲乙", "甲丙", False), ("3.5分", "35分", False)])
def test_punctuation_alone(a, b, same):
    assert only_punctuation(a, b) is same


@pytest.mark.parametrize("seed", range(30))
def test_marks_rebuild_both_texts(seed):
    draw = random.Random(seed)
    a = "".join(draw.choice("燃气安全检查每年12次，。") for _ in range(30))
    b = "".join(c for c in a if draw.random() > 0.2)
    found = marks(a, b)
    assert "".join(t for k, t in found if k != "in") == a
    assert "".join(t for k, t in found if k != "out") == b


def test_outputs(tmp_path, capsys):
    changed = tmp_path / "new.txt"
    changed.write_text(SOURCE.read_text(encoding="utf-8").replace("不低于85%", "不低于95%<b>"), encoding="utf-8")
    for form in ("text", "json", "patch", "html", "docx"):
        assert main(["diff", str(SOURCE), str(changed), "--format", form, "-o", str(tmp_path / form), "--lang", "zh"]) == 0
    data = json.loads((tmp_path / "json").read_text(encoding="utf-8"))
    assert [(c["type"], c["old"]) for c in data["changes"]] == [("criterion-reworded", "annex-1/c23")]
    page = (tmp_path / "html").read_text(encoding="utf-8")
    assert "<del>85%</del>" in page
    assert "<b>" not in page.split("<body>")[1].replace("<br>", "")
    assert [o["op"] for o in json.loads((tmp_path / "patch").read_text(encoding="utf-8"))] == ["replace"]
    table = Document(io.BytesIO((tmp_path / "docx").read_bytes())).tables[0]
    (row,) = [r for r in table.rows if "85%" in r.cells[0].text]
    assert "95%" in row.cells[1].text
    assert "85% → 95%" in row.cells[2].text


@pytest.mark.parametrize(("before", "after", "fate"), [("4", "", "drop"), ("", "4", "drop"), ("4", "5", "scale"), ("", "", "keep")])
def test_a_score_is_scaled_only_between_two_maxima(before, after, fate):
    table = "项目|评价内容|评价分值\n养护|清扫路面，无积存垃圾。|{}\n|修剪乔木，无枯枝死杈。|6"
    found = compare(*(reading_of(rubric_of(table.format(points))) for points in (before, after)))
    assert found.comparability[0].kind == fate


def test_a_criterion_without_a_number_is_called_by_its_place():
    table = "项目|评价内容|评价分值\n养护|清扫路面，无积存垃圾。|4\n|修剪乔木，无枯枝死杈。|{}"
    first, second = (reading_of(rubric_of(table.format(points))) for points in ("6", "5"))
    assert "第 2 条" in diff_out.render(compare(first, second), "html", "zh", first, second)


def test_comparability():
    new = with_value(with_value(old(), "annex-3/c15.max_points", "2"), "annex-1/c23.text", "入户安检率不低于95%，做好安全检查记录。")
    found = {c.old: c.kind for c in compare(old(), new).comparability}
    assert (found["annex-3/c15"], found["annex-1/c23"], found["annex-1/c1"]) == ("scale", "drop", "keep")


def test_the_demonstration_tells_its_edits_and_nothing_else():
    """One row an edit of the made-up revision's card; what it dropped (foreign text, receipt) was no part of the notice."""
    demo = SOURCE.parents[1] / "zaozhuang-gas-2022-demo"
    found = compare(old(), stages.extract(demo / "notice.txt"))
    assert sorted((c.type, c.new, c.weight) for c in found.changes) == sorted(
        [
            ("metadata-changed", "notice/document_number", "minor"),
            ("metadata-changed", "notice/title", "minor"),
            ("text-changed", "notice/body", "minor"),
            ("text-changed", "notice/body", "minor"),
            ("bands-changed", "notice/bands", "minor"),
            ("criterion-reworded", "annex-1/c23", "major"),
            ("criterion-reworded", "annex-1/c45", "major"),
            ("criterion-reworded", "annex-2/c32", "major"),
            ("criterion-reworded", "annex-3/c33", "major"),
            ("section-label-restored", "annex-1/s7", "patch"),
            ("criterion-reworded", "annex-1/c19", "patch"),
            ("criterion-reworded", "annex-2/c11", "patch"),
            ("criterion-added", "annex-2/c21", "major"),
            ("section-label-restored", "annex-2/s4", "patch"),
            ("metadata-changed", "annex-3/title", "minor"),
            ("points-changed", "annex-3/c15", "major"),
            ("points-changed", "annex-3/c17", "major"),
            ("vetoes-changed", "notice/veto_outcome", "major"),
            ("metadata-changed", "notice/issue_date", "minor"),
            ("metadata-changed", "notice/signature", "minor"),
        ]
    )
    fixed = {a["rule"] for a in found.anomalies["fixed"]}
    assert {"foreign-text", "personal-data", "band-gap", "outline-gap", "veto-without-outcome", "serial-gap", "annex-title-mismatch"} <= fixed
    assert found.anomalies["new"] == []


def read_text(folder, name: str, text: str) -> Reading:
    (folder / name).write_text(text, encoding="utf-8")
    return stages.extract(folder / name)


@pytest.mark.parametrize(
    ("torn", "first", "type_"),
    [("用户服务 (40分)", "安全管理 (40分)", "section-label-restored"), ("用户服务 (40分)", "安全管理 (80分)", "section-added")],
)
def test_a_label_that_the_old_print_lacks_is_restored_unless_its_points_stood_under_the_label_before(tmp_path, torn, first, type_):
    new = notice_text()
    old = new.replace(torn, "").replace("安全管理 (40分)", first)
    found = compare(read_text(tmp_path, "old.txt", old), read_text(tmp_path, "new.txt", new))
    assert [c.type for c in found.changes if c.after == "用户服务" and c.type.startswith("section")] == [type_]


def test_what_is_gone_has_its_old_place_in_the_json(tmp_path):
    found = compare(read_text(tmp_path, "old.txt", notice_text()), read_text(tmp_path, "new.txt", notice_text(RULES[:9], (10,) * 9)))
    (gone,) = (c for c in found.to_json()["changes"] if c["type"] == "criterion-removed")
    assert gone["at"]["quote"] == RULES[9] + "。"
    assert all(c["at"] for c in found.to_json()["changes"])


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_merge_in_a_section_that_was_put_at_the_end_is_a_merge(place):
    """All 50 criteria of a sheet lie between the two places; the parts are looked for where the neighbours went."""
    first = old().rubrics[0].sections[0]
    one, two = first.criteria[place : place + 2]
    whole = replace(one, text=f"{one.text.rstrip('。')}；{two.text}", max_points=one.max_points + two.max_points)
    new = edited(old(), 1, lambda sections: [*sections[1:], criteria_of(first, lambda own: [*own[:place], whole, *own[place + 2 :]])])
    (change,) = (c for c in compare(old(), new).changes if c.type.startswith("criterion-") and c.type != "criterion-renumbered")
    assert (change.type, set(change.parts), change.new) == ("criterion-merged", {one.id, two.id}, one.id)


def test_of_two_criteria_that_are_alike_the_one_that_was_split_is_split_and_the_one_that_was_merged_is_merged():
    plan = "制定{}突发事件应急预案，每{}组织1次演练，演练后有总结评估。"
    visits = "妥善处理与财务账目有关的来信来访，办结率100%，回访满意率85%以上。"
    rows = [plan.format("小区道路", "半年"), "台账内容完整，保存期限不少于2年。", visits, "屋面防水完好。", plan.format("应急物资", "月")]
    head = "项目 | 序号 | 评价内容 | 评价分值\n"
    old = reading_of(rubric_of(head + "".join(f"{'保障' if n == 0 else ''} | {n + 1} | {t} | 4\n" for n, t in enumerate(rows)), annex=1))
    new_rows = [(rows[1], 4), (f"{visits.rstrip('。')}；{rows[0]}", 8), (rows[3], 4), ("制定应急物资突发事件应急预案。", 2), ("每月组织1次演练，演练后有总结评估。", 2)]
    new = reading_of(rubric_of(head + "".join(f"{'保障' if n == 0 else ''} | {n + 1} | {t} | {p}\n" for n, (t, p) in enumerate(new_rows)), annex=1))
    texts = {c.id: c.text for c in old.rubrics[0].criteria()}, {c.id: c.text for c in new.rubrics[0].criteria()}
    changes = [c for c in compare(old, new).changes if c.type.startswith("criterion-") and c.type != "criterion-renumbered"]
    merge, split = sorted(changes, key=lambda c: c.type)
    assert (merge.type, {texts[0][i] for i in merge.parts}) == ("criterion-merged", {visits, rows[0]})
    assert (split.type, texts[0][split.old]) == ("criterion-split", rows[4])


def test_a_criterion_that_came_from_another_annex_is_not_taken_for_one_like_it_that_was_merged():
    notify, staff = "按照规定公示{}相关信息，公示栏内容更新及时、准确。", "配备与药品管理相适应的专业人员5名以上，资格证书真实有效。"
    head = "项目 | 序号 | 评价内容 | 评价分值\n"

    def sheet(annex, *texts):
        return rubric_of(head + "".join(f"{'保障' if n == 0 else ''} | {n + 1} | {t} | 4\n" for n, t in enumerate(texts)), annex=annex)

    old = reading_of(sheet(1, staff, notify.format("值班交接"), "台账内容完整。"), sheet(2, "居室门窗完好。", notify.format("洗浴设备"), "食谱每周公布。"))
    joined = f"{staff.rstrip('。')}；{notify.format('值班交接')}"
    new = reading_of(sheet(1, joined, notify.format("洗浴设备"), "台账内容完整。"), sheet(2, "居室门窗完好。", "食谱每周公布。"))
    told = {(c.type, c.annex) for c in compare(old, new).changes if c.type not in ("criterion-renumbered", "points-changed")}
    assert told == {("criterion-merged", 1), ("criterion-moved", 1)}


def test_a_slip_in_the_second_of_two_rows_with_one_number_is_told_of_that_row():
    table = "项目|序号|评价内容|评价分值\n管理|1|台账齐全。|3\n|2|操作人员持证上岗。|2\n|2|按规定每月检奎一次。|2\n总评|||7"
    slip = Finding("TXT001", "text-slip", "warning", "supported", 1, "annex-1/c2~2", "", "")
    was, now = (reading_of(rubric_of(t)) for t in (table, table.replace("检奎", "检查").replace("持证上岗", "持证在岗")))
    found = compare(replace(was, findings=(slip,)), now)
    assert {(c.old, c.weight, c.note_en) for c in found.changes} == {
        ("annex-1/c2", "minor", ""),
        ("annex-1/c2~2", "patch", "a slip set right"),
    }


def test_a_finding_at_a_repeated_number_is_kept_where_only_the_other_row_is_called_otherwise():
    sheet = rubric_of("项目|序号|评价内容|评价分值\n管理|1|台账齐全。|3\n|2|操作人员持证上岗。|2\n|2|按规定每月检查一次。|2\n总评|||7")
    finding = Finding("RUB900", "criterion-without-points", "error", "supported", 1, "annex-1/c2~2", "", "")
    (section,) = sheet.sections
    first, second, third = section.criteria
    renamed = replace(sheet, sections=(replace(section, criteria=(first, replace(second, id="annex-1/c7"), third)),))
    found = compare(reading_of(sheet, findings=(finding,)), reading_of(renamed, findings=(replace(finding, fingerprint="other"),)))
    assert [f["where"] for f in found.anomalies["kept"]] == ["annex-1/c2~2"]
    assert found.anomalies["fixed"] == found.anomalies["new"] == []


@pytest.mark.parametrize("marks", ["（一） （二） （三）", "1. 2. 3."])
def test_a_new_veto_is_told_once_whatever_its_number(tmp_path, marks):
    first, second, third = marks.split()
    body = f"二、一票否决\n有下列情形之一的，实行一票否决，直接评定为不合格：\n{first}发生重大事故的；\n{second}弄虚作假的。\n"
    old = notice_text().replace("\n某市住房", f"\n{body}\n某市住房", 1)
    new = old.replace("弄虚作假的。", f"弄虚作假的；\n{third}拒不整改的。")
    found = compare(read_text(tmp_path, "old.txt", old), read_text(tmp_path, "new.txt", new))
    assert [(c.type, c.after) for c in found.changes] == [("vetoes-changed", "拒不整改的")]
