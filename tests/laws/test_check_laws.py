"""What `check` may say of conditions without having seen a document. Each law is told in `docs/explanation/guarantees.md`."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from hypothesis import given
from hypothesis import strategies as st

from laws.strategies import ON_ROW, ON_ROWS, ROWS, SCOPES, B, books, checked, joins, tried
from zhunsheng.expression.check import Binder, check
from zhunsheng.expression.exact import Thing, compiled
from zhunsheng.expression.tree import Absent, Constant
from zhunsheng.expression.types import Type
from zhunsheng.ruleset.check.settled import Settled
from zhunsheng.ruleset.check.truths import Condition

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Node, Value
    from zhunsheng.ruleset import Ruleset

ROW = (Binder("行"),)
MANY = tried(200)
SETTLED: Final = Settled(
    cast(
        "Ruleset",
        SimpleNamespace(
            scopes=SCOPES,
            inputs=(),
            quantities=(),
            weights={},
            full_marks=Constant(Fraction(100), Type.NUMBER, "100"),
            total=SimpleNamespace(roundings=()),
            bands=(),
            kind=None,
        ),
    )
)


def truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


@MANY
@given(checked(ROW, ON_ROW, [B]), books())
def test_what_is_said_never_to_hold_never_holds(expression: tuple[str, Node], book: Thing) -> None:
    """Whatever a condition comes to on some thing was held possible before the thing was seen."""
    text, node = expression
    condition = Condition(SETTLED, node, ROW)
    for row in book.collections["行"]:
        assert condition.may(truth(compiled(node)((row,)))), text


@MANY
@given(joins() | checked(ROWS, ON_ROWS, [B]), joins() | checked(ROWS, ON_ROWS, [B]), books())
def test_a_covered_condition_holds_only_where_its_cover_does(
    one: tuple[str, Node], other: tuple[str, Node], book: Thing
) -> None:
    """A rule said to be shadowed concludes nowhere where the other does not."""
    (text, node), (cover_text, cover) = one, other
    if not Condition(SETTLED, node, ROWS).implies(cover):
        return
    rows = list(book.collections["行"])
    for pair in ((a, b) for a in rows for b in rows):
        assert compiled(node)(pair) is not True or compiled(cover)(pair) is True, f"{text} → {cover_text}"


PLAIN: Final = st.recursive(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["行分甲", "行分甲 * 2 + 1", "max(行分甲, 2)"]),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.sampled_from(["1", "2", "3"]),
    )
    | st.builds("{} {} 行分甲".format, st.sampled_from(["1", "2", "3"]), st.sampled_from(["<", "<=", ">", ">="]))
    | st.builds("行文甲 {} {}".format, st.sampled_from(["=", "!="]), st.sampled_from(['"优"', '"良"']))
    | st.sampled_from(["行是甲", "行分甲 is given", "行文甲 is missing"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=5,
)
"""Conditions on three cells of a row, in which every value that they can tell apart is one of `EVERY_ROW`."""
_ABSENT: Final[tuple[Value, ...]] = (Absent.MISSING, Absent.UNDEFINED)
_NUMBERS: Final[tuple[Value, ...]] = (*(Fraction(each, 4) for each in range(-2, 15)), *_ABSENT)
_WORDS: Final[tuple[Value, ...]] = ("优", "良", "差", *_ABSENT)
_TRUTHS: Final[tuple[Value, ...]] = (True, False, *_ABSENT)
EVERY_ROW: Final = [
    (Thing("行", "", None, {"行分甲": number, "行文甲": word, "行是甲": holds}),)
    for number, word, holds in product(_NUMBERS, _WORDS, _TRUTHS)
]


@MANY
@given(PLAIN, PLAIN)
def test_plain_comparisons_are_decided_exactly(one: str, other: str) -> None:
    """What a condition may come to is what it comes to on some row, and it is covered where it is on every row."""
    node, cover = (check(text, ROW, SCOPES) for text in (one, other))
    came = [(truth(compiled(node)(row)), truth(compiled(cover)(row))) for row in EVERY_ROW]

    assert {each for each, _ in came} == {
        each for each in (True, False, None) if Condition(SETTLED, node, ROW).may(each)
    }
    assert Condition(SETTLED, node, ROW).implies(cover) == all(over is True for held, over in came if held)
