"""Rules over the writing: foreign matter, residue of other formats, brackets, units, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipeline import rx as regex
from pipeline.model import Reading
from pipeline.normalize import clean, fold
from pipeline.provenance import Provenance
from pipeline.readers.pages.glyphs import plain
from pipeline.rules.registry import Hit, rule, shared, shorten


class Written(Struct, frozen=True):
    """One text of the document: its id, the annex (0 the body), the words, the place."""

    id: str
    annex: int
    text: str
    at: Provenance | None


@shared
def texts_of(reading: Reading) -> list[Written]:
    """The body's paragraphs and the printed criteria, in order."""
    body = [Written(f"notice/p{n}", 0, p.text, p.at) for n, p in enumerate(reading.notice.body, start=1)]
    rows = [
        Written(c.id, r.annex, c.text, c.at) for r in reading.rubrics for c in r.criteria() if c.basis == "printed" and c.text
    ]
    return body + rows


@rule(
    code="OCR001",
    name="foreign-text",
    severity="error",
    title="外来内容",
    clause="方法说明（识别、转录错误的排除）；《党政机关公文处理工作条例》第九条",
)
def foreign_text(reading: Reading) -> Iterator[Hit]:
    """The notice holds no block of another language or script, and no repetition loop.

    What: runs of lines in a script or language the notice does not use, lines repeated over and over.
    Why: such blocks are invented by recognition or text-generating programs; they often stand where something was lost.
    **Bad**
        1. *Lorem ipsum*
        2. *Lorem ipsum*
        3. *Lorem ipsum*
    **Good**
        （正文连续，没有外来段落）
    Repair: none; the block is left out of the notice's text and kept here as evidence.
    Limits: a short foreign name or standard number inside a sentence is no block.
    中文: 文中夹有他种文字的段落，或同一行反复出现，多为识别或生成程序虚构，且常占据丢失内容的位置。不计入公文正文，只作证据保留。
    """
    for n, block in enumerate(reading.notice.foreign, start=1):
        quote = shorten(block.text, 40)
        yield Hit(
            annex=0,
            where=f"notice/foreign/{n}",
            zh=f"外来内容“{quote}”，共 {block.repeats} 行，不属于公文",
            en=f"foreign text “{quote}”, {block.repeats} lines, is no part of the notice",
            evidence=tuple(dict.fromkeys((block.at, block.last))),
            values=(fold(block.text)[:80],),
        )


MARKUP = regex.compile(r"(?<!\*)\*{2,3}(?!\*)|^\s*#{1,6}\s|^\s*[-*]\s+\S|</?[a-z]{1,10}[^>]{0,40}>|\\[a-z]{3,}|^\s*\|.*\|\s*$|&[a-z]{2,6};")


RADICAL = regex.compile(r"[⺀-⻳⼀-⿕]")
"""Kangxi and supplementary radicals: signs of dictionaries, in no word."""

MARKS = frozenset("*#-<\\|&")
"""One of them stands in every residue."""


@rule(code="OCR002", name="markup-residue", severity="note", title="残留标记", clause="方法说明（转录格式残留）")
def markup_residue(reading: Reading) -> Iterator[Hit]:
    """The text carries no residue of a markup language or a conversion.

    What: Markdown stars, hashes, list dashes, HTML tags and entities in the body or in criteria; radicals that stand for the
    characters they look like (⾷ for 食) or beside them (⾷食), as they come with text copied out of a PDF.
    Why: they are of the transcription, not of the notice, and would be printed on forms.
    **Bad**
        - 1.发生安全责任事故的；
    **Good**
        1.发生安全责任事故的；
    Repair: none.
    Limits: once a notice, with every place as evidence; the asterisks that hide a telephone number are ours and no residue.
    中文: 正文或评价内容中残留 Markdown、HTML 等标记，或以部首代字（“⾷”代“食”）、部首与字重出（“⾷食”），属转录格式而非公文内容。
    全文各合并为一条提示。
    """
    texts = list(texts_of(reading))
    yield from _radicals([(w, match) for w in texts if (match := RADICAL.search(w.text))])
    quotes = ((w, w.at.quote if w.at else w.text) for w in texts)
    hits = [w for w, quote in quotes if not MARKS.isdisjoint(quote) and MARKUP.search(quote)]
    if hits:
        quote = shorten(hits[0].at.quote if hits[0].at else hits[0].text)
        yield Hit(
            annex=hits[0].annex,
            where=hits[0].id,
            zh=f"残留标记 {len(hits)} 处：“{quote}”",
            en=f"residue of markup, {len(hits)} places: “{quote}”",
            evidence=tuple(w.at for w in hits),
        )


