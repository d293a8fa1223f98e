"""Hostile and absurd input: refused in one line or read within bounds, never a crash."""

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable
from time import process_time

import openpyxl
import pytest
from test_xlsx import ROWS, book
from word import NS, TYPES, docx, goes_on, merged, p, tbl, tc, tr, zipped

from pipeline import limits, source
from pipeline.errors import InputError, LimitExceeded
from pipeline.model import Paragraph, Table
from pipeline.points import points_after_name, points_closing
from pipeline.readers.packages.container import open_container, parse_xml, target
from tests.support.fuzz import files

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
SMALL = docx(p("评价表"), tbl(tr("1", "甲"), tr("2", "乙")))


def document(xml: str) -> bytes:
    return docx(more={"word/document.xml": xml})


@pytest.mark.parametrize("head", [LAUGHS, OUTSIDE])
def test_entities_in_a_word_file(head):
    xml = f"{head}<w:document {NS}><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
    with pytest.raises(InputError):
        source.read_bytes(document(xml), "a.docx")


@pytest.mark.parametrize("head", [LAUGHS, OUTSIDE])
def test_entities_in_a_workbook(head):
    container = open_container(book(ROWS), "a.xlsx")
    parts = {m: container.read(m) for m in sorted(container.members)}
    parts["xl/sharedStrings.xml"] = head.encode() + b"<sst><si><t>&e;</t></si></sst>"
    with pytest.raises(InputError, match="document type"):
        source.read_bytes(zipped(parts), "a.xlsx")


def test_an_external_entity_in_a_page_is_not_fetched():
    blocks = source.read_bytes(f"{OUTSIDE}<html><body>甲&e;</body></html>".encode(), "a.html").blocks
    assert "root:" not in "".join(b.text for b in blocks)


def test_a_zip_bomb():
    with pytest.raises(LimitExceeded):
        source.read_bytes(docx(p("x"), more={"word/media/a.bin": b"\0" * 60_000_000}), "a.docx")


def test_too_many_parts(monkeypatch):
    monkeypatch.setattr(limits, "MAX_ZIP_MEMBERS", 3)
    with pytest.raises(LimitExceeded):
        source.read_bytes(docx(p("x"), more={"a.xml": "1"}), "a.docx")


def test_a_part_larger_than_it_claims(monkeypatch):
    monkeypatch.setattr(limits, "MAX_PART_BYTES", 100)
    with pytest.raises(LimitExceeded):
        source.read_bytes(SMALL, "a.docx")


def test_names_that_leave_the_container_are_no_members():
    outside = ("../../evil.xml", "/etc/x", "..\\z", "C:/w", "\\v", "a\\..\\..\\u", "./../t", "a/../s")
    container = open_container(zipped({"[Content_Types].xml": TYPES, **dict.fromkeys(outside, "x")}), "a")
    assert container.members == {"[Content_Types].xml"}
    assert not [part for part in outside if container.has(part)]


def respelled(data: bytes, spell: Callable[[str], str]) -> bytes:
    """A container with every name spelled in another way."""
    container = open_container(data, "a")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in sorted(container.members):
            archive.writestr(spell(part), container.read(part))
    return out.getvalue()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "backslashes": lambda part: part.replace("/", "\\"), "capitals": str.upper, "small letters": str.lower, "dot": lambda part: "./" + part,
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.ofd"])
def test_names_in_another_spelling(name, spelling):
    data = files()[name]
    plain, odd = (source.read_bytes(d, name).blocks for d in (data, respelled(data, SPELLINGS[spelling])))
    assert [says(b) for b in odd] == [says(b) for b in plain] != []


def says(block: Paragraph | Table) -> str | list[str]:
    return block.text if isinstance(block, Paragraph) else [c.text for c in block.cells]


def test_number_formats_are_found_under_another_spelling():
    """The workbook library says nothing when it finds no styles: 0.5 shown as a percentage would become a half."""
    data = book([["项目", "比例"], ["甲", 0.5]], prepare=lambda sheet: setattr(sheet["B2"], "number_format", "0%"))
    odd = respelled(data, lambda part: part.replace("styles", "Styles"))
    assert [c.text for c in source.read_bytes(odd, "a.xlsx").blocks[0].cells][-1] == "50%"


def doubled(data: bytes, part: str, again: bytes, spelled: str = "") -> bytes:
    """A container in which a part stands a second time."""
    out = io.BytesIO(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(spelled or part, again)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "part", "spelled"),
    [
        ("a.docx", "word/document.xml", ""), ("a.docx", "[Content_Types].xml", ""), ("a.docx", "word/document.xml", "Word\\Document.xml"),
        ("a.xlsx", "xl/workbook.xml", ""), ("a.xlsx", "xl/worksheets/sheet1.xml", ""), ("a.ofd", "OFD.xml", ""), ("a.ofd", "OFD.xml", "ofd.xml"),
        ("a.ofd", "Doc_0/P.xml", ""),
    ],
)  # fmt: skip
def test_a_part_that_stands_twice_is_refused_by_name(name, part, spelled):
    again = open_container(files()[name], name).read(part)
    with pytest.raises(InputError, match=f"{name}!{re.escape(part)}: .*twice"):
        source.read_bytes(doubled(files()[name], part, again, spelled), name)


