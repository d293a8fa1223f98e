"""What follows from a new revision: old decisions are valid, stale or moot; old scores are kept, scaled or dropped."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from msgspec.structs import replace

from pipeline import decisions, stages
from pipeline.assessment import Assessment, FormFile
from pipeline.cli import main
from pipeline.digest import rubric_digest
from pipeline.errors import UsageError
from pipeline.model import Reading
from pipeline.revisions import diff_out
from pipeline.revisions.followup import follow
from pipeline.scoring.score import score
from pipeline.serialize import dumps
from tests.support.small import RULES, notice_text, put_source

SIGNED = ("甲", "对照原件", "2022-01-05")


@cache
def read(text: str, revision: str = "2021") -> Reading:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "notice.txt"
        path.write_text(text, encoding="utf-8")
        return replace(stages.extract(path), slug=revision, revision=revision)


def decided(reading: Reading, *made: tuple[str, str, str | None]) -> Reading:
    """The reading under decisions (action, target, value)."""
    return decisions.apply(reading, [decisions.decide(reading, *one[:3], *SIGNED) for one in made])


def later(rules: tuple[str, ...] = RULES, points: tuple[int, ...] = (10,) * 10) -> Reading:
    return read(notice_text(rules, points, number="某建字〔2022〕3号"), "2022")


# ---- decisions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "new", "status", "now", "target"),
    [
        (("set", "annex-1/c2.max_points", "12"), later(), "valid", "10", "annex-1/c2.max_points"),
        (("set", "annex-1/c2.max_points", "12"), later(points=(8, 12, *(10,) * 8)), "moot", "12", "annex-1/c2.max_points"),
        (("set", "annex-1/c2.max_points", "12"), later(points=(5, 15, *(10,) * 8)), "stale", "15", "annex-1/c2.max_points"),
        (("set", "annex-1/c2.max_points", "12"), later((RULES[0], *RULES[2:]), (20, *(10,) * 8)), "stale", None, None),
        (("set", "annex-1/c3.max_points", "12"), later((RULES[0], *RULES[2:]), (20, *(10,) * 8)), "valid", "10", "annex-1/c2.max_points"),
        (("set", "notice.issuer", "某市住建局"), later(), "valid", "某市住房和城乡建设局", "notice.issuer"),
        (("set", "annex-1.stated_total", "120"), later((*RULES, "向社会公布水质监测数据并接受监督"), (10,) * 11), "stale", "110", "annex-1.stated_total"),
        (("set", "annex-1/s2.label", "客户服务"), later(), "valid", "用户服务", "annex-1/s2.label"),
    ],
)  # fmt: skip
def test_a_decision_on_a_value(made, new, status, now, target):
    old = decided(read(notice_text()), made)
    (one,) = follow(old, new).decisions
    assert (one.status, one.now, one.new_target) == (status, now, target)
    assert one.reason
    assert one.reason_en
    assert not one.again


WRONG_SUM = notice_text().replace("安全管理 (40分)", "安全管理 (46分)")


@pytest.mark.parametrize(
    ("new", "status"),
    [
        (WRONG_SUM, "valid"),
        (notice_text(), "moot"),
        (WRONG_SUM.replace("46分", "49分"), "stale"),
        (notice_text((RULES[0], RULES[2], RULES[1], *RULES[3:])).replace("安全管理 (40分)", "安全管理 (46分)"), "valid"),
    ],
)
def test_a_waiver(new, status):
    base = read(WRONG_SUM)
    finding = next(f for f in base.findings if f.rule == "section-sum-mismatch")
    old = decided(base, ("waive", finding.fingerprint, None))
    (one,) = follow(old, read(new.replace("〔2021〕7号", "〔2022〕3号"), "2022")).decisions
    assert (one.status, one.subject) == (status, f"section-sum-mismatch {finding.where}")


def test_what_was_decided_anew_is_told():
    old = decided(read(notice_text()), ("set", "annex-1/c2.max_points", "12"))
    new = decided(later(), ("set", "annex-1/c2.max_points", "12"))
    (one,) = follow(old, new).decisions
    assert (one.status, one.now, one.again) == ("valid", "10", True)


def test_nothing_is_applied_by_a_run(tmp_path):
    put_source(tmp_path / "sources", "old", notice_text())
    put_source(tmp_path / "sources", "new", notice_text(number="某建字〔2022〕3号"), "2022", "old")
    places = (tmp_path / "sources", tmp_path / "extracted", tmp_path / "reports")
    list(stages.run(*places, "zh"))
    before = (tmp_path / "extracted/new/2022/notice.json").read_bytes()
    stages.decide(tmp_path / "extracted/old/2021/notice.json", "set", "annex-1/c2.max_points", "12", *SIGNED)
    list(stages.run(*places, "zh"))
    assert (tmp_path / "extracted/new/2022/notice.json").read_bytes() == before
    assert not (tmp_path / "sources/new/decisions.yaml").exists()
    told = json.loads((tmp_path / "reports/new/diff/diff.json").read_text(encoding="utf-8"))["decisions"]
    assert [(d["target"], d["status"], d["value"]) for d in told] == [("annex-1/c2.max_points", "valid", "12")]
    page = (tmp_path / "reports/new/diff/diff.html").read_text(encoding="utf-8")
    assert "旧版的决定" in page
    assert "仍有效" in page


def test_text_in_both_languages():
    found = follow(decided(read(notice_text()), ("set", "annex-1/c2.max_points", "12")), later())
    assert "仍有效\t改定 annex-1/c2.max_points 12" in diff_out.text(found, "zh")
    assert "valid\tset annex-1/c2.max_points 12" in diff_out.text(found, "en")


# ---- old scores ------------------------------------------------------------------------------------------------------


def sheet(reading: Reading, **awarded: str) -> Assessment:
    """Full marks but for the given criteria (c3="7.5")."""
    rubric = reading.rubrics[0]
    scores = {c.id: Decimal(awarded.get(c.id.rpartition("/")[2], "10")) for c in rubric.criteria()}
    return Assessment(
        annex=1, document_number=reading.notice.document_number, revision=reading.revision, rubric_digest=rubric_digest(rubric),
        assessee="示例公司", date="2021-06-01", awarded=scores, source=FormFile("f.json", "0" * 64, "json"),
    )  # fmt: skip


def test_kept_scaled_dropped_and_open():
    old = read(notice_text())
    rules = (*(r.replace("85%", "95%") for r in RULES[:9]), "向社会公布水质监测数据并接受监督")
    new = later(rules, (5, 15, *(10,) * 8))
    found = follow(old, new, [sheet(old, c1="7", c2="9", c8="10", c10="4", c3="2.5")])
    (one,) = found.remapped
    values = {s.old.rpartition("/")[2]: (s.kind, s.value) for s in one.scores if s.kind != "keep" or s.old.endswith("/c3")}
    assert values == {"c1": ("scale", "3.5"), "c2": ("scale", "13.5"), "c3": ("keep", "2.5"), "c8": ("drop", None), "c10": ("drop", None)}
    assert (one.old_total, one.carried, one.covered, one.possible) == ("82.5", "69.5", "80", "100")
    assert one.open == ("annex-1/c8", "annex-1/c10")
    (cover,) = found.coverage
    assert (cover.kept, cover.scaled, cover.open, cover.dropped, cover.covered, cover.possible) == (6, 2, 2, 2, "80", "100")


@pytest.mark.parametrize(("points", "awarded", "value"), [(3, "9", "2.7"), (7, "5", "3.5"), (15, "0", "0"), (20, "0.5", "1")])
def test_scaling_is_exact(points, awarded, value):
    old, new = read(notice_text()), later(points=(points, 20 - points, *(10,) * 8))
    (one,) = follow(old, new, [sheet(old, c1=awarded)]).remapped
    assert one.scores[0].value == value


def test_a_score_that_never_ends_stays_a_fraction():
    old = read(notice_text(points=(3, 17, *(10,) * 8)))
    new = later(points=(10, 10, *(10,) * 8))
    found = follow(old, new, [sheet(old, c1="1", c2="17")])
    (one,) = found.remapped
    assert [s.value for s in one.scores[:2]] == ["10/3", "10"]
    assert one.carried == "280/3"
    page = diff_out.page(found, old, new, "zh", False)
    assert "沿用和折算得 约 93.33 分" in page
    assert "（附件 1）" in page
    assert "280/3" not in page


def test_what_was_not_applicable_stays_so():
    old = read(notice_text())
    given = sheet(old)
    given = replace(given, awarded={k: v for k, v in given.awarded.items() if k != "annex-1/c3"}, not_applicable={"annex-1/c3": "无此设施"})
    (one,) = follow(old, later(), [given]).remapped
    assert (one.not_applicable, one.open, one.covered) == (("annex-1/c3",), (), "90")


def test_assessments_of_another_revision_are_refused():
    old, new = read(notice_text()), later()
    with pytest.raises(UsageError, match="2022"):
        follow(old, new, [sheet(new)])


def test_score_says_how_to_carry_over_what_belongs_to_the_revision_before(tmp_path):
    put_source(tmp_path / "sources", "old", notice_text())
    put_source(tmp_path / "sources", "new", notice_text(number="某建字〔2022〕3号"), "2022", "old")
    list(stages.run(tmp_path / "sources", tmp_path / "extracted", tmp_path / "reports", "zh"))
    old, new = (stages.extract(tmp_path / f"extracted/{n}/notice.json") for n in ("old/2021", "new/2022"))
    with pytest.raises(UsageError, match="diff OLD NEW --assessments"):
        score([sheet(old)], new)
    stranger = replace(sheet(old), revision="1999")
    with pytest.raises(UsageError, match="use the notice these forms were made from"):
        score([stranger], new)


def test_the_command_line_shows_them(tmp_path, capsys):
    old, new = read(notice_text()), later(points=(5, 15, *(10,) * 8))
    paths = [tmp_path / n for n in ("old.json", "new.json", "a.json")]
    for path, data in zip(paths, (old, new, sheet(old)), strict=True):
        path.write_text(dumps(data.to_json()), encoding="utf-8")
    given = [str(p) for p in paths]
    assert main(["diff", *given[:2], "--assessments", given[2], "--lang", "zh"]) == 0
    assert "旧分 100；沿用和折算得 100（满分 100，新版 100）" in capsys.readouterr().out
    assert main(["diff", *given[:2], "--assessments", given[2], "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["remapped"][0]["carried"] == "100"
    assert main(["diff", *given[:2], "--assessments", given[2], "--format", "html"]) == 0
    assert "示例公司" in capsys.readouterr().out
    assert main(["diff", given[1], given[0], "--assessments", given[2]]) == 2
    assert capsys.readouterr().err.count("\n") == 1
