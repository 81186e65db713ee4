"""What a rule on two things is told: nothing where no two can meet, and every match where some can."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product
from typing import Final

import pytest

from zhunsheng.evaluation.facts import World
from zhunsheng.evaluation.infer import Engine
from zhunsheng.evaluation.patterns import Telling, translated
from zhunsheng.evaluation.plan import Join, Step, Told
from zhunsheng.evaluation.score import facts_of
from zhunsheng.expression.check import Binder, Scope, check
from zhunsheng.expression.exact import Thing, compiled
from zhunsheng.expression.types import Type

PAIR: Final = (Binder("行", "甲"), Binder("行", "乙"))
SCOPES: Final = {"行": Scope("行", None, {"一": Type.NUMBER, "二": Type.NUMBER})}
NUMBERS: Final = (None, Fraction(0), Fraction(1))
HELD: Final = [
    {name: value for name, value in zip("一二", row, strict=True) if value is not None}
    for row in product(NUMBERS, repeat=2)
]


@pytest.mark.parametrize("sign", ["=", "!="])
@pytest.mark.parametrize("other", ["乙.一", "乙.二"])
def test_what_is_left_out_would_not_have_matched(sign: str, other: str) -> None:
    """One to three rows with every few values, or none, in the fields that a join compares."""
    condition = check(f"甲.一 {sign} {other} and 乙.二 >= 甲.二", PAIR, SCOPES)
    telling: Telling = {}
    pattern, _, meets = translated("it", (("甲", "行"), ("乙", "行")), condition, telling)
    told = (Told("行", "行", tuple(telling["行"].values())),)
    step = Step((), (), told, {}, (Join("it", ("行", "行"), meets),), {})
    engine, holds = Engine([pattern]), compiled(condition)
    left_out = 0
    for rows in (each for count in (1, 2, 3) for each in combinations_with_replacement(HELD, count)):
        things = [Thing("行", f"/{at}", None, dict(row)) for at, row in enumerate(rows)]
        facts, named = facts_of(step, World({"行": things}))
        left_out += not facts
        with engine.session() as session:
            found = {tuple(named[str(fact)].key for fact in match.facts) for match in session.tell(facts)}

        assert found == {(one.key, two.key) for one, two in permutations(things, 2) if holds((one, two)) is True}, rows
    assert left_out
