# make help lists what there is. Everything lands in this folder: .venv, node_modules, var.
.DEFAULT_GOAL := help
.PHONY: help run test lint bench requirements stop clean
PYTHON ?=
DEMO ?= 1
ARGS ?=
BOOTSTRAP := PYTHON="$(PYTHON)" sh tools/bootstrap.sh
VENV := .venv/bin/python

help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run:  ## Install what is missing and serve, with demonstration data at the first start (DEMO=0: without)
	@$(BOOTSTRAP) run
	@exec $(VENV) -m banjie.config.cli serve $(if $(filter 0 no off,$(DEMO)),--no-demo,--demo)

test:  ## Run all tests (ARGS="tests/people -k unit" for some)
	@$(BOOTSTRAP) dev browser
	@$(VENV) -m pytest $(if $(ARGS),$(ARGS),-q -n auto)

lint:  ## Check style, types, layers, house rules
	@$(BOOTSTRAP) dev
	@$(VENV) tools/check.py

bench:  ## Measure against hand-written SQL on this machine
	@$(BOOTSTRAP) dev
	@$(VENV) -m bench $(ARGS)

requirements:  ## Count the requirements that a test proves
	@$(BOOTSTRAP) dev
	@$(VENV) tools/requirements.py $(ARGS)

stop:  ## Stop what `make run` started, also from another terminal
	@if [ -x $(VENV) ]; then $(VENV) -m banjie.config.cli stop; else echo "nothing was running"; fi

clean:  ## Remove what was installed and built; your data in var/ stays
	rm -rf .venv node_modules banjie/ui/static/dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find banjie tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
