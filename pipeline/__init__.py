"""Reads official Chinese notices whose annexes are scoring rubrics; proves, audits, renders, collects, scores.

source → document → notice + tables → rubrics → findings → decisions → forms · assessments · scorecards → reports
"""
