"""OFD: text that is not seen, pages that lie on their side, drawing parameters, pictures in part of a page."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec

import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import source, typefaces
from pipeline.model import Paragraph, Table
from pipeline.readers import ofd
from tests.readers.test_ofd import NS, container, line, table_objects, text

FONT = str(typefaces.SERIF)
WHITE = '<ofd:FillColor Value="255 255 255"/>'
CLIP = (
    '<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary="{} 2 2"><ofd:AbbreviatedData>M 0 0 L 2 0 L 2 2 L 0 2 C</ofd:AbbreviatedData>'
    "</ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>"
)


def cells(content: str, more: dict[str, str | bytes] | None = None) -> list[str]:
    (table,) = [b for b in ofd.read(rewritten(container(content), more or {}), "a.ofd").blocks if isinstance(b, Table)]
    return [c.text for c in table.cells]


def rewritten(data: bytes, parts: dict[str, str | bytes], rename=lambda name: name) -> bytes:
    """The container with other parts (a document's resources are named when there are any) or other names."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        held = {n: package.read(n) for n in package.namelist()}
    if "Doc_0/Res.xml" in parts:
        held["Doc_0/Document.xml"] = held["Doc_0/Document.xml"].replace(b"</ofd:PageArea>", b"</ofd:PageArea><ofd:DocumentRes>Res.xml</ofd:DocumentRes>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, part in {**held, **parts}.items():
            package.writestr(rename(name), part)
    return out.getvalue()


PLAIN = cells(table_objects())


def old_points(ink: str = "", attributes: str = "", clip: str = "") -> str:
    """A figure beside the points of the first row, that no reader of the page sees when it is drawn so."""
    return (
        f'<ofd:TextObject ID="9" Boundary="124 52 6 6" Size="4" {attributes}>{ink}{clip}<ofd:TextCode X="0" Y="4">7</ofd:TextCode></ofd:TextObject>'
    )


@pytest.mark.parametrize(
    "hidden",
    [
        old_points(WHITE),
        old_points('<ofd:FillColor Value="0 0 0" Alpha="0"/>'),
        old_points('<ofd:FillColor Value="255"/>'),
        old_points('<ofd:FillColor Value="0 0 0 0"/>'),
        old_points(attributes='DrawParam="5"'),
        old_points(attributes='Fill="false"'),
        old_points(clip=CLIP.format("-60 -60")),
        f'<ofd:PageBlock Visible="false">{old_points()}</ofd:PageBlock>',
    ],
)
def test_what_is_not_seen_is_not_read(hidden):
    res = f'<ofd:Res {NS}><ofd:DrawParam ID="4">{WHITE}</ofd:DrawParam><ofd:DrawParam ID="5" Relative="4"/></ofd:Res>'
    assert cells(table_objects() + hidden, {"Doc_0/Res.xml": res}) == PLAIN


@pytest.mark.parametrize(
    "shown",
    [
        old_points(),
        old_points('<ofd:FillColor Value="0 0 0 255"/>'),
        old_points('<ofd:FillColor Value="255 255 255"/>', 'Stroke="true"'),
        old_points(clip=CLIP.format("0 1")),
        old_points(clip=CLIP.format("0 1").replace("Clips>", 'Clips TransFlag="false">', 1)),
        '<ofd:PathObject Boundary="123.5 51 8 8" Fill="true" Stroke="false"><ofd:FillColor Value="0 0 120"/>'
        f"<ofd:AbbreviatedData>M 0 0 L 8 0 L 8 8 L 0 8 C</ofd:AbbreviatedData></ofd:PathObject>{old_points(WHITE)}",
    ],
)
def test_what_is_seen_is_read(shown):
    assert cells(table_objects() + shown) == [*PLAIN[:5], "57", *PLAIN[6:]]


def test_rules_in_invisible_ink_part_nothing():
    white = line(20, 55, 150, 55).replace("<ofd:Abbr", '<ofd:StrokeColor Value="255"/><ofd:Abbr')
    assert cells(table_objects() + white) == PLAIN


def patch(attributes: str = 'Fill="true" Stroke="false"', ink: str = WHITE, data: str = "M 0 0 L 8 0 L 8 8 L 0 8 C") -> str:
    return f'<ofd:PathObject Boundary="121 51 8 8" {attributes}>{ink}<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'


@pytest.mark.parametrize("over", [patch(), patch(ink='<ofd:FillColor Value="200 200 200"/>')])
def test_a_figure_under_a_patch_is_not_read(over):
    assert cells(table_objects() + over + text(122, 52, "7")) == [*PLAIN[:5], "7", *PLAIN[6:]]


@pytest.mark.parametrize(
    "over",
    [
        patch(ink='<ofd:FillColor Value="255 255 0" Alpha="90"/>'),  # a marker
        patch('Fill="false" Stroke="false"'),
        patch(data="M 4 0 L 8 4 L 4 8 L 0 4 C"),  # no box
        f"</ofd:Layer><ofd:Layer Type=\"Background\">{patch()}",  # drawn below whatever its place
    ],
)
def test_what_covers_nothing_hides_nothing(over):
    assert cells(table_objects() + over) == PLAIN


def watermark(value: str, words: str = "内部资料注意保存" * 4) -> str:
    return (
        f'<ofd:TextObject Boundary="0 30 150 80" CTM="0.866 -0.5 0.5 0.866 20 60" Size="6"><ofd:FillColor Value="{value}"/>'
        f'<ofd:TextCode X="0" Y="0" DeltaX="g {len(words) - 1} 6">{words}</ofd:TextCode></ofd:TextObject>'
    )


@pytest.mark.parametrize("value", ["225 225 225", "120 0 0"])
def test_words_aslant_are_a_watermark(value):
    few = "内部资料" if value == "120 0 0" else "内部资料注意保存" * 9  # pale ones however many
    document = ofd.read(container(table_objects() + watermark(value, few)), "a.ofd")
    (table,) = document.blocks
    assert [c.text for c in table.cells] == PLAIN
    assert [r.kind for r in document.remarks] == ["watermark"]


@pytest.mark.parametrize(("turn", "width", "height"), [("0 1 -1 0 297 0", 297, 210), ("0 -1 1 0 0 210", 297, 210), ("-1 0 0 -1 210 297", 210, 297)])
def test_a_page_drawn_on_its_side_is_read_upright(turn, width, height):
    res = f'<ofd:Res {NS}><ofd:CompositeGraphicUnit ID="7"><ofd:Content>{table_objects()}</ofd:Content></ofd:CompositeGraphicUnit></ofd:Res>'
    page = f'<ofd:CompositeObject ResourceID="7" Boundary="0 0 {width} {height}" CTM="{turn}"/>'
    document = ofd.read(rewritten(container(""), {"Doc_0/Res.xml": res, "Doc_0/Pages/P0/Content.xml": sized(page, width, height)}), "a.ofd")
    (table,) = document.blocks
    assert [c.text for c in table.cells] == PLAIN
    assert (round(document.pages[0].width), round(document.pages[0].height)) == (595, 842)


def sized(content: str, width: float, height: float) -> str:
    return (
        f"<ofd:Page {NS}><ofd:Area><ofd:PhysicalBox>0 0 {width} {height}</ofd:PhysicalBox></ofd:Area>"
        f"<ofd:Content><ofd:Layer>{content}</ofd:Layer></ofd:Content></ofd:Page>"
    )


def test_text_beside_the_page_is_told():
    document = ofd.read(rewritten(container(""), {"Doc_0/Pages/P0/Content.xml": sized(table_objects(), 120, 297)}), "a.ofd")
    assert [(r.kind, r.message) for r in document.remarks] == [("unread-text", "page 1: 4 characters stand beside the page and were not read")]


def test_characters_turned_in_a_line_are_in_their_own_places():
    down = '<ofd:TextObject Boundary="60 20 10 60" Size="4" ReadDirection="90"><ofd:TextCode X="0" Y="4">安全</ofd:TextCode></ofd:TextObject>'
    assert [b.text for b in ofd.read(container(down), "a.ofd").blocks if isinstance(b, Paragraph)] == ["安", "全"]


def drawn_table() -> bytes:
    """A picture of a table, 130 × 30 mm at 220 dpi."""
    scale, rows = 220 / 25.4, 3
    image = Image.new("RGB", (round(132 * scale), round((10 * rows + 2) * scale)), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, round(4 * scale))
    for y in range(rows + 1):
        draw.line([scale, scale * (1 + 10 * y), scale * 131, scale * (1 + 10 * y)], fill="black", width=3)
    for x in (1, 21, 101, 131):
        draw.line([scale * x, scale, scale * x, scale * (10 * rows + 1)], fill="black", width=3)
    for i, words in enumerate(PLAIN[: 3 * rows]):
        draw.text((scale * ((1, 21, 101)[i % 3] + 3), scale * (10 * (i // 3) + 3)), words, font=font, fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="the OCR engine (extra `ocr`) is not installed")
def test_a_table_that_is_a_picture_is_read_where_it_stands():
    res = f'<ofd:Res {NS}><ofd:MultiMedia ID="8" Type="Image"><ofd:MediaFile>t.png</ofd:MediaFile></ofd:MultiMedia></ofd:Res>'
    image = '<ofd:ImageObject ResourceID="8" Boundary="30 60 132 32" CTM="132 0 0 32 0 0"/>'
    words = text(40, 30, "环卫作业考核评分表", 6) + text(40, 120, "本表由主管部门填写。")
    document = ofd.read(rewritten(container(words + image), {"Doc_0/Res.xml": res, "Doc_0/t.png": drawn_table()}), "a.ofd")
    title, table, close = document.blocks
    assert [c.text for c in table.cells] == PLAIN
    assert table.at.bbox == pytest.approx((31 * 72 / 25.4, 61 * 72 / 25.4, 161 * 72 / 25.4, 91 * 72 / 25.4), abs=3)
    assert [title.text, close.text] == ["环卫作业考核评分表", "本表由主管部门填写。"]
    assert document.pages[0].ocr


def test_a_folder_zipped_whole_is_the_document_in_it():
    data = rewritten(container(table_objects()), {}, lambda name: f"公文/{name}")
    assert source.sniff(data, "a.ofd").reader == "ofd"
    (table,) = ofd.read(data, "a.ofd").blocks
    assert [c.text for c in table.cells] == PLAIN


@pytest.mark.parametrize(
    ("kind", "said"), [("FreeText", [("unread-text", "page 1: annotations with 4 characters lie on the page and were not read")]), ("Watermark", []), ("Stamp", [])]
)
@pytest.mark.parametrize("named", ["Page_0.xml", "Annots/Page_0.xml"])
def test_words_of_an_annotation_are_told(kind, said, named):
    with zipfile.ZipFile(io.BytesIO(container(table_objects()))) as package:
        root = package.read("Doc_0/Document.xml").replace(b"</ofd:Document>", b"<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations></ofd:Document>")
    parts = {
        "Doc_0/Document.xml": root,
        "Doc_0/Annots/Annotations.xml": f'<ofd:Annotations {NS}><ofd:Page PageID="1"><ofd:FileLoc>{named}</ofd:FileLoc></ofd:Page></ofd:Annotations>',
        "Doc_0/Annots/Page_0.xml": f'<ofd:PageAnnot {NS}><ofd:Annot Type="{kind}"><ofd:Appearance>{text(120, 52, "改为5分")}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>',
    }
    document = ofd.read(rewritten(container(table_objects()), parts), "a.ofd")
    assert [(r.kind, r.message) for r in document.remarks] == said


def test_an_attached_file_is_told():
    with zipfile.ZipFile(io.BytesIO(container(table_objects()))) as package:
        root = package.read("Doc_0/Document.xml").replace(b"</ofd:Document>", b"<ofd:Attachments>A.xml</ofd:Attachments></ofd:Document>")
    index = f'<ofd:Attachments {NS}><ofd:Attachment Name="附件2.docx"/><ofd:Attachment Name="指纹" Visible="false"/></ofd:Attachments>'
    document = ofd.read(rewritten(container(table_objects()), {"Doc_0/Document.xml": root, "Doc_0/A.xml": index}), "a.ofd")
    assert [(r.kind, r.message) for r in document.remarks] == [("unread-part", "the attached file “附件2.docx” was not read")]


def test_a_frame_drawn_as_a_ring_covers_nothing():
    ring = '<ofd:PathObject ID="99" Boundary="0 0 210 297" Fill="true" Stroke="false"><ofd:AbbreviatedData>M 5 5 L 200 5 L 200 290 L 5 290 C M 6 6 L 6 289 L 199 289 L 199 6 C</ofd:AbbreviatedData></ofd:PathObject>'
    plain, framed = (ofd.read(container(table_objects() + more), "a.ofd") for more in ("", ring))
    assert [[c.text for c in b.cells] for b in framed.blocks if isinstance(b, Table)] == [[c.text for c in b.cells] for b in plain.blocks if isinstance(b, Table)]
    assert framed.remarks == plain.remarks == ()
