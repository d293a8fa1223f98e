"""Columns of text set by spaces: places that no line of several pieces crosses, between words that name columns.

Editors count a wide character as two columns, pdftotext as one; the count under which the columns fit is taken.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import chinese_number, fold, points
from pipeline.readers.texts.textlines import Line, Piece, Row, piece_of, width

MAX_PLACES = 60
"""Places where columns may part; a page with more is no table."""

RARE = 12
"""One line in so many may cross a place where columns part."""

CROSSING = 0.3
"""What each of them costs."""

TORN = 1.5
"""What it costs to part a word of the header."""

MAX_WORDS = 40
"""Words of one line; a line with more is no row."""

FAR_WORD, FAR_TEXT, FARTHEST = 0.25, 0.05, 1.5
"""What a place outside its column costs a word, for each place, and at most."""

EMPTY = 2.0
"""What it costs a row to leave a column empty that all rows fill."""

OFTEN = 0.4
"""A column that so many rows fill may be expected in each."""

UNLIKE = 3.0
"""What it costs a word to stand in a column of another kind."""

UNDER = 0.7
"""What it speaks for a way of counting that all pieces stand under their header words."""

MAX_WORD = 20
"""Characters of a header word."""

SCORES = ("points", "awarded", "section_points", "deduction")
NUMBER = regex.compile(r"[(（]?[0-9]{1,4}(?:\.[0-9]{1,3})*[)）.、]?|[①-⑳]|[(（]?[一二三四五六七八九十]{1,3}[)）.、]?")

_GAP = regex.compile(r"\S {2,}\S")
"""Two pieces in one column: columns were missed."""

Measure = Callable[[str], int]


def names_columns(words: Sequence[str]) -> bool:
    """Whether words are a header: three or more short ones, two of which name a column."""
    named = sum(patterns.header_role(w) is not None for w in words)
    return len(words) >= 3 and named >= 2 and all(len(w) <= MAX_WORD for w in words)


def several(name: str) -> list[str]:
    """The words of a header that names several columns; any other header as it is."""
    words = name.split()
    spread = not any(len(w) > 1 for w in words) and not all(map(patterns.grade_name, words))  # 分 值
    if len(words) < 2 or spread:
        return [name]
    named = all(patterns.header_role(w) or patterns.grade_name(w) or patterns.GRADE_BARE.fullmatch(w) for w in words)
    return words if named else [name]


def serial_value(text: str) -> int | None:
    """A piece that is nothing but a serial number."""
    match = patterns.SERIAL.match(fold(text))
    return (int(match["n"]) if match["n"].isdecimal() else chinese_number(match["n"])) if match else None


def without_repeated_headers(lines: Sequence[Line]) -> list[Line]:
    """The lines, where a header set by spaces that stands again between two rows of its page, character by character, is taken
    for a rule: it names the same columns."""
    out: list[Line] = []
    heads: set[str] = set()
    for i, line in enumerate(lines):
        if "\f" in line.text:
            heads.clear()
        if line.kind == "gap" and names_columns([p.text for p in line.pieces]):
            inside = 0 < i < len(lines) - 1 and len(lines[i - 1].pieces) > 1 and lines[i - 1].kind == "gap" and lines[i + 1].kind in ("gap", "plain")
            inside = inside and not patterns.field_names(lines[i - 1].text)  # fields to fill in stand above the next table's header
            again = line.text.rstrip() in heads and inside
            heads.add(line.text.rstrip())
            line = replace(line, kind="rule") if again else line
        out.append(line)
    return out


class Spread(Struct, frozen=True):
    """A line on its grid: where each character begins."""

    line: Line
    begins: tuple[int, ...]
    end: int

    @classmethod
    def of(cls, line: Line, measure: Measure) -> Spread:
        """The line on a grid whose characters take the places that `measure` gives; a form feed takes none."""
        place, begins = 0, []
        for char in line.text:
            begins.append(place)
            place += 0 if char == "\f" else measure(char)
        return cls(line, tuple(begins), place)

    def ink(self) -> set[int]:
        """The grid columns that hold a character, or a wide space that spreads a word (总　分)."""
        ends = (*self.begins[1:], self.end)
        inside = (i for p in self.line.pieces for i in range(p.start, p.end)) if "\u3000" in self.line.text else ()
        spread = {i for i in inside if self.line.text[i] == "\u3000"}
        marked = (i in spread or not char.isspace() for i, char in enumerate(self.line.text))
        return {x for ink, a, b in zip(marked, self.begins, ends, strict=True) if ink for x in range(a, b)}

    def extent(self, piece: Piece) -> tuple[int, int]:
        """The grid columns of a piece."""
        return self.begins[piece.start], (*self.begins, self.end)[piece.end]

    def between(self, left: int, right: int) -> Piece:
        """What stands in [left, right)."""
        start, end = bisect_left(self.begins, left), bisect_left(self.begins, right)
        return piece_of(self.line.number, self.line.text, start, end)


class _Way(Struct, frozen=True):
    """Columns for the words of a line so far, and what they cost."""

    cost: float
    cols: tuple[int, ...]


class Columns(Struct, frozen=True, dict=True):
    """Columns of one page of a table: `cuts` part them; `names` are the header's words."""

    measure: Measure
    cuts: tuple[int, ...]
    names: tuple[str, ...]

    @cached_property
    def roles(self) -> tuple[str | None, ...]:
        """The role of each column by its header; None where the words name none."""
        return tuple(patterns.header_role(several(n)[0]) for n in self.names)

    def place(self, col: int) -> int:
        """The column on the table, where a header word beside the first (分值 得分) has an empty column of its own."""
        return sum(len(several(n)) for n in self.names[:col])

    def head(self, line: Line) -> Row:
        """A header line's words in their columns."""
        out: Row = []
        for col, piece in self.cells(line).items():
            words = list(regex.finditer(r"\S+", piece.text))
            apart = len(several(self.names[col])) == len(words) > 1
            spans = [m.span() for m in words] if apart else [(0, len(piece.text))]
            out += [(self.place(col) + k, piece_of(line.number, line.text, piece.start + a, piece.start + b)) for k, (a, b) in enumerate(spans)]
        return out

    def first(self, *roles: str) -> int | None:
        """The leftmost column of one of these roles."""
        return next((c for c, r in enumerate(self.roles) if r in roles), None)

    @cached_property
    def number(self) -> int | None:
        return self.first("number")

    @cached_property
    def points(self) -> int | None:
        """The column of the criteria's points: right of the text, where the points of sections have a column too."""
        named = [c for c, r in enumerate(self.roles) if r == "points"]
        return next((c for c in named if c > self.text()), named[0] if named else self.first("awarded"))

    def text(self) -> int:
        """The column of the criteria's text: the one so named, else the last that holds words, not beside them (考核方式)."""
        named = [self.first(role) for role in ("text", "standard")]
        words = [c for c, r in enumerate(self.roles) if r not in (*SCORES, "number", "remark")]
        words = [c for c in words if self.roles[c] not in ("method", "evidence")] or words
        return next((c for c in named if c is not None), words[-1] if words else 0)

    def labels(self) -> range:
        """The columns left of the numbers and the text."""
        return range(min(c for c in (self.number, self.text()) if c is not None))

    def cells(self, line: Line) -> dict[int, Piece]:
        """The filled columns of a line, cut where columns part."""
        spread = Spread.of(line, self.measure)
        ends = (0, *self.cuts, max(spread.end, self.cuts[-1] if self.cuts else 0) + 1)
        found = {c: spread.between(a, b) for c, (a, b) in enumerate(pairwise(ends))}
        return {c: p for c, p in found.items() if p.text}

    def pieces(self, line: Line, filled: Sequence[float] = ()) -> dict[int, Piece]:
        """The filled columns of a line: its words in order, each to the column where it stands and whose kind it has.
        `filled`: how often each column holds something on lines that begin a row, where this line may be one."""
        if line.kind not in ("gap", "plain"):
            return {}
        plain = self._in_place(line, filled)
        if plain is not None:
            return plain
        words = [m.span() for m in regex.finditer(r"\S+", line.text)]
        if len(words) > MAX_WORDS:
            return self.cells(line)
        best: dict[int, _Way] = {-1: _Way(0.0, ())}
        ends = (0, *self.cuts, 1 << 30)
        for k, (start, end) in enumerate(words):
            gap = start - words[k - 1][1] if k else 2
            left, right = (self.measure(line.text[:x].replace("\f", "")) for x in (start, end))
            apart = [self._misplaced(c, left, right, ends) + self._unlike(c, line.text[start:end], False) for c in range(len(ends) - 1)]
            within = [self._misplaced(c, left, right, ends) + self._unlike(c, line.text[start:end], True) for c in range(len(ends) - 1)]
            after: dict[int, _Way] = {}
            for last, way in best.items():
                for col in range(max(last, 0), len(self.cuts) + 1):
                    joined = col == last
                    cost = way.cost + (1.0 if gap > 1 else 0.0) if joined else way.cost + (0.0 if gap > 1 else 0.5)
                    cost += 0.0 if joined else sum(EMPTY * f for f in filled[last + 1 : col])
                    cost += within[col] if joined else apart[col]
                    if col not in after or cost < after[col].cost:
                        after[col] = _Way(cost, (*way.cols, col))
            best = after
        way = min((replace(w, cost=w.cost + sum(EMPTY * f for f in filled[last + 1 :])) for last, w in best.items()), key=lambda w: w.cost)
        out: dict[int, Piece] = {}
        for (start, end), col in zip(words, way.cols, strict=True):
            out[col] = piece_of(line.number, line.text, out[col].start if col in out else start, end)
        return out

    def _in_place(self, line: Line, filled: Sequence[float]) -> dict[int, Piece] | None:
        """The columns of a line whose pieces all stand in columns of their kind, one in each that is always filled."""
        cells = self.cells(line)
        whole = tuple(p.text for p in line.pieces) == tuple(p.text for p in cells.values())
        always = all(c in cells for c, often in enumerate(filled) if often > OFTEN)
        return cells if whole and always and not any(self._unlike(c, p.text, False) for c, p in cells.items()) else None

    def _misplaced(self, col: int, left: int, right: int, ends: Sequence[int]) -> float:
        """What it costs that a word stands outside a column; a text may run over its end."""
        over = FAR_TEXT if self.roles[col] in ("text", "standard") else FAR_WORD
        return min(FARTHEST, FAR_WORD * max(0, ends[col] - left) + over * max(0, right - ends[col + 1]))

    def _unlike(self, col: int, word: str, joined: bool) -> float:
        """What it costs that a word is not of a column's kind."""
        role = self.roles[col]
        if role == "number":
            return 0.0 if NUMBER.fullmatch(word) and not joined else UNLIKE
        if role in SCORES:
            return 0.0 if is_points(word) and not joined else UNLIKE
        return 0.3 if NUMBER.fullmatch(word) and not joined else 0.0

    def crossed(self, line: Line) -> bool:
        """Whether a character stands right before and right behind a cut."""
        ink = Spread.of(line, self.measure).ink()
        return any(x in ink and x - 1 in ink for x in self.cuts)

    def spanned(self, line: Line) -> bool:
        """Whether a line runs from the columns on the left into the text: a text that is too long only runs over its end."""
        ink = Spread.of(line, self.measure).ink()
        return any(x in ink and x - 1 in ink for x in self.cuts[: self.text()])


