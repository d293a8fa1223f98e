"""Rules over the wording of criteria that stand on several sheets: slips and drifts; and repeats on one sheet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from msgspec import Struct
from rapidfuzz.distance import Levenshtein

from pipeline import patterns
from pipeline import rx as regex
from pipeline.kept import kept
from pipeline.model import Criterion, Reading, Rubric
from pipeline.normalize import fold
from pipeline.plain import points_text
from pipeline.proving.alignment import SAME, Pair, align
from pipeline.rules.doublings import doublings
from pipeline.rules.registry import Hit, rule, shared, shorten
from pipeline.rules.slips import Edit, Usage, comparing_key, edits_between, judge, sole_slips
from pipeline.rules.sums import called
from pipeline.rules.writing import Written, texts_of

TOO_SHORT = 8
"""Texts shorter than this are catchwords that many sheets share."""

SHOWN = 8
"""How many characters beside an edit are quoted."""


class Variant(Struct, frozen=True):
    """A criterion whose wording differs from the base wording of its group (the wording most sheets share)."""

    rubric: Rubric
    criterion: Criterion
    base: Criterion
    edits: tuple[Edit, ...]


@shared
def pairs_of(reading: Reading) -> list[tuple[Rubric, Rubric, tuple[Pair, ...]]]:
    """Any two sheets, with the criteria that say the same on both."""
    return [(a, b, align(a.printed(), b.printed())) for a, b in combinations(reading.rubrics, 2)]


def groups_of(reading: Reading) -> list[list[tuple[Rubric, Criterion]]]:
    """Criteria that say the same on different sheets (similarity from SAME up), in document order."""
    home: dict[str, str] = {}
    members: dict[str, list[tuple[Rubric, Criterion]]] = defaultdict(list)
    for _, _, pairs in pairs_of(reading):
        for pair in pairs:
            if pair.kind in ("same", "moved") and pair.similarity >= SAME:
                _unite(home, pair.a.id, pair.b.id)
    for rubric in reading.rubrics:
        for criterion in rubric.printed():
            if criterion.id in home:
                members[_root(home, criterion.id)].append((rubric, criterion))
    return [group for group in members.values() if len({r.id for r, _ in group}) > 1]


def _root(home: dict[str, str], key: str) -> str:
    while home.setdefault(key, key) != key:
        key = home[key]
    return key


def _unite(home: dict[str, str], a: str, b: str) -> None:
    one, two = _root(home, a), _root(home, b)
    if one != two:
        home[two] = one


@shared
def variants_of(reading: Reading) -> list[Variant]:
    """Each wording of a group but the most common one, once, with the edits that make it from the nearest wording that is
    as common or more."""
    variants: list[Variant] = []
    for group in groups_of(reading):
        counts = Counter(fold(c.text) for _, c in group)
        first = {fold(c.text): (rubric, c) for rubric, c in reversed(group)}
        order = [fold(c.text) for _, c in group]
        ranked = sorted(counts, key=lambda k: (-counts[k], order.index(k)))
        found = []
        for place, key in enumerate(ranked):
            if place and len(key) >= TOO_SHORT:
                near = min(ranked[:place], key=lambda k: Levenshtein.distance(k, key))
                found.append((order.index(key), Variant(*first[key], first[near][1], edits_between(first[near][1].text, first[key][1].text))))
        variants += (variant for _, variant in sorted(found, key=lambda pair: pair[0]))
    return variants


usage_of = shared(Usage.of)


def _is_formula(variant: Variant, texts: Sequence[str]) -> bool:
    """Whether the two only share a formula (定期维护…，做好记录) that stands with a third object elsewhere: other duties, not
    one duty in two wordings."""
    if len(variant.edits) != 1 or min(len(variant.edits[0].gone()), len(variant.edits[0].come())) < 2:
        return False
    edit = variant.edits[0]
    before, after = edit.a[: edit.start_a], edit.a[edit.end_a :]
    if len(before) + len(after) < TOO_SHORT:
        return False
    return any(
        t.startswith(before) and t.endswith(after) and len(t) > len(before) + len(after) + 1 and t not in (edit.a, edit.b) for t in texts
    )


@rule(
    code="TXT003",
    name="text-slip",
    severity="warning",
    title="疑似错字、衍字、脱字",
    clause="《党政机关公文处理工作条例》第十九条（文字准确）；实务",
)
def text_slip(reading: Reading) -> Iterator[Hit]:
    """No character is wrong, doubled or dropped: against the same wording elsewhere in the notice, or by general usage.

    What: criteria that stand on several sheets are compared character by character. A slip is one character put for a
    look-alike (干 for 于), one doubled (生生产), or one dropped that leaves half a word (垃种类 for 垃圾种类), where the usage of
    the whole document speaks against it. A look-alike is also reported without a twin when the same phrase stands elsewhere
    with the usual character; a stop set twice (，，), a word that never doubles (不不) or a doubled character that belongs to
    neither side, in words that stand elsewhere without it, are reported anywhere.
    Why: in a threshold or a duty one character changes the meaning, and slips are copied into forms.
    **Bad**
        居民用户每年不低干1次     （他处：居民用户每年不低于1次）
    **Good**
        居民用户每年不低于1次
    Repair: a suggestion that needs confirmation, with both places quoted; never applied by itself.
    Limits: made to be silent rather than wrong: numbers, units, directions, sizes, materials, animals and organs are called
    slips of each other only where one makes a frequent word and the other none (汽车, 气车); a dropped character is seen only
    where the remaining half is no word (about three in ten of those tried); 委员会会议 and 人人有责 double rightly.
    Look-alikes: pipeline/data/lookalikes.tsv, drawn from Noto Serif SC (SIL Open Font License 1.1). General usage:
    pipeline/data/pairs.tsv, from the word list of jieba (MIT License).
    中文: 多张表共有的条目逐字比对：形近字误用（“干”作“于”）、衍字（“生生产”）、脱字（“垃种类”），且全文用例都不支持该写法时报告；同一短语
    在他处用常见字的，没有对应条目也报告；标点重复（“，，”）、不叠用的字重复（“不不”）、两边都不成词、而他处同样词句不重复的字，无须对应条目即报告。只作建议，须人工确认。宁缺毋滥：数字、单位、方位、大小、材料等互换，除一方成词、
    一方不成词外，不视为错字。
    """
    usage = usage_of(reading)
    reported = set()
    for variant in variants_of(reading):
        for edit in variant.edits:
            verdict = judge(edit, usage)
            if verdict is not None:
                reported.add(variant.criterion.id if verdict.side == "b" else variant.base.id)
                yield _slip_hit(reading, variant, edit, verdict.kind, verdict.side)
    for criterion, slip in sole_slips(reading, usage):
        if criterion.id not in reported:
            yield Hit(
                annex=_annex(reading, criterion),
                where=f"{criterion.id}~{slip.other.id}" if slip.other.id != criterion.id else criterion.id,
                status="supported",
                zh=f"疑似错字：“{slip.phrase}”，他处作“{slip.other_phrase}”",
                en=f"probable slip: “{slip.phrase}”, elsewhere “{slip.other_phrase}”",
                evidence=(criterion.at, slip.other.at),
                values=(slip.phrase, slip.other_phrase),
            )
    yield from _doubled(reading, usage, reported)


def _doubled(reading: Reading, usage: Usage, reported: set[str]) -> Iterator[Hit]:
    """What stands twice by mistake in the body, in a criterion or in a cell beside it, told without a twin."""
    cells = [Written(c.id, r.annex, text, c.at) for r in reading.rubrics for c in r.printed() for text in c.columns.values()]
    seen: set[tuple[str, str]] = set()  # a cell joined over rows says it once
    for written in (*texts_of(reading), *cells):
        for start, end in () if written.id in reported else doublings(written.text, usage):
            slip = "".join(written.text[max(0, start - SHOWN) : end + SHOWN].split())
            if (written.text, slip) in seen:
                continue
            seen.add((written.text, slip))
            yield Hit(
                annex=written.annex,
                where=written.id,
                status="supported",
                zh=f"疑似衍字：“{slip}”中“{written.text[start:end]}”{'重复' if written.text[start] == written.text[end - 1] else '标点相连'}",
                en=f"probably doubled: “{written.text[start:end]}” in “{slip}”",
                evidence=(written.at,),
                values=(slip,),
            )


KIND_WORDS = {"look-alike": ("疑似错字", "probable slip"), "doubled": ("疑似衍字", "probably doubled"), "dropped": ("疑似脱字", "probably dropped")}


def _slip_hit(reading: Reading, variant: Variant, edit: Edit, kind: str, side: str) -> Hit:
    wrong, right = (variant.criterion, variant.base) if side == "b" else (variant.base, variant.criterion)
    slip, usual = (edit.in_b(SHOWN), edit.in_a(SHOWN)) if side == "b" else (edit.in_a(SHOWN), edit.in_b(SHOWN))
    zh, en = KIND_WORDS[kind]
    return Hit(
        annex=_annex(reading, wrong),
        where=f"{wrong.id}~{right.id}",
        status="supported",
        zh=f"{zh}：“{slip}”，对应条目作“{usual}”",
        en=f"{en}: “{slip}”, the corresponding criterion has “{usual}”",
        evidence=(wrong.at, right.at),
        values=(slip, usual),
    )


def _annex(reading: Reading, criterion: Criterion) -> int:
    return next(r.annex for r in reading.rubrics if any(c.id == criterion.id for c in r.criteria()))


@rule(
    code="TXT006",
    name="wording-drift",
    severity="note",
    title="同一内容措辞不同",
    clause="方法说明（多表共有条目逐条比对）",
)
def wording_drift(reading: Reading) -> Iterator[Hit]:
    """The same criterion is worded differently on another sheet.

    What: criteria of different sheets that are nearly the same (similarity 0.80 or more) and differ by more than a slip.
    Why: a reader asks whether the difference is meant; a duty that one sheet drops may be an oversight.
    **Bad**
        附件1：建立健全企业自训和行业培训相结合的机制   附件2：建立企业自训和行业培训相结合的机制
    **Good**
        （两表用语一致，或差别是有意的）
    Repair: none.
    Limits: each differing wording once, against the nearest wording that as many sheets or more share; a formula that stands
    with three objects or more (定期检查甲、定期检查乙、定期检查丙) says other duties and is left alone; a note.
    中文: 不同表中内容相同（相似度 0.80 以上）而措辞不同的条目，逐处列出差别，由制发机关判断是否有意。每种异文只列一次，仅作提示；
    同一句式套用三个以上对象的，属不同事项，不报。
    """
    usage = usage_of(reading)
    texts = tuple(dict.fromkeys(comparing_key(c.text) for r in reading.rubrics for c in r.printed()))
    for variant in variants_of(reading):
        edits = [e for e in variant.edits if judge(e, usage) is None]
        if not edits or _is_formula(variant, texts):
            continue
        one, two = _differences(edits, "a"), _differences(edits, "b")
        base, other = variant.base, variant.criterion
        yield Hit(
            annex=variant.rubric.annex,
            where=f"{other.id}~{base.id}",
            status="supported",
            zh=f"与“{_place(reading, base)}”措辞不同：此处作“{two}”，彼处作“{one}”",
            en=f"worded otherwise than “{_place(reading, base)}”: here “{two}”, there “{one}”",
            evidence=(other.at, base.at),
            values=(two, one),
        )


def _differences(edits: list[Edit], side: str) -> str:
    parts = [e.in_a(4) if side == "a" else e.in_b(4) for e in edits[:4]]
    return " / ".join(parts) + (" / …" if len(edits) > 4 else "")


def _place(reading: Reading, criterion: Criterion) -> str:
    return f"{_annex(reading, criterion)}-{called(criterion)}"


@rule(
    code="RUB009",
    name="duplicate-criterion",
    severity="warning",
    title="同一条目重复",
    clause="实务（同一内容不得重复计分）",
)
def duplicate_criterion(reading: Reading) -> Iterator[Hit]:
    """No criterion stands twice on one sheet.

    What: the same text, with the same standard beside it, in two rows of one rubric; or the same duty in rows of one section
    apart from each other, whatever the standards.
    Why: the same act is scored twice.
    **Bad**
        3 | 建立消防台账，记录完整。 | 5
        9 | 建立消防台账，记录完整。 | 5
    **Good**
        3 | 建立消防台账，记录完整。 | 5
        9 | 定期开展消防演练。       | 5
    Repair: none; which row goes is for the issuer.
    Limits: catchwords under eight characters may repeat, unless the whole row does directly below, number and points and
    all; so may general deduction clauses (每次扣1分), and what three and more rows ask, each of people or at a time of its own.
    中文: 同一张表中两行内容（连同评分标准）完全相同，或同一项目中不相邻的两行内容相同而评分标准不同，同一事项会被重复计分。八字以下的短语不报（紧邻两行连序号、分值都相同的除外），通用扣分语不报；三行及以上内容相同而责任或时限各不相同的也不报。
    """
    for rubric in reading.rubrics:
        rows: dict[tuple[str, ...], Criterion] = {}
        duties: dict[tuple[str | None, str, str], tuple[int, Criterion]] = {}
        home = {c.id: section.id for section in rubric.sections for c in section.criteria}
        alone = {section.criteria[0].id: fold(section.label or "") for section in rubric.sections if len(section.criteria) == 1}
        apart = _told_apart(rubric)
        above: Criterion | None = None
        for index, criterion in enumerate(rubric.printed()):
            text = _without_points(criterion.text)
            if above is not None and _is_copied_row(above, criterion):
                yield _repeat(rubric, above, criterion)
            above = criterion
            item = fold(criterion.columns.get("item", ""))  # the duty, where the text is its standard
            said, group = (item, "") if len(item) >= TOO_SHORT else (text, item)
            if len(said) < TOO_SHORT or len(_asked(criterion.text if said is text else item)) < TOO_SHORT:
                continue
            named = alone.get(criterion.id, "")  # a label of one line may be the duty, the line what its grades are
            key = (named if len(named) >= TOO_SHORT else "", *_asked_and_judged(criterion))
            first = rows.setdefault(key, criterion)
            if criterion.id in apart:
                continue
            duty = (home.get(criterion.id), said, group)  # each section may ask the same of its own people
            last, same = duties.get(duty, (index, criterion))
            duties[duty] = index, criterion
            if first is not criterion:
                yield _repeat(rubric, first, criterion)
            elif index - last > 1:  # one below the other they may be two standards of one duty
                yield _repeat(rubric, same, criterion, said)


BESIDE = ("remark", "awarded", "method", "evidence")
"""Roles of columns that do not say what is asked for, nor by which standard."""

WHO_AND_WHEN = regex.compile(r"责任|牵头|配合|主体|单位|部门|科室|时限|(?:完成|办理|整改|报送)时间|周期|频[次率]|来源|(?:佐证|证明|印证|支撑|备查)[资材]料|凭证")
"""Headers of such columns in other words."""

MIN_TOLD = 3
"""Like rows, each with people or a time of its own, are meant so where there are so many."""

LAST_POINTS = regex.compile(r"[,，:：]\s*(?:计|得|满分)?[0-9]{1,3}(?:\.[0-9])?分\s*[。；;]?\s*$")
"""What a line is worth where it ends, which may differ where it is repeated: `台账齐全，10分。`"""

CLAUSE = regex.compile(r"[扣得加减][0-9.]+分|不[得计给]分(?![包配解割散摊])|扣完为止")
"""A general clause on what is deducted, which many rows share."""


def _is_beside(column: str) -> bool:
    """Whether a column, known by its role or its header, says nothing of what is asked for."""
    return column in BESIDE or patterns.header_role(column) in BESIDE or WHO_AND_WHEN.search(column) is not None


def _asked_and_judged(criterion: Criterion) -> tuple[str, ...]:
    """What a row asks for and by which standard."""
    return _without_points(criterion.text), *(fold(f"{k}={v}") for k, v in sorted(criterion.columns.items()) if not _is_beside(k))


@kept
def _without_points(text: str) -> str:
    return fold(LAST_POINTS.sub("", patterns.POINTS_IN_BRACKETS.sub("", text)))


def _told_apart(rubric: Rubric) -> set[str]:
    """The ids of rows that ask for the same, each of people or at a time of its own."""
    if not any(map(WHO_AND_WHEN.search, {column for c in rubric.printed() for column in c.columns})):
        return set()
    alike: dict[tuple[str, ...], list[Criterion]] = {}
    for criterion in rubric.printed():
        alike.setdefault(_asked_and_judged(criterion), []).append(criterion)
    return {c.id for rows in alike.values() if len(rows) >= MIN_TOLD and _differ_beside(rows) for c in rows}


def _differ_beside(rows: Sequence[Criterion]) -> bool:
    """Whether a column of people or times says something else in each of the rows."""
    named = (column for column in rows[0].columns if WHO_AND_WHEN.search(column))
    return any(len({c.columns.get(column) for c in rows}) == len(rows) for column in named)


def _is_of_others(first: Criterion, again: Criterion) -> bool:
    """Whether two like rows name different people or times."""
    return any(WHO_AND_WHEN.search(column) and again.columns.get(column) != said for column, said in first.columns.items())


def _asked(text: str) -> str:
    """The sentences of a text that are no clause on what is deducted."""
    if not CLAUSE.search(whole := fold(text)):
        return whole
    return "".join(s for part in regex.split(r"[。；;\n]", text) if not CLAUSE.search(s := fold(part)))


def _is_copied_row(above: Criterion, criterion: Criterion) -> bool:
    """A short row that is the row above once more, number and points and all."""
    if not 4 <= len(fold(criterion.text)) < TOO_SHORT or criterion.max_points is None:
        return False
    same = ("text", "max_points", "columns", "number")
    return all(getattr(above, name) == getattr(criterion, name) for name in same)


def _repeat(rubric: Rubric, first: Criterion, again: Criterion, duty: str | None = None) -> Hit:
    """The finding on a row that repeats another; `duty`: what repeats, where the standards beside it differ. Nothing proves that
    what others do, or at another time, is the same."""
    quote = shorten(duty or again.text, 40)
    others = _is_of_others(first, again)
    zh, en = ("，评分标准不同", ", with other standards") if duty else ("，责任或时间不同", ", of others or at another time") if others else ("", "")
    return Hit(
        annex=rubric.annex,
        where=f"{first.id}..{again.id}",
        status="supported" if duty or others else "proved",
        zh=f"同一内容出现两次{zh}：“{quote}”",
        en=f"the same criterion stands twice{en}: “{quote}”",
        evidence=(first.at, again.at),
    )


@rule(
    code="RUB014",
    name="twin-points-differ",
    severity="note",
    title="相同条目分值不同",
    clause="方法说明（多表共有条目逐条比对）",
)
def twin_points_differ(reading: Reading) -> Iterator[Hit]:
    """Criteria worded alike on two sheets carry different points.

    What: for each pair of sheets, how many criteria of the same wording carry other points on the other sheet.
    Why: usually meant (each trade weighs otherwise), but it bars copying points from a sister sheet.
    **Bad**
        附件1：24 制定应急预案 2分     附件2：16 制定应急预案 3分
    **Good**
        （两表分值相同，或差别是有意的）
    Repair: none.
    Limits: one note for each pair of sheets.
    中文: 两张表中用语相同的条目分值不同，通常是有意的；提示不可照抄兄弟表分值。每两张表只提示一次。
    """
    for a, b, pairs in pairs_of(reading):
        same = [p for p in pairs if fold(p.a.text) == fold(p.b.text)]
        other = [p for p in same if p.a.max_points is not None and p.b.max_points is not None and p.a.max_points != p.b.max_points]
        if len(same) >= 2 and other:
            shown = [(f"{called(p.a)}/{called(p.b)}", "/".join(points_text(c.max_points) for c in (p.a, p.b) if c.max_points is not None)) for p in other[:6]]
            more = " …" if len(other) > 6 else ""
            zh = "、".join(f"第 {numbers} 条 {points} 分" for numbers, points in shown)
            en = ", ".join(f"no. {numbers}: {points}" for numbers, points in shown)
            yield Hit(
                annex=b.annex,
                where=f"{a.id}~{b.id}",
                zh=f"{len(same)} 条用语相同，其中 {len(other)} 条分值不同（{zh}{more}）",
                en=f"{len(same)} criteria are worded alike, {len(other)} of them carry other points ({en}{more})",
                evidence=tuple(at for p in other for at in (p.a.points_at, p.b.points_at)),
                values=(str(len(other)),),
            )
