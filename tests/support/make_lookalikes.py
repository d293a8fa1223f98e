"""Make pipeline/data/lookalikes.tsv: pairs of common characters whose printed shapes nearly coincide.

Characters: GB 2312 level 1 (3,755, from the standard's code rows 16-55). Shapes: Noto Serif SC Regular (SIL Open Font
License 1.1, from the wheel pylopdf-fonts-zh-cn), drawn at 48 px, blurred by one pixel, compared by correlation.
Usage: python tests/support/make_lookalikes.py   (about a minute, 600 MB)
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE, LEVEL = 48, 0.80
TARGET = Path(__file__).parents[2] / "pipeline" / "data" / "lookalikes.tsv"
HEAD = """\
# Pairs of common Chinese characters whose printed shapes nearly coincide; made by tests/support/make_lookalikes.py.
# Shapes: Noto Serif SC Regular, Copyright 2017-2022 Adobe (http://www.adobe.com/), SIL Open Font License 1.1
# (https://openfontlicense.org). Characters: GB 2312 level 1. Columns: pair, correlation of the drawn shapes.
"""


def common_characters() -> list[str]:
    """GB 2312 level 1."""
    codes = [bytes((row + 0xA0, cell + 0xA0)) for row in range(16, 56) for cell in range(1, 95)]
    return [c.decode("gb2312") for c in codes if not (c[0] == 0xD7 and c[1] > 0xF9)]


def draw(char: str, font: ImageFont.FreeTypeFont) -> np.ndarray:
    """One character as a vector of length 1 around 0."""
    image = Image.new("L", (SIZE + 8, SIZE + 8), 0)
    ImageDraw.Draw(image).text((4, -4), char, 255, font=font)
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(1.2)), dtype=np.float32).ravel()
    pixels -= pixels.mean()
    return pixels / np.linalg.norm(pixels)


def main() -> None:
    font = ImageFont.truetype(str(Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSerifSC-Regular.otf"), SIZE)
    characters = common_characters()
    shapes = np.stack([draw(c, font) for c in characters])
    likeness = shapes @ shapes.T
    rows = []
    for i, j in zip(*np.where(np.triu(likeness, 1) >= LEVEL), strict=True):
        rows.append((float(likeness[i, j]), "".join(sorted(characters[i] + characters[j]))))
    rows.sort(key=lambda r: (-round(r[0], 2), r[1]))
    TARGET.write_text(HEAD + "".join(f"{pair}\t{value:.2f}\n" for value, pair in rows), encoding="utf-8")
    print(len(rows), "pairs")


if __name__ == "__main__":
    main()
