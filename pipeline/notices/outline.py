"""The outline of a notice's text: headings in four levels, the annex list, citations of annexes, lists of sections."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline import rx as regex
from pipeline.model import AnnexEntry, Citation, Heading, SectionList, Table
from pipeline.normalize import chinese_number, fold
from pipeline.notices.head import ORGAN_END
from pipeline.notices.lines import Line, Passage, columns, join, lines_of
from pipeline.notices.segments import DATED, MARK, MARK_AND_TITLE, TITLE_END, Segment
from pipeline.ordinals import FIGURED, FIGURED_IN_BRACKETS, NO_FIGURE, WORDED, WORDED_IN_BRACKETS

LEVELS: tuple[regex.Pattern[str], ...] = (
    # 一、评价目标 · 二. 评价对象
    regex.compile(rf"(?P<marker>{WORDED})\s*(?P<text>\S.*)"),
    # （一）评价内容 · (三) 健全激励机制
    regex.compile(rf"(?P<marker>{WORDED_IN_BRACKETS})\s*[、.]?\s*(?P<text>\S.*)"),
    # 1.发生安全责任事故的 · 2、 · １．
    regex.compile(rf"(?P<marker>{FIGURED}){NO_FIGURE}\s*(?P<text>\S.*)"),
    # （1）有重大事件 · (2)
    regex.compile(rf"(?P<marker>{FIGURED_IN_BRACKETS})\s*[、.]?\s*(?P<text>\S.*)"),
)


def heading_of(text: str) -> tuple[int, regex.Match[str]] | None:
    """The level (1–4) and the match of `marker` and `text`, or None.

    >>> heading_of("（三）瓶装企业")[0], heading_of("3.5分以上"), heading_of("一是加强领导")
    (2, None, None)
    """
    for level, pattern in enumerate(LEVELS, 1):
        match = pattern.fullmatch(text)
        if match:
            return level, match
    return None


def read_headings(passages: Sequence[Passage]) -> tuple[Heading, ...]:
    """Every numbered heading and list item, with its first sentence as text."""
    out = []
    for passage in passages:
        found = heading_of(passage.text)
        if found is None or not regex.search(r"\p{Han}", found[1]["text"]) or _in_contents(passage.lines[-1]):
            continue
        level, match = found
        text = regex.split(r"(?<=[。！？])|[：:](?=$)", match["text"], maxsplit=1)[0].rstrip("。；;：:，, ")
        end = match.start("text") + len(text)
        out.append(Heading(match["marker"].replace(" ", ""), level, text, passage.place(0, end)))
    return tuple(out)


def _in_contents(line: Line) -> bool:
    """An entry of a table of contents: a leader or a tab, then a page number."""
    return regex.search(r"(?:\t|[.…·]{3,})\s*[0-9]{1,3}\s*$", line.at.quote) is not None


# ---- the annex list ----------------------------------------------------------------------------------------------

# 附件：1. 服务质量评价表 · 附件:评分表 · 附件： (items below)
LIST_HEAD = regex.compile(r"附\s*件?\s*(?:[：:]|(?=[1１]\s*[.．、]))\s*(?P<rest>.*)")
LIST_ITEM = regex.compile(r"(?P<number>[0-9０-９]{1,2})\s*[.．、)）:：]\s*(?P<title>\S.*)|[（(](?P<number2>[0-9０-９]{1,2})[)）]\s*(?P<title2>\S.*)")
INLINE_ITEM = regex.compile(r"(?<=[\p{Han})）》；;。\s])\s*(?=[2-9２-９][.．、]\s*\p{Han})|(?<=[；;])\s*(?=[2-9]\s*[.．、])")
NOT_AN_ITEM = regex.compile(rf"^[\p{{Han}}（）()·]{{0,40}}{ORGAN_END}$|^[（(](?:此件|联系人)|^(?:联系|抄送|主题)")


class AnnexList(Struct, frozen=True):
    """附件说明 and the indices of the lines it takes."""

    entries: tuple[AnnexEntry, ...]
    taken: frozenset[int]


class _Item(Struct, frozen=True):
    number: int
    lines: tuple[Line, ...]
    first: int

    def entry(self) -> AnnexEntry:
        """The annex's title; its place keeps the mark that a careless list puts after it."""
        whole = join(self.lines)
        printed = whole.text[self.first :].rstrip()
        return AnnexEntry(self.number, printed.rstrip("。；;，,、 "), whole.place(self.first, self.first + len(printed)))


