"""Every block of the READMEs and of `docs/` runs, and what a page claims is so.

`yaml` is read: a ruleset or a part of one (laid over `mof-2020`) is compiled, a document or layout is validated; one that opens
with a comment naming a file, `# my-city.yaml`, is kept under that name for the commands that follow on the page.
A `yaml` block of list items is tests of the ruleset above it, one named `*.test.yaml` is a test file: they must pass.
`yaml refused` is what must be refused.
`python` is executed, blocks of a page one after another. `console` lines `$ zhunsheng …` and `$ cp …` are run in a
folder that has `fixtures/` and `rulesets/`, and must print what stands below them; a line `…` stands for any lines.
`text` is not an example. `$ make …` and what fetches from elsewhere is not run here: CI runs `make check` itself.
"""

from __future__ import annotations

import doctest
import importlib
import json
import os
import pkgutil
import re
import runpy
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
import pytest

import zhunsheng
from package.building import ROOT
from zhunsheng import Answer, Refused, evaluate_dossier, load_dossier, load_ruleset, plain
from zhunsheng.document import kind_of, read_document, read_dossier
from zhunsheng.exchange.forms.layout import read_layout
from zhunsheng.exchange.ruleset_tests import load_tests
from zhunsheng.expression.check import Binder, check
from zhunsheng.expression.functions import FUNCTIONS
from zhunsheng.expression.parse import Malformed, parse
from zhunsheng.source import read
from zhunsheng.trial import run

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
REPORT = ROOT / "fixtures" / "zhuzhou-2021" / "dossier.yaml"
HEAD = "ruleset: example\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\n"
TESTS = "ruleset: example\ntests:\n"
NOT_RUN = ("make ", "git ", "sudo ")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class Block(NamedTuple):
    """A fenced block of a page."""

    kind: str
    text: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    for found in re.finditer(r"^(`{3,})([\w ]*)\n(.*?)^\1$", page, flags=re.MULTILINE | re.DOTALL):
        yield Block(found[2], found[3], page.count("\n", 0, found.start()) + 2)


# Blocks


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_block_of_a_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("fixtures", "rulesets", "schemas"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks(path.read_text(encoding="utf-8")):
        match block.kind:
            case "python":
                blank = "\n" * (block.line - 1)
                exec(compile(blank + block.text, str(path), "exec"), names)  # noqa: S102  our own pages
            case "yaml" if tests := held_tests(block, tmp_path):
                assert not differing(tests), f"{name_of(path)}:{block.line}: {differing(tests)}"
            case "yaml":
                read_yaml(block, tmp_path)
            case "yaml refused":
                with pytest.raises(Refused):
                    read_yaml(block, tmp_path)
            case "console":
                run_console(block, path, tmp_path)
            case "json":
                json.loads(block.text)
            case kind:
                assert kind == "text", f"{name_of(path)}:{block.line}: no test runs a block of `{kind}`"


def held_tests(block: Block, folder: Path) -> Path | None:
    """The file of a block of ruleset tests; None where it is none."""
    named = re.match(r"# (\S+\.test\.yaml)\n", block.text)
    if not named and not block.text.startswith("- "):
        return None
    path = folder / (named[1] if named else "example.test.yaml")
    path.write_text(block.text if named else TESTS + block.text, encoding="utf-8")
    return path


def differing(tests: Path) -> list[tuple[str, object]]:
    """The tests that do not pass, with what differs."""
    return [(each.name, each.differences) for each in run(load_tests(tests)).failed]


def read_yaml(block: Block, folder: Path) -> None:
    named = re.match(r"# (\S+\.yaml)\n", block.text)
    path = folder / (named[1] if named else "example.yaml")
    path.parent.mkdir(exist_ok=True)
    source = read(block.text.encode(), path.name)
    if "layout" in source.data:
        path.write_text(block.text, encoding="utf-8")
        read_layout(source)
        return
    policy = not source.data.keys() & {"kind", "documents"}
    text = HEAD + block.text if policy and "ruleset" not in source.data else block.text
    path.write_text(text, encoding="utf-8")
    if policy:
        load_ruleset(path)
    elif kind_of(source) == "dossier":
        read_dossier(source)
    else:
        read_document(source)


def run_console(block: Block, page: Path, folder: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("LC_", "ZHUNSHENG"))},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    for call in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, wanted = call.partition("\n")
        if command.startswith(NOT_RUN):
            continue
        assert command.startswith(("zhunsheng ", "cp ")), f"{name_of(page)}:{block.line}: {command}"
        done = subprocess.run(
            ["bash", "-c", f"{command} 2>&1"],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
            timeout=120,
        )
        printed = done.stdout.decode()
        assert done.returncode in (0, 1, 2), printed
        assert matches(wanted, printed), f"{name_of(page)}:{block.line}: $ {command}\n{printed}"


def matches(wanted: str, printed: str) -> bool:
    """Whether output is as a page shows it: lines `…` stand for any, spaces at line ends and blank ends do not count."""

    def lines(text: str) -> list[str]:
        return [each.rstrip() for each in text.strip("\n").splitlines()]

    pattern = "".join(r"(?:.*\n)*?" if each.strip() == "…" else re.escape(each) + "\n" for each in lines(wanted))
    return re.fullmatch(pattern, "".join(f"{each}\n" for each in lines(printed))) is not None


