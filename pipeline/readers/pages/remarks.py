"""What is said of one page of a document, in both languages."""

from __future__ import annotations

from pipeline.model import Remark
from pipeline.provenance import Provenance


def on_page(kind: str, number: int, what: str, zh: str, at: Provenance | None = None) -> Remark:
    """A remark that stands at its page, or at `at` on it. `what` and `zh` go on after "page 3" and "第 3 页", their colon
    or blank first."""
    return _remark(kind, number, what, zh, at or Provenance("", number))


def of_page(kind: str, number: int, what: str, zh: str) -> Remark:
    """The same without a place: it tells how the page was read, and nothing there is in doubt."""
    return _remark(kind, number, what, zh, None)


def _remark(kind: str, number: int, what: str, zh: str, at: Provenance | None) -> Remark:
    return Remark(kind, f"page {number}{what}", at, message_zh=f"第 {number} 页{zh}")