def test_pictures_whose_names_differ_in_case_are_two():
    container = open_container(zipped({"a.png": "1", "A.png": "2"}), "a")
    assert (container.read("a.png"), container.read("A.png")) == (b"1", b"2")
    with pytest.raises(InputError, match="twice"):
        container.read("a.PNG")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [("styles.xml", "word/styles.xml"), ("/word/x.xml", "word/x.xml"), ("../../../etc/passwd", None), ("http://x/y", None)],
)
def test_relationship_targets(reference, expected):
    assert target("word/document.xml", reference) == expected


def test_a_remote_template_is_ignored():
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" TargetMode="External" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="http://127.0.0.1:9/evil.xml"/></Relationships>'
    )
    assert source.read_bytes(docx(p("甲"), more={"word/_rels/document.xml.rels": rels}), "a.docx").blocks[0].text == "甲"


def test_macros_are_not_run_and_remarked():
    assert [r.kind for r in source.read_bytes(docx(p("甲"), more={"word/vbaProject.bin": b"x"}), "a.docx").remarks] == ["macro"]


def test_an_encrypted_container():
    data = bytearray(SMALL)
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(InputError, match="password"):
        source.read_bytes(bytes(data), "a.docx")


@pytest.mark.parametrize("cut", [30, 200, 600, -30])
def test_truncated_containers(cut):
    with pytest.raises(InputError):
        source.read_bytes(SMALL[:cut], "a.docx")


def test_tables_nested_four_hundred_deep_are_refused():
    deep = "<w:tbl><w:tr><w:tc>" * 400 + p("评价") + "</w:tc></w:tr></w:tbl>" * 400
    with pytest.raises(LimitExceeded):
        source.read_bytes(docx(deep), "a.docx")


def test_layout_tables_nested_deep_keep_their_words():
    deep = "<w:tbl><w:tr><w:tc>" * 60 + p("评价") + "</w:tc></w:tr></w:tbl>" * 60
    assert [b.text for b in source.read_bytes(docx(deep), "a.docx").blocks] == ["评价"]


def test_data_tables_nested_deep_are_remarked():
    deep = f"<w:tbl><w:tr>{tc('a')}<w:tc>" * 60 + p("评价") + "</w:tc></w:tr></w:tbl>" * 60
    document = source.read_bytes(docx(deep), "a.docx")
    assert "nested-too-deep" in {r.kind for r in document.remarks}


def test_elements_nested_beyond_measure():
    with pytest.raises(LimitExceeded):
        parse_xml(b"<a>" * 5_000 + b"</a>" * 5_000, "a.xml")


def test_more_tags_than_there_is_room_for():
    with pytest.raises(LimitExceeded, match="more than 6,000,000 tags"):
        parse_xml(b"<a>" + b"<b/>" * limits.MAX_TAGS + b"</a>", "a.xml")


def test_three_thousand_rows():
    rows = [tr(merged("管理") if i % 10 == 0 else goes_on(), str(i), "评价内容" * 10, "3", "") for i in range(3_000)]
    (table,) = source.read_bytes(docx(tbl(*rows)), "a.docx").blocks
    assert isinstance(table, Table)
    assert (table.rows, table.cols) == (3_000, 5)


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(limits, "MAX_TABLE_ROWS", 5)
    with pytest.raises(LimitExceeded):
        source.read_bytes(docx(tbl(*[tr("a", "b")] * 6)), "a.docx")


def test_a_very_long_paragraph():
    with pytest.raises(LimitExceeded):
        source.read_bytes(docx(p("评" * (limits.MAX_LINE_CHARS + 1))), "a.docx")


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "A1:ZZZZ9", "x"])
def test_absurd_merges_in_a_workbook(reference):
    container = open_container(book(ROWS, ("A1:D1",)), "a.xlsx")
    parts = {m: container.read(m) for m in sorted(container.members)}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"A1:D1", reference.encode())
    with pytest.raises(InputError):
        source.read_bytes(zipped(parts), "a.xlsx")


def test_a_cell_at_the_far_corner_costs_nothing():
    data = book([["a", 1], ["b", 2]], prepare=lambda s: s.cell(1_048_576, 16_384, "x"))
    assert len(source.read_bytes(data, "a.xlsx").blocks) == 2


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "{{7*7}}", "\u202e评\u200b价", "${jndi:x}"])
def test_formulas_scripts_and_directions_are_words(text):
    escaped = text.replace("<", "&lt;")
    assert source.read_bytes(docx(p(escaped), tbl(tr(escaped, "1"), tr("a", "2"))), "a.docx").blocks[1].cells[0].text == text


