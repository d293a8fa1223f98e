"""Text that a page holds and does not show: cut off by its clipping path (a spreadsheet prints a merged cell's text again on
each page the cell goes over), or in a layer that is switched off."""

from __future__ import annotations

import ctypes
import importlib
import io
from collections.abc import Sequence
from functools import cached_property

import pypdfium2.raw as raw

from pipeline.readers.pdfium import calls
from pipeline.readers.pdfium.calls import Character, Sides

MOST = 0.5
"""More than this part of a page's characters is never left out: its paths are not what they seem."""

ROOM = 1.0
"""What a character's box may differ from its text's, in points: a larger difference means other coordinates."""

MAX_PATHS = 4
"""So many clipping paths of one text are looked at."""

LAYER = "OC"
"""The tag of marked content that belongs to a layer."""


def any_cut(texts: Sequence[object]) -> bool:
    """Whether part of any text object lies outside its clipping path: most pages clip none."""
    return max(map(calls.count_clips, map(calls.clip_path, texts)), default=0) > 0 and any(map(is_cut, texts))


def is_cut(handle: object) -> bool:
    """Whether part of a text object lies outside its clipping path."""
    clip = calls.clip_path(handle)
    count = calls.count_clips(clip)
    if count < 1 or (bounds := calls.bounds(handle)) is None:
        return False
    seen = _window(clip, count)
    return seen is not None and (bounds[0] < seen[0] or bounds[1] < seen[1] or bounds[2] > seen[2] or bounds[3] > seen[3])


def any_layered(marked: Sequence[object]) -> bool:
    """Whether any page object, of those with marked content around them, is in a layer."""
    return any(layer_of(handle) is not None for handle in marked)


def layer_of(handle: object) -> str | None:
    """The name of the layer a page object is in; None when it is in none."""
    for k in range(raw.FPDFPageObj_CountMarks(handle)):
        mark = raw.FPDFPageObj_GetMark(handle, k)
        if _string(raw.FPDFPageObjMark_GetName, mark) == LAYER:
            return _name(mark)
    return None


def found(textpage: object, boxes: Sequence[Character], off: frozenset[str]) -> frozenset[int]:
    """Indices of a text page's characters that are cut off or in a layer that is switched off."""
    windows: dict[int, tuple[Sides | None, Sides | None, bool]] = {}
    out = set()
    for index, _, left, right, bottom, top in boxes:
        handle = raw.FPDFText_GetTextObject(textpage, index)
        key = ctypes.cast(handle, ctypes.c_void_p).value or 0
        if key not in windows:
            clip = calls.clip_path(handle)
            windows[key] = calls.bounds(handle), _window(clip, calls.count_clips(clip)), bool(off) and layer_of(handle) in off
        bounds, window, is_off = windows[key]
        if is_off or (window is not None and bounds is not None and _is_outside((left, bottom, right, top), bounds, window)):
            out.add(index)
    return frozenset(out) if off or len(out) <= MOST * len(boxes) else frozenset()


class Layers:
    """The layers of a PDF, looked up when a page has text in one: most have none, and the look-up reads the file anew."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def off(self) -> frozenset[str]:
        """The names of the layers that are switched off when the file is opened."""
        return _layers_off(self.data)


def _layers_off(data: bytes) -> frozenset[str]:
    """The names of layers switched off, those left out that another layer has too; none where the file defies the look-up."""
    pikepdf = importlib.import_module("pikepdf")
    try:
        opened = pikepdf.open(io.BytesIO(data))
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return frozenset()
    with opened as pdf:
        layers = pdf.Root.get("/OCProperties")
        if layers is None:
            return frozenset()
        default = layers.get("/D", pikepdf.Dictionary())
        every = list(layers.get("/OCGs", []))
        off = [group.objgen for group in default.get("/OFF", [])]
        if default.get("/BaseState") == "/OFF":
            on = [group.objgen for group in default.get("/ON", [])]
            off = [group.objgen for group in every if group.objgen not in on]
        hidden = {str(group.get("/Name", "")) for group in every if group.objgen in off}
        return frozenset(hidden - {str(group.get("/Name", "")) for group in every if group.objgen not in off})


def _window(clip: object, count: int) -> Sides | None:
    """The box (left, bottom, right, top) that clipping paths leave open; None when there is none or it cannot be told."""
    if not 1 <= count <= MAX_PATHS:
        return None
    boxes = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for k in range(count):
        xs, ys = [], []
        for j in range(raw.FPDFClipPath_CountPathSegments(clip, k)):
            if raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(clip, k, j), x, y):
                xs.append(x.value)
                ys.append(y.value)
        if xs:
            boxes.append((min(xs), min(ys), max(xs), max(ys)))
    if not boxes:
        return None
    return max(b[0] for b in boxes), max(b[1] for b in boxes), min(b[2] for b in boxes), min(b[3] for b in boxes)


def _is_outside(box: Sides, bounds: Sides, window: Sides) -> bool:
    """Whether the middle of a character lies outside the window (not of its ink: a line is cut as one, its commas too).
    Where its box does not meet the bounds of its text, those are in the coordinates of a form, as the window is: then the
    whole text is outside or nothing is known."""
    if bounds[2] < window[0] or bounds[0] > window[2] or bounds[3] < window[1] or bounds[1] > window[3]:
        return True
    if min(box[2], bounds[2]) < max(box[0], bounds[0]) - ROOM or min(box[3], bounds[3]) < max(box[1], bounds[1]) - ROOM:
        return False
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return not (window[0] - ROOM <= x <= window[2] + ROOM and window[1] - ROOM <= y <= window[3] + ROOM)


def _name(mark: object) -> str:
    """The name of a layer from its mark: the bytes of a text string."""
    size = ctypes.c_ulong()
    if not raw.FPDFPageObjMark_GetParamBlobValue(mark, b"Name", None, 0, size) or not size.value:
        return ""
    buffer = (ctypes.c_ubyte * size.value)()
    raw.FPDFPageObjMark_GetParamBlobValue(mark, b"Name", buffer, size.value, size)
    held = bytes(buffer)
    if held.startswith(b"\xfe\xff"):
        return held[2:].decode("utf-16-be", "replace")
    return held[3:].decode("utf-8", "replace") if held.startswith(b"\xef\xbb\xbf") else held.decode("latin-1")


def _string(get: object, mark: object) -> str:
    """What PDFium gives as UTF-16 with its length in bytes."""
    size = ctypes.c_ulong()
    if not get(mark, None, 0, size) or size.value < 2:  # type: ignore[operator]
        return ""
    buffer = (ctypes.c_ushort * (size.value // 2))()
    get(mark, buffer, size.value, size)  # type: ignore[operator]
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
