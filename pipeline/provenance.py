"""Where a value stands in its source: page and box, or path, or line and span; always with the exact quote."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

BBox = tuple[float, float, float, float]
"""(x0, top, x1, bottom) in points, origin at the top left of the page."""


class Provenance(Struct, frozen=True):
    """One place. Paged sources fill page and bbox; DOCX, XLSX, HTML fill path; text fills line and span.

    `quote` is exactly what stands there; `span` counts code points from the start of the line.
    """

    quote: str
    page: int | None = None
    bbox: BBox | None = None
    path: str | None = None
    line: int | None = None
    span: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """The contract's `at` object: only the keys that apply."""
        out: dict[str, Any] = {"quote": self.quote}
        if self.page is not None:
            out["page"] = self.page
        if self.bbox is not None:
            x0, top, x1, bottom = self.bbox
            try:  # noqa: SIM105 – `suppress` takes as long as all the rest; `round(x, 2)`, which looks at the decimals, three times as long
                out["bbox"] = [round(x0 * 100) / 100, round(top * 100) / 100, round(x1 * 100) / 100, round(bottom * 100) / 100]
            except (OverflowError, ValueError):  # a damaged matrix has put it infinitely far, for which JSON has no number
                pass
        if self.path is not None:
            out["path"] = self.path
        if self.line is not None:
            out["line"] = self.line
        if self.span is not None:
            out["span"] = list(self.span)
        return out

    def place(self, lang: str = "en") -> str:
        """A short human-readable place: `p.5`, `line 179`, or the path; in Chinese `第 5 页`, `第 179 行`."""
        if self.page is not None:
            return f"第 {self.page} 页" if lang == "zh" else f"p.{self.page}"
        if self.line is not None:
            return f"第 {self.line} 行" if lang == "zh" else f"line {self.line}"
        return self.path or "?"
