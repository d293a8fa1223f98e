"""Revisions of a notice: where a file that came in belongs, what changed, and what becomes of ids, decisions and scores."""
