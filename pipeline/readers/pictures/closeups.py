"""Doubtful characters of a line read again from small windows, and gaps that hold ink or a seal: what most windows show, and
words bear out.

A window has little beside the character in question: less that leads the engine to a likely text instead of the printed one.
Where the text changes the engine's first reading is kept (`raw`), and what stands there stays in doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline import lexicon
from pipeline import rx as regex
from pipeline.lookalikes import lookalikes
from pipeline.readers.pictures.holes import INK, is_inked
from pipeline.readers.pictures.ocr import STOPS, Char, is_chinese, is_han, read_lines, usual_pitch

LOOKED_AT = 0.95
"""Characters read with less confidence are looked at again: about ten of a page."""

MOST_SPOTS = 60
"""Of a page's doubtful places only so many are looked at, the least sure first: a page that cannot be read costs no more."""

REACH = 2
"""Characters to each side that a window holds."""

AGREED, UNANIMOUS = 0.5, 0.75
"""Parts of the windows that must show the same: where words bear it out, and where none can."""

UNSURE = 0.75
"""A reading that most windows do not show is given up for a rival of the first look below this confidence."""

RIVAL = 0.1
"""Least probability of such a rival."""

CLEAR = 0.6
"""Least mean confidence of windows that decide on a letter or sign, which words cannot bear out."""

SURE = 0.95
"""Characters read with this confidence say which words the page has."""

SETTLED, DISPUTED = 0.5, 0.55
"""Confidence left to a character that was changed or put in, and to one that the windows read otherwise or that stands beside
ink which they cannot read."""

ROOM = {(True, True): 1.5, (True, False): 1.6, (False, True): 1.8}
"""Distance of two neighbours (a Chinese character, not a mark), in usual distances, from which on there is room between."""

MARK = (0.12, 0.45)
"""Size of a mark, in usual distances of characters."""

RING, RINGED = (0.1, 0.45), 0.8
"""Size of the ring of ℃, in usual distances of characters; confidence left to a ℃ that was read as a C behind one."""

ONE_STROKE, MORE_USUAL = {"口": "日", "日": "口"}, 2
"""Characters that differ by a stroke which a fold or a streak hides or adds, and by how many ranks a word with the other one
must be commoner."""

UNIT = regex.compile(r"[0-9](?:[hdmgtLVWA%‰]|[kcm]m|k[gmVWPA]|M[PW]|m[lLg])$")
"""A figure with its unit, as far as a sheet's texts have them."""

Image = np.ndarray


class Spot(Struct, frozen=True):
    """Characters start..end (exclusive) of a line; none of them: a gap before `start`."""

    line: int
    start: int
    end: int


class Words(Struct, frozen=True):
    """Pairs of neighbours that the page prints clearly, beside those of the word list."""

    pairs: Counter[str]

    @classmethod
    def of(cls, lines: Sequence[Sequence[Char]]) -> Words:
        """The pairs in lines whose characters were both read with SURE confidence."""
        sure = (a.text + b.text for line in lines for a, b in pairwise(line) if min(a.confidence, b.confidence) >= SURE)
        return cls(Counter(pair for pair in sure if len(pair) == 2))

    def knows(self, pair: str) -> bool:
        """Whether two characters stand side by side in words, or clearly at two places of the page."""
        return lexicon.rank(pair) > 0 or self.pairs[pair] > 1

    def left_out(self, text: str) -> int:
        """How many characters of a text belong to no known pair, of those that leave the fewest out."""
        left = [0, 1]
        for i in range(2, len(text) + 1):
            left.append(min(left[i - 1] + 1, left[i - 2] if self.knows(text[i - 2 : i]) else i))
        return left[len(text)]

    def bear_out(self, line: Sequence[Char], at: int, other: str) -> bool:
        """Whether with another character at a place of a line more characters belong to known pairs."""
        run = _run(line, at)
        before = "".join(c.text for c in line[run.start : at])
        after = "".join(c.text for c in line[at + 1 : run.stop])
        return self.left_out(before + other + after) < self.left_out(before + line[at].text + after)


