"""Rules over formal elements of little weight: addressees, record of printing, page numbers, cited bases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipeline import rx as regex
from pipeline.model import Notice, PageNumber, Reading
from pipeline.normalize import fold, iso_date
from pipeline.provenance import Provenance
from pipeline.rules.document import is_notice
from pipeline.rules.registry import Hit, rule, shorten


@rule(
    code="DOC003",
    name="addressees-form",
    severity="note",
    title="主送机关写法",
    clause="GB/T 9704-2012 7.3.2（主送机关后标全角冒号）",
)
def addressees_form(reading: Reading) -> Iterator[Hit]:
    """The addressees end with a full-width colon, and each is named once.

    What: the line of the addressees as printed; the same addressee twice.
    Why: the standard says so; a doubled name is often a careless paste over the one that was meant.
    **Bad**
        各物业服务企业、各街道办事处、各物业服务企业:
    **Good**
        各物业服务企业、各街道办事处：
    Repair: none.
    Limits: style, a note. Whether the duties of the body are laid on the addressees only cannot be told from words alone.
    中文: 主送机关之后应标全角冒号，同一机关不应重复列出。仅作提示。正文是否只给主送机关规定职责，仅凭文字无法判断，不查。
    """
    notice = reading.notice
    at = notice.places.get("addressees")
    if not notice.addressees or at is None:
        return
    if at.quote.rstrip().endswith(":"):
        yield Hit(
            annex=0, where="notice/addressees", evidence=(at,), values=("colon",),
            zh=f"主送机关后是半角冒号：“{shorten(at.quote, 60)}”",
            en=f"a half-width colon after the addressees: “{shorten(at.quote, 60)}”",
        )  # fmt: skip
    doubled = [name for n, name in enumerate(notice.addressees) if name in notice.addressees[:n]]
    for name in dict.fromkeys(doubled):
        yield Hit(
            annex=0, where="notice/addressees", evidence=(at,), values=(name,),
            zh=f"主送机关“{shorten(name)}”重复列出", en=f"the addressee “{shorten(name)}” is named twice",
        )  # fmt: skip


@rule(
    code="DOC009",
    name="imprint-form",
    severity="note",
    title="版记写法",
    clause="GB/T 9704-2012 7.4（抄送机关后标句号；印发日期用阿拉伯数字，不编虚位）",
)
def imprint_form(reading: Reading) -> Iterator[Hit]:
    """The record at the end is whole: copies end with a full stop, the printing is dated, and not before the document.

    What: the line 抄送：…, the line …年…月…日印发, its date against the date of issue.
    Why: the standard says so; a printing date before the date of issue is a leftover of another file.
    **Bad**
        抄送：市人民政府办公室
        某局办公室    2023年04月06日印发      （成文日期 2023年5月6日）
    **Good**
        抄送：市人民政府办公室。
        某局办公室    2023年5月8日印发
    Repair: none.
    Limits: a note; a document without any record at its end is left alone (web pages leave it out).
    中文: 版记中抄送机关之后应标句号；印发日期月、日不编虚位，且不应早于成文日期。没有版记的（如网页文本）不报。仅作提示。
    """
    notice = reading.notice
    for n, line in enumerate(notice.imprint, start=1):
        where, text = f"notice/imprint/{n}", line.text.strip()
        if text.startswith(("抄送", "抄报")) and not text.endswith(("。", ".")):
            yield _imprint(where, line.at, f"抄送机关后没有句号：“{shorten(text)}”", f"no full stop after the copies: “{shorten(text)}”")
        if regex.search(r"年0\d月|月0\d日", fold(text)):
            yield _imprint(where, line.at, f"印发日期编了虚位：“{shorten(text)}”", f"the printing date has a leading zero: “{shorten(text)}”")
        printed, issued = iso_date(text) if fold(text).endswith("印发") else None, iso_date(_issue_date(notice))
        if printed and issued and printed < issued:
            yield _imprint(
                where, line.at, f"印发日期“{printed}”早于成文日期“{issued}”",
                f"the printing date “{printed}” is before the date of issue “{issued}”",
            )  # fmt: skip


def _issue_date(notice: Notice) -> str:
    at = notice.places.get("issue_date")
    return at.quote if at else notice.issue_date or ""


def _imprint(where: str, at: Provenance, zh: str, en: str) -> Hit:
    return Hit(annex=0, where=where, zh=zh, en=en, evidence=(at,), values=(zh,))


@rule(
    code="DOC010",
    name="page-number-gap",
    severity="note",
    title="页码不连续",
    clause="GB/T 9704-2012 7.5（附件与正文一起装订时页码连续编排）",
)
def page_number_gap(reading: Reading) -> Iterator[Hit]:
    """The printed page numbers run on through the annexes.

    What: numbers at the edges of the pages of a paged source, from page to page.
    Why: a number that is left out is a page that was not copied or scanned; criteria may stand on it.
    **Bad**
        — 4 —   — 5 —   — 7 —
    **Good**
        — 4 —   — 5 —   — 6 —
    Repair: none.
    Limits: needs numbers on at least three pages. Numbers that begin at 1 again (annexes bound by themselves) and pages
    without a number are left alone; a note.
    中文: 有页面的文件，逐页比较所印页码。跳号往往是漏印、漏扫了一页，评价内容可能正在其上。附件另从 1 起编号的、未印页码的页不报。
    """
    first: dict[int, PageNumber] = {}
    for number in reading.notice.page_numbers:
        if number.at.page is not None:
            first.setdefault(number.at.page, number)
    pages = _without_odd_ones([first[page] for page in sorted(first)])
    if len(pages) < 3:
        return
    for before, after in pairwise(pages):
        if _pages_between(before, after) == 1 and after.number not in (before.number + 1, 1):
            yield Hit(
                annex=0,
                where="notice/pages",
                status="supported",
                zh=f"页码“{before.number}”之后是“{after.number}”",
                en=f"page number “{before.number}” is followed by “{after.number}”",
                evidence=(before.at, after.at),
                values=(str(before.number), str(after.number)),
            )


def _pages_between(before: PageNumber, after: PageNumber) -> int:
    return (after.at.page or 0) - (before.at.page or 0)


def _without_odd_ones(pages: list[PageNumber]) -> list[PageNumber]:
    """Without a number that stands between two that agree: a misread one, or no page number."""
    odd = {
        id(b)
        for a, b, c in zip(pages, pages[1:], pages[2:], strict=False)
        if c.number - a.number == _pages_between(a, c) and b.number - a.number != _pages_between(a, b)
    }
    return [p for p in pages if id(p) not in odd]


CITED = regex.compile(r"《(?P<title>[^《》]{4,80})》(?P<number>\s*[（(\[【][^（）()]{0,50}号[^（）()]{0,20}[)）\]】])?")
OFFICIAL = regex.compile(r"关于.{2,70}的(?:通知|意见|决定|通告|函|批复|实施意见|指导意见)(?:[（(][^（）()]{1,8}[)）])?$")
BASIS = regex.compile(r"(?:根据|依据|按照|遵照|落实|贯彻|执行)[^。；《]{0,30}$")
NUMBER = regex.compile(r"[〔\[（(【［](?P<year>(?:19|20)\d{2})年?[〕\])）】］]\s*(?:第\s*)?\d{1,5}\s*号")


@rule(
    code="DOC013",
    name="basis-citation",
    severity="note",
    title="依据文件引用不全",
    clause="公文实务（引用公文先引标题，后引发文字号）；《党政机关公文处理工作条例》第十九条、第二十条",
)
def basis_citation(reading: Reading) -> Iterator[Hit]:
    """A document that the notice rests on is cited with title and number, and is not younger than the notice.

    What: 《关于…的通知》 and the like after 根据, 按照, 落实, without a number after it or anywhere beside the same title;
    numbers of documents whose year is after the notice's own.
    Why: titles repeat from year to year; without its number nobody can say which document is meant, nor whether it holds.
    **Bad**
        根据《关于加强物业管理工作的意见》精神，
    **Good**
        根据《关于加强物业管理工作的意见》（某政办发〔2022〕6号）精神，
    Repair: none.
    Limits: laws, regulations and standards need no number. Whether the document is still in force cannot be seen; a note.
    中文: 正文在“根据”“按照”“落实”之后引用《关于……的通知》等公文，应写明发文字号；所引文号的年份不应晚于本文。法律、法规、标准无需文号；
    所引文件是否仍有效，从文本看不出，不查。仅作提示。
    """
    notice = reading.notice
    if not is_notice(notice):
        return
    whole = "\n".join(p.text for p in notice.body)
    seen: set[str] = set()
    for n, paragraph in enumerate(notice.body, start=1):
        for match in CITED.finditer(paragraph.text):
            title = match["title"]
            if title in seen or match["number"] or not OFFICIAL.search(title) or not BASIS.search(paragraph.text[: match.start()]):
                continue
            seen.add(title)
            if not _numbered(title, whole) and not NUMBER.search(paragraph.text[match.end() : match.end() + 40]):
                yield _unnumbered(n, title, paragraph.at)
        yield from _younger(notice, n, paragraph.text, paragraph.at)


def _numbered(title: str, text: str) -> bool:
    """Somewhere the same title is followed by a number."""
    return any(m["number"] and m["title"] == title for m in CITED.finditer(text))


def _unnumbered(n: int, title: str, at: Provenance) -> Hit:
    return Hit(
        annex=0, where=f"notice/p{n}", evidence=(at,), values=(title,), status="supported",
        zh=f"引用《{shorten(title, 60)}》没有写发文字号", en=f"《{shorten(title, 60)}》 is cited without its number",
    )  # fmt: skip


def _younger(notice: Notice, n: int, text: str, at: Provenance) -> Iterator[Hit]:
    own = NUMBER.search(notice.document_number or "")
    year = max([own["year"] if own else "", (iso_date(_issue_date(notice)) or "")[:4]])
    for match in NUMBER.finditer(text):
        if year and match["year"] > year:
            yield Hit(
                annex=0, where=f"notice/p{n}", evidence=(at,), values=(match[0],),
                zh=f"引用的文号“{match[0]}”晚于本文的年份“{year}”",
                en=f"the cited number “{match[0]}” is of a later year than the notice's own, “{year}”",
            )  # fmt: skip
