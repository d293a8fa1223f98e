"""Serials that stand in the criteria's texts or items, where no column numbers them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Criterion
from pipeline.normalize import chinese_number, fold

MIN_BARE = 4
"""So many texts, all of them, that open with figures that count on are numbered."""


def serials_from_text(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Where no column holds serials and (nearly) every text opens with one, that is the number."""
    if not criteria or any(c.number for c in criteria):
        return list(criteria)
    found = _plain_between([c.text for c in criteria])
    if not any(found):
        return _serials_in_words(criteria)
    if sum(m is not None for m in found) < max(2, 0.5 * len(criteria)) or not _count_up(found):
        return list(criteria)
    if any(m and _goes_on(c.text, m) for c, m in zip(criteria, found, strict=True)):
        return list(criteria)
    out = []
    for criterion, match in zip(criteria, found, strict=True):
        if match is None:
            out.append(criterion)
            continue
        number = next(g for g in match.groups() if g)
        out.append(replace(criterion, number=fold(number), text=criterion.text[match.end() :], number_at=criterion.at))
    return out


def _serials_in_words(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Where every text opens with a Chinese numeral (一.… 二.…), or with a figure set apart by a space, and they count on from 1,
    that is the number. So is a bare figure (1年度… 2河长…), as PDFs without blanks have it, before words of many kinds."""
    found = [patterns.NUMERAL_IN_TEXT.match(c.text) or patterns.FIGURE_IN_TEXT.match(c.text) for c in criteria]
    values = [int(m["n"]) if m["n"].isdecimal() else chinese_number(m["n"]) for m in found if m]
    if len(values) < max(3, len(criteria)) or values != list(range(1, len(values) + 1)):
        bare = [patterns.BARE_FIGURE_IN_TEXT.match(c.text) for c in criteria]
        first, units = bare[0]["n"] if bare[0] else "", [m["unit"] for m in bare if m]
        measured = 2 * len(set(units)) < len(units) or 2 * sum(unit in patterns.MEASURES for unit in units) >= len(units)
        if not len(units) == len(bare) >= MIN_BARE or first != "1" or not _count_up(bare) or measured:
            return list(criteria)  # figures before one word, or words of measure, are a measure (1月… 2月…; 1小时… 2日…)
        found = bare
    pairs = zip(criteria, found, strict=True)
    return [replace(c, number=m["n"], text=c.text[m.end() :], number_at=c.at) for c, m in pairs if m]


def _plain_between(texts: Sequence[str]) -> list[regex.Match[str] | None]:
    """The serial that opens each text. Beside plain ones (4. … 6. …) a 5 before a figure (5.24小时受理) is plain too, where all
    count on with it and such figures measure, or most are plain and its neighbours do."""
    found = [patterns.SERIAL_IN_TEXT.match(text) for text in texts]
    wholes = [patterns.SERIAL_BEFORE_FIGURE.match(t) if m is None or m["c"] is not None else None for t, m in zip(texts, found, strict=True)]
    plain = [whole or match for whole, match in zip(wholes, found, strict=True)]
    behind = (text[m.end() : m.end() + 1] for text, m in zip(texts, found, strict=True) if m is not None and m["c"] is not None)
    measured = all(sign in patterns.MEASURES for sign in behind)
    if any(m is not None and m["b"] is not None for m in found) and measured and _runs_on(plain):
        return plain
    if 2 * sum(m is not None and m["b"] is not None for m in found) <= len(texts):
        return found
    for i, whole in enumerate(wholes):
        before = found[i - 1] if i else None
        whole = whole or _between(texts[i], before, found[i + 1] if i + 1 < len(found) else None)
        following = int(before["b"]) + 1 if before is not None and before["b"] else 1
        if whole is not None and int(whole["b"]) in (following, 1):  # or the count begins anew
            found[i] = whole
    return found


def _between(text: str, before: regex.Match[str] | None, after: regex.Match[str] | None) -> regex.Match[str] | None:
    """The plain serial before a figure with a blank behind it (3.24 小时值班), where the plain serials right before and after it are
    the next to it."""
    match = patterns.SERIAL_BEFORE_WORDS.match(text)
    around = [int(m["b"]) for m in (before, after) if m is not None and m["b"] is not None]
    return match if match is not None and around == [int(match["b"]) - 1, int(match["b"]) + 1] else None


def _runs_on(found: Sequence[regex.Match[str] | None]) -> bool:
    """Whether all are plain serials that count on, or start over at 1 after two or more."""
    last = run = 0
    for match in found:
        value = int(match["b"]) if match is not None and match["b"] is not None else 0
        if value != last + 1 and not (value == 1 and run > 1):
            return False
        run = 1 if value == 1 else run + 1
        last = value
    return True


def serials_from_items(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Where each criterion's item, or the duty beside its standard, opens with a serial (1.选址) and nothing else numbers them, that
    is the number."""
    name = "item" if any("item" in c.columns for c in criteria) else "text"
    found = _plain_between([c.columns.get(name, "") for c in criteria])
    if any(c.number for c in criteria) or len(found) < 2 or not all(found) or not _count_up(found):
        return list(criteria)
    out = []
    for criterion, match in zip(criteria, found, strict=True):
        assert match is not None
        number = fold(next(g for g in match.groups() if g))
        columns = {**criterion.columns, name: criterion.columns[name][match.end() :]}
        out.append(replace(criterion, number=number, columns=columns, number_at=criterion.at))
    return out


def _goes_on(text: str, match: regex.Match[str]) -> bool:
    """Whether the text counts on inside (1.… 2.…): its serials number its parts, not the criteria."""
    form = regex.escape(match[0].strip())
    value = next(g for g in match.groups() if g)
    if not value.isdecimal():
        return False
    return regex.search(rf"(?:^|[。；;)）\s]){form.replace(value, str(int(value) + 1), 1)}(?![0-9])", text[match.end() :]) is not None


def _count_up(found: Sequence[regex.Match[str] | None]) -> bool:
    """Whether serials at the start of texts count up, or start over at 1, each time; a slip in ten may break the count."""
    values = [next(g for g in m.groups() if g) for m in found if m]
    numbers = [int(v) if v.isdecimal() else None for v in values]
    slips = sum(b is not None and a is not None and b not in (1, a + 1, a + 2) for a, b in pairwise([0, *numbers]))
    return slips <= (len(values) + 5) // 10
