"""Steps of reading a scan, without the engine: seals, slopes, columns of characters, paper edges, unread ink."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

pytestmark = pytest.mark.skipif(find_spec("rapidocr") is None, reason="the OCR engine (extra `ocr`) is not installed")

from tests.support.scans import FONT, drawn, saved, stamped  # noqa: E402

RED = (205, 40, 50)


def sealed(figure: str, rim: bool) -> Image.Image:
    """A figure under the star of a seal, or under a star of print without a seal."""
    page = Image.new("RGB", (1654, 900), "white")
    pen = ImageDraw.Draw(page)
    for n in range(6):
        pen.text((80, 80 + 120 * n), "每月走访家庭单位各一次并作好记录", "black", ImageFont.truetype(str(FONT), 30))
    if rim:
        pen.ellipse((1000, 300, 1330, 630), outline=RED, width=9)
    pen.regular_polygon((1165, 465, 60), 3, fill=RED)
    pen.text((1165, 470), figure, (90, 10, 20), ImageFont.truetype(str(FONT), 30), anchor="mm")
    return page


@pytest.mark.parametrize(("rim", "most"), [(True, 40), (False, 160)])
def test_a_star_in_a_seal_is_taken_off_and_red_print_is_kept(rim, most):
    from pipeline.readers.pictures.paper import even_background

    grey = even_background(np.asarray(sealed("7", rim))).grey[435:510, 1130:1200]
    dark = int((grey < 128).sum())
    assert (20 < dark < 600) if rim else dark > 1200, dark


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_print_under_a_nearly_opaque_seal_is_told_from_the_seal(form):
    from pipeline.readers.pictures.paper import even_background

    plain = np.asarray(drawn().convert("L"))
    seen = even_background(np.asarray(Image.open(BytesIO(saved(form, stamped(drawn(), 640, 330)))).convert("RGB")))
    inside = np.s_[330 + 120 : 330 + 190, 640 + 130 : 640 + 180]
    """within the seal's star: over the line between two rows and parts of their characters"""
    ink = plain[inside] < 60
    assert ink.sum() > 60
    assert (seen.beneath[inside][ink] < 190).mean() > 0.9
    assert (seen.grey[inside][ink] < 190).mean() < 0.8
    assert (seen.beneath[inside][plain[inside] > 250] < 190).mean() < 0.03


BLUE = (40, 60, 190)


def over(page: Image.Image, draw) -> Image.Image:
    """A page with what is drawn on a white sheet laid over it as ink is: print shows through."""
    sheet = Image.new("RGB", page.size, "white")
    draw(ImageDraw.Draw(sheet))
    return ImageChops.multiply(page, sheet)


def lined(figure: str, colour: str | tuple[int, int, int]) -> Image.Image:
    """A page of black lines, and a figure by itself."""
    page = Image.new("RGB", (1654, 900), "white")
    pen = ImageDraw.Draw(page)
    for n in range(6):
        pen.text((80, 80 + 120 * n), "每月走访家庭单位各一次并作好记录", "black", ImageFont.truetype(str(FONT), 30))
    pen.text((1165, 470), figure, colour, ImageFont.truetype(str(FONT), 30), anchor="mm")
    return page


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_blue_tick_over_print_is_taken_off_and_the_print_stays(form):
    from pipeline.readers.pictures.paper import even_background

    def draw(pen):
        pen.line((1140, 468, 1160, 490, 1210, 440), BLUE, 5)

    plain = np.asarray(lined("7", "black").convert("L"))
    seen = even_background(np.asarray(Image.open(BytesIO(saved(form, over(lined("7", "black"), draw)))).convert("RGB")))
    around = np.s_[330:640, 1010:1330]
    ink = plain[around] < 60
    assert (np.minimum(seen.grey, seen.beneath)[around][ink] < 190).mean() > 0.8
    assert (seen.grey[around][plain[around] > 250] < 150).mean() < 0.01


