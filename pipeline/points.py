"""What a points cell, a section label or a title says about points."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from pipeline import patterns
from pipeline import rx as regex
from pipeline.kept import kept
from pipeline.model import Criterion, CriterionKind, Section
from pipeline.normalize import chinese_number, clean, fold, points, several_numbers, with_plain_digits


class PointsRead(Struct, frozen=True):
    """`value` is the most a criterion can give (None: nothing printed, or words); `choice` the printed range or options."""

    value: Decimal | None
    choice: str | None = None
    kind: CriterionKind = "scored"


@kept
def read_points(text: str) -> PointsRead:
    """A points cell. Words that are no points give value None and themselves as `choice`.

    >>> read_points("2.5分").value, read_points("0~5").value, read_points("5/3/1").value
    (Decimal('2.5'), Decimal('5'), Decimal('5'))
    >>> read_points("-2"), read_points("")
    (PointsRead(value=Decimal('2'), choice=None, kind='deduction'), PointsRead(value=None, choice=None, kind='scored'))
    >>> read_points("每次扣2分"), read_points("优5 良4 差1").value
    (PointsRead(value=None, choice='每次扣2分', kind='deduction'), Decimal('5'))
    """
    plain = points(text)
    key = fold(text)
    if plain is not None or not key:
        return PointsRead(plain, None, "bonus" if key.startswith("+") else "scored")
    if not _FIGURE.search(key):
        return PointsRead(None, clean(text), "veto" if patterns.POINTS_VETO.search(key) else "scored")
    if several_numbers(text):
        return PointsRead(None, clean(text))
    if match := patterns.POINTS_REMARKED.match(key):
        return PointsRead(Decimal(match["points"]), clean(text))
    if match := patterns.POINTS_PERCENT.match(key):
        return PointsRead(Decimal(match["points"]))
    if match := patterns.POINTS_EACH.match(key):
        return PointsRead(None, clean(text), "bonus" if match["sign"] in "加+" else "deduction")
    for pattern, kind in ((patterns.POINTS_DEDUCTION, "deduction"), (patterns.POINTS_BONUS, "bonus")):
        if match := pattern.match(key):
            return PointsRead(Decimal(match["points"]), clean(text) if match["low"] else None, kind)  # type: ignore[arg-type]
    if match := patterns.POINTS_UPTO.match(key):
        return PointsRead(Decimal(match["points"] or match["within"]), clean(text))
    if match := patterns.POINTS_RANGE.match(key):
        return PointsRead(max(Decimal(match["low"]), Decimal(match["high"])), clean(text))
    if patterns.POINTS_OPTIONS.match(key) or patterns.POINTS_BANDS.match(key):
        return PointsRead(max(Decimal(n) for n in regex.findall(r"[0-9]+(?:\.[0-9]+)?", key)), clean(text))
    if patterns.POINTS_VETO.search(key):
        return PointsRead(None, clean(text), "veto")
    return PointsRead(None, clean(text))


def read_one(text: str) -> PointsRead:
    """A points cell that holds one number, that of a section or a total, though a line end tears it (2|0).

    >>> read_one("2\\n0").value, read_points("2\\n0").value
    (Decimal('20'), None)
    """
    return read_points("".join(text.split("\n"))) if several_numbers(text) else read_points(text)


_FIGURE = regex.compile(r"[0-9]")


@kept
def split_label(text: str) -> tuple[str, Decimal | None]:
    """A label and the points printed in it.

    >>> split_label("日常管理\\n(8分)"), split_label("安全运营"), split_label("一、基础工作（20）")
    (('日常管理', Decimal('8')), ('安全运营', None), ('一、基础工作', Decimal('20')))
    >>> split_label("完好率达到95%"), split_label("工作业绩60%")
    (('完好率达到95%', None), ('工作业绩', Decimal('60')))
    >>> split_label("安全（１２分）"), split_label("卫生（十分）"), split_label("一次扣20分")
    (('安全', Decimal('12')), ('卫生', Decimal('10')), ('一次扣20分', None))
    >>> split_label("基本符合的得2.5分"), split_label("现场管理（得10分）")
    (('基本符合的得2.5分', None), ('现场管理', Decimal('10')))
    >>> split_label("特色活动（30分，任选其一）")
    ('特色活动（任选其一）', Decimal('30'))
    >>> split_label("加分项（累计不得超过5分）"), split_label("加分项（每项加2分，10分封顶）")
    (('加分项', Decimal('5')), ('加分项（每项加2分）', Decimal('10')))
    >>> split_label("奖励（最高加5分，每次1分）"), split_label("奖励（5分封顶，每次1分）"), split_label("管理（10项，每项2分）")
    (('奖励（每次1分）', Decimal('5')), ('奖励（每次1分）', Decimal('5')), ('管理（10项，每项2分）', None))
    >>> split_label("加分项（每项最高加2分，其中市级1分）"), split_label("加分项（单项不超过2分，每次1分）")
    (('加分项（每项最高加2分，其中市级1分）', None), ('加分项（单项不超过2分，每次1分）', None))
    >>> split_label("管理（60分，每项最高扣20分）"), split_label("服务（共40分，其中满意度最高10分）")
    (('管理（每项最高扣20分）', Decimal('60')), ('服务（其中满意度最高10分）', Decimal('40')))
    """
    whole = _tight(patterns.LABEL_CONTINUED.sub("", clean(text)))
    plain = with_plain_digits(whole)
    cap = patterns.LABEL_CAP_FIRST.search(plain) if plain.endswith((")", "）")) else None
    if cap and CAP_OF_ONE.match(cap[0]) and not patterns.CAPPED.search(fold(cap["said"])):
        return whole, None
    if (match := cap) and not CAP_OF_ONE.match(match[0]) and (label := _tight(whole[: match.start()])) and not _SENTENCE.search(label):
        return f"{label}（{_tight(whole[match.start('said') : match.end('said')])}）", Decimal(match["points"])
    if plain.endswith((")", "）")) and (match := patterns.LABEL_CAPPED.search(plain)) and patterns.CAPPED.search(fold(match[0])):
        label, words = _tight(whole[: match.start()]), _tight(match["lead"] or "")
        own = patterns.OWN_POINTS.match(plain, match.start() + 1) if label else None
        if own and Decimal(own["points"]) >= Decimal(match["points"]) and not _SENTENCE.search(label):  # the cap is that of one line, or of one part
            return f"{label}（{_tight(whole[own.end() : match.end() - 1])}）", Decimal(own["points"])
        if label and not _SENTENCE.search(label):
            return f"{label}（{words}）" if words else label, Decimal(match["points"])
    if plain.endswith((")", "）")) and (match := patterns.LABEL_REMARKED.search(plain)) and (words := _words_beside(match)):
        label = _tight(whole[: match.start()])
        if label and not _SENTENCE.search(label):
            return f"{label}（{words}）", Decimal(match["points"])
    if "选" in plain and (match := patterns.LABEL_BEFORE_CHOICE.match(plain)) and patterns.CHOOSE_ONE.search(fold(match["more"])):
        return f"{_tight(match['label'])}（{_tight(match['more'])}）", Decimal(match["points"])
    for pattern in (patterns.LABEL_POINTS, patterns.LABEL_POINTS_BARE) if _FIGURE.search(plain) else ():
        match = pattern.match(plain)
        if match and _tight(match["label"]) and not _is_each_case(match["label"]) and not _is_rate(match) and not _is_clause(match):
            return _tight(whole[: match.end("label")]).rstrip("，,"), Decimal(match["points"])
    match = patterns.LABEL_POINTS_WORDS.match(plain) if "分" in plain else None
    value = points(match["points"]) if match else None
    return (_tight(match["label"]), value) if match and value is not None else (whole, None)


def split_cell(text: str) -> tuple[str, Decimal | None]:
    """What a cell of a label column names, and the points printed in it, be they followed by a description.

    >>> split_cell("综合管理（20分）重点检查制度执行情况"), split_cell("整洁（10分）较整洁（5分）")
    (('综合管理', Decimal('20')), ('整洁（10分）较整洁', Decimal('5')))
    """
    label, declared, _ = _described(text)
    return label, declared


def description_of(text: str) -> str:
    """The words that follow a label's name and points in its cell; blank where there are none.

    >>> description_of("综合管理（20分）重点检查制度执行情况"), description_of("综合管理（20分）")
    ('重点检查制度执行情况', '')
    """
    return _described(text)[2]


def _described(text: str) -> tuple[str, Decimal | None, str]:
    label, declared = split_label(text)
    match = patterns.LABEL_DESCRIBED.match(with_plain_digits(label)) if declared is None and "分" in label else None
    return (_tight(label[: match.end("label")]), Decimal(match["points"]), _tight(label[match.end() :])) if match else (label, declared, "")


_SENTENCE = regex.compile(r"[。；;]")


def _words_beside(match: regex.Match[str]) -> str:
    """The words that stand with a label's points: `任选其一` of （30分，任选其一）."""
    return "，".join(filter(None, (_tight(match[name] or "").strip("，,；;、。：: ") for name in ("lead", "tail", "more"))))


