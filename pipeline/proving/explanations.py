"""Rival explanations as sentences a person understands, and the single looks that would settle them.

Every sentence comes as (Chinese, English), with the same numbers in both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipeline.plain import points_text
from pipeline.proving.puzzle import Pattern, Puzzle, Summary

Sentence = tuple[str, str]

MOST_GROUPS = 12
MOST_LOOKS = 4


def groups_of(puzzle: Puzzle, summary: Summary) -> tuple[tuple[int, Sentence], ...]:
    """The best explanations grouped by what they say is wrong and where sections start, the largest group first."""
    open_ = _open_sections(summary.patterns)
    held: dict[Sentence, int] = defaultdict(int)
    for pattern in summary.patterns:
        held[_sentence(puzzle, pattern, open_)] += pattern.count
    ranked = sorted(held.items(), key=lambda item: (-item[1], item[0]))
    out = [(count, sentence) for sentence, count in ranked[:MOST_GROUPS]]
    rest = summary.count - sum(count for count, _ in out)
    if rest:
        out.append((rest, (f"其余 {rest} 种", f"{rest} others")))
    return tuple(out)


def looks_of(puzzle: Puzzle, summary: Summary) -> tuple[Sentence, ...]:
    """The places worth looking at, the one that leaves the fewest explanations first."""
    if summary.count < 2 or not summary.complete:
        return ()
    cells = _cells(puzzle, summary.patterns)
    total = Decimal(summary.count)
    left = {cell: sum(n * n for n in spread.values()) / total for cell, spread in cells.items()}
    useful = [cell for cell in left if left[cell] < total]
    ranked = sorted({round(left[c], 6) for c in useful})[:MOST_LOOKS]
    out: list[Sentence] = []
    for value in ranked:
        tied = [c for c in useful if round(left[c], 6) == value]
        out.extend(_name_cells(puzzle, tied))
    return tuple(out[:MOST_LOOKS])


def row_names(puzzle: Puzzle, rows: Sequence[int]) -> str:
    """`13–16`, `21`, `3、5、8–9`: rows by their printed numbers."""
    names = puzzle.names or tuple(str(i + 1) for i in range(len(puzzle.points)))
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return "、".join(names[r[0]] if len(r) == 1 else f"{names[r[0]]}–{names[r[-1]]}" for r in runs)


def points(puzzle: Puzzle, value: int) -> str:
    """A scaled value as people write it."""
    return points_text(Decimal(value) / puzzle.unit)


def label_of(puzzle: Puzzle, section: int) -> Sentence:
    """A section's label, or its place where the label is lost."""
    label = puzzle.facts[section].label
    return (f"“{label}”", f"“{label}”") if label else (f"第{section + 1}组（无名称）", f"group {section + 1} (no label)")


def _open_sections(patterns: Iterable[Pattern]) -> list[int]:
    starts = list(zip(*(p.starts for p in patterns), strict=True))
    return [k for k, rows in enumerate(starts) if len(set(rows)) > 1]


def _rows(puzzle: Puzzle, pattern: Pattern, section: int) -> range:
    ends = (*pattern.starts[1:], len(puzzle.points))
    return range(pattern.starts[section], ends[section])


def _sentence(puzzle: Puzzle, pattern: Pattern, open_: Sequence[int]) -> Sentence:
    zh, en = [], []
    layout = sorted({k for o in open_ for k in (o - 1, o) if k >= 0})
    if layout:
        spans = [(label_of(puzzle, k), row_names(puzzle, _rows(puzzle, pattern, k))) for k in layout]
        zh.append("，".join(f"{name[0]}为第{span}条" for name, span in spans))
        en.append(", ".join(f"{name[1]} is {span}" for name, span in spans))
    for section in range(len(puzzle.facts)):
        for part in (*_moved(puzzle, pattern, section), *_wrong(puzzle, pattern, section)):
            zh.append(part[0])
            en.append(part[1])
    if pattern.total and puzzle.total is not None:
        true, stated = points(puzzle, puzzle.total + pattern.total), points(puzzle, puzzle.total)
        zh.append(f"总分应为{true}（印作{stated}）")
        en.append(f"the total should be {true} (printed {stated})")
    return "；".join(zh) or "各数均如所印", "; ".join(en) or "every number as printed"


