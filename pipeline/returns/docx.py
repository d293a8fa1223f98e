"""Returned DOCX: content controls by tag, else by their binding, else by alias (LibreOffice drops every tag on save)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline import rx as regex
from pipeline.assessment import FORM_NAMESPACE
from pipeline.provenance import Provenance
from pipeline.readers.packages.container import open_container, parse_xml
from pipeline.readers.packages.wordtext import W
from pipeline.returns.export import SCORE_KEY
from pipeline.returns.returned import FormFile, Returned

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
BOUND_KEY = regex.compile(r"f:([A-Za-z0-9_]+)\[1\]$|\]/(?:[a-z0-9]+:)?([A-Za-z0-9_]+)(?:\[1\])?$")
VETO = regex.compile(r"((?:annex_[0-9]+(?:_[0-9]+)*_veto_)|(?:alias:一票否决 ))([0-9]+)")
PROMPT = regex.compile(r"(?:单击|点击|轻触|轻按).*(?:输入|选择)|(?:Click|Tap).*(?:enter|choose)|Choose an item", regex.IGNORECASE)
"""What an office program shows in an empty control. A program that fills the form may leave the mark of emptiness there,
so the mark alone does not say that a value is none."""


def read(data: bytes, source: FormFile) -> Returned:
    """The values of the content controls. Raises InputError for a broken container."""
    container = open_container(data, source.file)
    root = parse_xml(container.read("word/document.xml"), source.file)
    values: dict[str, str] = {}
    places: dict[str, Provenance] = {}
    rivals: dict[str, str] = {}
    how = "fields"
    for index, key, by, text in _controls(root):
        how = by if by != "fields" else how
        if text and values.get(key) and values[key] != text:
            if by == "fields" or SCORE_KEY.fullmatch(key) or not _stammered(values[key], text):
                rivals[key] = text
            continue
        if key not in values or text:
            values[key] = text
        if text:
            places[key] = Provenance(text, path=f"sdt[{index}]")
    identity, bound = _bound(data, source.file)
    for key, text in bound.items():
        if text and key in values and not values[key]:
            values[key], places[key] = text, Provenance(text, path=f"customXml/{key}")
        elif text and SCORE_KEY.fullmatch(key) and values.get(key, text) != text:
            rivals[key] = text  # Word shows this one, other programs the control's
    return Returned(source, identity, values, places, how, rivals)


def _controls(root: etree._Element) -> Iterator[tuple[int, str, str, str]]:
    """Every named control: its count, its key, by what it is named, its value.

    LibreOffice keeps the name of a box in an outer control and the box in an inner one. It takes the lines that follow into
    the outer control of the first, and saved once more they stand behind it without a name: boxes without a name, after
    a veto, are the vetoes after it.
    """
    veto: tuple[str, int, str] | None = None
    for index, control in enumerate(root.iter(f"{W}sdt"), start=1):
        key, by = _key(control)
        if match := VETO.fullmatch(key):
            veto = match[1], int(match[2]), by
            if _box(control) is not None or not any(_box(inner) is not None for inner in control.iter(f"{W}sdt")):
                yield index, key, by, _value(control)
                veto = match[1], int(match[2]) + 1, by
        elif key:
            yield index, key, by, _value(control)
        elif veto and _box(control) is not None:
            yield index, f"{veto[0]}{veto[1]}", veto[2], _value(control)
            veto = veto[0], veto[1] + 1, veto[2]


def _stammered(first: str, text: str) -> bool:
    """Whether a text is another one with itself or pieces of itself before it: LibreOffice saves a control of several runs once
    for each run, with the run before the whole, and makes runs where the script changes."""
    return text.endswith(first) and set(text) <= set(first)


def _key(control: etree._Element) -> tuple[str, str]:
    props = control.find(f"{W}sdtPr")
    if props is None:
        return "", ""
    tag = props.find(f"{W}tag")
    if tag is not None and tag.get(f"{W}val"):
        return str(tag.get(f"{W}val")), "fields"
    for binding in props.iter():
        if etree.QName(binding).localname == "dataBinding":
            match = BOUND_KEY.search(str(binding.get(f"{W}xpath") or ""))
            if match:
                return match[1] or match[2], "binding"
    alias = props.find(f"{W}alias")
    return (f"alias:{alias.get(f'{W}val')}", "alias") if alias is not None and alias.get(f"{W}val") else ("", "")


def _value(control: etree._Element) -> str:
    props = control.find(f"{W}sdtPr")
    box = next((c for c in control.iter(f"{W}sdt") if _box(c) is not None), None)
    if props is not None and box is not None:
        return _ticked(_box(box) in ("1", "true"), _text(box))
    text = _text(control)
    if props is not None and props.find(f"{W}showingPlcHdr") is not None and PROMPT.search(text):
        return ""
    return {"☐": "", "☒": "Yes", "☑": "Yes", "√": "Yes"}.get(text, text)


def _box(control: etree._Element) -> str | None:
    """The state of a control that is a check box itself."""
    checked = control.find(f"{W}sdtPr/{W14}checkbox/{W14}checked")
    return None if checked is None else str(checked.get(f"{W14}val"))


def _ticked(checked: bool, shown: str) -> str:
    """A check box; what shows a tick and says it has none is given as it stands, for a person."""
    return "Yes" if checked else f"{shown}（控件未选）" if shown in ("☒", "☑", "√") else ""


def _text(control: etree._Element) -> str:
    content = control.find(f"{W}sdtContent")
    return "" if content is None else "".join(_texts(content)).strip(" \u3000\n\t")


def _texts(content: etree._Element) -> Iterator[str]:
    for node in content.iter(f"{W}t", f"{W}br", f"{W}p"):
        if node.tag == f"{W}t":
            yield node.text or ""
        elif node.tag == f"{W}br":
            yield "\n"


def _bound(data: bytes, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Our own XML part, whatever number an office program gave it: what the form is, and the values its controls are
    bound to (a program may write those alone: Word shows them when it opens the file)."""
    container = open_container(data, name)
    for part in sorted(container.members):
        raw = container.read(part) if part.lower().startswith("customxml/item") and part.endswith(".xml") else b""
        if FORM_NAMESPACE.encode() in raw and b"<form" in raw:
            form = parse_xml(raw, name)
            return {str(k): str(v) for k, v in form.attrib.items()}, {etree.QName(e).localname: (e.text or "").strip() for e in form}
    return {}, {}
