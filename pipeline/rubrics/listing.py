"""A rubric written as a list of lines, without a table, turned into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain, pairwise, takewhile

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Block, Cell, Paragraph, Table
from pipeline.normalize import chinese_number, clean, fold
from pipeline.notices.lines import Margins, columns, paragraph_lines
from pipeline.ordinals import NUMERALS
from pipeline.points import LEADING_POINTS, is_label_points, points_at_end
from pipeline.rubrics.listanswers import parted
from pipeline.rubrics.listheads import (
    EXTRA,
    MAX_LIST_LABEL,
    VETO_CLOSING,
    Heads,
    first_heading,
    heads_extras,
    says_extra,
    unstopped,
    vetoes,
    without_caps,
)
from pipeline.rubrics.listlines import (
    APART,
    APART_HEAD,
    BRACKETED,
    BULLET,
    CASE,
    DOTTED_START,
    HEADS_APART,
    LETTERED,
    LIST_MARKER,
    SERIAL_FIGURES,
    counts_on,
    kind_of,
    names_subtotal,
    names_total,
    points_of,
    unmarked,
    worth,
    worth_then,
)
from pipeline.rubrics.listlines import ranks as ranks_of
from pipeline.rubrics.listserials import lettered, levels_set_apart, plainly_numbered, spaced_out
from pipeline.rubrics.roles import Columns
from pipeline.rubrics.sections import section_kind
from pipeline.rubrics.stacks import MIN_TITLE
from pipeline.rubrics.table import JoinedTable

STOPS = ("。", "；", "：", ";", ":")

WITHIN = regex.compile(r"[，,、](?:[^，,、。；;]{4,})?$")
"""A line that stops within a sentence: `数据真实完整，上传`."""

MIN_LINES = 3
"""Fewer scored lines are running text that mentions points."""

HEAD = 3
"""Lines above the list that may be its title (on two lines) and the fields below it."""

LEAST_TOTAL = Decimal("0.45")
"""Of the points below it, a title's total gives so much, though bonus lines or headings that look like lines be among them;
one line of several gives less."""

REMARKS = 4
"""Lines that may stand between a list and the bonuses below it: how the score is reckoned, or vetoes."""

TAIL = 2
"""Lines below the list that may give its total (以上各项合计100分。)."""

LIST_COLUMNS = Columns(labels=(0,), number=1, text=2, points=3)

GAPS = regex.compile(r"\S(?:\t|\s{2,})(?=\p{Han}{2})")
"""Where columns part before words: so it is in the rows of a table that was not read as one."""

ADDED = regex.compile(r"加\s*(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分[。；;]?$")
"""What a case below a heading of bonuses adds, be it the last thing said."""

EXTRA_IN_LINE = regex.compile(rf"^\s*(?P<head>{APART_HEAD})(?<=[:：])\s*(?P<said>\S.*[加扣减]\s*[0-9.]+\s*分.*)$", regex.DOTALL)

IN_BRACKETS = regex.compile(r"[(（\[【][^()（）\[\]【】]*[0-9]\s*分[^()（）\[\]【】]*[)）\]】]")
"""Points in brackets."""

ADDS = regex.compile(r"加\s*[0-9.]+\s*分")

FIRST_ITEM = regex.compile(r"^\s*(?:[(（]?[1１](?:[)）]|\s*[.、．](?![0-9０-９]))|①)")
"""The first of a numbering in figures."""

ITEM = r"(?:[(（]?[0-9０-９]{1,2}(?:[)）]|\s*[.、．])|[①-⑳])"
ITEM_SERIAL = regex.compile(rf"\s*{ITEM}")
ITEM_START = regex.compile(rf"(?<=[。；;：:])\s*(?={ITEM})")
"""Where another item may begin within a paragraph."""

SECTION_HEAD = regex.compile(rf"{patterns.SECTION_MARKER.pattern}[^。；;]{{2,40}}")

HASHES = regex.compile(r"^\s*#{1,6}\s+")
"""How Markdown marks a heading."""

OPTION_LINE = regex.compile(r"^\s*(?:[A-H]\s*[.、．]|[0-9]{1,2}\s*[)）])")
"""How an answer or a remark below an item is marked, and in other lists an item."""

SET_WIDTH = 50
"""Columns of the narrowest page that text is wrapped to by hand."""


def lists_of(blocks: Sequence[Block], body: bool = False) -> tuple[JoinedTable, ...]:
    """The lists of a stretch without tables: one, or each under a title of its own, where these have all rows of the one. `body`: the
    stretch is that of the notice, whose clauses may tell of points."""
    whole = list_table(blocks, body)
    titles = [i for i, b in enumerate(blocks) if isinstance(b, Paragraph) and titles_sheet(b)]
    if whole is None or len(titles) < 2:
        return (whole,) if whole is not None else ()
    parts = [list_table(blocks[a:b]) for a, b in pairwise([*titles, len(blocks)])]
    found = tuple(part for part in parts if part is not None)
    return found if sum(part.parts[0].rows for part in found) == whole.parts[0].rows else (whole,)


def _items(paragraph: Paragraph, extras: bool = False) -> tuple[Paragraph, ...]:
    """A paragraph that runs several scored items together (1.…（5分）；2.…（3分）。), each as a line of its own, and the heading
    before them; any other as it is. `extras`: it says what cases add or take off."""
    head, *parts = ITEM_START.split(paragraph.text)
    if ITEM_SERIAL.match(head):
        head, parts = "", [head, *parts]
    serials = [fold(m[0]) for p in parts if (m := ITEM_SERIAL.match(p))]
    values = [int(m[0]) for s in serials if (m := SERIAL_FIGURES.search(s))]
    counted = len(values) == len(parts) > 1 and all(0 <= b - a <= 2 for a, b in pairwise(values)) and values[-1] > values[0]
    if not counted or len({SERIAL_FIGURES.sub("", s) for s in serials}) > 1 or (head and not SECTION_HEAD.fullmatch(clean(head))):
        return (paragraph,)
    if any(p.rstrip().endswith((":", "：")) for p in parts) or (not head and len(set(values)) < len(values)):
        return (paragraph,)  # 1.…。其中：1.…；2.… are items in an item
    if sum(points_of(clean(p)) is not None or (extras and EXTRA.search(p) is not None) for p in parts) < max(2, len(parts) - 1):
        return (paragraph,)
    return tuple(replace(paragraph, text=text) for text in ([head.rstrip("：: ")] if head else []) + parts)


def _extras_apart(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines, those that name extras and say them in one (加分项：获市级表彰的，加5分。) as two, or more where it numbers them; not
    where such a name stands among the scored lines of its sheet, and says how the line above it is scored (扣分：少一人扣5分。)."""
    found = {i: m for i, p in enumerate(lines) if (m := EXTRA_IN_LINE.match(p.text))}
    if not found:
        return list(lines)
    starts = [0, *(i for i, p in enumerate(lines) if i and titles_sheet(p)), len(lines)]
    among = {i for a, b in pairwise(starts) for i in _among(lines, {k: m for k, m in found.items() if a <= k < b}, b)}
    parts = {i: (replace(lines[i], text=m["head"]), *_items(replace(lines[i], text=m["said"]), extras=True)) for i, m in found.items() if i not in among}
    return [part for i, line in enumerate(lines) for part in parts.get(i, (line,))]