def _moved(puzzle: Puzzle, pattern: Pattern, section: int) -> Iterable[Sentence]:
    fact, start = puzzle.facts[section], pattern.starts[section]
    if fact.weight and fact.start is not None and not fact.holds(start):
        name, here, there = label_of(puzzle, section), row_names(puzzle, [start]), row_names(puzzle, [fact.start])
        yield f"{name[0]}自第{here}条起（名称印在第{there}条）", f"{name[1]} starts at {here} (its label stands at {there})"


def _wrong(puzzle: Puzzle, pattern: Pattern, section: int) -> Iterable[Sentence]:
    change = pattern.changes[section]
    fact = puzzle.facts[section]
    if change:
        able = [r for r in _rows(puzzle, pattern, section) if puzzle.points[r] and (puzzle.points[r] or 0) + change > 0]
        size = points(puzzle, abs(change))
        much_zh, much_en = ("多", "too high") if change < 0 else ("少", "too low")
        span = row_names(puzzle, able)
        one_zh, one_en = ("中有一条", "one of ") if len(able) > 1 else ("", "")
        yield f"第{span}条{one_zh}{much_zh}印{size}分", f"{one_en}{span} is {size} {much_en}"
    true = pattern.sums[section]
    for declared in sorted(set(fact.declared)):
        if declared != true:
            name, (was, now) = label_of(puzzle, section), (points(puzzle, declared), points(puzzle, true))
            yield f"{name[0]}应标{now}分（印作{was}分）", f"{name[1]} should state {now} (printed {was})"
    inside = [row for row, _ in puzzle.missing if row in _rows(puzzle, pattern, section)]
    if inside and (len(inside) > 1 or pattern.missing[section]):
        span, value = row_names(puzzle, inside), points(puzzle, pattern.missing[section])
        both = ("共", " together") if len(inside) > 1 else ("", "")
        yield f"第{span}条{both[0]}{value}分", f"{span}{both[1]} {'are' if both[0] else 'is'} {value}"


Cell = tuple[str, int]


def _cells(puzzle: Puzzle, patterns: Sequence[Pattern]) -> dict[Cell, Counter]:
    """For each cell one could look at, how many explanations give it which value."""
    cells: dict[Cell, Counter] = defaultdict(Counter)
    total = sum(p.count for p in patterns)
    for pattern in patterns:
        for section, fact in enumerate(puzzle.facts):
            if section:
                cells["start", section][pattern.starts[section]] += pattern.count
            if fact.declared:
                cells["declared", section][pattern.sums[section]] += pattern.count
            _count_rows(puzzle, pattern, section, cells)
        cells["total", 0][pattern.total] += pattern.count
    for cell, spread in cells.items():
        if cell[0] == "points":
            spread[0] += total - sum(spread.values())
    return cells


def _count_rows(puzzle: Puzzle, pattern: Pattern, section: int, cells: dict[Cell, Counter]) -> None:
    change = pattern.changes[section]
    rows = _rows(puzzle, pattern, section)
    able = [r for r in rows if change and puzzle.points[r] and (puzzle.points[r] or 0) + change > 0]
    for row in able:
        cells["points", row][change] += pattern.count // len(able)
    inside = [row for row, _ in puzzle.missing if row in rows]
    if len(inside) == 1:
        cells["points", inside[0]][("value", pattern.missing[section])] += pattern.count


def _name_cells(puzzle: Puzzle, tied: Sequence[Cell]) -> Iterable[Sentence]:
    rows = sorted(row for kind, row in tied if kind == "points")
    if rows:
        span = row_names(puzzle, rows)
        yield (f"第{span}条的分值格", f"score cell of {span}") if len(rows) == 1 else (
            f"第{span}条中任一分值格", f"any score cell of {span}"
        )  # fmt: skip
    for kind, section in sorted(cell for cell in tied if cell[0] != "points"):
        name = label_of(puzzle, section)
        if kind == "start":
            yield f"{name[0]}从哪一条起", f"where {name[1]} starts"
        elif kind == "declared":
            yield f"{name[0]}名称格中的分值", f"points in the label cell of {name[1]}"
        elif kind == "total":
            yield "总分格", "the total cell"
