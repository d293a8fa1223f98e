"""The grade of a total, and the same told by a form, which asks band after band."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction

import pytest

from pipeline.assessment import Policy
from pipeline.formats import html, xlsform, xlsx
from pipeline.formats.sheet import sheet_of
from pipeline.scoring.grades import contains, grade, shared
from tests.browser.small import TABLE
from tests.builders import bands, notice_of, reading_of, rubric_of

SCALES = [
    ("优秀 [90,)", "良好 [75,90]", "合格 [60,75]", "不合格 (,60]"),
    ("优秀 [85,)", "合格 [70,90]", "不合格 (,70)"),
    ("优秀 (90,)", "合格 [70,90]", "不合格 (,69]"),
    ("优秀 [90,100]", "合格 [60,100]"),
    ("优秀 [90,)", "合格 (90,)"),
]


@pytest.mark.parametrize("lines", SCALES, ids=range(len(SCALES)))
def test_a_form_says_no_grade_where_the_scorecard_says_none(lines):
    scale = bands(*lines)
    notice = notice_of(grade_bands=scale)
    for total in (Fraction(n, 2) for n in range(230)):
        said = next((b.label for b in (*shared(scale), *scale) if contains(b, total)), "待定")
        label = grade(total, notice, Policy()).label
        assert said == label or (label is None and said.endswith("待定")), total


def overlapping(label: str = "优秀"):
    reading = reading_of(rubric_of(TABLE, annex=1), notice=notice_of(grade_bands=bands(f"{label} [9,)", "合格 [6,9]")))
    return sheet_of(reading, reading.rubrics[0], "draft")


@pytest.mark.parametrize("form", [html, xlsx, xlsform])
def test_forms_carry_what_two_bands_hold(form):
    made = form.render(overlapping())
    text = made if isinstance(made, str) else "".join(parts(made))
    assert "同时落在“优秀”和“合格”，待定" in text


def test_a_quote_in_a_label_ends_no_formula():
    text = "".join(parts(xlsx.render(overlapping('优"&1&"秀'))))
    assert '"优""&amp;1&amp;""秀"' in text


def parts(book: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return [archive.read(n).decode("utf-8") for n in archive.namelist() if n.endswith(".xml")]
