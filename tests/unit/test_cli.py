"""The command as a shell sees it: exit codes, streams, widths, encodings, and what it does with bad calls."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from zhunsheng import cli
from zhunsheng.cli.schema import schema_named
from zhunsheng.problem.show import cells

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parents[2]
REPORT: Final = ROOT / "fixtures" / "zhuzhou-2021"
DEPARTMENT: Final = REPORT / "department.yaml"
COLLECTION: Final = REPORT / "information-collection.yaml"
NARROW: Final = 40


class Ended(NamedTuple):
    """How a call ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Calls the command within this process, its streams UTF-8 files."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("ZHUNSHENG_DEBUG", raising=False)
    monkeypatch.chdir(ROOT)

    def call(*arguments: str | Path, columns: int | None = None) -> Ended:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2))
        monkeypatch.setattr(sys, "argv", ["zhunsheng", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        if columns is None:
            monkeypatch.delenv("COLUMNS", raising=False)
        else:
            monkeypatch.setenv("COLUMNS", str(columns))
        code = cli.main()
        texts = []
        for stream in (out, err):
            stream.flush()
            buffer = stream.buffer
            assert isinstance(buffer, io.BytesIO)
            texts.append(buffer.getvalue().decode())
        return Ended(code, *texts)

    return call


def shell(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[bytes]:
    """Calls the command as a process of its own, in an environment that holds nothing but `settings`."""
    return subprocess.run(
        [sys.executable, "-m", "zhunsheng", *map(str, arguments)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        check=False,
    )


# Exit codes


def test_what_was_evaluated_ends_with_0(run: Callable[..., Ended]) -> None:
    ended = run("evaluate", DEPARTMENT)

    assert (ended.code, ended.err) == (0, "")
    assert "98.45" in ended.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([DEPARTMENT], 1),
        ([DEPARTMENT, "--ruleset", "zhuzhou-2021-as-printed"], 1),  # a reason is still wanting
        ([ROOT / "fixtures/bad/undeclared-input/mended.yaml", "--ruleset", "mof-2020"], 1),
    ],
)
def test_strict_ends_with_1_on_findings_or_requirements(
    run: Callable[..., Ended], arguments: list[str | Path], code: int
) -> None:
    assert run("evaluate", *arguments).code == 0
    assert run("evaluate", *arguments, "--strict").code == code


def test_strict_ends_with_0_where_there_is_nothing_to_say(run: Callable[..., Ended], tmp_path: Path) -> None:
    form = tmp_path / "form.yaml"
    form.write_text(
        "kind: project\nunit: 某单位\nproject: 某项目\nyear: 2021\n"
        "funds: {total: {annual_budget: 100, executed: 95, points: 10, claimed_rate: 95%, claimed_score: 9.5}}\n"
        "indicators:\n"
        "- {dimension: 产出指标, name: 甲, target: ≥10件, actual: 10件, points: 50, claimed_score: 50}\n"
        "- {dimension: 效益指标, name: 乙, target: ≥90%, actual: 91%, points: 30, claimed_score: 30}\n"
        "- {dimension: 满意度指标, name: 丙, target: ≥90%, actual: 91%, points: 10, claimed_score: 10}\n"
        "claimed_total: 99.5\nclaimed_grade: 优\n",
        encoding="utf-8",
    )

    ended = run("evaluate", form, "--ruleset", "mof-2020", "--strict")

    assert (ended.code, ended.err) == (0, ""), ended.out


def test_refused_files_end_with_2_and_the_others_are_still_evaluated(run: Callable[..., Ended]) -> None:
    ended = run("evaluate", ROOT / "fixtures/bad/outside/bad.yaml", COLLECTION)

    assert ended.code == 2
    assert "error[outside]" in ended.err
    assert "城市管理信息采集管理项目" in ended.out


def test_a_problem_of_evaluation_is_told_at_its_line(run: Callable[..., Ended]) -> None:
    ended = run("evaluate", "fixtures/bad/undeclared-input/bad.yaml")

    assert ended.code == 2
    assert "fixtures/bad/undeclared-input/bad.yaml:7:14" in ended.err


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder / "absent.yaml", "file-missing"),
        (lambda folder: folder, "empty-folder"),
        (lambda folder: _touched(folder / "form.pptx"), "unknown-format"),
        (lambda folder: _touched(folder / "locked.yaml", mode=0), "file-unreadable"),
    ],
)
def test_what_cannot_be_opened_is_refused(
    run: Callable[..., Ended], tmp_path: Path, make: Callable[[Path], Path], code: str
) -> None:
    path = make(tmp_path)
    if code == "file-unreadable" and os.access(path, os.R_OK):
        pytest.skip("root may read every file")

    ended = run("evaluate", path)

    assert (ended.code, ended.out) == (2, "")
    assert f"error[{code}]" in ended.err


