"""What the field's tables are made of: header spellings by role, words of total rows, form fields, labels with points.

Every accepted spelling maps to one role. Spellings are compared after `normalize.fold` and without a trailing
bracket (分值（分） → 分值).
"""

from __future__ import annotations

from typing import Literal

from pipeline import rx as regex
from pipeline.kept import kept
from pipeline.normalize import fold, narrow
from pipeline.ordinals import NUMERALS, WORDED, WORDED_IN_BRACKETS

Role = Literal[
    "label", "number", "item", "text", "points", "section_points", "awarded", "deduction", "standard", "method",
    "evidence", "remark", "grade",
]

_SPELLINGS: dict[Role, str] = {
    "number": "序号 编号 序 no no. # s/n itemno itemno. serialno serialno. 题号 项次 编码 指标序号 项目序号 条款号 条款 条目 指标编号",
    "label": (
        "项目 类别 类型 指标 分类 大类 小类 维度 模块 板块 部分 要素 环节 一级指标 二级指标 三级指标 考核项目 评价项目 检查项目 评估项目"
        " 评分项目 考评项目 测评项目 评审项目 评审因素 评分因素 评价因素 评分要素 评价要素 评审要素 评价维度 评价指标 考核指标 考评指标 评估指标"
        " 测评指标 指标名称 行为类别 评价类别 考核类别 检查类别 评分项 评审项 考核项 评价项 内容分类 考核环节 服务类别 类目 项目名称"
        " 考核模块 评价模块 考核维度 一级项目 二级项目 评分类别 指标类别 大项 子项 小项 评分指标 督查项目 验收项目 检查部位 分项 分项名称 主要指标"
        " 一级 二级 三级 category section area domain dimension item indicator aspect topic subject"
    ),
    "text": (
        "评价内容 考核内容 检查内容 评分内容 评审内容 测评内容 考评内容 评估内容 内容 评价要点 考核要点 检查要点 评审要点 评分要点 要点"
        " 评价要求 考核要求 具体要求 要求 工作要求 检查要求 指标内容 指标说明 指标内涵 指标解释 指标要求 评价内容及标准 考核内容及标准"
        " 内容及要求 评审内容及规则 主要内容 具体内容 考核内容及要求 工作内容 具体指标 服务内容 服务要求 标准要求 内容与要求 评价内容和要求"
        " 考核内容和标准 考核内容与标准 评分内容及标准 检查内容及要求 评价内容与要求 督查内容 验收内容 评价事项 考核事项 事项 检查项目及内容"
        " 考核内容及评分标准 检查内容及评分标准 评价内容及评分标准 评分内容和标准"
        " description criteria criterion requirement requirements content contents details assessmentcriteria evaluationcriteria"
    ),
    "standard": (
        "评分标准 评价标准 考核标准 评分细则 评价细则 考核细则 评分办法 评分方法 评分规则 扣分标准 扣分办法 扣分细则 扣分原则 扣分规则 计分办法"
        " 计分标准 计分方法 计分规则 赋分标准 赋分计算说明 赋分说明 评审细则 评审标准 考评办法 考评标准 考核办法 打分标准 得分标准 评定标准"
        " 检查标准 标准 细则 评分依据 赋分规则 评估标准 测评标准 考核评分标准 考核评分办法 评分说明 评分标准及办法 验收标准 评分细则及标准"
        " scoringstandard scoringstandards scoringcriteria scoringguide scoringrules standard"
    ),
    "method": "检查方法 考核方法 评价方法 考核方式 检查方式 评价方式 核查方式 检查办法 现场评估方式 评估方式 评估方法 检查形式 考评方法 考评方式 测评方法 验收方法 method",
    "evidence": "佐证材料 证明材料 查看资料 资料 台账 数据来源 评价依据 考核依据 依据 查验材料 支撑材料 证据 材料 信息来源 资料要求 佐证资料 备查资料 evidence documents",
    "points": (
        "评价分值 分值 标准分 标准分值 满分 满分值 分数 权重 权重分 权重值 应得分 应得分值 各项分值 基础分值 基础分 基本分 总分 考核分值 赋分 赋分值 分值区间"
        " 配分 额定分 最高分 参考分值 设定分值 评分分值 检查分值 满分分值 考核分 评价满分 考评分值 测评分值 项目分值 单项分值 指标分值 指标分 指标权重 标准分数 满分标准"
        " 小项分值 分项分值 评审分值 考核标准分 应得 分 赋值 积分 积分值 权值 加减分 加扣分 奖扣分 奖惩分"
        " points point maxscore maximumscore maxpoints maximumpoints fullmark fullmarks fullscore marks maxmarks weight"
    ),
    "awarded": (
        "实得分值 实得分 得分 评分 自评得分 自评分 专家评分 专家打分 考核得分 实际得分 考核实际得分 打分 评价得分 评审得分 自评 复评 复核 初评 终评 互评 得分情况 评定分 检查得分"
        " 复核得分 评委打分 评分结果 考评得分 实得 评估得分 测评得分 最终得分 考核评分 评价评分 实评分 自查得分 核定得分 评议分 检查评分 抽查得分 实际分值 评定得分 单项得分 平均分 平均得分 复核分 复评分 初评分 终评分 互评分 上级评分 最后得分"
        " score scoreawarded awardedscore actualscore scoreobtained pointsawarded rating yourscore"
    ),
    "deduction": "扣分 扣分值 扣分分值 扣减分 扣分情况 实际扣分 扣除分 应扣分",
    "remark": (
        "备注 说明 扣分原因 扣分说明 扣分理由 存在问题 问题描述 情况说明 问题 整改 整改意见 检查情况 评价情况 完成情况 责任人 责任单位 责任部门"
        " 牵头部门 牵头单位 检查记录 评价记录 扣分依据 扣分事由 评分理由 得分说明 评价说明 考核情况 落实情况 意见 责任科室 考核部门 考核单位 评价单位"
        " remark remarks comment comments note notes"
    ),
}

