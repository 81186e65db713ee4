"""Writes what is generated: `schemas/` from the models, `docs/reference/` from the tables of the engine.

`python docs/generate.py` writes; `python docs/generate.py --check` changes nothing, names what is stale and fails.
A page says what the engine's own tables say: a sentence that is wrong on a page is mended where it stands, in the
engine. What is written here is only how the tables follow each other.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import chdir
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, get_args

import yaml
from pydantic import BaseModel
from typer.main import get_command

from zhunsheng.cli.app import app
from zhunsheng.cli.filing import judged
from zhunsheng.cli.refusal import text_of
from zhunsheng.document import model
from zhunsheng.document.schema import document_schema, dossier_file_schema, schema_of
from zhunsheng.evaluation.assessment import Answer
from zhunsheng.exchange import load_ruleset
from zhunsheng.exchange.forms.layout import layout_schema
from zhunsheng.exchange.opening import source_of
from zhunsheng.expression import types
from zhunsheng.expression.check import check
from zhunsheng.expression.exact import compiled
from zhunsheng.expression.functions import FUNCTIONS
from zhunsheng.expression.parse import MAX_DEPTH, MAX_LENGTH, MAX_PLACES
from zhunsheng.expression.types import Type
from zhunsheng.expression.words import shown
from zhunsheng.number import MAX_DIGITS, Mode
from zhunsheng.population import layout
from zhunsheng.problem import Refused, say
from zhunsheng.problem.show import catalogue, excerpt, sentence, visible
from zhunsheng.proof import prove
from zhunsheng.ruleset import vocabulary
from zhunsheng.ruleset.check import check as faults_of
from zhunsheng.ruleset.model import SHORT, SHORT_ONE, ruleset_schema
from zhunsheng.ruleset.vocabulary import DOCUMENT, FUND, INDICATOR
from zhunsheng.source import readable
from zhunsheng.trial import trial_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from zhunsheng.problem import Problem

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDERS: Final = ("schemas", "docs/reference")
"""They hold nothing but what is generated."""


# Markdown


def page(title: str, english: str, *parts: str) -> str:
    """A page: its title, a sentence in English, its parts."""
    note = "<!-- 由 docs/generate.py 写出；改动后运行 make generate -->"
    return "\n\n".join((note, f"# {title}", f"*{english}*", *parts)) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a column that is empty in every row is left out."""
    found = [tuple(row) for row in rows]
    kept = [at for at in range(len(head)) if any(row[at] for row in found)]
    lines = [[head[at] for at in kept], ["---"] * len(kept), *([cell(row[at]) for at in kept] for row in found)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """`text` on one line of a table."""
    return text.replace("|", "\\|").replace("\n", "<br>")


def code(text: str) -> str:
    """`text` as code within a line, whatever signs it holds."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def block(text: str, kind: str = "text") -> str:
    """A block of code; `text` is the kind that no test takes for an example."""
    fence = "````" if "```" in text else "```"
    return f"{fence}{kind}\n{text.rstrip()}\n{fence}"


# The language


SIGNS: Final = {
    "_IF": ("选择", "甲 if 条件 else 乙"),
    "_ELSE": ("选择；分段表里其余的情形", ""),
    "_SUPPOSE": ("选择，中文写法", "若 条件 则 甲 否则 乙"),
    "_THEN": ("同上", ""),
    "_OTHERWISE": ("同上；分段表里其余的情形", ""),
    "_OR": ("或", "执行率 < 90% or 自评总分 is missing"),
    "_AND": ("且", "执行率 < 90% and 自评总分 is given"),
    "_NOT": ("非", "not 达标"),
    "_IN": ("是其中之一", '自评等级 in ("优", "良")'),
    "_FOR": ("对集合里的每一项", "sum(分值 for 指标)"),
    "_AS": ("给集合里的一项起名", "sum(甲.分值 for 指标 as 甲)"),
    "_WHERE": ("只看符合条件的项", 'sum(分值 for 指标 where 一级指标 = "产出指标")'),
    "_ROUND": ("舍入：数，位数，方式（省略为 half-up）", "round(执行率, 4, half-up)"),
    "_TABLE": ("分段表", "table(执行率; >= 90%: 10; >= 60% and < 90%: 5; < 60%: 0)"),
    "_LINES": ("折线：各点之间连成直线，两端之外取端点的值", "lines(执行率; 60%: 0; 100%: 10)"),
    "PRESENCE": ("是否填了", "自评总分 is missing"),
    "MODE": ("舍入方式", ""),
    "TRUTH": ("真假", ""),
    "UNDEFINED": ("没有值，留给人认定", "分值 if 达标 else undefined"),
    "COMPARATOR": ("比较；`=` 就是相等", "全年执行数 <= 全年预算数"),
    "PLUS": ("加", "年初预算数 + 10万元"),
    "MINUS": ("减；负号", "总分 - 自评总分"),
    "TIMES": ("乘", "10 × 执行率"),
    "OVER": ("除；除数为零时无值", "全年执行数 / 全年预算数"),
    "_OPEN": ("括号", ""),
    "_CLOSE": ("括号", ""),
    "_COMMA": ("隔开参数；分段表里也作「且」", ""),
    "_SEMI": ("隔开分段表、折线的各行", ""),
    "_COLON": ("隔开条件与结果", ""),
}
"""What each sign of the grammar is for, with an example; a test parses the examples."""

PATTERNS: Final = {
    "_OR": ("or", "或"),
    "_AND": ("and", "且"),
    "_NOT": ("not", "非"),
    "_IN": ("in", "属于"),
    "PRESENCE": ("is missing", "is given", "未填", "已填"),
    "TRUTH": ("true", "false", "真", "假"),
    "UNDEFINED": ("undefined", "无值"),
}
"""Signs that the grammar gives as a pattern, spelt out; `spelling` holds the two together."""

LITERALS: Final = {
    "QUANTITY": ("90", "22.5", "5分", "90%", "10万元", "5000元", "1.2亿元", "30天"),
    "DATE": ("2021-12-31",),
    "STRING": ('"优"', "“优”", "「优」", "'优'"),
    "TRUTH": ("true", "假"),
}

WORKED: Final = (
    ("1677.29万元 / 1984.99万元", "金额相除得百分比，不舍入"),
    ("round(1677.29万元 / 1984.99万元, 4)", "四舍五入到小数点后 4 位，即百分比的 2 位"),
    ("round(round(1677.29万元 / 1984.99万元, 4), 2)", "先后舍入两次，是另一个数"),
    ("10 * min(120%, 100%)", "封顶"),
    ("max(100% - (386 - 160) / 160, 0%) * 15", "越少越好的指标，超出一倍为零"),
    ("table(79.99%; = 100%: 10; >= 80% and < 100%: 7; >= 60% and < 80%: 5; < 60%: 0)", "分段，哪一边含端点都写明"),
    ("lines(80%; 60%: 0; 100%: 10)", "折线，两点之间按比例"),
    ("10 if 3 > 2 else 0", "选择"),
    ("1 / 0", "除数为零，无值，不是零"),
    ("5 - 5 = 0 or 1 / 0 > 1", "「或」有一边成立就成立，另一边无值也不要紧"),
    ("2022-01-05 - 2021-12-31", "两天之差是天数"),
    ("2021-12-31 + 30天", "过若干天"),
    ('length("付款流程滞后")', "字数"),
    ('"优" in ("优", "良")', "是其中之一"),
    ("10 <= 12 <= 20", "连写的比较"),
)
"""Expressions of constants, worked out by the engine itself when the page is written."""

ABSENT: Final = """\
「未填」不是零，「无值」也不是未填，三种情形各有去处：

| | 从哪里来 | 遇到时 |
| --- | --- | --- |
| 未填 | 表上空着，或没有这一格 | 算术、比较的结果也是未填；`is missing` 成立 |
| 无值 | 除数为零；分段表没有一行成立，或有两行成立；没有项时的平均、占比；单独评价的文件与同组相比 | 结果也是无值；`is missing` 与 `is given` 都不成立 |
| 待认定 | 用到还没有得分的指标 | 结果也是待认定 |

几种碰在一起，取靠下的一种，与书写的先后无关。
`and` 有一边不成立就不成立，`or` 有一边成立就成立，另一边缺什么都不要紧；此外缺的仍然缺。
条件缺值，规则就不下结论；计分的算式缺值，取 `otherwise`，并列为须认定事项。"""

PRECEDENCE: Final = "由松到紧：`if … else` · `or` · `and` · `not` · 比较、`is missing`、`in` · `+` `-` · `*` `/` · 负号。同级自左至右。中文关键字与名称之间留一个空格：`若 达标 则 分值 否则 0`。"


def language() -> str:
    """The language reference: types, signs, functions, absence, worked examples, limits."""
    return page(
        "算式语言",
        "The expression language: what may be written in formulas and conditions of a ruleset. "
        "Every sign and keyword has an English and a Chinese spelling.",
        "算式和条件写在规则文件里：权重、量、计分、等级、规则各处。"
        "名称见 [names.md](names.md)，写在哪里见 [ruleset.md](ruleset.md)。"
        "全角和半角符号通用，名称用中文；名称里可以有字母、数字、下划线和汉字，`甲.执行率` 指明是哪一个对象的。",
        "## 例",
        table(("算式", "结果", ""), ((code(text), code(worked(text)), note) for text, note in WORKED)),
        "## 值的种类",
        table(
            ("种类", "", "写法"),
            ((sentence(say(f"value.{each.value}"), "zh"), code(each.value), written(each)) for each in Type),
        ),
        "百分比带百分号：`执行率 < 90%`。写 `执行率 < 90` 是错误，引擎会指出来。金额一律折成万元再算。",
        "两个种类相遇，得到什么（空格：不能相遇）：",
        "**加减、比较、选择的两边**",
        meetings(types.common),
        "日期减日期得天数；日期加减天数得日期。",
        "**乘**",
        meetings(types.product),
        "**除**（左边除以上边）",
        meetings(types.quotient),
        "## 符号和关键字",
        table(
            ("写法", "意思", "例"),
            (
                ("　".join(map(code, spelt)), SIGNS[name][0], code(SIGNS[name][1]) if SIGNS[name][1] else "")
                for name, spelt in spellings()
            ),
        ),
        PRECEDENCE,
        "舍入方式："
        + "，".join(f"{code(each.value)} {MODES[each]}" for each in Mode)
        + "。位数是负数时舍入到十位、百位。",
        "分段表的各行互不重叠，先后无关：一个值落在两行里就无值，一行也不落也无值，除非写了 `else`。`zhunsheng check` 会找出空隙和重叠。",
        "## 函数",
        table(
            ("名称", "意思", "English", "例"),
            (("　".join(map(code, each.names)), each.zh, each.en, code(each.example)) for each in FUNCTIONS),
        ),
        "汇总的几个函数作用在一个集合上，集合见 [names.md](names.md)：`sum(分值 for 指标 where 得分 < 分值)`。",
        "## 没有值",
        ABSENT,
        "## 限度",
        f"一个算式至多 {MAX_LENGTH} 个字符、{MAX_DEPTH} 层括号；一个数至多 {MAX_DIGITS} 个字符；舍入至多 {MAX_PLACES} 位。更长的，把其中的部分在 `quantities` 里另起名称。",
    )


MODES: Final = {
    Mode.HALF_UP: "四舍五入",
    Mode.HALF_EVEN: "四舍六入五成双",
    Mode.HALF_DOWN: "五舍六入",
    Mode.UP: "远离零",
    Mode.DOWN: "截去",
    Mode.CEILING: "向上",
    Mode.FLOOR: "向下",
}


def worked(text: str) -> str:
    """What the engine makes of an expression of constants."""
    node = check(text, (), {})
    return shown(compiled(node)(()), node.type)


def written(kind: Type) -> str:
    """The literals of a type."""
    found = [example for examples in LITERALS.values() for example in examples if check(example, (), {}).type is kind]
    if kind is Type.ZERO:
        return "`0`，与任何数相遇"
    if kind is Type.RATIO:
        return "两个数、两个百分比相除而来；当作数或百分比用，印成百分比。单位不同的两个数相除，得数"
    if kind is Type.QUANTITY:
        return "来自表上的目标值、实际值"
    return "　".join(map(code, found))


def meetings(meet: Callable[[Type, Type], Type | None]) -> str:
    """Which type comes of which two, as a square."""
    kinds = [each for each in Type if each is not Type.ZERO and any(meet(each, other) for other in Type)]
    name = {each: sentence(say(f"value.{each.value}"), "zh").partition("（")[0] for each in Type}
    rows = [
        [f"**{name[left]}**", *(name[both] if (both := meet(left, right)) else "　" for right in kinds)]
        for left in kinds
    ]
    return table(("　", *(name[each] for each in kinds)), rows)


def spellings() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The signs and keywords of the grammar with all their spellings, in the order of the grammar.

    Raises:
        AssertionError: the grammar has a sign that this page does not explain, or the page one that is gone.
    """
    grammar = resources.files("zhunsheng.expression").joinpath("grammar.lark").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for name, body in re.findall(r"^(_?[A-Z]+)(?:\.\d+)?: (.+)$", grammar, flags=re.MULTILINE):
        if name == "NAME" or (name in LITERALS and name not in SIGNS):
            continue
        if name in PATTERNS:
            pattern = re.compile(body.strip("/"))
            assert all(pattern.fullmatch(each) for each in PATTERNS[name]), f"{name}: {body}"
            found[name] = PATTERNS[name]
        else:
            found[name] = tuple(re.findall(r'"([^"]+)"', body))
    assert found.keys() == SIGNS.keys(), f"explain in SIGNS, or take out of it: {sorted(found.keys() ^ SIGNS.keys())}"
    yield from ((name, found[name]) for name in SIGNS)


# Names


MODELS: Final[dict[str, type[BaseModel]]] = {
    vocabulary.DOSSIER: model.Dossier,
    vocabulary.DOCUMENT: model.Document,
    vocabulary.INDICATOR: model.Indicator,
    vocabulary.FUND: model.Source,
    vocabulary.STATEMENT: model.Statement,
    vocabulary.EXPLANATION: model.Explanation,
}

ABOUT: Final = {
    vocabulary.DOSSIER: "一个单位一年的自评报告。只评一张表时没有报告，它的名称都是未填。",
    vocabulary.DOCUMENT: "一张自评表。规则声明的每个权重、每个计分项另有 `权重.预算执行率`、`预算执行率.得分`、`预算执行率.分值` 这样的名称。",
    vocabulary.INDICATOR: "表上的一行绩效指标。",
    vocabulary.FUND: "资金情况的一行。合计行的各格在文件上直接用，如 `全年执行数`；其余各行加来源，如 `上年结转资金.全年执行数`。",
    vocabulary.WEIGHT: "规则的一个权重。",
    vocabulary.ITEM: "一个得分项：预算执行率一类的计分项，或一行指标。总分是它们的和。",
    vocabulary.STATEMENT: "报告正文写明的一个数。",
    vocabulary.EXPLANATION: "报告正文给出的一项说明。",
}


def names() -> str:
    """The names that formulas may use, scope by scope."""
    parts: list[str] = []
    for scope, parent in vocabulary.PARENTS.items():
        given = vocabulary.GIVEN.get(scope, {})
        collections = vocabulary.COLLECTIONS.get(scope, {})
        parts += [
            f"## {scope}",
            ABOUT[scope]
            + (f"属于{parent}，{parent}的名称也能用。" if parent else "")
            + (f"集合：{'、'.join(map(code, collections))}。" if collections else ""),
        ]
        filled = [
            (code(each.name), kind(each.type), described(MODELS[scope], each.path), code(".".join(each.path)))
            for each in vocabulary.fields_of(scope)
        ]
        if filled:
            parts.append(table(("表上的名称", "种类", "意思", "文件里的字段"), filled))
        if given:
            rows = ((code(name), kind(each.type), each.zh) for name, each in given.items())
            parts.append(table(("引擎给出的名称", "种类", "意思"), rows))
    return page(
        "名称",
        "The names that formulas and conditions may use, by the kind of thing they belong to.",
        "算式里的名称就是表上的名称。名称先在当前对象上找，再到它所属的对象上找：写在指标上的算式可以用文件的 `执行率`，写在文件上的可以用报告的 `收支.项目支出`。"
        "规则在 `quantities`、`inputs`、`scores`、`weights` 里声明的名称与这里的并列，不能重名。",
        *parts,
    )


def kind(each: Type) -> str:
    """A type in Chinese."""
    return sentence(say(f"value.{each.value}"), "zh")


def described(owner: type[BaseModel], path: Sequence[str]) -> str:
    """What the model says of a field somewhere below it."""
    info = owner.model_fields[path[0]]
    if len(path) == 1:
        return info.description or info.title or ""
    inner = next(each for each in (info.annotation, *get_args(info.annotation)) if _is_model(each))
    return described(inner, path[1:])


def _is_model(each: object) -> bool:
    return isinstance(each, type) and issubclass(each, BaseModel)


# Rulesets


KINDS: Final = {
    "string": "文字",
    "number": "数",
    "integer": "整数",
    "boolean": "true 或 false",
    "object": "名称: 值",
    "array": "列表",
}


def ruleset() -> str:
    """The fields of a ruleset file, part by part, in the order in which one meets them."""
    schema = ruleset_schema()
    parts: list[str] = []
    shorts = SHORT | SHORT_ONE
    for key, name in (
        ("weights", "Weight"),
        ("inputs", "Input"),
        ("quantities", "Quantity"),
        ("peers", "Peers"),
        ("indicator_kind", "Kinds"),
        ("scores", "Score"),
        ("total", "Total"),
        ("grades", "Grade"),
        ("rules", "Rule"),
    ):
        definition = schema["$defs"][name]
        short = f"短写：直接写值，就是 `{shorts[key]}`。" if key in shorts else ""
        each = "" if key in SHORT_ONE else "每项一个名称，名称下写："
        own = {field: body for field, body in definition["properties"].items() if field not in CITED}
        parts += [f"## {key}", f"{definition['description']}{short}{each}", fields(own)]
        if key == "inputs":
            column = schema["$defs"]["InputField"]
            parts += [f"{column['description']}短写：直接写类型。", fields(column["properties"])]
    cited = {field: schema["$defs"]["Weight"]["properties"][field] for field in CITED}
    return page(
        "规则文件",
        "The fields of a ruleset file. The JSON Schema `schemas/ruleset.schema.json` says the same to editors.",
        "规则文件是 YAML。第一行写上 `# yaml-language-server: $schema=…/schemas/ruleset.schema.json`，编辑器会边写边提示。"
        "算式的写法见 [language.md](language.md)，可用的名称见 [names.md](names.md)，写法举例见 [../how-to/write-rules.md](../how-to/write-rules.md)。",
        "## 文件",
        fields(schema["properties"], schema["required"]),
        "写了 `extends` 的，只写不同的地方：逐项、逐字段盖在依据的规则上，没有写的照旧。",
        "凡可写算式的地方，都可以按时期分写：`{2020-02-25/2025-12-31: 90%, 2026-01-01/: 80%}`。",
        "## 条款",
        "权重、量、计分、等级和规则的每一项都可以写出处：",
        fields(cited),
        *parts,
        "### message、confirmed",
        schema["$defs"]["Message"]["description"] + "只写中文时，直接写一句话。",
        fields(schema["$defs"]["Message"]["properties"]),
        "## applies_to",
        fields(schema["$defs"]["Applies"]["properties"]),
        "## changes",
        fields(schema["$defs"]["Change"]["properties"]),
    )


CITED: Final = ("clause", "status", "note")


def as_written(value: object) -> str:
    """A value as a person writes it in a file: text and numbers as they are, lists and mappings between braces."""
    if not isinstance(value, list | dict):
        return str(value)
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1_000_000)
    return text.strip()


