# Direct Mediation: everything a developer types. `make` alone lists it.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Options for the command run: make demo ARGS="--policy amersfoort --cases 100"
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo up test search lint format bench drill sbom chart digests lock clean

help: ## List what you can do here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(READY) ## A city of 20 people moves home, on a virtual clock (ARGS="--cases 50 --seed 2")
	@$(BIN)/mediation demo $(ARGS)

up: $(READY) ## Start everything on this machine and keep it (ARGS="--data DIR")
	@$(BIN)/mediation up $(ARGS)

test: lint ## Lint, check types, and run all tests (ARGS="-k offer" for some)
	$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## Check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

format: $(READY) ## Put the code into its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

search: $(READY) ## Draw lives of mediations by new seeds, until one breaks a rule
	@while PROPERTY_SEED=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ') $(BIN)/python -m pytest $(DRAWN) $(ARGS); do :; done

DRAWN = $(shell grep -rl --include='test_*.py' 'tests.drawn import SEED' tests)

bench: $(READY) ## Measure and print the figures (ARGS passes options)
	$(BIN)/python -m benchmarks $(ARGS)

drill: $(READY) ## Kill everything, put it back from backups, count what was acknowledged (ARGS="--mediations 1000")
	$(BIN)/python -m benchmarks drill $(ARGS)

# What a library itself depends on is not in a lock file, which the maker warns of. Every library is in it all the same.
sbom: $(READY) ## Write build/sbom.cdx.json: all that the image installs from Python's index, by name, version and hash
	$(BIN)/python -m venv build/sbom
	build/sbom/bin/python -m pip install --quiet --require-hashes --requirement requirements-sbom.lock
	build/sbom/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible \
	  --validate --output-file build/sbom.cdx.json requirements-runtime.lock

# Where nothing was changed it writes what was there: a test holds the chart to what it makes.
chart: $(READY) ## Render the Helm chart by Helm itself, for the tests to hold it to
	$(BIN)/python -m venv build/chart
	build/chart/bin/python -m pip install --quiet --require-hashes --requirement requirements-chart.lock
	build/chart/bin/python deploy/helm/render.py

digests: $(READY) ## Write the digest of every image, as the registry tells it (ARGS=--check to see which have none)
	$(BIN)/python deploy/digests.py $(ARGS)

setup: $(READY) ## Install everything into .venv, from the lock file

lock: $(READY) ## Bring the lock files in line with both pyproject.toml (ARGS=--upgrade for news)
	$(BIN)/python -m pip install --quiet uv
	echo 'setuptools>=77' | $(COMPILE) --extra dev --output-file requirements.lock pyproject.toml sandbox/pyproject.toml -
	echo 'setuptools>=77' | $(COMPILE) --constraint requirements.lock --output-file requirements-runtime.lock pyproject.toml -
	$(COMPILE) --group sandbox/pyproject.toml:generators --output-file requirements-generators.lock
	$(COMPILE) --group sbom --output-file requirements-sbom.lock
	$(COMPILE) --group chart --output-file requirements-chart.lock

# The build tool is locked too, so that installing the project itself asks no registry for anything.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-package direct-mediation $(ARGS)

clean: ## Remove .venv and everything that was computed
	rm -rf $(VENV) build sandbox/build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info sandbox/src/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Programs in a .venv hold the path they were installed at: a tree that was moved or copied needs a new one.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

$(READY): pyproject.toml sandbox/pyproject.toml requirements.lock
	@python=; for each in "$(PYTHON)" python3.11 python3 python3.12 python3.13; do \
	  if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'Python 3.11 or later is needed. Install it, or name one: make PYTHON=/path/to/python3.11' >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; fi; \
	echo "Installing into $(VENV) with $$("$$python" --version), once ..."; \
	"$$python" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --quiet --no-build-isolation --no-deps --editable . --editable ./sandbox
	@$(BIN)/python -m compileall -q cli.py worker.py */ -x '$(VENV)|build'
	@printf '%s' '$(CURDIR)' > $@