def test_a_grid_printed_in_blue_takes_nothing_along():
    from pipeline.readers.pictures.paper import even_background

    def draw(pen):
        for y in range(60, 900, 120):
            pen.line((60, y, 1400, y), BLUE, 3)
        for x in (60, 1000, 1400):
            pen.line((x, 60, x, 780), BLUE, 3)

    plain = np.asarray(lined("7", "black").convert("L"))
    seen = even_background(np.asarray(over(lined("7", "black"), draw))).grey
    assert (seen[plain < 60] < 120).mean() > 0.95


@pytest.mark.parametrize("text", ["7", "每日清扫两次"])
def test_blue_print_stays(text):
    from pipeline.readers.pictures.paper import even_background

    blue, black = (even_background(np.asarray(lined(text, c))).grey for c in (BLUE, "black"))
    part = np.s_[440:500, 1040:1300]
    assert (blue[part] < 128).sum() > 0.7 * (black[part] < 128).sum() > 20


def test_print_under_a_seal_is_the_same_whatever_the_paper_around_it():
    from pipeline.readers.pictures.seals import AROUND, beneath

    def seen(pixels: np.ndarray) -> np.ndarray:
        red = pixels[:, :, 0]
        colour = np.clip(red.astype(int) - pixels[:, :, 1:].max(axis=2), 0, 255).astype(np.uint8)
        return beneath(red, colour, 60, colour > 18)

    page = np.asarray(stamped(drawn(), 640, 330))
    stamp = np.s_[330 - AROUND : 330 + 310 + AROUND, 640 - AROUND : 640 + 310 + AROUND]
    whole, part = seen(page), seen(page[stamp])
    assert (part != page[stamp][:, :, 0]).sum() > 5000
    assert (whole[stamp] == part).all()
    outside = np.ones(whole.shape, bool)
    outside[stamp] = False
    assert (whole[outside] == page[:, :, 0][outside]).all()


def test_a_page_without_red_ink_has_no_second_picture():
    from pipeline.readers.pictures.paper import even_background

    assert even_background(np.asarray(drawn())).beneath is None


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ("各级部门应　及时处置", "各级部门应当及时处置", "各级部门应当及时处置"),  # wiped off, room for it
        ("各级部门应及时处置", "各级部门应当及时处置", "各级部门应及时处置"),  # no room
        ("各级部门?及时处置", "各级部门当及时处置", "各级部门当及时处置"),  # ? is unsure
        ("各级部门当及时处置", "各级部门?及时处置", "各级部门当及时处置"),
        ("及时处置。", "及时处置?", "及时处置。"),
        ("及时处置。", "及时处置。?", "及时处置。"),  # a seal's own words
        ("及时处置", "及时处置。", "及时处置。"),
        ("及时处置，", "及时处置", "及时处置，"),
        ("各级部们及讨处置", "各级部们及讨处置", "各级部们及讨处置"),  # slips of the source
    ],
)
def test_of_two_readings_of_a_line_the_surer_is_taken_and_left_in_doubt(first, second, result):
    from pipeline.readers.pictures.ocr import Char
    from pipeline.readers.pictures.twofold import agreed

    def read(text: str) -> list[Char]:
        return [Char(c, (i + 0.5) / 20, 0.5 if c == "?" else 0.95) for i, c in enumerate(text) if c != "　"]

    out = agreed(read(first), read(second))
    assert "".join(c.text for c in out) == result
    doubted = "".join(c.text for c in out if c.confidence < 0.8)
    assert doubted == "".join(c for c in result if c not in first or c not in second)
    assert all(c.raw in ("", "?") for c in out)


def test_a_mark_that_looks_like_a_comma_is_one_where_both_kinds_look_nearly_alike():
    from pipeline.readers.pictures.commas import _other
    from pipeline.readers.pictures.ocr import Char

    spread = np.array([0.04, 0.05, 0.06])
    kinds = {"，": (np.array([0.76, 0.07, 0.10]), spread), "、": (np.array([0.65, 0.11, 0.10]), spread)}
    low, high, between = (np.array([y, 0.08, 0.10]) for y in (0.76, 0.65, 0.70))
    for mark, look, settled in (("、", low, "，"), ("，", high, None), ("、", between, None), ("，", between, None), ("，", low, None)):
        assert _other(Char(mark, 0.5, 0.97), look, kinds) == settled