def _radicals(found: Sequence[tuple[Written, regex.Match[str]]]) -> Iterator[Hit]:
    """One hit for all texts with radicals in them, the first quoted with the character that is meant. A PDF's are put right when
    it is read."""
    for written, match in found[:1]:
        radical, meant = match[0], plain(match[0])
        around = "".join(written.text[max(0, match.start() - 4) : match.end() + 5].split())
        twice = written.text.startswith(meant, match.end())
        yield Hit(
            annex=written.annex,
            where=written.id,
            zh=f"以部首代字 {len(found)} 处：“{around}”中“{radical}”{f'与“{meant}”重出' if twice else f'应作“{meant}”'}（多为从 PDF 复制所致）",
            en=f"radicals for characters, {len(found)} places: “{radical}” in “{around}” {'doubles' if twice else 'stands for'} “{meant}” (as text copied out of a PDF has them)",
            evidence=tuple(w.at for w, _ in found),
            values=("radical",),
        )


OPEN = {"（": "）", "(": ")", "《": "》", "〈": "〉", "【": "】", "〔": "〕", "[": "]", "“": "”", "「": "」"}
SAME = {"（": "(", "）": ")", "【": "[", "】": "]"}
CLOSERS = {SAME.get(v, v): SAME.get(k, k) for k, v in OPEN.items()}
BRACKET = regex.compile("[" + regex.escape("".join({**OPEN, **CLOSERS, **SAME})) + "]")


def bracket_fault(text: str) -> tuple[str, str] | None:
    """`unpaired` or `nested` (the same kind inside itself) with the bracket, or None. Widths may be mixed in a pair.

    >>> bracket_fault("（一）甲（乙"), bracket_fault("甲（乙（丙））"), bracket_fault("1）甲")
    (('unpaired', '（'), ('nested', '（'), None)
    """
    stack: list[str] = []
    nested: str | None = None
    for match in BRACKET.finditer(text):
        i, char = match.start(), match[0]
        key = SAME.get(char, char)
        if char in OPEN:
            if key in stack and key in "(":
                nested = nested or char
            stack.append(key)
        else:
            if stack and stack[-1] == CLOSERS[key]:
                stack.pop()
            elif key == ")" and regex.search(r"(?:^|[\s。；;：:，,])[0-9a-zA-Z一二三四五六七八九十①-⑳]{1,3}$", text[:i]):
                continue
            elif key != "”":
                return "unpaired", char
    if stack and stack[-1] != "“":
        return "unpaired", next(c for c in reversed(text) if SAME.get(c, c) == stack[-1])
    return ("nested", nested) if nested else None


@rule(
    code="TXT001",
    name="bracket-fault",
    severity="note",
    title="括号不成对或同类套叠",
    clause="GB/T 15834-2011（标点成对；括号套用宜用不同形式）",
)
def bracket_faults(reading: Reading) -> Iterator[Hit]:
    """Brackets and book marks come in pairs; a bracket inside a bracket is of another kind.

    What: in each criterion, （ ）《 》【 】 without partner, and round brackets inside round brackets.
    Why: a missing bracket leaves open what the condition covers.
    **Bad**
        提供申请材料（即申请表，线上申请的现场获取。
    **Good**
        提供申请材料（即申请表），线上申请的现场获取。
    Repair: none.
    Limits: criteria only, a note; serials such as 1） are no fault.
    中文: 评价内容中括号、书名号应当成对；括号里再用括号宜换一种。编号“1）”不算。仅作提示。
    """
    for rubric in reading.rubrics:
        for criterion in rubric.printed():
            fault = bracket_fault(criterion.text)
            if fault:
                kind_zh, kind_en = ("不成对", "unpaired") if fault[0] == "unpaired" else ("同类套叠", "nested in its own kind")
                yield Hit(
                    annex=rubric.annex,
                    where=criterion.id,
                    zh=f"“{fault[1]}”{kind_zh}：“{shorten(criterion.text, 60)}”",
                    en=f"“{fault[1]}” {kind_en}: “{shorten(criterion.text, 60)}”",
                    evidence=(criterion.at,),
                    values=fault,
                )


