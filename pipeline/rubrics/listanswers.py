"""Lines below an item of a list that say how it is scored: its standard, method or evidence, and no items of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Paragraph
from pipeline.rubrics.listlines import APART, NOTHING, kind_of, names_total, ranks, unmarked, worth

BESIDE = regex.compile(r"^\s*[(（【\[]?(?P<name>\p{Han}{4,6})[)）】\]]?\s*[:：]\s*(?P<said>\S.*)$", regex.DOTALL)
"""A line that says by which standard or method the one above it is scored: `评分标准：每少一次扣1分。`"""


def parted(lines: Sequence[Paragraph]) -> tuple[list[Paragraph], dict[int, dict[str, Paragraph]]]:
    """The lines without those that say how the scored line above them is scored, and these by that line (its identity) and role."""
    return _without_answers(*_without_named(lines))


def _without_named(lines: Sequence[Paragraph]) -> tuple[list[Paragraph], dict[int, dict[str, Paragraph]]]:
    """Parted as to the lines that name their role (评分标准：…)."""
    out: list[Paragraph] = []
    beside: dict[int, dict[str, Paragraph]] = {}
    for line in lines:
        match = BESIDE.match(line.text)
        role = patterns.header_role(match["name"]) if match else None
        own = out[-1] if out and kind_of(out[-1]) != "plain" and worth(out[-1]) is not None else None
        scored = line.text.rstrip("。； ").endswith((")", "）")) and worth(line) is not None
        if match and not scored and own is not None and role in ("standard", "method", "evidence") and role not in beside.get(id(own), {}):
            beside.setdefault(id(own), {})[role] = replace(line, text=match["said"])
        else:
            out.append(line)
    return out, beside


def _without_answers(
    lines: list[Paragraph], beside: dict[int, dict[str, Paragraph]]
) -> tuple[list[Paragraph], dict[int, dict[str, Paragraph]]]:
    """Parted as to the lines that say what each answer to the item above them gets (齐全的得10分。 基本齐全的得5分。), its standard: so it
    must be below every item of its kind that has such lines."""
    order = ranks(lines)
    scored = [i for i, p in enumerate(lines) if kind_of(p) not in ("plain", APART) and worth(p) is not None]
    below = {i: run for i in scored if (run := _answers_below(lines, i, order))}
    if below and min(below) == scored[-1] and kind_of(below[scored[-1]][0]) == "plain":
        return lines, beside  # below the last item alone: a remark on the whole list
    refuted = {kind_of(lines[i]) for i, run in below.items() if not _are_answers(worth(lines[i]), run)}
    held = {i: run for i, run in below.items() if kind_of(lines[i]) not in refuted and "standard" not in beside.get(id(lines[i]), {})}
    said = {id(p) for run in held.values() for p in run}
    standards = {id(lines[i]): replace(run[0], text="\n".join(unmarked(p.text) for p in run)) for i, run in held.items()}
    return [p for p in lines if id(p) not in said], beside | {key: beside.get(key, {}) | {"standard": p} for key, p in standards.items()}


def _answers_below(lines: Sequence[Paragraph], index: int, order: Mapping[str, int]) -> list[Paragraph]:
    """The lines of one kind right below a scored one that all say what something gets, if none of a deeper kind follows them."""
    run: list[Paragraph] = []
    for line in (lines[i] for i in range(index + 1, len(lines))):
        closes = kind_of(line) != "plain" and order[kind_of(line)] <= order[kind_of(lines[index])]
        if closes or kind_of(line) != kind_of(run[0] if run else line):
            return run if closes or kind_of(line) == "plain" else []
        if names_total(line):
            return run
        if not NOTHING.search(line.text) and worth(line) is None and not (kind_of(line) == "plain" and _says(line, lines[index])):
            return run if kind_of(line) == "plain" else []
        run.append(line)
    return run


AMOUNT = regex.compile(r"(?<![合共总])[扣得加减计]\s*([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分")


def _says(line: Paragraph, item: Paragraph) -> bool:
    """Whether a line says what cases of the item above get or cost: no more than the item gives, as a total or a grade's bound would be."""
    most = worth(item)
    given = [Decimal(n) for n in AMOUNT.findall(line.text)]
    return bool(given) and most is not None and max(given) <= most and not patterns.NOTE_ROW.match(line.text)


def _are_answers(points: Decimal | None, lines: Sequence[Paragraph]) -> bool:
    """Whether the first of the lines gives all of the points, each other less; a single one that gives them is not numbered."""
    given = [value for p in lines if (value := worth(p)) is not None]
    falls = all(a > b for a, b in pairwise(given))
    plain = kind_of(lines[0]) == "plain"
    return (plain and not given) or (bool(given) and given[0] == points and falls and (plain or len(lines) > 1))
