# The one list of commands. Each also stands in the README for people without make.
PY := .venv/bin/python
.PHONY: help setup demo test lint audit fast lock replicas

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

setup: .venv/ready  ## build .venv from the locked requirements
.venv/ready: requirements/dev.txt requirements/uv.txt
	python3 -m venv .venv || { echo "python3 needs its venv module (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	.venv/bin/uv pip sync --quiet --python $(PY) --require-hashes requirements/dev.txt requirements/uv.txt
	touch .venv/ready

demo: setup  ## the local workspace with the real bot in it
	$(PY) -m sandbox

replicas: setup  ## three bots on one PostgreSQL: one is killed, all are restarted, nothing is lost
	$(PY) -m sandbox.rehearsal $(WITH)

lint: setup  ## ruff, mypy, import-linter, and a scan of tracked files for keys
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-cache
	$(PY) -m tests.tracked_secrets

audit: setup  ## known vulnerabilities of the locked requirements; passes where none can be looked up
	$(PY) -m tests.advisories

fast: setup  ## the tests without a browser and without processes
	$(PY) -m pytest -n 2 --dist loadfile -m "not browser and not process"

test: setup lint  ## everything; needs Chromium from the system's packages
	$(PY) -m tests.browser_present
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# --- how fast it is: docs/speed.md says what each of these asks ---
BENCHES := import-path unchanged memory passwords matching acks cold-start
.PHONY: bench $(addprefix bench-,$(BENCHES))
bench: $(addprefix bench-,$(BENCHES))  ## measure everything, which takes about an hour; bench-matching and so on ask one question
$(addprefix bench-,$(BENCHES)): bench-%: setup benchmarks/.venv/ready
	$(PY) -m benchmarks.$(subst -,_,$*) $(BENCH_OPTIONS)
benchmarks/.venv/ready: requirements/bench.txt
	python3 -m venv benchmarks/.venv
	.venv/bin/uv pip sync --quiet --python benchmarks/.venv/bin/python --require-hashes requirements/bench.txt
	touch benchmarks/.venv/ready

lock:  ## compile the locked requirements anew
	.venv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --universal --python-version 3.11 requirements/uv.in -o requirements/uv.txt
	.venv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --universal --python-version 3.11 requirements/runtime.in -o requirements/runtime.txt
	.venv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --universal --python-version 3.11 requirements/dev.in -o requirements/dev.txt
	.venv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --universal --python-version 3.11 requirements/bench.in -o requirements/bench.txt