def read_annex_list(lines: Sequence[Line], official: bool) -> AnnexList:
    """The annexes as the body lists them; several spellings, wrapped titles joined. A document that is no notice
    (a tender) may enumerate enclosures without 附件：; those are not read."""
    for index, line in enumerate(lines):
        head = LIST_HEAD.fullmatch(line.text)
        if head and not regex.match(r"[0-9１-９]{1,2}$|.*[，。].{6,}", head["rest"]):
            found = _list_from(lines, index, head.start("rest"))
            if found.entries:
                return found
    return _marked_list(lines) if official else AnnexList((), frozenset())


def _list_from(lines: Sequence[Line], index: int, offset: int) -> AnnexList:
    """Items after 附件：, on that line and below it."""
    items: list[_Item] = []
    taken = {index}
    rest = lines[index].text[offset:]
    if rest:
        items.extend(_items_in(lines[index], offset))
    for i in range(index + 1, len(lines)):
        line = lines[i]
        numbered = LIST_ITEM.fullmatch(line.text)
        follows = bool(numbered) and (not items or _number(numbered) > items[-1].number)
        if numbered and follows and not line.after_table:
            items.extend(_items_in(line, 0))
        elif items and _item_goes_on(items[-1], line) and not _signs(line, lines[i + 1 : i + 2]):
            own, more = _rest_and_items(line, items[-1].number)
            items[-1] = _Item(items[-1].number, (*items[-1].lines, own), items[-1].first)
            items.extend(more)
        elif not items and i == index + 1 and _lone_title(line):
            items.append(_Item(1, (line,), 0))
        else:
            break
        taken.add(i)
    return AnnexList(tuple(x.entry() for x in items), frozenset(taken if items else ()))


def _number(match: regex.Match[str] | None) -> int:
    return (chinese_number(match["number"] or match["number2"]) or 0) if match else 0


def _items_in(line: Line, offset: int) -> list[_Item]:
    """The items on one line: `1.A 2.B`, or a single title without a number."""
    rest = line.text[offset:]
    first = LIST_ITEM.fullmatch(rest)
    if first is None:
        return [_Item(1, (line,), offset)] if _titled(rest) else []
    cuts = [0, *[m.start() + len(m[0]) for m in INLINE_ITEM.finditer(rest)], len(rest)]
    out = []
    for start, end in pairwise(cuts):
        piece = LIST_ITEM.fullmatch(rest[start:end].rstrip())
        if piece is None:
            continue
        begin = start + piece.start("title" if piece["title"] else "title2")
        out.append(_piece(line, _number(piece), offset + begin, offset + end))
    return out


def _rest_and_items(line: Line, number: int) -> tuple[Line, list[_Item]]:
    """The rest of item `number` that a line begins with, and the items that follow on the line (…（乙类） 3.C)."""
    for match in INLINE_ITEM.finditer(line.text):
        more = _items_in(line, match.end())
        if more and more[0].number == number + 1:
            return _cut(line, 0, match.start()), more
    return line, []


def _piece(line: Line, number: int, start: int, end: int) -> _Item:
    return _Item(number, (_cut(line, start, end),), 0)


def _cut(line: Line, start: int, end: int) -> Line:
    """A stretch of a line as a line."""
    text = line.text[start:end].rstrip()
    at = line.place(start, start + len(text))
    origin = tuple(range(len(text))) if at.quote == text else ()
    return Line(text, at, origin, line.block, line.page, at.bbox, line.align, line.size)


