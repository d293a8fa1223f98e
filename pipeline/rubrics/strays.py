"""What of a table seems to stand outside it: lines of text that look like its rows (the next serial number, words, points),
and a second table that goes on with its count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Block, Paragraph, Remark, Rubric, Table
from pipeline.normalize import clean, fold, points

_GLUED = regex.compile(rf"^([0-9]{{1,3}})(?=\p{{Han}})(?![{patterns.MEASURES}])")
"""A serial without a space behind it, no measure."""

FEW = 2
"""No table has so few rows."""

MIN_WORDS = 4
"""Characters of the words between the number and the points."""


def stray_rows(blocks: Sequence[Block], rubrics: Iterable[Rubric]) -> Iterator[Remark]:
    """A remark for each line after the first table that carries the number after one of the rubrics' criteria, itself absent
    among them, then words, then points."""
    known = {int(n) for rubric in rubrics for c in rubric.printed() if (n := fold(c.number or "")).isdecimal()}
    first = next((i for i, block in enumerate(blocks) if isinstance(block, Table)), len(blocks))
    for block in blocks[first + 1 :]:
        number = _row_number(block.text) if isinstance(block, Paragraph) and known else None
        if number is None or number in known or number - 1 not in known:
            continue
        known.add(number)
        what, zh = f"a line that looks like row {number} of the table stands outside it", f"表外有一行像是表中第 {number} 行"
        if block.at:
            what, zh = f"{block.at.place()}: {what}", f"{block.at.place('zh')}：{zh}"
        yield Remark("stray-rows", what, block.at, message_zh=zh)


def stray_vetoes(blocks: Sequence[Block], rubrics: Sequence[Rubric]) -> Iterator[Remark]:
    """A remark for each small table that names vetoes (一票否决) and of which no rubric has a word: a row that went to the next page."""
    read = [text for r in rubrics for text in (*(c.text for c in r.printed()), *(u.text for u in r.unplaced), *(n.text for n in r.notes))]
    for table in blocks:
        words = [clean(c.text) for c in table.cells] if isinstance(table, Table) and table.rows <= FEW else []
        others = [text for text in words if not patterns.VETO_NAME.fullmatch(fold(text))]
        texts = [text for text in others if len(text) > MIN_WORDS] if len(others) < len(words) else []
        if texts and not any(text in said or said in text for text in texts for said in read if said):
            yield Remark("stray-rows", "a small table of vetoes stands outside the rubric and was not read", table.at, message_zh="表外另有一小张表列出一票否决，没有读入评价表")


def torn_tables(rubrics: Sequence[Rubric]) -> Iterator[Remark]:
    """A remark for each rubric whose serials go on with those of the one before it, which came to no total."""
    for above, below in pairwise(rubrics):
        numbers = [fold(c.number or "") for c in (*above.printed()[-1:], *below.printed()[:1])]
        if above.stated_total is not None or len(numbers) < 2 or not all(n.isdecimal() for n in numbers):
            continue
        if int(numbers[1]) == int(numbers[0]) + 1:
            what = f"the table that begins with number {numbers[1]} seems to go on with the one before it, but was read as another"
            zh = f"从序号 {numbers[1]} 起的表像是上一张表的后半，却读成了另一张"
            yield Remark("torn-table", what, below.printed()[0].at, message_zh=zh)


def cut_tops(rubrics: Sequence[Rubric]) -> Iterator[Remark]:
    """A remark for each rubric on a page whose points do not come to its total and that seems to lack rows: its serials begin
    above 2 (a lone first row may be lacking in print) and go on with no other's, or a row or two have less than half of the total."""
    known = {n for rubric in rubrics for c in rubric.printed() if (n := fold(c.number or "")).isdecimal()}
    for rubric in rubrics:
        rows = rubric.printed()
        at = (rows[0].number_at or rows[0].at) if rows else None
        total = sum(c.max_points or 0 for c in rows)
        if at is None or at.bbox is None or total == rubric.stated_total:
            continue
        number = fold(rows[0].number or "")
        if number.isdecimal() and int(number) > 2 and str(int(number) - 1) not in known:
            what = f"the first row of the table has number {number}; those before it were not read"
            zh = f"表的第一行是序号 {number}，其前各行没有读出"
        elif len(rows) <= FEW and rubric.stated_total is not None and 2 * total < rubric.stated_total:
            what = f"rows of {total} of {rubric.stated_total} points were read; the others were not"
            zh = f"总分 {rubric.stated_total} 分，只读出 {total} 分的行，其余没有读出"
        else:
            continue
        yield Remark("absent-rows", f"{at.place()}: {what}", at, message_zh=f"{at.place('zh')}：{zh}")


def _row_number(text: str) -> int | None:
    """The serial of a line that is a row's: number, words, points."""
    words = _GLUED.sub(r"\1 ", " ".join(fold(w) for w in clean(text).split(" "))).split(" ")
    long = next((i for i, w in enumerate(words) if len(w) >= MIN_WORDS and points(w) is None), 0)
    before = [w for w in words[:long] if w.isdecimal() and len(w) <= 3]
    scored = any(points(w) is not None for w in words[long + 1 :])
    return int(before[-1]) if before and scored else None
