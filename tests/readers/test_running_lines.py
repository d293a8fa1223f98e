"""Lines in the margins of pages: running heads and page numbers go, the numbers of annexes stay."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.model import Page, Paragraph
from pipeline.provenance import Provenance
from pipeline.readers.pages.runninglines import without_running_lines


def kept(*heads: str, tops: Sequence[float] = ()) -> list[str]:
    """What stays of a line at the top of each page of a document whose pages have one more line each."""
    pages = [Page(number=n, width=595, height=842) for n, _ in enumerate(heads, start=1)]
    flow = [[_line(head, n, tops[n - 1] if tops else 60), _line("考核内容", n, 400)] for n, head in enumerate(heads, start=1)]
    return [b.text for b in without_running_lines(flow, pages) if isinstance(b, Paragraph) and b.text != "考核内容"]


@pytest.mark.parametrize(("top", "wanted"), [(36.0, []), (62.0, ["某市考核办法"] * 2)])
def test_lines_at_the_top_of_two_pages(top, wanted):
    """Near the edge they are a head; further down both pages may begin alike."""
    pages = [Page(number=n, width=595, height=842) for n in (1, 2)]
    flow = [[_line("某市考核办法", n, top), _line("考核内容", n, 400)] for n in (1, 2)]
    assert [b.text for b in without_running_lines(flow, pages) if isinstance(b, Paragraph) and b.text != "考核内容"] == wanted


@pytest.mark.parametrize(("top", "wanted"), [(36.0, [1, 3, 4, 9, 10, 11, 12]), (62.0, [1, 3, 4, 5, 6, 7, 9, 10, 11, 12])])
def test_the_head_of_a_chapter(top, wanted):
    """It stays where it begins, and where it stands on few pages; titles with numbers are several."""
    heads = ["第一章 总则", "", "第四章 考核办法", "第五章 附则", *["第四章 考核办法"] * 3, "", "第一章 总则", "考核表1", "考核表2", "考核表3", *[""] * 9]
    pages = [Page(number=n, width=595, height=842) for n, _ in enumerate(heads, start=1)]
    flow = [[*([_line(head, n, top)] if head else []), _line("考核内容", n, 400)] for n, head in enumerate(heads, start=1)]
    assert [b.page for b in without_running_lines(flow, pages) if isinstance(b, Paragraph) and b.text != "考核内容"] == wanted


@pytest.mark.parametrize("line", ["考核人签字：", "注：每月一次。", "总分：100分", "附件"])
@pytest.mark.parametrize("ocr", [True, False])
def test_what_belongs_to_each_of_several_sheets(line, ocr):
    """Annexes of one page each, from one template."""
    pages = [Page(number=n, width=595, height=842, ocr=ocr) for n in range(1, 10)]
    flow = [[_line(f"第{n}页正文", n, 300), *([_line(line, n, 36 if line == "附件" else 790)] if n > 6 else [])] for n in range(1, 10)]
    assert [b.page for b in without_running_lines(flow, pages) if isinstance(b, Paragraph) and b.text == line] == [7, 8, 9]


@pytest.mark.parametrize("foot", ["某市河道管理处印制 第{}页 共2页", "某市河道管理处印制 {}/2", "某市河道管理处 — {} —"])
def test_the_number_of_the_page_beside_words_on_two_pages(foot):
    pages = [Page(number=n, width=595, height=842) for n in (1, 2)]
    flow = [[_line("考核内容", n, 400), _line(foot.format(n), n, 810)] for n in (1, 2)]
    assert [b.text for b in without_running_lines(flow, pages) if isinstance(b, Paragraph)] == ["考核内容"] * 2


def _line(text: str, page: int, top: float) -> Paragraph:
    return Paragraph(text, Provenance(text, page=page, bbox=(60.0, top, 120.0, top + 14)), page=page)


@pytest.mark.parametrize(
    ("tops", "wanted"),
    [
        (("附件1", "附件2", "附件3"), ["附件1", "附件2", "附件3"]),
        (("附件 1", "附件 2", "附件 3", "附件 4"), ["附件 1", "附件 2", "附件 3", "附件 4"]),
        (("某市考核办法",) * 3, []),
        (("第1页", "第2页", "第3页"), []),
        (("附件2 评分表",) * 3, []),
        (("2023年度评分表", "2024年度评分表"), ["2023年度评分表", "2024年度评分表"]),
    ],
)
def test_lines_at_the_top_of_pages(tops, wanted):
    assert kept(*tops) == wanted


@pytest.mark.parametrize(("ocr", "wanted"), [(True, []), (False, ["SC G公CC诚M咨M询C", "SCG公CC诚M咨M询C", "SCC公GCC诚M咨MC询"])])
def test_a_letterhead_read_anew_on_each_page(ocr, wanted):
    heads = ("SC G公CC诚M咨M询C", "SCG公CC诚M咨M询C", "SCC公GCC诚M咨MC询")
    pages = [Page(number=n, width=595, height=842, ocr=ocr) for n in (1, 2, 3)]
    flow = [[_line(head, n, 43 + n / 2), _line("考核内容", n, 400)] for n, head in enumerate(heads, start=1)]
    assert [b.text for b in without_running_lines(flow, pages) if isinstance(b, Paragraph) and b.text != "考核内容"] == wanted


def test_titles_that_are_alike_at_the_edge_of_scanned_pages():
    titles = ("供水服务考核评分", "供气服务考核评分", "供热服务考核评分")
    pages = [Page(number=n, width=595, height=842, ocr=True) for n in (1, 2, 3)]
    flow = [[_line(title, n, 44), _line("考核内容", n, 400)] for n, title in enumerate(titles, start=1)]
    assert [b.text for b in without_running_lines(flow, pages) if isinstance(b, Paragraph)][::2] == list(titles)


def test_a_head_that_stands_a_hair_higher_on_some_pages():
    assert kept("某市考核办法", "某市考核办法", "某市考核办法", tops=(62.9, 63.1, 62.8)) == []
