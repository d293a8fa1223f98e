"""OFD (GB/T 33190): a zip of XML with positioned text and paths, in millimetres, into the grid builder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded
from pipeline.model import Block, Document, Page, Remark, Source, Table
from pipeline.readers.grids import grid
from pipeline.readers.grids.gutters import Known
from pipeline.readers.packages import ofdextras, ofdpictures, ofdseen
from pipeline.readers.packages.container import Container, open_container, target
from pipeline.readers.packages.ofdobjects import Node, Resources, Sheet, collect, every
from pipeline.readers.packages.ofdpaths import numbers
from pipeline.readers.pages.marks import PageMarks
from pipeline.readers.pages.matrices import Matrix, moved, upright
from pipeline.readers.pages.remarks import of_page, on_page
from pipeline.readers.pages.runninglines import without_running_lines
from pipeline.readers.pages.strokes import Segment, rules_from

MEDIA_TYPE = "application/ofd"
POINTS = 72 / 25.4
"""Points per millimetre."""

A4 = (0.0, 0.0, 210.0, 297.0)
"""Box of a page without one of its own, in millimetres."""


def read(data: bytes, name: str) -> Document:
    """The Document of an OFD file. Raises InputError for a broken container or one without pages."""
    box = open_container(data, name)
    pages: list[Page] = []
    flow: list[Sequence[Block]] = []
    remarks: list[Remark] = []
    for root in _document_roots(box, name):
        _check_open(box, root, name)
        for page, blocks, said in _read_document(box, root, len(pages), name):
            pages.append(page)
            flow.append(blocks)
            remarks += said
        remarks += ofdextras.attached(box, root, box.xml(root))
    if not pages:
        raise InputError(name, "an OFD without pages", "get the file again")
    blocks = without_running_lines(flow, pages)
    return Document(Source(name, "", MEDIA_TYPE, "ofd", len(pages)), tuple(pages), tuple(blocks), tuple(remarks))


def _document_roots(box: Container, name: str) -> list[str]:
    roots = [_member("OFD.xml", e.text) for e in every(box.xml("OFD.xml"), "DocRoot")]
    found = [r for r in roots if r is not None and box.has(r)]
    if not found:
        raise InputError(name, "the OFD names no document inside", "get the file again")
    return found


def _check_open(box: Container, root: str, name: str) -> None:
    """Refuse a document whose parts are encrypted (GB/T 33190 annex on encryption): they are no XML then."""
    named = any(m.rpartition("/")[2].lower() in ("encryptions.xml", "entriesmap.dat", "encryptioninfo.xml") for m in box.members)
    if named and b"<" not in box.read(root)[:200]:
        raise InputError(name, "protected by a password", "remove the password and try again")


def _read_document(box: Container, root: str, before: int, name: str) -> Iterator[tuple[Page, list[Block], list[Remark]]]:
    tree = box.xml(root)
    resources = Resources()
    for kind in ("PublicRes", "DocumentRes"):
        resources = _with_parts(box, root, tree, kind, resources)
    templates = {
        t.get("ID"): _member(root, t.get("BaseLoc")) for t in every(tree, "TemplatePage") if t.get("ID") is not None
    }
    usual = _area(tree) or A4
    entries = [p for p in every(tree, "Page") if p.get("BaseLoc")]
    if before + len(entries) > limits.MAX_PAGES:
        raise LimitExceeded(name, f"more than {limits.MAX_PAGES:,} pages", "split the file")
    known = Known()
    notes = ofdextras.annotated(box, root, tree)
    for number, entry in enumerate(entries, before + 1):
        part = _member(root, entry.get("BaseLoc"))
        if part is None or not box.has(part):
            absent = on_page("unread-page", number, " is absent from the container", "不在文件包里")
            yield Page(number, *_size(usual)), [], [absent]
            continue
        page, blocks, said = _read_page(box, part, templates, resources, usual, number, name, known)
        shown = notes[entry.get("ID", "")]
        yield page, blocks, [*said, ofdextras.annotation(shown, number)] if shown else said


def _read_page(
    box: Container, part: str, templates: dict, resources: Resources, usual: tuple, number: int, name: str, known: Known
) -> tuple[Page, list[Block], list[Remark]]:
    tree = box.xml(part)
    area = _area(tree) or usual
    where = f"{name}, page {number}"
    sheet = _collected(box, part, tree, templates, resources, area)
    if sheet.objects > limits.MAX_PAGE_OBJECTS:
        raise LimitExceeded(where, f"more than {limits.MAX_PAGE_OBJECTS:,} drawn objects", "simplify the page")
    if len(sheet.letters) > limits.MAX_PAGE_GLYPHS:
        raise LimitExceeded(where, f"{len(sheet.letters):,} characters on one page", "split the page")
    width, height = _size(area)
    shown = ofdseen.seen(sheet)
    letters = [letter for letter in shown if ofdseen.is_on_page(letter, width, height)]
    page = Page(number, width, height)
    if sheet.images and ofdpictures.is_scan(box, sheet.images, letters, page):
        return ofdpictures.read(box, sheet.images, page, name)
    turns = ofdseen.turns_of(letters)
    matrix = upright(turns, width, height)
    images = [image.through(matrix) for image in ofdpictures.parts(sheet.images, letters, page)]
    page = Page(number, height, width) if turns % 2 else page
    horizontal, vertical = rules_from([_segment(matrix, s) for s in sheet.segments] if turns else sheet.segments, where)
    glyphs = tuple(letter.through(matrix).glyph for letter in letters) if turns else tuple(letter.glyph for letter in letters)
    marks = PageMarks(number, page.width, page.height, glyphs, tuple(horizontal), tuple(vertical))
    blocks = list(grid.build(marks, known))
    said = [*_said(sheet.blind, len(shown) - len(letters), len(sheet.letters) - len(shown), number), *known.remarks(number)]
    if not images:
        return page, blocks, said
    pictured, found, told = ofdpictures.read(box, images, page, name)
    torn = [_torn(b, number) for b in found if isinstance(b, Table) and any(isinstance(own, Table) for own in blocks)]
    return pictured, sorted([*blocks, *found], key=_height), [*said, *told, *torn]


def _torn(table: Block, number: int) -> Remark:
    """Said of a table in a picture beside tables in text: rows of one table may be in both."""
    what, zh = ": a table in a picture may belong with one in text", "：图片里的一张表与文字里的一张表可能是同一张"
    return on_page("torn-table", number, what, zh, table.at)


def _segment(matrix: Matrix, segment: Segment) -> Segment:
    return *moved(matrix, *segment[:2]), *moved(matrix, *segment[2:])


def _height(block: Block) -> float:
    return block.at.bbox[1] if block.at.bbox else 0.0


def _said(blind: int, beside: int, unseen: int, number: int) -> Iterator[Remark]:
    """What of a page's text was not read: characters without code, beside the page, not to be seen."""
    if blind:
        what, zh = f": {blind} characters are given as glyphs without their code and were not read", f"：{blind} 个字符只有字形而没有编码，没有读出"
        yield on_page("unread-text", number, what, zh)
    if beside:
        what, zh = f": {beside} characters stand beside the page and were not read", f"：{beside} 个字符在页面之外，没有读"
        yield on_page("unread-text", number, what, zh)
    if unseen:
        what = f": {unseen} characters of a watermark, white on white, covered or cut off were left out"
        yield of_page("watermark", number, what, f"：水印、白底白字、被遮住或被剪裁的 {unseen} 个字符未收入")


