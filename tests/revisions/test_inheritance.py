"""Ids stay with what they name across revisions; what is new gets an id that was never used."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import regex
from msgspec.structs import replace

from pipeline import decisions, schemas, stages
from pipeline.formats import docx, pdf, xlsx
from pipeline.formats.sheet import sheet_of
from pipeline.model import Reading
from pipeline.plain import points_text
from pipeline.returns.collecting import collect
from pipeline.revisions import inheritance
from pipeline.revisions.comparison import compare
from pipeline.serialize import dumps, load_reading
from tests.support.small import RULES, notice_text, put_source

ROOT = Path(__file__).resolve().parents[2]
NEW = ("建立用户满意度回访制度并公布结果", "对老旧管网制定改造计划并组织实施", "向社会公布水质和压力监测数据")
ID = regex.compile(r"annex-1/[cs][0-9]+")


def read_text(folder: Path, text: str, slug: str) -> Reading:
    path = folder / f"{slug}.txt"
    path.write_text(text, encoding="utf-8")
    return replace(stages.read(path), slug=slug, revision=slug)


def inherited(folder: Path, before: Reading, rules: tuple[str, ...], slug: str, **more) -> Reading:
    new = read_text(folder, notice_text(rules, (10,) * len(rules), **more), slug)
    return inheritance.inherit(new, before, compare(before, new).pairs)


def ids(reading: Reading) -> dict[str, str]:
    """Text (without its full stop) → id."""
    return {c.text.rstrip("。"): c.id for r in reading.rubrics for c in r.criteria()}


@pytest.fixture
def first(tmp_path):
    return read_text(tmp_path, notice_text(), "r1")


def test_without_a_predecessor_ids_follow_the_numbers(first):
    assert ids(first) == {rule: f"annex-1/c{n}" for n, rule in enumerate(RULES, start=1)}
    assert "lineage" not in first.to_json()


def test_a_removed_criterion_renumbers_the_rest_and_moves_no_id(tmp_path, first):
    second = inherited(tmp_path, first, RULES[:2] + RULES[3:], "r2")
    assert ids(second) == {rule: i for rule, i in ids(first).items() if rule != RULES[2]}
    assert [c.number for c in second.rubrics[0].criteria()] == [str(n) for n in range(1, 10)]
    assert second.lineage.retired == ("annex-1/c3",)


def test_a_new_criterion_in_the_middle_gets_an_id_of_its_own(tmp_path, first):
    second = inherited(tmp_path, first, (*RULES[:4], NEW[0], *RULES[4:]), "r2")
    assert ids(second) == {**ids(first), NEW[0]: "annex-1/c11"}
    assert second.lineage.ids["annex-1/c11"] is None
    assert second.lineage.ids["annex-1/c5"] == "annex-1/c5"


@pytest.mark.parametrize(
    ("before", "after", "uncertain"),
    [
        (RULES[7], RULES[7].replace("85%", "95%"), False),
        (RULES[3], "每月至少开展1次隐患排查并及时整改、建立台账", True),
    ],
)
def test_a_reworded_criterion_keeps_its_id_and_a_doubtful_likeness_is_told(tmp_path, first, before, after, uncertain):
    second = inherited(tmp_path, first, tuple(after if r == before else r for r in RULES), "r2")
    assert ids(second)[after] == ids(first)[before]
    assert (ids(second)[after] in second.lineage.uncertain) is uncertain


def test_what_came_back_after_a_revision_without_it_is_new(tmp_path, first):
    second = inherited(tmp_path, first, RULES[:2] + RULES[3:], "r2")
    third = inherited(tmp_path, second, RULES, "r3")
    assert ids(third) == {**ids(first), RULES[2]: "annex-1/c11"}
    assert third.lineage.notice == "r1"
    assert third.lineage.slug == "r2"


def test_an_id_of_two_revisions_ago_is_never_given_again(tmp_path, first):
    second = inherited(tmp_path, first, (*RULES[:9], NEW[0]), "r2")
    assert ids(second)[NEW[0]] == "annex-1/c11"
    third = inherited(tmp_path, second, (*RULES[:9], NEW[1]), "r3")
    assert ids(third)[NEW[1]] == "annex-1/c12"
    assert set(third.lineage.retired) == {"annex-1/c10", "annex-1/c11"}


def test_sections_keep_their_ids_too(tmp_path, first):
    second = inherited(tmp_path, first, RULES, "r2")
    swapped = read_text(tmp_path, notice_text().replace("用户服务", "客户服务"), "r3")
    third = inheritance.inherit(swapped, second, compare(second, swapped).pairs)
    assert [(s.id, s.label) for s in third.rubrics[0].sections] == [("annex-1/s1", "安全管理"), ("annex-1/s2", "客户服务"), ("annex-1/s3", "应急处置")]


@pytest.mark.parametrize("seed", range(12))
def test_random_generations(tmp_path, first, seed):
    """Identity by words: whoever keeps its words keeps its id; nobody ever gets an id that meant other words."""
    rng = random.Random(seed)
    meaning = {i: rule for rule, i in ids(first).items()}
    before, pool = first, ["".join(chr(0x5000 + 40 * n + k) for k in range(20)) for n in range(8)]
    rules = list(RULES)
    for generation in range(2, 5):
        for _ in range(rng.randint(0, 3)):
            rules.pop(rng.randrange(len(rules)))
        for _ in range(rng.randint(0, 2)):
            rules.insert(rng.randrange(len(rules)), pool.pop())
        after = inherited(tmp_path, before, tuple(rules), f"g{generation}")
        kept = {r: i for r, i in ids(before).items() if r in rules}
        assert kept.items() <= ids(after).items(), f"seed {seed}"
        assert all(meaning.setdefault(i, rule) == rule for rule, i in ids(after).items()), f"seed {seed}"
        every = [x for s in after.rubrics[0].sections for x in (s.id, *(c.id for c in s.criteria))]
        assert len(set(every)) == len(every)
        assert all(ID.fullmatch(i) for i in every)
        before = after


def test_a_lost_criterion_that_is_printed_later_keeps_the_id_it_was_spoken_of_by(tmp_path):
    gap = notice_text().replace("\t5\t" + RULES[4] + "。\t10\n", "").replace("用户服务 (40分)", "", 1)
    gap = gap.replace("\t6\t", "用户服务 (40分)\t6\t", 1)
    old = read_text(tmp_path, gap, "r1")
    lost = next(c for c in old.rubrics[0].criteria() if c.basis == "inferred")
    assert (lost.id, lost.text) == ("annex-1/c5", "")
    new = inherited(tmp_path, old, RULES, "r2")
    assert ids(new)[RULES[4]] == "annex-1/c5"
    assert new.lineage.ids["annex-1/c5"] == "annex-1/c5"


# ---- through the files -----------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path):
    """Two revisions under sources/, the second without criterion 3 and with a new one; returns a runner."""
    put_source(tmp_path / "sources", "old", notice_text())
    later = notice_text((*RULES[:2], *RULES[3:8], NEW[0], *RULES[8:]), (10,) * 10, number="某建字〔2022〕3号")
    put_source(tmp_path / "sources", "new", later, "2022", "old")

    def run() -> list[str]:
        return list(stages.run(tmp_path / "sources", tmp_path / "extracted", tmp_path / "reports", "zh"))

    run()
    return run


def test_the_map_is_in_the_json_and_loads_again(tmp_path, shelf):
    import jsonschema

    path = tmp_path / "extracted/new/2022/notice.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    assert (data["lineage"]["slug"], data["lineage"]["notice"], data["lineage"]["revision"]) == ("old", "old", "2021")
    assert data["lineage"]["ids"]["annex-1/c11"] is None
    assert dumps(load_reading(path).to_json()) == path.read_text(encoding="utf-8")
    for name in ("old/2021", "new/2022"):
        own = json.loads((tmp_path / f"extracted/{name}/notice.json").read_text(encoding="utf-8"))
        jsonschema.validate(own, schemas.schema("notice"))


def test_a_decision_on_the_old_revision_moves_no_id_of_the_new(tmp_path, shelf):
    path = tmp_path / "extracted/new/2022/notice.json"
    before = path.read_bytes()
    stages.decide(tmp_path / "extracted/old/2021/notice.json", "set", "annex-1/c8.text", "完全不同的另一句话", "甲", "试", "2022-01-05")
    assert shelf()
    assert path.read_bytes() == before


def test_decisions_and_findings_of_the_new_revision_use_its_ids(tmp_path, shelf):
    path = tmp_path / "extracted/new/2022/notice.json"
    stages.decide(path, "set", "annex-1/c11.max_points", "9", "甲", "试", "2022-01-05")
    data = load_reading(path)
    changed = next(c for c in data.rubrics[0].criteria() if c.id == "annex-1/c11")
    assert (changed.text.rstrip("。"), points_text(changed.max_points)) == (NEW[0], "9")
    assert "annex-1/c11" in json.dumps([f.where for f in data.findings] + [str(f.proof) for f in data.findings])
    shelf()
    assert load_reading(path).decisions == data.decisions
    assert decisions.load(tmp_path / "sources/new/decisions.yaml")


@pytest.mark.parametrize(("form", "make"), [("docx", docx.render), ("xlsx", xlsx.render), ("pdf", pdf.render)])
def test_forms_carry_the_inherited_ids_and_come_back_under_them(tmp_path, shelf, form, make):
    reading = load_reading(tmp_path / "extracted/new/2022/notice.json")
    sheet = sheet_of(reading, reading.rubrics[0], "draft")
    assert "annex_1_c11" in {line.key for line in sheet.lines()}
    values = {line.key: str(n) for n, line in enumerate(sheet.lines())}
    path = tmp_path / f"filled.{form}"
    path.write_bytes(make(sheet, values))
    back = collect([path], reading)[0][0]
    assert {i: points_text(v) for i, v in back.awarded.items()} == {line.id: values[line.key] for line in sheet.lines()}


def test_the_committed_first_revision_has_no_lineage_and_the_second_has():
    old = json.loads((ROOT / "extracted/zaozhuang-gas-2021-42/2021/notice.json").read_text(encoding="utf-8"))
    new = json.loads((ROOT / "extracted/zaozhuang-gas-2022-demo/2022-demo/notice.json").read_text(encoding="utf-8"))
    assert "lineage" not in old
    assert new["lineage"]["slug"] == "zaozhuang-gas-2021-42"
    assert new["lineage"]["ids"]["annex-2/c21"] == "annex-2/c21"
