"""Findings of a reading: the rules are run (audit), and what they find is set as lines and SARIF (findings_out) and as the audit page
(audit_page, with its words and its pictures of pages)."""
