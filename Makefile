# `make help` prints each target with the text after its ##.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-9s %s\n", $$1, $$2 }'

.PHONY: book
book: .venv/ready ## build every edition of content/ into dist/
	@$(RUN) build.py build

.PHONY: watch
watch: .venv/ready ## build again whenever a file is saved
	@$(RUN) build.py watch

.PHONY: bench
bench: .venv/tests ## measure builds of the guide and of books up to 9 times as large (takes about an hour)
	@$(RUN) -m benchmarks.bench

.PHONY: fuzz
fuzz: .venv/tests ## let a fuzzer search for input that breaks the program (takes an hour)
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-fuzz.txt
	@for target in chapter foreign config maths drawing; do $(RUN) tests/fuzz/fuzz.py $$target 720; done

.PHONY: cluster
cluster: .venv/ready ## install what --scheduler needs
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-cluster.txt

.PHONY: prove
prove: .venv/tests ## run the code of content/ and check its sums
	@$(RUN) build.py prove

.PHONY: scripts
scripts: .venv/ready ## install the faces for print in Chinese, Japanese, Korean, Arabic, Thai and the scripts of India
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-scripts.txt

.PHONY: spelling
spelling: .venv/ready ## install what `check --spelling` needs
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-spelling.txt

.PHONY: torch
torch: .venv/tests ## install PyTorch, which some code in content/ needs
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-torch.txt

.PHONY: verify
verify: .venv/tools ## build twice, here and under other conditions, and compare byte for byte
	@$(RUN) -m tools.check_reproducible

.PHONY: docs
docs: .venv/ready ## build the manual of docs/ into dist/docs/
	@$(RUN) -m tools.make_docs

.PHONY: licences
licences: .venv/tools ## list the packages that the program depends on, with their licences
	@$(RUN) -m tools.check_licences

.PHONY: release
release: .venv/tools ## pack every edition of content/ into one archive in release/, with checksums
	@$(RUN) -m tools.make_release

.PHONY: setup
setup: .venv/ready ## make the virtual environment in .venv/ and install the dependencies

.PHONY: test
test: .venv/tests ## run the tests
	@$(RUN) -m pytest -n auto --dist worksteal

.PHONY: nightly
nightly: .venv/tests ## run the tests that take long: the guide of content/, every fault, more random examples
	@$(RUN) -m pytest -n auto --dist worksteal -m "nightly or hypothesis" --hypothesis-profile nightly

.PHONY: accept
accept: .venv/tests ## rewrite the expected outputs of the tests; then read the diff
	@$(RUN) -m pytest -n auto -q --accept
	@git --no-pager diff --stat -- tests

.PHONY: format
format: .venv/tests ## format the Python code, and fix what ruff can fix
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .

.PHONY: lint
lint: .venv/tests ## check the Python code: format, lint, types, import contracts
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache

.PHONY: check
check: lint test ## everything that must pass before a commit: lint and test

.PHONY: clean
clean: ## delete what was built, and the caches; the virtual environment stays
	@rm -rf dist release .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@case "$${XDG_CACHE_HOME:-$$HOME/.cache}" in /*) rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/studyguide/fonts";; esac

.venv/ready: requirements.txt constraints.txt
	@$(PYTHON) studyguide/runtime/preflight.py
	@test -x $(RUN) || $(PYTHON) -m venv .venv
	@echo "installing the dependencies into .venv/ ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements.txt
	@touch $@

.venv/tools: .venv/ready requirements-tools.txt
	@echo "installing what the maintainers' tools need into .venv/ ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-tools.txt
	@touch $@

.venv/tests: .venv/tools requirements-dev.txt
	@echo "installing what the tests need into .venv/ ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	@touch $@
