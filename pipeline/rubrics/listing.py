"""A rubric written as a list of lines, without a table, turned into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain, pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Block, Cell, Paragraph, Table
from pipeline.normalize import chinese_number, clean, fold
from pipeline.notices.lines import Margins, columns, paragraph_lines
from pipeline.points import is_label_points, points_at_end, split_label
from pipeline.rubrics.listanswers import parted
from pipeline.rubrics.listlines import (
    BULLET,
    CASE,
    DOTTED_START,
    LEADING_POINTS,
    LIST_MARKER,
    kind_of,
    names_total,
    points_of,
    unmarked,
)
from pipeline.rubrics.roles import Columns
from pipeline.rubrics.sections import section_kind
from pipeline.rubrics.stacks import MIN_TITLE
from pipeline.rubrics.table import JoinedTable

MIN_LINES = 3
"""Fewer scored lines are running text that mentions points."""

HEAD = 3
"""Lines above the list that may be its title (on two lines) and the fields below it."""

LEAST_TOTAL = Decimal("0.45")
"""Of the points below it, a title's total gives so much, though bonus lines or headings that look like lines be among them;
one line of several gives less."""

TAIL = 2
"""Lines below the list that may give its total (以上各项合计100分。)."""

LIST_COLUMNS = Columns(labels=(0,), number=1, text=2, points=3)

GAPS = regex.compile(r"\S(?:\t|\s{2,})(?=\p{Han}{2})")
"""Where columns part before words: so it is in the rows of a table that was not read as one."""

VETO_CLOSING = regex.compile(r"[，,、]\s*(?:实行|予以|直接)?(?P<said>一票否决)\s*[。；;]?$")
"""A veto that closes a line: `拒绝检查的，一票否决。`"""

EXTRA = regex.compile(r"[加扣减]\s*[0-9.]+\s*分")
ADDED = regex.compile(r"加\s*(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分[。；;]?$")
"""What a case below a heading of bonuses adds, be it the last thing said."""

ITEM = r"(?:[(（]?[0-9０-９]{1,2}(?:[)）]|\s*[.、．])|[①-⑳])"
ITEM_SERIAL = regex.compile(rf"\s*{ITEM}")
ITEM_START = regex.compile(rf"(?<=[。；;：:])\s*(?={ITEM})")
"""Where another item may begin within a paragraph."""

FIGURES = regex.compile(r"[0-9]+")

SECTION_HEAD = regex.compile(rf"{patterns.SECTION_MARKER.pattern}[^。；;]{{2,40}}")

HASHES = regex.compile(r"^\s*#{1,6}\s+")
"""How Markdown marks a heading."""

FIRST_LEVEL = regex.compile(r"^\s*([0-9]{1,2})\s*[.．]")
TWO_LEVELS = regex.compile(r"^\s*([0-9]{1,2})\.([0-9]{1,5})\s+")
"""A serial of two levels, one of the first before a figure (3.24 小时值班), or a measure (37.3 度以上)."""

OPTION_LINE = regex.compile(r"^\s*(?:[A-H]\s*[.、．]|[0-9]{1,2}\s*[)）])")
"""How an answer or a remark below an item is marked, and in other lists an item."""

PLAIN_SERIAL = regex.compile(r"^\s*([0-9０-９]{1,2})\s*[.．](?![0-9０-９])")
MAX_LIST_LABEL = 40

SET_WIDTH = 50
"""Columns of the narrowest page that text is wrapped to by hand."""


def lists_of(blocks: Sequence[Block]) -> tuple[JoinedTable, ...]:
    """The lists of a stretch without tables: one, or each under a title of its own, where these have all rows of the one."""
    whole = list_table(blocks)
    titles = [i for i, b in enumerate(blocks) if isinstance(b, Paragraph) and titles_sheet(b)]
    if whole is None or len(titles) < 2:
        return (whole,) if whole is not None else ()
    parts = [list_table(blocks[a:b]) for a, b in pairwise([*titles, len(blocks)])]
    found = tuple(part for part in parts if part is not None)
    return found if sum(part.parts[0].rows for part in found) == whole.parts[0].rows else (whole,)


def _items(paragraph: Paragraph) -> tuple[Paragraph, ...]:
    """A paragraph that runs several scored items together (1.…（5分）；2.…（3分）。), each as a line of its own, and the heading
    before them; any other as it is."""
    head, *parts = ITEM_START.split(paragraph.text)
    if ITEM_SERIAL.match(head):
        head, parts = "", [head, *parts]
    serials = [fold(m[0]) for p in parts if (m := ITEM_SERIAL.match(p))]
    values = [int(m[0]) for s in serials if (m := FIGURES.search(s))]
    counted = len(values) == len(parts) > 1 and all(0 <= b - a <= 2 for a, b in pairwise(values)) and values[-1] > values[0]
    if not counted or len({FIGURES.sub("", s) for s in serials}) > 1 or (head and not SECTION_HEAD.fullmatch(clean(head))):
        return (paragraph,)
    if any(p.rstrip().endswith((":", "：")) for p in parts) or (not head and len(set(values)) < len(values)):
        return (paragraph,)  # 1.…。其中：1.…；2.… are items in an item
    if sum(points_of(clean(p)) is not None for p in parts) < max(2, len(parts) - 1):
        return (paragraph,)
    return tuple(replace(paragraph, text=text) for text in ([head.rstrip("：: ")] if head else []) + parts)


def titles_sheet(line: Paragraph) -> bool:
    """Whether a line is the title of a sheet: no line of a list, that stands in the middle or speaks of scoring."""
    text = HASHES.sub("", clean(line.text))
    titled = MIN_TITLE <= len(text) <= MAX_LIST_LABEL and patterns.TITLE_WORDS.search(text) is not None
    said = line.align == "center" or patterns.SCORING_TITLE.search(text) is not None
    return titled and said and not LIST_MARKER.match(text) and not BULLET.match(text)


def list_table(blocks: Sequence[Block]) -> JoinedTable | None:
    """A rubric written as a list: headings (`1. 完成度（30分）`) over lines that end in points (`…（10分）`).

    None when there are fewer than three scored lines, or tables between them. A line without points is a criterion
    without points when it has a marker, else it is left over.
    """
    if any(isinstance(b, Table) for b in blocks):
        return None
    written = [replace(b, text=HASHES.sub("", b.text)) for b in blocks if isinstance(b, Paragraph) and clean(b.text)]
    paragraphs = [item for p in written for item in _items(p)]
    if sum("分" in p.text for p in paragraphs) < MIN_LINES:
        return None
    paragraphs, options = _without_options(_plainly_numbered(paragraphs))
    lines, beside = parted(_whole_lines(paragraphs))
    lines, total = _without_total(lines)
    scored = _scored(lines)
    if len(scored) < MIN_LINES or 2 * sum(GAPS.search(unmarked(lines[i].text.strip())) is not None for i in scored) > len(scored):
        return None
    first, last = _first(lines, scored[0]), scored[-1]
    while last + 1 < len(lines) and (_vetoes(lines[last + 1]) or _heads_vetoes(lines, last + 1) or _is_extra(lines[first:], last + 1 - first)):
        last += 1
    lines = [*lines[: last + 1], *total, *lines[last + 1 :]]
    short = last == scored[-1] and _falls_short(lines[first : last + 1])
    while short and last + 1 < len(lines) and _counts_on(lines[last], lines[last + 1]):  # all of them: which is worth the rest is open
        last += 1
    title, inside = lines[:first][-HEAD:], lines[first : last + 1]
    if _is_title(inside):
        below = next((i for i, p in enumerate(inside) if i and not _heads_no_line(p)), 1)
        title, inside = [*title, *inside[:below]], inside[below:]
    heads = {i for i in range(len(inside)) if _is_heading(inside, i)}
    own = [i for i, p in enumerate(inside) if i not in heads and points_of(clean(p.text)) is not None]
    if len(own) < MIN_LINES - 1 or 2 * len(scored) < len(inside) - len(heads):
        return None
    over = next((i for i in range(last + 1, len(lines)) if not _counts_on(lines[i - 1], lines[i])), len(lines))
    return _as_table(title, inside, heads, beside, [*options, *lines[last + 1 : over]], lines[over:][:TAIL])


def _without_total(lines: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """The lines without the one that names the total (合计100分), and that: bonuses, deductions and vetoes may stand below it."""
    scored = _scored(lines)
    at = next((i for i in range(scored[0] + 1, len(lines)) if names_total(lines[i])), len(lines)) if scored else len(lines)
    below = lines[at + 1 : at + 3]
    closes = (bool(scored) and at == scored[-1] + 1) or (len(below) == 2 and _heads_extras(*below))
    return ([*lines[:at], *lines[at + 1 :]], lines[at : at + 1]) if closes else (lines, [])


def _scored(lines: Sequence[Paragraph]) -> list[int]:
    """Where lines give points; one that gives the total is none of them."""
    return [i for i, p in enumerate(lines) if points_of(clean(p.text)) is not None and not names_total(p)]


def _plainly_numbered(lines: Sequence[Paragraph]) -> list[Paragraph]:
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


def _without_options(lines: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """The lines without those marked A. or 1) where none of these has points: answers and remarks, no level of the list."""
    options = [p for p in lines if OPTION_LINE.match(p.text)]
    if any(points_of(clean(p.text)) is not None or _vetoes(p) for p in options):
        return lines, []
    return [p for p in lines if not OPTION_LINE.match(p.text)], options


def _vetoes(line: Paragraph) -> bool:
    """Whether a marked line says that it vetoes, in brackets or where it ends."""
    text = clean(line.text)
    return bool(LIST_MARKER.match(text) and (patterns.VETO_IN_TEXT.search(text) or VETO_CLOSING.search(unmarked(text))))


def _heads_vetoes(lines: Sequence[Paragraph], index: int) -> bool:
    """Whether a line heads a last section of nothing but vetoes."""
    below = lines[index + 1] if index + 1 < len(lines) else None
    return below is not None and _vetoes(below) and _may_head(clean(lines[index].text)) and kind_of(lines[index]) != kind_of(below)


def _is_extra(lines: Sequence[Paragraph], index: int) -> bool:
    """Whether a line says what a case adds or takes off, below the heading of such or another of its kind; or is that heading, marked
    as no line deeper in the list. `lines`: the list and what follows it."""
    above, line, below = (lines[i] if i < len(lines) else None for i in (index - 1, index, index + 1))
    if above is None or line is None:
        return False
    if _says_extra(line):
        return _heads_extras(above, line) or (_says_extra(above) and kind_of(above) == kind_of(line))
    order = list(dict.fromkeys(map(kind_of, lines)))
    return below is not None and _says_extra(below) and _heads_extras(line, below) and order.index(kind_of(line)) < order.index(kind_of(below))


def _heads_extras(line: Paragraph, below: Paragraph) -> bool:
    text = clean(line.text)
    return _may_head(text) and kind_of(line) != kind_of(below) and section_kind(text) != "scored"


def _says_extra(line: Paragraph) -> bool:
    return LIST_MARKER.match(clean(line.text)) is not None and EXTRA.search(line.text) is not None


def _falls_short(lines: Sequence[Paragraph]) -> bool:
    """Whether the last section of a list declares more points than its lines have."""
    heads = [i for i in range(len(lines)) if _is_heading(lines, i) and points_of(clean(lines[i].text)) is not None]
    given = [points_of(clean(line.text)) or 0 for line in lines[heads[-1] :]] if heads else [0]
    return given[0] > sum(given[1:])


def _counts_on(line: Paragraph, below: Paragraph) -> bool:
    """Whether a line without points has the next serial in figures after the line above: the last row of a list, its points absent."""
    one, two = LIST_MARKER.match(clean(line.text)), LIST_MARKER.match(clean(below.text))
    figures = [FIGURES.search(fold(m[0])) for m in (one, two) if m and kind_of(line) == kind_of(below)]
    return len(figures) == 2 and None not in figures and int(figures[1][0]) == int(figures[0][0]) + 1  # type: ignore[index]


def unboxed(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with the cells of their tables as lines: for tables of one column, frames around a list."""
    return [x for b in blocks for x in (_lines_in(b) if isinstance(b, Table) else (b,))]


