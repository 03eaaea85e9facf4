# Two commands on a fresh Debian or Ubuntu machine: `make demo` and `make test`. `make` alone lists them all.
.DEFAULT_GOAL := help
.PHONY: help demo test qgis package docs bench setup clean
ARGS ?=

PYTHON := .venv/bin/python
HEADLESS := env QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR="$(CURDIR)/build/runtime" LC_ALL=C.UTF-8 \
  PYTHONPATH="$(CURDIR)/build/plugins" PYTHONDONTWRITEBYTECODE=1

help: ## list these commands
	@sed -n -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: setup ## set up, then run the worked examples into demo/
	@$(HEADLESS) $(PYTHON) -m fumarole.scripts.demo $(ARGS)

test: setup ## set up, then run every test (some: make test ARGS="tests/plugin -x")
	@$(HEADLESS) $(PYTHON) -m pytest $(ARGS)

qgis: setup ## start QGIS Desktop with the plugin loaded from this checkout
	@scripts/qgis.sh $(ARGS)

package: ## build dist/fumarole-<version>.zip for the QGIS plugin site
	@/usr/bin/python3 scripts/package.py

docs: setup ## write docs/tools/, the shipped models and the golden interface file from the tools' own definitions
	@$(HEADLESS) $(PYTHON) -m fumarole.scripts.make_models
	@$(HEADLESS) $(PYTHON) -m fumarole.scripts.make_docs
	@$(HEADLESS) $(PYTHON) -m fumarole.scripts.interface

bench: setup ## run every benchmark beside its peers (minutes)
	@for script in benchmarks/*.py; do echo "== $$script"; $(HEADLESS) $(PYTHON) "$$script" || exit 1; done

setup: ## install what is missing; quick when nothing is
	@scripts/setup.sh

clean: ## remove everything these commands made
	rm -rf .venv build demo dist .pytest_cache .ruff_cache .hypothesis .qgis-settings
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
