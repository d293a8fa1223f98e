"""The change list of two revisions as data: typed changes with weights, both places, and the anomalies' fate."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

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


Said = tuple[str, str]
"""A note in Chinese and in English."""

NOTES: dict[str, Said] = {
    "": ("", ""),
    "punctuation": ("仅标点、格式", "punctuation and layout only"),
    "quantity": ("数量要求变更：{out} → {into}", "a quantity changed: {out} → {into}"),
    "rewritten": ("改动较大", "much rewritten"),
    "slip": ("改正文字差错", "a slip set right"),
    "maybe": ("改动较大，可能对应（相似 {alike:.2f}），请核对", "much rewritten, perhaps the same (alike {alike:.2f}); please check"),
    "points": ("{points} 分", "{points} points"),
    "nearest": ("{points} 分；最相近：{id}（相似 {alike:.2f}），请核对", "{points} points; nearest: {id} (alike {alike:.2f}); please check"),
    "split": ("拆为 {count} 条（{whole} 分 → {parts} 分）", "split into {count} ({whole} points → {parts})"),
    "merged": ("由 {count} 条合并（{parts} 分 → {whole} 分）", "made of {count} ({parts} points → {whole})"),
    "other-section": ("换到另一项目", "to another section"),
    "other-annex": ("换到另一附件", "to another annex"),
    "within-section": ("项目内移位", "moved within its section"),
    "column": ("{zh}栏", "column “{en}”"),
    "column-more": ("{zh}栏：{more}", "column “{en}”: {more_en}"),
    "points-filled": ("旧版此处缺印，与推定一致", "absent in the old print; as was inferred"),
    "absent-old": ("旧版此处缺印", "absent in the old print"),
    "absent-new": ("新版此处缺印", "absent in the new print"),
    "label-absent-old": ("旧版此处名称缺印", "the old print lacks this label"),
    "label-absent-new": ("新版此处名称缺印", "the new print lacks this label"),
    "outcome": ("一票否决的后果", "what a veto leads to"),
    "annex-number": ("附件序号变更", "another annex number"),
    "annex-title": ("附件名称", "title of the annex"),
    "total": ("总分", "total"),
    "fields": ("填写栏目", "fields to fill in"),
    "order": ("项目次序", "order of the sections"),
    "annex-removed": ("删去整个附件", "the whole annex is gone"),
    "annex-added": ("新增整个附件", "the whole annex is new"),
    "with-annex-removed": ("随附件删去", "gone with its annex"),
    "keep": ("含义和分值相同", "same meaning, same points"),
    "scale": ("含义相同，分值不同，按比例折算", "same meaning, other points: scale"),
    "drop-unscaled": ("含义相同，而旧版或新版没有满分值，无法折算", "same meaning, but no maximum on one side to scale by"),
    "drop": ("要求已变，旧分不能沿用", "the requirement changed: the old score cannot stand"),
    "drop-split": ("已拆分为 {ids}，旧分不能沿用", "split into {ids}: the old score cannot stand"),
    "drop-merged": ("已并入 {ids}，旧分不能沿用", "merged into {ids}: the old score cannot stand"),
    "drop-gone": ("新版没有对应条目", "the new revision has no such criterion"),
    "with-annex-added": ("随附件新增", "come with its annex"),
}  # fmt: skip


def say(key: str, **values: object) -> Said:
    """The note `key` in both languages; a value `x` is written where its template has {x}."""
    zh, en = NOTES[key]
    return zh.format(**values), en.format(**values)


class Change(Struct, frozen=True):
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
    note_en: str = ""
    at: Provenance | None = None
    at_old: Provenance | None = None
    parts: tuple[str, ...] = ()
    maybe: bool = False

    def is_folded(self) -> bool:
        """A pure renumbering: counted, not listed, where people read; makes no row of a synopsis."""
        return self.type == "criterion-renumbered" and not self.note


class Comparable(Struct, frozen=True):
    """What becomes of a criterion's old scores: keep (same meaning and points), scale (points differ), drop."""

    old: str
    new: str | None
    kind: Literal["keep", "scale", "drop"]
    reason: str
    reason_en: str
    old_points: str | None = None
    new_points: str | None = None


class ChangeList(Struct, frozen=True):
    """Everything between two revisions. `pairs`, `sections` and `rubrics` map old ids to new."""

    old: dict[str, Any]
    new: dict[str, Any]
    changes: tuple[Change, ...]
    pairs: dict[str, str] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)
    rubrics: dict[str, str] = field(default_factory=dict)
    anomalies: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    comparability: tuple[Comparable, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract's change list, as plain data. `at` of what is gone is its old place."""
        data: dict[str, Any] = to_plain(self)
        for change in data["changes"]:
            change["at"] = change["at"] or change["at_old"]
        return data