def _collected(box: Container, part: str, tree: Node, templates: dict, resources: Resources, area: tuple) -> Sheet:
    """What a page's templates and the page itself draw."""
    sheet = Sheet()
    origin = (POINTS, 0.0, 0.0, POINTS, -area[0] * POINTS, -area[1] * POINTS)
    resources = _with_parts(box, part, tree, "PageRes", resources)
    for template in every(tree, "Template"):
        member = templates.get(template.get("TemplateID"))
        if member and box.has(member):
            drawing = box.xml(member)
            collect(drawing, origin, _with_parts(box, member, drawing, "PageRes", resources), sheet)
    collect(tree, origin, resources, sheet)
    return sheet


# ---- parts -------------------------------------------------------------------------------------------------------


def _with_parts(box: Container, base: str, tree: Node, kind: str, before: Resources) -> Resources:
    """Resources with those of the resource files that a document or a page names in elements of this kind."""
    parts = [part for entry in every(tree, kind) if (part := _member(base, entry.text)) is not None and box.has(part)]
    out = Resources({**before.media}, {**before.drawings}, {**before.parameters}) if parts else before
    for part in parts:
        content = box.xml(part)
        folder = content.get("BaseLoc") or ""
        for media in every(content, "MultiMedia"):
            for file in every(media, "MediaFile"):
                member = _member(part, f"{folder}/{(file.text or '').strip()}" if folder else file.text)
                if member is not None and media.get("ID"):
                    out.media[media.get("ID", "")] = member
        out.drawings.update((unit.get("ID", ""), unit) for unit in every(content, "CompositeGraphicUnit"))
        out.parameters.update((unit.get("ID", ""), unit) for unit in every(content, "DrawParam"))
    return out


def _member(base: str, reference: str | None) -> str | None:
    return target(base, reference.strip()) if reference and reference.strip() else None


def _area(tree: Node) -> tuple[float, float, float, float] | None:
    """The physical box (x, y, width, height) in millimetres a document or page states."""
    for box in every(tree, "PhysicalBox"):
        values = numbers(box.text)
        if len(values) == 4 and 10 <= values[2] <= 5000 and 10 <= values[3] <= 5000:
            return values[0], values[1], values[2], values[3]
    return None


def _size(area: tuple[float, float, float, float]) -> tuple[float, float]:
    return area[2] * POINTS, area[3] * POINTS