def _is_each_case(label: str) -> bool:
    """Whether what stands before points says that one case gives or costs them: nothing else does, or it ends an open bracket."""
    return patterns.EACH_CASE.fullmatch(fold(label)) is not None or EACH_INSIDE.search(label) is not None


CAP_OF_ONE = regex.compile(r"[(（]\s*(?:每|单[项次个件条人]|各)")
"""How a bracket begins that caps what one line or case gives: `（每项最高加2分，其中省级2分）`."""

EACH_INSIDE = regex.compile(r"[(（][^()（）]*每\p{Han}{1,2}$")
"""`管理（10项，每项`: what is left of a label whose bracket says what each of its lines gives."""


def _is_rate(match: regex.Match[str]) -> bool:
    """Whether what ends a label is a rate that its words name (完好率达到95%), not points."""
    return match[0].rstrip().endswith(("%", "％")) and patterns.RATE.search(fold(match["label"])) is not None


def _is_clause(match: regex.Match[str]) -> bool:
    """Whether the words say what one answer gets or costs (基本符合的得2分), and do not name a section: a verb without brackets."""
    return CLAUSE_VERB.fullmatch(match[0][match.end("label") : match.start("points")]) is not None


CLAUSE_VERB = regex.compile(r"\s*[得扣]\s*")


