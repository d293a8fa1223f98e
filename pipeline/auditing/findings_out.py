"""Findings as text lines, JSON, SARIF 2.1.0 and GitHub annotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pipeline.auditing.audit import FINGERPRINT_VERSION
from pipeline.errors import UsageError
from pipeline.findings import Finding
from pipeline.model import Reading
from pipeline.plain import to_plain
from pipeline.provenance import Provenance
from pipeline.rules import RULES, Rule
from pipeline.rules.pages import page
from pipeline.serialize import dumps

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
WAIVED = {"zh": "已豁免", "en": "waived"}


def render(reading: Reading, form: str, lang: str, path: str) -> str:
    """The reading's findings in one of the formats text, json, sarif, github; `path` is the name shown for the source.

    Raises UsageError for another format.
    """
    if form == "json":
        return dumps(to_plain(reading.findings))
    if form == "sarif":
        return dumps(sarif(reading, lang, path))
    if form in ("text", "github"):
        line = text_line if form == "text" else github_line
        return "".join(line(f, lang, path) + "\n" for f in reading.findings if form == "text" or f.waiver is None)
    raise UsageError(form, "no such format", "choose text, json, sarif, github or html")


def text_line(finding: Finding, lang: str, path: str) -> str:
    """`path:where: CODE name message`, on one line."""
    waived = f" [{WAIVED[lang]}: {finding.waiver.by}]" if finding.waiver else ""
    line = f"{path}:{finding.where}: {finding.code} {finding.rule} {finding.said(lang)}{waived}"
    return " ".join(line.splitlines())


# ---- GitHub ------------------------------------------------------------------------------------------------------

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def github_line(finding: Finding, lang: str, path: str) -> str:
    """One workflow command; a line and columns where the source has lines."""
    at = next((e for e in finding.evidence if e.line is not None), None)
    fields = {"file": path}
    if at is not None and at.line is not None:
        fields["line"] = str(at.line)
        if at.span is not None:
            fields |= {"col": str(at.span[0] + 1), "endColumn": str(at.span[1] + 1)}
    fields["title"] = f"{finding.code} {finding.rule}"
    shown = ",".join(f"{k}={_escape(v, ':,')}" for k, v in fields.items())
    return f"::{_COMMANDS[finding.severity]} {shown}::{_escape(f'{finding.where}: {finding.said(lang)}')}"


def _escape(text: str, more: str = "") -> str:
    for char in "%\r\n" + more:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


# ---- SARIF -------------------------------------------------------------------------------------------------------


def sarif(reading: Reading, lang: str, path: str) -> dict[str, Any]:
    """One SARIF log of one run. What is undecidable is `open`, what a person must look at `review`."""
    rules = sorted(RULES.values(), key=lambda r: r.code)
    index = {r.code: n for n, r in enumerate(rules)}
    results = [_result(f, index[f.code], lang) for f in reading.findings if f.code in index]
    driver = {
        "name": "notice-rubrics",
        "semanticVersion": "1.0.0",
        "rules": [_descriptor(r, lang) for r in rules],
    }
    artifact = {"location": {"uri": _uri(path)}, "hashes": {"sha-256": reading.source.sha256}, "mimeType": reading.source.media_type}
    run = {
        "tool": {"driver": driver},
        "artifacts": [artifact],
        "columnKind": "unicodeCodePoints",
        "language": "zh-CN" if lang == "zh" else "en-US",
        "results": [_with_uri(r, path) for r in results],
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _uri(path: str) -> str:
    return quote(path.replace("\\", "/"), safe="/:")


def _descriptor(rule: Rule, lang: str) -> dict[str, Any]:
    name = "".join(part.capitalize() for part in rule.name.split("-"))
    text = page(rule, lang)
    return {
        "id": rule.code,
        "name": name,
        "shortDescription": {"text": rule.title if lang == "zh" else rule.summary},
        "fullDescription": {"text": rule.page["中文"] if lang == "zh" else rule.page["What"]},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"rule": rule.name, "clause": rule.clause},
    }


def kind_of(finding: Finding) -> str:
    """SARIF's kind: fail is never a guess."""
    if finding.status == "undecidable":
        return "open"
    if finding.status == "supported":
        return "review"
    return "informational" if finding.severity == "note" else "fail"


def _result(finding: Finding, index: int, lang: str) -> dict[str, Any]:
    kind = kind_of(finding)
    first, rest = finding.evidence[:1], finding.evidence[1:]
    properties: dict[str, Any] = {"severity": finding.severity, "status": finding.status, "annex": finding.annex, "where": finding.where}
    if finding.proof is not None:
        properties["proof"] = to_plain(finding.proof)
    if finding.repair is not None:
        properties["repairs"] = to_plain((finding.repair, *finding.suggestions))
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "kind": kind,
        "level": finding.severity if kind == "fail" else "none",
        "message": {"text": finding.said(lang)},
        "locations": [_location(first[0] if first else None, finding.where)],
        "fingerprints": {FINGERPRINT_VERSION: finding.fingerprint},
        "partialFingerprints": {FINGERPRINT_VERSION: finding.fingerprint},
        "properties": properties,
    }
    if rest:
        result["relatedLocations"] = [{"id": n, **_location(at, None)} for n, at in enumerate(rest, start=1)]
    if finding.waiver is not None:
        reason = f"{finding.waiver.by} {finding.waiver.date}: {finding.waiver.reason}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _location(at: Provenance | None, where: str | None) -> dict[str, Any]:
    """Lines become regions; pages and paths, which SARIF has no place for, are told in the location's message."""
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"index": 0}}}
    if at is not None and at.line is not None:
        region: dict[str, Any] = {"startLine": at.line, "snippet": {"text": at.quote}}
        if at.span is not None:
            region |= {"startColumn": at.span[0] + 1, "endColumn": at.span[1] + 1}
        location["physicalLocation"]["region"] = region
    elif at is not None:
        location["message"] = {"text": f"{at.place()}: {at.quote}"}
        location["properties"] = to_plain(at)
    if where is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": where, "kind": "member"}]
    return location


def _with_uri(result: dict[str, Any], path: str) -> dict[str, Any]:
    places: Sequence[dict[str, Any]] = [*result["locations"], *result.get("relatedLocations", ())]
    for place in places:
        place["physicalLocation"]["artifactLocation"]["uri"] = _uri(path)
    return result