def columns_of(head: Sequence[Line], body: Sequence[Line], known: Columns | None = None) -> Columns | None:
    """The columns under a header (or of a page that goes on without one: `known`), counted either way; None when no way
    fits the numbers and points below."""
    measures = (width, len) if known is None else (known.measure,)
    found = [own for measure in measures if (own := _columns(head, body, measure, known)) is not None]
    return max(found, key=lambda own: own[0])[1] if found else None


def _columns(head: Sequence[Line], body: Sequence[Line], measure: Measure, known: Columns | None) -> tuple[float, Columns] | None:
    heads, rows = [Spread.of(x, measure) for x in head], [Spread.of(x, measure) for x in body]
    places = _places([*heads, *(r for r in rows if len(r.line.pieces) > 1)])
    if not places or len(places) > MAX_PLACES:
        return None
    inks = [h.ink() for h in heads]
    torn = {x: TORN * sum(x in ink and x - 1 in ink for ink in inks) for x in places}
    ends = [0, *sorted(places), max(s.end for s in (*heads, *rows)) + 1]
    Way = tuple[float, tuple[int, ...], tuple[str, ...]]
    best: list[dict[int, Way]] = [{0: (0.0, (), ())}]
    for j in range(1, len(ends)):
        here: dict[int, Way] = {}
        for i in range(j):
            own = [(r, p) for r in rows if (p := r.between(ends[i], ends[j])).text]
            said = [p.text for _, p in own]
            words = [(h, p) for h in heads if (p := h.between(ends[i], ends[j])).text]
            title = "".join(p.text for _, p in words)
            under = UNDER * _overlapping(words, own)
            for count, (score, cuts, names) in best[i].items():
                if known is not None and count == len(known.names):
                    continue
                name = title if known is None else known.names[count]
                merit = score + _fitness(name, said) + under - CROSSING * places.get(ends[j], 0) - torn.get(ends[j], 0)
                if count + 1 not in here or merit > here[count + 1][0]:
                    here[count + 1] = (merit, (*cuts, ends[j]), (*names, name))
        best.append(here)
    full = len(known.names) if known is not None else 0
    least = max((c for c in (known.text(), known.number or 0, known.points or 0)), default=0) + 1 if known is not None else 3
    ways = [way for count, way in best[-1].items() if count >= least]
    if not ways:
        return None
    score, cuts, names = max(ways, key=lambda w: w[0])
    if known is not None:  # columns to fill in, blank on this page
        cuts, names = (*cuts, *(ends[-1] + k for k in range(1, full - len(cuts) + 1))), known.names
    return (score, Columns(measure, cuts[:-1], names)) if score > 0 else None


