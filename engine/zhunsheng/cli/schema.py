"""`zhunsheng schema`: the JSON Schema of what goes in and of what comes out."""

import json
import sys
from typing import Annotated, Any, Literal

import typer

Name = Literal["document", "dossier", "ruleset", "assessment"]


def schema(
    name: Annotated[Name, typer.Argument(metavar="document|dossier|ruleset|assessment", help="哪一种 · which")],
) -> int:
    """输出 JSON Schema · print the JSON Schema of a kind of file"""
    sys.stdout.write(json.dumps(schema_named(name), ensure_ascii=False, indent=2) + "\n")
    return 0


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
        case "assessment":
            return schema_of(Answer, "assessment", "评价结果", mode="serialization")
