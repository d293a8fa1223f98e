"""The objects of an OFD page: what each leaves on paper, with the ink it is drawn in and where its clip cuts it off."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from lxml import etree
from msgspec import Struct, field

from pipeline import limits
from pipeline.provenance import BBox
from pipeline.readers.packages.ofdpaths import Sub, boxed, numbers, outline, spacing
from pipeline.readers.pages.glyphs import has_meaning, plain
from pipeline.readers.pages.marks import Glyph
from pipeline.readers.pages.matrices import Matrix, moved, times, turned
from pipeline.readers.pages.strokes import THIN, Segment, drawn

Node: TypeAlias = etree._Element

FAINT = 0.04
"""Ink that covers no more of the paper than this cannot be seen."""

WHITE = 245
"""The darkest channel of a colour that cannot be seen on paper is at least this bright."""

OPAQUE = 0.95
"""Ink that covers more than this hides what was drawn before."""

ROOM = 1.0
"""What a character may stand outside its clip, in points: clips are drawn around the ink."""

MAX_RELATIVES = 8
"""So many drawing parameters may rest one on another."""

OBJECTS = frozenset({"TextObject", "PathObject", "ImageObject", "CompositeObject"})
ASIDE = frozenset({"Area", "Template", "PageRes", "Actions", "Extensions"})
"""What a page holds beside its content."""


class Ink(Struct, frozen=True):
    """A colour: the brightness of its darkest channel (0 to 255) and how much of the paper it covers (0 to 1)."""

    bright: float = 0.0
    cover: float = 1.0

    @property
    def is_seen(self) -> bool:
        return self.cover > FAINT and self.bright < WHITE


class Letter(Struct, frozen=True):
    """A character as drawn: its ink, the radians clockwise that its line is turned, whether its clip cuts it off, how many
    pictures were drawn before it."""

    glyph: Glyph
    ink: Ink
    angle: float = 0.0
    cut: bool = False
    over: int = 0

    def through(self, matrix: Matrix) -> Letter:
        """The character on a page that is set upright by a matrix."""
        g = self.glyph
        box = boxed((moved(matrix, g.x0, g.top), moved(matrix, g.x1, g.bottom)))
        return Letter(Glyph.of(g.text, *box, raw=g.raw), self.ink, self.angle, self.cut, self.over)


class Image(Struct, frozen=True):
    """A picture: its member, the matrix that lays the unit square (y down) on the page in points, the box it fills."""

    member: str
    place: Matrix
    box: BBox

    def through(self, matrix: Matrix) -> Image:
        """The picture on a page that is set upright by a matrix."""
        return Image(self.member, times(self.place, matrix), boxed((moved(matrix, *self.box[:2]), moved(matrix, *self.box[2:]))))


class Resources(Struct):
    """What pages refer to by id: pictures (member names), composite drawings, drawing parameters."""

    media: dict[str, str] = field(default_factory=dict)
    drawings: dict[str, Node] = field(default_factory=dict)
    parameters: dict[str, Node] = field(default_factory=dict)

    def ink(self, node: Node, kind: str, inherited: str | None) -> Ink | None:
        """The colour of this kind (FillColor, StrokeColor) an object states, or its drawing parameters, or those they rest
        on, or its layer's. None when none does: it is black then."""
        for start in (node, self.parameters.get(inherited or "")):
            at, left = start, MAX_RELATIVES
            while at is not None and left:
                for color in at:
                    if local(color) == kind:
                        return _ink_of(color)
                at, left = self.parameters.get(at.get("DrawParam" if at is node else "Relative", "")), left - 1
        return None


class Sheet(Struct):
    """What one page's objects left, in points from the top left. `dark`: boxes on which white characters can be seen;
    `patches`: filled boxes through which nothing shows, each with how many characters were drawn before it;
    `blind`: characters given without their code; `objects`: how
    many were met, which is bounded: composites can hold themselves."""

    letters: list[Letter] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    dark: list[BBox] = field(default_factory=list)
    patches: list[tuple[BBox, int]] = field(default_factory=list)
    blind: int = 0
    objects: int = 0


class _State(Struct, frozen=True):
    """What an object inherits: the matrix of its space, its layer's drawing parameters, how much ink a group lets through,
    the clips of the groups it is in, how deep it is nested."""

    matrix: Matrix
    parameters: str | None = None
    cover: float = 1.0
    clips: tuple[BBox, ...] = ()
    depth: int = 0


def collect(node: Node, matrix: Matrix, resources: Resources, sheet: Sheet) -> None:
    """Text, paths and pictures below a node, in drawing order, composites followed to a bounded depth."""
    _collect(node, _State(matrix), resources, sheet)