def _overlapping(words: Sequence[tuple[Spread, Piece]], own: Sequence[tuple[Spread, Piece]]) -> float:
    """The share of pieces that stand under the header's words."""
    spans = [s.extent(p) for s, p in words]
    under = sum(any(a < d and c < b for c, d in spans) for a, b in (s.extent(p) for s, p in own))
    return under / len(own) if own else 0.0


def _places(lines: Sequence[Spread]) -> dict[int, int]:
    """Where columns may part, with the number of lines that cross there: none, or a few whose text was too long. One place
    for each blank stretch."""
    inks = [line.ink() for line in lines]
    end = max((line.end for line in lines), default=0)
    often = len(lines) // RARE
    count = Counter(x for ink in inks for x in ink)
    out: dict[int, int] = {}
    for x in range(1, end):
        crossing = sum(x in ink and x - 1 in ink for ink in inks)
        begins = count[x] > often >= count[x - 1]
        if count[x] and (not crossing or (begins and crossing <= often)):
            out[x] = crossing
    return out


def _fitness(name: str, said: Sequence[str]) -> float:
    """How well a column's header and what stands under it agree."""
    role = patterns.header_role(name)
    filled = [t for t in said if t and not patterns.names_total(t)]
    beside = len(several(name)) - 1
    role = patterns.header_role(several(name)[0]) if beside else role
    return _agreement(role, bool(name), filled) - 0.5 * beside - sum(bool(_GAP.search(t)) for t in (name, *filled))


def is_points(word: str) -> bool:
    """Whether a word is what stands under points: a number, a range, a share, a sign before it, or a veto."""
    return points(word) is not None or any(form.fullmatch(fold(word)) for form in _POINTS_FORMS)


_POINTS_FORMS = (
    patterns.POINTS_RANGE, patterns.POINTS_OPTIONS, patterns.POINTS_UPTO, patterns.POINTS_PERCENT, patterns.POINTS_DEDUCTION,
    patterns.POINTS_BONUS, patterns.POINTS_EACH, patterns.POINTS_VETO,
)  # fmt: skip


def _agreement(role: str | None, named: bool, filled: Sequence[str]) -> float:
    if role == "number":
        fits = sum(bool(NUMBER.fullmatch(t)) for t in filled)
        counted = [n for t in filled if (n := serial_value(t)) is not None]
        rising = sum(b > a for a, b in pairwise(counted)) / max(len(counted) - 1, 1)
        return 1.0 + (2.0 * fits / len(filled) + rising - 1.5 if filled else -1.0)
    if role in SCORES:
        fits = sum(map(is_points, filled))
        return 1.0 + (2.0 * fits / len(filled) - 1.0 if filled else -0.1)
    if role is not None:
        return 1.0 - (1.0 * sum(bool(NUMBER.fullmatch(t)) for t in filled) / len(filled) if filled else 0.3)
    return -1.0 if named or filled else -0.1