@pytest.mark.parametrize("slope", [-6, -2, 0, 3])
def test_the_end_of_a_table_is_set_straight_by_its_rules(slope):
    from pipeline.readers.pictures.scanlines import straighten

    page = drawn().crop((0, 180, 1654, 470)).rotate(slope, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    found = straighten(np.asarray(page.convert("L")), np.zeros((0, 4, 2), np.float32))
    columns = sorted(at for at, *_ in found.vertical)
    assert (len(found.horizontal), sum(b - a > 20 for a, b in pairwise([-99.0, *columns]))) == (4, 5)


def test_a_rule_of_a_small_table_may_end_past_its_border_and_a_speck_is_dropped():
    from pipeline.readers.pictures.scanlines import believable

    rows = [(100.0, 150.0, 1500.0), (150.0, 150.0, 1500.0), (200.0, 150.0, 1500.0)]
    columns = [(150.0, 99.0, 201.0), (900.0, 99.0, 207.0), (1500.0, 99.0, 201.0)]
    edge, speck = (1640.0, 0.0, 2300.0), (700.0, 800.0, 840.0)
    _, kept = believable(rows, [*columns, edge, speck])
    assert set(columns) <= set(kept)
    assert speck not in kept


# ---- columns of characters -----------------------------------------------------------------------------------------


def column(rows: list[str], pitch: int) -> np.ndarray:
    """Characters (or pairs of figures) below each other, 27 pixels wide."""
    page = Image.new("L", (60, pitch * len(rows) + 30), 255)
    for n, text in enumerate(rows):
        ImageDraw.Draw(page).text((30, 25 + pitch * n), text, 0, ImageFont.truetype(str(FONT), 28), anchor="mm")
    return np.asarray(page)


@pytest.mark.parametrize("pitch", [29, 32, 44])
@pytest.mark.parametrize("rows", [["监", "督", "管", "理", "20", "分"], ["教", "育", "三", "二", "18", "分"], ["卫", "生", "8", "分"]])
def test_a_column_of_characters_is_parted_row_by_row(rows, pitch):
    from pipeline.readers.pictures.strips import Strip, _characters_on_end

    image = column(rows, pitch)
    parts = _characters_on_end(Strip(8, 0, 52, image.shape[0]), image, 38)
    assert [round(((p.top + p.bottom) / 2 - 25) / pitch) for p in parts] == list(range(len(rows)))
    assert all(p.bottom - p.top <= 44 for p in parts)


@pytest.mark.parametrize("figure", ["1", "7", "I"])
def test_a_lone_figure_is_no_column(figure):
    from pipeline.readers.pictures.strips import Strip, _characters_on_end

    image = column([figure], 30)
    strip = Strip(21, 5, 39, 48)
    assert _characters_on_end(strip, image, 38) == [strip]


# ---- unread ink ----------------------------------------------------------------------------------------------------

TEXT = "向用户公布所供应燃气"


@pytest.mark.parametrize(("missed", "printed", "doubted"), [("户", True, "用公"), ("户", False, ""), ("", True, "")])
def test_neighbours_of_unread_ink_are_in_doubt(missed, printed, doubted):
    from pipeline.readers.pictures.holes import doubt_holes
    from pipeline.readers.pictures.ocr import Char

    shown = TEXT if printed else TEXT.replace(missed, "　")
    page = Image.new("L", (28 * len(TEXT), 40), 255)
    ImageDraw.Draw(page).text((0, 2), shown, 0, ImageFont.truetype(str(FONT), 28))
    line = [Char(c, (i + 0.5) / len(TEXT), 0.99) for i, c in enumerate(TEXT) if c != missed]
    (seen,) = doubt_holes([np.asarray(page)], [line])
    assert "".join(c.text for c in seen if c.confidence < 0.5) == doubted
    assert [c.text for c in seen] == [c.text for c in line]


@pytest.mark.parametrize(("negative", "turned"), [(True, True), (False, False)])
def test_a_negative_is_turned_round(negative, turned):
    from pipeline.readers.scan import _dark_on_light

    page = np.asarray(drawn())
    given = 255 - page if negative else page
    assert (_dark_on_light(given) is not given) == turned
    assert float(_dark_on_light(given).mean()) > 200


@pytest.mark.parametrize("dim", [0.3, 0.45])
def test_a_dim_photograph_is_no_negative(dim):
    from pipeline.readers.scan import _dark_on_light

    given = (np.asarray(drawn()) * dim).astype(np.uint8)
    assert _dark_on_light(given) is given


@pytest.mark.parametrize(("mode", "scale"), [("I", 256), ("F", 1 / 255), ("F", 1.0)])
def test_pictures_of_deep_pixels_keep_their_tones(mode, scale):
    from pipeline.readers.scan import _on_white

    grey = np.asarray(drawn().convert("L"))
    deep = Image.fromarray((grey * float(scale)).astype(np.int32 if mode == "I" else np.float32))
    assert deep.mode == mode
    assert np.abs(np.asarray(_on_white(deep))[:, :, 0].astype(int) - grey).max() <= 1


@pytest.mark.parametrize(("read", "settled"), [("i", "1"), ("O", "0"), ("II", "II"), ("甲", "甲")])
def test_a_letter_alone_in_a_number_column_is_the_figure_it_looks_like_and_in_doubt(read, settled):
    from pipeline.model import Cell
    from pipeline.provenance import Provenance
    from pipeline.readers.pictures.ocr import Char
    from pipeline.readers.pictures.rereading import _settled

    cell = Cell(row=1, col=0, text=read, at=Provenance(read, page=1, bbox=(0, 0, 9, 9)), confidence=0.94)
    seen = [Char(c, 0.5, 0.85) for c in read]
    out = _settled(cell, seen, seen, [])
    assert out.text == settled
    assert settled == read or (out.digits or 1) <= 0.5


@pytest.mark.parametrize(("read", "again", "sure"), [("6", "6", 0.95), ("6", "8", None), ("6", "", None), ("甲", "甲", None)])
def test_a_figure_read_the_same_twice_needs_no_third_look(read, again, sure):
    from pipeline.model import Cell
    from pipeline.provenance import Provenance
    from pipeline.readers.pictures.ocr import Char
    from pipeline.readers.pictures.rereading import Crop, _settled_once

    cell = Cell(row=1, col=0, text=read, at=Provenance(read, page=1, bbox=(0, 0, 9, 9)), confidence=0.7)
    out = _settled_once(Crop(cell, np.zeros((9, 9), np.uint8), True), [Char(c, 0.5, 0.95) for c in again])
    assert (out and out.digits) == sure


@pytest.mark.parametrize(("read", "figures", "settled"), [("6分", "69", "6分"), ("(3)", "131", "(3)"), ("0-5", "015", "0-5"), ("6", "6", "6")])
def test_what_dresses_a_number_is_no_figure(read, figures, settled):
    from pipeline.model import Cell
    from pipeline.provenance import Provenance
    from pipeline.readers.pictures.ocr import Char
    from pipeline.readers.pictures.rereading import _settled

    cell = Cell(row=1, col=0, text=read, at=Provenance(read, page=1, bbox=(0, 0, 9, 9)), confidence=0.94)
    seen = [Char(c, 0.5, 0.85) for c in read]
    for free in (seen, [Char("口", 0.5, 0.3)]):
        out = _settled(cell, free, free, [Char(c, 0.5, 0.99) for c in figures])
        assert out.text == settled


@pytest.mark.parametrize(("read", "settled"), [("低于0.1%0，", "低于0.1‰，"), ("低于1%o", "低于1‰"), ("5%00", "5%00"), ("100%。", "100%。")])
def test_a_round_sign_behind_a_percent_sign_makes_it_per_mille(read, settled):
    from pipeline.readers.pictures.ocr import Peak, _with_per_mille

    out = _with_per_mille([Peak(c, float(i), 0.9) for i, c in enumerate(read)])
    assert "".join(p.text for p in out) == settled
    assert "".join(p.raw or p.text for p in out) == read


@pytest.mark.parametrize(("ruled", "found"), [(True, [100, 700, 1000]), (False, [100, 1000])])
def test_a_rule_right_before_the_words_of_every_row_is_found_though_their_boxes_cover_it(ruled, found):
    """Boxes of the detector begin left of a rule that the words follow closely; strokes one below the other are no rule."""
    from pipeline.readers.pictures.scanlines import straighten

    page = Image.new("L", (1200, 1600), 255)
    pen, font, boxes = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 36), []
    for n in range(11):
        pen.line((100, 200 + 50 * n, 1000, 200 + 50 * n), 0, 2)
    for n in range(10):
        top = 203 + 50 * n
        pen.text((106, top - 2), "值班记录完整，交接清楚并签字", 0, font)
        pen.text((706, top - 2), "口1", 0, font)
        boxes += [[(98, top), (600, top), (600, top + 45), (98, top + 45)], [(692, top), (780, top), (780, top + 45), (692, top + 45)]]
    for x in (100, 700, 1000) if ruled else (100, 1000):
        pen.line((x, 200, x, 700), 0, 2)
    page_read = straighten(np.asarray(page), np.array(boxes, np.float32))
    assert sorted({round(at, -1) for at, _, _ in page_read.vertical}) == found


