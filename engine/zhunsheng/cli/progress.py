"""How far long work has come, on stderr where that is a terminal: a bar, the rate, the time that is left."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, final

from zhunsheng.problem import say
from zhunsheng.problem.show import sentence

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from zhunsheng.problem.show import Lang


@final
class Bar:
    """A bar of `total` documents, `before` of which were done by an earlier call."""

    def __init__(self, what: str, total: int, before: int, lang: Lang) -> None:
        self.what = sentence(say(what), lang)
        self.total = total
        self.before = before
        self.progress: Progress | None = None
        self.task: TaskID | None = None

    def __enter__(self) -> Bar:
        """Shows it, where somebody watches."""
        if sys.stderr.isatty():
            self.progress = _progress()
            self.progress.start()
            self.task = self.progress.add_task(self.what, total=self.total, completed=self.before)
        return self

    def forward(self, documents: int) -> None:
        """So many more are done."""
        if self.progress is not None and self.task is not None:
            self.progress.advance(self.task, documents)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes it away."""
        if self.progress is not None:
            self.progress.stop()


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Documents a second."""

        def render(self, task: object) -> Text:
            speed = getattr(task, "finished_speed", None) or getattr(task, "speed", None)
            return Text("—/s" if speed is None else f"{int(speed):,}/s")

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        speed_estimate_period=120,
    )
