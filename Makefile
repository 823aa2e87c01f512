# `make demo` and `make test` are all that a stranger needs; each sets up .venv first, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SUPPLY := $(VENV)/supply
WORDS := bot/words/locale

# Tests start Python a hundred times; without compiled files each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check lint bench words peers lock locked audit sbom clean

demo: $(READY)
	$(BIN)/feelprint demo $(ARGS)

test: $(READY)
	$(BIN)/pytest $(ARGS)

# What to run after every change: the tests of the rooms that differ from main (tests/concerned.py), or those you name.
check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not slow and not bench" $(or $(ARGS),$$($(BIN)/python -m tests.concerned))

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin
	$(BIN)/lint-imports
	$(BIN)/vulture

bench: $(READY)
	$(BIN)/pytest -m bench -n 0 -s tests/bench $(ARGS)

# Nothing but names and hashes: an editable install of this project on top of the locked packages.
$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Feelprint needs Python 3.11 or newer; yours is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11")'
	@echo "Setting up $(VENV), once: a minute or two, without a word until it is done."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Brings every catalogue up to date with the sentences in the code; what is new is left empty in it.
words: $(READY)
	$(BIN)/pybabel -q extract --project Feelprint --no-location --sort-output -k mark -k locale_str -o $(WORDS)/feelprint.pot bot/words
	for po in $(WORDS)/*.po; do $(BIN)/pybabel -q update -i $(WORDS)/feelprint.pot -o $$po -l $$(basename $$po .po) --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date || exit; done
	rm $(WORDS)/feelprint.pot

# The optimisers of others that `feelprint evaluate` can compare with (core/evaluate/peers). The lock is whole but for
# what pyproject.toml leaves out of it, so pip must not ask for that.
peers: $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-peers.lock

lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group supply -o requirements-supply.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group peers -c requirements-dev.lock -o requirements-peers.lock

# The locks follow from pyproject.toml. Files that were added to a version that is locked are no difference.
locked: lock
	git diff --exit-code -I'--hash=' -- requirements.lock requirements-dev.lock requirements-supply.lock requirements-peers.lock

# Asks a service for vulnerabilities that are known of what is locked; it fails, too, where that cannot be asked.
audit: $(SUPPLY)/.ready
	.ci/audit $(SUPPLY)/bin/pip-audit requirements.lock requirements-dev.lock requirements-peers.lock

# What the program is made of, for those who ship it.
sbom: $(SUPPLY)/.ready
	$(SUPPLY)/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json requirements.lock

$(SUPPLY)/.ready: requirements-supply.lock
	$(PYTHON) -m venv $(SUPPLY)
	$(SUPPLY)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-supply.lock
	touch $@

clean:
	rm -rf $(VENV) sbom.json build *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage
