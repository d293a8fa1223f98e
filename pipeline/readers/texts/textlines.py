"""Lines of a text file and how they are cut: by tabs, by pipes, by gaps of two spaces or more."""

from __future__ import annotations

from unicodedata import east_asian_width

from msgspec import Struct

from pipeline import rx as regex
from pipeline.normalize import clean
from pipeline.provenance import Provenance

PIPE = regex.compile(r"(?<!\\)[|│┃║｜]")
_PIPE_RULE = regex.compile(r"^[\s|:+\-—–=\u2500-\u257f]+$")
_RULE_RUN = regex.compile(r"[-─━═=]{2}")
_GAP = regex.compile(r"[ \u00a0]{2,}|\u3000{2,}|(?<!(?:^|\s)\p{Han})\u3000|\u3000(?!\p{Han}(?:\s|$))")
"""Where columns part; one wide space in a word of two characters (总　分) only spreads it."""


class Piece(Struct, frozen=True):
    """A stretch of one line: code points [start, end) of line `number` (from 1). `shown` is what it says where quotes or
    markup of the file's own format hide it."""

    number: int
    start: int
    end: int
    text: str
    shown: str | None = None

    def at(self) -> Provenance:
        return Provenance(quote=self.text, line=self.number, span=(self.start, self.end))

    def says(self) -> str:
        """Its text, without what the file's own format wraps round it."""
        return self.text if self.shown is None else self.shown


Row = list[tuple[int, Piece]]
"""Pieces with their columns; a cell that wraps has several pieces."""


class Line(Struct, frozen=True):
    """One line of the file and how it is cut: `kind` is tab, pipe, rule, gap, plain or blank."""

    number: int
    text: str
    kind: str
    pieces: tuple[Piece, ...]

    def filled(self) -> tuple[Piece, ...]:
        return tuple(p for p in self.pieces if p.text)


def cut(number: int, text: str) -> Line:
    """One line cut into pieces by the separator it uses."""
    if not clean(text):
        return Line(number, text, "blank" if "\t" not in text else "tab", split(number, text, regex.compile("\t")))
    if "\t" in text:
        return Line(number, text, "tab", split(number, text, regex.compile("\t")))
    if _PIPE_RULE.match(text) and _RULE_RUN.search(text):
        return Line(number, text, "rule", (piece_of(number, text, 0, len(text)),))
    if len(PIPE.findall(text)) >= 2:
        return Line(number, text, "pipe", _pipe_pieces(number, text))
    if len(_GAP.findall(text.strip())) >= 1:
        return Line(number, text, "gap", tuple(p for p in split(number, text, _GAP) if p.text))
    return Line(number, text, "plain", (piece_of(number, text, 0, len(text)),))


def split(number: int, text: str, separator: regex.Pattern[str]) -> tuple[Piece, ...]:
    """The pieces of line `number` between separators; a blank one where two follow each other."""
    starts = [0]
    ends = []
    for match in separator.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    ends.append(len(text))
    return tuple(piece_of(number, text, s, e) for s, e in zip(starts, ends, strict=True))


def _pipe_pieces(number: int, text: str) -> tuple[Piece, ...]:
    """The cells between pipes; the outer pipes are a frame."""
    pieces = split(number, text, PIPE)
    if not pieces[0].text and PIPE.match(text.lstrip()):
        pieces = pieces[1:]
    if not pieces[-1].text and PIPE.match(text.rstrip()[-1:]):
        pieces = pieces[:-1]
    return pieces


def piece_of(number: int, text: str, start: int, end: int) -> Piece:
    """[start, end) without the spaces around it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Piece(number, start, end, text[start:end])


def width(text: str) -> int:
    """Columns on a screen: wide characters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
