"""DOCX reader: what is printed, and nothing else."""

import pytest
from word import docx, goes_on, lists, merged, numbered, p, tbl, tc, tr

from pipeline.model import Paragraph, Table
from pipeline.readers import docx as reader

R = "<w:r><w:t>{}</w:t></w:r>"


def read(*body, **parts):
    return reader.read(docx(*body, **parts), "a.docx")


def texts(*body, **parts):
    return [b.text for b in read(*body, **parts).blocks if isinstance(b, Paragraph)]


def only_table(*body, **parts) -> Table:
    (table,) = [b for b in read(*body, **parts).blocks if isinstance(b, Table)]
    return table


def grid(table: Table):
    """Rows of texts; a covered position repeats its cell's text after `^`."""
    out = [["·"] * table.cols for _ in range(table.rows)]
    for cell in table.cells:
        for r in range(cell.row_span):
            for c in range(cell.col_span):
                out[cell.row + r][cell.col + c] = cell.text if not (r or c) else "^" + cell.text
    return out


# ---- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (R.format("评价") + R.format("内容"), "评价内容"),
        (f"<w:ins>{R.format('新')}</w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>", "新"),
        (f"<w:moveFrom>{R.format('旧')}</w:moveFrom><w:moveTo>{R.format('新')}</w:moveTo>", "新"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{R.format('控件')}</w:sdtContent></w:sdt>", "控件"),
        (f"<w:hyperlink>{R.format('链接')}</w:hyperlink>", "链接"),
        (f"<w:fldSimple w:instr='PAGE'>{R.format('7')}</w:fldSimple>", "7"),
        ("<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>SEQ x</w:instrText></w:r><w:r><w:t>码</w:t></w:r>"
         "<w:r><w:fldChar w:fldCharType='separate'/></w:r>" + R.format("3") + "<w:r><w:fldChar w:fldCharType='end'/></w:r>", "3"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>" + R.format("显"), "显"),
        ("<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>显</w:t></w:r>", "显"),
        ("<w:r><w:t>90</w:t><w:noBreakHyphen/><w:t>100</w:t></w:r>", "90-100"),
        ("<w:r><w:t>关于</w:t><w:br/><w:t>通知</w:t></w:r>", "关于\n通知"),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0FE'/><w:t>是</w:t></w:r>", "☑是"),
        ("<w:r><w:ruby><w:rt>" + R.format("yin") + "</w:rt><w:rubyBase>" + R.format("音") + "</w:rubyBase></w:ruby></w:r>", "音"),
    ],
)  # fmt: skip
def test_printed_words(inner, expected):
    assert texts(f"<w:p>{inner}</w:p>") == [expected]


def test_hidden_text_is_remarked():
    assert [r.kind for r in read(p("显"), p("隐", rpr="<w:vanish/>")).remarks] == ["hidden-text"]


def test_a_clean_document_has_no_remarks():
    assert read(p("显"), tbl(tr("a", "b"), tr("c", "d"))).remarks == ()


def test_soft_ends_cut_only_where_something_begins():
    body = "<w:p><w:r><w:t>附件：1.甲表</w:t><w:br/><w:t>2.乙表</w:t></w:r></w:p>"
    assert texts(body) == ["附件：1.甲表", "2.乙表"]


def test_a_deleted_paragraph_mark_joins():
    assert texts(p("前", "<w:rPr><w:del/></w:rPr>"), p("后")) == ["前后"]


def test_text_boxes_are_read_once():
    box = f"<w:txbxContent>{p('红头')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>{R.format('正文')}</w:p>"
    )
    assert texts(body) == ["正文", "红头"]


def test_places_sizes_and_alignment():
    document = read(p("一"), p(), p("标题", '<w:jc w:val="center"/>', '<w:sz w:val="44"/>'))
    last = document.blocks[-1]
    assert (last.at.path, last.align, last.size) == ("body/p[3]", "center", 22.0)


def test_rendered_page_breaks_count_pages():
    broken = "<w:p><w:r><w:t>一</w:t><w:lastRenderedPageBreak/><w:t>二</w:t></w:r></w:p>"
    document = read(p("零"), broken, "<w:p><w:r><w:lastRenderedPageBreak/><w:t>三</w:t></w:r></w:p>")
    assert ([b.page for b in document.blocks], document.source.pages) == ([1, 1, 3], 3)


def test_without_rendered_breaks_pages_are_unknown():
    assert read(p("一")).source.pages is None


# ---- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "body", "expected"),
    [
        (("%1.",), [(0, "甲"), (0, "乙")], ["1.甲", "2.乙"]),
        (("chineseCounting|%1、", "chineseCounting|（%2）"), [(0, "甲"), (1, "乙"), (1, "丙"), (0, "丁"), (1, "戊")],
         ["一、甲", "（一）乙", "（二）丙", "二、丁", "（一）戊"]),
        (("%1", "%1.%2"), [(0, "甲"), (1, "乙")], ["1 甲", "1.1 乙"]),
        (("bullet|•",), [(0, "甲")], ["甲"]),
        (("decimalEnclosedCircle|%1",), [(0, "甲"), (0, "乙")], ["① 甲", "② 乙"]),
    ],
)  # fmt: skip
def test_automatic_numbers(levels, body, expected):
    assert texts(*(numbered(t, level=i) for i, t in body), numbering=lists(*levels)) == expected


