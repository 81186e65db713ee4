"""How commands are called: the page of `--help`, and what is said of a call that is mistaken."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from zhunsheng.cli.layout import fold, left
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.problem.show import cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.problem import Words

WIDTH = 80


class Command(TyperCommand):
    """A command whose help is aligned for Chinese."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The call as read.

        Raises:
            Refused: an option stands twice, where the parser would silently take the last; or a path is empty, which it
                would take for the folder one is in.
        """
        _read_strictly(ctx.command_path, self.params, args)
        return super().parse_args(ctx, args)

    def get_help(self, ctx: Any) -> str:
        """What it does, how it is called, and its options."""
        arguments = [each for each in self.params if each.param_type_name == "argument"]
        usage = " ".join([ctx.command_path, *(str(each.metavar) for each in arguments), "[选项 OPTIONS]"])
        rows = [(_spelled(each), _help_of(each)) for each in arguments]
        options = [(_spelled(each), _help_of(each)) for each in self.params if each not in arguments]
        return "\n".join([f"用法 usage: {usage}", "", *_body(self.help or ""), "", *_table([*rows, *options])])


class Commands(TyperGroup):
    """The commands together."""

    def get_help(self, ctx: Any) -> str:
        """What there is."""
        commands = [(name, self.commands[name].help or "") for name in self.commands]
        return "\n".join(
            [
                f"用法 usage: {ctx.command_path} 命令 COMMAND …",
                "",
                *_body(self.help or ""),
                "",
                *_table(commands),
                "",
                *_table(
                    [("--version", "版本 · version"), ("COMMAND --help", "一个命令的用法 · how to call a command")]
                ),
            ]
        )

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command named.

        Raises:
            Refused: there is none of that name.
        """
        if args[0] not in self.commands and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.commands, n=1)
            hint = say("nearest.hint", name=near[0]) if near else None
            expected = say("unknown-command.expected", names=tuple(self.commands))
            raise Refused([Problem(Place(ctx.command_path), "unknown-command", expected, args[0], hint=hint)])
        return super().resolve_command(ctx, args)


def _read_strictly(command: str, params: Sequence[Any], args: Sequence[str]) -> None:
    options = {spelled: each for each in params for spelled in (*each.opts, *each.secondary_opts) if spelled[:1] == "-"}
    seen: set[str] = set()
    rest = iter(args)
    for each in rest:
        if each == "--":
            return
        if not each:
            raise Refused([Problem(Place(command), "wrong-call", say("wrong-call.empty"), hint=_see_help(command))])
        name, joined, _ = each.partition("=")
        option = options.get(name)
        if option is None:
            continue
        if option.name in seen and not option.multiple:
            raise Refused(
                [
                    Problem(
                        Place(command),
                        "wrong-option",
                        say("wrong-option.twice", option=name),
                        each,
                        hint=_see_help(command),
                    )
                ]
            )
        seen.add(option.name)
        if not joined and not option.is_flag:
            next(rest, "")  # its value, whatever that looks like


def _see_help(command: str) -> Words:
    return say("cli.see-help", command=command)


def usage_problem(error: Exception) -> Problem | None:
    """What was wrong with the call, told by what typer raises; None where it raised nothing of its own.

    The exceptions are known by their names and fields: their home differs between versions of typer.
    """
    if not hasattr(error, "format_message") or not hasattr(error, "ctx"):
        return None
    context: Any = error.ctx
    path = context.command_path if context is not None else "zhunsheng"
    params = context.command.params if context is not None else []
    options = [*(each for param in params for each in param.opts if each.startswith("--")), "--help"]
    hint = _see_help(path)
    param: Any = getattr(error, "param", None)
    match type(error).__name__:
        case "NoSuchOption":
            name: str = getattr(error, "option_name", "")
            near = get_close_matches(name, options, n=1)
            return Problem(
                Place(path),
                "unknown-option",
                say("unknown-option.expected", names=tuple(options)),
                name,
                hint=say("nearest.hint", name=near[0]) if near else hint,
            )
        case "MissingParameter" if param is not None:
            return Problem(
                Place(path), "missing-argument", say("missing-argument.expected", name=_spelled(param)), hint=hint
            )
        case "BadParameter" if param is not None and param.metavar:
            expected = say("wrong-option.expected", option=param.opts[0], choices=tuple(str(param.metavar).split("|")))
            return Problem(Place(path), "wrong-option", expected, hint=hint)
        case "BadOptionUsage":
            key = "wrong-option.none" if "not take" in str(error) else "wrong-option.some"
            name = getattr(error, "option_name", "")
            return Problem(Place(path), "wrong-option", say(key, option=name), name, hint=hint)
        case _:
            pass
    said: str = error.format_message()
    return Problem(Place(path), "wrong-call", say("wrong-call.expected"), said, hint=hint)


def _spelled(option: Any) -> str:
    if option.param_type_name == "argument":
        return str(option.metavar)
    names = ", ".join(option.opts)
    return names if option.metavar is None else f"{names} {option.metavar}"


def _help_of(param: Any) -> str:
    text: str = param.help or ""
    default = param.default
    return f"{text} [{default}]" if isinstance(default, str) else text


def _body(text: str) -> Iterator[str]:
    """Chinese on one line, English on the next."""
    for part in text.split(" · "):
        yield from fold(part, WIDTH)


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    wide = max((cells(name) for name, _ in rows), default=0)
    for name, text in rows:
        for at, each in enumerate(fold(text, WIDTH - wide - 4)):
            yield f"  {left(name if at == 0 else '', wide)}  {each}"