def _titled(text: str) -> bool:
    return len(text) >= 3 and not regex.search(r"[。；].", text)


def _lone_title(line: Line) -> bool:
    return _titled(line.text) and TITLE_END.search(line.text) is not None and not DATED.fullmatch(line.text)


_ITEM_END = regex.compile(rf"(?:{TITLE_END.pattern}|[。；;])$")


def _item_goes_on(item: _Item, line: Line) -> bool:
    """A wrapped title: the item is not complete yet, and the line is nothing else."""
    if line.after_table or DATED.search(line.text) or MARK.fullmatch(line.text) or MARK_AND_TITLE.fullmatch(line.text):
        return False
    if heading_of(line.text) or NOT_AN_ITEM.search(line.text) or line.text.endswith(("：", ":", "。")) or len(line.text) > 50:
        return False
    text = join(item.lines).text
    complete = _ITEM_END.search(text) is not None and text.count("（") + text.count("(") == (
        text.count("）") + text.count(")")
    )
    tail = regex.fullmatch(r"[（(][^（）()]{1,16}[)）]", line.text) is not None
    above = item.lines[-1]
    if complete:
        return tail
    if above.bbox is not None and line.bbox is not None:
        return above.page == line.page and line.bbox[1] - above.bbox[3] < 2.0 * (above.bbox[3] - above.bbox[1])
    return columns(above.text) >= 24 or tail


def _signs(line: Line, below: Sequence[Line]) -> bool:
    """Whether a line right above the date is who signs: whole words, no rest of a title."""
    dated = bool(below) and DATED.fullmatch(below[0].text) is not None
    return dated and SIGNER.fullmatch(line.text) is not None and TITLE_END.search(line.text) is None


SIGNER = regex.compile(r"\p{Han}{4,30}")


def _marked_list(lines: Sequence[Line]) -> AnnexList:
    """附件1：A / 附件2：B, a line each."""
    entries: list[AnnexEntry] = []
    taken: set[int] = set()
    for i, line in enumerate(lines):
        match = MARK_AND_TITLE.fullmatch(line.text)
        if match is None or _in_contents(line) or regex.search(r"[。；].", match["title"]):
            continue
        if taken and i - max(taken) != 1:
            continue
        title = regex.sub(r"[。；;]+$", "", match["title"])
        start = match.start("title")
        entries.append(AnnexEntry(chinese_number(match["number"]) or 0, title, line.place(start, start + len(title))))
        taken.add(i)
    return AnnexList(tuple(entries), frozenset(taken))


# ---- citations ---------------------------------------------------------------------------------------------------

_N = r"(?P<{0}>[0-9０-９]{{1,2}}|[一二三四五六七八九十]{{1,2}})"
# 《…评价表（试行）》（附件1） · 《…》（见附件2） · 《评分标准》（附件）
TITLE_THEN_MARK = regex.compile(
    r"《(?P<title>[^《》]{2,80}(?:〈[^〈〉]*〉[^《》]*)?)》\s*[（(]\s*(?:详见|见|参见)?\s*附\s*件\s*" + _N.format("number") + r"?\s*[)）]"
)
# 《…》见附件1 · 《…》详见附件3
TITLE_SEE_MARK = regex.compile(r"《(?P<title>[^《》]{2,80})》\s*(?:详见|见|参见)\s*附\s*件\s*" + _N.format("number"))
# 附件1《…》
MARK_THEN_TITLE = regex.compile(r"附\s*件\s*" + _N.format("number") + r"\s*[：:]?\s*《(?P<title>[^《》]{2,80})》")
# （附件2） · 见附件1 · 详见附件1、2、3 · 附件1-3 · 附件1至附件3
MARK_ALONE = regex.compile(
    r"附\s*件\s*" + _N.format("number") + r"(?:\s*(?P<to>[-－—~～至到])\s*(?:附\s*件\s*)?" + _N.format("last") + r")?(?P<more>(?:\s*[、和及]\s*(?:附\s*件\s*)?[0-9]{1,2}(?![0-9年月日]))*)"
)