def test_another_list_goes_on_unless_it_restarts():
    assert texts(numbered("甲"), numbered("乙", 2), numbered("丙"), numbering=lists("%1.")) == ["1.甲", "1.乙", "2.丙"]


def test_a_serial_column_may_be_automatic():
    table = only_table(tbl(tr("序号", "内容"), tr(tc(numbered()), "甲"), tr(tc(numbered()), "乙")), numbering=lists("%1"))
    assert [c.text.strip() for c in table.cells if c.col == 0] == ["序号", "1", "2"]


def test_a_deleted_row_counts_no_number():
    gone = tr(tc(numbered()), "旧", trpr="<w:del/>")
    table = only_table(tbl(tr(tc(numbered()), "甲"), gone, tr(tc(numbered()), "乙")), numbering=lists("%1."))
    assert grid(table) == [["1.", "甲"], ["2.", "乙"]]


def test_numbers_by_style_with_parents():
    styles = (
        '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="base"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/><w:basedOn w:val="B"/></w:style>'
    )
    assert texts(p("目标", '<w:pStyle w:val="H"/>'), numbering=lists("chineseCounting|%1、"), styles=styles) == ["一、目标"]


def test_list_zero_takes_the_number_away():
    assert texts(numbered("甲", 0), numbering=lists("%1.")) == ["甲"]


# ---- tables ------------------------------------------------------------------------------------------------------


def test_vertical_merges():
    table = only_table(tbl(tr(merged("管理"), "1"), tr(goes_on(), "2"), tr(merged("安全"), "3"), tr(goes_on(), "4")))
    assert grid(table) == [["管理", "1"], ["^管理", "2"], ["安全", "3"], ["^安全", "4"]]


def test_a_continuation_without_a_beginning_is_a_cell():
    assert grid(only_table(tbl(tr(goes_on("甲"), "1"), tr("乙", "2")))) == [["甲", "1"], ["乙", "2"]]


def test_horizontal_spans_and_rows_that_begin_late():
    wide, late = tc("总评", '<w:gridSpan w:val="2"/>'), tr("c", trpr='<w:gridBefore w:val="2"/>')
    assert grid(only_table(tbl(tr("1", "2", "3"), tr(wide, "100"), late))) == [
        ["1", "2", "3"], ["总评", "^总评", "100"], ["·", "·", "c"],
    ]  # fmt: skip


def test_unused_grid_columns_fold_away():
    span = '<w:gridSpan w:val="{}"/>'
    table = only_table(tbl(tr(tc("a", span.format(3)), tc("b", span.format(4))), tr(tc("c", span.format(3)), tc("d", span.format(4)))))
    assert grid(table) == [["a", "b"], ["c", "d"]]


def test_a_border_dragged_by_a_hair_is_one_border():
    span, cols = '<w:gridSpan w:val="2"/>', "".join(f'<w:gridCol w:w="{w}"/>' for w in (3000, 60, 900))
    table = only_table(tbl(tr("甲", tc("3", span)), tr(tc("乙", span), "2"), grid=cols))
    assert grid(table) == [["甲", "3"], ["乙", "2"]]


def test_an_absurd_span_is_cut_to_fit():
    cols = '<w:gridCol w:w="900"/>' * 3
    table = only_table(tbl(tr("1", "2", "3"), tr(tc("总评", '<w:gridSpan w:val="99999999"/>'), "100"), grid=cols))
    assert grid(table)[1] == ["总评", "^总评", "100"]


@pytest.mark.parametrize("wrap", ["<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", "<w:ins>{}</w:ins>", "<w:customXml>{}</w:customXml>"])
def test_wrapped_rows_and_cells(wrap):
    body = f"<w:tbl>{wrap.format(tr('1', '2'))}<w:tr>{wrap.format(tc('3'))}{tc('4')}</w:tr></w:tbl>"
    assert grid(only_table(body)) == [["1", "2"], ["3", "4"]]


def test_paths_count_from_one():
    table = only_table(p(), tbl(tr("x", "y")).replace("<w:tblGrid>", "<w:tblGrid>"), )
    assert [c.at.path for c in table.cells] == ["body/tbl[1]/tr[1]/tc[1]", "body/tbl[1]/tr[1]/tc[2]"]


def test_a_layout_cell_is_unwrapped():
    inner = tbl(tr("1", "2"), tr("3", "4"))
    document = read(tbl(tr(tc(p("标题") + inner + p()))))
    assert [type(b).__name__ for b in document.blocks] == ["Paragraph", "Table"]
    assert document.blocks[1].at.path == "body/tbl[1]/tr[1]/tc[1]/tbl[1]"


def test_a_table_inside_a_data_cell_is_kept_as_text_and_remarked():
    document = read(tbl(tr("标准", tc(tbl(tr("优", "5"), tr("良", "3")) + p())), tr("甲", "乙"), tr("丙", "丁"), tr("戊", "己")))
    assert document.blocks[0].cells[1].text == "优 5\n良 3"
    assert [r.kind for r in document.remarks] == ["nested-table"]


def test_one_character_a_line():
    table = only_table(tbl(tr(tc(p("安") + p("全")), "1")))
    assert table.cells[0].text == "安\n全"
