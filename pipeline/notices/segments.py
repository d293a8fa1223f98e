"""A document cut into its body, its annexes and its internal receipt sheets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Block, Cell, Document, Table
from pipeline.normalize import chinese_number, fold
from pipeline.notices.lines import (
    Line,
    Margins,
    block_lines,
    cell_lines,
    join,
    lines_of,
    masked,
    without_page_furniture,
)
from pipeline.ordinals import ARTICLE, FIGURED, OPENING
from pipeline.patterns import ASSESSING
from pipeline.provenance import Provenance

SegmentKind = Literal["body", "annex", "receipt"]

# 附件 1 · 附件一： · 附 件2 · 附表3 · 附件1-2 · （附件3） never: brackets make it a citation
MARK = regex.compile(
    r"附\s*(?P<what>[件表])\s*(?:[：:]\s*(?=[0-9０-９一二三四五六七八九十]))?(?P<number>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})?"
    r"(?:\s*[-－—–.]\s*[0-9]{1,2})?\s*(?P<again>[（(]\s*续\s*[)）])?\s*[：:]?"
)
# 附件2 城市公厕管理评分表 · 附件3：评分标准 · 附表1.检查表
MARK_AND_TITLE = regex.compile(
    r"附\s*(?P<what>[件表])\s*(?P<number>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})(?![0-9一二三四五六七八九十])"
    r"(?:\s*[-－—–]\s*[0-9]{1,2})?\s*[：:、.．]?\s*(?P<title>\S.{2,58})"
)
NO_TITLE_START = regex.compile(r"[为是所中的和及与至到或规要、，,。；;）)-]|第|规定|要求|》")

RECEIPT_TITLE = regex.compile(
    r"领取(?:单|表|登记|记录|签收|签字|名册|情况)|签收(?:单|表|登记|簿|记录|回执)|发放(?:登记|签收|记录|名册|签字|单)|"
    r"收文登记|发文登记|签到(?:表|簿|册)|送达回[证执]|签领(?:单|表)|分发登记"
)
RECEIPT_SIGN = regex.compile(r"[领签发收送]")
"""Each of the titles above has one of these: most lines are dismissed by it at once."""
RECEIPT_COLUMNS = regex.compile(
    r"(?:领取|签收|领用|接收|经办|收件|签领|收文)(?:人|者)?(?:签字|签名|姓名)?|领取人.{0,4}|签收人.{0,4}"
)
PHONE_COLUMNS = regex.compile(r"(?:联系)?(?:电话|方式)(?:号码)?|手机(?:号码?)?|移动电话|联系电话.{0,4}")
NAME_COLUMNS = regex.compile(r"姓名|联系人(?:姓名)?|参会人(?:员)?|人员姓名|领取人.{0,4}|签收人.{0,4}|(?:领取|签收|经办|收件)人?")
SCORING = regex.compile(r"分值|得分|评分|标准分|满分|扣分|评价内容|考核内容|评价标准|考核标准|检查内容|权重")

FIELD = regex.compile(
    rf"(?:(?:被\s*\p{{Han}}{{0,4}}?)?(?:{ASSESSING}|受检|受评|申报|填报|填表|受考核)\s*)+"
    r"(?:单位|企业|对象|部门|时间|日期|人员?|组|月份|机构|学校|医院|小区|项目|名称|专家|年度|地点|组长)"
    r"|^(?:单位|企业|学校|机构|项目|小区|部门|机构|站点|村居|社区|店铺|线路|车队|医院|物业)(?:名称|（盖章）|\(盖章\))?\s*[：:]"
    r"|^(?:日期|时间|填表|得分|总分|评分人|评委|专家|签字|年\s*月\s*日|检查组|单位：|编号)\s*.{0,6}[：:]|_{3,}|＿{2,}"
)
TITLE_END = regex.compile(
    r"(?:表|细则|标准|办法|方案|清单|规定|意见|通知|制度|规则|量表|评分卡|评价书|打分卡|指引|要点|体系|评分|台账|登记册|汇总|名单|内容|规程)"
    r"(?:[（(〔\[][^（()）]{1,16}[)）〕\]])*"
)
TITLE_TAIL = regex.compile(
    r"(?=.)(?:(?:评[价分]|考[核评]|检查)?(?:表|细则|标准|办法))?(?:[（(〔](?:[^（()）]{0,12}(?:试行|暂行|修订|年版|年度|稿|版))[)）〕])?"
)
HEADING = regex.compile(rf"{OPENING}|{FIGURED}|{ARTICLE}")
DATED = regex.compile(r"(?:19|20|二)[0-9０-９〇○零一二三四五六七八九]{2,3}\s*年.{1,8}日")
"""Like a date: whole, blank (2021年 月 日) or of several days."""


class Segment(Struct, frozen=True):
    """One part of a document. `annex` is 0 for the body; `mark_at` is where 附件N stands, `title_at` its title."""

    annex: int
    kind: SegmentKind
    title: str | None
    title_at: Provenance | None
    mark_at: Provenance | None
    blocks: tuple[Block, ...]


class Mark(Struct, frozen=True):
    """A line that may open an annex. `rest` is a title on the same line; `line` its index among the lines."""

    index: int
    number: int | None
    sheet: bool
    rest: str | None
    line: Line
    rest_span: tuple[int, int] | None = None


def segment(document: Document) -> tuple[Segment, ...]:
    """The body (always first, may be empty), then annexes and receipt sheets in the order they stand."""
    blocks = document.blocks
    heights = {page.number: page.height for page in document.pages}
    cuts = sorted([*_annex_cuts(blocks, heights), *_receipt_cuts(blocks)], key=lambda cut: cut.block)
    cuts = _without_doubles(cuts, blocks)
    first = cuts[0].block if cuts else len(blocks)
    out = [Segment(0, "body", None, None, None, blocks[:first])]
    for cut, end in zip(cuts, _ends(cuts, len(blocks)), strict=True):
        out.append(Segment(cut.annex, cut.kind, cut.title, cut.title_at, cut.mark_at, blocks[cut.block : end]))
    return tuple(out)


class Cut(Struct, frozen=True):
    """A segment starts at this block."""

    block: int
    annex: int
    kind: SegmentKind
    title: str | None = None
    title_at: Provenance | None = None
    mark_at: Provenance | None = None


def _ends(cuts: Sequence[Cut], last: int) -> list[int]:
    """Where each cut's blocks end."""
    return [*(c.block for c in cuts[1:]), last] if cuts else []


