"""Published results of made-up units: one source of values, standards, what a grade leads to, hostile names."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from functools import cache

import openpyxl
import page as validator
import pdfplumber
import pikepdf
import pypdfium2
import pytest
from msgspec.structs import replace

from pipeline.assessment import Scorecard
from pipeline.errors import UsageError
from pipeline.model import BodyText
from pipeline.results import group, html, summary, treatment, typeset, unit
from pipeline.results import words as words_
from pipeline.results.charts import Bar, bars
from pipeline.results.pages import Column, Grid, Heading, Page, Paragraph
from pipeline.results.scored import write_all
from pipeline.results.workbook import workbook
from pipeline.scoring import policy as policies
from pipeline.scoring.score import score
from tests.builders import at
from tests.scoring.test_scoring import full, reading

MEAN = policies.parse("assessors: {combine: mean}\nband_gap: next-band\nveto_grade: 不合格\nrounding: {mode: half-up, digits: 1}\n")
FORMS = (
    full("3", unit="示例甲公司", notes={"annex-3/c7": "示例：台账缺页"}), full("5", "示例专家乙", "示例甲公司"),
    full("40", unit="示例乙公司"), full("0", unit="示例丙公司", vetoes={"1": True}), full("11", unit="示例丁公司"),
)  # fmt: skip


@cache
def cards() -> tuple[Scorecard, ...]:
    return score(FORMS, reading(), MEAN)


def card(name: str) -> Scorecard:
    return next(c for c in cards() if c.assessee == name)


def all_pages() -> list[Page]:
    own = [unit.page(c, cards()) for c in cards()]
    return own + [p for c in cards() for _, p in treatment.pages(c, reading().notice)]


def words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def pdf_text(raw: bytes) -> str:
    return words("".join(p.get_textpage().get_text_bounded() for p in pypdfium2.PdfDocument(raw)))


def cells(made: Page) -> list[str]:
    grids = [b for b in made.blocks if isinstance(b, Grid)]
    return [cell for g in grids for row in (tuple(c.title for c in g.columns), *g.rows) for cell in row if cell]


# ---- one source of values, the standards ---------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(7))
def test_html_and_pdf_show_the_same_values(number):
    made = all_pages()[number]
    in_pdf, in_html = pdf_text(typeset.render(made)), words(re.sub(r"<[^>]+>", "", html.render(made)))
    said = [*made.title, *cells(made), *(b.text for b in made.blocks if isinstance(b, (Heading, Paragraph)))]
    missing = [t for t in said if words(t) not in in_html or words(t) not in in_pdf]
    assert not [t for t in missing if len(words(t)) < 12], "short values must stand in one piece"
    assert not [t for t in missing if words(t)[:6] not in in_pdf or words(t) not in in_html]


@pytest.mark.parametrize("number", range(7))
def test_pdf_passes_both_standards(number):
    raw = typeset.render(all_pages()[number], typeset.Attachment("scorecard.json", "{}\n", "data"))
    for profile in (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_3A):
        report = validator.validate_pdf_bytes(raw, profile=profile)
        assert report.is_compliant, report


def test_no_stream_ends_where_a_reader_takes_its_last_byte_for_a_line_end():
    """One deflated stream in 256 ends in CR; of these pages some do."""
    shown = [Page("示例", ("示例",), "", (Paragraph(f"示例第 {n} 号。"),)) for n in range(60)]
    made = [typeset.render(p, typeset.Attachment("a.json", f"{n}\n", "data")) for n, p in enumerate(shown)]
    assert not [n for n, raw in enumerate(made) if b"\r\nendstream" in raw]
    stored = [raw for raw in made if raw.startswith(b"%PDF-1.7\n%\xbf\xf7\xa2\xfe")]
    assert stored, "none of these pages shows the case"
    report = validator.validate_pdf_bytes(stored[0], profile=validator.ValidationProfile.PDF_A_3A)
    assert report.is_compliant, report
    assert stored[0] == typeset.with_clear_ends(stored[0])


def odd_cards() -> dict[str, Scorecard]:
    whole = full("0")
    less = replace(whole, awarded={k: v for k, v in whole.awarded.items() if not k.endswith("3")})
    gone = replace(less, not_applicable={k: "示例：没有此项业务" for k in whole.awarded if k not in less.awarded})
    rounds = "rounds:\n  - {name: 日常, weight: 40}\n  - {name: 集中, weight: 60}\n"
    given = {
        "incomplete": ([less], ""), "refused": ([full("0"), full("0", "示例专家乙", "示例外来公司", rubric_digest="0" * 64)], ""),
        "not applicable": ([gone], "not_applicable: exclude-and-scale\nrounding: {mode: half-up, digits: 1}\n"), "gap": ([full("10.5")], ""),
        "rounds": ([full("3", round="日常"), full("4", "示例专家乙", round="集中")], rounds), "nameless": ([full("1", unit="")], ""),
        "several": ([full("0"), full("9", "示例专家乙")], ""),
    }  # fmt: skip
    return {name: score(forms, reading(), policies.parse(text))[-1] for name, (forms, text) in given.items()}


@pytest.mark.parametrize("name", ["incomplete", "refused", "not applicable", "gap", "rounds", "nameless", "several"])
def test_pages_of_odd_results_stand(name):
    own = odd_cards()[name]
    made = unit.page(own, [own])
    raw = typeset.render(made)
    for profile in (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_3A):
        assert validator.validate_pdf_bytes(raw, profile=profile).is_compliant
    text = pdf_text(raw)
    assert all(words(o) in text for o in own.open)
    assert ("未定" in text) is (own.grade_band is None)


def test_scaling_for_what_is_not_applicable_can_be_checked_by_hand():
    own = odd_cards()["not applicable"]
    assert "适用条目得 88 分、满分 88 分" in html.render(unit.page(own, [own]))


def test_the_scorecard_travels_inside_without_names_of_assessors():
    own = card("示例甲公司")
    text = json.dumps(unit.published(own).to_json(), ensure_ascii=False)
    with pikepdf.open(io.BytesIO(typeset.render(all_pages()[0], typeset.Attachment("scorecard.json", text, "data")))) as pdf:
        inside = pdf.attachments["scorecard.json"]
        assert str(inside.obj.AFRelationship) == "/Source"
        assert inside.get_file().read_bytes().decode() == text
    assert "示例专家" not in text
    shown = replace(own, policy=replace(own.policy, show_assessors=True))
    assert "示例专家乙" in json.dumps(unit.published(shown).to_json(), ensure_ascii=False)


def test_every_character_of_the_pdf_leaves_ink():
    document = pypdfium2.PdfDocument(typeset.render(unit.page(card("示例甲公司"), cards())))
    for sheet in document:
        image = sheet.render(scale=2).to_pil().convert("L")
        text = sheet.get_textpage()
        for i in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(i, loose=False)
            char = text.get_text_range(i, 1)
            if char.isspace() or right - left < 1 or top - bottom < 1:
                continue
            box = (int(left * 2), int(image.height - top * 2), int(right * 2) + 1, int(image.height - bottom * 2) + 1)
            assert image.crop(box).getextrema()[0] < 160, f"{char!r} at {box} is blank"


def test_the_chart_is_the_same_in_both_and_says_its_values():
    made = bars([Bar("安全<&>", Decimal("2.5"), Decimal(5), Decimal(4)), Bar("其他", None, Decimal(10))], "各项目", "x")
    assert "安全&lt;&amp;&gt; 2.5/5（平均 4）；其他 —/10" in made
    own = unit.page(card("示例甲公司"), cards())
    (figure,) = [b for b in own.blocks if b.kind == "figure"]
    assert figure.svg in html.render(own)


# ---- what a grade leads to -----------------------------------------------------------------------------------------


def test_which_pages_a_result_leads_to():
    found = {c.assessee: [name for name, _ in treatment.pages(c, reading().notice)] for c in cards()}
    assert found == {"示例甲公司": ["commendation"], "示例乙公司": ["rectification"], "示例丙公司": ["rectification"], "示例丁公司": []}


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [("commend: [合格]\n", ["commendation"]), ("supervise: [合格]\n", ["rectification"]), ("commend: []\n", []), ("supervise: [合格]\ncommend: [优秀]\n", ["rectification"])],
)
def test_the_policy_may_name_the_grades(policy, wanted):
    (one,) = score([full("20")], reading(), policies.parse(policy))
    assert [name for name, _ in treatment.pages(one, reading().notice)] == wanted


def test_a_grade_the_notice_lacks_is_refused():
    with pytest.raises(UsageError, match="优异"):
        score([full("0")], reading(), policies.parse("commend: [优异]\n"))


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        ("对考核优秀的单位，给予表扬；对不合格的约谈。", "对考核优秀的单位，给予表扬"),
        ("（二）优秀的，优先推荐评优。其余不变。", "优秀的，优先推荐评优"),
        ("90.5分以上为优秀，给予表扬。", "90.5分以上为优秀，给予表扬"),
        ("不优秀的限期整改。", None),
        ("优秀的占三成。", None),
    ],
)
def test_the_notice_is_quoted_where_it_says_what_becomes_of_a_grade(body, clause):
    bands = (*reading().notice.grade_bands, replace(reading().notice.grade_bands[0], label="不优秀"))
    notice = replace(reading().notice, body=(BodyText(body, at(body)),), grade_bands=bands)
    assert treatment.sentence(notice, "优秀", treatment.PRAISE) == clause


def test_the_letter_of_a_notice_without_a_word_on_it_claims_nothing():
    silent = replace(reading().notice, body=())
    assert treatment.commendation(card("示例甲公司"), silent).title == ("评价结果通报",)
    assert treatment.commendation(card("示例甲公司"), reading().notice).title == ("通报表彰",)


def test_the_rectification_list_has_each_lost_criterion_and_blank_deadlines():
    made = treatment.rectification(card("示例乙公司"), reading().notice)
    (table,) = [b for b in made.blocks if isinstance(b, Grid)]
    lost = [i for i in card("示例乙公司").items if i.lost]
    assert {row[1] for row in table.rows} == {i.text for i in lost}
    assert sum(Decimal(row[2]) for row in table.rows) == 40
    assert {row[4:] for row in table.rows} == {("", "", "")}


# ---- the group -----------------------------------------------------------------------------------------------------


def test_equal_totals_share_a_place_and_vetoed_units_have_none():
    forms = [full(less, unit=f"示例{n}号") for n, less in enumerate(("3", "3", "5"))] + [full("0", unit="示例否决", vetoes={"1": True})]
    own = group.by_rubric(score(forms, reading(), MEAN))[0]
    assert [(c.assessee, group.place(c, own)) for c in own] == [
        ("示例0号", 1), ("示例1号", 1), ("示例2号", 3), ("示例否决", None),
    ]  # fmt: skip


def test_means_are_of_complete_sheets_only():
    some = full("0", unit="示例未完")
    some = replace(some, awarded={k: v for k, v in some.awarded.items() if k != "annex-3/c33"})
    own = score([full("4", unit="示例甲"), full("10", unit="示例乙"), some], reading(), MEAN)
    found = group.totals(own)
    assert found is not None
    assert (found.mean, found.lowest, found.highest, found.count) == (93, 90, 96, 2)


# ---- the workbook --------------------------------------------------------------------------------------------------


def test_the_workbook_leads_each_number_back():
    book = openpyxl.load_workbook(io.BytesIO(workbook([card("示例甲公司")])))
    head, *rows = book["来历"].iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert len(found) == 2 * len(card("示例甲公司").items)
    first = next(r for r in found if r["条目"] == "annex-3/c7")
    assert first["文件 SHA-256（前 16 位）"] in {f.source.sha256[:16] for f in FORMS}
    assert first["评价表摘要（前 16 位）"] == (card("示例甲公司").rubric_digest or "")[:16]
    whole = list(book["评价表"].iter_rows(min_row=2, values_only=True))
    assert {row[-2] for row in whole} == {f.source.sha256 for f in FORMS if f.assessee == "示例甲公司"}
    assert first["评价人"] == "第 1 位"
    assert "示例专家" not in str(found)


# ---- hostile names -------------------------------------------------------------------------------------------------

NAMES = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "../../etc/passwd", "示例" * 30, "王堃喆玥公司", "#let x = 1; $x$ *粗*", "\u202e示例\x07公司", "CON")


def test_hostile_names_stay_text_everywhere(tmp_path):
    made = write_all(score([full("3", unit=n) for n in NAMES], reading(), MEAN), reading(), tmp_path)
    assert all(p.parent == tmp_path for p in made)
    assert len({p.name.lower() for p in made}) == len(made)
    league = (tmp_path / "league.html").read_text(encoding="utf-8")
    assert "<script" not in league
    in_pdf = pdf_text((tmp_path / "league.pdf").read_bytes())
    for name in ("=cmd|'/Ccalc'!A0", "../../etc/passwd", "示例" * 30, "王堃喆玥公司", "#letx=1;$x$*粗*"):
        assert name in in_pdf
    assert "〔U+202E〕示例〔U+0007〕公司" in in_pdf
    sheet = openpyxl.load_workbook(tmp_path / "scores.xlsx")["总表"]
    assert {c.data_type for row in sheet.iter_rows(min_row=2, max_col=2) for c in row} == {"s"}


def test_a_character_outside_the_fonts_is_spelt_out_never_blank():
    made = Page("示例", ("示例",), "", (Grid("x", (Column("单位"),), (("示例鿃𠮷公司",),)),))
    text = pdf_text(typeset.render(made))
    assert "示例〔U+9FC3〕〔U+20BB7〕公司" in text
    assert "字库没有的字" in text
    assert "示例鿃𠮷公司" in html.render(made)


def test_units_whose_file_names_meet_do_not_overwrite_each_other(tmp_path):
    made = write_all(score([full("3", unit="示例/甲"), full("5", unit="示例:甲")], reading(), MEAN), reading(), tmp_path)
    totals = {json.loads(p.read_text(encoding="utf-8"))["total"] for p in made if p.name.endswith(".scorecard.json")}
    assert totals == {"97", "95"}


def test_a_letter_that_a_corrected_score_no_longer_leads_to_goes(tmp_path):
    write_all(score([full("60", unit="示例甲"), full("60", unit="示例乙")], reading(), MEAN), reading(), tmp_path)
    (tmp_path / "annex-1.other.rectification.pdf").write_text("of somebody else")
    write_all(score([full("0", unit="示例甲")], reading(), MEAN), reading(), tmp_path)
    letters = sorted(p.name.split(".", 1)[1] for p in tmp_path.iterdir() if "rectification" in p.name or "commendation" in p.name)
    assert letters == ["other.rectification.pdf", "示例乙.rectification.html", "示例乙.rectification.pdf", "示例甲.commendation.html", "示例甲.commendation.pdf"]


def test_the_share_of_a_mean_is_of_the_exact_mean():
    units = [full(less, unit=f"示例{n}号") for n, less in enumerate(("0", "0.1", "0.1"))]  # lost on 4 of 25: mean 24.9333…, 99.73 %
    made = summary.page(score(units, reading(), MEAN), reading().notice)
    means = next(b for b in made.blocks if isinstance(b, Grid) and b.name == "各项目平均")
    assert next(row for row in means.rows if row[0] == "安全运营") == ("安全运营", "24.93", "25", "99.7%", "25", "24.9")
    small = group.Spread(Decimal("6.41666666666"), Decimal(5), Decimal("7.25"), 3)  # 80.208 %, not 6.42 / 8 = 80.25 %
    assert summary._mean_row("示例", Decimal("6.42"), Decimal(8), small)[3] == "80.2%"


def test_short_columns_have_room_for_their_title_and_a_whole_date_on_one_line():
    """15.2 pixels a character on the page (half of it a digit), 16 pixels of padding, 3.78 pixels a millimetre."""
    grids = [b for made in all_pages() for b in made.blocks if isinstance(b, Grid)]
    widths = {c.title: c.width for g in grids for c in g.columns if c.title in ("序号", "日期", "得分/满分") and c.width}
    need = {"序号": 2 * 15.2, "日期": 10 * 8.3, "得分/满分": 4.6 * 15.2}
    assert {title: width * 3.78 >= need[title] + 16 for title, width in widths.items()} == dict.fromkeys(need, True)


@pytest.mark.parametrize("lines", [2, 3, 5])
def test_no_row_of_a_report_is_cut_by_the_end_of_a_page(lines):
    rows = tuple((str(n), "建立健全管理制度，明确责任部门和责任人。" * lines) for n in range(1, 60))
    page = Page("试验", ("试验",), "", (Grid("条目", (Column("序号", 14), Column("评价内容", 60)), rows),))
    with pdfplumber.open(io.BytesIO(typeset.render(page))) as document:
        firsts = [p.extract_table()[1] for p in document.pages]
    assert len(firsts) > 1
    assert [f for f in firsts if not f[0] or f[1].replace("\n", "") != rows[0][1]] == []


def test_the_rectification_list_has_room_to_write():
    made = next(p for c in cards() for _, p in treatment.pages(c, reading().notice) if any(isinstance(b, Grid) for b in p.blocks))
    with pdfplumber.open(io.BytesIO(typeset.render(made))) as document:
        (table, *_) = document.pages[0].find_tables()
    measures = [row.cells[4] for row in table.rows[1:]]
    millimetre = 72 / 25.4
    assert min(x1 - x0 for x0, _, x1, _ in measures) >= 35 * millimetre
    assert min(bottom - top for _, top, _, bottom in measures) >= 14.5 * millimetre


@pytest.mark.parametrize(("numbers", "titles", "label"), [(("—", "—"), ("项目", "评价内容"), 1), (("—", "3"), ("序号", "项目", "评价内容"), 0)])
def test_a_column_of_numbers_without_one_is_left_out(numbers, titles, label):
    columns = tuple(Column(t) for t in ("序号", "项目", "评价内容"))
    made = unit.without_blanks(Grid("失分情况", columns, tuple((n, "养护", "清扫路面。") for n in numbers)), cards()[0])
    assert (tuple(c.title for c in made.columns), made.label, len(made.rows[0])) == (titles, label, len(titles))


def nameless(own: Scorecard) -> Scorecard:
    """The card of a sheet that is one group without a name."""
    (first, *_) = own.sections
    items = tuple(replace(i, section=first.id) for i in own.items)
    return replace(own, sections=(replace(first, label=None, total=own.total, possible=own.possible),), items=items)


def test_of_a_sheet_without_sections_no_page_speaks_of_sections():
    group_ = [nameless(c) for c in cards()]
    made = [*(unit.page(c, group_) for c in group_), summary.page(group_, reading().notice)]
    said = "".join(html.render(page) for page in made)
    assert "项目" not in said
    assert "一、同表各单位比较" in said
    assert "失分情况" in said


def test_the_words_above_a_report_stand_clear_of_its_rule():
    with pdfplumber.open(io.BytesIO(typeset.render(unit.page(cards()[0], cards())))) as document:
        first = document.pages[0]
    head = [c for c in first.chars if c["top"] < 80]
    assert head
    rule = min((line["top"] for line in (*first.lines, *first.rects) if line["x1"] - line["x0"] > 400), default=0)
    assert max(c["bottom"] for c in head if c["top"] < rule) <= rule


def test_what_is_remarked_on_a_short_table_stands_on_its_page():
    """However far down the page the table comes."""
    grid, remark = Grid("来历", (Column("评价人"), Column("日期")), (("第 1 位", "2025-05-06"),)), Paragraph("评分办法：四舍五入。", "small")
    for lines in range(28, 40):
        blocks = (*(Paragraph(f"第 {n} 行", "body") for n in range(lines)), grid, remark)
        with pdfplumber.open(io.BytesIO(typeset.render(Page("表", ("表",), "", blocks)))) as document:
            texts = [words(page.extract_text()) for page in document.pages]
        assert [("2025-05-06" in t) == ("评分办法" in t) for t in texts] == [True] * len(texts)


def test_sections_of_one_name_are_told_apart_by_those_above_them():
    assert [words_.section_name(s) for s in (replace(cards()[0].sections[0], label="制度", above="经营管理·基础"), replace(cards()[0].sections[0], label="制度"))] == [
        "经营管理·基础·制度", "制度",
    ]  # fmt: skip
