"""Grade bands 等次 as the text gives them: ranges of points with their labels, in any order and spelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Cell, GradeBand, Table
from pipeline.normalize import fold
from pipeline.notices.lines import Passage, cell_lines, join
from pipeline.notices.scoreranges import Range, chained, find_ranges, half_width, share
from pipeline.plain import points_text

LABELS = (
    r"(?:非常满意|基本满意|不满意|比较满意|很满意|满意|基本合格|不合格|合格|基本达标|未达标|不达标|达标|不及格|及格|"
    r"等外|末等|优秀|优良|优|良好|较好|良|中等|中|一般|较差|很差|差|好|不称职|基本称职|称职|未完成|基本完成|完成|先进|示范|规范|"
    r"(?:A{1,3}|B{1,3}|C{1,3}|D|E|S)[+＋-]?(?:\s*[级类等档])?|[一二三四五1-5](?:级|类|等|档|星级|星)|[甲乙丙丁][级等类]|"
    r"(?:绿|蓝|黄|橙|红|白|黑)(?:牌|色|码|标|灯|榜)|第[一二三四五](?:档|等次|等级|级)|"
    r"(?:高|较高|中|较低|低)(?:风险|信用|等级)|诚信|守信|失信|警示|信用(?:优秀|良好|一般|较差|差))"
)
REST = regex.compile(r"(?:其余|其他|否则|余下|剩余)(?:的|情况|情形|分数)?\s*(?:,)?\s*(?:均|一律)?(?:为|评为|评定为|属|是|定为|均为)")

# 的，评为优秀 · 以上的企业评定为“A级” · 为优秀等次
_CONNECTS = (
    r"\s*(?:\)|\])?\s*(?:的|者)?\s*(?:(?:被评价|参评|受评|被考核|考核|评价)?(?:单位|企业|学校|医院|机构|公司|街道|社区|部门|对象|村|小区|人员|个人|项目|食堂|驾驶员|司机)?)?"
    r"\s*(?:,)?\s*(?:(?:其)?(?:综合|考核|评价|最终|年度|考评|服务质量|信用|测评|评估|检查)?(?:评价|考核|考评)?(?:结果|等次|等级|档次|结论|级别)?)\s*(?:可)?"
    r"(?:评定为|评为|确定为|认定为|判定为|核定为|定为|列为|划为|归为|定级为|视为|记为|计为|属于|对应|属|即为|即|为|是|:|=|→|,?等次为)\s*(?:服务质量|信用等级|等级|等次|年度考核)?\s*[\"“”「『'‘]?\s*"
)
CONNECT = regex.compile(_CONNECTS + rf"(?P<label>{LABELS})")
# a grade of the notice's own (为待提升), beside others whose words are known
CONNECT_OPEN = regex.compile(_CONNECTS + r"(?P<label>[\p{Han}A-Za-z]{1,6}?)(?=等次|等级|档次?|单位|企业|[\"”」』’,，;；。、)]|$)")
DIRECT = regex.compile(r"\s*(?:的|者)?\s*(?:[\"“「『(]\s*)?" + rf"(?P<label>{LABELS})(?![\p{{Han}}A-Za-z0-9])")
BEFORE = regex.compile(
    rf"(?P<label>{LABELS})\s*[\"”」』’]?\s*(?:等次|等级|档次|档|级|单位|企业|的?标准)?\s*(?:\(|\[|:|为|是|=|,)?\s*(?:(?:综合|考核|评价|最终|总)?(?:得分|评分|成绩|总分|分数|分值)?)\s*(?:为|在|:|须|应|达到)?\s*$"
)
# 80≤良好<90
LABEL_INSIDE = regex.compile(
    r"(?P<a>[0-9]{1,4}(?:\.[0-9])?)\s*分?\s*(?P<op1>≤|<=|<|≥|>=|>)\s*" + rf"(?P<label>{LABELS})" + r"\s*(?P<op2>≤|<=|<|≥|>=|>)\s*(?P<b>[0-9]{1,4}(?:\.[0-9])?)"
)
# 90(含)以上 · 90分(含90分) · 含90 · 60及以上 · ≥90
HELD = regex.compile(
    r"(?<![0-9.])(?P<end>[0-9]+(?:\.[0-9]+)?)(?![0-9.])分?(?:\(含\)|\(含(?P=end)分?\)|含|及以|及其以|以[上下]\(含)|[含≥≤](?P<end>[0-9]+(?:\.[0-9]+)?)(?![0-9.])"
)
CONTEXT = regex.compile(r"分|等次|等级|评为|评定|得分|百分制|档|[\[(]\s*[0-9.]+\s*,\s*[0-9.]+\s*[\])]")
ONE_ITEM = regex.compile(r"(?:本|该|此|每)(?:小)?项\s*(?:得|满分|最高|指标得|[0-9])|得分率|[0-9]\s*[%％]\s*(?:以上|以下|-|~|至)")
SERIAL_BEFORE_POINTS = regex.compile(r"(?:^|(?<=[；;。]))\s*(?P<n>[1-9])[.．](?=(?:不满|不足|低于|高于|[≥≤<>])?[1-9][0-9]{1,2}(?![0-9.]))")
"""`2.` in `2.80—89分为良好`, which reads as 2.80."""

_FIGURE = regex.compile(r"[0-9０-９]")


class Labelled(Struct, frozen=True):
    """A range with its label; [start, end) covers both."""

    label: str
    range: Range
    start: int
    end: int


def grade_bands(passages: Sequence[Passage]) -> tuple[GradeBand, ...]:
    """The first set of at least two bands in these passages (bands on lines of their own are taken together)."""
    found: list[GradeBand] = []
    last = -9
    texts = _without_serials([passage.text for passage in passages])
    for index, passage in enumerate(passages):
        if ONE_ITEM.search(passage.text):
            continue
        here = [_band(x, passage) for x in labelled(texts[index])]
        if not here:
            continue
        if len(found) >= 2 and (index - last > 2 or {b.label for b in here} & {b.label for b in found}):
            break
        if index - last > 2:
            found = []
        found, last = [*found, *here], index
    bands = _first_set(found)
    return bands if len(bands) >= 2 and _spans_a_total(bands) else ()


def _without_serials(texts: Sequence[str]) -> list[str]:
    """Texts with blanks for the serials of items that begin with a number of points (1.90分以上为优秀 2.80—89分为良好): such as
    count on from one item to the next."""
    marks = [(i, m) for i, text in enumerate(texts) for m in SERIAL_BEFORE_POINTS.finditer(text)]
    counting = [int(m["n"]) for _, m in marks]
    out = list(texts)
    for k, (i, mark) in enumerate(marks):
        before = k > 0 and i - marks[k - 1][0] <= 1 and counting[k - 1] == counting[k] - 1
        after = k + 1 < len(marks) and marks[k + 1][0] - i <= 1 and counting[k + 1] == counting[k] + 1
        if before or after:
            out[i] = out[i][: mark.start()] + " " * len(mark[0]) + out[i][mark.end() :]
    return out


def held_once(bands: Sequence[GradeBand]) -> tuple[GradeBand, ...]:
    """The bands, where of two that meet at a number exactly one says expressly that it holds it (含, 及以上): the other does
    not. 60分（含）至75分为合格，60分以下为不合格: a 60 is 合格."""
    tops = {b.max for b in bands if _holds_expressly(b, b.max)}
    feet = {b.min for b in bands if _holds_expressly(b, b.min)}
    return tuple(
        replace(
            b,
            min_inclusive=b.min_inclusive and (b.min in feet or b.min not in tops),
            max_inclusive=b.max_inclusive and (b.max in tops or b.max not in feet),
        )
        for b in bands
    )


def _holds_expressly(band: GradeBand, end: Decimal | None) -> bool:
    if end is None:
        return False
    number = points_text(end)
    return any(match["end"] == number for match in HELD.finditer(fold(band.at.quote), overlapped=True))


def _spans_a_total(bands: Sequence[GradeBand]) -> bool:
    """Small numbers grade one criterion (优 8-10分), not a whole sheet; the least total seen in the field is 40."""
    ends = [end for b in bands for end in (b.min, b.max) if end is not None]
    return max(ends, default=Decimal(0)) >= 24


def _band(found: Labelled, passage: Passage) -> GradeBand:
    r = found.range
    at = passage.place(found.start, found.end)
    return GradeBand(found.label, r.low, r.high, r.low_in, r.high_in, at)


def _first_set(bands: Sequence[GradeBand]) -> tuple[GradeBand, ...]:
    """Up to the first label that comes a second time: what follows is another scale."""
    out: list[GradeBand] = []
    for band in bands:
        if any(b.label == band.label for b in out):
            break
        out.append(band)
    return tuple(out)


def labelled(text: str) -> list[Labelled]:
    """Ranges with their grade labels in one text, in order; [] when the text speaks of something else.

    >>> [(x.label, str(x.range.low), x.range.high) for x in labelled("90分以上为优秀，不满60分为差")]
    [('优秀', '90', None), ('差', 'None', Decimal('60'))]
    """
    if not _FIGURE.search(text):
        return []
    text = half_width(text)
    inside = [x for m in LABEL_INSIDE.finditer(text) if (x := _inside(m)) is not None]
    if len(inside) >= 2:
        return inside
    if not CONTEXT.search(text) and not regex.search(r"[≥≤<>]", text):
        return []
    ranges = find_ranges(text)
    after = [_label_after(text, r, ranges) for r in ranges]
    before = [_label_before(text, r, ranges) for r in ranges]
    side, other = (after, before) if sum(x is not None for x in after) >= sum(x is not None for x in before) else (before, after)
    sure = [x for x in side if x is not None]
    both = [x or _free(y, sure) for x, y in zip(side, other, strict=True)]
    if side is after:
        both = [x or _own_label(text, r, ranges, both) for x, r in zip(both, ranges, strict=True)]
    found = [x for x in both if x is not None]
    return [*found, *_rest(text, found)]


def _own_label(text: str, r: Range, ranges: Sequence[Range], others: Sequence[Labelled | None]) -> Labelled | None:
    """A label in words of the notice's own, where at least two other ranges have labels that are known, and none of them
    shares points with it (得分低于70分的，视为违约 is a sanction)."""
    if sum(x is not None for x in others) < 2 or any(x is not None and share(r, x.range) for x in others):
        return None
    stop = min((x.start for x in ranges if x.start >= r.end), default=len(text))
    match = CONNECT_OPEN.match(text, r.end, stop)
    if match is None or any(x is not None and x.label == match["label"] for x in others):
        return None
    return Labelled(_label(match["label"]), r, r.start, match.end("label"))


def _free(found: Labelled | None, others: Sequence[Labelled]) -> Labelled | None:
    """A range whose label stands on its other side, where no other range has that label."""
    if found is None or len(others) < 2 or any((found.start < x.end and x.start < found.end) or x.label == found.label for x in others):
        return None
    return found


def _inside(match: regex.Match[str]) -> Labelled | None:
    """A range with its label between the numbers (80≤良好<90)."""
    found = chained(match)
    return None if found is None else Labelled(_label(match["label"]), found, found.start, found.end)


def _label_after(text: str, r: Range, ranges: Sequence[Range]) -> Labelled | None:
    stop = min((x.start for x in ranges if x.start >= r.end), default=len(text))
    for pattern in (CONNECT, DIRECT):
        match = pattern.match(text, r.end, stop)
        if match:
            return Labelled(_label(match["label"]), r, r.start, match.end("label"))
    return None


def _label_before(text: str, r: Range, ranges: Sequence[Range]) -> Labelled | None:
    begin = max((x.end for x in ranges if x.end <= r.start), default=0)
    match = BEFORE.search(text[begin : r.start])
    if match is None:
        return None
    lead = text[begin + match.start() - 1] if begin + match.start() else " "
    if lead.isalnum() and not regex.match(r"[为分级和]", lead):
        return None
    return Labelled(_label(match["label"]), r, begin + match.start("label"), r.end)


def _label(text: str) -> str:
    return regex.sub(r"\s", "", text)


def _rest(text: str, found: Sequence[Labelled]) -> list[Labelled]:
    """其余为不合格: everything below the lowest band."""
    match = REST.search(text, found[-1].end) if found else None
    label = regex.compile(rf"\s*[\"“]?(?P<label>{LABELS})").match(text, match.end()) if match else None
    lows = [x.range for x in found if x.range.low is not None]
    if match is None or label is None or not lows or any(x.range.low is None for x in found):
        return []
    least = min(lows, key=lambda r: r.low or Decimal(0))
    below = Range(match.start(), label.end(), None, least.low, False, not least.low_in)
    return [Labelled(_label(label["label"]), below, match.start(), label.end())]


# ---- tables ------------------------------------------------------------------------------------------------------


def band_table(table: Table) -> tuple[GradeBand, ...]:
    """The bands of a small table that holds labels beside (or above) ranges and hardly anything else."""
    if table.rows * table.cols > 40 or len(table.cells) < 4:
        return ()
    by_place = {(c.row, c.col): c for c in table.cells}
    for step in ((0, 1), (1, 0)):
        bands = []
        for cell in table.cells:
            beside = by_place.get((cell.row + step[0], cell.col + step[1]))
            band = _cell_band(cell.text, beside.text, beside) if beside else None
            band = band or (_cell_band(beside.text, cell.text, cell) if beside else None)
            bands += [band] if band else []
        if len(bands) >= 2 and len({b.label for b in bands}) == len(bands):
            return tuple(bands)
    return ()


def _cell_band(label: str, points: str, cell: Cell) -> GradeBand | None:
    name = regex.fullmatch(rf"[\"“]?(?P<label>{LABELS})[\"”]?(?:等次|等级|档|单位)?", half_width(label.strip()))
    text = half_width(points.strip())
    ranges = find_ranges(text) if name else []
    if name is None or len(ranges) != 1 or len(text) - (ranges[0].end - ranges[0].start) > 6:
        return None
    r = ranges[0]
    return GradeBand(_label(name["label"]), r.low, r.high, r.low_in, r.high_in, cell.at)


def row_passages(table: Table) -> Iterable[Passage]:
    """Rows that are one cell over the whole width: notes such as 备注：90分以上为优秀."""
    for _, beside in groupby(sorted(table.cells, key=lambda c: c.row), key=lambda c: c.row):
        cells = list(beside)
        if len(cells) == 1 and cells[0].col_span == table.cols and cells[0].text.strip():
            lines = [x for x in cell_lines(cells[0], 0) if x.text]
            if lines:
                yield join(lines)


# ---- the score line ----------------------------------------------------------------------------------------------

SCORE_MAX = regex.compile(
    r"(?P<hundred>百分制)|(?P<thousand>千分制)|(?:满分|总分值?|基准分|标准总分|考核总分|评价总分)\s*(?:均|各)?\s*(?:为|是|:|计|共)?\s*(?P<points>[0-9]{2,4}(?:\.[0-9])?)\s*分"
)


def score_max(passages: Sequence[Passage]) -> tuple[Decimal, Passage, int, int] | None:
    """The top of the score line as the body states it, with its place; None when it is not stated or stated twice
    differently."""
    found: list[tuple[Decimal, Passage, int, int]] = []
    for passage in passages:
        for match in SCORE_MAX.finditer(half_width(passage.text)):
            value = Decimal(100) if match["hundred"] else Decimal(1000) if match["thousand"] else Decimal(match["points"])
            found.append((value, passage, match.start(), match.end()))
    return found[0] if len({f[0] for f in found}) == 1 else None