HEADER_ROLES: dict[str, Role] = {word: role for role, words in _SPELLINGS.items() for word in words.split()}

_SUFFIXES: tuple[tuple[str, Role], ...] = (
    ("序号", "number"),
    ("得分", "awarded"),
    ("打分", "awarded"),
    ("分值", "points"),
    ("满分", "points"),
    ("标准分", "points"),
    ("扣分", "deduction"),
    ("评分", "awarded"),
    ("分数", "points"),
    ("权重", "points"),
    ("大项", "label"),
    ("细项", "label"),
    ("小类", "label"),
    ("细目", "text"),
    ("备注", "remark"),
    ("原因", "remark"),
    ("方式", "method"),
    ("方法", "method"),
    ("材料", "evidence"),
    ("依据", "evidence"),
    ("内容", "text"),
    ("行为", "text"),
    ("评分点", "text"),
    ("得分点", "text"),
    ("考核点", "text"),
    ("检查点", "text"),
    ("观测点", "text"),
    ("情形", "text"),
    ("表现", "text"),
    ("要点", "text"),
    ("要求", "text"),
    ("标准", "standard"),
    ("细则", "standard"),
    ("办法", "standard"),
    ("规则", "standard"),
    ("项目", "label"),
    ("小项", "label"),
    ("大类", "label"),
    ("板块", "label"),
    ("指标", "label"),
    ("类别", "label"),
    ("维度", "label"),
    ("因素", "label"),
    ("要素", "label"),
)

SCORING_CLAUSE = regex.compile(r"[扣得加减计]\s*[0-9.]+\s*分|不得分|满分")
"""What a scoring standard says (每处扣1分, 否则不得分), and a criterion seldom does."""

_TRAILING_BRACKET = regex.compile(r"[(\[][^()\[\]]{1,24}[)\]]$")
HEADER_TOTAL = regex.compile(r"(?:总分|满分|合计|共|计)?:?([0-9]{2,4}(?:\.[0-9])?)分")
"""`分值（100分）`, `满分100分`: a total printed in a header cell."""
_JUROR = regex.compile(r"(?:评委|专家|裁判|评审)[0-9一二三四五六七八九十a-z]{1,2}")
"""`评委1`, `专家二`: a column for each juror."""
_PERIOD = regex.compile(r"(?:1?[0-9]|[一二三四五六七八九十]{1,2})月份?|第?[1-4一二三四]季度?|第?[1-5一二三四五]周|[上中下]旬|[上下]半[年月]")
"""`3月`, `第二季度`, `上旬`: a column for each round."""


_SOME_POINTS = regex.compile(r"\p{Han}{1,5}(?<![部成学积区划百千加减])分")
"""`占分`, `基准分`, `记分`: a word that ends in 分 and is none of those above names points."""


@kept
def header_role(text: str) -> Role | None:
    """The role a header cell names, or None.

    >>> header_role("评 价 分 值"), header_role("标准分（100分）"), header_role("项目"), header_role("加强领导")
    ('points', 'points', 'label', None)
    """
    key = fold(text)
    if len(key) > 80:
        return None
    key = key.strip(":：*")
    key = _TRAILING_BRACKET.sub("", key) or key
    if key in HEADER_ROLES:
        return HEADER_ROLES[key]
    if _JUROR.fullmatch(key) or _PERIOD.fullmatch(key):
        return "awarded"
    if key.startswith("满分") and HEADER_TOTAL.fullmatch(key):
        return "points"
    if 2 < len(key) <= 10 and not regex.search(r"[0-9。；,，;]", key):
        for suffix, role in _SUFFIXES:
            if key.endswith(suffix):
                return role
    return "points" if _SOME_POINTS.fullmatch(key) else None


