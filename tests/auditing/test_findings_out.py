"""Text, JSON, SARIF, GitHub annotations of one reading with all kinds of findings."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

from pipeline import schemas
from pipeline.auditing.audit import audit
from pipeline.auditing.findings_out import kind_of, render
from pipeline.errors import UsageError
from pipeline.findings import Waiver
from pipeline.model import AnnexEntry, Resolution
from pipeline.rules import RULES
from tests.builders import annexes, at, notice_of, reading_of, rubric_of

SARIF = json.loads((Path(__file__).resolve().parents[1] / "data" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
TABLE = """
    项目         | 序号 | 评价内容   | 评价分值
    应急（10分） | 1    | 编制预案。 | 4
                 | 2*   | 监测预警。 | 2*
                 | 3    | 组织演练。 | 4
    服务（6分）  | 4    | 热情服务。 | 5
    总评         |      |            | 15
"""


@pytest.fixture
def reading():
    rubric = replace(rubric_of(TABLE), resolution=Resolution("undecidable", 20, 3, decide_by=("第4条分值格",)))
    titles = (AnnexEntry(1, "评价表甲", at("评价表甲", line=9, span=(0, 4))),)
    whole = reading_of(rubric, notice=notice_of(annexes=annexes("评价表乙"), annex_titles=titles))
    findings = audit(whole)
    first = replace(findings[0], waiver=Waiver("王某", "已核对", "2023-05-06"))
    return replace(whole, findings=(first, *findings[1:]))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_has_one_line_a_finding(reading, lang):
    lines = render(reading, "text", lang, "dir/notice.docx").splitlines()
    assert len(lines) == len(reading.findings)
    shape = re.compile(r"dir/notice\.docx:[a-z][^ ]*: [A-Z]{3}\d{3} [a-z-]+ .+")
    assert all(shape.fullmatch(line) for line in lines)


def test_json_is_an_array_by_the_published_schema(reading):
    data = json.loads(render(reading, "json", "zh", "notice.docx"))
    assert len(data) == len(reading.findings)
    jsonschema.Draft202012Validator(json.loads(schemas.text("findings"))).validate(data)


def test_sarif_has_what_the_standard_asks_for(reading):
    log = json.loads(render(reading, "sarif", "en", "my notice.docx"))
    (run,) = log["runs"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == sorted(r.code for r in RULES.values())
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] in ("fail", "open", "review", "informational")
        assert (result["level"] == "none") == (result["kind"] != "fail"), "SARIF 3.27.10"
        assert result["message"]["text"]
        assert result["fingerprints"]
        for place in [*result["locations"], *result.get("relatedLocations", [])]:
            physical = place["physicalLocation"]
            assert physical["artifactLocation"] == {"index": 0, "uri": "my%20notice.docx"}
            assert physical.get("region", {"startLine": 1})["startLine"] >= 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sarif_is_valid_by_the_standards_schema(reading, lang):
    log = json.loads(render(reading, "sarif", lang, "目录/my notice.txt"))
    jsonschema.Draft4Validator.check_schema(SARIF)
    jsonschema.Draft4Validator(SARIF).validate(log)


def test_the_schema_would_notice():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SARIF).validate({"version": "2.1.0", "runs": [{"tool": {}}]})


RENUMBERED = TABLE.replace("| 1    |", "| 11   |").replace("| 2*   |", "| 12*  |").replace("| 3    |", "| 13   |").replace("| 4    |", "| 14   |")


def test_fingerprints_survive_renumbering_and_not_rewording():
    before, renumbered, reworded = (
        {(f.rule, f.fingerprint) for f in audit(reading_of(rubric_of(t)))}
        for t in (TABLE, RENUMBERED, TABLE.replace("编制预案", "修订预案"))
    )
    assert len(before) >= 3
    assert before - renumbered == set()
    assert before - reworded != set()


def test_what_is_undecidable_is_open_and_what_is_waived_is_suppressed(reading):
    (run,) = json.loads(render(reading, "sarif", "zh", "notice.docx"))["runs"]
    by_rule = {r["ruleId"]: r for r in run["results"]}
    assert by_rule["RUB004"]["kind"] == "open"
    assert by_rule["RUB001"]["kind"] == "fail"
    assert run["results"][0]["suppressions"][0]["justification"].endswith("已核对")
    assert {kind_of(f) for f in reading.findings} >= {"fail", "open"}


def test_text_sources_give_regions(reading):
    (run,) = json.loads(render(reading, "sarif", "zh", "notice.txt"))["runs"]
    result = next(r for r in run["results"] if r["ruleId"] == "DOC007")
    regions = [p["physicalLocation"]["region"] for p in [*result["locations"], *result["relatedLocations"]]]
    assert {"startLine": 9, "startColumn": 1, "endColumn": 5, "snippet": {"text": "评价表甲"}} in regions


def test_github_annotations_escape_and_skip_what_is_waived(reading):
    lines = render(reading, "github", "zh", "a,b.txt").splitlines()
    assert len(lines) == len(reading.findings) - 1
    assert all(re.fullmatch(r"::(error|warning|notice) file=a%2Cb\.txt,.*title=[A-Z]{3}\d{3} [a-z-]+::.+", x) for x in lines)


def test_an_unknown_format_is_refused(reading):
    with pytest.raises(UsageError):
        render(reading, "xml", "zh", "x")
