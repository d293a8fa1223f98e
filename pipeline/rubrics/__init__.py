"""The tables of a document as rubrics as printed: parts joined, columns and rows told by role, criteria collected. Nothing is corrected here."""