def test_a_stroke_between_two_rules_of_a_table_without_uprights_is_no_rule():
    from pipeline.readers.pictures.scanlines import straighten

    page = Image.new("L", (1200, 1600), 255)
    pen = ImageDraw.Draw(page)
    for n in range(11):
        pen.line((100, 200 + 50 * n, 1000, 200 + 50 * n), 0, 2)
    pen.line((400, 202, 400, 248), 0, 4)  # a tall 1 that fills its row
    assert straighten(np.asarray(page), np.array([[(390, 205), (410, 205), (410, 247), (390, 247)]], np.float32)).vertical == ()


@pytest.mark.parametrize("streak", ["down", "across"])
def test_a_fold_that_runs_on_past_the_table_is_no_rule_of_it(streak):
    from pipeline.readers.pictures.scanlines import straighten

    page = Image.new("L", (1200, 1600), 255)
    pen = ImageDraw.Draw(page)
    for n in range(11):
        pen.line((100, 400 + 60 * n, 1000, 400 + 60 * n), 0, 2)
    for x in (100, 300, 700, 1000):
        pen.line((x, 400, x, 1000), 0, 2)
    pen.line((520, 60, 520, 1500) if streak == "down" else (10, 677, 1190, 677), 90, 3)
    found = straighten(np.asarray(page), np.zeros((0, 4, 2), np.float32))
    assert sorted({round(at, -1) for at, _, _ in found.vertical}) == [100, 300, 700, 1000]
    assert len({round(at, -1) for at, _, _ in found.horizontal}) == 11


