"""The elements of a notice's head and close: issuer, document number, title, addressees, signature, date."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline import rx as regex
from pipeline.kept import kept
from pipeline.notices.lines import DATE, Line, Passage, join
from pipeline.ordinals import ARTICLE, WORDED
from pipeline.provenance import Provenance

# 枣高国土住建字〔2021〕42号 · 鲁建办[2020]5号 · 市监发(2021)第7号 · 2021年第3号
NUMBER = regex.compile(
    r"(?P<agency>[\p{Han}A-Za-z·]{1,20})\s*[〔\[（(【［﹝]\s*(?:19|20|１９|２０)[0-9０-９]{2}\s*年?\s*[〕\])）】］﹞]\s*(?:第\s*)?[0-9０-９]{1,5}\s*[号號]"
    r"|(?:[\p{Han}]{2,20}(?:令|公告|通告)?\s*)?(?:19|20|１９|２０)[0-9０-９]{2}\s*年\s*第\s*[0-9０-９]{1,4}\s*[号號]|第\s*[0-9０-９]{1,4}\s*[号號]"
)
NUMBER_LABEL = regex.compile(r"(?:发文字号|文\s*号|字号|发文号|发布文号|文件编号|公文字号)\s*[：:]\s*")
SIGNER = regex.compile(r"\s*签发人\s*[：:].{0,20}")

ORGAN_END = (
    r"(?:人民政府|政府|委员会|管委会|办公室|办公厅|办事处|局|厅|部|委|院|署|处|站|所|中心|公司|集团|学校|大学|学院|中学|小学|医院|协会|"
    r"学会|联合会|总会|支队|大队|总队|党组|党委|工委|支部|分局|总局|指挥部|领导小组|工作组|小组|联社|银行|法院|检察院|基金会|社区|街道|管理处|服务中心|委办|联席会议|馆|供销社|信用社|电视台|幼儿园|监狱)"
)
ORGAN = regex.compile(rf"[\p{{Han}}A-Za-z0-9（）()·]{{2,40}}{ORGAN_END}(?:\s*[（(][^（）()]{{2,10}}[)）])?")
MIN_ORGAN = 4
"""Characters of an organ's name beside another on one line, at least."""

OF_PLACE = regex.compile(r"(?:\p{Han}{2,3}(?:[省市县州盟旗镇乡]|(?<![社小园])区)|[省市县区]|中共|共青团|中国|国家)")
"""How the name of an organ of its own begins beside another's."""

MIN_PLACE = 3
"""Characters of a place that may stand again in one name only before another organ."""

INNER_END = regex.compile(r"(?:处|科|室|站|所|支队|大队|中队|中心)$")
"""How a unit inside an organ ends (教育局　基础教育处); under a 厅 its 局 are such too."""

RED_HEAD = regex.compile(r"(?P<organ>[\p{Han}（）()·\s]{2,60}?)\s*文\s*件")