def _among(lines: Sequence[Paragraph], found: Mapping[int, regex.Match[str]], end: int) -> set[int]:
    """Which of the lines that name extras, of a sheet that ends before `end`, have a name that stands above its scored lines: none
    begins a numbering of its own right below, and no heading of extras parts them."""
    names: set[str] = set()
    for i, match in found.items():
        below = list(takewhile(lambda p: not HEADS_APART.match(clean(p.text)), lines[i + 1 : end]))
        scored = [below[k] for k in _scored(below) if i + 1 + k not in found and ADDS.search(below[k].text) is None]
        if scored and FIRST_ITEM.match(below[0].text) is None:
            names.add(match["head"])
    return {i for i, match in found.items() if match["head"] in names}


def titles_sheet(line: Paragraph) -> bool:
    """Whether a line is the title of a sheet: no line of a list, that stands in the middle or speaks of scoring."""
    text = _without_hashes(clean(line.text))
    titled = MIN_TITLE <= len(text) <= MAX_LIST_LABEL and patterns.TITLE_WORDS.search(text) is not None
    said = line.align == "center" or patterns.SCORING_TITLE.search(text) is not None
    return titled and said and not LIST_MARKER.match(text) and not BULLET.match(text)


def _without_hashes(text: str) -> str:
    """A line without the signs that Markdown has before a heading."""
    return HASHES.sub("", text) if "#" in text else text