def fields(properties: dict[str, Any], required: Sequence[str] = ()) -> str:
    """A table of fields: what each is called, what may stand there, what it means, an example."""
    return table(
        ("字段", "", "可写", "意思", "例"),
        (
            (
                code(name) + ("（必写）" if name in required else ""),
                body.get("title", ""),
                allowed(body),
                "" if body.get("description") == body.get("title") else body.get("description", ""),
                "<br>".join(code(as_written(each)) for each in body.get("examples", ())),
            )
            for name, body in properties.items()
        ),
    )


def allowed(body: dict[str, Any]) -> str:
    """What may stand in a field, in a few words."""
    options = [each for each in body.get("anyOf", [body]) if each.get("type") != "null"]
    if "x-form" in body:
        return str(body["x-form"]["zh"])
    if len(options) > 1 or "anyOf" in options[0]:
        return "，或".join(dict.fromkeys(allowed(each) for each in options))
    (one,) = options
    if "$ref" in one:
        return "见下"
    if "enum" in one:
        return " ".join(code(each) for each in one["enum"] if each is not None)
    kinds = [one["type"]] if isinstance(one.get("type"), str) else one.get("type", ())
    if {"string", "number"} <= set(kinds):
        return "算式"
    inner = one.get("items", {})
    if "enum" in inner:
        return f"列表：{' '.join(map(code, inner['enum']))}"
    return "、".join(KINDS[each] for each in kinds if each != "null")


