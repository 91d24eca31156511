# `make demo` shows the program, `make test` is everything that must pass. Both need Python 3.11 or 3.12 and
# bring the rest. PYTHON=… names an interpreter, ARGS=… passes options on: make demo ARGS="--port 9000"

BIN := .venv/bin
export PYTHON

.PHONY: demo test soak bench lint fmt clean run-venv dev-venv packages

demo: run-venv
	@$(BIN)/flask --app wsgi demo $(ARGS)

test: packages dev-venv lint
	$(BIN)/pytest -n 2 -m "not soak" $(ARGS)

soak: packages dev-venv
	$(BIN)/pytest -m soak $(ARGS)

bench: dev-venv
	$(BIN)/python -m tests.bench $(ARGS)

lint: dev-venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict app config.py wsgi.py
	$(BIN)/lint-imports

fmt: dev-venv
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The virtual environment and caches; `instance/` holds people's data and stays.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './instance/*' -prune -exec rm -rf {} +

run-venv:
	@.ci/make-venv requirements.txt

dev-venv:
	@.ci/make-venv requirements-dev.txt

# The tests drive a real browser.
packages:
	@.ci/debian-packages chromium
