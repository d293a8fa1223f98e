"""A form filled and saved by pdf.js comes back. Needs node and pdfjs-dist (`npm install pdfjs-dist@5`, then name its
legacy/build/pdf.mjs in the variable PDFJS)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.formats import pdf
from tests.returns.filled import random_values, read_back, scores_of, sheet

SCRIPT = Path(__file__).resolve().parents[1] / "support" / "fill_by_pdfjs.mjs"
PDFJS = os.environ.get("PDFJS", "")


@pytest.mark.skipif(shutil.which("node") is None or not Path(PDFJS).is_file(), reason="node or pdfjs-dist is absent (variable PDFJS)")
def test_a_form_saved_by_pdfjs(tmp_path):
    values = random_values(2, seed=5) | {"annex_2_veto_2": "Yes", "annex_2_assessee": "示例王堃喆公司"}
    (tmp_path / "in.pdf").write_bytes(pdf.render(sheet(2)))
    (tmp_path / "v.json").write_text(json.dumps(values), encoding="utf-8")
    subprocess.run(["node", str(SCRIPT), PDFJS, "in.pdf", "out.pdf", "v.json"], cwd=tmp_path, check=True, timeout=60, capture_output=True)
    back = read_back(tmp_path, "back.pdf", (tmp_path / "out.pdf").read_bytes())
    assert scores_of(back) == {line.key: values[line.key] for line in sheet(2).lines()}
    assert (back.assessee, back.vetoes["2"], back.findings) == ("示例王堃喆公司", True, ())
