"""Filled forms as assessments, and assessments as scorecards."""
