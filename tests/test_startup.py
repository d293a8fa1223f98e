"""The command line starts light: no verb that needs no reader or renderer loads one."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("cv2", "rapidocr", "onnxruntime", "typst", "pikepdf", "docx", "pdfplumber", "numpy", "krippendorff", "pypdfium2")


@pytest.mark.parametrize("code", ["import pipeline", "from pipeline.cli import main; main(['explain', 'serial-gap'])"])
def test_no_heavy_module_is_loaded(code):
    probe = f"import sys; {code}; print('LOADED', [m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("LOADED []"), done.stdout[-300:]
