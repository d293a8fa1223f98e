"""Grade bands in every spelling we have met, and ranges that grade nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeline.notices.bands import grade_bands, held_once, labelled
from pipeline.notices.lines import Line, join
from pipeline.provenance import Provenance
from pipeline.scoring.grades import contains


def shown(text: str) -> str:
    """`优秀[90,)` style, so that a case fits a line."""
    out = []
    for x in labelled(text):
        r = x.range
        low = f"{'[' if r.low_in else '('}{r.low if r.low is not None else ''}"
        high = f"{r.high if r.high is not None else ''}{']' if r.high_in else ')'}"
        out.append(f"{x.label}{low},{high}")
    return " ".join(out)


CASES = [
    *((f"90分以上为优秀，75分以上不满90分为合格，不满75分为不合格；{then}", "优秀[90,) 合格[75,90) 不合格(,75)") for then in (
        "季度得分低于70分的，视为违约，解除合同。", "得分不满60分的，为重点监管单位。", "连续两个季度得分低于80分的，列为重点督办对象。",
    )),
    ("90分以上为优秀，89分至70分为合格，69分以下为不合格。", "优秀[90,) 合格[70,89] 不合格(,69]"),
    ("得分90分（含）以上为优秀，80分（含）-90分（不含）为良好，60分（不含）以下为不合格", "优秀[90,) 良好[80,90) 不合格(,60)"),
    ("优秀（90分以上）、良好（80分以上不满90分）、不合格（不满80分）", "优秀[90,) 良好[80,90) 不合格(,80)"),
    ("≥90分为A级；80≤得分＜90为B级；＜80分为C级", "A级[90,) B级[80,90) C级(,80)"),
    ("90分及以上的企业，评定为“优秀”等次；75分及以上、90分以下（不含90分）的，评定为“良好”等次", "优秀[90,) 良好[75,90)"),
    ("优秀：90-100分；良好：80-89分；差：80分以下", "优秀[90,100] 良好[80,89] 差(,80]"),
    ("评定为优：≥95；良：85~94；中：75～84；差：<75", "优[95,) 良[85,94] 中[75,84] 差(,75)"),
    ("得分80分以上为合格，其余为不合格。", "合格[80,) 不合格(,80)"),
    ("90分以上优秀，80—89分良好，60分以下不合格", "优秀[90,) 良好[80,89] 不合格(,60]"),
    ("108分以上评为五星级，96分以上不满108分评为四星级", "五星级[108,) 四星级[96,108)"),
    ("一级（900分以上）、二级（750分至899分）", "一级[900,) 二级[750,899]"),
    ("高于90分的为优秀，高于75分且不高于90分的为良好，75分及以下的为不合格", "优秀(90,) 良好(75,90] 不合格(,75]"),
    ("90分以上（含90分）为优秀，75分（含75分）至90分为合格，75分以下（不含75分）为不合格", "优秀[90,) 合格[75,90] 不合格(,75)"),
    ("得分在[90,100]为优秀，[80,90)为良好，[0,80)为差", "优秀[90,100] 良好[80,90) 差[0,80)"),
    ("90≤优秀≤100，80≤良好<90", "优秀[90,100] 良好[80,90)"),
    ("不合格：60分以下；合格：60分（含）至80分（不含）；优秀：80分（含）以上", "不合格(,60] 合格[60,80) 优秀[80,)"),
    ("总得分在95.5分以上者为优秀，未达到60分者为不合格", "优秀[95.5,) 不合格(,60)"),
    ("不低于85分的，等级为甲级；低于85分的，等级为乙级", "甲级[85,) 乙级(,85)"),
    ("[95,100]为优秀、[80,95)为良好、[0,80)为不合格。", "优秀[95,100] 良好[80,95) 不合格[0,80)"),
    ("90分以上为优秀，60分以上不满90分为合格，不满60分为待提升。", "优秀[90,) 合格[60,90) 待提升(,60)"),
    ("85分以上为一等，60分以上不满85分为二等，不满60分为等外", "一等[85,) 二等[60,85) 等外(,60)"),
    # nothing is graded here
    ("90分以上为优秀，60分以上为合格，发现80分以下的单位，责令整改", "优秀[90,) 合格[60,)"),
    ("每次扣2-5分，扣完为止。", ""),
    ("工期90天以上为优秀，60天以下为差，得分另计。", ""),
    ("满意度达到90%以上为优秀，80%以上为良好，得分相应计算。", ""),
    ("发生1次扣5分，3次以上为不合格", ""),
    ("停业60分钟以上为不合格", ""),
    ("评价结果分为优秀、合格、不合格三个等次。", ""),
    ("2020年以上评为优秀的企业得分加倍", ""),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=range(len(CASES)))
def test_labelled_ranges(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("texts", "least"),
    [
        (("1.90分以上为优秀。", "2.80分以上不满90分为良好。", "3.不满80分为差。"), ["90", "80", None]),
        (("1.90分以上为优秀；2.80分以上不满90分为良好。",), ["90", "80"]),
        (("9.50分以上为优秀。", "8.75分以上不满9.50分为良好。", "30分为满分的，另行换算，25分以上为合格。"), ["9.50", "8.75", "25"]),
    ],
    ids=["items of a line each", "items in one line", "points of two places"],
)
def test_serials_before_points_are_no_part_of_them(texts: tuple[str, ...], least: list[str | None]) -> None:
    passages = [join([Line(t, Provenance(t), tuple(range(len(t))), i)]) for i, t in enumerate(texts)]
    found = [None if b.min is None else str(b.min) for b in grade_bands(passages)]
    assert found == least


def bands_of(*texts: str) -> list[str]:
    passages = [join([Line(t, Provenance(t), tuple(range(len(t))), i)]) for i, t in enumerate(texts)]
    return [b.label for b in grade_bands(passages)]


def test_bands_on_lines_of_their_own() -> None:
    assert bands_of("等次：", "1.优秀：90分以上；", "2.合格：60分以上不满90分；", "3.不合格：不满60分。") == ["优秀", "合格", "不合格"]


@pytest.mark.parametrize(
    ("text", "holding"),
    [
        ("90分（含）以上为优秀，70分（含）至90分为合格", {"90": ["优秀"], "70": ["合格"]}),
        ("60分（含）至75分为合格，75分（含）以上为良好，60分以下为不合格", {"60": ["合格"], "75": ["良好"]}),
        ("90分及以上为优秀，70分及以上，90分以下为合格", {"90": ["优秀"]}),
        ("90分以上为优秀，70分至90分（含）为合格", {"90": ["合格"]}),
        ("90分以上为优秀，70分以上，90分以下为合格", {"90": ["优秀", "合格"]}),
        ("90分（含）以上为优秀，70分（含）至90分（含）为合格", {"90": ["优秀", "合格"]}),
        ("90分以上为优秀，89分（含）至70分为合格", {"89": ["合格"], "70": ["合格"]}),
    ],
)
def test_a_number_is_held_by_the_band_that_says_so(text: str, holding: dict[str, list[str]]) -> None:
    bands = held_once(grade_bands([join([Line(text, Provenance(text), tuple(range(len(text))), 0)])]))
    assert {n: [b.label for b in bands if contains(b, Fraction(n))] for n in holding} == holding


def test_second_scale_is_not_mixed_in() -> None:
    assert bands_of("90分以上为优秀，不满90分为合格。个人80分以上为优秀，不满80分为合格。") == ["优秀", "合格"]


@pytest.mark.parametrize(
    "text", ["优得8-10分，良：5-7分，差：0-4分", "该项90分以上为优秀，不满90分为差", "80分以上为合格，继续使用"]
)
def test_left_alone(text: str) -> None:
    """One criterion's own scale, and a single threshold."""
    assert bands_of(text) == []
