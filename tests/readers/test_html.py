"""HTML reader: what a browser shows."""

import time

import lxml.html
import pytest
from lxml import etree

from pipeline import limits, source
from pipeline.errors import InputError, LimitExceeded
from pipeline.model import Paragraph, Table
from pipeline.readers import html
from pipeline.readers.texts.htmlplaces import Places


def read(body: str):
    return html.read(f"<html><head><meta charset=utf-8><title>T</title></head><body>{body}</body></html>".encode(), "a.html")


def texts(body: str):
    return [b.text for b in read(body).blocks if isinstance(b, Paragraph)]


def grids(body: str):
    return [grid(b) for b in read(body).blocks if isinstance(b, Table)]


def grid(table: Table):
    out = [["·"] * table.cols for _ in range(table.rows)]
    for cell in table.cells:
        for r in range(cell.row_span):
            for c in range(cell.col_span):
                out[cell.row + r][cell.col + c] = cell.text if not (r or c) else "^" + cell.text
    return out


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>一</p><p>二</p>", ["一", "二"]),
        ("前<b>中</b>后", ["前中后"]),
        ("<div>一<div>二</div>三</div>", ["一", "二", "三"]),
        ("<p>附件：1.甲<br>2.乙</p>", ["附件：1.甲", "2.乙"]),
        ("<p>关于<br>通知</p>", ["关于\n通知"]),
        ("<script>x</script><style>y</style><noscript>n</noscript><p>一</p>", ["一"]),
        ("<p style='display: none'>隐</p><p hidden>隐</p><p>显</p>", ["显"]),
        ("<style>.h, #i {display:none}</style><p class='a h'>隐</p><p id=i>隐</p><p class=a>显</p>", ["显"]),
        ("<style>/* .b{display:none} */ p.a,b.c{\ndisplay : none !important;}</style><p class=a>隐</p><div class=a>显</div><p class=b>显</p>", ["显", "显"]),
        ("<style><!-- @import 'x';.a{visibility:hidden} #B{display:none} --></style><p class=a>隐</p><p id=B>隐</p><p id=b>显</p>", ["显"]),
        ("<style>.a{display:none} .a{display:block} .b{display:block} .b{display:none}</style><p class=a>显</p><p class=b>隐</p>", ["显"]),
        ("<style>@media (max-width:9px){.a{display:none}} @media screen{.b{display:none}}</style><p class=a>显</p><p class=b>隐</p>", ["显"]),
        ("<style>.a .b,.a>.b{display:none} .c{color:red}</style><p class=b>显</p><p class=c>显</p>", ["显", "显"]),
        ("<del>旧</del><ins>新</ins>", ["新"]),
        ("<!-- 注 --><p>一</p>", ["一"]),
        ("<p>a\n   b</p>", ["a b"]),
        ("<ol><li>甲<li>乙</ol>", ["1. 甲", "2. 乙"]),
        ("<ol start=3 type=a><li>甲</ol><ul><li>乙</ul>", ["c. 甲", "乙"]),
        ("<ol style='list-style-type:none'><li>1.甲</ol>", ["1.甲"]),
        ("<input value='3'><input type=hidden value=9>", ["3"]),
        ("&lt;script&gt;", ["<script>"]),
    ],
)
def test_words(body, expected):
    assert texts(body) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td>1<td>2<tr><td>3<td>4", [["1", "2"], ["3", "4"]]),
        ("<td>1<td>2<tr><td>3<td>4", [["1", "2"], ["3", "4"]]),
        ("<thead><th>1<th>2</thead><tbody><td>3<td>4<tr><td>5<td>6</tbody>", [["1", "2"], ["3", "4"], ["5", "6"]]),
        ("<tr><td>1<td>2</tr> <td>3<td>4</tr><td>5<td>6</tr>", [["1", "2"], ["3", "4"], ["5", "6"]]),
        ("<tr><td>1<td rowspan=2>2</tr><td>3</tr><tr><td>4<td>5", [["1", "2"], ["3", "^2"], ["4", "5"]]),
        ("<tr><td>1</td><td>2</td></tr><form><tr><td>3</td><td>4</td></tr></form><tr><form><td>5</td><td>6</td></form></tr>", [["1", "2"], ["3", "4"], ["5", "6"]]),
        ("<style>tr.h, td.i{display:none}</style><tr><td>1<td class=h>2<tr class=h><td>3<td>4<tr><td>5<td class=i>6<td>7", [["1", "2"], ["5", "7"]]),
        ("<tr><td rowspan=2>a<td>1<tr><td>2", [["a", "1"], ["^a", "2"]]),
        ("<tr><td colspan=2>a<td>1<tr><td>b<td>c<td>2", [["a", "^a", "1"], ["b", "c", "2"]]),
        ("<thead><tr><th>h<th>i</thead><tfoot><tr><td>f<td>g</tfoot><tbody><tr><td>b<td>c</tbody>",
         [["h", "i"], ["b", "c"], ["f", "g"]]),
        ("<tbody><tr><td rowspan=9>a<td>1</tbody><tbody><tr><td>b<td>2</tbody>", [["a", "1"], ["b", "2"]]),
        ("<tbody><tr><td rowspan=2>a<td>1</tbody><tbody><tr><td>2</tbody><tr><td>b<td>3", [["a", "1"], ["^a", "2"], ["b", "3"]]),
        ("<tr><td rowspan=0>a<td>1<tr><td>2", [["a", "1"], ["^a", "2"]]),
        ("<tr><td>a<td>1<tr><td colspan=100>总评", [["a", "1"], ["总评", "^总评"]]),
        ("<tr><td>a<td>b<td>1<tr><td colspan=99999999>总评<td>9", [["a", "b", "1"], ["总评", "^总评", "9"]]),
        ("<tr><td>a<td>1<tr style='display:none'><td>x<td>9<tr><td>b<td>2", [["a", "1"], ["b", "2"]]),
        ("<tr><td>a<br>b<td><p>1</p><p>2</p>", [["a\nb", "1\n2"]]),
        ("<tr><td rowspan=x>a<td colspan=-1>1<tr><td>b<td>2", [["a", "1"], ["b", "2"]]),
    ],
)  # fmt: skip
def test_tables(rows, expected):
    assert grids(f"<table>{rows}</table>") == [expected]


