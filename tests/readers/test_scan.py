"""Pictures of pages: figures exactly right through skew, noise, stamps and grey paper; text layers without meaning; refusals."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from io import BytesIO
from zipfile import ZipFile

import pikepdf
import pytest
from PIL import Image

from pipeline import source
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.model import Document, Table
from pipeline.notices import notice
from pipeline.rubrics import rubric
from tests.support.rawpdf import Canvas
from tests.support.rawpdf import document as pdf
from tests.support.scans import DAMAGE, FONT, SECTIONS, TITLE, drawn, saved, stamped

pytestmark = pytest.mark.skipif(find_spec("rapidocr") is None, reason="the OCR engine (extra `ocr`) is not installed")

WANTED = [(label, number, points) for label, rows in SECTIONS for number, _, points in rows]
TEXTS = [text for _, rows in SECTIONS for _, text, _ in rows]


def rubric_in(document: Document) -> rubric.Rubric:
    (found,) = rubric.parse(notice.segment(document))
    return found


def figures_in(document: Document) -> list[tuple[str | None, str | None, str]]:
    return [
        (f"{s.label}（{s.stated_points}分）", c.number, str(c.max_points))
        for s in rubric_in(document).sections
        for c in s.criteria
    ]


def ofd(picture: bytes) -> bytes:
    """An OFD of one page that is nothing but a picture."""
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    parts = {
        "OFD.xml": f"<ofd:OFD {ns}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {ns}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        '<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/P0.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/DocumentRes.xml": f'<ofd:Res {ns} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="5" Type="Image"><ofd:MediaFile>scan.png'
        "</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
        "Doc_0/Pages/P0.xml": f'<ofd:Page {ns}><ofd:Content><ofd:Layer><ofd:ImageObject ID="7" ResourceID="5" Boundary="0 0 210 297" '
        'CTM="210 0 0 297 0 0"/></ofd:Layer></ofd:Content></ofd:Page>',
    }
    out = BytesIO()
    with ZipFile(out, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
        package.writestr("Doc_0/Res/scan.png", picture)
    return out.getvalue()


@pytest.fixture(scope="module")
def straight() -> Document:
    return source.read_bytes(saved("PNG", drawn()), "a.png")


def test_a_clean_picture_is_read_whole(straight):
    found = rubric_in(straight)
    assert figures_in(straight) == WANTED
    assert [c.text for c in found.criteria()] == TEXTS
    assert found.title == TITLE
    assert [(t.rows, t.cols) for t in straight.blocks if isinstance(t, Table)] == [(6, 4)]


def test_cells_of_a_picture_carry_confidence_and_place(straight):
    (table,) = (b for b in straight.blocks if isinstance(b, Table))
    (label,) = (c for c in table.cells if c.text.startswith("清扫"))
    assert label.row_span == 3
    assert 0.8 < label.confidence <= 1
    x0, top, x1, bottom = label.at.bbox
    assert [round(v * 200 / 72 / 10) for v in (x0, top, x1, bottom)] == [12, 28, 33, 54]


@pytest.mark.parametrize("damage", ["skewed", "stamped", "grey"])
def test_figures_survive(damage):
    document = source.read_bytes(saved("JPEG", DAMAGE[damage](drawn())), f"{damage}.jpg")
    assert figures_in(document) == WANTED


SLIPS = (
    ("清扫保洁（9分）", (("1", "主次干道每日清扫两遍，及讨清运垃圾。", "4"), ("2", "报主管部们备案，果皮箱整洁。", "3"), ("3", "作业车辆按时段上路，于净整齐。", "2"))),
    ("收集转运（6.5分）", (("4", "生活垃圾日产日清，由专入负责密闭运输。", "4"), ("5", "转运站台帐齐全，渗滤液规范处置。", "2.5"))),
)
"""A sheet with wrong characters of its own: 讨, 们, 于, 入, 帐."""


@pytest.mark.parametrize(("sections", "across", "down"), [(SECTIONS, 640, 330), (SECTIONS, 730, 400), (SLIPS, 660, 300), (SLIPS, 700, 420)])
def test_text_under_a_nearly_opaque_seal_is_read_as_printed_with_its_own_slips_or_in_doubt(sections, across, down):
    document = source.read_bytes(saved("JPEG", stamped(drawn(sections), across, down)), "a.jpg")
    printed = [text for _, rows in sections for _, text, _ in rows]
    wrong = [c for c, text in zip(rubric_in(document).criteria(), printed, strict=True) if c.text != text]
    assert len(wrong) <= 1
    assert all(c.confidence < 0.6 for c in wrong)


@pytest.mark.parametrize("damage", DAMAGE)
def test_slips_of_the_source_are_read_as_they_stand(damage):
    document = source.read_bytes(saved("JPEG", DAMAGE[damage](drawn(SLIPS))), "a.jpg")
    assert [c.text for c in rubric_in(document).criteria()] == [text for _, rows in SLIPS for _, text, _ in rows]


def test_pages_of_one_file_go_on():
    pages = [drawn(SECTIONS[:1]).crop((0, 0, 1654, 560)), drawn(SECTIONS[1:]).crop((0, 0, 1654, 480))]
    document = source.read_bytes(saved("TIFF", *pages), "a.tif")
    assert [(p.number, p.ocr) for p in document.pages] == [(1, True), (2, True)]
    assert {b.page for b in document.blocks} == {1, 2}


# ---- PDF ---------------------------------------------------------------------------------------------------------


def test_an_ofd_that_is_nothing_but_a_picture():
    document = source.read_bytes(ofd(saved("PNG", drawn())), "a.ofd")
    assert figures_in(document) == WANTED
    assert [r.kind for r in document.remarks] == ["ocr"]


def strip(text: str = TITLE) -> Image.Image:
    """A little page: quick to read."""
    return drawn((), text).crop((0, 0, 1654, 300))


def test_a_pdf_of_text_and_pictures_is_read_page_by_page():
    page = Canvas()
    page.text(60, 100, "本页有文字层，照常读取，不作识别。")
    with pikepdf.open(BytesIO(pdf([page]))) as whole, pikepdf.open(BytesIO(saved("PDF", strip()))) as scan:
        whole.pages.extend(scan.pages)
        out = BytesIO()
        whole.save(out)
    document = source.read_bytes(out.getvalue(), "a.pdf")
    assert [p.ocr for p in document.pages] == [False, True]
    assert [(r.kind, "page 2" in r.message) for r in document.remarks] == [("ocr", True)]
    assert "照常读取" in document.blocks[0].text


def test_text_that_was_made_curves_is_read_as_a_picture():
    page = Canvas()
    page.curves(60, 100, "本页文字已转为曲线，满分20分。", 14)
    document = source.read_bytes(pdf([page]), "a.pdf")
    assert [b.text for b in document.blocks] == ["本页文字已转为曲线，满分20分。"]
    assert [(r.kind, "curves" in r.message) for r in document.remarks] == [("ocr", True)]


def test_a_few_curves_are_no_text():
    page = Canvas()
    page.text(60, 60, "见附图")
    page.curves(60, 100, "图")
    document = source.read_bytes(pdf([page]), "a.pdf")
    assert ([b.text for b in document.blocks], document.remarks) == (["见附图"], ())


def test_the_lines_of_a_map_are_no_text():
    page = Canvas()
    page.text(60, 60, "附件1")
    page.ops += [f"{100 + i % 30 * 10} {300 + i // 30 * 10} m 3 5 6 8 9 {i} c S" for i in range(900)]
    document = source.read_bytes(pdf([page]), "a.pdf")
    assert ([b.text for b in document.blocks], document.remarks) == (["附件1"], ())


def test_glyph_numbers_for_text_are_noticed():
    import typst

    text = "一、评价原则：坚持公开公平公正，突出日常考核，鼓励群众参与，评价结果及时公布，接受社会监督。"
    made = typst.compile(f'#set text(font: "Noto Serif SC")\n{text}'.encode(), font_paths=[str(FONT.parent)])
    whole = pikepdf.open(BytesIO(made))
    for item in whole.objects:
        if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
            del item["/ToUnicode"]
    out = BytesIO()
    whole.save(out)
    document = source.read_bytes(out.getvalue(), "a.pdf")
    assert "".join(b.text for b in document.blocks) == text
    assert "without meaning" in document.remarks[0].message
    assert source.read_bytes(made, "a.pdf").remarks == ()


@pytest.mark.parametrize("mark", ["⼤", "大"])
def test_radicals_are_mapped_back_and_doubles_dropped(mark):
    page = Canvas()
    page.text(60, 100, f"重{mark}活动期间加强值守巡查")
    page.text(70, 100, "⼤") if mark == "⼤" else None
    document = source.read_bytes(pdf([page]), "a.pdf")
    assert (document.blocks[0].text, document.pages[0].ocr) == ("重大活动期间加强值守巡查", False)


@pytest.mark.parametrize("text", ["각 기관 평가 항목 점수", "Общие положения и критерии", "The scoring standard of 2021"])
def test_another_language_is_left_alone(text):
    page = Canvas()
    page.text(60, 100, text)
    assert source.read_bytes(pdf([page]), "a.pdf").remarks == ()


# ---- refused -----------------------------------------------------------------------------------------------------


def huge() -> bytes:
    """A PNG whose head says 50,000 × 50,000."""
    tiny = bytearray(saved("PNG", Image.new("L", (2, 2))))
    tiny[16:24] = (50_000).to_bytes(4, "big") * 2
    return bytes(tiny)


REFUSED = {
    "one pixel": saved("PNG", Image.new("RGB", (1, 1))),
    "a thread": saved("PNG", Image.new("L", (9000, 2))),
    "blank": saved("PNG", Image.new("RGB", (600, 800), "white")),
    "blank TIFF": saved("TIFF", *[Image.new("L", (300, 400), 255)] * 2),
    "blank PDF": saved("PDF", Image.new("RGB", (300, 400), "white")),
    "cut short": saved("JPEG", drawn())[:9000],
    "a head only": b"\x89PNG\r\n\x1a\n",
    "huge": huge(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(name, tmp_path, capsys):
    file = tmp_path / "a.png"
    file.write_bytes(REFUSED[name])
    with pytest.raises(InputError):
        source.read(file)
    assert main(["extract", str(file)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n"), "a.png" in said.err) == ("", 1, True)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_is_refused_by_name(form):
    """Its later pages were left out in silence."""
    pages = [Image.new("L", (60, 40), shade) for shade in (255, 200, 90)]
    out = BytesIO()
    pages[0].save(out, form, save_all=True, append_images=pages[1:])
    with pytest.raises(InputError, match="moving picture"):
        source.read_bytes(out.getvalue(), "a.gif")


def misnamed_pages(few: str) -> bytes:
    """Two pages of one font whose comma is saved as þ and whose full stop as 2: the first page has many, the second none of þ."""
    import typst

    many = "主干道每日普扫，路面见本色，公厕全天开放，标识醒目，收运车辆密闭，沿途无抛洒，每季组织培训，有签到，有照片"
    setting = f'#set page(paper: "a4")\n#set text(font: "Noto Serif SC", size: 14pt, lang: "zh")\n{many}\n#pagebreak()\n{few}'
    out = BytesIO()
    with pikepdf.open(BytesIO(typst.compile(setting.encode(), font_paths=[str(FONT.parent)], ignore_system_fonts=True))) as whole:
        for page in whole.pages:
            for font in page.Resources.Font.values():
                font.ToUnicode.write(font.ToUnicode.read_bytes().replace(b"<FF0C>", b"<00FE>").replace(b"<3002>", b"<0032>"))
        whole.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("few", "texts", "kinds"),
    [("地面无积水。#parbreak()便池无尿垢。", ["地面无积水。", "便池无尿垢。"], ["ocr", "ocr"]), ("一。", [], ["ocr", "ocr", "unread-page"])],
)
def test_pages_of_a_font_that_another_page_shows_to_be_misnamed_are_read_by_sight(few, texts, kinds):
    document = source.read_bytes(misnamed_pages(few), "a.pdf")
    assert [remark.kind for remark in document.remarks] == kinds
    assert [block.text for block in document.blocks if block.page == 2] == texts


def test_the_engine_keeps_no_number_of_the_machine_and_says_nothing(tmp_path):
    """The runtime would lay a device number and a log of its use into the home folder, and send them."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "ORT_"))} | {"HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", "import pipeline.readers.pictures.ocr"], env=environment, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, b"", [])
