"""A second look at doubtful characters, gaps and colons of a scan: what is changed, what is only doubted, what stays."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

pytestmark = pytest.mark.skipif(find_spec("rapidocr") is None, reason="the OCR engine (extra `ocr`) is not installed")

from tests.support.scans import FONT  # noqa: E402

PITCH = 30


def line_of(text: str, sure: dict[int, float] | None = None, rivals: dict[int, tuple] | None = None) -> list:
    """Characters one pitch apart, all surely read but those named."""
    from pipeline.readers.pictures.ocr import Char

    return [Char(c, (i + 0.5) / 24, (sure or {}).get(i, 0.99), rivals=(rivals or {}).get(i, ())) for i, c in enumerate(text)]


def settled(line: list, start: int, end: int, shown: list[str]) -> list:
    """What becomes of a place when its windows show these texts, the neighbours included, each with confidence 0.8."""
    from pipeline.readers.pictures.closeups import Spot, Words, _settled

    readings = [line_of(text, dict.fromkeys(range(len(text)), 0.8)) for text in shown]
    return _settled(line, Spot(0, start, end), readings, Words.of([line]))


@pytest.mark.parametrize(
    ("text", "at", "shown", "result"),
    [
        ("管理部问开展检查", 3, ["理部门开展"] * 4, "门"),  # 部门 is a word, 部问 is none
        ("管理部问开展检查", 3, ["理部问开展"] * 3 + ["理部门开展"], "问"),
        ("采取措施提高", 2, ["采取指施提"] * 4, "措"),  # 指施 is no word
        ("对末按期整改的", 1, ["对未按期"] * 4, "末"),  # people write it too
        ("不低干三次", 2, ["不低于三次"] * 4, "干"),
        ("开展管理部问", 5, ["理部门"] * 4, "问"),  # the word may go on in the next line
        ("每日24上报险", 4, ["24h报险"] * 4, "h"),
        ("每日24上报险", 4, ["24h报险", "241报险", "24上报险", "24h报险"], "上"),
        ("每日甲上报险", 3, ["日甲h报险"] * 4, "上"),  # no figure before it
    ],
)
def test_a_doubtful_character_is_changed_only_where_windows_and_words_agree(text, at, shown, result):
    line = line_of(text, {at: 0.6})
    (char,) = settled(line, at, at + 1, shown)
    assert char.text == result
    if result != text[at]:
        assert (char.raw, char.confidence) == (text[at], 0.5)


def test_a_rival_of_the_first_look_is_taken_when_the_windows_do_not_show_the_first():
    line = line_of("气槽车停军区域", {4: 0.53}, {4: (("车", 0.19), ("罕", 0.12))})
    shown = ["车停罕区域", "车停车区域", "车停军区域", "车停罕区域"]
    assert settled(line, 4, 5, shown)[0].text == "车"
    assert settled(line, 4, 5, ["车停军区域"] * 4)[0].text == "军"
    sure = line_of("气槽车停军区域", {4: 0.8}, {4: (("车", 0.19),)})
    assert settled(sure, 4, 5, shown)[0].text == "军"


def test_what_the_windows_read_otherwise_is_left_in_doubt():
    line = line_of("无积水无异昧的", {5: 0.94})
    (char,) = settled(line, 5, 6, ["无异味的"] * 4)
    assert (char.text, char.confidence) == ("昧", 0.55)


def test_a_gap_gets_what_most_windows_show_and_nothing_else():
    line = line_of("向用　公布水价")
    line = [c for c in line if c.text != "　"]
    assert [(c.text, c.confidence) for c in settled(line, 2, 2, ["向用户公布"] * 3 + ["向用产公布"])] == [("户", 0.5)]
    assert settled(line, 2, 2, ["向用公布"] * 4) == []
    assert settled(line, 2, 2, ["向用户公布", "向用产公布", "向用广公布", "用公布"]) == []


@pytest.mark.parametrize(("behind", "found"), [("。", True), ("，", True), ("", False), ("|", False)])
def test_a_mark_behind_the_last_character_is_told_from_a_rule(behind, found):
    from pipeline.readers.pictures.closeups import _has_mark

    page = Image.new("L", (6 * PITCH, 44), 255)
    pen = ImageDraw.Draw(page)
    for i, c in enumerate("持证上岗" + behind.replace("|", "")):
        pen.text((PITCH * i, 22), c, 0, ImageFont.truetype(str(FONT), 29), anchor="lm")
    if behind == "|":
        pen.line((4.6 * PITCH, 0, 4.6 * PITCH, 44), 0, 2)
    assert _has_mark(np.asarray(page), 3.5 * PITCH, PITCH) is found


@pytest.mark.parametrize(("shown", "text", "sure"), [("向用户公布", "向用户公布水价标准", "向用公布水价标准"), ("向用公布", "向用公布水价标准", "向布水价标准")])
def test_ink_that_no_window_reads_leaves_its_neighbours_in_doubt(monkeypatch, shown, text, sure):
    from pipeline.readers.pictures import closeups

    monkeypatch.setattr(closeups, "read_lines", lambda windows: [line_of(shown)] * len(windows))
    line = [c for c in line_of("向用　公布水价标准") if c.text != "　"]
    page = Image.new("L", (24 * PITCH, 44), 255)
    ImageDraw.Draw(page).text((2 * PITCH, 22), "户", 0, ImageFont.truetype(str(FONT), 29), anchor="lm")
    other = line_of("安全生产责任制度落实到位")
    blank = np.full((44, 24 * PITCH), 255, np.uint8)
    (out, same) = closeups.look_closer([np.asarray(page), blank], {}, [line, other])
    assert "".join(c.text for c in out) == text
    assert "".join(c.text for c in out if c.confidence >= 0.6) == sure
    assert same == other


def test_room_for_a_character_under_a_seal_is_doubted_without_ink(monkeypatch):
    from pipeline.readers.pictures import closeups

    monkeypatch.setattr(closeups, "read_lines", lambda windows: [line_of("向用公布")] * len(windows))
    line = [c for c in line_of("向用　公布水价标准") if c.text != "　"]
    blank = np.full((44, 24 * PITCH), 255, np.uint8)
    for sealed, doubted in (({}, ""), ({0: blank}, "用公")):
        out, _ = closeups.look_closer([blank, blank], sealed, [line, line_of("安全生产责任制度落实到位")])
        assert "".join(c.text for c in out if c.confidence < 0.6) == doubted


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("臭氧一活性炭每月检查一次，标识统一醒目", [2]),  # 一 may be a dash
        ("室温不高于28C，有记录", [7]),  # C may be ℃
        ("冷库温度低于8C", [7]),
        ("3C认证证书齐全，配备2CM钢板", [1]),
        ("按C类标准配备", []),
        ("保洁船只每口出勤，闸口出入畅通", [5]),  # 每日 is a word; 闸口 is none, nor is 闸日
        ("出日处无遮挡，窗口每日开放", [1]),
        ("人口普查当日开始", []),
    ],
)
def test_what_looks_like_another_sign_is_in_doubt(text, doubted):
    from pipeline.readers.pictures.closeups import _with_doubtful_shapes

    out = _with_doubtful_shapes(line_of(text), np.full((40, 24 * PITCH), 255, np.uint8), PITCH)
    assert [i for i, c in enumerate(out) if c.confidence < 0.9] == doubted


@pytest.mark.parametrize(("sign", "text"), [("℃", "℃"), ("C", "C")])
@pytest.mark.parametrize("ink", [0, 120])
def test_a_c_with_a_ring_before_it_is_a_degree_sign(sign, text, ink):
    from pipeline.readers.pictures.closeups import _with_doubtful_shapes
    from pipeline.readers.pictures.ocr import Char

    page = Image.new("L", (400, 44), 255)
    font = ImageFont.truetype(str(FONT), PITCH)
    ImageDraw.Draw(page).text((20, 5), "28" + sign, ink, font)
    width = font.getlength("28" + sign)
    line = [Char("2", 28 / 400, 0.99), Char("8", 44 / 400, 0.99), Char("C", (20 + width - PITCH / 2 + 4) / 400, 0.97)]
    sure = _with_doubtful_shapes(line, np.asarray(page), PITCH)[2]
    assert (sure.text, sure.raw or "C") == (text, "C")
    assert sure.confidence == (0.8 if text == "℃" else 0.55)


def test_what_else_a_character_may_be_is_remembered():
    from pipeline.readers.pictures.ocr import STOPS, Classes, _decode

    steps = np.zeros((6, 5 + len(STOPS)), np.float32)
    steps[:, 0] = 1
    steps[2, :5] = (0.1, 0.6, 0.2, 0.04, 0.06)
    (char,) = _decode(steps, 1.0, Classes.of(("", "军", "车", "罕", "率", *STOPS)))
    assert char.text == "军"
    assert [text for text, _ in char.rivals] == ["车", "率"]


@pytest.mark.parametrize(("before", "mark", "raw"), [("%", "，", "."), ("m", "，", "."), ("9", ".", "")])
def test_a_full_stop_behind_a_unit_is_no_latin_one(before, mark, raw):
    from pipeline.readers.pictures.ocr import STOPS, Classes, _decode

    letters = ("", "率", before, ".", "压", *STOPS)
    steps = np.zeros((12, len(letters)), np.float32)
    steps[:, 0] = 1
    for step, letter in ((1, 1), (4, 2), (7, 3), (10, 4)):
        steps[step, [0, letter]] = (0.05, 0.7)
    steps[7, letters.index("，")] = 0.2
    chars = _decode(steps, 1.0, Classes.of(letters))
    assert [(c.text, c.raw) for c in chars] == [("率", ""), (before, ""), (mark, raw), ("压", "")]


# ---- colons --------------------------------------------------------------------------------------------------------


def drawn_line(mark: str) -> np.ndarray:
    """Eight characters with a mark behind the fourth, thirty pixels apart."""
    page = Image.new("L", (24 * PITCH, 44), 255)
    for i, c in enumerate("台账齐全" + mark + "人员持证"):
        ImageDraw.Draw(page).text((PITCH * i, 22), c, 0, ImageFont.truetype(str(FONT), 29), anchor="lm")
    return np.asarray(page)


@pytest.mark.parametrize(
    ("printed", "rivals", "result"), [("：", (), "："), ("；", (), "；"), ("，", (("，", 0.1),), "，"), ("、", ((".", 0.1), ("、", 0.1)), "、")]
)
def test_a_colon_is_one_by_its_two_like_dots(printed, rivals, result):
    from pipeline.readers.pictures.colons import settle_colons

    line = line_of("台账齐全：人员持证", None, {4: rivals})
    fill = line_of("安全生产责任制度落实到位")
    (read, _) = settle_colons([drawn_line(printed)] * 2, [line, fill])
    assert read[4].text == result
    assert (read[4].raw, read[4].confidence) == (("", 0.99) if printed == "：" else ("：", 0.5))


def test_a_single_blot_without_a_likely_name_is_left_in_doubt():
    from pipeline.readers.pictures.colons import settle_colons

    (read, _) = settle_colons([drawn_line("，")] * 2, [line_of("台账齐全：人员持证"), line_of("安全生产责任制度落实到位")])
    assert (read[4].text, read[4].confidence) == ("：", 0.5)


def test_a_colon_in_doubt_is_not_compared_with_commas_afterwards():
    """Its upper dot has lost a row of pixels; the page's commas are dots as its lower one."""
    from pipeline.readers import scan

    place = np.s_[4 * PITCH : 4 * PITCH + 14]
    colon, comma = drawn_line("：").copy(), drawn_line("：").copy()
    top = int(np.flatnonzero((colon[:, place] < 128).any(axis=1))[0])
    colon[top, place] = 255
    comma[top : top + 5, place] = 255
    lines = [line_of("台账齐全：人员持证", {4: 0.85})] + [line_of("台账齐全，人员持证")] * 6
    (read, *_) = scan._settled([colon] + [comma] * 6, lines)
    assert (read[4].text, read[4].confidence) == ("：", 0.5)


# ---- parts under a seal ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("touched", "chars", "columns"),
    [((310, 350), (7, 15), (210, 450)), ((0, 20), (0, 4), (0, 120)), ((700, 719), (20, 24), (600, 720)), ((100, 640), (0, 24), (0, 720))],
)
def test_of_a_line_under_a_seal_the_part_it_touches_is_read_again(touched, chars, columns):
    from pipeline.readers.scan import _touched

    plain = np.full((44, 24 * PITCH), 255, np.uint8)
    under = plain.copy()
    under[:, slice(*touched)] = 90
    span = _touched(line_of("建立健全各项安全管理制度并按照规定组织定期检查整改"[:24]), plain, under)
    assert ((span.chars.start, span.chars.stop), (span.x0, span.x1)) == (chars, columns)


def test_a_line_of_which_nothing_was_read_is_read_again_as_a_whole():
    from pipeline.readers.scan import _touched

    plain = np.full((44, 300), 255, np.uint8)
    under = plain.copy()
    under[10:20, 40:60] = 90
    span = _touched([], plain, under)
    assert (span.x0, span.x1, span.chars) == (0, 300, slice(0, 0))
