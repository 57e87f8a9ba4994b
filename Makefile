# The commands of Guestbook; what they do stands in tools/.
# The first Python on the path that is new enough; PYTHON=... names another.
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo $$p && break; done)
endif

.PHONY: help demo run test check bench bench-quick lock words clean python

help: ## Show this list
	@echo "Guestbook. What make can do here:"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | \
		while IFS='|' read -r name words; do printf '%-20s %s\n' "$$name" "$$words"; done

demo: python ## Start with sample guests on http://127.0.0.1:8000 (PORT=, GUESTBOOK_HOME=)
	@$(PYTHON) -m tools.start demo

run: python ## Start without sample data (PORT=, GUESTBOOK_HOME=, DATABASE_URL=)
	@$(PYTHON) -m tools.start run

test: python ## Install what the tests need and run them all (T="..." goes to pytest)
	@$(PYTHON) -m tools.run_tests $(T)

check: python ## Check format, lint, types and import contracts, then run the tests
	@$(PYTHON) -m tools.check $(T)

bench: python ## Measure on 1,000,000 guests; prints a table and keeps it in bench/results/
	@$(PYTHON) -m tools.run_bench

bench-quick: python ## The same on 50,000 guests, in less than three minutes
	@$(PYTHON) -m tools.run_bench --quick

lock: python ## Resolve pyproject.toml into the lock files again (U=--upgrade takes new versions)
	@$(PYTHON) -m tools.lock $(U)

words: ## Collect the words on screen into translations/ and compile them
	@.venv/bin/python -m tools.words

clean: ## Remove what make has made here, but nobody's data in var/
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@if ! $(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "Guestbook needs Python 3.11 or newer, and none was found."; \
		echo "Debian 12, Ubuntu 24.04 or newer: sudo apt-get install python3 python3-venv"; \
		echo "macOS: brew install python@3.13"; exit 1; fi