UNITS = (
    (regex.compile(r"\d\s*[hH](?![a-zA-Z])"), regex.compile(r"\d\s*(?:个)?小时")),
    (regex.compile(r"\d\s*(?:km|KM)(?![a-zA-Z])"), regex.compile(r"\d\s*(?:公里|千米)")),
    (regex.compile(r"\d\s*(?:kg|KG)(?![a-zA-Z])"), regex.compile(r"\d\s*(?:公斤|千克)")),
    (regex.compile(r"\d\s*(?:m2|㎡|m²)"), regex.compile(r"\d\s*平方米")),
    (regex.compile(r"\d\s*(?:m3|m³)"), regex.compile(r"\d\s*立方米")),
    (regex.compile(r"\d\s*(?:min)(?![a-zA-Z])"), regex.compile(r"\d\s*分钟")),
    (regex.compile(r"\d\s*[%％]"), regex.compile(r"百分之[一二三四五六七八九十]")),
)


@rule(code="TXT002", name="unit-style", severity="note", title="计量单位写法不一", clause="GB/T 15835-2011（同类数字形式应一致）")
def unit_style(reading: Reading) -> Iterator[Hit]:
    """One unit is written one way in one document.

    What: 24h beside 24小时, 5km beside 5公里, 95% beside 百分之九十五.
    Why: the standard asks for one form; two forms are often two sources pasted together.
    **Bad**
        设置24h抢修队伍 …… 开通24小时热线
    **Good**
        设置24小时抢修队伍 …… 开通24小时热线
    Repair: none.
    Limits: once for each unit, a note.
    中文: 同一文件中同一计量单位应写法一致（24h 与 24小时 并存即提示），每种单位只提示一次。
    """
    texts = texts_of(reading)
    whole = "\n".join(w.text for w in texts)
    for short, long in UNITS:
        if not short.search(whole) or not long.search(whole):
            continue
        one = next(((w, m) for w in texts if (m := short.search(w.text))), None)
        two = next(((w, m) for w in texts if (m := long.search(w.text))), None)
        if one and two:
            (first, a), (second, b) = one, two
            yield Hit(
                annex=first.annex,
                where=f"{first.id}~{second.id}" if first.id != second.id else first.id,
                zh=f"同一单位两种写法：“{_around(first.text, a)}”与“{_around(second.text, b)}”",
                en=f"one unit written in two ways: “{_around(first.text, a)}” and “{_around(second.text, b)}”",
                evidence=(first.at, second.at),
                values=(short.pattern,),
            )


def _around(text: str, match: regex.Match[str]) -> str:
    start = match.start()
    while start > 0 and (text[start - 1].isdigit() or text[start - 1] == "."):
        start -= 1
    return text[start : match.end()]


BOOK = regex.compile(r"《([^《》]{3,20})》")


@rule(code="TXT004", name="name-varies", severity="note", title="同一名称两种说法", clause="公文实务（同一事物名称前后一致）")
def name_varies(reading: Reading) -> Iterator[Hit]:
    """One document or booklet has one name.

    What: two titles in book marks made of exactly the same characters in another order.
    Why: the reader looks for two booklets where there is one.
    **Bad**
        发放《安全用气手册》 …… 发放《用气安全手册》
    **Good**
        发放《安全用气手册》 …… 发放《安全用气手册》
    Repair: none.
    Limits: only book titles, only the same characters in another order: names that differ otherwise may be two things.
    中文: 书名号内两个名称用字完全相同而次序不同，很可能是同一事物的两种说法。其他差别不判断。
    """
    places: dict[str, tuple[Written, str]] = {}
    for written in texts_of(reading):
        for match in BOOK.finditer(written.text):
            places.setdefault(match[1], (written, match[0]))
    names = list(places)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            if Counter(one) == Counter(other):
                first, second = places[one][0], places[other][0]
                yield Hit(
                    annex=second.annex,
                    where=f"{first.id}~{second.id}" if first.id != second.id else first.id,
                    zh=f"同一名称两种说法：“《{one}》”与“《{other}》”",
                    en=f"one name said in two ways: “《{one}》” and “《{other}》”",
                    evidence=(first.at, second.at),
                    values=(one, other),
                )


