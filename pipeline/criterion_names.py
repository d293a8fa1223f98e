"""How people call a criterion or a value: by annex and number, not by our id or path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline import rx as regex
from pipeline.assessment import field_name
from pipeline.model import Criterion, Reading, Rubric, Section
from pipeline.provenance import Provenance

VALUES = {
    "max_points": "评价分值", "text": "评价内容", "number": "序号", "label": "项目名称", "stated_points": "项目分值", "stated_total": "总评",
    "title": "标题", "document_number": "发文字号", "issuer": "发文机关", "issue_date": "成文日期", "signature": "署名",
}  # fmt: skip
ID = regex.compile(r"annex-[0-9A-Za-z-]+/c[0-9A-Za-z~]+")


def in_sections(labels: Sequence[str | None]) -> bool:
    """Whether sections of these labels divide a sheet: not when it is one nameless group."""
    return len(labels) > 1 or any(labels)


def above(rubric: Rubric, section: Section) -> list[Section]:
    """The sections that a section stands in, outermost first."""
    upper = next((s for s in rubric.sections if s.id == section.parent), None)
    return [*above(rubric, upper), upper] if upper is not None else []


def names_of(reading: Reading, tongue: int) -> dict[str, str]:
    """Id → `附件1第5条` (tongue 1: `annex 1 no. 5`); with the section where an annex has a number twice, by the words it
    begins with where it has none."""
    out: dict[str, str] = {}
    for rubric in reading.rubrics:
        counts = Counter(c.number for c in rubric.criteria())
        lead = (f"附件{rubric.annex}" if tongue == 0 else f"annex {rubric.annex} ") if rubric.annex else ""
        for section in rubric.sections:
            for c in section.criteria:
                out[c.id] = lead + _name(c, section, counts[c.number] > 1, tongue)
    return out


def _name(criterion: Criterion, section: Section, twice: bool, tongue: int) -> str:
    home = f"“{section.label}”" if twice and criterion.number and section.label else ""
    if tongue == 0 or not criterion.number:
        return home + field_name(criterion.number, criterion.text)
    return f"{home} no. {criterion.number}".strip()


def named(text: str, names: Mapping[str, str]) -> str:
    """A text with each id in it replaced by its name."""
    return ID.sub(lambda match: names.get(match[0], match[0]), text)


def subject_of(reading: Reading, target: str, tongue: int) -> str:
    """What a decision is about, in words: the finding it waives, or the place of its value (tongue 1: the path itself)."""
    finding = next((f for f in reading.findings if f.fingerprint == target), None)
    if finding is not None:
        return finding.said("zh" if tongue == 0 else "en")
    return place_of(reading, target) if tongue == 0 and "." in target else target


def place_of(reading: Reading, path: str) -> str:
    """Where the value of a path stands, in words: `附件 2 序号 21 评价分值（第 12 页）`."""
    identifier, _, name = path.rpartition(".")
    what = VALUES.get(name, name)
    for rubric in reading.rubrics:
        if rubric.id == identifier:
            return f"附件 {rubric.annex} {what}{_at(rubric.total_at or rubric.title_at)}"
        for section in rubric.sections:
            if section.id == identifier:
                first = next((c.number for c in section.criteria if c.number), "")
                return f"附件 {rubric.annex} 第 {first} 条起的{what}{_at(section.at)}"
            for criterion in section.criteria:
                if criterion.id == identifier:
                    return f"附件 {rubric.annex} 序号 {criterion.number or '—'} {what}{_at(criterion.at)}"
    return f"正文 {what}{_at(reading.notice.places.get(name))}"


def _at(at: Provenance | None) -> str:
    """The page or line; a path inside a file tells an official nothing that the words before it do not."""
    if at is not None and at.path is not None:
        return ""
    return f"（{at.place('zh')}）" if at is not None else ""
