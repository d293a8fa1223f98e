"""Serials of a list that are not set off as most are: before a figure (2.12345热线), or by a blank alone (一　组织领导)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Paragraph
from pipeline.normalize import chinese_number, clean, fold
from pipeline.ordinals import FIGURES, NUMERALS
from pipeline.rubrics.listlines import DOTTED_START, LETTERED, points_of

FIRST_LEVEL = regex.compile(r"^\s*([0-9]{1,2})\s*[.．]")
TWO_LEVELS = regex.compile(r"^\s*([0-9]{1,2})\.([0-9]{1,5})\s+")
"""A serial of two levels, one of the first before a figure (3.24 小时值班), or a measure (37.3 度以上)."""

PLAIN_SERIAL = regex.compile(r"^\s*([0-9０-９]{1,2})\s*[.．](?![0-9０-９])")

BLANK_SERIAL = regex.compile(rf"^\s*(?P<n>[{FIGURES}]{{1,2}}|[{NUMERALS}]{{1,3}})[ \t\u3000]+(?=[\p{{Han}}“《0-9])")
"""A serial that a blank alone sets off, or an amount: `1　证照齐全`, `一　证照管理`."""

TOUCHING_LEVELS = regex.compile(r"^\s*([0-9]{1,2})\.([0-9]{1,2})(?=[\p{Han}“《\"])")
"""A serial of two levels that touches the words, or a measure."""

MEASURED = regex.compile(r"\s*(?:次(?![品要数])|米(?!面)|万|套(?!内)|项(?!目)|吨|个(?!人)|小时|公里|名(?![称单])|人(?!员)|辆|天|元)")
"""What follows a figure that is an amount, be all lines so: `1 次清扫`, `1.5米以上围挡`."""

MIN_SPACED = {True: 3, False: 2}
"""Fewer lines with figures (True), or numerals, before a blank are no numbering."""


LETTER_SERIAL = regex.compile(r"^\s*[(（]?(?P<n>(?P<letter>[A-H])(?P<figure>[0-9]{1,2}))(?:[)）]\s*|\s*(?:、|[.．:：](?![0-9]))\s*|\s+|(?=[\p{Han}《“]))")
"""A serial of a letter and a figure, or a thing named so: `A1 制度健全`, `A4纸打印`."""

NAMED_SO = regex.compile(r"[楼栋座幢区级纸口门馆厅号段片网线类]|地块|[标路]段|图纸|[床车点泊机摊]位")
SET_APART = regex.compile(r"[)）.．、:：\s]$")
"""What is named by a letter and a figure (A1楼道), and how a serial is set apart from what follows."""

LETTER_LIKE = regex.compile(r"^\s*[(（]?[A-Z][0-9]{1,2}(?![0-9])")
"""What else may be a serial of a letter and a figure: before a figure (A2.5S管理), or of a letter after H."""

LETTER_HEAD = regex.compile(r"^\s*(?P<n>[A-H])(?:\s+|(?=\p{Han}))(?=\p{Han}{2})")


def lettered(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines, serials of a letter and a figure (A1 …, B2.…) written alike (A1、…) where they count up: three or more, each the next of
    its letter or the first of the next; and so the letters of the headings over them (A 综合管理)."""
    found = {i: m for i, p in enumerate(lines) if (m := LETTER_SERIAL.match(p.text))}
    serials = [(ord(m["letter"]), int(m["figure"])) for m in found.values()]
    counted = all(1 <= b[1] - a[1] <= 2 if a[0] == b[0] else b[0] > a[0] for a, b in pairwise(serials))
    if len(serials) < MIN_SPACED[True] or serials[0] != (ord("A"), 1) or not counted or _are_named_so(lines, found):
        return list(lines)
    alike = not any(LETTERED.match(p.text) for p in lines)
    if alike and any(LETTER_LIKE.match(p.text) for i, p in enumerate(lines) if i not in found):
        return list(lines)  # beside its neighbours written otherwise it would be no line of theirs
    heads = {i: m for i, p in enumerate(lines) if i + 1 in found and (m := LETTER_HEAD.match(p.text)) and m["n"] == found[i + 1]["letter"]}
    marked = {**found, **heads}
    return [replace(p, text=f"{marked[i]['n']}、{p.text[marked[i].end() :]}") if i in marked else p for i, p in enumerate(lines)]


