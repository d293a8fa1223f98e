"""The package as a library: the verbs as functions, paths as text or Path, the command line's results, nothing printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pipeline
from pipeline import cli, errors
from tests.support.small import notice_text

POLICY = "rounding: {mode: half-up, digits: 1, stage: final}\nnot_applicable: full\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    (folder / "notice.txt").write_text(notice_text(), encoding="utf-8")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    cli.main(["extract", str(folder / "notice.txt"), "-o", str(folder / "notice.json")])
    return folder


@pytest.mark.parametrize("kind", [str, Path])
def test_every_verb_takes_a_path_of_either_kind_and_prints_nothing(place, tmp_path, capsys, kind):
    source, policy = kind(place / "notice.txt"), kind(place / "policy.yaml")
    reading = pipeline.extract(source)
    assert reading.to_json() == json.loads((place / "notice.json").read_text(encoding="utf-8"))
    assert pipeline.audit(source) == pipeline.audit(reading) == reading.findings
    assert pipeline.diff(source, reading).to_json()["changes"] == []
    form = next(p for p in pipeline.forms(source, kind(tmp_path), [1], ["xlsx"], policy=policy) if p.suffix == ".xlsx")
    (one,) = pipeline.collect(kind(form), source)
    assert pipeline.collect([kind(form)], reading) == (one,)
    (tmp_path / "a.json").write_text(json.dumps(one.to_json()), encoding="utf-8")
    (card,) = pipeline.score(kind(tmp_path / "a.json"), source, policy)
    assert pipeline.score([one], reading, policy) == (card,)
    assert (card.policy.not_applicable, card.complete) == ("full", False)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_errors_are_the_packages_own(place, tmp_path):
    with pytest.raises(errors.InputError):
        pipeline.extract(str(tmp_path / "absent.pdf"))
    with pytest.raises(errors.UsageError):
        pipeline.forms(place / "notice.txt", tmp_path, edition="draft", formats=["odt"])
    with pytest.raises(errors.PipelineError):
        pipeline.score([], place / "notice.txt")