@pytest.mark.parametrize("command", ["evaluate", "check", "test", "format"])
def test_a_pipe_is_refused_and_not_waited_for(run: Callable[..., Ended], tmp_path: Path, command: str) -> None:
    pipe = tmp_path / "form.test.yaml"
    os.mkfifo(pipe)

    ended = run(command, pipe)

    assert ended.code == 2
    assert "error[file-unreadable]" in ended.out + ended.err


@pytest.mark.parametrize("command", ["evaluate", "check", "test", "format", "describe", "tables", "new"])
def test_a_name_that_no_file_can_have_is_refused(run: Callable[..., Ended], command: str) -> None:
    subject = ["ruleset", "x", "--extends"] if command == "new" else []

    ended = run(command, *subject, "x" * 5000 + ".yaml")

    assert ended.code == 2
    assert "error[" in ended.out + ended.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["evaluate", DEPARTMENT, "--lang", "zh", "--lang", "en"], "wrong-option"),
        (["evaluate", DEPARTMENT, "--ruleset=mof-2020", "--ruleset", "zhuzhou-2021"], "wrong-option"),
        (["evaluate", DEPARTMENT, "--strict", "--strict"], "wrong-option"),
        (["evaluate", ""], "wrong-call"),
        (["evaluate", DEPARTMENT, "--ruleset", "./rulesets"], "file-is-folder"),
        (["check", ROOT / "rulesets"], "file-is-folder"),
    ],
)
def test_a_call_that_could_mean_two_things_is_refused(
    run: Callable[..., Ended], arguments: list[str | Path], code: str
) -> None:
    ended = run(*arguments)

    assert ended.code == 2
    assert f"error[{code}]" in ended.out + ended.err


def test_what_looks_like_an_option_may_be_the_value_of_one(run: Callable[..., Ended]) -> None:
    assert "error[nothing-named]" in run("explain", DEPARTMENT, "--what", "--lang", "--lang", "en").err


def test_a_file_named_twice_is_taken_once(run: Callable[..., Ended]) -> None:
    assert run("evaluate", DEPARTMENT, REPORT / ".." / REPORT.name / DEPARTMENT.name) == run("evaluate", DEPARTMENT)
    assert run("evaluate", REPORT, DEPARTMENT).out == run("evaluate", REPORT).out


def test_a_name_that_is_not_utf8_is_shown_and_read(run: Callable[..., Ended], tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"\xd6\xea\xd6\xde.yaml")
    shutil.copy(DEPARTMENT, file)
    (tmp_path / os.fsdecode(b"\xb1\xed.yaml")).write_text("kind: no\n", encoding="utf-8")

    for form in ("text", "json"):
        ended = run("evaluate", tmp_path, "--format", form)

        assert ended.code == 2
        assert "98.45" in ended.out
        assert "error[ambiguous-value]" in ended.err