# Problems


def problems() -> str:
    """Every code of the catalogue: what is wrong, what is expected, how to mend it, an example and the message."""
    entries = catalogue()
    parts: list[str] = []
    codes: list[str] = []
    for key in entries:
        found, dot, last = key.rpartition(".")
        if not dot or last != "title":
            continue
        said = [
            (name.removeprefix(f"{found}."), entry)
            for name, entry in entries.items()
            if name.startswith(f"{found}.") and name != key
        ]
        rows = [(head(name), entry["zh"], entry["en"]) for name, entry in said]
        codes.append(found)
        parts += [f"## {found}", f"{entries[key]['zh']}。*{entries[key]['en']}*", table(("", "中文", "English"), rows)]
        parts += example(ROOT / "fixtures" / "bad" / found)
    return page(
        "错误代码",
        "Every problem that can be found in what people give the engine, by its code. "
        "A code never changes its meaning; `{…}` is filled in when the message is made.",
        "凡是给引擎的东西有错，一次列出全部：在哪里，应为什么，实为什么，怎么改。"
        "代码不改意思，可以据此查这一页，或运行 `zhunsheng problem 代码`；`{…}` 处填入当时的内容。",
        "　".join(f"[{each}](#{each})" for each in sorted(codes)),
        *parts,
    )


