"""What every form carries in itself, and the line of it that people see."""

from __future__ import annotations

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