def test_a_folder_named_like_a_ruleset_is_refused(run: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").mkdir()

    ended = run("check", tmp_path / "rules.yaml")

    assert ended.code == 2
    assert "error[file-is-folder]" in ended.out


def _touched(path: Path, mode: int = 0o644) -> Path:
    path.write_text("kind: project\n", encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["evalaute"], "unknown-command", "evaluate"),
        (["evaluate", "x.yaml", "--rulset", "y"], "unknown-option", "--ruleset"),
        (["-x"], "unknown-option", "--help"),
        (["evaluate"], "missing-argument", "PATH…"),
        (["explain", "x.yaml"], "missing-argument", "--what"),
        (["evaluate", "x.yaml", "--format", "yaml"], "wrong-option", "json"),
        (["evaluate", "x.yaml", "--ruleset"], "wrong-option", "--ruleset"),
        (["evaluate", "x.yaml", "--strict=3"], "wrong-option", "--strict"),
        (["schema", "ruleset", "more"], "wrong-call", "more"),
        (["problem", "ailas"], "unknown-code", "alias"),
        (["evaluate", DEPARTMENT, "--ruleset", "zhuzhou-2022"], "unknown-ruleset", "zhuzhou-2021"),
        (["explain", DEPARTMENT, "--what", "受理案卷"], "nothing-named", "受理城市管理案卷"),
        (["evaluate", DEPARTMENT, "--output", DEPARTMENT], "output-is-input", "--output"),
        (["evaluate", DEPARTMENT, "--output", "absent/out.txt"], "not-writable", "absent"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_mistaken_call_is_refused_with_what_would_be_right(
    run: Callable[..., Ended], arguments: list[str | Path], code: str, said: str, lang: str
) -> None:
    before = DEPARTMENT.read_bytes()

    ended = run(arguments[0], *([] if arguments[0] in ("schema", "-x") else ["--lang", lang]), *arguments[1:])

    assert (ended.code, ended.out) == (2, "")
    assert f"error[{code}]" in ended.err
    assert said in ended.err
    assert DEPARTMENT.read_bytes() == before


@pytest.mark.parametrize(("name", "code"), [("band-gap", 2), ("weights-sum", 1), ("clause-missing", 0)])
def test_check_ends_with_what_the_worst_problem_is_worth(run: Callable[..., Ended], name: str, code: int) -> None:
    assert run("check", "mof-2020").code == 0
    assert run("check", "mof-2020", f"fixtures/bad/{name}/bad.yaml").code == code


def test_check_leaves_the_tests_beside_rulesets(tmp_path: Path, run: Callable[..., Ended]) -> None:
    names = ("general-practice.yaml", "general-practice.test.yaml")
    ruleset, tests = (tmp_path / each for each in names)
    for each in names:
        (tmp_path / each).write_bytes((ROOT / "rulesets" / each).read_bytes())

    assert run("check", ruleset, tests) == run("check", ruleset)
    assert "error[wrong-call]" in run("check", tests).err


# What comes out


def test_json_is_the_assessment_and_the_same_bytes_each_time() -> None:
    one, other = (shell("evaluate", REPORT, "--format", "json", PYTHONHASHSEED=seed, LC_ALL="C") for seed in ("1", "2"))

    assert (one.returncode, one.stderr) == (0, b"")
    assert one.stdout == other.stdout
    answer = json.loads(one.stdout)
    Draft202012Validator(schema_named("assessment")).validate(answer)
    assert [each["total"]["computed"] for each in answer["assessments"]] == ["98.45", "100.00", "90.99"]
    assert len(answer["dossiers"]) == 1
    assert "株洲市" in one.stdout.decode()
    assert one.stdout.endswith(b"}\n")


def test_json_is_whole_even_where_all_is_refused(run: Callable[..., Ended]) -> None:
    ended = run("evaluate", "absent.yaml", "--format", "json")

    assert ended.code == 2
    assert json.loads(ended.out) == {"assessments": [], "dossiers": []}


def test_output_goes_to_a_file(run: Callable[..., Ended], tmp_path: Path) -> None:
    file = tmp_path / "out.json"

    ended = run("evaluate", DEPARTMENT, "--format", "json", "--output", file)

    assert (ended.code, ended.out) == (0, "")
    assert file.read_text(encoding="utf-8") == run("evaluate", DEPARTMENT, "--format", "json").out


@pytest.mark.parametrize("name", ["document", "dossier", "ruleset", "assessment"])
def test_schemas_are_schemas(run: Callable[..., Ended], name: str) -> None:
    ended = run("schema", name)

    assert ended.code == 0
    Draft202012Validator.check_schema(json.loads(ended.out))


@pytest.mark.parametrize("arguments", [["rulesets"], ["show", "zhuzhou-2021"], ["check", "mof-2020"]])
def test_json_of_rulesets(run: Callable[..., Ended], arguments: list[str]) -> None:
    ended = run(*arguments, "--format", "json")

    assert ended.code == 0
    assert isinstance(json.loads(ended.out), dict)


def test_a_merged_policy_is_shown_with_where_each_element_came_from(run: Callable[..., Ended]) -> None:
    shown = json.loads(run("show", "zhuzhou-2021-as-printed", "--format", "json").out)

    came = {each["name"]: each["from"] for each in shown["quantities"]}
    assert came["执行率"] == ["mof-2020", "zhuzhou-2021", "zhuzhou-2021-as-printed"]
    assert came["说明界限"] == ["mof-2020"]
    assert "mof-2020 → zhuzhou-2021 → zhuzhou-2021-as-printed" in run("show", "zhuzhou-2021-as-printed").out


def test_a_ruleset_asked_for_outside_its_period_judges_and_says_so(run: Callable[..., Ended]) -> None:
    within, outside = (
        run("evaluate", "fixtures/policies/plain.yaml", "--ruleset", name, columns=200)
        for name in ("mof-2020", "zhuzhou-2021")
    )

    assert (within.code, outside.code) == (0, 0)
    assert "由 --ruleset 指定）" in within.out
    assert "2023 年末不在它的有效期 2021-01-01/2021-12-31 之内" in outside.out


def test_every_code_can_be_asked_about(run: Callable[..., Ended]) -> None:
    listed = [row.split()[0] for row in run("problem").out.splitlines()]

    assert listed == sorted(listed)
    assert all(run("problem", code).out.startswith(code) for code in listed)


def test_at_most_twenty_problems_a_file_are_shown_and_the_rest_counted(
    run: Callable[..., Ended], tmp_path: Path
) -> None:
    form = tmp_path / "form.yaml"
    form.write_text(
        "kind: department\nunit: 某单位\nyear: 2021\nfunds: {total: {}}\nindicators:\n"
        + "- {name: 甲, points: 五}\n" * 25,
        encoding="utf-8",
    )

    ended = run("evaluate", form)

    assert ended.err.count("error[") == 20
    assert "还有 5 处问题" in ended.err


# Pages


@pytest.mark.parametrize("columns", [NARROW, 60, 80, 100, 120])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_line_is_wider_than_the_page(run: Callable[..., Ended], columns: int, lang: str) -> None:
    ended = run("evaluate", DEPARTMENT, "--lang", lang, columns=columns)

    assert ended.code == 0
    assert [row for row in ended.out.splitlines() if cells(row) > columns] == []
    assert [row for row in ended.out.splitlines() if row != row.rstrip()] == []
    assert "1984.99" in ended.out


def test_a_pipe_has_a_hundred_cells_and_no_colours() -> None:
    piped = shell("evaluate", DEPARTMENT, LANG="C.UTF-8")

    assert b"\x1b" not in piped.stdout
    assert piped.stdout.decode().splitlines()[0] == "─" * 100


@pytest.mark.parametrize(("settings", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_left_out_where_they_are_not_wanted(settings: dict[str, str], coloured: bool) -> None:  # noqa: FBT001
    for arguments in (["evaluate", DEPARTMENT], ["evaluate", "absent.yaml"]):
        done = shell(*arguments, FORCE_COLOR="1", TERM="xterm", **settings)
        assert (b"\x1b" in done.stdout + done.stderr) is coloured


@pytest.mark.parametrize("settings", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"}, {}])
def test_a_locale_without_chinese_is_no_obstacle(settings: dict[str, str]) -> None:
    done = shell("evaluate", DEPARTMENT, **settings)

    assert (done.returncode, done.stderr) == (0, b"")
    assert "株洲市城市管理监督指挥中心" in done.stdout.decode()


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    command = [sys.executable, "-m", "zhunsheng", "evaluate", str(REPORT), "--format", "json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 128 + signal.SIGPIPE


@pytest.mark.parametrize(
    "arguments", [["evaluate", DEPARTMENT], ["evaluate", REPORT, "--format", "json"], ["--version"]]
)
@pytest.mark.parametrize("target", [">&-", "> /dev/full"])
def test_output_that_goes_nowhere_is_told_as_such(arguments: list[str | Path], target: str) -> None:
    call = shlex.join([sys.executable, "-m", "zhunsheng", *map(str, arguments)])

    done = subprocess.run(["sh", "-c", f"{call} {target}"], cwd=ROOT, capture_output=True, check=False)

    assert done.returncode == 2
    assert done.stderr.decode().startswith("输出写不出去（")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("target", ["2>&-", "2> /dev/full", ">&- 2>&-", "> /dev/full 2> /dev/full"])
def test_a_closed_error_stream_changes_no_exit_code(target: str) -> None:
    call = shlex.join([sys.executable, "-m", "zhunsheng", "evaluate", "missing.yaml"])

    done = subprocess.run(["sh", "-c", f"{call} {target}"], cwd=ROOT, capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")


# Faults of ours


def test_a_fault_of_ours_is_two_lines_and_no_traceback(
    run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("zhunsheng.cli.filing.judged", broken)

    ended = run("evaluate", DEPARTMENT)

    assert ended.code == 70
    assert len(ended.err.splitlines()) == 2
    assert "ZeroDivisionError" in ended.err
    monkeypatch.setenv("ZHUNSHENG_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_ctrl_c_ends_with_130(run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("zhunsheng.cli.filing.judged", stopped)

    assert run("evaluate", DEPARTMENT).code == 130
