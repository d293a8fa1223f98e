"""Model values from tables a person can read: the test is the table.

rubric_of(\"\"\"
    项目            | 序号 | 评价内容       | 评价分值
    日常管理（5分） | 1    | 有经营许可证。 | 3
                    | 2    | 按时报送报表。 | 2
    -（4分）        | 3    | 定期巡检。     | 4
    总评            |      |                | 9
\"\"\")

First column: a label starts a section, blank goes on with it, `-` starts a section whose label is lost.
`*` after a number or points: not printed (inferred). An empty points cell: max_points None.
Other columns of the header are kept under their header text in `columns`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from pipeline.findings import Finding
from pipeline.model import (
    AnnexEntry,
    BodyText,
    Boundary,
    Citation,
    Criterion,
    Foreign,
    GradeBand,
    Heading,
    LabelMark,
    Notice,
    PersonalData,
    Reading,
    Rubric,
    Section,
    SectionList,
    Source,
    Veto,
)
from pipeline.provenance import Provenance

TOTAL = re.compile(r"^(总评|合计|总分|总计)$")
LABEL = re.compile(r"^(?P<name>.*?)\s*[（(](?P<points>[0-9.]+)分[）)]$")
ROLES = {"评价内容": "text", "评价分值": "points", "序号": "number", "项目": "label"}


def at(quote: str = "x", row: int = 0, col: int = 0, **more) -> Provenance:
    """A place in a made-up table."""
    return Provenance(quote=quote, path=None if more else f"body/tbl[1]/tr[{row}]/tc[{col}]", **more)


def rows_of(table: str) -> list[list[str]]:
    """The cells of a `|` table, trimmed; blank lines dropped."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines() if line.strip()]


def rubric_of(
    table: str, annex: int = 1, title: str | None = "服务质量评价表", id: str | None = None, **more
) -> Rubric:
    """A rubric as `resolve` leaves it. `more` replaces fields of the Rubric."""
    header, *rows = rows_of(table)
    rubric_id = id or f"annex-{annex}"
    body = [row for row in rows if not any(TOTAL.match(cell) for cell in row)]
    total = next((row[-1] for row in rows if any(TOTAL.match(cell) for cell in row)), None)
    drafts = [_criterion(header, row, n) for n, row in enumerate(body)]
    names = _ids(drafts)
    criteria = [replace(c, id=f"{rubric_id}/c{name}") for c, name in zip(drafts, names, strict=True)]
    rubric = Rubric(
        annex=annex,
        id=rubric_id,
        title=title,
        stated_total=Decimal(total) if total else None,
        sections=_sections(rubric_id, [row[0] for row in body], criteria),
        title_at=at(title or "", 0, 0),
        total_at=at(total, len(rows), 4) if total else None,
        header={ROLES[h]: h for h in header if h in ROLES},
        header_at=at(header[0], 0, 1),
    )
    return replace(rubric, **({"labels": labels_of(rubric)} | more))


def labels_of(rubric: Rubric) -> tuple[LabelMark, ...]:
    """The labels as printed where the sections say (one merged cell each)."""
    order = {c.id: i for i, c in enumerate(rubric.printed())}
    marks = []
    for section in rubric.sections:
        rows = [order[c.id] for c in section.criteria if c.id in order]
        if section.label is None or section.basis != "printed":
            continue
        quote = section.at.quote if section.at else section.label
        marks.append(
            LabelMark(
                text=quote, label=section.label, stated_points=section.stated_points, at=section.at or at(quote),
                first=rows[0] if rows else None, last=rows[-1] if rows else None, merged=len(rows) > 1, piece=0,
            )
        )  # fmt: skip
    return tuple(marks)


def _criterion(header: list[str], row: list[str], n: int) -> Criterion:
    cells = dict(zip(header, row, strict=True))
    number, points = cells.get("序号", ""), cells.get("评价分值", "")
    printed = "*" not in number
    known = {"项目", "序号", "评价内容", "评价分值"}
    return Criterion(
        id="",
        number=number.strip("*") or None,
        text=cells.get("评价内容", ""),
        max_points=Decimal(points.strip("*")) if points.strip("*") else None,
        basis="printed" if printed else "inferred",
        points_basis="printed" if "*" not in points else "inferred",
        at=at(cells.get("评价内容", ""), n + 1, 3) if printed else None,
        points_at=at(points, n + 1, 4) if printed else None,
        points_printed=points or None if printed else None,
        number_at=at(number, n + 1, 2) if printed else None,
        columns={k: v for k, v in cells.items() if k not in known and v},
        row=n + 1,
    )


