# Nightlight: `make run` runs it, `make test` tests it, `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# Looking for ways to make a source file took longer than everything else that make does.
MAKEFLAGS += --no-builtin-rules

VENV := .venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
APPS := accounts common config counselor journal operations prompts
export PORT ?= 8000
export PYTHONUNBUFFERED := 1

# `make` serves this machine only; a production site sets NIGHTLIGHT_ENV itself and runs `manage.py start`.
LOCAL := NIGHTLIGHT_ENV=local

.PHONY: help ready run demo compiled test test-all test-others test-postgres soak-faults soak-interleavings soak-nights soak-year soak-importers first-nights lint format library messages backup restore keys lock vendor screenshots bench bench-search bench-peers lighthouse shell clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# How each of these is done is in deploy/install.sh; when, is here.
INSTALL := deploy/install.sh

$(VENV)/bin/python:
	@$(INSTALL) venv

# Locked with hashes; made anew when a lock file changes.
$(VENV)/.base: requirements/base.txt $(if $(BOOK),$(VENV)/.book) | $(VENV)/bin/python
	@echo "Installing what Nightlight needs into $(VENV) …"
	@$(INSTALL) packages requirements/base.txt
	@touch $@

# `make run BOOK=1`: with what typesets the book, which needs Pango of the system: `deploy/install.sh system`.
$(VENV)/.book: requirements/book.txt | $(VENV)/bin/python
	@$(INSTALL) packages requirements/book.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@echo "Installing what its tests need into $(VENV) …"
	@$(INSTALL) packages requirements/dev.txt
	@touch $@

# Our own byte code, where any of it has changed.
$(VENV)/.compiled: $(shell find $(APPS) -name '*.py' 2>/dev/null) $(VENV)/.base
	@$(INSTALL) compiled
	@touch $@

compiled: $(VENV)/.compiled

# What is collected also depends on what is joined of the files, and a folder changes when a file of it is taken away.
.static/staticfiles.json: $(shell find static) config/joining.py config/static.py $(VENV)/.base
	@$(INSTALL) static
	@touch $@

# Two at once in one checkout: one waits, finds everything ready and goes on. (Where there is no flock, start one first.)
ALONE = $(shell command -v flock >/dev/null && echo flock Makefile)

ready: compiled .static/staticfiles.json

run: ## run Nightlight on http://localhost:8000 (PORT=, NIGHTLIGHT_DATA=, BOOK=1)
	@$(ALONE) $(MAKE) --no-print-directory ready
	@$(LOCAL) $(MANAGE) start

demo: ## the same with a demo family in .demo
	@$(ALONE) $(MAKE) --no-print-directory ready
	@$(LOCAL) NIGHTLIGHT_DATA=$(or $(NIGHTLIGHT_DATA),.demo) $(MANAGE) prepare
	@$(LOCAL) NIGHTLIGHT_DATA=$(or $(NIGHTLIGHT_DATA),.demo) $(MANAGE) load_demo
	@$(LOCAL) NIGHTLIGHT_DATA=$(or $(NIGHTLIGHT_DATA),.demo) $(MANAGE) start

# pytest keeps what it has compiled of the tests, also where the environment tells Python not to.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest --durations=10 --durations-min=1
TESTED := $(VENV)/.dev compiled .static/staticfiles.json
# What needs no browser and no process of its own, and one walk through the main job in a browser.
FAST := smoke or not (browser or processes)
# What waits for a browser, a server or a lock half of its time: two at once on each core.
SLOW := browser or processes
AT_ONCE = -n $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

# $(call tests,EXPRESSION,OPTIONS): of several lanes, ARGS may leave one without any test.
tests = $(PYTEST) -m "$(1)" $(2) $(ARGS) $(if $(ARGS),|| [ $$? = 5 ])
slow_on_sqlite = $(call tests,($(SLOW)) and not postgres,$(AT_ONCE))
on_sqlite = $(call tests,not ($(SLOW))) && $(slow_on_sqlite)
on_postgres = $(PY) -m tests.postgres $(call tests,not ($(SLOW))) && $(call tests,postgres)

# $(call timed,NAME,COMMANDS): run commands, and say how long they took.
define timed
@start=$$SECONDS; { $(2); }; status=$$?; echo "$(1): $$((SECONDS - start)) s"; exit $$status
endef

test: $(TESTED) ## run the fast tests: most of them, and one walk in a browser (ARGS="-k repair" goes to pytest)
	$(call timed,make test,$(call tests,$(FAST)))

test-all: $(TESTED) ## run all of them: browser, faults, whole installations, both databases
	$(call timed,make test-all,$(on_sqlite) && $(on_postgres))

test-others: $(TESTED) ## run those that `make test` leaves out: browser, faults, whole installations, and PostgreSQL
	$(call timed,make test-others,$(slow_on_sqlite) && $(on_postgres))

test-postgres: $(TESTED) ## run those that are about the database on PostgreSQL (DATABASE_URL=, or a server of its own)
	$(call timed,make test-postgres,$(on_postgres))

RUNS ?= 20
soak-faults: $(TESTED) ## break everything while somebody types, RUNS=20 times each: docs/reliability.md
	@FAULT_RUNS=$(RUNS) FAULT_REPORT=docs/reliability.md $(PYTEST) tests/system/faults -n 2 $(ARGS)

