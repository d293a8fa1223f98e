"""Pages on a phone 360 pixels wide: nothing is wider than the screen, no text stands one character below the other."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pdfplumber
import pytest

from pipeline import stages
from pipeline.auditing import audit_page
from pipeline.formats import html
from pipeline.review import Desk
from pipeline.revisions import diff_out
from pipeline.revisions.followup import follow
from tests.browser.small import small_sheet
from tests.formats.test_layout import two_levels
from tests.support.small import RULES, notice_text

EXTRACTED = Path(__file__).resolve().parents[2] / "extracted"
LONG = ("建立健全安全生产责任制度，逐级签订责任书，明确各岗位职责并按规定组织考核，" * 12)[:400]


def readings(folder):
    for name, text in (("old.txt", notice_text()), ("new.txt", notice_text((LONG, *RULES[1:]), title="供热企业服务质量综合评价暂行办法"))):
        (folder / name).write_text(text, encoding="utf-8")
    return stages.extract(folder / "old.txt"), stages.extract(folder / "new.txt")


def diff(folder) -> str:
    old, new = readings(folder)
    return str(diff_out.render(follow(old, new), "html", "zh", old, new))


def audit(folder) -> str:
    reading = readings(folder)[1]
    return audit_page.render(reading, reading.findings, None, "zh")


def desk(_) -> str:
    return Desk(EXTRACTED, "zh").get("/notice/zaozhuang-gas-2021-42/2021/").page.replace("<iframe", "<i")


PAGES = {"desk": desk, "diff": diff, "audit": audit, "form": lambda _: html.render(small_sheet()), "levels": lambda _: html.render(two_levels())}
NARROW = """[...document.querySelectorAll('td, th, p, dd, li')].filter(e => e.offsetParent && e.innerText.trim().length > 12
    && e.clientWidth < 100 && e.clientHeight > 200).map(e => e.innerText.slice(0, 20))"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(page, tmp_path, name):
    page.resize(360, 800)
    (tmp_path / "p.html").write_text(PAGES[name](tmp_path), encoding="utf-8")
    page.open(tmp_path / "p.html")
    assert page.js("document.documentElement.scrollWidth") <= 360
    assert page.js(NARROW) == []


def test_on_a_phone_the_bar_hides_nothing_and_what_is_touched_is_large(page, tmp_path):
    page.resize(360, 640)
    (tmp_path / "p.html").write_text(html.render(small_sheet()), encoding="utf-8")
    page.open(tmp_path / "p.html")
    page.js("scrollTo(0, document.documentElement.scrollHeight)")
    low = "Math.max(...[...document.querySelectorAll('form p, form li, form input:not([type=file])')].map(e => e.getBoundingClientRect().bottom))"
    assert page.js(f"{low} <= document.querySelector('.bar').getBoundingClientRect().top")
    assert page.js("Math.min(...[...document.querySelectorAll('.na, .photo, .awarded')].map(e => e.getBoundingClientRect().height))") >= 30


def test_the_audit_page_of_a_long_section_is_printed_without_an_empty_page(page, tmp_path):
    rows = "\n".join(f"{n}\t第{n}项工作按规定落实到位，记录完整。\t2" for n in range(1, 51))
    (tmp_path / "n.txt").write_text(f"服务质量评价表\n序号\t评价内容\t分值\n{rows}\n合计\t\t100\n", encoding="utf-8")
    reading = stages.extract(tmp_path / "n.txt")
    (tmp_path / "p.html").write_text(audit_page.render(reading, reading.findings, None, "zh"), encoding="utf-8")
    page.open(tmp_path / "p.html")
    with pdfplumber.open(io.BytesIO(page.printed())) as printed:
        texts = [unicodedata.normalize("NFKC", p.extract_text()) for p in printed.pages]
    (first,) = (t for t in texts if "第1项" in t)
    assert "服务质量评价表" in first
    assert "第12项" in first


def test_on_a_phone_each_finding_stands_under_its_row(page, tmp_path):
    page.resize(360, 800)
    text = notice_text((LONG, *RULES[1:])).replace("\t3\t", "\t4\t", 1)
    (tmp_path / "n.txt").write_text(text, encoding="utf-8")
    reading = stages.extract(tmp_path / "n.txt")
    (tmp_path / "p.html").write_text(audit_page.render(reading, reading.findings, None, "zh"), encoding="utf-8")
    page.open(tmp_path / "p.html")
    boxes = page.js("[...document.querySelectorAll('.sheet .chip')].map(e => { const b = e.getBoundingClientRect(); return [b.left, b.right]; })")
    assert boxes
    assert [b for b in boxes if b[0] < 0 or b[1] > 360] == []
