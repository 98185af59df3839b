# Two commands to know: `make demo` tries Wici out, `make test` shows that it works. `make help` lists the rest.
# Needs Python 3.11 or newer and make, nothing else; everything is kept in .venv/ and var/.

PY = .venv/bin/python
PIP = $(PY) -m pip install --quiet --quiet --no-input --disable-pip-version-check --require-hashes
TESTS = -n 2
FILES =
PORT = 8000

demo: run
	@exec $(PY) manage.py up --demo --port $(PORT)

up: run
	@exec $(PY) manage.py up --port $(PORT)

test: dev
	@$(PY) -m pytest $(TESTS) $(FILES)

browser: dev
	@$(PY) -m pytest -m browser $(FILES)

scale: dev
	@$(PY) -m pytest -m scale -s $(FILES)

servers: dev
	@$(PY) -m pytest -m servers $(FILES)

faults: dev
	@$(PY) -m pytest -m faults $(TESTS) $(FILES)

SECONDS = 120
SEED =
DATABASE =
soak: dev
	@$(PY) -m tests.faults.soak --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(DATABASE),--database $(DATABASE))

check: dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	find templates newsletter campaigns \( -name '*.html' -o -name '*.txt' \) -exec .venv/bin/djade --target-version 5.2 --check {} +
	find manage.py newsletter campaigns tests -name '*.py' -exec .venv/bin/django-upgrade --target-version 5.2 --check {} +
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --fail-level WARNING

coverage: dev
	@$(PY) -m tests.covering

bench: dev
	@$(PY) -m tests.benchmarks

wording: dev
	@$(PY) -m tests.benchmarks wording

install: run

run: .venv/.run
dev: .venv/.dev

# A stamp is younger than its requirements file only when all of it was installed.
.venv/.run: .venv/.made requirements/run.txt
	@echo "Installing what Wici needs (once, about a minute) ..."
	@$(PIP) -r requirements/run.txt
	@touch $@

.venv/.dev: .venv/.made requirements/dev.txt
	@echo "Installing what Wici and its tests need (once, about a minute) ..."
	@$(PIP) -r requirements/dev.txt
	@touch $@

# The newest Python that really starts (a pyenv shim may not), is new enough and can make a venv; PYTHON=… chooses another.
PYTHON = python3.13 python3.12 python3.11 python3
FITS = import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.venv/.made:
	@for python in $(PYTHON); do \
		if "$$python" -c "$(FITS)" >/dev/null 2>&1; then \
			echo "Making .venv with $$("$$python" --version) ..."; \
			"$$python" -m venv --clear .venv && touch $@ && exit 0; \
			exit 1; \
		fi; \
	done; \
	echo "Wici needs Python 3.11, 3.12 or 3.13 with its venv module, and none was found under: $(PYTHON)."; \
	echo "On Debian or Ubuntu: apt-get install python3 python3-venv. Elsewhere: make PYTHON=/path/to/python3.12 demo"; \
	exit 1

# The newest releases that fit pyproject.toml, pinned and hashed for Python 3.11 to 3.13. Needs uv; names no registry.
LOCK = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-header --custom-compile-command "make lock"

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv; put it on the PATH, then run make lock again."; exit 1; }
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --group dev --constraints requirements/run.txt --output-file requirements/dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .server_cache .hypothesis

help:
	@echo "make demo     try Wici out: everything is started, and the demo edition is sent once (PORT=8000)"
	@echo "make up       the same without the demo's content"
	@echo "make test     the tests (FILES='tests/unit' for some of them)"
	@echo "make check    everything that is checked without running: style, types, layers, templates, migrations"
	@echo "make browser  the journeys in a real browser (needs Debian's chromium)"
	@echo "make scale    three worker hosts, one cut off in the middle (needs root and iproute2)"
	@echo "make servers  mail to Postfix, Exim and OpenSMTPD, fetched from Debian (needs root and apt)"
	@echo "make faults   kill everything at every step of a mailing (needs PostgreSQL and libfaketime, about ten minutes)"
	@echo "make soak     random faults for SECONDS=120 (SEED=…, DATABASE=sqlite or postgresql); fails when a promise is broken"
	@echo "make coverage branch coverage of every stage, and whether it is complete (needs PostgreSQL)"
	@echo "make bench    how many messages a second leave, and how well the wording rules find (make wording: only that)"
	@echo "make lock     choose the newest releases again and pin them"
	@echo "make clean    remove .venv and caches; what you entered stays in var/"

.PHONY: demo up test browser scale servers faults soak check install run dev coverage bench wording lock clean help
