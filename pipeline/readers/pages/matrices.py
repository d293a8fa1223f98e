"""Matrices that carry points from one space of a page to another: a b c d e f, as PDF and OFD write them."""

from __future__ import annotations

import math

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


def times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def moved(m: Matrix, x: float, y: float) -> tuple[float, float]:
    """A point through a matrix."""
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def turned(degrees: float, x: float, y: float) -> Matrix:
    """A space turned clockwise (y down) about a point, which becomes its origin.

    >>> moved(turned(0, 3, 4), 1, 0), [round(v, 6) for v in moved(turned(90, 3, 4), 1, 0)]
    ((4.0, 4.0), [3.0, 5.0])
    """
    c, s = (math.cos(math.radians(degrees)), math.sin(math.radians(degrees))) if degrees else (1.0, 0.0)
    return c, s, -s, c, float(x), float(y)


def upright(turns: int, width: float, height: float) -> Matrix:
    """What sets a page of this size upright whose text is turned so many quarters clockwise.

    >>> moved(upright(1, 210, 297), 210, 0), moved(upright(3, 210, 297), 0, 297), moved(upright(2, 210, 297), 210, 297)
    ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
    """
    return (
        (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        (0.0, -1.0, 1.0, 0.0, 0.0, width),
        (-1.0, 0.0, 0.0, -1.0, width, height),
        (0.0, 1.0, -1.0, 0.0, height, 0.0),
    )[turns % 4]
