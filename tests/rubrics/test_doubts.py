"""Which cells of a scanned sheet are named as read with little confidence."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pipeline import source
from pipeline.model import Table
from pipeline.notices import notice
from pipeline.rubrics import rubric

SHEET = """<h1>公厕保洁质量评价表</h1><table border=1>
<tr><th>项目<th>序号<th>评价内容<th>分值<tr><td rowspan=2>保洁（9分）<td>1<td>地面干净无积水<td>4
<tr><td>2<td>墙面无乱写乱画<td>5<tr><td>合计<td><td><td>180</table>"""


def doubts(*unsure: str) -> list[str]:
    """The texts of the doubts of the sheet when cells with these texts were read with little confidence."""
    document = source.read_bytes(SHEET.encode(), "sheet.html")

    def seen(table: Table) -> Table:
        return replace(table, cells=tuple(replace(c, confidence=0.5 if c.text in unsure else 0.99, digits=0.5 if c.text in unsure else 0.99) for c in table.cells))

    blocks = tuple(seen(b) if isinstance(b, Table) else b for b in document.blocks)
    (sheet,) = rubric.read(notice.segment(replace(document, blocks=blocks)))[0]
    return [d.text for d in sheet.doubts]


@pytest.mark.parametrize("unsure", [("5",), ("2", "180"), ("180",), ("保洁（9分）",), ("墙面无乱写乱画",), ()])
def test_serials_points_labels_and_the_figure_of_the_total_are_named(unsure):
    assert doubts(*unsure) == [text for text in unsure if text != "墙面无乱写乱画"]
