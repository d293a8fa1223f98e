"""Made-up notices with known truth: `make_notice(seed)` gives a clean one, `faults.inject` puts faults into it.

Everything is drawn from the seed. Layouts vary: totals, halves, numbering, where section points and the total stand,
two levels, bonus sections, extra columns, spellings of bands, one to three annexes with shared criteria.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from tests.support import phrases

NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


@dataclass(frozen=True)
class Item:
    """One criterion as printed: number and points may be missing."""

    number: str | None
    text: str
    points: Decimal | None
    standard: str = ""
    method: str = ""


@dataclass(frozen=True)
class Group:
    """One section. `hidden`: its label is not printed. `parent`: the upper section in two-level sheets. `shift`: how
    many rows after its first row the label is printed (negative: before)."""

    label: str
    points: Decimal | None
    items: tuple[Item, ...]
    kind: str = "scored"
    parent: str | None = None
    hidden: bool = False
    shift: int = 0


@dataclass(frozen=True)
class Layout:
    """How the sheets of one notice are set."""

    numbering: str = "continue"  # continue | restart | none
    section_points: str = "label"  # label | column | row | none
    total_place: str = "row"  # row | header | field | none
    extras: tuple[str, ...] = ()
    repeat_header: bool = False
    headers: tuple[str, ...] = ("项目", "序号", "评价内容", "分值", "得分")
    total_word: str = "合计"
    field_word: str = "被评价单位"
    bracket: str = "（{}分）"
    two_level: bool = False


@dataclass(frozen=True)
class Sheet:
    """One annex. `title` as its own page prints it; `damaged`: the header of the points column is lost."""

    annex: int
    title: str
    groups: tuple[Group, ...]
    total: Decimal
    printed_total: Decimal | None
    layout: Layout
    damaged: bool = False

    def items(self) -> list[Item]:
        return [i for g in self.groups for i in g.items]


@dataclass(frozen=True)
class Band:
    """Ends as (value, included); None is open."""

    label: str
    low: tuple[Decimal, bool] | None
    high: tuple[Decimal, bool] | None


@dataclass(frozen=True)
class Fault:
    """What was put in: the rule that must speak, where (ids, any of them), what else it may rightly cause to be said,
    values a proved repair must give, and whether the arithmetic alone can prove it."""

    rule: str
    annex: int
    where: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    provable: bool = False


@dataclass(frozen=True)
class Made:
    """One notice: its parts as printed, and its truth."""

    seed: int
    place: str
    subject: str
    verb: str
    issuer: str
    number: str
    title: str
    addressees: tuple[str, ...]
    signature: str | None
    date: str | None
    kinds: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    listed: tuple[str, ...]
    cited: tuple[str, ...]
    section_names: tuple[tuple[str, ...], ...]
    bands: tuple[Band, ...]
    band_style: int
    vetoes: tuple[str, ...]
    outcome: str | None
    headings: tuple[str, ...] = NUMERALS
    intrusion: tuple[str, ...] = ()
    personal: str | None = None
    receipt: bool = False
    faults: tuple[Fault, ...] = ()


def points_text(value: Decimal | None) -> str:
    """3, 0.5, empty."""
    return "" if value is None else format(value.normalize(), "f")


def section_id(annex: int, index: int) -> str:
    return f"annex-{annex}/s{index + 1}"


def item_id(sheet: Sheet, group: int, index: int) -> str:
    """The contract's id of a criterion of a clean sheet."""
    before = sum(len(g.items) for g in sheet.groups[:group])
    item = sheet.groups[group].items[index]
    number = item.number if sheet.layout.numbering == "continue" and item.number else str(before + index + 1)
    return f"annex-{sheet.annex}/c{number}"


# ---- making ------------------------------------------------------------------------------------------------------


