"""A ruleset as plain data for people: its formulas in words, and from which file each element comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhunsheng.expression.words import words

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.policy import Citation, Quantity, Rule, Score


def header(ruleset: Ruleset) -> dict[str, Any]:
    """What a ruleset says of itself."""
    return _filled(
        id=ruleset.id,
        version=ruleset.version,
        title=ruleset.title,
        extends=list(reversed(ruleset.chain[:-1])),
        in_force=ruleset.in_force,
        kinds=list(ruleset.kinds),
        regions=list(ruleset.regions),
        status=ruleset.merged.data.get("status"),
        source=ruleset.source,
        note=ruleset.merged.data.get("note"),
        sha256=ruleset.sha256,
    )


def whole(ruleset: Ruleset) -> dict[str, Any]:
    """All of it."""

    def cited(path: tuple[str, ...], citation: Citation) -> dict[str, Any]:
        note = _at(ruleset, (*path, "note"))
        return {**_filled(clause=citation.clause, status=citation.status, note=note), "from": origins(ruleset, path)}

    def quantity(each: Quantity, path: tuple[str, ...]) -> dict[str, Any]:
        rounding = [str(rounding) for rounding in each.roundings]
        return {
            "name": each.name,
            "each": each.about,
            **_filled(formula=words(each.formula), round=rounding, type=each.declared and each.declared.value),
            **cited(path, each.citation),
        }

    return {
        **header(ruleset),
        "full_marks": words(ruleset.full_marks),
        "weights": [
            {"name": name, "points": words(node), **cited(("weights", name), citation)}
            for name, (node, citation) in ruleset.weights.items()
        ],
        "inputs": [
            {
                "name": each.name,
                "each": each.holder,
                "shape": each.shape,
                "columns": {column.name: column.type.value for column in each.columns},
                **_filled(details={column.name: column.details for column in each.columns if column.details}),
                "from": origins(ruleset, ("inputs", each.name)),
            }
            for each in ruleset.inputs
        ],
        "quantities": [quantity(each, ("quantities", each.name)) for each in ruleset.quantities],
        "peers": [
            {"name": each.name, "by": "、".join(map(words, each.by)), **cited(("peers", each.name), each.citation)}
            for each in ruleset.peers
        ],
        "indicator_kind": [quantity(ruleset.kind, ("indicator_kind",))] if ruleset.kind else [],
        "scores": [
            {"name": each.name, "each": each.about, **_score(each), **cited(("scores", each.name), each.citation)}
            for each in ruleset.scores
        ],
        "total": [quantity(ruleset.total, ("total",))],
        "grades": [
            {
                "name": each.grade,
                "when": _at(ruleset, ("grades", each.grade, "when")),
                **cited(("grades", each.grade), each.citation),
            }
            for each in ruleset.bands
        ],
        "rules": [{"id": each.id, **_rule(each), **cited(("rules", each.id), each.citation)} for each in ruleset.rules],
    }


def origins(ruleset: Ruleset, path: tuple[str, ...]) -> list[str]:
    """The rulesets that say something of an element, the base first."""
    found = {
        source.data["ruleset"]
        for inner, (source, _) in ruleset.merged.origins.items()
        if inner[: len(path)] == path and (len(inner) > len(path) or not isinstance(_at(ruleset, path), dict))
    }
    return [each for each in ruleset.chain if each in found]


def _score(score: Score) -> dict[str, Any]:
    return _filled(
        points=words(score.points),
        formula=words(score.formula),
        round=[str(each) for each in score.roundings],
        otherwise=_words(score.otherwise),
        claimed=_words(score.claimed),
    )


def _rule(rule: Rule) -> dict[str, Any]:
    return _filled(
        each={each.alias or each.scope: each.scope for each in rule.binders},
        when=_words(rule.when),
        check=_words(rule.check),
        outcome=rule.outcome,
        severity=rule.severity if rule.outcome in ("finding", "deduct", "cap", "veto") else None,
        subject=rule.subject,
        deduction=_words(rule.deduction),
    )


def _words(node: Node | None) -> str | None:
    return None if node is None else words(node)


def _at(ruleset: Ruleset, path: tuple[str, ...]) -> Any:
    value: Any = ruleset.merged.data
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _filled(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
