"""How far a batch is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

from extractor.app.batch.run import Tally
from extractor.app.jobs import Outcome
from extractor.app.reading import printable

_EVERY = 10.0  # seconds between two lines of a log


class Meter:
    """Use as a context manager; call :meth:`heard` for each file. ``total`` may grow: archives hold more."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._started = self._said = time.monotonic()
        self._bar: Any = _bar() if sys.stderr.isatty() else None

    def __enter__(self) -> Meter:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("", total=self._total, failed=0)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()

    def heard(self, tally: Tally, outcome: Outcome) -> None:
        """A file (or a member) is done; a failure is said at once."""
        self._total += len(outcome.members) - bool(outcome.members)
        if outcome.error:
            self._say(f"{outcome.job.name}: {outcome.error[1]} ({outcome.error[0]})")
        if self._bar:
            self._bar.update(self._task, completed=tally.done, total=self._total, failed=tally.failed)
            self._bar.refresh()
        elif time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            self._say(self.line(tally))

    def line(self, tally: Tally) -> str:
        """One line: files done, failed, rate, time left."""
        seconds = max(time.monotonic() - self._started, 0.001)
        rate = (tally.read + tally.failed) / seconds
        left = max(self._total - tally.done, 0)
        wait = f", {left / rate:.0f} s left" if rate and left else ""
        return f"{tally.done} of {self._total} files done, {tally.failed} failed, {rate:.1f} a second{wait}"

    def _say(self, words: str) -> None:
        line = printable(f"kehoach: {words}")
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False)
        else:
            print(line, file=sys.stderr, flush=True)


def _bar() -> Any:  # noqa: ANN401
    """No refreshing thread: workers are forked from this process."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), auto_refresh=False)