def _collect(node: Node, state: _State, resources: Resources, sheet: Sheet) -> None:
    for item in sorted(node, key=_depth):
        kind = local(item)
        if kind in ASIDE or item.get("Visible") == "false":
            continue
        if kind not in OBJECTS:
            own = item.get("DrawParam") if kind == "Layer" else None
            inner = _State(state.matrix, own, state.cover, state.clips, state.depth) if own else state
            _collect(item, inner, resources, sheet)
            continue
        sheet.objects += 1
        if sheet.objects > limits.MAX_PAGE_OBJECTS:
            return
        cover = state.cover * min(1.0, (numbers(item.get("Alpha")) or [255.0])[0] / 255)
        if cover <= FAINT:
            continue
        place = _place(item, state.matrix)
        inner = _State(place, state.parameters, cover, (*state.clips, *_clips(item, place, state.matrix)), state.depth)
        _draw(kind, item, inner, resources, sheet)


def _depth(item: Node) -> int:
    """Layers are drawn by their type, whatever their order; all else in order."""
    return {"Background": -1, "Foreground": 1}.get(item.get("Type", ""), 0) if local(item) == "Layer" else 0


def _draw(kind: str, item: Node, state: _State, resources: Resources, sheet: Sheet) -> None:
    if kind == "TextObject":
        _text(item, state, resources, sheet)
    elif kind == "PathObject":
        _path(item, state, resources, sheet)
    elif kind == "ImageObject":
        _image(item, state, resources, sheet)
    elif state.depth < limits.MAX_FORM_DEPTH and item.get("ResourceID") in resources.drawings:
        inner = _State(state.matrix, state.parameters, state.cover, state.clips, state.depth + 1)
        _collect(resources.drawings[item.get("ResourceID", "")], inner, resources, sheet)


def _place(item: Node, matrix: Matrix) -> Matrix:
    """An object's own space to points: its CTM, then its boundary's corner, then the page."""
    place = times(_corner(item), matrix)
    own = numbers(item.get("CTM"))
    return times((own[0], own[1], own[2], own[3], own[4], own[5]), place) if len(own) == 6 else place


def _corner(item: Node) -> Matrix:
    corner = numbers(item.get("Boundary"))[:2] or [0.0, 0.0]
    return 1.0, 0.0, 0.0, 1.0, corner[0], corner[-1]


# ---- clips -------------------------------------------------------------------------------------------------------


def _clips(item: Node, place: Matrix, outer: Matrix) -> Iterator[BBox]:
    """The boxes an object is seen in, one for each of its clips: that around the outlines of the clip's areas. A clip of
    other shapes (text) leaves everything open."""
    for clips in item:
        if local(clips) != "Clips":
            continue
        space = times(_corner(item), outer) if clips.get("TransFlag") == "false" else place
        for clip in clips:
            points = [point for area in clip for point in _area_points(area, space)]
            if points:
                yield boxed(points)


def _area_points(area: Node, space: Matrix) -> Iterator[tuple[float, float]]:
    own = numbers(area.get("CTM"))
    space = times((own[0], own[1], own[2], own[3], own[4], own[5]), space) if len(own) == 6 else space
    for path in area:
        if local(path) == "Path":
            place = _place(path, space)
            for data in every(path, "AbbreviatedData"):
                yield from (moved(place, x, y) for sub in outline(data.text or "") for x, y in sub)


def _is_cut(x: float, y: float, clips: Iterable[BBox]) -> bool:
    return any(not (x0 - ROOM <= x <= x1 + ROOM and y0 - ROOM <= y <= y1 + ROOM) for x0, y0, x1, y1 in clips)


# ---- text --------------------------------------------------------------------------------------------------------


def _text(item: Node, state: _State, resources: Resources, sheet: Sheet) -> None:
    size = (numbers(item.get("Size")) or [3.5])[0]
    stretch = (numbers(item.get("HScale")) or [1.0])[0] or 1.0
    ink = _text_ink(item, state, resources)
    if ink is None or size <= 0 or stretch <= 0:
        return
    lean, reading = _degrees(item, "CharDirection"), _degrees(item, "ReadDirection")
    seen = 0
    x, y = 0.0, 0.0
    for code in every(item, "TextCode"):
        x = (numbers(code.get("X")) or [x])[0]
        y = (numbers(code.get("Y")) or [y])[0]
        text = _printed(code.text or "")
        seen += len(text)
        right, down = spacing(code.get("DeltaX"), len(text)), spacing(code.get("DeltaY"), len(text))
        for i, char in enumerate(text):
            width = (0.5 if char.isascii() else 1.0) * size * stretch
            if char.strip():
                _letter(char, times(turned(lean, x, y), state.matrix), width, size, ink, state, sheet)
            along = _advance(reading, width, size) if not right and not down else (0.0 if down and not right else width, 0.0)
            x += right[i] if i < len(right) else along[0]
            y += down[i] if i < len(down) else along[1]
    if not seen:
        sheet.blind += sum(len((glyphs.text or "").split()) or 1 for glyphs in every(item, "Glyphs"))