def list_table(blocks: Sequence[Block], body: bool = False) -> JoinedTable | None:
    """A rubric written as a list: headings (`1. 完成度（30分）`) over lines that end in points (`…（10分）`).

    None when there are fewer than three scored lines, or tables between them. A line without points is a criterion
    without points when it has a marker, else it is left over.
    """
    if any(isinstance(b, Table) for b in blocks):
        return None
    printed = [b for b in blocks if isinstance(b, Paragraph) and clean(b.text)]
    written = [replace(b, text=_without_hashes(b.text)) if "#" in b.text else b for b in printed]
    paragraphs = [item for part in _extras_apart(written) for item in _items(part)]
    if sum("分" in p.text for p in paragraphs) < MIN_LINES:
        return None
    paragraphs, options = _without_options(plainly_numbered(levels_set_apart(spaced_out(lettered(paragraphs)))))
    paragraphs, caps = without_caps(paragraphs)
    paragraphs, remarks = _without_remark(paragraphs)
    lines, beside = parted(_whole_lines(paragraphs))
    lines, total = _without_total(lines)
    scored = _scored(lines)
    if len(scored) < MIN_LINES or 2 * sum(GAPS.search(unmarked(lines[i].text.strip())) is not None for i in scored) > len(scored):
        return None
    if body and _tells_of_points(lines, scored):
        return None
    first, last = first_heading(lines, scored[0]), _last(lines, scored)
    lines, last = _with_extras(lines, first, last)
    if not total and last + 1 < len(lines) and names_total(lines[last + 1]):
        total = [lines.pop(last + 1)]
        lines, last = _with_extras(lines, first, last)
    lines = [*lines[: last + 1], *total, *lines[last + 1 :]]
    short = last == _last(lines, scored) and _falls_short(lines[first : last + 1])
    while short and last + 1 < len(lines) and counts_on(lines[last], lines[last + 1]):  # all of them: which is worth the rest is open
        last += 1
    title, inside = lines[:first][-HEAD:], lines[first : last + 1]
    if _is_title(inside):
        below = next((i for i, p in enumerate(inside) if i and not _heads_no_line(p)), 1)
        title, inside = [*title, *inside[:below]], inside[below:]
    heads = Heads(inside).found()
    own = [i for i, p in enumerate(inside) if i not in heads and worth(p) is not None]
    if len(own) < MIN_LINES - 1 or 2 * len(scored) < len(inside) - len(heads):
        return None
    over = next((i for i in range(last + 1, len(lines)) if not counts_on(lines[i - 1], lines[i])), len(lines))
    noted = next((i for i in range(over, len(lines)) if patterns.NOTE_ROW.match(lines[i].text)), len(lines))
    said = [says_extra(below) for below in lines[over + 1 : noted]] + [False]
    bare = [line for line, spoken in zip(lines[over:noted], said, strict=False) if HEADS_APART.match(clean(line.text)) and (spoken or "分" in line.text)]
    unread = [line for line in lines[over:noted] if line in bare or (kind_of(line) != "plain" and says_extra(line))]  # told, since nothing else says it
    return _as_table(title, inside, heads, beside, [*options, *remarks, *caps, *lines[last + 1 : over], *unread], lines[over:][:TAIL])


