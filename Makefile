# Everything this project is run, tested and measured with. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run demo dev test browser-test check bench admin messages lock install install-dev

VENV ?= .venv
export VENV
BIN := $(VENV)/bin

help: ## Say what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: install ## Run the site at http://127.0.0.1:8000/ with its content (PORT, HOST, see docs/operating.md)
	@exec scripts/run

demo: install ## Run the site with a small living community to try it with, for this machine alone
	@exec scripts/demo

dev: install-dev ## Run the development server, which reloads
	@exec scripts/dev

test: install-dev ## Run all tests but those in a browser (on DATABASE_URL, else SQLite)
	$(BIN)/python -m pytest -n auto

browser-test: install-dev ## Run the tests in a real browser (needs chromium)
	$(BIN)/python -m pytest -m browser

check: install-dev ## Check style, types, templates, migrations, translations, settings, lock files
	@scripts/check

bench: install-dev ## Measure pages against a bare view, notifying 10,000 people, suggestions, differences, Markdown
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.fanout
	$(BIN)/python -m benchmarks.reviewing
	$(BIN)/python -m benchmarks.differing
	$(BIN)/python -m benchmarks.rendering

admin: install ## Create an administrator
	$(BIN)/python manage.py createsuperuser

messages: install-dev ## Update and compile the translations
	$(BIN)/python scripts/messages.py

lock: install-dev ## Write requirements*.txt again from requirements*.in
	@scripts/lock

install:
	@scripts/install requirements.txt

install-dev:
	@scripts/install requirements-dev.txt
