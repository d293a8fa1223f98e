"""The offline HTML form in a real browser: what an expert sees while filling, what is kept, what comes back."""

from __future__ import annotations

import importlib.util
import io
import json
import unicodedata
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pytest
from PIL import Image

from pipeline.assessment import Policy
from pipeline.formats import html
from pipeline.returns import collecting
from tests.browser.chromium import Page
from tests.browser.small import CASES, CHOSEN_OR_CAPPED, UNWORTH, nameless_sheet, small_sheet, unworth_sheet
from tests.formats.test_pages import reading_for, sections, sheet_for
from tests.returns.filled import random_values, reading, scores_of, sheet


@pytest.fixture
def form(page: Page, tmp_path: Path) -> Page:
    (tmp_path / "form.html").write_text(html.render(small_sheet()), encoding="utf-8")
    page.open(tmp_path / "form.html")
    return page


def shown(page: Page) -> list[str]:
    return [page.js(f"document.getElementById('{i}').textContent") for i in ("sum", "band", "done")]


def fill(page: Page, *scores: str) -> None:
    for number, score in enumerate(scores, start=1):
        page.type(f"annex_1_c{number}", score)


@pytest.mark.parametrize(
    ("scores", "total", "grade"),
    [
        *CASES,
        (("３．５", "2.5", "4", "0", "5"), "5", "不合格"),
        (("3.5", "2.5", "4", "3", "0"), "10", "有1项有误"),
    ],
)
def test_total_and_grade_are_live(form, scores, total, grade):
    fill(form, *scores)
    assert [t.replace(" ", "") for t in shown(form)[:2]] == [total, grade]
    assert form.js("document.getElementById('annex_1_total').textContent") == total
    assert form.js("document.getElementById('annex_1_grade').value").replace(" ", "") == grade


@pytest.mark.parametrize(("sheet", "scores", "total", "grade"), CHOSEN_OR_CAPPED)
def test_of_several_the_best_counts_or_no_more_than_a_cap(page, tmp_path, sheet, scores, total, grade):
    (tmp_path / "form.html").write_text(html.render(sheet()), encoding="utf-8")
    page.open(tmp_path / "form.html")
    fill(page, *scores)
    units = len(sheet().units())
    assert [t.replace(" ", "") for t in shown(page)] == [total, grade, f"{units - 1 if '尚有' in grade else units}"]
    assert page.js("document.getElementById('all').textContent") == f"{units}"


def test_subtotals_are_live_and_blank_before(form):
    read = "[...document.querySelectorAll('[data-subtotal]')].map(o => o.textContent)"
    assert form.js(read) == ["", "", "", ""]
    fill(form, "1.1", "2.2", "", "", "3")
    assert form.js(read) == ["3.3", "", "", "3"]


@pytest.mark.parametrize("typed", ["3.6", "-1", "abc", "1.25", "9", "1,5", "半"])
def test_what_is_out_of_range_is_refused_aloud_and_never_summed(form, typed):
    fill(form, "1", "1", "1", "1", "0")
    form.type("annex_1_c1", typed)
    assert shown(form) == ["3", "有 1 项有误", "4"]
    assert form.js("document.getElementById('annex_1_c1').getAttribute('aria-invalid')") == "true"
    assert form.js("document.getElementById('e_annex_1_c1').textContent") == "应为 0 至 3.5，至多一位小数"
    form.type("annex_1_c1", "3.5")
    assert form.js("document.getElementById('e_annex_1_c1').textContent") == ""


def test_a_veto_comes_before_the_grade(form):
    fill(form, "3.5", "2.5", "4", "2", "0")
    form.js("document.getElementById('annex_1_veto_2').click()")
    assert shown(form)[1] == "一票否决"


def test_a_reason_is_asked_for_where_points_are_lost(form):
    note = "document.getElementById('annex_1_c{}_note').placeholder"
    fill(form, "3.5", "2", "4", "0", "1")
    assert [form.js(note.format(n)) for n in range(1, 6)] == ["", "请写明扣分理由", "", "", "请写明扣分理由"]


def test_not_applicable_needs_its_reason_and_gives_no_grade(form):
    fill(form, "3.5", "2.5", "4", "2", "0")
    form.js("document.getElementById('annex_1_c2_na').click()")
    assert shown(form) == ["9.5", "有 1 项不适用，待计分", "5"]
    assert form.js("document.getElementById('annex_1_c2').disabled") is True
    assert form.js("document.getElementById('e_annex_1_c2').textContent") == "请写明不适用的理由"
    form.type("annex_1_c2_note", "无果皮箱")
    assert form.js("document.getElementById('e_annex_1_c2').textContent") == ""
    data = form.js("assessment()")
    assert data["not_applicable"] == {"annex-1/c2": "无果皮箱"}
    assert "annex-1/c2" not in data["awarded"] | data["notes"]


