"""The arguments that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from zhunsheng.problem.show import Lang

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="自评文件、自评报告、Word 或 Excel 的自评表，或装着它们的文件夹 · documents, dossiers, forms, or folders of them",
    ),
]
RulesetName = Annotated[
    str | None,
    typer.Option(
        "--ruleset", metavar="ID|FILE", help="规则的标识或文件；省略时按地区和年度选 · by region and year if absent"
    ),
]
LayoutsFolder = Annotated[
    Path | None, typer.Option("--layouts", metavar="DIR", help="自己的版式文件所在文件夹 · folder of own layouts")
]
Partial = Annotated[
    bool,
    typer.Option("--partial", help="自评表有没读懂的格子也复核 · judge forms although some cells were not understood"),
]
Form = Literal["text", "json"]
Format = Annotated[Form, typer.Option("--format", metavar="text|json", help="输出格式 · output format")]
Language = Annotated[Lang, typer.Option("--lang", metavar="zh|en", help="语言 · language")]
Reported = Annotated[
    Literal["text", "json", "sarif", "junit", "github"],
    typer.Option("--format", metavar="text|json|sarif|junit|github", help="输出格式 · output format"),
]