@pytest.mark.parametrize(("shade", "inner", "kept"), [(228, 0, False), (228, 225, True), (150, 0, True)])
def test_a_line_hardly_darker_than_the_paper_is_none_among_dark_rules(shade, inner, kept):
    """A fold that a shadow cuts off before the paper's edge; all inner rules of a table may be as light."""
    from pipeline.readers.pictures.scanlines import straighten

    page = Image.new("L", (1200, 1600), 255)
    pen = ImageDraw.Draw(page)
    for n in range(11):
        pen.line((100, 400 + 60 * n, 1000, 400 + 60 * n), 0 if n in (0, 10) else inner, 3)
    for x in (100, 300, 700, 1000):
        pen.line((x, 400, x, 1000), 0 if x in (100, 1000) else inner, 3)
    pen.line((102, 667, 998, 667), shade, 3)
    found = straighten(np.asarray(page), np.zeros((0, 4, 2), np.float32))
    assert any(abs(at - 667) < 5 for at, _, _ in found.horizontal) == kept
    assert sum(abs(at - (400 + 60 * n)) < 4 and b - a > 800 for n in range(11) for at, a, b in found.horizontal) >= 11


def test_a_rule_of_a_table_on_grainy_paper_is_kept_though_some_grain_lies_at_its_place_below():
    from pipeline.readers.pictures.scanlines import _stopping

    columns = [(x, 400.0, 1000.0) for x in (100.0, 300.0, 700.0, 1000.0)]
    rows = [(400.0 + 60 * n, 100.0, 1000.0) for n in range(11)]
    grain = [(301.0, 1100.0, 1140.0), (299.0, 1300.0, 1338.0), (301.0, 1500.0, 1541.0)]
    assert _stopping(columns, [*columns, *grain], rows, 1800) == tuple(columns)


