"""The long layout of documents as tables on disk: which tables there are, and what each of their columns holds.

One source for the code that reads and writes tables and for the page that describes them. The columns are the names
of the language (`ruleset.vocabulary`), amounts in 万元; a ruleset's own inputs are columns under their names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.expression.types import Type
from zhunsheng.ruleset.vocabulary import DOCUMENT, FUND, GIVEN, IN_GOALS, INDICATOR, MEASURED, POSITION, fields_of

if TYPE_CHECKING:
    from zhunsheng.ruleset import Ruleset

KEY: Final = "文件号"
PLACE: Final = "位置"
ABOVE: Final = "上级"
ORIGINAL: Final = "原表"
EXTRA: Final = "附加项"
NAME: Final = "文件名"
FILES: Final = {DOCUMENT: "documents", INDICATOR: "indicators", FUND: "funds"}
"""What the tables are called; the list that a ruleset declares has its own name."""
SUFFIXES: Final = (".parquet", ".arrow")


class Column(NamedTuple):
    """A column: its name, the type of its values, whether every row must have one, and what else is said of it."""

    name: str
    type: Type
    needed: bool = False
    note: str = ""


_KEYS: Final = {
    DOCUMENT: (Column(KEY, Type.NUMBER, True, "整数，各行不同"),),
    INDICATOR: (
        Column(KEY, Type.NUMBER, True, "所属的文件"),
        Column(PLACE, Type.TEXT, note="在自评文件里的位置（JSON 指针）；没有这一列时按次序排"),
    ),
    FUND: (
        Column(KEY, Type.NUMBER, True, "所属的文件"),
        Column(PLACE, Type.TEXT, note="同上；没有这一列时按来源和次序定"),
    ),
}
_OWN: Final = {
    DOCUMENT: (
        Column(NAME, Type.TEXT, note=f"{GIVEN[DOCUMENT][NAME].zh}；没有时照此补上"),
        *(Column(name, Type.TEXT, note=GIVEN[DOCUMENT][name].zh) for name in ("表注", "其他栏目")),
        *(Column(name, each.type, note=each.zh) for name, each in IN_GOALS.items()),
        Column(ORIGINAL, Type.TEXT, note="整份自评文件的 JSON；有它才能转回自评文件"),
        Column(EXTRA, Type.TRUTH, note="原表里填有规则自己的输入：这一行照原表评"),
    ),
    INDICATOR: (
        Column(POSITION, Type.NUMBER, note=f"{GIVEN[INDICATOR][POSITION].zh}；没有这一列时按次序排"),
        *(Column(name, each.type, note=each.zh) for name, each in MEASURED.items()),
    ),
    FUND: (Column("来源", Type.TEXT, True, GIVEN[FUND]["来源"].zh),),
}
_NEEDED: Final = {DOCUMENT: {"文件类型", "单位名称", "年度"}, INDICATOR: {"三级指标"}, FUND: set[str]()}
READ: Final = tuple(MEASURED)
"""The columns that say what is read in the cells of an indicator; without them the cells are read."""


def columns_of(scope: str) -> tuple[Column, ...]:
    """The columns of a table, but for those that a ruleset declares."""
    fields = (Column(each.name, each.type, each.name in _NEEDED[scope]) for each in fields_of(scope))
    return tuple({each.name: each for each in (*_KEYS[scope], *fields, *_OWN[scope])}.values())


def declared_columns(ruleset: Ruleset, scope: str) -> tuple[Column, ...]:
    """The columns that a ruleset's own inputs have in a table."""
    found: list[Column] = []
    for each in ruleset.inputs:
        if each.name == scope and each.shape == "list":
            found += [
                Column(KEY, Type.NUMBER, True),
                Column(PLACE, Type.TEXT, True),
                Column(ABOVE, Type.TEXT),
                Column(POSITION, Type.NUMBER, True),
            ]
            found += [Column(one.name, one.type, one.required) for one in each.columns]
        elif each.holder == scope:
            found += [Column(name, one.type, each.required and one.required) for name, one in each.named()]
    return tuple(found)


def lists_of(ruleset: Ruleset) -> tuple[str, ...]:
    """The lists that a ruleset declares: a table each."""
    return tuple(each.name for each in ruleset.inputs if each.shape == "list")
