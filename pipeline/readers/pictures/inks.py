"""Two inks in a picture without colours: print, and what is lighter over it (a copied seal, a pencil, a pen's tick)."""

from __future__ import annotations

import cv2
import numpy as np

INK = 200
"""Brightness (paper 255) below which a pixel is ink."""

APART = 50
"""Brightness by which the lighter ink is lighter than print."""

REACH = 5
"""Ink with nothing darker in a square of so many pixels is none of a dark stroke's soft edge."""

LEAST = 40
"""Pixels of each ink: fewer are specks."""

Image = np.ndarray


def below_lighter(image: Image) -> Image | None:
    """A grey picture of a few characters without the lighter ink, its print made as strong as before; None when all its ink
    is of one tone."""
    ink = image < INK
    if int(ink.sum()) < 2 * LEAST:
        return None
    print_ = float(np.percentile(image[ink], 5))
    darkest = cv2.erode(image, np.ones((REACH, REACH), np.uint8))
    lighter = ink & (darkest > print_ + APART)
    if int(lighter.sum()) < LEAST or int((image < print_ + APART / 2).sum()) < LEAST:
        return None
    tone = float(np.median(image[lighter]))
    edge = (print_ + min(tone, float(np.percentile(image[lighter], 10)))) / 2
    return np.clip((image.astype(np.float32) - print_) * 255 / max(edge - print_, 1), 0, 255).astype(np.uint8)
