"""Table blocks from drawn tables: `|` between cells, `^` joins the cell above, `<` the cell to the left, `/` a line end,
a line `--` starts a new part (page), a line `# text` is a paragraph."""

from __future__ import annotations

from pipeline.model import Block, Cell, Paragraph, Rubric, Table
from pipeline.notices.segments import Segment
from pipeline.provenance import Provenance
from pipeline.rubrics.rubric import parse


def blocks_of(drawing: str) -> tuple[Block, ...]:
    """Paragraphs and table parts of a drawing; each part is a page."""
    blocks: list[Block] = []
    rows: list[list[str]] = []
    page = 1

    def flush() -> None:
        if rows:
            blocks.append(table_of(rows, page))
            rows.clear()

    for line in (raw.strip() for raw in drawing.strip().splitlines()):
        if line == "--":
            flush()
            page += 1
        elif line.startswith("# "):
            flush()
            blocks.append(Paragraph(line[2:], Provenance(line[2:], path=f"p[{len(blocks)}]"), align="center"))
        elif line:
            rows.append([cell.strip().replace("/", "\n") for cell in line.split("|")])
    flush()
    return tuple(blocks)


def table_of(rows: list[list[str]], page: int = 1) -> Table:
    """One part; spans from `^` and `<`."""
    width = max(map(len, rows))
    grid = [row + [""] * (width - len(row)) for row in rows]
    cells = []
    for r, row in enumerate(grid):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            down = 1
            while r + down < len(grid) and grid[r + down][c] == "^":
                down += 1
            right = 1
            while c + right < width and row[c + right] == "<":
                right += 1
            at = Provenance(text, path=f"part[{page}]/tr[{r + 1}]/tc[{c + 1}]")
            cells.append(Cell(r, c, text, at, down, right))
    return Table(tuple(cells), len(grid), width, Provenance("", path=f"part[{page}]"), page)


def rubrics_of(drawing: str) -> tuple[Rubric, ...]:
    """Every rubric as printed of a drawing that is one body."""
    return parse([Segment(0, "body", None, None, None, blocks_of(drawing))])


def shape_of(rubric: Rubric) -> list[tuple[str | None, str | None, list[tuple[str | None, str, str | None]]]]:
    """[(label, stated points, [(number, text, points)])]."""
    text = lambda d: None if d is None else str(d)  # noqa: E731
    return [
        (s.label, text(s.stated_points), [(c.number, c.text, text(c.max_points)) for c in s.criteria])
        for s in rubric.sections
    ]
