"""Each clause of a policy by hand-computed cases on a rubric of 20 + 20 + 30 + 30 points; a bad policy names its line."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

import pytest

from pipeline.assessment import Assessment, FormFile, Scorecard
from pipeline.digest import rubric_digest
from pipeline.errors import InputError, UsageError
from pipeline.model import Reading
from pipeline.results import html, unit
from pipeline.scoring import policy as policies
from pipeline.scoring.score import score
from tests.builders import bands, notice_of, reading_of, rubric_of, vetoes

RUBRIC = rubric_of("""
    项目         | 序号 | 评价内容   | 评价分值
    制度（40分） | 1    | 有制度。   | 20
                 | 2    | 有台账。   | 20
    现场（60分） | 3    | 有巡检。   | 30
                 | 4    | 有记录。   | 30
    总评         |      |            | 100
""")
HALF = rubric_of("""
    项目         | 序号 | 评价内容   | 评价分值
    制度（50分） | 1    | 有制度。   | 20
                 | 2    | 有台账。   | 30
    总评         |      |            | 50
""", annex=2)  # fmt: skip
BANDS = bands("优秀 [90,)", "合格 [60,89]", "不合格 (,59]")
MEAN = "assessors: {combine: mean}\n"
TENTH = "rounding: {mode: half-up, digits: 1}\n"


def reading(**notice) -> Reading:
    return reading_of(RUBRIC, HALF, notice=notice_of(grade_bands=BANDS, vetoes=vetoes("发生事故的。"), score_max=Decimal(100), **notice))


def sheet(points: str, who: str = "", date: str = "2023-06-01", rubric=RUBRIC, **more) -> Assessment:
    """A form with these points in order; `-` leaves one blank, `x` marks one not applicable."""
    given = dict(zip((c.id for c in rubric.criteria()), points.split(), strict=True))
    who = who or f"示例专家{sha256(points.encode()).hexdigest()[:4]}"
    base = {
        "annex": rubric.annex, "rubric": rubric.id, "rubric_digest": rubric_digest(rubric), "assessee": "示例公司", "assessor": who, "date": date,
        "awarded": {k: Decimal(v) for k, v in given.items() if v not in "-x"},
        "not_applicable": {k: "没有此项业务" for k, v in given.items() if v == "x"},
        "source": FormFile(f"{who}.pdf", sha256(f"{points}{who}{date}{more}".encode()).hexdigest(), "pdf"),
    }  # fmt: skip
    return Assessment(**(base | more))


def card(*forms: Assessment, policy: str = "", given: Reading | None = None) -> Scorecard:
    (one,) = score(forms, given or reading(), policies.parse(policy))
    return one


def brief(result: Scorecard) -> tuple[str | None, str | None]:
    return None if result.total is None else str(result.total), result.grade_band


# ---- rounding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "total"), [("half-up", "88.3"), ("half-even", "88.2"), ("down", "88.2")])
def test_rounding_modes(mode, total):
    assert brief(card(sheet("20 20 30 18.25"), policy=f"decimals: 2\nrounding: {{mode: {mode}, digits: 1}}\n")) == (total, "合格")


@pytest.mark.parametrize(
    ("stage", "total"),
    [
        ("final", "80.5"),  # (80 + 81) / 2
        ("item", "80.6"),  # 10.25 → 10.3, twice, + 60
        ("expert", "80.5"),  # 80 and 81 need no rounding
    ],
)
def test_rounding_stages(stage, total):
    forms = sheet("10 10 30 30"), sheet("10.5 10.5 30 30")
    assert str(card(*forms, policy=f"{MEAN}rounding: {{mode: half-up, digits: 1, stage: {stage}}}\n").total) == total


def test_each_assessors_total_is_rounded_before_the_mean():
    forms = sheet("20 20 30 18.25"), sheet("20 20 30 18.35")  # 88.3 and 88.4, mean 88.35; the plain mean is 88.3
    policy = f"decimals: 2\n{MEAN}rounding: {{mode: half-up, digits: 1, stage: %s}}\n"
    assert [str(card(*forms, policy=policy % stage).total) for stage in ("expert", "final")] == ["88.35", "88.3"]


def test_rounding_comes_before_the_band():
    assert brief(card(sheet("20 20 30 19.96"), policy="decimals: 2\n" + TENTH)) == ("90", "优秀")
    assert brief(card(sheet("20 20 30 19.96"), policy="decimals: 2\nrounding: {mode: down, digits: 1}\n"))[1] is None


# ---- several assessors ---------------------------------------------------------------------------------------------

FIVE = ("0 20 20 20", "10 10 30 30", "15 20 30 20", "20 20 30 20", "20 20 30 30")  # 60 80 85 90 100


@pytest.mark.parametrize(
    ("policy", "total"),
    [("{combine: mean}", "83"), ("{combine: median}", "85"), ("{combine: trimmed, trim: 1}", "85"), ("{combine: trimmed, trim: 2}", "85")],
)
def test_five_assessors(policy, total):
    assert str(card(*map(sheet, FIVE), policy=f"assessors: {policy}\n").total) == total


def test_trimming_is_shown_and_needs_enough_sheets():
    kept = card(*map(sheet, FIVE), policy="assessors: {combine: trimmed, trim: 1}\n")
    assert sorted((str(a.total), a.used) for a in kept.assessments) == [("100", False), ("60", False), ("80", True), ("85", True), ("90", True)]
    few = card(sheet(FIVE[0]), sheet(FIVE[1]), policy="assessors: {combine: trimmed, trim: 1}\n")
    assert few.total is None
    assert any("不够去掉" in o for o in few.open)


def test_a_mean_does_not_trim():
    assert all(a.used for a in card(*map(sheet, FIVE), policy=MEAN).assessments)


def test_items_follow_the_median():
    forms = sheet("0 20 30 30", "甲"), sheet("10 20 30 30", "乙"), sheet("20 0 30 30", "丙")  # totals 80 90 80
    policy = "assessors: {combine: median}\nrounding: {mode: half-up, digits: 0, stage: %s}\n"
    assert [str(card(*forms, policy=policy % s).total) for s in ("final", "item")] == ["80", "90"]


def test_one_incomplete_sheet_of_two_holds_the_total_back():
    result = card(sheet("20 20 30 30"), sheet("20 20 30 -"), policy=MEAN)
    assert brief(result) == (None, None)
    assert any("第 2 份评价表" in o or "第 1 份评价表" in o for o in result.open)


def test_one_assessor_twice_on_a_day_is_told_and_on_two_days_is_not():
    same = card(sheet("20 20 30 30", "甲"), sheet("20 20 30 20", "甲"), policy=MEAN)
    later = card(sheet("20 20 30 30", "甲"), sheet("20 20 30 20", "甲", "2023-07-01"), policy=MEAN)
    assert [[f.rule for f in c.findings] for c in (same, later)] == [["assessor-twice"], []]


def test_spread_and_alpha_are_information():
    result = card(*map(sheet, FIVE), policy=MEAN)
    assert result.agreement is not None
    assert (str(result.agreement.lowest), str(result.agreement.highest)) == ("60", "100")
    assert result.agreement.alpha is not None
    made = html.render(unit.page(result, [result]))
    assert "相差 40 分" in made
    assert f"Krippendorff α 为 {result.agreement.alpha}" in made


def test_names_of_assessors_only_where_the_policy_says_so():
    pages = {}
    for choice in ("true", "false"):
        result = card(sheet("20 20 30 30", "示例专家某"), policy=f"show_assessors: {choice}\n")
        pages[choice] = html.render(unit.page(result, [result]))
    assert ["示例专家某" in pages[c] for c in ("true", "false")] == [True, False]


# ---- not applicable ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("", (None, "policy: not_applicable")),
        ("not_applicable: exclude-and-scale\n", (None, "除不尽")),  # 65 × 100 / 70
        ("not_applicable: exclude-and-scale\n" + TENTH, ("92.9", None)),
        ("not_applicable: full\n", ("95", None)),
        ("not_applicable: zero\n", ("65", None)),
    ],
)
def test_not_applicable(policy, wanted):
    result = card(sheet("20 18 27 x"), policy=policy)
    total, reason = wanted
    assert [str(result.total) if result.complete else None, any(reason in o for o in result.open) if reason else not result.open] == [total, True]


def test_a_section_counts_only_what_was_applicable():
    result = card(sheet("20 18 27 x"), policy="not_applicable: exclude-and-scale\n" + TENTH)
    assert [(str(s.total), str(s.possible)) for s in result.sections] == [("38", "40"), ("27", "30")]


def test_not_applicable_on_one_of_two_sheets():
    forms = sheet("20 18 27 x"), sheet("20 18 27 24")  # 65/70 of 100 and 89: mean 90.93
    assert str(card(*forms, policy="not_applicable: exclude-and-scale\n" + MEAN + TENTH).total) == "90.9"


@pytest.mark.parametrize("form", [sheet("x x x x"), sheet("20 18 27 x", not_applicable={"annex-1/c4": "  "})])
def test_not_applicable_without_reason_or_without_anything_left_is_refused(form):
    result = card(form, policy="not_applicable: exclude-and-scale\n" + TENTH)
    assert (result.complete, result.grade_band) == (False, None)


# ---- bands, vetoes, another maximum --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "points", "band"),
    [
        ("refuse", "19.5", None), ("floor", "19.5", "合格"), ("floor", "19.9", "合格"), ("half-up-to-integer", "19.5", "优秀"),
        ("half-up-to-integer", "19.4", "合格"), ("next-band", "19.9", "合格"), ("higher-band", "19.1", "优秀"),
        ("refuse", "20", "优秀"), ("higher-band", "19", "合格"),
    ],
)  # fmt: skip
def test_a_total_between_two_bands(choice, points, band):
    result = card(sheet(f"20 20 30 {points}"), policy=f"band_gap: {choice}\n")
    assert result.grade_band == band
    assert any("band_gap" in o for o in result.open) is (band is None)


def test_a_vetoed_unit_keeps_its_total_and_takes_the_grade_that_is_stated():
    form = sheet("20 20 30 30", vetoes={"1": True})
    assert brief(card(form)) == ("100", None)
    assert brief(card(form, given=reading(veto_outcome="直接定为不合格"))) == ("100", "不合格")
    assert brief(card(form, policy="veto_grade: 合格\n", given=reading(veto_outcome="直接定为不合格"))) == ("100", "合格")


@pytest.mark.parametrize(
    ("points", "policy", "wanted"),
    [("17 28", "", ("45", None)), ("10 10", "", ("20", "不合格")), ("17 28", "scale: to-score-max\n", ("90", "优秀")), ("20 30", "scale: to-score-max\n", ("100", "优秀"))],
)
def test_a_rubric_of_another_maximum_than_the_bands(points, policy, wanted):
    assert brief(card(sheet(points, rubric=HALF), policy=policy)) == wanted


# ---- rounds --------------------------------------------------------------------------------------------------------

ROUNDS = "rounds:\n  - {name: 日常评价, weight: 40, until: 2023-10-31, combine: mean}\n  - {name: 集中评价, weight: 60, since: 2023-11-01}\n"


def test_rounds_are_combined_by_themselves_and_weighted():
    forms = sheet("10 10 30 30"), sheet("20 20 30 20"), sheet("15 15 30 30", date="2023-12-01")
    result = card(*forms, policy=ROUNDS)  # daily (80 + 90) / 2 = 85; 0.4 × 85 + 0.6 × 90
    assert str(result.total) == "88"
    assert [(r.name, str(r.total), r.sheets) for r in result.rounds] == [("日常评价", "85", 2), ("集中评价", "90", 1)]
    assert [str(s.total) for s in result.sections] == ["30", "58"]  # 0.4 × 30 + 0.6 × 30; 0.4 × 55 + 0.6 × 60


def test_rounds_round_items_where_the_policy_says_so():
    forms = sheet("10 10 30 30"), sheet("10.5 10.5 30 30"), sheet("15 15 30 30", date="2023-12-01")
    policy = ROUNDS + "rounding: {mode: half-up, digits: 1, stage: item}\n"
    assert str(card(*forms, policy=policy).total) == "86.24"  # 0.4 × (10.3 + 10.3 + 60) + 0.6 × 90


@pytest.mark.parametrize(
    ("forms", "reason"),
    [
        ([sheet("10 10 30 30")], "轮次“集中评价”没有评价表"),
        ([sheet("10 10 30 30"), sheet("20 20 30 30", date="2023年12月1日")], "不属于任何轮次"),
        ([sheet("10 10 30 30"), sheet("20 20 30 30", date="2023-12-01"), sheet("20 20 30 20", date="2023-12-02")], "轮次“集中评价”：有 2 份评价表"),
    ],
)
def test_a_round_that_cannot_be_settled(forms, reason):
    result = card(*forms, policy=ROUNDS)
    assert brief(result) == (None, None)
    assert any(reason in o for o in result.open)


# ---- the file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name: x\nband_gap: guess\n", "p.yaml:2: band_gap:"),
        ("\n\ncolour: red\n", "p.yaml:3: colour:"),
        ("rounds:\n  - {name: a, weight: 40}\n  - {name: b, weight: x}\n", "p.yaml:3: rounds[2]: weight:"),
        ("rounding:\n  mode: half-up\n  digits: 9\n", "p.yaml:3: rounding: digits:"),
        ("a: b: c\n", "p.yaml:1:5:"),
        ("name: a\nname: b\n", "p.yaml:2: name:"),
        ("x: &a [*a]\n", "p.yaml:1: x:"),
        ("- 1\n", "p.yaml:1:"),
        ("rounds:\n  - {name: a, weight: 40}\n", "p.yaml:1: rounds:"),
        ("assessors: {combine: mean, trim: 1}\n", "p.yaml:1: assessors: trim:"),
    ],
)
def test_a_bad_policy_names_its_line(text, place):
    with pytest.raises(InputError) as caught:
        policies.parse(text, "p.yaml")
    assert str(caught.value).startswith(place)
    assert "\n" not in str(caught.value)


def test_an_empty_policy_decides_nothing():
    assert policies.parse("# nothing\n") == policies.parse("")


@pytest.mark.parametrize("text", ["objective: [annex-1/c9]\n", "supervise: [很差]\n"])
def test_what_a_policy_names_must_exist(text):
    with pytest.raises(UsageError):
        card(sheet("20 20 30 30"), policy=text)


@pytest.mark.parametrize("word", ['"\\uD800"', '"a\\0b"'])
def test_characters_that_no_report_can_show_are_refused_with_their_place(word):
    with pytest.raises(InputError, match=r"^policy:2:7: .*plain text"):
        policies.parse(f"band_gap: floor\nname: {word}\n")