def _without_doubles(cuts: list[Cut], blocks: Sequence[Block]) -> list[Cut]:
    """One cut a block; a receipt inside an annex gives the annex back when a scoring table follows it."""
    out: list[Cut] = []
    for cut in cuts:
        if not out or out[-1].block != cut.block:
            out.append(cut)
    ends = _ends(out, len(blocks))
    resumed: list[Cut] = []
    annex = 0
    for cut, end in zip(out, ends, strict=True):
        resumed.append(cut)
        if cut.kind != "receipt":
            annex = cut.annex
            continue
        back = _scoring_after(blocks, cut.block, end)
        if back is not None:
            resumed.append(Cut(back, annex, "annex" if annex else "body"))
    return resumed


def _scoring_after(blocks: Sequence[Block], start: int, end: int) -> int | None:
    tables = [i for i in range(start, end) if isinstance(blocks[i], Table)]
    return next((i for i in tables[1:] if SCORING.search(_head_text(blocks[i]))), None)


# ---- annexes -----------------------------------------------------------------------------------------------------


def _annex_cuts(blocks: Sequence[Block], heights: dict[int, float]) -> list[Cut]:
    lines = without_page_furniture(lines_of(blocks), heights)
    marks = _openers(_candidates(lines), lines, blocks)
    cuts = [_cut_at(mark, lines, blocks) for mark in _numbered(marks)]
    return [*cuts, *_table_cuts(blocks, {c.block for c in cuts})]


