# One way in for people and machines. `make` alone prints what there is.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
k ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-system run test check lint format types rules bench fuzz facsimile clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

setup: $(STAMP) ## make .venv and install what is pinned

$(STAMP): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat -e '.[ocr,test]'
	$(BIN)/python -m compileall -q pipeline
	$(BIN)/python -m pipeline.rx
	@touch $(STAMP)

setup-system: ## system programs that some formats and tests want (Debian, as root): office suite, browser, poppler, fonts
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends libreoffice-writer libreoffice-calc chromium poppler-utils fonts-noto-cjk

run: $(STAMP) ## the main job: sources/ -> extracted/ -> reports/; only what changed
	$(BIN)/python -m pipeline run

test: $(STAMP) check ## all tests, on every processor (make test k=NAME for some)
	$(BIN)/python -m pytest -n auto --dist worksteal $(if $(k),-k '$(k)')

check: $(STAMP) lint types ## linter and types

lint: $(STAMP) ## ruff
	$(BIN)/ruff check pipeline tests benchmarks

types: $(STAMP) ## mypy
	$(BIN)/mypy

format: $(STAMP) ## sort imports, mend what ruff can mend
	$(BIN)/ruff check --fix pipeline tests benchmarks

rules: $(STAMP) ## write the rule catalogue anew
	$(BIN)/python -m pipeline.rules

bench: $(STAMP) ## every benchmark, printed (EXAMPLES=folder SCANS=folder for those that want documents)
	for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

fuzz: $(STAMP) ## some minutes of mutated inputs against the readers
	$(BIN)/python -m tests.support.fuzz --seconds 300

facsimile: $(STAMP) ## set the DOCX and PDF of the first notice anew from its transcription (needs LibreOffice)
	$(BIN)/python -m tests.support.typeset_notice

clean: ## drop what is rendered
	find reports -mindepth 1 -maxdepth 1 ! -name pictures ! -name .gitignore -exec rm -rf {} +
