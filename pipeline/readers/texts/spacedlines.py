"""Lines of a table set by spaces, in its columns."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean, points
from pipeline.points import split_label
from pipeline.readers.texts.textgrid import SCORES, Columns, is_points
from pipeline.readers.texts.textlines import Line, Piece

MAX_LABEL = 40
"""Characters of a section's name; a longer line is a sentence."""

ENDS = regex.compile(r"[。；;！？!?]\s*$")


PARTS = regex.compile(r"[。；;，,！？!?]")
"""What a sentence has, and a heading has not."""

NAME = regex.compile(r"\p{Han}{2}")


def is_total(line: Line) -> bool:
    """Whether a word for the total opens a line."""
    return any(patterns.names_total(p.text) for p in line.filled()[:2])


def sums_up(line: Line) -> bool:
    """A total, or the sum of a section: its word and its points, nothing else."""
    first, *rest = line.filled() or (None,)
    part = first is not None and patterns.names_subtotal(first.text)
    return is_total(line) or (part and len(rest) == 1 and is_points(rest[0].text))


def is_scored_name(line: Line) -> bool:
    """A section's name with its points, and nothing else: 组织领导    18."""
    pieces = line.filled()
    named = len(pieces) == 2 and NAME.match(pieces[0].text) is not None and not PARTS.search(pieces[0].text)
    return named and len(pieces[0].text) <= MAX_LABEL and is_points(pieces[1].text)


class Entry(Struct, frozen=True):
    """One line of the table in its columns; `y` is its place, with lines that hold a label alone left out."""

    line: Line
    page: int
    own: dict[int, Piece]
    columns: Columns
    y: float

    def anchored(self) -> bool:
        """Whether a row has its number (or, where that is lost, its points) on this line."""
        number, score, text = self.columns.number, self.columns.points, self.columns.text()
        if number is not None and number in self.own:
            return True
        scored = score is not None and score in self.own and is_points(self.own[score].text)
        return scored and (text in self.own or number is None)

    def worded(self) -> bool:
        """Whether a text stands here, outside the columns of labels, numbers and points."""
        left = self.columns.labels()
        return any(c not in left and c != self.columns.number and self.columns.roles[c] not in SCORES for c in self.own)

    def score(self) -> Decimal | None:
        """The points on this line."""
        col = self.columns.points
        return points(self.own[col].text) if col is not None and col in self.own else None

    def alone(self) -> bool:
        """A total, or a line across the columns: a section on a row of its own."""
        return sums_up(self.line) or self.columns.spanned(self.line) or self._heads() or self.apart()

    def apart(self) -> bool:
        """A row of its own that is no criterion, in its columns: a marked heading (（一）基本要求) beside nothing but labels, or a
        section's name in the column of numbers beside nothing but its points."""
        if self.named():
            return True
        text = self.columns.text()
        said = clean(self.own[text].text) if text in self.own and set(self.own) <= {text, *self.columns.labels()} else ""
        return patterns.SECTION_MARKER.match(said) is not None and len(said) <= MAX_LABEL and not PARTS.search(said)

    def named(self) -> dict[int, Piece] | None:
        """A section's name and points, where the name stands in the column of numbers."""
        number, score = self.columns.number, self.columns.points
        if number is None or score is None or not is_scored_name(self.line):
            return None
        cells = self.columns.cells(self.line)
        return cells if set(cells) == {number, score} else None

    def _heads(self) -> bool:
        """One text that only a section's name can be, where sections have no column of their own."""
        text = clean(self.line.text)
        named = split_label(text)[1] is not None or patterns.SECTION_MARKER.match(text) is not None
        return not self.columns.labels() and len(self.own) == 1 and named and len(text) <= MAX_LABEL and not ENDS.search(text)
