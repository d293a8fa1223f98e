"""Every rule is documented, has a hit and a case to leave alone, and stands in the catalogue."""

import re
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.model import Notice, Reading, Source
from pipeline.rules import RULES, find
from pipeline.rules.pages import CATALOGUE, catalogue, explain
from pipeline.rules.registry import PARTS, Rule, rule, shared

CONTRACT = """serial-gap serial-duplicate serial-order section-unlabelled section-label-displaced section-sum-mismatch total-mismatch
criterion-without-points band-gap band-overlap annex-title-mismatch annex-missing outline-gap section-not-in-sheet
section-not-in-body duplicate-criterion wording-drift text-slip foreign-text personal-data missing-element header-damaged
veto-without-outcome decision-stale no-rubric low-confidence""".split()  # noqa: SIM905
TESTS = "\n".join(p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("test_*.py"))


def test_the_contracts_names_are_all_there():
    assert set(CONTRACT) <= set(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_has_a_page_a_hit_and_a_case_to_leave_alone(name):
    assert set(RULES[name].page) == set(PARTS)
    assert re.search(r"[\u4e00-\u9fff]", RULES[name].page["中文"])
    stem = name.replace("-", "_")
    for suffix in ("hits", "leaves_alone"):
        assert f"def test_{stem}_{suffix}(" in TESTS, f"no test_{stem}_{suffix}"


def test_codes_are_unique():
    assert len({r.code for r in RULES.values()}) == len(RULES)


def test_the_catalogue_is_fresh():
    assert CATALOGUE.read_text(encoding="utf-8") == catalogue(), "run `make rules`"


@pytest.mark.parametrize("key", ["RUB001", "rub001", "serial-gap"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explain_prints_the_page(key, lang):
    text = explain(key, lang)
    assert all(word in text for word in ("RUB001", "serial-gap", "**Bad**", "**Good**", "DA/T 70"))


def test_explain_without_a_name_lists_every_rule():
    assert all(r.code in explain(None, "en") and r.title in explain(None, "zh") for r in RULES.values())


def test_an_unknown_rule_is_refused():
    with pytest.raises(UsageError):
        find("no-such-rule")


@pytest.mark.parametrize("missing", ["Why: a\n", "**Bad**\n    x\n", "中文: 甲\n"])
def test_an_incomplete_page_is_refused(missing):
    whole = "One line.\n\nWhat: a\nWhy: a\n**Bad**\n    x\n**Good**\n    y\nRepair: none\nLimits: none\n中文: 甲\n"

    def check(reading):
        yield from ()

    check.__doc__ = whole.replace(missing, "")
    with pytest.raises(ValueError, match="lacks"):
        _ = Rule("ZZZ999", "incomplete", "无", "note", "无", check).page


def test_the_registry_refuses_a_doubled_code():
    def check(reading):
        yield from ()

    with pytest.raises(ValueError, match="twice"):
        rule(code="RUB001", name="another", severity="note", title="无", clause="无")(check)


def test_what_rules_share_is_asked_once_a_reading():
    asked = []
    question = shared(lambda reading: asked.append(reading) or len(asked))
    one, two = (Reading(Source("a", "", "text/plain", "text", 1), Notice()) for _ in range(2))
    assert [question(r) for r in (one, one, two, two, one)] == [1, 1, 2, 2, 3]
