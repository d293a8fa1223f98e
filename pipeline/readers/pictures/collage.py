"""Pictures laid on a white page where the page shows them, for OCR of the page as one picture."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

Place = tuple[float, float, float, float, float, float]
"""What lays a unit square (y down) on the page in points."""


def lay_out(pictures: Sequence[tuple[np.ndarray, Place]], width: float, height: float, most: float) -> np.ndarray:
    """RGB pixels of a page of this size in points, as fine as its finest picture, no side of more than `most` pixels."""
    scale = min(max(_fineness(image, place) for image, place in pictures), most / max(width, height, 1.0))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    page = np.full((size[1], size[0], 3), 255, np.uint8)
    for image, place in pictures:
        rows, cols = image.shape[:2]
        matrix = scale * np.array([[place[0] / cols, place[2] / rows, place[4]], [place[1] / cols, place[3] / rows, place[5]]])
        laid = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR)
        covered = cv2.warpAffine(np.full((rows, cols), 255, np.uint8), matrix, size, flags=cv2.INTER_NEAREST) > 0
        page[covered] = laid[covered]
    return page


def _fineness(image: np.ndarray, place: Place) -> float:
    """Pixels a point."""
    across, down = float(np.hypot(place[0], place[1])), float(np.hypot(place[2], place[3]))
    return max(image.shape[1] / max(across, 1.0), image.shape[0] / max(down, 1.0))