def _lines_in(table: Table) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(c.text, c.at, page=table.page) for c in table.cells if clean(c.text))


def _as_table(
    title: Sequence[Paragraph], inside: Sequence[Paragraph], heads: set[int], beside: Mapping[int, Mapping[str, Paragraph]],
    over: Sequence[Paragraph], tail: Sequence[Paragraph],
) -> JoinedTable | None:  # fmt: skip
    """`beside`: what says how a line is scored, by its identity; `over`: answers and remarks, and lines whose serials go on after the
    last with points: rows that lack theirs, or clauses of the notice."""
    cells: list[Cell] = []
    loose: list[Paragraph] = []
    kinds = list(dict.fromkeys(kind_of(inside[i]) for i in sorted(heads)))
    ranks: dict[int, int] = {}
    roles = list(dict.fromkeys(role for i, p in enumerate(inside) if i not in heads for role in beside.get(id(p), {})))
    width = 4 + len(roles)
    criteria = row = 0
    extra = False
    for i, paragraph in enumerate(inside):
        text = clean(paragraph.text)
        value = points_of(text)
        if value is None and extra and (added := ADDED.search(text)) and not CASE.search(text):
            value = Decimal(added["points"])
        if i in heads:
            extra = patterns.BONUS_LABEL.search(text) is not None
            label = _unstopped(text if patterns.SECTION_MARKER.match(text) else LIST_MARKER.sub("", text))
            cells.append(Cell(row, 0, label, paragraph.at, col_span=width))
            ranks[row] = kinds.index(kind_of(paragraph)) + 1
            loose += beside.get(id(paragraph), {}).values()
        elif value is not None or LIST_MARKER.match(text):
            cells += _line_cells(row, text, value, paragraph)
            cells += (Cell(row, 4 + roles.index(role), clean(p.text), p.at) for role, p in beside.get(id(paragraph), {}).items())
            criteria += 1
        else:
            loose.append(paragraph)
            continue
        row += 1
    table = Table(tuple(cells), row, width, inside[0].at, inside[0].page)
    known = replace(LIST_COLUMNS, others={4 + i: role for i, role in enumerate(roles)})
    listed = JoinedTable((table,), tuple(title), tuple(tail), shape="list", known=known, inside=(*loose, *over), ranks=ranks)
    return listed if criteria >= MIN_LINES else None


