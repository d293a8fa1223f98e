"""The rules, one file a topic. Importing this package registers all of them."""

from pipeline.rules import (
    annexes,
    cells,
    document,
    grading,
    numbering,
    points,
    privacy,
    reading,
    sections,
    wording,
    writing,
)  # isort: skip
from pipeline.rules.registry import RULES, Hit, Rule, find

__all__ = [
    "RULES", "Hit", "Rule", "annexes", "cells", "document", "find", "grading", "numbering", "points", "privacy", "reading", "sections",
    "wording", "writing",
]  # fmt: skip
