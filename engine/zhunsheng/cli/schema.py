"""`zhunsheng schema`: the JSON Schema of what goes in and of what comes out."""

import json
import sys
from typing import Annotated, Any, Literal

import typer

Name = Literal["document", "dossier", "ruleset", "tests", "assessment", "layout"]
NAMES = "document|dossier|ruleset|tests|assessment|layout"


def schema(
    name: Annotated[Name, typer.Argument(metavar=NAMES, help="哪一种 · which")],
    ruleset: Annotated[
        str | None,
        typer.Option(
            "--ruleset", metavar="ID|FILE", help="把这个规则的附加输入并入 document · with the inputs of this ruleset"
        ),
    ] = None,
) -> int:
    """输出 JSON Schema · print the JSON Schema of a kind of file"""
    found = schema_named(name) if ruleset is None else _composed(name, ruleset)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return 0


def _composed(name: Name, ruleset: str) -> dict[str, Any]:
    """The schema of the documents that a ruleset judges."""
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.problem import Place, Problem, Refused, say
    from zhunsheng.ruleset.inputs import composed_schema

    if name != "document":
        expected = say("wrong-option.only", option="--ruleset", what="document")
        raise Refused([Problem(Place("zhunsheng schema"), "wrong-option", expected, name)])
    found = load_ruleset(ruleset)
    return composed_schema(found.inputs, found.id)


def schema_named(name: Name) -> dict[str, Any]:
    """The schema of that name."""
    from zhunsheng.document.schema import document_schema, dossier_schema, schema_of
    from zhunsheng.evaluation import Answer
    from zhunsheng.ruleset.model import ruleset_schema

    match name:
        case "document":
            return document_schema()
        case "dossier":
            return dossier_schema()
        case "ruleset":
            return ruleset_schema()
        case "tests":
            from zhunsheng.trial import trial_schema

            return trial_schema()
        case "layout":
            from zhunsheng.exchange.forms.layout import layout_schema

            return layout_schema()
        case "assessment":
            return schema_of(Answer, "assessment", "评价结果", mode="serialization")
