"""Agreement among assessors: Krippendorff's alpha over score / maximum, as interval data. Information, never a score."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import krippendorff
import numpy


def alpha(shares: Sequence[Sequence[float | None]]) -> tuple[Decimal | None, str | None]:
    """Alpha rounded to three places of assessors' rows of shares (0..1, None: no value), or None with the remark why."""
    data = numpy.array([[numpy.nan if v is None else v for v in row] for row in shares], dtype=float)
    pairable = (~numpy.isnan(data)).sum(axis=0) >= 2
    if data.shape[0] < 2 or not pairable.any():
        return None, "不足两人评同一项"
    values = data[:, pairable]
    if numpy.nanmax(values) == numpy.nanmin(values):
        return None, "各项评分没有差异，系数无意义"
    value = float(krippendorff.alpha(reliability_data=values, level_of_measurement="interval"))
    return (None, "系数无法计算") if numpy.isnan(value) else (Decimal(f"{value:.3f}"), None)