def _candidates(lines: Sequence[Line]) -> list[Mark]:
    margins = Margins.of(lines) if lines else None
    out: list[Mark] = []
    for i, line in enumerate(lines):
        mark = _mark_of(i, line)
        if mark is None:
            continue
        above = lines[i - 1] if i else None
        wrapped = above is not None and not line.after_table and above.bbox is not None and not above.text.endswith(("。", "：", ":", "）", ")"))
        below = above is not None and (above.bbox is None or line.bbox is None or line.bbox[1] > above.bbox[1])
        if wrapped and below and margins and above and margins.is_filled(above) and above.page == line.page:
            continue
        again = out[-1] if out and out[-1].index == i - 1 and out[-1].rest is None and mark.rest is None else None
        if again is not None and (mark.number is None or mark.number == again.number):  # 附件1 as a head of the page, 附件 below it
            out[-1] = replace(mark, number=again.number)
            continue
        out.append(mark)
    return out


def _mark_of(index: int, line: Line) -> Mark | None:
    if not line.text.startswith("附"):
        return None
    bare = MARK.fullmatch(line.text)
    if bare:
        if bare["again"]:
            return None
        number = chinese_number(bare["number"]) if bare["number"] else None
        return Mark(index, number, bare["what"] == "表", None, line)
    both = MARK_AND_TITLE.fullmatch(line.text)
    if both is None or NO_TITLE_START.match(both["title"]) or regex.search(r"[。；，？！\t]|[0-9]$", both["title"]):
        return None
    return Mark(index, chinese_number(both["number"]), both["what"] == "表", both["title"], line, both.span("title"))


def _openers(marks: list[Mark], lines: Sequence[Line], blocks: Sequence[Block]) -> list[Mark]:
    """The candidates that open an annex: not the entries of 附件说明, not sheets numbered inside an annex."""
    listed = _listed(marks, lines, blocks)
    kept = [m for m in marks if m.index not in listed]
    if any(not m.sheet for m in kept):
        kept = [m for m in kept if not m.sheet]
    return kept


def _listed(marks: list[Mark], lines: Sequence[Line], blocks: Sequence[Block]) -> set[int]:
    """Indices of candidates that only announce an annex; told from the last to the first."""
    listed: set[int] = set()
    tables = [i for i, b in enumerate(blocks) if isinstance(b, Table)]
    opened: dict[int | None, Mark] = {}
    for mark, after in zip(reversed(marks), (None, *reversed(marks)), strict=False):
        if after is not None and after.index not in listed:
            opened[after.number] = after
        again = opened.get(mark.number)
        if again is not None and bisect_left(tables, mark.line.block) < bisect_left(tables, again.line.block):
            again = None  # its table stands between: it is a sheet of its own
        if _announces(mark, after, again, lines, blocks, listed):
            listed.add(mark.index)
    return listed


def _announces(
    mark: Mark, after: Mark | None, again: Mark | None, lines: Sequence[Line], blocks: Sequence[Block], listed: set[int]
) -> bool:
    """Whether a candidate only announces: `after` is the next one, `again` the next of its number that opens an annex."""
    follower = lines[mark.index + 1].text if mark.index + 1 < len(lines) else ""
    if mark.number is None and mark.rest is None and regex.match(r"[（(]?[0-9一1１][.．、)）]", follower):
        return True
    if after is not None and mark.rest and after.index == mark.index + 1 and after.index in listed:
        return True
    if again is not None:
        return mark.rest is not None or _same_title(mark, again, lines)
    if mark.rest is None:
        return False
    return not _has_content(mark, lines, blocks, after.index if after is not None else len(lines))


def _same_title(mark: Mark, again: Mark, lines: Sequence[Line]) -> bool:
    def title(m: Mark) -> str:
        return m.rest or (lines[m.index + 1].text if m.index + 1 < len(lines) else "")

    one, two = fold(title(mark)), fold(title(again))
    return one == two or (len(one) > 5 and one[:6] == two[:6])