def test_uprights_of_a_table_that_is_open_above_are_kept_though_they_run_past_its_first_row():
    from pipeline.readers.pictures.scanlines import straighten

    page = Image.new("L", (1200, 1600), 255)
    pen = ImageDraw.Draw(page)
    for n in range(1, 11):
        pen.line((100, 400 + 80 * n, 1000, 400 + 80 * n), 0, 2)
    for x in (100, 300, 700, 1000):
        pen.line((x, 400, x, 1200), 0, 2)
    found = straighten(np.asarray(page), np.zeros((0, 4, 2), np.float32))
    assert sorted({round(at, -1) for at, _, _ in found.vertical}) == [100, 300, 700, 1000]


def lying(desk: tuple[int, int, int], shade: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A sheet with lines of print on a desk, its lower half in a soft shadow; and the boxes of its lines."""
    page = Image.new("RGB", (1200, 1600), desk)
    pen, boxes = ImageDraw.Draw(page), []
    pen.rectangle((60, 80, 1130, 1530), fill="white")
    for y in range(150, 1450, 100):
        pen.text((200, y), "每日清扫两遍，路面无积存垃圾", "black", ImageFont.truetype(str(FONT), 40))
        boxes.append([(200, y), (760, y), (760, y + 50), (200, y + 50)])
    light = np.interp(np.arange(1600), (700, 1000), (1, shade))[:, None, None]
    return (np.asarray(page) * light).astype(np.uint8), np.array(boxes, np.float32)


@pytest.mark.parametrize("desk", [(95, 75, 60), (150, 140, 130), (0, 0, 0)])
def test_the_desk_around_a_sheet_is_told_from_it(desk):
    from pipeline.readers.pictures.surroundings import surroundings

    image, boxes = lying(desk)
    around = surroundings(image, boxes)
    assert around is not None
    assert np.concatenate([around[:60].ravel(), around[:, :50].ravel(), around[:, 1140:].ravel()]).all()
    assert not around[120:1480, 100:1090].any()


def test_a_shadow_on_a_sheet_is_none_of_its_surroundings():
    from pipeline.readers.pictures.surroundings import surroundings

    image, boxes = lying((255, 255, 255), shade=0.5)
    assert surroundings(image, boxes) is None


@pytest.mark.parametrize(("seen", "text", "sure"), [("口", "", 0.0), ("", "", 0.0), ("7", "7", 0.9)])
def test_a_cell_for_a_figure_whose_ink_cannot_be_read_is_empty_in_doubt(seen, text, sure):
    from pipeline.model import Cell
    from pipeline.provenance import Provenance
    from pipeline.readers.pictures.ocr import Char
    from pipeline.readers.pictures.rereading import _settled

    chars = [Char(c, 0.5, 0.9) for c in seen]
    cell = _settled(Cell(3, 2, "", Provenance(quote="")), chars, chars, chars)
    assert (cell.text, cell.confidence) == (text, sure)


def test_a_rule_that_stops_short_of_an_upright_under_a_seal_reaches_it():
    """A grey seal leaves its rim, which hides the last part of the rule."""
    from pipeline.readers.pictures.scanlines import straighten

    page = Image.new("L", (1200, 1600), 255)
    pen = ImageDraw.Draw(page)
    for n in range(11):
        pen.line((100, 400 + 60 * n, 1000, 400 + 60 * n), 0, 2)
    pen.line((670, 640, 725, 640), 255, 4)
    for x in (100, 300, 700, 1000):
        pen.line((x, 400, x, 1000), 0, 2)
    found = straighten(np.asarray(page), np.zeros((0, 4, 2), np.float32))
    assert any(abs(at - 640) < 4 and start <= 306 and end >= 694 for at, start, end in found.horizontal)


def figured(*marks: tuple[str, int]) -> list:
    """The ink of number cells: what each was read as, and how high its tallest mark is."""
    from pipeline.model import Cell
    from pipeline.provenance import Provenance
    from pipeline.readers.pictures.rereading import Crop

    cells = [Cell(row, 3, text, Provenance(text, page=1, bbox=(0, 0, 9, 9)), confidence=0.99) for row, (text, _) in enumerate(marks)]
    return [Crop(cell, np.zeros((9, 9), np.uint8), True, True, high) for cell, (_, high) in zip(cells, marks, strict=True)]


@pytest.mark.parametrize(
    ("marks", "size", "over"),
    [
        ([("5", 26), ("10", 27), ("3", 25), ("4", 26), ("8", 48), ("6", 26), ("分值", 40)], 0.0, {4}),  # a tick over an 8
        ([("100", 48), ("分值", 33)], 25.0, {0}),  # the last page of a table, its total crossed out
        ([("100", 27), ("分值", 33)], 25.0, set()),
        ([("100", 48), ("分值", 33)], 0.0, set()),
    ],
)
def test_a_figure_with_a_mark_higher_than_figures_is_drawn_over(marks, size, over):
    from pipeline.readers.pictures.rereading import _overdrawn

    assert {row for row, _ in _overdrawn(figured(*marks), size)} == over


@pytest.mark.parametrize(("read", "plain", "text"), [("X", True, ""), ("MWW", True, ""), ("X", False, "X"), ("扣分", True, "扣分")])
def test_letters_in_a_column_of_figures_are_ink_that_was_not_read(read, plain, text):
    from pipeline.readers.pictures.ocr import Char
    from pipeline.readers.pictures.rereading import _settled

    (crop,) = figured((read, 30))
    chars = [Char(c, 0.5, 0.9) for c in read]
    cell = _settled(crop.cell, chars, chars, [], plain)
    assert (cell.text, cell.confidence == 0) == (text, text == "")


@pytest.mark.parametrize(("over", "shown"), [(150, True), (0, False), (255, False)])
def test_a_figure_below_lighter_ink_is_seen_without_it(over, shown):
    from pipeline.readers.pictures.inks import below_lighter

    page = Image.new("L", (80, 60), 255)
    ImageDraw.Draw(page).text((40, 30), "8", 0, ImageFont.truetype(str(FONT), 40), anchor="mm")
    plain = np.asarray(page)
    sheet = Image.new("L", (80, 60), 255)
    ImageDraw.Draw(sheet).line((5, 50, 75, 8), over, 7)
    seen = below_lighter(np.asarray(ImageChops.multiply(page, sheet)))
    assert (seen is not None) == shown
    if seen is not None:
        assert (seen[plain < 20] < 100).all()
        assert (seen[plain > 250] > 200).mean() > 0.98


@pytest.mark.parametrize(("between", "text"), [(46, "满30 分钟"), (38, "满30分钟"), (26, "满30分钟")])
def test_the_room_around_figures_is_no_typed_blank(between, text):
    """Lines 32 pixels high: a blank of a quarter of the type beside figures is set by the program, not typed."""
    places = [("满", 16), ("3", 42), ("0", 58), (" ", 58 + between / 2), ("分", 58 + between), ("钟", 90 + between)]
    from pipeline.readers import scan
    from pipeline.readers.pages.marks import line_text
    from pipeline.readers.pictures.ocr import Char
    from pipeline.readers.pictures.strips import Strip

    strip = Strip(0, 0, 200, 32)
    glyphs = scan._glyphs(strip, [Char(c, x / 200, 0.99) for c, x in places], 0.36)
    assert line_text(glyphs) == text
