"""Tables drawn with characters (+---+, ┌─┬─┐): a row is what stands between two rules, a cell goes on where its rule is missing.

Where only the header and the ends are ruled, rows begin where their numbers (or points) do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct, field

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean, points
from pipeline.points import split_label
from pipeline.readers.grids.cells import Placed
from pipeline.readers.pages.glyphs import plain
from pipeline.readers.texts.textgrid import serial_value
from pipeline.readers.texts.textlines import Line, Piece, piece_of, width
from pipeline.readers.texts.textmarkup import shown

UPRIGHT = regex.compile(r"(?<!\\)[|│┃║]|\+(?=[-=])|(?<=[-=])\+|[├┼┤┌┬┐└┴┘┠┨┯┷┿╂┣╋┫┏┳┓┗┻┛╠╬╣╔╦╗╚╩╝╟╢╪╫╞╡╤╧]")
_DRAWN = regex.compile(r"^\s*[+\u2500-\u257f]")
_ACROSS = regex.compile(r"^[-=─━═\s]*[-=─━═]{2}[-=─━═\s]*$")
PARTLY = regex.compile(r"[+├┼┤┠┨┿╂┣╋┫╠╬╣╟╢╪╫╞╡][-=─━═]{2,}.*[+├┼┤┠┨┿╂┣╋┫╠╬╣╟╢╪╫╞╡]")
"""A rule that stands beside a cell which goes on."""


def is_drawn(run: Sequence[Line]) -> bool:
    """Whether the run's rules are those of a drawn box, not the one below a Markdown header."""
    return sum(line.kind == "rule" and bool(_DRAWN.match(line.text)) for line in run) >= 2


_Span = tuple[int, int, int, int]
"""A stretch of a line: from, to, its first column, how many columns."""
_Own = tuple[Line, list[_Span]]


class _Cell(Struct):
    """A cell while its lines are gathered."""

    row: int
    col: int
    cols: int
    pieces: list[Piece] = field(default_factory=list)
    rows: int = 1


class _Frame(Struct, frozen=True):
    """Where the uprights of a full line stand, and how places are counted."""

    uprights: tuple[int, ...]
    measure: Callable[[str], int]

    @property
    def cols(self) -> int:
        return len(self.uprights) - 1

    def spans(self, line: str) -> list[_Span]:
        """The stretches of a line between uprights: (from, to, first column, columns)."""
        ends = [m.start() for m in UPRIGHT.finditer(line)]
        pairs = list(pairwise(ends))
        if len(pairs) == self.cols:
            return [(a + 1, b, col, 1) for col, (a, b) in enumerate(pairs)]
        out = []
        for a, b in pairs:
            left, right = self._nearest(self.measure(line[:a])), self._nearest(self.measure(line[:b]))
            if right > left:
                out.append((a + 1, b, left, right - left))
        return out

    def _nearest(self, place: int) -> int:
        return min(range(len(self.uprights)), key=lambda i: abs(self.uprights[i] - place))


def box_cells(run: Sequence[Line]) -> tuple[list[Placed], int] | None:
    """The cells of a drawn table and the number of its rows; None where no two lines agree on the columns."""
    frame = _frame(run)
    if frame is None or frame.cols < 2:
        return None
    cells: list[_Cell] = []
    open_: dict[int, _Cell] = {}
    row = -1
    for group, cuts in _groups(run, frame):
        rows = _rows_of(group, frame)
        for k, lines in enumerate(rows):
            row += 1
            for col in range(frame.cols):
                if col in open_ and col not in cuts and k == 0:
                    open_[col].rows = row - open_[col].row + 1
                else:
                    open_.pop(col, None)
            _gather(lines, row, open_, cells)
    return [_placed(c) for c in cells], row + 1


def _frame(run: Sequence[Line]) -> _Frame | None:
    """The uprights that most lines share, counted in characters or in screen columns."""
    best: tuple[int, int, _Frame] | None = None
    for measure in (width, len):
        places = Counter(tuple(measure(x.text[: m.start()]) for m in UPRIGHT.finditer(x.text)) for x in run if x.kind == "pipe")
        if not places:
            continue
        most = max(map(len, places))
        uprights, count = max(((u, n) for u, n in places.items() if len(u) == most), key=lambda own: own[1])
        if best is None or count > best[0]:
            best = count, most, _Frame(uprights, measure)
    return best[2] if best else None


