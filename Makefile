# `make up` starts everything; `make test` proves it. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: help up down setup test lint format bench drill clean lock openapi dashboards screenshots wheel sbom images release web check-client test-web test-unit test-api test-e2e test-infra environment image-tag deploy-azure pages-azure health-azure setup-run setup-dev setup-infra monitoring-programs

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
INFRA := .venv-infra/bin
DONE := .setup
UP_FLAGS ?=
PYTEST_FLAGS ?=
# Each worker has servers of its own; a file's tests stay together, because they share what is slow to make.
TEST_WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n < 4 ? n : 4 )))
WEB_SOURCES := $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/vite.config.ts web/package-lock.json

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: setup-run ## Set everything up, then start the stack in the foreground (Ctrl-C stops it)
	@exec $(BIN)/dot-copilot up $(UP_FLAGS)

down: ## Stop a stack that runs in the background
	@$(BIN)/dot-copilot down

setup: setup-dev ## Set everything up, and start nothing

setup-run: ## Set up what `make up` needs
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11, 3.12 or 3.13 is needed; install one, or say: make up PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@scripts/need-node
	@$(MAKE) --no-print-directory -j4 $(DONE)/python-local $(DONE)/local-servers $(DONE)/web-build monitoring-programs

setup-dev: setup-run ## Set up what tests, lint and benchmarks need
	@$(MAKE) --no-print-directory -j2 $(DONE)/python-dev $(DONE)/conformance $(DONE)/kql-check $(DONE)/python-infra $(DONE)/checkov
	@scripts/system-packages
	@scripts/monitoring-programs --again

setup-infra: $(DONE)/python-infra $(DONE)/checkov ## Set up what `dot-copilot azure` needs

monitoring-programs:
	@scripts/monitoring-programs

$(DONE)/venv: requirements/bootstrap.txt
	@mkdir -p $(DONE)
	@echo "Setting up Python ($(PYTHON)) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(DONE)/python-local: requirements/local.txt pyproject.toml $(DONE)/venv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/local.txt
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --editable .
	@touch $@

$(DONE)/python-dev: requirements/dev.txt $(DONE)/python-local
	@echo "Setting up the test tools ..."
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

# The SDK's classes of all of Azure are 155 MB, of which a run reads a few: they are compiled when they are read.
$(DONE)/python-infra: requirements/infra.txt $(DONE)/venv
	@echo "Setting up the Azure program ..."
	@test -x $(INFRA)/python || $(PYTHON) -m venv --without-pip .venv-infra
	@$(BIN)/uv pip install --quiet --python $(INFRA)/python --require-hashes -r requirements/infra.txt
	@touch $@

$(DONE)/checkov: requirements/checkov.txt $(DONE)/venv
	@echo "Setting up the scanner of the Azure templates ..."
	@test -x .venv-checkov/bin/python || $(PYTHON) -m venv --without-pip .venv-checkov
	@$(BIN)/uv pip install --quiet --python .venv-checkov/bin/python --require-hashes -r requirements/checkov.txt
	@touch $@

$(DONE)/local-servers: deploy/local/package-lock.json
	@mkdir -p $(DONE)
	@echo "Setting up the blob storage emulator ..."
	@cd deploy/local && npm ci --ignore-scripts --no-progress --loglevel=error
	@touch $@

$(DONE)/conformance: tests/conformance/package-lock.json
	@mkdir -p $(DONE)
	@echo "Setting up the MCP conformance suite ..."
	@cd tests/conformance && npm ci --ignore-scripts --no-progress --loglevel=error
	@touch $@

$(DONE)/kql-check: infra/queries/check/package-lock.json
	@mkdir -p $(DONE)
	@echo "Setting up the checker of KQL ..."
	@cd infra/queries/check && npm ci --ignore-scripts --no-progress --loglevel=error
	@touch $@

$(DONE)/web-packages: web/package-lock.json
	@mkdir -p $(DONE)
	@echo "Setting up the web packages ..."
	@cd web && npm ci --no-progress --loglevel=error
	@touch $@

$(DONE)/web-build: $(DONE)/web-packages $(WEB_SOURCES)
	@echo "Building the web application ..."
	@cd web && npm run --silent build > ../$(DONE)/web-build.log 2>&1 || { cat ../$(DONE)/web-build.log >&2; exit 1; }
	@touch $@

test: setup-dev ## Set everything up, then run every test (but the drills: make drill)
	@cd web && npm test --silent
	@$(INFRA)/python -m pytest -c infra/pytest.ini --rootdir . --confcutdir tests/infra tests/infra --ignore tests/infra/queries -n $(TEST_WORKERS) --dist loadfile
	@$(BIN)/python -m pytest -m "not drill" -n $(TEST_WORKERS) --dist loadfile $(PYTEST_FLAGS)

# One kind of tests each, as the pipeline runs them beside each other; together they are `make test` (a test says so).
PYTEST = $(BIN)/python -m pytest -m "not drill" -n $(TEST_WORKERS) --dist loadfile $(PYTEST_FLAGS)

test-web: $(DONE)/web-packages ## The web application's tests alone
	@cd web && npm test --silent

test-unit: setup-dev ## The unit tests alone
	@$(PYTEST) tests/unit

test-api: setup-dev ## The tests of API, MCP and contracts alone
	@$(PYTEST) tests/api tests/mcp tests/contract

test-e2e: setup-dev ## The browser tests alone
	@$(PYTEST) tests/e2e

test-infra: setup-dev ## The Azure platform's tests alone
	@$(INFRA)/python -m pytest -c infra/pytest.ini --rootdir . --confcutdir tests/infra tests/infra --ignore tests/infra/queries -n $(TEST_WORKERS) --dist loadfile
	@$(PYTEST) tests/infra

