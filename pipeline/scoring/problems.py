"""The catalogue of what can be wrong with a returned form or a set of scores, and the Finding for one case of it.

Codes ASM… are found while collecting (one form), SCR… while scoring (several forms of one assessee).
"""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from pipeline.findings import Finding, Severity
from pipeline.provenance import Provenance


class Kind(Struct, frozen=True):
    """A kind of problem: its code, weight and message in both languages."""

    code: str
    severity: Severity
    zh: str
    en: str


KINDS: dict[str, Kind] = {
    "score-above-maximum": Kind(
        "ASM001", "error",
        "{name}填写“{given}”，高于满分 {maximum}，未计入",
        "{name_en}: “{given}” is above the maximum {maximum}; not counted",
    ),
    "score-negative": Kind(
        "ASM002", "error", "{name}填写“{given}”，低于 0，未计入", "{name_en}: “{given}” is below 0; not counted"
    ),
    "score-unreadable": Kind(
        "ASM003", "error",
        "{name}填写“{given}”，不是可以确认的分数，未计入{hint}",
        "{name_en}: “{given}” is not certainly a score; not counted{hint_en}",
    ),
    "score-normalised": Kind(
        "ASM004", "note", "{name}填写“{given}”，按 {value} 读入", "{name_en}: “{given}” was read as {value}"
    ),
    "score-blank": Kind("ASM005", "warning", "{name}未填实得分值", "{name_en}: no score was filled in"),
    "score-too-fine": Kind(
        "ASM006", "warning",
        "{name}填写“{given}”，小数多于 1 位；评分办法未允许时不予计分",
        "{name_en}: “{given}” has more than one decimal; needs a policy that allows it",
    ),
    "stated-total-differs": Kind(
        "ASM007", "error",
        "表上总评为“{given}”，按各项实得分值重算为 {value}；以重算为准",
        "the form shows the total “{given}”, its scores add up to {value}; the recomputed sum holds",
    ),
    "stated-grade-differs": Kind(
        "ASM008", "warning",
        "表上等次为“{given}”，按总评 {value} 应为“{expected}”",
        "the form shows the grade “{given}”; for {value} it is “{expected}”",
    ),
    "foreign-revision": Kind(
        "ASM009", "error",
        "此表属于 {given}，不是 {expected}，不予计分",
        "this form is of {given}, not of {expected}; it is refused",
    ),
    "digest-mismatch": Kind(
        "ASM010", "error",
        "此表所印评价表（摘要 {given}）与现行评价表（摘要 {expected}）不同，不予计分",
        "this form was printed from another rubric (digest {given}) than the present one ({expected}); it is refused",
    ),
    "form-twice": Kind(
        "ASM011", "warning",
        "与 {other} 是同一份表，只计一次",
        "the same form as {other}; it counts once",
    ),
    "assessor-twice": Kind(
        "ASM012", "warning",
        "同一评价人对同一单位另有一份内容不同的表：{other}",
        "the same assessor gave another, different form for this unit: {other}",
    ),
    "head-blank": Kind("ASM013", "warning", "{name}未填", "{name_en} is blank"),
    "field-unknown": Kind(
        "ASM014", "note", "字段“{given}”不属于此评价表，未读", "the field “{given}” does not belong to this rubric; left out"
    ),
    "not-applicable-unreasoned": Kind(
        "ASM015", "warning", "{name}标为不适用，但未写理由", "{name_en} is marked not applicable without a reason"
    ),
    "score-and-not-applicable": Kind(
        "ASM016", "error",
        "{name}既填了分数“{given}”又标为不适用，两者都未计入",
        "{name_en} has a score “{given}” and is marked not applicable; neither is counted",
    ),
    "veto-unclear": Kind(
        "ASM017", "error",
        "一票否决第 {number} 项填写“{given}”，无法确认是否勾选",
        "veto {number}: “{given}” is neither ticked nor blank",
    ),
    "date-unclear": Kind(
        "ASM018", "warning", "评价时间“{given}”不是完整日期，照原样保留", "the date “{given}” is not a whole date; kept as it is"
    ),
    "read-by-place": Kind(
        "ASM019", "note",
        "表单字段已丢失，按{how}读回",
        "the form's fields are gone; read back by {how_en}",
    ),
    "value-ambiguous": Kind(
        "ASM020", "error",
        "{name}有两个不同的值“{given}”与“{other}”，未计入",
        "{name_en} has two different values, “{given}” and “{other}”; not counted",
    ),
    "form-unreadable": Kind("ASM021", "error", "无法读取：{reason}", "cannot be read: {reason}"),
    "form-unidentified": Kind(
        "ASM022", "error",
        "表中没有版次标识，无法确认属于哪一份评价表",
        "nothing in the form says which rubric and revision it is of",
    ),
    "row-unread": Kind("ASM023", "warning", "{given} 未能读入：{reason}", "{given} could not be read: {reason}"),
    "sum-error": Kind(
        "SCR001", "error",
        "分值汇总有误：{given} 的表上总评为 {stated}，重算为 {value}",
        "sum error: {given} shows {stated}, recomputed {value}",
    ),
    "range-error": Kind(
        "SCR002", "error",
        "分项评分超出评分标准范围：{name}，{given} 评 {value}，范围 {low} 至 {maximum}",
        "score outside its range: {name_en}, {given} gave {value}, range {low} to {maximum}",
    ),
    "objective-differs": Kind(
        "SCR003", "error",
        "客观项评分不一致：{name}，各评价人评 {values}",
        "assessors differ on an objective criterion: {name_en}, {values}",
    ),
    "score-outlier": Kind(
        "SCR004", "warning",
        "评分畸高或畸低：{name}，{given} 评 {value}，其余评价人的中位数为 {median}；请书面说明理由，分数未改动",
        "outlier: {name_en}, {given} gave {value}, the median of the others is {median}; a written reason is due, nothing was changed",
    ),
    "veto-differs": Kind(
        "SCR005", "warning",
        "一票否决第 {number} 项：有人勾选、有人未勾选",
        "veto {number}: ticked by some assessors and not by others",
    ),
}  # fmt: skip
"""Rule name → kind."""

FOREIGN = ("foreign-revision", "digest-mismatch")
"""Of a form that belongs to another notice or revision: it is refused."""


LONGEST = 200
"""Characters of a value shown in a message: what was typed may fill a page; the whole of it stays in the evidence."""


def _line(fact: object) -> object:
    """A fact as it is shown: on one line, so that no value can look like a message of its own."""
    if not isinstance(fact, str):
        return fact
    text = fact if fact.isprintable() else " ".join(fact.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def problem(
    rule: str, annex: int, where: str, at: Provenance | tuple[Provenance, ...] | None = None, **facts: object
) -> Finding:
    """The finding for one case. `facts` fill the messages; `name_en` defaults to `where`.

    The fingerprint rests on the rule, the place and the facts, never on a row or page.
    """
    kind = KINDS[rule]
    words = {"name": where, "name_en": where, "hint": "", "hint_en": ""} | {k: _line(v) for k, v in facts.items()}
    evidence = at if isinstance(at, tuple) else (at,) if at is not None else ()
    basis = "\0".join([rule, where, *(f"{k}={facts[k]}" for k in sorted(facts))])
    return Finding(
        code=kind.code,
        rule=rule,
        severity=kind.severity,
        status="proved",
        annex=annex,
        where=where,
        message=kind.zh.format(**words),
        message_en=kind.en.format(**words),
        evidence=evidence,
        fingerprint="form/v1:" + sha256(basis.encode()).hexdigest()[:20],
    )
