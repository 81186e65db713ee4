"""Tables and grades whose bounds are worked out partition their scale: what `ruleset.check` cannot tell beforehand.

The rows that hold are counted as a function of the table's argument, bounds and all, on the neutral form; a gap or an
overlap in which no value of the argument's own rounding lies is none.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

from zhunsheng.expression.check import names_in
from zhunsheng.expression.exact import compiled
from zhunsheng.expression.pieces import grid
from zhunsheng.expression.pieces.bands import rows_that_hold
from zhunsheng.expression.pieces.written import interval
from zhunsheng.expression.tree import Name, Table, children
from zhunsheng.expression.types import NUMERIC
from zhunsheng.problem import Problem, say
from zhunsheng.proof.finding import Finding
from zhunsheng.ruleset.check.cells import is_decidable
from zhunsheng.ruleset.check.places import formulas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.exact import Thing
    from zhunsheng.expression.pieces import Run
    from zhunsheng.expression.tree import Node
    from zhunsheng.problem import Place
    from zhunsheng.proof.subject import Subject
    from zhunsheng.ruleset import Ruleset


def partitions(ruleset: Ruleset, form: Subject) -> Iterator[Finding]:
    """Every number that a table or the grades are asked for has one row."""
    yield from _grades(ruleset, form)
    for path, node in formulas(ruleset):
        for table in _tables(node):
            thing = _about(form, table)
            if thing is None or is_decidable(table.rows):
                continue
            row = table.rows[0]
            place = ruleset.merged.place_in(path, row.span.start, row.span.end - row.span.start)
            for run, many in _faults(form, table, thing, None, None):
                if many:
                    expected = say("table-overlap.expected", overlap=interval(run))
                    yield Finding(Problem(place, "table-overlap", expected))
                elif table.otherwise is None:
                    expected = say("table-gap.expected", gap=interval(run))
                    yield Finding(Problem(place, "table-gap", expected, severity="warning"))


def _grades(ruleset: Ruleset, form: Subject) -> Iterator[Finding]:
    table = cast("Table", ruleset.grades.formula)
    full = compiled(form.ruleset.full_marks)((form.document,))
    decided = is_decidable(table.rows) and not names_in_any(ruleset.full_marks)
    if not table.rows or decided or not isinstance(full, Fraction):
        return
    place = _band(ruleset)
    for run, many in _faults(form, table, form.document, Fraction(0), full):
        if many:
            yield Finding(Problem(place, "band-overlap", say("band-overlap.expected", overlap=interval(run))))
        else:
            yield Finding(Problem(place, "band-gap", say("band-gap.expected", gap=interval(run))))


def _band(ruleset: Ruleset) -> Place:
    return ruleset.merged.place(("grades", ruleset.bands[0].grade, "when"))


def names_in_any(node: Node) -> bool:
    """Whether a formula hangs on anything."""
    return next(names_in(node), None) is not None


def _about(form: Subject, table: Table) -> Thing | None:
    """The first thing that the table is about, where it asks one number by name."""
    argument = table.argument
    if not isinstance(argument, Name) or argument.reference is None or argument.type not in NUMERIC:
        return None
    reference = argument.reference
    if reference.binder or reference.hops:
        return None
    return next(iter(form.outcome.world.things.get(reference.scope, ())), None)


def _faults(
    form: Subject, table: Table, thing: Thing, low: Fraction | None, high: Fraction | None
) -> Iterator[tuple[Run, bool]]:
    """The stretches with no row, or (True) with several, on which a value of the argument can lie."""
    name = cast("Name", table.argument)
    assert name.reference is not None
    by = form.input(thing, name.reference.key)
    counted = form.read(rows_that_hold(table), (thing,), by, low, high)
    for run in counted.runs():
        wrong = isinstance(run.cell, Fraction) and run.cell != 1
        if wrong and grid.some(run, by.places) is not None:
            yield run, run.cell != 0


def _tables(node: Node) -> Iterator[Table]:
    if isinstance(node, Table):
        yield node
    for part in children(node):
        yield from _tables(part)