def names_period(text: str) -> bool:
    """Whether a header cell names a month, a quarter or the like: a column to fill, or one that tells what is done by then.

    >>> names_period("第一季度"), names_period("3月（得分）"), names_period("得分")
    (True, True, False)
    """
    key = fold(text).strip(":：*")
    return _PERIOD.fullmatch(_TRAILING_BRACKET.sub("", key) or key) is not None


TOTAL_WORDS = regex.compile(
    r"(?:以上|上述)?(?:各(?:项|部分|项目)(?:分值|得分)?)?(?:总\s*评|合?\s*计|总\s*计|总\s*分|总\s*得\s*分|(?:满分|标准分|分值|应得分?|各项)(?:合计|总计|共计)|共\s*计|总\s*共|满\s*分|(?:评价|考核|考评|测评|检查|评审|评分|综合)总得?分|合计得分|最终得分|评价得分|考核得分|综合得分|累计|得分合计|总分值|总值|分值合计|合计分值|总评分|总体得分|(?:grand)?total(?:score|points|marks)?)"
    r"(?:[(\[][^)\]]{0,20}[)\]])?(?:值|得分)?[:：]?(?:[0-9]{1,4}(?:\.[0-9])?分?(?:[,，;；、。]?(?:实际?|考核|考评|评价|最终)?得分[:：]?[_＿()（）]*分?)?|[一二]百分)?"
)
"""The whole text of the label cell of a total row: 总评, 合计（100分）, 总分：100, 满分100分，得分：＿分."""

SUBTOTAL_WORDS = regex.compile(r".{0,14}(?:小\s*计|分\s*计|sub-?total)(?:[(\[][^)\]]{0,12}[)\]])?[:：]?(?:[0-9]{1,4}(?:\.[0-9])?分?)?")
SECTION_TOTAL_WORDS = regex.compile(r".{2,14}(?:合计|总计|总分)[:：]?")


@kept
def names_total(text: str) -> bool:
    """Whether a text is nothing but a word for the total, perhaps with its points.

    >>> names_total("合 计（100分）"), names_total("安全合计")
    (True, False)
    """
    return TOTAL_WORDS.fullmatch(fold(text)) is not None


@kept
def names_subtotal(text: str) -> bool:
    """Whether a text is nothing but a word for a subtotal, perhaps with a section's name and points.

    >>> names_subtotal("安全 小计：20分"), names_subtotal("合计")
    (True, False)
    """
    return SUBTOTAL_WORDS.fullmatch(fold(text)) is not None


_N = r"[0-9]{1,4}(?:\.[0-9]{1,2})?"

GRADE_WORDS = regex.compile(
    r"(?:[a-e][.、．:])?(?:优秀?|良好?|中等?|合格|不合格|基本合格|及格|不及格|较?差|很差|一般|较?好|很好|[a-e]级?|[一二三四五]级|[一二三四]等|[一二三四]档"
    r"|(?:非常|比较|完全|大部分?|部分|基本|很|较|不|不太|很不|完全不)?(?:满意|符合|达标|称职)|[未已]达标|部分(?:符合|达标))"
    r"|excellent|verygood|good|satisfactory|average|fair|poor|unsatisfactory|needsimprovement"
)
"""The whole (folded) text of a cell that names a grade."""

GRADE_POINTS = regex.compile(rf"(?P<word>\p{{Han}}{{1,5}}|[a-e]级?|[a-z]{{3,16}})[:(\[]?(?P<points>(?:{_N}[-~—–至])?{_N})(?:分|points?|pts)?[)\]]?")
"""`优秀（10分）`, `良8-9分`: a header cell over the points of one grade."""

ASSESSING = "评价|考核|检查|评估|考评|测评|评审|评定|评比|督查|验收"
"""What bureaus call it to assess, as alternatives of a pattern."""