def _has_content(mark: Mark, lines: Sequence[Line], blocks: Sequence[Block], end: int) -> bool:
    """Something other than a signature and a date stands between the candidate and line `end`."""
    last = lines[end].block if end < len(lines) else len(blocks)
    if any(isinstance(b, Table) and b.rows > 1 for b in blocks[mark.line.block : last]):
        return True
    between = [x.text for x in lines[mark.index + 1 : end]]
    return any(len(t) > 24 or HEADING.match(t) or FIELD.search(t) for t in between if not DATED.fullmatch(t))


def _numbered(marks: list[Mark]) -> list[tuple[Mark, int]]:
    """A number for each opener; an unnumbered one follows the last."""
    out: list[tuple[Mark, int]] = []
    last = 0
    for mark in marks:
        last = mark.number if mark.number else last + 1
        out.append((mark, last))
    return out


def _cut_at(numbered: tuple[Mark, int], lines: Sequence[Line], blocks: Sequence[Block]) -> Cut:
    mark, number = numbered
    mark_at = mark.line.place(0, mark.rest_span[0] if mark.rest_span else None)
    if mark.rest and mark.rest_span:
        return Cut(mark.line.block, number, "annex", mark.rest, mark.line.place(*mark.rest_span), mark_at)
    title = title_lines(lines, mark.index + 1, blocks)
    if not title:
        found = _table_title(blocks, mark.line.block)
        return Cut(mark.line.block, number, "annex", found[0] if found else None, found[1] if found else None, mark_at)
    whole = join(title)
    return Cut(mark.line.block, number, "annex", whole.text, whole.place(), mark_at)


def title_lines(lines: Sequence[Line], start: int, blocks: Sequence[Block]) -> list[Line]:
    """The lines of a title that begins at `start`: at most four, up to a table, a form field or running text."""
    out: list[Line] = []
    for line in lines[start : start + 4]:
        if out and not _title_goes_on(out, line, blocks):
            break
        if not _may_be_title(line) or (not out and line.after_table and not lines[start - 1].in_table):
            break
        out.append(line)
    return out


def _may_be_title(line: Line) -> bool:
    text = line.text
    if len(text) > 60 or text.endswith(("。", "；", "：", ":", "，", ";")) or "\t" in text:
        return False
    if len(regex.findall(r"[：:]", text)) > 1:  # fields to fill in
        return False
    if text.startswith(("（", "(")) and not TITLE_TAIL.fullmatch(text):
        return False
    return not (FIELD.search(text) or MARK.fullmatch(text) or HEADING.match(text) or DATED.fullmatch(text))


_WHOLE_END = regex.compile(rf"{TITLE_END.pattern}$")


def _title_goes_on(above: list[Line], line: Line, blocks: Sequence[Block]) -> bool:
    if any(isinstance(b, Table) for b in blocks[above[-1].block : line.block]) or line.after_table:
        return False
    text = join(above).text
    if TITLE_TAIL.fullmatch(line.text):
        return True
    complete = TITLE_END.search(text) is not None and _WHOLE_END.search(text) is not None
    if complete and text.count("《") == text.count("》"):
        return False
    if len(line.text) > 30 and not line.bbox:
        return False
    last = above[-1]
    return not (last.size and line.size and abs(last.size - line.size) > 0.12 * last.size)


def _head_text(block: Block) -> str:
    if not isinstance(block, Table):
        return block.text
    return " ".join(c.text for c in block.cells if c.row < 4)


# ---- marks inside tables -----------------------------------------------------------------------------------------


def _first_rows(table: Table) -> list[list[Cell]]:
    """The filled cells of the first three rows."""
    return [[c for c in table.cells if c.row == row and c.text.strip()] for row in range(min(3, table.rows))]


def _table_cuts(blocks: Sequence[Block], taken: set[int]) -> list[Cut]:
    out = []
    for index, block in enumerate(blocks):
        if not isinstance(block, Table) or index in taken or block.rows < 3:
            continue
        rows = _first_rows(block)
        if not rows or len(rows[0]) != 1:
            continue
        lines = [x for x in cell_lines(rows[0][0], index) if x.text]
        mark = _mark_of(0, lines[0]) if lines else None
        if mark is not None and mark.number is not None:
            out.append(_cut_in_table(mark, lines, rows, index))
    return out


