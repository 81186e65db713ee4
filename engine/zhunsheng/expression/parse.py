"""Text of a formula or condition → tree, with the span of every node. Types and names are `check`'s business."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast, final

from zhunsheng.expression import tree
from zhunsheng.expression.functions import BY_NAME, Function
from zhunsheng.expression.signs import COMPARATORS, OPERATORS, Sign
from zhunsheng.expression.tree import Node, Span
from zhunsheng.expression.types import Type
from zhunsheng.number import MAX_DIGITS, Mode, Rounding
from zhunsheng.number import parse as parse_number
from zhunsheng.problem import Words, say

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_LENGTH: Final = 4000
"""Characters of one expression; a longer one is a policy that wants names for its parts."""
MAX_DEPTH: Final = 60
"""Levels of the tree: all who walk it do so level by level, within what Python allows."""
MAX_SIZE: Final = 20_000
"""Nodes of the tree as it is walked: `abs(x)` asks for x twice, so that forty in each other would never end."""
CHAIN: Final = 32
"""Terms of a sum that stand in the tree as written, one level each; a longer sum is put together from halves."""
MAX_PLACES: Final = 12


@final
@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in an expression, at a span of its text; the room that knows the file makes a problem of it."""

    code: str
    span: Span
    expected: Words
    got: str = ""
    hint: Words | None = None


class Malformed(Exception):  # noqa: N818  says what the expression is
    """An expression that cannot be read or typed, with every fault found."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults, as found."""
        return cast("tuple[Fault, ...]", self.args)