def _ids(criteria: list[Criterion]) -> list[str]:
    """Numbers when they ascend over the whole rubric (a repeat gets ~2), else the running index."""
    numbers = [int(c.number) if (c.number or "").isdecimal() else None for c in criteria]
    if None in numbers or any(b < a for a, b in pairwise(numbers)):  # type: ignore[operator]
        return [str(i) for i in range(1, len(criteria) + 1)]
    seen: dict[int, int] = {}
    names = []
    for number in numbers:
        seen[number] = seen.get(number, 0) + 1  # type: ignore[index,arg-type]
        names.append(str(number) if seen[number] == 1 else f"{number}~{seen[number]}")  # type: ignore[index]
    return names


def _sections(rubric_id: str, labels: list[str], criteria: list[Criterion]) -> tuple[Section, ...]:
    groups: list[tuple[str, int, list[Criterion]]] = []
    for row, (label, criterion) in enumerate(zip(labels, criteria, strict=True), start=1):
        if label or not groups:
            groups.append((label, row, []))
        groups[-1][2].append(criterion)
    return tuple(_section(f"{rubric_id}/s{n}", *group) for n, group in enumerate(groups, start=1))


def _section(id: str, label: str, row: int, criteria: list[Criterion]) -> Section:
    match = LABEL.match(label)
    name = match["name"] if match else label
    lost = name in ("-", "")
    return Section(
        id=id,
        label=None if lost else name,
        stated_points=Decimal(match["points"]) if match else None,
        basis="inferred" if lost else "printed",
        kind="bonus" if "加分" in name else "deduction" if "扣分项" in name else "scored",
        at=None if lost else at(label, row, 1),
        criteria=tuple(criteria),
        boundary=Boundary(status="proved", margin=None, rests_on=("printed",)),
    )


def reading_of(*rubrics: Rubric, notice: Notice | None = None, **more) -> Reading:
    """A Reading of these rubrics. Without `notice` the document is a stand-alone sheet (no number, no addressees)."""
    source = Source(file="notice.docx", sha256="0" * 64, media_type="application/docx", reader="docx")
    return Reading(source=source, notice=notice or Notice(), rubrics=tuple(rubrics), **more)


def notice_of(**more) -> Notice:
    """A notice with nothing wrong in its head; `more` replaces fields."""
    whole = Notice(
        document_number="某城管字〔2023〕7号",
        title="关于印发某区环卫作业考核办法的通知",
        issuer="某区城市管理局",
        addressees=("各环卫作业单位",),
        issue_date="2023-05-06",
        signature="某区城市管理局",
    )
    return replace(whole, **more)


def annexes(*titles: str) -> tuple[AnnexEntry, ...]:
    """附件说明 entries numbered from 1."""
    return tuple(AnnexEntry(n, title, at(f"{n}. {title}", line=n)) for n, title in enumerate(titles, start=1))


def bands(*lines: str) -> tuple[GradeBand, ...]:
    """Bands from `优秀 [90,)`, `合格 [70,90)`, `差 (,70)`: interval notation, open ends blank."""
    out = []
    for line in lines:
        label, open_, low, high, close = re.fullmatch(r"(\S+) ([\[(])([0-9.]*),([0-9.]*)([\])])", line).groups()  # type: ignore[union-attr]
        low, high = Decimal(low) if low else None, Decimal(high) if high else None
        out.append(GradeBand(label, low, high, open_ == "[", close == "]", at(line)))
    return tuple(out)


def vetoes(*texts: str) -> tuple[Veto, ...]:
    """Numbered veto conditions."""
    return tuple(Veto(str(n), text, at(text)) for n, text in enumerate(texts, start=1))


def headings(*lines: str) -> tuple[Heading, ...]:
    """Headings from `一、目标`, `（一）范围`, `1.要求`, `（1）细则`."""
    out = []
    for line in lines:
        marker, text = re.fullmatch(
            r"([一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d+[.．]|[（(]\d+[）)])(.*)", line
        ).groups()  # type: ignore[union-attr]
        level = 1 if marker.endswith("、") else 3 if marker[0].isdigit() else 4 if marker[1].isdigit() else 2
        out.append(Heading(marker, level, text.strip(), at(line)))
    return tuple(out)


def body(*texts: str) -> tuple[BodyText, ...]:
    """Paragraphs of the body."""
    return tuple(BodyText(text, at(text)) for text in texts)


def section_list(annex: int, *names: str) -> SectionList:
    """The names the body enumerates for one annex."""
    return SectionList(annex, names, at("、".join(names)))


def citation(annex: int | None, title: str) -> Citation:
    """《title》（附件n)."""
    return Citation(annex, title, at(f"《{title}》（附件{annex}）"))


def foreign(text: str, repeats: int = 1) -> Foreign:
    """A block that cannot belong to the notice."""
    return Foreign(text, repeats, at(text), at(text))


def personal(kind: str = "mobile", count: int = 1) -> PersonalData:
    """A masked place with personal data."""
    return PersonalData(kind, count, at("***********"))


def found(findings: tuple[Finding, ...] | list[Finding]) -> list[tuple[str, str]]:
    """Findings as (rule, where), in order."""
    return [(f.rule, f.where) for f in findings]
