"""What every form carries in itself, and the line of it that people see."""

from __future__ import annotations

import io

import segno

from pipeline.formats.sheet import Sheet


def identity(sheet: Sheet) -> dict[str, str | int]:
    """Which rubric of which notice a form was made from."""
    return {
        "document_number": sheet.document_number,
        "revision": sheet.revision,
        "annex": sheet.annex,
        "rubric": sheet.rubric_id,
        "rubric_digest": sheet.digest,
        "edition": sheet.edition,
        "schema_version": sheet.schema_version,
    }


def identity_line(sheet: Sheet) -> str:
    """Document number, annex and revision, as printed at the head of a form."""
    parts = (sheet.document_number, f"附件{sheet.annex}" if sheet.annex else "", f"版次 {sheet.revision}" if sheet.revision else "")
    return "　".join(p for p in parts if p)


def code_text(sheet: Sheet, page: int) -> str:
    """What the QR of a page says; page 0 where a format has one code for the whole form."""
    return f"RUBRIC1|{sheet.document_number}|{sheet.revision}|{sheet.rubric_id}|{sheet.edition}|{page}|{sheet.digest[:16]}"


def code_png(sheet: Sheet) -> bytes:
    """The QR of the whole form as a picture, 4 pixels a module."""
    out = io.BytesIO()
    segno.make(code_text(sheet, 0), error="m", micro=False).save(out, kind="png", border=2, scale=4)
    return out.getvalue()


def code_svg(sheet: Sheet, page: int, width: str | None = None) -> str:
    """The QR of one page as an SVG document; with a printed `width` where the place does not give it one."""
    out = io.BytesIO()
    segno.make(code_text(sheet, page), error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=1, scale=1, omitsize=width is not None
    )
    text = out.getvalue().decode("utf-8")
    return text.replace("<svg ", f'<svg width="{width}" height="{width}" ', 1) if width else text