def is_label_points(text: str) -> bool:
    """Whether a label cell holds the points only, as the lower piece of a label that a page break tore does.

    >>> is_label_points("(31.5分)"), is_label_points("安全 (5分)")
    (True, False)
    """
    match = patterns.LABEL_POINTS.match(_tight(clean(text)))
    return match is not None and not _tight(match["label"])


def _tight(text: str) -> str:
    """A label without the spaces that only spread or wrap it."""
    return (SPREAD.sub("", SPACED_DIGITS.sub("", text)) if " " in text else text).strip(" :：")


SPREAD = regex.compile(r"(?<=\p{Han}) +(?=[\p{Han}(（])")
SPACED_DIGITS = regex.compile(r"(?<=[(（] *[0-9]+) +(?=[0-9]+ *分? *[)）])")


@kept
def points_at_end(text: str) -> Decimal | None:
    """Points printed at the end of a criterion's text, `…（2分）。`."""
    match = patterns.POINTS_IN_TEXT.search(text)
    return points(f"{match['points']}分") if match else None


def points_after_name(text: str) -> Decimal | None:
    """Points after a name that opens a text, `孝老爱亲星（20分）。尊老爱幼。`; after several clauses only where none of them scores and no
    others follow.

    >>> points_after_name("路面整洁；标线清晰（8分）。缺一项扣1分。"), points_after_name("路面：整洁（8分）。标线：清晰（2分）。")
    (Decimal('8'), None)
    >>> points_after_name("优秀得10分；良好（8分）。脏乱不得分。")
    """
    match = patterns.POINTS_AFTER_NAME.match(text)
    if match is None:
        return None
    several = CLAUSE_STOP.search(match["said"][:-1]) is not None
    if several and (patterns.SCORING_CLAUSE.search(match["said"]) or len(patterns.POINTS_IN_BRACKETS.findall(text)) > 1):
        return None
    return points(f"{match['points']}分")


CLAUSE_STOP = regex.compile(r"[；;:：](?!\s*[(（\[【])")


LEADING_POINTS = regex.compile(r"^(?P<said>[(（\[【]\s*(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分\s*[)）\]】])\s*(?=[\p{L}《“‘\"])")
"""Points in brackets before the text of a line: `（20分）按时参加会议。`."""


