"""The header of a joined table: which role stands under which words, and where it is damaged."""

from __future__ import annotations

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Cell
from pipeline.normalize import clean, fold
from pipeline.provenance import Provenance
from pipeline.rubrics.roles import Columns
from pipeline.rubrics.table import JoinedTable

ESSENTIAL = ("number", "text", "points")
"""Columns whose header a reader of the form cannot do without."""


def _role_columns(columns: Columns) -> dict[str, int]:
    out = {"label": columns.labels[0]} if columns.labels else {}
    for role in ("number", "text", "points"):
        col = getattr(columns, role)
        if col is not None:
            out[role] = col
    if columns.section_points:
        out["section_points"] = min(columns.section_points.values())
    if columns.awarded:
        out["awarded"] = columns.awarded[0]
    for col, name in columns.others.items():
        out[name] = col
    return out


def _widest(table: JoinedTable) -> Columns:
    """The columns of the part that carries the header (else of the first part)."""
    return table.columns[table.header_part if table.header_part is not None else 0]


def header_of(table: JoinedTable) -> dict[str, str | None]:
    """Role → header text as printed over that column; None where the header has no text there."""
    if table.shape != "table":
        return {}
    return {role: table.header_texts.get(col) for role, col in sorted(_role_columns(_widest(table)).items())}


def header_at(table: JoinedTable) -> Provenance | None:
    """Where the header stands (its first cell)."""
    cells = _header_cells(table)
    return cells[0].at if cells else None


def _header_cells(table: JoinedTable) -> list[Cell]:
    if table.header_part is None:
        return []
    return [c for row in table.headers[table.header_part] for c in row.filled()]


def header_faults(table: JoinedTable) -> tuple[str, ...]:
    """What is wrong with the header, role by role: missing over an essential column, or standing over another one.

    A table without any header row has one fault, `header`; a table whose columns have no data has none.
    """
    if table.shape != "table":
        return ()
    if table.header_part is None:
        return ("header:absent",)
    texts = table.header_texts
    columns = _role_columns(_widest(table))
    faults = []
    for role in ESSENTIAL:
        if role not in columns:
            continue
        printed = texts.get(columns[role])
        if printed is None or _is_form_field(printed):
            elsewhere = [t for c, t in texts.items() if patterns.header_role(t) == role and c != columns[role]]
            faults.append(f"{role}:shifted:{clean(elsewhere[0])}" if elsewhere else f"{role}:missing")
        elif role == "text" and patterns.header_role(printed) == "points" and ("points" not in columns or NAMES_BOTH.search(clean(printed))):
            continue
        elif role == "points" and patterns.header_role(printed) == "standard" and "扣分" in fold(printed):
            continue  # what each case costs
        elif _contradicts(role, patterns.header_role(printed)):
            faults.append(f"{role}:shifted:{printed}")
    return tuple(faults)


NAMES_BOTH = regex.compile(r"(?:[及和与、]|以及).{2,4}$")
"""`选项及分值`: texts with their points, beside a column of the most."""


def _is_form_field(text: str) -> bool:
    return patterns.header_role(text) is None and patterns.field_name(text) is not None


def _contradicts(role: str, named: str | None) -> bool:
    """Whether a header names a role that this column cannot have: a number over texts, a text over points …"""
    if named is None or named == role:
        return False
    likeness = {"text": {"standard", "label", "item", "remark", "method", "evidence"}, "points": {"awarded", "section_points", "deduction"}, "number": {"label"}}
    return named not in likeness[role]
