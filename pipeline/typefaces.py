"""Our own fonts, as files: forms and reports are set in them, and they stand in for fonts that a PDF names and does not hold."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
SERIF = FOLDER / "NotoSerifSC-Regular-gb.ttf"