def test_divisions_that_behave_as_a_table():
    row = "<div style='display:table-row'><div style='display:table-cell'>{}</div><div style='display:table-cell'>{}</div></div>"
    assert grids(f"<div style='display:table'>{row.format(1, 2)}{row.format(3, 4)}</div>") == [[["1", "2"], ["3", "4"]]]


def test_a_layout_table_is_unwrapped():
    inner = "<table><tr><td>1<td>2<tr><td>3<td>4</table>"
    document = read(f"<table><tr><td>标题<tr><td>{inner}<tr><td>脚</table>")
    assert [type(b).__name__ for b in document.blocks] == ["Paragraph", "Table", "Paragraph"]
    assert document.remarks == ()


def test_places_can_be_found_again():
    table = read("<p>一</p><table><tr><td>1<td>2<tr><td>3<td>4</table>").blocks[1]
    assert (table.at.path, table.cells[3].at.path) == ("/html/body/table", "/html/body/table/tr[2]/td[2]")


@pytest.mark.parametrize(("declared", "codec"), [("gb2312", "gb18030"), ("gbk", "gbk"), ("utf-8", "utf-8"), ("big5", "big5")])
def test_declared_encodings(declared, codec):
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head><body>中文</body></html>'
    assert html.read(page.encode(codec), "a.html").blocks[0].text == "中文"


def test_an_undeclared_gb_page():
    assert html.read("<html><body>供气服务质量评价表</body></html>".encode("gb18030"), "a").blocks[0].text == "供气服务质量评价表"


def test_a_web_archive():
    page = "<html><body>评价表</body></html>".encode("gb18030")
    data = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html; charset=gb2312\n"
    assert html.read(data + b"Content-Transfer-Encoding: 8bit\n\n" + page + b"\n--x--\n", "a.doc").blocks[0].text == "评价表"


def test_a_web_archive_without_a_page():
    with pytest.raises(InputError):
        html.read(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x--\n", "a.doc")


def archive(*parts: tuple[str, str]) -> bytes:
    """A web archive of pages, each with its Content-ID."""
    whole = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n"
    return (whole + "".join(f"--x\nContent-Type: text/html; charset=utf-8\nContent-ID: <{i}>\n\n{page}\n" for i, page in parts) + "--x--\n").encode()


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ('<iframe src="cid:f1"></iframe>', ["首页", "评价表", "版权所有"]),
        ('<iframe src="cid:f1"></iframe><iframe src="cid:f1"></iframe>', ["首页", "评价表", "版权所有"]),  # shown once
        ('<iframe src="cid:f9"></iframe>', ["首页", "版权所有"]),
        ('<iframe src="cid:f2"></iframe>', ["首页", "版权所有"]),  # an empty one
        ('<iframe src="cid:f1" style="display:none"></iframe>', ["首页", "版权所有"]),
    ],
)
def test_the_page_in_a_frame_of_an_archive(frame, expected):
    outer = f"<html><body><p>首页</p>{frame}<p>版权所有</p></body></html>"
    inner = '<html><head><style>.h{display:none}</style></head><body><p class="h">3</p>评价表<iframe src="cid:f1"></iframe></body></html>'
    document = html.read(archive(("f0", outer), ("f1", inner), ("f2", "<!-- -->")), "a.mht")
    assert [b.text for b in document.blocks if isinstance(b, Paragraph)] == expected


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<iframe src="table.html"></iframe>', ["table.html: shown by the page, but not in the file"]),
        ('<object data="a.pdf"></object><embed src="a.pdf">', ["a.pdf: shown by the page, but not in the file"]),
        ('<iframe src="cid:f2"></iframe>', ["cid:f2: shown by the page, but not in the file"]),  # empty
        ('<iframe src="cid:f1"></iframe><iframe src="cid:f1"></iframe>', []),
        ('<iframe src="count.js" width="0"></iframe><iframe src="about:blank"></iframe><embed src="film.swf">', []),
        ('<iframe src="later.html" style="display: none"></iframe>', []),
    ],
)
def test_what_a_page_shows_from_elsewhere_is_said(page, said):
    parts = (("f0", f"<html><body><p>首页</p>{page}</body></html>"), ("f1", "评价表"), ("f2", "<!-- -->"))
    assert [r.message for r in html.read(archive(*parts), "a.mht").remarks] == said


