"""The order of the stages: the whole story of how a file becomes a plan."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version

from extractor import rulebook, schema
from extractor.annotate import annotate
from extractor.assemble import assemble
from extractor.document import Notice, Progress, Raw, silent
from extractor.extractors import find_mentions
from extractor.link import link
from extractor.loaders import load, load_bytes
from extractor.normalize import normalize
from extractor.segment import segment


class Pipeline:
    """Reads plans. Load it once, call :meth:`extract` many times; it keeps no state between calls."""

    def __init__(self, rules: rulebook.Rulebook | None = None) -> None:
        self.rules = rules or rulebook.load()

    def extract(self, path: str | os.PathLike[str], progress: Progress = silent) -> schema.Plan:
        """The plan that a file holds. Raises :class:`~extractor.errors.UnreadableError`."""
        return self._extract(lambda: load(path, progress))

    def extract_bytes(
        self, data: bytes, name: str, progress: Progress = silent, notices: tuple[Notice, ...] = ()
    ) -> schema.Plan:
        """The plan that a file in memory holds; ``name``: what it is called; ``notices``: known of it.

        Raises as :meth:`extract`.
        """
        return self._extract(lambda: load_bytes(data, name, progress, notices))

    def _extract(self, loaded: Callable[[], Raw]) -> schema.Plan:
        started, clock = datetime.now(UTC), time.perf_counter()
        document = segment(normalize(loaded()), self.rules)
        doc = annotate(document, self.rules)
        mentions = find_mentions(doc, document, self.rules)
        run = self._run(started, time.perf_counter() - clock)
        return assemble(document, mentions, link(document, mentions), run)

    def _run(self, started: datetime, seconds: float) -> schema.Run:
        return schema.Run(
            tool="kehoach",
            version=version("kehoach"),
            rules=self.rules.version,
            model=None,
            started=started.isoformat(timespec="seconds"),
            seconds=round(seconds, 3),
        )