FIELD_WORDS: tuple[tuple[str, str], ...] = (
    ("assessee", rf"(?:(?:被\p{{Han}}{{0,4}})?(?:{ASSESSING}|受检|受评)(?:单位|企业|对象|机构|部门|公司|学校|医院|社区|门店|场所)|被[评查检考]单位|受检单位|单位名称|企业名称|供应商名称|投标人名称|项目名称)"),
    ("date", rf"(?:(?:\p{{Han}}{{0,4}}(?:{ASSESSING})|填表|打分|评分|检测)?(?:时间|日期)|年\s*月\s*日)"),
    ("assessor", rf"(?:(?:专家|评委|评分|打分|{ASSESSING})?(?:人员?|组长?|小组|专家|负责人|者)?(?:签字|签名|签章)|\p{{Han}}{{1,4}}人(?:签字|签名|签章)|(?:评分|打分|{ASSESSING})人员?)"),
)
_FIELDS = tuple((name, regex.compile(pattern)) for name, pattern in FIELD_WORDS)


@kept
def field_name(text: str) -> str | None:
    """assessee, date or assessor when the text is a form field with nothing filled in (被评价单位：, 评价时间：年 月 日).

    >>> field_name("被评价单位："), field_name("评价时间： 年 月 日"), field_name("专家签字："), field_name("检查人员应当持证上岗")
    ('assessee', 'date', 'assessor', None)
    """
    key = fold(text)
    for name, pattern in _FIELDS if len(key) <= 40 else ():
        match = pattern.match(key)
        if match and _is_blank_rest(key[match.end() :]):
            return name
    return None


OPINION = regex.compile(rf"(?:综合|总体|最终|{ASSESSING}|审核|领导|专家|单位)?(?:组|小组|部门)?(?:评价|意见|评语|结论|结果|等次|等级|建议)[:：]?")
"""A place to write (考核意见, 综合评价) in a row of its own below the criteria."""

REMARK = regex.compile(r"(?:备注|说明|附注|注)[:：]?")
"""The whole cell that names a remark, which stands beside it."""

_BOX = r"(?:[□☐○◯■☑]|\[\s*\]|[(（]\s*[)）])"
TICKS = regex.compile(rf"(?:{_BOX}\s*[\p{{Han}}A-Da-d]{{1,8}}[\s、，,;；/]*|[\p{{Han}}A-Da-d]{{1,8}}\s*{_BOX}[\s、，,;；/]*){{2,8}}")
"""A cell of nothing but grades to tick: `□优秀 □合格 □不合格`, `合格□ 不合格□`."""


def field_names(text: str) -> list[str]:
    """The fields of a line that may hold several, set apart by spaces.

    >>> field_names("被考评单位：            评分日期：    年  月  日"), field_names("评价人： 日期："), field_names("受检单位：____评价时间：")
    (['assessee', 'date'], ['assessor', 'date'], ['assessee', 'date'])
    """
    parts = dict.fromkeys((text, *regex.split(r"\s{2,}|\t|[\s_＿](?=\p{Han}{2,10}[:：])", text.strip())))
    return list(dict.fromkeys(filter(None, map(field_name, parts))))


def _is_blank_rest(rest: str) -> bool:
    """Whether what follows a field word is only colons, brackets like (盖章), lines to write on, or a blank date."""
    return _BLANK.fullmatch(_SEAL.sub("", rest)) is not None


_SEAL = regex.compile(r"\((?:盖章|公章|签章|签字|章|签名)\)")
_BLANK = regex.compile(r"(?:签字|签名|签章|盖章)?(?:及?(?:日期|时间|职务))?[:：]?[_＿\-—.。年月日至()/ ]*")


LABEL_POINTS = regex.compile(
    r"^(?P<label>.*?)\s*[(\[【（]?\s*(?:(?<=[(\[【（\s，,：:])[本该此](?:项目?|部分|类))?(?:合计|共计|共|计|满分|总分|分值|权重|(?:最高|最多|至多|上限|不超过|限)?(?:加|扣|计|得|为)?)?[:：]?\s*[±＋+]?\s*(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*(?:分|%|points?|pts|marks)\s*[)\]】）]?[:：]?$",
    regex.DOTALL | regex.IGNORECASE,
)
LABEL_POINTS_BARE = regex.compile(r"^(?P<label>.*?\p{Han})\s*[(\[（]\s*(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*[)\]）]$", regex.DOTALL)
"""`日常管理 (8分)`, `安全运营（12）`, `一、基础工作 20分`."""

LABEL_REMARKED = regex.compile(
    r"[(（](?P<lead>(?!合计|共计)[^()（）0-9]*[，,；;、。：:\s]|(?!合计|共计)[^()（）]*[，,；;、](?=合计|共|计|满分|总分))?(?:合计|共计|共|计|满分|总分|分值|最高|最多|至多|上限)?[:：]?\s*(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分(?:[，,；;、。：:\s]\s*(?P<tail>[^()（）0-9]+|(?:每|[内另]?含|其中|包[括含])[^()（）]+))?[)）](?:[(（](?P<more>[^()（）0-9]+)[)）])?$"
)
"""`特色活动（30分，任选其一）`, `特色活动（任选其一，共30分）`, `特色活动（30分）（任选其一）`: words beside the points, in one bracket or two."""

