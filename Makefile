# Two commands do everything on a fresh machine: `make demo` and `make test`.
.PHONY: install demo test chaos fuzz screenshots check lock audit-dependencies assets messages wheel edge-wheels
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
	$(BIN)/pytest --numprocesses 2 --dist worksteal

# Real processes, killed, frozen and cut off while homes publish (docs/operations/chaos.md). `make chaos ONLY="kill-ingest"`.
chaos: install
	$(BIN)/python -m tests.chaos $(addprefix --only ,$(ONLY))

# Any request to the API, and any message to ingest by a real broker and without one, for about half an hour each (outside
# `make test`, which asks for a minute).
fuzz: install
	VICINO_TEST_FUZZ_EXAMPLES=600 $(BIN)/pytest -q tests/integration/dashboards/api/test_any_request.py
	VICINO_TEST_FUZZ_MESSAGES=12000 $(BIN)/pytest -q tests/integration/ingest/test_any_message.py

# Pictures of the pages of a demonstration, into docs/screenshots; takes some minutes.
screenshots: install
	$(BIN)/python -m tests.screenshots

lock:
	uv pip compile --generate-hashes --all-extras --no-header --no-emit-index-url --python-version 3.11 --universal --output-file requirements.lock pyproject.toml
	uv pip compile --generate-hashes --extra gateway --no-header --no-emit-index-url --python-version 3.11 --universal --constraint requirements.lock --output-file requirements-gateway.lock pyproject.toml
	uv pip compile --generate-hashes --extra service --extra apprise --extra cluster --extra research --extra image --no-header --no-emit-index-url --python-version 3.11 --universal --constraint requirements.lock --output-file requirements-service.lock pyproject.toml

# Whether something is known to be wrong with what is locked: asks PyPI and npm, or looks into copies of lists of advisories
# where they are named: `make audit-dependencies ADVISORIES="FOLDER ..."` (CONTRIBUTING.md).
audit-dependencies: install
ifdef ADVISORIES
	$(BIN)/python -m tests.advisories $(ADVISORIES)
else
	for lock in requirements*.lock; do \
	  $(BIN)/uv tool run pip-audit@2.10.1 --strict --require-hashes --disable-pip --requirement $$lock || exit 1; \
	done
	npm audit
endif

# The project as one wheel, with the version of pyproject.toml. Nothing is downloaded.
wheel: $(VENV)/.installed
	rm -rf build/wheel build/lib && mkdir -p build/wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir build/wheel .

# What a gateway needs beside it, for 64-bit ARM, as requirements-gateway.lock pins it (docs/operations/edge.md). The sums
# are kept, so that a test can tell without a network that every pin has such a wheel: run it after each `make lock`.
EDGE_PYTHONS := 3.11 3.13
edge-wheels: $(VENV)/.installed
	rm -rf build/edge && mkdir -p build/edge
	for python in $(EDGE_PYTHONS); do \
	  $(BIN)/python -m pip download --quiet --require-hashes --no-deps --only-binary=:all: --dest build/edge/$$python \
	    --platform manylinux2014_aarch64 --platform manylinux_2_28_aarch64 --python-version $$python \
	    --requirement requirements-gateway.lock || exit 1; \
	done
	cd build/edge && sha256sum */*.whl | LC_ALL=C sort -k 2 > ../../requirements-gateway.arm64

# Collects the texts for people into the catalogues; new ones come untranslated, and a test refuses those. The languages of
# family carers get those that a family sees.
EXTRACT := $(BIN)/pybabel -q extract -F babel.cfg -k mark -k _ -k ngettext:1,2 --no-location --sort-output --omit-header
UPDATE := $(BIN)/pybabel -q update -d core/locale -D vicino --no-fuzzy-matching --ignore-obsolete --omit-header
messages:
	mkdir -p build
	$(EXTRACT) -o build/vicino.pot .
	$(UPDATE) -i build/vicino.pot -l it
	$(EXTRACT) -o build/families.pot $$(cat core/locale/families.txt)
	for language in ro uk; do $(UPDATE) -i build/families.pot -l $$language --init-missing || exit 1; done

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
