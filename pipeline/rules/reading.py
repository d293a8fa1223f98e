"""Rules over the reading itself: what could not be read well, what has no place, what has gone stale."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import patterns
from pipeline import rx as regex
from pipeline.findings import Severity
from pipeline.model import Criterion, Doubt, Reading, Rubric
from pipeline.rules.registry import Hit, rule, shorten
from pipeline.rules.slips import edits_between
from pipeline.rules.sums import called, section_name, sum_of, with_children

ROLES = {"text": "评价内容", "points": "分值", "number": "序号", "awarded": "得分"}
UNSURE = 0.75
"""OCR confidence below which a points or number cell is worth a look (measured: errors cluster below 0.75)."""
VERY_UNSURE = 0.65
"""The same where the sums close: they confirm digits, not words. What was settled by comparison (0.6 and less) is named."""
MOST_SETTLED, MOST_SHOWN = 2, 3
"""Differences of a text and its first reading that are shown: so long, and so many."""
BARE_NUMBER = regex.compile(r"[^\p{L}%‰]*[0-9][^\p{L}%‰]*分?")
"""A text without a word or unit: a number that belongs to another column."""


@rule(code="TAB004", name="no-rubric", severity="note", title="没有评价表", clause="方法说明（可读而无表的文件不算错误）")
def no_rubric(reading: Reading) -> Iterator[Hit]:
    """The document holds no rubric.

    What: nothing in the document has the shape of a rubric (criteria with points).
    Why: so that an empty result is said and not mistaken for a clean one.
    **Bad**
        （只有正文的批复）
    **Good**
        （正文之后有评分表）
    Repair: none.
    Limits: a rubric kept in another file is not seen, nor one in a picture of a text file or page (which is said); tables that only look like rubrics are left out, with the reason.
    中文: 文件可以读取，但其中没有评价表。只作说明，不是错误；另存为别的文件的附件看不到，文件里的图片也不读（有图片时会说明）。
    """
    if not reading.rubrics:
        zh, en = "文件中没有评价表", "the document holds no rubric"
        if any(r.kind == "picture" for r in reading.remarks):
            zh, en = f"{zh}；文件中的图片没有读，表若在图片里，请另给图片", f"{en}; the pictures in it were not read: a sheet that is a picture must be given by itself"
        alone = [r for r in reading.remarks if r.kind == "not-a-rubric"]
        for remark in {r.message: r for r in alone}.values():
            zh, en = f"{zh}；{remark.said('zh')}", f"{en}; left alone: {remark.message}"
        yield Hit(annex=0, where="notice", zh=zh, en=en, evidence=tuple(r.at for r in alone))


@rule(code="TAB002", name="header-damaged", severity="warning", title="表头损坏", clause="GB/T 9704-2012 7.3.7 类推；版面还原经验")
def header_damaged(reading: Reading) -> Iterator[Hit]:
    """The header names every column the form needs, each over its own column.

    What: header cells that are missing over the criteria or points column, or stand over another column.
    Why: the form does not say what to write where; a reader that trusts the words takes texts for points.
    **Bad**
        项目 | 序号 |          | 评价内容 |
        管理 | 1    | 台账齐全 | 5        |
    **Good**
        项目 | 序号 | 评价内容 | 评价分值 | 实得分值
        管理 | 1    | 台账齐全 | 5        |
    Repair: none; the data decide what a column holds, the header is kept as printed.
    Limits: no header at all, or none over the serial numbers, is usual in small tables and only noted.
    中文: 表头在“评价内容”或“分值”列上缺字，或错位到别的列。各列的含义由数据决定，表头原样保留。整表无表头或序号列无名只作提示。
    """
    for rubric in reading.rubrics:
        serious = [f for f in rubric.header_faults if not f.startswith(("header:", "number:"))]
        faults = serious or list(rubric.header_faults)
        if not faults:
            continue
        zh, en = "；".join(_fault(f)[0] for f in faults), "; ".join(_fault(f)[1] for f in faults)
        yield Hit(
            annex=rubric.annex,
            where=rubric.id,
            severity=None if serious else "note",
            zh=f"表头损坏：{zh}",
            en=f"the header is damaged: {en}",
            evidence=(rubric.header_at,),
            values=tuple(faults),
        )


def _fault(fault: str) -> tuple[str, str]:
    role, _, rest = fault.partition(":")
    kind, _, printed = rest.partition(":")
    zh = ROLES.get(role, role)
    if role == "header":
        return "没有表头", "there is none"
    if kind == "shifted":
        return f"“{zh}”列的表头错位（“{printed}”）", f"the header of the column “{zh}” is displaced (“{printed}”)"
    return f"“{zh}”列没有表头", f"no header over the column “{zh}”"


@rule(code="TAB005", name="unplaced-text", severity="note", title="表中有未归类的文字", clause="方法说明（读到的都要交代）")
def unplaced_text(reading: Reading) -> Iterator[Hit]:
    """Every piece of a rubric's table has a place in the model.

    What: rows or cells of the table that are neither criterion, label, total, field nor note.
    Why: what was read and not used is said, so that nothing disappears silently.
    **Bad**
        （表中夹有一行不属于任何项目的文字）
    **Good**
        （每一行都是评价内容、项目、合计或填写栏）
    Repair: none.
    Limits: harmless decoration is listed too.
    中文: 表中有既不是评价内容、项目、合计，也不是填写栏或说明的文字。如实列出，以免悄悄丢失。
    """
    for rubric in reading.rubrics:
        for piece in rubric.unplaced:
            yield Hit(
                annex=rubric.annex,
                where=rubric.id,
                zh=f"未归类的文字：“{shorten(piece.text)}”",
                en=f"text without a place: “{shorten(piece.text)}”",
                evidence=(piece.at,),
                values=(piece.text,),
            )


LOSSES = {
    "unread-page": ("有一页没有读出", "a page was not read"),
    "unread-text": ("有文字没有读出", "some text was not read"),
    "unread-table": ("有一张表没有读作表格", "a table was not read as a table"),
    "uncertain-rows": ("有一张无框线的表，行的划分没有把握", "the rows of a table set without rules are not certain"),
    "stray-rows": ("表外有一行像是表中的一行", "a line outside the table looks like one of its rows"),
    "torn-table": ("一张表可能被读成了两张", "one table may have been read as two"),
    "odd-label": ("表中有的格像是被拆开或并在一起读了", "a cell of the table seems to have been read torn, or with others"),
    "unscored-table": ("有一张表题为评分而读不出分值，没有当作评价表", "a table under a title that speaks of scoring was left alone, for no points could be read in it"),
    "unscored-list": ("有一段评分条文读不出分值，没有当作评价表", "a list under a title that speaks of scoring was left alone, for no points could be read in it"),
    "table-apart": ("有一张表没有计入评分", "a table was left alone, its figures count towards no score"),
    "absent-rows": ("表中有的行可能没有读出", "rows of a table may not have been read"),
    "unread-part": ("有嵌入的文件没有读出", "an embedded document was not read"),
    "unread-frame": ("页面里显示的另一页或文件没有读出", "another page or document that this page shows was not read"),
    "nested-too-deep": ("表格嵌套过深，只留文字", "tables nested too deep were kept as text"),
    "covered-text": ("有文字被合并单元格遮住", "some text is covered by a merged cell"),
    "formula-without-value": ("有公式没有存下结果", "a formula has no stored value"),
    "error-value": ("有单元格显示的是错误值", "a cell shows an error in place of a value"),
    "unproved": ("文件中称为已证明的，按表上数字证明不了，只作推断", "what the JSON calls proved does not follow from its numbers, and is taken as inferred"),
    "loose-cells": ("表旁另有零散单元格，没有读入表中", "loose cells beside a table were left out"),
    "form-values": ("表单域里填写的文字没有收入", "what is typed into form fields was left out"),
    "absent-sheet": ("有工作表缺失", "a sheet of the workbook is absent"),
}
"""Remarks of the readers after which a rubric may lack something, in both languages."""

NOTED = frozenset({"unscored-table", "unscored-list", "table-apart", "unread-frame", "loose-cells", "form-values"})
"""Of these the ones that are often nothing: a sheet to fill (or a list of what one case costs) or a summary; ranks and what they add; an advertisement in a page; a sum somebody tried; a
form that is filled."""


@rule(code="TAB006", name="reading-incomplete", severity="warning", title="读取不全", clause="方法说明（没有读出的都要交代）")
def reading_incomplete(reading: Reading) -> Iterator[Hit]:
    """All of the document was read.

    What: pages, texts or tables that the reader could not read, or read without being sure of their rows; rows whose
    cells seem to stand one column aside, because one of them is lacking.
    Why: a rubric that lacks a page looks complete; nothing may be missing in silence.
    **Bad**
        （第 3 页是图片，而没有安装文字识别）
    **Good**
        （每一页都有文字层，或都已识别）
    Repair: none; give a better copy, or install what the remark names.
    Limits: pictures and hidden text are only remarked, for they seldom hold criteria.
    中文: 有的页、文字或表格没有读出，或读出而行的划分没有把握；或一行少了一格，其后各格像是错了列。缺了一页的表看上去仍像完整的表，所以逐处列出；图片和隐藏文字只作说明。
    """
    for remark in reading.remarks:
        if remark.kind in LOSSES:
            zh, en = LOSSES[remark.kind]
            severity: Severity | None = "note" if remark.kind in NOTED else None
            yield Hit(
                annex=0,
                where="notice",
                severity=severity,
                zh=f"{zh}：{remark.said('zh')}",
                en=f"{en}: {remark.message}",
                evidence=(remark.at,),
                values=(remark.kind, remark.message),
            )
    for rubric in reading.rubrics:
        for criterion in _shifted(rubric):
            row = shorten(" | ".join(filter(None, (criterion.number, criterion.text, *criterion.columns.values()))))
            yield Hit(
                annex=rubric.annex,
                where=criterion.id,
                zh=f"这一行像是少了一格，各格错了列：“{row}”",
                en=f"this row seems to lack a cell, so that the others stand in wrong columns: “{row}”",
                evidence=(criterion.number_at, criterion.at),
                values=(criterion.number or "", criterion.text),
            )


def _shifted(rubric: Rubric) -> list[Criterion]:
    """Printed rows unlike most others: a bare number for the text, with no points or words elsewhere in the row; or no points,
    with a bare number where other rows have words."""
    rows = [c for c in rubric.criteria() if c.basis == "printed"]
    bare = [c for c in rows if BARE_NUMBER.fullmatch(c.text)]
    if 2 * len(bare) > len(rows):
        return []
    named = [c for c in rows if _words(c.number) and not patterns.SERIAL.match(c.number or "")]
    numbered = 2 * sum(c.number is not None for c in rows) > len(rows) and 2 * len(named) <= len(rows)
    worded = {name for c in rows for name, text in c.columns.items() if _words(text)}
    out = []
    for criterion in rows:
        scored = (criterion.max_points is not None and criterion.points_basis != "inferred") or criterion.choice is not None
        odd = numbered and criterion in named
        moved = any(BARE_NUMBER.fullmatch(text) and name in worded for name, text in criterion.columns.items())
        elsewhere = odd or any(map(_words, criterion.columns.values()))
        if (criterion in bare and (elsewhere or not scored)) or (moved and not scored and criterion.kind == "scored"):
            out.append(criterion)
    return out


def _words(text: str | None) -> bool:
    return regex.search(r"\p{L}{2}", text or "") is not None


@rule(code="OCR004", name="low-confidence", severity="warning", title="识别把握不大", clause="方法说明（识别结果须可核对）")
def low_confidence(reading: Reading) -> Iterator[Hit]:
    """Digits and texts that character recognition was not sure of are named.

    What: serials, points, labels and totals of a scanned sheet whose digits, and criteria whose words, were read with
    low confidence. Words that a second look settled otherwise are shown with their first reading.
    Why: one misread digit looks like a fault of the notice.
    **Bad**
        第 12 条分值“3”识别把握 0.52，且所在项目合计不符
    **Good**
        第 12 条分值“3”识别把握 0.99
    Repair: none; look at the cell on the page.
    Limits: a warning only where the sums of the section do not close, else a note: sums that close confirm the digits.
    中文: 扫描件中识别把握不大的条目逐条列出，附位置；经复看改定的字并列初读。所在项目合计不符时为警告，合计相符（数字已被印证）时只作提示。
    """
    for rubric in reading.rubrics:
        for section in rubric.sections:
            closes = section.stated_points is None or section.stated_points == sum_of(with_children(rubric, section), "scored")
            limit = VERY_UNSURE if closes else UNSURE
            for criterion in section.criteria:
                doubts = [d for d in rubric.doubts if d.at in (criterion.number_at, criterion.points_at)]
                yield from (_unsure_digits(rubric, criterion.id, d, closes) for d in doubts)
                if not doubts and criterion.confidence is not None and criterion.confidence < limit:
                    yield _unsure(rubric, criterion, closes)
    for rubric in reading.rubrics:
        own = {at for c in rubric.criteria() for at in (c.number_at, c.points_at)}
        homes = {s.at: s.id for s in rubric.sections}
        yield from (_unsure_digits(rubric, homes.get(d.at, rubric.id), d, False) for d in rubric.doubts if d.at not in own)


def _unsure_digits(rubric: Rubric, where: str, doubt: Doubt, closes: bool) -> Hit:
    return Hit(
        annex=rubric.annex,
        where=where,
        status="supported",
        severity="note" if closes else None,
        zh=f"“{shorten(doubt.text)}”中的数字识别把握 {doubt.confidence:.2f}",
        en=f"the digits in “{shorten(doubt.text)}” were read with confidence {doubt.confidence:.2f}",
        evidence=(doubt.at,),
        values=(doubt.text,),
    )


def _unsure(rubric: Rubric, criterion: Criterion, closes: bool) -> Hit:
    confidence = f"{criterion.confidence:.2f}"
    first = _first_readings(criterion)
    return Hit(
        annex=rubric.annex,
        where=criterion.id,
        status="supported",
        severity="note" if closes else None,
        zh=f"第 {called(criterion)} 条识别把握 {confidence}：“{shorten(criterion.text)}”" + "".join(f"，“{b}”初读为“{a}”" for a, b in first),
        en=f"criterion {called(criterion)} was read with confidence {confidence}: “{shorten(criterion.text)}”"
        + "".join(f", “{b}” first as “{a}”" for a, b in first),
        evidence=(criterion.points_at, criterion.at),
    )


def _first_readings(criterion: Criterion) -> list[tuple[str, str]]:
    """(as first recognised, as it stands now) of what was settled by a second look, with a few characters around."""
    edits = edits_between(criterion.at.quote, criterion.text) if criterion.at is not None else ()
    return [(e.in_a(2), e.in_b(2)) for e in edits if max(len(e.gone()), len(e.come())) <= MOST_SETTLED][:MOST_SHOWN]


@rule(code="PRV001", name="value-without-place", severity="error", title="标为原文而无出处", clause="方法说明（凡非原文所印，一律标明）")
def value_without_place(reading: Reading) -> Iterator[Hit]:
    """What is marked as printed says where it is printed; what is inferred says on what it rests.

    What: a criterion or label of basis `printed` without a place, in a notice JSON that was edited or made elsewhere.
    Why: nothing that is not printed is ever shown without its mark.
    **Bad**
        {"id": "annex-2/c21", "text": "加强监测", "basis": "printed", "at": null}
    **Good**
        {"id": "annex-2/c21", "text": "加强监测", "basis": "inferred", "donors": ["annex-1/c29"], "at": null}
    Repair: none.
    Limits: whether the quote really stands there needs the source file.
    中文: 标为“原文所印”的条目或项目名称必须有出处；不是印出的内容必须标明推定依据。防止推定内容被当作原文。
    """
    for rubric in reading.rubrics:
        for section in rubric.sections:
            if section.label is not None and section.basis == "printed" and section.at is None:
                yield _placeless(rubric, section.id, section_name(section))
            for criterion in section.criteria:
                if criterion.basis == "printed" and criterion.at is None:
                    yield _placeless(rubric, criterion.id, criterion.text)


def _placeless(rubric: Rubric, where: str, text: str) -> Hit:
    return Hit(
        annex=rubric.annex,
        where=where,
        zh=f"标为原文所印，却没有出处：“{shorten(text)}”",
        en=f"marked as printed, but without a place: “{shorten(text)}”",
    )


@rule(code="PRV002", name="decision-stale", severity="warning", title="决定已失效", clause="方法说明（决定绑定原值和来源）")
def decision_stale(reading: Reading) -> Iterator[Hit]:
    """A decision still meets the value it was made against.

    What: a decision in decisions.yaml whose expected old value is not what the source now says.
    Why: a correction made for one text must not be applied to another in silence.
    **Bad**
        决定：annex-1/c5 分值 2 → 3（当时印为 2）；现在的来源印为 4
    **Good**
        决定：annex-1/c5 分值 2 → 3；来源仍印为 2
    Repair: none; decide again, or withdraw the decision.
    Limits: a value that changed and changed back is not noticed.
    中文: decisions.yaml 中的决定绑定了当时的原值；来源变化后原值不再相符，该决定不再适用，需要重新决定或撤回，绝不悄悄套用。
    """
    for decision in reading.decisions:
        if decision.status == "stale":
            yield Hit(
                annex=_annex_of(decision.target),
                where=decision.target,
                zh=f"“{decision.by}”的决定已不适用：原值应为“{shorten(decision.expected or '')}”，来源已变",
                en=f"the decision by “{decision.by}” no longer applies: it expects “{shorten(decision.expected or '')}”, the source has changed",
                values=(decision.id,),
            )


def _annex_of(target: str) -> int:
    head = target.split("/", 1)[0].removeprefix("annex-").split("-")[0]
    return int(head) if head.isdigit() else 0