LABEL_POINTS_WORDS = regex.compile(r"^(?P<label>.*?\p{Han})\s*[(\[（]\s*(?:共|计|满分)?(?P<points>[一二三四五六七八九十百]{1,5}分)\s*[)\]）]$", regex.DOTALL)
"""`环境卫生（二十分）`: points in words, in brackets only."""

LABEL_DESCRIBED = regex.compile(
    r"^(?P<label>[^()（）\[\]【】。；;，,：:]{2,20}?)\s*[(（【\[]\s*(?:共|计|满分|总分)?(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分\s*[)）\]】]\s*(?![。；;，,、）)])(?=[^()（）]{0,6}\p{Han}{2})(?!.*[0-9]\s*分)", regex.DOTALL
)
"""`一、综合管理（20分）重点检查制度执行情况`: a label cell that says more below its name and points."""

RATE = regex.compile(r"(?:[率比]|达到?|[低高大小少多超]于|超过|不足|不到|[≥≤<>]=?|以上|以内|约|近|为|至|到)[:：]?$")
"""How the words before a rate end (满意率达到95%), where a label of 95 points does not."""

EACH_CASE = regex.compile(r"(?:每|[一1])(?:次|处|项|例|起|人次?|个)(?:性)?(?:[扣加减得计记])?")
"""What is left of a label that only says how much one case costs (一次扣20分)."""

SECTION_MARKER = regex.compile(
    rf"^\s*(?P<marker>{WORDED}|{WORDED_IN_BRACKETS}|第[{NUMERALS}]{{1,3}}[部篇章节]分?|[IVXⅠⅡⅢⅣⅤⅥⅦⅧ]{{1,4}}[、.．]|[A-H][、.．])\s*(?=\P{{Nd}})"
)
"""The marker of a section label: 一、 （二） 第三部分 Ⅱ. A."""

SERIAL = regex.compile(r"^[(（\[]?(?P<n>[0-9]{1,4}|[0-9]{1,2}(?:[.\-][0-9]{1,2}){1,3}(?:[(（][0-9]{1,2}[)）])?|[A-Za-z][0-9]{1,3}(?:[.\-][0-9]{1,2})?|[ivx]{1,4}|[一二三四五六七八九十]{1,3}|[①-⑳])[)）\]]?[.、．。,]?$")
"""A cell that holds nothing but a serial number."""

SERIAL_IN_TEXT = regex.compile(
    r"^\s*(?:[(（](?P<a>[0-9０-９]{1,3})[)）]|(?P<b>[0-9０-９]{1,3})\s*(?:、|[.．](?![0-9０-９]))|(?P<c>[0-9０-９]{1,2}(?:\.[0-9０-９]{1,2}){1,2})(?![0-9０-９%．]|\.[0-9０-９])\s*[、.]?|(?P<d>[①-⑳]))\s*"
)
"""The serial at the start of a criterion's text: `1. …`, `（2）…`, `3.1 …`, `④…`."""

NUMERAL_IN_TEXT = regex.compile(r"^\s*(?:(?P<n>[一二三四五六七八九十]{1,3})\s*[、.．]|[(（](?P<n>[一二三四五六七八九十]{1,3})[)）])\s*(?=\P{Nd})")
"""A serial in Chinese numerals at the start of a criterion's text: `一.…`, `（二）…`."""

FIGURE_IN_TEXT = regex.compile(r"^\s*(?P<n>[0-9]{1,3})\s+(?![0-9]{3}(?![0-9]))(?=\p{Han}|[《“0-9])")
"""A figure that a space sets apart at the start of a criterion's text, `7 病历书写及时`: a serial only where all count on. Before
three more it is the thousands of one number (`1 000元以下`)."""

BARE_FIGURE_IN_TEXT = regex.compile(r"^\s*(?P<n>[0-9]{1,3})\s*(?=(?P<unit>[\p{L}《“]))")
"""A figure right before the first word of a criterion's text, `7病历书写及时`: a serial only where all count on."""

SERIAL_BEFORE_FIGURE = regex.compile(r"^\s*(?P<b>[0-9０-９]{1,3})\s*[.．、](?=[0-9０-９]++(?!\s))")
"""`5.24小时受理…`: the serial 5 before a text that opens with a figure; only neighbours tell it from 5.24. A blank ends a serial
(`5.1 受理…`), not a figure."""

