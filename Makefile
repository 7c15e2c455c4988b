# Everything makes .venv by itself, once; afterwards nothing here needs a network.
#   make run    the desk, with SQLite and sample content in ./var
#   make test   every test, against real servers that it starts itself
#   make prove  what takes longer than a coffee: many kills, long simulations
#   make lint   ruff and mypy --strict
#   make bench  benchmarks, each a ratio to a baseline of the same run
#   make lock   the newest versions of what we stand on, written down

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# a program that is started often is compiled once, whatever the shell says
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test prove lint bench lock clean
.DEFAULT_GOAL := test

run: .venv/run.stamp
	@exec $(BIN)/brief serve --sample

test: .venv/dev.stamp
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

prove: .venv/dev.stamp
	$(BIN)/pytest -n 2 --dist worksteal --prove -m prove --timeout 3000 $(ARGS)

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev.stamp
	@for each in intake search signing archive clock; do $(BIN)/python -m benchmarks.$$each || exit 1; done
	@$(BIN)/python -m benchmarks.thread --sizes 10000 100000

lock:
	uv pip compile --quiet --universal --no-emit-index-url --no-annotate --no-header --python-version 3.11 \
		pyproject.toml --extra postgres -o requirements.lock
	uv pip compile --quiet --universal --no-emit-index-url --no-annotate --no-header --python-version 3.11 \
		pyproject.toml --extra postgres --group dev -o requirements-dev.lock

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: apt install python3" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python3 cannot make a .venv here: apt install python3-venv" >&2; exit 1; }

# the stamp of the developers' set counts for both: it holds all that running needs
.venv/run.stamp: pyproject.toml requirements.lock | .venv/bin/python
	@test .venv/dev.stamp -nt pyproject.toml || { echo "installing (once) ..." && $(PIP) install -r requirements.lock && $(PIP) install --no-deps -e .; }
	@touch $@

.venv/dev.stamp: pyproject.toml requirements-dev.lock | .venv/bin/python
	@echo "installing (once) ..."
	@$(PIP) install -r requirements-dev.lock
	@$(PIP) install --no-deps -e .
	@touch $@