LABELS: Final = ("label", "first", "link", "lower", "opened")


def head(name: str) -> str:
    """Where a sentence of the catalogue stands in a message; nothing for one that serves in several places."""
    if name.startswith("expected"):
        return "应为"
    return "改法" if "hint" in name else "标注" if name in LABELS else ""


def example(folder: Path) -> list[str]:
    """The bad file of a code, the message it gets, and the mended one."""
    if not folder.is_dir():
        return []
    with TemporaryDirectory() as apart, chdir(apart):
        for each in sorted(folder.iterdir()):
            Path(each.name).write_bytes(UNDERLINES.sub(b"", each.read_bytes()))
        parts = []
        for bad in Path().glob("bad.*"):
            parts += ["例：", block(cut(bad))]
            messages = [
                excerpt(each, "zh", text_of.__wrapped__) for each in problems_of(bad) if each.code == folder.name
            ]
            parts += ["引擎说：", *map(block, messages)] if messages else []
        for mended in Path().glob("mended.*"):
            parts += ["改成：", block(cut(mended))]
        return parts


UNDERLINES: Final = re.compile(rb"\A# underlines: .*\n")
"""What the tests are told of an example, and its readers need not know."""
MOST: Final = 20
WIDTH: Final = 120


def cut(path: Path) -> str:
    """The beginning of a file, harmless to look at."""
    lines = readable(path.read_bytes()).splitlines()
    shown_lines = [visible(line if len(line) <= WIDTH else f"{line[:WIDTH]} …") for line in lines[:MOST]]
    return "\n".join([*shown_lines, *(["…"] if len(lines) > MOST else [])])