SERIAL_BEFORE_WORDS = regex.compile(r"^\s*(?P<b>[0-9]{1,3})\s*[.．、](?=[0-9]+\s)")
"""The same before a figure and a blank: only where the serials right before and after it are the next to it."""

MEASURES = "年月日天周小时分秒个次项名人家处元米吨公件份场户"
"""First characters of what is counted or measured: a figure right before one of them is an amount, no serial."""


@kept
def grade_name(text: str) -> tuple[str, str | None] | None:
    """The grade a header cell names and its points, or None.

    >>> grade_name("优秀（10分）"), grade_name("一般"), grade_name("得分")
    (('优秀', '10'), ('一般', None), None)
    """
    key, printed = fold(text), narrow(text)
    if GRADE_WORDS.fullmatch(key):
        return printed, None
    match = GRADE_POINTS.fullmatch(key)
    return (printed[: match.end("word")], match["points"]) if match and GRADE_WORDS.fullmatch(match["word"]) else None


GRADE_BARE = regex.compile(r"(?P<points>[0-9]{1,2})分")
"""The whole (folded) header cell of a grade that is named by its points alone: `5分` beside `4分` and `3分`."""

POINTS_RANGE = regex.compile(r"^[+]?(?P<low>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分?\s*[-~—–至到一]+\s*[+]?(?P<high>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分?$")
"""`0-5`, `0~5分`, `+1—+3`."""

POINTS_OPTIONS = regex.compile(rf"^(?:{_N}分?[/、,，;；|或]){{1,7}}{_N}分?$")
"""`5/3/1/0`, `2、1、0分`: allowed values."""

_UP_TO = rf"(?:(?P<low>{_N})分?[-~—–至到])?(?P<points>{_N})分?"
_LIMIT = r"(?:不(?:得)?超过|最[高多]|至多|上限)?"
POINTS_DEDUCTION = regex.compile(rf"^(?:-|−|－|[^0-9每]{{0,4}}[扣减])分?{_LIMIT}{_UP_TO}$")
POINTS_BONUS = regex.compile(rf"^(?:\+|＋|[^0-9每]{{0,4}}加)分?{_LIMIT}{_UP_TO}$")
"""`-2`, `扣1-3分`, `最多扣5分`, `扣分不超过5分`; `+3`, `最高加5分`, `加分不超过5分`."""

POINTS_EACH = regex.compile(rf"^(?=.*(?:每|/|[一1][次处项]))[^0-9]{{0,8}}(?:1[次处项例起]\p{{Han}}{{0,4}})?(?P<sign>[扣减加+-])分?{_UP_TO}(?:[/每]\p{{Han}}{{1,3}})?[。;]?$")
"""`每次扣2分`, `扣3分/次`, `每项加1分`: an amount for each case, no maximum."""

_BAND_POINTS = rf"[:(]?{_N}(?:[-~—–至]{_N})?分?[)]?[、,;/|]?"
POINTS_BANDS = regex.compile(rf"^(?:(?:(?!第)[\p{{Han}}--[扣减加每分]]{{1,6}}{_BAND_POINTS}){{2,8}}|(?:[a-e][\p{{Han}}--[扣减加每分]]{{0,3}}{_BAND_POINTS}){{2,8}})$", regex.V1)
"""`优5 良4 中3 差1`, `好（10分）较好（8分）`: a grade in words with its points, several in one cell."""

POINTS_UPTO = regex.compile(rf"^(?:(?:≤|<=|最高|不超过|至多|最多|上限|满分|共)(?P<points>{_N})分?|(?P<within>{_N})分?(?:以内|以下|封顶))$")
POINTS_REMARKED = regex.compile(rf"^(?:(?P<points>{_N})分?[(\[][^0-9()\[\]]{{2,16}}[)\]]|[^0-9加扣减]{{0,6}}{_N}分[,，;；](?:共|共计|满分|合计)(?P<points>{_N})分)$")
"""`10分（扣完为止）`, `每项5分，共20分`: points beside words that do not change them."""

POINTS_PERCENT = regex.compile(r"^(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)%$")
"""`40%` in a column of weights: the weights are the points."""

POINTS_VETO = regex.compile(r"一票否决|否决项?|直接(?:判|评)?为?不合格|^(?:★|▲|※)$|取消资格")
POINTS_IN_TEXT = regex.compile(
    r"[(（\[【]\s*(?:满分|分值|共|计|最高)?[:：]?\s*(?P<points>[0-9０-９]{1,3}(?:[.．][0-9０-９]{1,2})?|[一二三四五六七八九十百]{1,5})\s*分\s*(?:[，,；;、]\s*(?P<said>[^()（）\[\]【】0-9０-９每]{2,16}))?[)）\]】]\s*[。；;.]?\s*$"
)
"""Points at the end of a criterion's text, words beside them or not: `…（2分）。`, `…（10分，扣完为止）`."""