def _without_total(lines: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """The lines without the one that names the total (合计100分), and that: bonuses, deductions and vetoes may stand below it."""
    scored = _scored(lines)
    at = next((i for i in range(scored[0] + 1, len(lines)) if names_total(lines[i])), len(lines)) if scored else len(lines)
    below = lines[at + 1 : at + 3]
    closes = bool(scored) and at == _last(lines, scored) + 1
    if not closes and len(below) == 2 and heads_extras(*below):
        closes = all(section_kind(clean(p.text)) != "scored" for p in lines[at + 1 : scored[-1] + 1] if kind_of(p) == kind_of(below[0]))
    return ([*lines[:at], *lines[at + 1 :]], lines[at : at + 1]) if closes else (lines, [])


def _scored(lines: Sequence[Paragraph]) -> list[int]:
    """Where lines give points; one that gives the total is none of them."""
    return [i for i, p in enumerate(lines) if worth(p) is not None and not names_total(p) and not names_subtotal(p)]


def _tells_of_points(lines: Sequence[Paragraph], scored: Sequence[int]) -> bool:
    """Whether the lines of a body are its clauses: too few name their points otherwise than by what an answer gets and what is then
    taken off, none in brackets, and above them stands no title."""
    said = [clean(lines[i].text) for i in scored]
    if sum(not worth_then(text) for text in said) >= MIN_LINES or any(IN_BRACKETS.search(text) for text in said):
        return False
    above = [p for p in lines[: scored[0]] if len(clean(p.text)) <= MAX_LIST_LABEL]
    return not any((patterns.SCORING_TITLE if LIST_MARKER.match(p.text) else patterns.TITLE_WORDS).search(clean(p.text)) for p in above)


def _last(lines: Sequence[Paragraph], scored: Sequence[int]) -> int:
    """The index of the last line of those that give points, or of the sum of the last section below it."""
    below = scored[-1] + 1
    return below if below < len(lines) and names_subtotal(lines[below]) else scored[-1]


def _without_options(lines: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """The lines without those marked A. or 1) where none of these has points: answers and remarks, no level of the list."""
    options = [p for p in lines if OPTION_LINE.match(p.text)]
    if any(worth(p) is not None or vetoes(p) for p in options):
        return lines, []
    return [p for p in lines if not OPTION_LINE.match(p.text)], options


def _without_remark(lines: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """The lines without a bracketed one that heads none (【重要】), and that: it parts two lines of one kind, the upper one scored,
    and no other has points or stands among them or as a heading above them."""
    found = [i for i, p in enumerate(lines) if kind_of(p) == "bracket"]
    if not found or any(worth(lines[i]) is not None for i in found):
        return lines, []
    scored = _scored(lines)
    among = [i for i in found if scored and i > scored[0]]
    if len(among) != 1 or among[0] + 1 == len(lines):
        return lines, []
    at = among[0]
    bracketed = BRACKETED.match(clean(lines[scored[0] - 1].text)) if scored[0] else None
    headed = bracketed is not None and patterns.field_name(bracketed["said"]) is None
    parts = at - 1 in scored and kind_of(lines[at - 1]) == kind_of(lines[at + 1])
    return (lines, []) if headed or not parts else ([*lines[:at], *lines[at + 1 :]], [lines[at]])


def _with_extras(lines: list[Paragraph], first: int, last: int) -> tuple[list[Paragraph], int]:
    """The lines, and the index of the last one of the list, vetoes, bonuses and deductions below its last scored line among it. What
    stands between it and bonuses under a heading of their own words (how the score is reckoned, vetoes) goes below them."""
    below = Heads(lines[first:])
    while last + 1 < len(lines):
        if below.adds(last + 1 - first):
            last += 1
            continue
        near = range(last + 2, min(last + 2 + REMARKS, len(lines)))
        later = next((i for i in near if kind_of(lines[i]) == APART and below.adds(i - first)), None)
        if later is None or any(titles_sheet(line) or names_total(line) for line in lines[last + 1 : later]):
            break
        end = next((i for i in range(later, len(lines)) if not below.adds(i - first)), len(lines))
        lines = [*lines[: last + 1], *lines[later:end], *lines[last + 1 : later], *lines[end:]]
        last += end - later
        below = Heads(lines[first:])
    return lines, last


def _falls_short(lines: Sequence[Paragraph]) -> bool:
    """Whether the last section of a list declares more points than its lines have."""
    heads = [i for i in sorted(Heads(lines).found()) if worth(lines[i]) is not None]
    given = [worth(line) or 0 for line in lines[heads[-1] :]] if heads else [0]
    return given[0] > sum(given[1:])


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
    known_ranks = ranks_of(inside)
    kinds = [kind for kind in dict.fromkeys(kind_of(inside[i]) for i in sorted(heads)) if known_ranks[kind] >= 0]
    ranks: dict[int, int] = {}
    roles = list(dict.fromkeys(role for i, p in enumerate(inside) if i not in heads for role in beside.get(id(p), {})))
    width = 4 + len(roles)
    criteria = row = 0
    extra = apart = False
    for i, paragraph in enumerate(inside):
        text = clean(paragraph.text)
        value = points_of(text)
        if value is None and extra and len(EXTRA.findall(text)) == 1 and (added := ADDED.search(text)) and not CASE.search(text):
            value = Decimal(added["points"])
        if i in heads:
            apart = HEADS_APART.match(text) is not None
            extra = "加分" in text or patterns.BONUS_LABEL.search(text) is not None
            label = unstopped(text if patterns.SECTION_MARKER.match(text) else LIST_MARKER.sub("", text)).rstrip("：:")
            cells.append(Cell(row, 0, label, paragraph.at, col_span=width))
            ranks[row] = kinds.index(kind_of(paragraph)) + 1 if known_ranks[kind_of(paragraph)] >= 0 else 1
            loose += beside.get(id(paragraph), {}).values()
        elif names_subtotal(paragraph):
            cells.append(Cell(row, 0, text, paragraph.at, col_span=width))
        elif (value is not None and not names_total(paragraph)) or LIST_MARKER.match(text) or (apart and says_extra(paragraph)):
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
    serial = regex.search(rf"[0-9]+|[{NUMERALS}]+", fold(marker[0])) if marker else None
    dotted = DOTTED_START.match(text)
    lettered_so = LETTERED.match(text)
    number = dotted["n"] if dotted else lettered_so["n"] if lettered_so else chinese_number(serial[0]) if serial else None
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
    tails = _tails(lines)
    for i, line in enumerate(lines):
        text = clean(line.text)
        above = clean(out[-1].text) if out else ""
        marked = bool(LIST_MARKER.match(above) or BULLET.match(above)) and not HEADS_APART.match(above)
        opened = marked and points_of(above) is None
        own = LIST_MARKER.match(text) or BULLET.match(text) or patterns.NOTE_ROW.match(text) or names_total(line)
        wraps = (line.page is not None or columns(set_lines[i - 1][-1].text) >= widest) and not above.endswith(("。", "；", "："))
        closed = points_at_end(above) is not None and not patterns.SCORING_CLAUSE.search(text)
        follows = marked and not closed and margins.goes_on(set_lines[i - 1][-1], set_lines[i][0])
        if not own and ((opened and (wraps or is_label_points(text))) or follows or (i in tails and out)):
            out[-1] = replace(out[-1], text=above + text)
        else:
            out.append(line)
    return out


def _tails(lines: Sequence[Paragraph]) -> set[int]:
    """The lines below a numbered one without points that end it: none is marked, the last alone has points, and they hang below it
    or it stops within a sentence. Where several have points, it heads them."""
    found: set[int] = set()
    for i, line in enumerate(lines):
        text = clean(line.text)
        if kind_of(line) in ("plain", "bullet", "bracket", APART) or points_of(text) is not None or text.endswith(STOPS):
            continue
        rest = range(i + 1, len(lines))
        run = list(takewhile(lambda j: kind_of(lines[j]) == "plain" and not patterns.NOTE_ROW.match(lines[j].text) and not names_total(lines[j]), rest))
        scored = [j for j in run if worth(lines[j]) is not None]
        hang = not patterns.SECTION_MARKER.match(text) and all(_indent(lines[j]) > _indent(line) for j in run)
        if scored == run[-1:] != [] and (hang or WITHIN.search(unmarked(text))) and not any(clean(lines[j].text).endswith(STOPS) for j in run[:-1]):
            found.update(run)
    return found


def _indent(line: Paragraph) -> int:
    return columns(line.text) - columns(line.text.lstrip())


def _is_title(inside: Sequence[Paragraph]) -> bool:
    """Whether the first line of a list is its title with the total (评分表（满分100分）): by its words, or because it gives more of
    the points below than one line of several would."""
    text = clean(inside[0].text)
    total = patterns.TITLE_TOTAL.search(fold(text))
    if total is None or LIST_MARKER.match(text) or BULLET.match(text):
        return False
    below, own = inside[1:], points_of(text)
    heads = Heads(below).found()
    given = sum((worth(p) or 0 for i, p in enumerate(below) if i not in heads), Decimal(0))
    return patterns.TITLE_WORDS.search(text) is not None or own is None or own >= given * LEAST_TOTAL


def _heads_no_line(paragraph: Paragraph) -> bool:
    """Whether a line under a list's title is a field (被考核单位：) or names columns, set apart (考核内容    得分)."""
    names = paragraph.text.split()
    return patterns.field_name(paragraph.text) is not None or (len(names) > 1 and all(map(patterns.header_role, names)))