def make_notice(seed: int) -> Made:
    """A clean notice."""
    rng = Random(seed)
    subject, department, kinds = rng.choice(phrases.SUBJECTS)
    place, verb = rng.choice(phrases.PLACES), rng.choice(phrases.VERBS)
    annexes = rng.choice((1, 1, 2, 2, 3))
    layout = _layout(rng, verb)
    total = rng.choice((Decimal(100),) * 6 + tuple(Decimal(t) for t in (40, 110, 120, 150, 1000)))
    kinds = tuple(rng.sample(kinds, annexes))
    trial = rng.choice(("", "", "（试行）"))
    titles = tuple(f"{place}{kind}{subject if annexes == 1 else ''}{verb}表{trial}" for kind in kinds)
    groups = [_groups(rng, layout, total) for _ in kinds]
    sheets = tuple(_sheet(n, titles[n - 1], groups[n - 1], total, layout) for n in range(1, annexes + 1))
    issuer = place + department
    year = rng.randint(2015, 2024)
    plan = f"{place}{subject}质量{verb}" + rng.choice(("办法", "实施方案", "细则"))
    title = rng.choice(
        (f"关于印发{plan}的通知", f"{issuer}关于印发《{plan}》的通知", f"关于开展{year}年度{subject}质量{verb}工作的通知")
    )
    vetoes = tuple(rng.sample(phrases.VETOES, rng.choice((0, 1, 2, 3, 4))))
    return Made(
        seed=seed,
        place=place,
        subject=subject,
        verb=verb,
        issuer=issuer,
        number=f"{place[:1]}{department[:1]}字〔{year}〕{rng.randint(1, 99)}号",
        title=title,
        addressees=rng.choice(((f"各{subject}单位",), ("各镇人民政府", "各街道办事处"), tuple(f"各{k}" for k in kinds))),
        signature=issuer,
        date=f"{year}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
        kinds=kinds,
        sheets=sheets,
        listed=titles,
        cited=titles,
        section_names=tuple(_names(s) for s in sheets),
        bands=_bands(rng, total),
        band_style=rng.randint(0, 4),
        vetoes=vetoes,
        outcome=rng.choice((f"{verb}结果直接评定为不合格", "取消当年评优资格")) if vetoes else None,
    )


def _layout(rng: Random, verb: str) -> Layout:
    two_level = rng.random() < 0.15
    section_points = "label" if two_level else rng.choice(("label",) * 5 + ("column", "row", "none"))
    text = rng.choice((f"{verb}内容", f"{verb}内容及要求", "评价要点" if verb == "评价" else f"{verb}要求"))
    headers = (rng.choice(("项目", f"{verb}项目", "类别")), "序号", text, rng.choice(("分值", f"{verb}分值", "标准分", "满分")))
    extras = rng.choice(((), (), (), ("评分标准",), ("评分标准", "备注"), ("检查方法",), ("备注",)))
    if verb == "检查" and "检查方法" in extras:
        extras = ("备注",)
    return Layout(
        numbering=rng.choice(("continue",) * 6 + ("restart", "none")),
        section_points=section_points,
        total_place=rng.choice(("row",) * 6 + ("header", "field", "none")),
        extras=extras,
        repeat_header=rng.random() < 0.5,
        headers=(*headers, rng.choice(("得分", "实得分", "实得分值"))),
        total_word=rng.choice(("合计", "总评", "总分", "总计")),
        field_word=f"被{verb}单位",
        bracket=rng.choice(("（{}分）", "({}分)", " （{}分）", "（{} 分）")),
        two_level=two_level,
    )


