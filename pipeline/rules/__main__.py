"""`python -m pipeline.rules`: write the catalogue anew (`make rules`)."""

from pipeline.rules.pages import CATALOGUE, catalogue

CATALOGUE.write_text(catalogue(), encoding="utf-8")