def points_before(text: str) -> Decimal | None:
    """Points in brackets before the text of a line.

    >>> points_before("（20分）按时参加会议。"), points_before("（20分）"), points_before("按时（20分）参加")
    (Decimal('20'), None, None)
    """
    match = LEADING_POINTS.match(text)
    return Decimal(match["points"]) if match else None


def points_closing(text: str) -> Decimal | None:
    """Points that close a text without brackets and are the only ones it names, `专人管理，制度上墙，5分`.

    >>> points_closing("专人管理，制度上墙，5分"), points_closing("有制度，得1分；有记录，得1分"), points_closing("迟到一次，扣1分")
    (Decimal('5'), None, None)
    >>> points_closing("发车间隔：10分"), points_closing("首班车 6：30分")
    (Decimal('10'), None)
    """
    match = patterns.POINTS_CLOSING.search(text)
    alone = match is not None and len(FIGURE_OF_POINTS.findall(text)) == 1
    return points(f"{match['points']}分") if match is not None and alone else None


FIGURE_OF_POINTS = regex.compile(r"(?<![时点][0-9]?)(?<![0-9]\s?[:：][0-9]?)[0-9]\s*分(?![钟之类级区别析开前后内以及])")
"""A figure of points, not of minutes (6时30分前, 6:30分), parts (三分之二) or a threshold (85分以上)."""


def total_in(text: str) -> Decimal | None:
    """A total printed in a title or header cell, `评价表（总分110分）`."""
    match = patterns.TITLE_TOTAL.search(fold(text))
    if match:
        return Decimal(match["points"] or match["bare"])
    return None


def one_counts(section: Section) -> bool:
    """Whether of a section's criteria one is chosen, and gives all its points."""
    return bool(spare(section))


def adding(section: Section) -> tuple[Criterion, ...]:
    """The criteria of a section that add to its sum."""
    beside = spare(section)
    return tuple(c for c in section.criteria if c not in beside) if beside else section.criteria


def spare(section: Section) -> tuple[Criterion, ...]:
    """The criteria of a section that give no points beside another: its label has one of them chosen (任选其一, 就高不就低), and declares
    the points of the best, not their sum. Other labels that speak so mean one matter scored twice (同一问题不累计)."""
    if section.stated_points is None or not _has_choice(section):
        return ()
    values = [c.max_points for c in section.criteria if c.max_points is not None]
    if section.stated_points != max(values, default=None) or section.stated_points == sum(values):
        return ()
    best = next(c for c in section.criteria if c.max_points == section.stated_points)
    return tuple(c for c in section.criteria if c.max_points is not None and c is not best)


def is_capped(section: Section) -> bool:
    """Whether what a bonus or deduction label states is the most that counts, and no sum of its lines: these give more together, or
    less, each as often as there is a case of it."""
    if section.kind == "scored" or section.stated_points is None or section.at is None or section.points_sum() == section.stated_points:
        return False
    return patterns.CAPPED.search(fold(section.at.quote)) is not None


def cap_of(section: Section) -> Decimal | None:
    """The most that a section's lines give or take together, where they could more; None where its label sets no such bound, or
    where they are of two kinds."""
    plain = all(c.kind in ("scored", section.kind, "veto") for c in section.criteria)
    return section.stated_points if plain and is_capped(section) and section.points_sum() > (section.stated_points or 0) else None


def beyond_best(section: Section) -> Decimal:
    """What the lines of a section give beyond the best of them, where its label has one chosen but declares no points, or beyond the
    best two or more, where it has so many chosen (任选两项); else 0."""
    values = sorted((c.max_points for c in section.criteria if c.max_points is not None and c.kind == "scored"), reverse=True)
    several = patterns.CHOOSE_SEVERAL.search(fold(section.label or ""))
    if several is not None:
        return sum(values[int(chinese_number(several["n"].replace("两", "二")) or 0) :], Decimal(0))
    return sum(values[1:], Decimal(0)) if section.stated_points is None and _has_choice(section) else Decimal(0)


def _has_choice(section: Section) -> bool:
    return patterns.CHOOSE_ONE.search(fold(section.label or "")) is not None