def test_not_applicable_is_not_offered_when_the_policy_refuses_it():
    assert "data-na=" not in html.render(small_sheet(Policy()))


def test_what_was_typed_is_there_again_after_a_reload(form, tmp_path):
    fill(form, "3.5", "2", "", "1")
    form.type("annex_1_assessee", "示例王堃喆公司")
    form.js("document.getElementById('annex_1_veto_1').click()")
    form.open(tmp_path / "form.html")
    assert form.js("[...document.querySelectorAll('.awarded')].map(f => f.value)") == ["3.5", "2", "", "1", ""]
    assert form.js("document.getElementById('annex_1_assessee').value") == "示例王堃喆公司"
    assert form.js("document.getElementById('annex_1_veto_1').checked") is True


def test_a_form_can_be_begun_anew(form, tmp_path):
    fill(form, "3.5", "2")
    form.open(tmp_path / "form.html")
    assert form.js("document.getElementById('said').textContent") == "已恢复上次填写的内容"
    form.js("window.confirm = () => true")
    form.browser.events.clear()
    form.js("document.getElementById('reset').click()")
    form.browser.wait("Page.loadEventFired", form.session)
    assert shown(form) == ["", "尚有 5 项未填", "0"]


@pytest.fixture
def second(form, tmp_path):
    """The same form opened by somebody else, in another tab of the same browser."""
    tab = form.browser.page()
    yield tab
    form.browser.call("Target.closeTarget", targetId=tab.target)


def test_a_second_assessor_begins_blank_and_may_go_on_with_the_first_one_s_draft(form, second, tmp_path):
    fill(form, "3.5", "2")
    form.type("annex_1_assessor", "示例甲")
    sign(form)
    second.open(tmp_path / "form.html")
    assert shown(second)[2] == "0"
    assert second.js("document.getElementById('annex_1_assessor').value") == ""
    assert "未填单位　示例甲　未填时间　已填 2 项" in second.js("document.getElementById('draft-list').textContent")
    fill(second, "1")
    second.js("[...document.querySelectorAll('#draft-list button')].find(b => b.textContent === '继续填写').click()")
    assert second.js("[...document.querySelectorAll('.awarded')].map(f => f.value)") == ["3.5", "2", "", "", ""]
    assert "已填 1 项" in second.js("document.getElementById('draft-list').textContent")


def test_two_assessors_do_not_write_into_each_other_s_draft(form, second, tmp_path):
    second.open(tmp_path / "form.html")
    fill(form, "3.5")
    fill(second, "1", "2")
    for tab, count in ((form, "1"), (second, "2")):
        tab.open(tmp_path / "form.html")
        assert shown(tab)[2] == count


def test_a_draft_without_a_signature_takes_over_none(form, second, tmp_path):
    fill(form, "3.5")
    second.open(tmp_path / "form.html")
    sign(second)
    second.js("[...document.querySelectorAll('#draft-list button')].find(b => b.textContent === '继续填写').click()")
    assert second.js("assessment().signature") is None


def test_a_draft_can_be_thrown_away(form, second, tmp_path):
    fill(form, "3.5")
    second.open(tmp_path / "form.html")
    second.js("window.confirm = () => true")
    second.js("[...document.querySelectorAll('#draft-list button')].find(b => b.textContent === '删除').click()")
    assert second.js("document.getElementById('drafts').hidden") is True
    second.open(tmp_path / "form.html")
    assert second.js("document.getElementById('drafts').hidden") is True


def test_two_copies_of_a_form_on_one_machine_do_not_mix(form, tmp_path):
    fill(form, "3.5", "2")
    (tmp_path / "copy.html").write_bytes((tmp_path / "form.html").read_bytes())
    form.open(tmp_path / "copy.html")
    assert shown(form)[2] == "0"