OFFICIAL_KINDS = ("决议", "决定", "命令", "令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "函", "纪要")
"""The fifteen kinds of official document (《党政机关公文处理工作条例》第八条), 命令（令） under both names."""

_OFFICIAL = "|".join(OFFICIAL_KINDS)
KINDS = rf"(?:{_OFFICIAL}|复函|答复|说明|预案)"
RULES_OF = r"(?:办法|方案|细则|规定|标准|制度|规则|规程|规范|要点|计划|指引|指南|条例|章程|准则|措施|实施意见)"
_BRACKET = r"(?:\s*[（(〔][^（）()〔〕]{1,16}[)）〕])*"
TITLE_ABOUT = regex.compile(rf"[^。；：]{{0,60}}?关于.{{2,120}}?(?:的)?{KINDS}{_BRACKET}")
TITLE_KIND = regex.compile(rf"(?:[^。；：，]{{2,60}}(?:{RULES_OF}|{KINDS})|{KINDS}){_BRACKET}")
TITLE_TAIL = regex.compile(rf"[（(][^（）()]{{1,16}}[)）]|的?(?:{_OFFICIAL})")
OUTLINE_START = regex.compile(r"[一二三四五六七八九十]{1,3}\s*、|第一[章条]|附\s*[件表]|[（(][一1][)）]|序号|[0-9]\s*[.、．]")
OUTLINE = regex.compile(rf"{WORDED}|{ARTICLE}")
"""A heading of the body."""

NOT_TITLE_END = tuple("。；：:;，,、！？")

ADDRESSEE_STOP = regex.compile(
    r"如下|以下|下列|附件|被?(?:评价|考核|检查|受检|评审|考评)(?:单位|时间|日期|对象|内容|企业)\s*[：:]|情形|规定|要求|通知如|目的|原则|时间|地点|联系(?:人|电话|方式)|说明|注[：:]|项目名称|招标|名称|来源|日期|字号|文号|索引号|抄送|主题|分类|发布|关键词|^单位[：:]"
)
# 2019.11.15 · 2019-11-15 · 2019/11/15: irregular, and a date only where nothing else stands on the line
DATE_ONLY = regex.compile(rf"[（(]?\s*(?P<date>{DATE.pattern}|(?:19|20)[0-9]{{2}}(?P<by>[./-])[0-9]{{1,2}}(?P=by)[0-9]{{1,2}})\s*[)）]?")
ORGAN_AND_DATE = regex.compile(rf"(?P<organ>[\p{{Han}}（）()·]{{2,40}}?{ORGAN_END})\s*(?P<date>{DATE.pattern})")
PUBLIC_NOTE = regex.compile(r"[（(]\s*(?:此件|信息公开|联系人|联系电话|盖章|公章|印章|此文).{0,40}[)）]")


class Found(Struct, frozen=True):
    """A value and where it stands."""

    value: str
    at: Provenance


class Head(Struct, frozen=True):
    """What the top of a notice says. `end` is the index of the first line after it (title and addressees included)."""

    number: Found | None
    issuer: Found | None
    title: Found | None
    addressees: tuple[str, ...]
    addressees_at: Provenance | None
    end: int


def read_head(lines: Sequence[Line]) -> Head:
    """The head, from the lines of the body. Fields that are not printed are None."""
    number_at = _number_index(lines)
    number = _number(lines[number_at]) if number_at is not None else None
    issuer = _red_head(lines, number_at)
    start = _title_start(lines, number_at)
    title, after = _title(lines, start)
    if title is None and number_at is not None and number_at > 0:
        title, after = _title_above(lines, number_at)
    if title is not None and number_at is not None and number_at >= after:
        after = max(after, number_at + 1) if number_at - after <= 3 else after
    names, names_at, end = _addressees(lines, after) if title or number else ((), None, after)
    title = title if title and _is_official(title.value, number, names, lines) else None
    if issuer is None or not ORGAN.fullmatch(issuer.value):  # 政策文件 is a column of a web site
        issuer = _issuer_in_title(title, lines, start) or issuer
    return Head(number, issuer, title, names, names_at, end if title or number else 0)


@kept
def _compact(text: str) -> str:
    """Without spaces: spread headings and wrap spaces are layout, not wording. Spaces between ASCII words stay."""
    return regex.sub(r"(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])", "", text)


# ---- number ------------------------------------------------------------------------------------------------------


def _number_index(lines: Sequence[Line]) -> int | None:
    for index, line in enumerate(lines[:24]):
        if _number(line) is not None:
            return index
        if line.text.endswith("。") and len(line.text) > 40:
            return None
    return None


def _number(line: Line) -> Found | None:
    """The number on a line that holds hardly anything else (a label, the signer, brackets, the red head)."""
    text = line.text
    for match in NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        before = NUMBER_LABEL.sub("", before)
        if after and not SIGNER.fullmatch(after) and after.strip() not in ("）", ")", "】"):
            continue
        start = match.start()
        if match["agency"] and "文件" in match["agency"]:
            start += match["agency"].index("文件") + 2
            before = ""
        if before.strip() in ("", "（", "(", "【"):
            return Found(regex.sub(r"\s", "", text[start : match.end()]), line.place(start, match.end()))
    return None


# ---- issuer ------------------------------------------------------------------------------------------------------


def _red_head(lines: Sequence[Line], number_at: int | None) -> Found | None:
    """The issuing organ above the number (or above the title): `X局文件`, or names of organs on lines of their own."""
    top = lines[: number_at if number_at is not None else 3]
    organs: list[tuple[str, Line, int]] = []
    for line in reversed(top[-6:]):  # the nearest ones: on a web page much else that ends with 文件 stands above
        text = _compact(line.text)
        if text in ("文件", "文 件"):
            continue
        red = RED_HEAD.fullmatch(line.text)
        if red and (number_at is not None or ORGAN.fullmatch(_compact(red["organ"]))):
            organs.append((_compact(red["organ"]), line, red.end("organ")))
        elif names := _organs(line.text):
            organs.append(("、".join(names), line, len(line.text)))
        elif organs:
            break
    if not organs:
        return None
    organs.reverse()
    value = "、".join(o[0] for o in organs)
    return Found(value, organs[0][1].place(0, organs[0][2]))


def _organs(text: str) -> tuple[str, ...]:
    """The organs that a line names and nothing else: one, or several with stops or spaces between; none otherwise."""
    parts = [own for part in regex.split(r"[、\s]+", text.strip()) for own in _each(part)]
    if all(len(p) >= MIN_ORGAN and ORGAN.fullmatch(p) for p in parts) and ("、" in text or not any(_is_inside(a, b) for a, b in pairwise(parts))):
        return tuple(parts)
    whole = _compact(text)
    return (whole,) if ORGAN.fullmatch(whole) else ()


def _each(text: str) -> list[str]:
    """The organs of one place that run together (甲市住房局甲市财政局): the place stands again after an organ's end."""
    place = OF_PLACE.match(text)
    again = place is not None and len(place[0]) >= MIN_PLACE and text.count(place[0]) > 1
    return regex.split(rf"(?<={ORGAN_END})(?={regex.escape(place[0])})", text) if place is not None and again else [text]


def _is_inside(organ: str, part: str) -> bool:
    """Whether what stands beside an organ's name, set apart by a space, is a unit of it: lower, and without a place of its own."""
    lower = INNER_END.search(part) is not None or (organ.endswith("厅") and part.endswith("局"))
    return lower and INNER_END.search(organ) is None and OF_PLACE.match(part) is None


def _issuer_in_title(title: Found | None, lines: Sequence[Line], start: int) -> Found | None:
    match = regex.match(rf"(?P<organ>[\p{{Han}}、（）()]{{2,50}}?{ORGAN_END})关于", title.value) if title else None
    if match is None or title is None:
        return None
    line = lines[start] if start < len(lines) else None
    organ = match["organ"]
    if line is not None and line.text.startswith(organ):
        return Found(organ, line.place(0, len(organ)))
    return Found(organ, title.at)


# ---- title -------------------------------------------------------------------------------------------------------


def _title_start(lines: Sequence[Line], number_at: int | None) -> int:
    if number_at is not None:
        return number_at + 1
    for index, line in enumerate(lines[:8]):
        compact = _compact(line.text)
        if not (ORGAN.fullmatch(compact) or RED_HEAD.fullmatch(line.text) or compact == "文件"):
            return index
    return 0


def _title(lines: Sequence[Line], start: int) -> tuple[Found | None, int]:
    """The title that begins within three lines of `start` (a 关于-title within eight), and the index after it."""
    for first in range(start, min(start + 8, len(lines))):
        end = _title_end(lines, first)
        if end is not None and (first < start + 3 or "关于" in join(lines[first:end]).text):
            whole = join(lines[first:end])
            return Found(_compact(whole.text), whole.place()), end
        if lines[first].text.endswith("。"):
            break
    return None, start


def _title_end(lines: Sequence[Line], first: int) -> int | None:
    """The index after the title's last line: the longest run of at most five lines that reads as a title."""
    best: int | None = None
    for end in range(first + 1, min(first + 6, len(lines) + 1)):
        last = lines[end - 1]
        if last.text.endswith(NOT_TITLE_END) or last.after_table or (end - 1 > first and _starts_anew(last)):
            break
        text = _compact(join(lines[first:end]).text)
        if len(text) > 160:
            break
        if _reads_as_title(text):
            best = end
            if "关于" in text and (end >= len(lines) or not _is_title_tail(lines[end])):
                break
        elif best is not None:
            break
    return best


def _starts_anew(line: Line) -> bool:
    return OUTLINE_START.match(line.text) is not None


def _is_title_tail(line: Line) -> bool:
    return TITLE_TAIL.fullmatch(_compact(line.text)) is not None


def _reads_as_title(text: str) -> bool:
    if text.count("《") != text.count("》") or text.count("“") != text.count("”"):
        return False
    if "关于" in text:
        return TITLE_ABOUT.fullmatch(text) is not None
    return TITLE_KIND.fullmatch(text) is not None


def _title_above(lines: Sequence[Line], number_at: int) -> tuple[Found | None, int]:
    """A title above the number, as web pages print it; not with the page's own heading above it, which is the same again."""
    for first in range(max(0, number_at - 4), number_at):
        whole = join(lines[first:number_at])
        text = _compact(whole.text)
        if "关于" in text and _reads_as_title(text) and not _begins_with_title(lines[first:number_at]):
            return Found(text, whole.place()), number_at
    return None, number_at + 1


def _begins_with_title(lines: Sequence[Line]) -> bool:
    """Whether the first of several lines are a whole title, which the others do not belong to."""
    texts = [(end, _compact(join(lines[:end]).text)) for end in range(1, len(lines))]
    return any("关于" in text and _reads_as_title(text) and not _is_title_tail(lines[end]) for end, text in texts)


def _is_official(title: str, number: Found | None, names: tuple[str, ...], lines: Sequence[Line]) -> bool:
    """A rubric sheet has a title too; a notice's says 关于…的通知, or has a number, addressees, or an outline below."""
    if TITLE_ABOUT.fullmatch(title) or number is not None or names:
        return True
    return sum(1 for x in lines if OUTLINE.match(x.text)) >= 2


# ---- addressees --------------------------------------------------------------------------------------------------


def _addressees(lines: Sequence[Line], start: int) -> tuple[tuple[str, ...], Provenance | None, int]:
    """The names before the first colon that ends a line, within four lines of the title."""
    taken: list[Line] = []
    for index in range(start, min(start + 5, len(lines))):
        line = lines[index]
        if "。" in line.text or ADDRESSEE_STOP.search(line.text) or OUTLINE_START.match(line.text):
            return (), None, start
        if line.after_table or NUMBER.fullmatch(line.text):
            continue
        taken.append(line)
        if line.text.endswith(("：", ":")):
            whole = join(taken)
            return _names(whole.text), whole.place(), index + 1
        if len(join(taken).text) > 300:
            break
    return (), None, start


def _names(text: str) -> tuple[str, ...]:
    """Split at 、，； outside brackets."""
    parts = regex.split(r"[、，；;,](?![^（(]*[)）])", text.rstrip("：: "))
    return tuple(p for p in (_compact(x) for x in parts) if p)


# ---- close -------------------------------------------------------------------------------------------------------


class Close(Struct, frozen=True):
    """署名 and 成文日期, and the indices of the passages they take."""

    signature: Found | None
    date: Found | None
    taken: frozenset[int]


def read_close(body: Sequence[Passage], issuer: str | None) -> Close:
    """The signature and date in the passages after the head: the date on a line of its own, the organ above it."""
    for index, passage in enumerate(body):
        both = ORGAN_AND_DATE.fullmatch(passage.text)
        if both and _closes(body, index):
            organ, date = _part(passage, both, "organ"), _part(passage, both, "date")
            return Close(organ, date, frozenset({index}))
    dated = [i for i, p in enumerate(body) if DATE_ONLY.fullmatch(p.text) and i > 0]
    for index in dated:
        signature, taken = _signature_above(body, index, issuer)
        if signature is not None:
            return Close(signature, _date(body[index]), taken | {index})
    late = [i for i in dated if _closes(body, i)]
    if late:
        return Close(None, _date(body[late[-1]]), frozenset({late[-1]}))
    return _signature_alone(body, issuer)


def _part(passage: Passage, match: regex.Match[str], group: str) -> Found:
    return Found(_compact(match[group]), passage.place(*match.span(group)))


def _date(passage: Passage) -> Found:
    match = DATE_ONLY.fullmatch(passage.text)
    assert match is not None
    return Found(regex.sub(r"\s", "", match["date"]), passage.place(*match.span("date")))


def _closes(body: Sequence[Passage], index: int) -> bool:
    """Nothing but the annex list, the record of printing and short lines follows."""
    rest = [p.text for p in body[index + 1 :]]
    return sum(1 for t in rest if t.endswith("。") and len(t) > 30) == 0


def _signed(text: str) -> str:
    return "、".join(_organs(text)) or _compact(text)


def _is_organ(text: str, issuer: str | None) -> bool:
    organs, text = _organs(text), _compact(text)
    if issuer and (text == issuer or (len(text) >= 4 and text in issuer.split("、"))):
        return True
    return bool(organs) and not regex.search(r"[，。；：]|附件|评价表|^各", text)


def _signature_above(body: Sequence[Passage], index: int, issuer: str | None) -> tuple[Found | None, frozenset[int]]:
    taken: list[int] = []
    for i in range(index - 1, max(0, index - 6), -1):
        if PUBLIC_NOTE.fullmatch(body[i].text):
            continue
        if not (_is_organ(body[i].text, issuer) or (i == index - 1 and _may_sign(body, i))):
            break
        taken.insert(0, i)
    if not taken:
        return None, frozenset()
    value = "、".join(_signed(body[i].text) for i in taken)
    return Found(value, body[taken[0]].place()), frozenset(taken)


UNSIGNED = regex.compile(r"特此|此[复致令]|妥否|敬礼|请予|(?:执行|落实|印发|附后|如下|[表单册书]|标准|细则|办法|方案|通知|指标|体系)$")


def _may_sign(body: Sequence[Passage], index: int) -> bool:
    """Whether a short line of nothing but a name stands right above the date that closes the notice: its issuer, of
    whatever kind."""
    text = _compact(body[index].text)
    named = regex.fullmatch(r"[\p{Han}（）()·]{4,30}", text) is not None and UNSIGNED.search(text) is None
    return named and OUTLINE_START.match(text) is None and _closes(body, index + 1)


def _signature_alone(body: Sequence[Passage], issuer: str | None) -> Close:
    """A signature without a date: the issuer's own name on a line of its own, or an organ on the right or on the last line."""
    for index in range(len(body) - 1, 0, -1):
        passage = body[index]
        right = (passage.lines[0].align == "right" or index == len(body) - 1) and _closes(body, index)
        own = issuer is not None and _signed(passage.text) in (issuer, *issuer.split("、"))
        if own or (right and _is_organ(passage.text, issuer)):
            return Close(Found(_signed(passage.text), passage.place()), None, frozenset({index}))
    return Close(None, None, frozenset())
