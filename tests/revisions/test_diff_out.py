"""What a comparison is written as: the patch applied gives the new revision, tracked changes accepted give the new sheets
and rejected the old ones, the 对照表 has a row for each change and each side says what its revision says."""

from __future__ import annotations

import copy
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from msgspec.structs import replace

from pipeline import stages
from pipeline.cli import main
from pipeline.criterion_names import names_of
from pipeline.model import AnnexEntry, BodyText, Reading
from pipeline.revisions import diff_out, tracked
from pipeline.revisions import synopsis_out as synopsis_docx
from pipeline.revisions.changes import NAMES
from pipeline.revisions.comparison import compare
from pipeline.revisions.synopsis import rows, shown
from tests.support.edits import make_script, reading_of
from tests.support.notices import make_notice, points_text

SOURCES = Path(__file__).resolve().parents[2] / "sources"
OLD, NEW = (SOURCES / name / "notice.txt" for name in ("zaozhuang-gas-2021-42", "zaozhuang-gas-2022-demo"))
SEEDS = range(200, 216)


@cache
def pair(seed: int) -> tuple[Reading, Reading]:
    script = make_script(seed, heavy=True)
    return script.old, script.new


@cache
def three_annexes() -> Reading:
    return next(r for r in (reading_of(make_notice(n)) for n in range(100)) if len(r.rubrics) == 3)


def cases() -> dict[str, tuple[Reading, Reading]]:
    three = three_annexes()
    return {
        **{f"script {seed}": pair(seed) for seed in SEEDS},
        "same": (three, three),
        "unrelated": (reading_of(make_notice(5)), reading_of(make_notice(9))),
        "annex gone": (three, replace(three, rubrics=three.rubrics[:2])),
        "annex come": (replace(three, rubrics=three.rubrics[1:]), three),
        "no rubric left": (three, replace(three, rubrics=())),
    }


# ---- JSON and patch --------------------------------------------------------------------------------------------------


def applied(document: Any, operations: list[dict[str, Any]]) -> Any:
    """RFC 6902 add, remove and replace on objects, written from the RFC."""
    document = copy.deepcopy(document)
    for operation in operations:
        *path, last = [p.replace("~1", "/").replace("~0", "~") for p in operation["path"].split("/")[1:]]
        at = document
        for part in path:
            at = at[part]
        assert isinstance(at, dict)
        if operation["op"] == "remove":
            del at[last]
            continue
        assert (last in at) == (operation["op"] == "replace")
        at[last] = operation["value"]
    return document


@pytest.mark.parametrize("name", list(cases()))
def test_the_patch_applied_gives_the_new_revision(name):
    old, new = cases()[name]
    found = compare(old, new)
    after = diff_out.keyed(new, diff_out.kept_names(old, new, found))
    operations = json.loads(json.dumps(diff_out.patch(old, new, found)))
    assert applied(diff_out.keyed(old), operations) == after
    texts = [c.text for r in new.rubrics for c in r.criteria()]
    assert sorted(texts) == sorted(c["text"] for r in after["rubrics"].values() for c in r["criteria"].values())
    assert [t for r in after["rubrics"].values() for t in (r["criteria"][k]["text"] for k in r["order"])] == texts


@pytest.mark.parametrize("seed", SEEDS)
def test_the_patch_by_another_hand(seed):
    jsonpatch = pytest.importorskip("jsonpatch", reason="the package jsonpatch is not installed")
    old, new = pair(seed)
    found = compare(old, new)
    operations = diff_out.patch(old, new, found)
    after = diff_out.keyed(new, diff_out.kept_names(old, new, found))
    assert jsonpatch.apply_patch(diff_out.keyed(old), operations) == after


