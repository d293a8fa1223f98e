"""The digest of a rubric: what a form carries so that it is only ever scored against the rubric it was made from."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from pipeline.model import Criterion, Rubric
from pipeline.plain import to_plain
from pipeline.serialize import dumps


def rubric_digest(rubric: Rubric) -> str:
    """sha256 (hex) of what an assessment depends on: ids, labels, numbers, texts, points and their basis; the standard and
    the other cells of a criterion, where it has any."""
    content = {
        "id": rubric.id,
        "title": rubric.title,
        "stated_total": to_plain(rubric.stated_total),
        "sections": [
            {
                "id": s.id,
                "label": s.label,
                "kind": s.kind,
                "criteria": [_content(c) for c in s.criteria],
            }
            for s in rubric.sections
        ],
    }
    return sha256(dumps(content).encode("utf-8")).hexdigest()


def _content(c: Criterion) -> list[Any]:
    """What of a criterion an assessment depends on."""
    columns = [c.columns] if c.columns else []
    return [c.id, c.number, c.text, to_plain(c.max_points), c.basis, c.points_basis, *columns]