def problems_of(path: Path) -> list[Problem]:
    """What is wrong with a file, be it a ruleset, a document or a dossier."""
    try:
        source = source_of(path)
        if isinstance(source.data, dict) and "ruleset" in source.data:
            ruleset = load_ruleset(path)
            return [*faults_of(ruleset), *prove(ruleset).problems]
    except Refused as refused:
        return list(refused.problems)
    return judged([path], None)[1]


# Commands


ENDINGS: Final = (
    ("0", "做完"),
    ("1", "做完，但有要人看的：`evaluate --strict` 有问题或须补充事项，`check` 有疑点"),
    ("2", "退回：文件、规则或命令的用法有错，错在哪里、怎么改写在标准错误输出"),
    ("70", "引擎自己出错"),
    ("130", "被 Ctrl-C 停止"),
    ("141", "输出没有人读了（例如 `| head`），与别的命令行工具相同"),
)


def commands() -> str:
    """The commands with their help as they print it."""
    group: Any = get_command(app)
    context = group.context_class(group, info_name="zhunsheng")
    parts = [block(group.get_help(context))]
    for name, command in group.commands.items():
        inner = command.context_class(command, info_name=name, parent=context)
        parts += [f"## {name}", block(command.get_help(inner))]
    return page(
        "命令",
        "The commands, as `--help` prints them, and their exit codes.",
        *parts,
        "## 退出码",
        table(("码", "意思"), ENDINGS),
    )