def exported(page: Page, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    page.browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    before = set(folder.glob("*.json"))
    page.js("document.getElementById('export').click()")
    for _ in range(100):
        page.js("new Promise(done => setTimeout(done, 50))")
        if new := set(folder.glob("*.json")) - before:
            return new.pop()
    raise TimeoutError("no download")


def sign(page: Page) -> None:
    page.js("document.getElementById('signature').scrollIntoView({block: 'center'})")
    box = page.js("(r => [r.left, r.top])(document.getElementById('signature').getBoundingClientRect())")
    page.drag([(box[0] + 20 + 10 * i, box[1] + 30 + 5 * (i % 4)) for i in range(9)])


def test_photo_signature_and_values_survive_export_and_import(form, tmp_path):
    fill(form, "3.5", "2.5", "4", "2", "0")
    form.type("annex_1_assessee", "示例公司")
    Image.new("RGB", (3000, 1500), "green").save(tmp_path / "photo.png")
    form.choose_file("[data-photo='annex-1/c1']", tmp_path / "photo.png")
    form.until("Object.keys(photos).length === 1")
    sign(form)
    file = exported(form, tmp_path)
    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["photos"]["annex-1/c1"].startswith("data:image/jpeg;base64,")
    assert data["signature"].startswith("data:image/png;base64,")
    assert (data["total"], data["grade"], data["awarded"]["annex-1/c1"]) == ("12", "优秀", "3.5")
    assert form.js("(i => new Promise(d => { i.onload = () => d(i.width); i.src = photos['annex-1/c1']; }))(new Image())") == 1024
    form.js("localStorage.clear()")
    form.open(tmp_path / "form.html")
    assert shown(form) == ["", "尚有 5 项未填", "0"]
    form.choose_file("#import", file)
    form.until("document.getElementById('said').textContent === '已导入'")
    assert shown(form) == ["12", "优秀", "5"]
    form.until("drawn")
    again = json.loads(exported(form, tmp_path / "again").read_text(encoding="utf-8"))
    assert again == data


def test_an_export_of_another_rubric_is_not_imported(form, tmp_path):
    (tmp_path / "other.json").write_text(json.dumps({"rubric_digest": "0" * 64, "awarded": {"annex-1/c1": "1"}}), encoding="utf-8")
    form.choose_file("#import", tmp_path / "other.json")
    form.until("document.getElementById('said').textContent === '不是同一版评价表，未导入'")
    assert shown(form)[2] == "0"


def test_a_whole_form_typed_in_the_browser_comes_back(page, tmp_path):
    values = random_values(2, seed=4242)
    (tmp_path / "f.html").write_text(html.render(sheet(2)), encoding="utf-8")
    page.open(tmp_path / "f.html")
    for key, value in values.items():
        if "_veto_" in key:
            page.js(f"document.getElementById('{key}').click()")
        elif key.endswith("_date"):
            page.js(f"document.getElementById('{key}').value = '{value}'")
        else:
            page.type(key, value)
    ((back,), _) = collecting.collect([exported(page, tmp_path)], reading())
    wanted = {line.key: values[line.key] for line in sheet(2).lines()}
    assert scores_of(back) == wanted
    assert Decimal(back.stated.total or "") == sum(map(Decimal, wanted.values()))
    assert back.findings == ()


def test_nothing_is_fetched(form):
    form.call("Network.enable")
    form.js("location.reload()")
    form.browser.wait("Page.loadEventFired", form.session)
    asked = [e["params"]["request"]["url"] for e in form.browser.events if e.get("method") == "Network.requestWillBeSent"]
    assert [u for u in asked if not u.startswith(("file:", "data:", "blob:"))] == []


def test_no_page_is_wider_than_a_phone(page, tmp_path):
    (tmp_path / "f.html").write_text(html.render(sheet(2)), encoding="utf-8")
    page.resize(390, 844)
    page.open(tmp_path / "f.html")
    assert page.js("document.documentElement.scrollWidth") <= 390


def test_the_print_has_head_page_number_and_code_on_every_page_and_no_torn_row(page, tmp_path):
    import zxingcpp

    (tmp_path / "f.html").write_text(html.render(sheet(2)), encoding="utf-8")
    page.open(tmp_path / "f.html")
    with pdfplumber.open(io.BytesIO(page.printed())) as printed:
        texts = [p.extract_text() for p in printed.pages]
        tables = [p for p, t in zip(printed.pages, texts, strict=True) if "评价内容" in t.splitlines()[1]]
        assert len(texts) >= 3
        for number, (leaf, text) in enumerate(zip(printed.pages, texts, strict=True), start=1):
            assert "〔2021〕42" in text.splitlines()[0]
            assert f"— {number} —" in text
            found = zxingcpp.read_barcodes(leaf.to_image(resolution=200).original)
            assert [b.text.split("|")[3] for b in found] == ["annex-2"]
    assert len(tables) >= 2
    assert "导出" not in "".join(texts)


@pytest.mark.parametrize(("decimals", "score", "total"), [(2, "1.25", "4.75"), (1, "1.25", "3.5"), (0, "1.5", "3"), (0, "2", "5")])
def test_a_score_has_the_places_that_the_policy_allows(page, tmp_path, decimals, score, total):
    (tmp_path / "f.html").write_text(html.render(small_sheet(Policy(decimals=decimals))), encoding="utf-8")
    page.open(tmp_path / "f.html")
    fill(page, "3.5" if decimals else "3", score)
    assert shown(page)[0] == total
    said = page.js("document.getElementById('e_annex_1_c2').textContent")
    assert said == {1: "应为 0 至 2.5，至多一位小数"}.get(decimals, "" if total != "3" else "应为 0 至 2.5，须为整数")


def test_a_sheet_with_a_criterion_without_points_is_not_graded(page, tmp_path):
    (tmp_path / "f.html").write_text(html.render(unworth_sheet()), encoding="utf-8")
    page.open(tmp_path / "f.html")
    fill(page, "50", "2.5", "4", "0", "0")
    assert shown(page)[:2] == ["56.5", UNWORTH]


def test_a_sheet_without_subtotals_has_a_live_total(page, tmp_path):
    (tmp_path / "f.html").write_text(html.render(nameless_sheet()), encoding="utf-8")
    page.open(tmp_path / "f.html")
    fill(page, "3.5", "2.5", "2")
    assert page.js("document.querySelectorAll('[data-subtotal]').length") == 0
    assert page.js("document.getElementById('annex_1_total').textContent") == "4"


def test_a_section_higher_than_a_page_begins_below_the_head_and_its_rows_are_whole(page, tmp_path):
    (tmp_path / "f.html").write_text(html.render(sheet_for(reading_for(sections(12, text="台账齐全，按规定及时更新。" * 15)))), encoding="utf-8")
    page.open(tmp_path / "f.html")
    with pdfplumber.open(io.BytesIO(page.printed())) as printed:
        texts = [p.extract_text() for p in printed.pages]
    assert "第1项" in texts[0]
    begun = [sum(f"第{n}项" in t for n in range(1, 13)) for t in texts]
    assert [t.count("更新。") - 15 * n for t, n in zip(texts, begun, strict=True)] == [0] * len(texts)


def test_the_print_has_a_long_name_of_a_unit_whole(page, tmp_path):
    name = "示例市高新技术产业开发区城市公共服务运营管理集团股份有限公司滨河新区第三分公司"
    (tmp_path / "f.html").write_text(html.render(small_sheet()), encoding="utf-8")
    page.open(tmp_path / "f.html")
    page.type("annex_1_assessee", name)
    with pdfplumber.open(io.BytesIO(page.printed())) as printed:
        said = unicodedata.normalize("NFKC", "".join("".join(line.split()) for line in printed.pages[0].extract_text(x_tolerance=1).splitlines()))
    assert name[:20] in said
    assert name[-12:] in said


@pytest.mark.parametrize("allowed", [True, False])
def test_the_print_has_a_box_for_what_does_not_apply_where_that_is_allowed(page, tmp_path, allowed):
    sheet = small_sheet(Policy(not_applicable="exclude-and-scale") if allowed else None)
    (tmp_path / "f.html").write_text(html.render(sheet), encoding="utf-8")
    page.open(tmp_path / "f.html")
    with pdfplumber.open(io.BytesIO(page.printed())) as printed:
        assert ("不适用" in unicodedata.normalize("NFKC", "".join(p.extract_text() for p in printed.pages))) is allowed


@pytest.mark.skipif(importlib.util.find_spec("axe_core_python") is None, reason="axe-core-python is absent")
@pytest.mark.parametrize("width", [1100, 390])
def test_axe_finds_nothing(page, tmp_path, width):
    axe = Path(str(importlib.util.find_spec("axe_core_python").origin)).with_name("axe.min.js")  # type: ignore[union-attr]
    (tmp_path / "f.html").write_text(html.render(sheet(2)), encoding="utf-8")
    page.resize(width, 900)
    page.open(tmp_path / "f.html")
    page.type("annex_2_c1", "9")
    page.js(axe.read_text(encoding="utf-8") + ";0")
    found = page.js("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 2).map(n => n.html).join(' ')))")
    assert found == []


def test_the_print_has_every_border_and_no_empty_signature_box_and_grade_stays_with_the_vetoes(page, tmp_path):
    (tmp_path / "form.html").write_text(html.render(sheet(2)), encoding="utf-8")
    page.open(tmp_path / "form.html")
    with pdfplumber.open(io.BytesIO(page.printed())) as printed:
        first, last = printed.pages[0], unicodedata.normalize("NFKC", printed.pages[-1].extract_text())
        sides = [edge["x1"] for edge in (*first.lines, *first.rects) if edge["x1"] - edge["x0"] < 1 and edge["top"] < 700]
        inside = float(first.width) - 18 * 72 / 25.4
    assert inside - 3 < max(sides) <= inside
    assert "一票否决" in last
    assert "专家签字" in last
    assert page.js("getComputedStyle(document.getElementById('signature')).display") == "block"
