# The README's two commands are `make demo` and `make test`; both work in a fresh clone.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint types lock clean help

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-6s %s\n", $$1, $$2}' Makefile

demo: $(READY) ## Load content/ into Wagtail, export it, build every site and serve it all (ARGS=--no-serve stops after the build)
	@$(BIN)/unionpress demo $(ARGS)

test: $(READY) ## Run every test, browser tests included where a Chromium is found
	@scratch=$$(sh tools/scratch.sh) && trap 'rm -rf "$$scratch"' EXIT INT TERM && \
	  TMPDIR="$$scratch" $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 \
	  --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(READY) ## Check style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(READY) ## Check types
	@$(BIN)/mypy site_builder cms

lock: ## Compile requirements.lock from pyproject.toml (needs uv)
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 \
	  --all-extras --quiet pyproject.toml -o requirements.lock

clean: ## Remove the virtual environment and all runtime data
	rm -rf $(VENV) var

$(READY): requirements.lock pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh tools/setup.sh
	@touch $@