# Tables


_TABLES: Final = {DOCUMENT: "一行一份自评文件", INDICATOR: "一行一个绩效指标", FUND: "一行一项资金：合计、各来源"}


def tables() -> str:
    """The long layout of documents as tables, from the module that reads and writes it."""
    parts = [
        (
            "成批的自评文件可以存成表，一列一个[名称](names.md)，供 `zhunsheng run` 评分；`zhunsheng convert` 把自评文件转成表，带着原表的再转回来。"
            "表是 Parquet 或 Arrow 文件，放在一个文件夹里；规则声明的[列表输入](ruleset.md)每个另有一张以它命名的表。"
        ),
        (
            "类型：文字 `string`，数 `decimal` 或整数（不收浮点数），日期 `date`，真假 `boolean`。金额以万元计，百分比存为小数（84.50% 存 0.845）。"
            "空着的就是没有填。除标「要」的以外，列都可以没有。"
        ),
        "规则声明的输入写成同名的列（一组值写作「组名.列名」）；没有声明过的列名不收。",
    ]
    for scope, what in _TABLES.items():
        rows = [
            (f"`{each.name}`", _kind_of_column(each), "要" if each.needed else "", each.note)
            for each in layout.columns_of(scope)
        ]
        parts += [f"## {layout.FILES[scope]}", f"{what}。", table(("列", "类型", "必有", "说明"), rows)]
    parts += [
        "## 一个列表输入",
        (
            f"列表「某某」的表叫 `某某.parquet`：`{layout.KEY}`、`{layout.PLACE}`（如 `/attributes/某某/0`）、`{vocabulary.POSITION}`（从 1 起）和声明的各列都要有；"
            f"列表在指标上或在另一个列表上的，`{layout.ABOVE}` 是它所在那一行的 `{layout.PLACE}`。"
        ),
        "## 退回的行（rejects）",
        "每一行不是有结果，就是在 `rejects` 里，一行一个原因。文件的任一行有错，整份不评；自评报告的任一张表有错，整份报告不评。",
        table(("列", "说明"), _REJECTS),
        "## 结果",
        "三张表，按规则分文件夹（`documents/ruleset=<标识>/part-….parquet`），用 `文件号` 相连：",
        table(("表", "列"), _RESULTS),
    ]
    return page("表", "Documents as tables: the columns that runs over populations read and write.", *parts)


