# make run        the example newsroom, indexed and served
# make test       lint, types and all tests
# make test-fast  lint and unit tests, in under a minute
# make docs       the documentation as a site, in build/docs
# make venv       the environment alone
# make clean      remove what these make, and the data of the example newsroom

PYTHON ?= python3
BIN := .venv/bin
HOME_DIR ?= var/newsroom
RUN_OPTIONS ?=

.PHONY: run test test-fast docs venv lint types tests benchmarks constraints requirements-serve sbom clean

run: venv
	$(BIN)/python examples/newsroom/run.py --home $(HOME_DIR) $(RUN_OPTIONS)

test: lint types tests

# A file is run by one process, which makes its fixtures once. Threads of the numerical libraries
# would compete with the other processes.
PARALLEL := OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile

test-fast: lint
	$(PARALLEL) tests/unit -m "not slow and not postgres"

lint: venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: venv
	$(BIN)/mypy

tests: venv
	$(PARALLEL)

venv: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "expected Python 3.11 or newer, got " + sys.version.split()[0] + ": make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,parquet]'
	touch $@

docs: venv
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs build/docs

benchmarks: venv
	$(BIN)/python -m benchmarks

constraints: venv
	{ echo "# Every version that is installed, held; renew with: make constraints"; \
	  $(BIN)/python -m pip freeze --exclude-editable | grep -v '^setuptools=='; } > constraints.txt

requirements-serve: constraints
	$(PYTHON) -m venv build/pip-tools
	build/pip-tools/bin/python -m pip install --quiet --disable-pip-version-check pip-tools==7.6.2
	build/pip-tools/bin/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --strip-extras --constraint constraints.txt \
	  --output-file deploy/requirements-serve.txt deploy/requirements-serve.in

# A CycloneDX list of what is installed. The tool has a folder of its own: it needs 25 packages.
sbom: venv
	$(PYTHON) -m venv build/sbom
	build/sbom/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0
	mkdir -p dist
	build/sbom/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml \
	  --output-reproducible --output-file dist/sbom.json

# Not var/ itself: that is the default data directory of `recommender`.
clean:
	rm -rf .venv $(HOME_DIR) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