def _run(line: Sequence[Char], at: int) -> range:
    """The Chinese characters around a place, three to each side at most."""
    start = stop = at
    while start and at - start < 3 and is_han(line[start - 1].text):
        start -= 1
    while stop < len(line) and stop - at < 4 and (stop == at or is_han(line[stop].text)):
        stop += 1
    return range(start, stop)


def look_closer(crops: Sequence[Image], sealed: Mapping[int, Image], lines: Sequence[Sequence[Char]]) -> list[list[Char]]:
    """The lines, doubtful places settled or left in doubt. `sealed` has a second picture of those that a seal touches."""
    out = [list(line) for line in lines]
    pitch = usual_pitch(crops, lines)
    if pitch is None:
        return out
    pictures = [[crop, sealed[i]] if i in sealed else [crop] for i, crop in enumerate(crops)]
    spots = [s for i, line in enumerate(lines) for s in _spots(i, line, pictures[i], pitch)]
    spots = sorted(spots, key=lambda s: _sureness(lines[s.line], s))[:MOST_SPOTS]
    windows = [_windows(pictures[s.line], lines[s.line], s, pitch) for s in spots]
    readings = iter(read_lines([w for group in windows for w in group]))
    seen = {s: [next(readings) for _ in group] for s, group in zip(spots, windows, strict=True)}
    words = Words.of(lines)
    for spot in sorted(spots, key=lambda s: (s.line, s.start), reverse=True):
        line = out[spot.line]
        there = _settled(lines[spot.line], spot, seen[spot], words)
        if not there:
            around = slice(spot.start - 1, spot.start + 1)
            line[around] = [replace(c, confidence=min(c.confidence, DISPUTED)) for c in line[around]]
        line[spot.start : spot.end] = there
    return [_with_doubtful_shapes(line, crop, pitch) for line, crop in zip(out, crops, strict=True)]


def _with_doubtful_shapes(line: Sequence[Char], picture: Image, pitch: float) -> list[Char]:
    """The line, what looks like something else in doubt: each 一 that makes no word with its neighbours (a dash), a 口 or 日
    that makes one only with a stroke more or less, each C that ends a figure. One with a ring before it is ℃."""
    out = list(line)
    width = picture.shape[1]
    for i in range(1, len(line)):
        before, own, after = line[i - 1].text, line[i].text, line[i + 1].text if i + 1 < len(line) else ""
        dash = own == "一" and is_han(before) and is_han(after) and not (lexicon.rank(before + own) or lexicon.rank(own + after))
        degree = own == "C" and before.isdecimal() and not (after.isascii() and after.isalnum())
        if degree and _has_ring(picture, line[i - 1].centre * width, line[i].centre * width, pitch):
            out[i] = replace(line[i], text="℃", raw=line[i].raw or own, confidence=min(line[i].confidence, RINGED))
        elif dash or degree or _lacks_a_stroke(before, own, after):
            out[i] = replace(line[i], confidence=min(line[i].confidence, DISPUTED))
    return out


def _lacks_a_stroke(before: str, own: str, after: str) -> bool:
    """Whether a character makes hardly a word with its neighbours, but one that has a stroke more or less does: the stroke may
    have been lost in a fold, or be one."""
    other = ONE_STROKE.get(own)
    return other is not None and _best_rank(before, other, after) >= _best_rank(before, own, after) + MORE_USUAL


def _best_rank(before: str, own: str, after: str) -> int:
    """How common the commoner of the pairs is that a character makes with the Chinese characters beside it."""
    pairs = [before + own] * is_han(before) + [own + after] * is_han(after)
    return max(map(lexicon.rank, pairs), default=0)


def _has_ring(picture: Image, before: float, own: float, pitch: float) -> bool:
    """Whether a small mark stands high between a figure and the letter behind it."""
    start, end, bottom = int(before + 0.15 * pitch), int(own), int(0.62 * picture.shape[0])
    if end - start < 0.2 * pitch:
        return False
    core = (float(picture.min()) + 255) / 2  # marks that nearly touch are told apart by their strokes' cores
    count, _, stats, _ = cv2.connectedComponentsWithStats((picture[:bottom, start:end] < core).astype(np.uint8))
    low, high = RING[0] * pitch, RING[1] * pitch
    return any(low <= min(w, h) and max(w, h) <= high and x > 0 and x + w < end - start and y > 0 and y + h < bottom for x, y, w, h, _ in stats[1:count])