def _text_ink(item: Node, state: _State, resources: Resources) -> Ink | None:
    """The ink of a text: the darker of what it is filled and stroked with; None when it leaves none."""
    inks = []
    if item.get("Fill") != "false":
        inks.append(resources.ink(item, "FillColor", state.parameters) or Ink())
    if item.get("Stroke") == "true":
        inks.append(resources.ink(item, "StrokeColor", state.parameters) or Ink())
    seen = [Ink(ink.bright, ink.cover * state.cover) for ink in inks if ink.cover * state.cover > FAINT]
    return min(seen, key=lambda ink: ink.bright, default=None)


def _degrees(item: Node, name: str) -> float:
    return (numbers(item.get(name)) or [0.0])[0]


def _advance(reading: float, width: float, size: float) -> tuple[float, float]:
    """From one character to the next where the file does not say: along the reading direction."""
    return {90.0: (0.0, size), 180.0: (-width, 0.0), 270.0: (0.0, -size)}.get(reading % 360, (width, 0.0))


def _printed(text: str) -> str:
    """A text without the line ends and indents of indented XML; spaces on one line are meant."""
    return "".join(line.strip() for line in text.splitlines()) if "\n" in text else text


def _letter(char: str, place: Matrix, width: float, size: float, ink: Ink, state: _State, sheet: Sheet) -> None:
    """A character whose base line begins at the origin of `place`."""
    if not has_meaning(char):
        sheet.blind += 1
        return
    x0, y0, x1, y1 = boxed(moved(place, x, y) for x in (0.0, width) for y in (-0.88 * size, 0.12 * size))
    glyph = Glyph.of(plain(char), x0, y0, x1, y1, raw=char)
    angle = math.atan2(place[1], place[0])
    sheet.letters.append(Letter(glyph, ink, angle, _is_cut(glyph.x, glyph.y, state.clips), len(sheet.images)))


# ---- paths and pictures ------------------------------------------------------------------------------------------


def _path(item: Node, state: _State, resources: Resources, sheet: Sheet) -> None:
    stroked, filled = item.get("Stroke") != "false", item.get("Fill") == "true"
    stroked = stroked and _is_seen(resources.ink(item, "StrokeColor", state.parameters), state.cover)
    coloured, fill = filled, resources.ink(item, "FillColor", state.parameters) or Ink()
    is_patch = filled and fill.cover * state.cover > OPAQUE and not state.clips
    filled = filled and _is_seen(fill, state.cover)
    if not stroked and not coloured:
        return
    for data in every(item, "AbbreviatedData"):
        subs = list(outline(data.text or ""))
        whole = len(subs) == 1  # of several, the inner ones may be holes (a frame)
        for sub in subs:
            points: Sub = [moved(state.matrix, x, y) for x, y in sub]
            if len(points) < 2:
                continue
            sheet.segments += [s for s in drawn(points, stroked, filled) if not _is_cut((s[0] + s[2]) / 2, (s[1] + s[3]) / 2, state.clips)]
            box = boxed(points)
            if min(box[2] - box[0], box[3] - box[1]) <= THIN or not coloured:
                continue
            if filled and whole:
                sheet.dark.append(box)
            if is_patch and whole and sheet.letters and all(x in box[::2] and y in box[1::2] for x, y in points):
                sheet.patches.append((box, len(sheet.letters)))
        if len(sheet.segments) > limits.MAX_PAGE_RULES:
            return


def _is_seen(ink: Ink | None, cover: float) -> bool:
    return ink is None or Ink(ink.bright, ink.cover * cover).is_seen


def _image(item: Node, state: _State, resources: Resources, sheet: Sheet) -> None:
    member = resources.media.get(item.get("ResourceID", ""))
    if member is None:
        return
    place = state.matrix
    if len(numbers(item.get("CTM"))) != 6:  # it fills its boundary
        size = numbers(item.get("Boundary"))
        place = times((size[2], 0.0, 0.0, size[3], 0.0, 0.0), place) if len(size) == 4 else place
    box = boxed(moved(place, x, y) for x in (0.0, 1.0) for y in (0.0, 1.0))
    if not _is_cut((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, state.clips):
        sheet.images.append(Image(member, place, box))
        sheet.dark.append(box)


def _ink_of(color: Node) -> Ink:
    """A colour by its number of channels: grey, RGB, CMYK. One of another kind (pattern, palette) is taken for dark."""
    values = [min(v, 255.0) for v in numbers(color.get("Value"))]
    cover = min(1.0, (numbers(color.get("Alpha")) or [255.0])[0] / 255)
    if len(values) in (1, 3):
        return Ink(min(values), cover)
    if len(values) == 4:
        return Ink(min((255 - v) * (255 - values[3]) / 255 for v in values[:3]), cover)
    return Ink(0.0, cover)


def every(node: Node, name: str) -> Iterator[Node]:
    """Every element of this local name, whatever the producer's namespace."""
    return (e for e in node.iter() if local(e) == name)


def local(node: Node) -> str:
    """An element's name without its namespace; empty for a comment."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
