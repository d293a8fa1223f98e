"""Sheets whose joined cells are written out in each row, as exports to CSV and Markdown have them: read as the drawn sheet is."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from pipeline import extract
from tests.rubrics import (
    test_family_bureaus,
    test_family_layouts,
    test_family_levels,
    test_family_mixed,
    test_family_offices,
    test_family_points,
)
from tests.support.drawn import case_of, dump, pieces_of

CASES = [
    (test_family_bureaus, "standards before deductions"),
    (test_family_layouts, "band rows with serial, standard and total"),
    (test_family_levels, "three levels, points in column"),
    (test_family_mixed, "english rubric with levels"),
    (test_family_offices, "boxes to tick beside the criteria"),
    (test_family_offices, "answers of one question are no deductions"),
    (test_family_points, "section points under a header of their own"),
]


def written_out(rows: list[list[str]]) -> list[list[str]]:
    """The rows with what a joined cell says in each of its rows."""
    out: list[list[str]] = []
    for row in rows:
        out.append([out[-1][c] if text == "^" else "" if text == "<" else text for c, text in enumerate(row)])
    return out


def as_csv(drawing: str) -> str:
    """The paragraphs as lines, the tables as records."""
    file = StringIO()
    writer = csv.writer(file)
    for piece in pieces_of(drawing):
        if isinstance(piece, str):
            file.write(f"{piece}\n")
        else:
            writer.writerows(written_out(piece))
            file.write("\n")
    return file.getvalue()


@pytest.mark.parametrize(("module", "name"), CASES, ids=[name for _, name in CASES])
def test_joined_cells_written_out_in_each_row(module, name, tmp_path):
    drawing, wanted, _ = case_of(module.CASES[name])
    path = tmp_path / "drawn.csv"
    path.write_text(as_csv(drawing))
    assert dump(extract(path)) == wanted