_REJECTS: Final = (
    (f"`{layout.KEY}`", "哪一份；没有文件号的行空着"),
    ("`表`", "在哪张表里；自评文件写文件名和行"),
    ("`位置`、`栏`", "哪一行、哪一格"),
    ("`代码`", "[错误代码](problems.md)"),
    ("`内容`", "那里写的"),
    ("`原因`、`reason`", "为什么，中文和英文"),
)
_RESULTS: Final = (
    ("`documents`", "`文件号` `出处` `文件名` `地区` `文件类型` `年度`，文件自己的各个得分，`总分` `等级`"),
    (
        "`scores`",
        "`得分项`（计分名称，或指标的位置） `得分` `状态`（computed 已核算，undecided 待认定，withheld 不计分）",
    ),
    (
        "`remarks`",
        "`类别`（requirements 须补充，findings 复核问题，judgements 须认定，confirmations 确认） `规则` `程度` `位置`（以 `dossier:` 开头的是自评报告里的位置）",
    ),
)


def _kind_of_column(column: layout.Column) -> str:
    return "整数" if column.name == layout.KEY else sentence(say(f"value.{column.type.value}"), "zh")


# Files


def schema_text(content: dict[str, Any]) -> str:
    """A schema as committed."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


FILES: Final[dict[str, Callable[[], str]]] = {
    "schemas/document.schema.json": lambda: schema_text(document_schema()),
    "schemas/layout.schema.json": lambda: schema_text(layout_schema()),
    "schemas/dossier.schema.json": lambda: schema_text(dossier_file_schema()),
    "schemas/ruleset.schema.json": lambda: schema_text(ruleset_schema()),
    "schemas/assessment.schema.json": lambda: schema_text(
        schema_of(Answer, "assessment", "评价结果", mode="serialization")
    ),
    "schemas/tests.schema.json": lambda: schema_text(trial_schema()),
    "docs/reference/commands.md": commands,
    "docs/reference/language.md": language,
    "docs/reference/names.md": names,
    "docs/reference/problems.md": problems,
    "docs/reference/ruleset.md": ruleset,
    "docs/reference/tables.md": tables,
}


def differing() -> Iterator[tuple[str, str | None]]:
    """The files that are not as they would be written, with what would be written; None for one without a maker."""
    for name, make in FILES.items():
        text, path = make(), ROOT / name
        if not path.is_file() or path.read_bytes() != text.encode():
            yield name, text
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob("*.*")):
            name = f"{folder}/{path.name}"
            if name not in FILES:
                yield name, None


def main(arguments: Sequence[str]) -> int:
    """Writes, or with `--check` only looks; 1 when something is stale."""
    checking = "--check" in arguments
    found = list(differing())
    for name, text in found:
        print(f"{'过期 stale' if checking else '写出 written' if text is not None else '删去 removed'}  {name}")
        if not checking:
            path = ROOT / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
    if checking and found:
        print("改法 mend: make generate", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