web: $(DONE)/web-build ## Build the web application

check-client: $(DONE)/python-dev $(DONE)/web-packages ## Prove that OpenAPI document and web client are generated from the code
	@$(BIN)/python -m dot_copilot.openapi | diff - web/openapi.json > /dev/null || { echo "web/openapi.json is stale: run 'make openapi'" >&2; exit 1; }
	@cd web && npm run --silent check-api

lint: setup-dev ## Prove style, types, layers, and that generated files are current
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --python-executable $(INFRA)/python --cache-dir .mypy_cache/infra $$(git ls-files 'infra/*.py' 'tests/infra/*.py' | grep -v /queries/)
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python scripts/check_tree.py
	@$(BIN)/python -m dot_copilot.openapi | diff - web/openapi.json > /dev/null || { echo "web/openapi.json is stale: run 'make openapi'" >&2; exit 1; }
	@$(BIN)/python -m dot_copilot.dashboards --check
	@$(BIN)/docker-compose -f deploy/compose.yaml config -q
	@$(BIN)/hadolint deploy/docker/*.Dockerfile
	@$(BIN)/actionlint .github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet .github
	@cd web && npm run --silent check-api && npm run --silent lint && npm run --silent typecheck

format: $(DONE)/python-dev $(DONE)/web-packages ## Format the code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format . && cd web && npm run --silent format

openapi: $(DONE)/python-dev $(DONE)/web-packages ## Write the OpenAPI document and the web client generated from it
	@$(BIN)/python -m dot_copilot.openapi > web/openapi.json
	@cd web && npm run --silent generate

dashboards: $(DONE)/python-dev ## Write Grafana's dashboards from src/dot_copilot/dashboards
	@$(BIN)/python -m dot_copilot.dashboards

bench: setup-dev ## Measure the figures, and write bench/REPORT.md
	@$(BIN)/python -m bench

drill: setup-dev ## Break every part of a running stack, and watch it heal
	@$(BIN)/python -m pytest tests/drills -m drill $(PYTEST_FLAGS)

screenshots: setup-dev ## Take the screenshots of the README from a running demo
	@$(BIN)/python -m scripts.screenshots

wheel: $(DONE)/python-dev $(DONE)/web-build ## Build the wheel, with the web application inside, into dist/
	@rm -rf dist/*.whl
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist .
	@ls dist/*.whl

sbom: $(DONE)/python-dev ## Write bills of materials (CycloneDX) of everything that is given away, into dist/
	@$(BIN)/python -m scripts.sbom

images: $(DONE)/python-dev ## Build the images (needs Docker), tagged and labelled with the version
	@command -v docker >/dev/null && docker compose version >/dev/null 2>&1 || { echo "Docker with its compose plugin is needed to build images; see https://docs.docker.com/engine/install" >&2; exit 2; }
	@DOT_VERSION=$$($(BIN)/python -m dot_copilot.version --image) DOT_RELEASE=$$($(BIN)/python -m dot_copilot.version) docker compose -f deploy/compose.yaml build

release: $(DONE)/python-dev ## Date the changelog, commit and tag: make release VERSION=1.2.3 (never pushes)
	@$(BIN)/python -m scripts.release "$(VERSION)"

environment:
	@$(PYTHON) -m scripts.pipeline environment

image-tag:
	@echo "tag=$$(PYTHONPATH=src $(PYTHON) -m dot_copilot.version --image)"

deploy-azure: $(DONE)/python-dev ## Deploy to Azure: make deploy-azure ENV=prod [VERSION=1.2.3]
	@$(BIN)/dot-copilot deploy --target azure --env "$(ENV)" --if-needed --observe 180 --max-p99 2 $(if $(VERSION),"$(VERSION)")

pages-azure: $(DONE)/python-dev $(DONE)/web-build ## Prepare the pages for a Static Web App in dist/pages: make pages-azure ENV=prod
	@$(BIN)/python -m dot_copilot.deploy.azure.pages --env "$(ENV)"

health-azure: $(DONE)/python-dev ## Ask what serves in Azure whether it is this version: make health-azure ENV=prod OF=backend
	@$(BIN)/python -m dot_copilot.deploy.azure.health --env "$(ENV)" --of "$(OF)" --version "$(VERSION)"

lock: $(DONE)/venv ## Write the hashed requirements anew from pyproject.toml
	@$(BIN)/uv pip compile requirements/bootstrap.in --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet -o requirements/bootstrap.txt
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --extra local --extra azure --extra cloud --extra mongodb --extra dev --no-header --quiet -o requirements/dev.txt
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --extra local --no-header --quiet -c requirements/dev.txt -o requirements/local.txt
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --extra azure --extra mongodb --no-header --quiet -c requirements/dev.txt -o requirements/app.txt
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --extra azure --extra cloud --no-header --quiet -c requirements/dev.txt -o requirements/azure.txt
	@$(BIN)/uv pip compile --group pyproject.toml:infra --universal --generate-hashes --python-version 3.11 --no-header --quiet -o requirements/infra.txt
	@$(BIN)/uv pip compile --group pyproject.toml:checkov --universal --generate-hashes --python-version 3.11 --no-header --quiet -o requirements/checkov.txt

clean: ## Remove what set-up and tests made; the data in .dot-copilot stay
	rm -rf $(VENV) .venv-infra .venv-checkov $(DONE) web/dist web/node_modules deploy/local/node_modules tests/conformance/node_modules infra/queries/check/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