def test_a_small_change_is_a_small_patch():
    old, new = stages.extract(OLD), stages.extract(OLD)
    section = new.rubrics[2].sections[2]
    changed = replace(section, criteria=tuple(replace(c, number=f"{c.number}a") for c in section.criteria[:1]) + section.criteria[1:])
    rubric = replace(new.rubrics[2], sections=tuple(changed if s is section else s for s in new.rubrics[2].sections))
    new = replace(new, rubrics=(*new.rubrics[:2], rubric))
    (operation,) = diff_out.patch(old, new, compare(old, new))
    assert operation["path"] == f"/rubrics/annex-3/criteria/{section.criteria[0].id.replace('/', '~1')}/number"


def test_json_is_as_the_contract_says(capsys):
    assert main(["diff", str(OLD), str(NEW), "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert {"old", "new", "changes"} <= set(data)
    assert (data["old"]["document_number"], data["new"]["document_number"]) == ("枣高国土住建字〔2021〕42号", "枣高国土住建字〔2022〕1号")
    for change in data["changes"]:
        assert {"type", "annex", "old", "new", "before", "after", "weight", "note", "at"} <= set(change)
        assert change["type"] in NAMES
        assert change["weight"] in ("major", "minor", "patch")
        assert all(change[k] is None or isinstance(change[k], str) for k in ("old", "new", "before", "after"))
        assert change["old"] or change["new"]


# ---- tracked changes -------------------------------------------------------------------------------------------------


def settled(data: bytes, accept: bool) -> list[str]:
    """The document's lines after all changes are accepted or rejected, by the rules of ISO 29500-1 17.13.5."""
    body = Document(io.BytesIO(data)).element.body
    gone, kept = (qn("w:del"), qn("w:ins")) if accept else (qn("w:ins"), qn("w:del"))
    for row in list(body.iter(qn("w:tr"))):
        if row.find(f"{qn('w:trPr')}/{gone}") is not None:
            row.getparent().remove(row)
    for run in list(body.iter(gone)):
        if run.getparent().tag in (qn("w:p"), qn("w:r")):
            run.getparent().remove(run)
    out = []
    for block in body:
        if block.tag == qn("w:p"):
            out.append(spoken(block))
        elif block.tag == qn("w:tbl"):
            out += ["|".join(spoken(cell) for cell in row.iter(qn("w:tc"))) for row in block.iter(qn("w:tr"))]
    assert all(mark.getparent().tag in (qn("w:p"), qn("w:trPr"), qn("w:rPr")) for mark in body.iter(kept))
    return [line for line in out if line]


def spoken(element: etree._Element) -> str:
    return "".join(t.text or "" for t in element.iter(qn("w:t"), qn("w:delText")))


def printed(reading: Reading) -> list[str]:
    """The lines of the sheets, straight from the reading."""
    out = [reading.notice.title or "", reading.notice.document_number or ""]
    for rubric in reading.rubrics:
        numbered = any(c.number for c in rubric.criteria())
        out += [f"附件{rubric.annex}　{rubric.title}", f"{'序号|' if numbered else ''}评价内容|分值"]
        for section in rubric.sections:
            out.append(f"{section.label}（{points_text(section.stated_points)} 分）" if section.stated_points is not None else section.label or "")
            out += [f"{f'{c.number or str()}|' if numbered else ''}{c.text}|{points_text(c.max_points)}" for c in section.criteria]
        out += [f"总分　{points_text(rubric.stated_total)} 分"] if rubric.stated_total is not None else []
    return out


@pytest.mark.parametrize("name", list(cases()))
def test_accepted_it_is_the_new_rejected_the_old(name):
    old, new = cases()[name]
    data = tracked.document(compare(old, new), old, new)
    assert settled(data, accept=True) == printed(new)
    assert settled(data, accept=False) == printed(old)


def test_tracked_changes_bear_author_and_the_revision_date():
    data = tracked.document(compare(*(r := (stages.extract(OLD), stages.extract(NEW)))), *r)
    found = list(Document(io.BytesIO(data)).element.body.iter(qn("w:ins"), qn("w:del")))
    assert found
    assert {e.get(qn("w:date")) for e in found} == {"2022-01-05T00:00:00Z"}
    assert all(e.get(qn("w:author")) for e in found)
    assert len({e.get(qn("w:id")) for e in found}) == len(found)


def test_points_before_and_after_have_room_in_one_line():
    reading = stages.extract(OLD)
    (table, *_) = Document(io.BytesIO(tracked.document(compare(reading, reading), reading, reading))).tables
    assert table.columns[-1].width.mm >= 20
    assert sum(column.width.mm for column in table.columns) == pytest.approx(170, abs=0.5)


def test_nothing_is_tracked_between_equals():
    reading = three_annexes()
    body = Document(io.BytesIO(tracked.document(compare(reading, reading), reading, reading))).element.body
    assert not list(body.iter(qn("w:ins"), qn("w:del")))


def nameless(reading: Reading) -> Reading:
    """The same sheets, each one group without a name and without numbers."""
    rubrics = []
    for rubric in reading.rubrics:
        (first, *rest) = rubric.sections
        criteria = tuple(replace(c, number=None) for s in (first, *rest) for c in s.criteria)
        rubrics.append(replace(rubric, sections=(replace(first, label=None, stated_points=None, kind="scored", criteria=criteria),)))
    return replace(reading, rubrics=tuple(rubrics))


def test_of_a_sheet_without_sections_or_numbers_no_row_and_no_column_is_for_them():
    old = nameless(three_annexes())
    (first, *rest) = old.rubrics
    (whole,) = first.sections
    changed = (replace(whole.criteria[0], text=whole.criteria[0].text + "每月公布一次。"), *whole.criteria[1:])
    new = replace(old, rubrics=(replace(first, sections=(replace(whole, criteria=changed),)), *rest))
    found = compare(old, new)
    assert [r for r in rows(found, old, new) if r.level == "section"] == []
    for accept, reading in ((True, new), (False, old)):
        lines = settled(tracked.document(found, old, new), accept)
        assert "评价内容|分值" in lines
        assert [f"{c.text}|{points_text(c.max_points)}" for r in reading.rubrics for c in r.criteria()] == [
            line for line in lines if "|" in line and line != "评价内容|分值"
        ]
        assert "" not in lines


# ---- 对照表 ----------------------------------------------------------------------------------------------------------


def side(runs: tuple[tuple[str, str], ...]) -> str:
    return "".join(text for _, text in runs)


@pytest.mark.parametrize("name", list(cases()))
def test_each_side_of_the_table_says_what_its_revision_says(name):
    old, new = cases()[name]
    table = rows(compare(old, new), old, new)
    for reading, runs in ((old, [r.before for r in table]), (new, [r.after for r in table])):
        cells = "\n".join(side(r) for r in runs)
        missing = [c.text for r in reading.rubrics for c in r.criteria() if c.text not in cells]
        assert missing == []
        assert [s.label for r in reading.rubrics for s in r.sections if (s.label or "") not in cells] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_new_rows_stand_in_the_new_order(seed):
    old, new = pair(seed)
    table = rows(compare(old, new), old, new)
    texts = [c.text for r in new.rubrics for c in r.criteria()]
    cells = "\n".join(side(r.after) for r in table if r.level == "line")
    places = [cells.index(t) for t in texts] if len(set(texts)) == len(texts) else []
    assert places == sorted(places)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_change_has_its_row(seed):
    old, new = pair(seed)
    found = compare(old, new)
    table = shown(rows(found, old, new), everything=False)
    told = [n[1].split(":")[0].split(" ")[0] for r in table for n in r.notes]
    for change in found.changes:
        if change.type == "criterion-renumbered":
            continue
        assert change.type in told, change
    assert not any(r.same for r in table if r.level == "line")


def test_no_change_is_said():
    reading = three_annexes()
    found = compare(reading, reading)
    assert "没有变更" in diff_out.page(found, reading, reading, "zh", False)
    assert diff_out.text(found, "zh") == "没有变更\n"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("everything", [False, True])
def test_html_and_docx_have_the_same_rows(lang, everything):
    old, new = stages.extract(OLD), stages.extract(NEW)
    found = compare(old, new)
    listed = shown(rows(found, old, new), everything)
    table = Document(io.BytesIO(synopsis_docx.document(found, old, new, lang, everything))).tables[0]
    assert len(table.rows) == 1 + len(listed)
    page = diff_out.page(found, old, new, lang, everything)
    quiet = len(re.findall(r'<tr class="[a-z]+ quiet"', page))
    assert len(re.findall(r'<tr class="(?:part|section|line|total)', page)) - quiet == len(shown(rows(found, old, new), False))
    assert ("checked" in page.split("<table")[0].split("<input")[1]) is everything


def test_marks_are_characters_not_sentences():
    old, new = stages.extract(OLD), stages.extract(NEW)
    page = diff_out.page(compare(old, new), old, new, "zh", False)
    assert "记录安全<del>生</del>生产教育" in page
    assert "不低于<del>85%</del>，" in page
    assert "不低于<ins>95%</ins>，" in page
    assert "<del>干</del>" in page


# ---- for people ----------------------------------------------------------------------------------------------------


def turned(reading: Reading, annex: int) -> Reading:
    """The first section of an annex put last, its criteria without numbers on both sides."""
    return replace(reading, rubrics=tuple(replace(r, sections=(*r.sections[1:], r.sections[0])) if r.annex == annex else r for r in reading.rubrics))


def unnumbered(reading: Reading) -> Reading:
    bare = tuple(
        replace(r, sections=tuple(replace(s, criteria=tuple(replace(c, number=None) for c in s.criteria)) for s in r.sections)) for r in reading.rubrics
    )
    return replace(reading, rubrics=bare)


def test_sections_in_another_order_are_told_where_no_number_tells_it():
    old = unnumbered(three_annexes())
    (first, *rest) = (s.label for s in old.rubrics[1].sections)
    (change,) = compare(old, turned(old, old.rubrics[1].annex)).changes
    assert (change.type, change.weight, change.before, change.after) == (
        "metadata-changed", "patch", "、".join([first, *rest]), "、".join([*rest, first])
    )  # fmt: skip
    assert compare(old, old).changes == ()


def test_the_title_of_an_annex_among_the_paragraphs_is_no_change_of_the_body():
    """One reader keeps the line above the table as a paragraph, another does not."""
    old = three_annexes()
    title = AnnexEntry(1, "示例市服务质量评价表", old.notice.body[0].at)
    old = replace(old, notice=replace(old.notice, annexes=(title,)))
    new = replace(old, notice=replace(old.notice, body=(*old.notice.body, BodyText(title.title, title.at))))
    assert compare(old, new).changes == ()


def test_the_page_calls_criteria_by_annex_and_number():
    old = three_annexes()
    rubric = old.rubrics[0]
    gone = rubric.sections[0].criteria[0]
    sections = (replace(rubric.sections[0], criteria=rubric.sections[0].criteria[1:]), *rubric.sections[1:])
    new = replace(old, rubrics=(replace(rubric, sections=sections), *old.rubrics[1:]))
    scores = diff_out.page(compare(old, new), old, new, "zh", False).partition("旧分能否沿用")[2]
    assert f"附件{rubric.annex}第{gone.number}条" in scores
    assert gone.id not in scores


def test_a_number_that_an_annex_has_twice_is_called_with_its_section():
    rubric = three_annexes().rubrics[0]
    (a, b, *_) = rubric.sections
    twice = (replace(a, criteria=(replace(a.criteria[0], number="1"),)), replace(b, criteria=(replace(b.criteria[0], number="1"),)))
    named = names_of(replace(three_annexes(), rubrics=(replace(rubric, sections=twice),)), 0)
    assert list(named.values()) == [f"附件{rubric.annex}“{s.label}”第1条" for s in twice]


@pytest.mark.parametrize("form", ["docx", "tracked"])
def test_documents_have_page_numbers(form):
    old, new = pair(0)
    foot = Document(io.BytesIO(diff_out.render(compare(old, new), form, "zh", old, new))).sections[0].footer._element
    assert 'instr="PAGE"' in etree.tostring(foot).decode()
