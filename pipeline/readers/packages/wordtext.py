"""Words of a Word document: what a paragraph prints, without what is deleted, hidden or an instruction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lxml import etree
from msgspec import Struct, field

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

TRANSPARENT = frozenset(
    f"{W}{tag}" for tag in
    ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple", "dir", "bdo", "ruby", "rubyBase")
)  # fmt: skip
"""Wrappers that print what is inside them. `del`, `moveFrom` and `rt` are not among them: they print nothing here."""

_CHARACTERS = {
    f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t",
    f"{W}softHyphen": "", f"{W}separator": "",
}  # fmt: skip
_ALIGN: dict[str, Literal["left", "center", "right"]] = {
    "left": "left", "start": "left", "both": "left", "distribute": "left", "center": "center", "right": "right",
    "end": "right",
}  # fmt: skip
_OFF = ("0", "false", "off")
_SYMBOLS = {"F0FE": "☑", "F052": "☑", "F0A3": "□", "F06F": "□", "F0A8": "□", "F0FC": "√", "F050": "√", "F0FB": "×"}
"""Wingdings code points that forms use for boxes and ticks."""


def contents(parent: etree._Element, also: str | None = None) -> Iterator[etree._Element]:
    """The children of an element with wrappers (and `also`) unwrapped, in order; of alternatives the first."""
    stack = list(reversed(parent))
    while stack:
        child = stack.pop()
        if not isinstance(child.tag, str):
            continue
        if child.tag in TRANSPARENT or child.tag == also:
            stack.extend(reversed(child))
        elif child.tag == f"{_MC}AlternateContent":
            stack.extend(reversed(_chosen(child)))
        else:
            yield child


def _chosen(alternate: etree._Element) -> list[etree._Element]:
    """The branch of an alternative that holds text: the first choice, else the fallback."""
    branches = [*alternate.iterfind(f"{_MC}Choice"), *alternate.iterfind(f"{_MC}Fallback")]
    for branch in branches:
        if next(branch.iter(f"{W}t"), None) is not None:
            return list(branch)
    return list(branches[0]) if branches else []


def flag(properties: etree._Element | None, tag: str) -> bool:
    """Whether an on/off property is on."""
    if properties is None:
        return False
    child = properties.find(f"{W}{tag}")
    return child is not None and child.get(f"{W}val") not in _OFF


def value(properties: etree._Element | None, tag: str) -> str | None:
    """The `w:val` of a property."""
    if properties is None:
        return None
    child = properties.find(f"{W}{tag}")
    return None if child is None else child.get(f"{W}val")


class Style(Struct, frozen=True):
    """A style with its parents folded in. Sizes in points."""

    name: str
    size: float | None = None
    align: Literal["left", "center", "right"] | None = None
    hidden: bool = False
    number: tuple[str, int | None] | None = None
    page_break: bool = False


class Styles(Struct, frozen=True):
    """The styles of a document by id."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default: Style = Style("")

    def get(self, style_id: str | None) -> Style:
        return self.by_id.get(style_id or "", self.default)


