"""A page as PDF: typst sets and tags it (PDF/UA-1 and PDF/A-3a at once), with the data it shows attached."""

from __future__ import annotations

import datetime
import io
import json
from functools import cache
from typing import Any

import pikepdf
from msgspec import Struct

from pipeline import typefaces
from pipeline.results.pages import Page
from pipeline.templating import set_pages


class Attachment(Struct, frozen=True):
    """JSON that travels inside the PDF (AFRelationship Source: the page was made from it)."""

    name: str
    text: str
    description: str


def render(page: Page, attachment: Attachment | None = None) -> bytes:
    """The page as PDF bytes, the same for the same page: its date is the latest date of the data, never the clock.

    A character that the fonts lack is set as 〔U+XXXX〕 and named in a remark: never left blank.
    """
    data = page.to_data()
    missing = sorted(lacking(data))
    if missing:
        data = _spelt_out(data, set(missing))
        data["remark"] = f"字库没有的字以统一码编号代替：{'、'.join(f'〔U+{ord(c):04X}〕' for c in missing)}；网页版与所附数据保留原字。"
    if attachment is not None:
        data["attachment"] = {"name": attachment.name, "text": attachment.text, "description": attachment.description}
    made = set_pages(
        "page.typ", sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards=["a-3a", "ua-1"], timestamp=_seconds(page.date)
    )
    return with_clear_ends(made)


def with_clear_ends(raw: bytes) -> bytes:
    """The same PDF with no stream that ends in CR before the LF of `endstream`: a reader that takes both for one line end
    finds such a stream a byte short, and validators of PDF/A then refuse the file. The last byte of a deflated stream is that
    of a checksum, so no other compression helps; such a stream is stored as it is."""
    if b"\r\nendstream" not in raw:
        return raw
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        for stream in pdf.objects:
            if isinstance(stream, pikepdf.Stream) and stream.read_raw_bytes().endswith(b"\r"):
                stream.write(stream.read_bytes())
        pdf.save(
            out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve, deterministic_id=True,
        )  # fmt: skip
    return out.getvalue()


def _seconds(date: str) -> int:
    """Midnight of an ISO date in seconds since 1970; 0 for no date."""
    try:
        day = datetime.date.fromisoformat(date)
    except ValueError:
        return 0
    return max(0, (day - datetime.date(1970, 1, 1)).days * 86400)


# ---- characters ----------------------------------------------------------------------------------------------------


@cache
def _covered() -> frozenset[int]:
    """Characters that every face of the page has."""
    import uharfbuzz

    faces = [uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(p))) for p in sorted(typefaces.FOLDER.glob("*Serif*.ttf"))]
    return frozenset.intersection(*(frozenset(face.unicodes) for face in faces))


def lacking(value: Any) -> set[str]:
    """The characters of every text inside plain data that the fonts cannot show."""
    if isinstance(value, str):
        return {c for c in value if ord(c) not in _covered() and c not in "\n\t"}
    if isinstance(value, dict):
        return set().union(*(lacking(v) for v in value.values()))
    return set().union(*(lacking(v) for v in value)) if isinstance(value, (list, tuple)) else set()


def _spelt_out(value: Any, missing: set[str]) -> Any:
    if isinstance(value, str):
        return "".join(f"〔U+{ord(c):04X}〕" if c in missing else c for c in value)
    if isinstance(value, dict):
        return {k: _spelt_out(v, missing) for k, v in value.items()}
    return [_spelt_out(v, missing) for v in value] if isinstance(value, (list, tuple)) else value