_SUMS: Final = frozenset(sign for sign, meant in OPERATORS.items() if meant in ("+", "-"))
_UNITS: Final[dict[str, tuple[Type, Fraction]]] = {
    "": (Type.NUMBER, Fraction(1)),
    "%": (Type.PERCENT, Fraction(1, 100)),
    "％": (Type.PERCENT, Fraction(1, 100)),
    "元": (Type.MONEY, Fraction(1, 10_000)),
    "万元": (Type.MONEY, Fraction(1)),
    "亿元": (Type.MONEY, Fraction(10_000)),
    "天": (Type.DAYS, Fraction(1)),
    "分": (Type.NUMBER, Fraction(1)),
}
_TERMINALS: Final = {
    "QUANTITY": "数", "NAME": "名称", "STRING": "文字", "DATE": "日期", "TRUTH": "真/假", "_OPEN": "(", "_CLOSE": ")",
    "COMPARATOR": ">= > = < <= !=", "PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/", "_COMMA": ",", "_SEMI": ";",
    "_COLON": ":", "_IF": "if", "_ELSE": "else", "_AND": "and", "_OR": "or", "_FOR": "for", "_WHERE": "where",
    "_THEN": "则", "_OTHERWISE": "否则", "MODE": "half-up", "_NOT": "not", "_IN": "in", "PRESENCE": "is missing", "_AS": "as",
}  # fmt: skip


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of an expression, untyped.

    Raises:
        Malformed: the text is no expression; the fault stands at the first character that cannot be understood.

    >>> type(parse("分值 * min(执行率, 100%)")).__name__
    'Arithmetic'
    """
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415  loaded only when something is parsed

    if len(text) > MAX_LENGTH:
        raise Malformed(
            Fault("expression-too-long", Span(MAX_LENGTH, MAX_LENGTH + 1), say("expression-too-long.expected"))
        )
    try:
        root = parser().parse(text)
    except UnexpectedInput as error:
        raise Malformed(_syntax_fault(text, error)) from None
    node = _Builder(text).node(cast("Tree[Token]", root.children[0]), 0)
    if _size(node, {}) > MAX_SIZE:
        raise Malformed(Fault("expression-too-deep", node.span, say("expression-too-deep.expected")))
    return node


def _size(node: Node, known: dict[int, int]) -> int:
    """How many nodes there are to walk, those that stand in several places counted at each."""
    if id(node) not in known:
        known[id(node)] = 1 + sum(_size(each, known) for each in tree.children(node))
    return known[id(node)]


def is_name(text: str) -> bool:
    """Whether a text stands for itself where a name may stand; words of the language do not.

    >>> is_name("执行率"), is_name("无值"), is_name("if")
    (True, False, False)
    """
    if any(re.fullmatch(each.pattern.to_regexp(), text) for each in parser().terminals if each.name != "NAME"):
        return False
    try:
        node = parse(text)
    except Malformed:
        return False
    return isinstance(node, tree.Name) and node.text == text


@cache
def parser() -> Lark:
    """The parser of the grammar: what reads an expression as tokens without building our tree."""
    from lark import Lark  # noqa: PLC0415  as above

    grammar = resources.files("zhunsheng.expression").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def _syntax_fault(text: str, error: Any) -> Fault:
    at = min(getattr(error, "pos_in_stream", None) or 0, len(text))
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        at, got = len(text), ""
    else:
        got = str(token) if token is not None else text[at : at + 1]
    wanted = sorted(
        {
            _TERMINALS[each]
            for each in (error.accepts if token is not None else error.allowed) or ()
            if each in _TERMINALS
        }
    )
    hint = None
    following = text[at : at + 2]
    for written, meant in (
        ("==", "="),
        ("&&", "and"),
        ("||", "or"),
        ("<>", "!="),
        ("=>", ">="),
        ("=<", "<="),
        ("^", "*"),
    ):
        if following.startswith(written) or text[max(at - 1, 0) : at + 1] == written:
            hint = say("expression-syntax.sign", written=written, meant=meant)
    if got and got[0] in "０１２３４５６７８９．":
        hint = say("expression-syntax.full-width")
    if got == "," and (number := _thousands(text, at)):
        hint = say("expression-syntax.thousands", text=number)
    start = min(at, max(len(text) - 1, 0))
    return Fault(
        "expression-syntax",
        Span(start, max(start + max(len(got), 1), start + 1)),
        say("expression-syntax.expected", wanted=" ".join(wanted)) if wanted else say("expression-syntax.anything"),
        got or "",
        hint,
    )


def _thousands(text: str, at: int) -> str | None:
    """The number without its commas that has one at this place: `1,677.29`."""
    for found in re.finditer(r"(?<![0-9.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?", text, re.ASCII):
        if found.start() < at < found.end():
            return found.group().replace(",", "")
    return None


class _Term(NamedTuple):
    """A term of a sum or a factor of a product, with the sign before it; the first has a plus."""

    sign: Sign
    branch: Any

    def turned(self) -> _Term:
        """The term with the other sign."""
        return self._replace(sign="-" if self.sign == "+" else "+")


def _chain(parts: list[Any]) -> list[_Term]:
    """The operands of `a + b − c …` from the left; a product by two."""
    found: list[_Term] = []
    while True:
        left, sign, right = parts[0], OPERATORS[str(parts[1])], parts[2]
        found.append(_Term(sign, right))
        if sign in ("*", "/") or left.data != "arithmetic" or str(left.children[1]) not in _SUMS:
            return [_Term("+", left), *reversed(found)]
        parts = left.children


class _Builder:
    """Lark's tree into ours; each rule of the grammar has its method."""

    def __init__(self, text: str) -> None:
        self.text = text

    def span(self, of: Tree[Token] | Token) -> Span:
        meta = cast("Any", of).meta if hasattr(of, "meta") else cast("Any", of)
        return Span(meta.start_pos, meta.end_pos)

    def node(self, branch: Tree[Token], depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise Malformed(Fault("expression-too-deep", self.span(branch), say("expression-too-deep.expected")))
        build = getattr(self, f"on_{branch.data}")
        return cast("Node", build(branch.children, self.span(branch), depth + 1))

    def nodes(self, branches: list[Any], depth: int) -> tuple[Node, ...]:
        return tuple(self.node(each, depth) for each in branches)

    def on_parenthesised(self, parts: list[Any], _: Span, depth: int) -> Node:
        return self.node(parts[0], depth)

    def on_disjunction(self, parts: list[Any], span: Span, depth: int) -> Node:
        return tree.Logic("or", self.nodes(parts, depth), span)

    def on_conjunction(self, parts: list[Any], span: Span, depth: int) -> Node:
        return tree.Logic("and", self.nodes(parts, depth), span)

    def on_negate(self, parts: list[Any], span: Span, depth: int) -> Node:
        return tree.Not(self.node(parts[0], depth), span)

    def on_choice(self, parts: list[Any], span: Span, depth: int) -> Node:
        test, yes, no = self.nodes(parts, depth)
        return tree.Choice(test, yes, no, span)

    def on_choice_after(self, parts: list[Any], span: Span, depth: int) -> Node:
        yes, test, no = self.nodes(parts, depth)
        return tree.Choice(test, yes, no, span)

    def on_compare(self, parts: list[Any], span: Span, depth: int) -> Node:
        operands = self.nodes(parts[::2], depth)
        signs = [self.sign(each) for each in parts[1::2]]
        links = tuple(
            tree.Compare(sign, left, right, Span(left.span.start, right.span.end))
            for sign, left, right in zip(signs, operands, operands[1:], strict=False)
        )
        return links[0] if len(links) == 1 else tree.Logic("and", links, span)

    def on_membership(self, parts: list[Any], span: Span, depth: int) -> Node:
        value, *among = self.nodes(parts, depth)
        links = tuple(tree.Compare("=", value, each, span) for each in among)
        return links[0] if len(links) == 1 else tree.Logic("or", links, span)

    def on_presence(self, parts: list[Any], span: Span, depth: int) -> Node:
        test: Literal["missing", "given"] = "missing" if str(parts[1]).endswith(("missing", "未填")) else "given"
        return tree.Presence(test, self.node(parts[0], depth), span)

    def on_arithmetic(self, parts: list[Any], span: Span, depth: int) -> Node:
        return self.joined(_chain(parts), span, depth - 1)

    def joined(self, terms: list[_Term], span: Span, depth: int) -> Node:
        """Terms from the left, two by two; of more than `CHAIN` each half by itself. Exact sums are the same either way.

        A half that is taken away has its signs turned: a − b + c is a − (b − c).
        """
        middle = len(terms) - 1 if len(terms) <= CHAIN or terms[1].sign in ("*", "/") else len(terms) // 2
        if not middle:
            return self.node(terms[0].branch, depth)
        sign = terms[middle].sign
        right = [each.turned() for each in terms[middle:]] if sign == "-" else terms[middle:]
        one = self.joined(terms[:middle], Span(span.start, self.span(terms[middle - 1].branch).end), depth + 1)
        other = self.joined(right, Span(self.span(right[0].branch).start, span.end), depth + 1)
        return tree.Arithmetic(sign, one, other, span)

    def on_negative(self, parts: list[Any], span: Span, depth: int) -> Node:
        operand = self.node(parts[1], depth)
        if isinstance(operand, tree.Constant) and isinstance(operand.value, Fraction):
            return tree.Constant(-operand.value, operand.type, f"-{operand.text}", span)
        return tree.Negative(operand, span)

    def on_quantity(self, parts: list[Any], span: Span, _: int) -> Node:
        return self.quantity(str(parts[0]), span)

    def quantity(self, text: str, span: Span) -> tree.Constant:
        digits = text.rstrip("%％亿万元天分").rstrip()
        if digits[0] == "0" and digits[1:2].isdecimal():  # min(1,000, 2) would have three arguments
            wanted = say("expression-syntax.number")
            number = _thousands(self.text, span.start)
            hint = say("expression-syntax.thousands", text=number) if number else None
            raise Malformed(Fault("expression-syntax", span, wanted, text, hint))
        value = parse_number(digits)
        if value is None:
            limit = say("number-too-long.expected", limit=MAX_DIGITS)
            raise Malformed(Fault("number-too-long", span, limit, text))
        type_, scale = _UNITS[text[len(digits) :].strip()]
        exact = value * scale
        return tree.Constant(exact, Type.ZERO if exact == 0 and type_ is Type.NUMBER else type_, text, span)

    def on_date(self, parts: list[Any], span: Span, _: int) -> Node:
        try:
            return tree.Constant(dt.date.fromisoformat(str(parts[0])), Type.DATE, str(parts[0]), span)
        except ValueError:
            raise Malformed(Fault("no-such-date", span, say("no-such-date.expected"), str(parts[0]))) from None

    def on_text(self, parts: list[Any], span: Span, _: int) -> Node:
        return tree.Constant(str(parts[0])[1:-1], Type.TEXT, str(parts[0]), span)

    def on_truth(self, parts: list[Any], span: Span, _: int) -> Node:
        return tree.Constant(str(parts[0]) in ("true", "真"), Type.TRUTH, str(parts[0]), span)

    def on_undefined(self, parts: list[Any], span: Span, _: int) -> Node:
        return tree.Constant(tree.Absent.UNDEFINED, None, str(parts[0]), span)

    def on_name(self, parts: list[Any], span: Span, _: int) -> Node:
        return tree.Name(str(parts[0]), span)

    def function(self, token: Any, form: str | None = None) -> Function:
        function = BY_NAME.get(str(token))
        if function is None or (form is not None and function.form not in (form, "extreme")):
            near = get_close_matches(str(token), BY_NAME, n=1)
            hint = say("unknown-function.hint", name=near[0]) if near else None
            names = tuple(dict.fromkeys(each.names[0] for each in BY_NAME.values()))
            raise Malformed(
                Fault(
                    "unknown-function",
                    self.span(token),
                    say("unknown-function.expected", names=names),
                    str(token),
                    hint,
                )
            )
        return function

    def on_call(self, parts: list[Any], span: Span, depth: int) -> Node:
        function = self.function(parts[0])
        name = function.names[0]
        if name == "count" and len(parts) == 2 and parts[1].data == "name":  # count(指标)
            return self.gather(function, None, parts[1].children[0], None, None, span)
        # `first` becomes choices within choices, one level an argument
        arguments = self.nodes(parts[1:], depth + len(parts) if function.form == "first" else depth)
        wanted = {"absolute": 1, "whole": 1, "call": len(function.takes), "gathering": -1}.get(function.form)
        if wanted is not None and len(arguments) != wanted:
            raise Malformed(self.wrong_arguments(function, span, arguments))
        match function.form:
            case "extreme":
                return tree.Extreme(cast("Literal['min', 'max']", name), arguments, span)
            case "first":
                return self.first(arguments, span)
            case "whole":
                return tree.Round(arguments[0], Rounding(0, Mode(name)), span)
            case "absolute":
                return tree.Extreme("max", (arguments[0], tree.Negative(arguments[0], span)), span)
            case _:
                return tree.Call(name, arguments, span)

    def wrong_arguments(self, function: Function, span: Span, arguments: tuple[Node, ...]) -> Fault:
        """A call that does not fit its function; of a collection alone, what the function asks of its members."""
        hint = None
        if function.form == "gathering" and len(arguments) == 1 and isinstance(arguments[0], tree.Name):
            key = "wrong-arguments.any" if function.names[0] == "any" else "wrong-arguments.gathering"
            hint = say(key, function=function.names[0], collection=arguments[0].text)
        shape = say("wrong-arguments.expected", example=function.example)
        return Fault("wrong-arguments", span, shape, self.text[span.start : span.end], hint)

    @staticmethod
    def first(arguments: tuple[Node, ...], span: Span) -> Node:
        """`first(a, b, c)` is `a if a is given else (b if b is given else c)`."""
        *before, last = arguments
        for each in reversed(before):
            last = tree.Choice(tree.Presence("given", each, span), each, last, span)
        return last

    def on_aggregate(self, parts: list[Any], span: Span, depth: int) -> Node:
        name, value, collection, alias, condition = parts
        function = self.function(name, "gathering")
        return self.gather(
            function, self.node(value, depth), collection, alias.children[0], self.optional(condition, depth), span
        )

    def on_count_as(self, parts: list[Any], span: Span, depth: int) -> Node:
        name, collection, alias, condition = parts
        return self.gather(
            self.function(name, "gathering"), None, collection, alias, self.optional(condition, depth), span
        )

    def on_count_where(self, parts: list[Any], span: Span, depth: int) -> Node:
        name, collection, condition = parts
        return self.gather(self.function(name, "gathering"), None, collection, None, self.node(condition, depth), span)

    def gather(
        self, function: Function, value: Node | None, collection: Any, alias: Any, condition: Node | None, span: Span
    ) -> Node:
        gathering = cast("tree.Gathering", function.names[0])
        if value is None and gathering not in ("count", "any"):
            shape = say("wrong-arguments.expected", example=function.example)
            raise Malformed(Fault("wrong-arguments", span, shape, self.text[span.start : span.end]))
        things = tree.Name(str(collection), self.span(collection))
        return tree.Aggregate(gathering, things, str(alias) if alias is not None else None, value, condition, span)

    def optional(self, branch: Any, depth: int) -> Node | None:
        inner = branch.children[0]
        return self.node(inner, depth) if inner else None

    def on_round(self, parts: list[Any], span: Span, depth: int) -> Node:
        operand, places, mode = parts
        signed = "".join(str(each) for each in places.children if each is not None).replace("−", "-").replace("－", "-")
        number = parse_number(signed)
        if number is None or number.denominator != 1 or abs(number) > MAX_PLACES:
            raise Malformed(
                Fault("wrong-places", self.span(places), say("wrong-places.expected", limit=MAX_PLACES), signed)
            )
        return tree.Round(
            self.node(operand, depth), Rounding(int(number), Mode(str(mode)) if mode else Mode.HALF_UP), span
        )

    def on_table(self, parts: list[Any], span: Span, depth: int) -> Node:
        rows = []
        otherwise: Node | None = None
        for part in parts[1:]:
            if part.data == "else_row":
                if otherwise is not None:
                    raise Malformed(Fault("table-two-else", self.span(part), say("table-two-else.expected")))
                otherwise = self.node(part.children[0], depth)
                continue
            *bounds, value = part.children
            conditions = tuple(
                (self.sign(sign), self.node(bound, depth))
                for sign, bound in zip(bounds[::2], bounds[1::2], strict=True)
            )
            rows.append(tree.Row(conditions, self.node(value, depth), self.span(part)))
        return tree.Table(self.node(parts[0], depth), tuple(rows), otherwise, span)

    def on_lines(self, parts: list[Any], span: Span, depth: int) -> Node:
        points = tuple((self.literal(point.children[0]), self.literal(point.children[1])) for point in parts[1:])
        for (before, _), (after, _) in itertools.pairwise(points):
            if not cast("Fraction", before.value) < cast("Fraction", after.value):
                raise Malformed(
                    Fault("lines-not-ascending", after.span, say("lines-not-ascending.expected"), after.text)
                )
        return tree.Lines(self.node(parts[0], depth), points, span)

    def literal(self, branch: Any) -> tree.Constant:
        minus, token = branch.children
        constant = self.quantity(str(token), self.span(branch))
        if minus is None:
            return constant
        return tree.Constant(-cast("Fraction", constant.value), constant.type, f"-{constant.text}", constant.span)

    @staticmethod
    def sign(branch: Any) -> tree.Comparator:
        text = str(branch.children[0])
        return COMPARATORS.get(text, cast("tree.Comparator", text))
