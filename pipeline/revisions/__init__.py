"""Revisions of a notice: where a file that came in belongs (cards, identity, intake), what changed (matching, comparison), what becomes
of ids, decisions and scores (inheritance, carryover, remapping), and how that is set for people (…_out, synopsis, tracked, errata)."""