INTERLEAVINGS ?= 10000
soak-interleavings: $(TESTED) ## saves, crashes and restarts in any order, INTERLEAVINGS=10000 times, on both databases
	@INTERLEAVINGS=$(INTERLEAVINGS) $(PYTEST) -n0 -s tests/journal/entries/test_saving_properties.py
	@INTERLEAVINGS=$(INTERLEAVINGS) $(PY) -m tests.postgres $(PYTEST) -n0 -s tests/journal/entries/test_saving_properties.py

soak-nights: $(TESTED) ## walk all paths and guides in a browser, every night of them
	@ALL_NIGHTS=1 $(PYTEST) tests/browser/test_paths.py tests/browser/test_guides.py $(ARGS)

YEAR_PARENTS ?= 1000
soak-year: $(TESTED) ## YEAR_PARENTS=1000 parents walk through three years of questions
	@YEAR_PARENTS=$(YEAR_PARENTS) $(PYTEST) tests/prompts/test_year.py $(ARGS)

IMPORTED_FILES ?= 100000
soak-importers: $(TESTED) ## IMPORTED_FILES=100000 damaged and hostile files for each format of other journals
	@IMPORTED_FILES=$(IMPORTED_FILES) $(PYTEST) -n0 -s tests/journal/exchange/formats/test_hostile_files.py -k generated $(ARGS)

first-nights: $(VENV)/.dev ## print what twenty new accounts are asked on their first twenty nights
	@$(PY) -m tests.first_nights

lint: $(VENV)/.dev ## everything that is checked without running it
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@git ls-files 'templates/*.html' '*/templates/*.html' | xargs $(VENV)/bin/djade --check --target-version 6.0
	@$(VENV)/bin/mypy .
	@$(VENV)/bin/lint-imports --no-logo
	@$(LOCAL) $(MANAGE) check_library
	@$(PY) -m tests.untyped
	@$(PY) -m tests.catalogues
	@$(LOCAL) DATABASE_URL=sqlite://:memory: $(MANAGE) makemigrations --check --dry-run
	@env $$(grep -vE '^(#|$$)' tests/production.env) $(MANAGE) check --deploy --fail-level WARNING

format: $(VENV)/.dev ## put code and templates into their form
	@$(VENV)/bin/ruff check --fix-only --quiet . ; $(VENV)/bin/ruff format --quiet .
	@git ls-files 'templates/*.html' | xargs $(VENV)/bin/djade --target-version 6.0

library: $(VENV)/.base ## count and check the prompts, paths, sets, guides and what each language has of them (ARGS="--read 20" prints twenty to read aloud)
	@$(LOCAL) $(MANAGE) check_library $(ARGS)

messages: $(VENV)/.base ## gather the interface's words for translation (needs GNU gettext), and compile them
	@$(LOCAL) DATABASE_URL=sqlite://:memory: $(MANAGE) makemessages --locale es --no-obsolete --no-location --no-wrap --ignore "$(VENV)/*" --ignore "tests/*" --ignore ".static/*" --verbosity 0
	@$(LOCAL) DATABASE_URL=sqlite://:memory: $(MANAGE) compilemessages --locale en --locale es --verbosity 0

backup: $(VENV)/.base ## one verified archive of the running site (ARGS="--to FOLDER")
	@$(LOCAL) $(MANAGE) backup $(ARGS)

restore: $(VENV)/.base ## bring ARCHIVE= back into an empty place (ARGS=--check only looks)
	@$(LOCAL) $(MANAGE) restore $(if $(ARCHIVE),"$(ARCHIVE)") $(ARGS)

keys: $(VENV)/.base ## make the secrets of a new installation in the data folder
	@$(LOCAL) $(MANAGE) make_keys

lock: ## lock the dependencies anew, with hashes and without addresses
	@UV_CUSTOM_COMPILE_COMMAND="make lock"; export UV_CUSTOM_COMPILE_COMMAND; PATH="$(CURDIR)/$(VENV)/bin:$$PATH"; \
	compile="uv pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.12 $(ARGS)"; \
	$$compile pyproject.toml -o requirements/base.txt && \
	$$compile pyproject.toml --extra book -o requirements/book.txt && \
	$$compile pyproject.toml --extra book --group dev -o requirements/dev.txt && \
	echo uv | $$compile - -o requirements/uv.txt

vendor: ## fetch the vendored fonts and scripts from the npm registry
	@./vendor.sh

screenshots: $(VENV)/.dev .static/staticfiles.json ## draw docs/screenshots from the demo family
	@$(PY) -m tests.screenshots $(ARGS)

bench: $(VENV)/.dev compiled .static/staticfiles.json ## measure how fast it is, beside the goals (ARGS="--only pages", ARGS=--help)
	@$(PY) -m benchmarks $(ARGS)

bench-search: $(VENV)/.dev compiled .static/staticfiles.json ## searching alone, at 1,000, 10,000 and 100,000 entries, beside FTS5 on plain texts and opening everything
	@$(PY) -m benchmarks --only search --only deep-search $(ARGS)

bench-peers: $(VENV)/.dev compiled .static/staticfiles.json ## our list beside others' (LINKDING=, HEALTHCHECKS=, JOURNIV=: checkouts with a .venv)
	@$(PY) -m benchmarks.peers $(ARGS)

lighthouse: $(VENV)/.dev .static/staticfiles.json ## what Lighthouse says of the main pages on a phone (needs npm and Chromium)
	@$(PY) -m benchmarks.lighthouse

shell: $(VENV)/.base ## Django's shell on the local data
	@$(LOCAL) $(MANAGE) shell

clean: ## remove what make made, but no data
	@rm -rf $(VENV) .static .coverage htmlcov test-results