# ---- where to look -----------------------------------------------------------------------------------------------


def _spots(number: int, line: Sequence[Char], pictures: Sequence[Image], pitch: float) -> Iterator[Spot]:
    width = pictures[0].shape[1]
    for i, char in enumerate(line):
        if char.confidence < LOOKED_AT and len(line) > 2 and (is_han(char.text) or regex.fullmatch(r"[0-9A-Za-z%°]", char.text)):
            yield Spot(number, i, i + 1)
    if len(line) < 4:
        return
    for i, (a, b) in enumerate(pairwise(line), start=1):
        room = ROOM.get((is_han(a.text), is_han(b.text)))
        wide = all(is_han(c.text) or c.text in STOPS for c in (a, b)) and room and (b.centre - a.centre) * width > room * pitch
        under = len(pictures) > 1
        if wide and (under or is_inked(pictures[0], a.centre * width + 0.6 * pitch, b.centre * width - 0.6 * pitch)):
            yield Spot(number, i, i)
    ends = line[-1].text in STOPS or not is_chinese(line[-1].text)
    if not ends and any(_has_mark(p, line[-1].centre * width, pitch) for p in pictures):
        yield Spot(number, len(line), len(line))


def _has_mark(picture: Image, last: float, pitch: float) -> bool:
    """Whether a small blot stands low behind a line's last character, clear of it and of the rule that may follow."""
    height, width = picture.shape
    start, end = int(last + 0.45 * pitch), min(int(last + 1.2 * pitch), width)
    if end - start < 0.2 * pitch:
        return False
    count, _, stats, _ = cv2.connectedComponentsWithStats((picture[height // 3 :, start:end] < INK).astype(np.uint8))
    low, high = MARK[0] * pitch, MARK[1] * pitch
    return any(
        low <= max(w, h) <= high and min(w, h) >= 2 and x > 0 and x + w < end - start and y > 0 and y + h < height - height // 3
        for x, y, w, h, _ in stats[1:count]
    )


def _sureness(line: Sequence[Char], spot: Spot) -> float:
    return min((c.confidence for c in line[spot.start : spot.end]), default=0.0)


# ---- windows -----------------------------------------------------------------------------------------------------


def _windows(pictures: Sequence[Image], line: Sequence[Char], spot: Spot, pitch: float) -> list[Image]:
    """A place and its neighbours, four times: as it is, with more paper, wider and softer; or twice from each picture."""
    left, right = (_edge(pictures[0], line, spot, step, pitch) for step in (-1, 1))
    ways = [_as_is, _roomy, _wider, _softer][: 4 // len(pictures)]
    margin = round(0.35 * pitch)
    parts = [cv2.copyMakeBorder(p[:, left:right], 0, 0, margin, margin, cv2.BORDER_CONSTANT, value=255) for p in pictures]
    return [way(part) for part in parts for way in ways]


def _edge(picture: Image, line: Sequence[Char], spot: Spot, step: int, pitch: float) -> int:
    """Where a window begins (step -1) or ends (1): where there is least ink between two characters."""
    width = picture.shape[1]
    inner = max(spot.start - REACH, 0) if step < 0 else min(spot.end + REACH, len(line)) - 1
    inner = min(max(inner, 0), len(line) - 1)
    outer = inner + step
    if not 0 <= outer < len(line):
        last = line[inner].centre * width + step * 0.9 * pitch
        return 0 if step < 0 and last < pitch else (width if step > 0 and (spot.end == len(line) or last > width) else round(last))
    middle = (line[inner].centre + line[outer].centre) / 2 * width
    start, end = max(int(middle - 0.25 * pitch), 0), min(int(middle + 0.25 * pitch) + 1, width)
    ink = (255.0 - picture[:, start:end]).sum(axis=0) + 2 * np.abs(np.arange(start, end) - middle)
    return start + int(ink.argmin()) if len(ink) else round(middle)


def _as_is(part: Image) -> Image:
    return part


def _roomy(part: Image) -> Image:
    more = round(0.12 * part.shape[0])
    return cv2.copyMakeBorder(part, more, more, 0, 0, cv2.BORDER_REPLICATE)


def _wider(part: Image) -> Image:
    return cv2.resize(part, None, fx=1.15, fy=1, interpolation=cv2.INTER_CUBIC)


def _softer(part: Image) -> Image:
    return cv2.GaussianBlur(part, (0, 0), 0.8)


# ---- what they show ----------------------------------------------------------------------------------------------


def _settled(line: Sequence[Char], spot: Spot, readings: Sequence[Sequence[Char]], words: Words) -> list[Char]:
    """What stands at a place: as read first, or as the windows show it."""
    before = "".join(c.text for c in line[max(spot.start - REACH, 0) : spot.start])
    after = "".join(c.text for c in line[spot.end : spot.end + REACH])
    shown = [part for r in readings if (part := _between(r, before, after)) is not None]
    votes = Counter("".join(c.text for c in part) for part in shown)
    text, count = votes.most_common(1)[0] if votes else ("", 0)
    agreed = count / len(readings)
    if spot.start == spot.end:
        return _put_in(line, spot, text, agreed, shown)
    own = line[spot.start]
    sure = {t: float(np.mean([p[0].confidence for p in shown if len(p) == 1 and p[0].text == t])) for t in votes if len(t) == 1}
    if text != own.text and text in sure and _is_better(line, spot.start, text, agreed, sure[text], words):
        return [_changed(own, text)]
    if own.confidence < UNSURE and votes[own.text] <= AGREED * len(readings):
        for rival, share in own.rivals:
            if share >= RIVAL and _is_word_change(line, spot.start, rival, words):
                return [_changed(own, rival)]
    if text not in ("", own.text) and agreed >= UNANIMOUS:
        return [replace(own, confidence=min(own.confidence, DISPUTED))]
    return [own]


def _between(reading: Sequence[Char], before: str, after: str) -> list[Char] | None:
    """What stands between these neighbours in a reading; None when they are not both there."""
    text = "".join(c.text for c in reading)
    whole = len(text) == len(reading) and len(text) >= len(before) + len(after)
    found = whole and text.startswith(before) and text.endswith(after)
    return list(reading[len(before) : len(text) - len(after)]) if found else None


def _is_better(line: Sequence[Char], at: int, text: str, agreed: float, sure: float, words: Words) -> bool:
    """Whether a character that the windows show in place of another is borne out: by words, or as a figure's unit."""
    if is_chinese(text):
        return agreed >= AGREED and _is_word_change(line, at, text, words)
    figure = "".join(c.text for c in line[max(at - 2, 0) : at]) + text
    return agreed >= UNANIMOUS and sure >= CLEAR and UNIT.search(figure) is not None


def _is_word_change(line: Sequence[Char], at: int, text: str, words: Words) -> bool:
    """Whether words speak for another Chinese character. Not at a line's ends, where half of the word may stand on the next;
    nor of characters that people write for each other: the sheet itself may have the slip."""
    own = line[at].text
    inner = 0 < at < len(line) - 1 and is_han(own) and is_han(text)
    return inner and frozenset((own, text)) not in lookalikes() and words.bear_out(line, at, text)


def _changed(own: Char, text: str) -> Char:
    return replace(own, text=text, raw=own.raw or own.text, confidence=min(own.confidence, SETTLED))


def _put_in(line: Sequence[Char], spot: Spot, text: str, agreed: float, shown: Sequence[Sequence[Char]]) -> list[Char]:
    """What most windows show in a gap, its characters spread over it."""
    if agreed < AGREED or len(text) != 1 or not (is_chinese(text) or text in STOPS):
        return []
    end = line[spot.start].centre if spot.start < len(line) else 2 * line[-1].centre - line[-2].centre
    sure = max(part[0].confidence for part in shown if len(part) == 1)
    return [Char(text, (line[spot.start - 1].centre + end) / 2, min(sure, SETTLED))]