def _groups(rng: Random, layout: Layout, total: Decimal) -> tuple[Group, ...]:
    themes = rng.sample(list(phrases.THEMES), rng.choice((4, 6)) if layout.two_level else rng.randint(3, 7))
    chosen = [sorted(rng.sample(range(8), rng.randint(2, 7))) for _ in themes]
    unit = Decimal("0.5") if total <= 150 and rng.random() < 0.2 else Decimal(1)
    most = max(2, int(total / unit) // len(themes))
    chosen = [c[:most] for c in chosen]
    parts = _composition(rng, int(total / unit), sum(len(c) for c in chosen))
    parents = [f"{NUMERALS[i // 2]}类指标" for i in range(len(themes))] if layout.two_level else [None] * len(themes)
    out, used = [], 0
    for theme, picks, parent in zip(themes, chosen, parents, strict=True):
        items = []
        for k, pick in enumerate(picks):
            number = {"continue": str(used + k + 1), "restart": str(k + 1), "none": None}[layout.numbering]
            items.append(
                Item(number, phrases.THEMES[theme][pick], parts[used + k] * unit, rng.choice(phrases.STANDARDS), rng.choice(phrases.METHODS))
            )
        used += len(picks)
        points = sum((i.points for i in items if i.points), Decimal(0))
        out.append(Group(theme, points, tuple(items), parent=parent))
    if rng.random() < 0.12 and not layout.two_level and layout.section_points == "label":
        out.append(_bonus(rng, layout, used))
    return tuple(out)


def _bonus(rng: Random, layout: Layout, used: int) -> Group:
    """A section outside the total."""
    texts = rng.sample(phrases.BONUS, 2)
    numbers = {"continue": (str(used + 1), str(used + 2)), "restart": ("1", "2"), "none": (None, None)}[layout.numbering]
    items = tuple(Item(n, t, Decimal(5)) for n, t in zip(numbers, texts, strict=True))
    return Group("加分项", Decimal(10), items, kind="bonus")


def _composition(rng: Random, total: int, parts: int) -> list[Decimal]:
    """`parts` positive integers that sum to `total`, of moderate spread; tens for totals of a thousand."""
    unit = 10 if total >= 1000 and total % 10 == 0 else 1
    left = total // unit
    base = left // parts
    if base == 0:
        unit, left, base = 1, total, max(1, total // parts)
    values = [base] * parts
    for i in rng.sample(range(parts), left - base * parts):
        values[i] += 1
    for _ in range(parts):
        i, j = rng.randrange(parts), rng.randrange(parts)
        if i != j and values[i] > 1 and values[j] < 3 * base + 2:
            values[i] -= 1
            values[j] += 1
    return [Decimal(v * unit) for v in values]


def _sheet(annex: int, title: str, groups: tuple[Group, ...], total: Decimal, layout: Layout) -> Sheet:
    if layout.section_points == "none":
        groups = tuple(replace(g, points=None) for g in groups)
    printed = None if layout.total_place == "none" else total
    return Sheet(annex, title, groups, total, printed, layout)


def _names(sheet: Sheet) -> tuple[str, ...]:
    return tuple(g.label for g in sheet.groups if g.kind == "scored")


def _bands(rng: Random, total: Decimal) -> tuple[Band, ...]:
    """Two to four bands over the whole line, without gap or overlap."""
    if rng.random() < 0.1:
        return ()
    labels = rng.choice((("优秀", "合格", "不合格"), ("优秀", "良好", "合格", "不合格"), ("A级", "B级", "C级", "D级"), ("达标", "不达标")))
    shares = {2: (60,), 3: (90, 70), 4: (90, 75, 60)}[len(labels)]
    cuts = [Decimal(int(total * s / 100)) for s in shares]
    lows: list[tuple[Decimal, bool] | None] = [(c, True) for c in cuts] + [None]
    highs: list[tuple[Decimal, bool] | None] = [None] + [(c, False) for c in cuts]
    return tuple(Band(label, low, high) for label, low, high in zip(labels, lows, highs, strict=True))


# ---- the body as lines ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BodyLine:
    """One paragraph of the body and its role: issuer number title addressees heading text list signature date."""

    role: str
    text: str


def body_lines(made: Made) -> list[BodyLine]:
    """The body in order, up to the annexes."""
    out = [BodyLine("issuer", made.issuer + "文件"), BodyLine("number", made.number), BodyLine("title", made.title)]
    out.append(BodyLine("addressees", "、".join(made.addressees) + "："))
    intro = f"为进一步提升{made.subject}水平，规范{made.verb}工作，现将有关要求印发给你们，请认真遵照执行。"
    out.append(BodyLine("text", intro + (f"联系人手机{made.personal}。" if made.personal else "")))
    out += [BodyLine("text", t) for t in made.intrusion]
    parts = (_aim(made), _contents(made), _method(made), _duties(made))
    names = (f"{made.verb}目标", f"{made.verb}内容", f"{made.verb}方式", "工作要求")
    for numeral, name, part in zip(made.headings, names, parts, strict=False):
        out.append(BodyLine("heading", f"{numeral}、{name}"))
        out += [BodyLine("text", t) for t in part]
    out += _annex_list(made)
    out += [BodyLine("signature", made.signature)] if made.signature else []
    out += [BodyLine("date", made.date)] if made.date else []
    return out


def _aim(made: Made) -> list[str]:
    return [f"以群众需求为导向，完善{made.subject}监管机制，推动行业整体水平持续提升，让群众满意放心。"]


def _contents(made: Made) -> list[str]:
    out = []
    for n, (kind, names, cited) in enumerate(zip(made.kinds, made.section_names, made.cited, strict=True), 1):
        listing = "、".join(names)
        if len(made.kinds) > 1:
            out.append(f"（{NUMERALS[n - 1]}）{kind}{made.verb}内容")
        lead = ("", f"{made.verb}内容包括", "主要包括")[made.seed % 3]
        out.append(f"{lead}{listing}等{('情况', '方面', '内容')[made.seed % 3]}。具体指标见《{cited}》（附件{n}）。")
    return out


def _method(made: Made) -> list[str]:
    total = made.sheets[0].total
    scale = f"{made.verb}采用百分制。" if total == 100 else f"{made.verb}满分为{points_text(total)}分。"
    lines = band_lines(made)
    out = [f"（一）确定等次。{scale}" + (lines[0] if lines else "")]
    out += lines[1:]
    if made.vetoes:
        out += _veto_lines(made)
    out.append(f"（{'三' if made.vetoes else '二'}）结果运用。{made.verb}结果予以通报，作为评先评优的参考。")
    return out


def _veto_lines(made: Made) -> list[str]:
    then = f"，{made.outcome}" if made.outcome else ""
    if len(made.vetoes) == 1:
        return [f"（二）实行一票否决。{made.vetoes[0]}，实行一票否决{then}。"]
    lead = f"（二）实行一票否决。有下列情形之一的，实行一票否决{then}："
    marks = [f"{i}.{v}" for i, v in enumerate(made.vetoes, 1)]
    return [lead, *(m + "；" for m in marks[:-1]), marks[-1] + "。"]


def _duties(made: Made) -> list[str]:
    rng = Random(made.seed)
    chosen = rng.sample(phrases.DUTIES, 3)
    return [f"（{NUMERALS[i]}）{name}。{text}" for i, (name, text) in enumerate(chosen)]


def _annex_list(made: Made) -> list[BodyLine]:
    if len(made.listed) == 1 and made.seed % 2:
        return [BodyLine("list", f"附件：{made.listed[0]}")]
    first = BodyLine("list", f"附件：1.{made.listed[0]}")
    return [first, *(BodyLine("list", f"{n}.{t}") for n, t in enumerate(made.listed[1:], 2))]


def band_lines(made: Made) -> list[str]:
    """The bands in one of five spellings; the fifth takes a line a band."""
    if not made.bands:
        return []
    say = (_said_by_brackets, _said_by_words, _said_in_brackets, _said_by_signs, _said_by_words)[made.band_style]
    said = [say(b) for b in made.bands]
    if made.band_style == 4:
        return ["等次按下列标准确定：", *(f"{n}.{b.label}：{_words(b)}；" for n, b in enumerate(made.bands, 1))]
    return [("、" if made.band_style == 2 else "，").join(said) + "。"]


def _words(band: Band) -> str:
    low, high = band.low, band.high
    lower = "" if low is None else f"{points_text(low[0])}分以上" if low[1] else f"超过{points_text(low[0])}分"
    upper = "" if high is None else f"不满{points_text(high[0])}分" if not high[1] else f"{points_text(high[0])}分以下"
    if low and high and high[1]:
        return f"{points_text(low[0])}分至{points_text(high[0])}分"
    return lower + upper


def _said_by_words(band: Band) -> str:
    return f"{_words(band)}为{band.label}"


def _said_in_brackets(band: Band) -> str:
    return f"{band.label}（{_words(band)}）"


def _said_by_brackets(band: Band) -> str:
    def end(e: tuple[Decimal, bool]) -> str:
        return f"{points_text(e[0])}分（{'含' if e[1] else '不含'}）"

    if band.low and band.high:
        return f"{end(band.low)}至{end(band.high)}为{band.label}"
    if band.low:
        return f"{end(band.low)}以上为{band.label}"
    return f"{end(band.high)}以下为{band.label}" if band.high else band.label


def _said_by_signs(band: Band) -> str:
    low, high = band.low, band.high
    left = "" if low is None else f"{points_text(low[0])}{'≤' if low[1] else '＜'}得分"
    right = "" if high is None else f"{'' if low else '得分'}{'≤' if high[1] else '＜'}{points_text(high[0])}"
    return f"{left}{right}为{band.label}" if low and high else f"得分{'≥' if low and low[1] else '＜'}{points_text((low or high or (Decimal(0), True))[0])}分为{band.label}"


# ---- a sheet as a grid ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """A cell of the printed grid: text and spans. None in a row stands under a span."""

    text: str
    rows: int = 1
    cols: int = 1


Grid = list[list[Box | None]]


def header_of(sheet: Sheet) -> list[str]:
    """The header texts in column order."""
    lay = sheet.layout
    label, number, text, points, got = lay.headers
    cols = ["一级指标", "二级指标"] if lay.two_level else [label] if lay.section_points != "row" else []
    cols += ["项目分值"] if lay.section_points == "column" else []
    cols += [number] if lay.numbering != "none" else []
    total = f"（{points_text(sheet.printed_total)}分）" if lay.total_place == "header" else ""
    cols += [text, *(e for e in lay.extras if e != "备注")]
    cols += ["" if sheet.damaged else points + total, got]
    return cols + [e for e in lay.extras if e == "备注"]


def grid_of(sheet: Sheet) -> Grid:
    """Header, criteria with merged labels, total row."""
    head = header_of(sheet)
    grid: Grid = [[Box(t) for t in head]]
    for index, group in enumerate(sheet.groups):
        if sheet.layout.section_points == "row":
            grid.append([Box(f"{NUMERALS[index]}、{_label(sheet, group)}", cols=len(head)), *([None] * (len(head) - 1))])
        grid += [_item_row(sheet, group, item) for item in group.items]
    if sheet.layout.section_points != "row":
        _merge_labels(sheet, grid)
    if sheet.layout.total_place == "row":
        grid.append(_total_row(sheet, head))
    return grid


def _label(sheet: Sheet, group: Group) -> str:
    if group.points is None or sheet.layout.section_points == "column" or group.parent:
        return group.label
    return group.label + sheet.layout.bracket.format(points_text(group.points))


def _item_row(sheet: Sheet, group: Group, item: Item) -> list[Box | None]:
    lay = sheet.layout
    out: list[Box | None] = [] if lay.section_points == "row" else [None] * (2 if lay.two_level or lay.section_points == "column" else 1)
    out += [Box(item.number or "")] if lay.numbering != "none" else []
    out.append(Box(item.text))
    out += [Box(item.method if e == "检查方法" else item.standard) for e in lay.extras if e != "备注"]
    out += [Box(points_text(item.points)), Box("")]
    return out + [Box("") for e in lay.extras if e == "备注"]


def _merge_labels(sheet: Sheet, grid: Grid) -> None:
    """Label cells over the rows they cover. A hidden label leaves its rows to the cell above (or, at the top, blank);
    a shifted one moves the border between two cells."""
    starts, row = [], 1
    for group in sheet.groups:
        starts.append(row + group.shift)
        row += len(group.items)
    shown = [(s, g) for s, g in zip(starts, sheet.groups, strict=True) if not g.hidden]
    if shown and shown[0][0] > 1:
        grid[1][0] = Box("", rows=shown[0][0] - 1)
    ends = [s for s, _ in shown[1:]] + [row]
    column = 1 if sheet.layout.two_level else 0
    for (start, group), end in zip(shown, ends, strict=True):
        grid[start][column] = Box(_label(sheet, group), rows=end - start)
        if sheet.layout.section_points == "column":
            grid[start][1] = Box(points_text(group.points), rows=end - start)
    if sheet.layout.two_level:
        _merge_parents(sheet, grid)


def _merge_parents(sheet: Sheet, grid: Grid) -> None:
    row = 1
    for name in dict.fromkeys(g.parent for g in sheet.groups):
        members = [g for g in sheet.groups if g.parent == name]
        count = sum(len(g.items) for g in members)
        points = sum((g.points for g in members if g.points), Decimal(0))
        grid[row][0] = Box(f"{name}{sheet.layout.bracket.format(points_text(points))}", rows=count)
        row += count


def _total_row(sheet: Sheet, head: list[str]) -> list[Box | None]:
    at = head.index(sheet.layout.headers[3]) if not sheet.damaged else head.index("")
    rest: list[Box | None] = [Box("") for _ in head[at + 1 :]]
    return [Box(sheet.layout.total_word, cols=at), *([None] * (at - 1)), Box(points_text(sheet.printed_total)), *rest]