def _line_cells(row: int, text: str, value: Decimal | None, paragraph: Paragraph) -> list[Cell]:
    """One line: its serial (where it has one), its text without marker and bracketed points, its points."""
    marker = LIST_MARKER.match(text)
    serial = regex.search(r"[0-9]+|[一二三四五六七八九十]+", fold(marker[0])) if marker else None
    dotted = DOTTED_START.match(text)
    number = dotted["n"] if dotted else chinese_number(serial[0]) if serial else None
    unscored = patterns.POINTS_IN_TEXT.sub(lambda m: f"（{m['said']}）" if m["said"] else "", unmarked(text))
    body = LEADING_POINTS.sub("", unscored).strip()
    veto = (patterns.VETO_IN_TEXT.search(body) or VETO_CLOSING.search(body)) if value is None else None
    given = [(1, number), (2, body[: veto.start()] + body[veto.end() :] if veto else body), (3, veto["said"] if veto else value)]
    return [Cell(row, col, f"{x}", paragraph.at) for col, x in given if x is not None]


def _whole_lines(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """Printed lines joined to items: as their margins say, and a marked line without points goes on in the lines after it
    up to its points; points alone are those of the line above."""
    out: list[Paragraph] = []
    set_lines = [paragraph_lines(line, i) for i, line in enumerate(lines)]
    margins = Margins.of(list(chain.from_iterable(set_lines)))
    widest = max(SET_WIDTH, *(columns(x.text) for x in chain.from_iterable(set_lines))) - 4
    for i, line in enumerate(lines):
        text = clean(line.text)
        above = clean(out[-1].text) if out else ""
        marked = bool(LIST_MARKER.match(above) or BULLET.match(above))
        opened = marked and points_of(above) is None
        own = LIST_MARKER.match(text) or BULLET.match(text) or patterns.NOTE_ROW.match(text) or names_total(line)
        wraps = (line.page is not None or columns(set_lines[i - 1][-1].text) >= widest) and not above.endswith(("。", "；", "："))
        closed = points_at_end(above) is not None and not patterns.SCORING_CLAUSE.search(text)
        follows = marked and not closed and margins.goes_on(set_lines[i - 1][-1], set_lines[i][0])
        if not own and ((opened and (wraps or is_label_points(text))) or follows):
            out[-1] = replace(out[-1], text=above + text)
        else:
            out.append(line)
    return out


def _first(lines: Sequence[Paragraph], scored: int) -> int:
    """The index of the first line of the list: headings without points may stand above the first scored line."""
    first = scored
    while first > 0 and _may_head(clean(lines[first - 1].text)) and kind_of(lines[first - 1]) != kind_of(lines[first]):
        first -= 1
    return first


def _may_head(text: str) -> bool:
    label, declared = split_label(_unstopped(text))
    whole = declared is not None or _unstopped(text) == text
    return bool(LIST_MARKER.match(text)) and len(label) <= MAX_LIST_LABEL and whole and "。" not in label


def _unstopped(text: str) -> str:
    """A line without the stop that closes it."""
    return text.rstrip("。；; ")


def _is_title(inside: Sequence[Paragraph]) -> bool:
    """Whether the first line of a list is its title with the total (评分表（满分100分）): by its words, or because it gives more of
    the points below than one line of several would."""
    text = clean(inside[0].text)
    total = patterns.TITLE_TOTAL.search(fold(text))
    if total is None or LIST_MARKER.match(text) or BULLET.match(text):
        return False
    below, own = inside[1:], points_of(text)
    given = sum((points_of(clean(p.text)) or 0 for i, p in enumerate(below) if not _is_heading(below, i)), Decimal(0))
    return patterns.TITLE_WORDS.search(text) is not None or own is None or own >= given * LEAST_TOTAL


def _heads_no_line(paragraph: Paragraph) -> bool:
    """Whether a line under a list's title is a field (被考核单位：) or names columns, set apart (考核内容    得分)."""
    names = paragraph.text.split()
    return patterns.field_name(paragraph.text) is not None or (len(names) > 1 and all(map(patterns.header_role, names)))


def _is_heading(lines: Sequence[Paragraph], index: int) -> bool:
    """A short marked line whose next line with a marker or points is marked deeper (kinds of markers rank as they appear)."""
    text = clean(lines[index].text)
    if not _may_head(text):
        return False
    rest = (lines[i] for i in range(index + 1, len(lines)))
    below = next((p for p in rest if kind_of(p) != "plain" or points_of(clean(p.text)) is not None), None)
    if below is None:
        return False
    order = list(dict.fromkeys(map(kind_of, lines)))
    if names_total(below):
        return False
    deeper = order.index(kind_of(below)) > order.index(kind_of(lines[index]))
    sectioned = patterns.SECTION_MARKER.match(text) is not None and split_label(_unstopped(text))[1] is not None
    return deeper and (sectioned or points_of(clean(below.text)) is not None or _may_head(clean(below.text)) or _vetoes(below) or _heads_extras(lines[index], below))
