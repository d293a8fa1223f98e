"""The same notice in another format, or with its lines broken elsewhere, has no changes; odd pairs give no nonsense."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline import stages
from pipeline.cli import main
from pipeline.model import Reading
from pipeline.notices.lines import columns
from pipeline.revisions.changes import ChangeList
from pipeline.revisions.comparison import compare
from tests.support.edits import reading_of
from tests.support.notices import make_notice
from tests.support.writers import WRITERS

SEED = Path(__file__).resolve().parents[1] / "sources" / "zaozhuang-gas-2021-42"
FILES = ("notice.txt", "notice.docx", "notice.pdf")


@cache
def seed(name: str) -> Reading:
    return stages.extract(SEED / name)


@pytest.mark.parametrize(("a", "b"), list(itertools.permutations(FILES, 2)))
def test_the_seed_in_two_formats(a, b):
    assert compare(seed(a), seed(b)).changes == ()


@pytest.mark.parametrize("number", range(6))
def test_a_made_notice_in_two_formats(number, tmp_path):
    readings = []
    for name in ("txt", "docx", "html"):
        path = tmp_path / f"notice.{name}"
        path.write_bytes(WRITERS[name](make_notice(number)))
        readings.append(stages.extract(path))
    for a, b in itertools.combinations(readings, 2):
        assert compare(a, b).changes == ()


def wrapped(text: str, width: int) -> str:
    """Long lines of the body broken at `width` columns, as a typesetter breaks them; tables and form fields left alone."""
    out = []
    for line in text.splitlines():
        if "\t" in line or "    " in line:
            out.append(line)
            continue
        out.append("")
        for char in line:
            if columns(out[-1] + char) > width:
                out.append("")
            out[-1] += char
    return "\n".join(out)


@pytest.mark.parametrize(("number", "width"), [(11, 56), (3, 60), (4, 56), (8, 60)])
def test_where_lines_are_broken_is_no_change(number, width, tmp_path):
    a, b = tmp_path / "a.txt", tmp_path / "b.txt"
    whole = WRITERS["txt"](make_notice(number)).decode()
    a.write_text(whole, encoding="utf-8")
    b.write_text(wrapped(whole, width), encoding="utf-8")
    assert b.read_text(encoding="utf-8").count("\n") > whole.count("\n") + 3
    assert compare(stages.extract(a), stages.extract(b)).changes == ()


def body_of(reading: Reading, *changes: tuple[str, str]) -> Reading:
    """The reading with words of its body exchanged; every exchange must find its place."""
    body = list(reading.notice.body)
    for before, after in changes:
        (at,) = [n for n, p in enumerate(body) if before in p.text]
        body[at] = replace(body[at], text=body[at].text.replace(before, after))
    return replace(reading, notice=replace(reading.notice, body=tuple(body)))


def test_a_changed_paragraph_is_told_once_with_what_it_was():
    old = reading_of(make_notice(3))
    new = body_of(old, ("让群众满意放心", "让人民群众满意放心"))
    (change,) = compare(old, new).changes
    assert (change.type, change.weight, change.old, change.new) == ("text-changed", "minor", "notice/body", "notice/body")
    assert "让群众满意放心" in (change.before or "")
    assert "让人民群众满意放心" in (change.after or "")


def test_a_new_and_a_lost_paragraph():
    old = reading_of(make_notice(3))
    body = old.notice.body
    gone, come = replace(old, notice=replace(old.notice, body=body[1:])), old
    assert [(c.before, c.after) for c in compare(old, gone).changes] == [(body[0].text, None)]
    assert [(c.before, c.after) for c in compare(gone, come).changes] == [(None, body[0].text)]


# ---- odd pairs -------------------------------------------------------------------------------------------------------


@cache
def three() -> Reading:
    return next(r for r in (reading_of(make_notice(n)) for n in range(100)) if len(r.rubrics) == 3)


def kinds(found: ChangeList, annex: int) -> set[str]:
    return {c.type for c in found.changes if c.annex == annex}


def test_two_unrelated_notices_share_no_criterion():
    found = compare(seed("notice.docx"), reading_of(make_notice(9)))
    assert found.pairs == {}
    assert {c.kind for c in found.comparability} == {"drop"}
    assert {c.type for c in found.changes} <= {
        "criterion-added", "criterion-removed", "section-added", "section-removed", "section-renamed", "section-points-changed", "metadata-changed",
        "text-changed", "bands-changed", "vetoes-changed",
    }  # fmt: skip


def test_an_annex_that_went():
    old = three()
    found = compare(old, replace(old, rubrics=old.rubrics[:2]))
    assert {c.annex for c in found.changes} == {3}
    assert kinds(found, 3) == {"metadata-changed", "section-removed", "criterion-removed"}
    assert sum(c.type == "criterion-removed" for c in found.changes) == len(list(old.rubrics[2].criteria()))


def test_an_annex_that_is_now_another_number():
    old = three()
    moved = tuple(replace(r, annex=r.annex - 1, id=f"annex-{r.annex - 1}") for r in old.rubrics[1:])
    found = compare(old, replace(old, rubrics=moved))
    assert found.rubrics == {"annex-2": "annex-1", "annex-3": "annex-2"}
    assert {(c.old, c.new) for c in found.changes if c.new} == {("annex-2/annex", "annex-1/annex"), ("annex-3/annex", "annex-2/annex")}
    assert {c.type for c in found.changes if not c.new} == {"metadata-changed", "section-removed", "criterion-removed"}


def test_a_renamed_annex():
    old = three()
    new = replace(old, rubrics=(replace(old.rubrics[0], title="某县某某行业年度考核细则"), *old.rubrics[1:]))
    (change,) = compare(old, new).changes
    assert (change.type, change.old, change.after, change.weight) == ("metadata-changed", "annex-1/title", "某县某某行业年度考核细则", "minor")


@pytest.mark.parametrize("form", ["text", "json", "patch", "html", "docx", "tracked"])
def test_a_notice_without_rubrics(form, tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_text("某县某局关于召开会议的通知\n各单位：\n定于本月召开会议，请准时参加。\n", encoding="utf-8")
    for pair in ((SEED / "notice.txt", plain), (plain, SEED / "notice.txt"), (plain, plain)):
        target = tmp_path / f"out.{form}"
        assert main(["diff", str(pair[0]), str(pair[1]), "--format", form, "-o", str(target)]) == 0
        assert target.stat().st_size > 0
