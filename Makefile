# Each of these works on a fresh machine that has Python 3.11+ and make: the first run makes .venv.
#   make app    the web page on this machine
#   make test   all tests
#   make quick  the core, its files, words and commands, in about a minute; QUICK=tests for all that need
#               neither a browser nor LibreOffice
#   make deep   random cases by the thousand, with the seed printed; takes hours
#   make check  style and types
#   make bench  speed, each figure beside its goal
#   make pictures  manual and card, with pictures taken from the running page, in build/pages
#   make bundle    the zip that installs the program without a network, in dist:
#                  make bundle PLATFORM=win_amd64 PYTHON=3.12 (x86_64, aarch64; 3.11 to 3.14)
#   make trial     installs the bundle in a network of nothing but this machine and works with it; by root:
#                  make trial BUNDLE=dist/allocator-….zip READABLE=/folder/of/a/python

find = for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done
# PYTHON is the one that makes .venv, or for a bundle the version that it is for
OWN = $(or $(filter-out 3.%,$(PYTHON)),$(shell $(find)))
PLATFORM ?= win_amd64
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: app test quick deep check bench pictures bundle trial clean

app: .venv/app
	$(BIN)/allocator app

# What pytest makes of the test files is kept, also where Python is told to write no bytecode.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n logical --dist loadfile --no-loadscope-reorder

test: .venv/test
	$(PYTEST)

QUICK = $(addprefix tests/,core rules formulas scenario words method compare allocate cli)

quick: .venv/test
	$(PYTEST) -m "not browser and not office and not deep" $(QUICK)

deep: .venv/test
	$(PYTEST) -m deep -s

check: .venv/check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/vulture src --min-confidence 90 --ignore-names stamps
	$(BIN)/python tools/rules.py

bench: .venv/bench
	$(BIN)/python -m benchmarks

pictures: .venv/test
	$(BIN)/python tools/pictures.py

build/pages/manual.zh.pdf:
	$(MAKE) pictures

bundle: .venv/app build/pages/manual.zh.pdf
	$(BIN)/python tools/bundle.py $(PLATFORM) $(or $(filter 3.%,$(PYTHON)),3.12)

trial: .venv/test
	$(BIN)/python tools/trial.py $(BUNDLE) $(READABLE)

clean:
	rm -rf .venv

# Compiled once here, so that commands start fast also where Python may not write bytecode itself.
.venv/app: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e .
	$(BIN)/python -m compileall -q src
	@touch $@

.venv/test: .venv/app
	$(PIP) -e '.[test]'
	@touch $@

.venv/bench: .venv/test
	$(PIP) -e '.[bench]'
	@touch $@

.venv/check: .venv/test
	$(PIP) -e '.[check]'
	@touch $@

.venv/bin/python:
	@test -n "$(OWN)" || { echo "Python 3.11 or newer is needed: install it, or run make with PYTHON=/path/to/python3"; exit 1; }
	$(OWN) -m venv .venv
