"""The change list of two revisions as data: typed changes with weights, both places, and the anomalies' fate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.plain import to_plain
from pipeline.provenance import Provenance

Weight = Literal["major", "minor", "patch"]
ChangeType = Literal[
    "criterion-added", "criterion-removed", "criterion-reworded", "criterion-moved", "criterion-renumbered", "criterion-split",
    "criterion-merged", "points-changed", "section-added", "section-removed", "section-renamed", "section-points-changed",
    "section-label-restored", "bands-changed", "vetoes-changed", "metadata-changed", "text-changed",
]  # fmt: skip

NAMES: dict[str, str] = {
    "criterion-added": "新增条目", "criterion-removed": "删除条目", "criterion-reworded": "修改文字", "criterion-moved": "移动",
    "criterion-renumbered": "仅改序号", "criterion-split": "拆分", "criterion-merged": "合并", "points-changed": "调整分值",
    "section-added": "新增项目", "section-removed": "删除项目", "section-renamed": "项目改名", "section-points-changed": "调整项目分值",
    "section-label-restored": "补出项目名称", "bands-changed": "等次变更", "vetoes-changed": "一票否决变更", "metadata-changed": "文件要素变更",
    "text-changed": "正文修改",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `old`/`new` are ids in the two revisions (None where there is none); `before`/`after` the values.

    `parts`: of a split the new ids, of a merge the old ones. `maybe`: the two may not be the same; a person must look.
    """

    type: ChangeType
    annex: int
    old: str | None
    new: str | None
    before: str | None
    after: str | None
    weight: Weight
    note: str = ""
    at: Provenance | None = None
    at_old: Provenance | None = None
    parts: tuple[str, ...] = ()
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Comparable:
    """What becomes of a criterion's old scores: keep (same meaning and points), scale (points differ), drop."""

    old: str
    new: str | None
    kind: Literal["keep", "scale", "drop"]
    reason: str
    old_points: str | None = None
    new_points: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeList:
    """Everything between two revisions. `pairs` and `sections` map the old ids of criteria and sections to the new."""

    old: dict[str, Any]
    new: dict[str, Any]
    changes: tuple[Change, ...]
    pairs: dict[str, str] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)
    anomalies: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    comparability: tuple[Comparable, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract's change list, as plain data."""
        return to_plain(self)
