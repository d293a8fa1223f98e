"""Rules over the notice's head, outline and formal elements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline import rx as regex
from pipeline.model import AnnexEntry, BodyText, Heading, Notice, Reading
from pipeline.normalize import chinese_number, fold
from pipeline.notices.head import OFFICIAL_KINDS
from pipeline.rules.registry import Hit, rule, shorten


def is_notice(notice: Notice) -> bool:
    """A stand-alone sheet (no document number, no addressees) is no notice."""
    return bool(notice.document_number or notice.addressees)


def marker_number(marker: str) -> int | None:
    """一、 （二） 3. （4） as a number."""
    return chinese_number(regex.sub(r"[（）()、.．\s]", "", marker))


@rule(
    code="DOC011",
    name="outline-gap",
    severity="warning",
    title="结构层次序数不连续",
    clause="GB/T 9704-2012 7.3.3（一、（一）1.（1））；公文实务",
)
def outline_gap(reading: Reading) -> Iterator[Hit]:
    """The headings of each level are numbered without gap or repeat.

    What: 一、（一）1.（1） each in its own level, starting again under a new upper heading or at one; 第一章, 第一条 through the
    whole of a set of rules.
    Why: a skipped heading is a lost paragraph or a careless deletion; citations of （二） point nowhere.
    **Bad**
        （一）保洁企业评价内容
        （三）清运企业评价内容
    **Good**
        （一）保洁企业评价内容
        （二）清运企业评价内容
    Repair: none.
    Limits: gaps in 1. and （1） are only noted: running text uses them for lists of many kinds. Levels that start again at
    one are new lists. Chapters and articles want three of a kind, and a count that seldom breaks.
    中文: 各级序数（一、（一）1.（1））应当连续，不跳不重；换上级标题或从一重新开始视为新序列。1. 与（1）两级仅作提示。章、条同样应当连续。
    """
    last: dict[int, tuple[int, Heading, int]] = {}
    for index, heading in enumerate(reading.notice.headings, start=1):
        number = marker_number(heading.marker)
        if number is None:
            continue
        for level in [k for k in last if k > heading.level]:
            del last[level]
        before = last.get(heading.level)
        last[heading.level] = (number, heading, index)
        if number != 1 and before is not None and number != before[0] + 1:
            yield _outline_hit(before[1], before[2], heading, index)
        elif before is None and number in (2, 3) and heading.level <= 2:
            yield _late_start(heading, index)
    for opened in OPENED.values():
        yield from _broken_count(reading.notice.body, opened)


CITED = "规定所之中的至和、"
"""What follows the number of an article that is cited (第八条规定的…), not opened."""

OPENED = {unit: regex.compile(rf"第([一二三四五六七八九十百]{{1,5}}){unit}(?![{CITED}])") for unit in "章条"}


def _broken_count(body: Sequence[BodyText], opened: regex.Pattern[str]) -> Iterator[Hit]:
    """Chapters or articles whose numbers do not run on; nothing where the count breaks so often that it is none."""
    found = [(match, text) for text in body if (match := opened.match(text.text))]
    steps = [(a, b) for a, b in pairwise(found) if chinese_number(b[0][1]) not in (1, (chinese_number(a[0][1]) or 0) + 1)]
    if len(found) < 3 or len(steps) > max(1, len(found) // 5):
        return
    for before, after in steps:
        one, two = before[0][0], after[0][0]
        yield Hit(
            annex=0,
            where="notice/body",
            zh=f"层次序数不连续：“{one}”之后是“{two}”",
            en=f"the numbering does not run on: “{one}” is followed by “{two}”",
            evidence=(before[1].at, after[1].at),
            values=(one, two),
        )


def _outline_hit(before: Heading, n: int, after: Heading, m: int) -> Hit:
    one, two = (h.marker.strip() for h in (before, after))
    return Hit(
        annex=0,
        where=f"notice/h{n}..notice/h{m}",
        severity=None if after.level <= 2 else "note",
        zh=f"层次序数不连续：“{one}{shorten(before.text, 20)}”之后是“{two}{shorten(after.text, 20)}”",
        en=f"headings do not run on: “{one}{shorten(before.text, 20)}” is followed by “{two}{shorten(after.text, 20)}”",
        evidence=(before.at, after.at),
        values=(one, two),
    )


def _late_start(heading: Heading, index: int) -> Hit:
    shown = f"{heading.marker.strip()}{shorten(heading.text, 20)}"
    return Hit(
        annex=0,
        where=f"notice/h{index}",
        severity="note",
        zh=f"本级第一个标题是“{shown}”，前面没有“一”",
        en=f"the first heading of its level is “{shown}”, there is no “一” before it",
        evidence=(heading.at,),
        values=(heading.marker.strip(),),
    )


@rule(
    code="DOC004",
    name="missing-element",
    severity="warning",
    title="公文要素缺失",
    clause="《党政机关公文处理工作条例》第九条；GB/T 9704-2012 7.3.5",
)
def missing_element(reading: Reading) -> Iterator[Hit]:
    """A notice carries the name of its issuer at the close, its date, and its seal.

    What: 署名 and 成文日期 of a document that has a document number or addressees. The seal cannot be seen in text; it is
    named together with them.
    Why: without date nobody knows from when the notice holds; without issuer's name and seal it is a draft.
    **Bad**
        附件：1. 评价表
        （其后没有署名和日期）
    **Good**
        附件：1. 评价表
              某市城市管理局
              2023年5月6日
    Repair: none: an element that is not printed is never supplied.
    Limits: a stand-alone sheet is no notice. A foreign block in the text may stand where the elements were; then it is named.
    中文: 有发文字号或主送机关的文件，应有发文机关署名、成文日期（及印章，文本中看不到印章，仅与二者一并提示）。单独的评价表不算公文。
    缺失的要素绝不代拟。文中若有外来乱码，会一并指出其位置。
    """
    notice = reading.notice
    if not is_notice(notice):
        return
    absent = [("署名", "the issuer's name at the close", "signature")] if notice.signature is None else []
    if notice.issue_date is None:
        absent.append(("成文日期", "the date of issue", "issue_date"))
    both = len(absent) == 2
    near = "；文中有一段外来内容，可能占了它的位置" if notice.foreign and absent else ""
    near_en = "; a foreign block in the text may stand in its place" if notice.foreign and absent else ""
    for name, name_en, key in absent:
        yield Hit(
            annex=0,
            where=f"notice/{key}",
            zh=f"缺“{name}”{near}",
            en=f"“{name}” ({name_en}) is absent{near_en}",
            evidence=tuple(f.at for f in notice.foreign),
        )
    if both:
        yield Hit(
            annex=0,
            where="notice/seal",
            severity="note",
            zh="“印章”无从确认：署名和日期都没有",
            en="“印章” (the seal) cannot be confirmed: neither name nor date is there",
        )
    yield from _head_elements(notice)


def _head_elements(notice: Notice) -> Iterator[Hit]:
    """Head elements that some kinds of document may lack: only noted, and only for a 通知."""
    if not notice.title or "通知" not in notice.title:
        return
    for value, name, name_en, key in (
        (notice.document_number, "发文字号", "the document number", "document_number"),
        (notice.addressees, "主送机关", "the addressees", "addressees"),
    ):
        if not value:
            yield Hit(annex=0, where=f"notice/{key}", severity="note", zh=f"缺“{name}”", en=f"“{name}” ({name_en}) is absent")


@rule(
    code="DOC001",
    name="document-number-form",
    severity="note",
    title="发文字号格式",
    clause="GB/T 9704-2012 7.2.5（年份用六角括号〔〕，不加“第”，不编虚位）",
)
def document_number_form(reading: Reading) -> Iterator[Hit]:
    """The document number is written 机关代字〔年〕n号.

    What: hexagonal brackets, a four-digit year, no 第, no leading zero.
    Why: the standard says so; registers are searched by the exact number.
    **Bad**
        某城管字[2023]第07号
    **Good**
        某城管字〔2023〕7号
    Repair: none.
    Limits: style, a note; orders (第7号) and running numbers without agency code are left alone.
    中文: 发文字号年份应用六角括号〔〕、四位年份，序号前不加“第”、不编虚位（不写 07）。仅作提示。
    """
    number = reading.notice.document_number
    at = reading.notice.places.get("document_number")
    text = regex.sub(r"\s", "", at.quote if at else number or "")
    match = regex.search(r"[〔\[（(【［](\d{4})年?[〕\])）】］](第?)(0?)(\d+)号", text)
    if not number or not match:
        return
    if match[2] or match[3] or not regex.search(r"〔\d{4}〕", text):
        yield Hit(
            annex=0,
            where="notice/document_number",
            zh=f"发文字号写作“{shorten(match.string, 40)}”，不合〔年〕序号的写法",
            en=f"the document number is written “{shorten(match.string, 40)}”, not in the form 〔year〕number",
            evidence=(at,),
        )


@rule(
    code="DOC002",
    name="title-form",
    severity="note",
    title="标题缺文种",
    clause="《党政机关公文处理工作条例》第八条、第九条（标题由机关、事由、文种组成）",
)
def title_form(reading: Reading) -> Iterator[Hit]:
    """The title of a notice ends with its kind of document.

    What: one of the fifteen kinds (通知, 意见, 函 …) at the end of the title, brackets such as （试行） apart.
    Why: the kind says what the document does.
    **Bad**
        关于印发考核办法
    **Good**
        关于印发考核办法的通知
    Repair: none.
    Limits: checked only for documents with number and addressees; a note.
    中文: 公文标题应以文种结尾（通知、意见、函等十五种），（试行）等括注不计。仅对有文号和主送的文件作提示。
    """
    notice = reading.notice
    if not (notice.document_number and notice.addressees and notice.title):
        return
    bare = regex.sub(r"[（(][^（）()]*[）)]$", "", regex.sub(r"\s", "", notice.title))
    if not bare.endswith(OFFICIAL_KINDS):
        yield Hit(
            annex=0,
            where="notice/title",
            zh=f"标题“{shorten(notice.title, 60)}”没有文种",
            en=f"the title “{shorten(notice.title, 60)}” names no kind of document",
            evidence=(notice.places.get("title"),),
        )


@rule(
    code="DOC005",
    name="date-form",
    severity="note",
    title="成文日期写法",
    clause="GB/T 9704-2012 7.3.5.4（阿拉伯数字，年份全称，月、日不编虚位）",
)
def date_form(reading: Reading) -> Iterator[Hit]:
    """The date of issue is written in Arabic digits without leading zeros, in the year of the document number.

    What: the date as printed; its year against the year in the document number.
    Why: the standard says so; a date of another year is often a leftover of last year's file.
    **Bad**
        2023年05月06日
    **Good**
        2023年5月6日
    Repair: none.
    Limits: style, a note. Documents signed in January under the old year's number are usual.
    中文: 成文日期应用阿拉伯数字写全，月、日不编虚位；年份与发文字号不一致时提示（年初用上年文号的情形常见）。
    """
    notice = reading.notice
    at = notice.places.get("issue_date")
    if notice.issue_date is None or at is None:
        return
    text = regex.sub(r"\s", "", at.quote)
    if regex.search(r"年0\d月|月0\d日|^\d{4}[./-]", text) or regex.search(r"[〇○一二三四五六七八九十]年", text):
        yield Hit(
            annex=0, where="notice/issue_date", evidence=(at,),
            zh=f"成文日期写作“{shorten(text)}”", en=f"the date of issue is written “{shorten(text)}”",
        )  # fmt: skip
    year = regex.search(r"[〔\[（(](\d{4})[〕\])）]", notice.document_number or "")
    dated = regex.match(r"\d{4}", notice.issue_date)
    if year and dated and year[1] != dated[0]:
        places = (at, notice.places.get("document_number"))
        yield Hit(
            annex=0, where="notice/document_number~notice/issue_date", evidence=places,
            zh=f"文号年份 {year[1]}，成文日期年份 {dated[0]}", en=f"the number is of {year[1]}, the date of {dated[0]}",
        )  # fmt: skip


VALIDITY = regex.compile(r"有效期|自.{0,14}(?:起|后).{0,4}(?:施行|试行|实施|执行|生效)|试行期|有效至|施行之日|实施之日|执行之日|废止|试行.{0,3}年")


@rule(
    code="DOC015",
    name="validity-missing",
    severity="note",
    title="试行、暂行没有期限",
    clause="地方规范性文件管理规定（试行、暂行应当规定有效期）",
)
def validity_missing(reading: Reading) -> Iterator[Hit]:
    """What is called 试行 or 暂行 says how long it holds.

    What: 试行/暂行 in a title, and no word on validity or the day of effect anywhere in the body.
    Why: local rules on normative documents limit trials to one or two years; without a date nobody knows when it lapses.
    **Bad**
        某市服务质量评价表（试行）       （正文没有有效期、施行日期）
    **Good**
        本方案自2023年6月1日起试行，有效期二年。
    Repair: none.
    Limits: local rule, a note, once a notice.
    中文: 标题有“试行”“暂行”而正文没有有效期或施行日期。依据为地方规定，仅提示一次。
    """
    notice = reading.notice
    if not is_notice(notice) or not notice.body:
        return
    titles = [(notice.title or "", notice.places.get("title"), "notice/title")]
    titles += [(e.title, e.at, f"notice/annexes/{e.annex}") for e in notice.annexes]
    trial = next((t for t in titles if regex.search(r"试行|暂行", t[0])), None)
    if trial and not any(VALIDITY.search(fold(p.text)) for p in notice.body):
        title, at, where = trial
        yield Hit(
            annex=0, where=where, evidence=(at,),
            zh=f"“{shorten(title, 60)}”没有写明有效期或施行日期",
            en=f"“{shorten(title, 60)}” states neither validity nor day of effect",
        )  # fmt: skip


PLACE = regex.compile(
    r"^[\u4e00-\u9fff]{2,12}?(?:自治区|自治州|开发区|高新区|新区|省|(?<!城)市(?!场|政|容|民|区)|州|县|"
    r"(?<![社小园辖街校库景厂片城])区(?!域|别|间|块|划)|镇|乡(?!村)|街道)(?=[\u4e00-\u9fff])"
)


@rule(
    code="DOC014",
    name="jurisdiction-differs",
    severity="note",
    title="地域名称不一致",
    clause="《党政机关公文处理工作条例》第二十条（内容符合职权）",
)
def jurisdiction_differs(reading: Reading) -> Iterator[Hit]:
    """The annexes are of the same place as the notice.

    What: the place name that opens an annex title against the places in the notice's title and issuer.
    Why: a district's notice with the city's sheets was copied from above; it is open whose sheet it is.
    **Bad**
        甲市乙区城管局 关于印发乙区考核方案的通知   附件：甲市环卫考核表
    **Good**
        甲市乙区城管局 关于印发乙区考核方案的通知   附件：乙区环卫考核表
    Repair: none.
    Limits: one name inside the other (甲市 in 甲市乙区) counts as the same place in titles; a note.
    中文: 附件名称开头的地名应与公文标题、发文机关的地域一致。区级公文用市级表名常是照抄上级文件。仅作提示。
    """
    notice = reading.notice
    own = regex.sub(r"^.*?关于(?:转发|印发|公布|开展|做好)?", "", regex.sub(r"\s", "", notice.title or ""))
    home = PLACE.match(own)
    if home is None:
        return
    others: dict[str, list[AnnexEntry]] = {}
    for entry in notice.annexes:
        place = PLACE.match(regex.sub(r"\s", "", entry.title))
        if place and place[0] not in own and home[0] not in entry.title:
            others.setdefault(place[0], []).append(entry)
    for name, entries in others.items():
        numbers = ", ".join(str(e.annex) for e in entries)
        yield Hit(
            annex=0,
            where=f"notice/title~notice/annexes/{entries[0].annex}",
            zh=f"公文标题是“{home[0]}”，附件 {numbers} 的名称是“{name}”",
            en=f"the notice's title says “{home[0]}”, annexes {numbers} say “{name}”",
            evidence=(notice.places.get("title"), *(e.at for e in entries)),
        )
