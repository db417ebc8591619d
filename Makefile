# make run   read the plans of corpus/ into out/ and show one
# make test  style, types, tests
# Both set up all they need in .venv. PYTHON=… chooses the interpreter (3.11 to 3.13).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run test bench schema lock clean

BIN := .venv/bin
READY := .venv/.ready
PLANS = $(filter-out %README.md,$(wildcard $(foreach kind,txt md docx pdf,corpus/*.$(kind) corpus/files/*.$(kind))))

help:
	@sed -n 's/^# //p' Makefile

$(READY): requirements.lock pyproject.toml
	@python="$(PYTHON)"
	for name in python3.13 python3.12 python3.11 python3; do
	  [ -z "$$python" ] || break
	  if $$name -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
	    python=$$name
	  fi
	done
	[ -n "$$python" ] || { echo "Python 3.11, 3.12 or 3.13 is needed" >&2; exit 1; }
	$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "setting up .venv with $$python (some minutes, once)"; $$python -m venv .venv; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

run: $(READY)
	@[ -n "$(strip $(PLANS))" ] || { echo "corpus/ holds no plan" >&2; exit 1; }
	$(BIN)/kehoach extract $(PLANS) -o out/
	echo
	$(BIN)/kehoach show "$(firstword $(PLANS))" --width 140 | sed -n '1,40p'

test: $(READY)
	@$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy --no-error-summary
	$(BIN)/pytest -rs $(TESTS)

bench: $(READY)
	@$(BIN)/python benchmarks/bench.py

schema: $(READY)
	@$(BIN)/kehoach schema > schemas/.tmp && mv schemas/.tmp schemas/plan.schema.json
	$(BIN)/python -m extractor.app.push.payload > schemas/.tmp && mv schemas/.tmp schemas/push.schema.json

lock: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  pyproject.toml -o requirements.lock

clean:
	@rm -rf out build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
