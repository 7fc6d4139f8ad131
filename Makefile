# Two commands do everything on a fresh machine: `make demo` and `make test`.
.PHONY: install demo test chaos check lock assets messages
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(PATH):$(CURDIR)/$(BIN)

install: $(VENV)/.installed node_modules/.installed dashboards/static/vendor/.built

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: install
	$(BIN)/vicino demo

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check
	$(BIN)/pytest --numprocesses 2

# Real processes, killed, frozen and cut off while homes publish (docs/operations/chaos.md). `make chaos ONLY="kill-ingest"`.
chaos: install
	$(BIN)/python -m tests.chaos $(addprefix --only ,$(ONLY))

lock:
	uv pip compile --generate-hashes --all-extras --no-header --no-emit-index-url --python-version 3.11 --universal --output-file requirements.lock pyproject.toml

# Collects the texts for people into the catalogues; new ones come untranslated, and a test refuses those.
messages:
	mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k mark -k _ -k ngettext:1,2 --no-location --sort-output --omit-header -o build/vicino.pot .
	$(BIN)/pybabel -q update -i build/vicino.pot -d core/locale -D vicino --no-fuzzy-matching --ignore-obsolete --omit-header

# Styles, icons, typeface and scripts of the pages, from npm by the lock file.
assets: dashboards/static/vendor/.built

# Where Node is not installed, it comes from PyPI into the virtual environment.
$(VENV)/.node: $(VENV)/.installed requirements-node.lock
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-node.lock
	touch $@

node_modules/.installed: package.json package-lock.json .npmrc $(VENV)/.node
	npm ci --ignore-scripts --no-progress --loglevel=error
	touch $@

dashboards/static/vendor/.built: node_modules/.installed $(shell find dashboards/assets -type f)
	node dashboards/assets/build.mjs