def read_citations(passages: Sequence[Passage]) -> tuple[Citation, ...]:
    """Citations of annexes in running text. A citation without a title has title "", one without a number annex None."""
    out: list[Citation] = []
    for passage in passages:
        if MARK.fullmatch(passage.text) or MARK_AND_TITLE.fullmatch(passage.text):
            continue
        used: list[tuple[int, int]] = []
        found: list[tuple[int, Citation]] = []
        for pattern in (TITLE_THEN_MARK, TITLE_SEE_MARK, MARK_THEN_TITLE):
            for match in pattern.finditer(passage.text):
                if _free(match.span(), used):
                    used.append(match.span())
                    number = chinese_number(match["number"]) if match["number"] else None
                    found.append((match.start(), Citation(number, match["title"], passage.place(*match.span()))))
        for match in MARK_ALONE.finditer(passage.text):
            if _free(match.span(), used):
                found += [(match.start(), Citation(n, "", passage.place(*match.span()))) for n in _numbers(match)]
        out += [c for _, c in sorted(found, key=lambda f: f[0])]
    return tuple(out)


def _free(span: tuple[int, int], used: Sequence[tuple[int, int]]) -> bool:
    return all(span[1] <= a or span[0] >= b for a, b in used)


def _numbers(match: regex.Match[str]) -> list[int]:
    first = chinese_number(match["number"]) or 0
    last = chinese_number(match["last"]) if match["last"] else None
    numbers = list(range(first, last + 1)) if last and first < last <= first + 20 else [first]
    return numbers + [int(n) for n in regex.findall(r"[0-9]{1,2}", match["more"] or "")]


# ---- lists of sections -------------------------------------------------------------------------------------------

LEAD = regex.compile(
    r"(?:主要包括|包括了?|包含|涵盖|分为|分成|设置|设有|设定|设|围绕|涉及|由|从|对|即|为|是|含|有|按照?|下列|以下|如下|就|针对|主要|内容|指标|分别|[“”\"：:，,]|等方面|共)(?=\S)"
)
TAIL = regex.compile(
    r"(?:(?:等|共|的?这?|等共)?\s*(?:[0-9]{1,2}|[一二三四五六七八九十两]{1,2})\s*(?:个|大|项|类|方面|部分|大类|大项|个方面)[\p{Han}]{0,10}|等(?:[\p{Han}]{0,12})?|(?:方面|情况|内容|部分|项目|指标)(?:的?[\p{Han}]{0,8})?|组成|构成|进行.{0,12}|开展.{0,12})$"
)
MAX_SHORT = 30
"""Characters of a cell or line that may be a label."""

POINTS_TAIL = regex.compile(r"\s*(?:[（(][^（）()]{1,12}[)）]|(?:占|共|计)?\s*[0-9]{1,3}(?:\.[0-9])?\s*分)\s*$")


def read_section_lists(passages: Sequence[Passage], segments: Sequence[Segment]) -> tuple[SectionList, ...]:
    """For each annex: the enumeration in the text that cites it which best agrees with the short cells of its table, or,
    where it has none, with its short lines. A list is kept only when at least two of its names, and half of them, do
    stand there: other enumerations of the text are no section lists."""
    sheets = {s.annex: _short_texts(s) for s in segments if s.kind == "annex"}
    out: dict[int, tuple[float, SectionList]] = {}
    for index, passage in enumerate(passages):
        for annex in _annexes_meant(passage, sheets):
            for names, start, end in _candidate_lists(passage.text):
                _keep_better(out, annex, names, passage, (start, end), sheets[annex])
            if annex not in out and index:
                above = passages[index - 1]
                for names, start, end in _candidate_lists(above.text):
                    _keep_better(out, annex, names, above, (start, end), sheets[annex])
    return tuple(out[k][1] for k in sorted(out))