def _are_named_so(lines: Sequence[Paragraph], found: Mapping[int, regex.Match[str]]) -> bool:
    """Whether what look like serials are names of things (A1地块, A2地块): half of them by the word that touches them, or two by the same."""
    touching = [lines[i].text[m.end() :] for i, m in found.items() if not SET_APART.search(m[0])]
    things = sum(NAMED_SO.match(text) is not None for text in touching)
    return 2 * things >= len(found) or len({text[:2] for text in touching}) < len(touching)


def levels_set_apart(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines, serials of two levels set apart from the words that touch them (1.1窗口整洁), where they count up: three or more, each
    the next of its level or the first of the next. Others may be measures (2.5米以上)."""
    found = {i: m for i, p in enumerate(lines) if (m := TOUCHING_LEVELS.match(p.text) or TWO_LEVELS.match(p.text))}
    serials = [(int(m[1]), int(m[2])) for m in found.values()]
    counted = all(b[0] - a[0] in (0, 1) and (1 <= b[1] - a[1] <= 2 if a[0] == b[0] else b[1] == 1) for a, b in pairwise(serials))
    if all(MEASURED.match(p.text[found[i].end() :]) for i, p in enumerate(lines) if i in found):
        return list(lines)
    if len(serials) < MIN_SPACED[True] or serials[0] not in ((1, 1), (0, 1)) or not counted:
        return list(lines)
    return [replace(p, text=f"{found[i][1]}.{found[i][2]} {p.text[found[i].end() :]}") if i in found else p for i, p in enumerate(lines)]


def plainly_numbered(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines, a serial before a figure (2.12345热线畅通) set apart from it where it counts on from a plain one above, or begins below
    a section's heading; where a blank ends the figure (3.24 小时值班) only if no other line is numbered 3.…. A measure (37.3 度以上)
    in a line without points is closed up where no line is numbered in two levels near it."""
    count = Counter(m[1] for p in lines if (m := FIRST_LEVEL.match(p.text)))
    levels = Counter(int(m[1]) for p in lines if (m := TWO_LEVELS.match(p.text)))
    out: list[Paragraph] = []
    last = 0
    for above, line in zip([None, *lines], lines, strict=False):
        text = clean(line.text)
        spaced = patterns.SERIAL_BEFORE_WORDS.match(text)
        figure = spaced if spaced and count[spaced["b"]] == 1 else None if DOTTED_START.match(text) else patterns.SERIAL_BEFORE_FIGURE.match(text)
        headed = above is not None and patterns.SECTION_MARKER.match(clean(above.text)) is not None
        if plain := PLAIN_SERIAL.match(text):
            last = int(plain[1])
        elif figure and int(figure["b"]) in (last + 1, 1 if headed else last + 1):
            last = int(figure["b"])
            line = replace(line, text=f"{figure[0]} {text[figure.end() :]}")
        elif points_of(text) is None and (level := TWO_LEVELS.match(text)) and int(level[2]) > 1 and sum(levels[int(level[1]) + near] for near in (-1, 0, 1)) == 1:
            line = replace(line, text=f"{level[0].rstrip()}{text[level.end() :]}")
        out.append(line)
    return out


def spaced_out(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines, serials that a blank alone sets off written as others are (1. or 一、), where they count up from 1, over all the list
    or anew in each section, and no line is numbered so."""
    out = list(lines)
    for figures, mark in ((True, ". "), (False, "、")):
        found = {i: m for i, p in enumerate(lines) if (m := BLANK_SERIAL.match(p.text)) and m["n"].isdigit() is figures}
        values = [int(chinese_number(fold(m["n"])) or 0) for m in found.values()]
        plain = any((PLAIN_SERIAL if figures else patterns.SECTION_MARKER).match(p.text) for p in lines)
        counted = bool(values) and values[0] == 1 and all(b == 1 or 0 <= b - a <= 2 for a, b in pairwise(values))
        anew = any(j - i == 1 and a == b == 1 for (i, a), (j, b) in pairwise(zip(found, values, strict=True)))
        measures = figures and all(MEASURED.match(lines[i].text[m.end() :]) for i, m in found.items())
        if plain or anew or measures or len(values) < MIN_SPACED[figures] or not counted or len(set(values)) < 2:
            continue
        for i, m in found.items():
            out[i] = replace(out[i], text=f"{m['n']}{mark}{lines[i].text[m.end() :]}")
    return out