def test_a_page_in_a_frame_of_its_own_words_is_read():
    document = html.read('<p>首页</p><iframe srcdoc="&lt;p&gt;评价表&lt;/p&gt;"></iframe>'.encode(), "a.html")
    assert [b.text for b in document.blocks] == ["首页", "评价表"]


def test_a_page_without_text_names_what_its_frames_would_show():
    with pytest.raises(InputError, match=r"menu\.html, main\.html"):
        source.read_bytes(b'<html><frameset><frame src="menu.html"><frame src="main.html"></frameset></html>', "a.html")


@pytest.mark.parametrize(("picture", "pictures"), [('<img src="a.png">', 1), ('<img src="a.png" width="16">', 0)])
def test_pictures_of_a_page_are_counted(picture, pictures):
    document = html.read(f"<p>评价表见图</p>{picture}".encode(), "a.html")
    assert [r.message for r in document.remarks] == ["1 pictures were not read"] * pictures


def test_a_page_in_a_frame_has_the_limits_of_any_page():
    with pytest.raises(LimitExceeded):
        html.read(archive(("f0", '<p>首页</p><iframe src="cid:f1"></iframe>'), ("f1", "<div>" * 50_000 + "评价")), "a.mht")


def test_tables_nested_four_hundred_deep_keep_their_words():
    document = read("<table><tr><td>a<td>" * 400 + "评价" + "</table>" * 400)
    assert any("评价" in b.text for b in document.blocks if isinstance(b, Paragraph))
    assert [r.kind for r in document.remarks] == ["nested-too-deep"]


def test_elements_nested_beyond_measure_are_refused():
    with pytest.raises(LimitExceeded):
        read("<div>" * 50_000 + "评价")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("<tr><td>1<td>2<tr class=h><td>3<td>4<tbody hidden><tr><td>5<td>6</tbody>", ["2 hidden table rows were left out"]),
        ("<tr><td>1<td>2<tr class=h><td> <td>", []),
        ("<tr><td>1<td>2<td class=h>3", []),
    ],
)
def test_hidden_rows_are_counted(rows, said):
    document = read(f"<style>.h{{display:none}}</style><table>{rows}</table>")
    assert [r.message for r in document.remarks if r.kind == "hidden-row"] == said


def test_places_are_the_paths_an_xml_library_gives():
    page = "<html><body>甲<p>一<p>二<div><b>三</b><o:p>四</o:p><div>五</div></div><ul><li>六<li>七<li>八</ul><h2>九</h2><table><tr><td>十</table>"
    root = lxml.html.document_fromstring(page)
    places = Places()
    elements = list(root.iter(etree.Element))
    assert [places.path(e) for e in elements] == [root.getroottree().getpath(e) for e in elements]
    assert len(elements) == 16


def test_the_place_of_what_nests_beyond_measure_is_what_stands_around_it():
    document = source.read_bytes(f"<html><body>{'<div>' * 1_000}评价办法".encode(), "a.html")
    assert document.blocks[0].at.path == "/html/body" + "/div" * (limits.MAX_PATH_STEPS - 2)


@pytest.mark.parametrize(
    ("body", "count"),
    [("<ol>" + "<li>有制度" * 30_000 + "</ol>", 30_000), ("<p>有制度</p>" * 60_000, 60_000), ("<p>" + "有制度<br>" * 30_000, 1)],
    ids=["list", "paragraphs", "line ends"],
)  # fmt: skip
def test_time_grows_with_the_page_and_not_with_its_square(body, count):
    """A list of 20,000 took 509 s."""
    begun = time.process_time()
    assert len(source.read_bytes(f"<html><body>{body}</body></html>".encode(), "a.html").blocks) == count
    assert time.process_time() - begun < 20
