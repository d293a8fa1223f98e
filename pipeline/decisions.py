"""A person's decisions: kept in `decisions.yaml` beside the source, bound to the old value and the source, applied as
`confirmed`, questioned when the old value is gone.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import yaml
from msgspec.structs import asdict, replace

from pipeline import rx as regex
from pipeline import yamltext
from pipeline.auditing.audit import audit, ids_in
from pipeline.errors import InputError, UsageError, reason
from pipeline.findings import Repair
from pipeline.model import Decision, Reading
from pipeline.repair import confirm_whole, suggestions, value_at, with_value
from pipeline.serialize import write_whole

HEADER = """# Decisions on this notice, each with name, date and reason. Written by `notice decide`; may be edited by hand.
# A decision holds as long as its `expected` old value stands in the source.
"""
DATE = regex.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
ACTIONS = ("accept", "reject", "set", "waive")


def load(path: Path) -> tuple[Decision, ...]:
    """The decisions of a file; none when there is no file. Raises InputError naming the entry that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read ({reason(error)})", "check the file") from None
    data = yamltext.parse(text, str(path))[1] or {}
    if not isinstance(data, dict) or not isinstance(data.get("decisions", []), list):
        raise InputError(str(path), "has no list `decisions`", "mend the file")
    return tuple(_decision(entry, f"{path}: decision {n}") for n, entry in enumerate(data.get("decisions", []), start=1))


def _decision(entry: object, where: str) -> Decision:
    names = set(Decision.__struct_fields__)
    if not isinstance(entry, dict) or set(entry) - names:
        raise InputError(where, "is no decision, or has an unknown key", f"use the keys {', '.join(sorted(names))}")
    nested = next((k for k, v in entry.items() if isinstance(v, (list, dict, set, bytes))), None)
    if nested:
        raise InputError(where, f"{nested} is no text", "put it in quotes")
    values = {k: None if v is None else str(v) for k, v in entry.items()}
    missing = [k for k in ("action", "target", "by", "date", "reason", "source_sha256") if not values.get(k)]
    if missing or values["action"] not in ACTIONS:
        raise InputError(where, f"lacks {', '.join(missing) or 'a known action'}", "complete it, or drop the entry")
    values.setdefault("value", None)
    values.setdefault("expected", None)
    values["id"] = values.get("id") or _id(str(values["action"]), str(values["target"]), values["value"])
    values["status"] = "valid"
    return Decision(**values)  # type: ignore[arg-type]


def save(path: Path, decisions: Sequence[Decision]) -> None:
    """Write all decisions, whole or not at all."""
    entries = [{k: v for k, v in asdict(d).items() if k != "status"} for d in decisions]
    write_whole(path, HEADER + yaml.safe_dump({"decisions": entries}, allow_unicode=True, sort_keys=True, width=100))


def _is_date(text: str) -> bool:
    """YYYY-MM-DD, and a day that exists."""
    try:
        return DATE.fullmatch(text) is not None and datetime.date.fromisoformat(text) is not None
    except ValueError:
        return False


def _id(action: str, target: str, value: str | None) -> str:
    return sha256(f"{action}\0{target}\0{value}".encode()).hexdigest()[:12]


def decide(
    reading: Reading, action: str, target: str, value: str | None, by: str, reason: str, date: str, previous: Sequence[Decision] = ()
) -> Decision:
    """A new decision on an undecided reading. Raises UsageError when the target is unknown or something is missing."""
    for name, given in (("--by", by), ("--reason", reason)):
        if not given.strip():
            raise UsageError(f"decide {action}", f"needs {name}", "a decision is signed and has a reason")
    if not _is_date(date):
        raise UsageError(f"decide {action}", f"{date!r} is no date", "give --date YYYY-MM-DD")
    if action == "waive":
        if target not in {f.fingerprint for f in reading.findings}:
            raise UsageError(target, "is no fingerprint of a finding", "list them with `decide EXTRACTED list`")
        value, expected = None, None
    elif action in ("accept", "reject"):
        offered = {s.id: s for s in suggestions(reading)}
        if target not in offered:
            raise UsageError(target, "is no open suggestion", "list them with `decide EXTRACTED list`")
        value, expected = (offered[target].after if action == "accept" else None), offered[target].before
    elif action == "set" and value is not None:
        with_value(reading, target, value)
        kept = next((d for d in reversed(previous) if d.target == target and d.action in ("accept", "set")), None)
        expected = kept.expected if kept else value_at(reading, target)
    else:
        raise UsageError(f"decide {action}", "needs a path and a value", "write `decide EXTRACTED set PATH VALUE`")
    return Decision(_id(action, target, value), action, target, value, expected, by, date, reason, reading.source.sha256)


def says_nothing(decision: Decision, reading: Reading, previous: Sequence[Decision]) -> bool:
    """Whether a value is set that stands there already: no earlier decision to take back, no doubtful reading to confirm."""
    owner = decision.target.rpartition(".")[0]
    doubted = any(f.rule == "low-confidence" and owner in ids_in(f.where) for f in reading.findings)
    again = any(d.target == decision.target for d in previous)
    return decision.action == "set" and decision.value == decision.expected and not doubted and not again


def apply(reading: Reading, decisions: Sequence[Decision]) -> Reading:
    """The reading with decisions applied and audited again.

    `reading` is as read and audited, without decisions. Statuses: `valid`; `stale` when the old value or the finding
    is gone; `moot` when the source now says what was decided. A later decision on the same target replaces an earlier one.
    """
    latest = {(d.action == "waive", d.target): d for d in decisions}
    judged: list[Decision] = []
    changed = reading
    for decision in latest.values():
        status = _status(reading, decision)
        judged.append(replace(decision, status=status))
        if status == "valid" and decision.action in ("accept", "set") and decision.value is not None:
            changed = with_value(changed, decision.target, decision.value)
    decided = frozenset(d.target for d in judged if d.status == "valid" and d.action in ("accept", "set"))
    changed = replace(confirm_whole(changed, decided), decisions=tuple(judged))
    return replace(changed, findings=audit(changed))


def _status(reading: Reading, decision: Decision) -> str:
    if decision.action == "waive":
        return "valid" if decision.target in {f.fingerprint for f in reading.findings} else "moot"
    try:
        now = value_at(reading, decision.target)
    except UsageError:
        return "stale"
    if now == decision.expected:
        return "valid"
    return "moot" if now == decision.value else "stale"


def open_suggestions(reading: Reading) -> list[Repair]:
    """The suggestions that nobody accepted or rejected."""
    decided = {d.target for d in reading.decisions if d.status == "valid"}
    return [s for s in suggestions(reading) if s.id not in decided]


def listing(reading: Reading, lang: str) -> str:
    """What can be decided, and what was: one line each."""
    said = {"zh": ("待决建议", "可豁免的发现", "已有决定"), "en": ("open suggestions", "findings that may be waived", "decisions made")}[lang]
    lines = [f"# {said[0]}"]
    lines += [f"{s.id}\t{s.before or '—'} -> {s.after}\t{s.basis}" for s in open_suggestions(reading)]
    lines.append(f"# {said[1]}")
    lines += [
        f"{f.fingerprint}\t{f.severity}\t{f.rule}\t{f.where}\t{f.said(lang)}"
        for f in reading.findings
        if f.waiver is None
    ]
    lines.append(f"# {said[2]}")
    about = {f.fingerprint: f.said(lang) for f in reading.findings}
    for d in reading.decisions:
        value = d.value or about.get(d.target, "")
        lines.append("\t".join((d.id, d.action, d.target, value, d.status, d.by, d.date, d.reason)))
    return "\n".join(lines) + "\n"