@rule(code="TXT005", name="stop-missing", severity="note", title="句末缺标点", clause="GB/T 15834-2011（句末点号）")
def stop_missing(reading: Reading) -> Iterator[Hit]:
    """A criterion ends as its neighbours do.

    What: a criterion without an end mark in a rubric where at least nine of ten criteria have one.
    Why: a lost full stop is often the end of a cut sentence.
    **Bad**
        7 | 定期更新制度。
        8 | 实现全过程闭环管理
    **Good**
        8 | 实现全过程闭环管理。
    Repair: none.
    Limits: rubrics of catchwords without end marks are left alone; a note.
    中文: 同表九成以上条目以句号（或分号）结尾而本条没有。可能只是漏标点，也可能是句子被截断。仅作提示。
    """
    for rubric in reading.rubrics:
        rows = [c for c in rubric.printed() if c.text]
        ended = [c for c in rows if clean(c.text)[-1] in "。；;！？."]
        if len(rows) < 10 or len(ended) < 0.9 * len(rows):
            continue
        for criterion in rows:
            last = clean(criterion.text)[-1]
            if last not in "。；;！？.）)”’」】：:" and criterion.kind == "scored":
                yield Hit(
                    annex=rubric.annex,
                    where=criterion.id,
                    zh=f"句末没有标点：“{shorten(criterion.text[-20:])}”",
                    en=f"no end mark: “{shorten(criterion.text[-20:])}”",
                    evidence=(criterion.at,),
                )


MISSPELT = {
    "全纪录": "全记录", "检查纪录": "检查记录", "会议纪录": "会议记录", "工作纪录": "工作记录", "各司其责": "各司其职", "布署": "部署",
    "签定": "签订", "帐目": "账目", "帐簿": "账簿", "帐户": "账户", "台帐": "台账", "按步就班": "按部就班", "一如继往": "一如既往", "既使": "即使",
    "迫不急待": "迫不及待",  "竞竞业业": "兢兢业业", "再接再励": "再接再厉", "甘败下风": "甘拜下风", "走头无路": "走投无路",
    "不径而走": "不胫而走", "按装": "安装", "幅射": "辐射", "渡假": "度假", "欢渡": "欢度", "重迭": "重叠", "复盖": "覆盖",
    "防犯": "防范", "凑和": "凑合", "坐阵": "坐镇", "追朔": "追溯", "震憾": "震撼", "精萃": "精粹", "松驰": "松弛", "寒喧": "寒暄",
}  # fmt: skip
"""Forms that good usage rejects, with the usual form (现代汉语词典; 第一批异形词整理表)."""


@rule(code="TXT007", name="usual-misspelling", severity="note", title="常见误写", clause="《党政机关公文处理工作条例》第十九条（文字准确）；第一批异形词整理表")
def usual_misspelling(reading: Reading) -> Iterator[Hit]:
    """Words are written in their usual form.

    What: a short list of forms that dictionaries reject (台帐 for 台账, 布署 for 部署, 全纪录 for 全记录).
    Why: they are the slips that every copy inherits, so that comparing the sheets with each other does not show them.
    **Bad**
        整改落实、复查结果全纪录
    **Good**
        整改落实、复查结果全记录
    Repair: none.
    Limits: only the listed forms, each once with all its places; a note.
    中文: 对照一份常见误写表（如“台帐”“布署”“全纪录”）。各表相互照抄的误写，逐表比对看不出来。每种只提示一次，仅作提示。
    """
    texts = texts_of(reading)
    whole = "\n".join(w.text for w in texts)
    for wrong, usual in MISSPELT.items():
        hits = [w for w in texts if wrong in w.text] if wrong in whole else []
        if hits:
            yield Hit(
                annex=hits[0].annex,
                where=hits[0].id,
                status="supported",
                zh=f"“{wrong}”通常写作“{usual}”，{len(hits)} 处",
                en=f"“{wrong}” is usually written “{usual}”, {len(hits)} places",
                evidence=tuple(w.at for w in hits),
                values=(wrong,),
            )
