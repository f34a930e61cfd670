# make run     the example hall, in a window or (without a display) as a PDF specification set
# make test    style, types, import rules and tests; stops at the first that fails
# make bench   every benchmark
# make docs    makes the pictures, the references of rules and keys and the example set again
# make clean   removes everything that was made here
#
# Needs Python 3.11 or newer (another one: make PYTHON=python3.12) and, once, the network.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.stamp
EXAMPLE := resources/examples/hall.cage

# The tests start many programs: what one has compiled the next finds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test bench docs clean
.DELETE_ON_ERROR:

run: $(STAMP)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		.ci/qt_libraries.sh window && $(BIN)/cagenut open $(EXAMPLE); \
	else \
		mkdir -p out && $(BIN)/cagenut spec $(EXAMPLE) -o out/hall.pdf --replace && \
		echo "There is no display here, so the example hall's specification set was written to out/hall.pdf."; \
	fi

test: $(STAMP)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q -n 2

bench: $(STAMP)
	@for script in benchmarks/bench_*.py; do \
		[ -e "$$script" ] || { echo "There are no benchmarks yet."; break; }; \
		echo "== $$script"; $(BIN)/python "$$script" || exit 1; \
	done

docs: $(STAMP)
	@$(BIN)/python docs/make_pictures.py
	@$(BIN)/python docs/make_rules.py
	@$(BIN)/python docs/make_keys.py
	@$(BIN)/python docs/make_validation.py
	@$(BIN)/cagenut spec resources/examples/superpod-h100-su.cage -o docs/example-specification.pdf --replace

clean:
	rm -rf .venv out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Rebuilt when a dependency changes. An interrupted build leaves no stamp and is simply repeated.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Cagenut needs Python 3.11 or newer. Name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
			echo "Installing python3-venv" && apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; } || \
		{ echo "Python lacks its venv module. Please type this line, then repeat:"; \
			echo "    sudo apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Installing the Python packages (about 700 MB on disk, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@.ci/qt_libraries.sh
	@touch $@