def test_numbers_beyond_measure_do_not_run_away():
    numbering = (
        f'<w:numbering {NS}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="999999999999"/>'
        '<w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1.%9"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    blocks = source.read_bytes(docx(p("甲", '<w:numPr><w:numId w:val="1"/></w:numPr>'), numbering=numbering), "a.docx").blocks
    assert isinstance(blocks[0], Paragraph)
    assert len(blocks[0].text) < 100


@pytest.mark.parametrize("line", ["清理（甲乙）" * 40 + "（5分）x扣。", ". " * 10_000 + "5分x", "." * 10_000 + "分x"], ids=["brackets", "leader", "dots"])
def test_points_are_sought_in_no_more_than_a_moment(line):
    began = process_time()
    assert (points_after_name(line), points_closing(line)) == (None, None)
    assert process_time() - began < 1


def test_styles_in_a_circle():
    styles = '<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    assert source.read_bytes(docx(p("甲", '<w:pStyle w:val="A"/>'), styles=styles), "a.docx").blocks[0].text == "甲"


HTML = "<html><body><table><tr><td rowspan=2>项目<td>1<tr><td>2</table><p>一、目标</body></html>".encode()
TEXT = "项目\t序号\t分值\n管理\t1\t3\n\n| a | b |\n|--|--|\n| 1 | 2 |\n".encode()


FILES = {"a.docx": SMALL, "a.xlsx": book(ROWS, ("A1:D1",)), "a.html": HTML, "a.txt": TEXT}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", range(25))
def test_mutated_bytes_never_crash(name, seed):
    """On failure the seed is in the test's name."""
    chance = random.Random(f"{name}-{seed}")
    mutated = bytearray(FILES[name])
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(mutated))
        mutated[at : at + chance.choice((0, 1, 1, 8))] = chance.randbytes(chance.choice((0, 1, 1, 8)))
    _read_or_refuse(bytes(mutated), name)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
@pytest.mark.parametrize("seed", range(40))
def test_mutated_parts_never_crash(name, seed):
    chance = random.Random(f"{name}-{seed}")
    container = open_container(FILES[name], name)
    parts = {m: container.read(m) for m in sorted(container.members)}
    part = chance.choice(sorted(parts))
    mutated = bytearray(parts[part])
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(mutated))
        mutated[at : at + chance.choice((0, 1, 8))] = chance.randbytes(chance.choice((0, 1))) + mutated[:at][-chance.randint(1, 20) :]
    _read_or_refuse(zipped({**parts, part: bytes(mutated)}), name)


@pytest.mark.parametrize("seed", range(40))
def test_mutated_xml_never_crashes(seed):
    chance = random.Random(seed)
    span = "".join(f'<w:gridSpan w:val="{chance.choice(("0", "-1", "x", "3", "999999999", ""))}"/>' for _ in range(2))
    body = [p("甲", "<w:numPr><w:ilvl w:val='9'/><w:numId w:val='1'/></w:numPr>"), tbl(tr(merged("a"), tc("b", span)), tr(goes_on(), "c"))]
    xml = "".join(chance.sample(body * 3, 5))
    pieces = xml.replace("><", ">\n<").split("\n")
    for _ in range(chance.randint(1, 6)):
        i, j = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        pieces[i], pieces[j] = pieces[j], pieces[i]
    _read_or_refuse(docx("".join(pieces)), "a.docx")


def _read_or_refuse(data: bytes, name: str) -> None:
    refusal = ""
    try:
        document = source.read_bytes(data, name)
    except InputError as error:
        refusal = str(error)
    assert "\n" not in refusal
    if refusal:
        return
    for block in document.blocks:
        if isinstance(block, Table):
            taken = [(c.row + r, c.col + k) for c in block.cells for r in range(c.row_span) for k in range(c.col_span)]
            assert len(taken) == len(set(taken))
            assert all(r < block.rows and k < block.cols for r, k in taken)


def test_openpyxl_is_the_pinned_one():
    """The merge check above guards a habit of this version (a cell object for each merged position)."""
    assert openpyxl.__version__ == "3.1.5"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<a>" * 300 + b"</a>" * 300, "nested more than 256 deep"),
        (b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 60_000 + b'">' + b'<!ENTITY c "' + b"&b;" * 300 + b'">]><a b="&c;"/>', "entities that stand for entities"),
    ],
)
def test_what_the_xml_parser_stops_at_is_said_in_words(data, said):
    with pytest.raises(LimitExceeded, match=said):
        parse_xml(data, "a.xml")
