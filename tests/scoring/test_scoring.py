"""Scores by the notice's own rules: veto before band, gaps and open matters refused by name, one rounding."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

from pipeline import schemas, stages
from pipeline.assessment import Assessment, FormFile
from pipeline.digest import rubric_digest
from pipeline.model import Reading, Section
from pipeline.provenance import Provenance
from pipeline.results.scored import write_all
from pipeline.scoring import policy as policies
from pipeline.scoring.problems import problem
from pipeline.scoring.score import score
from tests.builders import rubric_of

SOURCE = Path(__file__).resolve().parents[2] / "sources" / "zaozhuang-gas-2021-42" / "notice.txt"
MEAN = "assessors: {combine: mean}\nrounding: {mode: half-up, digits: 1, stage: final}\n"


@cache
def reading() -> Reading:
    return stages.extract(SOURCE)


def full(less: str = "0", who: str = "示例专家甲", unit: str = "示例公司", **changes) -> Assessment:
    """A form of annex 3 with full marks less so much on criterion 7 (4 points) and, beyond that, on 8, 9, 10."""
    rubric = reading().rubrics[2]
    awarded = {c.id: c.max_points for c in rubric.criteria()}
    left = Decimal(less)
    for key in [k for k in awarded if awarded[k] == 4] + [k for k in awarded if awarded[k] == 3]:
        taken = min(left, awarded[key])
        awarded[key] -= taken
        left -= taken
    base = Assessment(
        annex=3, document_number=reading().notice.document_number, rubric_digest=rubric_digest(rubric), assessee=unit,
        assessor=who, date="2022-03-01", awarded=awarded, rubric=rubric.id, edition="draft",
        source=FormFile(f"{who}-{unit}.json", sha256(f"{who}{unit}{less}".encode()).hexdigest(), "html"),
    )  # fmt: skip
    return replace(base, **changes)


def card(*forms: Assessment, policy: str = ""):
    (one,) = score(forms, reading(), policies.parse(policy) if policy else None)
    return one


@pytest.mark.parametrize(("less", "total", "band"), [("0", "100", "优秀"), ("10", "90", "优秀"), ("11", "89", "合格"), ("30", "70", "合格"), ("31", "69", "不合格")])
def test_bands_with_their_included_ends(less, total, band):
    assert (str(card(full(less)).total), card(full(less)).grade_band) == (total, band)


@pytest.mark.parametrize(("less", "total"), [("10.5", "89.5"), ("30.1", "69.9")])
def test_a_total_in_a_gap_gets_no_grade_and_says_why(less, total):
    result = card(full(less))
    assert (str(result.total), result.grade_band) == (total, None)
    assert any("band_gap" in o for o in result.open)


@pytest.mark.parametrize(("choice", "band"), [("floor", "合格"), ("half-up-to-integer", "优秀"), ("next-band", "合格")])
def test_the_policy_settles_the_gap(choice, band):
    assert card(full("10.5"), policy=f"band_gap: {choice}\n").grade_band == band


def test_veto_comes_before_the_band_and_needs_an_outcome():
    vetoed = full("0", vetoes={"1": True})
    assert (card(vetoed).vetoed, card(vetoed).grade_band, str(card(vetoed).total)) == (True, None, "100")
    assert card(vetoed, policy="veto_grade: 不合格\n").grade_band == "不合格"


def test_an_incomplete_form_gets_no_grade():
    whole = full("0")
    some = replace(whole, awarded={k: v for k, v in whole.awarded.items() if k != "annex-3/c33"})
    result = card(some)
    assert (result.complete, result.grade_band) == (False, None)
    assert any("第 33 项" in o for o in result.open)


def test_why_a_score_is_missing_is_told_with_its_place_and_nothing_else():
    whole = full("0")
    at = Provenance("9", page=2)
    said = [problem("score-above-maximum", 3, id, at, given="9", maximum="3") for id in ("annex-3/c33", "annex-3/c32")]
    some = replace(whole, awarded={k: v for k, v in whole.awarded.items() if k != "annex-3/c33"}, findings=tuple(said))
    found = card(some).findings
    assert [(f.rule, f.where, f.evidence[0].page) for f in found] == [("score-above-maximum", "annex-3/c33", 2)]


def test_several_assessors_are_refused_without_a_policy():
    result = card(full("0"), full("4", who="示例专家乙"))
    assert (result.total, result.grade_band) == (None, None)
    assert any("assessors" in o for o in result.open)


@pytest.mark.parametrize(
    ("policy", "lesses", "total"),
    [
        (MEAN, ("0", "1", "1"), "99.3"),
        ("assessors: {combine: median}\n", ("0", "1", "9"), "99"),
        ("assessors: {combine: trimmed, trim: 1}\nrounding: {mode: half-even, digits: 1, stage: final}\n", ("0", "1", "2", "40"), "98.5"),
    ],
)
def test_several_assessors_by_policy(policy, lesses, total):
    forms = [full(less, who=f"示例专家{i}") for i, less in enumerate(lesses)]
    assert str(card(*forms, policy=policy).total) == total


def test_a_mean_that_never_ends_needs_a_rounding():
    forms = [full(less, who=f"示例专家{i}") for i, less in enumerate(("0", "1", "1"))]
    result = card(*forms, policy="assessors: {combine: mean}\n")
    assert result.total is None
    assert any("rounding" in o for o in result.open)


def test_rounds_with_weights():
    policy = "rounds:\n  - {name: 日常, weight: '40', combine: mean}\n  - {name: 集中, weight: '60'}\n"
    result = card(full("10", round="日常"), full("0", round="集中"), policy=policy)
    assert (str(result.total), [(r.name, str(r.total)) for r in result.rounds]) == ("96", [("日常", "90"), ("集中", "100")])


def test_a_form_of_another_rubric_is_not_scored():
    result = card(full("0"), full("5", who="示例专家乙", rubric_digest="0" * 64))
    assert not result.complete
    assert any("不予计分" in o for o in result.open)


@pytest.mark.parametrize("bad", ["band_gap: guess\n", "colour: red\n", "rounding: {digits: 1}\n"])
def test_an_unknown_policy_is_refused(bad):
    from pipeline.errors import PipelineError

    with pytest.raises(PipelineError):
        policies.parse(bad)


def test_every_number_leads_back_to_its_form():
    item = next(i for i in card(full("2")).items if i.lost)
    assert (str(item.lost), item.entries[0].assessment, str(item.entries[0].value)) == ("2", 1, "2")


def test_reports_hide_assessors_and_validate(tmp_path):
    cards = score([full("3", unit="示例甲公司"), full("40", unit="=示例乙公司")], reading(), None)
    made = write_all(cards, reading(), tmp_path)
    pages = "".join(p.read_text(encoding="utf-8") for p in made if p.suffix == ".html")
    assert "示例专家甲" not in pages
    assert "失分" in pages
    for one in cards:
        jsonschema.Draft202012Validator(schemas.schema("scorecard")).validate(one.to_json())
    assert {p.name: p.read_bytes() for p in made} == {p.name: p.read_bytes() for p in write_all(cards, reading(), tmp_path / "again")}


@pytest.mark.parametrize(("number", "said"), [("21", "第 21 项"), (None, "“台账齐全完整。”")])
def test_a_criterion_without_a_number_is_called_by_its_words(number, said):
    from pipeline.scoring.tally import name_of

    criterion = next(iter(rubric_of("项目|序号|评价内容|评价分值\n管理|1|台账齐全完整。|5").criteria()))
    assert name_of(replace(criterion, number=number)) == said


def test_a_section_says_those_above_it_where_another_has_its_label():
    whole = reading()
    rubric = next(r for r in whole.rubrics if r.id == "annex-3")
    first, second, *rest = rubric.sections
    upper = Section("annex-3/s99", "经营管理", None)
    named = (upper, replace(first, label="制度", parent=upper.id), replace(second, label="制度"), *rest)
    made = replace(whole, rubrics=tuple(replace(r, sections=named) if r is rubric else r for r in whole.rubrics))
    (card_,) = score([full(rubric_digest=rubric_digest(replace(rubric, sections=named)))], made)
    assert [s.above for s in card_.sections[:3]] == ["经营管理", None, None]
    assert [("above" in s) for s in card_.to_json()["sections"][:2]] == [True, False]
