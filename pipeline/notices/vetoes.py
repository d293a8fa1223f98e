"""一票否决: the conditions a notice lists, and what it says happens then."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pipeline import rx as regex
from pipeline.model import Veto
from pipeline.notices.lines import Passage
from pipeline.notices.outline import heading_of
from pipeline.ordinals import CIRCLED, FIGURES, NUMERALS, value_of
from pipeline.provenance import Provenance

VETO_WORDS = regex.compile(r"一票否决|否决(?:项|情形|事项|条件|指标|性)|实行否决|予以否决")
BAD_GRADE = r"(?:不合格|不及格|不达标|不称职|最低等次|最低等级|最低档|较差|差|D\s*级|末等|不满意|不予定级)"
# 直接评为不合格 · 评价结果定为“不合格”等次 · 得0分 · 取消评优资格
OUTCOME = regex.compile(
    rf"(?:(?:当?年度?|本年度|综合|服务质量)?(?:评价|考核|考评|评定|评审|测评|检查)?(?:结果|等次|等级|总分|得分|成绩)?\s*)?(?:直接|一律|均|应当?|将|即)?\s*"
    rf"(?:评定|认定|判定|确定|核定|降|列|评|定|记|视|计|判|划|按)(?:为|入|至|作)?\s*[“\"]?{BAD_GRADE}[”\"]?(?:等次|等级|档次)?(?:处理)?"
    rf"|(?:评价|考核|考评|评定|测评)?(?:结果|等次|等级)(?:直接|一律|均)?为\s*[“\"]?{BAD_GRADE}[”\"]?(?:等次|等级|档次)?"
    r"|(?:总分|得分|成绩|总得分|考核|评价)?(?:直接|一律)?(?:得|计|记|按|判|为|以)\s*(?:为)?\s*(?:0|零|０)\s*分(?:计算|处理|计)?"
    r"|取消(?:其)?[\p{Han}、]{0,16}(?:资格|称号|评优|评先)|不得(?:评为|评定为|定为|参加|参与)[\p{Han}A-Z“”]{1,14}"
    r"|(?:直接|一律)(?:评|定|判|列|降|记|确|认)定?(?:为|入|至)\s*[“\"]?[\p{Han}A-Za-z]{1,8}?(?:[”\"]?(?:等次|等级|档次)|[”\"]|(?=单位|企业|[并且，,。；;、：:）)]|$))"
    r"|终止(?:其)?(?:合同|评价|考核|协议)|(?:解除|终止)[\p{Han}]{0,6}合同|清退|吊销[\p{Han}]{2,10}"
)
STRONG_OUTCOME = regex.compile(
    rf"(?:直接|一律|结果|等次|等级)[\p{{Han}}“\"]{{0,8}}{BAD_GRADE}|(?:得|计|记|按)\s*(?:为)?(?:0|零|０)\s*分"
    r"|取消[\p{Han}、]{0,16}(?:资格|称号|评优|评先)"
)
_FIGURES, _NUMERALS, _CIRCLED = regex.compile(rf"[{FIGURES}]+"), regex.compile(rf"[{NUMERALS}]+"), regex.compile(rf"[{CIRCLED}]")
ASSESSES = regex.compile(r"评价|考核|考评|评定|评级|年度|评分|测评|检查|总分|等次|评优|评先")
OPENS_LIST = regex.compile(r"(?:下列|以下|下述|如下)[^。]{0,20}(?:情形|行为|情况|问题|条件|事项|之一|现象|事件|内容)|情形之一|情况之一|行为之一|之一的|(?:否决[^。]{0,10})[：:]$")
ITEM = regex.compile(
    r"(?P<marker>[（(]?\s*(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})\s*(?:[)）]|[、．.])(?![0-9])|[①-⑳]|[-—•·]\s)\s*(?P<text>\S.*)"
)
INLINE = regex.compile(
    r"(?:(?<=^|[：:；;，,。\s])(?P<marker>[（(]\s*[0-9０-９一二三四五六七八九十]{1,2}\s*[)）]|[①-⑳]|[0-9]{1,2}\s*[、．.](?![0-9])|[一二三四五六七八九]是))\s*"
)
# 弄虚作假的；
BARE_ITEM = regex.compile(r"(?P<text>[^。；;]{4,100})(?P<end>[。；;])")
# 发生重大安全事故的，实行一票否决 · 弄虚作假的，一票否决
SINGLE = regex.compile(
    r"(?P<cause>[^。；;]{4,80}?)(?:的)?\s*[，,]\s*(?:[^。；;，,]{0,14}?)(?:实行|予以|直接|一律|将|给予|适用|采取)?\s*(?:考核|评价)?\s*[“\"]?一票否决"
)
CAUSE = regex.compile(r"发生|出现|存在|有[\p{Han}]*行为|造成|导致|被|未|弄虚作假|拒不|拒绝|违反|违规|隐瞒|谎报|瞒报|严重|重大|因|不履行|超过|提供虚假|[^，]的$")


class Vetoes(Struct, frozen=True):
    """The conditions, the outcome as printed (None: not stated), and where the veto rule stands."""

    items: tuple[Veto, ...] = ()
    outcome: str | None = None
    outcome_at: Provenance | None = None
    at: Provenance | None = None


def read_vetoes(passages: Sequence[Passage]) -> Vetoes:
    """The first veto list of these passages; without a list, every sentence that vetoes on its own."""
    for index, passage in enumerate(passages):
        if not _triggers(passage.text):
            continue
        items, used = _list_at(passages, index)
        if items:
            outcome, place = _outcome(passages, index, used)
            return Vetoes(items, outcome, place, passage.place())
    return _single_sentences(passages)


def _triggers(text: str) -> bool:
    """The paragraph opens a veto list, by word or by what happens under 有下列情形之一的."""
    if VETO_WORDS.search(text):
        return True
    opens = OPENS_LIST.search(text)
    return bool(opens) and STRONG_OUTCOME.search(text) is not None and ASSESSES.search(text) is not None


def _list_at(passages: Sequence[Passage], index: int) -> tuple[tuple[Veto, ...], int]:
    """The items that belong to the trigger at `index`, and the index of the last passage they take."""
    inline = _inline_items(passages[index])
    if len(inline) >= 2:
        return inline, index
    start = _list_start(passages, index)
    if start is None:
        return _bare_items(passages, index)
    items: list[Veto] = []
    shape = None
    for i in range(start, len(passages)):
        match = ITEM.fullmatch(passages[i].text)
        if match is None or (shape is not None and _shape(match["marker"]) != shape):
            break
        shape = _shape(match["marker"])
        items.append(_veto(passages[i], match, len(items) + 1))
    return tuple(items), start + len(items) - 1


def _bare_items(passages: Sequence[Passage], index: int) -> tuple[tuple[Veto, ...], int]:
    """Items without marks on lines of their own: each ends with a semicolon, the last one with a stop."""
    if not passages[index].text.endswith(("：", ":")) or not OPENS_LIST.search(passages[index].text):
        return (), index
    items: list[Veto] = []
    for i in range(index + 1, len(passages)):
        match = BARE_ITEM.fullmatch(passages[i].text)
        if match is None or heading_of(passages[i].text):
            break
        items.append(Veto(str(len(items) + 1), match["text"], passages[i].place(*match.span("text"))))
        if match["end"] == "。":
            return (tuple(items), i) if len(items) > 1 else ((), index)
    return (), index


def _list_start(passages: Sequence[Passage], index: int) -> int | None:
    """Where the items begin: after the trigger, or after one more sentence that opens them."""
    text = passages[index].text
    heading = heading_of(text)
    for step in (1, 2):
        i = index + step
        if i >= len(passages):
            return None
        before, here = passages[i - 1].text, passages[i].text
        match = ITEM.fullmatch(here)
        opened = before.endswith(("：", ":")) or OPENS_LIST.search(before[-24:]) is not None
        if match and (opened or (step == 1 and heading and _deeper(heading[0], here) and len(text) < 24)):
            if heading and not _deeper(heading[0], here):
                return None
            return i
        if step == 1 and not (OPENS_LIST.search(here) and here.endswith(("：", ":"))):
            return None
    return None


def _deeper(level: int, text: str) -> bool:
    found = heading_of(text)
    return found is None or found[0] > level


def _shape(marker: str) -> str:
    kind = _CIRCLED.sub("①", _NUMERALS.sub("一", _FIGURES.sub("1", marker)))
    return kind.translate(str.maketrans("（）．、 ", "()...")).replace(" ", "").replace(".", "")


def _veto(passage: Passage, match: regex.Match[str], index: int) -> Veto:
    number = value_of(match["marker"]) or str(index)
    text = match["text"].rstrip("；;。，, ")
    start = match.start("text")
    return Veto(number, text, passage.place(start, start + len(text)))


def _inline_items(passage: Passage) -> tuple[Veto, ...]:
    """（1）…；（2）… in the paragraph itself, after its colon."""
    colon = regex.search(r"[：:]", passage.text)
    if colon is None:
        return ()
    marks = [m for m in INLINE.finditer(passage.text) if m.start() >= colon.end()]
    if not marks and OPENS_LIST.search(passage.text[: colon.end()]):
        return _unmarked_items(passage, colon.end())
    if not marks:
        return ()
    out = []
    ends = [m.start() for m in marks[1:]] + [len(passage.text)]
    for index, (mark, end) in enumerate(zip(marks, ends, strict=True), 1):
        text = passage.text[mark.end() : end]
        text = regex.split(r"。", text, maxsplit=1)[0].rstrip("；;，, ")
        number = value_of(mark["marker"]) or str(index)
        if text:
            out.append(Veto(number, text, passage.place(mark.end(), mark.end() + len(text))))
    return tuple(out)


def _unmarked_items(passage: Passage, start: int) -> tuple[Veto, ...]:
    """发生…的；拒不…的；… in one paragraph without numbers."""
    rest = regex.split(r"。", passage.text[start:], maxsplit=1)[0]
    out: list[Veto] = []
    for piece in regex.finditer(r"[^；;]+", rest):
        text = piece[0].strip()
        if len(text) >= 4:
            begin = start + piece.start() + len(piece[0]) - len(piece[0].lstrip())
            out.append(Veto(str(len(out) + 1), text, passage.place(begin, begin + len(text))))
    return tuple(out) if len(out) >= 2 else ()


def _single_sentences(passages: Sequence[Passage]) -> Vetoes:
    items: list[Veto] = []
    first: Passage | None = None
    where = 0
    for index, passage in enumerate(passages):
        if not regex.search("一票否决", passage.text):
            continue
        for match in SINGLE.finditer(passage.text):
            veto = _cause(passage, match, len(items) + 1)
            if veto is not None:
                items.append(veto)
                first, where = (passage, index) if first is None else (first, where)
    if first is None:
        return Vetoes()
    outcome, place = _outcome(passages, where, where)
    return Vetoes(tuple(items), outcome, place, first.place())


def _cause(passage: Passage, match: regex.Match[str], index: int) -> Veto | None:
    text, start = match["cause"], match.start("cause")
    heading = heading_of(text)
    if heading is not None:
        start += heading[1].start("text")
        text = heading[1]["text"]
    cut = regex.match(r"(?:实行|建立|严格)?一票否决(?:制度?)?[，,：:]\s*|(?:凡|对于?|如)", text)
    if cut:
        start += cut.end()
        text = text[cut.end() :]
    end = start + len(text)
    if passage.text[end : end + 1] == "的":
        text, end = text + "的", end + 1
    if len(text) < 5 or not CAUSE.search(text) or OPENS_LIST.search(text):
        return None
    return Veto(str(index), text, passage.place(start, end))


def _outcome(passages: Sequence[Passage], index: int, last: int) -> tuple[str | None, Provenance | None]:
    """What happens on a veto: said in the trigger, in its items, right after them, or in any sentence on 否决."""
    near = [*range(index, last + 1), *([last + 1] if last + 1 < len(passages) and _refers_back(passages[last + 1]) else [])]
    for i in near:
        found = OUTCOME.search(passages[i].text)
        if found:
            return _stated(passages[i], found)
    for passage in passages:
        for sentence in regex.finditer(r"[^。；;]+", passage.text):
            found = OUTCOME.search(sentence[0]) if "否决" in sentence[0] else None
            if found:
                shift = sentence.start()
                return found[0].strip(), passage.place(shift + found.start(), shift + found.end())
    return None, None


def _stated(passage: Passage, found: regex.Match[str]) -> tuple[str, Provenance]:
    return found[0].strip(), passage.place(*found.span())


def _refers_back(passage: Passage) -> bool:
    return regex.search(r"上述|以上情形|前款|之一的|否决|有(?:以上|上述)", passage.text[:40]) is not None
