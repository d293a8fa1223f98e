"""How often a PDF's form XObjects are drawn: forms that draw forms ten times each, ten deep, fill any memory in PDFium,
which cannot be stopped once it draws them."""

from __future__ import annotations

import io
from collections import Counter

import pikepdf

from pipeline import limits
from pipeline import rx as regex
from pipeline.errors import LimitExceeded

DEEPEST = 40
"""PDFium follows forms inside forms to about this depth."""

_DRAWN = regex.compile(rb"/([^\s/<>\[\](){}%]{1,127})\s+Do\b")


def check(data: bytes, name: str, most: int = limits.MAX_FORM_DRAWS) -> None:
    """Raise LimitExceeded when a page draws more than `most` forms. What cannot be opened is left to the reader to refuse."""
    known: dict[tuple[tuple[int, int], int], int] = {}
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for number, page in enumerate(pdf.pages, start=1):
                if _draws(page.obj, known, 0) + sum(1 + _draws(form, known, 1) for form in _appearances(page.obj)) > most:
                    where = f"{name}, page {number}"
                    raise LimitExceeded(where, f"more than {most:,} forms drawn on it or inside each other", "print it to PDF anew")
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return


def _draws(node: pikepdf.Object, known: dict[tuple[tuple[int, int], int], int], depth: int) -> int:
    """How many forms a page or form draws, those inside the drawn ones too, as deep as PDFium goes: it also draws a form
    inside itself. `known`: the same for (form, depth)."""
    empty = pikepdf.Dictionary()
    drawable = node.get("/Resources", empty).get("/XObject", empty)
    forms = {k: f for k, f in drawable.items() if f.get("/Subtype") == "/Form"}
    if not forms or depth > DEEPEST:
        return 0
    total = 0
    for name, times in Counter(_DRAWN.findall(_content(node))).items():
        form = forms.get("/" + name.decode("latin-1"))
        if form is None:
            continue
        key = (form.objgen, depth)
        if key not in known:
            known[key] = _draws(form, known, depth + 1)
        total += times * (1 + known[key])
    return min(total, limits.MAX_FORM_DRAWS + 1)


def _appearances(page: pikepdf.Object) -> list[pikepdf.Object]:
    """The forms that annotations look like, each of several where an annotation has several states."""
    shown = [note.AP.N for note in page.get("/Annots", pikepdf.Array()) if "/N" in note.get("/AP", pikepdf.Dictionary())]
    each = [[look] if isinstance(look, pikepdf.Stream) else list(look.values()) for look in shown]
    return [form for forms in each for form in forms if isinstance(form, pikepdf.Stream)]


def _content(node: pikepdf.Object) -> bytes:
    if isinstance(node, pikepdf.Stream):
        return node.read_bytes()
    streams = node.get("/Contents", pikepdf.Array())
    parts = list(streams) if isinstance(streams, pikepdf.Array) else [streams]  # type: ignore[call-overload]
    return b"\n".join(s.read_bytes() for s in parts if isinstance(s, pikepdf.Stream))