VETO_NAME = regex.compile(r"一票否决(?:项目?|事项|情形|条款|指标)?:?")
"""The whole (folded) text of a row that vetoes, what does so standing beside it."""

VETO_IN_TEXT = regex.compile(r"[（(【\[]\s*(?P<said>一票否决项?|否决项)\s*[)）】\]]")
"""What stands in place of a line's points where it vetoes: `拒绝检查的（一票否决）。`."""

POINTS_AFTER_NAME = regex.compile(
    r"(?P<said>(?:[^。()（）\[\]【】]|[（(](?:[^()（）0-9]{1,15}|(?=[^()（）]*[0-9])[^()（）分]{1,30})[)）]){2,80}[。；;]?\s*[(（\[【]\s*(?:满分|共|计)?\s*(?P<points>[0-9０-９]{1,3}(?:[.．][0-9０-９]{1,2})?)\s*分\s*[)）\]】])"
    r"\s*(?:[。：:]\s*\P{P}|(?=\p{Han}[^()（）\[\]【】]*(?:[扣得]\s*(?:[0-9.]+\s*|满)?分|扣完为止)))"
)
"""Points after the name or sentence that opens a text: `孝老爱亲星（20分）。尊老爱幼。`, `台账齐全，更新及时（5分）。缺一项扣1分。`."""

POINTS_IN_BRACKETS = regex.compile(r"[(（\[【]\s*(?:满分|共|计)?\s*[0-9０-９]{1,3}(?:[.．][0-9０-９]{1,2})?\s*分\s*[)）\]】]")

POINTS_CLOSING = regex.compile(r"(?:[，,:：；;。]\s*(?:计|得|记|共|满分|分值)?\s*[:：]?\s*|(?=[….．·・_＿])(?<![扣减加罚….．·・_＿]\s*)(?:…[…\s]*+|(?:[.．·・_＿]\s*+){3,}+)(?:计|得|记|共|满分|分值)?\s*[:：]?\s*|(?<=\p{Han}{2}|[0-9]\s?[个次名处件项条人年天时家场期份]|[0-9]\s*[%％])(?<![扣减得罚于过少多每]|(?<!参)加|(?<![会统审设])计|(?<!周)到|[不未]足|(?<!行)为)\s+)(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分\s*[。；;.]?\s*$")
"""Points that close a line of a list without brackets: `…，计20分。`, `爱国守法 10分`, `爱国守法………10分`."""

BONUS_LABEL = regex.compile(r"(?<!(?:含|其中|包括)(?:附加|奖励)?)加分|附加[分题项]|奖励|奖分|创新加")
DEDUCTION_LABEL = regex.compile(r"扣分项|^扣分(?:事项|内容|情形|部分)?[:：]?$|减分|倒扣|扣减|负面清单")
APART_LABEL = regex.compile(r"(?:附加|奖励|创新)?(?:加分|扣分|减分|附加分|奖励分)(?:项目?|事项|部分|内容)?")
"""The whole label of a section outside the total."""
CHOOSE_ONE = regex.compile(r"任选(?:其中?)?[一1]|择[一1]|[二三四五六两2-6](?:者)?[选择取][一1]|[选取做择](?:做|择|取|报)?(?:其中?)?[一1]项|最高\p{Han}{0,4}计|只[计记取选](?:其中?)?[一1]项|取最高|就高不就低|不(?:得|可)?(?:累加|累计)")
"""How a section's label says that only one of its criteria gives points."""
CHOOSE_SEVERAL = regex.compile(r"(?:任选|选择?|选取|择)(?:其中?)?(?P<n>[两二三四五2-5])[项个条类]|[三四五六七3-7]选(?P<n>[两二三2-3])")
"""How a label has more than one of its lines chosen: `以下任选两项`, `四选二`."""
CAPPED = regex.compile(r"(?:最高|最多|至多|上限|不得?超过|封顶)\p{Han}{0,3}[0-9]|(?<![期时年])限[加扣]?[0-9.]+分|[0-9]分?(?:为限|封顶|为上限|以内)")
"""How a label says that its points are the most that its lines can give together."""
LABEL_CAPPED = regex.compile(
    r"[(（](?:(?P<lead>[^()（）]*)[，,；;、])?\p{Han}{0,12}[:：]?\s*(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分\s*(?:为限|封顶|为上限|以内)?[)）]$"
)
"""`加分项（累计加分不得超过5分）`, `加分项（每项加2分，最高10分）`, `加分项（5分封顶）`: a cap that closes a label."""
LABEL_CAP_FIRST = regex.compile(
    r"[(（]\s*(?:\p{Han}{0,4}(?:最高|最多|至多|上限|不得?超过|限)(?:可?[加扣减得计]|为)?[:：]?\s*(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分|(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分\s*(?:为限|封顶|为上限|以内))"
    r"\s*[，,；;、。]\s*(?P<said>(?:每|其中|包[括含]|[内另]?含)[^()（）]+)[)）]$"
)
"""`奖励（最高加5分，每次1分）`, `加分项（5分封顶，每次1分）`: the cap stands before what one case gives."""
OWN_POINTS = regex.compile(r"\s*(?:合计|共计|共|计|满分|总分|分值)?[:：]?\s*(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分\s*[，,；;、]\s*")
"""What opens the bracket of `管理（60分，每项最高扣20分）`: the section's own points, before the cap of each line."""
LABEL_BEFORE_CHOICE = regex.compile(
    r"^(?P<label>[^0-9（(]*\p{Han})\s*[(（]?\s*(?:共|计|满分)?(?P<points>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s*分\s*[)）]?[，,、；;\s]*[(（]?(?P<more>[^0-9()（）]{2,20})[)）]?$"
)
"""`特色活动（30分）任选一项`, `特色活动30分（三选一）`: points before the words that have one chosen."""

