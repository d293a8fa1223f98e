"""The pictures of an OFD page: whether they are the page itself or a part of it that has no text, and their OCR."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from pipeline.errors import MissingTool
from pipeline.model import Block, Page, Remark
from pipeline.provenance import BBox
from pipeline.readers.packages.container import Container
from pipeline.readers.packages.ofdobjects import Image, Letter
from pipeline.readers.pages.glyphs import COVERING, MIN_CHARS, is_bare
from pipeline.readers.pages.remarks import of_page, on_page

PART = 0.05
"""A picture of this part of the page and more may hold text: seals take up less."""


def is_scan(box: Container, images: Sequence[Image], letters: Sequence[Letter], page: Page) -> bool:
    """Whether a page is pictures: they cover it, and no text stands over them but in the margins."""
    covering = [i for i, image in enumerate(images) if _part(image.box, page) >= COVERING]
    if sum(_part(image.box, page) for image in images) < COVERING:
        return len(letters) == 0 and bool(images)
    under = max((i for i in covering if box.has(images[i].member) and _is_solid(box.read(images[i].member))), default=-1)
    return is_bare((x.glyph.y for x in letters if x.over > under), page.height)


def parts(images: Sequence[Image], letters: Sequence[Letter], page: Page) -> list[Image]:
    """The pictures that may hold text of the page: large ones that no text stands on."""
    large = [image for image in images if _part(image.box, page) >= PART]
    return [image for image in large if sum(_holds(image.box, x) for x in letters) < MIN_CHARS]


def read(box: Container, images: Sequence[Image], page: Page, name: str) -> tuple[Page, list[Block], list[Remark]]:
    """OCR of pictures where they stand on a page. Loaded late: only scans pay for it."""
    number = page.number
    there = [image for image in images if box.has(image.member)]
    if not there:
        return page, [], [on_page("unread-page", number, " is a picture that is absent from the container", "是图像，图像不在文件包里")]
    try:
        scan = importlib.import_module("pipeline.readers.scan")
        whole = [image for image in there if _part(image.box, page) >= COVERING and image.place[0] > 0 < image.place[3]]
        if len(there) == len(whole) == 1:
            member = there[0].member
            width, height, found = scan.read_picture(box.read(member), f"{name}!{member}", number, page.width, page.height)
        else:
            collage = importlib.import_module("pipeline.readers.pictures.collage")
            laid = [(scan.picture(box.read(image.member), f"{name}!{image.member}"), image.place) for image in there]
            paper = collage.lay_out(laid, page.width, page.height, scan.MOST_PIXELS)
            width, height, found = scan.read_image(paper, number, page.width, page.height)
    except (MissingTool, ModuleNotFoundError) as error:
        what, zh = f" is a picture; reading it needs OCR ({error})", "是图像，要读它须安装文字识别（make setup）"
        return page, [], [on_page("unread-page", number, what, zh)]
    said = of_page("ocr", number, " is a picture; read as such", "是图像，按图像识别")
    return Page(number, width, height, ocr=True), found, [said]


def _is_solid(data: bytes) -> bool:
    """Whether nothing shows through a picture: PNG says of its pixels whether they have an alpha channel (byte 25: 4, 6)."""
    return not (data.startswith(b"\x89PNG") and (data[25:26] in b"\x04\x06" or b"tRNS" in data[:1000]))


def _part(box: BBox, page: Page) -> float:
    """The part of the page that a box takes up."""
    width = min(box[2], page.width) - max(box[0], 0.0)
    height = min(box[3], page.height) - max(box[1], 0.0)
    return max(width, 0.0) * max(height, 0.0) / (page.width * page.height or 1.0)


def _holds(box: BBox, letter: Letter) -> bool:
    return box[0] <= letter.glyph.x <= box[2] and box[1] <= letter.glyph.y <= box[3]