def test_an_ellipsis_stands_for_any_lines_and_nothing_else_does() -> None:
    assert matches("a\n…\nd\n", "a\nb\nc\nd\n")
    assert matches("a \n", "a\n\n")
    assert not matches("a\n…\nd\n", "a\nb\n")
    assert not matches("a\n", "a\nb\n")


MODULES = [
    each.name
    for each in pkgutil.walk_packages(zhunsheng.__path__, "zhunsheng.")
    if each.name != "zhunsheng.__main__"  # importing it runs it
]


@pytest.mark.parametrize("module", ["zhunsheng", *MODULES])
def test_every_example_in_a_docstring_is_so(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, _ = doctest.testmod(importlib.import_module(module))
    assert failed == 0


# Pages


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_within_the_project_leads_somewhere(path: Path) -> None:
    text = re.sub(r"^(`{3,}).*?^\1$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_the_index_leads_to_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    led = {(ROOT / "docs" / each).resolve() for each in re.findall(r"\]\(([^)#]+\.md)", index)}

    assert {path for path in PAGES if path.is_relative_to(ROOT / "docs")} - led == {ROOT / "docs" / "README.md"}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_to_a_heading_finds_it(path: Path) -> None:
    text = re.sub(r"^(`{3,}).*?^\1$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for page, heading in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", text):
        aim = (path.parent / page).resolve() if page else path
        heads = re.findall(r"^#+ (.+)$", aim.read_text(encoding="utf-8"), flags=re.MULTILINE)
        slugs = {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in heads}
        assert heading in slugs, f"{page}#{heading}"


def test_the_page_on_the_real_report_names_the_rules_that_fire_and_no_other() -> None:
    page = (ROOT / "docs/explanation/the-real-report.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", page.partition("## 数字之间的关系")[0]))
    whole, documents = evaluate_dossier(load_dossier(REPORT), load_ruleset("zhuzhou-2021"))
    fired = {each.rule for findings in (whole.findings, *(each.findings for each in documents)) for each in findings}

    assert named == fired


# What is generated


def test_generated_files_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_file_is_named_with_the_command_that_mends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate = runpy.run_path(str(ROOT / "docs/generate.py"))
    monkeypatch.setitem(generate["main"].__globals__, "ROOT", tmp_path)
    monkeypatch.setitem(generate["main"].__globals__, "FILES", {"schemas/a.json": lambda: "{}\n"})
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/gone.json").write_text("{}")

    assert generate["main"](["--check"]) == 1
    assert generate["main"]([]) == 0
    assert generate["main"](["--check"]) == 0
    assert [each.name for each in (tmp_path / "schemas").iterdir()] == ["a.json"]


SCHEMAS = sorted((ROOT / "schemas").glob("*.json"))


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def parts(node: object, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every definition and every property of a schema."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if key in ("$defs", "properties"):
                yield from ((f"{at}/{key}/{name}", each) for name, each in inner.items())
            yield from parts(inner, f"{at}/{key}")


@pytest.mark.parametrize("path", SCHEMAS, ids=name_of)
def test_a_schema_is_one_of_draft_2020_12_and_speaks_chinese(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))

    assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(content)
    chinese = re.compile("[\u4e00-\u9fff]")
    for at, each in [("", content), *parts(content)]:
        assert chinese.search(each.get("title", "")), f"{at}: title {each.get('title')!r}"
        assert chinese.search(each.get("description", "中")), f"{at}: description {each['description']!r}"


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures/zhuzhou-2021").glob("*.yaml")), ids=name_of)
def test_the_published_schemas_take_the_real_report_as_filed(path: Path) -> None:
    source = read(path.read_bytes(), path.name)
    jsonschema.Draft202012Validator(schema(kind_of(source))).validate(as_json(source.data))


@pytest.mark.parametrize("path", sorted((ROOT / "rulesets").glob("*[!t].yaml")), ids=name_of)
def test_the_published_schema_takes_every_ruleset(path: Path) -> None:
    jsonschema.Draft202012Validator(schema("ruleset")).validate(as_json(read(path.read_bytes(), path.name).data))


def test_the_published_schema_takes_an_answer() -> None:
    whole, documents = evaluate_dossier(load_dossier(REPORT), load_ruleset("zhuzhou-2021"))
    answer = plain(Answer(assessments=documents, dossiers=(whole,)))

    jsonschema.Draft202012Validator(schema("assessment")).validate(json.loads(json.dumps(answer)))


def as_json(data: object) -> object:
    """Read data as a JSON program with exact decimals has it: whole numbers are integers."""
    match data:
        case dict():
            return {key: as_json(value) for key, value in data.items()}
        case list():
            return [as_json(value) for value in data]
        case Decimal() if data == int(data):
            return int(data)
        case _:
            return data


# The language reference


def test_the_example_of_every_function_has_a_type() -> None:
    scopes = load_ruleset("mof-2020").scopes
    for function in FUNCTIONS:
        assert any(typed(function.example, scope, scopes) for scope in ("文件", "指标")), function.example


def typed(text: str, scope: str, scopes: Any) -> bool:
    try:
        check(text, (Binder(scope),), scopes)
    except Malformed:
        return False
    return True


def test_the_example_of_every_sign_can_be_read() -> None:
    signs: dict[str, tuple[str, str]] = runpy.run_path(str(ROOT / "docs/generate.py"))["SIGNS"]
    for _, example in signs.values():
        if example:
            parse(example)
