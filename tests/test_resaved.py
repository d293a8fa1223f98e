"""A notice that an office suite saves in another format says the same: values and findings, whatever the fonts and pages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import pipeline
from pipeline.model import Reading

NOTICE = Path(__file__).resolve().parents[1] / "sources" / "zaozhuang-gas-2021-42" / "notice.docx"

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="no office suite (make setup-system)")


def said(reading: Reading) -> tuple[object, ...]:
    """Titles, totals, sections with their criteria, and findings with their places in the rubrics."""
    rubrics = [
        (r.title, r.stated_total, [(s.label, s.stated_points, [(c.number, c.text, c.max_points) for c in s.criteria]) for s in r.sections])
        for r in reading.rubrics
    ]
    return rubrics, sorted((f.code, f.where, f.status) for f in reading.findings)


@pytest.mark.parametrize("kind", ["pdf", "html", "odt"])
def test_a_notice_saved_again(tmp_path, kind):
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(tmp_path), str(NOTICE)], check=True, capture_output=True, timeout=180)
    assert said(pipeline.extract(tmp_path / f"notice.{kind}")) == said(pipeline.extract(NOTICE))