def _cut_in_table(mark: Mark, lines: list[Line], rows: list[list[Cell]], index: int) -> Cut:
    if mark.rest and mark.rest_span:
        whole = join(lines[:1])
        return Cut(index, mark.number or 0, "annex", mark.rest, whole.place(*mark.rest_span), masked(lines[0].at))
    below = lines[1:] or (cell_lines(rows[1][0], index) if len(rows) > 1 and len(rows[1]) == 1 else [])
    below = [x for x in below if x.text and _may_be_title(x)]
    title = join(below) if below else None
    return Cut(
        index, mark.number or 0, "annex", title.text if title else None, title.place() if title else None, lines[0].at
    )


def _table_title(blocks: Sequence[Block], start: int) -> tuple[str, Provenance] | None:
    """A title that stands as the only cell of the first row of the table right after the mark."""
    for index in range(start, min(start + 3, len(blocks))):
        block = blocks[index]
        if not isinstance(block, Table):
            continue
        rows = _first_rows(block)
        if not rows or len(rows[0]) != 1 or block.cols == 1:
            return None
        lines = [x for x in cell_lines(rows[0][0], index) if x.text]
        if not lines or not all(_may_be_title(x) for x in lines) or SCORING.fullmatch(lines[0].text):
            return None
        whole = join(lines)
        return whole.text, whole.place()
    return None


# ---- receipt sheets ----------------------------------------------------------------------------------------------


def _receipt_cuts(blocks: Sequence[Block]) -> list[Cut]:
    out: list[Cut] = []
    for index, block in enumerate(blocks):
        if out and index <= out[-1].block + 2:
            continue
        if isinstance(block, Table):
            if is_receipt_table(block):
                out.append(Cut(index, 0, "receipt"))
            continue
        cut = _receipt_title(blocks, index)
        if cut is not None:
            out.append(cut)
    return out


def _receipt_title(blocks: Sequence[Block], index: int) -> Cut | None:
    block = blocks[index]
    if isinstance(block, Table) or not RECEIPT_SIGN.search(block.text):
        return None
    lines = [x for x in block_lines(block, index) if x.text]
    if len(lines) != 1 or len(lines[0].text) > 60 or not RECEIPT_TITLE.search(lines[0].text):
        return None
    text = lines[0].text
    if regex.search(r"[，。；：:]", text) or HEADING.match(text) or MARK_AND_TITLE.match(text):
        return None
    if not any(isinstance(b, Table) or _is_receipt_head(b.text) for b in blocks[index + 1 : index + 5]):
        return None
    start = index
    while start > max(0, index - 3) and _opens(blocks, start, index):
        start -= 1
    whole = join([x for i in range(start, index + 1) for x in block_lines(blocks[i], i) if x.text])
    return Cut(start, 0, "receipt", whole.text, whole.place())


def _opens(blocks: Sequence[Block], start: int, index: int) -> bool:
    """The lines from `start` on close a 》 that the block above `start` opens."""
    above = blocks[start - 1]
    if isinstance(above, Table):
        return False
    text = "".join(getattr(b, "text", "") for b in blocks[start : index + 1])
    return text.count("》") > text.count("《") and len(above.text) < 60


def _is_receipt_head(text: str) -> bool:
    words = text.split()
    return len(words) >= 3 and _receipt_words(words)


def is_receipt_table(table: Table) -> bool:
    """A table that records who took a document: its head names takers, or names with telephones, and nothing scored."""
    head = [fold(c.text) for c in table.cells if c.row < 2 and c.text.strip()]
    return bool(head) and not any(SCORING.search(t) for t in head) and _receipt_words(head)


def _receipt_words(words: Sequence[str]) -> bool:
    folded = [fold(w) for w in words]
    takers = any(RECEIPT_COLUMNS.fullmatch(w) for w in folded)
    phones = any(PHONE_COLUMNS.fullmatch(w) for w in folded)
    names = any(NAME_COLUMNS.fullmatch(w) for w in folded)
    return (takers and (phones or len(folded) >= 3)) or (phones and names)