def _groups(run: Sequence[Line], frame: _Frame) -> Iterator[tuple[list[_Own], set[int]]]:
    """The lines between two rules, each with its stretches of text, and the columns that the rule above them cuts."""
    group: list[_Own] = []
    cuts = set(range(frame.cols))
    for line in run:
        spans = frame.spans(line.text)
        drawn = line.kind == "rule" or PARTLY.search(line.text)
        ruled = {c for a, b, col, n in spans if drawn and _ACROSS.match(line.text[a:b]) for c in range(col, col + n)}
        if line.kind == "rule" and not any(not line.text[a:b].strip() for a, b, _, _ in spans):
            ruled = set(range(frame.cols))
        if not ruled:
            group.append((line, spans))
            continue
        if group:
            yield group, cuts
            group, cuts = [], set()
        cuts |= ruled
        beside = [s for s in spans if s[2] not in ruled and clean(line.text[s[0] : s[1]])]
        if beside:
            group.append((line, beside))
    if group:
        yield group, cuts


def _rows_of(group: Sequence[_Own], frame: _Frame) -> list[list[_Own]]:
    """The lines of a group as rows: one, unless several lines have a number (or points, where nothing is numbered)."""
    if len(group) < 2:
        return [list(group)]
    words = [{col: clean(line.text[a:b]) for a, b, col, _ in spans} for line, spans in group]
    begins = next((b for col in range(frame.cols) if (b := _numbered(words, col))), None) or _scored(words, frame.cols)
    if sum(begins) < 2:
        return [list(group)]
    rows: list[list[_Own]] = []
    for own, begun, said in zip(group, begins, words, strict=True):
        if begun or not rows or _stands_alone(said):
            rows.append([own])
        else:
            rows[-1].append(own)
    return rows


def _numbered(words: Sequence[dict[int, str]], col: int) -> list[bool] | None:
    """Which lines have a number in a column that counts up and holds nothing else."""
    said = [w.get(col, "") for w in words]
    numbers = [serial_value(t) for t in said if t and not patterns.names_total(t)]
    if len(numbers) < 2 or any(n is None for n in numbers) or any(b != a + 1 for a, b in pairwise(numbers)):  # type: ignore[operator]
        return None
    return [serial_value(t) is not None for t in said]


def _scored(words: Sequence[dict[int, str]], cols: int) -> list[bool]:
    for col in range(cols - 1, 0, -1):
        said = [w.get(col, "") for w in words]
        if sum(points(t) is not None for t in said) >= 2 and all(not t or points(t) is not None for t in said):
            return [bool(t) for t in said]
    return [False] * len(words)


def _stands_alone(said: dict[int, str]) -> bool:
    """A total, or a section on a row of its own."""
    filled = [t for t in said.values() if t]
    if any(patterns.names_total(t) for t in filled[:2]):
        return True
    label, declared = split_label(filled[0]) if len(filled) == 1 else ("", None)
    return len(label) > 1 and (declared is not None or patterns.SECTION_MARKER.match(label) is not None)


def _gather(lines: Sequence[_Own], row: int, open_: dict[int, _Cell], cells: list[_Cell]) -> None:
    for line, spans in lines:
        for a, b, col, cols in spans:
            piece = piece_of(line.number, line.text, a, b)
            cell = open_.get(col)
            if cell is None:
                cell = _Cell(row, col, cols)
                cells.append(cell)
                open_.update((c, cell) for c in range(col, col + cols))
            cell.pieces.append(piece)


def _placed(cell: _Cell) -> Placed:
    filled = [p for p in cell.pieces if p.text]
    at = (filled or cell.pieces)[0].at()
    return Placed(cell.row, cell.col, cell.rows, cell.cols, plain("\n".join(shown(p.text) for p in filled)), at)