def _short_texts(segment: Segment) -> frozenset[str]:
    """The cells of an annex's tables, or else its lines that could be headings."""
    tables = [b for b in segment.blocks if isinstance(b, Table)]
    texts = [c.text for b in tables for c in b.cells] if tables else [x.text for x in lines_of(segment.blocks)]
    return frozenset(f for f in map(fold, texts) if 1 < len(f) <= MAX_SHORT)


def _annexes_meant(passage: Passage, sheets: dict[int, frozenset[str]]) -> list[int]:
    cited = {n for m in MARK_ALONE.finditer(passage.text) for n in _numbers(m)}
    if not cited and len(sheets) == 1 and regex.search(r"内容|指标|项目|方面|考核|评价", passage.text):
        return list(sheets)
    return [n for n in sorted(cited) if n in sheets]


def _candidate_lists(text: str) -> list[tuple[tuple[str, ...], int, int]]:
    """Every enumeration of at least two short names, with its span."""
    out = []
    for clause in regex.finditer(r"[^。；;！？]+", text):
        for run in regex.finditer(r"[^：:，,。；;]+(?:、[^、：:，,。；;]+)+", clause[0]):
            for names in _readings(run[0]):
                if len(names) >= 2 and all(1 < len(n) <= 16 for n in names):
                    out.append((names, clause.start() + run.start(), clause.start() + run.end()))
    return out


def _readings(run: str) -> list[tuple[str, ...]]:
    """The ways to read an enumeration, likelier ones last: where its first name begins (主要包括|人员管理、…) and
    whether 和 joins two names (现场管理和档案资料) or stands inside one (安全和应急)."""
    run = regex.sub(r"《[^》]*》|[“”\"]", "", run)
    parts = [p.strip() for p in run.split("、")]
    parts[-1] = TAIL.sub("", regex.sub(r"\s*[（(][^（()）]*附[^（()）]*[)）]\s*$", "", parts[-1]))
    readings: list[list[str]] = []
    for first in _first_names(parts[0]):
        whole = [first, *parts[1:]]
        split = [x for p in whole for x in regex.split(r"(?<=[\p{Han}）)]{2})(?:以及|和|及|与)(?=\p{Han}{2,})", p)]
        readings += [whole] if split == whole else [whole, split]
    return [tuple(n for n in (POINTS_TAIL.sub("", p).strip() for p in names) if n) for names in readings]


def _first_names(text: str) -> list[str]:
    """The text, and what is left of it after each lead, likelier ones last: a lead of one character may also begin the
    name (包括|设施设备)."""
    leads = [m for m in LEAD.finditer(text, overlapped=True) if m.end() < len(text) - 1]
    ends = dict.fromkeys(m.end() for m in sorted(leads, key=lambda m: (len(m[0]) > 1, m.end())))
    cuts = [text[end:] for end in ends]
    return [*cuts, text] if len(text) <= 6 else [text, *cuts]


def _keep_better(
    out: dict[int, tuple[float, SectionList]],
    annex: int,
    names: tuple[str, ...],
    passage: Passage,
    span: tuple[int, int],
    cells: frozenset[str],
) -> None:
    keys = [fold(n) for n in names]
    hits = sum(any(_names_cell(key, c) for c in cells) for key in keys)
    if hits < 2 or 2 * hits < len(names):
        return
    whole = {POINTS_TAIL.sub("", c) for c in cells}
    exact = sum(key in whole for key in keys)
    score = hits + hits / len(names) + exact / 100
    if annex not in out or score >= out[annex][0]:
        out[annex] = (score, SectionList(annex, names, passage.place(*span)))


def _names_cell(name: str, cell: str) -> bool:
    return name in cell and len(cell) <= len(name) + 14
