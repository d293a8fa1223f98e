"""Returned markup: the HTML form itself with its values written in, and the XML that the phone tools submit."""

from __future__ import annotations

import json

from lxml import etree, html

from pipeline.errors import InputError
from pipeline.limits import check_forms
from pipeline.provenance import Provenance
from pipeline.readers.packages.container import parse_xml
from pipeline.returns.export import IDENTITY, read_submissions
from pipeline.returns.returned import FormFile, Returned, gather


def read(data: bytes, text: str, source: FormFile) -> list[Returned]:
    """The form of an HTML file (by its characters), or the submission in an XML file (by its bytes, which name their
    encoding). Raises InputError when it is neither."""
    return [_form(text, source)] if "<html" in text[:4096].lower() else _submission(data, source)


def _form(text: str, source: FormFile) -> Returned:
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.LxmlError, ValueError) as error:
        raise InputError(source.file, f"is no HTML ({error})", "export the form again") from None
    fields = [e for e in root.iter("input", "textarea", "output") if (e.get("name") or "").startswith("annex_")]
    check_forms(1, len(fields), source.file)
    values, rivals = gather((str(e.get("name")), _value(e)) for e in fields)
    places = {k: Provenance(v, path=k) for k, v in values.items() if v}
    return Returned(source, _identity(root), values, places, rivals=rivals)


def _value(element: html.HtmlElement) -> str:
    """What stands in a field: the tick of a box, the text of an area or an output, else the value."""
    if element.get("type") == "checkbox":
        return "Yes" if element.get("checked") is not None else ""
    text = (element.text or "") if element.tag in ("textarea", "output") else element.get("value") or ""
    return text.strip()


def _identity(root: html.HtmlElement) -> dict[str, str]:
    script = root.find(".//script[@id='identity']")
    try:
        said = json.loads(script.text or "") if script is not None else {}
    except (ValueError, RecursionError):
        said = {}
    return {k: str(said[k]) for k in IDENTITY if said.get(k) is not None} if isinstance(said, dict) else {}


def _submission(data: bytes, source: FormFile) -> list[Returned]:
    root = parse_xml(data, source.file)
    leaves = [e for e in root.iter(etree.Element) if len(e) == 0]
    answers = [(etree.QName(e).localname, (e.text or "").strip()) for e in leaves]
    return read_submissions([answers], FormFile(source.file, source.sha256, "xml"))
