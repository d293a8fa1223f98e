"""Rules over annexes: what is listed, what is cited, what is there."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from pipeline import rx as regex
from pipeline.model import AnnexEntry, Notice, Reading
from pipeline.normalize import fold
from pipeline.provenance import Provenance
from pipeline.rules.registry import Hit, rule, shorten

CLAUSE = "GB/T 9704-2012 7.3.7（附件序号和名称应当与附件说明一致）"
_SCORE = regex.compile(r"\((?:总分|满分|共计?|合计)?:?[0-9]{1,4}(?:\.[0-9])?分\)")
_DROPPED = regex.compile(r"[《》<>“”\"'‘’()\[\]【】〔〕,，.。;；:：、·\-—_*]")


def title_key(title: str) -> str:
    """A title for comparing: without width, spaces, brackets' kind, book marks and end marks, and without the total
    that a sheet prints behind its title (总分100分)."""
    return _DROPPED.sub("", _SCORE.sub("", fold(title)))


class Named(Struct, frozen=True):
    """One naming of an annex: kind listed | printed | cited, its id, the title, where it stands."""

    kind: str
    id: str
    title: str
    at: Provenance


WORDS = {"listed": ("附件说明", "the annex list"), "printed": ("附件首页", "the annex itself"), "cited": ("正文引用", "the body")}


def namings(notice: Notice, annex: int) -> list[Named]:
    """How the list, the body's citations and the annex's own page call one annex."""
    found = [Named("listed", f"notice/annexes/{annex}", e.title, e.at) for e in notice.annexes if e.annex == annex][:1]
    cited = [c for c in notice.citations if c.annex == annex and c.title]
    found += [Named("cited", f"notice/citations/{annex}", c.title, c.at) for c in cited[:1]]
    found += [Named("printed", f"annex-{annex}", e.title, e.at) for e in notice.annex_titles if e.annex == annex and e.title][:1]
    return found


@rule(code="DOC007", name="annex-title-mismatch", severity="warning", title="附件名称不一致", clause=CLAUSE)
def annex_title_mismatch(reading: Reading) -> Iterator[Hit]:
    """An annex has one title: in the list, in the body's citation, and on its own first page.

    What: each pair of the three, without regard to bracket width, spaces, book marks and end marks.
    Why: the reader cannot be sure that the sheet at hand is the one the notice means.
    **Bad**
        附件：3. 某市小型货运车辆维修企业评价表   附件3 某市货运车辆维修企业评价表
    **Good**
        附件：3. 某市货运车辆维修企业评价表       附件3 某市货运车辆维修企业评价表
    Repair: none; which title is right is for the issuer.
    Limits: a citation that is a part of the full title is usual in running text and only noted.
    中文: 附件说明、正文引用、附件首页三处名称应当一致（不计括号全半角、空格、书名号和句末标点），逐对比较。正文引用简称只作提示。
    """
    notice = reading.notice
    numbers = sorted({e.annex for e in (*notice.annexes, *notice.annex_titles)} | {c.annex for c in notice.citations if c.annex})
    for annex in numbers:
        names = namings(notice, annex)
        for i, one in enumerate(names):
            for other in names[i + 1 :]:
                if title_key(one.title) != title_key(other.title):
                    yield _title_hit(annex, one, other)


def _title_hit(annex: int, one: Named, other: Named) -> Hit:
    a, b = title_key(one.title), title_key(other.title)
    short = "cited" in (one.kind, other.kind) and (a in b or b in a)
    left, right = shorten(one.title, 60), shorten(other.title, 60)
    return Hit(
        annex=annex,
        where=f"{one.id}~{other.id}",
        severity="note" if short else None,
        zh=f"附件 {annex} 名称不一致：{WORDS[one.kind][0]}作“{left}”，{WORDS[other.kind][0]}作“{right}”",
        en=f"annex {annex} has two titles: {WORDS[one.kind][1]} says “{left}”, {WORDS[other.kind][1]} says “{right}”",
        evidence=(one.at, other.at),
        values=(one.kind, other.kind, a, b),
    )


@rule(code="DOC008", name="annex-missing", severity="error", title="附件缺失", clause=CLAUSE)
def annex_missing(reading: Reading) -> Iterator[Hit]:
    """Each annex that is listed or cited is there, and each that is there is listed.

    What: the numbers of the list and of the citations against the annexes found in the document.
    Why: an absent annex takes its rubric with it.
    **Bad**
        附件：1. 甲表 2. 乙表      （其后只有附件1）
    **Good**
        附件：1. 甲表 2. 乙表      （其后有附件1、附件2）
    Repair: none.
    Limits: a document that holds the body alone (all annexes kept in other files) is only noted, once. An annex that is
    there but not listed is noted.
    中文: 附件说明或正文引用的附件应当都在。只有正文、附件另存的文件仅提示一次；有附件而附件说明未列的作提示。
    """
    notice = reading.notice
    if reading.rubrics and not notice.annex_titles and not any(r.annex == 0 for r in reading.rubrics):
        return  # rubrics without any annex heading: which annex is which cannot be told
    present = {e.annex for e in notice.annex_titles} | {r.annex for r in reading.rubrics if r.annex > 0}
    wanted: dict[int, tuple[str, Provenance]] = {}
    for c in notice.citations:
        if c.annex:
            wanted.setdefault(c.annex, (c.title, c.at))
    wanted.update({e.annex: (e.title, e.at) for e in notice.annexes})
    absent = [n for n in sorted(wanted) if n not in present]
    if absent and not present:
        yield _all_absent(absent, wanted)
    else:
        for annex in absent:
            yield _absent(annex, *wanted[annex])
    if notice.annexes:
        listed = {e.annex for e in notice.annexes}
        for entry in notice.annex_titles:
            if entry.annex not in listed and entry.annex > 0:
                yield _unlisted(entry)


def _absent(annex: int, title: str, at: Provenance) -> Hit:
    quote = shorten(title, 60)
    return Hit(
        annex=annex,
        where=f"notice/annexes/{annex}",
        zh=f"附件 {annex}“{quote}”在文件中找不到",
        en=f"annex {annex} “{quote}” is not in the document",
        evidence=(at,),
    )


def _all_absent(absent: list[int], wanted: dict[int, tuple[str, Provenance]]) -> Hit:
    return Hit(
        annex=0,
        where="notice/annexes",
        severity="note",
        zh=f"列有 {len(absent)} 个附件，文件中只有正文",
        en=f"{len(absent)} annexes are listed, the document holds the body only",
        evidence=tuple(wanted[n][1] for n in absent),
    )


def _unlisted(entry: AnnexEntry) -> Hit:
    quote = shorten(entry.title, 60)
    return Hit(
        annex=entry.annex,
        where=f"annex-{entry.annex}",
        severity="note",
        zh=f"附件 {entry.annex}“{quote}”未列入附件说明",
        en=f"annex {entry.annex} “{quote}” is not in the annex list",
        evidence=(entry.at,),
    )


@rule(code="DOC006", name="annex-list-form", severity="note", title="附件说明格式", clause="GB/T 9704-2012 7.3.4（附件名称后不加标点符号）")
def annex_list_form(reading: Reading) -> Iterator[Hit]:
    """The annex list is numbered from 1 and its titles carry no end mark.

    What: the numbers of the list in order; 。；，、 after a title.
    Why: the standard says so; a careless list is often an outdated one.
    **Bad**
        附件：1. 评分表；
              3. 名单。
    **Good**
        附件：1. 评分表
              2. 名单
    Repair: none.
    Limits: style, a note.
    中文: 附件说明应从 1 起顺序编号，附件名称后不加标点。仅作提示。
    """
    entries = reading.notice.annexes
    numbers = [e.annex for e in entries]
    if len(entries) > 1 and numbers != list(range(1, len(entries) + 1)):
        shown = ", ".join(map(str, numbers))
        yield Hit(
            annex=0,
            where="notice/annexes",
            zh=f"附件说明编号为 {shown}",
            en=f"the annex list is numbered {shown}",
            evidence=tuple(e.at for e in entries),
            values=(shown,),
        )
    for entry in entries:
        if regex.search(r"[。；;，,、]$", entry.at.quote.strip()):
            quote = shorten(entry.at.quote, 60)
            yield Hit(
                annex=0,
                where=f"notice/annexes/{entry.annex}",
                zh=f"附件名称后有标点：“{quote}”",
                en=f"an annex title carries an end mark: “{quote}”",
                evidence=(entry.at,),
            )
