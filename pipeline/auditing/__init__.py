"""Findings of a reading: the rules are run, and what they find is set as lines, SARIF, audit page and errata sheet."""
