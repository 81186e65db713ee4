# 准绳 Zhunsheng. A bare machine needs Python ≥ 3.11 with venv and headers, git, make and a C compiler; `make help` lists
# the targets. `make check PYTHON=python3.12` uses another interpreter, in an environment of its own (.venv-3.12).

ifndef PYTHON
PYTHON := $(shell for each in python3 python3.13 python3.12 python3.11; do \
  $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
ifeq ($(PYTHON),)
PYTHON := python3
endif
endif

TELL_VERSION := import sys; print("%d.%d.%d" % sys.version_info[:3])
VERSION := $(shell $(PYTHON) -c '$(TELL_VERSION)' 2>/dev/null)
VENV ?= .venv$(if $(filter-out python3,$(PYTHON)),-$(basename $(VERSION)))
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(VERSION)

# durable-rules 2.0.28 names a function that CPython 3.13 removed; its setup.py overwrites CFLAGS, so CPPFLAGS it is.
export CPPFLAGS := $(CPPFLAGS) -DPyEval_CallObject=PyObject_CallObject

PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --retries 8 --timeout 60
JOBS ?= auto
SUITE := -n $(JOBS) --dist loadgroup

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup demo check format format-check lint types rooms fresh test seeds long generate record bench spark lock clean

help: ## 列出命令  list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name words; do \
	  printf '  make %-14s %s\n' "$$name" "$$words"; done

setup: $(READY) ## 安装环境  set up the environment, if absent or stale

demo: $(READY) ## 复核一份真实自评报告  evaluate the real report under fixtures/
	@$(BIN)/zhunsheng evaluate fixtures/zhuzhou-2021

check: format-check lint types rooms fresh test ## 提交前的全部检查，CI 也只运行它  all checks, as CI runs them

format: $(READY) ## 整理格式  format the code, mend what ruff can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

format-check: $(READY)
	@echo '── 格式 format'
	@$(BIN)/ruff format --check

lint: $(READY)
	@echo '── 规范 lint'
	@$(BIN)/ruff check

types: $(READY)
	@echo '── 类型 types'
	@$(BIN)/mypy

rooms: $(READY)
	@echo '── 依赖方向 rooms'
	@$(BIN)/lint-imports --no-logo

fresh: $(READY)
	@echo '── 生成文件 generated files'
	@$(BIN)/python docs/generate.py --check

test: $(READY) ## 只运行测试  the tests only; ARGS="tests/unit -k round" narrows
	@echo '── 测试 tests'
	@PYTHONHASHSEED=$${PYTHONHASHSEED:-0} $(BIN)/python -m pytest $(SUITE) $(ARGS)

seeds: $(READY) ## 以两个散列种子各测一遍  the suite under two hash seeds
	@for seed in 1 2; do echo "── PYTHONHASHSEED=$$seed"; \
	  PYTHONHASHSEED=$$seed $(BIN)/python -m pytest $(SUITE) $(ARGS) || exit; done

long: $(READY) ## 随机长测性质  the laws at length, with random examples
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest $(SUITE) tests/laws $(ARGS)

generate: $(READY) ## 重写生成文件  rewrite schemas/ and docs/reference/
	@$(BIN)/python docs/generate.py

record: $(READY) ## 重写 tests/recorded 里的输出，须复核差异  write down anew what the commands say
	@$(BIN)/python tests/recorded/record.py

bench: $(READY) $(VENV)/bench/.ready ## 与别家并排测速，只报告不断言；DOCUMENTS=1000000 FILED=1000000  benchmarks beside others: figures, nothing asserted
	@PYTHONPATH=tests:$(VENV)/bench $(BIN)/python -m benchmarks

spark: $(READY) $(VENV)/spark/.ready ## 在本机的 Spark 上与列式比对（要 Java）；DOCUMENTS=1000000  the Spark test, on a Spark of this machine
	@PYTHONPATH=$(VENV)/spark $(BIN)/python -m pytest tests/population/test_spark.py -p no:cacheprovider --durations=2 $(ARGS)

# --- environment ------------------------------------------------------------------------------------------------------

# Names what is missing, as Debian packages; runs on any Python, however old.
define MISSING
import sys
if sys.version_info < (3, 11):
    sys.exit("old")
import importlib.util, os, shutil, sysconfig
lacks = []
if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
    lacks.append(sys.argv[1] + "-venv")
if not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
    lacks.append(sys.argv[1] + "-dev")
compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
if not shutil.which(compiler):
    lacks.append("gcc libc6-dev")
print(" ".join(lacks))
endef
export MISSING

# One line and exit code 2 (make's own for a failed recipe) when the machine cannot do it. Downloads are tried three times:
# pip itself retries a refused connection, not one that breaks off midway.
$(READY): requirements.lock requirements-build.lock pyproject.toml
	@lacks=$$($(PYTHON) -c "$$MISSING" $(if $(filter python3%,$(notdir $(PYTHON))),$(notdir $(PYTHON)),python3) 2>/dev/null) || { \
	  echo '需要 Python 3.11 或更新，$(PYTHON) 是「$(or $(VERSION),没有)」；安装后用 make PYTHON=python3.12 指明' \
	    '· needs Python 3.11 or newer, $(PYTHON) is `$(or $(VERSION),absent)`:' \
	    'apt-get install python3 python3-venv python3-dev, or name one with make PYTHON=python3.12' >&2; exit 2; }; \
	if [ -n "$$lacks" ]; then \
	  echo "环境不全，先安装 · the machine lacks packages, install them first: apt-get install $$lacks" >&2; exit 2; fi
	@echo '── 安装环境 setting up $(VENV) (Python $(VERSION))'
	@found=$$($(BIN)/python -c '$(TELL_VERSION)' 2>/dev/null) || :; \
	if [ "$$found" = '$(VERSION)' ]; then $(PYTHON) -m venv $(VENV); else $(PYTHON) -m venv --clear $(VENV); fi
	@rm -f $(VENV)/.ready-*
	@try() { for wait in 5 20 0; do "$$@" && return; [ $$wait = 0 ] || \
	    { echo "   再试一次 trying again in $$wait s" >&2; sleep $$wait; }; done; return 1; }; \
	try $(PIP) --require-hashes -r requirements-build.lock && \
	try $(PIP) --require-hashes --no-build-isolation -r requirements.lock && \
	$(PIP) --no-deps --no-index --no-build-isolation -e .
	@$(BIN)/python -m pip check --disable-pip-version-check >$(VENV)/.pip-check || { cat $(VENV)/.pip-check >&2; \
	  echo '依赖锁与 pyproject.toml 不符，运行 make lock · the lock does not fit pyproject.toml: make lock' >&2; exit 2; }
	@touch $@

# What only one target needs lies in a folder of its own, behind the environment: CI does not load it.
$(VENV)/bench/.ready $(VENV)/spark/.ready: $(VENV)/%/.ready: requirements-%.lock $(READY)
	@echo '── 安装 installing $*'
	@rm -rf $(@D)
	@$(PIP) --require-hashes --no-deps --no-build-isolation --target $(@D) -r $< && touch $@ || { \
	  echo '   装不上，用到它的都略过 · cannot be installed: what needs it is skipped' >&2; mkdir -p $(@D); }

# The locks name no package host: whoever installs decides where from. A version stays as it is while it fits; UPGRADE=1 renews all.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
  --no-emit-find-links $(if $(UPGRADE),--upgrade)

lock: ## 重写依赖锁  rewrite the locks (needs uv); UPGRADE=1 renews every version
	@command -v uv >/dev/null || { echo '重写依赖锁要用 uv · rewriting the locks needs uv: pip install uv' >&2; exit 2; }
	@$(LOCK) pyproject.toml --group dev --output-file requirements.lock
	@$(LOCK) --group build --constraint requirements.lock --output-file requirements-build.lock
	@$(LOCK) --group bench --constraint requirements.lock --output-file requirements-bench.lock
	@$(LOCK) --group spark --constraint requirements.lock --output-file requirements-spark.lock

clean: ## 清除产物与缓存  remove what was built and cached; environments stay
	@rm -rf dist build .coverage .grimp_cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find engine tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
