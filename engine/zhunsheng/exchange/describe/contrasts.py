"""Contrasts in words and as data: what the terminal, the JSON and the page all say of two functions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from zhunsheng.expression.pieces.cuts import Root, sample
from zhunsheng.expression.pieces.limits import Infinite
from zhunsheng.expression.tree import Absent
from zhunsheng.expression.words import shown
from zhunsheng.number import write
from zhunsheng.problem import say
from zhunsheng.problem.show import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.expression.pieces import Run
    from zhunsheng.expression.pieces.cuts import End
    from zhunsheng.expression.pieces.readings import Bound
    from zhunsheng.expression.tree import Value
    from zhunsheng.population import Contrast
    from zhunsheng.problem.show import Lang

LISTED: Final = 3
"""Runs told one by one; of more the number, the first and the last."""
DATA: Final = 20
"""Runs given as data."""


class Told(NamedTuple):
    """A contrast in words: what it is of, and what is to be said of it."""

    title: str
    lines: tuple[str, ...]


@final
class Teller:
    """Contrasts in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue, `contrast.` before its key."""
        return sentence(say(f"contrast.{key}", **values), self.lang)

    def told(self, contrast: Contrast) -> Told:
        """A figure that differs."""
        return Told(self.title(contrast), tuple(self._lines(contrast)))

    def title(self, contrast: Contrast) -> str:
        """What it is of, and over what input."""
        given = "" if contrast.given is None else self.say("given", amount=shown(contrast.given, contrast.type))
        points = "" if contrast.points is None else self.say("points", points=write(contrast.points))
        first, *others = contrast.targets or ("",)
        target = self.say("target", target=first) if first else ""
        target += self.say("alike", targets=self.joint.join(others)) if others else ""
        return self.say("caption", what=contrast.what, by=contrast.by, on=f"{points}{target}{given}")

    @property
    def joint(self) -> str:
        """Between the items of a list."""
        return "、" if self.lang == "zh" else ", "

    def equal(self, contrasts: Sequence[Contrast], verdict: str) -> str:
        """Every figure of a verdict that needs no more than its name, with the inputs; but for those that differ too."""
        differing = {(each.what, each.by) for each in contrasts if each.given is not None and not each.is_equal}
        found: dict[str, dict[str, list[str]]] = {}
        for each in contrasts:
            if each.verdict == verdict and (each.what, each.by) not in differing:
                found.setdefault(each.what, {}).setdefault(each.by, []).extend(each.targets)
        told = [
            self.say("in", what=what, inputs=self.joint.join(self._input(*each) for each in inputs.items()))
            for what, inputs in found.items()
        ]
        return ("；" if self.lang == "zh" else "; ").join(told)

    def _input(self, by: str, targets: Sequence[str]) -> str:
        joined = self.joint.join(dict.fromkeys(targets))
        return f"{by}{self.say('of-targets', targets=joined)}" if targets else by

    def _lines(self, contrast: Contrast) -> Iterator[str]:
        if contrast.verdict == "tried-differs":
            yield self.say("tried")
        else:
            if contrast.bounds is not None and contrast.bounds.least.value != contrast.bounds.greatest.value:
                least, greatest = (self.bound(each) for each in contrast.bounds)
                yield self.say("extent", least=least, greatest=greatest)
            elif contrast.bounds is not None and contrast.bounds.least.value:
                yield self.say("always", by=self.bound(contrast.bounds.least))
            yield from self._runs(contrast)
        example = contrast.example
        if example is not None:
            yield self.say(
                "example",
                by=contrast.by,
                x=shown(example.x, contrast.type),
                old=self.value(example.old),
                new=self.value(example.new),
            )

    def bound(self, bound: Bound) -> str:
        """An end of the difference, with its sign."""
        if isinstance(bound.value, Infinite):
            return "∞" if bound.value is Infinite.ABOVE else "−∞"
        told = shown(abs(bound.value), None)
        signed = told if not bound.value else f"−{told}" if bound.value < 0 else f"+{told}"
        return signed if bound.attained else self.say("neared", value=signed)

    def value(self, value: Value) -> str:
        """What a ruleset gives."""
        if isinstance(value, Absent):
            return self.say("nothing")
        return value if isinstance(value, str) else shown(value, None)

    def _runs(self, contrast: Contrast) -> Iterator[str]:
        """Where they differ; of what is no number also how."""
        runs = contrast.runs
        spans = [self.span(contrast, run) for run in runs]
        if len(runs) > LISTED:
            yield self.say("many", count=len(runs), first=spans[0], last=spans[-1])
        elif contrast.bounds is None:
            yield from (
                self.say("turns", span=span, **self._sides(contrast, run))
                for span, run in zip(spans, runs, strict=True)
            )
        else:
            yield self.say("where", by=contrast.by, spans=self.joint.join(spans))

    def _sides(self, contrast: Contrast, run: Run) -> dict[str, str]:
        x = _within(run)
        return {"old": self.value(contrast.old.at(x)), "new": self.value(contrast.new.at(x))}

    def span(self, contrast: Contrast, run: Run) -> str:
        """An interval with its sides, or the one value that it is."""
        low, high = (_end(each, contrast) for each in (run.low, run.high))
        if run.low == run.high:
            return low
        return f"{'[' if run.closed[0] else '('}{low}, {high}{']' if run.closed[1] else ')'}"


def _end(end: End, contrast: Contrast) -> str:
    if end is None:
        return "∞"
    return shown(end.low, contrast.type) if isinstance(end, Root) else shown(end, contrast.type)


def _within(run: Run) -> Fraction:
    return run.low if isinstance(run.low, Fraction) and run.low == run.high else sample(run.low, run.high)


def as_data(contrasts: Sequence[Contrast]) -> list[dict[str, Any]]:
    """All contrasts as JSON-ready data; numbers as texts, a document as it can be filed."""
    return [_datum(each) for each in contrasts]


def _datum(contrast: Contrast) -> dict[str, Any]:
    found: dict[str, Any] = {
        "figure": contrast.what,
        "input": contrast.by,
        "targets": list(contrast.targets),
        "points": None if contrast.points is None else write(contrast.points),
        "spent": None if contrast.given is None else write(contrast.given),
        "verdict": contrast.verdict,
    }
    if contrast.is_equal:
        return found
    if contrast.bounds is not None:
        found["extent"] = {"least": _bound(contrast.bounds.least), "greatest": _bound(contrast.bounds.greatest)}
    found["regions"] = len(contrast.runs)
    found["intervals"] = [_interval(each) for each in contrast.runs[:DATA]]
    example = contrast.example
    if example is not None:
        found["example"] = {
            "value": write(example.x),
            "old": _value(example.old),
            "new": _value(example.new),
            "with": None if example.filed is None else {example.filed.pointer: example.filed.text},
            "document": None
            if example.document is None
            else example.document.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        }
    return found


def _bound(bound: Bound) -> dict[str, Any]:
    value = None if isinstance(bound.value, Infinite) else write(bound.value)
    return {"value": value, "attained": bool(bound.attained)}


def _interval(run: Run) -> dict[str, Any]:
    low, high = (write(each.low if isinstance(each, Root) else each) if each is not None else None for each in run[:2])
    return {"from": low, "to": high, "closed": list(run.closed)}


def _value(value: Value) -> str | None:
    return None if isinstance(value, Absent) else write(value) if isinstance(value, Fraction) else str(value)