NOTE_ROW = regex.compile(r"^\s*(?:注|备注|说明|填表说明|评分说明|附注|注意事项|一票否决(?:项|情形|事项)?|★|※|\*)\s*(?:[:：]|[0-9一二三][.、])|^\s*注\b")
TITLE_WORDS = regex.compile(r"(?:表|标准|细则|办法|指标|体系|评分表|清单|方案)(?:[(（][^)）]{1,20}[)）])?\s*$")
SCORING_TITLE = regex.compile(r"(?:评分|打分|计分|评价|考核|考评|测评|评估|评审|评比|评选|检查评?)(?:细则|标准|办法|指标|量化?|明细)?表|评分(?:标准|细则)")
"""A title that says that the numbers below are points."""

ANNEX_LEAD = regex.compile(r"^附\s*[件表]\s*[:：]\s*(?=\p{Han}{4})")
"""What stands before the title of the only annex on its own page: `附件：评分细则`, `附表：评分表`."""

ANNEX_MARK = regex.compile(r"^\s*(?:[-•]\s*)?附\s*(?:件|表|录)")
CONTINUED = regex.compile(
    r"^\s*[(（]?(?:(?:以下|下表|本表)[为是系]?)?(?:续表?|接上[页表]|上接[^)）]*|续[上前]表|[上前]表续)(?:格|内容|部分)?\s*[0-9一二三四五六七八九]*[)）]?[:：。]?\s*$"
)
CONTINUED_TITLE = regex.compile(r"^.{2,40}[(（]\s*(?:续表?|接上[页表]|续[上前]表)\s*[0-9一二三四五六七八九]*[)）]\s*$")
"""The title of a table set again over its next part: 考核评分表（续）."""
LABEL_CONTINUED = regex.compile(r"\s*[(（]\s*(?:续|接上页|续上)\s*[)）]\s*")
TITLE_TOTAL = regex.compile(r"[(（\[]?\s*(?:(?:总分|满分)[为是](?=[0-9]{2,4}分(?!以))|(?:总分|满分|共计?|合计|总计|百分制)[:：]?)\s*(?P<points>[0-9]{2,4}(?:\.[0-9])?)\s*分?\s*[)）\]]?|[(（]\s*(?P<bare>[0-9]{2,4})\s*分(?:制)?\s*[)）]")

TOTAL_CLAUSE = regex.compile(r"(?:以上|上述)?(?:各|[两二三四五六七八九十])?项?(?:总分|合计|共计|总计|满分)[为是:：]?(?P<points>[0-9]{2,4})分[，,；;。](?!(?:[即则]?[为是属]|视为|评(?!分)|[定列授]|[判认确]定|可[评得定]|以上|以下|及以上|(?:优秀?+|良好?+|中等?+|较?差|不?合格|不?及格|不?达标)(?!\p{Han}{0,2}[(:：≥]?[0-9])))(?!.*(?:总分|合计|共计)[为是:：]?[0-9]++(?!分以))")
"""What opens a line below a list and gives its total (`以上合计100分，90分以上为优秀。`), and not the bound of a grade (`总分90分，为优秀`)."""