def read_styles(root: etree._Element | None) -> Styles:
    """The styles part, each style resolved through `basedOn` (loops are cut)."""
    if root is None:
        return Styles()
    raw = {s.get(f"{W}styleId", ""): s for s in root.iterfind(f"{W}style")}
    base = Style("", size=points(value(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"), "sz")))
    resolved = {key: _resolve(key, raw, base) for key in raw}
    default = next(
        (resolved[k] for k, s in raw.items() if s.get(f"{W}type") == "paragraph" and s.get(f"{W}default") not in (None, *_OFF)),
        base,
    )
    return Styles(resolved, default)


def _resolve(key: str, raw: dict[str, etree._Element], base: Style) -> Style:
    chain: list[str] = []
    current: str | None = key
    while current in raw and current not in chain:
        chain.append(current)
        current = value(raw[current], "basedOn")
    style = base
    for style_id in reversed(chain):
        style = _fold(style, raw[style_id])
    return style


def _fold(above: Style, element: etree._Element) -> Style:
    ppr, rpr = element.find(f"{W}pPr"), element.find(f"{W}rPr")
    hidden = above.hidden if rpr is None or rpr.find(f"{W}vanish") is None else flag(rpr, "vanish")
    return Style(
        name=value(element, "name") or "",
        size=points(value(rpr, "sz")) or above.size,
        align=_ALIGN.get(value(ppr, "jc") or "") or above.align,
        hidden=hidden,
        number=number_of(ppr, above.number),
        page_break=flag(ppr, "pageBreakBefore") or above.page_break,
    )


def number_of(ppr: etree._Element | None, above: tuple[str, int | None] | None) -> tuple[str, int | None] | None:
    """(list id, level) of paragraph properties; what is not said is taken from above."""
    numpr = None if ppr is None else ppr.find(f"{W}numPr")
    if numpr is None:
        return above
    number_id = value(numpr, "numId") or (above[0] if above else None)
    level = value(numpr, "ilvl")
    ilvl = int(level) if level is not None and level.isdigit() else (above[1] if above and level is None else None)
    return (number_id, ilvl) if number_id else None


def points(half_points: str | None) -> float | None:
    """`w:sz` counts half points."""
    try:
        return float(half_points) / 2 if half_points else None
    except ValueError:
        return None


class Words(Struct):
    """What one paragraph prints. `rendered` page breaks were seen by Word (`before` the first word), `breaks` are
    explicit ones; `hidden` counts characters, `notes` foot- and endnotes, `objects` pictures, `boxes` are text boxes."""

    text: str = ""
    size: float | None = None
    rendered: int = 0
    before: int = 0
    breaks: int = 0
    leading: bool = True
    hidden: int = 0
    notes: int = 0
    objects: int = 0
    boxes: list[etree._Element] = field(default_factory=list)


def paragraph_words(paragraph: etree._Element, styles: Styles) -> Words:
    """Read one paragraph: runs in order, fields by their result."""
    words = Words()
    fields: list[str] = []
    parts: list[str] = []
    for child in contents(paragraph):
        if child.tag == f"{W}r":
            _read_run(child, styles, words, fields, parts)
        elif child.tag in (f"{_MATH}oMath", f"{_MATH}oMathPara"):
            parts.extend(t.text or "" for t in child.iter(f"{_MATH}t"))
    words.text = "".join(parts)
    return words


def _read_run(run: etree._Element, styles: Styles, words: Words, fields: list[str], parts: list[str]) -> None:
    rpr = run.find(f"{W}rPr")
    hidden = _is_hidden(rpr, styles)
    for child in contents(run, also=f"{W}r"):
        if child.tag == f"{W}fldChar":
            _step_field(child.get(f"{W}fldCharType"), fields)
            continue
        text = _character(child, words)
        if not text or "code" in fields:
            continue
        if hidden:
            words.hidden += len(text)
            continue
        if words.size is None and text.strip():
            words.size = points(value(rpr, "sz"))
        parts.append(text)
        words.leading = words.leading and not text.strip()


def _is_hidden(rpr: etree._Element | None, styles: Styles) -> bool:
    if rpr is None:
        return False
    if rpr.find(f"{W}vanish") is not None:
        return flag(rpr, "vanish")
    style = value(rpr, "rStyle")
    return style is not None and styles.get(style).hidden


def _step_field(kind: str | None, fields: list[str]) -> None:
    """A field is code until its separator, then result."""
    if kind == "begin":
        fields.append("code")
    elif kind == "separate" and fields:
        fields[-1] = "result"
    elif kind == "end" and fields:
        fields.pop()


def _character(child: etree._Element, words: Words) -> str:
    """What one element of a run prints; page breaks, notes and text boxes are counted beside it."""
    if child.tag == f"{W}t":
        return child.text or ""
    if child.tag == f"{W}lastRenderedPageBreak":
        words.rendered += 1
        words.before += words.leading
        return ""
    if child.tag == f"{W}br" and child.get(f"{W}type") in ("page", "column"):
        words.breaks += child.get(f"{W}type") == "page"
        return ""
    if child.tag == f"{W}sym":
        return _symbol(child.get(f"{W}char") or "")
    if child.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
        words.notes += 1
    elif child.tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
        boxes = list(_text_boxes(child))
        words.boxes.extend(boxes)
        words.objects += not boxes
    return _CHARACTERS.get(child.tag, "")


def _text_boxes(drawing: etree._Element) -> Iterator[etree._Element]:
    """The outermost text boxes of a drawing; of alternatives the chosen one."""
    stack = [drawing]
    while stack:
        element = stack.pop()
        if element.tag == f"{W}txbxContent":
            yield element
            continue
        inner = _chosen(element) if element.tag == f"{_MC}AlternateContent" else list(element)
        stack.extend(reversed(inner))


def _symbol(code: str) -> str:
    code = code.upper()
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    try:
        char = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return "□" if "\ue000" <= char <= "\uf8ff" else char


def alignment(ppr: etree._Element | None, style: Style) -> Literal["left", "center", "right"] | None:
    """How a paragraph is set."""
    return _ALIGN.get(value(ppr, "jc") or "") or style.align
